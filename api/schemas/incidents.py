"""The shapes of incidents."""

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from api.schemas.shape import Next, Shape
from collector.model import CauseClass, CauseRule, IncidentEventKind, IncidentGroup, State

TEXT_LENGTH = 2_000


def _plain(text: str) -> str:
    if any(not (char.isprintable() or char == "\n") for char in text):
        raise ValueError("holds control characters; write plain text")
    return text


_Optional = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=TEXT_LENGTH), AfterValidator(_plain)
]
PlainText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_LENGTH),
    AfterValidator(_plain),
]


class AcknowledgeBody(Shape):
    """Taking an incident in hand."""

    text: Annotated[_Optional, Field(description="What is done about it, if anything yet.")] = ""


class NoteBody(Shape):
    """A note in the timeline."""

    text: PlainText


class ResolveBody(Shape):
    """Closing an incident."""

    resolution: Annotated[PlainText, Field(description="How it was solved.")]


class IncidentView(Shape):
    """Outages that people handle as one."""

    id: int
    group: IncidentGroup
    group_key: Annotated[
        str, Field(description="Id of the device or site, name of the feeder, code of the area.")
    ]
    device: Annotated[str | None, Field(description="The root device; null for places.")]
    device_name: str | None
    site: Annotated[str | None, Field(description="null for feeders and areas.")]
    site_name: str | None
    area: str | None
    area_name: str | None
    cause: Annotated[CauseClass, Field(description="Of most of its own outages, in force.")]
    cause_rule: Annotated[CauseRule | None, Field(description="null: a person said so.")]
    cause_suspected: bool
    responsible: Annotated[str | None, Field(description="Id of the owner who answers for it.")]
    started_at: AwareDatetime
    opened_at: Annotated[AwareDatetime, Field(description="When we were sure of it.")]
    recovered_at: Annotated[AwareDatetime | None, Field(description="null: something is out.")]
    acknowledged_at: AwareDatetime | None
    acknowledged_by: str | None
    resolved_at: AwareDatetime | None
    resolved_by: Annotated[str | None, Field(description="null: it resolved itself.")]
    resolution: Annotated[str | None, Field(description="`taken_back`: nothing of it was true.")]
    merged_into: Annotated[int | None, Field(description="The incident that it is part of.")]
    down: Annotated[int, Field(description="Devices that are down now.")]
    unreachable: Annotated[int, Field(description="Devices that are cut off now.")]
    devices: Annotated[int, Field(description="Devices that are or were out.")]
    sites: int
    areas: int
    outages: int
    duration_seconds: Annotated[float, Field(description="Until it recovered, or until now.")]


class IncidentPage(Shape):
    """Incidents, newest first."""

    items: list[IncidentView]
    next: Next


class TimelineLine(Shape):
    """One line of a timeline. Without an author Pantau itself wrote it."""

    id: int
    incident: Annotated[int, Field(description="Differs for what was said in a merged one.")]
    kind: IncidentEventKind
    at: AwareDatetime
    author: str | None
    text: Annotated[str, Field(description="What a person wrote, `taken_back`, or who had it.")]
    outage: int | None
    cause: Annotated[CauseClass | None, Field(description="Of `cause_proposed`, `…_corrected`.")]
    rule: Annotated[CauseRule | None, Field(description="Of `cause_proposed`.")]
    other: Annotated[int | None, Field(description="Of `merged`: the other incident.")]


class TimelinePage(Shape):
    """Lines of a timeline, oldest first."""

    items: list[TimelineLine]
    next: Next


class IncidentOutage(Shape):
    """An outage of an incident."""

    id: int
    device: str
    device_name: str
    state: Annotated[State, Field(description="`down` or `unreachable`.")]
    started_at: AwareDatetime
    confirmed_at: AwareDatetime
    ended_at: AwareDatetime | None
    root: str | None
    cause: CauseClass


class IncidentDetail(IncidentView):
    """An incident with what happened in it."""

    merged: Annotated[list[int], Field(description="Incidents that became part of it.")]
    timeline: Annotated[
        list[TimelineLine],
        Field(description="Of lines about single outages at most the first 200."),
    ]
    timeline_left_out: Annotated[int, Field(description="Lines that only `/timeline` has.")]
    first_outages: Annotated[list[IncidentOutage], Field(description="At most the first 200.")]


class HandlingFigures(Shape):
    """How incidents were handled: means with the number of incidents they are of."""

    incidents: int
    acknowledged: int
    mtta_seconds: Annotated[
        float | None, Field(description="Mean from when we were sure until acknowledged.")
    ]
    mtta_from_start_seconds: Annotated[
        float | None, Field(description="The same from the first failed probe.")
    ]
    recovered: int
    mttr_seconds: Annotated[float | None, Field(description="Mean from start to recovery.")]
    longest_seconds: float | None
    longest: Annotated[int | None, Field(description="Id of the incident that took longest.")]


class CauseFigures(HandlingFigures):
    """The figures of incidents of one cause."""

    cause: CauseClass


class Summary(HandlingFigures):
    """Figures of the incidents that began in a window."""

    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    by_cause: list[CauseFigures]
