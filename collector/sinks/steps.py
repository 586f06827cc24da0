"""Points for a chart: as they are, or averaged into steps that do not hide their extremes."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from collector.sinks import Point
from collector.sinks.frames import Number

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Return microseconds since 1970 of an aware moment."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC moment."""
    return _EPOCH + timedelta(microseconds=micros)


def points(values: Mapping[int, Number], step_seconds: int | None) -> tuple[Point, ...]:
    """Return moment (microseconds) → value as points, oldest first.

    With a step: one point for each step that holds any, at the step's start, aligned to the epoch.
    """
    ordered = sorted(values.items())
    if step_seconds is None:
        return tuple([Point(from_micros(at), float(v), float(v), float(v), 1) for at, v in ordered])
    step = step_seconds * 1_000_000
    found: list[Point] = []
    add = found.append
    start: int | None = None
    total: Number = 0
    low: Number = 0
    high: Number = 0
    count = 0
    # One plain loop: a week of minutes has ten thousand steps, mostly of one value each.
    for at, value in ordered:
        begins = at - at % step
        if begins == start:
            total += value
            count += 1
            low = min(low, value)
            high = max(high, value)
            continue
        if start is not None:
            add(_point(start, total, low, high, count))
        start, total, low, high, count = begins, value, value, value, 1
    if start is not None:
        add(_point(start, total, low, high, count))
    return tuple(found)


def _point(start: int, total: Number, low: Number, high: Number, count: int) -> Point:
    if count == 1:
        value = float(total)
        return Point(from_micros(start), value, value, value, 1)
    # Rounding of a long sum must not push the mean past what it is the mean of.
    mean = min(max(total / count, low), high)
    return Point(from_micros(start), float(mean), float(low), float(high), count)
