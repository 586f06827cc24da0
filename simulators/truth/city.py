"""The city of the truth scenario: two cities of two time zones, with every kind of way.

core-mks ─┬─ srv-1, srv-2, cam-lama (until noon), cam-baru (from noon)
          ├─ asw-1 ─┬─ sw-a ─── cam-a01 … cam-a12
          │         └─ sw-c, sw-d ─── cam-or (behind either), cam-and (behind both)
          └─ asw-5 ─┬─ ups-b1, ups-b2
                    └─ sw-b1 … sw-b4 ─── each: two cameras and an access point
core-jpr ─┬─ srv-j1
          └─ sw-j1 ─── cam-j1 … cam-j4, ap-j1
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

AREAS = (
    {"code": "73.71", "name": "Kota Makassar", "zone": "Asia/Makassar"},
    {"code": "73.71.01", "name": "Mariso"},
    {"code": "73.71.05", "name": "Panakkukang"},
    {"code": "91.71", "name": "Kota Jayapura", "zone": "Asia/Jayapura"},
    {"code": "91.71.01", "name": "Jayapura Utara"},
)
OWNERS = (
    {"id": "diskominfo", "name": "Dinas Komunikasi dan Informatika"},
    {"id": "dishub", "name": "Dinas Perhubungan"},
    {"id": "penyedia", "name": "Penyedia jaringan"},
    {"id": "pln", "name": "PLN"},
)
SITES = {  # site → area
    "pusat": "73.71.01",
    "simpul-1": "73.71.01",
    "titik-a": "73.71.01",
    "titik-c": "73.71.01",
    "simpul-5": "73.71.05",
    "titik-b1": "73.71.05",
    "titik-b2": "73.71.05",
    "titik-b3": "73.71.05",
    "titik-b4": "73.71.05",
    "jayapura": "91.71.01",
}
ZONES = {"73.71": "Asia/Makassar", "91.71": "Asia/Jayapura"}  # by the first two parts of a code


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kind of device is asked, and when what it says is believed: its profile in short.

    Intervals and freshness are seconds. A result may be believed for two and a half intervals and
    the deadline of one question, which for one echo with a second's patience is two seconds.
    """

    profile: str
    ping_interval: float = 60.0
    confirm: int = 3  # failures in a row
    recover: int = 2  # successes in a row
    agent: bool = False  # also asked over SNMP
    agent_confirm: int = 3
    agent_interval: float = 300.0

    @property
    def fresh_seconds(self) -> float:
        """Return for how long a ping's result may be believed."""
        return 2.5 * self.ping_interval + 2.0


PLAIN = Manner("hari-biasa")
RARE = Manner("hari-jarang", ping_interval=180.0)
AGENT = Manner("hari-agen", agent=True)
SERVER = Manner("hari-server", ping_interval=30.0, agent=True)
UPS = Manner("hari-ups", agent=True, agent_confirm=1, agent_interval=120.0)
CREDENTIAL = "hari"


@dataclass(frozen=True, slots=True)
class Device:
    """A device as an operator would have written it down.

    `ways` are groups of parents; of every group one must let through.
    """

    id: str
    kind: str
    site: str
    manner: Manner = PLAIN
    ways: tuple[tuple[str, ...], ...] = ()
    owner: str | None = "diskominfo"
    link_owner: str | None = None
    power_owner: str | None = "pln"
    feeder: str | None = None

    @property
    def area(self) -> str:
        """Return the code of the area it stands in."""
        return SITES[self.site]

    @property
    def zone(self) -> str:
        """Return the zone of its clocks on the wall."""
        return ZONES[self.area[:5]]


