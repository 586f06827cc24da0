"""Incidents: what people handle as one, and what they do with it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.deps import (
    LARGEST_ID,
    PAGE_DEFAULT,
    Cursor,
    Limit,
    OperatorOf,
    PartsOf,
    parse_moment,
    reply,
)
from api.errors import Code, ProblemError, invalid
from api.routes.devices import bad_cursor, read_cursor, write_cursor
from api.schemas import incidents as schemas
from collector.causes import suspected
from collector.model import CauseClass, IncidentEvent, IncidentEventKind, Outage
from collector.store import (
    IncidentDetail,
    IncidentFigures,
    IncidentFilter,
    IncidentPhase,
    IncidentRefusedError,
    IncidentRow,
    Refusal,
    UnknownIncidentError,
)

router = APIRouter(prefix="/incidents", tags=["incidents"])

WINDOW = timedelta(days=400)
_SUMMARY = timedelta(days=30)
_MICRO = 1_000_000

IncidentId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Id of an incident.")]
_Device = Annotated[str | None, Query(max_length=200, description="Something of it was out.")]
_Site = Annotated[str | None, Query(max_length=100, description="Something there was out.")]
_Area = Annotated[
    str | None, Query(max_length=20, description="Something there, or below, was out.")
]
_Cause = Annotated[CauseClass | None, Query(description="The cause in force.")]


@router.get("", response_model=schemas.IncidentPage)
def list_incidents(
    parts: PartsOf,
    phase: Annotated[
        IncidentPhase | None,
        Query(description="`open` (something is out), `recovered` or `resolved`."),
    ] = None,
    unacknowledged: Annotated[bool, Query(description="Only those that nobody has.")] = False,
    device: _Device = None,
    site: _Site = None,
    area: _Area = None,
    cause: _Cause = None,
    from_: Annotated[
        str | None, Query(alias="from", max_length=40, description="Began at or after this moment.")
    ] = None,
    to: Annotated[str | None, Query(max_length=40, description="Began before this moment.")] = None,
    merged: Annotated[bool, Query(description="Those that became part of others, too.")] = False,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """Incidents, newest first; filters narrow the list together."""
    wanted = IncidentFilter(
        phase=phase,
        unacknowledged=unacknowledged,
        device=device,
        site=site,
        area=area,
        cause=cause,
        start=None if from_ is None else parse_moment("from", from_),
        end=None if to is None else parse_moment("to", to),
        merged=merged,
    )
    now = parts.clock.now()
    after = _place(cursor)
    page = parts.store.incidents.page(wanted, now, limit=limit, after=after)
    items = [incident_view(row, now) for row in page.items]
    return reply({"items": items, "next": write_cursor(page.next)})


@router.get("/summary", response_model=schemas.Summary)
def get_incident_summary(
    parts: PartsOf,
    from_: Annotated[
        str | None, Query(alias="from", max_length=40, description="Default: 30 days before `to`.")
    ] = None,
    to: Annotated[str | None, Query(max_length=40, description="Default: now.")] = None,
    device: _Device = None,
    site: _Site = None,
    area: _Area = None,
    cause: _Cause = None,
) -> Response:
    """How the incidents that began in a window (at most 400 days) were handled.

    Merged ones, and those that were taken back, are none. Every mean comes with the number of
    incidents it is of.
    """
    now = parts.clock.now()
    end = now if to is None else parse_moment("to", to)
    start = end - _SUMMARY if from_ is None else parse_moment("from", from_)
    if start >= end:
        raise invalid("from", "must be before `to`")
    if end - start > WINDOW:
        raise invalid("from", f"a window has at most {WINDOW.days} days")
    wanted = IncidentFilter(device=device, site=site, area=area, cause=cause, start=start, end=end)
    found = parts.store.incidents.figures(wanted, now)
    by_cause = [
        {"cause": cause} | _figures_view(figures) for cause, figures in found.by_cause.items()
    ]
    return reply({"from": start, "to": end} | _figures_view(found.all) | {"by_cause": by_cause})


@router.get("/{incident_id}", response_model=schemas.IncidentDetail)
def get_incident(parts: PartsOf, incident_id: IncidentId) -> Response:
    """One incident with its timeline and outages.

    One that became part of another still answers: `merged_into` says where its outages went.
    """
    now = parts.clock.now()
    found = parts.store.incidents.get(incident_id, now)
    if found is None:
        raise _unknown()
    return reply(_detail_view(found, now))


@router.get("/{incident_id}/timeline", response_model=schemas.TimelinePage)
def list_incident_timeline(
    parts: PartsOf, incident_id: IncidentId, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response:
    """Every line of an incident's timeline, oldest first, with what was said in merged ones."""
    after = _place(cursor)
    page = parts.store.incidents.timeline(incident_id, limit=limit, after=after)
    if page is None:
        raise _unknown()
    items = [_line_view(line) for line in page.items]
    return reply({"items": items, "next": write_cursor(page.next)})


