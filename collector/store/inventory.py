"""Areas, owners, sites, devices and checks as they were last applied.

Applying compares with what is there and writes only the difference. What is no longer listed is
retired, not deleted: its history keeps its name, and it wakes up again when it is listed again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Table, bindparam, insert, or_, select, update

from collector.model import Area, Check, CheckState, Device, DeviceState, Owner, Site, Threshold
from collector.moments import to_micros
from collector.store import ledger, outages, states
from collector.store.rows import InventoryChange
from collector.store.schema import areas, checks, devices, owners, sites

_Row = dict[str, Any]


class InventoryLike(Protocol):
    """What can be applied: every area, owner, site and device by its id (an area by its code)."""

    @property
    def areas(self) -> Mapping[str, Area]: ...  # noqa: D102 - see the class
    @property
    def owners(self) -> Mapping[str, Owner]: ...  # noqa: D102
    @property
    def sites(self) -> Mapping[str, Site]: ...  # noqa: D102
    @property
    def devices(self) -> Mapping[str, Device]: ...  # noqa: D102


def apply(connection: Connection, inventory: InventoryLike, now: datetime) -> InventoryChange:
    """Make the store say what the inventory says; return what that did to devices.

    New devices begin `unknown`; outages of those that are retired end. Raises IntegrityError for
    a reference to something not listed.
    """
    at = to_micros(now)
    moved = _apply(connection, areas, [_area_row(area) for area in inventory.areas.values()], at)
    _apply(connection, owners, [_owner_row(owner) for owner in inventory.owners.values()], at)
    placed = _apply(connection, sites, [_site_row(site) for site in inventory.sites.values()], at)
    known = set(connection.scalars(select(devices.c.id)))
    change = _apply(connection, devices, [_device_row(d) for d in inventory.devices.values()], at)
    states.save(connection, [DeviceState(i) for i in change.created if i not in known], [])
    outages.end_of_retired(connection, change.retired, now)
    _touch(connection, change, placed, moved)
    return change


def _touch(
    connection: Connection, change: InventoryChange, placed: InventoryChange, moved: InventoryChange
) -> None:
    """Let the sums be made anew of all whose zone, owners, place or time of service may differ.

    Every change of what `Store.facts` says is told so, as one of the time since 1970.
    """
    touched = {*change.created, *change.changed, *change.retired}
    at_sites = (*placed.created, *placed.changed)  # one that is back may be another than it was
    in_areas = (*moved.created, *moved.changed)
    if len(at_sites) + len(in_areas) > ledger.AT_ONCE:
        ledger.touch(connection, None, since=0)
        return
    if at_sites or in_areas:
        there = select(devices.c.id).join(sites, sites.c.id == devices.c.site)
        there = there.where(or_(sites.c.id.in_(at_sites), sites.c.area.in_(in_areas)))
        touched.update(connection.scalars(there))
    if touched:
        ledger.touch(connection, ledger.behind(connection, touched), since=0)


def apply_checks(connection: Connection, plan: Sequence[Check], now: datetime) -> InventoryChange:
    """Make the store list these checks; return what changed. New checks begin without verdict."""
    known = set(connection.scalars(select(checks.c.id)))
    change = _apply(connection, checks, [_check_row(check) for check in plan], to_micros(now))
    states.save(connection, [], [CheckState(i) for i in change.created if i not in known])
    if change:
        ledger.count_change(connection)
    return change


def every_area(connection: Connection) -> list[Area]:
    """Return the areas in use, by code."""
    return [Area(r.code, r.name, r.zone, r.parent) for r in _in_use(connection, areas)]


def every_owner(connection: Connection) -> list[Owner]:
    """Return the owners in use, by id."""
    return [Owner(r.id, r.name) for r in _in_use(connection, owners)]


def every_site(connection: Connection) -> list[Site]:
    """Return the sites in use, by id."""
    return [Site(r.id, r.name, r.area, r.latitude, r.longitude) for r in _in_use(connection, sites)]


def _in_use(connection: Connection, table: Table) -> Iterable[Any]:
    key = _key(table)
    query = select(table).where(table.c.retired_at.is_(None)).order_by(table.c[key])
    return connection.execute(query)


def _apply(
    connection: Connection, table: Table, wanted: Collection[_Row], at: int
) -> InventoryChange:
    """Write the difference between a table and the rows that should be in it."""
    key = _key(table)
    present = {row[key]: row for row in connection.execute(select(table)).mappings()}
    created, changed, woken = [], [], []
    for row in wanted:
        old = present.pop(row[key], None)
        if old is None:
            created.append(row)
        elif old["retired_at"] is not None:
            woken.append(row)
        elif any(old[name] != value for name, value in row.items()):
            changed.append(row)
    retired = [i for i, old in present.items() if old["retired_at"] is None]

    dated = "changed_at" in table.c
    first = {"created_at": at, "changed_at": at} if dated else {}
    again = {"changed_at": at} if dated else {}
    _insert(connection, table, [{**row, **first, "retired_at": None} for row in created])
    _update(connection, table, [{**row, **again, "retired_at": None} for row in woken + changed])
    _update(connection, table, [{key: i, **again, "retired_at": at} for i in retired])
    return InventoryChange(
        created=tuple(row[key] for row in created + woken),
        changed=tuple(row[key] for row in changed),
        retired=tuple(retired),
    )


def _insert(connection: Connection, table: Table, rows: Sequence[_Row]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _update(connection: Connection, table: Table, rows: Sequence[_Row]) -> None:
    if not rows:
        return
    key = _key(table)
    values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in rows[0] if name != key}
    statement = update(table).where(table.c[key] == bindparam("of")).values(values)
    connection.execute(
        statement,
        [
            {"of": row[key]} | {f"to_{name}": value for name, value in row.items() if name != key}
            for row in rows
        ],
    )


def _key(table: Table) -> str:
    return next(iter(table.primary_key)).name


def _area_row(area: Area) -> _Row:
    return {"code": area.code, "name": area.name, "zone": area.zone, "parent": area.parent}


def _owner_row(owner: Owner) -> _Row:
    return {"id": owner.id, "name": owner.name}


def _site_row(site: Site) -> _Row:
    return {
        "id": site.id,
        "name": site.name,
        "area": site.area,
        "latitude": site.latitude,
        "longitude": site.longitude,
    }


def _device_row(device: Device) -> _Row:
    return {
        "id": device.id,
        "name": device.name,
        "kind": device.kind,
        "site": device.site,
        "profile": device.profile,
        "address": device.address,
        "credentials": list(device.credentials),
        "parents": list(device.parents),
        "owner": device.owner,
        "link_owner": device.link_owner,
        "power_owner": device.power_owner,
        "snmp_port": device.snmp_port,
        "mqtt_topic": device.mqtt_topic,
        "tags": list(device.tags),
        "telemetry_seconds": device.telemetry_seconds,
        "parent_groups": [list(group) for group in device.parent_groups],
        "power_feeder": device.power_feeder,
        "rule": None if device.rule is None else asdict(device.rule),
    }


def _check_row(check: Check) -> _Row:
    return {
        "id": check.id,
        "device_id": check.device_id,
        "name": check.name,
        "probe": check.probe,
        "role": check.role.value,
        "interval_seconds": check.interval_seconds,
        "timeout_seconds": check.timeout_seconds,
        "confirm": check.rule.confirm,
        "recover": check.rule.recover,
        "retry_seconds": check.rule.retry_seconds,
        "fresh_intervals": check.rule.fresh_intervals,
        "limits": {
            name: numbers
            for name, one in sorted(check.group.limits().items())
            if (numbers := _numbers(one))
        },
    }


def _numbers(threshold: Threshold) -> dict[str, float]:
    """Return the numbers of a threshold; what it says of words is no line in a chart."""
    said = {
        "warning_above": threshold.warning_above,
        "critical_above": threshold.critical_above,
        "warning_below": threshold.warning_below,
        "critical_below": threshold.critical_below,
    }
    return {name: value for name, value in said.items() if value is not None}
