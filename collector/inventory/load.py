"""Reads inventory files, joins them, and holds every reference against what it refers to."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from collector.config.findings import check_shape
from collector.config.problems import Place, Problem, ProblemsError, did_you_mean, place_text
from collector.config.reader import Document, read_file
from collector.inventory.format import AreaShape, DeviceShape, InventoryFile
from collector.model import Area, Device, Owner, Profile, Site
from collector.topology import find_loop

LIMIT_BYTES = 32_000_000
"""Of one inventory file: 50,000 devices, written generously."""

_MOST_LOOPS = 20


class InventoryError(ProblemsError):
    """The inventory cannot be used."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything that is watched, and where it is, by code or id."""

    areas: Mapping[str, Area] = field(default_factory=dict)
    owners: Mapping[str, Owner] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    devices: Mapping[str, Device] = field(default_factory=dict)
    origins: Mapping[str, Path] = field(default_factory=dict)  # in which file a device stands


@dataclass(frozen=True, slots=True)
class Known:
    """What an inventory refers to outside of itself. None: not known, and nothing is said of it."""

    profiles: Mapping[str, Profile] | None = None
    broken_profiles: Collection[str] = ()  # they exist; what is wrong with them is said elsewhere
    credentials: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class LoadedInventory:
    """What could be read, and what is wrong."""

    inventory: Inventory
    problems: tuple[Problem, ...]


def load_inventory(paths: Iterable[Path], known: Known | None = None) -> Inventory:
    """Read and join inventory files. With `known`, profiles and credentials are checked as well.

    Raises InventoryError with every problem of every file at once.
    """
    loaded = read_inventory(paths, known)
    if loaded.problems:
        raise InventoryError(loaded.problems)
    return loaded.inventory


