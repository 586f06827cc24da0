"""The shapes of answers, for the OpenAPI description.

They are never run over an answer (see `api.deps.reply`); tests hold real answers against them
with unknown keys forbidden, so what is described here is what is sent.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from api.schemas.access import ScreenSettings
from api.schemas.shape import Next, Shape
from collector.model import Outcome, Reason, Role, State, Verdict


class ProblemField(Shape):
    """What is wrong with one input."""

    field: Annotated[str, Field(description="Its place, such as `query.limit`.")]
    message: str


class ProblemDetails(Shape):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    code: Annotated[str, Field(description="A stable word for programs (docs/api.md).")]
    errors: Annotated[list[ProblemField], Field(default_factory=list)]


class Collector(Shape):
    """A collector and whether it is heard of."""

    id: str
    heartbeat_at: AwareDatetime
    alive: bool
    late_seconds: Annotated[
        float, Field(description="By how much its checks run late; 0: they are on time.")
    ]


class Counts(Shape):
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


class Status(Shape):
    """The city in numbers."""

    at: AwareDatetime
    collectors: list[Collector]
    devices: Counts
    by_kind: dict[str, Counts]
    by_area: list[AreaCounts]


class Device(Shape):
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


class DevicePage(Shape):
    """Devices by id."""

    items: list[Device]
    next: Next


class CheckView(Shape):
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


class CheckPage(Shape):
    """All checks of a device; `next` is always null."""

    items: list[CheckView]
    next: Next


class TransitionView(Shape):
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
    flapping: Annotated[
        bool,
        Field(
            description="Whether the device flaps from then on. Where `old` and `new` are the "
            "same, this or `cause` is what changed."
        ),
    ]


class TransitionPage(Shape):
    """Transitions, newest first."""

    items: list[TransitionView]
    next: Next


class Limits(Shape):
    """Beyond which values of a metric a check warns, and fails; in the metric's unit."""

    warning_above: float | None
    critical_above: float | None
    warning_below: float | None
    critical_below: float | None


class MetricView(Shape):
    """One series that there is, with its newest value."""

    metric: str
    unit: str
    labels: dict[str, str]
    last_at: AwareDatetime
    last_value: float | int | str | None
    limits: Limits | None = Field(description="Of the check that reads it; null: it has none.")


class MetricPage(Shape):
    """All series of a device; `next` is always null."""

    items: list[MetricView]
    next: Next


class SeriesView(Shape):
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
    at_least: Annotated[
        list[bool],
        Field(
            description="Of rates: whether it may have been more, because the counter may have "
            "gone round twice. Empty for plain readings."
        ),
    ]


class Readings(Shape):
    """Readings of one metric of a device."""

    device: str
    metric: str
    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    step_seconds: Annotated[int | None, Field(description="null: every stored value.")]
    items: list[SeriesView]
    next: Next


class SiteView(Shape):
    """A place with devices."""

    id: str
    name: str
    area: str
    latitude: float | None
    longitude: float | None


class SitePage(Shape):
    """All sites by id; `next` is always null."""

    items: list[SiteView]
    next: Next


class OwnerView(Shape):
    """An agency or provider that answers for devices, links or power."""

    id: str
    name: str


class OwnerPage(Shape):
    """All owners by id; `next` is always null."""

    items: list[OwnerView]
    next: Next


class AreaView(Shape):
    """An administrative area with its Kemendagri code."""

    code: str
    name: str
    zone: Annotated[str | None, Field(description="IANA zone where it differs from its parent's.")]
    parent: str | None
    bps_code: Annotated[str | None, Field(description="Its code at BPS, where it is known.")]
    valid_from: Annotated[
        date | None, Field(description="First day of the code; null: not known, or none.")
    ]
    valid_to: Annotated[date | None, Field(description="Its last day; null: in force.")]
    replaces: Annotated[list[str], Field(description="Codes that it came from.")]


class AreaCodeView(Shape):
    """A code of an area, from one day to another."""

    code: str
    name: str
    bps_code: str | None
    valid_from: Annotated[date | None, Field(description="Null: as far back as is known.")]
    valid_to: Annotated[date | None, Field(description="The last day; null: in force.")]
    replaces: list[str]
    basis: Annotated[str, Field(description="The decree that says so.")]


class AreaCodePage(Shape):
    """Codes of areas by code and time."""

    items: list[AreaCodeView]
    next: Next


class AreaPage(Shape):
    """All areas by code; `next` is always null."""

    items: list[AreaView]
    next: Next


class TagCount(Shape):
    """A tag and how many devices have it."""

    tag: str
    devices: int


class TagPage(Shape):
    """All tags of devices in use, sorted; `next` is always null."""

    items: list[TagCount]
    next: Next


class WallArea(Shape):
    """An area that has devices of its own."""

    code: str
    name: str


class WallDevice(Shape):
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
    maintenance: bool
    last_result_at: AwareDatetime | None


class Wall(Shape):
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


class Visitor(Shape):
    """Who is asking."""

    name: Annotated[str, Field(description="Name of the token; empty where none is needed.")]
    role: Annotated[Literal["viewer", "operator", "admin"], Field(description="What they may do.")]
    screen: Annotated[
        ScreenSettings | None,
        Field(description="How the wall is to be shown, where the token is a screen's link."),
    ]


class Session(Shape):
    """A session that was opened; the cookie is in the header."""

    name: Annotated[str, Field(description="Name of the token.")]
    role: str
    expires_at: AwareDatetime


class Alive(Shape):
    """The process answers."""

    alive: bool


class Readiness(Shape):
    """Whether what is served can be relied on, and why not."""

    ready: bool
    reasons: Annotated[list[str], Field(description="What is wrong, in words; empty when ready.")]
