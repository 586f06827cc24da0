"""What a stored reading costs: the embedded sink beside the table that everybody writes first.

    python -m tests.benchmarks.ratios.sink

A fleet is polled in simulated time at the default rhythm (5 readings of ping every 30 s, 12 of a
device every 60 s, a table of 4 x 24 every 5 min), devices spread over the interval. A stretch is an
hour of it, in new files that hold the hour before, which ours rolls into blocks meanwhile. The
table is keyed by series and moment, so that a chart can be read from it, and is given its numbers
for nothing.
"""

import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.model import Labels, Reading
from collector.moments import to_micros
from collector.sinks import DeviceReadings
from collector.sinks.sqlite import SqliteSink
from tests.benchmarks import ratio
from tests.benchmarks.plain import PlainTable

DEVICES = 10
SECONDS = 3600  # of a stretch
EVERY = 60  # seconds a batch holds: as many readings as 600 devices bring in one
MAINTENANCE_SECONDS = 0.05
T0 = datetime(2026, 11, 1, tzinfo=UTC)
PORTS: tuple[Labels, ...] = tuple(
    (("index", str(n)), ("interface", f"ether{n}")) for n in range(24)
)
Row = tuple[int, int, float]


class Fleet:
    """What a fleet brings, hour after hour."""

    def __init__(self) -> None:
        self._chance = random.Random(1)  # noqa: S311 - figures to compress, not secrets
        self._phases = [self._chance.randrange(300) for _ in range(DEVICES)]
        self._numbers: dict[tuple[str, str, Labels], int] = {}
        self._second = 0
        self.batches: list[list[DeviceReadings]] = []
        self.rows: list[list[Row]] = []

    def make(self) -> None:
        """Make the next hour."""
        self.batches = [self._batch() for _ in range(SECONDS // EVERY)]

    def make_rows(self) -> None:
        """Make the next hour as rows of a table."""
        self.make()
        self.rows = [
            [
                (self._number(one.device_id, reading), to_micros(one.at), float(reading.value))
                for one in batch
                for reading in one.readings
            ]
            for batch in self.batches
        ]

    def count(self) -> int:
        """Return how many readings the hour has."""
        return sum(len(one.readings) for batch in self.batches for one in batch)

    def _number(self, device_id: str, reading: Reading) -> int:
        key = device_id, reading.metric, reading.labels
        return self._numbers.setdefault(key, len(self._numbers))

    def _batch(self) -> list[DeviceReadings]:
        found = []
        for second in range(self._second, self._second + EVERY):
            for device, phase in enumerate(self._phases):
                for interval, offset, make in ((30, 0, _ping), (60, 7, _system), (300, 11, _table)):
                    if (second + phase) % interval == offset:
                        at = T0 + timedelta(seconds=second, microseconds=device)
                        readings = make(self._chance, device, second)
                        found.append(DeviceReadings(f"device-{device:05}", at, readings))
        self._second += EVERY
        return found


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


class Ours:
    """The embedded sink."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._fleet = Fleet()
        self._sink: SqliteSink | None = None

    def prepare(self) -> None:
        """Open a new file with an hour in it, and make the next one."""
        self.close()
        self._number += 1
        self._sink = SqliteSink.open(self._folder / f"ours-{self._number}.db")
        self._fleet = Fleet()
        self._fleet.make()
        self.write()
        self._fleet.make()

    def write(self) -> int:
        """Write the hour; return how many readings it has."""
        assert self._sink is not None
        for batch in self._fleet.batches:
            self._sink.write(batch)
            self._sink.maintain(MAINTENANCE_SECONDS)
        return self._fleet.count()

    def close(self) -> None:
        """Close the file."""
        if self._sink is not None:
            self._sink.close()


class Plain:
    """The table."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._fleet = Fleet()
        self._table: PlainTable | None = None

    def prepare(self) -> None:
        """Make a new table with an hour in it, and the next one."""
        self.close()
        self._number += 1
        columns = "series INTEGER, at INTEGER, value, PRIMARY KEY (series, at)"
        file = self._folder / f"plain-{self._number}.db"
        self._table = PlainTable(file, columns, "WITHOUT ROWID")
        self._fleet = Fleet()
        self._fleet.make_rows()
        self.write()
        self._fleet.make_rows()

    def write(self) -> int:
        """Insert the hour; return how many readings it has."""
        assert self._table is not None
        for rows in self._fleet.rows:
            self._table.insert(rows)
        return self._fleet.count()

    def close(self) -> None:
        """Close the file."""
        if self._table is not None:
            self._table.connection.close()


def cases(held: ExitStack) -> Iterator[ratio.Case]:
    """Yield what is used of the processor, and what is written."""
    folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
    ours, plain = (
        held.enter_context(closing(Ours(folder))),
        held.enter_context(closing(Plain(folder))),
    )
    for key, name, meter, rounds in (
        ("sink-write", "Embedded sink: write, CPU", ratio.CPU, ratio.ROUNDS),
        ("sink-bytes", "Embedded sink: write, bytes written", ratio.WRITTEN, 3),
    ):
        yield ratio.Case(
            key,
            name,
            "reading",
            ratio.Side("ours", ours.write, meter, ours.prepare),
            ratio.Side("SQLite, keyed (series, moment)", plain.write, meter, plain.prepare),
            "the same batches of an hour, on disk after each; ours rolls an hour up meanwhile",
            rounds,
        )


if __name__ == "__main__":
    ratio.run(cases)
