"""A row of a pack's figures: what tallies come to, with the names and cuts of the report."""

from typing import Any

from collector.model import CauseClass
from collector.uptime import Tally, figures

SECOND = 1_000_000

Pair = tuple[Tally, Tally]
"""By the plain rules, and by the contract's."""


def uptime_fields(pair: Pair, *, degraded_is_up: bool = True) -> dict[str, Any]:
    """Return the figures of a device or a sum of devices, the contract's with a prefix."""
    plain, contract = (_fields(one, degraded_is_up=degraded_is_up) for one in pair)
    return plain | {f"contract_{name}": value for name, value in contract.items()}


def _fields(tally: Tally, *, degraded_is_up: bool) -> dict[str, Any]:
    said = figures(tally, degraded_is_up=degraded_is_up)
    low, high = said.uptime_bounds_percent or (None, None)
    lost = dict.fromkeys(CauseClass, 0)
    for (cause, _), time in tally.lost.items():
        lost[cause] += time
    outages = tally.outages
    return {
        "devices": tally.devices,
        "uptime_percent": said.uptime_percent,
        "device_uptime_percent": said.device_uptime_percent,
        "uptime_low_percent": low,
        "uptime_high_percent": high,
        "coverage_percent": said.coverage_percent,
        "window_seconds": tally.window // SECOND,
        "up_seconds": tally.up // SECOND,
        "degraded_seconds": tally.degraded // SECOND,
        "down_seconds": tally.down // SECOND,
        "unreachable_seconds": tally.unreachable // SECOND,
        "unknown_seconds": tally.unknown // SECOND,
        "excluded_seconds": tally.excluded // SECOND,
        **{
            f"excluded_{reason.value}_seconds": time // SECOND
            for reason, time in tally.excluded_by_reason.items()
        },
        "outages": outages,
        "longest_outage_seconds": tally.longest_outage // SECOND if outages else None,
        "mttr_seconds": tally.down // outages // SECOND if outages else None,
        "mtbf_seconds": (tally.up + tally.degraded) // outages // SECOND if outages else None,
        **{f"lost_{cause.value}_seconds": time // SECOND for cause, time in lost.items()},
    }
