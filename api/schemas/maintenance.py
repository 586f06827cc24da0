"""The shapes of maintenance windows."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from api.schemas.shape import Next, Shape
from collector.maintenance import WindowPhase

_Name = Annotated[str, Field(max_length=200)]
_Names = Annotated[list[_Name], Field(default_factory=list, max_length=1_000)]
_Moment = Annotated[str, Field(max_length=40)]


class ScopeBody(Shape):
    """Which devices: those named, and all of these sites, areas (with all below) and tags."""

    devices: _Names
    sites: _Names
    areas: _Names
    tags: _Names


class WindowBody(Shape):
    """A window to be made."""

    title: Annotated[str, Field(max_length=200, description="What is done, in a few words.")]
    reason: Annotated[str, Field(max_length=2_000, description="Why; it stays for audits.")]
    starts_at: Annotated[_Moment, Field(description="With its zone. May be in the past.")]
    ends_at: Annotated[_Moment, Field(description="With its zone, at most 366 days later.")]
    zone: Annotated[
        str | None,
        Field(max_length=100, description="IANA zone of a recurrence. Default: the configured."),
    ] = None
    recurrence: Annotated[
        str | None,
        Field(max_length=500, description="RFC 5545 rule, such as `FREQ=WEEKLY;BYDAY=TU`."),
    ] = None
    scope: ScopeBody


class WindowChangeBody(WindowBody):
    """A window that takes another's place."""

    from_: Annotated[
        _Moment | None,
        Field(
            alias="from",
            description="Until when the old one counts. Default: a single window is replaced as "
            "a whole; of a recurring one what is past stays.",
        ),
    ] = None


class ScopeView(Shape):
    """Which devices a window covers."""

    devices: list[str]
    sites: list[str]
    areas: list[str]
    tags: list[str]


class Occurrence(Shape):
    """One time that a window is on."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Window(Shape):
    """A maintenance window."""

    id: int
    title: str
    reason: str
    author: Annotated[str, Field(description="Name of the token it was made with.")]
    created_at: AwareDatetime
    after_the_fact: Annotated[bool, Field(description="It was made after it began.")]
    scope: ScopeView
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    zone: str
    recurrence: str | None
    replaces: Annotated[int | None, Field(description="The window in whose place it came.")]
    active: Annotated[bool, Field(description="It is on now.")]
    cancelled_at: AwareDatetime | None
    cancelled_from_at: Annotated[
        AwareDatetime | None, Field(description="Nothing of it counts from then on.")
    ]
    cancelled_by: str | None
    cancel_reason: str | None
    phase: Annotated[WindowPhase, Field(description="What it is now.")]
    following: Annotated[
        Occurrence | None,
        Field(description="When it is on, now or next; null: nothing of it is to come."),
    ]


class ListedWindow(Window):
    """A window of a list."""

    within: Annotated[
        list[Occurrence],
        Field(
            description="When it is on between `from` and `to`, what was cancelled cut away; "
            "empty unless both were given and lie at most 100 days apart."
        ),
    ]


class WindowDetail(Window):
    """A window with what follows from it."""

    occurrences: Annotated[
        list[Occurrence], Field(description="The one that is on and the next, ten at most.")
    ]
    devices: Annotated[list[str], Field(description="Devices in use that it covers, by id.")]


class WindowPreview(Shape):
    """What a window would do, if it were made."""

    count: Annotated[int, Field(description="Devices in use that it covers.")]
    devices: Annotated[list[str], Field(description="Ids of the first 100 of them.")]
    occurrences: Annotated[
        list[Occurrence], Field(description="The one that is on and the next, ten at most.")
    ]
    lost_seconds: Annotated[
        float | None,
        Field(
            description="Of a single window that has begun: for how long these devices, together, "
            "were down or unreachable in it, which would be left out. null: not reckoned."
        ),
    ]


class WindowPage(Shape):
    """Windows, newest first."""

    items: list[ListedWindow]
    next: Next
