"""The tables as a workbook: a sheet a table, with numbers, dates and durations that are real ones.

Moments are on the clocks of the report's zone, as the headers say. Percentages are numbers from 0
to 100, so that what is shown has the digits of the data set. There is never a formula: a text that
looks like one is a text.

openpyxl makes the workbook with everything but the rows; those are written into its sheets here,
as ECMA-376 part 1 (18.3) has them. Cell by cell it would need minutes for ten thousand devices.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from api.reports.about import about
from api.reports.dataset import Report
from api.reports.tables import Column, Holds, Table, tables
from api.reports.words import TABLES, column, word, yes

LONGEST_TEXT = 32_000
"""Characters; Excel takes 32,767 in a cell."""

_DAY = 86_400
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days have no zone
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"')
_END_OF_ROWS = b"</sheetData>"
_ROWS_AT_ONCE = 500
_FIRST_ROW = 2
_NUMBERS = {
    Holds.PERCENT: "0.000",
    Holds.SECONDS: "[h]:mm:ss",
    Holds.MOMENT: "yyyy-mm-dd hh:mm:ss",
    Holds.DATE: "yyyy-mm-dd",
    Holds.COUNT: "#,##0",
    Holds.NUMBER: "#,##0.###",
    Holds.ID: "0",
}
_WIDTHS = {
    Holds.PERCENT: 12,
    Holds.SECONDS: 14,
    Holds.MOMENT: 20,
    Holds.DATE: 12,
    Holds.COUNT: 11,
    Holds.NUMBER: 12,
    Holds.ID: 10,
    Holds.MONTH: 10,
    Holds.YES: 10,
    Holds.WORD: 18,
    Holds.TEXT: 24,
}
_FROZEN_FROM = 6  # columns: then the first two stay when the others are moved

_Write = Callable[[Any], str]
"""From a value to the inside of its cell's element, with its attributes."""


def as_xlsx(report: Report, language: str, logo: str | None = None) -> bytes:
    """Return the workbook, one sheet about the report and one for every table with rows."""
    del logo  # stands in the document alone
    book = Workbook()
    book.properties.creator = report.header.made_by
    book.properties.created = book.properties.modified = report.header.made_at.replace(tzinfo=None)
    first = book.active
    if not isinstance(first, Worksheet):
        raise TypeError("a new workbook has no sheet")
    _about(first, report, language)
    styles = _styles(first)
    shown = [one for one in tables(report) if one.rows]
    for one in shown:
        _head(book.create_sheet(TABLES[language][one.name]), one, report, language)
    skeleton = io.BytesIO()
    book.save(skeleton)
    zone = ZoneInfo(report.header.zone)
    rows = {
        f"xl/worksheets/sheet{number}.xml": (one, _rows(one, styles, language, zone))
        for number, one in enumerate(shown, 2)
    }
    return _filled(skeleton, rows)


def _about(sheet: Worksheet, report: Report, language: str) -> None:
    sheet.title = TABLES[language]["about"]
    sheet.column_dimensions["A"].width = 28
    sheet.column_dimensions["B"].width = 90
    for number, (name, text) in enumerate(about(report, language), 1):
        for at, said in enumerate((name, text), 1):
            cell = sheet.cell(number, at)
            cell.value = _writable(said)
            cell.data_type = "s"
            cell.font = Font(bold=at == 1)
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _head(sheet: Worksheet, shown: Table, report: Report, language: str) -> None:
    count = len(shown.columns)
    sheet.freeze_panes = "C2" if count >= _FROZEN_FROM else "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(count)}{len(shown.rows) + 1}"
    zone = f" ({report.header.made_at.astimezone(ZoneInfo(report.header.zone)):%Z})"
    for at, one in enumerate(shown.columns, 1):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS[one.holds]
        cell = sheet.cell(1, at)
        cell.value = column(one.name, language) + (zone if one.holds is Holds.MOMENT else "")
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", "DDE3EA")
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _styles(sheet: Worksheet) -> dict[Holds, int]:
    """Return the number of the style of every kind of number, which the workbook then has."""
    found: dict[Holds, int] = {}
    for at, (holds, form) in enumerate(_NUMBERS.items(), 3):
        cell = sheet.cell(1, at)
        cell.number_format = form
        found[holds] = cell.style_id
    return found


# --- rows -------------------------------------------------------------------------------------


def _rows(shown: Table, styles: dict[Holds, int], language: str, zone: ZoneInfo) -> Iterator[bytes]:
    """Yield the elements of the rows, some at once."""
    writers = [_writer(one, styles, language, zone) for one in shown.columns]
    letters = [get_column_letter(at) for at in range(1, len(writers) + 1)]
    some: list[str] = []
    for number, row in enumerate(shown.rows, _FIRST_ROW):
        cells = "".join(
            f'<c r="{letter}{number}"{write(value)}</c>'
            for letter, write, value in zip(letters, writers, shown.cells(row), strict=True)
            if value is not None and value != ""
        )
        some.append(f'<row r="{number}">{cells}</row>')
        if len(some) == _ROWS_AT_ONCE:
            yield "".join(some).encode()
            some.clear()
    yield "".join(some).encode()


def _writer(one: Column, styles: dict[Holds, int], language: str, zone: ZoneInfo) -> _Write:
    style = f' s="{styles[one.holds]}">' if one.holds in styles else ">"
    match one.holds:
        case Holds.SECONDS:
            return lambda value: f"{style}<v>{value / _DAY!r}</v>"
        case Holds.MOMENT:
            return lambda value: f"{style}<v>{_serial(_local(value, zone))!r}</v>"
        case Holds.DATE:
            return lambda value: f"{style}<v>{_serial(datetime.fromisoformat(value))!r}</v>"
        case Holds.PERCENT | Holds.COUNT | Holds.NUMBER | Holds.ID:
            return lambda value: f"{style}<v>{value!r}</v>"
        case Holds.YES:
            return lambda value: _text(yes(value, language))
        case Holds.WORD:
            return lambda value: _text(word(one.name, value, language))
        case _:
            return _text


def _text(value: str) -> str:
    said = escape(_writable(value))
    return f' t="inlineStr"><is><t xml:space="preserve">{said}</t></is>'


def _writable(value: str) -> str:
    return _UNWRITABLE.sub(" ", value)[:LONGEST_TEXT]


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _serial(moment: datetime) -> float:
    """Return the days since Excel's epoch."""
    passed = moment - _EXCEL_EPOCH
    return passed.days + passed.seconds / _DAY


def _filled(skeleton: io.BytesIO, rows: dict[str, tuple[Table, Iterator[bytes]]]) -> bytes:
    """Return the workbook with rows in its sheets."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(skeleton) as empty,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as full,
    ):
        for entry in empty.infolist():
            data = empty.read(entry)
            if entry.filename not in rows:
                full.writestr(entry, data)
                continue
            shown, parts = rows[entry.filename]
            last = f"{get_column_letter(len(shown.columns))}{len(shown.rows) + 1}"
            data = _DIMENSION.sub(f'<dimension ref="A1:{last}"'.encode(), data, count=1)
            before, end, after = data.partition(_END_OF_ROWS)
            with full.open(entry.filename, "w") as sheet:
                sheet.write(before)
                for part in parts:
                    sheet.write(part)
                sheet.write(end + after)
    return file.getvalue()
