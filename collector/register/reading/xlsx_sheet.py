"""The cells of one sheet of a spreadsheet, as its elements come by."""

import re
from collections.abc import Sequence

from collector.register.reading.cells import COLUMNS, Grid, Range, column_of, letter_of
from collector.register.reading.xlsx_numbers import PLAIN, NumberFormat, number_text
from collector.register.remarks import Code, ListRefusedError, Remark, shown

_MOST_PROBLEMS = 1_000
_MOST_MERGED = 100_000
_LETTERS = re.compile(r"[A-Z]{1,3}", re.ASCII).fullmatch
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)


class SheetReader:
    """Takes the elements of a sheet and fills a grid. Formulas count by the value stored for them.

    `start`, `end` and `text` are what a parser calls, a million times for 10,000 rows: what most
    elements are is asked first, and a cell is looked at once, at its end.
    """

    def __init__(
        self,
        grid: Grid,
        texts: Sequence[str],
        formats: Sequence[NumberFormat],
        *,
        since_1904: bool,
    ) -> None:
        self.grid = grid
        self._texts = texts
        self._formats = formats
        self._since_1904 = since_1904
        self._row = 0
        self._cells: list[str] = []  # of the row, up to the last that says something
        self._columns: dict[str, int] = {}  # by their letters; -1: they are none
        self._column = -1
        self._cell: dict[str, str] = {}  # its attributes
        self._formula = False
        self._written: list[str] | None = None  # the runs of its text; None: it has no value
        self._takes = False  # text is a value's
        self._phonetic = False
        self._hidden = False
        self._hidden_rows = 0
        self._merged: list[Range] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if tag == "c":
            self._cell = attributes
            self._formula = False
            self._written = None
        elif tag in ("v", "t"):
            if not self._phonetic:
                self._takes = True
                if self._written is None:
                    self._written = []
        elif tag == "row":
            self._begin_row(attributes)
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif ":" in tag:
            self.start(tag.rpartition(":")[2], attributes)

    def text(self, data: str) -> None:
        """Take text within an element."""
        if self._takes and self._written is not None:
            self._written.append(data)

    def end(self, tag: str) -> None:
        """End an element."""
        if tag == "c":
            self._end_cell()
        elif tag in ("v", "t"):
            self._takes = False
        elif tag == "row":
            self._end_row()
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "worksheet":
            self._end_sheet()
        elif ":" in tag:
            self.end(tag.rpartition(":")[2])

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if re.fullmatch(r"\d{1,7}", number) else self._row + 1
        self._hidden = attributes.get("hidden") in ("1", "true")
        self._column = -1
        self._cells = []

    def _end_row(self) -> None:
        if self._cells:
            self.grid.add(self._row, self._cells)
            self._hidden_rows += self._hidden

    def _end_cell(self) -> None:
        letters = self._cell.get("r", "").rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_of(letters) if _LETTERS(letters) else -1
        self._column = column = column if column >= 0 else self._column + 1
        written = None if self._written is None else "".join(self._written)
        if written is None or (not written and self._formula):
            if self._formula:
                self._problem(Code.FORMULA)
            return
        text = self._text_of(written)
        if not text:
            return
        if column >= COLUMNS:
            values = {"most": str(COLUMNS), "column": letter_of(column)}
            raise ListRefusedError(Remark(Code.TOO_MANY_COLUMNS, values, self._row))
        gap = column - len(self._cells)
        if gap < 0:  # this writer does not keep the order
            self._cells[column] = text
        else:
            self._cells.extend([""] * gap)
            self._cells.append(text)

    def _text_of(self, written: str) -> str:
        kind = self._cell.get("t", "n")
        if kind in ("str", "inlineStr", "d"):
            return " ".join(written.split())
        try:
            if kind == "s":
                return self._texts[int(written)]
            if kind == "b":
                return "ya" if written.strip() in ("1", "true") else "tidak"
            if kind == "e":
                self._problem(Code.CELL_ERROR, value=shown(written, 20))
                return ""
            text = number_text(written, self._format(), since_1904=self._since_1904)
        except (ValueError, IndexError, OverflowError):
            self._problem(Code.CELL_ERROR, value=shown(written, 20))
            return ""
        if text is None:
            self._problem(Code.DIGITS_LOST, value=shown(written, 30))
            return ""
        return text

    def _format(self) -> NumberFormat:
        style = self._cell.get("s", "0")
        place = int(style) if style.isdecimal() and len(style) < 7 else 0
        return self._formats[place] if place < len(self._formats) else PLAIN

    def _problem(self, code: Code, **values: str) -> None:
        if len(self.grid.problems) < _MOST_PROBLEMS:
            self.grid.problems.append(Remark(code, values, self._row, letter_of(self._column)))

    def _merge(self, text: str) -> None:
        first, _, last = text.partition(":")
        places = [_CELL.fullmatch(one) for one in (first, last or first)]
        if places[0] is None or places[1] is None or len(self._merged) >= _MOST_MERGED:
            return
        begin, end = places[0], places[1]
        self._merged.append(
            Range(int(begin[2]), column_of(begin[1]), int(end[2]), column_of(end[1]))
        )

    def _end_sheet(self) -> None:
        self.grid.merged = tuple(self._merged)
        if self._hidden_rows:
            self.grid.notes.append(Remark(Code.HIDDEN_ROWS, {"count": str(self._hidden_rows)}))
