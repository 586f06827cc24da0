"""Roll-ups of raw points as lines: what remains of the values of five minutes, and of an hour.

    ping,device=a f=1 …:00:10 ┐                          ┌ bucket_5m  f_mean, f_min, f_max, f_count,
    ping,device=a f=3 …:01:10 ┼ one series of an hour ───┤            f_last at …:00:00
    ping,device=a f=2 …:07:10 ┘                          └ bucket_1h  the same of the whole hour

Same measurement, same tags, time = the window's beginning. Means, extremes and counts are those of
the embedded sink's steps (collector.sinks.steps). Of a text only the last one remains.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from collector.sinks.influx.lines import float_value, from_signed, text_value

MINUTES_5 = 300
HOUR = 3600
_NANOSECONDS = 1_000_000_000

Value = float | int | str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A field: its name as it stands in lines, and what the server takes it for."""

    name: str
    type: str  # float, integer or string
    is_counter: bool = False  # an integer that holds the 64 bits of a counter


@dataclass(frozen=True, slots=True)
class RawSeries:
    """The points of one set of tags: rows of a moment (nanoseconds) and a value a column."""

    head: str  # measurement and tags as they stand in lines
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]  # by time; None: no such field at that moment


def rolled(series: RawSeries, window_seconds: int) -> Iterator[str]:
    """Yield a line for each window that holds a point, in order of time."""
    window = window_seconds * _NANOSECONDS
    moments, *columns = zip(*series.rows, strict=True)
    summers = [_summer(column) for column in series.columns]
    low = 0
    while low < len(moments):
        begin = moments[low] // window * window
        high = bisect_left(moments, begin + window, low)
        parts = []
        for summer, column in zip(summers, columns, strict=True):
            values = [value for value in column[low:high] if value is not None]
            if values:
                parts.append(summer(values))
        if parts:
            yield f"{series.head} {','.join(parts)} {begin}\n"
        low = high


def _float(value: Value) -> str:
    return float_value(float(value))  # type: ignore[arg-type]


def _whole(value: Value) -> str:
    return f"{value}i"


def _text(value: Value) -> str:
    return text_value(str(value))


_WRITERS: Mapping[str, Callable[[Value], str]] = {
    "float": _float,
    "integer": _whole,
    "string": _text,
}
TYPES = tuple(_WRITERS)
"""Types of fields that can be rolled. Where one has two, InfluxQL takes the first in this order."""


@lru_cache(maxsize=4096)
def _summer(column: Column) -> Callable[[list[Value]], str]:
    """Return what makes the fields of a window from its values, of which there is at least one."""
    write = _WRITERS[column.type]
    if column.type == "string":
        return lambda values: f"{column.name}_last={write(values[-1])}"
    field = column.name.replace("%", "%%")
    form = f"{field}_mean=%r,{field}_min=%r,{field}_max=%r,{field}_count=%di,{field}_last=%s"

    def summed(values: list[Value]) -> str:
        numbers: list[float] = values  # type: ignore[assignment]
        if column.is_counter and min(numbers) < 0:  # beyond 2^63: as the counter, not as its bits
            numbers = [from_signed(int(number)) for number in numbers]
        low, high, count = min(numbers), max(numbers), len(numbers)
        # Rounding, or a sum beyond all floats, must not push the mean past what it is the mean of.
        mean = min(max(sum(numbers) / count, low), high)
        return form % (float(mean), float(low), float(high), count, write(values[-1]))

    return summed
