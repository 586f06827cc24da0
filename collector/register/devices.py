"""Makes an inventory of the values in force: what of the lists can be watched, and what cannot yet.

    values in force ─► areas, owners, sites, devices   as `register.yaml` holds them
                    ─► left out: another file has the device, or nobody gave it an address
                    ─► faults: what keeps a device from being written

What no list says is taken from what they do say: the profile from vendor, model and kind; the kind
from the name; the site from the device itself; the area from the city.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made_by
from enum import StrEnum

from collector.config.problems import did_you_mean
from collector.inventory import Inventory, Known
from collector.model import Area, Device, Field, Owner, Profile, Site, Source
from collector.register.columns import plain
from collector.register.coordinates import BadValueError
from collector.register.names import Names, city_of, names_of
from collector.register.precedence import ValuesInForce
from collector.register.remarks import Code, shown
from collector.register.values import kind_in
from collector.topology import find_loop

_PING = "generic-ping"
_SNMP = "generic-snmp"
_MOST_COMPARED = 2_000  # to find what was meant


class LeftOut(StrEnum):
    """Why a device that lists have is not watched by what they say."""

    HAND_WRITTEN = "hand_written"
    NO_ADDRESS = "no_address"


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a device from being written: which field, and the remark it gets."""

    device_id: str
    field: Field
    code: Code
    values: Mapping[str, str] = made_by(default_factory=dict)


@dataclass(slots=True)
class Registered:
    """What lists come to."""

    inventory: Inventory = made_by(default_factory=Inventory)
    left_out: dict[str, LeftOut] = made_by(default_factory=dict)
    faults: list[Fault] = made_by(default_factory=list)
    in_city: list[str] = made_by(default_factory=list)  # devices whose area no list says


def registered(
    in_force: Mapping[str, ValuesInForce],
    sources: Mapping[str, Source],
    hand: Inventory,
    known: Known,
    official: Mapping[str, str],
) -> Registered:
    """Return what lists come to, beside the inventory files `hand` that people write.

    `official` are the names of areas by their codes.
    """
    made = Registered()
    names = names_of(hand.areas.values(), hand.owners.values(), hand.sites.values(), official)
    writer = _Writer(made, names, hand, known, sources)
    for values in in_force.values():
        writer.look_at(values)
    for device_id, values in in_force.items():
        writer.add(device_id, values)
    writer.finish()
    return made


def known_names(
    in_force: Mapping[str, ValuesInForce], hand: Inventory, official: Mapping[str, str]
) -> Names:
    """Return the areas, owners and sites that files or lists have, for the names in new rows."""
    names = names_of(hand.areas.values(), hand.owners.values(), hand.sites.values())
    for values in in_force.values():
        area, area_name = _said(values, Field.AREA), _said(values, Field.AREA_NAME)
        if area is not None and area not in names.areas:
            names.areas[area] = Area(area, area_name or official.get(area, area))
        site = _said(values, Field.SITE)
        if site is not None and site not in names.sites:
            names.sites[site] = Site(site, _said(values, Field.SITE_NAME) or site, area or "")
        owner = _said(values, Field.OWNER)
        if owner is not None and owner not in names.owners:
            names.owners[owner] = Owner(owner, _said(values, Field.OWNER_NAME) or owner)
    known = (names.areas.values(), names.owners.values(), names.sites.values())
    return names_of(*known, official)


def _said(values: ValuesInForce, of: Field) -> str | None:
    said = values.get(of)
    return None if said is None else said.value


