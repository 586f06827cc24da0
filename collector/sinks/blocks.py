"""A block: one hour of one metric of one device, all its label sets, as few bytes as is cheap.

    zlib( per series: varint header, then two columns )        columns: little-endian machine words
      header   series id, points, kinds and widths
      moments  differences of microseconds since the hour began; the same every time while polling
               is regular, and shared with the series before when they are equal
      values   by kind: differences of whole numbers (counters); floats as whole numbers of a power
               of ten where that is exact (36.5, 0.12); raw floats; or a frame, each in
               its own kind, where nothing else is exact

Bytes of one significance stand together (a byte shuffle): the high ones are nearly all zero, which
zlib's fastest level squeezes well. Every value comes back equal to the last digit. Work is done by
C-level functions over whole columns; there is no loop over points in Python.
"""

import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from enum import IntEnum
from itertools import accumulate
from operator import sub
from typing import Any, NamedTuple

from collector.sinks.frames import Number, pack, unpack

HOUR_MICROS = 3_600_000_000
_LEVEL = 1  # the higher ones cost five times the CPU for a tenth of the bytes
_WINDOW, _MEMORY = 12, 5  # a block is small: setting up zlib's usual tables would cost most
_EXACT = 2**53  # whole numbers up to here are exact as floats
_SCALES = (1, 10, 100, 1_000, 1_000_000)
_WIDTHS = "bhiq"  # array type codes of 1, 2, 4, 8 bytes


class DamagedBlock(Exception):  # noqa: N818 - says what it is
    """Bytes that are no block."""


class Points(NamedTuple):
    """One series within an hour: moments in microseconds since the epoch, ascending."""

    moments: Sequence[int]
    values: Sequence[Number]


class _Kind(IntEnum):
    WHOLE = 0  # differences
    SCALED = 1  # whole numbers over a power of ten, differences
    FLOAT = 2
    MIXED = 3  # frames


def pack_block(hour: int, series: Mapping[int, Points]) -> bytes:
    """Return the block of an hour (hours since the epoch): series id → points, none empty."""
    out = bytearray()
    _put(out, len(series))
    before: Sequence[int] | None = None
    for series_id, (moments, values) in series.items():
        _put(out, series_id)
        _put(out, len(moments))
        shared = before is not None and moments == before
        _put(out, int(shared))
        if not shared:
            start = hour * HOUR_MICROS
            _put_differences(out, [moment - start for moment in moments])
            before = moments
        _put_values(out, values)
    squeezer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY)
    return squeezer.compress(bytes(out)) + squeezer.flush()


def unpack_block(hour: int, data: bytes) -> dict[int, Points]:
    """Return what `pack_block` was given. Raises DamagedBlock."""
    try:
        reader = _Reader(zlib.decompress(data))
        found: dict[int, Points] = {}
        moments: list[int] = []
        for _ in range(reader.take()):
            series_id, count, shared = reader.take(), reader.take(), reader.take()
            if not shared:
                start = hour * HOUR_MICROS
                moments = [start + offset for offset in reader.differences(count)]
            found[series_id] = Points(moments, reader.values(count))
    except (zlib.error, IndexError, ValueError) as error:
        raise DamagedBlock(f"the block of hour {hour} cannot be read: {error}") from error
    return found


# --- writing ----------------------------------------------------------------------------------


def _put(out: bytearray, number: int) -> None:
    """Append a whole number >= 0 as a varint: seven bits a byte, the lowest first."""
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def _put_values(out: bytearray, values: Sequence[Number]) -> None:
    kinds = set(map(type, values))
    if kinds == {int}:
        if _fit(values):
            _put(out, _Kind.WHOLE)
            _put_differences(out, values)  # type: ignore[arg-type]
            return
    elif kinds == {float}:
        scale = _scale(values)
        if scale:
            _put(out, _Kind.SCALED)
            _put(out, scale)
            _put_differences(out, [round(value * scale) for value in values])
        else:
            _put(out, _Kind.FLOAT)
            out += _shuffled(array("d", values))
        return
    _put(out, _Kind.MIXED)
    frame = pack(dict(enumerate(values)))
    _put(out, len(frame))
    out += frame


