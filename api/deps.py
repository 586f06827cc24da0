"""What routes are handed: the parts of the application, and inputs that were checked once here."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, get_type_hints

import orjson
from fastapi import Depends, Query, Request, params
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.acting.visits import Visits
from api.adoption import Adopter
from api.errors import Code, FieldError, ProblemError, invalid
from api.importing.running import ListDesk
from api.live import Live
from api.register.apart import Reconciler
from api.register.service import Register
from api.reports.jobs import Jobs
from api.security import Access, Gate, Principal
from api.settings import ApiSettings
from api.waiting import Waiting
from collector.clock import Clock
from collector.notify.words.links import LinkSigner
from collector.sight import Sight, sight
from collector.sinks import Sink
from collector.store import Planned, Store

PAGE_DEFAULT = 100
PAGE_LIMIT = 500
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that a request works with; built once in `api.app`."""

    store: Store
    sink: Sink
    clock: Clock
    settings: ApiSettings
    gate: Gate
    live: Live
    planned: Planned
    adopter: Adopter | None = None
    waiting: Waiting | None = None  # None: readings do not go to a server
    links: LinkSigner = field(default_factory=lambda: LinkSigner(secrets.token_bytes(32)))
    lists: ListDesk | None = None  # None: there is no inventory that could be written
    reconciler: Reconciler | None = None  # None: nobody reconciles by itself
    visits: Visits = field(default_factory=Visits)  # of the pages of one-time links
    reports: Jobs | None = None  # None: no report can be asked for
    started_at: datetime = field(init=False)
    register: Register = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "register", Register(self.store, self.clock))
        object.__setattr__(self, "started_at", self.clock.now())

    def sight(self) -> Sight:
        """Return whether anybody is looking now; blocks."""
        timeout = self.settings.collector_timeout_seconds
        return sight(self.store.collectors(), self.clock.now(), timeout)

    def known_until(self, now: datetime) -> datetime:
        """Return until when somebody looked: now, else the last heartbeat; blocks.

        Where no collector ever was: since ever nobody did.
        """
        timeout = self.settings.collector_timeout_seconds
        return sight(self.store.collectors(), now, timeout).known_until


async def get_parts(request: Request) -> Parts:
    """Return the parts of the application that handles this request."""
    parts: Parts = request.app.state.parts
    return parts


PartsOf = Annotated[Parts, Depends(get_parts)]

# Only to name the two ways in in the OpenAPI description; `Gate.identify` does the work.
_BEARER = HTTPBearer(auto_error=False, description="A token from `pantau token create`.")
_COOKIE = APIKeyCookie(
    name="pantau_session", auto_error=False, description="A session from `POST /api/v1/session`."
)


async def viewer(
    request: Request,
    parts: PartsOf,
    _bearer: Annotated[object, Depends(_BEARER)],
    _cookie: Annotated[object, Depends(_COOKIE)],
) -> Principal:
    """Let anyone pass who may look. Raises ProblemError (401, 403, 429)."""
    return await run_in_threadpool(parts.gate.identify, request)


ViewerOf = Annotated[Principal, Depends(viewer)]


async def operator(principal: ViewerOf) -> Principal:
    """Let operators and administrators pass. Raises ProblemError (403) for others."""
    if principal.access < Access.OPERATOR:
        raise ProblemError(403, Code.ROLE_TOO_LOW, "This needs the role operator.")
    return principal


async def admin(principal: ViewerOf) -> Principal:
    """Let administrators pass. Raises ProblemError (403) for others."""
    if principal.access < Access.ADMIN:
        raise ProblemError(403, Code.ROLE_TOO_LOW, "This needs the role admin.")
    return principal


async def beyond_the_wall(principal: ViewerOf) -> None:
    """Let everybody but screens pass: their links hang in halls and stand in the panels' settings.

    Raises ProblemError (403).
    """
    if principal.screen is not None:
        detail = "A screen's link shows the wall alone; open this with a token of your own."
        raise ProblemError(403, Code.ROLE_TOO_LOW, detail)


OperatorOf = Annotated[Principal, Depends(operator)]
AdminOf = Annotated[Principal, Depends(admin)]


@cache
def query_names(endpoint: Callable[..., object]) -> frozenset[str]:
    """Return the query parameters that a route function declares with `Query(…)`."""
    hints = get_type_hints(endpoint, include_extras=True)
    return frozenset(
        mark.alias or name
        for name, hint in hints.items()
        for mark in getattr(hint, "__metadata__", ())
        if isinstance(mark, params.Query)
    )


async def refuse_unknown_query(request: Request) -> None:
    """Refuse query parameters that the route does not know, or that come twice.

    A mistyped filter that is silently ignored answers another question than was asked. Raises
    ProblemError (422) that names each.
    """
    known = query_names(request.scope["endpoint"])
    names = [name for name, _ in request.query_params.multi_items()]
    errors = [
        FieldError(f"query.{name}", "unknown parameter" if name not in known else "given twice")
        for name in dict.fromkeys(names)
        if name not in known or names.count(name) > 1
    ]
    if errors:
        can = ", ".join(sorted(known)) or "none"
        detail = "; ".join(f"{one.field.removeprefix('query.')}: {one.message}" for one in errors)
        raise ProblemError(
            422, Code.INVALID_PARAMETERS, f"{detail}. This route knows: {can}.", errors=errors
        )


Limit = Annotated[
    int, Query(ge=1, le=PAGE_LIMIT, description=f"How many items at most (1 to {PAGE_LIMIT}).")
]
Cursor = Annotated[
    str | None,
    Query(max_length=200, description="`next` of the page before; leave it out for the first."),
]


def parse_moment(name: str, text: str, *, place: str = "query") -> datetime:
    """Return an ISO 8601 moment with zone (`2026-11-22T01:15:31Z`) as aware UTC.

    A `+` that a client forgot to write as `%2B` arrives as a space and is taken for what it was.
    Raises ProblemError (422).
    """
    try:
        moment = datetime.fromisoformat(text[:11] + text[11:].replace(" ", "+"))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise invalid(name, "write a moment with its zone, such as 2026-11-22T01:15:31Z", place=place)


def parse_span(from_: str | None, to: str | None) -> tuple[datetime | None, datetime | None]:
    """Return the moments of the query's `from` and `to`. Raises ProblemError (422)."""
    start = None if from_ is None else parse_moment("from", from_)
    end = None if to is None else parse_moment("to", to)
    if start is not None and end is not None and start >= end:
        raise invalid("from", "must be before `to`")
    return start, end


def reply(data: object, headers: Mapping[str, str] | None = None) -> Response:
    """Return JSON bytes of plain values, dataclasses, enums and aware datetimes (as `…Z`).

    Routes return this instead of objects: the framework's own encoder needs a second for 10,000
    rows and blocks everyone meanwhile, this one needs 5 ms.
    """
    return Response(
        orjson.dumps(data, option=orjson.OPT_UTC_Z),
        media_type="application/json",
        headers=dict(headers or {}),
    )
