"""Devices as people ask for them: joined with their site, their area and their state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from collector.model import Role, Rule, RuleOverride, State, Threshold
from collector.moments import from_micros, from_micros_or_none
from collector.store.rows import (
    AreaFreshness,
    CheckRow,
    CountRow,
    DeviceFacts,
    DeviceRow,
    Page,
    RuleCount,
    WallRow,
)
from collector.store.schema import areas, check_states, checks, device_states, devices, sites
from collector.store.states import check_state, device_state

_FACTS = (
    "id",
    "name",
    "kind",
    "site",
    "owner",
    "link_owner",
    "power_owner",
    "power_feeder",
    "parents",
    "tags",
    "created_at",
    "retired_at",
)


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """Which devices; None does not narrow. `area` takes its sub-areas in."""

    kind: str | None = None
    state: State | str | None = None
    site: str | None = None
    area: str | None = None
    owner: str | None = None
    query: str | None = None  # part of an id, a name or an address, in any case


def page(
    connection: Connection, wanted: DeviceFilter, *, limit: int, after: str | None
) -> Page[DeviceRow]:
    """Return devices in use by id, those after the id `after`."""
    query = _joined().where(devices.c.retired_at.is_(None), *_conditions(wanted))
    if after is not None:
        query = query.where(devices.c.id > after)
    rows = connection.execute(query.order_by(devices.c.id).limit(limit + 1)).mappings().all()
    items = tuple(_device_row(row) for row in rows[:limit])
    return Page(items, items[-1].id if len(rows) > limit else None)


def for_walls(connection: Connection) -> list[WallRow]:
    """Return every device in use, by id."""
    state = device_states.c
    columns = (
        *(devices.c.id, devices.c.name, devices.c.kind, devices.c.site),
        *(sites.c.name, sites.c.area, devices.c.owner),
        *(state.state, state.since_at, state.confirmed_at, state.reason, state.detail),
        *(state.cause, state.flapping, state.last_result_at),
    )
    rows = connection.execute(
        select(*columns)
        .join(sites, sites.c.id == devices.c.site)
        .join(device_states, device_states.c.device_id == devices.c.id)
        .where(devices.c.retired_at.is_(None))
        .order_by(devices.c.id)
    )
    return [WallRow._make(row) for row in rows]


def one(connection: Connection, device_id: str) -> DeviceRow | None:
    """Return a device, also a retired one; None: never heard of it."""
    row = connection.execute(_joined().where(devices.c.id == device_id)).mappings().one_or_none()
    return None if row is None else _device_row(row)


def facts(connection: Connection) -> list[DeviceFacts]:
    """Return the facts of every device there ever was, by id."""
    rows = connection.execute(
        select(
            *(devices.c[name] for name in _FACTS),
            sites.c.name,
            sites.c.area,
            areas.c.name,
            areas.c.zone,
        )
        .join(sites, sites.c.id == devices.c.site)
        .join(areas, areas.c.code == sites.c.area)
        .order_by(devices.c.id)
    ).fetchall()
    return [
        DeviceFacts(
            id=id_,
            name=name,
            kind=kind,
            site=site,
            site_name=site_name,
            area=area,
            area_name=area_name,
            zone=zone,
            owner=owner,
            link_owner=link_owner,
            power_owner=power_owner,
            power_feeder=power_feeder,
            parents=tuple(parents),
            tags=tuple(tags),
            created_at=from_micros(created_at),
            retired_at=from_micros_or_none(retired_at),
        )
        for (
            id_,
            name,
            kind,
            site,
            owner,
            link_owner,
            power_owner,
            power_feeder,
            parents,
            tags,
            created_at,
            retired_at,
            site_name,
            area,
            area_name,
            zone,
        ) in rows
    ]


def checks_of(connection: Connection, device_id: str) -> list[CheckRow]:
    """Return a device's checks in use, by id, with what is believed of them."""
    rows = connection.execute(
        select(checks, check_states)
        .join(check_states, check_states.c.check_id == checks.c.id)
        .where(checks.c.device_id == device_id, checks.c.retired_at.is_(None))
        .order_by(checks.c.id)
    ).mappings()
    return [_check_row(row) for row in rows]


def rules(connection: Connection) -> list[RuleCount]:
    """Return how many checks in use there are by probe, role and rule."""
    of = checks.c
    rule = (of.confirm, of.recover, of.retry_seconds, of.fresh_intervals)
    grouped = (of.probe, of.role, *rule)
    rows = connection.execute(
        select(*grouped, func.count())
        .where(of.retired_at.is_(None))
        .group_by(*grouped)
        .order_by(*grouped)
    )
    return [RuleCount(probe, Role(role), Rule(*said), count) for probe, role, *said, count in rows]