def read_inventory(paths: Iterable[Path], known: Known | None = None) -> LoadedInventory:
    """Like `load_inventory`, returning the problems."""
    problems: list[Problem] = []
    joined = _Joined(known or Known())
    for path in paths:
        try:
            document = read_file(path, LIMIT_BYTES)
        except ProblemsError as error:
            problems.extend(error.problems)
            continue
        shape, found = check_shape(InventoryFile, document)
        problems.extend(found)
        if shape is not None:
            joined.add(document, shape)
    if problems:  # what could not be read would make good references look broken
        return LoadedInventory(Inventory(), (*problems, *joined.problems))
    return LoadedInventory(joined.inventory(), (*joined.problems, *joined.check()))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an entry of a list stands."""

    document: Document
    list_name: str
    position: int

    def line(self, *keys: str | int) -> int:
        return self.document.line_of((self.list_name, self.position, *keys))

    def problem(self, key: str, problem: str, remedy: str, below: Place = ()) -> Problem:
        place = place_text((self.list_name, self.position, key, *below))
        return Problem(self.document.file, self.line(key, *below), place, problem, remedy)


class _Joined:
    """The lists of all files, by code or id, with their places."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.problems: list[Problem] = []
        self.places: dict[str, dict[str, _Place]] = {
            "areas": {},
            "owners": {},
            "sites": {},
            "devices": {},
        }
        self.areas: list[AreaShape] = []
        self.owners: dict[str, Owner] = {}
        self.sites: dict[str, Site] = {}
        self.devices: list[DeviceShape] = []

    def add(self, document: Document, shape: InventoryFile) -> None:
        """Take in one file; a second entry with the same code or id is a problem."""
        for number, area in enumerate(shape.areas):
            if self._is_new(area.code, "code", _Place(document, "areas", number)):
                self.areas.append(area)
        for number, owner in enumerate(shape.owners):
            if self._is_new(owner.id, "id", _Place(document, "owners", number)):
                self.owners[owner.id] = Owner(owner.id, owner.name)
        for number, it in enumerate(shape.sites):
            if self._is_new(it.id, "id", _Place(document, "sites", number)):
                self.sites[it.id] = Site(it.id, it.name, it.area, it.latitude, it.longitude)
        for number, device in enumerate(shape.devices):
            if self._is_new(device.id, "id", _Place(document, "devices", number)):
                self.devices.append(device)

    def _is_new(self, key: str, name: str, place: _Place) -> bool:
        first = self.places[place.list_name].setdefault(key, place)
        if first is place:
            return True
        where = f"{first.document.file}:{first.line(name)}"
        what = f'"{key}" is there twice, first in {where}'
        self.problems.append(place.problem(name, what, "remove one or give it another id"))
        return False

    def inventory(self) -> Inventory:
        return Inventory(
            {area.code: area for area in _areas_of(self.areas)},
            self.owners,
            self.sites,
            {device.id: _device_of(device) for device in self.devices},
            {key: Path(place.document.file) for key, place in self.places["devices"].items()},
        )

    # --- references ---------------------------------------------------------------------------

    def check(self) -> Iterator[Problem]:
        """Yield what refers to nothing, contradicts the profile, or goes round in a circle."""
        areas = self.places["areas"]
        for site in self.sites.values():
            if site.area not in areas:
                place = self.places["sites"][site.id]
                yield _unknown(place, "area", "area", site.area, areas)
        topics: dict[str, str] = {}
        for device in self.devices:
            place = self.places["devices"][device.id]
            yield from self._check_references(device, place)
            yield from self._check_profile(device, place)
            topic = device.mqtt_topic
            if topic is not None and topics.setdefault(topic, device.id) != device.id:
                what = f'"{topic}" is the topic of {topics[topic]} as well'
                yield place.problem("mqtt_topic", what, "every device needs its own")
        yield from self._check_loops()

    def _check_references(self, device: DeviceShape, place: _Place) -> Iterator[Problem]:
        if device.site not in self.sites:
            yield _unknown(place, "site", "site", device.site, self.sites)
        devices = self.places["devices"]
        for mention in device.parents.devices:
            if mention.device not in devices:
                what = f'there is no device "{mention.device}"'
                remedy = did_you_mean(mention.device, devices)
                yield place.problem("parents", what, remedy, mention.place)
        owners = {
            "owner": device.owner,
            "link_owner": device.link_owner,
            "power_owner": device.power_owner,
        }
        for key, owner in owners.items():
            if owner is not None and owner not in self.owners:
                yield _unknown(place, key, "owner", owner, self.owners)
        credentials = self.known.credentials
        for name in device.credentials if credentials is not None else ():
            if name not in (credentials or ()):
                yield _unknown(place, "credentials", "credential", name, credentials or ())

    def _check_profile(self, device: DeviceShape, place: _Place) -> Iterator[Problem]:
        profiles = self.known.profiles
        if profiles is None or device.profile in self.known.broken_profiles:
            return
        profile = profiles.get(device.profile)
        if profile is None:
            yield _unknown(place, "profile", "profile", device.profile, profiles)
            return
        probes = {group.probe for group in profile.groups}
        needs = f"the profile {profile.name} asks over"
        if device.address is None and probes & {"ping", "snmp"}:
            probe = "ping" if "ping" in probes else "SNMP"
            yield place.problem("address", "is missing", f"{needs} {probe}: add address")
        if "snmp" in probes and not device.credentials:
            yield place.problem("credentials", "is missing", f"{needs} SNMP: add credentials")
        if "mqtt" in probes and device.mqtt_topic is None:
            yield place.problem("mqtt_topic", "is missing", f"{needs} MQTT: add mqtt_topic")

    def _check_loops(self) -> Iterator[Problem]:
        parents = {device.id: list(device.parents.ids) for device in self.devices}
        for _ in range(_MOST_LOOPS):
            loop = find_loop(parents)
            if loop is None:
                return
            first = loop[0]
            place = self.places["devices"][first]
            what = f"the parents go round in a circle: {' → '.join(loop)}"
            yield place.problem("parents", what, "remove one of these parents")
            parents[first].remove(loop[1])


def _unknown(place: _Place, key: str, what: str, name: str, known: Collection[str]) -> Problem:
    return place.problem(key, f'there is no {what} "{name}"', did_you_mean(name, known))


# --- from shapes to words ---------------------------------------------------------------------


def _areas_of(shapes: Iterable[AreaShape]) -> Iterator[Area]:
    """Give every area its parent (the longest listed prefix) and its zone, parents first."""
    areas: dict[str, Area] = {}
    for shape in sorted(shapes, key=lambda shape: (len(shape.code), shape.code)):
        parent = _parent_of(shape.code, areas)
        inherited = None if parent is None else areas[parent].zone
        areas[shape.code] = Area(shape.code, shape.name, shape.zone or inherited, parent)
    yield from areas.values()


def _parent_of(code: str, areas: Collection[str]) -> str | None:
    while "." in code:
        code = code.rpartition(".")[0]
        if code in areas:
            return code
    return None


def _device_of(shape: DeviceShape) -> Device:
    return Device(
        id=shape.id,
        name=shape.name,
        kind=shape.kind,
        site=shape.site,
        profile=shape.profile,
        address=shape.address,
        credentials=shape.credentials,
        parents=shape.parents.ids,
        owner=shape.owner,
        link_owner=shape.link_owner,
        power_owner=shape.power_owner,
        snmp_port=shape.snmp_port,
        mqtt_topic=shape.mqtt_topic,
        tags=shape.tags,
        telemetry_seconds=shape.telemetry_seconds,
        parent_groups=shape.parents.groups,
        power_feeder=shape.power_feeder,
        rule=None if shape.rule is None else shape.rule.override(),
    )
