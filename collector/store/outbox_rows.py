"""Notifications between rows and values, and adding them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from collector.model.alerts import DeliveryState, Notification, Purpose, Severity
from collector.moments import from_micros, from_micros_or_none, to_micros, to_micros_or_none
from collector.store.incidents.rows import chunks
from collector.store.schema import notifications

ANSWER_LENGTH = 500
"""Characters of a channel's answer that are kept."""


def notification(row: Row[Any]) -> Notification:
    """Return a row of `notifications` as a value."""
    return Notification(
        thread_id=row.thread_id,
        receiver=row.receiver,
        channel=row.channel,
        purpose=Purpose(row.purpose),
        key=row.key,
        created_at=from_micros(row.created_at),
        due_at=from_micros(row.due_at),
        facts=row.facts,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        maybe_twice=bool(row.maybe_twice),
        sent_at=from_micros_or_none(row.sent_at),
        reference=row.reference,
        answer=row.answer,
        severity=Severity(row.severity),
        id=row.id,
    )


def add(connection: Connection, wanted: Sequence[Notification]) -> dict[str, int]:
    """Insert those whose key is not known yet; return their ids by key."""
    new = {one.key: one for one in reversed(wanted)}  # of one key twice, the first holds
    for some in chunks(list(new)):
        for key in connection.scalars(
            select(notifications.c.key).where(notifications.c.key.in_(some))
        ).all():
            del new[key]
    ordered = [one for one in dict.fromkeys(one.key for one in wanted) if one in new]
    if not ordered:
        return {}
    found = connection.execute(
        insert(notifications).returning(notifications.c.id, sort_by_parameter_order=True),
        [_columns(new[key]) for key in ordered],
    )
    return {key: row.id for key, row in zip(ordered, found, strict=True)}


def _columns(value: Notification) -> dict[str, Any]:
    return {
        "thread_id": value.thread_id,
        "receiver": value.receiver,
        "channel": value.channel,
        "purpose": value.purpose.value,
        "key": value.key,
        "severity": value.severity.value,
        "created_at": to_micros(value.created_at),
        "due_at": to_micros(value.due_at),
        "facts": dict(value.facts),
        "state": value.state.value,
        "attempts": value.attempts,
        "maybe_twice": value.maybe_twice,
        "sent_at": to_micros_or_none(value.sent_at),
        "reference": value.reference,
        "answer": value.answer[:ANSWER_LENGTH],
    }
