"""The outbox: a row for each message to each channel, until it is sent or given up.

    pending ──claim──► sending ──► sent
       ▲                  ├──failed──► pending, later
       └──────────────────┘──dead────► dead, and what is sent instead; `retry` makes it pending
    pending ──withdrawn (with the step that made it untrue)

Each step is a conditional update, so of two at once one wins. Nothing is ever deleted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, select, update

from collector.model.alerts import (
    AuditEntry,
    DeliveryState,
    Notification,
    Purpose,
    Severity,
)
from collector.moments import from_micros, from_micros_or_none, to_micros
from collector.store import audit, outbox_due, outbox_ends, outbox_rows
from collector.store.incidents.rows import chunks
from collector.store.outbox_rows import notification
from collector.store.ringing import Ringing, ringing
from collector.store.rows import Page
from collector.store.schema import alert_threads, notifications, thread_members
from collector.store.transactions import Database


@dataclass(frozen=True, slots=True)
class NotificationFilter:
    """Which messages; None does not narrow. `start <= created_at < end`."""

    state: DeliveryState | None = None
    receiver: str | None = None
    channel: str | None = None
    purpose: Purpose | None = None
    thread: int | None = None
    incident: int | None = None  # told in a thread of this incident
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """How many messages of a channel are in which state, and how long the oldest waits."""

    channel: str
    counts: dict[DeliveryState, int]
    oldest_due_at: datetime | None  # of those that are pending
    last_sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnsentCount:
    """Messages of a channel that did not get out, and when the first and last of them were due."""

    channel: str
    state: DeliveryState  # PENDING, SENDING or DEAD
    count: int
    first_due_at: datetime
    last_due_at: datetime


class Outbox:
    """Messages on their way (`store.outbox`). All methods may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- the sender ---------------------------------------------------------------------------

    def claim(
        self,
        now: datetime,
        limit: int,
        *,
        per_channel: int = 20,
        shares: Mapping[str, int] | None = None,
        without: Collection[str] = (),
    ) -> list[Notification]:
        """Take messages that are due, to be sent now: the most severe, then the longest due.

        At most `per_channel` of one channel, or what `shares` says of it; none of the channels
        `without`. What was written earlier to the same receiver in the same thread and channel
        goes first: while it waits, the later one is not taken. `attempts` counts this one already.
        Asking when nothing is due keeps no other writer waiting.
        """
        next_due_at = self.next_due_at()
        if next_due_at is None or next_due_at > now:
            return []
        with self._database.write() as connection:
            ids = outbox_due.due(
                connection, to_micros(now), limit, per_channel, shares or {}, without
            )
            if not ids:
                return []
            taken = connection.execute(
                update(notifications)
                .where(notifications.c.id.in_(ids))
                .values(state=DeliveryState.SENDING.value, attempts=notifications.c.attempts + 1)
                .returning(*notifications.c)
            )
            by_id = {row.id: notification(row) for row in taken}
            return [by_id[one] for one in ids if one in by_id]

    def sent(
        self, notification_id: int, now: datetime, *, reference: str | None, answer: str = ""
    ) -> bool:
        """Note that the channel took it; False: it was not on its way."""
        return self.note([outbox_ends.Taken(notification_id, now, reference, answer)])[0]

    def failed(
        self,
        notification_id: int,
        answer: str,
        *,
        next_try_at: datetime,
        maybe_twice: bool = False,
    ) -> bool:
        """Note that it was not taken, and try again later; False: it was not on its way.

        `maybe_twice` says that it may have arrived; that is never taken back.
        """
        end = outbox_ends.Failed(notification_id, answer, next_try_at, maybe_twice)
        return self.note([end])[0]

    def dead(
        self, notification_id: int, answer: str, *, instead: Sequence[Notification] = ()
    ) -> bool:
        """Give it up, and put what is sent instead into the outbox; False: it was not on its way.

        Then nothing is put there either.
        """
        return self.note([outbox_ends.GivenUp(notification_id, answer, instead)])[0]

    def note(self, ends: Sequence[outbox_ends.End]) -> list[bool]:
        """Note what became of several messages at once; False for one that was not on its way."""
        with self._database.write() as connection:
            return [outbox_ends.write(connection, end) for end in ends]

    def overdue(self, since_at: datetime, limit: int = 200) -> list[Notification]:
        """Return messages that have waited since then or longer, the most severe first.

        Of one that was tried its writing counts: it is due later after each try.
        """
        c, at = notifications.c, to_micros(since_at)
        began_at = case((c.attempts == 0, c.due_at), else_=c.created_at)
        query = (
            select(notifications)
            .where(c.state == DeliveryState.PENDING.value, began_at <= at)
            .order_by(outbox_due.rank_of(c.severity), c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [notification(row) for row in connection.execute(query)]

    def give_up(self, ends: Sequence[outbox_ends.GivenUp]) -> list[bool]:
        """Give up messages that wait; False for one that does not wait any more."""
        with self._database.write() as connection:
            return [outbox_ends.write(connection, end, DeliveryState.PENDING) for end in ends]

    def unfinished(self, now: datetime) -> list[Notification]:
        """Make what was on its way when the sender ended due again, and return it.

        Each is marked `maybe_twice`: it may have arrived. For the start of the one sender.
        """
        with self._database.write() as connection:
            found = connection.execute(
                update(notifications)
                .where(notifications.c.state == DeliveryState.SENDING.value)
                .values(state=DeliveryState.PENDING.value, maybe_twice=True, due_at=to_micros(now))
                .returning(*notifications.c)
            )
            return sorted((notification(row) for row in found), key=lambda one: one.id or 0)

    def add(self, wanted: Sequence[Notification]) -> dict[str, int]:
        """Put messages into the outbox beside a step (tests, heartbeats, fall-backs).

        Return the ids of those whose key was not known, by key.
        """
        with self._database.write() as connection:
            return outbox_rows.add(connection, wanted)

    def next_due_at(self) -> datetime | None:
        """Return when the next message that waits is due, None: none waits."""
        due = func.min(notifications.c.due_at)
        query = select(due).where(notifications.c.state == DeliveryState.PENDING.value)
        with self._database.read() as connection:
            return from_micros_or_none(connection.scalar(query))

    def reference(self, thread_id: int, receiver: str, channel: str) -> str | None:
        """Return the channel's name of the first message of a thread there, to edit or answer."""
        c = notifications.c
        query = (
            select(c.reference)
            .where(
                c.thread_id == thread_id,
                c.channel == channel,
                c.receiver == receiver,
                c.reference.is_not(None),
            )
            .order_by(c.id)
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.scalar(query)

    def ringing(
        self,
        channel: str,
        since_at: datetime | None,
        purposes: Collection[Purpose],
        severities: Collection[Severity],
    ) -> Ringing:
        """Return whether a siren has something to ring for: `collector.store.ringing`."""
        with self._database.read() as connection:
            return ringing(connection, channel, since_at, purposes, severities)

    def of_threads(self, thread_ids: Collection[int]) -> dict[int, list[Notification]]:
        """Return all messages of these threads, whatever became of them, oldest first."""
        c = notifications.c
        found: dict[int, list[Notification]] = {}
        with self._database.read() as connection:
            for some in chunks(sorted(thread_ids)):
                query = select(notifications).where(c.thread_id.in_(some)).order_by(c.id)
                for row in connection.execute(query):
                    found.setdefault(row.thread_id, []).append(notification(row))
        return found

    def of_former_threads(self, thread_ids: Collection[int]) -> dict[int, list[Notification]]:
        """Return the messages of closed threads whose alerts went on in these, by the latter."""
        c = notifications.c
        here, there = thread_members.alias("here"), thread_members.alias("there")
        found: dict[int, list[Notification]] = {}
        with self._database.read() as connection:
            for some in chunks(sorted(thread_ids)):
                went_on = (
                    select(here.c.thread_id.label("into"), there.c.thread_id)
                    .distinct()
                    .join_from(here, there, there.c.alert_id == here.c.alert_id)
                    .join(alert_threads, alert_threads.c.id == there.c.thread_id)
                    .where(
                        here.c.thread_id.in_(some),
                        there.c.thread_id != here.c.thread_id,
                        there.c.left_at.is_not(None),
                        alert_threads.c.closed_at.is_not(None),
                    )
                    .subquery()
                )
                query = (
                    select(went_on.c.into, *c)
                    .join_from(went_on, notifications, c.thread_id == went_on.c.thread_id)
                    .order_by(c.id)
                )
                for row in connection.execute(query):
                    found.setdefault(row.into, []).append(notification(row))
        return found

    def unsent(self) -> list[UnsentCount]:
        """Return how many messages wait, are on their way, or were given up, by channel."""
        c = notifications.c
        states = (*outbox_due.WAITING, DeliveryState.DEAD.value)
        query = (
            select(c.channel, c.state, func.count(), func.min(c.due_at), func.max(c.due_at))
            .where(c.state.in_(states))
            .group_by(c.channel, c.state)
            .order_by(c.channel, c.state)
        )
        with self._database.read() as connection:
            return [
                UnsentCount(
                    channel, DeliveryState(state), count, from_micros(first), from_micros(last)
                )
                for channel, state, count, first, last in connection.execute(query)
            ]

    # --- people -------------------------------------------------------------------------------

    def retry(self, notification_id: int, author: str, now: datetime) -> Notification | None:
        """Make a dead message due again, and say so in the audit trail; None: it is not dead.

        Its tries are counted anew: it is given the patience of a new one.
        """
        with self._database.write() as connection:
            row = connection.execute(
                update(notifications)
                .where(
                    notifications.c.id == notification_id,
                    notifications.c.state == DeliveryState.DEAD.value,
                )
                .values(state=DeliveryState.PENDING.value, due_at=to_micros(now), attempts=0)
                .returning(*notifications.c)
            ).one_or_none()
            if row is None:
                return None
            entry = AuditEntry(
                now, author, "notification.retry", f"notification:{notification_id}", row.channel
            )
            audit.write(connection, entry)
            return notification(row)

    def get(self, notification_id: int) -> Notification | None:
        """Return one message; None: there is none with this id."""
        query = select(notifications).where(notifications.c.id == notification_id)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            return None if row is None else notification(row)

    def page(
        self,
        wanted: NotificationFilter | None = None,
        *,
        limit: int = 100,
        after: str | None = None,
    ) -> Page[Notification]:
        """Return messages, newest first.

        `after` is the `next` of the page before. Raises ValueError when it is none.
        """
        wanted = wanted or NotificationFilter()
        c = notifications.c
        query = select(notifications).order_by(c.id.desc()).limit(limit + 1)
        if after is not None:
            query = query.where(c.id < int(after))
        same: list[tuple[Any, object]] = [
            (c.state, wanted.state and wanted.state.value),
            (c.receiver, wanted.receiver),
            (c.channel, wanted.channel),
            (c.purpose, wanted.purpose and wanted.purpose.value),
            (c.thread_id, wanted.thread),
        ]
        query = query.where(*(column == value for column, value in same if value is not None))
        if wanted.incident is not None:
            its = select(alert_threads.c.id).where(
                alert_threads.c.key == f"incident:{wanted.incident}"
            )
            query = query.where(c.thread_id.in_(its))
        if wanted.start is not None:
            query = query.where(c.created_at >= to_micros(wanted.start))
        if wanted.end is not None:
            query = query.where(c.created_at < to_micros(wanted.end))
        with self._database.read() as connection:
            found = [notification(row) for row in connection.execute(query)]
        items = tuple(found[:limit])
        return Page(items, str(items[-1].id) if len(found) > limit else None)

    def figures(self) -> list[ChannelFigures]:
        """Return how many messages there are by channel and state, by channel."""
        c = notifications.c
        counted = select(c.channel, c.state, func.count()).group_by(c.channel, c.state)
        oldest = select(c.channel, func.min(c.due_at)).where(c.state == DeliveryState.PENDING.value)
        last = select(c.channel, func.max(c.sent_at)).where(c.sent_at.is_not(None))
        with self._database.read() as connection:
            due = _by_channel(connection, oldest)
            sent = _by_channel(connection, last)
            counts: dict[str, dict[DeliveryState, int]] = {}
            for channel, state, count in connection.execute(counted):
                counts.setdefault(channel, {})[DeliveryState(state)] = count
        return [
            ChannelFigures(
                channel,
                counts[channel],
                from_micros_or_none(due.get(channel)),
                from_micros_or_none(sent.get(channel)),
            )
            for channel in sorted(counts)
        ]

    def sent_moments(self, start: datetime, end: datetime) -> list[tuple[datetime, str, Severity]]:
        """Return when messages were taken in start <= t < end, by whom, and how severe they were.

        Oldest first. Tests and heartbeats are none that people got for an alert: left out.
        """
        c = notifications.c
        query = select(c.sent_at, c.receiver, c.severity).where(
            c.sent_at >= to_micros(start),
            c.sent_at < to_micros(end),
            c.purpose.not_in((Purpose.HEARTBEAT.value, Purpose.TEST.value)),
        )
        with self._database.read() as connection:
            return [
                (from_micros(at), receiver, Severity(severity))
                for at, receiver, severity in connection.execute(query.order_by(c.sent_at, c.id))
            ]


def _by_channel(connection: Connection, query: Select[Any]) -> dict[str, int]:
    found = connection.execute(query.group_by(notifications.c.channel))
    return {row[0]: row[1] for row in found}