@router.post("/{incident_id}/acknowledge", response_model=schemas.IncidentDetail)
def acknowledge_incident(
    parts: PartsOf,
    principal: OperatorOf,
    incident_id: IncidentId,
    body: schemas.AcknowledgeBody | None = None,
) -> Response:
    """Take an incident in hand; the answer is the incident. Needs the role operator.

    The author is the name of the token. Again by the same author is fine; when somebody else has
    it, 409 says who.
    """
    now, text = parts.clock.now(), "" if body is None else body.text
    return _done(
        lambda: parts.store.incidents.acknowledge(incident_id, principal.name, text, now), now
    )


@router.delete("/{incident_id}/acknowledge", response_model=schemas.IncidentDetail)
def unacknowledge_incident(
    parts: PartsOf, principal: OperatorOf, incident_id: IncidentId
) -> Response:
    """Give an incident back: nobody has it in hand any more. Needs the role operator.

    Any operator may: who took it may have gone home. Where nobody had it, nothing happens.
    """
    now = parts.clock.now()
    return _done(lambda: parts.store.incidents.withdraw(incident_id, principal.name, now), now)


@router.post("/{incident_id}/notes", response_model=schemas.IncidentDetail)
def add_incident_note(
    parts: PartsOf, principal: OperatorOf, incident_id: IncidentId, body: schemas.NoteBody
) -> Response:
    """Write a note into the timeline, at any time. Needs the role operator."""
    now = parts.clock.now()
    return _done(
        lambda: parts.store.incidents.note(incident_id, principal.name, body.text, now), now
    )


@router.post("/{incident_id}/resolve", response_model=schemas.IncidentDetail)
def resolve_incident(
    parts: PartsOf, principal: OperatorOf, incident_id: IncidentId, body: schemas.ResolveBody
) -> Response:
    """Close an incident and say how it was solved. Needs the role operator.

    Refused (409) while something is out. One that recovered resolves itself after 24 hours.
    """
    now = parts.clock.now()
    return _done(
        lambda: parts.store.incidents.resolve(incident_id, principal.name, body.resolution, now),
        now,
    )


def incident_view(row: IncidentRow, now: datetime) -> dict[str, object]:
    """Return an incident as clients see it (schemas.IncidentView)."""
    one = row.incident
    until = one.recovered_at or now
    return asdict(one) | {
        "device": row.device,
        "device_name": row.device_name,
        "site": row.site,
        "site_name": row.site_name,
        "area": row.area,
        "area_name": row.area_name,
        "cause": row.cause,
        "cause_rule": row.rule,
        "cause_suspected": row.rule is not None and suspected(row.rule),
        "responsible": row.responsible,
        "down": row.down,
        "unreachable": row.unreachable,
        "devices": row.devices,
        "sites": row.sites,
        "areas": row.areas,
        "outages": row.outages,
        "duration_seconds": max(0.0, (until - one.started_at).total_seconds()),
    }


