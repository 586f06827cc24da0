"""A frame: the numeric readings of one result as bytes, exact and quick to pack.

    uint32 count of floats, of signed, of unsigned │ series ids, values │ … │ … │   little-endian

Whole numbers stay whole: a Counter64 keeps its last digit. A frame tells its own length, so frames
may be chained.
"""

import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from math import isfinite

Number = int | float

_HEADER = struct.Struct("<III")
_SIGNED = range(-(2**63), 2**63)
_UNSIGNED = range(2**63, 2**64)
_FLOATS, _INTS = {float}, {int}


def can_be_kept(value: Number) -> bool:
    """Say whether a number has a place in a chart: NaN and the infinities have none."""
    try:
        return isfinite(value)
    except OverflowError:  # a whole number beyond the largest float
        return False


def pack_ids(series: Sequence[int]) -> bytes:
    """Return series ids as they stand in a frame."""
    return struct.pack(f"<{len(series)}I", *series)


def unpack_ids(ids: bytes) -> tuple[int, ...]:
    """Return what `pack_ids` was given."""
    return struct.unpack(f"<{len(ids) // 4}I", ids)


def pack_column(ids: bytes, values: Sequence[Number | str]) -> bytes | None:
    """Return the frame of values in the order of packed ids, none of which comes twice.

    None where they are not of one kind that can be kept whole: then each is to be looked at. Gives
    the same bytes as `pack`.
    """
    kinds = set(map(type, values))
    if kinds == _FLOATS:
        if isfinite(sum(values)):  # type: ignore[arg-type] # NaN and infinities stay in a sum
            return _column(len(values), "d").pack(len(values), 0, 0, ids, *values)
    elif kinds == _INTS:
        with suppress(struct.error):  # beyond 64 bits with a sign
            return _column(len(values), "q").pack(0, len(values), 0, ids, *values)
    return None


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
def _column(count: int, code: str) -> struct.Struct:
    return struct.Struct(f"<III{4 * count}s{count}{code}")


@lru_cache(maxsize=4096)
def _layout(floats: int, signed: int, unsigned: int) -> struct.Struct:
    parts = zip((floats, signed, unsigned), "dqQ", strict=True)
    return struct.Struct("<III" + "".join(f"{count}I{count}{code}" for count, code in parts))
