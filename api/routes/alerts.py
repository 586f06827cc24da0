"""Alerts: what somebody should know, how far each came, and why no further."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.deps import LARGEST_ID, PAGE_DEFAULT, Cursor, Limit, PartsOf, parse_span, reply
from api.errors import Code, ProblemError
from api.routes.devices import read_place, write_cursor
from api.schemas import alerts as schemas
from collector.model import State
from collector.model.alerts import HoldReason, Severity, Stage, Thread, ThreadMember
from collector.store import AlertDetail, AlertFilter, AlertRow

router = APIRouter(prefix="/alerts", tags=["alerts"])

AlertId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Id of an alert.")]


@router.get("", response_model=schemas.AlertPage)
def list_alerts(
    parts: PartsOf,
    firing: Annotated[
        bool | None, Query(description="Only those that have not ended, or that have.")
    ] = None,
    held: Annotated[
        bool | None, Query(description="Only those that are held, or that were told.")
    ] = None,
    stage: Annotated[Stage | None, Query(description="Where they came to.")] = None,
    hold_reason: Annotated[HoldReason | None, Query(description="Why they are held.")] = None,
    severity: Annotated[Severity | None, Query(description="How much it matters.")] = None,
    state: Annotated[State | None, Query(description="The state that should be known.")] = None,
    device: Annotated[str | None, Query(max_length=200, description="Of this device.")] = None,
    kind: Annotated[str | None, Query(max_length=100, description="Of devices like this.")] = None,
    area: Annotated[
        str | None, Query(max_length=20, description="Of devices there, or below.")
    ] = None,
    owner: Annotated[str | None, Query(max_length=100, description="Of its devices.")] = None,
    incident: Annotated[
        int | None, Query(ge=1, le=LARGEST_ID, description="Part of this incident.")
    ] = None,
    from_: Annotated[
        str | None,
        Query(alias="from", max_length=40, description="Confirmed at or after this moment."),
    ] = None,
    to: Annotated[
        str | None, Query(max_length=40, description="Confirmed before this moment.")
    ] = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """Alerts, newest first, ended ones too; filters narrow the list together."""
    start, end = parse_span(from_, to)
    wanted = AlertFilter(
        firing=firing,
        held=held,
        stage=stage,
        reason=hold_reason,
        severity=severity,
        state=state,
        device=device,
        kind=kind,
        area=area,
        owner=owner,
        incident=incident,
        start=start,
        end=end,
    )
    page = parts.store.alerts.page(wanted, limit=limit, after=read_place(cursor))
    items = [_alert_view(row) for row in page.items]
    return reply({"items": items, "next": write_cursor(page.next)})


@router.get("/{alert_id}", response_model=schemas.AlertDetail)
def get_alert(parts: PartsOf, alert_id: AlertId) -> Response:
    """One alert with every decision about it and the threads that it was told in."""
    found = parts.store.alerts.get(alert_id)
    if found is None:
        detail = "There is no alert with this id; see the list."
        raise ProblemError(404, Code.UNKNOWN_ALERT, detail)
    return reply(_detail_view(found))


def _alert_view(row: AlertRow) -> dict[str, object]:
    alert, decided = row.alert, row.decision
    return {
        "id": alert.id,
        "device": alert.device_id,
        "device_name": row.device_name,
        "kind": row.kind,
        "site": row.site,
        "site_name": row.site_name,
        "area": row.area,
        "area_name": row.area_name,
        "owner": row.owner,
        "state": alert.state,
        "severity": alert.severity,
        "began_at": alert.began_at,
        "confirmed_at": alert.confirmed_at,
        "state_at": alert.state_at or alert.began_at,
        "reason": alert.reason,
        "detail": alert.detail,
        "root": alert.root,
        "incident": alert.incident_id,
        "flapping": alert.flapping,
        "ended_at": alert.ended_at,
        "end_confirmed_at": alert.end_confirmed_at,
        "stage": None if decided is None else decided.stage,
        "hold_reason": None if decided is None else decided.reason,
        "hold_detail": "" if decided is None else decided.detail,
        "decided_at": None if decided is None else decided.at,
        "until_at": None if decided is None else decided.until_at,
    }


def _detail_view(found: AlertDetail) -> dict[str, object]:
    return _alert_view(found.row) | {
        "decisions": [
            {
                "at": one.at,
                "stage": one.stage,
                "reason": one.reason,
                "detail": one.detail,
                "until_at": one.until_at,
            }
            for one in found.decisions
        ],
        "decisions_left_out": found.decisions_left_out,
        "threads": [_thread_view(thread, member) for thread, member in found.threads],
    }


def _thread_view(thread: Thread, member: ThreadMember) -> dict[str, object]:
    return {
        "id": thread.id,
        "key": thread.key,
        "opened_at": thread.opened_at,
        "closed_at": thread.closed_at,
        "severity": thread.severity,
        "first_told_at": thread.first_told_at,
        "told_at": thread.told_at,
        "escalated": thread.escalated,
        "receivers": thread.receivers,
        "waiting": thread.waiting,
        "storm": thread.storm,
        "joined_at": member.joined_at,
        "left_at": member.left_at,
        "leads": member.leads,
        "told_state": member.told_state,
    }
