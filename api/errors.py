"""Errors as RFC 9457 problem details, one shape for everything that can go wrong.

A problem says what happened in words for people, and in `code` a stable word for programs. It
never carries what a client must not see: no traceback, no SQL, no value that was sent to us.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collector.notify.acting import PATH as LINKS
from collector.sinks import SinkError
from collector.store import StoreError

_LOG = logging.getLogger(__name__)
_OUR_FAULT = "Something went wrong here; the log knows what."
MEDIA_TYPE = "application/problem+json"


class Code(StrEnum):
    """The stable words in `code`; docs/api.md explains each."""

    NOT_FOUND = "not_found"
    UNKNOWN_DEVICE = "unknown_device"
    UNKNOWN_WINDOW = "unknown_window"
    UNKNOWN_INCIDENT = "unknown_incident"
    UNKNOWN_OUTAGE = "unknown_outage"
    UNKNOWN_ENTRY = "unknown_entry"
    UNKNOWN_ALERT = "unknown_alert"
    UNKNOWN_NOTIFICATION = "unknown_notification"
    UNKNOWN_SILENCE = "unknown_silence"
    UNKNOWN_IMPORT = "unknown_import"
    UNKNOWN_UPLOAD = "unknown_upload"
    UNKNOWN_REPORT = "unknown_report"
    TOO_MANY_REPORTS = "too_many_reports"
    NO_REPORTS = "no_reports"
    UNKNOWN_FINDING = "unknown_finding"
    UNKNOWN_SOURCE = "unknown_source"
    NO_SPOOL = "no_spool"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    BAD_REQUEST = "bad_request"
    INVALID_PARAMETERS = "invalid_parameters"
    INVALID_CURSOR = "invalid_cursor"
    TOKEN_MISSING = "token_missing"  # noqa: S105 - a word, not a secret
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a word, not a secret
    ROLE_TOO_LOW = "role_too_low"
    FOREIGN_ORIGIN = "foreign_origin"
    FOREIGN_HOST = "foreign_host"
    ADDRESS_REFUSED = "address_refused"
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a word, not a secret
    UNKNOWN_SCREEN = "unknown_screen"
    NAME_IN_USE = "name_in_use"
    LAST_ADMIN = "last_admin"
    BODY_TOO_LARGE = "body_too_large"
    WINDOW_CANCELLED = "window_cancelled"
    INCIDENT_MERGED = "incident_merged"
    INCIDENT_TAKEN = "incident_taken"
    INCIDENT_RESOLVED = "incident_resolved"
    INCIDENT_STILL_OUT = "incident_still_out"
    NOTIFICATION_NOT_DEAD = "notification_not_dead"
    SILENCE_OVER = "silence_over"
    DECISION_REFUSED = "decision_refused"
    ADOPTED_ALREADY = "adopted_already"
    DEVICE_EXISTS = "device_exists"
    INVENTORY_BROKEN = "inventory_broken"
    LIST_NOT_READY = "list_not_ready"
    PLAN_CHANGED = "plan_changed"
    NOT_IN_PLACE = "not_in_place"
    UNDO_REFUSED = "undo_refused"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    TOO_MANY_STREAMS = "too_many_streams"
    NO_EVIDENCE_KEY = "no_evidence_key"
    STORE_UNAVAILABLE = "store_unavailable"
    READINGS_UNAVAILABLE = "readings_unavailable"
    PAGES_NOT_BUILT = "pages_not_built"
    INTERNAL_ERROR = "internal_error"


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one input. `field` is its place, e.g. `query.limit`."""

    field: str
    message: str


