"""A frame: the numeric readings of one result as bytes, exact and quick to pack.

    uint32 count of floats, of signed, of unsigned │ series ids, values │ … │ … │   little-endian

Whole numbers stay whole: a Counter64 keeps its last digit. A frame tells its own length, so frames
may be chained.
"""

import math
import struct
from collections.abc import Iterator, Mapping
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


def unpack(data: bytes) -> Iterator[tuple[int, Number]]:
    """Yield (series id, value) of a frame. Raises struct.error for what is none."""
    counts = _HEADER.unpack_from(data)
    _, _, _, *rest = _layout(*counts).unpack(data)
    start = 0
    for count in counts:
        middle, end = start + count, start + 2 * count
        yield from zip(rest[start:middle], rest[middle:end], strict=True)
        start = end


@lru_cache(maxsize=4096)
def _layout(floats: int, signed: int, unsigned: int) -> struct.Struct:
    parts = zip((floats, signed, unsigned), "dqQ", strict=True)
    return struct.Struct("<III" + "".join(f"{count}I{count}{code}" for count, code in parts))