def _fit(values: Sequence[Number]) -> bool:
    """Say whether the values and their differences fit 64 bits with a sign."""
    largest, smallest = max(values), min(values)
    return -(2**62) < smallest <= largest < 2**62


def _scale(values: Sequence[Number]) -> int:
    """Return the power of ten that makes every float whole without loss, 0 for none."""
    if max(values) > _EXACT or min(values) < -_EXACT:
        return 0
    sample = values[:4]
    for scale in _SCALES:
        if all(round(v * scale) / scale == v for v in sample) and all(
            round(v * scale) / scale == v and abs(v * scale) < _EXACT for v in values
        ):
            return scale
    return 0


def _put_differences(out: bytearray, numbers: Sequence[int]) -> None:
    """Append the first number and the differences that follow, in the least width that holds."""
    first = numbers[0]
    _put(out, first << 1 if first >= 0 else (-first << 1) - 1)
    steps = list(map(sub, numbers[1:], numbers))
    low, high = (min(steps), max(steps)) if steps else (0, 0)
    if low == high:  # regular: one number says it all
        _put(out, len(_WIDTHS))
        _put(out, low << 1 if low >= 0 else (-low << 1) - 1)
        return
    width = next(w for w in range(4) if -(1 << (8 << w) - 1) <= low and high < 1 << (8 << w) - 1)
    _put(out, width)
    out += _shuffled(array(_WIDTHS[width], steps))


def _shuffled(column: "array[Any]") -> bytes:
    if sys.byteorder == "big":
        column.byteswap()
    raw = column.tobytes()
    size = column.itemsize
    return raw if size == 1 else b"".join(raw[n::size] for n in range(size))


# --- reading ----------------------------------------------------------------------------------


class _Reader:
    """Takes a block's parts off, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self) -> int:
        """Return the next varint."""
        number = shift = 0
        while True:
            byte = self._data[self._at]
            self._at += 1
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number
            shift += 7

    def differences(self, count: int) -> list[int]:
        """Return the next column of whole numbers."""
        first = self._signed()
        width = self.take()
        if width == len(_WIDTHS):
            step = self._signed()
            return [first + step * n for n in range(count)]
        steps = self._column(array(_WIDTHS[width]), count - 1)
        return list(accumulate(steps, initial=first))

    def values(self, count: int) -> Sequence[Number]:
        """Return the next column of values."""
        kind = self.take()
        if kind == _Kind.WHOLE:
            return self.differences(count)
        if kind == _Kind.SCALED:
            scale = self.take()
            return [number / scale for number in self.differences(count)]
        if kind == _Kind.FLOAT:
            return self._column(array("d"), count).tolist()
        if kind == _Kind.MIXED:
            values = dict(zip(*unpack(self._bytes(self.take())), strict=True))
            return [values[n] for n in range(count)]
        raise ValueError(f"no such kind of column: {kind}")

    def _signed(self) -> int:
        number = self.take()
        return -(number + 1 >> 1) if number & 1 else number >> 1

    def _bytes(self, size: int) -> bytes:
        piece = self._data[self._at : self._at + size]
        if len(piece) != size:
            raise ValueError("it ends too early")
        self._at += size
        return piece

    def _column(self, column: "array[Any]", count: int) -> "array[Any]":
        size = column.itemsize
        raw = self._bytes(size * count)
        if size > 1:
            plain = bytearray(len(raw))
            for n in range(size):
                plain[n::size] = raw[n * count : (n + 1) * count]
            raw = bytes(plain)
        column.frombytes(raw)
        if sys.byteorder == "big":
            column.byteswap()
        return column
