"""The tables as CSV: for programs (comma, decimal point, UTC) and for Excel in Indonesian.

A file a table, in a ZIP that is the same byte for byte when it is made again. Excel in Indonesian
takes `;` between cells, a decimal comma, and UTF-8 only with a byte order mark; moments are those
of the report's zone there. Durations are whole seconds. Text that a spreadsheet would run as a
formula is defused.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from api.reports.about import about
from api.reports.dataset import Report
from api.reports.tables import Column, Holds, Table, table, tables
from api.reports.words import column, word, yes

ABOUT = "about"
_FORMULAS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - wide ones begin a formula in Excel, too
_EARLIEST_YEAR = 1980  # a ZIP knows none before


class CsvForm(StrEnum):
    """For whom a file is."""

    CSV = "csv"
    CSV_ID = "csv-id"


@dataclass(frozen=True, slots=True)
class _Form:
    delimiter: str
    decimal: str
    encoding: str
    language: str
    units: bool  # whether headers name the unit, and words are translated


_FORMS = {
    CsvForm.CSV: _Form(",", ".", "utf-8", "en", units=False),
    CsvForm.CSV_ID: _Form(";", ",", "utf-8-sig", "id", units=True),
}


def as_csv(report: Report, form: CsvForm) -> bytes:
    """Return a ZIP with a file for every table, empty ones too, and one about the report."""
    made_at = report.header.made_at
    year, month, day, hour, minute, second = made_at.timetuple()[:6]
    stamp = (max(_EARLIEST_YEAR, year), month, day, hour, minute, second)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (ABOUT, *(one.name for one in tables(report))):
            entry = zipfile.ZipInfo(f"{name}.csv", stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, table_as_csv(report, name, form))
    return file.getvalue()


def table_as_csv(report: Report, name: str, form: CsvForm) -> bytes:
    """Return one table as a file, its headers first. Raises KeyError for a name that is none."""
    said = _FORMS[form]
    zone = ZoneInfo(report.header.zone)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=said.delimiter, lineterminator="\r\n")
    if name == ABOUT:
        writer.writerows([_safe(part) for part in line] for line in about(report, said.language))
    else:
        shown = table(report, name)
        writer.writerow([_title(one, report, said) for one in shown.columns])
        writer.writerows(_lines(shown, said, zone))
    return text.getvalue().encode(said.encoding)


def _lines(shown: Table, said: _Form, zone: ZoneInfo) -> Iterator[list[str]]:
    writers = [_writer(one, said, zone) for one in shown.columns]
    for row in shown.rows:
        yield [
            "" if value is None else write(value)
            for write, value in zip(writers, shown.cells(row), strict=True)
        ]


def _title(one: Column, report: Report, said: _Form) -> str:
    """Return the field's name for programs; for people what it is called, with its unit."""
    if not said.units:
        return one.name
    name = column(one.name, said.language)
    if one.holds is Holds.SECONDS:
        return f"{name} (detik)"
    if one.holds is Holds.MOMENT:
        return f"{name} ({report.header.made_at.astimezone(ZoneInfo(report.header.zone)):%Z})"
    return name


def _writer(one: Column, said: _Form, zone: ZoneInfo) -> Callable[[Any], str]:
    """Return what writes the values of a column."""
    match one.holds:
        case Holds.PERCENT:
            return lambda value: f"{value:.3f}".replace(".", said.decimal)
        case Holds.NUMBER:
            return lambda value: f"{value:.3f}".rstrip("0").rstrip(".").replace(".", said.decimal)
        case Holds.MOMENT if said.units:
            return lambda value: f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        case Holds.MOMENT:
            return lambda value: f"{value:%Y-%m-%dT%H:%M:%SZ}"
        case Holds.YES if said.units:
            return lambda value: yes(value, said.language)
        case Holds.YES:
            return lambda value: str(value).lower()
        case Holds.WORD if said.units:
            return lambda value: _safe(word(one.name, value, said.language))
        case Holds.COUNT | Holds.ID | Holds.SECONDS:
            return str
        case _:
            return _safe


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULAS) else text
