"""The shapes of outages."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from api.schemas.incidents import PlainText
from api.schemas.shape import Next, Shape
from collector.model import CauseClass, CauseRule, Reason, State


class CauseBody(Shape):
    """A person's word on the cause of an outage."""

    cause: CauseClass
    reason: Annotated[PlainText, Field(description="Why you say so; it stays in the trace.")]


class OutageView(Shape):
    """A device did not work: from the first failed probe until it is seen working."""

    id: int
    device: str
    device_name: str
    site: str
    site_name: str
    area: str
    area_name: str
    state: Annotated[State, Field(description="`down`, or `unreachable` behind another device.")]
    started_at: Annotated[AwareDatetime, Field(description="The first failed probe.")]
    confirmed_at: Annotated[AwareDatetime, Field(description="When we were sure of it.")]
    ended_at: Annotated[AwareDatetime | None, Field(description="null: it is still on.")]
    duration_seconds: Annotated[float, Field(description="Until its end, or until now.")]
    reason: Reason
    detail: str
    cause: Annotated[CauseClass, Field(description="In force: a person's last word, else ours.")]
    cause_proposed: CauseClass
    cause_rule: Annotated[CauseRule, Field(description="The rule that proposed it.")]
    cause_suspected: Annotated[bool, Field(description="Nothing but coincidence speaks for it.")]
    corrected: Annotated[bool, Field(description="A person has said what the cause was.")]
    root: Annotated[str | None, Field(description="The device that cut this one off.")]
    root_name: str | None
    root_outage: int | None
    responsible: Annotated[
        str | None, Field(description="Id of the owner whose minutes these are; null: nobody's.")
    ]
    incident: int | None


class OutagePage(Shape):
    """Outages, newest first."""

    items: list[OutageView]
    next: Next


class Correction(Shape):
    """What a person said of the cause, and when. None is ever overwritten."""

    cause: CauseClass
    reason: str
    author: str
    made_at: AwareDatetime


class OutageDetail(OutageView):
    """An outage with all that was said on its cause, the oldest first."""

    corrections: list[Correction]
