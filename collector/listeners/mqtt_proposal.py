"""A profile file for a device that announced its topics and values. Pure.

The device's own topic is a level that all its topics have: one that looks like what the device
calls itself, else the deepest one, since what comes before is often a house or a base that others
share.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import yaml

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # C, where it is there, is ten times faster
INTERVAL_SECONDS = 300
_FRESH_INTERVALS = 2.5
_BASE_AND_NAME = 2  # levels of a topic such as zigbee2mqtt/pintu
_KNOWN = {
    ("temperature", "°C"): "temperature_celsius",
    ("humidity", "%"): "humidity_percent",
    ("battery", "%"): "battery_percent",
    ("signal_strength", "dBm"): "signal_dbm",
    ("voltage", "V"): "voltage_volts",
    ("current", "A"): "current_amperes",
    ("power", "W"): "power_watts",
    ("energy", "kWh"): "energy_kilowatt_hours",
    ("frequency", "Hz"): "frequency_hertz",
    ("pressure", "hPa"): "pressure_hectopascals",
    ("illuminance", "lx"): "illuminance_lux",
    ("carbon_dioxide", "ppm"): "carbon_dioxide_ppm",
    ("duration", "s"): "duration_seconds",
}


@dataclass(frozen=True, slots=True)
class Word:
    """Where a device says that it is there, and how."""

    topic: str
    path: str
    online: str
    offline: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One value that a device announced."""

    name: str
    topic: str
    path: str  # empty: the whole payload
    device_class: str = ""
    unit: str = ""
    only_grows: bool = False
    words: tuple[str, str] | None = None  # on and off, of what is no number
    availability: tuple[Word, ...] = ()
    expire_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A new profile, and what stands for `{topic}` in it."""

    profile: str
    mqtt_topic: str
    text: str
    left_out: tuple[str, ...] = ()


def propose(
    name: str, title: str, entities: Sequence[Entity], own_words: Iterable[str] = ()
) -> Proposal | None:
    """Return a profile that reads these entities; None when no level is common to their topics.

    `own_words` are what the device calls itself.
    """
    own = _own_level(list(dict.fromkeys(entity.topic for entity in entities)), own_words)
    if own is None:
        return None
    left_out: list[str] = []
    periods = [it.expire_seconds for it in entities if it.expire_seconds is not None]
    interval = max(1, int(min(periods) / _FRESH_INTERVALS)) if periods else INTERVAL_SECONDS
    status = _status(own, entities, left_out)
    telemetry = {
        "probe": "mqtt",
        "interval": f"{interval}s",
        "payload": "json_or_text",
        "metrics": [_metric(own, entity) for entity in entities],
    }
    document = {
        "name": f"announced-{_slug(name)}",
        "title": title,
        "kinds": ["sensor"],
        "ping": False,
        "groups": {"status": {"interval": f"{interval}s"} | status, "telemetry": telemetry},
    }
    text = yaml.dump(document, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=1000)
    return Proposal(f"announced-{_slug(name)}", own, text, tuple(left_out))


def _own_level(topics: Sequence[str], own_words: Iterable[str]) -> str | None:
    """Return the level that is the device's own: one that stands exactly once in every topic."""
    if not topics:
        return None
    split = [topic.split("/") for topic in topics]
    common = [
        level for level in split[0] if level and all(levels.count(level) == 1 for levels in split)
    ]
    words = [_plain(word) for word in own_words]
    for level in reversed(common):
        if any(_plain(level) and _plain(level) == word for word in words):
            return level
    # The last level of a topic alone says what is measured, unless it stands for all of it.
    alone = len(topics) == 1 and len(common) > _BASE_AND_NAME
    return common[-2 if alone else -1] if common else None


def _plain(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())


def _pattern(own: str, topic: str) -> str:
    return "/".join("{topic}" if level == own else level for level in topic.split("/"))


def _status(own: str, entities: Iterable[Entity], left_out: list[str]) -> dict[str, object]:
    """Return the status group: by the device's own word, else by every message."""
    words = dict.fromkeys(word for entity in entities for word in entity.availability)
    for word in words:
        if word.topic.split("/").count(own) != 1:
            left_out.append(f"availability {word.topic}: another device's")
            continue
        group: dict[str, object] = {
            "probe": "mqtt",
            "role": "reachability",
            "topics": [_pattern(own, word.topic)],
            "payload": "json_or_text",
            "online": [word.online],
            "offline": [word.offline],
        }
        return group | ({"path": word.path} if word.path else {})
    topics = list(dict.fromkeys(_pattern(own, entity.topic) for entity in entities))
    return {"probe": "mqtt", "role": "reachability", "topics": topics[:20], "payload": "text"}


def _metric(own: str, entity: Entity) -> dict[str, object]:
    known = _KNOWN.get((entity.device_class, entity.unit))
    metric: dict[str, object] = {
        "name": "announced_state" if entity.words else known or "announced_value",
        "topic": _pattern(own, entity.topic),
        "labels": {"entity": entity.name},
        "lenient": True,
    }
    if entity.path:
        metric["source"] = entity.path
    if entity.words:
        on, off = entity.words
        metric |= {"type": "state", "values": {on: 1, off: 0}, "states": {1: "on", 0: "off"}}
    elif known:
        metric["unit"] = entity.unit
        metric |= {"type": "counter"} if entity.only_grows else {}
    return metric


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "device"
