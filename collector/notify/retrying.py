"""What becomes of a message that a channel did not take: again later, by another channel, or dead.

    refused for good, or tried for too long ─► the receiver's next channel ─► … ─► dead
    else ─► again, after a pause that doubles (or what the channel asked for)

What is dead is read by another receiver, with a word on whom it did not reach: once a channel and a
quarter of an hour, so that a channel that broke does not flood those who are left.

Pure. A message that a receiver's last channel refuses for good is dead at once; one that is only
not taken is tried for `AlertPlan.keep_trying_seconds`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from collector.model.alerts import DeliveryState, Notification, Purpose, Severity
from collector.notify.channels.contract import NotifyError
from collector.notify.plan import AlertPlan
from collector.store import End, Failed, GivenUp

FIRST_PAUSE_SECONDS = 5.0
FIRST_PAUSE_CRITICAL_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 300.0
LEAST_ATTEMPTS = 3
"""Before a channel is given up, however long the message waited before."""

_NEVER_INSTEAD = frozenset({Purpose.HEARTBEAT, Purpose.TEST})  # they are about their channel
_PASSED_ON = ">>"  # in a key: then the receiver
_DOUBLINGS = 20  # more overflow nothing, and wait no longer


@dataclass(frozen=True, slots=True)
class Tried:
    """A try that failed. `luck` (0 to 1) spreads the next ones.

    `failures` are those that this process has seen: one that a kill cut short was no failure of
    the channel, and costs no patience.
    """

    notification: Notification
    trouble: NotifyError
    now: datetime
    first_at: datetime  # of the first try there
    failures: int  # this one counted
    luck: float
    may_pass_on: bool = True  # whether another receiver was told of no such message lately


def pause_seconds(failures: int, severity: Severity, luck: float) -> float:
    """Return how long to wait after so many failures: doubling, spread over its second half."""
    critical = severity is Severity.CRITICAL
    first = FIRST_PAUSE_CRITICAL_SECONDS if critical else FIRST_PAUSE_SECONDS
    doubled = first * 2.0 ** min(max(failures - 1, 0), _DOUBLINGS)
    return min(doubled, LONGEST_PAUSE_SECONDS) * (0.5 + luck / 2)


def after(tried: Tried, plan: AlertPlan) -> End:
    """Return what becomes of a message after a try that failed."""
    one, trouble = tried.notification, tried.trouble
    assert one.id is not None  # noqa: S101 - it was claimed
    following = next_channel(one, plan)
    if trouble.permanent or _is_given_up(tried, plan, has_other=following is not None):
        given_up = replace(one, maybe_twice=one.maybe_twice or trouble.maybe_sent)
        if following is not None:
            return GivenUp(one.id, str(trouble), [_by(given_up, following, tried.now)])
        return GivenUp(one.id, str(trouble), _passed_on(tried, plan) if tried.may_pass_on else [])
    pause = pause_seconds(tried.failures, one.severity, tried.luck)
    wait = max(pause, trouble.retry_after or 0.0)
    if following is not None and trouble.retry_after is not None:  # longer than it may wait?
        waited = (tried.now - tried.first_at).total_seconds()
        if waited + wait > patience_seconds(one, plan, has_other=True):
            return GivenUp(one.id, str(trouble), [_by(one, following, tried.now)])
    return Failed(
        one.id,
        str(trouble),
        next_try_at=tried.now + timedelta(seconds=wait),
        maybe_twice=trouble.maybe_sent,
    )


def next_channel(one: Notification, plan: AlertPlan) -> str | None:
    """Return the channel to go on with; of one that is not the receiver's any more, the first."""
    if one.purpose in _NEVER_INSTEAD:
        return None
    known = plan.receivers.get(one.receiver)
    if known is not None and known.channels and one.channel not in known.channels:
        return known.channels[0]
    return plan.next_channel(one.receiver, one.channel)


def is_passed_on(end: End) -> bool:
    """Say whether another receiver is told of a message that is dead."""
    return isinstance(end, GivenUp) and any(_PASSED_ON in one.key for one in end.instead)


def _passed_on(tried: Tried, plan: AlertPlan) -> list[Notification]:
    """Return the message as another receiver reads it: the first who has another channel."""
    one = tried.notification
    if one.purpose in _NEVER_INSTEAD or _PASSED_ON in one.key:
        return []
    for name, other in plan.receivers.items():
        if name != one.receiver and one.channel not in other.channels:
            sent = _by(one, other.channels[0], tried.now)
            key = f"{one.key}{_PASSED_ON}{name}"
            facts = {**one.facts, "not_reached": one.receiver}
            return [replace(sent, receiver=name, key=key, facts=facts, maybe_twice=False)]
    return []


def patience_seconds(one: Notification, plan: AlertPlan, *, has_other: bool) -> float:
    """Return how long a message is tried, or waits, before it goes another way or is dead."""
    known = plan.receivers.get(one.receiver)
    if not has_other or known is None:
        return plan.keep_trying_seconds
    critical = one.severity is Severity.CRITICAL
    return known.give_up_critical_seconds if critical else known.give_up_seconds


def shortest_patience_seconds(plan: AlertPlan) -> float:
    """Return after how long the first message may have waited for too long."""
    some = [
        seconds
        for one in plan.receivers.values()
        for seconds in (one.give_up_seconds, one.give_up_critical_seconds)
    ]
    return min([plan.keep_trying_seconds, *some])


def waited_in_vain(
    one: Notification, plan: AlertPlan, trouble: str, now: datetime, *, may_pass_on: bool = True
) -> GivenUp | None:
    """Return what becomes of a message that waits behind others of its channel; None: it waits on.

    A channel that rests, or is asked for more than it bears, is tried with few: the others must not
    wait for it beyond their time.
    """
    assert one.id is not None  # noqa: S101 - it was read
    following = next_channel(one, plan)
    waited = (now - (one.due_at if one.attempts == 0 else one.created_at)).total_seconds()
    if waited < patience_seconds(one, plan, has_other=following is not None):
        return None
    words = f"waited {int(waited)} s for channel {one.channel}" + (
        f": {trouble}" if trouble else ""
    )
    if following is not None:
        return GivenUp(one.id, words, [_by(one, following, now)])
    tried = Tried(one, NotifyError(words), now, one.due_at, 0, 0.0)
    return GivenUp(one.id, words, _passed_on(tried, plan) if may_pass_on else [])


def _is_given_up(tried: Tried, plan: AlertPlan, *, has_other: bool) -> bool:
    one = tried.notification
    if one.attempts < LEAST_ATTEMPTS:
        return False
    patience = patience_seconds(one, plan, has_other=has_other)
    return (tried.now - tried.first_at).total_seconds() >= patience


def _by(one: Notification, channel: str, now: datetime) -> Notification:
    """Return a message as it goes out by another channel."""
    return replace(
        one,
        id=None,
        channel=channel,
        key=f"{one.key}>{channel}",
        created_at=now,
        due_at=now,
        state=DeliveryState.PENDING,
        attempts=0,
        reference=None,
        answer="",
    )
