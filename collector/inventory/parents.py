"""Behind what a device stands: ways in, joined by all and any, and the groups they come to.

    parents: [sw-1, sw-2]                               one of them is a way
    parents: {all: [ups-1, {any: [core-a, core-b]}]}    it needs the UPS, and one of the cores

Whatever is written becomes groups of which every one must let through, each by any of its devices
(a conjunctive normal form). No joint can be turned round (there is no "not"), so the least such
form is the only one, and two inventories that mean the same become the same groups.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from collector.config.problems import Place, did_you_mean
from collector.config.shape import check_id, refuse, shown_value

DEEPEST = 5
"""Levels of all and any, one within the other."""

MOST_MENTIONED = 50
"""Times that devices may be named as parents of one device."""

MOST_GROUPS = 64
"""Groups that the parents of one device may come to, also on the way to the least form."""

_ALL, _ANY = "all", "any"
_FORMS = f"write {{{_ALL}: [a, b]}} or {{{_ANY}: [a, b]}}"


@dataclass(frozen=True, slots=True)
class Mention:
    """A device that is named as a parent, and where below `parents`."""

    device: str
    place: Place


@dataclass(frozen=True, slots=True)
class Junction:
    """Ways that are needed all together, or of which any is enough."""

    needs_all: bool
    ways: "tuple[Way, ...]"


Way: TypeAlias = Mention | Junction
Group: TypeAlias = frozenset[str]


@dataclass(frozen=True, slots=True)
class Parents:
    """All parents once, in order of mention, and how they are joined.

    Without groups any one of the parents is a way, as in `collector.model.Device`.
    """

    devices: tuple[Mention, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the devices' ids."""
        return tuple(mention.device for mention in self.devices)


def read_parents(value: object) -> Parents:
    """Read what stands at `parents` in a file.

    Raises ValidationError with every mistake and its place below `parents`, which pydantic takes
    over as mistakes of its own, or PydanticCustomError for what is wrong with the whole.
    """
    mistakes: list[InitErrorDetails] = []
    way = _read_top(value, mistakes)
    if mistakes:
        raise ValidationError.from_exception_data("parents", mistakes)
    mentions = list(_mentions_of(way))
    if len(mentions) > MOST_MENTIONED:
        raise refuse(
            f"names {len(mentions)} devices",
            f"name at most {MOST_MENTIONED}, or one device that stands before several",
        )
    first = {mention.device: mention for mention in reversed(mentions)}
    devices = tuple(dict.fromkeys(first[mention.device] for mention in mentions))
    order = [mention.device for mention in devices]
    groups = groups_of(way) if order else ()
    if groups is None:
        raise refuse(
            f"comes to more than {MOST_GROUPS} groups of which each must let through",
            f"write fewer {_ALL} within {_ANY}",
        )
    return Parents(devices, () if groups == (frozenset(order),) else _in_order(groups, order))


def _in_order(groups: Sequence[Group], order: list[str]) -> tuple[tuple[str, ...], ...]:
    """Write groups as they would be read: by the first mention of what is in them."""
    turn = {device: position for position, device in enumerate(order)}
    sorted_groups = [tuple(sorted(group, key=turn.__getitem__)) for group in groups]
    return tuple(sorted(sorted_groups, key=lambda group: [turn[device] for device in group]))


# --- reading ----------------------------------------------------------------------------------


def _read_top(value: object, mistakes: list[InitErrorDetails]) -> Way:
    """Read the whole: one device, a list of which any is a way, or a joint."""
    if isinstance(value, str):
        return Junction(False, tuple(_device(word, (), mistakes) for word in _split(value)))
    if isinstance(value, list | tuple):
        return Junction(False, tuple(_read(it, (at,), 1, mistakes) for at, it in enumerate(value)))
    return _read(value, (), 0, mistakes)


def _split(value: str) -> list[str]:
    """Take commas for a list, as everywhere else."""
    return [word.strip() for word in value.split(",")]


