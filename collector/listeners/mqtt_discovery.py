"""What Home Assistant's discovery tells of a device: a suggestion, never a device. Pure.

    homeassistant/sensor/esp-7/suhu/config   {"stat_t": "~/suhu", "dev": {…}, …}   one entity each,
    homeassistant/device/esp-7/config        {"cmps": {…}, "dev": {…}}             or all in one
        │ announced                          long and short keys, `~`, availability
        ▼
    Announced, Announced …                   those of one device have the same `device_key`
        │ suggest
        ▼
    Suggestion                               name, model, topics; a profile that fits, or a new one

Templates are programs; only `{{ value }}` and `{{ value_json.x }}` are read. What was not
understood is named. The sender may be anybody: all is bounded, and nothing is believed.

Format: home-assistant.io/integrations/mqtt, MQTT discovery and its abbreviations.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from collector.listeners.mqtt_formats import PayloadError
from collector.listeners.mqtt_proposal import Entity, Word, propose
from collector.model import Fit

PREFIX = "homeassistant"
SUBSCRIPTIONS = (f"{PREFIX}/+/+/config", f"{PREFIX}/+/+/+/config")
"""Topics on which devices announce themselves; their messages are retained."""

ENTITIES_LIMIT = 50
_TEXT_LIMIT = 200
_READ = ("sensor", "binary_sensor", "switch")
_LONG = {
    "avty": "availability",
    "avty_t": "availability_topic",
    "avty_tpl": "availability_template",
    "cmps": "components",
    "dev": "device",
    "dev_cla": "device_class",
    "exp_aft": "expire_after",
    "ids": "identifiers",
    "cns": "connections",
    "mdl": "model",
    "mf": "manufacturer",
    "p": "platform",
    "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "stat_cla": "state_class",
    "stat_t": "state_topic",
    "t": "topic",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}
_TEMPLATE = re.compile(
    r"\{\{\s*value(_json)?((?:\.\w+|\[(?:'[^'\]]+'|\"[^\"\]]+\"|\d+)\])*)\s*\}\}"
)
_STEP = re.compile(r"\.(\w+)|\['([^']+)'\]|\[\"([^\"]+)\"\]|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Announced:
    """One entity of a device, or that there is one that cannot be read."""

    device_key: str
    name: str
    manufacturer: str
    model: str
    entity: Entity | None
    not_understood: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to adopt: shown to people, who decide.

    `profile` is a profile that there is; else `profile_text` is a file of a new one, and its name
    is `profile`. With neither, its topics have nothing in common that could be the device's own.
    """

    device_key: str
    name: str
    manufacturer: str
    model: str
    topics: tuple[str, ...]
    profile: str | None = None
    mqtt_topic: str | None = None
    profile_text: str | None = None
    not_understood: tuple[str, ...] = field(default=())


def announced(topic: str, payload: bytes) -> tuple[Announced, ...]:
    """Return the entities of one config message; none for one that takes an entity away.

    Raises:
        PayloadError: the topic or the payload is no announcement.
    """
    levels = topic.split("/")
    if len(levels) not in (4, 5) or levels[0] != PREFIX or levels[-1] != "config":
        raise PayloadError("the topic is none of an announcement")
    if not payload:
        return ()
    try:
        document = orjson.loads(payload)
    except orjson.JSONDecodeError:
        raise PayloadError(f"the announcement ({len(payload)} bytes) is not JSON") from None
    if not isinstance(document, dict):
        raise PayloadError("the announcement is no mapping")
    whole = _long(document)
    component, object_id = levels[1], levels[-2]
    if component != "device":
        return (_announced(component, object_id, whole, whole, levels),)
    parts = whole.get("components")
    if not isinstance(parts, dict):
        raise PayloadError("the announcement has no components")
    found = []
    for name, part in list(parts.items())[:ENTITIES_LIMIT]:
        inner = _long(part) if isinstance(part, dict) else {}
        shared = {key: value for key, value in whole.items() if key != "components"}
        kind = _text(inner.get("platform"))
        found.append(_announced(kind, name[:_TEXT_LIMIT], shared | inner, whole, levels))
    return tuple(found)


def suggest(
    entities: Iterable[Announced], fits: Callable[[str], Sequence[Fit]] = lambda _: ()
) -> Suggestion | None:
    """Return what to propose for one device, of which these entities are known; None for none.

    `fits` says which profiles a topic fits, the best first (`Fitting.fits`): a profile that fits
    the topics of most entities is proposed rather than a new one.
    """
    known = list(entities)[:ENTITIES_LIMIT]
    if not known:
        return None
    first = known[0]
    read = [it.entity for it in known if it.entity is not None]
    odd = dict.fromkeys(word for it in known for word in it.not_understood)
    topics = tuple(dict.fromkeys(it.topic for it in read))
    name = next((it.name for it in known if it.name), first.device_key)
    manufacturer = next((it.manufacturer for it in known if it.manufacturer), "")
    model = next((it.model for it in known if it.model), "")
    about = (first.device_key, name, manufacturer, model, topics)
    best = _best_fit([fits(topic) for topic in topics])
    if best is not None:
        return Suggestion(*about, best.profile, best.name, None, tuple(odd))
    title = f"{manufacturer} {model}".strip() or name
    proposal = propose(model or name, title, read, (first.device_key, name))
    if proposal is None:
        return Suggestion(*about, not_understood=tuple(odd))
    odd.update(dict.fromkeys(proposal.left_out))
    return Suggestion(*about, proposal.profile, proposal.mqtt_topic, proposal.text, tuple(odd))


