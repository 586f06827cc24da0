"""What every form of a list is read into, and how much of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from collector.register.remarks import Code, ListRefusedError, Remark

FILE_BYTES = 10_000_000
UNPACKED_BYTES = 150_000_000  # of all parts of a spreadsheet that are read
ROWS = 50_000
COLUMNS = 200
CELLS = 1_500_000
CELL_CHARACTERS = 2_000

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """Cells that were merged: rows from 1, columns from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def name(self) -> str:
        """Return it as spreadsheets write it: `B3:B7`."""
        first = f"{letter_of(self.first_column)}{self.first_row}"
        return f"{first}:{letter_of(self.last_column)}{self.last_row}"


@dataclass(slots=True)
class Grid:
    """Cells as they stand in a file: text, row by row, without the rows that are empty."""

    form: str
    rows: list[tuple[int, Cells]] = field(default_factory=list)
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    merged: Sequence[Range] = ()
    problems: list[Remark] = field(default_factory=list)  # of single cells
    notes: list[Remark] = field(default_factory=list)
    cells: int = 0

    def add(self, number: int, cells: Sequence[str]) -> None:
        """Take in a row unless it is empty. Raises ListRefusedError when there are too many."""
        width = len(cells)
        while width and not cells[width - 1]:
            width -= 1
        if not width:
            return
        if width > COLUMNS:
            values = {"most": str(COLUMNS), "column": letter_of(width - 1)}
            raise ListRefusedError(Remark(Code.TOO_MANY_COLUMNS, values, number))
        if len(self.rows) >= ROWS:
            raise ListRefusedError(Remark(Code.TOO_MANY_ROWS, {"most": f"{ROWS:,}"}, number))
        self.cells += width
        if self.cells > CELLS:
            raise ListRefusedError(Remark(Code.TOO_MANY_CELLS, {"most": f"{CELLS:,}"}, number))
        row = tuple(cells[:width])
        lengths = [*map(len, row)]
        if max(lengths) > CELL_CHARACTERS:
            column = next(at for at, length in enumerate(lengths) if length > CELL_CHARACTERS)
            values = {"length": f"{lengths[column]:,}", "most": f"{CELL_CHARACTERS:,}"}
            raise ListRefusedError(Remark(Code.CELL_TOO_LONG, values, number, letter_of(column)))
        self.rows.append((number, row))


def letter_of(column: int) -> str:
    """Return how spreadsheets call a column: 0 is `A`, 26 is `AA`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_of(letters: str) -> int:
    """Return the number of a column from its letters: `A` is 0. Raises ValueError."""
    if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isupper()):
        raise ValueError(letters)
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
