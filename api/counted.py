"""Rates of a device's counters, and the use of its links, from the raw values in the sink.

    metric=if_in_octets&rate=true          B/s, errors 1/s: any counter
    metric=if_in_utilization_percent       of the speed that the interface said it had
    metric=if_out_utilization_percent

The device's own uptime tells restarts; the speed of an interface tells what is possible. How a
counter's increase is found stands in `collector.rates`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

from collector.model import Labels
from collector.rates import Increase, Sample, StepRate, increases, rates, restarts_of, step_rates
from collector.sinks import Point, Series, SeriesInfo, Sink

UTILIZATION = {
    "if_in_utilization_percent": "if_in_octets",
    "if_out_utilization_percent": "if_out_octets",
}
"""Metrics that are reckoned when asked for, and the counters they are reckoned from."""

_SPEED = "if_speed_bits_per_second"
_UPTIME = "sys_uptime_seconds"
_BEFORE = timedelta(hours=2)  # where the sample before the window is looked for
_PAUSES = 2.5  # so many times the usual pause between samples is no gap yet
_SMALLEST_FRAME_BITS = 84 * 8  # on Ethernet, with preamble and pause: most packets a second


@dataclass(frozen=True, slots=True)
class Rated:
    """The rates of one counter. `at_least`: per point, whether it may have been more."""

    series: Series
    at_least: tuple[bool, ...]


def can_be_reckoned(found: Sequence[SeriesInfo]) -> list[tuple[str, SeriesInfo]]:
    """Return the metrics of UTILIZATION that a device's series allow, each with its counter."""
    speeds = {one.labels for one in found if one.metric == _SPEED}
    return [
        (metric, one)
        for metric, counter in UTILIZATION.items()
        for one in found
        if one.metric == counter and one.labels in speeds
    ]


def rated(
    sink: Sink,
    device_id: str,
    metric: str,
    start: datetime,
    end: datetime,
    step_seconds: int | None,
) -> list[Rated]:
    """Return the rates of a counter, or of a metric of UTILIZATION. Blocks; raises SinkError.

    Without a step every span between two samples is a point at its end.
    """
    counter = UTILIZATION.get(metric, metric)
    early = start - _BEFORE
    found = sink.query(device_id, counter, early, end)
    uptimes = sink.query(device_id, _UPTIME, early, end)
    restarts = restarts_of(_samples(uptimes[0])) if uptimes else []
    speeds = {one.labels: one for one in sink.query(device_id, _SPEED, early, end)}
    answer = []
    for one in found:
        speed = _speed_of(speeds, one.labels)
        if metric in UTILIZATION and not speed:
            continue  # nobody knows what would be 100 %
        samples = _samples(one)
        grown = increases(
            samples,
            longest_pause_seconds=_usual_pause(samples) * _PAUSES,
            restarts=restarts,
            most_per_second=_most(one, speed),
        )
        factor, unit = _meaning(metric, one.unit, speed)
        answer.append(_rated(metric, unit, one.labels, grown, factor, start, step_seconds))
    return answer


def _rated(
    metric: str,
    unit: str,
    labels: Labels,
    grown: Sequence[Increase],
    factor: float,
    start: datetime,
    step_seconds: int | None,
) -> Rated:
    first = start.timestamp()
    if step_seconds is None:
        points = [one for one in rates(grown) if one.start >= first]
    else:
        begin = first // step_seconds * step_seconds
        points = [one for one in step_rates(grown, step_seconds) if one.start >= begin]
    shown = tuple(_point(one, factor) for one in points)
    return Rated(Series(metric, unit, labels, shown), tuple(one.at_least for one in points))


def _point(one: StepRate, factor: float) -> Point:
    at = datetime.fromtimestamp(one.start, UTC)
    return Point(at, one.mean * factor, one.low * factor, one.high * factor, one.count)


def _meaning(metric: str, unit: str, speed: float | None) -> tuple[float, str]:
    """Return what a rate is multiplied with, and the unit that gives."""
    if metric in UTILIZATION and speed:
        return 8 * 100 / speed, "%"
    return 1.0, f"{unit}/s"


def _most(one: Series, speed: float | None) -> float | None:
    """Return the most that a counter can count a second, None when nobody knows."""
    if not speed:
        return None
    return speed / 8 if one.unit == "B" else max(1.0, speed / _SMALLEST_FRAME_BITS)


def _speed_of(speeds: dict[Labels, Series], labels: Labels) -> float | None:
    """Return the highest speed an interface had, bits a second: links are negotiated anew."""
    series = speeds.get(labels)
    return max((point.high for point in series.points), default=None) if series else None


def _samples(series: Series) -> list[Sample]:
    return [(point.at.timestamp(), point.value) for point in series.points]


def _usual_pause(samples: Sequence[Sample]) -> float:
    pauses = [after[0] - before[0] for before, after in pairwise(samples)]
    return median(pauses) if pauses else 0.0
