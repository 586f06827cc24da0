"""Which rows a table has, in which order, and what they are called. Pure.

Ten thousand switches have the same 24 names, so rows are remembered by what they were made of: the
indexes of the table, and all cells that labels and filters are read from. Most of what a walk
brings, the metrics' values, is not among these.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from msgspec import Struct

from collector.model import Labels, Table
from collector.probes.snmp.meaning import compiled, matches
from collector.probes.snmp.once import once
from collector.probes.snmp.plain import TEXT_LIMIT, text_of
from collector.probes.snmp.values import Missing, Value
from collector.profiles.columns import ColumnAt, IndexPart, parse_reference

Columns: TypeAlias = Mapping[str, Mapping[str, Value]]
Rows: TypeAlias = tuple[tuple[str, Labels], ...]
"""Index and labels of each row."""

_MOST_REMEMBERED: Final = 100_000  # rows, and cells they were made of, of all tables together
_MOST_CELLS: Final = (
    2_000  # that rows are remembered by: of a larger table nobody else has the same
)
_ONE_MEANING: Final = frozenset({bytes, str, int, type(None), Missing})
"""Types of which no two values are equal that are written differently; 1, 1.0 and True are."""


class Row(Struct, frozen=True, gc=False):
    """One row of a table, and how its cells are found."""

    index: str
    columns: Columns

    def look_up(self, source: str) -> Value:
        """Return the raw value of what a profile's words point at."""
        own = self.columns.get(source)  # words that are a column's name are a cell of this row
        if own is not None:
            return own.get(self.index)
        reference = parse_reference(source)
        if isinstance(reference, IndexPart):
            return reference.of(self.index)
        column = self.columns.get(reference.oid)
        if column is None:
            return None
        row = reference.row(self.index, self._text_at)
        return None if row is None else column.get(row)

    def _text_at(self, column: str, index: str) -> str | None:
        return text_of(self.columns.get(column, {}).get(index))


def rows_of(table: Table, columns: Columns) -> Rows:
    """Return what `make_rows` does, mostly from memory."""
    indexes = _indexes(table, columns)
    key = _key_of(table, indexes, columns)
    if key is None:
        return make_rows(table, indexes, columns)
    rows = _memory.get(key)
    if rows is None:
        rows = make_rows(table, indexes, columns)
        _remember(key, rows)
    return rows


def make_rows(table: Table, indexes: Iterable[str], columns: Columns) -> Rows:
    """Return the rows that a table keeps, in the order of their index.

    Two rows with the same labels get the label `index` as well.
    """
    every = (Row(index, columns) for index in sorted(indexes, key=_index_order))
    rows = [row for row in every if _is_kept(table, row)]
    labels = [_row_labels(table, row) for row in rows]
    count = Counter(labels)
    return tuple(
        (row.index, (*own, ("index", row.index)) if count[own] > 1 else own)
        for row, own in zip(rows, labels, strict=True)
    )


# --- what rows are made of --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """The sources of a table: those whose cells make rows, and those that name and filter them."""

    values: tuple[str, ...]
    names: tuple[str, ...]


@once
def _shape_of(table: Table) -> _Shape:
    values = dict.fromkeys(metric.source for metric in table.metrics)
    words = [one for sources in table.labels.values() for one in sources]
    names: dict[str, None] = {}
    for word in (*words, *table.keep_when, *table.drop_when):
        names[word] = None
        try:
            reference = parse_reference(word)
        except ValueError:  # a path into JSON, of which there is a column or nothing
            continue
        if isinstance(reference, ColumnAt):
            names.update(dict.fromkeys(reference.columns()))
    return _Shape(tuple(values), tuple(names))


def _indexes(table: Table, columns: Columns) -> tuple[str, ...]:
    """Rows exist where a metric has a value of the row's own; labels alone make no row."""
    found: dict[str, Value] = {}
    for source in _shape_of(table).values:
        found |= columns.get(source, {})
    return tuple(found)


_Key: TypeAlias = tuple[object, ...]
_memory: dict[_Key, Rows] = {}
_remembered = 0  # how much is in there


def _key_of(table: Table, indexes: tuple[str, ...], columns: Columns) -> _Key | None:
    """Return all that rows are made of; None when it is too much, or not sure to be the same."""
    shape = _shape_of(table)
    key: list[object] = [shape, indexes]
    cells = len(indexes)
    for name in shape.names:
        column = columns.get(name)
        if column is None:
            key += (None, None)
            continue
        cells += len(column)
        values = tuple(column.values())
        if cells > _MOST_CELLS or not _ONE_MEANING.issuperset(map(type, values)):
            return None
        own = tuple(column)
        key += (None if own == indexes else own, values)
    return None if cells > _MOST_CELLS else tuple(key)


def _remember(key: _Key, rows: Rows) -> None:
    """Keep rows. When there are too many all are forgotten, which needs no account of their use.

    What is longer than any label would be is not kept: it may be as long as an agent likes.
    """
    global _remembered
    cells = [cell for part in key if isinstance(part, tuple) for cell in part]
    if any(isinstance(cell, bytes | str) and len(cell) > TEXT_LIMIT for cell in cells):
        return
    size = len(cells) + len(rows) + 1
    _remembered += size
    if _remembered > _MOST_REMEMBERED:
        _memory.clear()
        _remembered = size
    _memory[key] = rows


# --- one row ----------------------------------------------------------------------------------


def _index_order(index: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else -1 for part in index.split("."))


def _is_kept(table: Table, row: Row) -> bool:
    if not matches(table.keep_when, row.look_up):
        return False
    texts = ((pattern, text_of(row.look_up(source))) for source, pattern in table.drop_when.items())
    return not any(text is not None and compiled(pattern).search(text) for pattern, text in texts)


def _row_labels(table: Table, row: Row) -> Labels:
    found = []
    for name, sources in table.labels.items():
        texts = (text_of(row.look_up(source)) for source in sources)
        text = next((text for text in texts if text), None)
        if text is not None:
            found.append((name, _cut_label(table.label_patterns.get(name), text)))
    return tuple(found)


def _cut_label(pattern: str | None, text: str) -> str:
    """Return the part of a label that the pattern's group finds; all of it where none matches."""
    found = None if pattern is None else compiled(pattern).search(text)
    return text if found is None else (found[1] or "").strip() or text
