"""What is no longer wanted of the messages that still wait. Pure.

1. *It is over before it could be said*: the waiting messages go, and who heard nothing of it hears
   nothing of its end either.
2. *Nobody is to be told any more* (work was planned, it was silenced, somebody has it in hand): a
   first word that nobody got yet goes, and counts as not said: when the hold ends, it is told
   anew. So do steps of an escalation that reached nobody, and repeats. News that others got stays.

A message that may have arrived (an answer was lost) is never taken back: its end is owed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from collector.model.alerts import (
    Alert,
    DeliveryState,
    HoldReason,
    Notification,
    Purpose,
    Stage,
    Thread,
    ThreadMember,
)
from collector.notify.deciding.desk import Desk
from collector.notify.deciding.words import Outcome
from collector.notify.deciding.world import World
from collector.store import Withdrawal

OVER = "over before it could be sent"
MUTED = "held before it could be sent; it is told when the hold ends, if it is still so"

_MUTING = frozenset({HoldReason.IN_MAINTENANCE, HoldReason.SILENCED, HoldReason.ACKNOWLEDGED})
_TELLABLE = frozenset({Stage.GROUP, Stage.REPEAT, Stage.SEND})
_FIRST = frozenset({Purpose.FIRING, Purpose.FLAPPING})
_REMINDING = frozenset({Purpose.REPEAT, Purpose.ESCALATION})

ByThread = Mapping[int, Sequence[Notification]]


@dataclass(slots=True)
class Unwanted:
    """What a step takes back."""

    withdrawn: list[Withdrawal] = field(default_factory=list)
    unsaid: set[str] = field(default_factory=set)  # keys of tellings that are not to be made
    threads: list[Thread] = field(default_factory=list)  # set back to not told
    members: list[ThreadMember] = field(default_factory=list)

    @property
    def resets(self) -> bool:
        """Whether the desk has to be read again: it believes that something was told."""
        return bool(self.threads)


def ending(outcome: Outcome) -> set[int]:
    """Return the threads whose end is told in this step: what waits in them is looked at."""
    return {
        one.content.thread.id
        for one in outcome.tellings
        if one.content.purpose is Purpose.RECOVERED and one.content.thread.id is not None
    }


def muted(outcome: Outcome, desk: Desk, world: World) -> dict[int, Thread]:
    """Return the threads in which nobody is to be told any more since this step, by id."""
    held = {alert.device_id for alert, said in outcome.decisions if said.reason in _MUTING}
    if not held:
        return {}
    members = desk.seen_in(world).members
    keys = {key for key, device in members if device in held}
    leads: dict[str, list[Alert]] = {key: [] for key in keys}
    for (key, device), member in members.items():
        alert = desk.alerts.get(device)
        if key in keys and member.leads and alert is not None and alert.ended_at is None:
            leads[key].append(alert)
    found = {}
    for key, alerts in leads.items():
        thread = desk.threads.get(key)
        if thread is None or thread.id is None or thread.storm is not None or not alerts:
            continue
        if all(_is_muted(alert, desk) for alert in alerts):
            found[thread.id] = thread
    return found


def _is_muted(alert: Alert, desk: Desk) -> bool:
    decision = desk.decisions.get(alert.device_id)
    return decision is not None and decision.stage not in _TELLABLE


def unwanted(
    outcome: Outcome,
    muted: Mapping[int, Thread],
    desk: Desk,
    world: World,
    rows: ByThread,
    former: ByThread,
) -> Unwanted:
    """Say what is to be taken back. `rows`: all messages of these threads and of `ending`.

    `former`: of closed threads that went on in `ending`, by the latter. Who got a word there is
    owed the end; what still waits there is over as well.
    """
    found = Unwanted()
    found.withdrawn += [Withdrawal(OVER, key=one.key) for one in _of_others(outcome, rows)]
    for telling in outcome.tellings:
        thread_id = telling.content.thread.id
        if telling.content.purpose is not Purpose.RECOVERED or thread_id is None:
            continue
        both = [*_not_ended(former.get(thread_id, ())), *rows.get(thread_id, ())]
        theirs = [one for one in both if one.receiver == telling.receiver]
        found.withdrawn += [Withdrawal(OVER, key=one.key) for one in theirs if _is_unsaid(one)]
        if theirs and not any(_was_said(one) for one in theirs):
            found.unsaid.add(telling.key)
    for thread_id, thread in muted.items():
        _mute(found, thread, rows.get(thread_id, ()), desk, world)
    return found


def _of_others(outcome: Outcome, rows: ByThread) -> list[Notification]:
    """Return what waits in threads that end for those who hear no end: it was passed on to them."""
    told = {
        (one.content.thread.id, one.receiver)
        for one in outcome.tellings
        if one.content.purpose is Purpose.RECOVERED
    }
    return [
        one
        for thread_id in dict.fromkeys(thread_id for thread_id, _ in told if thread_id is not None)
        for one in rows.get(thread_id, ())
        if (thread_id, one.receiver) not in told and _is_unsaid(one)
    ]


def _not_ended(rows: Sequence[Notification]) -> list[Notification]:
    """Leave out threads whose end was told: nothing of them is owed."""
    ended = {one.thread_id for one in rows if one.purpose is Purpose.RECOVERED}
    return [one for one in rows if one.thread_id not in ended]


def _mute(
    found: Unwanted, thread: Thread, rows: Sequence[Notification], desk: Desk, world: World
) -> None:
    unsaid = [one for one in rows if _is_unsaid(one)]
    if not unsaid:
        return
    firsts = [one for one in unsaid if one.purpose in _FIRST]
    if firsts and not any(_was_said(one) for one in rows):
        found.withdrawn += [Withdrawal(MUTED, key=one.key) for one in unsaid]
        told_here = {one.receiver for one in rows}
        found.threads.append(_untold(thread, told_here))
        found.members += [
            replace(member, told_state=None, told_severity=None)
            for (key, _), member in desk.seen_in(world).members.items()
            if key == thread.key and member.told_state is not None
        ]
        return
    reached = {_step(one) for one in rows if one.purpose is Purpose.ESCALATION and _was_said(one)}
    back = [one for one in unsaid if one.purpose in _REMINDING and _step(one) not in reached]
    found.withdrawn += [Withdrawal(MUTED, key=one.key) for one in back]
    steps = [_step(one) for one in back if one.purpose is Purpose.ESCALATION]
    if steps:
        found.threads.append(replace(thread, escalated=min([thread.escalated, *steps]) - 1))


def _untold(thread: Thread, told_here: Collection[str]) -> Thread:
    """Return a thread of which nobody heard. Who heard in another one still is owed its end."""
    return replace(
        thread,
        told_at=None,
        first_told_at=None,
        told={},
        told_severity=None,
        told_cause="",
        escalated=0,
        receivers=tuple(one for one in thread.receivers if one not in told_here),
    )


def joined(changed: Iterable[Thread], reset: Sequence[Thread]) -> list[Thread]:
    """Return the threads of a step, those that are set back in their last form."""
    anew = {(one.key, one.opened_at): one for one in reset}
    return [*(one for one in changed if (one.key, one.opened_at) not in anew), *reset]


def joined_members(
    changed: Iterable[ThreadMember], reset: Sequence[ThreadMember]
) -> list[ThreadMember]:
    """Return the members of a step, those that are set back in their last form."""
    anew = {(one.thread_key, one.thread_opened_at, one.device_id) for one in reset}
    kept = [
        one for one in changed if (one.thread_key, one.thread_opened_at, one.device_id) not in anew
    ]
    return [*kept, *reset]


def _is_unsaid(one: Notification) -> bool:
    return one.state is DeliveryState.PENDING and not one.maybe_twice


def _was_said(one: Notification) -> bool:
    """Say whether somebody may have read it, or whether it is lost rather than taken back."""
    return one.maybe_twice or one.state not in {DeliveryState.PENDING, DeliveryState.WITHDRAWN}


def _step(one: Notification) -> int:
    step = one.facts.get("step")
    return step if isinstance(step, int) else 0
