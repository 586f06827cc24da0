"""The city as a value: areas, sites and devices, drawn from a seed and a number.

The same seed and number always give the same city. (`shapes` has cities made for one kind of
failure out of the same parts.) What is reachable through what follows from
the parents alone:

    core router (town hall) ── area switch ── site switch ── cameras, access points, servers, …

Every fifth site switch of a city with four areas or more has a second way up, to the area switch
of another area: any one parent that lives is a way.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from simulators import places

SMALLEST = 20
LARGEST = 50_000
CREDENTIAL = "kota"
MOST_SENSORS = 400  # with an embedded broker two descriptors each, of the usual 1,024
_FIRST_ADDRESS = int(IPv4Address("127.16.0.0"))


class Kind(StrEnum):
    """Kinds of devices, with the words of the inventory."""

    CAMERA = "camera"
    RECORDER = "recorder"
    ACCESS_POINT = "access_point"
    SWITCH = "switch"
    ROUTER = "router"
    SERVER = "server"
    NAS = "nas"
    UPS = "ups"
    SENSOR = "sensor"


@dataclass(frozen=True, slots=True)
class Site:
    """A place in an area, with coordinates in degrees."""

    id: str
    name: str
    area: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Device:
    """A simulated device. `address` is its own loopback address."""

    id: str
    name: str
    kind: Kind
    site: str
    area: str
    profile: str
    address: str
    parents: tuple[str, ...] = ()
    owner: str = "diskominfo"
    link_owner: str | None = None
    power_owner: str | None = None
    power_feeder: str | None = None
    mqtt_topic: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def answers_snmp(self) -> bool:
        """Say whether this device has an SNMP agent."""
        return self.profile not in ("generic-ping", "tasmota")


@dataclass(frozen=True, slots=True)
class City:
    """Areas, sites and devices; parents stand before their children."""

    seed: int
    areas: tuple[places.District, ...]
    sites: tuple[Site, ...]
    devices: tuple[Device, ...]

    @property
    def core(self) -> Device:
        """Return the router that everything hangs from."""
        return self.devices[0]


@dataclass(frozen=True, slots=True)
class Leaf:
    """What may hang at a site: how many in a hundred, its id, name, profiles and owner."""

    kind: Kind
    share: int
    least: int
    prefix: str
    name: str
    profiles: tuple[str, ...]
    owners: tuple[str, ...]


LEAVES = (
    Leaf(
        Kind.CAMERA,
        54,
        2,
        "cam",
        "Kamera",
        ("hikvision-camera", "hikvision-camera", "hikvision-camera", "generic-ping"),
        ("diskominfo", "diskominfo", "dishub"),
    ),
    Leaf(Kind.ACCESS_POINT, 16, 1, "ap", "WiFi", ("mikrotik-routeros",), ("diskominfo",)),
    Leaf(Kind.SENSOR, 9, 3, "sensor", "Sensor", ("tasmota",), ("dlh", "dishub")),
    Leaf(Kind.RECORDER, 6, 1, "nvr", "Perekam", ("generic-ping",), ("diskominfo", "dishub")),
    Leaf(Kind.SERVER, 5, 1, "srv", "Peladen", ("linux-net-snmp",), ("diskominfo",)),
    Leaf(Kind.UPS, 5, 1, "ups", "UPS", ("ups-rfc1628",), ("diskominfo",)),
    Leaf(Kind.ROUTER, 3, 1, "rtr", "Router", ("mikrotik-routeros",), ("diskominfo",)),
    Leaf(Kind.NAS, 2, 0, "nas", "NAS", ("linux-net-snmp",), ("diskominfo",)),
)


def build_city(devices: int, seed: int) -> City:
    """Return a city of exactly `devices` devices; the same arguments give the same city.

    Raises ValueError when `devices` is outside SMALLEST…LARGEST.
    """
    if not SMALLEST <= devices <= LARGEST:
        raise ValueError(f"a city has {SMALLEST} to {LARGEST} devices, not {devices}")
    draw = random.Random(f"city {seed}")  # noqa: S311 - a repeatable city, not a secret
    areas = choose_areas(draw, max(3, min(len(places.DISTRICTS), devices // 13)))
    rest = devices - 1 - len(areas)
    site_count = max(len(areas), rest // max(4, min(25, devices // 25)))
    sites = make_sites(draw, areas, site_count)
    return City(seed, areas, sites, _make_devices(draw, areas, sites, devices))


def choose_areas(draw: random.Random, count: int) -> tuple[places.District, ...]:
    """Return `count` districts in order of code, the centre always among them."""
    others = [area for area in places.DISTRICTS if area.code != places.CENTRE_CODE]
    centre = next(area for area in places.DISTRICTS if area.code == places.CENTRE_CODE)
    return tuple(sorted([centre, *draw.sample(others, count - 1)]))


def make_sites(
    draw: random.Random, areas: tuple[places.District, ...], count: int
) -> tuple[Site, ...]:
    """Return sites dealt evenly over the areas; the first one is the town hall."""
    ordered = sorted(areas, key=lambda area: area.code != places.CENTRE_CODE)
    names = [f"{sort} {word}" for sort in places.SITE_SORTS for word in places.SITE_WORDS]
    draw.shuffle(names)
    made = []
    for number in range(count):
        area = ordered[number % len(ordered)]
        round_, index = divmod(number, len(names))
        name = "Balai Kota" if number == 0 else names[index] + (f" {round_ + 1}" if round_ else "")
        made.append(
            Site(
                id=name.lower().replace(" ", "-"),
                name=name,
                area=area.code,
                latitude=round(area.latitude + draw.uniform(-0.008, 0.008), 5),
                longitude=round(area.longitude + draw.uniform(-0.008, 0.008), 5),
            )
        )
    return tuple(made)


class Register:
    """Hands out ids and addresses and keeps the devices in order."""

    def __init__(self) -> None:
        self.devices: list[Device] = []
        self._numbers: dict[str, int] = {}

    def add_leaf(
        self,
        leaf: Leaf,
        number: int,
        site: Site,
        parents: Iterable[str] = (),
        *,
        power_feeder: str | None = None,
    ) -> Device:
        """Add the `number`th of what hangs in this city, with the leaf's profiles in turn."""
        return self.add(
            leaf.prefix,
            leaf.kind,
            site,
            leaf.profiles[number % len(leaf.profiles)],
            f"{leaf.name} {site.name} {{number}}",
            parents,
            owner=leaf.owners[number % len(leaf.owners)],
            power_feeder=power_feeder,
            tags=("prioritas",) if number % 10 == 0 else (),
        )

    def add(
        self,
        prefix: str,
        kind: Kind,
        site: Site,
        profile: str,
        name: str,
        parents: Iterable[str] = (),
        *,
        owner: str = "diskominfo",
        link_owner: str | None = None,
        power_feeder: str | None = None,
        tags: tuple[str, ...] = (),
    ) -> Device:
        """Add a device; `{number}` in its name becomes the number that its id has."""
        number = self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        topic = f"tasmota_{number:04d}" if profile == "tasmota" else None
        device = Device(
            id=f"{prefix}-{number:04d}",
            name=name.format(number=f"{number:02d}"),
            kind=kind,
            site=site.id,
            area=site.area,
            profile=profile,
            address=str(IPv4Address(_FIRST_ADDRESS + len(self.devices) + 1)),
            parents=tuple(parents),
            owner=owner,
            link_owner=link_owner,
            power_owner="pln",
            power_feeder=power_feeder,
            mqtt_topic=topic,
            tags=tags,
        )
        self.devices.append(device)
        return device


