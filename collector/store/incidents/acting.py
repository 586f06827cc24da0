"""What people do with an incident: take it, give it back, write a note, resolve it.

Each is claimed by a conditional update: of two operators at once one wins, the other is told who
was first. The same request again by the same person is fine and leaves no second line.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, update

from collector.model import Incident, IncidentEvent, IncidentEventKind
from collector.model.alerts import AuditEntry
from collector.moments import to_micros
from collector.store import audit
from collector.store.incidents import rows
from collector.store.incidents.recording import resolve_due
from collector.store.incidents.rows import COUNTS
from collector.store.incidents.views import IncidentRefusedError, Refusal, UnknownIncidentError
from collector.store.schema import incidents, outages

_DEEDS = {
    IncidentEventKind.ACKNOWLEDGED: "acknowledge",
    IncidentEventKind.UNACKNOWLEDGED: "unacknowledge",
    IncidentEventKind.NOTE: "note",
    IncidentEventKind.RESOLVED: "resolve",
}


def acknowledge(
    connection: Connection, incident_id: int, author: str, text: str, now: datetime
) -> None:
    """Note that somebody has it in hand. Raises UnknownIncidentError, IncidentRefusedError."""
    one = _changeable(connection, incident_id, now)
    if one.acknowledged_by == author:
        return
    if one.acknowledged_at is not None:
        raise IncidentRefusedError(Refusal.TAKEN, one)
    free = incidents.c.acknowledged_at.is_(None)
    claim = {"acknowledged_at": to_micros(now), "acknowledged_by": author}
    if not _claimed(connection, incident_id, free, claim):
        raise IncidentRefusedError(Refusal.TAKEN, _there(connection, incident_id))
    _tell(connection, incident_id, IncidentEventKind.ACKNOWLEDGED, author, text, now)


def withdraw(connection: Connection, incident_id: int, author: str, now: datetime) -> None:
    """Note that nobody has it any more, and who had. Raises as `acknowledge` does.

    Anybody may: who took it may have gone home.
    """
    one = _changeable(connection, incident_id, now)
    if one.acknowledged_by is None:
        return
    had = incidents.c.acknowledged_by == one.acknowledged_by
    free: dict[str, object] = {"acknowledged_at": None, "acknowledged_by": None}
    if _claimed(connection, incident_id, had, free):
        kind = IncidentEventKind.UNACKNOWLEDGED
        _tell(connection, incident_id, kind, author, one.acknowledged_by, now)


def note(connection: Connection, incident_id: int, author: str, text: str, now: datetime) -> None:
    """Add a note, also to a resolved incident. Raises as `acknowledge` does."""
    one = _there(connection, incident_id)
    if one.merged_into is not None:
        raise IncidentRefusedError(Refusal.MERGED, one)
    _tell(connection, incident_id, IncidentEventKind.NOTE, author, text, now)


def resolve(
    connection: Connection, incident_id: int, author: str, text: str, now: datetime
) -> None:
    """Close an incident whose outages have all ended, and say how. Raises as `acknowledge` does."""
    resolve_due(connection, now)
    one = _there(connection, incident_id)
    if (one.resolved_by, one.resolution) == (author, text) and one.merged_into is None:
        return
    _refuse_what_is_over(one)
    if one.recovered_at is None:
        out = connection.scalar(
            select(func.count()).where(
                outages.c.incident_id == incident_id, COUNTS, outages.c.ended_at.is_(None)
            )
        )
        raise IncidentRefusedError(Refusal.STILL_OUT, one, out or 0)
    free = incidents.c.resolved_at.is_(None) & incidents.c.recovered_at.is_not(None)
    claim = {"resolved_at": to_micros(now), "resolved_by": author, "resolution": text}
    if not _claimed(connection, incident_id, free, claim):
        raise IncidentRefusedError(Refusal.RESOLVED, _there(connection, incident_id))
    _tell(connection, incident_id, IncidentEventKind.RESOLVED, author, text, now)


def _changeable(connection: Connection, incident_id: int, now: datetime) -> Incident:
    resolve_due(connection, now)
    one = _there(connection, incident_id)
    _refuse_what_is_over(one)
    return one


def _there(connection: Connection, incident_id: int) -> Incident:
    one = rows.one(connection, incident_id)
    if one is None:
        raise UnknownIncidentError(incident_id)
    return one


def _refuse_what_is_over(one: Incident) -> None:
    if one.merged_into is not None:
        raise IncidentRefusedError(Refusal.MERGED, one)
    if one.resolved_at is not None:
        raise IncidentRefusedError(Refusal.RESOLVED, one)


def _claimed(
    connection: Connection, incident_id: int, free: ColumnElement[bool], claim: dict[str, object]
) -> bool:
    result = connection.execute(
        update(incidents)
        .where(incidents.c.id == incident_id, incidents.c.merged_into.is_(None), free)
        .values(**claim)
    )
    return result.rowcount == 1


def _tell(
    connection: Connection,
    incident_id: int,
    kind: IncidentEventKind,
    author: str,
    text: str,
    now: datetime,
) -> None:
    rows.tell(connection, [IncidentEvent(incident_id, kind, now, author, text)])
    action = f"incident.{_DEEDS[kind]}"
    audit.write(connection, AuditEntry(now, author, action, f"incident:{incident_id}", text))
