"""A straight line through days, with how sure it is. Pure.

Least squares over daily values. The standard error of the slope is widened by what neighbouring
days have in common: with the residuals' correlation r from a day to the next, n days tell as much
as n (1 - r) / (1 + r) independent ones (Santer et al. 2000, doi:10.1029/1999JD901105). Without
that, slow swings of a disk pass for a certain trend.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, inf, sqrt

FEWEST = 14
"""Days without which no line is drawn."""

_MOST_ALIKE = 0.9  # more than this would leave hardly a day
# Student's t, two-sided 95 %, by degrees of freedom (tables); between them the next lower one's.
_QUANTILES = (
    (1, 12.707), (2, 4.303), (3, 3.183), (4, 2.777), (5, 2.571), (6, 2.447), (7, 2.365),
    (8, 2.307), (9, 2.263), (10, 2.229), (12, 2.179), (15, 2.132), (20, 2.086), (30, 2.043),
    (60, 2.001), (120, 1.980),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its height at the last day, and its slope for a day; low to high with 95 %."""

    level: float
    level_error: float  # half the width of the interval
    slope: float
    slope_low: float
    slope_high: float

    def days_until(self, height: float) -> tuple[int, int] | None:
        """Return after how many days it reaches a height: at the earliest, at the latest.

        None: it does not rise for certain.
        """
        if self.slope_low <= 0:
            return None
        soon = (height - self.level - self.level_error) / self.slope_high
        late = (height - self.level + self.level_error) / self.slope_low
        return max(0, floor(soon)), max(0, ceil(min(late, 10.0**6)))


def fit(points: Sequence[tuple[float, float]]) -> Line | None:
    """Return the line through (day, value), in order of days; None: too few of them."""
    count = len(points)
    if count < FEWEST:
        return None
    middle = sum(day for day, _ in points) / count
    mean = sum(value for _, value in points) / count
    spread = sum((day - middle) ** 2 for day, _ in points)
    if spread == 0:
        return None
    slope = sum((day - middle) * (value - mean) for day, value in points) / spread
    rest = [value - mean - slope * (day - middle) for day, value in points]
    squares = sum(one * one for one in rest)
    alike = _alike(rest, squares)
    effective = max(3.0, count * (1 - alike) / (1 + alike))
    variance = squares / (effective - 2) if effective > 2 else inf
    quantile = student(int(effective) - 2)
    error = quantile * sqrt(variance / spread)
    last = points[-1][0]
    at_last = quantile * sqrt(variance * (1 / effective + (last - middle) ** 2 / spread))
    return Line(mean + slope * (last - middle), at_last, slope, slope - error, slope + error)


def student(degrees: int) -> float:
    """Return Student's t for a two-sided 95 %; never less than the exact value."""
    found = _QUANTILES[0][1]
    for known, quantile in _QUANTILES:
        if known > degrees:
            break
        found = quantile
    return found


def _alike(rest: Sequence[float], squares: float) -> float:
    """Return how much a day's residual is like the one before: 0 to 0.9."""
    if squares <= 1e-12:
        return 0.0
    together = sum(a * b for a, b in pairwise(rest))
    return min(_MOST_ALIKE, max(0.0, together / squares))
