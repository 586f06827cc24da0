"""That somebody should know: alerts, what was decided about them, and who was told what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from collector.model.history import Scope
from collector.model.states import Reason, State


class Severity(StrEnum):
    """How much it matters. It decides who is told, when, and how loudly."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Alert:
    """A device is in a state that somebody should know, from a transition until it is well again.

    One a device at a time: when the state gets worse or better without being well, the alert goes
    on with another state and severity. What stands behind a dead device has alerts as well; they
    are held, with the reason.
    """

    device_id: str
    state: State  # DOWN, DEGRADED, UNREACHABLE or UNKNOWN
    severity: Severity
    began_at: datetime
    confirmed_at: datetime
    reason: Reason
    detail: str = ""
    root: str | None = None  # the device that cuts it off
    incident_id: int | None = None  # DOWN and UNREACHABLE are part of one
    flapping: bool = False
    ended_at: datetime | None = None  # None: firing
    end_confirmed_at: datetime | None = None
    transition_id: int | None = None  # the last one that it took in
    state_at: datetime | None = None  # when this state began; None: with the alert
    id: int | None = None  # given by the store


class Stage(StrEnum):
    """The stages that every alert goes through, in this order."""

    MAINTENANCE = "maintenance"
    SILENCE = "silence"
    CAUSE = "cause"
    FLAPPING = "flapping"
    ACKNOWLEDGED = "acknowledged"
    POLICY = "policy"
    ROUTE = "route"
    GROUP = "group"
    REPEAT = "repeat"
    SEND = "send"


class HoldReason(StrEnum):
    """Why an alert is held at a stage. Held is recorded, never forgotten."""

    IN_MAINTENANCE = "in_maintenance"
    SILENCED = "silenced"
    PARENT_DOWN = "parent_down"  # told with the device that cuts it off
    POWER = "power"  # told with the place whose power failed
    FLAPPING = "flapping"  # told once as flapping
    ACKNOWLEDGED = "acknowledged"  # somebody has it in hand
    TOO_SHORT = "too_short"  # not long enough yet for the policy
    NOT_WANTED = "not_wanted"  # the policy tells nobody of such states
    NO_ROUTE = "no_route"  # no route takes it
    QUIET_HOURS = "quiet_hours"  # it can wait for the morning's digest
    SETTLING = "settling"  # more of the same cause may come within seconds
    STORM = "storm"  # told in one message with many others
    ALREADY_TOLD = "already_told"  # until the next repeat
    COLLECTOR_GONE = "collector_gone"  # nobody looks: told once for the collector
    STALE = "stale"  # over before anybody could be told


@dataclass(frozen=True, slots=True)
class Decision:
    """How far an alert came, and why no further. A new one is stored when it changes."""

    alert_id: int
    at: datetime
    stage: Stage  # where it was held; SEND: it was told
    reason: HoldReason | None = None  # None: it passed
    detail: str = ""  # for people: which window, silence, parent, route, until when
    until_at: datetime | None = None  # when it is to be decided again without other news
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Somebody muted these devices until then, because. It always ends; it is never deleted."""

    scope: Scope
    reason: str
    author: str
    created_at: datetime
    starts_at: datetime
    ends_at: datetime
    owners: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    ended_at: datetime | None = None  # by hand, before its time
    ended_by: str | None = None
    reminded_at: datetime | None = None  # that it is about to end
    id: int | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Somebody did something. Never changed, never deleted."""

    at: datetime
    author: str
    action: str  # "incident.acknowledge", "silence.create": thing, dot, verb
    object: str  # "incident:12", "silence:3"
    detail: str = ""  # for people: the reason, the words
    id: int | None = None


class Purpose(StrEnum):
    """What a notification is for."""

    FIRING = "firing"  # the first word of a thread
    UPDATE = "update"  # more, less, or another cause
    RECOVERED = "recovered"  # the last word of a thread
    REPEAT = "repeat"  # still so
    ESCALATION = "escalation"  # nobody took it in time
    STORM = "storm"  # many at once, in one
    DIGEST = "digest"  # what could wait until the morning
    FLAPPING = "flapping"
    SILENCE_ENDS = "silence_ends"
    HEARTBEAT = "heartbeat"  # the dead man's switch
    TEST = "test"


class DeliveryState(StrEnum):
    """What became of a notification."""

    PENDING = "pending"
    SENDING = "sending"  # on its way; found so at a start: it may have arrived
    SENT = "sent"
    DEAD = "dead"  # refused for good, or tried for too long
    WITHDRAWN = "withdrawn"  # no longer true before it could be sent


@dataclass(frozen=True, slots=True)
class Thread:
    """What is told as one: alerts of one cause, in one conversation with each receiver.

    A key may open again after it was closed: key and `opened_at` together name a thread.
    """

    key: str  # "incident:12", "device:cam-1", "flapping:cam-1", "collector:main", "storm:…"
    opened_at: datetime
    severity: Severity
    settled_at: datetime  # from when on it may be told
    closed_at: datetime | None = None
    told_at: datetime | None = None  # the last time
    told: Mapping[str, int] = field(default_factory=dict)  # counts by state that were told last
    escalated: int = 0  # time of the last step taken, seconds after the first word
    first_told_at: datetime | None = None
    told_severity: Severity | None = None
    told_cause: str = ""  # the place that was told as its cause last: "feeder:GI-3"; or none
    sequence: int = 0  # messages made; part of their keys
    receivers: tuple[str, ...] = ()  # who were told of it: they hear its end, once
    waiting: tuple[str, ...] = ()  # whose quiet hours it waits for
    over_at: datetime | None = None  # all is well since; told or not
    storm: str | None = None  # key of the storm that it is told in
    id: int | None = None


@dataclass(frozen=True, slots=True)
class ThreadMember:
    """An alert's part in a thread, and what was said of it there. One a device and thread."""

    thread_key: str
    thread_opened_at: datetime
    device_id: str
    joined_at: datetime
    leads: bool  # False: held with the one that leads, and told as a count
    told_state: State | None = None  # None: not named in a message yet
    told_severity: Severity | None = None
    left_at: datetime | None = None  # its alert went on in another thread
    alert_id: int | None = None  # given by the store


@dataclass(frozen=True, slots=True)
class Notification:
    """One message to one channel of one receiver: a row of the outbox.

    `key` is the same for every attempt: a receiver that got it twice can tell.
    """

    thread_id: int | None
    receiver: str
    channel: str
    purpose: Purpose
    key: str
    created_at: datetime
    due_at: datetime
    facts: Mapping[str, object]  # what the words are made of (collector.notify.facts)
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    maybe_twice: bool = False  # an answer was lost: it may have arrived before
    sent_at: datetime | None = None
    reference: str | None = None  # the channel's own name of the message, to edit or answer it
    answer: str = ""  # the channel's last words, bounded, without secrets
    severity: Severity = Severity.WARNING  # the most severe are sent first
    id: int | None = None
