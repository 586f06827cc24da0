"""What the values of an agent mean: raw values and a profile's metrics in, readings out. Pure.

How a caller uses it:

    sources = scalar_sources(group)            # these OIDs to GET
    result = interpret_scalars(group, {oid: value, …})

    columns = table_sources(table)             # these columns to walk
    result = interpret_table(table, {column: {"7": value, …}, …})   # row index → value

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
    6. minus        other values are taken off
    7. percent_of   100 * number / another value
    8. scale, scale_from, then offset
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

Lookup: TypeAlias = Callable[[str], Value]
"""Finds the raw value of a source; `Missing` or None when there is none."""


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
    return _unique(source for metric in group.metrics for source in _sources(metric))


def table_sources(table: Table) -> tuple[str, ...]:
    """Return every column a table needs, each once: metrics first, then labels and filters."""
    return _unique(
        [
            *(source for metric in table.metrics for source in _sources(metric)),
            *(source for sources in table.labels.values() for source in sources),
            *table.keep_when,
            *table.drop_when,
        ]
    )


def _sources(metric: Metric) -> Iterable[str]:
    yield metric.source
    yield from (factor.source for factor in metric.scale_from)
    yield from metric.minus
    if metric.percent_of is not None:
        yield metric.percent_of
    yield from metric.when


def _unique(sources: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source for source in sources if not _is_index(source)))


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
    combined: dict[str, tuple[Metric, list[Number]]] = {}
    for row, labels in zip(rows, _labels_of(table, rows), strict=True):
        found, row_faults = _read_all(table.metrics, row.look_up, labels)
        faults.extend(row_faults)
        for metric, reading in found:
            if metric.combine is None:
                readings.append(reading)
            elif not isinstance(reading.value, str):
                combined.setdefault(metric.name, (metric, []))[1].append(reading.value)
    readings.extend(_combine(metric, numbers) for metric, numbers in combined.values())
    return Interpretation(tuple(readings), tuple(faults))


# --- rows -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    index: str
    columns: Mapping[str, Mapping[str, Value]]

    def look_up(self, source: str) -> Value:
        if _is_index(source):
            return _part_of_index(self.index, source)
        column = self.columns.get(source)
        return None if column is None else column.get(self.index)


def _is_index(source: str) -> bool:
    return source == "index" or source.startswith("index.")


def _part_of_index(index: str, source: str) -> str | None:
    """`index` is all of it, `index.2` its second part, None when it is shorter."""
    if source == "index":
        return index
    parts, wanted = index.split("."), int(source.removeprefix("index."))
    return parts[wanted - 1] if wanted <= len(parts) else None


def _indexes(table: Table, columns: Mapping[str, Mapping[str, Value]]) -> list[str]:
    """Rows exist where a metric has a value; labels alone make no row."""
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
            found.append((name, text))
    return tuple(found)


def _combine(metric: Metric, numbers: list[Number]) -> Reading:
    match metric.combine:
        case Combine.SUM:
            value: Number = sum(numbers)
        case Combine.MIN:
            value = min(numbers)
        case Combine.MAX:
            value = max(numbers)
        case _:
            value = sum(numbers) / len(numbers)
    return Reading(metric.name, value, metric.unit)


# --- one value --------------------------------------------------------------------------------


def _read_all(
    metrics: Iterable[Metric], look_up: Lookup, labels: Labels
) -> tuple[list[tuple[Metric, Reading]], list[Fault]]:
    """Read metrics; of those with the same name, the first that has a value.

    A fault counts only when no other way to the metric worked.
    """
    found: dict[str, tuple[Metric, Reading]] = {}
    faults: list[Fault] = []
    for metric in metrics:
        if metric.name in found or not _matches(metric.when, look_up):
            continue
        try:
            value = _value_of(metric, look_up)
        except _NotUnderstoodError as error:
            faults.append(Fault(metric.name, metric.source, str(error)))
            continue
        if value is not None:
            found[metric.name] = metric, Reading(metric.name, value, metric.unit, labels)
    return list(found.values()), [fault for fault in faults if fault.metric not in found]


def _value_of(metric: Metric, look_up: Lookup) -> Number | str | None:
    raw = look_up(metric.source)
    text = text_of(raw)
    if not text or _is_one_of(text, metric.missing):
        return None  # not answered, empty, or declared to mean nothing
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
    """Apply minus, percent_of, scales and offset. None when one of the other values is missing."""
    for source in metric.minus:
        other = _other_number(metric, source, look_up)
        if other is None:
            return None
        number -= other
    if metric.percent_of is not None:
        whole = _other_number(metric, metric.percent_of, look_up)
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
    return _within(metric, round(number, _DECIMALS) if isinstance(number, float) else number)


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
