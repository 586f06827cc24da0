"""Documents of MQTT payloads become readings. Pure; no content ever reaches an error text.

A metric's `source` is a path into the document:

    ENERGY.Power            keys
    Channels[0].Voltage     an element of a list
    *.Temperature           every key (`[*]`: every element); the label `item` says which

or `jmespath EXPRESSION` (a list or mapping gives a reading an entry, with the label `item`), or
nothing: the document itself. A table's sources are held against each entry of its `rows`.

What a value means is decided where SNMP's values are (collector.probes.snmp.interpret), so that
a scale, a pattern or an enumeration means the same in every profile.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from msgspec import structs

from collector.model import Labels, Metric, MetricGroup, Reading, Table
from collector.probes.snmp.interpret import (
    Interpretation,
    interpret_scalars,
    interpret_table,
)
from collector.profiles.expressions import JMESPATH, ExpressionError, compiled, evaluate

ITEM_LABEL = "item"
ITEMS_LIMIT = 64  # a wildcard is for a handful of channels, not for whatever somebody sends
NAMES_SHOWN = 3
NUMBER_LIMIT = 2.0**63  # what store and sinks take as an integer

_STEP = re.compile(r"(?P<key>[^\[\]]*)(?P<indexes>(?:\[(?:\d{1,6}|\*)\])*)", re.ASCII)


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
    value, wild = document, len(path)
    for at, step in enumerate(path):
        if isinstance(step, AnyStep):
            wild = at
            break
        if isinstance(step, str):
            if not isinstance(value, dict) or step not in value:
                return
            value = value[step]
        else:
            if not isinstance(value, list) or step >= len(value):
                return
            value = value[step]
    places: list[tuple[str, object]] = [("", value)]
    for step in path[wild:]:
        places = [place for item, inner in places for place in _follow(item, inner, step)]
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


# --- sources ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value stands: a path, or an expression of JMESPath."""

    path: Path = ()
    expression: str | None = None

    @property
    def is_wild(self) -> bool:
        """Whether it may lead to several values."""
        return self.expression is not None or ANY in self.path

    def entries(self, document: object) -> Iterator[tuple[str, object]]:
        """Yield (which of several, value); of a single value the first is empty.

        Raises:
            ExpressionError: the expression does not fit the document.
        """
        if self.expression is None:
            yield from find(document, self.path)
            return
        found = evaluate(self.expression, document)
        if isinstance(found, dict | list):
            yield from islice(_entries(found), ITEMS_LIMIT)
        else:
            yield "", found


def source_of(text: str) -> Source:
    """Read a source as it stands in a metric.

    Raises:
        ValueError: an expression of JMESPath that is none, or not allowed.
    """
    if text.startswith(JMESPATH):
        expression = text.removeprefix(JMESPATH)
        compiled(expression)
        return Source(expression=expression)
    return Source(parse_path(text) if text else ())


# --- values -----------------------------------------------------------------------------------

