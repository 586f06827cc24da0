"""The shapes of answers, for the OpenAPI description.

They are never run over an answer (see `api.deps.reply`); tests hold real answers against them
with unknown keys forbidden, so what is described here is what is sent.
"""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from collector.model import Outcome, Reason, Role, State, Verdict


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


Next = Annotated[str | None, Field(description="The cursor of the next page, or null.")]
Percent = Annotated[float, Field(ge=0, le=100)]


class ProblemField(_Shape):
    """What is wrong with one input."""

    field: Annotated[str, Field(description="Its place, such as `query.limit`.")]
    message: str


class ProblemDetails(_Shape):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    code: Annotated[str, Field(description="A stable word for programs (docs/api.md).")]
    errors: list[ProblemField] = []


class Collector(_Shape):
    """A collector and whether it is heard of."""

    id: str
    heartbeat_at: AwareDatetime
    alive: bool


class Counts(_Shape):
    """Devices by state. `maintenance` counts devices in a window, whatever their state."""

    total: int
    up: int
    degraded: int
    down: int
    unreachable: int
    unknown: int
    maintenance: int


class AreaCounts(Counts):
    """Devices by state in one area (its own devices, not those of areas below it)."""

    code: str
    name: str


class Status(_Shape):
    """The city in numbers."""

    at: AwareDatetime
    collectors: list[Collector]
    devices: Counts
    by_kind: dict[str, Counts]
    by_area: list[AreaCounts]


class Device(_Shape):
    """A device and its state."""

    id: str
    name: str
    kind: str
    site: str
    site_name: str
    area: Annotated[str, Field(description="Code of the area that the site is in.")]
    owner: str | None
    link_owner: str | None
    power_owner: str | None
    profile: str
    address: str | None
    parents: list[str]
    state: State
    since: AwareDatetime | None
    confirmed_at: AwareDatetime | None
    reason: Reason
    detail: str
    cause: Annotated[str | None, Field(description="The root device when unreachable.")]
    flapping: bool
    maintenance: bool
    last_result_at: AwareDatetime | None
    latitude: float | None
    longitude: float | None
    tags: list[str]
    retired_at: Annotated[
        AwareDatetime | None, Field(description="When it left the inventory; lists omit it then.")
    ]


class DevicePage(_Shape):
    """Devices by id."""

    items: list[Device]
    next: Next


class CheckView(_Shape):
    """A check with its last result."""

    id: str
    name: str
    probe: str
    role: Role
    interval_seconds: float
    timeout_seconds: float
    verdict: Verdict
    since: AwareDatetime | None
    confirmed_at: AwareDatetime | None
    reason: Reason
    detail: str
    outcome: Outcome
    latency_seconds: float | None
    last_slot_at: AwareDatetime | None
    last_result_at: AwareDatetime | None


class CheckPage(_Shape):
    """All checks of a device; `next` is always null."""

    items: list[CheckView]
    next: Next


class TransitionView(_Shape):
    """A stored change of state, as in the `transition` events."""

    id: int
    device: str
    old: State
    new: State
    at: Annotated[AwareDatetime, Field(description="When it began.")]
    confirmed_at: Annotated[AwareDatetime, Field(description="When we were sure.")]
    reason: Reason
    detail: str
    cause: str | None


class TransitionPage(_Shape):
    """Transitions, newest first."""

    items: list[TransitionView]
    next: Next


class MetricView(_Shape):
    """One series that there is, with its newest value."""

    metric: str
    unit: str
    labels: dict[str, str]
    last_at: AwareDatetime
    last_value: float | int | str


class MetricPage(_Shape):
    """All series of a device; `next` is always null."""

    items: list[MetricView]
    next: Next


class SeriesView(_Shape):
    """Points of one series, oldest first; the four lists run side by side."""

    metric: str
    unit: str
    labels: dict[str, str]
    points: Annotated[
        list[tuple[AwareDatetime, float]], Field(description="`[at, value]`; a step's mean.")
    ]
    low: Annotated[list[float], Field(description="Lowest value in each step.")]
    high: Annotated[list[float], Field(description="Highest value in each step.")]
    counts: Annotated[list[int], Field(description="How many values each step holds.")]


class Readings(_Shape):
    """Readings of one metric of a device."""

    device: str
    metric: str
    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    step_seconds: Annotated[int | None, Field(description="null: every stored value.")]
    items: list[SeriesView]
    next: Next


class UptimeRule(_Shape):
    """The rule in force, which belongs to every figure."""

    confirm: Annotated[int, Field(description="Failures in a row until down.")]
    recover: Annotated[int, Field(description="Successes in a row until up.")]
    retry_seconds: float
    fresh_intervals: float


class UptimeRow(_Shape):
    """Uptime of one group: sums over its devices, never averages of percentages."""

    key: str
    name: str
    devices: int
    uptime_percent: Annotated[Percent | None, Field(description="Service uptime; null: unknown.")]
    device_uptime_percent: Percent | None
    uptime_bounds_percent: tuple[Percent, Percent] | None
    coverage_percent: Percent
    up_seconds: float
    degraded_seconds: float
    down_seconds: float
    unreachable_seconds: float
    unknown_seconds: float
    excluded_seconds: float
    outages: int
    mttr_seconds: float | None
    mtbf_seconds: float | None


class Uptime(_Shape):
    """The uptime table of a window."""

    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    group_by: str
    rule: UptimeRule
    items: list[UptimeRow]
    next: Next


class SiteView(_Shape):
    """A place with devices."""

    id: str
    name: str
    area: str
    latitude: float | None
    longitude: float | None


class SitePage(_Shape):
    """All sites by id; `next` is always null."""

    items: list[SiteView]
    next: Next


class AreaView(_Shape):
    """An administrative area with its Kemendagri code."""

    code: str
    name: str
    zone: Annotated[str | None, Field(description="IANA zone where it differs from its parent's.")]
    parent: str | None


class AreaPage(_Shape):
    """All areas by code; `next` is always null."""

    items: list[AreaView]
    next: Next


class WallArea(_Shape):
    """An area that has devices of its own."""

    code: str
    name: str


class WallDevice(_Shape):
    """A device as a wall shows it."""

    id: str
    name: str
    kind: str
    site: str
    site_name: str
    area: str
    owner: str | None
    owner_name: str | None
    state: State
    since: AwareDatetime | None
    confirmed_at: AwareDatetime | None
    reason: Reason
    detail: str
    cause: str | None
    flapping: bool
    last_result_at: AwareDatetime | None


class Wall(_Shape):
    """Everything a wall page needs, true for all transitions up to and including `cursor`."""

    cursor: int
    at: AwareDatetime
    zone: str
    language: str
    heartbeat_timeout_seconds: float
    collectors: list[Collector]
    counts: Counts
    areas: list[WallArea]
    devices: list[WallDevice]


class Session(_Shape):
    """A session that was opened; the cookie is in the header."""

    name: Annotated[str, Field(description="Name of the token.")]
    role: str
    expires_at: AwareDatetime


class Alive(_Shape):
    """The process answers."""

    alive: bool


class Readiness(_Shape):
    """Whether what is served can be relied on, and why not."""

    ready: bool
    reasons: Annotated[list[str], Field(description="What is wrong, in words; empty when ready.")]
