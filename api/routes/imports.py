"""Imports of lists: previewed, imported, taken back; and the lists that there are."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.deps import LARGEST_ID, PAGE_DEFAULT, Cursor, Limit, OperatorOf, Parts, PartsOf, reply
from api.errors import Code, FieldError, ProblemError, invalid
from api.importing.cut_short import settled
from api.importing.running import CUT_SHORT, ListDesk
from api.importing.views import record_view, source_view, versions_view
from api.routes.devices import bad_cursor, read_cursor, write_cursor
from api.schemas import imports as schemas
from collector.model import Field, ImportRecord, Source
from collector.register.coordinates import BadValueError
from collector.register.reading import FILE_BYTES
from collector.register.values import value_of

_LOG = logging.getLogger(__name__)
_ITEMS = 1_000
_REFUSALS = {
    "undo": (409, Code.UNDO_REFUSED),
    "plan_changed": (409, Code.PLAN_CHANGED),
    "not_ready": (409, Code.LIST_NOT_READY),
    "upload_gone": (404, Code.UNKNOWN_UPLOAD),
    "inventory": (409, Code.INVENTORY_BROKEN),
    "too_large": (413, Code.BODY_TOO_LARGE),
    CUT_SHORT: (413, Code.BODY_TOO_LARGE),
    "not_in_place": (409, Code.NOT_IN_PLACE),
    "store": (503, Code.STORE_UNAVAILABLE),
}

router = APIRouter(tags=["imports"])

ImportId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Id of an import.")]
Upload = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="`upload` of a preview.")]
SourceOf = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="Id of a list.")
]


@router.post(
    "/imports/preview",
    response_model=schemas.ListPreview,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def preview_list(
    parts: PartsOf,
    principal: OperatorOf,
    request: Request,
    file: Annotated[str, Query(min_length=1, max_length=200, description="Name of the file.")],
    source: Annotated[
        str,
        Query(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="Whose list it is."),
    ],
    sheet: Annotated[str | None, Query(max_length=100, description="Of an XLSX file.")] = None,
) -> Response:
    """What importing a list would do; the body is the file, up to 10 MB. Needs the role operator.

    Nothing is changed. The file is kept for a day, for the import and for further previews.
    """
    del principal
    desk = _desk(parts)
    octets = await _body(request)
    upload = await desk.keep(file, octets)
    return _answered(await desk.ask("preview", upload=upload, source=source, sheet=sheet))


@router.post("/imports/preview/{upload}", response_model=schemas.ListPreview)
async def preview_list_again(
    parts: PartsOf, principal: OperatorOf, upload: Upload, body: schemas.PreviewBody
) -> Response:
    """The same for a file that was sent, with what its columns mean. Needs the role operator."""
    del principal
    _check_fields(body.columns, body.defaults)
    desk = await _desk_with(parts, upload)
    asked = body.model_dump(mode="json")
    return _answered(await desk.ask("preview", upload=upload, **asked))


@router.post("/imports", response_model=schemas.ImportApplied, status_code=201)
async def import_list(parts: PartsOf, principal: OperatorOf, body: schemas.ImportBody) -> Response:
    """Import a file that was previewed, as a whole or not at all. Needs the role operator.

    A running collector takes in what changed within seconds. 409 when the list has problems or
    rows in doubt, and when what it would do is not any more what was previewed.
    """
    _check_fields(body.columns, body.defaults)
    desk = await _desk_with(parts, body.upload)
    asked = body.model_dump(mode="json")
    lists = parts.store.lists
    since = await run_in_threadpool(lists.last_import)

    def done() -> dict[str, object] | None:
        record = lists.newest_imports().get(body.source)
        if record is None or record.id <= since or record.sha256 != body.upload:
            return None
        return {"import": record_view(record, undoable=True)}

    answer = await desk.ask("apply", author=principal.name, **asked)
    response = _answered(await settled(desk, answer, done), status=201)
    _LOG.info("%s imported a list of %s", principal.name, body.source)
    return response


@router.get("/imports", response_model=schemas.ImportPage)
def list_imports(
    parts: PartsOf,
    principal: OperatorOf,
    source: Annotated[str | None, Query(max_length=64, description="Only of this list.")] = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """What was imported and taken back, newest first. Needs the role operator."""
    del principal
    lists = parts.store.lists
    try:
        page = lists.imports(source_id=source, limit=limit, after=read_cursor(cursor))
    except ValueError:
        raise bad_cursor() from None
    undoable = lists.undoable()
    items = [record_view(row, undoable=row.id in undoable) for row in page.items]
    return reply({"items": items, "next": write_cursor(page.next)})


@router.get("/imports/progress", response_model=schemas.ImportProgress)
async def get_import_progress(parts: PartsOf, principal: OperatorOf) -> Response:
    """How far the list that is being read or imported now is. Needs the role operator."""
    del principal
    return reply(_desk(parts).progress())


@router.get("/imports/{import_id}", response_model=schemas.ImportDetail)
def get_import(parts: PartsOf, principal: OperatorOf, import_id: ImportId) -> Response:
    """One import with the rows that it changed. Needs the role operator."""
    del principal
    lists = parts.store.lists
    record = lists.import_record(import_id)
    if record is None:
        detail = "There is no import with this id; see the list."
        raise ProblemError(404, Code.UNKNOWN_IMPORT, detail)
    items = versions_view(*lists.versions_of(import_id))
    view = record_view(record, undoable=import_id in lists.undoable())
    return reply({**view, "items": items[:_ITEMS], "items_total": len(items)})


@router.post("/imports/{import_id}/undo", response_model=schemas.ImportApplied)
async def undo_import(parts: PartsOf, principal: OperatorOf, import_id: ImportId) -> Response:
    """Take an import back as a whole: its list says again what it said before. Needs operator.

    Only the last import of a list; 409 says what stands in the way of others.
    """
    lists = parts.store.lists

    def done() -> dict[str, object] | None:
        taken = lists.import_record(import_id)
        by = None if taken is None else taken.undone_by
        record = None if by is None else lists.import_record(by)
        return None if record is None else {"import": record_view(record, undoable=False)}

    desk = _desk(parts)
    answer = await desk.ask("undo", import_id=import_id, author=principal.name)
    response = _answered(await settled(desk, answer, done))
    _LOG.info("%s took import %d back", principal.name, import_id)
    return response


@router.get("/sources", response_model=schemas.SourceList)
def list_sources(parts: PartsOf, principal: OperatorOf) -> Response:
    """The lists that there are, with what their columns mean, by rank. Needs operator."""
    del principal
    return reply({"items": _sources(parts), "next": None})


@router.put("/sources/{source_id}", response_model=schemas.SourceView)
async def put_source(
    parts: PartsOf, principal: OperatorOf, source_id: SourceOf, body: schemas.SourceBody
) -> Response:
    """Make a list known, or change what is known of it. Needs the role operator.

    A change of its rank or agency changes what is in force at once, or is refused as a whole.
    """
    _check_fields(body.columns, body.defaults)
    lists = parts.store.lists
    before = await run_in_threadpool(lists.source, source_id)
    source = _changed(before or Source(source_id, source_id), body)
    was = before or source
    if parts.lists is not None and (source.rank, source.agency) != (was.rank, was.agency):

        def done() -> dict[str, object] | None:
            return {} if lists.source(source_id) == source else None

        asked = {"author": principal.name, **_spelled(source)}
        answer = await parts.lists.ask("source", **asked)
        _answered(await settled(parts.lists, answer, done))
    else:
        now = parts.clock.now()
        await run_in_threadpool(lists.save_source, source, author=principal.name, now=now)
    views = await run_in_threadpool(_sources, parts)
    return reply(next(view for view in views if view["id"] == source_id))


def _changed(source: Source, body: schemas.SourceBody) -> Source:
    said = body.model_fields_set
    columns, defaults = body.columns, body.defaults
    return replace(
        source,
        name=body.name if body.name is not None else source.name,
        agency=body.agency if "agency" in said else source.agency,
        rank=body.rank if body.rank is not None else source.rank,
        columns=source.columns
        if columns is None
        else {heading: None if one is None else Field(one) for heading, one in columns.items()},
        defaults=source.defaults
        if defaults is None
        else {Field(name): value_of(Field(name), value) for name, value in defaults.items()},
    )


def _spelled(source: Source) -> dict[str, object]:
    """Return a source as the process that reads lists is told it."""
    return {
        "id": source.id,
        "name": source.name,
        "agency": source.agency,
        "rank": source.rank,
        "columns": {heading: of and of.value for heading, of in source.columns.items()},
        "defaults": {of.value: value for of, value in source.defaults.items()},
    }


def _sources(parts: Parts) -> list[dict[str, Any]]:
    lists = parts.store.lists
    counts = lists.row_counts()
    newest: Mapping[str, ImportRecord] = lists.newest_imports()
    undoable = lists.undoable()
    views: list[dict[str, Any]] = []
    for source in lists.sources():
        last = newest.get(source.id)
        can = last is not None and last.id in undoable
        views.append(source_view(source, counts.get(source.id, 0), last, undoable=can))
    return views


def _desk(parts: Parts) -> ListDesk:
    if parts.lists is None:
        detail = "This installation has no inventory that could be written."
        raise ProblemError(409, Code.INVENTORY_BROKEN, detail)
    return parts.lists


async def _desk_with(parts: Parts, upload: str) -> ListDesk:
    """Return where lists are handed in. Raises ProblemError (404) when this one is not there."""
    desk = _desk(parts)
    if not await desk.has(upload):
        detail = "The list is not kept (any more); send it again."
        raise ProblemError(404, Code.UNKNOWN_UPLOAD, detail)
    return desk


async def _body(request: Request) -> bytes:
    """Return the file; `BodyLimit` ends what is too long."""
    octets = await request.body()
    if not octets:
        raise invalid("file", "send the file as the body of the request", place="body")
    if len(octets) > FILE_BYTES:
        detail = f"A list has at most {FILE_BYTES // 1_000_000} MB; split it."
        raise ProblemError(413, Code.BODY_TOO_LARGE, detail)
    return octets


def _check_fields(
    columns: Mapping[str, str | None] | None, defaults: Mapping[str, str] | None
) -> None:
    """Refuse fields that are none, and defaults that cannot be. Raises ProblemError (422)."""
    errors: list[FieldError] = []
    names = [one.value for one in Field]
    known = ", ".join(names)
    for heading, name in (columns or {}).items():
        if name is not None and name not in names:
            errors.append(FieldError(f"body.columns.{heading}", f"is no field; fields: {known}"))
    for name, value in (defaults or {}).items():
        try:
            if value:
                value_of(Field(name), value)
        except BadValueError:
            errors.append(FieldError(f"body.defaults.{name}", "cannot be a value of this field"))
        except ValueError:
            errors.append(FieldError(f"body.defaults.{name}", f"is no field; fields: {known}"))
    if errors:
        detail = f"{errors[0].field}: {errors[0].message}"
        raise ProblemError(422, Code.INVALID_PARAMETERS, detail, errors=errors)


def _answered(answer: Mapping[str, Any], *, status: int = 200) -> Response:
    """Return what the worker answered. Raises ProblemError for what it refused."""
    refused = answer.get("refused")
    if refused is not None:
        code, word = _REFUSALS[refused]
        raise ProblemError(code, word, answer["detail"])
    response = reply(answer["body"])
    response.status_code = status
    return response
