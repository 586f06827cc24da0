"""What the store tells about incidents, and why it refuses to change one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from collector.model import (
    CauseClass,
    CauseRule,
    Incident,
    IncidentEvent,
    Outage,
)


class IncidentPhase(StrEnum):
    """How far an incident has come."""

    OPEN = "open"  # something is out
    RECOVERED = "recovered"  # everything is back, nobody has closed it yet
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents; None does not narrow.

    `device`, `site` and `area` (with all areas below it) take those in which something there was
    out; `start <= started_at < end`. Merged ones are left out unless `merged`.
    """

    phase: IncidentPhase | None = None
    unacknowledged: bool = False
    device: str | None = None
    site: str | None = None
    area: str | None = None
    cause: CauseClass | None = None
    start: datetime | None = None
    end: datetime | None = None
    merged: bool = False


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident as people ask for it.

    `cause` is that of most of its own (down) outages, in force; `rule` is what proposed it, None
    where a person said so. `device`, `site` and `area` name what it is about: an incident of an
    area has no site, one of a site or feeder no device.
    """

    incident: Incident
    device: str | None
    device_name: str | None
    site: str | None
    site_name: str | None
    area: str | None
    area_name: str | None
    cause: CauseClass
    rule: CauseRule | None
    responsible: str | None
    down: int  # devices that are down now
    unreachable: int
    outages: int  # that count, ended ones too
    devices: int  # that were or are out
    sites: int
    areas: int


@dataclass(frozen=True, slots=True)
class IncidentDetail:
    """One incident with its timeline, oldest line first.

    Notes and acknowledgements of incidents that were merged into it are among the lines. Of the
    lines about single outages, and of the outages, only the first are here; `lines_left_out` says
    how many are missing.
    """

    row: IncidentRow
    merged: tuple[int, ...]  # the incidents that became part of it
    timeline: tuple[IncidentEvent, ...]
    lines_left_out: int
    outages: tuple[tuple[Outage, str], ...]  # with the name of the device


@dataclass(frozen=True, slots=True)
class IncidentFigures:
    """How incidents were handled. Means are whole microseconds, rounded down; None: of nothing.

    To acknowledge: from the moment we were sure (`opened_at`), and from the first failed probe
    (`started_at`); to recover: from `started_at`. Each is the mean of those that were, and says
    of how many. `longest` lasts until its recovery, or until now.
    """

    count: int = 0
    acknowledged: int = 0
    to_acknowledge: int | None = None
    to_acknowledge_from_start: int | None = None
    recovered: int = 0
    to_recover: int | None = None
    longest: int | None = None
    longest_id: int | None = None


@dataclass(frozen=True, slots=True)
class IncidentSummary:
    """Figures of a window, together and by cause."""

    all: IncidentFigures
    by_cause: dict[CauseClass, IncidentFigures]


class Refusal(StrEnum):
    """Why an incident cannot be changed like this."""

    MERGED = "merged"  # it is part of another one
    TAKEN = "taken"  # somebody else has it
    RESOLVED = "resolved"
    STILL_OUT = "still_out"


class IncidentRefusedError(Exception):
    """An incident was not changed; `incident` says how it is."""

    def __init__(self, why: Refusal, incident: Incident, out: int = 0) -> None:
        super().__init__(why.value)
        self.why = why
        self.incident = incident
        self.out = out  # how many outages are still on


class UnknownIncidentError(LookupError):
    """There is no incident with this id."""
