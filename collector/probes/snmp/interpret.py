"""What the values of an agent mean: raw values and a profile's metrics in, readings out. Pure.

How a caller uses it:

    sources = scalar_sources(group)            # these OIDs to GET
    result = interpret_scalars(group, {oid: value, …})

    columns = table_sources(table)             # these columns to walk; of them
    strange = foreign_sources(table)           # … these only if the others have rows
    singles = table_scalars(table)             # and these OIDs to GET, if any
    result = interpret_table(table, {column: {"7": value, …}, …})   # row index → value; a single
                                                                    # value: {oid: {"": value}}

Both return an `Interpretation`: the readings, and the faults: values that are there and cannot be
understood (counted and shown, never guessed). An OID that was not answered, NULL, an exception
(`Missing`) and a declared "no value" are neither reading nor fault. A column that was not walked
may be left out. JSON paths work like OIDs, so a listener can hand in `{path: leaf, …}`. How one
value becomes a reading stands in `meaning`.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from msgspec import Struct

from collector.model import (
    Combine,
    Labels,
    Metric,
    MetricGroup,
    MetricKind,
    Reading,
    Table,
)
from collector.probes.snmp.meaning import (
    Lookup,
    NotUnderstoodError,
    is_plain,
    matches,
    value_of,
)
from collector.probes.snmp.once import once
from collector.probes.snmp.plain import Number
from collector.probes.snmp.rows import Row, Rows, rows_of
from collector.probes.snmp.values import Value
from collector.profiles.columns import ColumnAt, parse_reference

_NO_CELLS: Mapping[str, Value] = {}

_Series: TypeAlias = tuple[str, Labels, bool, tuple[str, ...]]
"""A metric's name, its fixed labels, whether rows are combined, and the labels kept then."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that is there and makes no sense. `problem` is for people."""

    metric: str
    source: str
    problem: str


class Interpretation(Struct, frozen=True, gc=False):
    """What came out of one group or table."""

    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...] = ()


# --- what to ask ------------------------------------------------------------------------------


@once
def scalar_sources(group: MetricGroup) -> tuple[str, ...]:
    """Return every source the metrics of a group need, each once, in order."""
    return tuple(dict.fromkeys(source for metric in group.metrics for source in _sources(metric)))


def table_sources(table: Table) -> tuple[str, ...]:
    """Return every column a table needs, each once: metrics first, then labels and filters."""
    return _columns_of(table)[0]


@once
def foreign_sources(table: Table) -> tuple[str, ...]:
    """Return those columns of a table that stand in other tables: without rows nobody needs them.

    A router has a thousand interfaces and no LTE modem that would be labelled by one.
    """
    found: dict[str, None] = {}
    own: set[str] = set()
    for words in _words(table):
        reference = parse_reference(words)
        if isinstance(reference, ColumnAt) and reference.key is None:
            own.add(reference.oid)
        elif isinstance(reference, ColumnAt) and reference.key != "":
            oid, *key = reference.columns()
            found[oid] = None
            own.update(key)
    return tuple(oid for oid in found if oid not in own)


def table_scalars(table: Table) -> tuple[str, ...]:
    """Return the single values that a table's rows are read with, each once."""
    return _columns_of(table)[1]


