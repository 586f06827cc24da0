"""Finds the table in a grid: where its headings stand, and which rows are rows of the list.

Daftar CCTV Kota            title lines: read for what they say of all rows
Tahun 2026
No | Nama | Lintang | …     headings: the line that knows most words for what lists say
1  | 2    | 3       | …     numbers of columns: left out
1  | Losari | -5,14 | …     rows
Jumlah | 25                 a sum: left out
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from collector.register.columns import Column, is_heading, plain
from collector.register.reading.cells import Cells, Grid, Range, letter_of
from collector.register.remarks import Code, ListRefusedError, Remark, shown

_HEADING_WITHIN = 30  # rows that are filled
_SUMS = frozenset({"jumlah", "total", "jumlah total", "total jumlah", "grand total", "sum"})


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the list: its number in the file, and a text for each column."""

    number: int
    cells: Cells


@dataclass(slots=True)
class ListTable:
    """A list as it was read. `problems` stand in its way, `notes` do not."""

    form: str
    columns: tuple[Column, ...]
    rows: list[Row]
    heading_row: int | None = None
    title: tuple[str, ...] = ()
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    problems: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)


def find_table(grid: Grid, known: Mapping[str, object]) -> ListTable:
    """Return the table in a grid; `known` are headings that mean something for this list.

    Raises ListRefusedError when there are no headings, or no rows.
    """
    if not grid.rows:
        raise ListRefusedError(*grid.problems, Remark(Code.FILE_EMPTY))
    place = _heading_place(grid, known)
    number, headings = grid.rows[place]
    if place + 1 < len(grid.rows):
        _refuse_two_headings(grid, place, known)
    columns = _columns_of(headings)
    table = ListTable(
        grid.form,
        columns,
        [],
        number,
        tuple(" ".join(filter(None, cells)) for _, cells in grid.rows[:place]),
        grid.sheet,
        grid.sheets,
        notes=list(grid.notes),
    )
    _take_rows(table, grid.rows[place + 1 :], headings)
    table.problems.extend(_of_the_table(table, grid))
    table.problems.extend(_merged(table, grid.merged))
    if not table.rows and not table.problems:
        raise ListRefusedError(Remark(Code.NO_ROWS, row=number))
    return table


def _heading_place(grid: Grid, known: Mapping[str, object]) -> int:
    """Return which of the rows holds the headings: the first that knows most."""
    best, most = None, 0
    for place, (_, cells) in enumerate(grid.rows[:_HEADING_WITHIN]):
        count = _named(cells, known)
        if count > most:
            best, most = place, count
    if best is None or (most < 2 and len(grid.rows[best][1]) > 1):
        row = grid.rows[0][0]
        raise ListRefusedError(*grid.problems, Remark(Code.NO_HEADINGS, row=row))
    return best


def _named(cells: Cells, known: Mapping[str, object]) -> int:
    return len({plain(cell) for cell in cells if cell and is_heading(cell, known)})


def _refuse_two_headings(grid: Grid, place: int, known: Mapping[str, object]) -> None:
    """Refuse headings in two lines: *Koordinat* above *Lintang* and *Bujur*."""
    number, cells = grid.rows[place]
    for other in (place + 1, place - 1):
        if 0 <= other < len(grid.rows):
            beside, texts = grid.rows[other]
            if texts == cells:  # printed again on each page
                continue
            both = _named(texts, known) >= 2
            across = any(
                it.first_row in (number, beside)
                and it.last_row in (number, beside)
                and (it.last_row > it.first_row or it.last_column > it.first_column)
                and _within(it, len(cells))
                and _named(texts, known) >= 1
                for it in grid.merged
            )
            if both or across:
                first, second = sorted((number, beside))
                rows = {"first": str(first), "second": str(second)}
                raise ListRefusedError(Remark(Code.TWO_HEADINGS, rows, first))


def _within(it: Range, width: int) -> bool:
    return it.last_column - it.first_column + 1 < width


def _columns_of(headings: Cells) -> tuple[Column, ...]:
    """Return the columns; headings that stand twice are told apart by a number."""
    columns: list[Column] = []
    used: set[str] = set()
    for position, text in enumerate(headings):
        letter = letter_of(position)
        base = text[:200] or f"({letter})"
        heading, number = base, 2
        while heading in used:
            heading, number = f"{base} ({number})", number + 1
        used.add(heading)
        columns.append(Column(position, letter, heading))
    return tuple(columns)


def _take_rows(table: ListTable, rows: Sequence[tuple[int, Cells]], headings: Cells) -> None:
    width = len(table.columns)
    for number, cells in rows:
        if cells == headings:
            table.notes.append(Remark(Code.HEADING_AGAIN, row=number))
        elif not table.rows and _counts_columns(cells):
            table.notes.append(Remark(Code.NUMBER_ROW, row=number))
        elif _is_sum(cells):
            table.notes.append(Remark(Code.TOTAL_ROW, {"text": shown(cells[0] or "…")}, number))
        elif len(cells) > width:
            values = {"cells": str(len(cells)), "headings": str(width)}
            table.problems.append(Remark(Code.ROW_TOO_LONG, values, number, letter_of(width)))
        else:
            table.rows.append(Row(number, cells + ("",) * (width - len(cells))))


def _counts_columns(cells: Cells) -> bool:
    """Say whether a row only numbers the columns, as government forms do: (1) (2) (3)."""
    filled = [cell.strip("() .") for cell in cells if cell]
    return len(filled) >= 3 and filled == [str(n) for n in range(1, len(filled) + 1)]


def _is_sum(cells: Cells) -> bool:
    filled = [cell for cell in cells if cell]
    if len(filled) > 4:  # nearly all rows of a list
        return False
    return plain(filled[0]) in _SUMS and all(map(_is_number, filled[1:]))


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[\d.,\s-]+", text) is not None


def _of_the_table(table: ListTable, grid: Grid) -> list[Remark]:
    """Return the problems of cells that belong to rows and columns of the list, with headings."""
    rows = {row.number for row in table.rows}
    by_letter = {column.letter: column.heading for column in table.columns}
    return [
        replace(remark, heading=by_letter[remark.column])
        for remark in grid.problems
        if remark.row in rows and remark.column in by_letter
    ]


def _merged(table: ListTable, merged: Sequence[Range]) -> list[Remark]:
    rows = {row.number for row in table.rows}
    return [
        Remark(
            Code.MERGED,
            {"range": it.name()},
            it.first_row,
            letter_of(it.first_column),
            table.columns[it.first_column].heading,
        )
        for it in merged
        if it.first_column < len(table.columns)
        and (it.first_row in rows or it.last_row in rows)
        and (it.last_row > it.first_row or it.last_column > it.first_column)
    ]
