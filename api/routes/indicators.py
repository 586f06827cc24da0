"""Indicators of assessments with the evidence that supports them."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.deps import PartsOf, reply
from api.errors import invalid
from api.exports.making import ExportError, month_asked
from api.indicators.mapping import Certainty, load_mapping
from api.indicators.working import indicators_view
from api.schemas.shape import Next, Percent, Shape

router = APIRouter(tags=["indicators"])


class IndicatorWords(Shape):
    """Words in Indonesian and English."""

    id: str
    en: str


class IndicatorFramework(Shape):
    """An index or a standard."""

    id: str
    name: IndicatorWords
    source: str
    note: IndicatorWords | None


class IndicatorEvidence(Shape):
    """What supports an indicator, and how it is had."""

    evidence: str
    title: IndicatorWords
    how: str


class IndicatorFigures(Shape):
    """Points of the kinds that count, and how many of them worked in the month."""

    devices: int
    working_points: Annotated[
        float | None, Field(description="Devices x uptime, floored to one decimal.")
    ]
    working_points_low: Annotated[
        float | None, Field(description="If all unknown time had been down.")
    ]
    working_points_high: Annotated[
        float | None, Field(description="If all unknown time had been up.")
    ]
    uptime_percent: Percent | None
    coverage_percent: Percent


class IndicatorView(Shape):
    """An indicator."""

    id: str
    framework: str
    name: IndicatorWords
    source: str
    certainty: Annotated[
        Certainty, Field(description="How sure it is that it says so, and that this supports it.")
    ]
    evidence: list[IndicatorEvidence]
    counts: Annotated[list[str], Field(description="Kinds of devices that count.")]
    figures: Annotated[IndicatorFigures | None, Field(description="Null: nothing is counted.")]


class IndicatorPage(Shape):
    """Indicators in the order of the file; `next` is always null."""

    month: str
    frameworks: list[IndicatorFramework]
    items: list[IndicatorView]
    next: Next


@router.get("/indicators", response_model=IndicatorPage)
def list_indicators(
    parts: PartsOf,
    month: Annotated[
        str | None,
        Query(max_length=7, description="Month of the figures. Default: the one before this."),
    ] = None,
) -> Response:
    """What assessments ask for, and the evidence that Pantau has for it.

    From a mapping file (setting `indicators`, else the built-in one). Counts are of points that
    work: devices times uptime, with coverage.
    """
    now = parts.clock.now()
    mapping = load_mapping(parts.settings.indicators)
    try:
        first = month_asked(month, parts.settings, now)
    except ExportError as error:
        raise invalid(error.name, error.message) from None
    known_until = parts.known_until(now)
    return reply(indicators_view(parts.store, parts.settings, mapping, first, now, known_until))
