"""Sessions: a cookie for browsers, got with a token (an EventSource cannot send headers)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import schemas
from api.deps import PartsOf, ViewerOf, reply
from api.screens import settings_of
from api.security import set_session_cookie

router = APIRouter(tags=["session"])


@router.post(
    "/session",
    response_model=schemas.Session,
    status_code=201,
    responses={429: {"model": schemas.ProblemDetails, "description": "Too many wrong tokens."}},
)
async def open_session(request: Request, parts: PartsOf, principal: ViewerOf) -> Response:
    """Exchange `Authorization: Bearer TOKEN` for an HttpOnly session cookie.

    A viewer's session lasts up to 400 days (an unattended wall), others' 12 hours; none outlives
    its token, and revoking the token ends it at once.
    """
    value, ends_at = parts.gate.start_session(principal)
    role = principal.access.name.lower()
    response = reply({"name": principal.name, "role": role, "expires_at": ends_at})
    response.status_code = 201
    left = int((ends_at - parts.clock.now()).total_seconds())
    set_session_cookie(request, response, value, left)
    return response


@router.get("/session", response_model=schemas.Visitor)
async def get_session(principal: ViewerOf) -> Response:
    """Who is asking, and as what: what a page needs to know to offer only what may be done."""
    screen = None if principal.screen is None else settings_of(principal.screen)
    return reply({"name": principal.name, "role": principal.access.name.lower(), "screen": screen})


@router.delete("/session", status_code=204)
async def close_session(request: Request, principal: ViewerOf) -> Response:
    """Forget the session in this browser. To end it everywhere, revoke its token."""
    del principal
    response = Response(status_code=204)
    set_session_cookie(request, response, "", 0)
    return response
