"""The city as a whole: numbers, places, and the snapshot for walls."""

from collections import Counter
from dataclasses import asdict
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import schemas
from api.deps import PAGE_DEFAULT, Cursor, Limit, PartsOf, reply
from api.kept import Kept
from api.routes.devices import read_place, write_cursor
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
    """All administrative areas of the inventory, by Kemendagri code, with what the code means.

    `valid_from`, `valid_to`, `replaces` and `bps_code` are those of the code today; a code that is
    over shows when it ended.
    """
    today = parts.clock.now().astimezone(ZoneInfo(parts.settings.zone)).date()
    codes = parts.store.area_codes.register()
    newest = {one.code: one for one in codes}
    items = []
    for area in parts.store.areas():
        known = codes.at(area.code, today) or newest.get(area.code)
        items.append(
            {
                **asdict(area),
                "bps_code": None if known is None else known.bps,
                "valid_from": None if known is None else known.valid_from,
                "valid_to": None if known is None else known.valid_to,
                "replaces": () if known is None else known.replaces,
            }
        )
    return reply({"items": items, "next": None})


@router.get("/areas/codes", response_model=schemas.AreaCodePage)
def list_area_codes(
    parts: PartsOf,
    within: Annotated[
        str | None, Query(max_length=20, description="This code and all below it.")
    ] = None,
    at: Annotated[
        date | None, Query(description="Only what is in force on this day: `2026-11-22`.")
    ] = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """Codes of areas that are known, by code and time, also those of other cities and of the past.

    `pantau area import` puts them in; the four founding cities' are known from the start.
    """
    found = [
        one
        for one in parts.store.area_codes.register()
        if (within is None or one.code == within or one.code.startswith(f"{within}."))
        and (at is None or one.holds(at))
    ]
    first = int(read_place(cursor) or 0)
    items = [
        {
            "code": one.code,
            "name": one.name,
            "bps_code": one.bps,
            "valid_from": one.valid_from,
            "valid_to": one.valid_to,
            "replaces": one.replaces,
            "basis": one.basis,
        }
        for one in found[first : first + limit]
    ]
    further = str(first + limit) if first + limit < len(found) else None
    return reply({"items": items, "next": write_cursor(further)})


@router.get("/tags", response_model=schemas.TagPage)
def list_tags(parts: PartsOf) -> Response:
    """All tags of devices in use, each with how many devices have it, sorted."""
    counts = Counter(
        tag for one in parts.store.facts() if one.retired_at is None for tag in set(one.tags)
    )
    items = [{"tag": tag, "devices": number} for tag, number in sorted(counts.items())]
    return reply({"items": items, "next": None})


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
