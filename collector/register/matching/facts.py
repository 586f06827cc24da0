"""Rows, devices and strangers as what can be compared: one shape for all of them."""

import ipaddress
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from collector.model.findings import INVENTORY, NETWORK, NetworkDevice, RowRef, Said, Stranger
from collector.model.register import Field, SourceRow
from collector.register import identities
from collector.register.matching.names import Name, name_of

METRES_A_DEGREE = 111_320.0  # of latitude, and of longitude at the equator
_SOUTH, _NORTH, _WEST, _EAST = -11.5, 6.5, 94.5, 141.5  # the box around Indonesia, in degrees


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees, south and west negative."""

    latitude: float
    longitude: float

    def metres_to(self, other: "Position") -> float:
        """Return the distance, good to a percent within a city."""
        north = (self.latitude - other.latitude) * METRES_A_DEGREE
        east = (self.longitude - other.longitude) * METRES_A_DEGREE
        east *= math.cos(math.radians((self.latitude + other.latitude) / 2))
        return math.hypot(north, east)

    def is_in_indonesia(self) -> bool:
        """Say whether it lies in the box around Indonesia."""
        return _SOUTH <= self.latitude <= _NORTH and _WEST <= self.longitude <= _EAST

    def swapped(self) -> "Position":
        """Return it with latitude and longitude the other way round."""
        return Position(self.longitude, self.latitude)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one of them says, in the form in which things are compared."""

    number: int  # among all that are compared
    who: str  # source, NETWORK
    key: str
    row: RowRef | None
    device_id: str | None  # of a device: itself; of a row: what was decided
    kind: str | None
    name: Name
    serials: frozenset[str]
    macs: frozenset[str]
    address: str | None
    position: Position | None  # mended where it was swapped
    swapped: bool
    area: str | None
    values: Mapping[Field, str]  # as they were said
    seen_at: datetime | None  # a row: when it was listed; a device: when it first answered
    device: NetworkDevice | None = None
    stranger: Stranger | None = None

    def said(self, field: Field) -> Said | None:
        """Return what it says of a field."""
        value = self.values.get(field)
        if not value:
            return None
        site_says = self.device is not None and field not in _OF_THE_NETWORK
        return Said(INVENTORY if site_says else self.who, self.key, value)


_OF_THE_NETWORK = {Field.SERIAL, Field.MAC, Field.MODEL, Field.ADDRESS}


def facts_of(
    rows: Sequence[SourceRow],
    devices: Sequence[NetworkDevice],
    strangers: Sequence[Stranger],
    area_codes: Mapping[str, str],
) -> list[Facts]:
    """Return the facts of all: rows, then devices, then strangers.

    `area_codes` are the codes by name, as `plain_area` writes names.
    """
    facts = [_of_row(number, row, area_codes) for number, row in enumerate(rows)]
    facts += [_of_device(len(facts) + number, device) for number, device in enumerate(devices)]
    facts += [_of_stranger(len(facts) + number, it) for number, it in enumerate(strangers)]
    return facts


@lru_cache(maxsize=65_536)
def address_of(text: str | None) -> str | None:
    """Return an IP address in its one form; None for what is none, or no device's."""
    if not text:
        return None
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if address.is_unspecified or address.is_multicast:
        return None
    return str(address)


def position_of(latitude: str | None, longitude: str | None) -> Position | None:
    """Return the position that two texts name; None when they name none."""
    try:
        position = Position(float(latitude or ""), float(longitude or ""))
    except ValueError:
        return None
    if not (math.isfinite(position.latitude) and math.isfinite(position.longitude)):
        return None
    return None if position.latitude == position.longitude == 0 else position


def plain_area(name: str) -> str:
    """Return an area's name as it is compared: `Kec. Panakkukang` is `panakkukang`."""
    words = name.lower().replace(".", " ").split()
    heads = {"kec", "kecamatan", "kel", "kelurahan", "desa", "kota", "kab", "kabupaten"}
    return " ".join(word for word in words if word not in heads)


def codes_by_name(areas: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return codes by plain name, of (code, name); a name that two areas have tells nothing."""
    found: dict[str, str] = {}
    twice = set()
    for code, name in areas:
        plain = plain_area(name)
        if plain in found:
            twice.add(plain)
        found[plain] = code
    return {name: code for name, code in found.items() if name not in twice}


def _of_row(number: int, row: SourceRow, area_codes: Mapping[str, str]) -> Facts:
    values = row.values
    position = position_of(values.get(Field.LATITUDE), values.get(Field.LONGITUDE))
    swapped = (
        position is not None
        and not position.is_in_indonesia()
        and position.swapped().is_in_indonesia()
    )
    if position is not None and swapped:
        position = position.swapped()
    area = values.get(Field.AREA) or area_codes.get(plain_area(values.get(Field.AREA_NAME, "")))
    serial = identities.serial_of(values.get(Field.SERIAL, ""))
    mac = identities.mac_of(values.get(Field.MAC, ""))
    return Facts(
        number=number,
        who=row.source,
        key=row.key,
        row=RowRef(row.source, row.key),
        device_id=row.device_id or values.get(Field.ID),
        kind=values.get(Field.KIND),
        name=name_of(values.get(Field.NAME, "")),
        serials=frozenset() if serial is None else frozenset({serial}),
        macs=frozenset() if mac is None else frozenset({mac}),
        address=address_of(values.get(Field.ADDRESS)),
        position=position,
        swapped=swapped,
        area=area,
        values=values,
        seen_at=row.seen_at,
    )


def _of_device(number: int, device: NetworkDevice) -> Facts:
    heard = device.identities
    serials = {identities.serial_of(it) for it in heard.get(identities.SERIAL, ())}
    macs = {identities.mac_of(it) for it in heard.get(identities.MAC, ())}
    position = None
    if device.latitude is not None and device.longitude is not None:
        position = Position(device.latitude, device.longitude)
    values = {
        Field.NAME: device.name,
        Field.KIND: device.kind,
        Field.AREA: device.area,
        Field.ADDRESS: device.address or "",
        Field.SERIAL: ", ".join(heard.get(identities.SERIAL, ())),
        Field.MAC: ", ".join(sorted(it for it in macs if it)[:4]),
        Field.MODEL: ", ".join(heard.get(identities.MODEL, ())),
        Field.LATITUDE: "" if position is None else f"{position.latitude:.6f}",
        Field.LONGITUDE: "" if position is None else f"{position.longitude:.6f}",
    }
    return Facts(
        number=number,
        who=NETWORK,
        key=device.id,
        row=None,
        device_id=device.id,
        kind=device.kind,
        name=name_of(device.name),
        serials=frozenset(it for it in serials if it),
        macs=frozenset(it for it in macs if it),
        address=address_of(device.address),
        position=position,
        swapped=False,
        area=device.area,
        values={field: value for field, value in values.items() if value},
        seen_at=device.first_seen_at,
        device=device,
    )


def _of_stranger(number: int, stranger: Stranger) -> Facts:
    values = {Field.NAME: stranger.name}
    if stranger.address:
        values[Field.ADDRESS] = stranger.address
    return Facts(
        number=number,
        who=NETWORK,
        key=stranger.name,
        row=None,
        device_id=None,
        kind=None,
        name=name_of(stranger.name),
        serials=frozenset(),
        macs=frozenset(),
        address=address_of(stranger.address),
        position=None,
        swapped=False,
        area=None,
        values=values,
        seen_at=stranger.first_seen_at,
        stranger=stranger,
    )
