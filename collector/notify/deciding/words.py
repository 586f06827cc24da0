"""What the deciding says: what is to be told to whom, and what is to be stored with it."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from collector.model.alerts import Alert, Decision, Purpose, Severity, Silence, Thread, ThreadMember

_OPENED = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"(?P<key>.+?)@(?P<opened>\d{8}T\d{6}\.\d{6}Z)")


@dataclass(frozen=True, slots=True)
class Content:
    """What a message is about, the same for everybody who gets it. Words are made elsewhere."""

    thread: Thread  # as it is with this message
    purpose: Purpose
    severity: Severity
    leading: tuple[Alert, ...] = ()  # firing, the most severe and oldest first
    carried: tuple[Alert, ...] = ()  # firing, held with those that lead
    new: tuple[str, ...] = ()  # devices among the leading that were in no message yet
    ended: tuple[Alert, ...] = ()  # well again
    threads: tuple[Thread, ...] = ()  # of a storm or a digest: what is told in one
    root: str | None = None  # the likely root: of a storm, the device that cuts off the most
    began_at: datetime | None = None  # of the first
    ended_at: datetime | None = None  # of the last, when all is well
    step: int = 0  # of an escalation: its time, seconds after the first word
    silence: Silence | None = None  # that is about to end


@dataclass(frozen=True, slots=True)
class Telling:
    """One message to make: a row of the outbox without its words.

    `key` follows from the thread, the purpose, the message's number, the receiver and the
    channel: whatever is decided again after a kill, the same message has the same key.
    """

    content: Content
    receiver: str
    channel: str
    key: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step of the desk came to: to be stored in one transaction, with the cursor.

    What is in it replaces what was stored: alerts by device and `began_at`, threads by key and
    `opened_at`, members by thread and device.
    """

    alerts: tuple[Alert, ...] = ()  # new or changed; without `id` when new
    decisions: tuple[tuple[Alert, Decision], ...] = ()  # `alert_id` is 0 for a new alert
    threads: tuple[Thread, ...] = ()
    members: tuple[ThreadMember, ...] = ()
    tellings: tuple[Telling, ...] = ()
    reminded: tuple[Silence, ...] = field(default=())  # silences whose author was reminded
    next_at: datetime | None = None  # when something becomes due without news


def thread_name(thread: Thread) -> str:
    """Return what names a thread for ever, by key and opening: `incident:12@20261126T18…Z`."""
    return f"{thread.key}@{thread.opened_at.strftime(_OPENED)}"


def thread_of(message_key: str) -> str | None:
    """Return the name of the thread that a message is of, from its key; None: of none."""
    found = _NAME.match(message_key)
    return None if found is None else found[0]


def named_thread(name: str) -> tuple[str, datetime] | None:
    """Return the key and the opening of a thread by its name; None: it is not a name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return found["key"], datetime.strptime(found["opened"], _OPENED).replace(tzinfo=UTC)
    except ValueError:
        return None
