"""Which check hears which topic, made once out of the profiles. Pure.

    profile     tele/{topic}/LWT                      (the group's option `topics`)
    subscribed  tele/+/LWT                            (so that devices nobody listed show up too)
    by topic    tele/tasmota_0001/LWT → its route     (one look-up a topic pattern of that length)

Options of a group: `topics`, a list; `payload`, the name of a format (default "json"); `at`, where
the message says when it was made; a status group has the words `online` and `offline` as well,
and perhaps `path`, where the word stands. A metric with a `topic` of its own adds that topic.
A group with neither words nor metrics takes every message as a sign of life.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from collector.listeners.mqtt_formats import DECODERS, Decoder
from collector.listeners.mqtt_payload import Source, TelemetryReader, source_of, telemetry_reader
from collector.listeners.mqtt_words import WordReader
from collector.model import Check, Labels, MetricGroup
from collector.profiles.topics import TopicPattern, topic_pattern, without_overlap


@dataclass(frozen=True, slots=True)
class Ear:
    """How a group of a profile reads what comes on one of its topics."""

    pattern: TopicPattern
    decoder: Decoder
    reader: TelemetryReader
    word: WordReader | None = None
    at: Source | None = None

    @property
    def hears_life_only(self) -> bool:
        """Whether every message is a sign of life, whatever it holds."""
        return self.word is None and self.reader.reads_nothing


@dataclass(frozen=True, slots=True)
class Route:
    """One check that hears a topic, how it reads what it hears, and what the topic says."""

    check: Check
    ear: Ear
    labels: Labels = ()


@dataclass(frozen=True, slots=True)
class Routes:
    """All routes of a listener."""

    subscriptions: tuple[str, ...]
    status_checks: Mapping[str, tuple[Check, ...]] = field(default_factory=dict)  # by device
    _patterns: Mapping[int, tuple[TopicPattern, ...]] = field(default_factory=dict, repr=False)
    _by_name: Mapping[tuple[str, str], tuple[Route, ...]] = field(default_factory=dict, repr=False)

    def find(self, topic: str) -> tuple[Route, ...]:
        """Return the routes of a topic: none when no check of any device hears it.

        Of several topics of one check that fit, the most exact counts: a message is one result.
        """
        found: dict[str, Route] = {}
        for pattern in self._patterns.get(topic.count("/"), ()):
            match = pattern.match(topic)
            if match is None:
                continue
            for route in self._by_name.get((pattern.text, match.device_topic), ()):
                other = found.get(route.check.id)
                if other is None or other.ear.pattern.exactness < pattern.exactness:
                    found[route.check.id] = replace(route, labels=match.labels)
        return tuple(found.values())

    def is_of_known_device(self, topic: str) -> bool:
        """Say whether a topic that no check hears belongs to a device that is listed."""
        return any(
            (pattern.text, owner) in self._by_name
            for pattern in self._patterns.get(topic.count("/"), ())
            if (owner := pattern.owner(topic)) is not None
        )


def build_routes(checks: Iterable[Check], decoders: dict[str, Decoder] | None = None) -> Routes:
    """Make the routes of all MQTT checks among `checks`.

    `decoders` are those in use, by their format; new ones are added to it. A decoder may remember
    what it heard, so routes that are made anew go on with the same.

    Raises:
        ValueError: a group's options cannot work; the text names the check and the option.
        ProblemsError: a payload's format needs a library that is missing.
    """
    filters: dict[str, None] = {}
    by_name: dict[tuple[str, str], list[Route]] = {}
    by_length: dict[int, dict[str, TopicPattern]] = {}
    status: dict[str, list[Check]] = {}
    decoders = {} if decoders is None else decoders
    made: dict[int, tuple[MetricGroup, tuple[Ear, ...]]] = {}  # devices of a profile share them
    for check in checks:
        if check.probe != "mqtt":
            continue
        if id(check.group) not in made:
            made[id(check.group)] = check.group, tuple(_ears_of(check, decoders))
        name = _device_topic(check)
        for ear in made[id(check.group)][1]:
            if ear.word is not None and check not in status.setdefault(check.device_id, []):
                status[check.device_id].append(check)
            filters.setdefault(ear.pattern.subscription(name.count("/") + 1))
            slashes = ear.pattern.text.count("/") + name.count("/")
            by_length.setdefault(slashes, {}).setdefault(ear.pattern.text, ear.pattern)
            by_name.setdefault((ear.pattern.text, name), []).append(Route(check, ear))
    return Routes(
        without_overlap(filters),
        {device: tuple(found) for device, found in status.items()},
        {slashes: tuple(patterns.values()) for slashes, patterns in by_length.items()},
        {key: tuple(routes) for key, routes in by_name.items()},
    )


def _ears_of(check: Check, decoders: dict[str, Decoder]) -> Iterator[Ear]:
    """Yield an ear for each topic of a check's group."""
    group, options = check.group, check.group.options
    payload = str(options.get("payload", "json"))
    if payload not in DECODERS:
        raise _refusal(check, "payload", f"must be one of {', '.join(DECODERS)}")
    if payload not in decoders:
        decoders[payload] = DECODERS[payload]()
    decoder = decoders[payload]
    word = None
    if "online" in options or "offline" in options:
        words = tuple(_words(check, "online")), tuple(_words(check, "offline"))
        word = WordReader(*words, _source(check, "path"))
    at = _source(check, "at") if "at" in options else None
    own = [metric.topic for metric in group.metrics if metric.topic is not None]
    topics = [] if own and not options.get("topics") else _words(check, "topics")
    for topic in dict.fromkeys([*topics, *own]):
        try:
            pattern = topic_pattern(topic)
        except ValueError as problem:
            raise _refusal(check, "topics", f"{topic!r} {problem}") from None
        try:
            reader = telemetry_reader(_part_of(group, topic, shared=topic in topics))
        except ValueError as problem:
            raise _refusal(check, "source", str(problem)) from None
        yield Ear(pattern, decoder, reader, word, at)


def _part_of(group: MetricGroup, topic: str, *, shared: bool) -> MetricGroup:
    """Return what of a group is read from one topic; what names no topic, from the shared ones."""
    metrics = tuple(
        metric
        for metric in group.metrics
        if metric.topic == topic or (metric.topic is None and shared)
    )
    return replace(group, metrics=metrics, tables=group.tables if shared else ())


def _device_topic(check: Check) -> str:
    topic = check.target.mqtt_topic
    if not topic or any(sign in topic for sign in "+#\0"):
        raise ValueError(f"{check.id}: the device needs an mqtt_topic without + and #")
    return topic


def _source(check: Check, option: str) -> Source:
    value = check.group.options.get(option, "")
    if not isinstance(value, str):
        raise _refusal(check, option, "must be a path")
    try:
        return source_of(value)
    except ValueError as problem:
        raise _refusal(check, option, str(problem)) from None


def _words(check: Check, option: str) -> Sequence[str]:
    value = check.group.options.get(option)
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not words:
        raise _refusal(check, option, "must be a list of words")
    if not all(isinstance(word, str) and word for word in words):
        raise _refusal(check, option, "must be a list of words")
    return words


def _refusal(check: Check, option: str, problem: str) -> ValueError:
    return ValueError(f"{check.id}: option {option} {problem}")
