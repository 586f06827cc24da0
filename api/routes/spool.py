"""What waits on disk for InfluxDB, and lines that it never takes."""

import logging
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import PAGE_DEFAULT, Cursor, Limit, Parts, PartsOf, ViewerOf, operator, reply
from api.errors import Code, ProblemError
from api.routes.devices import bad_cursor, read_cursor, write_cursor
from api.schemas import spool as schemas
from api.security import Access, Principal
from api.waiting import Waiting
from collector.sinks.spool import DeadLetter

_LOG = logging.getLogger(__name__)

router = APIRouter(prefix="/spool", tags=["readings"])

OperatorOf = Annotated[Principal, Depends(operator)]


@router.get("", response_model=schemas.SpoolView)
def get_spool(parts: PartsOf, principal: ViewerOf) -> Response:
    """What waits on disk for InfluxDB, since when and why; what was sent, and what was lost."""
    look = _waiting(parts).look(parts.clock.now())
    return reply(look.view(with_words=principal.access >= Access.OPERATOR))


@router.get("/dead-letters", response_model=schemas.DeadLetterPage)
def list_dead_letters(
    parts: PartsOf, principal: OperatorOf, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response:
    """Lines that InfluxDB will never take, newest first, with its words. Needs role operator."""
    del principal
    found = _waiting(parts).dead_letters(limit, _before(cursor))
    more = str(found[-1].id) if len(found) == limit else None
    return reply({"items": [_letter_view(one) for one in found], "next": write_cursor(more)})


@router.post("/dead-letters/retry", response_model=schemas.RetryView)
def retry_dead_letters(parts: PartsOf, principal: OperatorOf) -> Response:
    """Try all dead letters again: what is refused again is one again. Needs the role operator."""
    lines = _waiting(parts).retry(parts.clock.now())
    if lines:
        _LOG.info("%s lets %d dead letters be tried again", principal.name, lines)
    return reply({"lines": lines})


def _waiting(parts: Parts) -> Waiting:
    if parts.waiting is None:
        detail = (
            "Readings are kept in a file of this installation: without the section `influxdb` in"
            " pantau.yaml nothing waits for a server."
        )
        raise ProblemError(404, Code.NO_SPOOL, detail)
    return parts.waiting


def _before(cursor: str | None) -> int | None:
    place = read_cursor(cursor)
    if place is None:
        return None
    if not (place.isascii() and place.isdigit() and len(place) < 19):
        raise bad_cursor()
    return int(place)


def _letter_view(letter: DeadLetter) -> dict[str, object]:
    return {
        "id": letter.id,
        "at": letter.at,
        "status": letter.status,
        "words": letter.words,
        "line": letter.line.decode(errors="replace"),
    }
