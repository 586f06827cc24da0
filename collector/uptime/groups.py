"""Uptime of groups of devices: each the sum over its members."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Protocol

from collector.uptime.tally import Tally, total


class GroupBy(StrEnum):
    """What one row of an uptime table is about."""

    DEVICE = "device"
    SITE = "site"
    AREA = "area"
    KIND = "kind"
    OWNER = "owner"


class Facts(Protocol):
    """What groups need to know of a device."""

    @property
    def id(self) -> str: ...  # noqa: D102 - see the class
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def site(self) -> str: ...  # noqa: D102
    @property
    def site_name(self) -> str: ...  # noqa: D102
    @property
    def area(self) -> str: ...  # noqa: D102
    @property
    def area_name(self) -> str: ...  # noqa: D102
    @property
    def owner(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a table. The key "" holds the devices without an owner."""

    key: str
    name: str
    tally: Tally


def group(
    tallies: Mapping[str, Tally],
    facts: Iterable[Facts],
    by: GroupBy,
    owner_names: Mapping[str, str] | None = None,
) -> list[Group]:
    """Return the sum of each group, by key. Devices without a tally have no part in it.

    An owner is called by its id where `owner_names` does not name it.
    """
    names: dict[str, str] = {}
    members: dict[str, list[Tally]] = {}
    key_and_name = _key_and_name(by, owner_names or {})
    for device in facts:
        counted = tallies.get(device.id)
        if counted is None:
            continue
        key, name = key_and_name(device)
        own = members.get(key)
        if own is None:
            names[key], members[key] = name, [counted]
        else:
            own.append(counted)
    return [Group(key, names[key], total(own)) for key, own in sorted(members.items())]


def _key_and_name(by: GroupBy, owners: Mapping[str, str]) -> Callable[[Facts], tuple[str, str]]:
    match by:
        case GroupBy.DEVICE:
            return attrgetter("id", "name")
        case GroupBy.SITE:
            return attrgetter("site", "site_name")
        case GroupBy.AREA:
            return attrgetter("area", "area_name")
        case GroupBy.KIND:
            return attrgetter("kind", "kind")
        case GroupBy.OWNER:
            return lambda device: (
                device.owner or "",
                owners.get(device.owner or "", device.owner or ""),
            )
