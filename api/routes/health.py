"""Pantau about itself: alive, ready, and in figures for Prometheus. No `/api/v1` before these."""

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from api import schemas
from api.deps import Parts, PartsOf, ViewerOf, reply
from api.observe_alerts import report_of
from api.waiting import why_not_ready
from collector.notify.figures import why_not_ready as why_not_told
from collector.sinks import SinkError
from collector.store import StoreError

router = APIRouter(tags=["health"])

_NOT_READY = {"model": schemas.Readiness, "description": "Not ready, with the reasons."}


@router.get("/healthz", response_model=schemas.Alive)
async def get_health() -> Response:
    """Tell that the process answers: nothing else is looked at. Needs no token."""
    return reply({"alive": True})


@router.get("/readyz", response_model=schemas.Readiness, responses={503: _NOT_READY})
def get_readiness(parts: PartsOf) -> Response:
    """Tell whether what is served can be relied on: store, readings, collectors. Needs no token."""
    reasons = not_ready(parts)
    response = reply({"ready": not reasons, "reasons": reasons})
    response.status_code = 503 if reasons else 200
    return response


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def get_metrics(request: Request, principal: ViewerOf) -> Response:
    """Figures about Pantau itself in Prometheus' text format. Needs a token, as a bearer."""
    del principal
    return Response(generate_latest(request.app.state.registry), media_type=CONTENT_TYPE_LATEST)


def not_ready(parts: Parts) -> list[str]:
    """Return what is wrong, in words without internals; empty when ready."""
    reasons = []
    try:
        if parts.sight().blind:
            reasons.append(
                "collector: no collector has written a heartbeat for "
                f"{parts.settings.collector_timeout_seconds:g} s; states are reported as unknown"
            )
        reasons += [
            f"collector: two collectors call themselves {one.collector_id}; give each its own "
            "collector_id"
            for one in parts.store.collectors()
            if one.figures.get("same_name_twice")
        ]
        if parts.settings.alerts:
            reasons += why_not_told(report_of(parts.store), parts.clock.now())
    except StoreError:
        reasons.append("store: it cannot be read")
    try:
        parts.sink.list_series("")
    except SinkError:
        reasons.append(
            "readings: their storage cannot be read, `pantau doctor` says why; states and uptime "
            "stay right"
        )
    reasons += _waiting_too_long(parts)
    if not parts.live.following:
        reasons.append("live: the event stream does not follow the store")
    return reasons


def _waiting_too_long(parts: Parts) -> list[str]:
    if parts.waiting is None:
        return []
    try:
        reason = why_not_ready(parts.waiting.look(parts.clock.now()))
    except SinkError:
        return ["readings: what waits for InfluxDB cannot be read; the log knows why"]
    return [] if reason is None else [reason]
