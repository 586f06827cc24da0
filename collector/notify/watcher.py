"""Follows the log of transitions from a durable cursor, and decides what is told.

    data version moved, or something is due
      └─► news of the log ─► world ─► Desk.step ─► one transaction: cursor, alerts, decisions,
                                                   threads, outbox, what is taken back

1. A backlog is read in parts; nobody is told before its last part, so what failed and came back
   while nobody looked is told to nobody.
2. A store that alerts never followed: its past is taken as known, and what is not well now is told
   once.
3. Whatever fails, the desk is read from the store again: what was not committed did not happen.
4. The sign of life goes into the outbox with a step that has read the whole log, and only while
   the collector is heard of: then its absence means something.

Everything here blocks; one thread runs it.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector.clock import Clock
from collector.model.alerts import DeliveryState, Notification, Purpose, Severity, Thread
from collector.moments import from_micros, to_micros
from collector.notify.deciding.desk import Desk
from collector.notify.deciding.following import News
from collector.notify.deciding.telling import STORM
from collector.notify.deciding.words import Content, Outcome
from collector.notify.deciding.world import World
from collector.notify.plan import AlertPlan, Heartbeat
from collector.notify.surroundings import Surroundings
from collector.notify.taking_up import what_is_so
from collector.notify.withdrawing import (
    Unwanted,
    ending,
    joined,
    joined_members,
    muted,
    unwanted,
)
from collector.notify.words.facts import Facts
from collector.notify.words.gathering import Desk as Links
from collector.notify.words.gathering import facts_of, facts_of_heartbeat
from collector.store import (
    Batch,
    NewsRow,
    NotificationFilter,
    Store,
    Withdrawal,
)

CURSOR = "alerts.transitions"
"""Mark: the last transition that alerts were made of."""

HEARTBEAT = "alerts.heartbeat"
"""Mark: when the last sign of life was put into the outbox, in microseconds."""

NEWER = "a newer sign of life follows"
NEWS_AT_ONCE = 2_000
LOOK_EVERY = timedelta(seconds=2)
"""A full look, whatever the store's version says: not every database tells of each commit."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Watched:
    """What the watcher says of itself."""

    cursor: int = 0
    steps: int = 0
    told: int = 0  # messages put into the outbox
    withdrawn: int = 0  # messages taken back
    storms: int = 0  # that last now
    heartbeat_at: datetime | None = None  # the last that went into the outbox


