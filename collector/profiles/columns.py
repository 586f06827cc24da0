"""Where a table's words stand: a column, another table's column, or the row's index. Pure.

1.3.6.1.2.1.2.2.1.2                          the cell of this row
1.3.6.1.2.1.31.1.1.1.1[index.2]              another table's cell, found by a part of the index
1.3.6.1.2.1.31.1.1.1.1[1.3.6.1.2.1.17.1.4.1.2]   … found by what stands in that cell of this row
1.3.6.1.4.1.9.9.13.1.4.0[]                   a single value: the same for every row
index                                        all numbers of the row's index
index.2   index.2-7   index.2-               one of them, some, the rest
index.2-7:mac   index:text   index.1-4:ip    … read as a MAC address, as text, as an address
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_PART = r"index(?:\.([1-9][0-9]?)(-([1-9][0-9]?)?)?)?(?::(text|mac|ip))?"
INDEX_PATTERN = r"index(\.[1-9][0-9]?(-([1-9][0-9]?)?)?)?(:(text|mac|ip))?"
"""What a reference to the index looks like, for the schema."""

_INDEX = re.compile(_PART, re.ASCII)
_COLUMN = re.compile(r"([^\[\]]+)(?:\[([^\[\]]*)\])?")
_LENGTHS = {"mac": 6, "ip": 4}


@dataclass(frozen=True, slots=True)
class IndexPart:
    """Numbers `first` to `last` (1-based, None: to the end) of a row's index, read as `form`."""

    first: int = 1
    last: int | None = None
    form: str | None = None

    def of(self, index: str) -> str | None:
        """Return the part of an index such as `1.4.10.0.0.1`; None when it does not have it."""
        numbers = index.split(".")
        wanted = numbers[self.first - 1 : self.last]
        if not wanted or (self.last is not None and len(numbers) < self.last):
            return None
        return ".".join(wanted) if self.form is None else _read(wanted, self.form)


@dataclass(frozen=True, slots=True)
class ColumnAt:
    """A column's cell: of the row itself (`key` None), or of the row that `key` names.

    A single value (a scalar) has an `oid` with its instance and the key "".
    """

    oid: str
    key: "IndexPart | str | None" = None

    def columns(self) -> tuple[str, ...]:
        """Return the columns that must be walked for it; a single value counts as one."""
        return (self.oid, self.key) if isinstance(self.key, str) and self.key else (self.oid,)

    def row(self, index: str, text_at: Callable[[str, str], str | None]) -> str | None:
        """Return the index of the row it stands in; `text_at(column, index)` reads a cell."""
        if self.key is None:
            return index
        if isinstance(self.key, IndexPart):
            return self.key.of(index)
        return text_at(self.key, index) if self.key else ""


Reference = IndexPart | ColumnAt


@lru_cache(maxsize=8192)
def parse_reference(text: str) -> Reference:
    """Return what a profile's words point at. Raises ValueError for words that are none.

    Whether a column's name is an OID is not looked at here.
    """
    part = _INDEX.fullmatch(text)
    if part is not None:
        return _index_part(part)
    column = _COLUMN.fullmatch(text)
    if column is None:
        raise ValueError(f"no column: {text[:60]!r}")
    oid, key = column[1], column[2]
    if "[" not in text:
        return ColumnAt(oid)
    inner = _INDEX.fullmatch(key or "")
    return ColumnAt(oid, _index_part(inner) if inner is not None else key or "")


def is_own_cell(text: str) -> bool:
    """Say whether words name a cell of the row itself: such columns make the rows of a table."""
    reference = parse_reference(text)
    return isinstance(reference, ColumnAt) and reference.key is None


def _index_part(found: re.Match[str]) -> IndexPart:
    first = int(found[1] or 1)
    only_one = found[1] is not None and found[2] is None
    last = first if only_one else int(found[3]) if found[3] else None
    if last is not None and last < first:
        raise ValueError(f"no part of an index: {found[0]!r}")
    # a text that begins at a number goes on to the end unless it is told where it stops
    return IndexPart(first, None if only_one and found[4] == "text" else last, found[4])


def _read(numbers: list[str], form: str) -> str | None:
    """Return numbers of an index as `form`; None when they cannot be that."""
    if not all(number.isdecimal() and int(number) < 256 for number in numbers):
        return None
    octets = bytes(int(number) for number in numbers)
    if form in _LENGTHS and len(octets) == _LENGTHS[form] + 1 and octets[0] == _LENGTHS[form]:
        octets = octets[1:]  # written with its length in front
    if form == "mac":
        return octets.hex(":") if len(octets) == _LENGTHS[form] else None
    if form == "ip":
        return ".".join(map(str, octets)) if len(octets) == _LENGTHS[form] else None
    if octets and octets[0] == len(octets) - 1:
        octets = octets[1:]
    text = octets.decode("utf-8", errors="replace").strip("\x00 ")
    return text if text.isprintable() and text else None
