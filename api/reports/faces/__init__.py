"""The four faces of a report. Each takes the data set and gives bytes; none reckons anything.

as_json  the data set as it is
as_csv   a file a table, in a ZIP; for programs, or for Excel in Indonesian
as_xlsx  a sheet a table: real numbers, dates and durations, never a formula
as_pdf   for people: letterhead, summary, charts, tables, method, signatures
"""

from collections.abc import Callable, Mapping

from api.reports.dataset import Report
from api.reports.faces.as_csv import CsvForm, as_csv
from api.reports.faces.as_json import as_json
from api.reports.faces.as_pdf import as_pdf
from api.reports.faces.as_xlsx import as_xlsx

Face = Callable[[Report, str, str | None], bytes]
"""From a report, a language and the path of a logo to the bytes of a file."""

FACES: Mapping[str, tuple[str, Face]] = {
    "pdf": ("pdf", as_pdf),
    "xlsx": ("xlsx", lambda report, language, _: as_xlsx(report, language)),
    "csv": ("csv.zip", lambda report, _, _logo: as_csv(report, CsvForm.CSV)),
    "csv-id": ("id.csv.zip", lambda report, _, _logo: as_csv(report, CsvForm.CSV_ID)),
    "json": ("json", lambda report, _, _logo: as_json(report)),
}
"""How the name of a file ends, and what makes it, by the word that asks for it."""

MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "json": "application/json",
}
"""What a file is, by the end of its name."""

__all__ = ["FACES", "MEDIA_TYPES", "Face"]
