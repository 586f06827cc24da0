"""Rows of uptime: what tallies of devices and groups come to, cut once for all faces."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from api.reports.dataset import ContractUptime, DeviceUptime, GroupUptime, Lost, Share
from collector.contract import Rules
from collector.model import CauseClass
from collector.store import DeviceFacts
from collector.uptime import ExclusionReason, Figures, Tally, figures, floor_percent, total

SECOND = 1_000_000
CITY = len("73.71")
"""So many characters of an area's code are the code of its city or regency (Kemendagri)."""

WORST = 10

Pair = tuple[Tally, Tally]
"""By the plain rules, and by the contract's."""


def uptime_fields(pair: Pair, *, degraded_is_up: bool = True) -> dict[str, Any]:
    """Return the fields of `Uptime` for a device or a sum of devices."""
    plain, contract = pair
    said, agreed = (figures(one, degraded_is_up=degraded_is_up) for one in pair)
    low, high = bounds_of(said)
    contract_low, contract_high = bounds_of(agreed)
    lost = dict.fromkeys(CauseClass, 0)
    for (cause, _), time in plain.lost.items():
        lost[cause] += time
    by_reason = contract.excluded_by_reason
    return {
        "devices": plain.devices,
        "uptime_percent": said.uptime_percent,
        "device_uptime_percent": said.device_uptime_percent,
        "uptime_low_percent": low,
        "uptime_high_percent": high,
        "coverage_percent": said.coverage_percent,
        "window_seconds": plain.window // SECOND,
        "up_seconds": plain.up // SECOND,
        "degraded_seconds": plain.degraded // SECOND,
        "down_seconds": plain.down // SECOND,
        "unreachable_seconds": plain.unreachable // SECOND,
        "unknown_seconds": plain.unknown // SECOND,
        "excluded_seconds": plain.excluded // SECOND,
        "outages": plain.outages,
        "longest_outage_seconds": _longest(plain),
        "mttr_seconds": each(plain.down, plain.outages),
        "mtbf_seconds": each(plain.up + plain.degraded, plain.outages),
        **{f"lost_{cause.value}_seconds": lost[cause] // SECOND for cause in CauseClass},
        "contract_uptime_percent": agreed.uptime_percent,
        "contract_uptime_low_percent": contract_low,
        "contract_uptime_high_percent": contract_high,
        "contract_coverage_percent": agreed.coverage_percent,
        "contract_down_seconds": contract.down // SECOND,
        "contract_unreachable_seconds": contract.unreachable // SECOND,
        "contract_excluded_seconds": contract.excluded // SECOND,
        **{
            f"contract_excluded_{reason.value}_seconds": by_reason[reason] // SECOND
            for reason in ExclusionReason
        },
        "contract_outages": contract.outages,
        "contract_longest_outage_seconds": _longest(contract),
        "contract_mttr_seconds": each(contract.down, contract.outages),
    }


def bounds_of(said: Figures) -> tuple[float | None, float | None]:
    """Return the bounds of a figure, None for both where nothing is known."""
    return said.uptime_bounds_percent or (None, None)


def each(microseconds: int, outages: int) -> int | None:
    """Return the whole seconds that fall to each outage, None without one."""
    return microseconds // outages // SECOND if outages else None


def _longest(tally: Tally) -> int | None:
    return tally.longest_outage // SECOND if tally.outages else None


def group_row(key: str, name: str, pairs: Sequence[Pair]) -> GroupUptime:
    """Return the sum of devices as a row."""
    pair = total(one for one, _ in pairs), total(one for _, one in pairs)
    return GroupUptime(key=key, name=name, **uptime_fields(pair))


def group_rows(
    facts: Iterable[DeviceFacts],
    pairs: Mapping[str, Pair],
    key_and_name: Callable[[DeviceFacts], tuple[str, str]],
) -> tuple[GroupUptime, ...]:
    """Return a row for each group, by key."""
    names: dict[str, str] = {}
    members: dict[str, list[Pair]] = {}
    for one in facts:
        key, name = key_and_name(one)
        names.setdefault(key, name)
        members.setdefault(key, []).append(pairs[one.id])
    return tuple(group_row(key, names[key], own) for key, own in sorted(members.items()))


def device_rows(
    facts: Iterable[DeviceFacts], pairs: Mapping[str, Pair], owners: Mapping[str, str]
) -> tuple[DeviceUptime, ...]:
    """Return a row for each device, by id."""
    return tuple(
        DeviceUptime(
            device=one.id,
            name=one.name,
            kind=one.kind,
            site=one.site,
            site_name=one.site_name,
            area=one.area,
            area_name=one.area_name,
            owner=one.owner or "",
            owner_name=owners.get(one.owner or "", one.owner or ""),
            **uptime_fields(pairs[one.id]),
        )
        for one in facts
    )


def worst_of(devices: Iterable[DeviceUptime]) -> tuple[DeviceUptime, ...]:
    """Return the devices with the least uptime, the worst first; whole uptime is never among them.

    Of equals the one that lost more time, then the one with the lower id.
    """
    known = [one for one in devices if one.uptime_percent is not None and one.uptime_percent < 100]
    known.sort(
        key=lambda one: (
            one.uptime_percent,
            -one.down_seconds - one.unreachable_seconds,
            one.device,
        )
    )
    return tuple(known[:WORST])


def contract_row(rules: Rules, tally: Tally, *, in_force: bool) -> ContractUptime:
    """Return what a sum of devices did by some rules."""
    said = figures(tally)
    low, high = bounds_of(said)
    return ContractUptime(
        rules.name,
        said.uptime_percent,
        low,
        high,
        said.coverage_percent,
        tally.excluded // SECOND,
        tally.outages,
        each(tally.down, tally.outages),
        rules.target_percent,
        in_force,
    )


def share_rows(tally: Tally, owners: Mapping[str, str]) -> tuple[Share, ...]:
    """Return the shares of lost time, by cause and by who answers for it, the largest first."""
    of_all = sum(tally.lost.values())
    rows: list[Share] = []
    for by in ("cause", "responsible"):
        parts: dict[str, int] = {}
        for (cause, owner), time in tally.lost.items():
            key = cause.value if by == "cause" else owner or ""
            parts[key] = parts.get(key, 0) + time
        rows += [
            Share(
                by, key, owners.get(key, key) if by == "responsible" else "", time // SECOND, part
            )
            for key, time in sorted(parts.items(), key=lambda one: (-one[1], one[0]))
            if time and (part := floor_percent(time, of_all)) is not None
        ]
    return tuple(rows)


def lost_rows(tally: Tally, owners: Mapping[str, str]) -> tuple[Lost, ...]:
    """Return lost time by who answers for it and why, the most first."""
    rows = [
        Lost(owner or "", owners.get(owner or "", owner or ""), cause.value, time // SECOND)
        for (cause, owner), time in tally.lost.items()
        if time
    ]
    return tuple(sorted(rows, key=lambda row: (-row.lost_seconds, row.responsible, row.cause)))
