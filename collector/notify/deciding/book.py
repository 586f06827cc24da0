"""What is open: alerts, the last decision about each, threads and who is in them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from collector.model.alerts import Alert, Decision, HoldReason, Thread, ThreadMember
from collector.notify.deciding.telling import FLAPPING, Part

_KEPT_AFTER_END = timedelta(minutes=15)  # longer than children wait for their own answer


@dataclass(slots=True)
class Book:
    """The desk's memory; all of it can be read from the store again."""

    alerts: dict[str, Alert] = field(default_factory=dict)  # by device: open, or lately ended
    decisions: dict[str, Decision] = field(default_factory=dict)  # by device
    threads: dict[str, Thread] = field(default_factory=dict)  # open ones by key
    members: dict[tuple[str, str], ThreadMember] = field(default_factory=dict)  # key, device
    inside: dict[str, dict[str, Alert]] = field(default_factory=dict)  # of each thread, by device
    at: dict[str, str] = field(default_factory=dict)  # the thread in which a device's alert is
    due: dict[str, datetime] = field(default_factory=dict)  # when to look at a thread again
    again: dict[str, datetime] = field(default_factory=dict)  # when to decide on a device again
    held: dict[str, HoldReason] = field(default_factory=dict)  # devices held before any thread
    fresh: bool = True  # nothing was looked at yet

    def load(
        self,
        alerts: Iterable[Alert],
        decisions: Iterable[tuple[Alert, Decision]],
        threads: Iterable[Thread],
        members: Iterable[ThreadMember],
    ) -> None:
        """Take in what the store holds; the last alert of a device is the one that counts."""
        by_id: dict[int, Alert] = {}
        for alert in alerts:
            self.alerts[alert.device_id] = alert
            if alert.id is not None:
                by_id[alert.id] = alert
        self.decisions.update((alert.device_id, decision) for alert, decision in decisions)
        for thread in threads:
            self.threads[thread.key] = thread
            self.inside[thread.key] = {}
        for member in members:
            thread_now = self.threads.get(member.thread_key)
            if thread_now is None or thread_now.opened_at != member.thread_opened_at:
                continue
            latest = self.alerts.get(member.device_id)
            alert_then = latest if member.alert_id is None else by_id.get(member.alert_id, latest)
            if member.left_at is not None or alert_then is None:
                continue
            self.members[member.thread_key, member.device_id] = member
            self.inside[member.thread_key][member.device_id] = alert_then
            if alert_then is latest:
                self.at[member.device_id] = member.thread_key

    def put(self, alert: Alert) -> None:
        """Keep an alert as it is now, also where it is a member."""
        known = self.alerts.get(alert.device_id)
        if known is not None and known.ended_at is not None and alert.ended_at is None:
            self.at.pop(alert.device_id, None)  # what ended stays in its thread as it was
            self.decisions.pop(alert.device_id, None)
        self.alerts[alert.device_id] = alert
        key = self.at.get(alert.device_id)
        if key is not None:
            self.inside[key][alert.device_id] = alert

    def learn(self, alerts: Iterable[Alert], threads: Iterable[Thread]) -> None:
        """Take over the ids that the store gave."""
        for given in alerts:
            known = self.alerts.get(given.device_id)
            if known is None or known.began_at != given.began_at or given.id is None:
                continue
            self.put(replace(known, id=given.id))
            decision = self.decisions.get(given.device_id)
            if decision is not None:
                self.decisions[given.device_id] = replace(decision, alert_id=given.id)
            key = self.at.get(given.device_id)
            if key is not None:
                member = self.members[key, given.device_id]
                self.members[key, given.device_id] = replace(member, alert_id=given.id)
        for thread in threads:
            known_thread = self.threads.get(thread.key)
            if known_thread is not None and known_thread.opened_at == thread.opened_at:
                self.threads[thread.key] = replace(known_thread, id=thread.id)

    def parts(self, key: str) -> list[Part]:
        """Return the members of a thread with their alerts."""
        return [
            Part(self.members[key, device], alert, self._is_muted(key, alert))
            for device, alert in self.inside[key].items()
        ]

    def _is_muted(self, key: str, alert: Alert) -> bool:
        reason = self.held.get(alert.device_id)
        if reason is None or alert.ended_at is not None:
            return False
        return not (reason is HoldReason.FLAPPING and key.startswith(FLAPPING))

    def close(self, key: str) -> None:
        """Forget a thread and who is in it."""
        for device in self.inside.pop(key, {}):
            self.members.pop((key, device), None)
            if self.at.get(device) == key:
                del self.at[device]
        self.threads.pop(key, None)
        self.due.pop(key, None)

    def forget(self, now: datetime) -> None:
        """Forget alerts that ended a while ago and are in no thread."""
        over = [
            device
            for device, alert in self.alerts.items()
            if alert.ended_at is not None
            and device not in self.at
            and (alert.end_confirmed_at or alert.ended_at) + _KEPT_AFTER_END < now
        ]
        for device in over:
            del self.alerts[device]
            self.decisions.pop(device, None)
            self.again.pop(device, None)
            self.held.pop(device, None)
