"""The public status page: no token, no parameters of the API, the same bytes for everybody."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.acting.words import language_of
from api.deps import PartsOf
from api.kept import Kept
from api.public.making import KEPT_SECONDS
from api.public.page import LANGUAGES, STYLE

router = APIRouter(prefix="/status", include_in_schema=False)

_A_MINUTE = f"public, max-age={int(KEPT_SECONDS)}"
_A_DAY = "public, max-age=86400"


@router.get("")
async def to_public_status() -> RedirectResponse:
    """Add the slash."""
    return RedirectResponse("/status/", status_code=307)


@router.get("/gaya.css")
async def get_style_of_status() -> Response:
    """The look of the page."""
    return Response(STYLE, media_type="text/css", headers={"Cache-Control": _A_DAY})


@router.get("/")
async def get_public_status(request: Request, parts: PartsOf) -> Response:
    """How the services are, by district; `?bahasa=id` or `en`, else as the browser likes."""
    kept: Kept[dict[str, bytes]] = request.app.state.public_pages
    wanted = request.query_params.get("bahasa", "")
    accepted = wanted if wanted in LANGUAGES else request.headers.get("accept-language", "")
    language = language_of(accepted, parts.settings.language)
    pages = await kept.get()
    headers = {
        "Cache-Control": _A_MINUTE,
        "Content-Language": language,
        "Vary": "Accept-Language",
    }
    return Response(pages[language], media_type="text/html; charset=utf-8", headers=headers)