Columns = dict[str, dict[str, Leaf]]
"""Source → which of several → value."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """A table with plain names for its columns, and where rows and columns stand."""

    table: Table
    columns: Mapping[str, Source]
    rows: Source | None = None  # None: every column by itself has several values

    def read(self, document: object, odd: set[str]) -> Interpretation:
        """Read the table; columns that made no sense are added to `odd`."""
        if self.rows is None:
            found = _columns(self.columns, document, odd)
            for leaves in found.values():
                leaves.pop("", None)  # a single value is a scalar's
            return interpret_table(self.table, found)
        columns: Columns = {}
        try:
            rows = self._entries(self.rows, document)
        except ExpressionError:
            odd.update(self.columns)
            return Interpretation(())
        for index, row in rows:
            for name, leaves in _columns(self.columns, row, odd).items():
                if "" in leaves:
                    columns.setdefault(name, {})[index] = leaves[""]
        return interpret_table(self.table, columns)

    @staticmethod
    def _entries(rows: Source, document: object) -> list[tuple[str, object]]:
        """Return the rows with what tells them apart: the key, or the place in the list."""
        found = list(rows.entries(document))
        if rows.is_wild:
            return found
        return [row for _, value in found for row in islice(_entries(value), ITEMS_LIMIT)]


@dataclass(frozen=True, slots=True)
class TelemetryReader:
    """Takes the readings of one group out of documents."""

    scalars: MetricGroup
    sources: Mapping[str, Source]
    tables: tuple[_Rows, ...] = ()

    @property
    def reads_nothing(self) -> bool:
        """Whether no document has anything for it."""
        return not self.scalars.metrics and not self.tables

    def read(self, document: object, labels: Labels = ()) -> Extract:
        """Take the readings out of a document. One bad value does not spoil the others.

        `labels` are what the topic says; they go in front of all others.
        """
        odd: set[str] = set()
        columns = _columns(self.sources, document, odd)
        single = {source: rows[""] for source, rows in columns.items() if "" in rows}
        parts = [interpret_scalars(self.scalars, single)]
        parts += [each.read(document, odd) for each in self.tables]
        metrics = [*self.scalars.metrics]
        for each in self.tables:
            metrics += each.table.metrics
        return _sift(parts, odd, metrics, labels)


def telemetry_reader(group: MetricGroup) -> TelemetryReader:
    """Prepare a group: metrics that may have several values become the rows of a table.

    Raises:
        ValueError: a source cannot be used.
    """
    sources = {metric.source: source_of(metric.source) for metric in group.metrics}
    plain = tuple(metric for metric in group.metrics if ANY not in sources[metric.source].path)
    wild = tuple(metric for metric in group.metrics if sources[metric.source].is_wild)
    scalars = replace(group, metrics=plain, tables=(), options={})
    tables = [_rows_of(table, source_of(table.rows)) for table in group.tables]
    if wild:
        tables.insert(0, _rows_of(Table(group.name, wild, labels={ITEM_LABEL: ("index",)}), None))
    kept = {metric.source: sources[metric.source] for metric in plain}
    return TelemetryReader(scalars, kept, tuple(tables))


def _rows_of(table: Table, rows: Source | None) -> _Rows:
    """Give the columns plain names: in tables, brackets and dots have a meaning of SNMP."""
    names: dict[str, str] = {}

    def name_of(source: str) -> str:
        return source if source == "index" else names.setdefault(source, f"column {len(names)}")

    plain = replace(
        table,
        metrics=tuple(
            replace(
                metric,
                source=name_of(metric.source),
                when={name_of(source): words for source, words in metric.when.items()},
            )
            for metric in table.metrics
        ),
        labels={label: tuple(map(name_of, sources)) for label, sources in table.labels.items()},
        keep_when={name_of(source): words for source, words in table.keep_when.items()},
        drop_when={name_of(source): pattern for source, pattern in table.drop_when.items()},
    )
    return _Rows(plain, {name: source_of(source) for source, name in names.items()}, rows)


def _columns(sources: Mapping[str, Source], document: object, odd: set[str]) -> Columns:
    columns: Columns = {}
    for text, source in sources.items():
        try:
            for item, value in source.entries(document):
                if value is None:
                    continue
                leaf = leaf_of(value)
                if leaf is None:
                    odd.add(text)
                else:
                    columns.setdefault(text, {})[item] = leaf
        except ExpressionError:
            odd.add(text)
    return columns


def _sift(
    parts: list[Interpretation], odd: set[str], metrics: list[Metric], labels: Labels
) -> Extract:
    """Join what was understood; drop numbers that no store takes. Each name of a fault once."""
    readings = [reading for part in parts for reading in part.readings]
    good = tuple(reading for reading in readings if _is_storable(reading.value))
    faults = [fault.metric for part in parts for fault in part.faults]
    faults += [reading.metric for reading in readings if not _is_storable(reading.value)]
    known = {reading.metric for reading in good}
    faults += [it.name for it in metrics if it.source in odd and it.name not in known]
    lenient = {metric.name for metric in metrics if metric.lenient}
    if labels:
        good = tuple(
            structs.replace(reading, labels=(*labels, *reading.labels)) for reading in good
        )
    return Extract(good, tuple(dict.fromkeys(name for name in faults if name not in lenient)))


def leaf_of(value: object) -> Leaf | None:
    """Return a JSON value as an agent would give it: true and false are words, no numbers.

    None for what is no single value, or a number that no store takes.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | str) and _is_storable(value):
        return value
    return None


def _is_storable(value: Leaf) -> bool:
    if isinstance(value, str):
        return True
    return math.isfinite(value) and abs(value) < NUMBER_LIMIT
