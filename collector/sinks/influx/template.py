"""The lines of a result, made ahead: a device says the same things over and over.

Of a result only values and moment change, not its series. What is the same is one format string
that takes values and moment; where a value does not fit it (NaN, a fraction in a whole field, a
text that is due), the lines are put together one value at a time, with the same outcome.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from collector.model import Reading
from collector.sinks.influx import lines
from collector.sinks.influx.schema import FieldType, Place

Value = float | int | str
_DIGITS = 9
"""Decimals that stay of a value that is scaled: 0.0123 s are 12.3 ms, not 12.299999999999999."""

_Pick = Callable[[Sequence[Any]], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a reading of a result goes."""

    index: int
    metric: str
    place: Place


@dataclass(frozen=True, slots=True)
class Written:
    """The lines of one result."""

    text: str
    count: int
    refused: tuple[str, ...] = ()  # metrics whose value has no place in their field


class Template:
    """The lines of one shape of result: metrics, units, labels, and the types of the values."""

    def __init__(
        self, by_head: Mapping[str, Sequence[Slot]], sample: Sequence[Reading], *, left_out: int
    ) -> None:
        """`by_head`: a line's beginning → what it holds; `left_out`: readings without a line."""
        self.left_out = left_out
        self.texts = tuple(
            (slot.index, hash((head, slot.place.field)))
            for head, slots in by_head.items()
            for slot in slots
            if slot.place.type is FieldType.TEXT
        )
        self._lines = tuple((head, tuple(slots)) for head, slots in by_head.items())
        self._compile(sample)
        self.bytes = 200 + 2 * len(self._format) + 120 * len(sample)

    def _compile(self, sample: Sequence[Reading]) -> None:
        """Make the format of the numbers, and lists of what must be looked at before."""
        parts: list[str] = []
        order: list[int] = []
        floats: list[int] = []
        wholes: list[int] = []
        self._adjust: list[tuple[int, float, bool]] = []
        self._count = 0
        for head, slots in self._lines:
            last = {slot.place.field: slot for slot in slots}  # said twice: the last word counts
            fields = []
            for slot in last.values():
                if slot.place.type is FieldType.TEXT:
                    continue
                is_whole = slot.place.type is not FieldType.FLOAT
                is_float = isinstance(sample[slot.index].value, float)
                if slot.place.scale != 1.0 or (is_whole and is_float):
                    self._adjust.append((slot.index, slot.place.scale, is_whole))
                    is_float = not is_whole
                (wholes if is_whole else floats).append(slot.index)
                conversion = "%di" if is_whole else "%r" if is_float else "%d"
                fields.append(f"{_quoted(lines.name(slot.place.field))}={conversion}")
                order.append(slot.index)
            if fields:
                parts.append(f"{_quoted(head)} {','.join(fields)} %d\n")
                order.append(len(sample))  # the moment stands behind the values
                self._count += 1
        self._format = "".join(parts)
        self._pick, self._floats, self._wholes = _picker(order), _picker(floats), _picker(wholes)

    def write(self, values: list[Value], at: int, due: Collection[int]) -> Written:
        """Return the lines of values at a moment (nanoseconds), with the texts that are `due`."""
        if not due:
            text = self._quick(values, at)
            if text is not None:
                return Written(text, self._count)
        return self._one_by_one(values, at, due)

    def _quick(self, values: Sequence[Value], at: int) -> str | None:
        """Return the lines by the format; None if one of the values does not fit it."""
        row: list[Any] = [*values, at]
        try:
            for index, scale, is_whole in self._adjust:
                value = row[index]
                if scale != 1.0:
                    row[index] = round(value * scale, None if is_whole else _DIGITS)
                else:
                    row[index] = whole = int(value)
                    if whole != value:
                        return None
            wholes = self._wholes(row)
            if wholes and not (min(wholes) >= 0 and max(wholes) <= lines.MAX_WHOLE):
                return None
            # A sum is finite only if all of it is.
            return self._format % self._pick(row) if math.isfinite(sum(self._floats(row))) else None
        except (OverflowError, ValueError):
            return None

    def _one_by_one(self, values: Sequence[Value], at: int, due: Collection[int]) -> Written:
        text: list[str] = []
        refused: list[str] = []
        for head, slots in self._lines:
            fields: dict[str, str] = {}
            for slot in slots:
                if slot.place.type is FieldType.TEXT and slot.index not in due:
                    continue
                try:
                    written = value_text(slot.place, values[slot.index])
                except (OverflowError, ValueError):
                    refused.append(slot.metric)
                else:
                    fields[lines.name(slot.place.field)] = written
            if fields:
                pairs = ",".join(f"{name}={value}" for name, value in fields.items())
                text.append(f"{head} {pairs} {at}\n")
        return Written("".join(text), len(text), tuple(refused))


def value_text(place: Place, value: Value) -> str:
    """Return a reading's value as its field is written.

    Raises ValueError or OverflowError for what the field's type cannot hold: NaN and infinities,
    fractions of a whole number (of a scaled one they are rounded), more than 64 bits, texts.
    """
    if place.type is FieldType.TEXT:
        return lines.text_value(str(value))
    if isinstance(value, str):
        raise ValueError("a text in a field of numbers")  # noqa: TRY004 - outcome of one value
    if place.type is FieldType.FLOAT:
        number = float(value)
        return lines.float_value(
            number if place.scale == 1.0 else round(number * place.scale, _DIGITS)
        )
    whole = round(value * place.scale) if place.scale != 1.0 else int(value)
    if place.scale == 1.0 and whole != value:
        raise ValueError("a fraction in a field of whole numbers")
    return lines.whole_value(lines.to_signed(whole) if place.type is FieldType.COUNTER else whole)


def _quoted(text: str) -> str:
    return text.replace("%", "%%")


def _picker(indices: Iterable[int]) -> _Pick:
    """Return a function that picks items of a list as a tuple."""
    match tuple(indices):
        case ():
            return lambda _: ()
        case (one,):
            return lambda row: (row[one],)
        case several:
            return itemgetter(*several)
