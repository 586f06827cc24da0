"""The application factory: parts in, FastAPI out. Nothing is global; tests build as many as needed.

request ─► SecurityHeaders ─► Requests (figures) ─► CatchAll (500) ─► BodyLimit (413)
    ─► routes ─► problem handlers
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse

from api import schemas
from api.adoption import Adopter
from api.bodies import BodyLimit
from api.deps import Parts, refuse_unknown_query, viewer
from api.errors import MEDIA_TYPE, CatchAll, install_error_handlers
from api.importing.running import ListDesk
from api.live import Live
from api.observe import Figures, Requests, make_registry
from api.observe_alerts import alert_figures
from api.public.page import kept_pages
from api.register.apart import Reconciler
from api.reports.jobs import Jobs
from api.routes import (
    access,
    acting,
    alarm_health,
    alerts,
    audit,
    city,
    devices,
    events,
    evidence,
    exports,
    health,
    imports,
    incidents,
    indicators,
    maintenance,
    notifications,
    outages,
    own_health,
    public_status,
    quarantine,
    register,
    reports,
    sessions,
    silences,
    spool,
    uptime,
)
from api.routes.page_files import PAGES, WALL, page_files
from api.security import Gate, SecurityHeaders
from api.sessions import SessionSigner
from api.settings import ApiSettings
from api.source import StoreSource
from api.sums import make_sums
from api.waiting import Waiting
from api.wall_figures.making import kept_figures
from collector.clock import Clock
from collector.notify.words.links import LinkSigner
from collector.sinks import Sink
from collector.store import Planned, Store

API_PREFIX = "/api/v1"
_ABOUT = (
    "Watches a city's public infrastructure. Times are ISO 8601 in UTC, durations `…_seconds`, "
    "percentages `…_percent`, lists `items` and `next`, errors RFC 9457 problem details."
)


def create_app(
    *,
    store: Store,
    sink: Sink,
    clock: Clock,
    settings: ApiSettings,
    adopter: Adopter | None = None,
    waiting: Waiting | None = None,
    lists: ListDesk | None = None,
    reports_kept: Jobs | None = None,
    reconciler: Reconciler | None = None,
) -> FastAPI:
    """Return the application over an open store and sink, which stay the caller's to close.

    Without an `adopter` the quarantine can be looked at, and nothing in it be adopted; without
    `lists` none can be imported, without `reports_kept` none can be asked for. `waiting`
    is there when readings go to a server.
    `app.state.parts` holds what it was built from.
    """
    key = settings.session_key or secrets.token_bytes(32)
    gate = Gate(
        store.tokens,
        clock,
        SessionSigner(key),
        require_token=settings.require_token,
    )
    planned = Planned(store)
    live = Live(
        StoreSource(store, clock, settings, planned),
        clock,
        heartbeat_seconds=settings.heartbeat_seconds,
        collector_timeout_seconds=settings.collector_timeout_seconds,
        still_valid=gate.still_valid,
    )
    links = LinkSigner(key)
    parts = Parts(
        store,
        sink,
        clock,
        settings,
        gate,
        live,
        planned,
        adopter,
        waiting,
        links,
        lists,
        reports=reports_kept,
        reconciler=reconciler,
    )
    registry = make_registry(
        Figures(
            parts.sight,
            store.collectors,
            store.counts,
            store.last_transition_id,
            live.counts,
            None if waiting is None else lambda: waiting.look(clock.now()),
            partial(alert_figures, store, clock) if settings.alerts else None,
        )
    )
    app = _with_routes(settings)
    app.state.parts = parts
    app.state.wall_figures = kept_figures(parts)
    if settings.public_status:
        app.state.public_pages = kept_pages(parts)
    app.state.registry = registry
    install_error_handlers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(CatchAll)  # the last one added is the outermost
    app.add_middleware(Requests, registry=registry)
    app.add_middleware(SecurityHeaders)
    return app


def describe() -> dict[str, Any]:
    """Return the OpenAPI description, without a store or anything else to answer from."""
    return _with_routes(ApiSettings()).openapi()


def _with_routes(settings: ApiSettings) -> FastAPI:
    app = FastAPI(
        title="Pantau",
        version="1",
        description=_ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,  # they would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # it would name a scheme and host that a proxy may have changed
        lifespan=_lifespan,
        generate_unique_id_function=_operation_id,
    )
    _add_routes(app, settings)
    return app


def _add_routes(app: FastAPI, settings: ApiSettings) -> None:
    problem = {"content": {MEDIA_TYPE: {}}, "model": schemas.ProblemDetails}
    api = APIRouter(
        prefix=API_PREFIX,
        dependencies=[Depends(viewer), Depends(refuse_unknown_query)],
        responses={
            "4XX": {**problem, "description": "The request cannot be answered; see `code`."},
            "5XX": {**problem, "description": "The server cannot answer now; see `code`."},
        },
    )
    for module in (
        city,
        devices,
        uptime,
        outages,
        incidents,
        alerts,
        notifications,
        silences,
        maintenance,
        audit,
        alarm_health,
        evidence,
        exports,
        indicators,
        quarantine,
        imports,
        reports,
        register,
        spool,
        events,
        sessions,
        access,
        own_health,
    ):
        api.include_router(module.router)
    app.include_router(api)
    app.include_router(acting.router)  # any query goes: chats add their own to what is pressed
    if settings.public_status:
        app.include_router(public_status.router)  # not there at all where nobody asked for it
    app.include_router(health.router, dependencies=[Depends(refuse_unknown_query)])
    for prefix, files in page_files(settings.web_directory):
        app.mount(prefix, files, name=prefix.strip("/"))

    @app.get("/", include_in_schema=False)
    async def to_the_wall() -> RedirectResponse:
        return RedirectResponse(f"/{WALL}/", status_code=307)

    for page in PAGES:
        app.add_api_route(f"/{page}", _slash_added(page), include_in_schema=False)


def _slash_added(page: str) -> Callable[[], Awaitable[RedirectResponse]]:
    async def to_the_page() -> RedirectResponse:
        return RedirectResponse(f"/{page}/", status_code=307)

    return to_the_page


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run the follower of the live path, and the maker of sums, as long as the application runs."""
    parts: Parts = app.state.parts
    tasks = [
        asyncio.create_task(parts.live.run(), name="live path"),
        asyncio.create_task(make_sums(parts), name="sums of past months"),
    ]
    if parts.reconciler is not None:
        tasks.append(asyncio.create_task(parts.reconciler.keep(), name="reconciliations"))
    try:
        yield
    finally:
        parts.live.close()
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def _operation_id(route: APIRoute) -> str:
    """Name operations after their functions: short, and the same in figures and checks."""
    return route.name
