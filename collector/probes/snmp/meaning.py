"""What one raw value means: a number, a text, a state, or nothing. Pure.

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
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias

from collector.model import Combine, Metric, MetricKind, ScaleFrom
from collector.probes.snmp.plain import Number, number_in, text_of
from collector.probes.snmp.values import Value

Lookup: TypeAlias = Callable[[str], Value]
"""Finds the raw value of a source; `Missing` or None when there is none."""

_LARGEST_EXPONENT = 30
_DECIMALS = 9  # what scaling by 0.1 leaves behind the ninth is binary noise


class NotUnderstoodError(Exception):
    """A value is there, but it is not what the profile says."""


def matches(wanted: Mapping[str, tuple[int | str, ...]], look_up: Lookup) -> bool:
    """Say whether every source has one of the words that are wanted of it."""
    return all(is_one_of(text_of(look_up(source)), words) for source, words in wanted.items())


def is_one_of(text: str | None, words: tuple[int | str, ...]) -> bool:
    """Compare by what is written, so that INTEGER 3 and OCTET STRING "3" are the same."""
    return text is not None and any(text == str(word) for word in words)


def is_plain(metric: Metric) -> bool:
    """Say whether a whole number of an agent is the metric's value as it stands.

    So it is with most metrics; `value_of` says the same of them at five times the cost.
    """
    return metric.kind is not MetricKind.TEXT and metric == Metric(
        metric.name,
        metric.source,
        metric.unit,
        metric.kind,
        states=metric.states,
        labels=metric.labels,
        combine=None if metric.combine is Combine.COUNT else metric.combine,
        by=metric.by,
        threshold=metric.threshold,
        topic=metric.topic,
        lenient=metric.lenient,
    )


def value_of(metric: Metric, look_up: Lookup) -> Number | str | None:
    """Return what a metric's source says, None when it says nothing. Raises NotUnderstoodError."""
    raw = look_up(metric.source)
    text = text_of(raw)
    if not text or is_one_of(text, metric.missing):
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
            raise NotUnderstoodError(f"{text!r} is no state")
        case MetricKind.STATE:
            return int(number)
        case MetricKind.COUNTER if number < 0:
            raise NotUnderstoodError(f"a counter cannot be {text}")
        case _:
            return _calculate(metric, number, look_up)


def _cut_out(pattern: str, text: str) -> str:
    found = compiled(pattern).search(text)
    if found is None or found[1] is None:
        raise NotUnderstoodError(f"{text!r} does not match {pattern}")
    return found[1]


def _number_of(metric: Metric, raw: Value, text: str) -> Number:
    if text in metric.values:
        return metric.values[text]
    if isinstance(raw, int | float):
        if not math.isfinite(raw):
            raise NotUnderstoodError(f"{text} is no number")
        return raw
    number = number_in(text)
    if number is None:
        raise NotUnderstoodError(f"{text!r} is no number")
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
            raise NotUnderstoodError(f"no factor is known for {text!r} in {factor.source}")
        return named[text]
    number = _other_number(metric, factor.source, look_up)
    if number is None or factor.power_of_ten is None:
        return number
    exponent = number * factor.power_of_ten
    if abs(exponent) > _LARGEST_EXPONENT:
        raise NotUnderstoodError(f"10 to the {exponent:g} is no factor")
    return float(10**exponent)


def _within(metric: Metric, number: Number) -> Number:
    if metric.minimum is not None and number < metric.minimum:
        raise NotUnderstoodError(f"{number:g} is below the least possible, {metric.minimum:g}")
    if metric.maximum is not None and number > metric.maximum:
        raise NotUnderstoodError(f"{number:g} is above the most possible, {metric.maximum:g}")
    return number


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a profile's regular expression; the loader has checked it."""
    return re.compile(pattern)
