"""The health of alarms: how much is asked of the people who get them, and what to mend."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.alarm_health import BadWindowError, as_json, health_of, window
from api.deps import PartsOf, parse_moment, reply
from api.errors import invalid
from api.schemas import alarm_health as schemas

router = APIRouter(tags=["alerts"])


@router.get("/alarm-health", response_model=schemas.AlarmHealth)
def get_alarm_health(
    parts: PartsOf,
    from_: Annotated[
        str | None,
        Query(
            alias="from",
            max_length=40,
            description="A moment; the full ten minutes at or before it count. Default: seven days "
            "before `to`.",
        ),
    ] = None,
    to: Annotated[
        str | None, Query(max_length=40, description="Not included. Default, and latest: now.")
    ] = None,
) -> Response:
    """Figures after EEMUA 191 and ISA-18.2, judged, with advice; at most 93 days.

    Said twice: of what people were told, and of what was raised.
    """
    try:
        start, end = window(
            None if from_ is None else parse_moment("from", from_),
            None if to is None else parse_moment("to", to),
            parts.clock.now(),
        )
    except BadWindowError as error:
        raise invalid(error.name, error.message) from None
    return reply(as_json(health_of(parts.store, start, end)))
