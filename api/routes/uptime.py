"""Uptime of a window, by device, site, area, kind or owner."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.deps import Parts, PartsOf, reply
from api.errors import invalid
from api.schemas import uptime as schemas
from api.uptime_csv import CsvForm, as_csv
from api.uptime_query import Asked, QueryError, read_question
from api.uptime_table import Table, as_json, make_table
from collector.uptime import GroupBy

router = APIRouter(tags=["uptime"])


class Format(StrEnum):
    """How the table is written."""

    JSON = "json"
    CSV = CsvForm.CSV.value
    CSV_ID = CsvForm.CSV_ID.value


class Degraded(StrEnum):
    """What degraded time counts as."""

    UP = "up"
    DOWN = "down"


_FILE = {"schema": {"type": "string"}}


@router.get(
    "/uptime",
    response_model=schemas.Uptime,
    responses={200: {"content": {"text/csv": _FILE}}},
)
def get_uptime(
    parts: PartsOf,
    from_: Annotated[
        str | None,
        Query(
            alias="from",
            max_length=40,
            description="A moment, or a date: midnight in each site's zone. Default: a day before "
            "`to`.",
        ),
    ] = None,
    to: Annotated[
        str | None,
        Query(max_length=40, description="The same, not included. Default, and latest: now."),
    ] = None,
    month: Annotated[
        str | None,
        Query(max_length=40, description="Instead: a whole month such as `2026-10`."),
    ] = None,
    group_by: Annotated[GroupBy, Query(description="What one row is about.")] = GroupBy.DEVICE,
    kind: Annotated[str | None, Query(max_length=40, description="Only devices like this.")] = None,
    site: Annotated[str | None, Query(max_length=200, description="Only those of a site.")] = None,
    area: Annotated[
        str | None, Query(max_length=20, description="Only those of an area and all below it.")
    ] = None,
    owner: Annotated[str | None, Query(max_length=200, description="Only those of one.")] = None,
    device: Annotated[str | None, Query(max_length=200, description="Only this one.")] = None,
    exclude: Annotated[
        str | None,
        Query(
            max_length=200,
            description="What the plain figure leaves out: a list of `maintenance` and causes, or "
            "`none`. Default: `maintenance`.",
        ),
    ] = None,
    contract: Annotated[
        str | None,
        Query(
            max_length=100,
            description="Name of the contract beside it, or `plain`. Default: the one in force.",
        ),
    ] = None,
    degraded: Annotated[Degraded, Query(description="What degraded time counts as.")] = Degraded.UP,
    format_: Annotated[
        Format,
        Query(
            alias="format",
            description="`csv` for programs, `csv-id` for Excel in Indonesian.",
        ),
    ] = Format.JSON,
) -> Response:
    """Uptime of a window with coverage, bounds, outages and causes; at most 400 days.

    `uptime_percent` is service uptime, `device_uptime_percent` leaves out what is not the
    device's fault, `contract` is the same group by the rules of the contract: both always stand
    side by side. Time in which nobody looked is unknown, never up and never down. Percentages are
    rounded down; null means that nothing is known.
    """
    given = {"kind": kind, "site": site, "area": area, "owner": owner, "device": device}
    asked = Asked(
        from_=from_,
        to=to,
        month=month,
        group_by=group_by,
        exclude=exclude,
        contract=contract,
        degraded_is_up=degraded is Degraded.UP,
        filters={name: value for name, value in given.items() if value is not None},
    )
    table = _table(parts, asked)
    if format_ is Format.JSON:
        return reply(as_json(table))
    form = CsvForm(format_.value)
    name = f"uptime-{group_by}-{month or f'{table.start:%Y-%m-%d}'}.csv"
    return Response(
        as_csv(table, form, parts.settings),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _table(parts: Parts, asked: Asked) -> Table:
    now = parts.clock.now()
    try:
        question = read_question(asked, parts.settings, now)
        return make_table(parts.store, question, parts.settings, now, parts.known_until(now))
    except QueryError as error:
        raise invalid(error.name, error.message) from None