def _read(value: object, place: Place, depth: int, mistakes: list[InitErrorDetails]) -> Way:
    if isinstance(value, dict):
        return _joint(value, place, depth, mistakes)
    if isinstance(value, list | tuple):
        problem = refuse(f"a list here says neither {_ALL} nor {_ANY}", _FORMS)
        return _mistake(problem, place, value, mistakes)
    return _device(value, place, mistakes)


def _joint(
    value: dict[object, object], place: Place, depth: int, mistakes: list[InitErrorDetails]
) -> Way:
    if depth >= DEEPEST:
        problem = refuse(f"is nested deeper than {DEEPEST} levels", "make it flatter")
        return _mistake(problem, place, value, mistakes)
    unknown = [key for key in value if key not in (_ALL, _ANY)]
    if unknown:
        for key in unknown:
            problem = refuse("unknown key", did_you_mean(str(key), (_ALL, _ANY)))
            _mistake(problem, (*place, _step(key)), value[key], mistakes)
        return Junction(False, ())
    if len(value) != 1:
        what, remedy = "holds nothing", _FORMS
        if value:
            what = f"{_ALL} and {_ANY} stand side by side"
            remedy = f"put one into the other: {{{_ALL}: [a, {{{_ANY}: [b, c]}}]}}"
        return _mistake(refuse(what, remedy), place, value, mistakes)
    ((key, inner),) = value.items()
    below = (*place, str(key))
    if isinstance(inner, str):
        inner = _split(inner)
    if not isinstance(inner, list | tuple) or not inner:
        what = "lists nothing" if not inner else f"{shown_value(inner)} is no list"
        problem = refuse(what, f"list devices: {{{key}: [a, b]}}")
        return _mistake(problem, below, inner, mistakes)
    ways = (_read(way, (*below, at), depth + 1, mistakes) for at, way in enumerate(inner))
    return Junction(key == _ALL, tuple(ways))


def _step(key: object) -> str | int:
    return key if isinstance(key, int) else str(key)


def _device(value: object, place: Place, mistakes: list[InitErrorDetails]) -> Way:
    if not isinstance(value, str):
        mistakes.append(InitErrorDetails(type="string_type", loc=place, input=value))
        return Junction(False, ())
    try:
        check_id(value)
    except PydanticCustomError as problem:
        return _mistake(problem, place, value, mistakes)
    return Mention(value, place)


def _mistake(
    problem: PydanticCustomError, place: Place, value: object, mistakes: list[InitErrorDetails]
) -> Way:
    mistakes.append(InitErrorDetails(type=problem, loc=place, input=value))
    return Junction(False, ())


def _mentions_of(way: Way) -> Iterator[Mention]:
    if isinstance(way, Mention):
        yield way
    else:
        for inner in way.ways:
            yield from _mentions_of(inner)


# --- groups -----------------------------------------------------------------------------------


def groups_of(way: Way) -> tuple[Group, ...] | None:
    """Return the least groups that mean the same, or None when they are more than MOST_GROUPS.

    Of two groups one of which holds the other, the larger says nothing and is left out.
    """
    if isinstance(way, Mention):
        return (frozenset((way.device,)),)
    found: tuple[Group, ...] | None = None
    for inner in way.ways:
        groups = groups_of(inner)
        if groups is None:
            return None
        if found is None:
            found = groups
        elif way.needs_all:
            found = _least({*found, *groups})
        else:  # one way or the other: each group of the one may be helped by each of the other
            found = _least({one | other for one in found for other in groups})
        if found is None:
            return None
    return found or ()


def _least(groups: Iterable[Group]) -> tuple[Group, ...] | None:
    """Leave out what holds a smaller group. None: too many are left."""
    kept: list[Group] = []
    for group in sorted(groups, key=len):  # no later one can be within an earlier
        if not any(smaller <= group for smaller in kept):
            kept.append(group)
            if len(kept) > MOST_GROUPS:
                return None
    return tuple(kept)
