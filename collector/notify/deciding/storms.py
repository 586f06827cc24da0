"""Many new threads at once: told in one message, until the rate falls. Pure.

A storm is a thread of threads. It begins when more than N threads open within a window; those
not told yet are told in it, and so is their end. What opens later is told by itself again as soon
as no more than half of N threads of the storm are younger than the window.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from collector.model import State
from collector.model.alerts import Alert, Purpose, Severity, Thread
from collector.notify.deciding.stages import Scene, rank
from collector.notify.deciding.telling import (
    STORM,
    Part,
    Told,
    addressed,
    addresses,
    awake,
    escalation,
    numbered,
    step_name,
    steps_left,
    telling,
    with_step,
)
from collector.notify.deciding.words import Content
from collector.notify.deciding.world import Address

Threads = Mapping[str, tuple[Thread, Sequence[Part]]]  # by key


def is_active(storm: Thread, threads: Iterable[Thread], scene: Scene) -> bool:
    """Say whether a storm still takes in what opens."""
    if storm.told_at is None:
        return True
    return _young(threads, scene) > scene.rules.pace.storm_more_than // 2


def breaks_out(threads: Iterable[Thread], scene: Scene) -> bool:
    """Say whether so many threads, told or to be told, opened within the window."""
    return _young(threads, scene) > scene.rules.pace.storm_more_than


def new_storm(scene: Scene) -> Thread:
    """Return the thread of a storm that begins now."""
    settle = timedelta(seconds=scene.rules.pace.storm_settle_seconds)
    key = f"{STORM}{scene.now.strftime('%Y-%m-%dT%H:%M:%SZ')}"
    return Thread(key, scene.now, Severity.WARNING, scene.now + settle)


def _young(threads: Iterable[Thread], scene: Scene) -> int:
    since_at = scene.now - timedelta(seconds=scene.rules.pace.storm_within_seconds)
    return sum(1 for thread in threads if thread.opened_at > since_at)


def tell_storm(storm: Thread, inside: Threads, scene: Scene) -> Told:
    """Look at a storm with the threads that are told in it. `named`: keys of threads.

    When all is well in it, it is closed with all its threads.
    """
    now, pace = scene.now, scene.rules.pace
    open_ones = {key: one for key, one in inside.items() if one[0].over_at is None}
    if not open_ones:
        return _end(storm, inside, scene)
    told = Told(storm)
    if storm.told_at is None and now < storm.settled_at:
        told.look_again(storm.settled_at)
        return told
    leads = [one for _, parts in open_ones.values() for one in awake(parts)]
    if not leads:
        return told
    severity = max((one.alert.severity for one in leads), key=rank)
    told.thread = storm = replace(storm, severity=severity)
    if storm.told_at is None:
        _say(told, Purpose.STORM, inside, scene)
        _look_ahead(told, leads, scene)
        return told
    urgent = storm.told_severity is not None and rank(severity) > rank(storm.told_severity)
    new = any(thread.told_at is None and awake(parts) for thread, parts in open_ones.values())
    said, few = storm.told.get("threads", 0), pace.storm_more_than
    if urgent or new or (said > 2 * few and len(open_ones) <= few):
        update_at = now if urgent else storm.told_at + timedelta(seconds=pace.update_seconds)
        if update_at <= now:
            _say(told, Purpose.UPDATE, inside, scene)
        else:
            told.look_again(update_at)
    _escalate(told, inside, leads, scene)
    if pace.repeat_seconds > 0 and told.thread.told_at is not None:
        repeat_at = told.thread.told_at + timedelta(seconds=pace.repeat_seconds)
        if repeat_at <= now:
            _say(told, Purpose.REPEAT, inside, scene)
            repeat_at = now + timedelta(seconds=pace.repeat_seconds)
        told.look_again(repeat_at)
    return told


def _look_ahead(told: Told, leads: list[Part], scene: Scene) -> None:
    steps = escalation(leads, scene)
    if steps:
        told.look_again(scene.now + timedelta(seconds=steps[0].after_seconds))
    if scene.rules.pace.repeat_seconds > 0:
        told.look_again(scene.now + timedelta(seconds=scene.rules.pace.repeat_seconds))


def _escalate(told: Told, inside: Threads, leads: list[Part], scene: Scene) -> None:
    first_at = told.thread.first_told_at or scene.now
    for step in steps_left(told.thread, leads, scene):
        due_at = first_at + timedelta(seconds=step.after_seconds)
        if scene.now < due_at:
            told.look_again(due_at)
            return
        people = addresses(step.receivers, scene)
        told.thread = replace(
            numbered(with_step(told.thread, step)),
            receivers=_union(told.thread.receivers, people),
        )
        content = replace(_content(told.thread, Purpose.ESCALATION, inside), step=step_name(step))
        told.tellings.extend(telling(content, person, scene.now) for person in people)


def _say(told: Told, purpose: Purpose, inside: Threads, scene: Scene) -> None:
    """Tell everybody what goes to them: a roll-up holds only threads that are theirs."""
    theirs: dict[Address, list[str]] = {}
    for key, (thread, parts) in inside.items():
        for person in addressed(awake(parts), scene) if thread.over_at is None else ():
            theirs.setdefault(person, []).append(key)
    thread = numbered(told.thread)
    open_ones = [key for key, (one, _) in inside.items() if one.over_at is None]
    thread = replace(
        thread,
        receivers=_union(thread.receivers, theirs),
        told_at=scene.now,
        first_told_at=thread.first_told_at or scene.now,
        told=_counts(inside, open_ones),
        told_severity=thread.severity,
    )
    told.thread = thread
    told.named.extend(open_ones)
    contents: dict[tuple[str, ...], Content] = {}
    for person, keys in theirs.items():
        content = contents.get(tuple(keys))
        if content is None:
            content = _content(thread, purpose, {key: inside[key] for key in keys})
            contents[tuple(keys)] = content
        told.tellings.append(telling(content, person, scene.now))


def _end(storm: Thread, inside: Threads, scene: Scene) -> Told:
    """All is well. Who was told hears it, after the time in which it might begin anew."""
    now = scene.now
    told = Told(replace(storm, over_at=now, closed_at=now))
    if storm.receivers:
        told.thread = numbered(told.thread)
        content = _content(told.thread, Purpose.RECOVERED, inside)
        for person in addresses(storm.receivers, scene):
            quiet_at = scene.rules.quiet_until(person.receiver, storm.severity, now)
            told.tellings.append(telling(content, person, quiet_at or now))
    told.named.extend(inside)
    return told


def _content(storm: Thread, purpose: Purpose, inside: Threads) -> Content:
    leading: list[Alert] = []
    carried: list[Alert] = []
    ended: list[Alert] = []
    for _, parts in inside.values():
        leading.extend(one.alert for one in awake(parts))
        carried.extend(one.alert for one in parts if one.is_firing and not one.member.leads)
        ended.extend(one.alert for one in parts if not one.is_firing)
    leading.sort(key=lambda alert: (-rank(alert.severity), alert.began_at, alert.device_id))
    everything = [*leading, *carried, *ended]
    ends = [alert.ended_at for alert in ended if alert.ended_at is not None]
    last: datetime | None = max(ends, default=None) if purpose is Purpose.RECOVERED else None
    return Content(
        thread=storm,
        purpose=purpose,
        severity=storm.severity,
        leading=tuple(leading),
        carried=tuple(carried),
        ended=tuple(ended),
        threads=tuple(thread for thread, _ in inside.values()),
        root=likely_root(everything),
        began_at=min((alert.began_at for alert in everything), default=None),
        ended_at=last,
    )


def likely_root(alerts: Iterable[Alert]) -> str | None:
    """Return the device that cuts off the most of these."""
    roots = Counter(
        alert.root for alert in alerts if alert.root and alert.state is State.UNREACHABLE
    )
    return min(roots, key=lambda root: (-roots[root], root)) if roots else None


def _counts(inside: Threads, keys: Iterable[str]) -> dict[str, int]:
    states: Counter[str] = Counter()
    threads = 0
    for key in keys:
        threads += 1
        states.update(one.alert.state.value for one in inside[key][1] if one.is_firing)
    return {**states, "threads": threads}


def _union(first: tuple[str, ...], people: Iterable[Address]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *(one.receiver for one in people)]))
