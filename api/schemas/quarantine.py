"""The shapes of the quarantine."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from api.schemas.shape import Next, Shape

_Word = Annotated[str, Field(max_length=200)]
_Words = Annotated[list[_Word], Field(default_factory=list, max_length=50)]


class AdoptionBody(Shape):
    """As what something is adopted. What is left out is as suggested."""

    site: Annotated[str, Field(max_length=200, description="Id of the site it stands at.")]
    id: Annotated[_Word | None, Field(description="Id of the new device.")] = None
    name: Annotated[_Word | None, Field(description="Name for people.")] = None
    kind: Annotated[_Word | None, Field(description="What it is.")] = None
    profile: Annotated[_Word | None, Field(description="Name of a device profile.")] = None
    owner: Annotated[_Word | None, Field(description="Owner of the device.")] = None
    link_owner: Annotated[_Word | None, Field(description="Owner of its link.")] = None
    power_owner: Annotated[_Word | None, Field(description="Owner of its power.")] = None
    power_feeder: Annotated[_Word | None, Field(description="What feeds it.")] = None
    telemetry_period: Annotated[
        _Word | None, Field(description="How often it publishes, such as `10m`.")
    ] = None
    address: Annotated[_Word | None, Field(description="Its address, if it is asked too.")] = None
    credentials: Annotated[_Words, Field(description="Names of credentials.")]
    parents: Annotated[_Words, Field(description="Devices behind which it stands.")]
    tags: Annotated[_Words, Field(description="Words to filter by.")]


class FitView(Shape):
    """A profile that what was heard fits."""

    profile: str
    name: Annotated[str, Field(description="What it is called by that profile: its topic.")]


class SuggestionView(Shape):
    """What it could be as a device; an adoption that says no more makes it so."""

    id: str
    name: str
    kind: str
    profile: str | None


class Entry(Shape):
    """Something that was heard and is no device."""

    id: int
    source: Annotated[str, Field(description="Which listener heard it: `mqtt`.")]
    name: Annotated[str, Field(description="What it calls itself.")]
    state: Annotated[str, Field(description="`waiting`, `ignored` or `adopted`.")]
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    messages: int
    bytes: int
    places: Annotated[list[str], Field(description="Topics it was heard on, ten at most.")]
    shape: Annotated[
        dict[str, str], Field(description="Keys and types of its last payload; never a value.")
    ]
    about: Annotated[dict[str, str], Field(description="What it says of itself.")]
    fits: list[FitView]
    suggestion: SuggestionView | None
    device: Annotated[str | None, Field(description="As which device it was adopted.")]
    decided_at: AwareDatetime | None
    decided_by: str | None


class EntryPage(Shape):
    """Entries, last heard first."""

    items: list[Entry]
    next: Next


class AdoptedView(Shape):
    """The device that an entry has become."""

    entry: int
    device: str
    name: str
    kind: str
    site: str
    profile: str
    created: Annotated[bool, Field(description="False: it had been adopted before.")]
    watched: Annotated[
        bool, Field(description="The collector has it already; else it will in a few seconds.")
    ]


class DecisionView(Shape):
    """Who decided what about an entry, and when."""

    id: int
    entry: int
    source: str
    name: str
    kind: Annotated[str, Field(description="`adopted`, `ignored` or `unignored`.")]
    device: str | None
    author: str
    at: AwareDatetime


class DecisionPage(Shape):
    """Decisions, newest first."""

    items: list[DecisionView]
    next: Next
