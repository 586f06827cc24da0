"""The facts of a message: what happened, where, since when, why, whose. No words yet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from collector.model import CauseClass, CauseRule, Reason, State
from collector.model.alerts import Purpose, Severity
from collector.notify.words.cleaning import LONGEST_DETAIL, clean

NAMED = 10
"""So many devices are named in a message; the others are counted."""

Counts = tuple[tuple[str, int], ...]  # kind of device, how many; the most first
_LONG = frozenset({"detail", "reason_given"})
_LINKS = frozenset({"desk_link", "map_link"})


class About(StrEnum):
    """What a message is about."""

    DEVICE = "device"
    SITE = "site"
    FEEDER = "feeder"
    AREA = "area"
    COLLECTOR = "collector"
    STORM = "storm"
    DIGEST = "digest"
    SILENCE = "silence"
    PANTAU = "pantau"  # a test, or the sign of life


def _clean_texts(value: object) -> None:
    """Make every text of a frozen dataclass harmless; addresses are ours and stay."""
    for one in fields(value):  # type: ignore[arg-type]  # called with dataclasses only
        held = getattr(value, one.name)
        if type(held) is str and one.name not in _LINKS:
            longest = LONGEST_DETAIL if one.name in _LONG else 80
            object.__setattr__(value, one.name, clean(held, longest))


@dataclass(frozen=True, slots=True)
class Named:
    """A device that a message names."""

    id: str
    name: str
    kind: str
    state: State
    reason: Reason
    since_at: datetime
    detail: str = ""  # the device's or the probe's own words
    site: str = ""  # its name
    is_new: bool = False  # not named in a message before
    ended_at: datetime | None = None  # well again

    def __post_init__(self) -> None:
        _clean_texts(self)


@dataclass(frozen=True, slots=True)
class SilenceFacts:
    """A silence that is about to end."""

    about: str
    reason_given: str
    author: str
    ends_at: datetime

    def __post_init__(self) -> None:
        _clean_texts(self)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a message may say. The same for everybody who gets it, in every language.

    Whatever text comes in is one harmless line afterwards. `to_json` and `from_json` take it
    through the outbox.
    """

    purpose: Purpose
    severity: Severity
    about: About
    at: datetime  # when it was decided to say this
    zone: str = "Asia/Jakarta"  # IANA; of the site
    name: str = ""  # of the device, site, feeder, area or collector
    kind: str = ""  # of the device it is about
    state: State | None = None
    reason: Reason | None = None
    detail: str = ""
    devices: tuple[Named, ...] = ()  # at most NAMED, the most severe and oldest first
    firing: int = 0  # devices that are not well and lead
    kinds: Counts = ()  # of those
    carried: Counts = ()  # held with them: behind the root, without power, unseen
    ended: int = 0  # well again
    site: str = ""
    sites: tuple[str, ...] = ()  # at most NAMED
    all_sites: int = 0
    areas: tuple[str, ...] = ()  # of the site, narrowest first
    began_at: datetime | None = None
    ended_at: datetime | None = None  # all is well since
    first_told_at: datetime | None = None
    cause: CauseClass | None = None
    rule: CauseRule | None = None
    root: str = ""  # name of the device that cuts off, where it is another
    owner: str = ""
    link_owner: str = ""
    power_owner: str = ""
    advice: str = ""  # key of the catalogue: what to do
    incident_id: int | None = None
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    step: int = 0  # of an escalation: its time, seconds after the first word
    flapping: bool = False  # it goes up and down too often to be told each time
    causes: int = 0  # told in one: of a storm or a digest
    silence: SilenceFacts | None = None
    collectors: tuple[str, ...] = ()  # that give no sign of life
    receiver: str = ""  # of a test
    not_reached: str = ""  # for whom it was, when it could not be delivered there
    desk_link: str = ""
    map_link: str = ""

    def __post_init__(self) -> None:
        _clean_texts(self)
        for name in ("sites", "areas", "collectors"):
            object.__setattr__(self, name, tuple(clean(one) for one in getattr(self, name)))
        for name in ("kinds", "carried"):
            counts = tuple((clean(kind), count) for kind, count in getattr(self, name))
            object.__setattr__(self, name, counts)

    @property
    def behind(self) -> int:
        """How many are held with those that lead."""
        return sum(count for _, count in self.carried)

    @property
    def total(self) -> int:
        """How many are not well."""
        return self.firing + self.behind

    @property
    def others(self) -> int:
        """How many that are not well are not named."""
        return max(0, self.firing - sum(1 for one in self.devices if one.ended_at is None))

    def to_json(self) -> dict[str, object]:
        """Return values that JSON can hold; what is as in an empty message is left out."""
        return {
            one.name: _plain(getattr(self, one.name))
            for one in fields(self)
            if getattr(self, one.name) != one.default
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "Facts":
        """Return the facts of a row. Keys that a newer version wrote are left aside.

        Raises ValueError where a value is not what it should be.
        """
        return _made(cls, data, _FACTS)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _list(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise TypeError
    return list(value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(one) for one in _list(value))


def _counts(value: object) -> Counts:
    pairs = [_list(one) for one in _list(value)]
    return tuple((_text(kind), _number(count)) for kind, count in pairs)


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError
    return value


_NAMED: Mapping[str, Callable[[object], object]] = {
    "state": lambda value: State(_text(value)),
    "reason": lambda value: Reason(_text(value)),
    "since_at": _moment,
    "ended_at": _moment,
    "is_new": _truth,
}
_SILENCE: Mapping[str, Callable[[object], object]] = {"ends_at": _moment}
_FACTS: Mapping[str, Callable[[object], object]] = {
    "purpose": lambda value: Purpose(_text(value)),
    "severity": lambda value: Severity(_text(value)),
    "about": lambda value: About(_text(value)),
    "at": _moment,
    "state": lambda value: State(_text(value)),
    "reason": lambda value: Reason(_text(value)),
    "devices": lambda value: tuple(_made(Named, _mapping(one), _NAMED) for one in _list(value)),
    "firing": _number,
    "kinds": _counts,
    "carried": _counts,
    "ended": _number,
    "sites": _texts,
    "all_sites": _number,
    "areas": _texts,
    "began_at": _moment,
    "ended_at": _moment,
    "first_told_at": _moment,
    "cause": lambda value: CauseClass(_text(value)),
    "rule": lambda value: CauseRule(_text(value)),
    "incident_id": _number,
    "acknowledged_at": _moment,
    "step": _number,
    "flapping": _truth,
    "causes": _number,
    "silence": lambda value: _made(SilenceFacts, _mapping(value), _SILENCE),
    "collectors": _texts,
}


_Kind = TypeVar("_Kind")


def _made(
    kind: type[_Kind],
    data: Mapping[str, object],
    readers: Mapping[str, Callable[[object], object]],
) -> _Kind:
    values: dict[str, object] = {}
    for one in fields(kind):  # type: ignore[arg-type]  # called with dataclasses only
        held = data.get(one.name)
        if held is None:
            continue
        try:
            values[one.name] = readers.get(one.name, _text)(held)
        except (TypeError, ValueError) as error:
            raise ValueError(f"facts of a message: {one.name!r} cannot be read") from error
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError("facts of a message: something is missing") from error
