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

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import TypeAlias, TypeVar

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
    compiled,
    is_plain,
    matches,
    value_of,
)
from collector.probes.snmp.plain import Number, text_of
from collector.probes.snmp.values import Value
from collector.profiles.columns import ColumnAt, IndexPart, parse_reference

_Series: TypeAlias = tuple[str, Labels, bool, tuple[str, ...]]
"""A metric's name, its fixed labels, whether rows are combined, and the labels kept then."""


_MOST_REMEMBERED = 4_096
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


def _once(make: Callable[[_Given], _Made]) -> Callable[[_Given], _Made]:
    """Make something of a part of a profile once.

    Parts are told apart by identity: they are as many as profiles have, whatever the number of
    devices, and comparing them would cost more than making it anew.
    """
    made: dict[int, tuple[_Given, _Made]] = {}

    def remembered(given: _Given) -> _Made:
        known = made.get(id(given))
        if known is not None and known[0] is given:
            return known[1]
        if len(made) >= _MOST_REMEMBERED:
            made.clear()
        result = make(given)
        made[id(given)] = given, result
        return result

    return wraps(make)(remembered)


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that is there and makes no sense. `problem` is for people."""

    metric: str
    source: str
    problem: str


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What came out of one group or table."""

    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...] = ()


# --- what to ask ------------------------------------------------------------------------------


@_once
def scalar_sources(group: MetricGroup) -> tuple[str, ...]:
    """Return every source the metrics of a group need, each once, in order."""
    return tuple(dict.fromkeys(source for metric in group.metrics for source in _sources(metric)))


def table_sources(table: Table) -> tuple[str, ...]:
    """Return every column a table needs, each once: metrics first, then labels and filters."""
    return _columns_of(table)[0]


@_once
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


@_once
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
    found, faults = _read_all(group.metrics, values.get, ())
    return Interpretation(tuple(reading for _, reading in found), tuple(faults))


def interpret_table(table: Table, columns: Mapping[str, Mapping[str, Value]]) -> Interpretation:
    """Read the rows of a table out of `columns` (column → row index → raw value).

    Rows come in the order of their index. Two rows with the same labels get the label `index` as
    well, since their readings would otherwise be one series (field: duplicate ifDescr).
    """
    rows = [_Row(index, columns) for index in _indexes(table, columns)]
    rows = [row for row in rows if _is_kept(table, row)]
    readings: list[Reading] = []
    faults: list[Fault] = []
    combined = _Combined(table)
    for row, labels in zip(rows, _labels_of(table, rows), strict=True):
        found, row_faults = _read_all(table.metrics, row.look_up, labels)
        faults.extend(row_faults)
        for metric, reading in found:
            if metric.combine is None:
                readings.append(reading)
            else:
                combined.add(metric, reading)
    readings.extend(combined.readings())
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


# --- rows -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    index: str
    columns: Mapping[str, Mapping[str, Value]]

    def look_up(self, source: str) -> Value:
        own = self.columns.get(source)  # words that are a column's name are a cell of this row
        if own is not None:
            return own.get(self.index)
        reference = parse_reference(source)
        if isinstance(reference, IndexPart):
            return reference.of(self.index)
        column = self.columns.get(reference.oid)
        if column is None:
            return None
        row = reference.row(self.index, self._text_at)
        return None if row is None else column.get(row)

    def _text_at(self, column: str, index: str) -> str | None:
        return text_of(self.columns.get(column, {}).get(index))


def _indexes(table: Table, columns: Mapping[str, Mapping[str, Value]]) -> list[str]:
    """Rows exist where a metric has a value of the row's own; labels alone make no row."""
    found = {index for metric in table.metrics for index in columns.get(metric.source, ())}
    return sorted(found, key=_index_order)


def _index_order(index: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else -1 for part in index.split("."))


def _is_kept(table: Table, row: _Row) -> bool:
    if not matches(table.keep_when, row.look_up):
        return False
    texts = ((pattern, text_of(row.look_up(source))) for source, pattern in table.drop_when.items())
    return not any(text is not None and compiled(pattern).search(text) for pattern, text in texts)


def _labels_of(table: Table, rows: list[_Row]) -> list[Labels]:
    """Labels of every row, with the index added where they would not tell rows apart."""
    labels = [_row_labels(table, row) for row in rows]
    count = Counter(labels)
    return [
        (*row_labels, ("index", row.index)) if count[row_labels] > 1 else row_labels
        for row, row_labels in zip(rows, labels, strict=True)
    ]


def _row_labels(table: Table, row: _Row) -> Labels:
    found = []
    for name, sources in table.labels.items():
        texts = (text_of(row.look_up(source)) for source in sources)
        text = next((text for text in texts if text), None)
        if text is not None:
            found.append((name, _cut_label(table.label_patterns.get(name), text)))
    return tuple(found)


def _cut_label(pattern: str | None, text: str) -> str:
    """Return the part of a label that the pattern's group finds; all of it where none matches."""
    found = None if pattern is None else compiled(pattern).search(text)
    return text if found is None else (found[1] or "").strip() or text


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
    """One way to a reading: a metric, what tells its series apart, whether it is `is_plain`."""

    metric: Metric
    series: _Series
    plain: bool


@_once
def _ways_of(metrics: tuple[Metric, ...]) -> tuple[_Way, ...]:
    return tuple(
        _Way(one, (one.name, one.labels, one.combine is not None, one.by), is_plain(one))
        for one in metrics
    )


def _read_all(
    metrics: tuple[Metric, ...], look_up: Lookup, labels: Labels
) -> tuple[list[tuple[Metric, Reading]], list[Fault]]:
    """Read metrics; of those with the same name and labels, the first that has a value.

    What is combined by other labels is something else: clients of each radio beside clients of
    each SSID. A fault counts only when no other way to the metric worked.
    """
    found: dict[_Series, tuple[Metric, Reading]] = {}
    faults: list[tuple[_Series, Fault]] = []
    for way in _ways_of(metrics):
        metric, series = way.metric, way.series
        if series in found:
            continue
        if way.plain:
            raw = look_up(metric.source)
            if type(raw) is int and (raw >= 0 or metric.kind is not MetricKind.COUNTER):
                found[series] = (
                    metric,
                    Reading(metric.name, raw, metric.unit, labels + metric.labels),
                )
                continue
        if not matches(metric.when, look_up):
            continue
        try:
            value = value_of(metric, look_up)
        except NotUnderstoodError as error:
            faults.append((series, Fault(metric.name, metric.source, str(error))))
            continue
        if value is not None:
            reading = Reading(metric.name, value, metric.unit, labels + metric.labels)
            found[series] = metric, reading
    return list(found.values()), [fault for series, fault in faults if series not in found]
