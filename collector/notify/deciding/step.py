"""One step of the desk, from news to what is to be told.

1. alerts follow from the news, 2. those that it touches go through the stages, 3. each is put into
the thread of its cause, 4. a storm begins or ends, 5. threads are told, 6. what waited is told,
7. decisions that changed are handed out with all the rest.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from collector.model import State
from collector.model.alerts import Alert, Decision, HoldReason, Silence, Stage, Thread
from collector.notify.deciding.book import Book
from collector.notify.deciding.digests import digest, remind
from collector.notify.deciding.following import COLLECTOR, News, follow, follow_collectors
from collector.notify.deciding.grouping import Changes, Grouping
from collector.notify.deciding.stages import STAGES, TELLABLE, Scene, on_battery, run
from collector.notify.deciding.storms import breaks_out, is_active, new_storm, tell_storm
from collector.notify.deciding.telling import STORM, Told, awake, tell
from collector.notify.deciding.words import Outcome, Telling

_UNTOLD = frozenset({HoldReason.TOO_SHORT, HoldReason.SETTLING})


class Step:
    """What one step does; made anew for each."""

    def __init__(self, book: Book, scene: Scene) -> None:
        self.book = book
        self.scene = scene
        self.changes = Changes()
        self.grouping = Grouping(book, self.changes, scene)
        self.tellings: list[Telling] = []
        self.named: set[str] = set()  # devices that were named in a message
        self.waiting: set[str] = set()  # devices in threads that wait for the morning
        self.reminded: list[Silence] = []
        self.waits_until_at: list[datetime | None] = []

    def run(
        self, news: Iterable[News], changed: Collection[str] | None, *, telling: bool
    ) -> Outcome:
        """Do the step; the book is then as after it."""
        book = self.book
        moved = self._follow(news)
        everything = book.fresh or changed is None
        asked = self._asked(moved | set(changed or ()), everything=everything)
        held = {alert.device_id: self._decide(alert) for alert in asked}
        asked = [book.alerts[alert.device_id] for alert in asked]
        book.fresh = not telling
        if telling:
            if everything:
                self.changes.touched.update(dict.fromkeys(book.threads))
            self.grouping.regroup(asked, held)
            self._tell()
        decisions = self._decisions(asked, held)
        if asked:
            book.forget(self.scene.now)
        return Outcome(
            alerts=tuple(self.changes.alerts.values()),
            decisions=tuple(decisions),
            threads=tuple(self.changes.threads.values()),
            members=tuple(self.changes.members.values()),
            tellings=tuple(self.tellings),
            reminded=tuple(self.reminded),
            next_at=self._next_at(),
        )

    def _follow(self, news: Iterable[News]) -> set[str]:
        moved = set()
        for one in news:
            known = self.book.alerts.get(one.transition.device_id)
            alert = follow(known, one)
            if alert is not None:
                self._change(alert)
                moved.add(alert.device_id)
        for alert in follow_collectors(self.book.alerts, self.scene.world.gone, self.scene.now):
            self._change(alert)
            moved.add(alert.device_id)
        return moved

    def _change(self, alert: Alert) -> None:
        self.book.put(alert)
        self.changes.alerts[alert.device_id, alert.began_at] = alert

    def _asked(self, moved: set[str], *, everything: bool) -> list[Alert]:
        """Return the alerts that are to be decided: what moved, what depends on it, what is due."""
        book, scene = self.book, self.scene
        if everything:
            return list(book.alerts.values())
        roots = moved | {device for device, at in book.again.items() if at <= scene.now}
        if not roots:
            return []
        known = [book.alerts[one] for one in roots if one in book.alerts]
        incidents = {scene.incident_id(one) for one in known} - {None}
        collectors = any(one.startswith(COLLECTOR) for one in roots)
        return [
            alert
            for alert in book.alerts.values()
            if alert.device_id in roots
            or alert.root in roots
            or (alert.incident_id is not None and scene.incident_id(alert) in incidents)
            or (collectors and alert.state is State.UNKNOWN)
            or (incidents and on_battery(alert))
        ]

    def _decide(self, alert: Alert) -> Decision:
        book, scene = self.book, self.scene
        device_id = alert.device_id
        book.again.pop(device_id, None)
        book.held.pop(device_id, None)
        if alert.ended_at is not None:
            return run(alert, scene, ())
        if device_id not in scene.world.devices and not device_id.startswith(COLLECTOR):
            self._change(replace(alert, ended_at=scene.now))  # it left the inventory
            return run(book.alerts[device_id], scene, ())
        severity = scene.wanted(alert).severity
        if severity is not alert.severity:
            alert = replace(alert, severity=severity)
            self._change(alert)
        decision = run(alert, scene, TELLABLE)
        if decision.reason is not None:
            book.held[device_id] = decision.reason
        if decision.until_at is not None:
            book.again[device_id] = decision.until_at
        return decision

    def _tell(self) -> None:
        book, touched = self.book, self.changes.touched
        touched.update(dict.fromkeys(key for key, at in book.due.items() if at <= self.scene.now))
        if self.changes.opened:
            self._gather()
        self._tell_what_waited()  # first: what is in a digest is not told singly as well
        storms: dict[str, None] = {}
        for key in list(touched):
            thread = book.threads.get(key)
            if thread is None:
                continue
            if key.startswith(STORM):
                storms[key] = None
                continue
            handed_over = key in self.changes.handed_over
            self._take(tell(thread, book.parts(key), self.scene, handed_over=handed_over))
            if thread.storm is not None:
                storms[thread.storm] = None
        for key in storms:
            if key in book.threads:
                self._tell_storm(key)
        self._remind()

    def _take(self, told: Told) -> None:
        """Keep what a look at a thread came to."""
        thread = told.thread
        self.grouping.keep_thread(thread)
        self.tellings.extend(told.tellings)
        self._name(thread.key, told.named)
        if thread.waiting:
            self.waiting.update(self.book.inside[thread.key])
        if thread.closed_at is not None:
            self.book.close(thread.key)
        elif told.next_at is not None:
            self.book.due[thread.key] = told.next_at
        else:
            self.book.due.pop(thread.key, None)

    def _name(self, key: str, devices: Iterable[str]) -> None:
        for device in devices:
            member = self.book.members[key, device]
            alert = self.book.inside[key][device]
            self.named.add(device)
            self.grouping.keep_member(
                replace(member, told_state=alert.state, told_severity=alert.severity)
            )

    def _gather(self) -> None:
        """Let a storm take in what opens while it lasts; begin one where too much opens."""
        book, scene = self.book, self.scene
        threads = [one for one in book.threads.values() if not one.key.startswith(STORM)]
        storm = self._lasting_storm(threads)
        loose = [one for one in threads if one.storm is None and one.over_at is None]
        untold = [
            one
            for one in loose
            if one.told_at is None and not one.waiting and awake(book.parts(one.key))
        ]
        if storm is None:
            told = [one for one in loose if one.told_at is not None]
            if not untold or not breaks_out([*untold, *told], scene):
                return
            storm = new_storm(scene)
            book.inside[storm.key] = {}
        for thread in untold:
            receivers = dict.fromkeys([*storm.receivers, *thread.receivers])
            storm = replace(storm, receivers=tuple(receivers))
            self.grouping.keep_thread(replace(thread, storm=storm.key, receivers=()))
        self.grouping.keep_thread(storm)
        self.changes.touched[storm.key] = None

    def _lasting_storm(self, threads: Sequence[Thread]) -> Thread | None:
        for storm in self.book.threads.values():
            if storm.key.startswith(STORM):
                inside = [one for one in threads if one.storm == storm.key]
                if is_active(storm, inside, self.scene):
                    return storm
        return None

    def _tell_storm(self, key: str) -> None:
        book = self.book
        inside = {
            one.key: (one, book.parts(one.key)) for one in book.threads.values() if one.storm == key
        }
        told = tell_storm(book.threads[key], inside, self.scene)
        said, storm = told.named, told.thread
        told.named = []
        over = storm.closed_at is not None
        for name in said:
            thread, parts = inside[name]
            if over:
                closed_at = None if thread.waiting else self.scene.now
                self._take(Told(replace(thread, storm=None, closed_at=closed_at)))
                continue
            self._name(name, [one.alert.device_id for one in awake(parts)])
            first_at = thread.first_told_at or self.scene.now
            self.grouping.keep_thread(
                replace(thread, told_at=self.scene.now, first_told_at=first_at)
            )
        self._take(told)

    def _tell_what_waited(self) -> None:
        book = self.book
        waiting = {
            one.key: (one, book.parts(one.key)) for one in book.threads.values() if one.waiting
        }
        if waiting:
            found = digest(waiting, self.scene)
            self.changes.touched.update(dict.fromkeys(found.threads))
            self.tellings.extend(found.tellings)
            self.waits_until_at.append(found.next_at)
            for key, thread in found.threads.items():
                if thread.over_at is None:
                    self._name(key, [one.alert.device_id for one in awake(waiting[key][1])])
                self._take(Told(thread, next_at=book.due.get(key)))

    def _remind(self) -> None:
        """Say of silences that they are about to end."""
        if self.scene.world.silences:
            tellings, reminded, next_at = remind(self.book.alerts.values(), self.scene)
            self.tellings.extend(tellings)
            self.reminded.extend(reminded)
            self.waits_until_at.append(next_at)

    def _decisions(
        self, asked: Sequence[Alert], held: Mapping[str, Decision]
    ) -> list[tuple[Alert, Decision]]:
        """Return the decisions that changed, and keep them."""
        changed = []
        devices = dict.fromkeys(
            [*(alert.device_id for alert in asked), *sorted(self.named | self.waiting)]
        )
        for device_id in devices:
            alert = self.book.alerts.get(device_id)
            if alert is None:
                continue
            decision = held.get(device_id)
            if decision is None or decision.stage is Stage.SEND:
                decision = self._in_thread(alert, decision)
            last = self.book.decisions.get(device_id)
            if _is_news(last, decision, alert):
                self.book.decisions[device_id] = decision
                changed.append((alert, decision))
        return changed

    def _in_thread(self, alert: Alert, decision: Decision | None) -> Decision:
        """Return how far it came in its thread: told just now, or held there."""
        key = self.book.at.get(alert.device_id)
        thread = None if key is None else self.book.threads.get(key)
        in_storm = thread is not None and thread.storm is not None
        if alert.device_id in self.named and not in_storm:
            return run(alert, self.scene, TELLABLE if decision is None else ())
        return run(alert, self.scene, STAGES)

    def _next_at(self) -> datetime | None:
        waits = [at for at in self.waits_until_at if at is not None]
        return min([*self.book.due.values(), *self.book.again.values(), *waits], default=None)


def _is_news(last: Decision | None, decision: Decision, alert: Alert) -> bool:
    if last is None:
        return True
    if alert.ended_at is not None:
        return last.reason in _UNTOLD
    if last.stage is Stage.SEND and decision.reason is HoldReason.ALREADY_TOLD:
        return False
    return (last.stage, last.reason, last.detail) != (
        decision.stage,
        decision.reason,
        decision.detail,
    )
