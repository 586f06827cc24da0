"""Satu Data: datasets as CSV and JSON, and their dictionary."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from api.deps import PartsOf, beyond_the_wall, reply
from api.errors import Code, ProblemError, invalid
from api.exports.making import Asked, ExportError, make_export
from api.exports.writing import as_csv, as_json, dictionary, file_name
from api.schemas.shape import Shape

router = APIRouter(prefix="/exports", tags=["exports"], dependencies=[Depends(beyond_the_wall)])

_Name = Literal["devices", "sites", "uptime", "outages"]


class TwoLanguages(Shape):
    """Words in Indonesian and English."""

    id: str
    en: str


class ExportField(Shape):
    """What a field means."""

    name: str
    type: Annotated[str, Field(description="text, code, whole, number, date, moment or month.")]
    concept: TwoLanguages
    definition: TwoLanguages
    unit: str | None
    may_be_empty: bool


class ExportAbout(Shape):
    """A dataset, who answers for it, and what its fields mean."""

    dataset: str
    version: Annotated[int, Field(description="Of the shape; another one: something is gone.")]
    title: TwoLanguages
    description: TwoLanguages
    period: Annotated[str, Field(description="`month`, or `current`.")]
    producer: Annotated[str | None, Field(description="Who makes the data (produsen data).")]
    custodian: Annotated[str | None, Field(description="Who publishes them (walidata).")]
    license: str | None
    fields: list[ExportField]


class ExportDictionary(Shape):
    """The data dictionary."""

    version: int
    datasets: list[ExportAbout]


class ExportFile(ExportAbout):
    """A dataset with its rows."""

    month: str | None
    public: bool
    made_at: AwareDatetime
    rows: Annotated[
        list[dict[str, str | int | float | None]], Field(description="Every field in each.")
    ]


@router.get("/dictionary", response_model=ExportDictionary)
def get_dictionary(parts: PartsOf) -> Response:
    """What every dataset and field means, in two languages, with unit, producer and custodian."""
    return reply(dictionary(parts.settings.exports))


@router.get(
    "/{dataset}.{form}",
    response_model=ExportFile,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def get_export(
    parts: PartsOf,
    dataset: Annotated[_Name, Path()],
    form: Annotated[Literal["csv", "json"], Path()],
    month: Annotated[
        str | None,
        Query(
            max_length=7,
            description="Month of `uptime` and `outages`: `2026-10`. Default: the one before this.",
        ),
    ] = None,
    public: Annotated[
        bool, Query(description="What everybody may have: no exact places, no dead cameras.")
    ] = False,
) -> Response:
    """A dataset of Satu Data: `devices`, `sites`, `uptime` (by area and kind), `outages`.

    Every row has the Kemendagri code of its area, and BPS's where it is known. No credentials, no
    addresses.
    """
    now = parts.clock.now()
    try:
        made = make_export(
            parts.store,
            parts.settings,
            Asked(dataset, month, public=public),
            now,
            parts.known_until(now),
        )
    except ExportError as error:
        if error.name == "dataset":
            raise ProblemError(404, Code.NOT_FOUND, error.message) from None
        raise invalid(error.name, error.message) from None
    headers = {"Content-Disposition": f'attachment; filename="{file_name(made, form)}"'}
    if form == "csv":
        return Response(as_csv(made), media_type="text/csv; charset=utf-8", headers=headers)
    content = as_json(made, parts.settings.exports)
    return Response(content, media_type="application/json", headers=headers)
