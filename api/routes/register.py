"""The register: devices and where their values come from, findings, decisions, signatures."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.deps import (
    PAGE_DEFAULT,
    Cursor,
    Limit,
    OperatorOf,
    Parts,
    PartsOf,
    ViewerOf,
    beyond_the_wall,
    reply,
)
from api.errors import Code, FieldError, ProblemError
from api.register import views
from api.register.service import Decision, DecisionRefusedError, SourceScore
from api.routes.devices import bad_cursor, read_cursor, write_cursor
from api.schemas import register as schemas
from collector.model import Field
from collector.model.findings import Action, FindingKind, FindingState
from collector.store.register.reconciliation import FindingFilter

router = APIRouter(tags=["register"], dependencies=[Depends(beyond_the_wall)])

DeviceId = Annotated[str, Path(max_length=64, description="Id of a device.")]
FindingId = Annotated[str, Path(max_length=40, description="Id of a finding.")]
SourceId = Annotated[str, Path(max_length=64, description="Id of a list.")]


@router.get("/register", response_model=schemas.RegisterPage)
def list_register(
    parts: PartsOf,
    principal: ViewerOf,
    q: Annotated[
        str | None, Query(max_length=100, description="Part of an id or of any value in force.")
    ] = None,
    source: Annotated[str | None, Query(max_length=64, description="Id of a list.")] = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """Devices that lists name, by id: each field in force, from where, and what others say."""
    del principal
    after = read_cursor(cursor)
    wanted = q.casefold() if q else None
    found = []
    for device_id, entry in parts.register.entries().items():
        if after is not None and device_id <= after:
            continue
        if source is not None and all(row.source != source for row in entry.rows):
            continue
        words = (device_id, *(said.value for said in entry.values.values()))
        if wanted is not None and not any(wanted in word.casefold() for word in words):
            continue
        found.append(entry)
        if len(found) > limit:
            break
    following = found[limit - 1].device_id if len(found) > limit else None
    items = [views.entry_view(entry) for entry in found[:limit]]
    return reply({"items": items, "next": write_cursor(following)})


@router.get("/register/{device_id}", response_model=schemas.ProvenanceView)
def get_register_device(parts: PartsOf, principal: ViewerOf, device_id: DeviceId) -> Response:
    """Where all that is known of a device comes from: lists, the device itself, decisions."""
    del principal
    found = parts.register.provenance(device_id)
    if found is None:
        raise ProblemError(404, Code.UNKNOWN_DEVICE, "There is no device with this id.")
    return reply(views.provenance_view(found))


@router.get("/findings", response_model=schemas.FindingPage)
def list_findings(
    parts: PartsOf,
    principal: ViewerOf,
    kind: Annotated[FindingKind | None, Query(description="What was found.")] = None,
    state: Annotated[
        FindingState | None, Query(description="Default: what is to be decided.")
    ] = None,
    source: Annotated[str | None, Query(max_length=64, description="Id of a list.")] = None,
    device: Annotated[str | None, Query(max_length=64, description="Id of a device.")] = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """What lists and the network contradict each other in, the surest first."""
    del principal
    wanted = FindingFilter(kind, state, source, device)
    try:
        page = parts.store.reconciliation.page(wanted, limit=limit, after=read_cursor(cursor))
    except ValueError:
        raise bad_cursor() from None
    items = [views.finding_view(row) for row in page.items]
    return reply({"items": items, "next": write_cursor(page.next)})


@router.get("/findings/summary", response_model=schemas.FindingSummary)
def summarise_findings(parts: PartsOf, principal: ViewerOf) -> Response:
    """How many findings of each kind stand where, and when lists were last held together."""
    del principal
    kept = parts.store.reconciliation
    return reply(views.summary_view(kept.counts(), kept.last()))


@router.post("/findings/reconcile", response_model=schemas.FindingSummary)
async def reconcile_lists(parts: PartsOf, principal: OperatorOf) -> Response:
    """Hold all lists against each other and the network now. Needs the role operator.

    It takes some seconds for 10,000 devices; it also happens by itself after each import and once
    a day.
    """
    del principal
    if parts.reconciler is None or not await parts.reconciler.run():
        detail = "The lists could not be reconciled; the log of the API says why."
        raise ProblemError(503, Code.STORE_UNAVAILABLE, detail)
    return await run_in_threadpool(_summary, parts)


@router.get("/findings/{finding_id}", response_model=schemas.RegisterFinding)
def get_finding(parts: PartsOf, principal: ViewerOf, finding_id: FindingId) -> Response:
    """One finding, in whatever state."""
    del principal
    row = parts.store.reconciliation.one(finding_id)
    if row is None:
        raise _unknown_finding()
    return reply(views.finding_view(row))


@router.post("/findings/{finding_id}/decide", response_model=schemas.RegisterFinding)
def decide_finding(
    parts: PartsOf, principal: OperatorOf, finding_id: FindingId, body: schemas.DecisionBody
) -> Response:
    """Decide a finding, with a reason. Needs the role operator.

    Nothing that was decided before is overwritten; the last decision is in force.
    """
    decision = Decision(
        action=_action(body.action),
        reason=body.reason,
        digest=body.digest,
        device_id=body.device,
        values=None if body.values is None else _values(body.values),
    )
    try:
        row = parts.register.decide(finding_id, decision, author=principal.name)
    except DecisionRefusedError as error:
        raise ProblemError(409, Code.DECISION_REFUSED, f"Nothing was decided: {error}.") from None
    if row is None:
        raise _unknown_finding()
    return reply(views.finding_view(row))


@router.get("/scores", response_model=schemas.ScoreList)
def list_scores(parts: PartsOf, principal: ViewerOf) -> Response:
    """How good each list is: complete, valid, agreed, seen alive; and who signed it."""
    del principal
    return reply({"items": [views.score_view(it) for it in parts.register.scores()]})


@router.get("/sources/{source_id}/score", response_model=schemas.ScoreView)
def get_source_score(parts: PartsOf, principal: ViewerOf, source_id: SourceId) -> Response:
    """How good one list is."""
    del principal
    return reply(views.score_view(_scored(parts, source_id)))


@router.post("/sources/{source_id}/sign", response_model=schemas.ScoreView)
def sign_source(
    parts: PartsOf, principal: OperatorOf, source_id: SourceId, body: schemas.SignatureBody
) -> Response:
    """Note that an agency signs its rows as they are. Needs the role operator.

    The signature is stale as soon as a row changes.
    """
    try:
        date.fromisoformat(body.signed_on)
        signed = parts.register.sign(
            source_id,
            office=body.office,
            signed_on=body.signed_on,
            note=body.note,
            author=principal.name,
        )
    except DecisionRefusedError as error:
        raise ProblemError(409, Code.DECISION_REFUSED, f"Nothing was signed: {error}.") from None
    except ValueError:
        raise _invalid("body.signed_on", "is no date; write YYYY-MM-DD") from None
    if signed is None:
        raise _unknown_source()
    return reply(views.score_view(_scored(parts, source_id)))


def _summary(parts: Parts) -> Response:
    kept = parts.store.reconciliation
    return reply(views.summary_view(kept.counts(), kept.last()))


def _scored(parts: Parts, source_id: str) -> SourceScore:
    found = parts.register.score(source_id)
    if found is None:
        raise _unknown_source()
    return found


def _action(word: str) -> Action:
    try:
        return Action(word)
    except ValueError:
        raise _invalid("body.action", "is none of the finding's actions") from None


def _values(said: dict[str, str]) -> dict[Field, str]:
    try:
        return {Field(name): value.strip() for name, value in said.items()}
    except ValueError:
        raise _invalid("body.values", "names a field that lists do not have") from None


def _invalid(place: str, what: str) -> ProblemError:
    errors = [FieldError(place, what)]
    return ProblemError(422, Code.INVALID_PARAMETERS, f"{place} {what}.", errors=errors)


def _unknown_finding() -> ProblemError:
    return ProblemError(404, Code.UNKNOWN_FINDING, "There is no finding with this id.")


def _unknown_source() -> ProblemError:
    return ProblemError(404, Code.UNKNOWN_SOURCE, "There is no list with this id.")
