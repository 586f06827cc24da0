"""Which groups of devices may be spoken of in public, and how they are. Pure.

A dead camera is a gap that a burglar can use, so nothing may point to one:

1. A group is a service in a district (kecamatan). It is named only with `FEWEST` devices or more.
2. What is left of a service is one group, *the rest*. If that is too small, the smallest named
   districts join it, so that nobody learns it as the difference between the city and the others.
3. A service with fewer than `FEWEST` devices in the whole city is not there.
4. How a group is, is one of five words. One device of more than ten that is out changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from collector.model import State

FEWEST = 5
REST = ""
"""The code of the group that holds the districts with too few devices."""

_DISTRICT_PARTS = 3  # of a Kemendagri code: province, regency or city, district
_OUT = frozenset({State.DOWN, State.UNREACHABLE})


class Service(StrEnum):
    """What people know the devices as."""

    CCTV = "cctv"
    WIFI = "wifi"
    INFRASTRUCTURE = "infrastructure"  # servers, networks, power


_SERVICES = {"camera": Service.CCTV, "access_point": Service.WIFI}


class Level(StrEnum):
    """How a group is."""

    NORMAL = "normal"
    PARTLY = "partly"  # a tenth of it or more is out
    MOSTLY = "mostly"  # half of it or more is out
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"  # nothing is known of half of it or more


Group = tuple[Service, str]
"""A service, and the code of a district or `REST`."""


@dataclass(frozen=True, slots=True)
class Member:
    """A device as far as its group needs it."""

    id: str
    kind: str
    area: str
    state: State
    maintenance: bool


def service_of(kind: str) -> Service:
    """Return what a kind of device is for."""
    return _SERVICES.get(kind, Service.INFRASTRUCTURE)


def district_of(area: str) -> str:
    """Return the code of the district that holds an area."""
    return ".".join(area.split(".")[:_DISTRICT_PARTS])


def grouped(members: Iterable[Member]) -> dict[Group, list[Member]]:
    """Return the groups that may be spoken of, each with its devices."""
    by_service: dict[Service, dict[str, list[Member]]] = {}
    for one in members:
        districts = by_service.setdefault(service_of(one.kind), {})
        districts.setdefault(district_of(one.area), []).append(one)
    found: dict[Group, list[Member]] = {}
    for service in Service:
        for code, devices in _named(by_service.get(service, {})).items():
            found[service, code] = devices
    return found


def _named(districts: Mapping[str, list[Member]]) -> dict[str, list[Member]]:
    if sum(map(len, districts.values())) < FEWEST:
        return {}
    named = {code: devices for code, devices in sorted(districts.items()) if len(devices) >= FEWEST}
    rest = [one for code, devices in districts.items() if code not in named for one in devices]
    while rest and len(rest) < FEWEST:
        smallest = min(named, key=lambda code: (len(named[code]), code))
        rest += named.pop(smallest)
    return named | ({REST: rest} if rest else {})


def level_of(devices: Iterable[Member], *, blind: bool) -> Level:
    """Return how a group is. `blind`: nobody looks, so nothing is known."""
    counts: Counter[str] = Counter()
    for one in devices:
        if one.maintenance:
            counts["maintenance"] += 1
        else:
            counts["unknown"] += one.state is State.UNKNOWN or blind
            counts["out"] += one.state in _OUT and not blind
            counts["all"] += 1
    if counts["maintenance"] > counts["all"]:
        return Level.MAINTENANCE
    if 2 * counts["unknown"] >= counts["all"]:
        return Level.UNKNOWN
    known = counts["all"] - counts["unknown"]
    if 2 * counts["out"] >= known:
        return Level.MOSTLY
    return Level.PARTLY if 10 * counts["out"] >= known else Level.NORMAL
