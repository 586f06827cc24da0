"""The audit trail: what people did, who and when."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.deps import PAGE_DEFAULT, AdminOf, Cursor, Limit, PartsOf, parse_span, reply
from api.routes.devices import read_place, write_cursor
from api.schemas import audit as schemas

router = APIRouter(prefix="/audit", tags=["audit"])


@router.get("", response_model=schemas.AuditPage)
def list_audit(
    parts: PartsOf,
    principal: AdminOf,
    author: Annotated[str | None, Query(max_length=200, description="By this one.")] = None,
    action: Annotated[
        str | None,
        Query(max_length=200, description="`incident.note`, or all of a thing: `incident`."),
    ] = None,
    object_: Annotated[
        str | None, Query(alias="object", max_length=200, description="To what: `incident:12`.")
    ] = None,
    from_: Annotated[
        str | None, Query(alias="from", max_length=40, description="At or after this moment.")
    ] = None,
    to: Annotated[str | None, Query(max_length=40, description="Before this moment.")] = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """What people did, newest first; filters narrow the list together. Needs the role admin."""
    del principal
    start, end = parse_span(from_, to)
    page = parts.store.audit.page(
        author=author,
        action=action,
        about=object_,
        start=start,
        end=end,
        limit=limit,
        after=read_place(cursor),
    )
    items = [asdict(one) for one in page.items]
    return reply({"items": items, "next": write_cursor(page.next)})
