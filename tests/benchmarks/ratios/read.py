"""Reading a chart: the embedded sink beside SQL over the plain table, one series of two days.

python -m tests.benchmarks.ratios.read
"""

import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from collector.model import Reading
from collector.moments import to_micros
from collector.sinks import DeviceReadings
from collector.sinks.sqlite import SqliteSink
from tests.benchmarks import ratio
from tests.benchmarks.plain import PlainTable

T0 = datetime(2026, 11, 1, tzinfo=UTC)
HOURS = 48
END = T0 + timedelta(hours=HOURS)
DEVICES = 20
METRIC = "ping_rtt_seconds"
QUESTIONS = 10  # in a stretch
_STEP = 300
RAW = "SELECT at, value FROM rows WHERE series = ? AND at >= ? AND at < ?"
STEPPED = (
    "SELECT at / :step * :step, avg(value), min(value), max(value), count(*) FROM rows"
    " WHERE series = :series AND at >= :low AND at < :high GROUP BY 1"
)


def value(device: int, minute: int) -> float:
    return 0.012 + (minute * 37 + device * 11) % 97 / 9973


def fill(sink: SqliteSink, table: PlainTable) -> None:
    """Write the same two days into both: a ping a minute of every device."""
    for hour in range(HOURS):
        minutes = range(hour * 60, hour * 60 + 60)
        of_all = [(device, minute) for minute in minutes for device in range(DEVICES)]
        moments = {minute: T0 + timedelta(minutes=minute) for minute in minutes}
        sink.write(
            [
                DeviceReadings(
                    f"camera-{device}", moments[minute], (Reading(METRIC, value(device, minute)),)
                )
                for device, minute in of_all
            ]
        )
        table.insert(
            (device, to_micros(moments[minute]), value(device, minute)) for device, minute in of_all
        )
    sink.maintain(60)


class Charts:
    """Both ways to read the series of device after device."""

    def __init__(self, sink: SqliteSink, table: PlainTable) -> None:
        self._sink = sink
        self._table = table

    def ours(self, device: int, step: int | None) -> list[tuple[datetime, float]]:
        (series,) = self._sink.query(f"camera-{device}", METRIC, T0, END, step)
        return [(point.at, point.value) for point in series.points]

    def theirs(self, device: int, step: int | None) -> list[tuple[datetime, float]]:
        low, high = to_micros(T0), to_micros(END)
        connection = self._table.connection
        if step is None:
            rows = connection.execute(RAW, (device, low, high))
        else:
            asked = {"series": device, "low": low, "high": high, "step": step * 1_000_000}
            rows = connection.execute(STEPPED, asked)
        return [(T0 + timedelta(microseconds=row[0] - low), row[1]) for row in rows]

    def check(self, step: int | None) -> None:
        """Hold both against each other."""
        for mine, other in zip(self.ours(3, step), self.theirs(3, step), strict=True):
            assert mine[0] == other[0]
            assert math.isclose(mine[1], other[1])


def many(read: Callable[[int, int | None], object], step: int | None) -> int:
    for number in range(QUESTIONS):
        read(number % DEVICES, step)
    return QUESTIONS


def cases(held: ExitStack) -> Iterator[ratio.Case]:
    """Yield points as they came, and in steps."""
    folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
    sink = held.enter_context(closing(SqliteSink.open(folder / "ours.db")))
    columns = "series INTEGER, at INTEGER, value, PRIMARY KEY (series, at)"
    table = PlainTable.held(held, folder / "plain.db", columns, "WITHOUT ROWID")
    fill(sink, table)
    charts = Charts(sink, table)
    for key, name, step in (
        ("read-raw", "2,880 points as they came", None),
        ("read-steps", "2,880 points in 576 steps", _STEP),
    ):
        charts.check(step)
        yield ratio.Case(
            key,
            f"Embedded sink: read {name}",
            "chart",
            ratio.Side("ours", partial(many, charts.ours, step)),
            ratio.Side("SQLite, keyed (series, moment)", partial(many, charts.theirs, step)),
            "the same points with their moments as datetimes; both compared before",
        )


if __name__ == "__main__":
    ratio.run(cases)
