"""What walls are told beside the live state (`GET /wall/figures`)."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from api.schemas.shape import Shape

FigureName = Literal[
    "wifi_users",
    "without_users",
    "image_troubles",
    "not_recording",
    "wrong_clock",
    "channels_off",
    "on_battery",
    "fullest_disk",
    "hottest",
]


class WallFigure(Shape):
    """A figure of a service, and what it rests on."""

    name: Annotated[
        FigureName,
        Field(
            description="`wifi_users`: connected users; `without_users`: access points that are up "
            "with nobody on them, from 07:00 to 22:00; `on_battery`: UPS on battery; "
            "`fullest_disk`: percent; `hottest`: °C. `image_troubles`, `not_recording`, "
            "`wrong_clock`, `channels_off`: cameras."
        ),
    ]
    value: Annotated[float | None, Field(description="Null: no device tells it. Never a guess.")]
    devices: Annotated[int, Field(description="Of how many devices the value is.")]
    all: Annotated[int, Field(description="Of how many it should be.")]
    oldest_at: Annotated[
        AwareDatetime | None, Field(description="Its oldest reading; at most ten minutes old.")
    ]
    device: Annotated[str | None, Field(description="Whose value it is, where it is one's.")]
    device_name: str | None
    part: Annotated[str | None, Field(description="Which disk, which sensor.")]
    seconds: Annotated[float | None, Field(description="How long the first battery lasts.")]


class WallHours(Shape):
    """The last 24 hours, oldest first; the last one ends now. The most at one moment of each."""

    out: Annotated[list[int], Field(description="Devices down or unreachable.")]
    unknown: Annotated[list[int], Field(description="Devices of which nothing was known.")]


class WallRecovery(Shape):
    """What came back last."""

    device: str
    at: AwareDatetime


class WallIncidents(Shape):
    """How many incidents began since a moment, and how long those that recovered took."""

    from_: Annotated[AwareDatetime, Field(alias="from")]
    incidents: int
    mttr_seconds: Annotated[float | None, Field(description="Null: none recovered.")]


class WallUptimeRow(Shape):
    """The seconds of a kind's devices; what is excluded is left out."""

    key: Annotated[str, Field(description="The kind.")]
    up_seconds: float
    degraded_seconds: float
    down_seconds: float
    unreachable_seconds: float
    unknown_seconds: float


class WallUptime(Shape):
    """Uptime by kind."""

    today: list[WallUptimeRow]
    month: Annotated[list[WallUptimeRow], Field(description="At most ten minutes old.")]


class WallOwner(Shape):
    """Who answers for something."""

    id: str
    name: str


class WallFigures(Shape):
    """What walls show beside the live state, at most a minute old."""

    at: AwareDatetime
    figures: Annotated[list[WallFigure], Field(description="Those that there are devices for.")]
    readings: Annotated[bool, Field(description="False: readings could not be read.")]
    hours: WallHours
    recovery: Annotated[WallRecovery | None, Field(description="Of the last day.")]
    day: Annotated[WallIncidents, Field(description="Since midnight.")]
    recent: Annotated[WallIncidents, Field(description="Of the last twelve hours.")]
    uptime: WallUptime
    owners: list[WallOwner]
