"""Reads a file of area codes: CSV with headings in Indonesian or English, all of it or nothing."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from collector.area_codes.codes import AreaCode

LARGEST = 32 * 2**20
"""Bytes of a file; the codes of the whole country take 6 MB."""

_MOST_ROWS = 200_000
_MOST_PROBLEMS = 50
_CODE = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)
_BPS = re.compile(r"\d{2}|\d{4}|\d{7}|\d{10}", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_NAME_LENGTH = 100
_HEADINGS: Mapping[str, str] = {
    "code": "code",
    "kode": "code",
    "kode kemendagri": "code",
    "kode wilayah": "code",
    "name": "name",
    "nama": "name",
    "nama wilayah": "name",
    "bps code": "bps",
    "bps": "bps",
    "kode bps": "bps",
    "valid from": "valid_from",
    "berlaku mulai": "valid_from",
    "berlaku dari": "valid_from",
    "valid to": "valid_to",
    "berlaku sampai": "valid_to",
    "replaces": "replaces",
    "menggantikan": "replaces",
    "basis": "basis",
    "dasar": "basis",
    "dasar hukum": "basis",
}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in a row (1: the first line of the file) and what to do. Row 0: the file."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        """Return it as people read it."""
        place = ", ".join(
            part
            for part in (f"row {self.row}" if self.row else "", self.column and f'"{self.column}"')
            if part
        )
        return f"{place}: {self.message}" if place else self.message


class AreaFileError(ValueError):
    """A file that cannot be used; nothing of it was."""

    def __init__(self, *problems: RowProblem) -> None:
        self.problems = problems
        super().__init__("; ".join(str(one) for one in problems[:5]))


def founding() -> list[AreaCode]:
    """Return the codes of the four founding cities and their kecamatan."""
    return read_codes((files("collector.area_codes") / "founding.csv").read_bytes())


def read_codes(data: bytes, known: frozenset[str] = frozenset()) -> list[AreaCode]:
    """Return the codes in a file. `known` are codes that it may refer to besides its own.

    Raises AreaFileError with every problem (the first fifty).
    """
    lines = _lines(data)
    row, heading = next(lines, (1, []))
    columns = _columns(row, heading)
    codes: list[tuple[int, AreaCode]] = []
    problems: list[RowProblem] = []
    for row, cells in lines:
        if len(codes) > _MOST_ROWS:
            problems.append(RowProblem(row, "", f"there are more than {_MOST_ROWS} rows; split it"))
        if len(problems) >= _MOST_PROBLEMS:
            break
        named = {
            field: (title, cells[place].strip() if place < len(cells) else "")
            for field, (place, title) in columns.items()
        }
        try:
            codes.append((row, _code(row, named)))
        except AreaFileError as error:
            problems += error.problems
    if not problems:
        problems += _together(codes, known)
    if problems:
        raise AreaFileError(*problems)
    return [code for _, code in codes]


def _lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield lines that say something, with their number; comments begin with `#`."""
    if len(data) > LARGEST:
        raise AreaFileError(RowProblem(0, "", "the file has more than 32 MiB; split it"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = next((one for one in text.splitlines() if one.strip() and one[0] != "#"), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
                yield reader.line_num, cells
    except csv.Error:
        problem = "cannot be read; save the file as CSV again"
        raise AreaFileError(RowProblem(reader.line_num, "", problem)) from None


def _columns(row: int, heading: list[str]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for place, title in enumerate(heading):
        words = re.sub(r"[\s_]+", " ", title.strip().lower())
        field = _HEADINGS.get(words)
        if field is None and words:
            known = "code, name, bps_code, valid_from, valid_to, replaces, basis"
            raise AreaFileError(
                RowProblem(row, title[:40], f"is no heading that is known; known are {known}")
            )
        if field in found:
            raise AreaFileError(RowProblem(row, title[:40], "is there twice; keep one"))
        if field is not None:
            found[field] = (place, title)
    for field in ("code", "name"):
        if field not in found:
            problem = f"there is no column {field}; give the first line headings: code,name,…"
            raise AreaFileError(RowProblem(row, "", problem))
    return found


def _code(row: int, named: Mapping[str, tuple[str, str]]) -> AreaCode:
    problems: list[RowProblem] = []

    def cell(field: str) -> str:
        return named.get(field, ("", ""))[1]

    def wrong(field: str, message: str) -> None:
        problems.append(RowProblem(row, named.get(field, (field, ""))[0], message))

    code, name, bps = cell("code"), cell("name"), cell("bps")
    if not _CODE.fullmatch(code):
        wrong("code", f'"{code[:20]}" is no Kemendagri code; write it as 73.71.01, as text')
    if not name or len(name) > _NAME_LENGTH or not name.isprintable():
        wrong("name", f"write the name in at most {_NAME_LENGTH} characters")
    if bps and not _BPS.fullmatch(bps):
        wrong("bps", f'"{bps[:20]}" is no BPS code; it has 2, 4, 7 or 10 digits')
    days: dict[str, date | None] = {}
    for field in ("valid_from", "valid_to"):
        try:
            days[field] = _day(cell(field))
        except ValueError:
            wrong(field, f'"{cell(field)[:20]}" is no date; write 2026-11-22')
    replaces = tuple(part for part in re.split(r"[\s|+;,]+", cell("replaces")) if part)
    if any(not _CODE.fullmatch(one) for one in replaces):
        wrong("replaces", "write codes such as 73.71.01, with blanks between them")
    if replaces and days.get("valid_from") is None and not problems:
        wrong("valid_from", "is missing: say from when on this code replaces others")
    start, end = days.get("valid_from"), days.get("valid_to")
    if start is not None and end is not None and end < start:
        wrong("valid_to", "is before valid_from; mend one of them")
    if problems:
        raise AreaFileError(*problems)
    return AreaCode(code, name, bps or None, start, end, replaces, cell("basis")[:200])


def _day(text: str) -> date | None:
    if not text:
        return None
    read = _DAY_FIRST.fullmatch(text)
    return date(int(read[3]), int(read[2]), int(read[1])) if read else date.fromisoformat(text)


def _together(codes: list[tuple[int, AreaCode]], known: frozenset[str]) -> Iterator[RowProblem]:
    """Yield what does not fit together: codes twice at one time, predecessors nobody knows."""
    listed = known | {one.code for _, one in codes}
    before: dict[str, list[tuple[int, AreaCode]]] = {}
    for row, one in codes:
        for other_row, other in before.setdefault(one.code, []):
            ends = other.valid_to or date.max
            starts = one.valid_from or date.min
            if one.valid_from == other.valid_from or (
                other.valid_to is not None
                and starts <= ends
                and (one.valid_to or date.max) >= (other.valid_from or date.min)
            ):
                yield RowProblem(
                    row, "", f"{one.code} is in row {other_row} for the same time; keep one"
                )
        before[one.code].append((row, one))
        for code in one.replaces:
            if code not in listed:
                yield RowProblem(
                    row, "", f"it replaces {code}, which nobody knows; list it as well"
                )
