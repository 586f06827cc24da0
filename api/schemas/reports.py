"""The shapes of reports that were asked for."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from api.reports.jobs import JobState
from api.schemas.shape import Next, Shape

Form = Literal["pdf", "xlsx", "csv", "csv-id", "json"]
_Name = Annotated[str, Field(min_length=1, max_length=200)]


class ReportFilters(Shape):
    """Which devices a report is of; null: all."""

    kind: _Name | None = None
    site: _Name | None = None
    area: Annotated[
        str | None, Field(min_length=1, max_length=20, description="With all below it.")
    ] = None
    owner: _Name | None = None


class ReportBody(Shape):
    """What report is asked for. Without a period: the month before."""

    month: Annotated[str | None, Field(max_length=40, description="Such as `2026-10`.")] = None
    from_: Annotated[
        str | None,
        Field(alias="from", max_length=40, description="Instead: a date, or a moment."),
    ] = None
    to: Annotated[
        str | None, Field(max_length=40, description="The same, not included. Default: now.")
    ] = None
    formats: Annotated[list[Form], Field(min_length=1, max_length=5)] = Field(
        default=["pdf", "xlsx"], description="Which files are made, each from one data set."
    )
    language: Annotated[
        Literal["id", "en"] | None, Field(description="Default: that of the settings.")
    ] = None
    contract: Annotated[
        str | None, Field(max_length=100, description="Default: the one in force.")
    ] = None
    filters: ReportFilters = ReportFilters()
    pack: Annotated[bool, Field(description="Make an evidence pack beside the files.")] = False


class ReportFile(Shape):
    """A file of a report; `GET /reports/{id}/files/{name}` gives it."""

    name: str
    bytes: int


class ReportProgress(Shape):
    """How far it is. `step` is a stable word; `of` is 0 where nothing is counted."""

    step: str
    done: int
    of: int


class ReportView(Shape):
    """A report that was asked for."""

    id: str
    state: JobState
    month: str | None
    from_: Annotated[str | None, Field(alias="from")]
    to: str | None
    formats: list[str]
    language: str
    contract: str | None
    filters: ReportFilters
    pack: bool
    author: Annotated[str, Field(description="Name of the token that asked for it.")]
    started_at: AwareDatetime
    ended_at: AwareDatetime | None
    progress: ReportProgress
    message: Annotated[str, Field(description="Why it failed, and what to do; else empty.")]
    files: list[ReportFile]


class ReportSchedule(Shape):
    """When the report of the month before is sent by itself."""

    day: int
    hour: int
    zone: str
    receivers: Annotated[list[str], Field(description="Names of channels of alerts.yaml.")]
    formats: list[str]
    next_at: AwareDatetime


class ReportPage(Shape):
    """Reports, newest first; at most a hundred are kept."""

    items: list[ReportView]
    next: Next
    schedule: ReportSchedule | None
    contracts: Annotated[list[str], Field(description="Contracts that can be asked for.")]
