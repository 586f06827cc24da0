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

    `start`, `end` and `text` are what a parser calls.
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
        self._cells: dict[int, str] = {}
        self._columns: dict[str, int] = {}  # by their letters
        self._column = -1
        self._type = "n"
        self._style = 0
        self._formula = False
        self._value: list[str] | None = None  # where text goes; None: it is not wanted
        self._written: str | None = None
        self._phonetic = False
        self._hidden = False
        self._hidden_rows = 0
        self._merged: list[Range] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        name = tag if ":" not in tag else tag.rpartition(":")[2]
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "t"):
            if not self._phonetic:
                self._value = []
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "rPh":
            self._phonetic = True
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def text(self, data: str) -> None:
        """Take text within an element."""
        if self._value is not None:
            self._value.append(data)

    def end(self, tag: str) -> None:
        """End an element."""
        name = tag if ":" not in tag else tag.rpartition(":")[2]
        if name in ("v", "t"):
            if self._value is not None:  # the runs of a rich text follow each other
                self._written = (self._written or "") + "".join(self._value)
            self._value = None
        elif name == "rPh":
            self._phonetic = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "worksheet":
            self._end_sheet()

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if re.fullmatch(r"\d{1,7}", number) else self._row + 1
        self._hidden = attributes.get("hidden") in ("1", "true")
        self._column = -1
        self._cells = {}

    def _end_row(self) -> None:
        if not self._cells:
            return
        width = max(self._cells) + 1
        self.grid.add(self._row, [self._cells.get(column, "") for column in range(width)])
        self._hidden_rows += self._hidden

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        letters = attributes.get("r", "").rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_of(letters) if _LETTERS(letters) else -1
        self._column = self._column + 1 if column < 0 else column
        self._type = attributes.get("t", "n")
        style = attributes.get("s", "0")
        self._style = int(style) if style.isdecimal() and len(style) < 7 else 0
        self._formula = False
        self._written = None

    def _end_cell(self) -> None:
        written = self._written
        if written is None or (not written and self._formula):
            if self._formula:
                self._problem(Code.FORMULA)
            return
        text = self._text_of(written)
        if not text:
            return
        if self._column >= COLUMNS:
            values = {"most": str(COLUMNS), "column": letter_of(self._column)}
            raise ListRefusedError(Remark(Code.TOO_MANY_COLUMNS, values, self._row))
        self._cells[self._column] = text

    def _text_of(self, written: str) -> str:
        if self._type in ("str", "inlineStr", "d"):
            return " ".join(written.split())
        try:
            if self._type == "s":
                return self._texts[int(written)]
            if self._type == "b":
                return "ya" if written.strip() in ("1", "true") else "tidak"
            if self._type == "e":
                self._problem(Code.CELL_ERROR, value=shown(written, 20))
                return ""
            style = self._formats[self._style] if self._style < len(self._formats) else PLAIN
            text = number_text(written, style, since_1904=self._since_1904)
        except (ValueError, IndexError, OverflowError):
            self._problem(Code.CELL_ERROR, value=shown(written, 20))
            return ""
        if text is None:
            self._problem(Code.DIGITS_LOST, value=shown(written, 30))
            return ""
        return text

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
