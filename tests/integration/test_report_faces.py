"""The four faces of a report say the same, to the digit, and texts in it stay texts."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import orjson
import pytest

from api.reports.asking import ReportAsked, read_asked
from api.reports.dataset import Report
from api.reports.faces import FACES
from api.reports.faces.as_csv import CsvForm, table_as_csv
from api.reports.faces.document import document
from api.reports.formats import Formats
from api.reports.making import Sources, make_report
from api.reports.tables import ROWS, Holds, columns_of, tables
from api.reports.wanted import LogoError
from api.reports.words import NOTES, STEPS, TABLES, column, word, yes
from api.settings import ApiSettings
from collector.config.report import ReportSettings
from collector.contract import Rules
from collector.model import CauseClass
from collector.sinks.sqlite import SqliteSink
from collector.store import Store
from tests.report_city import NOW, ZONE, fill, fill_readings

CONTRACT = Rules(
    "serat", minimum_outage_seconds=600, causes_not_counted=frozenset({CauseClass.POWER})
)
SETTINGS = ApiSettings(zone=ZONE, contracts={"serat": CONTRACT}, contract="serat")
HEAD = ReportSettings.model_validate(
    {
        "agency": "Dinas #strong[Kominfo] *dan* _Informatika_ $x$ @a <b>",
        "address": "Jalan Ahmad Yani 2, Makassar",
        "number": "555/{month}/{roman}/{year}",
        "signers": [{"role": "Kepala Dinas", "name": "A. `B`, S.Kom."}],
    }
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("report")
    with Store.open(folder / "pantau.db") as store:
        fill_readings(folder / "readings.db", fill(store, folder / "pantau.db", 60, 60), points=4)
        sink = SqliteSink.open(folder / "readings.db", read_only=True)
        try:
            question = read_asked(ReportAsked(month="2026-10"), SETTINGS, NOW)
            return make_report(Sources(store, sink, SETTINGS, HEAD), question, NOW, NOW)
        finally:
            sink.close()


def test_every_table_of_the_report_holds_something(report: Report) -> None:
    """A face without rows would agree with everything."""
    empty = {one.name for one in tables(report) if not one.rows}
    assert empty <= {"handling", "alarms", "noisy"}


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_table_column_note_and_step_has_words(language: str) -> None:
    assert ROWS.keys() | {"about"} == TABLES[language].keys()
    assert NOTES["id"].keys() == NOTES["en"].keys()
    assert STEPS["id"].keys() == STEPS["en"].keys()
    for row in ROWS.values():
        assert all(column(one.name, language) for one in columns_of(row))
    assert all(len(name) <= 31 for name in TABLES[language].values()), "Excel takes no longer one"


def test_json_is_the_data_set(report: Report) -> None:
    read = json.loads(FACES["json"][1](report, "id", None))
    assert read == json.loads(orjson.dumps(report, option=orjson.OPT_UTC_Z))
    assert read["header"]["month"] == "2026-10"
    assert read["header"]["number"] == "555/10/X/2026"


def test_csv_for_programs_reads_back_as_the_data_set(report: Report) -> None:
    with zipfile.ZipFile(io.BytesIO(FACES["csv"][1](report, "id", None))) as archive:
        assert archive.testzip() is None
        for shown in tables(report):
            text = archive.read(f"{shown.name}.csv").decode()
            lines = list(csv.reader(io.StringIO(text, newline="")))
            assert lines[0] == [one.name for one in shown.columns]
            read = [
                [_read(one.holds, text) for one, text in zip(shown.columns, line, strict=True)]
                for line in lines[1:]
            ]
            wanted = [["" if v is None else v for v in shown.cells(row)] for row in shown.rows]
            assert read == wanted


def test_csv_for_excel_reads_back_as_the_data_set(report: Report) -> None:
    zone = ZoneInfo(ZONE)
    for shown in tables(report):
        data = table_as_csv(report, shown.name, CsvForm.CSV_ID)
        assert data.startswith(b"\xef\xbb\xbf")
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
        for row, line in zip(shown.rows, lines[1:], strict=True):
            for one, value, text in zip(shown.columns, shown.cells(row), line, strict=True):
                if value is None:
                    assert text == ""
                elif one.holds is Holds.MOMENT:
                    local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
                    assert local == value
                elif one.holds is Holds.YES:
                    assert text == yes(value, "id")
                elif one.holds is Holds.WORD:
                    assert text == word(one.name, value, "id")
                elif one.holds in (Holds.PERCENT, Holds.NUMBER):
                    assert "." not in text
                    assert float(text.replace(",", ".")) == value
                else:
                    assert text == str(value)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_workbook_holds_the_data_set_as_numbers_and_dates(
    report: Report, language: str
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(FACES["xlsx"][1](report, language, None)))
    zone = ZoneInfo(ZONE)
    for shown in tables(report):
        name = TABLES[language][shown.name]
        if not shown.rows:
            assert name not in book.sheetnames
            continue
        sheet = book[name]
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref == sheet.dimensions
        read = list(sheet.iter_rows(min_row=2))
        assert len(read) == len(shown.rows)
        for row, cells in zip(shown.rows, read, strict=True):
            for one, value, cell in zip(shown.columns, shown.cells(row), cells, strict=True):
                assert cell.data_type != "f"
                said = cell.value
                if value is None or value == "":
                    assert said is None
                elif one.holds is Holds.SECONDS:
                    seconds = said.total_seconds() if isinstance(said, timedelta) else said
                    assert seconds == value
                elif one.holds is Holds.MOMENT:
                    assert isinstance(said, datetime)
                    assert said.replace(tzinfo=zone) == value
                elif one.holds is Holds.DATE:
                    assert isinstance(said, datetime)
                    assert said.date().isoformat() == value
                elif one.holds is Holds.WORD:
                    assert (said or "") == word(one.name, value, language)
                elif one.holds is Holds.YES:
                    assert said == yes(value, language)
                else:
                    assert said == value


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_document_shows_the_figures_of_the_data_set(report: Report, language: str) -> None:
    """What the template gets is what it prints; test_report reads the printed pages."""
    told = json.dumps(document(report, language), ensure_ascii=False)
    formats = Formats(language, ZONE)
    for one in (report.total, *report.areas, *report.kinds, *report.owners, *report.worst):
        for figure in (
            formats.percent(one.uptime_percent),
            formats.percent(one.coverage_percent),
            formats.percent(one.uptime_low_percent),
            formats.percent(one.uptime_high_percent),
        ):
            assert figure in told
    for month in report.trend:
        assert formats.percent(month.uptime_percent) in told
        assert formats.passed(month.mttr_seconds) in told
    for outage in report.outages[:20]:
        assert formats.passed(outage.in_period_seconds) in told


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_document_is_made_and_made_again_the_same(report: Report, language: str) -> None:
    made = FACES["pdf"][1](report, language, None)
    assert made.startswith(b"%PDF-")
    assert len(made) < 1_000_000
    for form in ("csv", "csv-id", "json"):
        assert FACES[form][1](report, language, None) == FACES[form][1](report, language, None)


HOSTILE = '=HYPERLINK("http://x","y") #eval("1") *tebal* _miring_ [a] $x$ \\ <l> @r `k` \x07'


def test_a_hostile_name_stays_a_text_in_every_face(report: Report) -> None:
    row = replace(report.worst[0], name=HOSTILE)
    report = replace(report, worst=(row,))
    assert FACES["pdf"][1](report, "id", None).startswith(b"%PDF-")
    assert any(
        HOSTILE.replace("\x07", " ").split(" ")[2] in cell
        for block in document(report, "id")["blocks"]
        if block["kind"] == "table"
        for line in block["rows"]
        for cell in line
    )
    book = openpyxl.load_workbook(io.BytesIO(FACES["xlsx"][1](report, "id", None)))
    cell = book[TABLES["id"]["worst"]]["B2"]
    assert cell.data_type != "f"
    assert cell.value == HOSTILE.replace("\x07", " ")
    text = table_as_csv(report, "worst", CsvForm.CSV_ID).decode("utf-8-sig")
    assert "'=HYPERLINK" in text


def test_a_logo_that_is_no_picture_is_refused_with_the_remedy(
    report: Report, tmp_path: Path
) -> None:
    broken = tmp_path / "logo.png"
    broken.write_bytes(b"no picture")
    with pytest.raises(LogoError, match="save it as PNG again"):
        FACES["pdf"][1](report, "id", str(broken))
    with pytest.raises(LogoError, match="cannot be read"):
        FACES["pdf"][1](report, "id", str(tmp_path / "none.png"))


def test_a_logo_stands_in_the_document(report: Report, tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"'
        ' fill="#123456"/></svg>'
    )
    with_logo = FACES["pdf"][1](report, "id", str(logo))
    assert len(with_logo) != len(FACES["pdf"][1](report, "id", None))


def test_a_month_before_anything_is_said_plainly(report: Report) -> None:
    nothing = replace(
        report.total,
        devices=0,
        uptime_percent=None,
        uptime_low_percent=None,
        uptime_high_percent=None,
        coverage_percent=0.0,
    )
    none: dict[str, Any] = {name: () for name in ROWS if name != "total"}
    empty = replace(report, total=nothing, notes=("nobody_looked",), **none)
    for form, (_, face) in FACES.items():
        assert face(empty, "id", None), form


def _read(holds: Holds, text: str) -> Any:
    if text == "":
        return ""
    match holds:
        case Holds.PERCENT | Holds.NUMBER:
            return float(text)
        case Holds.COUNT | Holds.ID | Holds.SECONDS:
            return int(text)
        case Holds.MOMENT:
            return datetime.fromisoformat(text).astimezone(UTC)
        case Holds.YES:
            return text == "true"
        case _:
            return text
