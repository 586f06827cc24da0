"""What people read: percentages floored, seconds, outages. Made from sums, never from figures."""

from collections.abc import Mapping
from dataclasses import dataclass

from collector.model import CauseClass
from collector.uptime.tally import Tally

_PARTS_PER_PERCENT = 1_000  # three decimals


@dataclass(frozen=True, slots=True)
class Figures:
    """What an uptime row says (`GET /uptime`).

    Percentages are floored to three decimals, never rounded up (so is the upper bound); None: no
    known time to speak of. MTTR, MTBF and the longest outage are None without an outage. Seconds
    are whole microseconds divided, and add up to `window_seconds` to within float precision. Lost
    seconds (down and unreachable) are given by cause, and by the id of the owner who answers for
    them (the key "": nobody is named).
    """

    devices: int
    uptime_percent: float | None
    device_uptime_percent: float | None
    uptime_bounds_percent: tuple[float, float] | None
    coverage_percent: float
    window_seconds: float
    up_seconds: float
    degraded_seconds: float
    down_seconds: float
    unreachable_seconds: float
    unknown_seconds: float
    excluded_seconds: float
    outages: int
    mttr_seconds: float | None
    mtbf_seconds: float | None
    longest_outage_seconds: float | None
    excluded_seconds_by_reason: dict[str, float]
    lost_seconds_by_cause: dict[str, float]
    lost_seconds_by_owner: dict[str, float]
    outages_by_cause: dict[str, int]


def figures(counted: Tally, *, degraded_is_up: bool = True) -> Figures:
    """Return percentages, bounds, coverage, MTTR and MTBF of a tally.

    With `degraded_is_up=False` degraded time counts as known but not as up.
    """
    up = counted.up + (counted.degraded if degraded_is_up else 0)
    in_scope = counted.known + counted.unknown
    outages = counted.outages
    by_cause = dict.fromkeys((cause.value for cause in CauseClass), 0)
    by_owner: dict[str, int] = {}
    for (cause, owner), lost in counted.lost.items():
        by_cause[cause.value] += lost
        by_owner[owner or ""] = by_owner.get(owner or "", 0) + lost
    return Figures(
        devices=counted.devices,
        uptime_percent=floor_percent(up, counted.known),
        device_uptime_percent=floor_percent(up, counted.known - counted.unreachable),
        uptime_bounds_percent=_bounds(up, counted.unknown, in_scope),
        coverage_percent=floor_percent(counted.known, in_scope) or 0.0,
        window_seconds=_seconds(counted.window),
        up_seconds=_seconds(counted.up),
        degraded_seconds=_seconds(counted.degraded),
        down_seconds=_seconds(counted.down),
        unreachable_seconds=_seconds(counted.unreachable),
        unknown_seconds=_seconds(counted.unknown),
        excluded_seconds=_seconds(counted.excluded),
        outages=outages,
        mttr_seconds=_each(counted.down, outages),
        mtbf_seconds=_each(counted.up + counted.degraded, outages),
        longest_outage_seconds=_seconds(counted.longest_outage) if outages else None,
        excluded_seconds_by_reason={
            reason.value: _seconds(part) for reason, part in counted.excluded_by_reason.items()
        },
        lost_seconds_by_cause=_all_seconds(by_cause),
        lost_seconds_by_owner=_all_seconds(dict(sorted(by_owner.items()))),
        outages_by_cause={
            cause.value: number for cause, number in counted.outages_by_cause.items()
        },
    )


def floor_percent(part: int, whole: int) -> float | None:
    """Return part ÷ whole in percent, floored to three decimals; None when whole is 0.

    Whole numbers only until the last step: 99.9999 % is 99.999, and 100.0 is said only of all.
    """
    if whole == 0:
        return None
    return (part * 100 * _PARTS_PER_PERCENT // whole) / _PARTS_PER_PERCENT


def _bounds(up: int, unknown: int, in_scope: int) -> tuple[float, float] | None:
    """Return uptime with the unknown time as down, and as up."""
    low, high = floor_percent(up, in_scope), floor_percent(up + unknown, in_scope)
    return None if low is None or high is None else (low, high)


def _all_seconds(parts: Mapping[str, int]) -> dict[str, float]:
    return {key: _seconds(part) for key, part in parts.items()}


def _seconds(microseconds: int) -> float:
    return microseconds / 1_000_000


def _each(microseconds: int, outages: int) -> float | None:
    return _seconds(microseconds) / outages if outages else None
