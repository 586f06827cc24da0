"""What follows from the log of transitions, and what people add to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from collector.model.states import CauseClass, CauseRule, Reason, State


@dataclass(frozen=True, slots=True)
class Outage:
    """A device did not work: from a transition to down or unreachable until it is seen working.

    Two kinds, by `state`, which may overlap when a dead device's switch dies as well:
    DOWN, from the first down until next up or degraded; UNREACHABLE, from being cut off behind
    one root until next up, degraded or down, or until another root cuts it off.
    Time in which nobody looked neither begins nor ends one. One whose end is its start was taken
    back by a later word of the log, and counts for nothing.
    """

    device_id: str
    state: State  # DOWN or UNREACHABLE
    started_at: datetime
    confirmed_at: datetime  # when we were sure that it had begun
    ended_at: datetime | None = None  # None: still on
    end_confirmed_at: datetime | None = None  # None for an end: its device left the inventory
    reason: Reason = Reason.NO_ANSWER
    detail: str = ""
    root: str | None = None  # UNREACHABLE: the device that cuts it off
    root_outage_id: int | None = None  # the root's own outage
    proposed_cause: CauseClass = CauseClass.UNKNOWN
    proposed_by: CauseRule = CauseRule.NO_EVIDENCE
    cause: CauseClass = CauseClass.UNKNOWN  # in force: a person's last word, else the proposal
    incident_id: int | None = None
    id: int | None = None  # given by the store


@dataclass(frozen=True, slots=True)
class CauseCorrection:
    """A person's word on an outage's cause. The last one counts; none is ever overwritten."""

    outage_id: int
    cause: CauseClass
    reason: str
    author: str
    made_at: datetime
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Which devices something is about: those named, and all of these sites, areas and tags.

    An area takes in all areas below it.
    """

    devices: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """Planned work: its devices are muted, and its time is left out of uptime.

    With `recurrence` (an RFC 5545 RRULE without `RRULE:`) it comes again, reckoned on the wall
    clocks of `zone`, each time as long as the first. Never changed once made: cancelling keeps
    the row and lets nothing from `cancelled_from_at` on count; a changed window is a new one that
    `replaces` it.
    """

    title: str
    reason: str
    author: str
    created_at: datetime
    scope: Scope
    starts_at: datetime
    ends_at: datetime
    zone: str
    recurrence: str | None = None
    replaces: int | None = None
    cancelled_at: datetime | None = None
    cancelled_from_at: datetime | None = None
    cancelled_by: str | None = None
    cancel_reason: str | None = None
    id: int | None = None


class IncidentEventKind(StrEnum):
    """What happened in an incident's timeline."""

    OPENED = "opened"
    OUTAGE_JOINED = "outage_joined"
    OUTAGE_ENDED = "outage_ended"
    CAUSE_PROPOSED = "cause_proposed"
    CAUSE_CORRECTED = "cause_corrected"
    MERGED = "merged"  # another incident became part of this one
    RECOVERED = "recovered"  # its last outage ended
    REOPENED = "reopened"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"  # nobody has it any more; its text: who had
    NOTE = "note"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """One line of an incident's timeline. Without an author Pantau itself wrote it."""

    incident_id: int
    kind: IncidentEventKind
    at: datetime
    author: str | None = None
    text: str = ""
    outage_id: int | None = None
    id: int | None = None


class IncidentGroup(StrEnum):
    """What joins the outages of an incident."""

    DEVICE = "device"  # one root device, and what stands behind it
    SITE = "site"  # many at once: suspected power
    FEEDER = "feeder"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Incident:
    """Outages that people handle as one."""

    group: IncidentGroup
    group_key: str  # id of the device or site, name of the feeder, code of the area
    started_at: datetime  # of its first outage
    opened_at: datetime  # when we were sure of it
    recovered_at: datetime | None = None  # None: something is still out
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolution: str | None = None
    merged_into: int | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A collector's sign of life."""

    collector_id: str
    run_id: str
    started_at: datetime
    heartbeat_at: datetime
    figures: Mapping[str, float] = field(default_factory=dict)  # about itself, for /metrics