class _Writer:
    """Takes devices one after the other, sorted by id: the same values make the same file."""

    def __init__(
        self,
        made: Registered,
        names: Names,
        hand: Inventory,
        known: Known,
        sources: Mapping[str, Source],
    ) -> None:
        self._made = made
        self._names = names
        self._hand = hand
        self._sources = sources
        self._profiles = known.profiles or {}
        self._credentials = known.credentials
        self._city = city_of(names.areas)
        self._devices: dict[str, Device] = {}
        self._areas: dict[str, Area] = {}
        self._sites: dict[str, Site] = {}
        self._site_areas = {site.id: site.area for site in hand.sites.values()}

    def look_at(self, values: ValuesInForce) -> None:
        """Note in which area a site lies, for those of its devices that do not say."""
        site, area = _said(values, Field.SITE), _said(values, Field.AREA)
        if site is not None and area is not None:
            self._site_areas.setdefault(site, area)

    def add(self, device_id: str, values: ValuesInForce) -> None:
        """Take in a device, or note why not."""
        if device_id in self._hand.devices:
            self._made.left_out[device_id] = LeftOut.HAND_WRITTEN
            return
        if _said(values, Field.ADDRESS) is None and _said(values, Field.MQTT_TOPIC) is None:
            self._made.left_out[device_id] = LeftOut.NO_ADDRESS
            return
        name = _said(values, Field.NAME) or device_id
        kind = _said(values, Field.KIND) or kind_in(name)
        area = self._area(device_id, values)
        if kind is None:
            self._fault(device_id, Field.KIND, Code.KIND_MISSING)
        if area is None:
            self._fault(device_id, Field.AREA, Code.AREA_MISSING)
        if kind is None or area is None:
            return
        credentials = _words(values, Field.CREDENTIALS)
        profile = self._profile(device_id, values, kind, credentials)
        if profile is None:
            return
        port = _said(values, Field.SNMP_PORT)
        self._devices[device_id] = Device(
            id=device_id,
            name=name,
            kind=kind,
            site=self._site(device_id, name, area, values),
            profile=profile,
            address=_said(values, Field.ADDRESS),
            credentials=credentials,
            parents=_words(values, Field.PARENTS),
            owner=self._owner(values),
            link_owner=self._names.owner(None, _said(values, Field.LINK_OWNER)),
            power_owner=self._names.owner(None, _said(values, Field.POWER_OWNER)),
            power_feeder=_said(values, Field.POWER_FEEDER),
            tags=_words(values, Field.TAGS),
            snmp_port=None if port is None else int(port),
            mqtt_topic=_said(values, Field.MQTT_TOPIC),
        )

    def finish(self) -> None:
        """Check what devices say of each other, and put the inventory together."""
        ids = {*self._devices, *self._hand.devices}
        for device in self._devices.values():
            for parent in device.parents:
                if parent not in ids:
                    hint = did_you_mean(parent, ids) if len(ids) <= 2000 else ""
                    self._fault(
                        device.id,
                        Field.PARENTS,
                        Code.UNKNOWN_PARENT,
                        value=shown(parent),
                        hint=hint,
                    )
        for loop in self._loops():
            self._fault(loop[0], Field.PARENTS, Code.PARENTS_LOOP, loop=" → ".join(loop[:10]))
        owners = {
            named: self._names.owners[named]
            for device in self._devices.values()
            for named in (device.owner, device.link_owner, device.power_owner)
            if named is not None and named not in self._hand.owners
        }
        self._made.inventory = Inventory(self._areas, owners, self._sites, self._devices)

    def _loops(self) -> Iterator[list[str]]:
        parents = {it.id: list(it.parents) for it in self._hand.devices.values()}
        parents |= {it.id: list(it.parents) for it in self._devices.values()}
        if any(self._devices[one].parents for one in self._devices):
            loop = find_loop(parents)
            if loop is not None:
                yield list(loop)

    def _fault(self, device_id: str, of: Field, code: Code, **values: str) -> None:
        self._made.faults.append(Fault(device_id, of, code, values))

    def _unknown(
        self, device_id: str, of: Field, code: Code, word: str, known: Collection[str]
    ) -> None:
        hint = did_you_mean(word, known) if len(known) <= _MOST_COMPARED else ""
        self._fault(device_id, of, code, value=shown(word), hint=hint)

    def _area(self, device_id: str, values: ValuesInForce) -> str | None:
        code = _said(values, Field.AREA) or self._site_areas.get(_said(values, Field.SITE) or "")
        if code is None:
            if self._city is not None:
                self._made.in_city.append(device_id)
            return self._city
        if code not in self._hand.areas and code not in self._areas:
            said = _said(values, Field.AREA_NAME)
            self._areas[code] = Area(code, self._names.official.get(code) or said or code)
        return code

    def _site(self, device_id: str, name: str, area: str, values: ValuesInForce) -> str:
        """Return the id of a device's site; without one it is a site of its own."""
        site_id = _said(values, Field.SITE)
        if site_id is None:
            site_id = device_id if device_id not in self._hand.sites else f"{device_id}-titik"
        if site_id in self._hand.sites:
            return site_id
        site = self._sites.get(site_id)
        if site is None:
            site = Site(site_id, _said(values, Field.SITE_NAME) or name, area)
        latitude, longitude = _said(values, Field.LATITUDE), _said(values, Field.LONGITUDE)
        if site.latitude is None and latitude is not None and longitude is not None:
            site = replace(site, latitude=float(latitude), longitude=float(longitude))
        self._sites[site_id] = site
        return site_id

    def _owner(self, values: ValuesInForce) -> str | None:
        """Return who owns a device: whom a list names, else the agency whose list has it."""
        owner = self._names.owner(_said(values, Field.OWNER), _said(values, Field.OWNER_NAME))
        if owner is not None:
            return owner
        lists = [self._sources[it] for it in {said.source for said in values.values()}
                 if it is not None and it in self._sources]  # fmt: skip
        best = min(lists, key=lambda source: (source.rank, source.id), default=None)
        return None if best is None else self._names.owner(None, best.agency)

    def _profile(
        self, device_id: str, values: ValuesInForce, kind: str, credentials: tuple[str, ...]
    ) -> str | None:
        """Return a device's profile; None when what it needs is not there."""
        if self._credentials is not None:
            for one in credentials:
                if one not in self._credentials:
                    code = Code.UNKNOWN_CREDENTIAL
                    self._unknown(device_id, Field.CREDENTIALS, code, one, self._credentials)
                    return None
        try:
            return chosen_profile(values, kind, credentials, self._profiles)
        except BadValueError as error:
            self._fault(device_id, Field.PROFILE, error.code, **error.values)
            return None


