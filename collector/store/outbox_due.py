"""Which messages of the outbox are to be sent now, and in which order."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, or_, select

from collector.model.alerts import DeliveryState, Severity
from collector.store.schema import notifications

WAITING = (DeliveryState.PENDING.value, DeliveryState.SENDING.value)
_RANK = {Severity.CRITICAL.value: 0, Severity.WARNING.value: 1, Severity.INFO.value: 2}


def rank_of(severity: ColumnElement[Any]) -> ColumnElement[int]:
    """Return an order of severities: the most severe is the least."""
    return case(_RANK, value=severity, else_=len(_RANK))


def due(
    connection: Connection,
    now: int,
    limit: int,
    per_channel: int,
    shares: Mapping[str, int],
    without: Collection[str],
) -> list[int]:
    """Return the ids of what is to be sent now, in that order.

    A look at each channel that has something: ranking all that waits in one is five times slower.
    """
    one, earlier = notifications, notifications.alias("earlier")
    is_due = and_(one.c.state == DeliveryState.PENDING.value, one.c.due_at <= now)
    held_up = exists().where(
        earlier.c.thread_id == one.c.thread_id,
        earlier.c.channel == one.c.channel,
        earlier.c.receiver == one.c.receiver,
        earlier.c.id < one.c.id,
        earlier.c.state.in_(WAITING),
    )
    rank = rank_of(one.c.severity)
    found: list[tuple[int, int, int]] = []
    for channel in connection.scalars(select(one.c.channel).where(is_due).distinct()).all():
        share = shares.get(channel, per_channel)
        if share <= 0 or channel in without:
            continue
        query = (
            select(rank, one.c.due_at, one.c.id)
            .where(is_due, one.c.channel == channel, or_(one.c.thread_id.is_(None), ~held_up))
            .order_by(rank, one.c.due_at, one.c.id)
            .limit(share)
        )
        found += [tuple(row) for row in connection.execute(query)]
    return [notification_id for _, _, notification_id in sorted(found)[:limit]]
