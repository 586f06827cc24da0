"""The shapes of access: tokens, and the links of screens."""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from api.schemas.shape import Next, Shape

_Role = Literal["viewer", "operator", "admin"]
_Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=60,
        description="Of a shift, a person, a screen or a program; others see it as the author.",
    ),
]
WallPage = Literal["ringkasan", "insiden", "peta", "wifi", "cctv", "server"]
_Language = Literal["id", "en"]
_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_Metres = Annotated[
    float | None, Field(gt=0, le=100, description="To the last row of readers; null: not said.")
]
_Inches = Annotated[
    float | None, Field(gt=0, le=1_000, description="Of the panel's diagonal; null: not said.")
]
_Pages = Annotated[
    list[WallPage],
    Field(max_length=6, description="What takes turns, in order; empty: what the address says."),
]
_Seconds = Annotated[int, Field(ge=5, le=600, description="How long a page stays.")]
_NightFrom = Annotated[
    str | None,
    Field(pattern=_CLOCK, description="When it dims, in the site's zone; null: never."),
]
_NightUntil = Annotated[str | None, Field(pattern=_CLOCK, description="When it is bright again.")]
_Sound = Annotated[bool, Field(description="It rings for a new critical until that is taken.")]


class ScreenSettings(Shape):
    """How a screen shows the wall. What the address says goes before it."""

    distance_metres: _Metres
    diagonal_inches: _Inches
    pages: _Pages
    page_seconds: _Seconds
    night_from: _NightFrom
    night_until: _NightUntil
    sound: _Sound
    language: _Language


class ScreenSettingsBody(Shape):
    """How a screen is to show the wall; what is left out is as usual."""

    distance_metres: _Metres = None
    diagonal_inches: _Inches = None
    pages: _Pages = Field(default_factory=list)
    page_seconds: _Seconds = 20
    night_from: _NightFrom = "22:00"
    night_until: _NightUntil = "05:30"
    sound: _Sound = False
    language: _Language = "id"

    @model_validator(mode="after")
    def _in_pairs(self) -> Self:
        if (self.distance_metres is None) != (self.diagonal_inches is None):
            raise ValueError("distance_metres and diagonal_inches are given together, or neither")
        if (self.night_from is None) != (self.night_until is None):
            raise ValueError("night_from and night_until are given together, or neither")
        if self.night_from is not None and self.night_from == self.night_until:
            raise ValueError("night_from and night_until are different times")
        if len(set(self.pages)) != len(self.pages):
            raise ValueError("a page stands in pages once")
        return self


class TokenBody(Shape):
    """A token to be made."""

    name: _Name
    role: _Role
    expires_at: Annotated[
        str | None, Field(max_length=40, description="With its zone; null: never.")
    ] = None


class TokenView(Shape):
    """A token. Its secret is shown once, when it is made, and kept nowhere."""

    id: int
    name: str
    role: _Role
    screen: Annotated[bool, Field(description="It is the link of a screen.")]
    created_at: AwareDatetime
    expires_at: Annotated[AwareDatetime | None, Field(description="Null: never.")]
    last_used_at: Annotated[AwareDatetime | None, Field(description="To the minute.")]
    revoked_at: AwareDatetime | None
    in_force: Annotated[bool, Field(description="It gives access now.")]
    own: Annotated[bool, Field(description="It is the one that asks.")]


class TokenPage(Shape):
    """Tokens, newest first."""

    items: list[TokenView]
    next: Next


class TokenMade(Shape):
    """A new token, and its secret for the only time."""

    token: TokenView
    secret: str


class Revoked(Shape):
    """What was revoked."""

    name: str
    revoked: Annotated[int, Field(description="How many were in force; 0: none was any more.")]


class ScreenBody(Shape):
    """The link of a screen to be made."""

    name: _Name
    settings: Annotated[
        ScreenSettingsBody, Field(default_factory=ScreenSettingsBody, description="As usual.")
    ]
    bind_address: Annotated[
        bool, Field(description="Good only for the address that uses it first.")
    ] = False


class ScreenChange(Shape):
    """What a screen is to be from now on; it replaces all of its settings."""

    settings: ScreenSettingsBody
    bind_address: bool = False


class ScreenView(Shape):
    """The link of a screen; its secret is shown once."""

    id: int
    name: str
    settings: ScreenSettings
    bind_address: bool
    bound_to: Annotated[
        str | None, Field(description="The address that used it first; of IPv6 its /64.")
    ]
    bound_at: AwareDatetime | None
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    last_used_at: Annotated[AwareDatetime | None, Field(description="To the minute.")]
    revoked_at: AwareDatetime | None
    in_force: bool


class ScreenPage(Shape):
    """Screens, newest first."""

    items: list[ScreenView]
    next: Next


class ScreenMade(Shape):
    """A new link of a screen, for the only time."""

    screen: ScreenView
    secret: str
    path: Annotated[
        str, Field(description="Behind the address of Pantau, this opens the wall on a panel.")
    ]
