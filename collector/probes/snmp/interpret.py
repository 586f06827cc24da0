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
may be left out. JSON paths work like OIDs, so a listener can hand in `{path: leaf, …}`.

A raw value becomes a reading in this order; every step but the first is optional:

    1. decode       octets → text (UTF-8, a MAC address, else Latin-1; bounded)
    2. missing      "no value" ends here
    3. pattern      its first group is cut out of the text
    4. values       a word becomes a number; without it 42, "42" and " 42 % " are all 42
    5. bits         the number is read again as int32 or uint32
    6. plus, minus  other values are added and taken off
    7. percent_of   100 * number / other values together
    8. scale, scale_from, then offset, then decibel
    9. minimum, maximum: outside is a fault
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from collector.model import (
    Combine,
    Labels,
    Metric,
    MetricGroup,
    MetricKind,
    Reading,
    ScaleFrom,
    Table,
)
from collector.probes.snmp.plain import Number, number_in, text_of
from collector.probes.snmp.values import Value
from collector.profiles.columns import ColumnAt, IndexPart, parse_reference

Lookup: TypeAlias = Callable[[str], Value]
"""Finds the raw value of a source; `Missing` or None when there is none."""

_Series: TypeAlias = tuple[str, Labels, bool, tuple[str, ...]]
"""A metric's name, its fixed labels, whether rows are combined, and the labels kept then."""

_LARGEST_EXPONENT = 30
_DECIMALS = 9  # what scaling by 0.1 leaves behind the ninth is binary noise


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


class _NotUnderstoodError(Exception):
    """A value is there, but it is not what the profile says."""


# --- what to ask ------------------------------------------------------------------------------


def scalar_sources(group: MetricGroup) -> tuple[str, ...]:
    """Return every source the metrics of a group need, each once, in order."""
    return tuple(dict.fromkeys(source for metric in group.metrics for source in _sources(metric)))


def table_sources(table: Table) -> tuple[str, ...]:
    """Return every column a table needs, each once: metrics first, then labels and filters."""
    return _columns_of(table)[0]


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
    if not _matches(table.keep_when, row.look_up):
        return False
    texts = ((pattern, text_of(row.look_up(source))) for source, pattern in table.drop_when.items())
    return not any(text is not None and compiled(pattern).search(text) for pattern, text in texts)


def _matches(wanted: Mapping[str, tuple[int | str, ...]], look_up: Lookup) -> bool:
    return all(_is_one_of(text_of(look_up(source)), words) for source, words in wanted.items())


def _is_one_of(text: str | None, words: tuple[int | str, ...]) -> bool:
    """Compare by what is written, so that INTEGER 3 and OCTET STRING "3" are the same."""
    return text is not None and any(text == str(word) for word in words)


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


def _read_all(
    metrics: Iterable[Metric], look_up: Lookup, labels: Labels
) -> tuple[list[tuple[Metric, Reading]], list[Fault]]:
    """Read metrics; of those with the same name and labels, the first that has a value.

    What is combined by other labels is something else: clients of each radio beside clients of
    each SSID. A fault counts only when no other way to the metric worked.
    """
    found: dict[_Series, tuple[Metric, Reading]] = {}
    faults: list[tuple[_Series, Fault]] = []
    for metric in metrics:
        series = metric.name, metric.labels, metric.combine is not None, metric.by
        if series in found or not _matches(metric.when, look_up):
            continue
        try:
            value = _value_of(metric, look_up)
        except _NotUnderstoodError as error:
            faults.append((series, Fault(metric.name, metric.source, str(error))))
            continue
        if value is not None:
            reading = Reading(metric.name, value, metric.unit, labels + metric.labels)
            found[series] = metric, reading
    return list(found.values()), [fault for series, fault in faults if series not in found]


