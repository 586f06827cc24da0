"""Which thread an alert is told in: joining, moving on to another, leaving. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from collector.model import State
from collector.model.alerts import (
    Alert,
    Decision,
    HoldReason,
    Severity,
    Stage,
    Thread,
    ThreadMember,
)
from collector.notify.deciding.book import Book
from collector.notify.deciding.stages import CARRIED, TELLABLE, Scene, thread_key
from collector.notify.deciding.telling import FLAPPING

_WORSE = {State.UP: 0, State.DEGRADED: 1}  # all others: 2
_AFTER_ACKNOWLEDGED = frozenset({Stage.POLICY, Stage.ROUTE})
_BESIDE_FLAPPING = frozenset({Stage.MAINTENANCE, Stage.SILENCE, Stage.POLICY, Stage.ROUTE})


@dataclass(slots=True)
class Changes:
    """What a step changed so far."""

    alerts: dict[tuple[str, datetime], Alert] = field(default_factory=dict)
    threads: dict[tuple[str, datetime], Thread] = field(default_factory=dict)
    members: dict[tuple[str, datetime, str], ThreadMember] = field(default_factory=dict)
    touched: dict[str, None] = field(default_factory=dict)  # threads to look at
    handed_over: set[str] = field(default_factory=set)  # what was told there goes on elsewhere
    opened: bool = False


class Grouping:
    """Puts alerts into threads: in the book, and in what changed."""

    def __init__(self, book: Book, changes: Changes, scene: Scene) -> None:
        self.book = book
        self.changes = changes
        self.scene = scene

    def regroup(self, asked: Sequence[Alert], held: Mapping[str, Decision]) -> None:
        """Put alerts where they are told: first those that lead, then what is held with them."""
        carried = []
        for alert in asked:
            decision = held[alert.device_id]
            if alert.ended_at is not None:
                if alert.device_id in self.book.at:
                    self.changes.touched[self.book.at[alert.device_id]] = None
            elif decision.reason in CARRIED:
                carried.append((alert, decision))
            elif self._leads(alert, decision):
                self._join(alert, thread_key(alert, self.scene), leads=True)
            else:
                self._hold_out(alert)
        for alert, decision in carried:
            self._carry(alert, decision)

    def _leads(self, alert: Alert, decision: Decision) -> bool:
        if decision.stage is Stage.SEND:
            return True
        if decision.reason is HoldReason.ACKNOWLEDGED:
            return self._passes(alert, _AFTER_ACKNOWLEDGED)
        if decision.reason is HoldReason.FLAPPING:
            return self._passes(alert, _BESIDE_FLAPPING)
        return False

    def _passes(self, alert: Alert, stages: frozenset[Stage]) -> bool:
        return not any(check(alert, self.scene) for stage, check in TELLABLE if stage in stages)

    def _carry(self, alert: Alert, decision: Decision) -> None:
        """Put what is held with its cause where that is told; nowhere while it is not told."""
        book, key = self.book, thread_key(alert, self.scene)
        if decision.reason is HoldReason.PARENT_DOWN and alert.root is not None:
            root = book.alerts.get(alert.root)
            if root is not None and root.ended_at is None:
                key = book.at.get(alert.root, key)
        if decision.reason is HoldReason.COLLECTOR_GONE and alert.device_id in book.at:
            self.changes.touched[book.at[alert.device_id]] = None
        elif key in book.threads:
            self._join(alert, key, leads=False)
        else:
            self._hold_out(alert)

    def _hold_out(self, alert: Alert) -> None:
        """Take what is held by itself out of its thread, unless somebody is owed its end there."""
        book = self.book
        key = book.at.get(alert.device_id)
        if key is None:
            return
        self.changes.touched[key] = None
        member, thread = book.members[key, alert.device_id], book.threads[key]
        owed = thread.receivers or thread.waiting or thread.storm is not None
        if member.told_state is None and not (member.leads and owed):
            self._leave(member)

    def _leave(self, member: ThreadMember) -> None:
        book, key = self.book, member.thread_key
        left = replace(member, left_at=self.scene.now)
        self.changes.members[key, left.thread_opened_at, left.device_id] = left
        self.changes.touched[key] = None
        del book.members[key, left.device_id]
        del book.inside[key][left.device_id]
        book.at.pop(left.device_id, None)

    def _join(self, alert: Alert, key: str, *, leads: bool) -> None:
        book, device_id = self.book, alert.device_id
        before = book.at.get(device_id)
        self.changes.touched[key] = None
        if before == key:
            member = book.members[key, device_id]
            if member.leads is not leads:
                member = replace(member, leads=leads)
                self.keep_member(self._speaks_for_place(alert, member) if leads else member)
            return
        if key not in book.threads:
            self._open(key, alert)
        thread = book.threads[key]
        known = book.members.get((key, device_id))
        if known is not None and thread.over_at is None:  # well for a while in between
            member = replace(known, leads=leads, alert_id=alert.id)
        else:
            member = ThreadMember(
                key, thread.opened_at, device_id, self.scene.now, leads, alert_id=alert.id
            )
        if before is not None:
            member = self._move(alert, before, member)
        book.at[device_id] = key
        book.inside[key][device_id] = alert
        self.keep_member(member)

    def _speaks_for_place(self, alert: Alert, member: ThreadMember) -> ThreadMember:
        """Let who follows another as the one that speaks for a place say nothing new.

        The place was told, and this one was counted in it.
        """
        thread, incident = self.book.threads[member.thread_key], self.scene.incident(alert)
        if incident is None or thread.told_at is None or member.told_state is not None:
            return member
        place = f"{incident.group.value}:{incident.group_key}"
        if thread.told_cause != place or member.joined_at > thread.told_at:
            return member
        return replace(member, told_state=alert.state, told_severity=alert.severity)

    def _open(self, key: str, alert: Alert) -> None:
        """Open a thread. It settles from the moment when its first alert was sure."""
        pace, now = self.scene.rules.pace, self.scene.now
        critical = alert.severity is Severity.CRITICAL
        settle = pace.settle_critical_seconds if critical else pace.settle_seconds
        is_fresh = alert.state_at in {None, alert.began_at}
        sure_at = min(alert.confirmed_at, now) if is_fresh else now
        self.changes.opened = True
        self.book.inside[key] = {}
        self.keep_thread(Thread(key, now, alert.severity, sure_at + timedelta(seconds=settle)))

    def _move(self, alert: Alert, before: str, member: ThreadMember) -> ThreadMember:
        """Go on in another thread: whoever was told in the former one hears the end there.

        Not so when it got better (down, now degraded): that ends the former with a word.
        """
        book, now = self.book, self.scene.now
        old, old_thread = book.members[before, alert.device_id], book.threads[before]
        self._leave(old)
        if old.told_state is None and not (old.leads and old_thread.receivers):
            return member
        if old.told_state is not None and _worse(alert.state) < _worse(old.told_state):
            past = replace(alert, state=old.told_state, ended_at=alert.state_at or now)
            book.inside[before][alert.device_id] = replace(past, end_confirmed_at=now)
            book.members[before, alert.device_id] = old
            return member
        self.changes.handed_over.add(before)
        self._inherit(book.threads[member.thread_key], old_thread, same=_same(old, alert))
        return replace(member, told_state=old.told_state, told_severity=old.told_severity)

    def _inherit(self, thread: Thread, former: Thread, *, same: bool) -> None:
        """Let a thread owe what the former one owed, and go on from what was told there."""
        thread = replace(
            thread,
            receivers=_union(thread.receivers, former.receivers),
            waiting=_union(thread.waiting, former.waiting),
        )
        if thread.told_at is None and thread.storm is None and former.storm in self.book.threads:
            thread = replace(thread, storm=former.storm)
        if same and thread.told_at is None:
            thread = replace(
                thread,
                told_at=former.told_at,
                first_told_at=former.first_told_at,
                told=former.told,
                told_severity=former.told_severity,
                told_cause=former.told_cause,
                escalated=former.escalated,
            )
        self.keep_thread(thread)

    def keep_member(self, member: ThreadMember) -> None:
        """Put a member as it is now into the book and into what changed."""
        key = member.thread_key
        self.book.members[key, member.device_id] = member
        self.changes.members[key, member.thread_opened_at, member.device_id] = member

    def keep_thread(self, thread: Thread) -> None:
        """Put a thread as it is now into the book and into what changed, if it did."""
        if self.book.threads.get(thread.key) != thread:
            self.book.threads[thread.key] = thread
            self.changes.threads[thread.key, thread.opened_at] = thread


def _same(old: ThreadMember, alert: Alert) -> bool:
    """Say whether what was said of it is still what is to be said. Unstable is another thing."""
    flapped, flaps = old.thread_key.startswith(FLAPPING), alert.flapping
    return old.told_state is alert.state and not flapped and not flaps


def _worse(state: State) -> int:
    return _WORSE.get(state, 2)


def _union(first: tuple[str, ...], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *second]))
