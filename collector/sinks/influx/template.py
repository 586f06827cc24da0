"""The lines of a result, made ahead: a device says the same things over and over.

Of a result only values and moment change, not its series. What is the same in all devices of a
model is one format string, a `Form`: it takes the lines' heads, the values and the moment. A
`Template` is a form with the heads of one device. Where a value does not fit the format (NaN, a
fraction in a whole field, a text that is due), the lines are put together one value at a time, with
the same outcome.
"""

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

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
    is_float: bool  # its value


@dataclass(frozen=True, slots=True)
class Written:
    """The lines of one result."""

    text: str
    count: int
    refused: tuple[str, ...] = ()  # metrics whose value has no place in their field


class Form:
    """The lines of results that are alike: the same fields and types of values, line by line."""

    def __init__(self, by_line: Sequence[Sequence[Slot]], size: int, *, left_out: int) -> None:
        """`by_line`: what each line holds; `size`: readings of a result, `left_out` of no line."""
        self.left_out = left_out
        self.texts = tuple(
            (slot.index, number, slot.place.field)
            for number, slots in enumerate(by_line)
            for slot in slots
            if slot.place.type is FieldType.TEXT
        )
        self._lines = tuple(map(tuple, by_line))
        self._compile(size)

    def _compile(self, size: int) -> None:
        """Make the format of the numbers, and lists of what must be looked at before."""
        parts: list[str] = []
        order: list[int] = []
        floats: list[int] = []
        wholes: list[int] = []
        self._adjust: list[tuple[int, float, bool]] = []
        for number, slots in enumerate(self._lines):
            last = {slot.place.field: slot for slot in slots}  # said twice: the last word counts
            numbers = [slot for slot in slots if slot.place.type is not FieldType.TEXT]
            own = [slot for slot in numbers if last[slot.place.field] is slot]
            fields = []
            for slot in numbers:  # also what is not written is looked at: it may be refused
                is_whole, is_float = slot.place.type is not FieldType.FLOAT, slot.is_float
                if slot.place.scale != 1.0 or (is_whole and is_float):
                    self._adjust.append((slot.index, slot.place.scale, is_whole))
                    is_float = not is_whole
                (wholes if is_whole else floats).append(slot.index)
                if last[slot.place.field] is not slot:
                    continue
                conversion = "%di" if is_whole else "%r" if is_float else "%d"
                name = lines.name(slot.place.field).replace("%", "%%")
                fields.append(f"{name}={conversion}")
            if fields:
                parts.append(f"%s {','.join(fields)} %d\n")
                # Behind the values stand the moment and the heads.
                order += [size + 1 + number, *(slot.index for slot in own), size]
        self._count = len(parts)
        self._format = "".join(parts)
        self._pick, self._floats, self._wholes = _picker(order), _picker(floats), _picker(wholes)

    def write(
        self, heads: Sequence[str], values: Sequence[Value], at: int, due: Collection[int]
    ) -> Written:
        """Return the lines of values at a moment (nanoseconds), with the texts that are `due`."""
        if not due:
            text = self._quick(heads, values, at)
            if text is not None:
                return Written(text, self._count)
        return self._one_by_one(heads, values, at, due)

    def _quick(self, heads: Sequence[str], values: Sequence[Value], at: int) -> str | None:
        """Return the lines by the format; None if one of the values does not fit it."""
        row: list[Any] = [*values, at, *heads]
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

    def _one_by_one(
        self, heads: Sequence[str], values: Sequence[Value], at: int, due: Collection[int]
    ) -> Written:
        text: list[str] = []
        refused: list[str] = []
        for head, slots in zip(heads, self._lines, strict=True):
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


class Template:
    """A form with the heads of one device's lines."""

    __slots__ = ("_form", "_heads", "bytes", "left_out", "texts")

    def __init__(self, form: Form, heads: Sequence[str]) -> None:
        """`heads`: one for each line of the form."""
        self._form = form
        self._heads = tuple(heads)
        self.left_out = form.left_out
        self.texts = tuple(
            (index, hash((self._heads[number], field))) for index, number, field in form.texts
        )
        """Index of a reading that is a text, and its series."""
        self.bytes = 300 + sum(map(len, heads)) + 64 * len(heads) + 130 * len(self.texts)

    def write(self, values: Sequence[Value], at: int, due: Collection[int]) -> Written:
        """Return the lines of values at a moment (nanoseconds), with the texts that are `due`."""
        return self._form.write(self._heads, values, at, due)


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


def _picker(indices: Iterable[int]) -> _Pick:
    """Return a function that picks items of a list as a tuple."""
    match tuple(indices):
        case ():
            return lambda _: ()
        case (one,):
            return lambda row: (row[one],)
        case several:
            return itemgetter(*several)
