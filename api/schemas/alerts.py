"""The shapes of alerts: what should be known, and how far each came."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from api.schemas.shape import Next, Shape
from collector.model import Reason, State
from collector.model.alerts import HoldReason, Severity, Stage


class AlertView(Shape):
    """That a device is in a state that somebody should know, and what was decided about it."""

    id: int
    device: Annotated[str, Field(description="`collector:ID` for a collector that is gone.")]
    device_name: Annotated[str | None, Field(description="null: no device of the inventory.")]
    kind: str | None
    site: str | None
    site_name: str | None
    area: str | None
    area_name: str | None
    owner: str | None
    state: State
    severity: Severity
    began_at: AwareDatetime
    confirmed_at: AwareDatetime
    state_at: Annotated[AwareDatetime | None, Field(description="When this state began.")]
    reason: Annotated[Reason, Field(description="Why the device is in this state.")]
    detail: str
    root: Annotated[str | None, Field(description="The device that cuts it off.")]
    incident: int | None
    flapping: bool
    ended_at: Annotated[AwareDatetime | None, Field(description="null: firing.")]
    end_confirmed_at: AwareDatetime | None
    stage: Annotated[
        Stage | None,
        Field(description="Where it was held; `send`: it was told; null: not decided yet."),
    ]
    hold_reason: Annotated[HoldReason | None, Field(description="Why it is held; null: it is not.")]
    hold_detail: Annotated[str, Field(description="Which window, silence, parent, route.")]
    decided_at: AwareDatetime | None
    until_at: Annotated[
        AwareDatetime | None, Field(description="When it is decided again without other news.")
    ]


class AlertPage(Shape):
    """Alerts, newest first."""

    items: list[AlertView]
    next: Next


class DecisionView(Shape):
    """How far an alert came at a moment, and why no further."""

    at: AwareDatetime
    stage: Stage
    reason: HoldReason | None
    detail: str
    until_at: AwareDatetime | None


class AlertThread(Shape):
    """A thread that an alert was told in, and its part there."""

    id: int
    key: Annotated[str, Field(description="Such as `incident:12`, `device:cam-1`, `storm:…`.")]
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None
    severity: Severity
    first_told_at: Annotated[AwareDatetime | None, Field(description="null: nobody was told.")]
    told_at: Annotated[AwareDatetime | None, Field(description="The last time.")]
    escalated: Annotated[int, Field(description="Steps of the escalation that were taken.")]
    receivers: Annotated[list[str], Field(description="Who were told of it.")]
    waiting: Annotated[list[str], Field(description="Whose quiet hours it waits for.")]
    storm: Annotated[str | None, Field(description="Key of the storm that it is told in.")]
    joined_at: AwareDatetime
    left_at: AwareDatetime | None
    leads: Annotated[bool, Field(description="false: told as a count, with the one that leads.")]
    told_state: Annotated[State | None, Field(description="null: not named in a message yet.")]


class AlertDetail(AlertView):
    """An alert with all that was decided about it, oldest first."""

    decisions: list[DecisionView]
    decisions_left_out: Annotated[
        int, Field(description="From the middle: of very many not all are kept.")
    ]
    threads: list[AlertThread]
