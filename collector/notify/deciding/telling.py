"""When a thread is told, and what for: first word, updates, repeats, escalation, the end. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from collector.model import IncidentGroup
from collector.model.alerts import Alert, Purpose, Severity, Thread, ThreadMember
from collector.notify.deciding.stages import Scene, rank
from collector.notify.deciding.words import Content, Telling, thread_name
from collector.notify.deciding.world import Address, Step

FLAPPING = "flapping:"
STORM = "storm:"
_GROWN_BY = 5  # so many more behind it at least, and twice as many: worth another message


@dataclass(frozen=True, slots=True)
class Part:
    """A member of a thread with its alert. Muted: it was told, and is held for the time being."""

    member: ThreadMember
    alert: Alert
    muted: bool = False

    @property
    def is_firing(self) -> bool:
        """Whether it is not well."""
        return self.alert.ended_at is None

    @property
    def is_news(self) -> bool:
        """Whether it leads, may be told, and was not told so yet."""
        if not self.member.leads or self.muted or not self.is_firing:
            return False
        told = self.member.told_severity
        return self.member.told_state is not self.alert.state or (
            told is not None and rank(self.alert.severity) > rank(told)
        )


@dataclass(slots=True)
class Told:
    """What a look at a thread came to."""

    thread: Thread
    tellings: list[Telling] = field(default_factory=list)
    named: list[str] = field(default_factory=list)  # devices that were named in a message
    next_at: datetime | None = None  # when to look again without news

    def look_again(self, at: datetime | None) -> None:
        """Take the earlier moment."""
        if at is not None and (self.next_at is None or at < self.next_at):
            self.next_at = at


def awake(parts: Iterable[Part]) -> list[Part]:
    """Return those that lead, are not well, and may be told."""
    return [one for one in parts if one.is_firing and one.member.leads and not one.muted]


def tell(thread: Thread, parts: Sequence[Part], scene: Scene, *, handed_over: bool = False) -> Told:
    """Look at a thread: say what is to be told of it now, and when to look again.

    `handed_over`: what was told here goes on in another thread, which inherits who was told.
    """
    firing = [one for one in parts if one.is_firing]
    if not firing and not _still_flaps(thread, parts, scene):
        return end(thread, parts, scene, handed_over=handed_over)
    leads = awake(parts)
    if not leads:
        return Told(thread)
    severity = max((one.alert.severity for one in leads), key=rank)
    thread = replace(thread, severity=severity, over_at=None)
    if thread.storm is not None:
        return Told(thread)
    if thread.told_at is None:
        return _first(thread, parts, leads, scene)
    return _further(thread, parts, leads, scene)


def _still_flaps(thread: Thread, parts: Sequence[Part], scene: Scene) -> bool:
    return thread.key.startswith(FLAPPING) and any(
        scene.is_flapping(one.alert) for one in parts if one.member.leads
    )


def _first(thread: Thread, parts: Sequence[Part], leads: list[Part], scene: Scene) -> Told:
    pace = scene.rules.pace
    critical = thread.severity is Severity.CRITICAL
    settle = pace.settle_critical_seconds if critical else pace.settle_seconds
    soon = scene.now + timedelta(seconds=settle)  # later only after the clock was set back
    thread = replace(thread, settled_at=min(thread.settled_at, soon))
    if scene.now < thread.settled_at:
        return Told(thread, next_at=thread.settled_at)
    wanted = _merged(addressed(leads, scene), addresses(thread.receivers, scene))
    ready, waiting, until_at = awake_people(wanted, thread.severity, scene)
    told = Told(replace(thread, waiting=_union(thread.waiting, waiting)), next_at=until_at)
    if ready:
        flaps = thread.key.startswith(FLAPPING)
        _say(told, Purpose.FLAPPING if flaps else Purpose.FIRING, parts, leads, ready, scene)
        _look_ahead(told, leads, scene)
    return told


def _further(thread: Thread, parts: Sequence[Part], leads: list[Part], scene: Scene) -> Told:
    """Update, escalate, repeat: in this order, and a repeat only where no update just went."""
    pace, now = scene.rules.pace, scene.now
    told_at = thread.told_at or now
    told = Told(thread)
    urgent = thread.told_severity is not None and rank(thread.severity) > rank(thread.told_severity)
    update_at = now if urgent else told_at + timedelta(seconds=pace.update_seconds)
    if urgent or (not thread.key.startswith(FLAPPING) and _differs(thread, parts, leads, scene)):
        if update_at <= now:
            _say_to(told, Purpose.UPDATE, parts, leads, addressed(leads, scene), scene)
        else:
            told.look_again(update_at)
    first_at = told.thread.first_told_at or told_at
    for step in steps_left(told.thread, leads, scene):
        due_at = first_at + timedelta(seconds=step.after_seconds)
        if now < due_at:
            told.look_again(due_at)
            break
        told.thread = with_step(told.thread, step)
        people = addresses(step.receivers, scene)
        _say_to(told, Purpose.ESCALATION, parts, leads, people, scene, step=step_name(step))
    _repeat(told, parts, leads, scene)
    return told


def _repeat(told: Told, parts: Sequence[Part], leads: list[Part], scene: Scene) -> None:
    seconds = scene.rules.pace.repeat_seconds
    if seconds <= 0 or told.thread.told_at is None:
        return
    repeat_at = told.thread.told_at + timedelta(seconds=seconds)
    if repeat_at <= scene.now:
        _say_to(told, Purpose.REPEAT, parts, leads, addressed(leads, scene), scene)
        repeat_at = scene.now + timedelta(seconds=seconds)
    told.look_again(repeat_at)


def _look_ahead(told: Told, leads: list[Part], scene: Scene) -> None:
    """After the first word: when the first step of an escalation and the repeat are due."""
    steps = escalation(leads, scene)
    if steps:
        told.look_again(scene.now + timedelta(seconds=steps[0].after_seconds))
    seconds = scene.rules.pace.repeat_seconds
    if seconds > 0:
        told.look_again(scene.now + timedelta(seconds=seconds))


def end(thread: Thread, parts: Sequence[Part], scene: Scene, *, handed_over: bool) -> Told:
    """All is well: who was told hears it, once. Who waits for the morning reads it there."""
    now = scene.now
    named = any(one.member.told_state is not None for one in parts)
    if handed_over and not named:
        return Told(
            replace(thread, receivers=(), waiting=(), storm=None, over_at=now, closed_at=now)
        )
    if thread.storm is not None:
        return Told(replace(thread, over_at=thread.over_at or now))
    told = Told(replace(thread, over_at=thread.over_at or now))
    if thread.receivers:
        told.thread = numbered(told.thread)
        content = content_of(told.thread, Purpose.RECOVERED, parts, [])
        for person in addresses(thread.receivers, scene):
            quiet_at = scene.rules.quiet_until(person.receiver, thread.severity, now)
            told.tellings.append(telling(content, person, quiet_at or now))
    told.thread = replace(
        told.thread,
        receivers=(),
        told_at=None,
        first_told_at=None,
        told_severity=None,
        escalated=0,
        closed_at=None if thread.waiting else now,
    )
    return told


def _differs(thread: Thread, parts: Sequence[Part], leads: list[Part], scene: Scene) -> bool:
    if any(one.is_news for one in leads) or place_of(leads, scene) != thread.told_cause:
        return True
    told, now = sum(thread.told.values()), sum(counts(parts).values())
    return now >= 2 * told and now >= told + _GROWN_BY


def _say_to(
    told: Told,
    purpose: Purpose,
    parts: Sequence[Part],
    leads: list[Part],
    people: Sequence[Address],
    scene: Scene,
    *,
    step: int = 0,
) -> None:
    """Tell those who are not in their quiet hours; the others read it in their digest."""
    ready, waiting, until_at = awake_people(people, told.thread.severity, scene)
    told.thread = replace(told.thread, waiting=_union(told.thread.waiting, waiting))
    told.look_again(until_at)
    _say(told, purpose, parts, leads, ready, scene, step=step)


def _say(
    told: Told,
    purpose: Purpose,
    parts: Sequence[Part],
    leads: list[Part],
    people: Sequence[Address],
    scene: Scene,
    *,
    step: int = 0,
) -> None:
    """Make the messages. Also where nobody can take them now: it counts as said."""
    now = scene.now
    names = tuple(one.receiver for one in people)
    thread = numbered(told.thread)
    thread = replace(
        thread,
        receivers=_union(thread.receivers, names),
        waiting=tuple(one for one in thread.waiting if one not in names),
    )
    new = tuple(one.alert.device_id for one in leads if one.is_news)
    if purpose is not Purpose.ESCALATION:
        thread = replace(
            thread,
            told_at=now,
            first_told_at=thread.first_told_at or now,
            told=counts(parts),
            told_severity=thread.severity,
            told_cause=place_of(leads, scene),
        )
        told.named.extend(one.alert.device_id for one in leads)
    content = content_of(thread, purpose, parts, leads, new=new, step=step)
    told.thread = thread
    told.tellings.extend(telling(content, person, now) for person in people)


def content_of(
    thread: Thread,
    purpose: Purpose,
    parts: Sequence[Part],
    leads: Sequence[Part],
    *,
    new: tuple[str, ...] = (),
    step: int = 0,
) -> Content:
    """Return what a message about a thread is about."""
    leading = sorted((one.alert for one in leads), key=_most_severe_first)
    ended = [one.alert for one in parts if not one.is_firing]
    ends = [one.ended_at for one in ended if one.ended_at is not None]
    return Content(
        thread=thread,
        purpose=purpose,
        severity=thread.severity,
        leading=tuple(leading),
        carried=tuple(one.alert for one in parts if one.is_firing and not one.member.leads),
        new=new,
        ended=tuple(ended),
        root=leading[0].root if leading else None,
        began_at=min((one.alert.began_at for one in parts), default=None),
        ended_at=max(ends) if ends and purpose is Purpose.RECOVERED else None,
        step=step,
    )


def _most_severe_first(alert: Alert) -> tuple[int, datetime, str]:
    return -rank(alert.severity), alert.began_at, alert.device_id


def counts(parts: Iterable[Part]) -> dict[str, int]:
    """Count what is not well by state, also what is only held with it."""
    return dict(Counter(one.alert.state.value for one in parts if one.is_firing))


def place_of(leads: Iterable[Part], scene: Scene) -> str:
    """Return the place whose power is suspected, as "feeder:GI-3"; empty: no place."""
    for one in leads:
        incident = scene.incident(one.alert)
        if incident is not None and incident.group is not IncidentGroup.DEVICE:
            return f"{incident.group.value}:{incident.group_key}"
    return ""


def addressed(leads: Iterable[Part], scene: Scene) -> list[Address]:
    """Return who is told of these now, each once: whoever is on shift stands for a roster."""
    names: dict[str, None] = {}
    for one in leads:
        taken = scene.taken(one.alert)
        names.update(dict.fromkeys(taken.receivers if taken is not None else ()))
    return addresses(names, scene)


def addresses(names: Iterable[str], scene: Scene) -> list[Address]:
    """Return who stands behind these names now, each once."""
    found: dict[str, Address] = {}
    for name in names:
        for person in scene.people(name):
            found.setdefault(person.receiver, person)
    return list(found.values())


def escalation(leads: Iterable[Part], scene: Scene) -> list[Step]:
    """Return the steps of the routes that take these, the earliest first."""
    steps: dict[Step, None] = {}
    for one in leads:
        taken = scene.taken(one.alert)
        steps.update(dict.fromkeys(taken.steps if taken is not None else ()))
    return sorted(steps, key=lambda step: (step.after_seconds, step.receivers))


def steps_left(thread: Thread, leads: Iterable[Part], scene: Scene) -> list[Step]:
    """Return the steps that are not taken yet, the earliest first.

    These are the ones behind the last that was taken, and earlier ones of which nobody has heard
    anything: a device joined later by another route, or others came on duty.
    """
    heard = {*thread.receivers, *thread.waiting}
    left = []
    for step in escalation(leads, scene):
        people = {one.receiver for one in addresses(step.receivers, scene)}
        if step.after_seconds > thread.escalated or (people and heard.isdisjoint(people)):
            left.append(step)
    return left


def step_name(step: Step) -> int:
    """Return what a step is called in a thread and its messages: its time, in whole seconds."""
    return math.ceil(step.after_seconds)


def with_step(thread: Thread, step: Step) -> Thread:
    """Return a thread with a step taken."""
    return replace(thread, escalated=max(thread.escalated, step_name(step)))


def awake_people(
    people: Iterable[Address], severity: Severity, scene: Scene
) -> tuple[list[Address], tuple[str, ...], datetime | None]:
    """Part people into those who can be told now and those whose quiet hours it waits for.

    The moment is when the first of these hours ends.
    """
    ready, waiting, first_at = [], [], None
    for person in people:
        until_at = scene.rules.quiet_until(person.receiver, severity, scene.now)
        if until_at is None:
            ready.append(person)
            continue
        waiting.append(person.receiver)
        first_at = until_at if first_at is None else min(first_at, until_at)
    return ready, tuple(waiting), first_at


def numbered(thread: Thread) -> Thread:
    """Return a thread with the number of its next message."""
    return replace(thread, sequence=thread.sequence + 1)


def telling(content: Content, person: Address, due_at: datetime) -> Telling:
    """Return a message to one person, with the key that is the same at every attempt."""
    thread = content.thread
    key = (
        f"{thread_name(thread)}:{thread.sequence}:{content.purpose.value}"
        f":{person.receiver}:{person.channel}"
    )
    return Telling(content, person.receiver, person.channel, key, due_at)


def _merged(first: Iterable[Address], second: Iterable[Address]) -> list[Address]:
    return list({one.receiver: one for one in [*second, *first]}.values())


def _union(first: tuple[str, ...], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *second]))
