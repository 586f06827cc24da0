"""What counters counted: raw values in, increases and rates out. Pure.

A counter only ever grows, is stored as it was read, and lies in three ways:

    wrap      a Counter32 begins anew after 2**32: the increase goes over the edge
    restart   the agent begins to count at 0: what was counted between the last look and the
              restart is lost, so nothing is told of that span
    gap       nobody looked for a while: the mean over the gap would say more than is known

Which of them it was is decided by the agent's uptime (`restarts_of`), by the longest pause that is
still no gap, and by the most that can be counted in a second (a link's speed). Where a Counter32
may have gone round more than once, the increase is the least possible and says so.

Moments are epoch seconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

Sample: TypeAlias = tuple[float, int | float]
"""A moment and the raw value that was read then."""

_WRAP_32 = 1 << 32
_WRAP_64 = 1 << 64
_UPTIME_WRAP_SECONDS = _WRAP_32 / 100  # TimeTicks, hundredths of a second: 497 days
_CLOCK_SLACK_SECONDS = 10.0  # between two looks an agent's clock and ours may part by this,
_CLOCK_SLACK_SHARE = 0.01  # and by this share of the time between
_SPEED_SLACK = 1.1  # a link counts a little more than its speed, with what frames it


@dataclass(frozen=True, slots=True)
class Increase:
    """What was counted from `start` to `end`. `at_least`: it may have been more."""

    start: float
    end: float
    amount: float
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class StepRate:
    """The rate over one step: mean over the time that was covered, and what it hides."""

    start: float
    mean: float
    low: float
    high: float
    count: int
    at_least: bool


def restarts_of(uptimes: Iterable[Sample]) -> list[float]:
    """Return when an agent began anew, by the uptimes (seconds) that it told.

    An uptime that came round after 497 days is no restart.
    """
    found = []
    for (before, told), (at, now) in pairwise(sorted(uptimes)):
        due = told + at - before
        slack = _CLOCK_SLACK_SECONDS + _CLOCK_SLACK_SHARE * (at - before)
        came_round = due >= _UPTIME_WRAP_SECONDS and abs(due - _UPTIME_WRAP_SECONDS - now) <= slack
        if now + slack < due and not came_round:
            found.append(max(before, at - now))
    return found


def increases(
    samples: Iterable[Sample],
    *,
    longest_pause_seconds: float,
    restarts: Sequence[float] = (),
    most_per_second: float | None = None,
) -> list[Increase]:
    """Return what a counter counted between neighbouring samples, in order.

    `most_per_second`: what cannot be exceeded, None when nobody knows. Left out are spans with a
    restart in them, longer than `longest_pause_seconds`, or with more than was possible.
    """
    ordered = sorted(samples)
    is_wide = any(value >= _WRAP_32 for _, value in ordered)
    found = []
    for (start, before), (end, after) in pairwise(ordered):
        if not 0 < end - start <= longest_pause_seconds:
            continue
        if any(start < restart <= end for restart in restarts):
            continue
        most = None if most_per_second is None else most_per_second * _SPEED_SLACK * (end - start)
        amount = _counted(before, after, most)
        if amount is None:
            continue
        may_be_more = not is_wide and most is not None and most >= _WRAP_32
        found.append(Increase(start, end, amount, may_be_more))
    return found


def _counted(before: float, after: float, most: float | None) -> float | None:
    """Return the increase from one value to the next, None when the counter began anew."""
    if after >= before:
        amount = after - before
    elif before < _WRAP_32:
        amount = after + _WRAP_32 - before
        if most is None and amount >= _WRAP_32 / 2:
            return None  # further back than forward: rather a restart that nobody told of
    else:
        amount = after + _WRAP_64 - before
        if amount >= _WRAP_64 / 2:
            return None
    return None if most is not None and amount > most else amount


def rates(found: Iterable[Increase]) -> list[StepRate]:
    """Return the rate a second of every increase, at its end: what a chart of raw values shows."""
    return [
        StepRate(one.end, rate, rate, rate, 1, one.at_least)
        for one in found
        for rate in (one.amount / (one.end - one.start),)
    ]


def step_rates(found: Iterable[Increase], step_seconds: float) -> list[StepRate]:
    """Return the rate a second of every step, aligned to the epoch.

    An increase that lies in several steps counts in each by its share of time, so that the sum of
    what was counted is kept. A step of which nothing is known is absent.
    """
    steps: dict[int, list[tuple[float, float, bool]]] = {}
    for one in found:
        rate = one.amount / (one.end - one.start)
        first, last = int(one.start // step_seconds), int(one.end // step_seconds)
        for step in range(first, last + 1):
            seconds = min(one.end, (step + 1) * step_seconds) - max(one.start, step * step_seconds)
            if seconds > 0:
                steps.setdefault(step, []).append((seconds, rate, one.at_least))
    return [_step(step * step_seconds, parts) for step, parts in sorted(steps.items())]


def _step(start: float, parts: Sequence[tuple[float, float, bool]]) -> StepRate:
    covered = sum(seconds for seconds, _, _ in parts)
    counted = sum(seconds * rate for seconds, rate, _ in parts)
    each = [rate for _, rate, _ in parts]
    at_least = any(more for _, _, more in parts)
    return StepRate(start, counted / covered, min(each), max(each), len(each), at_least)
