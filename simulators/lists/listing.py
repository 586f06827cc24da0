"""What an agency would write about its devices when nobody makes a mistake."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from simulators import places
from simulators.city import City, Device, Kind, Site
from simulators.live import fraction, hardware_address, number_of, serial_number

Values = dict[str, str | float]
"""What a row says, by the words of the platform: text, and degrees as numbers."""

_FIRST_DAY = date(2021, 1, 4)
_DAYS = 1_500
_METRE = 1 / 111_320.0
_TALKATIVE = ("mikrotik-routeros", "linux-net-snmp", "ups-rfc1628", "generic-snmp")
_MAKES = {
    "hikvision-camera": ("Hikvision", "DS-KOTA-4MP"),
    "linux-net-snmp": ("Rakitan Kota", "PK-2U"),
    "ups-rfc1628": ("Daya Kota", "DK-3000"),
    "generic-snmp": ("Kota Jaya", "SK-26"),
    "tasmota": ("Sonoff", "POW R3"),
}
_BOARDS = {Kind.SWITCH: "CRS326-24G-2S+", Kind.ACCESS_POINT: "wAP ac"}
_CAMERAS = (("Dahua", "IPC-KOTA-2MP"), ("Uniview", "UNV-KOTA-3"))
_RECORDERS = ("Dahua", "NVR-KOTA-16")


@dataclass(frozen=True, slots=True)
class Agency:
    """Who keeps a list, and how its asset codes look."""

    id: str
    name: str
    code: str  # with the row's number in it


AGENCIES = (
    Agency("diskominfo", "Dinas Komunikasi dan Informatika", "INV-{:05d}"),
    Agency("dishub", "Dinas Perhubungan", "DH/{:04d}/KOTA"),
    Agency("dlh", "Dinas Lingkungan Hidup", "DLH-{:04d}"),
)


@dataclass(slots=True)
class Row:
    """One row of an agency's list; `device` is the truth about what it means."""

    source: str
    key: str
    device: str | None
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the network would say of a device."""

    device: str
    address: str
    macs: tuple[str, ...] = ()
    serial: str | None = None


def answers_of(city: City) -> list[Answers]:
    """Return what each device answers of itself; one that has no agent, its address alone."""
    found = []
    for device in city.devices:
        number = number_of(device, city.seed)
        talks = device.profile in _TALKATIVE
        found.append(
            Answers(
                device.id,
                device.address,
                (mac_of(device, number),) if talks else (),
                serial_number(number) if device.profile == "mikrotik-routeros" else None,
            )
        )
    return found


def says_who_it_is(device: Device) -> bool:
    """Say whether a device's agent answers a MAC or a serial number."""
    return device.profile in _TALKATIVE


def values_of(city: City, device: Device, site: Site) -> Values:
    """Return what a careful clerk would write about a device."""
    number = number_of(device, city.seed)
    vendor, model = _make(device, number)
    area = next(area for area in city.areas if area.code == device.area)
    owners = dict(places.OWNERS)
    return {
        "name": device.name,
        "kind": device.kind.value,
        "site_name": site.name,
        "area": area.code,
        "area_name": area.name,
        "latitude": round(site.latitude + (fraction(number, 501) - 0.5) * 8 * _METRE, 6),
        "longitude": round(site.longitude + (fraction(number, 502) - 0.5) * 8 * _METRE, 6),
        "address": device.address,
        "mac": mac_of(device, number),
        "serial": serial_number(number),
        "vendor": vendor,
        "model": model,
        "owner_name": owners[device.owner],
        "installed_on": (_FIRST_DAY + timedelta(int(fraction(number, 503) * _DAYS))).isoformat(),
    }


def mac_of(device: Device, number: int) -> str:
    """Return the MAC on a device's label: of its first port, on a computer that of its card."""
    port = 2 if device.profile == "linux-net-snmp" else 1
    return hardware_address(number, port).hex(":")


def _make(device: Device, number: int) -> tuple[str, str]:
    if device.profile == "mikrotik-routeros":
        return "MikroTik", _BOARDS.get(device.kind, "RB750Gr3")
    if device.kind is Kind.RECORDER:
        return _RECORDERS
    if device.profile == "generic-ping":
        return _CAMERAS[number % len(_CAMERAS)]
    return _MAKES[device.profile]
