"""What an incident has come to, from what its outages come to, and from time alone."""

from dataclasses import replace
from datetime import datetime

from collector.incidents.words import RESOLVED_AFTER, TAKEN_BACK, Sums
from collector.model import Incident, IncidentEventKind


def settle(
    incident: Incident, sums: Sums, now: datetime
) -> tuple[Incident, tuple[IncidentEventKind, ...]]:
    """Return an incident as its outages leave it, and what is to be told of that.

    It recovers with the last of its outages (`recovered_at` is the latest end), opens again with
    a new one, and is nobody's then; it is resolved by Pantau when all were taken back. One that is
    resolved or merged stays as it is.
    """
    if incident.resolved_at is not None or incident.merged_into is not None:
        return incident, ()
    if sums.counting == 0 or sums.first_start_at is None:
        recovered_at = incident.recovered_at or incident.started_at
        resolved_at = max(now, recovered_at)
        gone = replace(
            incident, recovered_at=recovered_at, resolved_at=resolved_at, resolution=TAKEN_BACK
        )
        return gone, (IncidentEventKind.RESOLVED,)
    recovered = None if sums.out else sums.last_end_at
    settled = replace(incident, started_at=sums.first_start_at, recovered_at=recovered)
    if recovered is None and incident.recovered_at is not None:
        again = replace(settled, acknowledged_at=None, acknowledged_by=None)
        return again, (IncidentEventKind.REOPENED,)
    if recovered is not None and incident.recovered_at is None:
        return settled, (IncidentEventKind.RECOVERED,)
    return settled, ()


def resolves_itself_at(incident: Incident) -> datetime | None:
    """Return when an incident resolves, or resolved, itself; None while something is out."""
    return None if incident.recovered_at is None else incident.recovered_at + RESOLVED_AFTER


def as_of(incident: Incident, now: datetime) -> Incident:
    """Return an incident with what time alone has done to it: it resolves itself in the end."""
    due = resolves_itself_at(incident)
    if incident.resolved_at is not None or incident.merged_into is not None:
        return incident
    return incident if due is None or due > now else replace(incident, resolved_at=due)