def _best_fit(fits: Sequence[Sequence[Fit]]) -> Fit | None:
    counted: dict[Fit, int] = {}
    for some in fits:
        if some:
            counted[some[0]] = counted.get(some[0], 0) + 1
    best = max(counted, key=lambda fit: counted[fit], default=None)
    return best if best is not None and 2 * counted[best] > len(fits) else None


# --- one entity -------------------------------------------------------------------------------


def _announced(
    component: str,
    object_id: str,
    config: Mapping[str, Any],
    whole: Mapping[str, Any],
    levels: Sequence[str],
) -> Announced:
    device = whole.get("device")
    about = _long(device) if isinstance(device, dict) else {}
    key = _first(about.get("identifiers")) or _first(about.get("connections")) or levels[2]
    odd: list[str] = []
    entity = _entity(component, object_id, config, odd)
    return Announced(
        key,
        _text(about.get("name")) or _text(config.get("name")),
        _text(about.get("manufacturer")),
        _text(about.get("model")),
        entity,
        tuple(odd),
    )


def _entity(
    component: str, object_id: str, config: Mapping[str, Any], odd: list[str]
) -> Entity | None:
    topic = _topic(config, "state_topic")
    if component not in _READ or not topic:
        odd.append(f"{object_id}: {component or 'no platform'}" + ("" if topic else ", no state"))
        return None
    path = _path(config.get("value_template"))
    if path is None:
        odd.append(f"{object_id}: its value_template")
        return None
    words = None
    if component != "sensor":
        words = _text(config.get("payload_on")) or "ON", _text(config.get("payload_off")) or "OFF"
    return Entity(
        object_id,
        topic,
        path,
        _text(config.get("device_class")),
        _text(config.get("unit_of_measurement")),
        _text(config.get("state_class")) == "total_increasing",
        words,
        tuple(_availability(object_id, config, odd)),
        _seconds(config.get("expire_after")),
    )


def _availability(object_id: str, config: Mapping[str, Any], odd: list[str]) -> Iterator[Word]:
    listed = config.get("availability")
    for one in listed[:8] if isinstance(listed, list) else [listed]:
        if isinstance(one, dict):
            entry = {**_long(one), "~": config.get("~")}
            yield from _word(object_id, entry, "topic", "value_template", odd)
    yield from _word(object_id, config, "availability_topic", "availability_template", odd)


def _word(
    object_id: str, entry: Mapping[str, Any], topic_key: str, template_key: str, odd: list[str]
) -> Iterator[Word]:
    topic = _topic(entry, topic_key)
    if not topic:
        return
    path = _path(entry.get(template_key))
    if path is None:
        odd.append(f"{object_id}: the template of its availability")
        return
    online = _text(entry.get("payload_available")) or "online"
    yield Word(topic, path, online, _text(entry.get("payload_not_available")) or "offline")


def _long(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping with long keys; what is written long goes before its abbreviation."""
    spelled = {_LONG[key]: value for key, value in config.items() if key in _LONG}
    return spelled | {key: value for key, value in config.items() if key not in _LONG}


def _topic(config: Mapping[str, Any], key: str) -> str:
    """Return a topic with its base in the place of `~`; empty when there is none to listen to."""
    topic, base = _text(config.get(key)), _text(config.get("~"))
    if topic.startswith("~"):
        topic = base + topic[1:]
    if topic.endswith("~"):
        topic = topic[:-1] + base
    good = topic and len(topic) <= _TEXT_LIMIT and not re.search(r"[+#{}\x00]", topic)
    return topic if good else ""


def _path(template: object) -> str | None:
    """Return the path of a plain template, empty for the whole payload; None for any other."""
    if template is None or template == "":
        return ""
    found = _TEMPLATE.fullmatch(template.strip()) if isinstance(template, str) else None
    if found is None or (found[1] is None and found[2]):
        return None
    path = ""
    for step in _STEP.finditer(found[2]):
        if step[4] is not None:
            path += f"[{step[4]}]"
            continue
        key = step[1] or step[2] or step[3]
        if not re.fullmatch(r"[^.\s\[\]*]{1,64}", key):
            return None  # no path can say it
        path += f".{key}" if path else key
    return path


def _text(value: object) -> str:
    return value[:_TEXT_LIMIT] if isinstance(value, str) and value.isprintable() else ""


def _first(value: object) -> str:
    while isinstance(value, list) and value:
        value = value[-1] if isinstance(value[-1], str) else value[0]
    return _text(value)


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int) and 1 <= value <= 7 * 86400 else None
