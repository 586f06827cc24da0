"""The shapes of silences."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from api.schemas.maintenance import ScopeBody, ScopeView
from api.schemas.shape import Next, Shape

_Name = Annotated[str, Field(max_length=200)]
_Names = Annotated[list[_Name], Field(default_factory=list, max_length=1_000)]
_Moment = Annotated[str, Field(max_length=40)]


class SilenceBody(Shape):
    """A silence to be made: of the scope, of these owners and of these kinds, all together."""

    scope: Annotated[ScopeBody | None, Field(description="null: narrowed by the others only.")] = (
        None
    )
    owners: Annotated[_Names, Field(description="Only devices of these.")]
    kinds: Annotated[_Names, Field(description="Only devices of these kinds.")]
    reason: Annotated[str, Field(max_length=2_000, description="Why; it stays for audits.")]
    starts_at: Annotated[_Moment | None, Field(description="With its zone. Default: now.")] = None
    ends_at: Annotated[_Moment, Field(description="With its zone, at most 31 days later.")]


class SilenceView(Shape):
    """A silence, also one that is over: nothing is deleted."""

    id: int
    scope: ScopeView
    owners: list[str]
    kinds: list[str]
    reason: str
    author: Annotated[str, Field(description="Name of a token, or of who pressed a link.")]
    created_at: AwareDatetime
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    active: Annotated[bool, Field(description="It is on now.")]
    ended_at: Annotated[AwareDatetime | None, Field(description="By hand, before its time.")]
    ended_by: str | None
    reminded_at: Annotated[
        AwareDatetime | None, Field(description="When it was told that it ends soon.")
    ]


class SilencePage(Shape):
    """Silences, newest first."""

    items: list[SilenceView]
    next: Next


class SilencePreview(Shape):
    """What a silence would mute, if it were made."""

    count: Annotated[int, Field(description="Devices in use that it covers.")]
    devices: Annotated[list[str], Field(description="Ids of the first 100 of them.")]
    firing: Annotated[int, Field(description="How many of all have an alert now.")]
