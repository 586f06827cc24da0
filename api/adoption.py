"""Makes devices of what waits in the quarantine: for the API and the command line alike.

    entry of the store ──► suggestion ──► what was asked for on top ──► inventory file ──► store:
                                                                       (one at a time)   adopted

Doing it again gives the same device, so that whoever lost the answer may ask once more; if the
file was written and the store was not, asking again mends that.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from collector.clock import Clock
from collector.config import Config, ProblemsError
from collector.inventory import Inventory
from collector.inventory.adopting import (
    AdoptionRefusedError,
    Fault,
    Wanted,
    adopting,
    append,
    read_all,
)
from collector.model import Device, Profile
from collector.profiles import load_profiles
from collector.store import QuarantineRow, Store

_LONGEST_ID = 64
_LONGEST_NAME = 200
_PROFILES_SECONDS = 60.0
_ANY_KIND = "sensor"  # what most of those are that speak over MQTT


class AdoptedAlreadyError(Exception):
    """It is a device already, and another one than was asked for. The message names it."""

    def __init__(self, device_id: str) -> None:
        self.device_id = device_id
        super().__init__(f"It was adopted as {device_id}")


class DeviceExistsError(Exception):
    """A device with that id exists, or existed: its history hangs on it."""

    def __init__(self, device_id: str) -> None:
        super().__init__(f'There is, or was, a device "{device_id}"; choose another id')


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What an entry could be as a device, if nobody says otherwise."""

    id: str
    name: str
    kind: str
    profile: str | None


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became of an adoption. `created` is False when it had been done before."""

    device: Device
    created: bool


class Adopter:
    """Adopts into the inventory that a configuration names. All methods block."""

    def __init__(self, store: Store, clock: Clock, load: Callable[[], Config]) -> None:
        """`load` reads the configuration anew: inventory files and credentials change."""
        self._store = store
        self._clock = clock
        self._load = load
        self._profiles: tuple[float, Mapping[str, Profile]] | None = None

    def suggest(self, entry: QuarantineRow) -> Suggestion:
        """Return what an entry could be as a device; without a profile when none can be read."""
        return suggest(entry, self._known_profiles(), self._was_used)

    def adopt(self, entry: QuarantineRow, asked: Wanted, author: str) -> Adopted:
        """Write an entry into the inventory, with what was asked for over what is suggested.

        The running collector takes the device in within seconds. Raises AdoptedAlreadyError,
        DeviceExistsError, AdoptionRefusedError, InventoryBrokenError, ConfigError, ProblemsError
        and StoreError.
        """
        config = self._load()
        with adopting(config):
            inventory, known = read_all(config)
            profiles = known.profiles or {}
            before = _device_of(entry, asked, inventory)
            if before is not None:
                _refuse_difference(before, asked)
                self._note(entry, before, author)
                return Adopted(before, created=False)
            wanted = self._wanted(entry, asked, inventory, profiles)
            device = append(config, known, wanted, author=author, now=self._clock.now())
            self._note(entry, device, author)
        return Adopted(device, created=True)

    def _note(self, entry: QuarantineRow, device: Device, author: str) -> None:
        now = self._clock.now()
        self._store.quarantine.adopted(entry.id, device_id=device.id, author=author, now=now)

    def _wanted(
        self,
        entry: QuarantineRow,
        asked: Wanted,
        inventory: Inventory,
        profiles: Mapping[str, Profile],
    ) -> Wanted:
        suggestion = suggest(
            entry, profiles, lambda word: word in inventory.devices or self._was_used(word)
        )
        profile = asked.get("profile") or suggestion.profile
        if profile is None:
            raise AdoptionRefusedError(
                Fault("profile", "no profile fits what was heard; name one (pantau profile list)")
            )
        device_id = str(asked.get("id") or suggestion.id)
        if device_id in inventory.devices or self._was_used(device_id):
            raise DeviceExistsError(device_id)
        kind = asked.get("kind") or suggestion.kind
        chosen = profiles.get(str(profile))
        if not asked.get("kind") and chosen is not None:
            kind = _kind_of(chosen)
        faults = [
            Fault(key, "holds signs that cannot be printed; write it without them")
            for key, value in asked.items()
            if isinstance(value, str) and not value.isprintable()
        ]
        if faults:
            raise AdoptionRefusedError(*faults)
        return {
            "id": device_id,
            "name": asked.get("name") or suggestion.name,
            "kind": kind,
            "site": asked.get("site"),
            "profile": profile,
            **{key: value for key, value in asked.items() if key not in _SUGGESTED},
            **({"mqtt_topic": topic_of(entry, str(profile))} if _is_mqtt(entry) else {}),
        }

    def _was_used(self, device_id: str) -> bool:
        return self._store.device(device_id) is not None

    def _known_profiles(self) -> Mapping[str, Profile]:
        """Return the profiles, read at most once a minute."""
        now = self._clock.monotonic()
        if self._profiles is None or now - self._profiles[0] > _PROFILES_SECONDS:
            try:
                profiles = load_profiles(self._load().profiles)
            except ProblemsError:
                profiles = {}
            self._profiles = (now, profiles)
        return self._profiles[1]


_SUGGESTED = ("id", "name", "kind", "site", "profile")


def suggest(
    entry: QuarantineRow, profiles: Mapping[str, Profile], taken: Callable[[str], bool]
) -> Suggestion:
    """Return what an entry could be: id and name from its own, kind from its best profile."""
    sighting = entry.sighting
    fits = [fit for fit in sighting.fits if fit.profile in profiles]
    profile = fits[0].profile if fits else None
    said = sighting.about.get("name")
    own = fits[0].name if fits else sighting.name
    device_id = free_id(id_of(own), taken)
    name = (said or own.rpartition("/")[2] or own)[:_LONGEST_NAME]
    kind = _ANY_KIND if profile is None else _kind_of(profiles[profile])
    return Suggestion(device_id, name, kind, profile)


def id_of(name: str) -> str:
    """Return an id that looks like a name: `Keran_7/utara` becomes `keran-7-utara`."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return words[: _LONGEST_ID - 4].strip("-") or "device"


