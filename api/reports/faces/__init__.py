"""The four faces of a report. Each takes the data set and gives bytes; none reckons anything.

as_json  the data set as it is
as_csv   a file a table, in a ZIP; for programs, or for Excel in Indonesian
as_xlsx  a sheet a table: real numbers, dates and durations, never a formula
as_pdf   for people: letterhead, summary, charts, tables, method, signatures
"""

from collections.abc import Callable, Mapping
from importlib import import_module

from api.reports.dataset import Report
from api.reports.faces.as_csv import CsvForm, as_csv
from api.reports.faces.as_json import as_json

Face = Callable[[Report, str, str | None], bytes]
"""From a report, a language and the path of a logo to the bytes of a file."""


def _loaded(name: str) -> Face:
    """Return a face whose libraries are loaded when it is first used: they are large."""

    def face(report: Report, language: str, logo: str | None) -> bytes:
        made: bytes = getattr(import_module(f"api.reports.faces.{name}"), name)(
            report, language, logo
        )
        return made

    return face


FACES: Mapping[str, tuple[str, Face]] = {
    "pdf": ("pdf", _loaded("as_pdf")),
    "xlsx": ("xlsx", _loaded("as_xlsx")),
    "csv": ("csv.zip", lambda report, _, _logo: as_csv(report, CsvForm.CSV)),
    "csv-id": ("id.csv.zip", lambda report, _, _logo: as_csv(report, CsvForm.CSV_ID)),
    "json": ("json", lambda report, _, _logo: as_json(report)),
}
"""How the name of a file ends, and what makes it, by the word that asks for it."""

__all__ = ["FACES", "Face"]