def _detail_view(found: IncidentDetail, now: datetime) -> dict[str, object]:
    return incident_view(found.row, now) | {
        "merged": found.merged,
        "timeline": [_line_view(line) for line in found.timeline],
        "timeline_left_out": found.lines_left_out,
        "first_outages": [_outage_view(one, name) for one, name in found.outages],
    }


def _line_view(line: IncidentEvent) -> dict[str, object]:
    """Return a line with what its text holds taken apart (`collector.incidents` writes it)."""
    text, cause, rule, other = line.text, None, None, None
    if line.kind is IncidentEventKind.CAUSE_PROPOSED:
        cause, _, rule = text.partition(" ")
        text = ""
    elif line.kind is IncidentEventKind.CAUSE_CORRECTED:
        cause, _, text = text.partition(" ")
    elif line.kind is IncidentEventKind.MERGED:
        text, other = "", int(text)
    return {
        "id": line.id,
        "incident": line.incident_id,
        "kind": line.kind,
        "at": line.at,
        "author": line.author,
        "text": text,
        "outage": line.outage_id,
        "cause": cause,
        "rule": rule,
        "other": other,
    }


def _outage_view(one: Outage, device_name: str) -> dict[str, object]:
    return {
        "id": one.id,
        "device": one.device_id,
        "device_name": device_name,
        "state": one.state,
        "started_at": one.started_at,
        "confirmed_at": one.confirmed_at,
        "ended_at": one.ended_at,
        "root": one.root,
        "cause": one.cause,
    }


def _figures_view(figures: IncidentFigures) -> dict[str, object]:
    return {
        "incidents": figures.count,
        "acknowledged": figures.acknowledged,
        "mtta_seconds": _seconds(figures.to_acknowledge),
        "mtta_from_start_seconds": _seconds(figures.to_acknowledge_from_start),
        "recovered": figures.recovered,
        "mttr_seconds": _seconds(figures.to_recover),
        "longest_seconds": _seconds(figures.longest),
        "longest": figures.longest_id,
    }


def _seconds(micros: int | None) -> float | None:
    return None if micros is None else micros / _MICRO


def _place(cursor: str | None) -> str | None:
    """Return the store's place in a list. Raises ProblemError (422) for one we did not write."""
    after = read_cursor(cursor)
    if after is not None:
        numbers = after.split(":")
        if len(numbers) != 2 or not all(_is_number(one) for one in numbers):
            raise bad_cursor()
    return after


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdigit() and len(text) < 19


def _done(work: Callable[[], IncidentDetail], now: datetime) -> Response:
    try:
        return reply(_detail_view(work(), now))
    except UnknownIncidentError:
        raise _unknown() from None
    except IncidentRefusedError as error:
        raise _refused(error) from None


def _unknown() -> ProblemError:
    detail = "There is no incident with this id; see the list."
    return ProblemError(404, Code.UNKNOWN_INCIDENT, detail)


def _refused(error: IncidentRefusedError) -> ProblemError:
    one = error.incident
    if error.why is Refusal.MERGED:
        detail = f"This incident is part of incident {one.merged_into} now; go there."
        return ProblemError(409, Code.INCIDENT_MERGED, detail)
    if error.why is Refusal.TAKEN:
        detail = f"{one.acknowledged_by} has this incident since {_moment(one.acknowledged_at)}."
        return ProblemError(409, Code.INCIDENT_TAKEN, detail)
    if error.why is Refusal.STILL_OUT:
        what = "1 outage" if error.out == 1 else f"{error.out} outages"
        detail = (
            f"{what} of this incident have not ended: it can be resolved when all is back. "
            "What never comes back leaves the inventory; that ends its outage."
        )
        return ProblemError(409, Code.INCIDENT_STILL_OUT, detail)
    by = "by itself" if one.resolved_by is None else f"by {one.resolved_by}"
    detail = f"This incident was resolved {by} at {_moment(one.resolved_at)}."
    return ProblemError(409, Code.INCIDENT_RESOLVED, detail)


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