def _devices() -> Iterator[Device]:
    yield Device("core-mks", "router", "pusat", AGENT, link_owner="penyedia")
    for server in ("srv-1", "srv-2"):
        yield Device(server, "server", "pusat", SERVER, (("core-mks",),))
    yield Device("cam-lama", "camera", "pusat", RARE, (("core-mks",),), owner="dishub")
    yield Device("cam-baru", "camera", "pusat", RARE, (("core-mks",),), owner="dishub")
    yield Device("asw-1", "switch", "simpul-1", AGENT, (("core-mks",),), link_owner="penyedia")
    yield Device("asw-5", "switch", "simpul-5", AGENT, (("core-mks",),), link_owner="penyedia")
    yield Device("sw-a", "switch", "titik-a", AGENT, (("asw-1",),))
    for number in range(1, 13):
        owner = "dishub" if number % 3 == 0 else "diskominfo"
        yield Device(f"cam-a{number:02}", "camera", "titik-a", RARE, (("sw-a",),), owner=owner)
    yield Device("sw-c", "switch", "titik-c", PLAIN, (("asw-1",),))
    yield Device("sw-d", "switch", "titik-c", PLAIN, (("asw-1",),))
    yield Device("cam-or", "camera", "titik-c", RARE, (("sw-c", "sw-d"),))
    yield Device("cam-and", "camera", "titik-c", RARE, (("sw-c",), ("sw-d",)))
    for number in range(1, 5):
        site, switch = f"titik-b{number}", f"sw-b{number}"
        feeder = "gardu-b" if number <= 2 else None
        if number <= 2:
            yield Device(f"ups-b{number}", "ups", site, UPS, (("asw-5",),), feeder=feeder)
        yield Device(switch, "switch", site, PLAIN, (("asw-5",),), feeder=feeder)
        for camera in (1, 2):
            name = f"cam-b{number}{camera}"
            yield Device(name, "camera", site, RARE, ((switch,),), owner="dishub", feeder=feeder)
        name = f"ap-b{number}"
        yield Device(name, "access_point", site, RARE, ((switch,),), owner=None, feeder=feeder)
    yield Device("core-jpr", "router", "jayapura", AGENT, link_owner="penyedia")
    yield Device("srv-j1", "server", "jayapura", SERVER, (("core-jpr",),))
    yield Device("sw-j1", "switch", "jayapura", AGENT, (("core-jpr",),))
    for number in range(1, 5):
        manner = PLAIN if number == 3 else RARE
        yield Device(f"cam-j{number}", "camera", "jayapura", manner, (("sw-j1",),))
    yield Device("ap-j1", "access_point", "jayapura", RARE, (("sw-j1",),), owner=None)


DEVICES: Mapping[str, Device] = {device.id: device for device in _devices()}
"""Every device of the day, those before noon and those after, by id; parents first."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What stands in the inventory at one time of the day."""

    without: frozenset[str] = field(default_factory=frozenset)

    @property
    def devices(self) -> Sequence[Device]:
        """Return the devices that are listed."""
        return [device for device in DEVICES.values() if device.id not in self.without]

    def lists(self) -> dict[str, list[dict[str, object]]]:
        """Return the lists of an inventory file."""
        return {
            "areas": [dict(area) for area in AREAS],
            "owners": [dict(owner) for owner in OWNERS],
            "sites": [{"id": site, "name": site, "area": code} for site, code in SITES.items()],
            "devices": [
                _entry(device, number)
                for number, device in enumerate(DEVICES.values(), 1)
                if device.id not in self.without
            ],
        }


def _entry(device: Device, number: int) -> dict[str, object]:
    entry: dict[str, object] = {
        "id": device.id,
        "name": device.id,
        "kind": device.kind,
        "site": device.site,
        "profile": device.manner.profile,
        "address": f"127.20.0.{number}",
        "credentials": [CREDENTIAL] if device.manner.agent else None,
        "parents": _parents(device.ways),
        "owner": device.owner,
        "link_owner": device.link_owner,
        "power_owner": device.power_owner,
        "power_feeder": device.feeder,
    }
    return {key: value for key, value in entry.items() if value is not None}


def _parents(ways: tuple[tuple[str, ...], ...]) -> object:
    """Return the ways as an inventory says them: a list is "any of these"."""
    if not ways:
        return None
    if len(ways) == 1:
        return list(ways[0])
    return {"all": [way[0] if len(way) == 1 else {"any": list(way)} for way in ways]}
