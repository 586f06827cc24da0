"""The addresses of one-time links: GET looks, POST acts. No token of the API, no script.

The address is the permission, so it is written nowhere: not into logs, not into answers.
"""

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.acting.cases import Case, UnknownThreadError, look
from api.acting.doing import CannotError, do
from api.acting.page import STYLE, Page, case_page, problem
from api.acting.words import LANGUAGES, language_of
from api.deps import Parts, PartsOf
from api.errors import log_problem
from api.routes.notifications import speaker
from collector.notify.acting import LANGUAGE, PATH
from collector.notify.words.links import LinkError, Permission
from collector.store import StoreError

router = APIRouter(prefix=PATH, include_in_schema=False)

_A_DAY = "public, max-age=86400"

Work = Callable[[Parts, Permission], tuple[Case, bool]]


@router.get("/gaya.css")
async def get_style_of_links() -> Response:
    """The look of the pages."""
    return Response(STYLE, media_type="text/css", headers={"Cache-Control": _A_DAY})


@router.get("/{token}")
async def look_at_link(request: Request, parts: PartsOf, token: str) -> Response:
    """Show what a link is about, and a button where it can still do that."""

    def only_look(parts: Parts, permission: Permission) -> tuple[Case, bool]:
        return look(parts, permission, parts.clock.now()), False

    return await _answer(request, parts, token, only_look, acts=False)


@router.post("/{token}")
async def use_link(request: Request, parts: PartsOf, token: str) -> Response:
    """Do what a link allows, once, and say what was done, or why not."""

    def act(parts: Parts, permission: Permission) -> tuple[Case, bool]:
        return do(parts, permission, parts.clock.now())

    return await _answer(request, parts, token, act, acts=True)


async def _answer(
    request: Request, parts: Parts, token: str, work: Work, *, acts: bool
) -> Response:
    """Return the page of a link: 404, 410 and 429 before anything of it is looked at."""
    wanted = request.query_params.get(LANGUAGE, "")
    accepted = wanted if wanted in LANGUAGES else request.headers.get("accept-language", "")
    language = language_of(accepted, parts.settings.language)
    steady = parts.clock.monotonic()
    address = request.client.host if request.client else ""
    wait = parts.visits.by_address(address, steady)
    if wait:
        return _too_often(wait, language)
    try:
        permission = parts.links.read(token, parts.clock.now())
    except LinkError as error:
        key, status = ("expired", 410) if error.expired else ("not_genuine", 404)
        return _send(problem(key, language), language, status)
    wait = parts.visits.by_link(permission.nonce, steady)
    if wait:
        return _too_often(wait, language)
    try:
        case, done = await run_in_threadpool(work, parts, permission)
        page = await run_in_threadpool(case_page, case, speaker(language), done=done)
    except UnknownThreadError:
        return _send(problem("unknown", language), language, 404)
    except CannotError as error:
        log_problem(request, error)
        return _send(problem("cannot", language), language, 409)
    except StoreError as error:
        log_problem(request, error)
        return _send(problem("unavailable", language), language, 503, {"Retry-After": "2"})
    return _send(page, language, 409 if acts and not done else 200)


def _too_often(wait: int, language: str) -> Response:
    page = problem("too_often", language, seconds=wait)
    return _send(page, language, 429, {"Retry-After": str(wait)})


def _send(
    page: Page, language: str, status: int, headers: dict[str, str] | None = None
) -> Response:
    return Response(
        page.html(language),
        status_code=status,
        media_type="text/html",
        headers={
            "Cache-Control": "no-store",
            "Content-Language": language,
            "Vary": "Accept-Language",
            "X-Robots-Tag": "noindex",
            **(headers or {}),
        },
    )
