"""What a siren still rings for: told there, not over, and in nobody's hand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from collector.model.alerts import DeliveryState, HoldReason, Purpose, Severity
from collector.moments import from_micros_or_none, to_micros
from collector.store.schema import alert_threads, alerts, notifications, thread_members

_IN_HAND = (
    HoldReason.ACKNOWLEDGED.value,
    HoldReason.SILENCED.value,
    HoldReason.IN_MAINTENANCE.value,
)


@dataclass(frozen=True, slots=True)
class Ringing:
    """Whether a channel has something to ring for, and when it rang last."""

    now: bool
    last_at: datetime | None


def ringing(
    connection: Connection,
    channel: str,
    since_at: datetime | None,
    purposes: Collection[Purpose],
    severities: Collection[Severity],
) -> Ringing:
    """Look at what the channel took and gave a reference to: that is what it rang for.

    Of these count what was sent since a moment (None: ever), and what is on its way (of these
    purposes). It goes on while a device that led one of their threads, or a thread that a storm of
    theirs took in, is not well, is of these severities, and is held for no reason that is
    somebody's doing; also when its alert went on in another thread.
    """
    c, t, m, a = notifications.c, alert_threads.c, thread_members.c, alerts.c
    rang = and_(c.state == DeliveryState.SENT.value, c.reference.is_not(None))
    last = select(func.max(c.sent_at)).where(c.channel == channel, rang)
    if since_at is not None:
        rang = and_(rang, c.sent_at >= to_micros(since_at))
    on_its_way = and_(
        c.state == DeliveryState.SENDING.value, c.purpose.in_([one.value for one in purposes])
    )
    told = select(c.thread_id).where(c.channel == channel, or_(rang, on_its_way))
    storms = select(t.key).where(t.id.in_(told), t.closed_at.is_(None))
    threads = select(t.id).where(or_(t.id.in_(told), t.storm.in_(storms)))
    firing = (
        select(m.alert_id)
        .join(alerts, a.id == m.alert_id)
        .where(
            m.thread_id.in_(threads),
            m.leads,
            a.ended_at.is_(None),
            a.severity.in_([one.value for one in severities]),
            or_(a.hold_reason.is_(None), a.hold_reason.not_in(_IN_HAND)),
        )
        .limit(1)
    )
    return Ringing(
        now=connection.scalar(firing) is not None,
        last_at=from_micros_or_none(connection.scalar(last)),
    )