def _value_of(metric: Metric, look_up: Lookup) -> Number | str | None:
    raw = look_up(metric.source)
    text = text_of(raw)
    if not text or _is_one_of(text, metric.missing):
        return None  # not answered, empty, or declared to mean nothing
    if metric.combine is Combine.COUNT:
        return 1
    if metric.pattern is not None:
        text = _cut_out(metric.pattern, text)
        raw = text
    if metric.kind is MetricKind.TEXT:
        return text
    if metric.kind is MetricKind.STATE and text in metric.states:
        return text  # a state that is a word on the wire
    number = _with_bits(metric.bits, _number_of(metric, raw, text))
    match metric.kind:
        case MetricKind.STATE if not float(number).is_integer():
            raise _NotUnderstoodError(f"{text!r} is no state")
        case MetricKind.STATE:
            return int(number)
        case MetricKind.COUNTER if number < 0:
            raise _NotUnderstoodError(f"a counter cannot be {text}")
        case _:
            return _calculate(metric, number, look_up)


def _cut_out(pattern: str, text: str) -> str:
    found = compiled(pattern).search(text)
    if found is None or found[1] is None:
        raise _NotUnderstoodError(f"{text!r} does not match {pattern}")
    return found[1]


def _number_of(metric: Metric, raw: Value, text: str) -> Number:
    if text in metric.values:
        return metric.values[text]
    if isinstance(raw, int | float):
        if not math.isfinite(raw):
            raise _NotUnderstoodError(f"{text} is no number")
        return raw
    number = number_in(text)
    if number is None:
        raise _NotUnderstoodError(f"{text!r} is no number")
    return number


def _with_bits(bits: str | None, number: Number) -> Number:
    if bits is None or isinstance(number, float):
        return number
    number &= 0xFFFFFFFF
    return number - (1 << 32) if bits == "int32" and number >= 1 << 31 else number


def _calculate(metric: Metric, number: Number, look_up: Lookup) -> Number | None:
    """Apply what the profile says of other values, scales and offset. None when one is missing."""
    more, less = _sum_of(metric, metric.plus, look_up), _sum_of(metric, metric.minus, look_up)
    if more is None or less is None:
        return None
    number += more - less
    if metric.percent_of:
        whole = _sum_of(metric, metric.percent_of, look_up)
        if not whole:  # not there, or a swap space of nothing: no percentage
            return None
        number = 100 * number / whole
    for factor in metric.scale_from:
        by = _factor_of(metric, factor, look_up)
        if by is None:
            return None
        number *= by
    if metric.scale != 1:
        number *= metric.scale
    if metric.offset:
        number += metric.offset
    if metric.decibel:
        if number <= 0:  # no light, no signal: there is no such ratio
            return None
        number = 10 * math.log10(number)
    return _within(metric, round(number, _DECIMALS) if isinstance(number, float) else number)


def _sum_of(metric: Metric, sources: Iterable[str], look_up: Lookup) -> Number | None:
    """Return the sum of other values, 0 of none; None when one of them is missing."""
    total: Number = 0
    for source in sources:
        other = _other_number(metric, source, look_up)
        if other is None:
            return None
        total += other
    return total


def _other_number(metric: Metric, source: str, look_up: Lookup) -> Number | None:
    raw = look_up(source)
    text = text_of(raw)
    return _with_bits(metric.bits, _number_of(metric, raw, text)) if text else None


def _factor_of(metric: Metric, factor: ScaleFrom, look_up: Lookup) -> Number | None:
    text = text_of(look_up(factor.source))
    if not text:
        return None
    if factor.values:
        named = {str(key): by for key, by in factor.values.items()}
        if text not in named:
            raise _NotUnderstoodError(f"no factor is known for {text!r} in {factor.source}")
        return named[text]
    number = _other_number(metric, factor.source, look_up)
    if number is None or factor.power_of_ten is None:
        return number
    exponent = number * factor.power_of_ten
    if abs(exponent) > _LARGEST_EXPONENT:
        raise _NotUnderstoodError(f"10 to the {exponent:g} is no factor")
    return float(10**exponent)


def _within(metric: Metric, number: Number) -> Number:
    if metric.minimum is not None and number < metric.minimum:
        raise _NotUnderstoodError(f"{number:g} is below the least possible, {metric.minimum:g}")
    if metric.maximum is not None and number > metric.maximum:
        raise _NotUnderstoodError(f"{number:g} is above the most possible, {metric.maximum:g}")
    return number


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a profile's regular expression; the loader has checked it."""
    return re.compile(pattern)
