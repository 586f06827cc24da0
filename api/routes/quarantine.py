"""The quarantine: who was heard and is no device; adopted, ignored, taken back."""

import logging
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.adoption import AdoptedAlreadyError, Adopter, DeviceExistsError
from api.deps import LARGEST_ID, PAGE_DEFAULT, Cursor, Limit, OperatorOf, Parts, PartsOf, reply
from api.errors import Code, FieldError, ProblemError
from api.routes.devices import bad_cursor, read_cursor, write_cursor
from api.schemas import quarantine as schemas
from collector.config import ProblemsError
from collector.inventory.adopting import AdoptionRefusedError, InventoryBrokenError
from collector.store import DecisionRow, QuarantineRow, QuarantineState

_LOG = logging.getLogger(__name__)

router = APIRouter(prefix="/quarantine", tags=["quarantine"])

EntryId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Id of an entry.")]


@router.get("", response_model=schemas.EntryPage)
def list_quarantine(
    parts: PartsOf,
    principal: OperatorOf,
    state: Annotated[
        QuarantineState, Query(description="What people made of it.")
    ] = QuarantineState.WAITING,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """What was heard and is no device, last heard first. Needs the role operator.

    An entry goes when nothing was heard of it for 30 days; ignored ones stay.
    """
    del principal
    try:
        page = parts.store.quarantine.page(state, limit=limit, after=read_cursor(cursor))
    except ValueError:
        raise bad_cursor() from None
    items = [_entry_view(row, parts.adopter) for row in page.items]
    return reply({"items": items, "next": write_cursor(page.next)})


@router.get("/decisions", response_model=schemas.DecisionPage)
def list_quarantine_decisions(
    parts: PartsOf, principal: OperatorOf, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response:
    """Who adopted, ignored or took back what, newest first. Needs the role operator."""
    del principal
    try:
        page = parts.store.quarantine.decisions(limit=limit, after=read_cursor(cursor))
    except ValueError:
        raise bad_cursor() from None
    items = [_decision_view(row) for row in page.items]
    return reply({"items": items, "next": write_cursor(page.next)})


@router.get("/{entry_id}", response_model=schemas.Entry)
def get_quarantine_entry(parts: PartsOf, principal: OperatorOf, entry_id: EntryId) -> Response:
    """One entry, in whatever state. Needs the role operator."""
    del principal
    return reply(_entry_view(_find(parts, entry_id), parts.adopter))


@router.post("/{entry_id}/adopt", response_model=schemas.AdoptedView, status_code=201)
def adopt_quarantine_entry(
    parts: PartsOf, principal: OperatorOf, entry_id: EntryId, body: schemas.AdoptionBody
) -> Response:
    """Make a device of an entry, as suggested where the body does not say. Needs operator.

    It is written into an inventory file of its own, and the running collector takes it in within
    seconds. Asking again is answered with 200 and the same device.
    """
    entry = _find(parts, entry_id)
    if parts.adopter is None:
        raise _broken("this installation has no inventory that could be written")
    try:
        adopted = parts.adopter.adopt(entry, body.model_dump(exclude_unset=True), principal.name)
    except AdoptionRefusedError as error:
        errors = [FieldError(f"body.{one.key}", one.message) for one in error.faults]
        raise ProblemError(422, Code.INVALID_PARAMETERS, str(error), errors=errors) from None
    except AdoptedAlreadyError as error:
        raise ProblemError(409, Code.ADOPTED_ALREADY, f"{error}.") from None
    except DeviceExistsError as error:
        raise ProblemError(409, Code.DEVICE_EXISTS, f"{error}.") from None
    except InventoryBrokenError as error:
        raise _broken(str(error)) from None
    except ProblemsError as error:
        raise _broken(str(error.problems[0])) from None
    device = adopted.device
    if adopted.created:
        _LOG.info("%s adopted %s as %s", principal.name, entry.sighting.name, device.id)
    response = reply(
        {
            "entry": entry.id,
            "device": device.id,
            "name": device.name,
            "kind": device.kind,
            "site": device.site,
            "profile": device.profile,
            "created": adopted.created,
            "watched": parts.store.device(device.id) is not None,
        },
        {"Location": f"/api/v1/devices/{device.id}"},
    )
    response.status_code = 201 if adopted.created else 200
    return response


@router.post("/{entry_id}/unignore", response_model=schemas.Entry)
def unignore_quarantine_entry(parts: PartsOf, principal: OperatorOf, entry_id: EntryId) -> Response:
    """Let an ignored entry wait again. Needs the role operator. Doing it twice changes nothing."""
    now = parts.clock.now()
    row = parts.store.quarantine.unignore(entry_id, author=principal.name, now=now)
    return reply(_entry_view(_known(row), parts.adopter))


@router.delete("/{entry_id}", response_model=schemas.Entry)
def ignore_quarantine_entry(parts: PartsOf, principal: OperatorOf, entry_id: EntryId) -> Response:
    """Ignore an entry: it stays off the list until it is taken back. Needs the role operator.

    Nothing is deleted; it may go on publishing. Doing it twice changes nothing.
    """
    now = parts.clock.now()
    row = parts.store.quarantine.ignore(entry_id, author=principal.name, now=now)
    if row is not None and row.state is QuarantineState.ADOPTED:
        detail = f"It was adopted as {row.device_id}; a device is taken off in the inventory."
        raise ProblemError(409, Code.ADOPTED_ALREADY, detail)
    return reply(_entry_view(_known(row), parts.adopter))


def _find(parts: Parts, entry_id: int) -> QuarantineRow:
    return _known(parts.store.quarantine.one(entry_id))


def _known(row: QuarantineRow | None) -> QuarantineRow:
    if row is None:
        detail = "There is no entry with this id (any more); see the list."
        raise ProblemError(404, Code.UNKNOWN_ENTRY, detail)
    return row


def _broken(why: str) -> ProblemError:
    detail = f"Nothing was adopted: {why}."
    return ProblemError(409, Code.INVENTORY_BROKEN, detail)


def _entry_view(row: QuarantineRow, adopter: Adopter | None) -> dict[str, object]:
    sighting = row.sighting
    waits = row.state is QuarantineState.WAITING
    return {
        "id": row.id,
        "source": sighting.source,
        "name": sighting.name,
        "state": row.state,
        "first_seen_at": sighting.first_seen_at,
        "last_seen_at": sighting.last_seen_at,
        "messages": sighting.messages,
        "bytes": sighting.octets,
        "places": sighting.places,
        "shape": sighting.shape,
        "about": sighting.about,
        "fits": sighting.fits,
        "suggestion": adopter.suggest(row) if adopter is not None and waits else None,
        "device": row.device_id,
        "decided_at": row.decided_at,
        "decided_by": row.decided_by,
    }


def _decision_view(row: DecisionRow) -> dict[str, object]:
    return {
        "id": row.id,
        "entry": row.entry_id,
        "source": row.source,
        "name": row.name,
        "kind": row.kind,
        "device": row.device_id,
        "author": row.author,
        "at": row.at,
    }
