"""Points for a chart: as they are, or averaged into steps that do not hide their extremes."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import groupby

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
        return tuple(Point(from_micros(at), float(v), float(v), float(v), 1) for at, v in ordered)
    step = step_seconds * 1_000_000
    return tuple(
        _summed(start * step, [value for _, value in own])
        for start, own in groupby(ordered, key=lambda item: item[0] // step)
    )


def _summed(start: int, values: Iterable[Number]) -> Point:
    inside = list(values)
    low, high = min(inside), max(inside)
    mean = sum(inside) / len(inside)
    # Rounding of a long sum must not push the mean past what it is the mean of.
    mean = min(max(mean, low), high)
    return Point(from_micros(start), float(mean), float(low), float(high), len(inside))
