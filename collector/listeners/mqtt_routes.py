"""Which check hears which topic, made once out of the profiles. Pure.

    profile     tele/{topic}/LWT                      (the group's option `topics`)
    subscribed  tele/+/LWT                            (so that devices nobody listed show up too)
    by topic    tele/tasmota_0001/LWT → its route     (one dictionary look-up a message)

Options of a group: `topics`, a list; `payload`, "json" (default) or "text"; a status group has
the words `online` and `offline` as well, and with "json" perhaps `path`, where the word stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from collector.listeners.mqtt_payload import (
    Path,
    PayloadError,
    TelemetryReader,
    find,
    load_json,
    load_text,
    parse_path,
    telemetry_reader,
)
from collector.model import Check

PLACEHOLDER = "{topic}"


class PayloadFormat(StrEnum):
    """How a payload is written."""

    JSON = "json"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class StatusReader:
    """Reads the word that a device, or the broker in its name, says about being there."""

    format: PayloadFormat
    online: str
    offline: str
    path: Path = ()

    def is_online(self, payload: bytes, limit_bytes: int) -> bool:
        """Return whether the word is the online one.

        Raises:
            PayloadError: neither of the two words, or not readable at all.
        """
        if self.format is PayloadFormat.TEXT:
            word: object = load_text(payload, limit_bytes)
        else:
            document = load_json(payload, limit_bytes)
            word = next((value for _, value in find(document, self.path)), None)
        if word == self.online:
            return True
        if word == self.offline:
            return False
        raise PayloadError("the status is neither of the profile's two words")


@dataclass(frozen=True, slots=True)
class Route:
    """One check that hears a topic, and how it reads what it hears."""

    check: Check
    format: PayloadFormat
    reader: StatusReader | TelemetryReader


@dataclass(frozen=True, slots=True)
class Routes:
    """All routes of a listener."""

    subscriptions: tuple[str, ...]
    by_topic: Mapping[str, tuple[Route, ...]]
    status_checks: Mapping[str, tuple[Check, ...]] = field(default_factory=dict)  # by device


def build_routes(checks: Iterable[Check]) -> Routes:
    """Make the routes of all MQTT checks among `checks`.

    Raises:
        ValueError: a group's options cannot work; the text names the check and the option.
    """
    patterns: dict[str, None] = {}
    by_topic: dict[str, list[Route]] = {}
    status: dict[str, list[Check]] = {}
    for check in checks:
        if check.probe != "mqtt":
            continue
        route = _route_of(check)
        if isinstance(route.reader, StatusReader):
            status.setdefault(check.device_id, []).append(check)
        name = _device_topic(check)
        for topic in _words(check, "topics"):
            if "+" in topic or "#" in topic:
                raise _refusal(check, "topics", f"{topic!r} has a wildcard; write {PLACEHOLDER}")
            levels = "/".join("+" for _ in name.split("/"))
            patterns.setdefault(topic.replace(PLACEHOLDER, levels))
            by_topic.setdefault(topic.replace(PLACEHOLDER, name), []).append(route)
    return Routes(
        tuple(patterns),
        {topic: tuple(routes) for topic, routes in by_topic.items()},
        {device: tuple(found) for device, found in status.items()},
    )


def _route_of(check: Check) -> Route:
    options = check.group.options
    try:
        payload = PayloadFormat(str(options.get("payload", PayloadFormat.JSON)))
    except ValueError:
        raise _refusal(check, "payload", 'must be "json" or "text"') from None
    if "online" not in options and "offline" not in options:
        return Route(check, payload, telemetry_reader(check.group))
    path = parse_path(_word(check, "path")) if "path" in options else ()
    words = _word(check, "online"), _word(check, "offline")
    return Route(check, payload, StatusReader(payload, *words, path))


def _device_topic(check: Check) -> str:
    topic = check.target.mqtt_topic
    if not topic or any(sign in topic for sign in "+#\0"):
        raise ValueError(f"{check.id}: the device needs an mqtt_topic without + and #")
    return topic


def _words(check: Check, option: str) -> Sequence[str]:
    value = check.group.options.get(option)
    if not isinstance(value, list | tuple) or not value:
        raise _refusal(check, option, "must be a list of topics")
    if not all(isinstance(word, str) and word for word in value):
        raise _refusal(check, option, "must be a list of topics")
    return value


def _word(check: Check, option: str) -> str:
    value = check.group.options.get(option)
    if not isinstance(value, str) or not value:
        raise _refusal(check, option, "must be a word")
    return value


def _refusal(check: Check, option: str, problem: str) -> ValueError:
    return ValueError(f"{check.id}: option {option} {problem}")
