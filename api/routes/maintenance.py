"""Maintenance windows: planned work that is muted and left out of uptime."""

from collections.abc import Collection, Iterable
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
    Parts,
    PartsOf,
    parse_moment,
    parse_span,
    reply,
)
from api.errors import Code, FieldError, ProblemError, invalid
from api.routes.devices import read_place, write_cursor
from api.schemas import maintenance as schemas
from collector.contract import Rules
from collector.maintenance import Span, WindowPhase, is_on, occurrences, phase, upcoming
from collector.model import MaintenanceWindow, Scope
from collector.store import WindowError, WindowGoneError
from collector.uptime import Window

router = APIRouter(prefix="/maintenance-windows", tags=["maintenance"])

_NEXT = 10
_SHOWN = 100  # devices of a preview
_OCCURRENCES = timedelta(days=100)
"""The longest span whose occurrences a list spells out: a window may be on every day."""

WindowId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Id of a window.")]


@router.get("", response_model=schemas.WindowPage)
def list_windows(
    parts: PartsOf,
    from_: Annotated[
        str | None, Query(alias="from", max_length=40, description="On at or after this moment.")
    ] = None,
    to: Annotated[str | None, Query(max_length=40, description="On before this moment.")] = None,
    device: Annotated[str | None, Query(max_length=200, description="Covering this one.")] = None,
    active: Annotated[bool | None, Query(description="Only those on now, or not on now.")] = None,
    in_phase: Annotated[
        WindowPhase | None, Query(alias="phase", description="Only those that are this now.")
    ] = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """Maintenance windows, newest first, cancelled ones too; filters narrow the list together.

    `from` and `to` look at when a window counts: its occurrences, without what was cancelled.
    """
    after = read_place(cursor)
    start, end = parse_span(from_, to)
    if device is not None and parts.store.device(device) is None:
        raise invalid("device", "there is no device with this id")
    now = parts.clock.now()
    page = parts.store.maintenance.page(
        start=start,
        end=end,
        device_id=device,
        active_at=now if active is True else None,
        inactive_at=now if active is False else None,
        in_phase=None if in_phase is None else (in_phase, now),
        limit=limit,
        after=after,
    )
    asked = None if start is None or end is None or end - start > _OCCURRENCES else (start, end)
    items = [
        window_view(one, now)
        | {"within": [] if asked is None else _spans_view(occurrences(one, *asked))}
        for one in page.items
    ]
    return reply({"items": items, "next": write_cursor(page.next)})


@router.post("", response_model=schemas.WindowDetail, status_code=201)
def create_window(parts: PartsOf, principal: OperatorOf, body: schemas.WindowBody) -> Response:
    """Make a window, before, during or after the work. Needs the role operator.

    The author is the name of the token. Whom it covers is left out of uptime while it is on, and
    `maintenance` is true for them.
    """
    wanted = _window(parts, principal.name, body)
    try:
        made = parts.store.maintenance.create(wanted)
    except WindowError as error:
        raise _refused(error, "body") from None
    response = _detail(parts, made)
    response.status_code = 201
    response.headers["Location"] = f"/api/v1/maintenance-windows/{made.id}"
    return response


@router.post("/preview", response_model=schemas.WindowPreview)
def preview_window(parts: PartsOf, _: OperatorOf, body: schemas.WindowBody) -> Response:
    """Tell what a window would cover and leave out, without making it. Needs the role operator.

    Title and reason may be empty still.
    """
    wanted = _window(parts, "preview", body)
    now = parts.clock.now()
    found = [
        one for one in parts.store.maintenance.check(wanted) if one.field not in ("title", "reason")
    ]
    if found:
        raise _refused(WindowError(*found), "body")
    covered = sorted(parts.store.maintenance.covered(wanted.scope))
    return reply(
        {
            "count": len(covered),
            "devices": covered[:_SHOWN],
            "occurrences": _spans_view(upcoming(wanted, now, _NEXT)),
            "lost_seconds": _lost(parts, wanted, covered, now),
        }
    )


@router.get("/{window_id}", response_model=schemas.WindowDetail)
def get_window(parts: PartsOf, window_id: WindowId) -> Response:
    """One window, also a cancelled one, with its next occurrences and the devices it covers."""
    window = parts.store.maintenance.get(window_id)
    if window is None:
        raise _unknown()
    return _detail(parts, window)


@router.put("/{window_id}", response_model=schemas.WindowDetail)
def replace_window(
    parts: PartsOf, principal: OperatorOf, window_id: WindowId, body: schemas.WindowChangeBody
) -> Response:
    """Put a new window in the place of this one; the answer is the new one. Needs operator.

    The old one is cancelled, never deleted, with the new one's reason; both happen or neither.
    """
    wanted = _window(parts, principal.name, body)
    from_at = None if body.from_ is None else parse_moment("from", body.from_, place="body")
    try:
        made = parts.store.maintenance.replace(window_id, wanted, from_at=from_at)
    except WindowError as error:
        raise _refused(error, "body") from None
    except WindowGoneError as error:
        raise _gone(error) from None
    if made is None:
        raise _unknown()
    return _detail(parts, made)


@router.delete("/{window_id}", response_model=schemas.WindowDetail)
def cancel_window(
    parts: PartsOf,
    principal: OperatorOf,
    window_id: WindowId,
    reason: Annotated[str, Query(max_length=2_000, description="Why; it stays for audits.")],
    from_: Annotated[
        str | None,
        Query(
            alias="from",
            max_length=40,
            description="Nothing counts from this moment on. Default: now. At or before its "
            "start: the window never counted.",
        ),
    ] = None,
) -> Response:
    """Cancel a window; the answer is the window as it is now. Needs the role operator.

    It is never deleted: who made it, who cancelled it and why stay readable.
    """
    try:
        window = parts.store.maintenance.cancel(
            window_id,
            author=principal.name,
            reason=reason,
            now=parts.clock.now(),
            from_at=None if from_ is None else parse_moment("from", from_),
        )
    except WindowError as error:
        raise _refused(error, "query") from None
    except WindowGoneError as error:
        raise _gone(error) from None
    if window is None:
        raise _unknown()
    return _detail(parts, window)


def window_view(window: MaintenanceWindow, now: datetime) -> dict[str, object]:
    """Return a window as clients see it (schemas.Window)."""
    return asdict(window) | {
        "after_the_fact": window.created_at > window.starts_at,
        "active": is_on(window, now),
        "phase": phase(window, now),
        "following": next(iter(_spans_view(upcoming(window, now, 1))), None),
    }


def _spans_view(spans: Iterable[Span]) -> list[dict[str, datetime]]:
    return [{"starts_at": start, "ends_at": end} for start, end in spans]


def _lost(
    parts: Parts, window: MaintenanceWindow, covered: Collection[str], now: datetime
) -> float | None:
    """Return the seconds of outages that a single window would leave out, as far as it is past.

    Of a recurring one it is not reckoned: its past may be hundreds of nights.
    """
    if window.recurrence is not None or window.starts_at >= now:
        return None
    tallies = parts.store.ledger.tallies(
        Window(window.starts_at, min(window.ends_at, now)),
        Rules(),
        zone=parts.settings.zone,
        now=now,
        known_until=parts.known_until(now),
        device_ids=covered,
    )
    return sum(one.down + one.unreachable for one in tallies.values()) / 1_000_000


def _detail(parts: Parts, window: MaintenanceWindow) -> Response:
    now = parts.clock.now()
    return reply(
        window_view(window, now)
        | {
            "occurrences": _spans_view(upcoming(window, now, _NEXT)),
            "devices": parts.store.maintenance.covered(window.scope),
        }
    )


def _window(parts: Parts, author: str, body: schemas.WindowBody) -> MaintenanceWindow:
    scope = body.scope
    return MaintenanceWindow(
        title=body.title.strip(),
        reason=body.reason.strip(),
        author=author,
        created_at=parts.clock.now(),
        scope=Scope(*(tuple(dict.fromkeys(named)) for named in _lists(scope))),
        starts_at=parse_moment("starts_at", body.starts_at, place="body"),
        ends_at=parse_moment("ends_at", body.ends_at, place="body"),
        zone=body.zone or parts.settings.zone,
        recurrence=body.recurrence,
    )


def _lists(scope: schemas.ScopeBody) -> tuple[list[str], list[str], list[str], list[str]]:
    return scope.devices, scope.sites, scope.areas, scope.tags


def _refused(error: WindowError, place: str) -> ProblemError:
    errors = [FieldError(f"{place}.{one.field}", one.message) for one in error.faults]
    return ProblemError(422, Code.INVALID_PARAMETERS, str(error), errors=errors)


def _unknown() -> ProblemError:
    detail = "There is no maintenance window with this id; see the list."
    return ProblemError(404, Code.UNKNOWN_WINDOW, detail)


def _gone(error: WindowGoneError) -> ProblemError:
    return ProblemError(409, Code.WINDOW_CANCELLED, f"This window is cancelled: {error}.")
