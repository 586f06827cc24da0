"""The whole way of a poll: a collector that watches, beside plain inserts of what it stores.

    python -m tests.benchmarks.ratios.poll

Ours is everything that a collector does from the moment a check is due to the commit: poller,
probes on real sockets, state engine, writer, truth store, embedded sink, heartbeats. A row is the
least that can be done with a reading once somebody has it; the ratio says what having it costs.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from api.bench.setting import PING_SECONDS, STATUS_SECONDS, TABLE_SECONDS
from simulators.fleet import PORTS, SCALARS, device_id
from tests.benchmarks import ratio
from tests.benchmarks.answering import start
from tests.benchmarks.plain import PlainTable

DEVICES = 300
STRETCH_SECONDS = 2.0  # four transactions of the sink
ROWS, TRANSACTIONS = 2_000, 10
_READINGS = {PING_SECONDS: 4, STATUS_SECONDS: len(SCALARS), TABLE_SECONDS: 3 * PORTS}
READINGS_A_CHECK = sum(count / every for every, count in _READINGS.items()) / sum(
    1 / every for every in _READINGS
)
"""Of all checks together. Counted by checks, as the sink stores in lumps on a busy machine."""


class Platform:
    """The collector's process."""

    def __init__(self, held: ExitStack, folder: Path) -> None:
        ports = start(held)
        words = [str(folder), str(DEVICES), str(ports.snmp), str(ports.echo)]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "tests.benchmarks.watching", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        held.callback(self._process.communicate)  # the end of its stdin ends it
        self._now = self._said()
        self._began = self._now

    def look(self) -> None:
        """Ask what it has used and done by now."""
        self._began = self._now = self._asked()

    def watch(self) -> float:
        """Let it watch for a while; return how many readings its checks gave since `look`."""
        time.sleep(STRETCH_SECONDS)  # noqa: TID251 - no event loop here: another process works
        self._now = self._asked()
        return (self._now["checks"] - self._began["checks"]) * READINGS_A_CHECK

    def cpu_seconds(self) -> float:
        """Return what it had used when it was last asked."""
        return self._now["cpu_seconds"]

    def _asked(self) -> dict[str, float]:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._said()

    def _said(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the collector has ended"
        said: dict[str, float] = json.loads(line)
        return said


class Rows:
    """The same kind of readings as rows, each with all that it takes to find it again."""

    def __init__(self, table: PlainTable) -> None:
        self._table = table
        self._at = 1_795_000_000_000_000
        self._rows: list[tuple[str, str, str, int, float]] = []

    def make(self) -> None:
        """Make those of the next stretch."""
        self._at += 1_000_000
        self._rows = [
            (
                device_id(number % DEVICES),
                f"bench_counter_{number % 12}",
                f'{{"interface":"GigabitEthernet0/{number % 24}"}}',
                self._at + number,
                number * 1.25,
            )
            for number in range(ROWS * TRANSACTIONS)
        ]

    def insert(self) -> int:
        """Insert them, so many in a transaction as the sink's."""
        for first in range(0, len(self._rows), ROWS):
            self._table.insert(self._rows[first : first + ROWS])
        return len(self._rows)


def cases(held: ExitStack) -> Iterator[ratio.Case]:
    """Yield the one case."""
    folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
    platform = Platform(held, folder)
    rows = Rows(PlainTable.held(held, folder / "plain.db", "device, metric, labels, at, value"))
    yield ratio.Case(
        "poll",
        "Whole way of a poll: a reading, from due to stored",
        "reading",
        ratio.Side(
            "ours",
            platform.watch,
            ratio.Meter(platform.cpu_seconds, ratio.CPU.scale, ratio.CPU.unit),
            platform.look,
        ),
        ratio.Side("SQLite, a row", rows.insert, prepare=rows.make),
        "a reading durably stored; ours asks the device for it, decides and keeps the state too",
    )


if __name__ == "__main__":
    ratio.run(cases)
