"""The log of state changes, in order of id: what alerts, the live wall and uptime all read.

Ids grow in the order of commits: SQLite has one writer at a time. (PostgreSQL hands ids out before
commits; several writers there must take a lock first, or a reader may pass a late one.)
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from collector.model import Reason, State, Transition
from collector.moments import from_micros, to_micros
from collector.store.ledger import touch
from collector.store.rows import Page
from collector.store.schema import transitions


def append(connection: Connection, changes: Sequence[Transition]) -> list[Transition]:
    """Append in the given order; return the same transitions with their ids."""
    if not changes:
        return []
    statement = insert(transitions).returning(transitions.c.id, sort_by_parameter_order=True)
    ids = connection.scalars(statement, [_row(change) for change in changes]).all()
    touched: dict[str, int] = {}
    for change in changes:
        at = to_micros(change.at)
        touched[change.device_id] = min(touched.get(change.device_id, at), at)
    touch(connection, touched, min(touched.values()), of_each=touched)
    return [replace(change, id=given) for change, given in zip(changes, ids, strict=True)]


def last_id(connection: Connection) -> int:
    """Return the greatest id, 0 when nothing has ever happened."""
    return connection.scalar(select(func.max(transitions.c.id))) or 0


def after(connection: Connection, last_seen: int, limit: int) -> list[Transition]:
    """Return up to `limit` transitions that came after an id, oldest first."""
    rows = connection.execute(
        select(transitions)
        .where(transitions.c.id > last_seen)
        .order_by(transitions.c.id)
        .limit(limit)
    )
    return [transition(row) for row in rows]


def page(
    connection: Connection,
    device_id: str | None,
    *,
    start: datetime | None,
    end: datetime | None,
    limit: int,
    before: int | None,
) -> Page[Transition]:
    """Return transitions with start <= at < end, newest first, older than the id `before`."""
    query = select(transitions).order_by(transitions.c.id.desc()).limit(limit + 1)
    if device_id is not None:
        query = query.where(transitions.c.device_id == device_id)
    if start is not None:
        query = query.where(transitions.c.at >= to_micros(start))
    if end is not None:
        query = query.where(transitions.c.at < to_micros(end))
    if before is not None:
        query = query.where(transitions.c.id < before)
    found = [transition(row) for row in connection.execute(query)]
    items = tuple(found[:limit])
    return Page(items, str(items[-1].id) if len(found) > limit else None)


def transition(row: Row[Any]) -> Transition:
    """Return a row of `transitions` as a value."""
    return Transition(
        device_id=row.device_id,
        old=State(row.old),
        new=State(row.new),
        at=from_micros(row.at),
        confirmed_at=from_micros(row.confirmed_at),
        reason=Reason(row.reason),
        detail=row.detail,
        cause=row.cause,
        flapping=row.flapping,
        id=row.id,
    )


def _row(change: Transition) -> dict[str, Any]:
    return {
        "device_id": change.device_id,
        "old": change.old.value,
        "new": change.new.value,
        "at": to_micros(change.at),
        "confirmed_at": to_micros(change.confirmed_at),
        "reason": change.reason.value,
        "detail": change.detail,
        "cause": change.cause,
        "flapping": change.flapping,
    }
