"""Line protocol: what is not allowed in it, and how a line is written.

    measurement,tag=value,tag=value field=1.5,field=3i,field="text" 1700000000000000000

Escaping as InfluxDB 1, 2 and 3 read it alike; tests/integration/test_influx_lines.py asks the
real parser. Nothing here raises for what a device says: what no line can hold is replaced.
"""

import hashlib
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache

MAX_TAG_CHARACTERS = 256
MAX_TEXT_BYTES = 16_384
"""Of one value. Longer tags end in a hash of the whole, so that two stay two; texts are cut."""

MAX_WHOLE = 2**63 - 1
_WRAP = 2**64
_BACKSLASH, _WIDE_BACKSLASH = "\\", "\N{FULLWIDTH REVERSE SOLIDUS}"
_CONTROLS = "".join(map(chr, (*range(9), *range(10, 32), 127)))  # a tab may stay
_TEXT = str.maketrans({**dict.fromkeys(_CONTROLS, " "), '"': '\\"', "\\": "\\\\"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@lru_cache(maxsize=8192)
def name(text: str) -> str:
    """Return the name of a tag or field as it is written."""
    return _escaped(_printable(text))


def tag_value(text: str) -> str:
    """Return a tag's value as it is written. One without text must be left out by the caller.

    A backslash becomes a wide one (U+FF3C, `from_tag_value` turns it back): no engine takes one at
    the end, and they differ about two of them. What cannot be printed becomes a space.
    """
    clean = _printable(text)
    if len(clean) > MAX_TAG_CHARACTERS:
        digest = hashlib.blake2s(clean.encode(), digest_size=4).hexdigest()
        clean = f"{clean[: MAX_TAG_CHARACTERS - 9]}~{digest}"
    return _escaped(clean)


def from_tag_value(text: str) -> str:
    """Return what `tag_value` was given, from what the server says."""
    return text.replace(_WIDE_BACKSLASH, _BACKSLASH)


def text_value(text: str) -> str:
    """Return a text field's value as it is written, in quotes. Control characters become spaces."""
    data = text.encode(errors="replace")
    if len(data) > MAX_TEXT_BYTES:
        data = data[:MAX_TEXT_BYTES]
    return f'"{data.decode(errors="ignore").translate(_TEXT)}"'


def float_value(value: float) -> str:
    """Return a float field's value as it is written. Raises ValueError for NaN and infinities."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no place in a chart")
    return repr(float(value))


def whole_value(value: int) -> str:
    """Return an integer field's value as it is written. Raises ValueError beyond 64 bits."""
    if not -MAX_WHOLE - 1 <= value <= MAX_WHOLE:
        raise ValueError(f"{value} does not fit into 64 bits")
    return f"{int(value)}i"


def to_signed(counter: int) -> int:
    """Return the signed number with the 64 bits of a counter, 0 … 2^64-1.

    InfluxDB's whole numbers are signed. Differences of neighbours stay what they were, as long as
    they are taken in 64 bits, which InfluxQL's derivatives do. Raises ValueError.
    """
    if not 0 <= counter < _WRAP:
        raise ValueError(f"{counter} is no counter of 64 bits")
    return counter if counter <= MAX_WHOLE else counter - _WRAP


def from_signed(number: int) -> int:
    """Return the counter that `to_signed` was given."""
    return number if number >= 0 else number + _WRAP


def nanoseconds(at: datetime) -> int:
    """Return nanoseconds since 1970 of an aware moment, exact to the microsecond."""
    return (at - _EPOCH) // _MICROSECOND * 1000


def line(
    measurement: str,
    tags: Mapping[str, str | None],
    fields: Mapping[str, float | int | str],
    at: datetime,
) -> bytes:
    """Return one line with its line feed: for what is written now and then.

    Whole numbers become integers, floats floats, whatever their value: who calls decides by their
    type, and must not change it. Tags without text are left out. Raises ValueError without fields,
    and for numbers that no field can hold.
    """
    if not fields:
        raise ValueError(f"a line of {measurement} without fields")
    written = ",".join(f"{name(key)}={_value(value)}" for key, value in fields.items())
    return f"{head(measurement, tags)} {written} {nanoseconds(at)}\n".encode()


def head(measurement: str, tags: Mapping[str, str | None]) -> str:
    """Return a line up to its fields: the series. Tags are sorted, which the server likes."""
    pairs = (f",{name(key)}={tag_value(tags[key] or '')}" for key in sorted(tags) if tags[key])
    return measurement.replace(",", r"\,").replace(" ", r"\ ") + "".join(pairs)


def _value(value: float | str) -> str:
    if isinstance(value, str):
        return text_value(value)
    return whole_value(value) if isinstance(value, int) else float_value(value)


def _escaped(text: str) -> str:
    return text.replace(",", r"\,").replace("=", r"\=").replace(" ", r"\ ")


def _printable(text: str) -> str:
    clean = text.replace(_BACKSLASH, _WIDE_BACKSLASH)
    if clean.isprintable():
        return clean
    return "".join(letter if letter.isprintable() else " " for letter in clean)
