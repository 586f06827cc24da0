"""The city as a whole: numbers, places, and the snapshot for walls."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import schemas
from api.deps import PartsOf, reply
from api.kept import Kept
from api.schemas.wall import WallFigures
from api.views import status_view

router = APIRouter(tags=["city"])


@router.get("/status", response_model=schemas.Status)
def get_status(parts: PartsOf) -> Response:
    """The city in numbers: devices by state, by kind and by area, and who is watching.

    While no collector is alive every device counts as unknown.
    """
    names = {area.code: area.name for area in parts.store.areas()}
    seen = parts.sight()
    planned = parts.planned.by_kind_and_area(seen.now)
    return reply(status_view(parts.store.counts(), names, seen, planned))


@router.get("/sites", response_model=schemas.SitePage)
def list_sites(parts: PartsOf) -> Response:
    """All places, sorted by id."""
    return reply({"items": parts.store.sites(), "next": None})


@router.get("/owners", response_model=schemas.OwnerPage)
def list_owners(parts: PartsOf) -> Response:
    """All owners in use, of devices, links and power, sorted by id."""
    return reply({"items": parts.store.owners(), "next": None})


@router.get("/areas", response_model=schemas.AreaPage)
def list_areas(parts: PartsOf) -> Response:
    """All administrative areas, sorted by Kemendagri code."""
    return reply({"items": parts.store.areas(), "next": None})


@router.get("/wall", response_model=schemas.Wall)
async def get_wall(parts: PartsOf) -> Response:
    """Everything a wall needs, in one consistent snapshot that is at most a second old.

    It is true for all transitions up to and including `cursor`: follow with `GET /events`, whose
    own first event is the same snapshot. While no collector is alive every device is reported
    as unknown, with the reason `collector_gone`, since its last result.
    """
    snapshot = await parts.live.snapshot()
    return Response(snapshot.body, media_type="application/json")


@router.get("/wall/figures", response_model=WallFigures)
async def get_wall_figures(request: Request) -> Response:
    """What walls show beside the live state, at most a minute old and the same for all of them.

    Figures of services (each says of how many devices it is, and of how many it should be; null:
    nobody tells it), uptime by kind, the last day hour by hour, what recovered last, who owns.
    """
    kept: Kept[bytes] = request.app.state.wall_figures
    return Response(await kept.get(), media_type="application/json")
