"""MQTT payloads become words and readings. Pure; no payload content ever reaches an error text.

A metric's `source` is a path into the JSON document:

    ENERGY.Power            keys
    Channels[0].Voltage     an element of a list
    *.Temperature           every key (`[*]`: every element); the label `item` says which

What a value means is decided where SNMP's values are (collector.probes.snmp.interpret), so that
a scale, a pattern or an enumeration means the same in every profile.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import orjson

from collector.model import Metric, MetricGroup, Reading, Table
from collector.probes.snmp.interpret import (
    Interpretation,
    interpret_scalars,
    interpret_table,
    scalar_sources,
)

ITEM_LABEL = "item"
ITEMS_LIMIT = 64  # a wildcard is for a handful of channels, not for whatever somebody sends
NAMES_SHOWN = 3
NUMBER_LIMIT = 2.0**63  # what store and sinks take as an integer

_STEP = re.compile(r"(?P<key>[^\[\]]*)(?P<indexes>(?:\[(?:\d{1,6}|\*)\])*)", re.ASCII)


class PayloadError(Exception):
    """A payload is not what the profile says. The text is short and without its content."""


class AnyStep:
    """The `*` of a path."""

    def __repr__(self) -> str:
        return "*"


ANY = AnyStep()
Path = tuple[str | int | AnyStep, ...]
Leaf = int | float | str


@dataclass(frozen=True, slots=True)
class Extract:
    """What a payload holds: the good readings, and the metrics that made no sense."""

    readings: tuple[Reading, ...]
    not_understood: tuple[str, ...] = ()

    @property
    def problem(self) -> str:
        """Which values made no sense, for people; empty when all did."""
        if not self.not_understood:
            return ""
        shown = ", ".join(self.not_understood[:NAMES_SHOWN])
        more = len(self.not_understood) - NAMES_SHOWN
        return f"not understood: {shown}" + (f" and {more} more" if more > 0 else "")


# --- bytes ------------------------------------------------------------------------------------


def load_json(payload: bytes, limit_bytes: int) -> object:
    """Parse a JSON payload (RFC 8259: no NaN, no Infinity; at most 1,024 levels deep).

    Raises:
        PayloadError: too large, or not JSON in UTF-8.
    """
    _check_size(payload, limit_bytes)
    try:
        document: object = orjson.loads(payload)
    except orjson.JSONDecodeError:
        # `from None`: its message and traceback carry the payload, which may be anything.
        raise PayloadError(f"the payload ({len(payload)} bytes) is not JSON") from None
    return document


def load_text(payload: bytes, limit_bytes: int) -> str:
    """Return a payload as text without surrounding white space.

    Raises:
        PayloadError: too large, or not UTF-8.
    """
    _check_size(payload, limit_bytes)
    try:
        return payload.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise PayloadError(f"the payload ({len(payload)} bytes) is not text in UTF-8") from None


def _check_size(payload: bytes, limit_bytes: int) -> None:
    if len(payload) > limit_bytes:
        raise PayloadError(f"the payload has {len(payload)} bytes, more than {limit_bytes}")


# --- paths ------------------------------------------------------------------------------------


def parse_path(text: str) -> Path:
    """Read a path. What does not look like an index is part of a key, so this never fails."""
    steps: list[str | int | AnyStep] = []
    for part in text.split("."):
        found = _STEP.fullmatch(part)
        key, indexes = (found["key"], found["indexes"]) if found else (part, "")
        if key:
            steps.append(ANY if key == "*" else key)
        found_indexes = re.findall(r"\[([^\]]+)\]", indexes)
        steps.extend(ANY if index == "*" else int(index) for index in found_indexes)
    return tuple(steps)


def find(document: object, path: Path) -> Iterator[tuple[str, object]]:
    """Yield (what the wildcards stood for, value) for every place a path leads to.

    A path that leads nowhere yields nothing: devices leave out what they do not have.
    """
    places: list[tuple[str, object]] = [("", document)]
    for step in path:
        places = [place for item, value in places for place in _follow(item, value, step)]
        places = places[:ITEMS_LIMIT]
    yield from places


def _follow(item: str, value: object, step: str | int | AnyStep) -> Iterator[tuple[str, object]]:
    if isinstance(step, AnyStep):
        for name, inner in _entries(value):
            yield (f"{item}.{name}" if item else name), inner
    elif isinstance(step, str):
        if isinstance(value, dict) and step in value:
            yield item, value[step]
    elif isinstance(value, list) and step < len(value):
        yield item, value[step]


def _entries(value: object) -> Iterable[tuple[str, object]]:
    if isinstance(value, dict):
        return value.items()
    return ((str(at), inner) for at, inner in enumerate(value if isinstance(value, list) else ()))


# --- values -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TelemetryReader:
    """Takes the readings of one group out of payloads."""

    scalars: MetricGroup
    items: Table | None
    paths: dict[str, Path] = field(repr=False)

    def read_json(self, document: object) -> Extract:
        """Take the readings out of a parsed document. One bad value does not spoil the others."""
        columns: dict[str, dict[str, Leaf]] = {}
        odd: set[str] = set()
        for source, path in self.paths.items():
            for item, value in find(document, path):
                if value is None:
                    continue
                leaf = _leaf(value)
                if leaf is None:
                    odd.add(source)
                else:
                    columns.setdefault(source, {})[item] = leaf
        scalars = {source: rows[""] for source, rows in columns.items() if "" in rows}
        return self._interpret(scalars, columns, odd)

    def read_text(self, text: str) -> Extract:
        """Take the readings out of a payload that is one bare value, the same for all metrics."""
        return self._interpret(dict.fromkeys(self.paths, text), {}, set())

    def _interpret(
        self,
        scalars: dict[str, Leaf],
        columns: dict[str, dict[str, Leaf]],
        odd: set[str],
    ) -> Extract:
        parts = [interpret_scalars(self.scalars, scalars)]
        if self.items is not None:
            parts.append(interpret_table(self.items, columns))
        metrics = [*self.scalars.metrics, *(self.items.metrics if self.items else ())]
        return _sift(parts, [metric for metric in metrics if metric.source in odd])


def telemetry_reader(group: MetricGroup) -> TelemetryReader:
    """Prepare a group: metrics with a wildcard become the rows of a table."""
    wild = tuple(metric for metric in group.metrics if ANY in parse_path(metric.source))
    plain = tuple(metric for metric in group.metrics if metric not in wild)
    scalars = MetricGroup(group.name, group.probe, group.role, group.interval_seconds, plain)
    items = Table(group.name, wild, labels={ITEM_LABEL: ("index",)}) if wild else None
    sources = [*scalar_sources(scalars), *(metric.source for metric in wild)]
    return TelemetryReader(scalars, items, {source: parse_path(source) for source in sources})


def _sift(parts: list[Interpretation], odd: list[Metric]) -> Extract:
    """Join what was understood; drop numbers that no store takes. Each name of a fault once."""
    readings = [reading for part in parts for reading in part.readings]
    good = tuple(reading for reading in readings if _is_storable(reading.value))
    faults = [fault.metric for part in parts for fault in part.faults]
    faults += [reading.metric for reading in readings if not _is_storable(reading.value)]
    known = {reading.metric for reading in good}
    faults += [metric.name for metric in odd if metric.name not in known]
    return Extract(good, tuple(dict.fromkeys(faults)))


def _leaf(value: object) -> Leaf | None:
    """Return a JSON value as an agent would give it: true and false are words, no numbers."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | str) and _is_storable(value):
        return value
    return None


def _is_storable(value: Leaf) -> bool:
    if isinstance(value, str):
        return True
    return math.isfinite(value) and abs(value) < NUMBER_LIMIT