def _make_devices(
    draw: random.Random, areas: tuple[places.District, ...], sites: tuple[Site, ...], count: int
) -> tuple[Device, ...]:
    """Return the devices: core, area switches, then each site's switch and what hangs from it."""
    register = Register()
    core = register.add("core", Kind.ROUTER, sites[0], "mikrotik-routeros", "Router Inti Kota")
    area_switches = _add_area_switches(register, areas, sites, core)
    site_switches = []
    for number, site in enumerate(sites):
        parents = [area_switches[site.area].id]
        if number % 5 == 4 and len(areas) >= 4:
            other = draw.choice([area for area in areas if area.code != site.area])
            parents.append(area_switches[other.code].id)
        profile = draw.choice(("generic-snmp", "generic-snmp", "mikrotik-routeros"))
        site_switches.append(
            register.add("sw", Kind.SWITCH, site, profile, f"Switch {site.name}", parents)
        )
    leaves = draw_leaves(draw, count - len(register.devices))
    for number, (leaf, site_number) in enumerate(deal(leaves, len(sites))):
        site = sites[site_number]
        register.add_leaf(leaf, number, site, [site_switches[site_number].id])
    return tuple(register.devices)


def _add_area_switches(
    register: Register,
    areas: tuple[places.District, ...],
    sites: tuple[Site, ...],
    core: Device,
) -> dict[str, Device]:
    """Add one switch for each area, at its first site; return them by area code."""
    switches = {}
    for area in areas:
        site = next(site for site in sites if site.area == area.code)
        switches[area.code] = register.add(
            "sw",
            Kind.SWITCH,
            site,
            "generic-snmp",
            f"Switch Kecamatan {area.name}",
            [core.id],
            link_owner="serat-nusa",
            tags=("prioritas",),
        )
    return switches


def draw_leaves(draw: random.Random, count: int) -> list[Leaf]:
    """Return `count` leaves in the mix of LEAVES, servers and NAS first, the rest shuffled."""
    total = sum(leaf.share for leaf in LEAVES)
    numbers = {leaf: max(leaf.least, count * leaf.share // total) for leaf in LEAVES}
    cameras, _, sensors, *_ = LEAVES
    numbers[sensors] = min(numbers[sensors], MOST_SENSORS)
    numbers[cameras] += count - sum(numbers.values())  # what rounding and limits left over
    hall = [leaf for leaf in LEAVES if leaf.kind in (Kind.SERVER, Kind.NAS)]
    first = [leaf for leaf in hall for _ in range(numbers[leaf])]
    street = [leaf for leaf in LEAVES if leaf not in hall for _ in range(numbers[leaf])]
    draw.shuffle(street)
    return first + street


def deal(leaves: list[Leaf], sites: int) -> list[tuple[Leaf, int]]:
    """Return each leaf with the number of its site, every site getting an even share."""
    each, more = divmod(len(leaves), sites)
    dealt = []
    place = 0
    for site in range(sites):
        size = each + (site < more)
        dealt += [(leaf, site) for leaf in leaves[place : place + size]]
        place += size
    return dealt
