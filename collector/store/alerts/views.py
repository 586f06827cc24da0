"""What the store is handed about alerts in one transaction, and what it tells about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from collector.model import Incident, Outage, State, Transition
from collector.model.alerts import (
    Alert,
    Decision,
    HoldReason,
    Notification,
    Purpose,
    Severity,
    Silence,
    Stage,
    Thread,
    ThreadMember,
)
from collector.store.incidents.views import IncidentRow
from collector.store.rows import DeviceFacts


@dataclass(frozen=True, slots=True)
class Mark:
    """How far somebody came in a log, or what a process says about itself, and when."""

    value: int
    at: datetime
    figures: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where the process of alerts takes up its work again.

    `alerts` are those that are firing, ended ones that an open thread still has to tell, and the
    last ones of roots that firing ones stand behind (when a root returned decides how long they
    are held), oldest first; `decisions` what was decided last about them; `threads` the open ones;
    `members` all of these that have not left.
    """

    marks: Mapping[str, Mark]
    alerts: tuple[Alert, ...]
    decisions: tuple[tuple[Alert, Decision], ...]
    threads: tuple[Thread, ...]
    members: tuple[ThreadMember, ...]


@dataclass(frozen=True, slots=True)
class NewsRow:
    """A transition with what it is about.

    `outage` is the one that the device is in by this transition, None when it is in none (it is
    up, degraded or unknown; or a later word took it back). `incident` is where that outage
    belongs now: the one that stays, when incidents were merged.
    """

    transition: Transition
    device: DeviceFacts
    outage: Outage | None = None
    incident: Incident | None = None


@dataclass(frozen=True, slots=True)
class IncidentNews:
    """An incident as it is now. `reopened_at`: the last time that it was opened again."""

    row: IncidentRow
    reopened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Messages that are no longer true: pending ones of a key, or of a thread (some purposes)."""

    why: str
    key: str | None = None
    thread_id: int | None = None
    purposes: tuple[Purpose, ...] = ()  # none: all


@dataclass(frozen=True, slots=True)
class Batch:
    """One step of the process of alerts: all of it is written, or nothing.

    What is in it replaces what was stored: alerts by device and `began_at`, threads by key and
    `opened_at`, members by thread and device; ids are not needed. A decision comes with its alert,
    a notification with its thread (its `thread_id` is set here). One whose key is known is left
    as it is. `expects` are marks that must be so (None: not there), or another process is at
    work: CursorMovedError.
    """

    at: datetime
    marks: Mapping[str, int] = field(default_factory=dict)
    expects: Mapping[str, int | None] = field(default_factory=dict)
    alerts: Sequence[Alert] = ()
    decisions: Sequence[tuple[Alert, Decision]] = ()
    threads: Sequence[Thread] = ()
    members: Sequence[ThreadMember] = ()
    notifications: Sequence[tuple[Thread | None, Notification]] = ()
    withdrawn: Sequence[Withdrawal] = ()
    reminded: Sequence[Silence] = ()  # whose authors are told that they end soon


@dataclass(frozen=True, slots=True)
class Committed:
    """What a batch came to: its alerts and threads with their ids, new messages by key."""

    alerts: tuple[Alert, ...]
    threads: tuple[Thread, ...]
    notifications: Mapping[str, int]  # only those that were not there
    withdrawn: frozenset[str]  # keys; what is on its way already cannot be taken back


class CursorMovedError(Exception):
    """Another process of alerts wrote since; nothing was written. Begin again, or end."""


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts; None does not narrow.

    `firing`: not ended. `held`: the last decision held it. `area` takes in its sub-areas;
    `start <= confirmed_at < end`.
    """

    firing: bool | None = None
    held: bool | None = None
    stage: Stage | None = None
    reason: HoldReason | None = None
    severity: Severity | None = None
    state: State | None = None
    device: str | None = None
    kind: str | None = None
    area: str | None = None
    owner: str | None = None
    incident: int | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as people ask for it: with its device, and what was decided last."""

    alert: Alert
    decision: Decision | None
    device_name: str | None  # None: what it is about is no device of the inventory
    kind: str | None
    site: str | None
    site_name: str | None
    area: str | None
    area_name: str | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class AlertDetail:
    """One alert with all that was decided, oldest first, and the threads that it was told in.

    Of very many decisions some in the middle are not kept; `decisions_left_out` says how many.
    """

    row: AlertRow
    decisions: tuple[Decision, ...]
    decisions_left_out: int
    threads: tuple[tuple[Thread, ThreadMember], ...]


class FiringAlert(NamedTuple):
    """A firing alert in few words: what a screen needs to know that something changed."""

    device_id: str
    state: State
    severity: Severity
    stage: Stage | None  # None: not decided yet
    reason: HoldReason | None  # None: not held


@dataclass(frozen=True, slots=True)
class AlertCount:
    """How many firing alerts of a severity stand where."""

    severity: Severity
    stage: Stage | None  # None: not decided yet
    reason: HoldReason | None
    count: int