@once
def _columns_of(table: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    columns: dict[str, None] = {}
    singles: dict[str, None] = {}
    for words in _words(table):
        reference = parse_reference(words)
        if isinstance(reference, ColumnAt):
            wanted = singles if reference.key == "" else columns
            wanted.update(dict.fromkeys(reference.columns()))
        # a part of the index needs nothing to be asked
    return tuple(columns), tuple(singles)


def _words(table: Table) -> Iterable[str]:
    for metric in table.metrics:
        yield from _sources(metric)
    for sources in table.labels.values():
        yield from sources
    yield from table.keep_when
    yield from table.drop_when


def _sources(metric: Metric) -> Iterable[str]:
    yield metric.source
    yield from (factor.source for factor in metric.scale_from)
    yield from metric.plus
    yield from metric.minus
    yield from metric.percent_of
    yield from metric.when


# --- what it means ----------------------------------------------------------------------------


def interpret_scalars(group: MetricGroup, values: Mapping[str, Value]) -> Interpretation:
    """Read the scalars of a group out of `values` (source → raw value)."""
    plan = _plan_of(group.metrics)
    readings: list[Reading] = []
    faults: list[Fault] = []
    if plan.is_simple:
        for way in plan.ways:
            raw = values.get(way.source)
            if type(raw) is int and raw >= way.least:
                readings.append(Reading(way.name, raw, way.unit, way.labels))
            elif raw is not None:
                _note(_read_one(way.metric, values.get, ()), readings, faults)
    else:
        found, faults = _read_all(plan.ways, values.get, ())
        readings += [reading for _, reading in found]
    return Interpretation(tuple(readings), tuple(faults))


def interpret_table(table: Table, columns: Mapping[str, Mapping[str, Value]]) -> Interpretation:
    """Read the rows of a table out of `columns` (column → row index → raw value).

    Rows come in the order of their index. Two rows with the same labels get the label `index` as
    well, since their readings would otherwise be one series (field: duplicate ifDescr).
    """
    rows = rows_of(table, columns)
    plan = _plan_of(table.metrics)
    if plan.is_simple:
        return _read_simple(plan, rows, columns)
    readings: list[Reading] = []
    faults: list[Fault] = []
    combined = _Combined(table)
    for index, labels in rows:
        found, row_faults = _read_all(plan.ways, Row(index, columns).look_up, labels)
        faults.extend(row_faults)
        for metric, reading in found:
            if metric.combine is None:
                readings.append(reading)
            else:
                combined.add(metric, reading)
    readings.extend(combined.readings())
    return Interpretation(tuple(readings), tuple(faults))


def _read_simple(
    plan: "_Plan", rows: Rows, columns: Mapping[str, Mapping[str, Value]]
) -> Interpretation:
    """Read a table in which every metric stands once and for itself: most cells at one look."""
    readings: list[Reading] = []
    faults: list[Fault] = []
    cells = [
        (way.name, way.unit, way.least, way.labels, columns.get(way.source, _NO_CELLS).get, way)
        for way in plan.ways
    ]
    for index, labels in rows:
        for name, unit, least, own_labels, cell, way in cells:
            raw = cell(index)
            if type(raw) is int and raw >= least:
                readings.append(Reading(name, raw, unit, labels + own_labels))
            elif raw is not None or way.source not in columns:
                look_up = Row(index, columns).look_up
                _note(_read_one(way.metric, look_up, labels), readings, faults)
    return Interpretation(tuple(readings), tuple(faults))


class _Combined:
    """What the rows of a table have in common: one reading a metric and set of labels."""

    def __init__(self, table: Table) -> None:
        self._values: dict[tuple[str, Labels], tuple[Metric, list[Number]]] = {}
        for metric in table.metrics:
            if metric.combine is Combine.COUNT and not metric.by:
                self._values[metric.name, metric.labels] = metric, []  # none are a number, too

    def add(self, metric: Metric, reading: Reading) -> None:
        """Take in the reading of one row."""
        if isinstance(reading.value, str):
            return
        kept = tuple(label for label in reading.labels if label[0] in metric.by)
        if metric.by and not kept:
            return  # of no radio, no SSID: it counts among all, not as one more
        kept += metric.labels
        self._values.setdefault((metric.name, kept), (metric, []))[1].append(reading.value)

    def readings(self) -> Iterable[Reading]:
        """Yield what came together."""
        for (_, labels), (metric, numbers) in self._values.items():
            yield Reading(metric.name, _combine(metric, numbers), metric.unit, labels)


def _combine(metric: Metric, numbers: list[Number]) -> Number:
    match metric.combine:
        case Combine.COUNT:
            return len(numbers)
        case Combine.SUM:
            return sum(numbers)
        case Combine.MIN:
            return min(numbers)
        case Combine.MAX:
            return max(numbers)
        case _:
            return sum(numbers) / len(numbers)


# --- one value --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to a reading: a metric, and what tells its series apart."""

    metric: Metric
    series: _Series
    name: str
    source: str
    unit: str
    labels: Labels
    least: float
    """A whole number from here on is the value as it stands (`is_plain`); infinity: none is."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """How metrics are read."""

    ways: tuple[_Way, ...]
    is_simple: bool
    """No two are ways to the same series, and none is combined: each is read for itself."""


@once
def _plan_of(metrics: tuple[Metric, ...]) -> _Plan:
    ways = tuple(
        _Way(
            one,
            (one.name, one.labels, one.combine is not None, one.by),
            one.name,
            one.source,
            one.unit,
            one.labels,
            _least_of(one),
        )
        for one in metrics
    )
    is_simple = len({way.series for way in ways}) == len(ways)
    return _Plan(ways, is_simple and all(one.combine is None for one in metrics))


def _least_of(metric: Metric) -> float:
    if not is_plain(metric):
        return math.inf
    return 0 if metric.kind is MetricKind.COUNTER else -math.inf


def _read_all(
    ways: tuple[_Way, ...], look_up: Lookup, labels: Labels
) -> tuple[list[tuple[Metric, Reading]], list[Fault]]:
    """Read metrics; of those with the same name and labels, the first that has a value.

    What is combined by other labels is something else: clients of each radio beside clients of
    each SSID. A fault counts only when no other way to the metric worked.
    """
    found: dict[_Series, tuple[Metric, Reading]] = {}
    faults: list[tuple[_Series, Fault]] = []
    for way in ways:
        if way.series in found:
            continue
        read = _read_one(way.metric, look_up, labels)
        if isinstance(read, Fault):
            faults.append((way.series, read))
        elif read is not None:
            found[way.series] = way.metric, read
    return list(found.values()), [fault for series, fault in faults if series not in found]


def _read_one(metric: Metric, look_up: Lookup, labels: Labels) -> Reading | Fault | None:
    """Read one metric the long way; None when it has no value."""
    if not matches(metric.when, look_up):
        return None
    try:
        value = value_of(metric, look_up)
    except NotUnderstoodError as error:
        return Fault(metric.name, metric.source, str(error))
    return (
        None if value is None else Reading(metric.name, value, metric.unit, labels + metric.labels)
    )


def _note(read: Reading | Fault | None, readings: list[Reading], faults: list[Fault]) -> None:
    if isinstance(read, Fault):
        faults.append(read)
    elif read is not None:
        readings.append(read)