@dataclass(slots=True)
class Watcher:
    """Makes steps of a desk over a store. `turn` is held while a step is written.

    What claims messages holds it as well: whether a message still waits cannot change between
    the look at it and the transaction that counts on it.
    """

    store: Store
    plan: AlertPlan
    clock: Clock
    collector_id: str
    zone: str  # IANA; of sites whose area names none
    turn: AbstractContextManager[object]
    watched: Watched = field(default_factory=Watched)
    _around: Surroundings | None = None
    _desk: Desk | None = None
    _cursor: int | None = None
    _heartbeat_at: datetime | None = None
    _version: int | None = None
    _glance: object = None  # at the store, before its version was read
    _looked_at: datetime | None = None
    _due_at: datetime | None = None
    _all_again: bool = False
    _newer: AlertPlan | None = None

    def use(self, plan: AlertPlan) -> None:
        """Go on by another plan from the next look on: by it everything open is decided again.

        May be called in any thread.
        """
        self._newer = plan

    def look(self) -> bool:
        """Make a step if there is anything to do; say whether there is more at once.

        Raises StoreError (nothing was written), and CursorMovedError when another process of
        alerts has written: then this one is to end.
        """
        now = self.clock.now()
        newer, self._newer = self._newer, None
        if newer is not None:
            self.plan, self._all_again, self._due_at = newer, True, None
        if self._looked_at is not None and now < self._looked_at:
            self._all_again = True  # the clock was set back: what is due is so by another clock
        glance, version = self.store.glance(), self.store.data_version()
        if self._desk is not None and version == self._version and not self._is_due(now):
            return False
        try:
            more = self._step(now)
        except BaseException:
            self._desk = None
            raise
        self._version = None if more else version
        self._glance = glance
        self._looked_at = now
        return more

    def may_rest(self) -> bool:
        """Say whether a look would find nothing to do. Never blocks: it only glances at the store.

        A change that no glance shows is found by the look that is due every two seconds.
        """
        if self._desk is None or self._version is None or self._newer is not None:
            return False  # the last look failed, was one of several, or there is another plan
        glance = self.store.glance()
        return glance is not None and glance == self._glance and not self._is_due(self.clock.now())

    def _is_due(self, now: datetime) -> bool:
        due_at, looked_at = self._due_at, self._looked_at
        if due_at is None or looked_at is None or now >= due_at:
            return True
        return not timedelta(0) <= now - looked_at < LOOK_EVERY  # also when the clock was set back

    # --- a step -------------------------------------------------------------------------------

    def _step(self, now: datetime) -> bool:
        if self._desk is None:
            self._begin(now)
        desk, around = self._desk, self._around
        assert desk is not None  # noqa: S101 - made just now
        assert around is not None  # noqa: S101
        if self._cursor is None:
            self._take_up(now, desk, around)
            return True
        rows = self.store.alerts.news(self._cursor, NEWS_AT_ONCE)
        more = len(rows) == NEWS_AT_ONCE
        around.take(rows)
        world, changed = around.look(now, desk.alerts)
        if self._all_again:
            changed = None
        outcome = desk.step(world, self.plan.rules, now, _news(rows), changed, telling=not more)
        last = rows[-1].transition.id if rows else None
        beat = None if more else self._heartbeat(now, around)
        self._commit(now, outcome, world, last or self._cursor, beat)
        self._all_again = False
        if not more:
            self._due_at = self._next_at(outcome, around, now)
        return more

    def _begin(self, now: datetime) -> None:
        """Read the desk and what surrounds it from the store."""
        known = self.store.alerts.begin()
        began_at = now if self._around is None else self._around.began_at
        around = Surroundings(self.store, self.collector_id, began_at)
        incidents = [_incident_of(one.key) for one in known.threads]
        around.begin(known.alerts, [one for one in incidents if one is not None])
        self._around = around
        self._desk = Desk(known.alerts, known.decisions, known.threads, known.members)
        mark, beat = known.marks.get(CURSOR), known.marks.get(HEARTBEAT)
        self._cursor = None if mark is None else mark.value
        self._heartbeat_at = None if beat is None or not beat.value else from_micros(beat.value)
        self.watched.cursor = self._cursor or 0
        self.watched.heartbeat_at = self._heartbeat_at

    def _take_up(self, now: datetime, desk: Desk, around: Surroundings) -> None:
        """Take up a store whose log was never followed: of the past, what still is so."""
        last = self.store.last_transition_id()
        news = what_is_so(self.store)
        around.know({one.incident_id for one in news if one.incident_id is not None})
        world, _ = around.look(now, desk.alerts)
        outcome = desk.step(world, self.plan.rules, now, news, None, telling=True)
        _log.info(
            "alerts are followed from now on: %d devices are not well already", len(outcome.alerts)
        )
        self._commit(now, outcome, world, last, None)

    # --- what is written ----------------------------------------------------------------------

    def _commit(
        self,
        now: datetime,
        outcome: Outcome,
        world: World,
        cursor: int,
        beat: Notification | None,
    ) -> None:
        desk, around = self._desk, self._around
        assert desk is not None  # noqa: S101 - a step has one
        assert around is not None  # noqa: S101
        if cursor == self._cursor and beat is None and not _says_anything(outcome):
            return
        rows = self._messages(now, outcome, world, around)
        marks = {CURSOR: cursor}
        expects: dict[str, int | None] = {CURSOR: self._cursor}
        taken_back: list[Withdrawal] = []
        if beat is not None:
            rows.append((None, beat))
            marks[HEARTBEAT] = to_micros(beat.created_at)
            taken_back = [Withdrawal(NEWER, key=key) for key in self._waiting_heartbeats()]
        with self.turn:
            unsaid = self._unwanted(outcome, desk, world)
            done = self.store.alerts.commit(
                Batch(
                    at=now,
                    marks=marks,
                    expects=expects,
                    alerts=outcome.alerts,
                    decisions=outcome.decisions,
                    threads=joined(outcome.threads, unsaid.threads),
                    members=joined_members(outcome.members, unsaid.members),
                    notifications=[row for row in rows if row[1].key not in unsaid.unsaid],
                    withdrawn=[*unsaid.withdrawn, *taken_back],
                    reminded=outcome.reminded,
                )
            )
        self._cursor = cursor
        if beat is not None:
            self._heartbeat_at = beat.created_at
        if outcome.reminded:
            around.forget_silences()
        self._count(desk, len(done.notifications), len(done.withdrawn))
        if unsaid.resets:
            self._desk = None  # it believes that something was told which was taken back
        else:
            desk.learn(done.alerts, done.threads)

    def _unwanted(self, outcome: Outcome, desk: Desk, world: World) -> Unwanted:
        ends, held = ending(outcome), muted(outcome, desk, world)
        if not ends and not held:
            return Unwanted()
        rows = self.store.outbox.of_threads(ends | held.keys())
        return unwanted(outcome, held, desk, world, rows, self.store.outbox.of_former_threads(ends))

    def _messages(
        self, now: datetime, outcome: Outcome, world: World, around: Surroundings
    ) -> list[tuple[Thread | None, Notification]]:
        """Return the rows of the outbox. What several people are told of is gathered once."""
        links = Links(self.plan.desk_url)
        gathered: dict[int, Mapping[str, object]] = {}
        rows: list[tuple[Thread | None, Notification]] = []
        for one in outcome.tellings:
            content = one.content
            facts = gathered.get(id(content))
            if facts is None:
                said: Facts = facts_of(
                    content, world, now, names=around.names, desk=links, zone=self.zone
                )
                facts = gathered[id(content)] = said.to_json()
            row = Notification(
                thread_id=None,
                receiver=one.receiver,
                channel=one.channel,
                purpose=content.purpose,
                key=one.key,
                created_at=now,
                due_at=one.due_at,
                facts=facts,
                severity=content.severity,
            )
            rows.append((_thread_of(content), row))
        return rows

    def _count(self, desk: Desk, told: int, withdrawn: int) -> None:
        watched = self.watched
        watched.steps += 1
        watched.told += told
        watched.withdrawn += withdrawn
        watched.cursor = self._cursor or 0
        watched.heartbeat_at = self._heartbeat_at
        watched.storms = sum(1 for key in desk.threads if key.startswith(STORM))

    # --- time ---------------------------------------------------------------------------------

    def _heartbeat(self, now: datetime, around: Surroundings) -> Notification | None:
        """Return the sign of life, if one is due and somebody looks."""
        wanted = self.plan.heartbeat
        if (
            wanted is None
            or not around.is_watched(now)
            or now < self._heartbeat_due_at(wanted, now)
        ):
            return None
        facts = facts_of_heartbeat(now, gone={}, zone=self.zone)
        return Notification(
            thread_id=None,
            receiver="",
            channel=wanted.channel,
            purpose=Purpose.HEARTBEAT,
            key=f"heartbeat:{wanted.channel}:{now.strftime('%Y%m%dT%H%M%S.%fZ')}",
            created_at=now,
            due_at=now,
            facts=facts.to_json(),
            severity=Severity.INFO,
        )

    def _waiting_heartbeats(self) -> list[str]:
        """Return the keys of signs of life that could not be sent: they say nothing any more."""
        waiting = NotificationFilter(state=DeliveryState.PENDING, purpose=Purpose.HEARTBEAT)
        return [one.key for one in self.store.outbox.page(waiting).items]

    def _heartbeat_due_at(self, wanted: Heartbeat, now: datetime) -> datetime:
        last_at = self._heartbeat_at
        if last_at is None or last_at > now:  # never, or the clock was set back
            return now
        return last_at + timedelta(seconds=wanted.every_seconds)

    def _next_at(self, outcome: Outcome, around: Surroundings, now: datetime) -> datetime:
        moments = [now + LOOK_EVERY, outcome.next_at, around.due_at]
        if self.plan.heartbeat is not None:
            moments.append(self._heartbeat_due_at(self.plan.heartbeat, now))
        return min(at for at in moments if at is not None)


def _news(rows: Sequence[NewsRow]) -> list[News]:
    return [News(one.transition, None if one.incident is None else one.incident.id) for one in rows]


def _thread_of(content: Content) -> Thread | None:
    """Return the thread that a message is part of; digests and reminders have none of their own."""
    if content.purpose in {Purpose.DIGEST, Purpose.SILENCE_ENDS}:
        return None
    return content.thread


def _says_anything(outcome: Outcome) -> bool:
    return bool(
        outcome.alerts
        or outcome.decisions
        or outcome.threads
        or outcome.members
        or outcome.tellings
        or outcome.reminded
    )


def _incident_of(key: str) -> int | None:
    name, _, number = key.partition(":")
    return int(number) if name == "incident" and number.isdecimal() else None
