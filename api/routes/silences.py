"""Silences: what people muted, why and until when."""

from dataclasses import asdict
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
    Parts,
    PartsOf,
    parse_moment,
    reply,
)
from api.errors import Code, FieldError, ProblemError, invalid
from api.routes.devices import read_place, write_cursor
from api.schemas import silences as schemas
from api.security import Principal
from collector.model import Scope
from collector.model.alerts import Silence
from collector.silences import is_on
from collector.silences import silences as covers
from collector.store import SilenceGoneError, WindowError

router = APIRouter(prefix="/silences", tags=["alerts"])

_SHOWN = 100  # devices of a preview

SilenceId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Id of a silence.")]


@router.get("", response_model=schemas.SilencePage)
def list_silences(
    parts: PartsOf,
    active: Annotated[bool | None, Query(description="Only those on now, or over now.")] = None,
    device: Annotated[str | None, Query(max_length=200, description="Covering this one.")] = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """Silences, newest first, also those that are over; filters narrow the list together."""
    row = None if device is None else parts.store.device(device)
    if device is not None and row is None:
        raise invalid("device", "there is no device with this id")
    now = parts.clock.now()
    page = parts.store.silences.page(
        active_at=now if active is True else None,
        over_at=now if active is False else None,
        device=row,
        limit=limit,
        after=read_place(cursor),
    )
    items = [silence_view(one, now) for one in page.items]
    return reply({"items": items, "next": write_cursor(page.next)})


@router.post("", response_model=schemas.SilenceView, status_code=201)
def create_silence(parts: PartsOf, principal: OperatorOf, body: schemas.SilenceBody) -> Response:
    """Mute devices until a moment, for a reason. Needs the role operator.

    The author is the name of the token. Alerts go on being found and are recorded as held; what is
    still wrong at its end is told then. Measuring and uptime are not touched.
    """
    wanted = _silence(parts, principal, body)
    try:
        made = parts.store.silences.create(wanted)
    except WindowError as error:
        raise _refused(error) from None
    response = reply(silence_view(made, parts.clock.now()))
    response.status_code = 201
    response.headers["Location"] = f"/api/v1/silences/{made.id}"
    return response


@router.post("/preview", response_model=schemas.SilencePreview)
def preview_silence(parts: PartsOf, principal: OperatorOf, body: schemas.SilenceBody) -> Response:
    """Tell what a silence would mute, without making it. Needs the role operator."""
    wanted = _silence(parts, principal, body)
    faults = parts.store.silences.check(wanted)
    if faults:
        raise _refused(WindowError(*faults))
    muted = [
        one.id for one in parts.store.facts() if one.retired_at is None and covers(wanted, one)
    ]
    firing = {one.device_id for one in parts.store.alerts.firing().values()}
    return reply(
        {
            "count": len(muted),
            "devices": muted[:_SHOWN],
            "firing": len(firing.intersection(muted)),
        }
    )


@router.get("/{silence_id}", response_model=schemas.SilenceView)
def get_silence(parts: PartsOf, silence_id: SilenceId) -> Response:
    """One silence, also one that is over."""
    found = parts.store.silences.get(silence_id)
    if found is None:
        raise _unknown()
    return reply(silence_view(found, parts.clock.now()))


@router.post("/{silence_id}/end", response_model=schemas.SilenceView)
def end_silence(parts: PartsOf, principal: OperatorOf, silence_id: SilenceId) -> Response:
    """End a silence before its time; the answer is the silence. Needs the role operator.

    Again by the same author is fine. What is still wrong is told within seconds.
    """
    now = parts.clock.now()
    try:
        ended = parts.store.silences.end(silence_id, principal.name, now)
    except SilenceGoneError as error:
        detail = f"This silence is over: {error}."
        raise ProblemError(409, Code.SILENCE_OVER, detail) from None
    if ended is None:
        raise _unknown()
    return reply(silence_view(ended, now))


def silence_view(silence: Silence, now: datetime) -> dict[str, object]:
    """Return a silence as clients see it (schemas.SilenceView)."""
    return asdict(silence) | {"active": is_on(silence, now)}


def _silence(parts: Parts, principal: Principal, body: schemas.SilenceBody) -> Silence:
    now = parts.clock.now()
    begins = body.starts_at
    return Silence(
        scope=_scope(body),
        reason=body.reason.strip(),
        author=principal.name,
        created_at=now,
        starts_at=now if begins is None else parse_moment("starts_at", begins, place="body"),
        ends_at=parse_moment("ends_at", body.ends_at, place="body"),
        owners=_once(body.owners),
        kinds=_once(body.kinds),
    )


def _scope(body: schemas.SilenceBody) -> Scope:
    scope = body.scope
    if scope is None:
        return Scope()
    return Scope(_once(scope.devices), _once(scope.sites), _once(scope.areas), _once(scope.tags))


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _refused(error: WindowError) -> ProblemError:
    errors = [FieldError(f"body.{one.field}", one.message) for one in error.faults]
    return ProblemError(422, Code.INVALID_PARAMETERS, str(error), errors=errors)


def _unknown() -> ProblemError:
    detail = "There is no silence with this id; see the list."
    return ProblemError(404, Code.UNKNOWN_SILENCE, detail)