@dataclass(slots=True)
class ProblemError(Exception):
    """Raise it anywhere below a route; the client gets it as problem details.

    `title` follows from the status, as RFC 9457 section 4.2.1 asks of `about:blank`.
    """

    status: int
    code: Code
    detail: str
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_response(problem: ProblemError) -> Response:
    """Return the response of a problem: `type title status detail code`, `errors` if any."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
    }
    if problem.errors:
        body["errors"] = list(problem.errors)
    return Response(
        orjson.dumps(body),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **problem.headers},
    )


def invalid(name: str, message: str, *, place: str = "query") -> ProblemError:
    """Return the problem of one input that cannot be used (422)."""
    return ProblemError(
        422,
        Code.INVALID_PARAMETERS,
        f"{name}: {message}",
        errors=(FieldError(f"{place}.{name}", message),),
    )


def unknown_device() -> ProblemError:
    """Return the problem of a device id that is not in the inventory (404)."""
    return ProblemError(404, Code.UNKNOWN_DEVICE, "There is no device with this id.")


def install_error_handlers(app: FastAPI) -> None:
    """Make every error of `app` a problem: ours, the framework's, the store's."""
    app.add_exception_handler(ProblemError, _own)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(StoreError, _store)
    app.add_exception_handler(SinkError, _sink)


class CatchAll:
    """ASGI middleware: what no handler knew becomes a 500 without internals, and a log line.

    Starlette's own place for this is outside all middleware, so its answer would go out without
    our security headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; answer for the application when it fails before its response began."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            # The path alone: a query may hold what somebody pasted there by mistake.
            _LOG.exception("a request failed: %s %s", scope["method"], shown_path(scope["path"]))
            if started:
                raise  # half an answer cannot be taken back: let the server cut the connection
            response = problem_response(
                ProblemError(
                    500, Code.INTERNAL_ERROR, "Something went wrong here; the log knows what."
                )
            )
            await response(scope, receive, send)


def shown_path(path: str) -> str:
    """Return a path as it may be logged: the address of a one-time link is a secret."""
    return f"{LINKS}/…" if path.startswith(f"{LINKS}/") else path


def log_problem(request: Request, error: Exception) -> None:
    """Log what kept a page from being shown or done."""
    _LOG.error("%s %s: %s", request.method, shown_path(request.url.path), error)


async def _own(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, ProblemError)  # noqa: S101 - what this handler is registered for
    return problem_response(error)


async def _http(request: Request, error: Exception) -> Response:
    """Turn the framework's own refusals (404, 405, a body that is no JSON) into problems."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what this handler is registered for
    status = error.status_code
    if status == HTTPStatus.NOT_FOUND:
        problem = ProblemError(status, Code.NOT_FOUND, "There is nothing at this address.")
    elif status == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"{request.method} is not possible here."
        problem = ProblemError(status, Code.METHOD_NOT_ALLOWED, detail)
    elif status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        problem = ProblemError(status, Code.BODY_TOO_LARGE, str(error.detail))
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        problem = ProblemError(status, Code.INTERNAL_ERROR, _OUR_FAULT)
    else:
        problem = ProblemError(status, Code.BAD_REQUEST, "The request could not be understood.")
    problem.headers = dict(error.headers or {})
    return problem_response(problem)


async def _validation(request: Request, error: Exception) -> Response:
    """Name each field and what is wrong; what was sent is not repeated, it may be a secret."""
    del request
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    errors = tuple(
        FieldError(".".join(str(part) for part in one["loc"]), str(one["msg"]))
        for one in error.errors()
    )
    detail = "; ".join(f"{one.field.rpartition('.')[2]}: {one.message}" for one in errors)
    return problem_response(ProblemError(422, Code.INVALID_PARAMETERS, detail, errors=errors))


async def _store(request: Request, error: Exception) -> Response:
    path = shown_path(request.url.path)
    _LOG.error("the store failed: %s %s: %s", request.method, path, error)
    detail = "The store cannot be read now; try again in a moment."
    headers = {"Retry-After": "2"}
    return problem_response(ProblemError(503, Code.STORE_UNAVAILABLE, detail, headers=headers))


async def _sink(request: Request, error: Exception) -> Response:
    _LOG.error("the readings failed: %s %s: %s", request.method, request.url.path, error)
    detail = (
        "The storage of readings cannot be read now. States and uptime do not depend on it "
        "and stay right."
    )
    headers = {"Retry-After": "5"}
    return problem_response(ProblemError(503, Code.READINGS_UNAVAILABLE, detail, headers=headers))
