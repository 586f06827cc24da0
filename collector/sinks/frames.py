"""A frame: the numeric readings of one result as bytes, exact and quick to pack.

    uint32 count of floats, of signed, of unsigned │ series ids, values │ … │ … │   little-endian

Whole numbers stay whole: a Counter64 keeps its last digit. A frame tells its own length, so frames
may be chained.
"""

import math
import struct
from collections.abc import Mapping
from functools import lru_cache

Number = int | float

_HEADER = struct.Struct("<III")
_SIGNED = range(-(2**63), 2**63)
_UNSIGNED = range(2**63, 2**64)


def can_be_kept(value: Number) -> bool:
    """Say whether a number has a place in a chart: NaN and the infinities have none."""
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond the largest float
        return False


def pack(values: Mapping[int, Number]) -> bytes:
    """Return the frame of series id → value. Whole numbers beyond 64 bits become floats."""
    kinds = set(map(type, values.values()))
    if kinds == {float}:
        return _layout(len(values), 0, 0).pack(len(values), 0, 0, *values, *values.values())
    if kinds == {int} and min(values.values()) in _SIGNED and max(values.values()) in _SIGNED:
        return _layout(0, len(values), 0).pack(0, len(values), 0, *values, *values.values())
    return _pack_mixed(values)


def _pack_mixed(values: Mapping[int, Number]) -> bytes:
    floats: dict[int, float] = {}
    signed: dict[int, int] = {}
    unsigned: dict[int, int] = {}
    for series, value in values.items():
        if isinstance(value, float):
            floats[series] = value
        elif value in _SIGNED:
            signed[series] = value
        elif value in _UNSIGNED:
            unsigned[series] = value
        else:
            floats[series] = float(value)
    counts = len(floats), len(signed), len(unsigned)
    return _layout(*counts).pack(
        *counts, *floats, *floats.values(), *signed, *signed.values(), *unsigned, *unsigned.values()
    )


def unpack(data: bytes) -> tuple[tuple[int, ...], tuple[Number, ...]]:
    """Return the series ids of a frame and their values. Raises struct.error for what is none."""
    floats, signed, unsigned = _HEADER.unpack_from(data)
    rest = _layout(floats, signed, unsigned).unpack(data)[3:]
    if floats + signed + unsigned == max(floats, signed, unsigned):  # all of one kind
        half = len(rest) // 2
        return rest[:half], rest[half:]
    series: tuple[int, ...] = ()
    values: tuple[Number, ...] = ()
    start = 0
    for count in (floats, signed, unsigned):
        series += rest[start : start + count]
        values += rest[start + count : start + 2 * count]
        start += 2 * count
    return series, values


@lru_cache(maxsize=4096)
def _layout(floats: int, signed: int, unsigned: int) -> struct.Struct:
    parts = zip((floats, signed, unsigned), "dqQ", strict=True)
    return struct.Struct("<III" + "".join(f"{count}I{count}{code}" for count, code in parts))