def counts(connection: Connection) -> list[CountRow]:
    """Return how many devices in use there are by kind, area and state."""
    grouped = (devices.c.kind, sites.c.area, device_states.c.state)
    rows = connection.execute(
        select(*grouped, func.count())
        .join(sites, sites.c.id == devices.c.site)
        .join(device_states, device_states.c.device_id == devices.c.id)
        .where(devices.c.retired_at.is_(None))
        .group_by(*grouped)
        .order_by(*grouped)
    )
    return [CountRow(kind, area, State(state), count) for kind, area, state, count in rows]


def periods(connection: Connection) -> dict[str, float]:
    """Return how often a result should come from every area with devices in use, by code.

    In seconds: the interval of the check that is made most often.
    """
    rows = connection.execute(
        select(sites.c.area, func.min(checks.c.interval_seconds))
        .select_from(checks)
        .join(devices, devices.c.id == checks.c.device_id)
        .join(sites, sites.c.id == devices.c.site)
        .where(devices.c.retired_at.is_(None), checks.c.retired_at.is_(None))
        .group_by(sites.c.area)
    )
    return {code: float(period) for code, period in rows}


def freshness(connection: Connection, seconds: Mapping[str, float]) -> list[AreaFreshness]:
    """Return how new the newest result of every area with checks is, by code.

    `seconds` are `periods`: they change with the plan alone and take longer to find.
    """
    rows = connection.execute(
        select(sites.c.area, func.max(device_states.c.last_result_at))
        .select_from(devices)
        .join(sites, sites.c.id == devices.c.site)
        .join(device_states, device_states.c.device_id == devices.c.id)
        .where(devices.c.retired_at.is_(None))
        .group_by(sites.c.area)
        .order_by(sites.c.area)
    )
    return [
        AreaFreshness(code, from_micros_or_none(at), seconds[code])
        for code, at in rows
        if code in seconds
    ]


def _joined() -> Select[Any]:
    return (
        select(
            devices,
            sites.c.name.label("site_name"),
            sites.c.area,
            areas.c.name.label("area_name"),
            sites.c.latitude,
            sites.c.longitude,
            device_states,
        )
        .join(sites, sites.c.id == devices.c.site)
        .join(areas, areas.c.code == sites.c.area)
        .join(device_states, device_states.c.device_id == devices.c.id)
    )


def _conditions(wanted: DeviceFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.kind is not None:
        conditions.append(devices.c.kind == wanted.kind)
    if wanted.state is not None:
        conditions.append(device_states.c.state == str(wanted.state))
    if wanted.site is not None:
        conditions.append(devices.c.site == wanted.site)
    if wanted.owner is not None:
        conditions.append(devices.c.owner == wanted.owner)
    if wanted.area is not None:
        within = sites.c.area.startswith(f"{wanted.area}.", autoescape=True)
        conditions.append(or_(sites.c.area == wanted.area, within))
    if wanted.query:
        searched = (devices.c.id, devices.c.name, devices.c.address)
        conditions.append(or_(*(c.icontains(wanted.query, autoescape=True) for c in searched)))
    return conditions


def _device_row(row: Mapping[Any, Any]) -> DeviceRow:
    return DeviceRow(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        site=row["site"],
        site_name=row["site_name"],
        area=row["area"],
        area_name=row["area_name"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        owner=row["owner"],
        link_owner=row["link_owner"],
        power_owner=row["power_owner"],
        profile=row["profile"],
        address=row["address"],
        credentials=tuple(row["credentials"]),
        parents=tuple(row["parents"]),
        tags=tuple(row["tags"]),
        snmp_port=row["snmp_port"],
        mqtt_topic=row["mqtt_topic"],
        telemetry_seconds=row["telemetry_seconds"],
        parent_groups=tuple(tuple(group) for group in row["parent_groups"]),
        power_feeder=row["power_feeder"],
        rule=None if row["rule"] is None else RuleOverride(**row["rule"]),
        created_at=from_micros(row["created_at"]),
        changed_at=from_micros(row["changed_at"]),
        retired_at=from_micros_or_none(row["retired_at"]),
        state=device_state(row),
    )


def _check_row(row: Mapping[Any, Any]) -> CheckRow:
    return CheckRow(
        id=row["id"],
        device_id=row["device_id"],
        name=row["name"],
        probe=row["probe"],
        role=Role(row["role"]),
        interval_seconds=row["interval_seconds"],
        timeout_seconds=row["timeout_seconds"],
        rule=Rule(row["confirm"], row["recover"], row["retry_seconds"], row["fresh_intervals"]),
        state=check_state(row),
        limits={name: Threshold(**said) for name, said in row["limits"].items()},
    )
