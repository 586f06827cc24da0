"""Alerts, threads and messages as tests write them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from collector.model import Reason, State, Transition
from collector.model.alerts import (
    Alert,
    Decision,
    HoldReason,
    Notification,
    Purpose,
    Severity,
    Stage,
    Thread,
    ThreadMember,
)
from tests.contract.store_backends import T0, at


def alert(device_id: str, minutes: float = 0, **changed: Any) -> Alert:
    """A camera that is down, confirmed ten seconds after it began."""
    began = at(minutes)
    made = Alert(
        device_id,
        State.DOWN,
        Severity.WARNING,
        began,
        began + timedelta(seconds=10),
        Reason.NO_ANSWER,
    )
    return replace(made, **changed)


def held(
    of: Alert, reason: HoldReason = HoldReason.SETTLING, **changed: Any
) -> tuple[Alert, Decision]:
    """A decision that holds an alert."""
    return of, replace(Decision(of.id or 0, T0, Stage.GROUP, reason, "sampai 08:00"), **changed)


def passed(of: Alert, minutes: float = 1) -> tuple[Alert, Decision]:
    """A decision that lets an alert be told."""
    return of, Decision(of.id or 0, at(minutes), Stage.SEND)


def thread(key: str, **changed: Any) -> Thread:
    """A thread that may be told half a minute after it was opened."""
    made = Thread(key, T0, Severity.WARNING, T0 + timedelta(seconds=30))
    return replace(made, **changed)


def member(within: Thread, of: Alert, **changed: Any) -> ThreadMember:
    """An alert that leads a thread and was not named in a message yet."""
    made = ThreadMember(within.key, within.opened_at, of.device_id, T0, leads=True)
    return replace(made, **changed)


def message(key: str, thread_id: int | None = None, **changed: Any) -> Notification:
    """A first word of a thread to one channel of one receiver, due at once."""
    made = Notification(
        thread_id, "piket", "telegram", Purpose.FIRING, key, T0, T0, {"what": ["cam-1"]}
    )
    return replace(made, **changed)


def moved(
    device_id: str, old: State, new: State, minutes: float, cause: str | None = None
) -> Transition:
    """A transition that was confirmed ten seconds after it began."""
    begun = at(minutes)
    return Transition(
        device_id,
        old,
        new,
        begun,
        begun + timedelta(seconds=10),
        Reason.PARENT_DOWN if cause else Reason.NO_ANSWER,
        cause=cause,
    )
