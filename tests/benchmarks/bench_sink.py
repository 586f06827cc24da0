"""What a stored point costs: the embedded sink beside the layout everybody writes first.

    python tests/benchmarks/bench_sink.py [--devices 200] [--hours 2.1] [--json]

A fleet is polled in simulated time at the default rhythm (5 readings of ping every 30 s, 12 of a
device every 60 s, a table of 4 x 24 every 5 min), devices spread over the interval, one batch a
second. Both are handed the same batches in turn, in one process, with the same durability
(WAL, synchronous=FULL). The naive table is keyed by (series, moment) and given its numbers for
nothing. CPU is user and system time (getrusage); bytes are what was handed to the kernel (wchar)
and what it sent to the device (write_bytes) of /proc/self/io, per point.
"""

import argparse
import json
import random
import resource
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.model import Labels, Reading
from collector.sinks import DeviceReadings
from collector.sinks.sqlite import SqliteSink
from collector.sinks.steps import to_micros

T0 = datetime(2026, 11, 1, tzinfo=UTC)
PORTS: tuple[Labels, ...] = tuple(
    (("index", str(n)), ("interface", f"ether{n}")) for n in range(24)
)
MAINTENANCE_SECONDS = 0.05


@dataclass
class Cost:
    """What one layout used up."""

    layout: str
    points: int = 0
    cpu_seconds: float = 0.0
    written: int = 0
    sent_to_disk: int = 0
    file_bytes: int = 0

    def spend(self, work: Callable[[], None]) -> None:
        """Run a piece of work and add what it used."""
        io, cpu = _io(), _cpu()
        work()
        self.cpu_seconds += _cpu() - cpu
        after = _io()
        self.written += after["wchar"] - io["wchar"]
        self.sent_to_disk += after["write_bytes"] - io["write_bytes"]

    def row(self) -> str:
        """Return one line of the table."""
        per_point = [self.written, self.sent_to_disk, self.file_bytes]
        figures = "".join(f"{value / self.points:>12.1f}" for value in per_point)
        return f"{self.layout:<24}{self.cpu_seconds / self.points * 1e6:>10.2f}{figures}"


class NaiveTable:
    """One row a point, keyed by series and moment."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = wal")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(
            "CREATE TABLE points (series INTEGER, at INTEGER, value,"
            " PRIMARY KEY (series, at)) WITHOUT ROWID"
        )

    def write(self, rows: Sequence[tuple[int, int, float]]) -> None:
        """Insert a batch in one transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT OR REPLACE INTO points VALUES (?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Release the file."""
        self._connection.close()


def batches(devices: int, seconds: int) -> Iterator[list[DeviceReadings]]:
    """Yield what each second brings."""
    chance = random.Random(1)  # noqa: S311 - figures to compress, not secrets
    phases = [chance.randrange(300) for _ in range(devices)]
    for second in range(seconds):
        found = []
        for device, phase in enumerate(phases):
            for interval, offset, make in ((30, 0, _ping), (60, 7, _system), (300, 11, _table)):
                if (second + phase) % interval == offset:
                    at = T0 + timedelta(seconds=second, microseconds=device)
                    readings = make(chance, device, second)
                    found.append(DeviceReadings(f"device-{device:05}", at, readings))
        yield found


def _ping(chance: random.Random, _device: int, _second: int) -> tuple[Reading, ...]:
    rtts = sorted(chance.lognormvariate(-6, 0.4) for _ in range(3))
    return (
        Reading("ping_rtt_seconds", sum(rtts) / 3, "s"),
        Reading("ping_rtt_min_seconds", rtts[0], "s"),
        Reading("ping_rtt_max_seconds", rtts[2], "s"),
        Reading("ping_jitter_seconds", rtts[2] - rtts[0], "s"),
        Reading("ping_loss_percent", 0.0, "%"),
    )


def _system(chance: random.Random, device: int, second: int) -> tuple[Reading, ...]:
    gauges = (Reading(f"gauge_{n}", round(chance.gauss(40, 3), 1)) for n in range(6))
    counters = (Reading(f"counter_{n}", 10**9 * n + second * 1_000 + device) for n in range(6))
    return (*gauges, *counters)


def _table(chance: random.Random, device: int, second: int) -> tuple[Reading, ...]:
    return tuple(
        Reading(metric, 10**12 + device + second * 12_500 * n + chance.randrange(10**6), "By", port)
        for metric in ("if_in_octets", "if_out_octets", "if_in_errors", "if_out_errors")
        for n, port in enumerate(PORTS)
    )


def run(devices: int, hours: float, folder: Path) -> tuple[Cost, Cost]:
    """Write the same fleet into both; return ours and the naive one's cost."""
    ours, naive = Cost("tail + hourly blocks"), Cost("naive (series, moment)")
    numbers: dict[tuple[str, str, Labels], int] = {}
    with (
        closing(SqliteSink.open(folder / "ours.db")) as sink,
        closing(NaiveTable(folder / "naive.db")) as table,
    ):
        for batch in batches(devices, int(hours * 3600)):
            rows = [
                (
                    numbers.setdefault((one.device_id, r.metric, r.labels), len(numbers)),
                    to_micros(one.at),
                    float(r.value),
                )
                for one in batch
                for r in one.readings
            ]
            ours.points += len(rows)
            naive.points += len(rows)
            ours.spend(lambda batch=batch: sink.write(batch))  # type: ignore[misc]
            ours.spend(lambda: sink.maintain(MAINTENANCE_SECONDS))
            naive.spend(lambda rows=rows: table.write(rows))  # type: ignore[misc]
    ours.file_bytes = (folder / "ours.db").stat().st_size
    naive.file_bytes = (folder / "naive.db").stat().st_size
    return ours, naive


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _io() -> dict[str, int]:
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return {name: int(value) for name, _, value in (line.partition(": ") for line in lines)}


def main() -> None:
    """Print what a point costs in either layout, and how many times more the naive one takes."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--hours", type=float, default=2.1, help="simulated")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours, naive = run(options.devices, options.hours, Path(folder))
    ratios = {
        name: round(getattr(naive, name) / getattr(ours, name), 2)
        for name in ("cpu_seconds", "written", "sent_to_disk", "file_bytes")
    }
    if options.json:
        print(json.dumps({"ours": asdict(ours), "naive": asdict(naive), "ratios": ratios}))
        return
    print(f"{options.devices} devices, {options.hours} h, {ours.points} points, a batch a second")
    print(
        f"{'layout':<24}{'µs CPU':>10}{'B written':>12}{'B to disk':>12}{'B in file':>12}  a point"
    )
    print(ours.row())
    print(naive.row())
    print("naive ÷ ours: " + ", ".join(f"{name} {value}" for name, value in ratios.items()))


if __name__ == "__main__":
    main()
