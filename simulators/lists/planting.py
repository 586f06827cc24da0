"""Plants faults into agencies' lists, and keeps the truth about each.

No device is in two faults, but for one: a conflict between lists needs a device that two list.
Everything is drawn from the city's seed: the same city has the same faults.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from math import cos, hypot, radians

from simulators import places
from simulators.city import City, Device, Kind, Site
from simulators.lists.listing import (
    AGENCIES,
    Answers,
    Row,
    Values,
    answers_of,
    says_who_it_is,
    values_of,
)

_FAR_METRES = 4_000.0  # an area whose middle is so far away holds none of these coordinates
_METRES_A_DEGREE = 111_320.0
_SHIFT_DEGREES = 0.0036  # some 400 m


class FaultKind(StrEnum):
    """What can be wrong with lists."""

    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    GHOST = "ghost"
    UNKNOWN = "unknown"
    MOVED = "moved"
    WRONG_AREA = "wrong_area"


@dataclass(frozen=True, slots=True)
class Fault:
    """A planted fault: the rows that it is in, the devices that it is about."""

    kind: FaultKind
    rows: tuple[tuple[str, str], ...] = ()
    devices: tuple[str, ...] = ()
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Lists:
    """What was listed, what was planted, and what the network would say.

    `lookalikes` are pairs of rows with like names that are about different devices.
    """

    city: City
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    lookalikes: tuple[tuple[tuple[str, str], tuple[str, str]], ...]
    answers: tuple[Answers, ...]


@dataclass(frozen=True, slots=True)
class Shares:
    """How many of a thousand devices are in a fault of each sort."""

    listed_by_two: int = 40
    listed_twice: int = 10
    conflict: int = 30
    network_conflict: int = 10
    ghost: int = 20
    unknown: int = 20
    moved: int = 20
    swapped: int = 15
    wrong_area: int = 15
    lookalike: int = 20


def make_lists(city: City, shares: Shares | None = None) -> Lists:
    """Return the lists of a city with faults in the given shares, at least one of each sort."""
    return _Planter(city, shares or Shares()).plant()


class _Planter:
    """Takes devices off a shuffled pile, so that each is in one fault at most."""

    def __init__(self, city: City, shares: Shares) -> None:
        self._city = city
        self._shares = shares
        self._draw = random.Random(f"lists {city.seed}")  # noqa: S311 - repeatable, no secret
        self._sites = {site.id: site for site in city.sites}
        self._numbers = dict.fromkeys((agency.id for agency in AGENCIES), 0)
        self._codes = {agency.id: agency.code for agency in AGENCIES}
        self._rows: list[Row] = []
        self._faults: list[Fault] = []
        self._lookalikes: list[tuple[tuple[str, str], tuple[str, str]]] = []
        self._row_of: dict[str, Row] = {}

    def plant(self) -> Lists:
        pile = list(self._city.devices)
        self._draw.shuffle(pile)
        unknown = set(map(id, self._take(pile, self._shares.unknown)))
        for device in self._city.devices:
            if id(device) in unknown:
                fault = Fault(FaultKind.UNKNOWN, devices=(device.id,))
                self._faults.append(fault)
            else:
                self._row_of[device.id] = self._list(device, _home(device))
        self._plant_moved(pile, self._unlisted())
        for share, work in (
            (self._shares.listed_by_two, self._list_by_two),
            (self._shares.listed_twice, self._list_twice),
            (self._shares.conflict, self._contradict),
            (self._shares.swapped, self._swap),
            (self._shares.wrong_area, self._mistake_area),
        ):
            for device in self._take(pile, share):
                work(device)
        talking = [device for device in pile if says_who_it_is(device)]
        mistyped = self._take(talking, self._shares.network_conflict)
        for device in mistyped:
            self._mistype_serial(device)
        _take_off(pile, mistyped)
        self._name_alike(pile)
        for number in range(self._count(self._shares.ghost)):
            self._imagine(number)
        return Lists(
            self._city,
            tuple(self._rows),
            tuple(self._faults),
            tuple(self._lookalikes),
            tuple(answers_of(self._city)),
        )

    # --- rows ---------------------------------------------------------------------------------

    def _list(self, device: Device, source: str) -> Row:
        site = self._sites[device.site]
        row = Row(source, self._next_key(source), device.id, values_of(self._city, device, site))
        self._rows.append(row)
        return row

    def _next_key(self, source: str) -> str:
        self._numbers[source] += 1
        return self._codes[source].format(self._numbers[source])

    def _count(self, share: int) -> int:
        return max(1, len(self._city.devices) * share // 1000)

    def _take(self, pile: list[Device], share: int) -> list[Device]:
        taken = [pile.pop() for _ in range(min(self._count(share), len(pile)))]
        return sorted(taken, key=lambda device: device.id)

    def _unlisted(self) -> list[str]:
        listed = set(self._row_of)
        return [device.address for device in self._city.devices if device.id not in listed]

    # --- faults -------------------------------------------------------------------------------

    def _plant_moved(self, pile: list[Device], others: list[str]) -> None:
        """Let lists name addresses that devices had before: free ones now, or another device's."""
        able = [device for device in pile if says_who_it_is(device)]
        moving = self._take(able, self._shares.moved)
        _take_off(pile, moving)
        for number, device in enumerate(moving):
            row = self._row_of[device.id]
            free = f"127.210.{number // 250}.{number % 250 + 1}"
            taken = others[number // 2] if number % 2 and number // 2 < len(others) else None
            row.values["address"] = taken or free
            self._note(FaultKind.MOVED, [row], "address")

    def _list_by_two(self, device: Device) -> None:
        other = self._list(device, self._other_agency(device))
        self._note(FaultKind.DUPLICATE, [self._row_of[device.id], other])

    def _list_twice(self, device: Device) -> None:
        first = self._row_of[device.id]
        again = self._list(device, first.source)
        again.values["name"] = f"{first.values['name']}".upper()
        if self._draw.random() < 0.5:
            del again.values["serial"]
        self._note(FaultKind.DUPLICATE, [first, again])

    def _contradict(self, device: Device) -> None:
        first = self._row_of[device.id]
        other = self._list(device, self._other_agency(device))
        field = self._draw.choice(list(_CONTRADICTIONS))
        _CONTRADICTIONS[field](other.values, self._draw)
        self._note(FaultKind.DUPLICATE, [first, other])
        self._note(FaultKind.CONFLICT, [first, other], field)

    def _mistype_serial(self, device: Device) -> None:
        """Let a list name a MAC or serial number that is not what the device itself answers."""
        row = self._row_of[device.id]
        field = "serial" if device.profile == "mikrotik-routeros" else "mac"
        _CONTRADICTIONS[field](row.values, self._draw)
        self._note(FaultKind.CONFLICT, [row], field)

    def _swap(self, device: Device) -> None:
        values = self._row_of[device.id].values
        values["latitude"], values["longitude"] = values["longitude"], values["latitude"]
        self._note(FaultKind.WRONG_AREA, [self._row_of[device.id]], "latitude")

    def _mistake_area(self, device: Device) -> None:
        site = self._sites[device.site]
        areas = self._city.areas
        far = [area for area in areas if _metres(site, area) > _FAR_METRES]
        area = self._draw.choice(far or sorted(areas, key=lambda it: _metres(site, it))[-1:])
        self._row_of[device.id].values |= {"area": area.code, "area_name": area.name}
        self._note(FaultKind.WRONG_AREA, [self._row_of[device.id]], "area")

    def _name_alike(self, pile: list[Device]) -> None:
        """Give devices of one kind the name of another one elsewhere."""
        by_kind: dict[Kind, list[Device]] = {}
        for device in sorted(pile, key=lambda it: it.id):
            by_kind.setdefault(device.kind, []).append(device)
        for one, other in islice(_pairs(by_kind), self._count(self._shares.lookalike)):
            first, second = self._row_of[one.id], self._row_of[other.id]
            second.values["name"] = first.values["name"]
            self._lookalikes.append(((first.source, first.key), (second.source, second.key)))

    def _imagine(self, number: int) -> None:
        """List a device that does not exist."""
        site = self._draw.choice(self._city.sites)
        agency = self._draw.choice(AGENCIES[:2])
        area = next(area for area in self._city.areas if area.code == site.area)
        tail = self._draw.randrange(2**32)
        row = Row(agency.id, self._next_key(agency.id), None)
        row.values = {
            "name": f"Kamera {site.name} {self._draw.randrange(80, 99)}",
            "kind": "camera",
            "site_name": site.name,
            "area": area.code,
            "area_name": area.name,
            "latitude": site.latitude,
            "longitude": site.longitude,
            "address": f"127.200.{number // 250}.{number % 250 + 1}",
            "mac": (b"\x06" + tail.to_bytes(4, "big") + b"\x01").hex(":"),
            "serial": f"HX{tail:08X}",
            "vendor": "Hikvision",
            "model": "DS-KOTA-4MP",
            "owner_name": agency.name,
            "installed_on": "2022-07-01",
        }
        self._rows.append(row)
        self._note(FaultKind.GHOST, [row])

    def _note(self, kind: FaultKind, rows: list[Row], field: str | None = None) -> None:
        devices = tuple(dict.fromkeys(row.device for row in rows if row.device is not None))
        refs = tuple(sorted((row.source, row.key) for row in rows))
        self._faults.append(Fault(kind, refs, devices, field))

    def _other_agency(self, device: Device) -> str:
        return self._draw.choice([it.id for it in AGENCIES if it.id != _home(device)])


def _take_off(pile: list[Device], taken: list[Device]) -> None:
    ids = {device.id for device in taken}
    pile[:] = [device for device in pile if device.id not in ids]


def _home(device: Device) -> str:
    """Return whose list a device stands in."""
    return device.owner if device.owner in {it.id for it in AGENCIES} else AGENCIES[0].id


def _pairs(by_kind: Mapping[Kind, list[Device]]) -> Iterator[tuple[Device, Device]]:
    """Yield pairs of one kind that stand at different sites."""
    for devices in by_kind.values():
        waiting: list[Device] = []
        for device in devices:
            if waiting and waiting[-1].site != device.site:
                yield waiting.pop(), device
            else:
                waiting.append(device)


def _metres(site: Site, area: places.District) -> float:
    north = (site.latitude - area.latitude) * _METRES_A_DEGREE
    east = (site.longitude - area.longitude) * _METRES_A_DEGREE * cos(radians(site.latitude))
    return hypot(north, east)


def _other_kind(values: Values, draw: random.Random) -> None:
    others = ("camera", "access_point", "switch")
    values["kind"] = draw.choice([it for it in others if it != values["kind"]])


def _other_serial(values: Values, draw: random.Random) -> None:
    values["serial"] = f"ZZ{draw.randrange(2**32):08X}"


def _other_mac(values: Values, draw: random.Random) -> None:
    tail = draw.randrange(2**32).to_bytes(4, "big")
    values["mac"] = (b"\x0a" + tail + b"\x01").hex(":")


def _other_model(values: Values, draw: random.Random) -> None:
    values["model"] = f"XR-{draw.randrange(100, 999)}"


def _other_vendor(values: Values, draw: random.Random) -> None:
    values["vendor"] = draw.choice(("Panasonic", "Samsung"))


def _other_day(values: Values, draw: random.Random) -> None:
    values["installed_on"] = f"2019-0{draw.randrange(1, 9)}-15"


def _other_place(values: Values, draw: random.Random) -> None:
    shift = draw.choice((-_SHIFT_DEGREES, _SHIFT_DEGREES))
    values["latitude"] = round(float(values["latitude"]) + shift, 6)


_CONTRADICTIONS: Mapping[str, Callable[[Values, random.Random], None]] = {
    "kind": _other_kind,
    "serial": _other_serial,
    "mac": _other_mac,
    "model": _other_model,
    "vendor": _other_vendor,
    "installed_on": _other_day,
    "latitude": _other_place,
}
"""What two lists can say differently of one device, by field."""
