"""What the network knows of devices: what they say they are, and when they were last alive."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from collector.model.findings import Identity, NetworkDevice
from collector.moments import from_micros, from_micros_or_none, to_micros
from collector.store.dialects import upsert
from collector.store.ledger import in_parts
from collector.store.schema import (
    device_states,
    devices,
    identities,
    sites,
    source_rows,
    transitions,
)

_ALIVE = ("up", "degraded")


def note(connection: Connection, heard: Sequence[Identity]) -> None:
    """Add what devices said of themselves; what was known keeps its first moment."""
    newest = {(it.device_id, it.key, it.value): it for it in heard}
    first: dict[tuple[str, str, str], tuple[int, int]] = {}
    for some in in_parts(sorted({it.device_id for it in heard})):
        query = select(identities).where(identities.c.device_id.in_(some))
        for row in connection.execute(query):
            first[(row.device_id, row.key, row.value)] = row.first_seen_at, row.last_seen_at
    rows = []
    for known, it in newest.items():
        began, last = first.get(known, (to_micros(it.first_seen_at), 0))
        rows.append((*known, began, max(last, to_micros(it.last_seen_at))))
    upsert(connection, identities, rows)


def network(connection: Connection, now: datetime) -> list[NetworkDevice]:
    """Return every device in use with what the network knows of it, by id."""
    said: dict[str, dict[str, list[str]]] = {}
    c = identities.c
    newest = select(identities).order_by(c.device_id, c.key, c.last_seen_at.desc(), c.value)
    for row in connection.execute(newest):
        said.setdefault(row.device_id, {}).setdefault(row.key, []).append(row.value)
    t = transitions.c
    ever = select(t.device_id, func.min(t.at)).where(t.new.in_(_ALIVE)).group_by(t.device_id)
    first = {row[0]: row[1] for row in connection.execute(ever)}
    listed = select(source_rows.c.device_id).where(source_rows.c.until_at.is_(None)).distinct()
    in_lists = {it for it in connection.scalars(listed) if it is not None}
    query = (
        select(
            devices.c.id,
            devices.c.name,
            devices.c.kind,
            devices.c.address,
            devices.c.created_at,
            sites.c.area,
            sites.c.latitude,
            sites.c.longitude,
            device_states.c.state,
            device_states.c.since_at,
            device_states.c.last_result_at,
        )
        .join(sites, sites.c.id == devices.c.site)
        .join(device_states, device_states.c.device_id == devices.c.id, isouter=True)
        .where(devices.c.retired_at.is_(None))
        .order_by(devices.c.id)
    )
    return [
        NetworkDevice(
            id=row.id,
            name=row.name,
            kind=row.kind,
            area=row.area,
            watched_from=from_micros(row.created_at),
            address=row.address,
            latitude=row.latitude,
            longitude=row.longitude,
            first_seen_at=from_micros_or_none(first.get(row.id)),
            last_seen_at=_last_seen(row, now) if row.id in first else None,
            identities={key: tuple(values) for key, values in said.get(row.id, {}).items()},
            is_listed=row.id in in_lists,
        )
        for row in connection.execute(query)
    ]


def _last_seen(row: Any, now: datetime) -> datetime | None:
    """Return when a device was last alive: now, or when it ceased to be."""
    if row.state in _ALIVE:
        return now
    return from_micros_or_none(row.since_at) or from_micros_or_none(row.last_result_at)


def identity_of(row: Row[Any]) -> Identity:
    """Return the identity of a row."""
    first, last = from_micros(row.first_seen_at), from_micros(row.last_seen_at)
    return Identity(row.device_id, row.key, row.value, first, last)
