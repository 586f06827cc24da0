"""What lists and the network contradict each other in, and what people decide about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from collector.model.register import Field

NETWORK = "network"
"""Who says what no list says: what devices answered, or where they were heard."""
INVENTORY = "inventory"
"""Who says what files written by hand say: a device's site, kind and address."""


class RowRef(NamedTuple):
    """A row of a list, by the list's id and the row's own key."""

    source: str
    key: str


class FindingKind(StrEnum):
    """What can be found when lists are held against each other and against the network."""

    DUPLICATE = "duplicate"  # two rows, one device
    CONFLICT = "conflict"  # different words on one field of one device
    GHOST = "ghost"  # listed and asked for long enough, never seen
    UNKNOWN = "unknown"  # seen, in no list
    MOVED = "moved"  # address, serial number or MAC are now elsewhere
    WRONG_AREA = "wrong_area"  # the coordinates lie in another area than the row names


class FindingState(StrEnum):
    """Where a finding stands in the queue."""

    OPEN = "open"
    DECIDED = "decided"
    STALE = "stale"  # decided, and then a row that it rests on changed: to be decided again
    GONE = "gone"  # the lists no longer say so


class Action(StrEnum):
    """What a person can decide about a finding."""

    SAME = "same"  # the rows are about one device
    DIFFERENT = "different"  # they are not
    USE = "use"  # this value is in force from now on
    KEEP = "keep"  # nothing changes: what is in force is right
    RETIRE = "retire"  # the device is gone; its row no longer counts
    LIST = "list"  # an agency is to list it
    IGNORE = "ignore"  # it is none of the city's


ACTIONS: Mapping[FindingKind, tuple[Action, ...]] = {
    FindingKind.DUPLICATE: (Action.SAME, Action.DIFFERENT),
    FindingKind.CONFLICT: (Action.USE, Action.KEEP),
    FindingKind.GHOST: (Action.RETIRE, Action.KEEP),
    FindingKind.UNKNOWN: (Action.LIST, Action.IGNORE),
    FindingKind.MOVED: (Action.USE, Action.KEEP),
    FindingKind.WRONG_AREA: (Action.USE, Action.KEEP),
}
"""What can be decided about which finding; the first is what is proposed without more evidence."""


class Said(NamedTuple):
    """One value, and who says it: a list's row, or a device of the network."""

    who: str  # id of a source, or NETWORK or INVENTORY
    key: str  # of the row, or the device's id, or the name of what was heard
    value: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is said of one field, by everybody who says something of it."""

    field: Field
    said: tuple[Said, ...]
    agrees: bool | None = None  # None: only one says something, or it is a hint at most


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the evidence speaks for. `values` are what would be in force, for USE."""

    action: Action
    values: Mapping[Field, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing for a person to decide, with what it rests on.

    `id` is made of what it is about and stays the same from one reconciliation to the next;
    `digest` is made of what is said, so that a decision goes stale when that changes. `weight`
    says from 0 to 1 how much speaks for it.
    """

    id: str
    kind: FindingKind
    weight: float
    rows: tuple[RowRef, ...]
    devices: tuple[str, ...]  # ids of devices that it concerns
    evidence: tuple[Evidence, ...]
    proposal: Proposal
    digest: str
    field: Field | None = None  # of a conflict, or what moved
    heard: str | None = None  # of something unknown that is no device: what it calls itself


@dataclass(frozen=True, slots=True)
class NetworkDevice:
    """What is watched, and what the network said of it.

    The position is that of its site. `identities` are what it answered itself, by name (see
    `collector.register.identities`): it may have several serial numbers and MAC addresses.
    """

    id: str
    name: str
    kind: str
    area: str
    watched_from: datetime
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    first_seen_at: datetime | None = None  # None: it has never answered
    last_seen_at: datetime | None = None
    identities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_listed: bool = False  # it is watched because a list names it


@dataclass(frozen=True, slots=True)
class Stranger:
    """Something that was heard and is no device: an entry of the quarantine."""

    id: int
    name: str
    first_seen_at: datetime
    last_seen_at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's decision about a finding. The last one about it is in force.

    `digest` is that of the finding when it was decided; `values` are the fields that are in force
    for `device_id` from then on.
    """

    finding_id: str
    kind: FindingKind
    action: Action
    reason: str
    author: str
    made_at: datetime
    digest: str
    rows: tuple[RowRef, ...] = ()
    device_id: str | None = None
    values: Mapping[Field, str] = field(default_factory=dict)
    id: int | None = None  # given by the store


@dataclass(frozen=True, slots=True)
class Identity:
    """Something a device said of itself: `key` is the metric's name, such as `serial_number`."""

    device_id: str
    key: str
    value: str
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """An agency's word that its rows are right, by the name of an office, not of a person.

    `digest` covers every row as it was; where the rows' digest is another one now, the signature
    is stale.
    """

    source: str
    office: str
    digest: str
    rows: int
    author: str  # who entered it: a name of Pantau's users or tokens
    signed_on: str  # the date that stands beside the name of the office: 2026-11-27
    made_at: datetime
    note: str = ""
    id: int | None = None  # given by the store
