"""Who publishes and is no device: shown to people, never made into devices by itself.

What a stranger sends is counted under the name that the best fitting profile gives it, so that
all topics of a device are one entry. Of its payloads only the shape is kept, keys and types:
values may be personal. The list is handed on and emptied every few seconds (`take`); the store
adds it up.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import orjson

from collector.listeners.mqtt_discovery import Suggestion
from collector.listeners.mqtt_fitting import Fitting
from collector.model import Fit, Sighting

SOURCE = "mqtt"
TOPICS_LIMIT = 1000
TOPIC_SHOWN = 200
KEYS_SHOWN = 20
KEY_SHOWN = 60
PLACES_SHOWN = 10
SHAPE_LIMIT_BYTES = 64 * 1024
ABOUT_SHOWN = 400
PROPOSAL_LIMIT = 16_000  # characters of a profile that an announcement proposes
_DEPTH = 3
_LIST_LOOKED_AT = 1
# A key that is somebody's address or number is a value in the place of a key.
_PERSONAL = re.compile(r"@|(?:[0-9A-Fa-f]{2}[:-]){3}|\d{6}|^(?=.*\d)[0-9A-Fa-f]{8,}$", re.ASCII)


class Quarantine:
    """A bounded list: when it is full, the name that was silent longest goes, and is counted."""

    def __init__(self, fitting: Fitting | None = None, limit: int = TOPICS_LIMIT) -> None:
        self.fitting = fitting or Fitting()
        self._limit = limit
        self._sightings: OrderedDict[str, Sighting] = OrderedDict()
        self.forgotten = 0

    def add(self, topic: str, payload: bytes, now: datetime) -> bool:
        """Note a message. Returns whether its sender is new since the list was taken."""
        fits = self.fitting.fits(topic)
        name = printable(fits[0].name if fits else topic)
        fits = tuple(fit for fit in fits if printable(fit.name) == fit.name)
        known = self._sightings.pop(name, None)
        # Reading payloads is the costly part, and strangers choose how many there are.
        shape = known.shape if known and known.shape else shape_of(payload)
        now_heard = Sighting(
            SOURCE, name, now, now, 1, len(payload), (printable(topic),), shape, fits
        )
        self._put(now_heard if known is None else _joined(known, now_heard))
        return known is None

    def announce(self, found: Suggestion, topic: str, octets: int, now: datetime) -> None:
        """Note what a device announced of itself, under the name that its topics will give it."""
        name = printable(found.mqtt_topic or found.device_key)
        fits: tuple[Fit, ...] = ()
        if found.profile and found.profile_text is None and found.mqtt_topic == name:
            fits = (Fit(found.profile, name),)
        words = {
            "name": found.name,
            "maker": found.manufacturer,
            "model": found.model,
            "topics": ", ".join(found.topics)[:ABOUT_SHOWN],
            "not_understood": ", ".join(found.not_understood)[:ABOUT_SHOWN],
        }
        about = {key: printable(word, ABOUT_SHOWN) for key, word in words.items() if word}
        if found.profile_text is not None and len(found.profile_text) <= PROPOSAL_LIMIT:
            about["proposed_profile"] = found.profile_text
        heard = Sighting(SOURCE, name, now, now, 1, octets, (printable(topic),), {}, fits, about)
        known = self._sightings.pop(name, None)
        self._put(heard if known is None else _joined(known, heard))

    def take(self) -> tuple[Sighting, ...]:
        """Hand over what was heard since the last call, last heard first."""
        taken = self.snapshot()
        self._sightings.clear()
        return taken

    def give_back(self, sightings: Iterable[Sighting]) -> None:
        """Take back what could not be stored; it joins what was heard meanwhile."""
        for sighting in sightings:
            newer = self._sightings.get(sighting.name)
            self._sightings[sighting.name] = _joined(sighting, newer) if newer else sighting
            self._sightings.move_to_end(sighting.name, last=newer is not None)
        while len(self._sightings) > self._limit:
            self._forget_oldest()

    def snapshot(self) -> tuple[Sighting, ...]:
        """Return what is there, last heard first."""
        return tuple(reversed(self._sightings.values()))

    def _put(self, sighting: Sighting) -> None:
        self._sightings[sighting.name] = sighting
        if len(self._sightings) > self._limit:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        self._sightings.popitem(last=False)
        self.forgotten += 1


def _joined(older: Sighting, newer: Sighting) -> Sighting:
    """Return what two sightings of the same name say together."""
    fits: dict[str, Fit] = {fit.profile: fit for fit in (*newer.fits, *older.fits)}
    places = dict.fromkeys((*older.places, *newer.places))
    return replace(
        newer,
        first_seen_at=older.first_seen_at,
        messages=older.messages + newer.messages,
        octets=older.octets + newer.octets,
        places=tuple(places)[:PLACES_SHOWN],
        shape=newer.shape or older.shape,
        fits=tuple(fits.values()),
        about={**older.about, **newer.about},
    )


def shape_of(payload: bytes) -> Mapping[str, str]:
    """Return what a payload is made of: path of each key → type, at most 20; never a value.

    What is no JSON is `text` or `binary` under the empty key.
    """
    if len(payload) > SHAPE_LIMIT_BYTES:
        return {"": "too large"}
    try:
        document: object = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return {"": "text" if _is_text(payload) else "binary"}
    found: dict[str, str] = {}
    for path, kind in _walk("", document, _DEPTH):
        found.setdefault(path, kind)
        if len(found) >= KEYS_SHOWN:
            break
    return found


def _walk(path: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
    if depth and value and isinstance(value, dict):
        for key, inner in value.items():
            name = "*" if _PERSONAL.search(key) else printable(key, KEY_SHOWN)
            yield from _walk(f"{path}.{name}" if path else name, inner, depth - 1)
    elif depth and value and isinstance(value, list):
        for inner in value[:_LIST_LOOKED_AT]:
            yield from _walk(f"{path}[]", inner, depth - 1)
    else:
        yield path, _type_of(value)


def _type_of(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"


def _is_text(payload: bytes) -> bool:
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return False
    return text.strip().isprintable()


def printable(text: str, limit: int = TOPIC_SHOWN) -> str:
    """Return a text that is safe to show: strangers choose these words."""
    shown = "".join(
        sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:limit]
    )
    return shown if len(text) <= limit else f"{shown}…"
