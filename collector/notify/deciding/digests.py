"""What can wait: the digest after quiet hours, and the word before a silence ends. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from collector.model.alerts import Alert, Purpose, Severity, Silence, Thread
from collector.notify.deciding.stages import Scene, rank
from collector.notify.deciding.telling import Part, addresses, awake, counts, telling
from collector.notify.deciding.words import Content, Telling


@dataclass(slots=True)
class Digested:
    """What a look at all that waits came to."""

    tellings: list[Telling] = field(default_factory=list)
    threads: dict[str, Thread] = field(default_factory=dict)  # those that changed
    named: list[str] = field(default_factory=list)  # devices that were named in a message
    next_at: datetime | None = None


def digest(waiting: Mapping[str, tuple[Thread, Sequence[Part]]], scene: Scene) -> Digested:
    """Tell each person whose quiet hours are over, in one message, what waited for them.

    What is well again by then is in it too, as over; nothing more is said of it.
    """
    found = Digested()
    receivers = dict.fromkeys(name for thread, _ in waiting.values() for name in thread.waiting)
    for receiver in receivers:
        theirs = [key for key, (thread, _) in waiting.items() if receiver in thread.waiting]
        severity = max((waiting[key][0].severity for key in theirs), key=rank)
        least = min((waiting[key][0].severity for key in theirs), key=rank)
        until_at = scene.rules.quiet_until(receiver, least, scene.now)
        if until_at is not None:
            found.next_at = min(until_at, found.next_at or until_at)
            continue
        for key in theirs:
            thread, parts = waiting[key]
            found.threads[key] = _read(found.threads.get(key, thread), receiver, parts, scene)
            if thread.over_at is None:
                found.named.extend(one.alert.device_id for one in awake(parts))
        # What is held by now (silenced, taken by somebody) is in nobody's digest.
        read = [waiting[key] for key in theirs if _can_be_read(waiting[key][1])]
        if read:
            _say(found, receiver, severity, read, scene)
    return found


def _can_be_read(parts: Sequence[Part]) -> bool:
    return bool(awake(parts)) or not any(one.is_firing for one in parts)


def _read(thread: Thread, receiver: str, parts: Sequence[Part], scene: Scene) -> Thread:
    """Return a thread that a person has read of now: they hear its end, unless it is over."""
    waiting = tuple(one for one in thread.waiting if one != receiver)
    if thread.over_at is not None:
        closed_at = thread.closed_at if waiting else scene.now
        return replace(thread, waiting=waiting, closed_at=closed_at)
    if not awake(parts):  # over since this step: its end is told next; or held by now
        return replace(thread, waiting=waiting)
    return replace(
        thread,
        waiting=waiting,
        receivers=tuple(dict.fromkeys([*thread.receivers, receiver])),
        told_at=thread.told_at or scene.now,
        first_told_at=thread.first_told_at or scene.now,
        told_severity=thread.told_severity or thread.severity,
        told=thread.told or counts(parts),
    )


def _say(
    found: Digested,
    receiver: str,
    severity: Severity,
    waited: Sequence[tuple[Thread, Sequence[Part]]],
    scene: Scene,
) -> None:
    parts = [one for _, inside in waited for one in inside]
    thread = Thread(f"digest:{receiver}", scene.now, severity, scene.now, sequence=1)
    leading = [one.alert for one in awake(parts)]
    leading.sort(key=lambda alert: (-rank(alert.severity), alert.began_at, alert.device_id))
    content = Content(
        thread=thread,
        purpose=Purpose.DIGEST,
        severity=severity,
        leading=tuple(leading),
        carried=tuple(one.alert for one in parts if one.is_firing and not one.member.leads),
        ended=tuple(one.alert for one in parts if not one.is_firing),
        threads=tuple(thread for thread, _ in waited),
        began_at=min((one.alert.began_at for one in parts), default=None),
    )
    for person in addresses([receiver], scene):
        found.tellings.append(telling(content, person, scene.now))


def remind(
    alerts: Iterable[Alert], scene: Scene
) -> tuple[list[Telling], list[Silence], datetime | None]:
    """Say that a silence is about to end, where something under it is still not well.

    Returns the messages, the silences that were told of, and when to look again. Short silences
    (at most twice as long as the time before their end) end without a word.
    """
    before = timedelta(seconds=scene.rules.pace.silence_ends_seconds)
    under: dict[int, tuple[Silence, list[Alert]]] = {}
    for alert in alerts:
        silence = scene.world.silences.get(alert.device_id)
        if silence is None or silence.id is None or alert.ended_at is not None:
            continue
        if silence.reminded_at is not None or silence.ended_at is not None:
            continue
        if silence.ends_at - silence.starts_at > 2 * before and scene.now < silence.ends_at:
            under.setdefault(silence.id, (silence, []))[1].append(alert)
    tellings: list[Telling] = []
    reminded: list[Silence] = []
    next_at: datetime | None = None
    for number, (silence, muted) in under.items():
        due_at = silence.ends_at - before
        if scene.now < due_at:
            next_at = min(due_at, next_at or due_at)
            continue
        reminded.append(replace(silence, reminded_at=scene.now))
        tellings.extend(_reminder(number, silence, muted, scene))
    return tellings, reminded, next_at


def _reminder(
    number: int, silence: Silence, muted: Sequence[Alert], scene: Scene
) -> Iterable[Telling]:
    names: dict[str, None] = {}
    for alert in muted:
        taken = scene.taken(alert)
        names.update(dict.fromkeys(taken.receivers if taken is not None else ()))
    severity = max((alert.severity for alert in muted), key=rank)
    thread = Thread(f"silence:{number}", silence.created_at, severity, scene.now, sequence=1)
    content = Content(
        thread=thread,
        purpose=Purpose.SILENCE_ENDS,
        severity=severity,
        leading=tuple(sorted(muted, key=lambda alert: (alert.began_at, alert.device_id))),
        began_at=min(alert.began_at for alert in muted),
        silence=silence,
    )
    for person in addresses(names, scene):
        quiet_at = scene.rules.quiet_until(person.receiver, severity, scene.now)
        yield telling(content, person, quiet_at or scene.now)
