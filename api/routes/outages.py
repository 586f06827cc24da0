"""Outages: when devices did not work, what it is put down to, and what people say to that."""

from datetime import datetime
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
from api.schemas import outages as schemas
from collector.causes import suspected
from collector.model import CauseClass, State
from collector.store import CorrectionError, OutageFilter, OutageRow

router = APIRouter(prefix="/outages", tags=["outages"])

OutageId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Id of an outage.")]


@router.get("", response_model=schemas.OutagePage)
def list_outages(
    parts: PartsOf,
    device: Annotated[str | None, Query(max_length=200, description="Of this device.")] = None,
    site: Annotated[str | None, Query(max_length=100, description="Of devices there.")] = None,
    area: Annotated[
        str | None, Query(max_length=20, description="Of devices there, or below.")
    ] = None,
    owner: Annotated[str | None, Query(max_length=100, description="Of its devices.")] = None,
    responsible: Annotated[
        str | None, Query(max_length=100, description="Whose minutes these are.")
    ] = None,
    state: Annotated[State | None, Query(description="`down` or `unreachable`.")] = None,
    cause: Annotated[CauseClass | None, Query(description="The cause in force.")] = None,
    open_: Annotated[
        bool | None, Query(alias="open", description="Only those still on, or only ended ones.")
    ] = None,
    from_: Annotated[
        str | None, Query(alias="from", max_length=40, description="Not over before this moment.")
    ] = None,
    to: Annotated[str | None, Query(max_length=40, description="Begun before this moment.")] = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """Outages, newest first; filters narrow the list together.

    `from` and `to` choose what touches that time. Outages that a later word of the log took back
    are left out.
    """
    if state not in (None, State.DOWN, State.UNREACHABLE):
        raise invalid("state", "write down or unreachable: other states are no outages")
    wanted = OutageFilter(
        device=device,
        site=site,
        area=area,
        owner=owner,
        responsible=responsible,
        state=state,
        cause=cause,
        open=open_,
        start=None if from_ is None else parse_moment("from", from_),
        end=None if to is None else parse_moment("to", to),
    )
    after = read_cursor(cursor)
    if after is not None and not _is_place(after):
        raise bad_cursor()
    page = parts.store.outages.page(wanted, limit=limit, after=after)
    now = parts.clock.now()
    items = [outage_view(row, now) for row in page.items]
    return reply({"items": items, "next": write_cursor(page.next)})


@router.get("/{outage_id}", response_model=schemas.OutageDetail)
def get_outage(parts: PartsOf, outage_id: OutageId) -> Response:
    """One outage, with all that was said on its cause."""
    return _detail(parts.store.outages.get(outage_id), parts.clock.now())


@router.post("/{outage_id}/cause", response_model=schemas.OutageDetail)
def correct_outage_cause(
    parts: PartsOf, principal: OperatorOf, outage_id: OutageId, body: schemas.CauseBody
) -> Response:
    """Say what an outage was really put down to; the answer is the outage. Needs operator.

    The author is the name of the token. What was said before stays in the trace; figures of
    uptime, whose minutes these are and contracts follow the last word from now on. To take a word
    back, say again what `cause_proposed` says.
    """
    now = parts.clock.now()
    try:
        found = parts.store.outages.correct(outage_id, body.cause, body.reason, principal.name, now)
    except CorrectionError as error:
        raise ProblemError(422, Code.INVALID_PARAMETERS, f"{error}.") from None
    return _detail(found, now)


def outage_view(row: OutageRow, now: datetime) -> dict[str, object]:
    """Return an outage as clients see it (schemas.OutageView)."""
    one = row.outage
    until = one.ended_at or now
    return {
        "id": one.id,
        "device": one.device_id,
        "device_name": row.device_name,
        "site": row.site,
        "site_name": row.site_name,
        "area": row.area,
        "area_name": row.area_name,
        "state": one.state,
        "started_at": one.started_at,
        "confirmed_at": one.confirmed_at,
        "ended_at": one.ended_at,
        "duration_seconds": max(0.0, (until - one.started_at).total_seconds()),
        "reason": one.reason,
        "detail": one.detail,
        "cause": one.cause,
        "cause_proposed": one.proposed_cause,
        "cause_rule": one.proposed_by,
        "cause_suspected": not row.corrected and suspected(one.proposed_by),
        "corrected": row.corrected,
        "root": one.root,
        "root_name": row.root_name,
        "root_outage": one.root_outage_id,
        "responsible": row.responsible,
        "incident": one.incident_id,
    }


def _detail(row: OutageRow | None, now: datetime) -> Response:
    if row is None:
        raise ProblemError(404, Code.UNKNOWN_OUTAGE, "There is no outage with this id.")
    said = [
        {"cause": one.cause, "reason": one.reason, "author": one.author, "made_at": one.made_at}
        for one in row.corrections
    ]
    return reply(outage_view(row, now) | {"corrections": said})


def _is_place(after: str) -> bool:
    """Say whether a cursor holds what we write: two numbers with a dot between."""
    numbers = after.split(".")
    return len(numbers) == 2 and all(
        one.isascii() and one.removeprefix("-").isdigit() and len(one) < 19 for one in numbers
    )
