"""From samples and the store to the figures of a run, and the words they are printed in."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.bench.watching import Moved, Sample

STEADY = "steady"
CYCLE_SECONDS = 60.0
"""A cycle is what one device costs in a minute; see `setting`."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in seconds."""

    count: int
    p50: float
    p99: float
    most: float


@dataclass(frozen=True, slots=True)
class Steady:
    """What an undisturbed stretch cost."""

    seconds: float
    cpu_seconds_per_1000_cycles: float
    cpu_seconds_per_1000_cycles_by_part: Mapping[str, float]
    memory_mib: float  # the most of all samples
    memory_mib_by_part: Mapping[str, float]  # at the end
    readings_a_second: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """What became of the schedule over the whole run."""

    due: float
    done: float
    blind: float  # answers lost to our own lag
    late_p50_seconds: float  # the median of what the samples say
    late_p99_seconds: float  # the worst of what the samples say
    late_most_seconds: float
    loop_lag_most_seconds: float


def spread(seconds: Sequence[float]) -> Spread | None:
    """Return the spread of some durations, None of none."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return Spread(len(ordered), _share(ordered, 0.50), _share(ordered, 0.99), ordered[-1])


def _share(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def steady(samples: Sequence[Sample], devices: int) -> Steady:
    """Return what the steady phase cost. Raises ValueError when it has less than two samples."""
    quiet = [sample for sample in samples if sample.phase == STEADY]
    if len(quiet) < 2:
        raise ValueError("the steady phase is too short to be measured")
    first, last = quiet[0], quiet[-1]
    seconds = last.at - first.at
    thousands = devices * seconds / CYCLE_SECONDS / 1000
    used = {
        name: (cpu - first.cpu_seconds.get(name, 0.0)) / thousands
        for name, cpu in last.cpu_seconds.items()
    }
    readings = _grown(first, last, "writer_readings")
    return Steady(
        seconds,
        sum(used.values()),
        used,
        max(sum(sample.memory_mib.values()) for sample in quiet),
        last.memory_mib,
        readings / seconds,
    )


def schedule_of(samples: Sequence[Sample], phase: str) -> float:
    """Return the worst 99th percentile of lateness, in seconds, that one phase's samples tell."""
    return max(
        (
            sample.figures["check_late_p99_seconds"]
            for sample in samples
            if sample.phase == phase and "check_late_p99_seconds" in sample.figures
        ),
        default=0.0,
    )


def schedule(samples: Sequence[Sample]) -> Schedule:
    """Return what became of the schedule. Checks under way at the end are not due yet."""
    told = [sample.figures for sample in samples if "checks_due" in sample.figures]
    if not told:
        return Schedule(0, 0, 0, 0, 0, 0, 0)
    last = told[-1]
    medians = sorted(figures["check_late_p50_seconds"] for figures in told)
    return Schedule(
        due=last["checks_due"] - last["checks_under_way"],
        done=last["checks_done"] + last["checks_skipped"],
        blind=last["checks_blind"],
        late_p50_seconds=medians[len(medians) // 2],
        late_p99_seconds=max(figures["check_late_p99_seconds"] for figures in told),
        late_most_seconds=last["check_late_worst_seconds"],
        loop_lag_most_seconds=last["loop_lag_worst_seconds"],
    )


def _grown(first: Sample, last: Sample, name: str) -> float:
    return last.figures.get(name, 0.0) - first.figures.get(name, 0.0)


def deaths(
    moved: Sequence[Moved], killed: frozenset[str], from_at: float, until_at: float
) -> list[float]:
    """Return how long after `from_at` each of the killed was confirmed down, in seconds."""
    found: dict[str, float] = {}
    for one in moved:
        if one.device in killed and one.new == "down" and from_at <= one.confirmed_at < until_at:
            found.setdefault(one.device, one.confirmed_at - from_at)
    return list(found.values())


def false_downs(moved: Sequence[Moved], mortal: Mapping[str, float], until_at: float) -> int:
    """Return how often a device was called down that was alive.

    `mortal` says from when on (seconds since 1970) a device may truly be down.
    """
    never = math.inf
    return sum(
        one.new == "down" and one.confirmed_at < min(mortal.get(one.device, never), until_at)
        for one in moved
    )
