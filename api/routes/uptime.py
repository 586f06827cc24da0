"""Uptime of a window, by device, site, area, kind or owner."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import schemas
from api.deps import Parts, PartsOf, parse_moment, reply
from api.errors import invalid
from collector.store import DeviceRow
from collector.uptime import Figures, Tally, figures, tally, total

router = APIRouter(tags=["uptime"])

WINDOW = timedelta(days=400)
_EVERYTHING = 1_000_000


class GroupBy(StrEnum):
    """What one row of the table is about."""

    DEVICE = "device"
    SITE = "site"
    AREA = "area"
    KIND = "kind"
    OWNER = "owner"


@router.get("/uptime", response_model=schemas.Uptime)
def get_uptime(
    parts: PartsOf,
    from_: Annotated[
        str | None, Query(alias="from", max_length=40, description="Default: a day before `to`.")
    ] = None,
    to: Annotated[str | None, Query(max_length=40, description="Default, and latest: now.")] = None,
    group_by: Annotated[GroupBy, Query(description="What one row is about.")] = GroupBy.DEVICE,
) -> Response:
    """Uptime of a window with coverage, bounds and outages; at most 400 days.

    `uptime_percent` is service uptime, `device_uptime_percent` leaves out what is not the
    device's fault. Time in which nobody looked is unknown, never up and never down. Percentages
    are rounded down; null means that nothing is known.
    """
    now = parts.clock.now()
    end = now if to is None else min(parse_moment("to", to), now)
    start = end - timedelta(days=1) if from_ is None else parse_moment("from", from_)
    if start >= end:
        raise invalid("from", "must be before `to`, and in the past")
    if end - start > WINDOW:
        raise invalid("from", f"a window has at most {WINDOW.days} days")
    tallies = tally(parts.store.state_intervals(start, end, known_until=_known_until(parts)))
    items = _rows(_devices(parts, tallies), tallies, *_grouping(parts, group_by))
    rule = asdict(parts.settings.rule)
    return reply(
        {"from": start, "to": end, "group_by": group_by, "rule": rule, "items": items, "next": None}
    )


def _devices(parts: Parts, tallies: Mapping[str, Tally]) -> list[DeviceRow]:
    """Return every device of the window: those in use, and those retired within it."""
    rows = list(parts.store.devices(limit=_EVERYTHING).items)
    in_use = {row.id for row in rows}
    retired = (parts.store.device(one) for one in tallies if one not in in_use)
    return rows + [row for row in retired if row is not None]


def _known_until(parts: Parts) -> datetime | None:
    """Return when we stopped seeing: the last heartbeat while no collector is alive."""
    seen = parts.sight()
    if not seen.blind:
        return None
    return max((one.heartbeat_at for one in seen.collectors), default=None)


def _grouping(
    parts: Parts, group_by: GroupBy
) -> tuple[Callable[[DeviceRow], str], Callable[[DeviceRow], str]]:
    """Return what gives a device's group its key and its name.

    Devices without an owner are one group with an empty key.
    """
    if group_by is GroupBy.DEVICE:
        return (lambda row: row.id), (lambda row: row.name)
    if group_by is GroupBy.SITE:
        return (lambda row: row.site), (lambda row: row.site_name)
    if group_by is GroupBy.AREA:
        return (lambda row: row.area), (lambda row: row.area_name)
    if group_by is GroupBy.KIND:
        return (lambda row: row.kind), (lambda row: row.kind)
    names = {owner.id: owner.name for owner in parts.store.owners()}
    return (lambda row: row.owner or ""), (lambda row: names.get(row.owner or "", row.owner or ""))


def _rows(
    devices: list[DeviceRow],
    tallies: dict[str, Tally],
    key: Callable[[DeviceRow], str],
    name: Callable[[DeviceRow], str],
) -> list[dict[str, object]]:
    """Return one row a group, sorted by key."""
    groups: dict[str, list[DeviceRow]] = {}
    for row in devices:
        groups.setdefault(key(row), []).append(row)
    items = []
    for group, members in sorted(groups.items()):
        counted = figures(total(tallies[row.id] for row in members if row.id in tallies))
        items.append({"key": group, "name": name(members[0]), **_row(counted)})
    return items


def _row(counted: Figures) -> dict[str, object]:
    row = asdict(counted)
    return {name: row[name] for name in schemas.UptimeRow.model_fields if name in row}