def _words(values: ValuesInForce, of: Field) -> tuple[str, ...]:
    text = _said(values, of)
    return () if text is None else tuple(filter(None, (one.strip() for one in text.split(","))))


def chosen_profile(
    values: ValuesInForce,
    kind: str,
    credentials: Collection[str],
    profiles: Mapping[str, Profile],
) -> str:
    """Return the profile of a device: the one that is said, else what its vendor and model fit.

    Without credentials nothing is asked over SNMP, whatever the vendor. Raises BadValueError for
    one that does not exist or needs what nobody said.
    """
    has = {"ping": _said(values, Field.ADDRESS), "mqtt": _said(values, Field.MQTT_TOPIC)}
    has["snmp"] = has["ping"] if credentials else None
    said = _said(values, Field.PROFILE)
    if said is not None:
        profile = profiles.get(said)
        if profile is None:
            hint = did_you_mean(said, profiles)
            raise BadValueError(Code.UNKNOWN_PROFILE, value=shown(said), hint=hint)
        missing = sorted(one for one in _probes(profile) if not has.get(one, True))
        if missing:
            raise BadValueError(Code.PROFILE_NEEDS, profile=said, needs=", ".join(missing))
        return said
    if has["snmp"]:
        return _by_vendor(values, kind, profiles) or _SNMP
    if has["ping"]:
        return _PING
    raise BadValueError(Code.PROFILE_NEEDS, profile="MQTT", needs="profile")


def _probes(profile: Profile) -> set[str]:
    return {group.probe for group in profile.groups}


def _by_vendor(values: ValuesInForce, kind: str, profiles: Mapping[str, Profile]) -> str | None:
    """Return the one profile of a vendor's devices of a kind; of several, the one of the model."""
    vendor = plain(_said(values, Field.VENDOR) or "").replace(" ", "")
    if not vendor:
        return None
    fits = [
        profile
        for name, profile in sorted(profiles.items())
        if name.split("-")[0] == vendor and kind in profile.kinds and "mqtt" not in _probes(profile)
    ]
    if len(fits) == 1:
        return fits[0].name
    words = set(plain(_said(values, Field.MODEL) or "").split())
    named = [it for it in fits if words & set(plain(f"{it.name} {it.title}").split()) - {vendor}]
    return named[0].name if len(named) == 1 else None
