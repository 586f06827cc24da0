"""What the store hands out beside the words of `collector.model`: rows for reading, and pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from collector.model import (
    CheckState,
    DeviceState,
    Role,
    Rule,
    RuleOverride,
    Sighting,
    State,
    Threshold,
)

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """Some rows of a longer list. Give `next` back as `after`; None: that was all."""

    items: tuple[RowT, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class InventoryChange:
    """Ids (of devices, or of checks) that an apply made, altered or retired.

    One that had been retired and is back counts as created.
    """

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.created or self.changed or self.retired)


@dataclass(frozen=True, slots=True)
class LoadedStates:
    """What was believed when the collector last wrote, by id; retired ones are left out."""

    devices: dict[str, DeviceState]
    checks: dict[str, CheckState]


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as people ask for it: inventory, where its site is, and what is believed of it."""

    id: str
    name: str
    kind: str
    site: str
    site_name: str
    area: str
    area_name: str
    latitude: float | None
    longitude: float | None
    owner: str | None
    link_owner: str | None
    power_owner: str | None
    profile: str
    address: str | None
    credentials: tuple[str, ...]
    parents: tuple[str, ...]
    tags: tuple[str, ...]
    snmp_port: int | None
    mqtt_topic: str | None
    telemetry_seconds: float | None
    parent_groups: tuple[tuple[str, ...], ...]
    power_feeder: str | None
    rule: RuleOverride | None
    created_at: datetime
    changed_at: datetime
    retired_at: datetime | None
    state: DeviceState


class WallRow(NamedTuple):
    """A device in use as walls show it, in plain words and microseconds.

    Ten thousand are read at once for every screen that connects: as `DeviceRow` that takes seven
    times as long.
    """

    id: str
    name: str
    kind: str
    site: str
    site_name: str
    area: str
    owner: str | None
    state: str
    since_at: int | None
    confirmed_at: int | None
    reason: str
    detail: str
    cause: str | None
    flapping: bool
    last_result_at: int | None


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What uptime, maintenance and causes need to know of a device, and nothing more."""

    id: str
    name: str
    kind: str
    site: str
    site_name: str
    area: str
    area_name: str
    zone: str | None  # of its site's area; None: the configured one
    owner: str | None
    link_owner: str | None
    power_owner: str | None
    power_feeder: str | None
    parents: tuple[str, ...]
    tags: tuple[str, ...]
    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check's definition and what is believed of it."""

    id: str
    device_id: str
    name: str
    probe: str
    role: Role
    interval_seconds: float
    timeout_seconds: float
    rule: Rule
    state: CheckState
    limits: Mapping[str, Threshold]  # by metric; its numbers alone


@dataclass(frozen=True, slots=True)
class CountRow:
    """How many devices of one kind in one area are in one state."""

    kind: str
    area: str
    state: State
    count: int


@dataclass(frozen=True, slots=True)
class AreaFreshness:
    """How new what is known of an area is: its newest result, and how often one should come."""

    code: str
    last_result_at: datetime | None  # of any device in use there; None: none ever told anything
    period_seconds: float  # of the check there that is made most often


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many checks in use of one probe and role have one rule."""

    probe: str
    role: Role
    rule: Rule
    checks: int


class TokenRole(StrEnum):
    """What the holder of a token may do; each may do what the one before may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class ScreenRow:
    """What belongs to a token that is the link of a screen.

    `settings` are the page's, and are only kept here. With `bind_address` the link is good for the
    network that used it first (`bound_to`, since `bound_at`) and for no other.
    """

    settings: Mapping[str, object]
    bind_address: bool = False
    bound_to: str | None = None
    bound_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TokenRow:
    """An access token as the store knows it: never the secret itself."""

    id: int
    name: str
    role: TokenRole
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    screen: ScreenRow | None = None

    def in_force(self, now: datetime) -> bool:
        """Say whether it gives access: it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class QuarantineState(StrEnum):
    """What people made of an entry of the quarantine."""

    WAITING = "waiting"
    IGNORED = "ignored"
    ADOPTED = "adopted"


class Decision(StrEnum):
    """What somebody did with an entry of the quarantine."""

    IGNORED = "ignored"
    UNIGNORED = "unignored"
    ADOPTED = "adopted"


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """Something that was heard and is no device, and what people made of it."""

    id: int
    state: QuarantineState
    sighting: Sighting
    device_id: str | None = None  # as which it was adopted
    decided_at: datetime | None = None
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """Who decided what about an entry of the quarantine, and when. Never changed or deleted."""

    id: int
    entry_id: int
    source: str
    name: str
    kind: Decision
    device_id: str | None
    author: str
    at: datetime
