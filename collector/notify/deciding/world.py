"""What a decision may look at: facts about devices, what mutes, what was found, what is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from collector.model import CauseClass, CauseRule, IncidentGroup
from collector.model.alerts import Alert, Severity, Silence, Thread, ThreadMember


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """Where a device is, what it is, and whose."""

    id: str
    name: str
    kind: str
    site: str
    areas: tuple[str, ...] = ()  # its site's area and those above it, narrowest first
    owner: str | None = None
    link_owner: str | None = None
    power_owner: str | None = None
    feeder: str | None = None
    parents: tuple[str, ...] = ()
    zone: str | None = None  # IANA; of its site
    tags: tuple[str, ...] = ()
    collector: str = "main"


@dataclass(frozen=True, slots=True)
class Planned:
    """A maintenance window that a device is in now."""

    title: str
    until_at: datetime
    window_id: int | None = None


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What an incident has come to. Of a merged one: what the one that stays has come to."""

    id: int  # of the one that stays
    group: IncidentGroup
    group_key: str
    cause: CauseClass = CauseClass.UNKNOWN
    rule: CauseRule = CauseRule.NO_EVIDENCE
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    reopened_at: datetime | None = None  # the last time: an older acknowledgement does not count
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an escalation: who is told when nobody has taken it by then."""

    after_seconds: float  # since the first message
    receivers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """That a route takes an alert: whom it goes to."""

    route: str  # its name, for people
    receivers: tuple[str, ...]  # as written: people, groups, rosters
    steps: tuple[Step, ...] = ()  # of its escalation, the earliest first


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the policy wants of an alert."""

    severity: Severity
    tell: bool = True
    after_seconds: float = 0.0  # how long it must have lasted before anybody is told
    policy: str = ""  # its name, for people


@dataclass(frozen=True, slots=True)
class Address:
    """One who is to be told now, by the channel that comes first."""

    receiver: str  # a person or group; never a roster
    channel: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon and how often things are told. Seconds."""

    settle_seconds: float = 30.0
    settle_critical_seconds: float = 10.0
    update_seconds: float = 300.0  # at the soonest after the message before
    repeat_seconds: float = 14_400.0  # 0: never
    storm_more_than: int = 20  # new threads …
    storm_within_seconds: float = 120.0  # … within this time
    storm_settle_seconds: float = 30.0
    silence_ends_seconds: float = 900.0  # how long before its end an author is reminded


class Rules(Protocol):
    """What `alerts.yaml` says. Pure: the same question has the same answer."""

    @property
    def pace(self) -> Pace:
        """How soon and how often things are told."""
        ...

    def policy(self, alert: Alert, device: DeviceFacts) -> Wanted:
        """Say how severe an alert is, and from when on somebody is told."""
        ...

    def route(self, alert: Alert, device: DeviceFacts, now: datetime) -> Taken | None:
        """Return who is told of an alert; None: no route takes it."""
        ...

    def people(self, receiver: str, now: datetime) -> tuple[Address, ...]:
        """Return who stands behind a receiver's name now: a roster's shift, or itself."""
        ...

    def quiet_until(self, receiver: str, severity: Severity, now: datetime) -> datetime | None:
        """Return until when a person's quiet hours hold such alerts back; None: they do not."""
        ...


ThreadName = tuple[str, datetime]  # key, opened_at


@dataclass(frozen=True, slots=True)
class World:
    """All that a decision may look at, as of `now`. Mappings may be lazy, never changing.

    `alerts`, `threads` and `members` are filled in by the desk from what it knows itself.
    """

    devices: Mapping[str, DeviceFacts]
    maintenance: Mapping[str, Planned] = field(default_factory=dict)  # by device; the last to end
    silences: Mapping[str, Silence] = field(default_factory=dict)  # by device; the last to end
    incidents: Mapping[int, IncidentFacts] = field(default_factory=dict)  # also by merged ids
    flapping: frozenset[str] = frozenset()  # devices, also those that are up at the moment
    gone: Mapping[str, datetime] = field(default_factory=dict)  # collector: its last heartbeat
    alerts: Mapping[str, Alert] = field(default_factory=dict)  # by device; open or lately ended
    threads: Mapping[str, Thread] = field(default_factory=dict)  # open ones by key
    members: Mapping[tuple[str, str], ThreadMember] = field(default_factory=dict)  # key, device
