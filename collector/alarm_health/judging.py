"""What figures mean: good, manageable, or too much for people to be expected to act on.

Bounds are those of EEMUA 191 and ISA-18.2 as far as these say one; ours where they do not, or
where they are meant for a plant (docs/alarm-health.md says which).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from collector.alarm_health.figures import Health
from collector.model.alerts import Severity

ENOUGH = 20
"""A share of fewer alerts says nothing; neither does a median of fewer than FEW incidents."""

FEW = 5


class Verdict(StrEnum):
    """What a figure means for the people who get the messages."""

    GOOD = "good"
    MANAGEABLE = "manageable"
    TOO_MUCH = "too_much"


class Measure(StrEnum):
    """What is judged. Rates are judged by what people were told, the rest by what was raised."""

    PER_DAY = "per_day"
    PEAK = "peak"
    FLOOD = "flood"
    CRITICAL = "critical"
    NOISY = "noisy"
    CHATTERING = "chattering"
    FLEETING = "fleeting"
    STALE = "stale"
    ACKNOWLEDGED_AFTER = "acknowledged_after"


BOUNDS: Mapping[Measure, tuple[float, float]] = {
    Measure.PER_DAY: (150, 300),
    Measure.PEAK: (10, 20),
    Measure.FLOOD: (1, 5),  # percent of the time
    Measure.CRITICAL: (5, 20),  # percent of own alerts
    Measure.NOISY: (20, 50),  # percent of own alerts from ten devices
    Measure.CHATTERING: (0, 5),  # devices
    Measure.FLEETING: (10, 30),  # percent of own alerts
    Measure.STALE: (4, 20),  # alerts
    Measure.ACKNOWLEDGED_AFTER: (600, 1_800),  # seconds, median
}
"""Up to the first: good; up to the second: manageable; above: too much."""


def judge(health: Health) -> dict[Measure, Verdict]:
    """Return the verdict on each measure of which there is enough to judge by."""
    return {
        measure: _verdict(measure, value)
        for measure, value in values(health).items()
        if value is not None
    }


def values(health: Health) -> dict[Measure, float | None]:
    """Return what is judged; None: too little to judge by."""
    own = health.own
    critical = health.own_by_severity.get(Severity.CRITICAL, 0)
    spread = own if health.devices > 2 * len(health.noisy) else 0  # a few devices are always all
    waited = health.waited
    return {
        Measure.PER_DAY: health.told.per_day,
        Measure.PEAK: health.told.peak,
        Measure.FLOOD: health.told.flood_percent,
        Measure.CRITICAL: _share(critical, own),
        Measure.NOISY: health.noisy_percent if spread >= ENOUGH else None,
        Measure.CHATTERING: len(health.chattering),
        Measure.FLEETING: _share(health.fleeting, own),
        Measure.STALE: len(health.stale),
        Measure.ACKNOWLEDGED_AFTER: waited.median_seconds if waited.acknowledged >= FEW else None,
    }


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on all: that of the worst. Nothing at all is good."""
    order = list(Verdict)
    return max(verdicts, key=order.index, default=Verdict.GOOD)


def _verdict(measure: Measure, value: float) -> Verdict:
    good, manageable = BOUNDS[measure]
    if value <= good:
        return Verdict.GOOD
    return Verdict.MANAGEABLE if value <= manageable else Verdict.TOO_MUCH


def _share(part: int, of: int) -> float | None:
    return 100.0 * part / of if of >= ENOUGH else None
