"""Processes that are killed, and processes that open the same files at the same moment.

Run as a program, this file is the process that is killed: it commits and writes without end, and
says on its standard output what has been acknowledged.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from collector.model import (
    Area,
    Device,
    DeviceState,
    Reading,
    Reason,
    Site,
    State,
    Status,
    Transition,
)
from collector.sinks import DeviceReadings
from collector.sinks.sqlite import SqliteSink
from collector.store import Store

T0 = datetime(2026, 11, 1, tzinfo=UTC)
DEVICES = tuple(f"d{n}" for n in range(8))
KILL_AFTER_ROUNDS = (1, 37, 5, 58, 2, 44, 19, 31, 8, 52)  # of work acknowledged


@dataclass(frozen=True)
class Village:
    """An inventory of eight devices."""

    areas: dict[str, Area]
    owners: dict[str, None]
    sites: dict[str, Site]
    devices: dict[str, Device]


def village() -> Village:
    devices = {i: Device(i, i, "camera", "s", "generic-ping") for i in DEVICES}
    return Village({"1": Area("1", "A")}, {}, {"s": Site("s", "S", "1")}, devices)


def test_killed_in_the_middle_of_writing_both_files_are_whole_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    with Store.open(tmp_path / "pantau.db") as store:
        store.apply_inventory(village(), T0)  # type: ignore[arg-type]
    acknowledged = 0
    for rounds in KILL_AFTER_ROUNDS:
        acknowledged = killed_after(tmp_path, rounds)
        with Store.open(tmp_path / "pantau.db") as store:
            assert_store_is_whole(store, acknowledged)
        with closing(SqliteSink.open(tmp_path / "readings.db")) as sink:
            assert_sink_is_whole(sink, acknowledged)
    assert acknowledged >= sum(KILL_AFTER_ROUNDS)


def killed_after(folder: Path, rounds: int) -> int:
    """Let the process work, kill it (SIGKILL), and return the last round it acknowledged."""
    command = [sys.executable, __file__, str(folder)]
    with subprocess.Popen(  # noqa: S603 - this file, by this interpreter
        command, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(rounds)]
        process.kill()
        said += process.stdout.read().splitlines(keepends=True)
    return max(int(line) for line in said if line.endswith("\n"))


def assert_store_is_whole(store: Store, acknowledged: int) -> None:
    """States say what the last transitions say, and no acknowledged round is missing."""
    last: dict[str, Transition] = {}
    for change in log_of(store):
        before = last.get(change.device_id)
        assert change.old is (before.new if before else State.UNKNOWN)
        last[change.device_id] = change
    for device_id, state in store.load_states().devices.items():
        assert state.since_at == last[device_id].at
        assert state.state is last[device_id].new
    moments = {change.at for change in last.values()}
    assert len(moments) == 1, "half a commit was kept"
    assert moments.pop() >= moment(acknowledged)


def assert_sink_is_whole(sink: SqliteSink, acknowledged: int) -> None:
    """Every round's readings are there as a whole, up to the acknowledged one at least."""
    rounds: list[int] = []
    for device_id in DEVICES:
        series = sink.query(device_id, "m", T0, T0 + timedelta(days=900))
        assert len(series) == 20
        found = [int(point.value) for point in series[0].points]
        assert all([int(point.value) for point in one.points] == found for one in series)
        assert found == list(range(1, len(found) + 1))
        rounds.append(len(found))
    assert len(set(rounds)) == 1, "half a batch was kept"
    assert rounds[0] >= acknowledged


def log_of(store: Store) -> Iterator[Transition]:
    last_seen = 0
    while found := store.transitions_after(last_seen, 500):
        yield from found
        last_seen = found[-1].id or last_seen


def test_processes_that_open_a_new_store_at_once_all_find_it_ready(tmp_path: Path) -> None:
    program = (
        "import sys; from collector.store import Store; sys.stdin.readline();"
        " store = Store.open(sys.argv[1]); print(store.last_transition_id())"
    )
    processes = [
        subprocess.Popen(  # noqa: S603 - the program above
            [sys.executable, "-c", program, str(tmp_path / "pantau.db")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:  # all have started: now let them go together
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate() for process in processes]
    assert answers == [("0\n", "")] * 4


# --- the process that is killed ---------------------------------------------------------------


def moment(round_number: int) -> datetime:
    return T0 + timedelta(minutes=round_number)


def work(folder: Path) -> None:
    """Commit and write a minute a round, for ever; hours pass quickly, so the sink rolls too."""
    store = Store.open(folder / "pantau.db")
    sink = SqliteSink.open(folder / "readings.db")
    believed = store.load_states().devices
    for n in count(catch_up(store, sink) + 1):
        new = State.UP if n % 2 else State.DOWN
        states, changes = [], []
        for device_id in DEVICES:
            old = believed[device_id].state
            at = moment(n)
            changes.append(Transition(device_id, old, new, at, at, Reason.OK))
            states.append(DeviceState(device_id, Status(new), new, at, at, Reason.OK))
        store.commit(states, [], changes)
        believed = {state.device_id: state for state in states}
        sink.write(batch(n))
        sink.maintain(0)
        print(n, flush=True)  # noqa: T201 - the acknowledgement


def catch_up(store: Store, sink: SqliteSink) -> int:
    """Write the readings of the rounds whose states are stored already; return the last round."""
    since = [state.since_at for state in store.load_states().devices.values()]
    last = max(((at - T0) // timedelta(minutes=1) for at in since if at), default=0)
    for n in range(max(1, last - 1), last + 1):
        sink.write(batch(n))
    return last


def batch(round_number: int) -> Sequence[DeviceReadings]:
    readings = tuple(Reading("m", round_number, "1", (("n", f"{n}"),)) for n in range(20))
    return [DeviceReadings(device_id, moment(round_number), readings) for device_id in DEVICES]


if __name__ == "__main__":
    work(Path(sys.argv[1]))