def free_id(wanted: str, taken: Callable[[str], bool]) -> str:
    """Return an id that is not taken: the wanted one, or with the first number that makes it so."""
    if not taken(wanted):
        return wanted
    number = 2
    while taken(f"{wanted}-{number}"):
        number += 1
    return f"{wanted}-{number}"


def topic_of(entry: QuarantineRow, profile: str) -> str:
    """Return what stands for `{topic}` when an entry is watched by a profile."""
    sighting = entry.sighting
    return next((fit.name for fit in sighting.fits if fit.profile == profile), sighting.name)


def _is_mqtt(entry: QuarantineRow) -> bool:
    return entry.sighting.source == "mqtt"


def _kind_of(profile: Profile) -> str:
    return profile.kinds[0] if profile.kinds else _ANY_KIND


def _device_of(entry: QuarantineRow, asked: Wanted, inventory: Inventory) -> Device | None:
    """Return the device that an entry has become, whether or not the store knows."""
    if not _is_mqtt(entry):
        return inventory.devices.get(entry.device_id or "")
    names = {fit.profile: fit.name for fit in entry.sighting.fits}
    if asked.get("profile"):
        names.setdefault(str(asked["profile"]), entry.sighting.name)
    heard = [
        device
        for device in inventory.devices.values()
        if device.mqtt_topic is not None and names.get(device.profile) == device.mqtt_topic
    ]
    named = [device for device in heard if device.id == entry.device_id]
    return next(iter((*named, *heard)), None)


def _refuse_difference(device: Device, asked: Wanted) -> None:
    """Asking again is fine, asking for something else is not. Raises AdoptedAlreadyError."""
    for key, value in asked.items():
        wanted = tuple(value) if isinstance(value, list) else value
        if wanted and key != "telemetry_period" and getattr(device, key) != wanted:
            raise AdoptedAlreadyError(device.id)
