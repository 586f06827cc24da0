"""What joining and settling hand to each other and to the store, and their limits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.model import (
    CauseRule,
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentGroup,
    Outage,
    State,
)

REOPEN_WITHIN = timedelta(minutes=30)
AT_ONCE_WITHIN = timedelta(minutes=2)  # as for the causes: what fails within this fails together
TAKEN_FOR = timedelta(minutes=10)  # as long as proposals of causes are made anew
RESOLVED_AFTER = timedelta(hours=24)  # after its recovery an incident resolves itself
MANY = 3
TAKEN_BACK = "taken_back"  # the resolution of an incident whose outages were all taken back

Place = tuple[IncidentGroup, str]
"""What an incident is about: its group and key."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a device stands: what it has in common with others."""

    site: str
    feeder: str | None
    areas: tuple[str, ...]  # its site's area and those above it, narrowest first

    def places(self) -> tuple[Place, ...]:
        """Return every place that takes this spot in."""
        feeder = () if self.feeder is None else ((IncidentGroup.FEEDER, self.feeder),)
        areas = tuple((IncidentGroup.AREA, area) for area in self.areas)
        return (IncidentGroup.SITE, self.site), *feeder, *areas


@dataclass(frozen=True, slots=True)
class Sums:
    """What the outages of an incident that count come to."""

    counting: int = 0
    out: int = 0  # still on
    first_start_at: datetime | None = None
    last_start_at: datetime | None = None
    last_end_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """An incident that is neither merged nor resolved."""

    incident: Incident
    sums: Sums
    devices: frozenset[str] = frozenset()  # of those asked about: the ones that were down in it
    spots: frozenset[Spot] = frozenset()  # of a place's incident: where devices were down


@dataclass(frozen=True, slots=True)
class Case:
    """What becomes of one incident. Without an id in `incident` it is to be opened.

    `merged` are the incidents that become part of it, as they were. `taken_over` are outages that
    leave another incident for this one, by their ids and with that incident's id: what is
    unreachable because of them comes along.
    """

    incident: Incident
    joined: tuple[Outage, ...] = ()
    merged: tuple[Incident, ...] = ()
    taken_over: tuple[tuple[int, int], ...] = ()

    def told(self, incident_id: int, now: datetime) -> list[IncidentEvent]:
        """Return the lines of the timelines, in order, once the incident has an id.

        `now` is when it was decided to merge. MERGED has the id of the other incident as its
        text, in both; with an outage it is about this outage alone.
        """
        lines = [
            IncidentEvent(
                incident_id, IncidentEventKind.OUTAGE_JOINED, one.confirmed_at, outage_id=one.id
            )
            for one in self.joined
        ]
        if self.incident.id is None:
            first = self.joined[0].id if self.joined else None
            opened = IncidentEvent(
                incident_id, IncidentEventKind.OPENED, self.incident.opened_at, outage_id=first
            )
            lines[:1] = [opened]
        pairs: list[tuple[int, int | None]] = [(one.id or 0, None) for one in self.merged]
        pairs += [(other, outage) for outage, other in self.taken_over]
        for other, outage in pairs:
            lines += [
                IncidentEvent(
                    here, IncidentEventKind.MERGED, now, text=str(there), outage_id=outage
                )
                for here, there in ((other, incident_id), (incident_id, other))
            ]
        return lines


def counts(outage: Outage) -> bool:
    """Say whether an outage counts: one whose end is its start was taken back."""
    return outage.ended_at != outage.started_at


def proposal_text(outage: Outage) -> str | None:
    """Return the text of CAUSE_PROPOSED: cause class and rule, a blank between. None: no word.

    What is unreachable says nothing new: its cause stands in front of it.
    """
    if outage.state is not State.DOWN or outage.proposed_by is CauseRule.NO_EVIDENCE:
        return None
    return f"{outage.proposed_cause} {outage.proposed_by}"
