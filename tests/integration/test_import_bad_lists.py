"""Spreadsheets as they come: broken in ways that people make. Each is told, nothing is imported."""

import io
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.importing.service import Look, NotReadyError
from api.importing.views import preview_view
from api.schemas.imports import ListPreview
from collector.register.remarks import Remark
from collector.register.words import both, place_of, text_of
from tests.lists_made import HEADINGS, Office, camera, csv, office, with_part, xlsx


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all: nothing may ever be imported into it."""
    with office(tmp_path_factory.mktemp("bad")) as opened:
        yield opened


def look_at(desk: Office, octets: bytes, **changes: Any) -> Look:
    """Try to import a list that cannot be; return what was found."""
    with pytest.raises(NotReadyError) as refused:
        desk.apply(octets, **changes)
    assert desk.store.lists.rows() == []
    assert desk.store.lists.imports().items == ()
    assert not desk.registered.exists()
    return refused.value.look


def problems_of(look: Look) -> list[Remark]:
    return [*look.problems, *(look.plan.problems if look.plan else ())]


def told(desk: Office, octets: bytes, language: str = "id", **changes: Any) -> list[str]:
    """Return what is said of a list, in the order of its rows."""
    look = look_at(desk, octets, **changes)
    remarks = problems_of(look)
    remarks += [doubt.remark for doubt in look.plan.doubts] if look.plan else []
    return [
        f"{place_of(remark, language)}: {text_of(remark, language)}".removeprefix(": ")
        for remark in remarks
    ]


# --- the ten ----------------------------------------------------------------------------------


def test_merged_cells(desk: Office) -> None:
    def merge(book: Any) -> None:
        book.active.merge_cells("D3:D5")

    rows = [HEADINGS, camera(1), camera(2), camera(3), camera(4)]
    assert told(desk, xlsx(rows, merge)) == [
        "baris 3, kolom D (Kecamatan): sel D3:D5 digabungkan, jadi baris lainnya kosong; "
        "pisahkan selnya dan isi setiap baris"
    ]


def test_two_rows_of_headings(desk: Office) -> None:
    def merge(book: Any) -> None:
        book.active.merge_cells("E1:F1")

    first: list[object] = [*HEADINGS[:4], "Koordinat", "", "Alamat IP"]
    rows: list[list[object]] = [first, ["", "", "", "", "Lintang", "Bujur", ""], camera(1)]
    for octets in (xlsx(rows, merge), xlsx(rows), csv(rows)):
        assert told(desk, octets, "en") == [
            "row 1: the headings stand in two rows (1 and 2); make them one row: a whole heading "
            "in each column, without merged cells"
        ]


def test_dates_as_text(desk: Office) -> None:
    headings = (*HEADINGS, "Tanggal Pasang")
    texts = ("22/11/2024", "11/22/2024", "akhir 2023", "45618", "22 November 2024")
    rows = [headings, *((*camera(n), text) for n, text in enumerate(texts))]
    assert told(desk, xlsx(rows)) == [
        'baris 3, kolom H (Tanggal Pasang): "11/22/2024" bukan tanggal; '
        "tulis 22/11/2026 (hari, bulan, tahun) atau tahunnya saja",
        'baris 4, kolom H (Tanggal Pasang): "akhir 2023" bukan tanggal; '
        "tulis 22/11/2026 (hari, bulan, tahun) atau tahunnya saja",
        "baris 5, kolom H (Tanggal Pasang): 45618 adalah hitungan hari milik Excel; "
        "ubah format kolom menjadi Tanggal, lalu simpan",
    ]


def test_coordinates_exchanged_or_without_their_point(desk: Office) -> None:
    rows = [
        HEADINGS,
        camera(1, latitude="119,432", longitude="-5,147"),
        camera(2, latitude="-5.147.123"),
        camera(3, latitude=-5147123),
        camera(4, longitude=""),
        camera(5, latitude=48.1, longitude=11.5),
        camera(6, latitude="5°08'49,2\" LS", longitude="119°25'55,2\" BT"),
    ]
    assert told(desk, xlsx(rows), "en") == [
        "row 2, column E (Lintang): latitude and longitude are exchanged; "
        "write latitude -5.147 and longitude 119.432",
        "row 3, column E (Lintang): -5.147.123 has lost its decimal point; "
        "format the column as Text and write it as -5.147123",
        "row 4, column E (Lintang): -5147123 has lost its decimal point; "
        "format the column as Text and write it as -5.147123",
        "row 5, column F (Bujur): latitude or longitude is missing; fill in both or neither",
        "row 6, column E (Lintang): 48.1, 11.5 is not in Indonesia; "
        "latitude goes from -11 to 6, longitude from 95 to 141",
    ]


def test_a_decimal_comma_between_commas(desk: Office) -> None:
    rows = [HEADINGS, camera(1, latitude="-5,147", longitude="119,432"), camera(2)]
    assert told(desk, csv(rows, ","), file="daftar.csv") == [
        "baris 2, kolom H: baris berisi 9 sel, judulnya 7; nilai dengan koma ditulis dalam tanda "
        "kutip, atau pisahkan kolom dengan titik koma; kolom tanpa judul diberi judul"
    ]


def test_ids_that_stand_twice(desk: Office) -> None:
    rows = [HEADINGS, camera(1), camera(2), camera(1, name="Lain")]
    assert told(desk, xlsx(rows)) == [
        "baris 4: A-001 sudah ada di baris 2 dengan isi lain; "
        "perbaiki salah satunya, atau abaikan baris ini"
    ]


def test_formulas_without_their_values_and_with_errors(desk: Office) -> None:
    rows = [HEADINGS, camera(1, address="=A1"), camera(2)]
    said = "sel berisi rumus tanpa hasil yang tersimpan; "
    said += "salin kolomnya, tempel sebagai nilai, lalu simpan"
    assert told(desk, xlsx(rows)) == [f"baris 2, kolom G (Alamat IP): {said}"]
    assert told(desk, csv(rows), file="a.csv") == [f"baris 2, kolom G (Alamat IP): {said}"]

    def error(book: Any) -> None:
        book.active["G3"] = "#REF!"
        book.active["G3"].data_type = "e"

    rows = [HEADINGS, camera(1), camera(2)]
    assert told(desk, xlsx(rows, error), "en") == [
        "row 3, column G (Alamat IP): the cell holds #REF!, which is no value; "
        "mend the formula or write the value"
    ]


def test_sixty_thousand_empty_rows(desk: Office) -> None:
    """They are no mistake: the list is read to its end, and its one bad row is told."""
    octets = xlsx([HEADINGS, camera(1)])
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    empty = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(3, 60_003))
    last = b'<row r="60003"><c r="A60003" t="inlineStr"><is><t>A-9</t></is></c></row>'
    parts[sheet] = parts[sheet].replace(b"</sheetData>", empty + last + b"</sheetData>")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    look = desk.preview(stream.getvalue())
    assert look.table is not None
    assert [row.number for row in look.table.rows] == [2, 60_003]
    blank = csv([HEADINGS, camera(1), *([[""] * 7] * 60_000), camera(2, kind="drone")])
    (line,) = told(desk, blank, file="a.csv")
    assert line.startswith('baris 60003, kolom C (Jenis): jenis "drone" tidak dikenal')


def test_macros(desk: Office) -> None:
    octets = with_part(xlsx([HEADINGS, camera(1)]), "xl/vbaProject.bin", b"\x00" * 64)
    assert told(desk, octets, file="daftar.xlsm") == [
        "berkas berisi makro; makro tidak pernah dijalankan dan berkasnya tidak dibaca; simpan "
        "sebagai Buku Kerja Excel tanpa makro (.xlsx), lalu kirim lagi"
    ]


def test_a_password(desk: Office) -> None:
    """A protected workbook is no ZIP: it is wrapped as a compound file ([MS-OFFCRYPTO] 2.3.1)."""
    wrapped = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    wrapped += "EncryptionInfo".encode("utf-16-le") + bytes(100)
    wrapped += "EncryptedPackage".encode("utf-16-le") + bytes(1000)
    assert told(desk, wrapped) == [
        "berkas dilindungi kata sandi; buka di Excel, hapus kata sandinya (Berkas, Info, Proteksi "
        "Buku Kerja), lalu simpan"
    ]
    old = wrapped.replace("EncryptedPackage".encode("utf-16-le"), b"Workbook".ljust(32))
    assert told(desk, old, "en")[0].startswith("this is an old Excel file (.xls)")


BOMB = """
import io, resource, sys, zipfile
from collector.register.reading import read_list
from collector.register.remarks import ListRefusedError
octets = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_list(octets, "a.xlsx", known={})
except ListRefusedError as error:
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(error.remarks[0].code.value, (after - before) // 1024)
"""


def bomb(declared: int | None) -> bytes:
    """Return a spreadsheet whose sheet unpacks to 160 MB; `declared` is what it admits to."""
    stream = io.BytesIO(xlsx([HEADINGS, camera(1)]))
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            if name != sheet:
                archive.writestr(name, content)
        with archive.open(sheet, "w") as part:
            part.write(parts[sheet].partition(b"<sheetData>")[0] + b"<sheetData>")
            for _ in range(160):
                part.write(b" " * 1_000_000)
    octets = packed.getvalue()
    if declared is not None:
        size = zipfile.ZipFile(io.BytesIO(octets)).getinfo(sheet).file_size
        octets = octets.replace(size.to_bytes(4, "little"), declared.to_bytes(4, "little"))
    return octets


@pytest.mark.parametrize("declared", [None, 100_000])
def test_a_zip_bomb_is_told_in_bounded_memory(tmp_path: Path, declared: int | None) -> None:
    """Whether or not it says how large it is; one that lies is damaged."""
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(bomb(declared))
    assert path.stat().st_size < 3_000_000
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", BOMB, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)),
    )
    word, mib = done.stdout.split()
    assert word == ("zip_bomb" if declared is None else "file_broken")
    assert int(mib) < 60


def test_a_list_that_cannot_be_read_at_all_says_so_in_its_preview(desk: Office) -> None:
    for octets, code in (
        (b"%PDF-1.7 ...", "form_unknown"),
        (b"<html><table>", "form_other"),
        (b"PK\x03\x04" + bytes(100), "file_broken"),
        (b"  \n", "file_empty"),
        (b"a;b\x00c", "not_text"),
        (b'Kode;Nama\n"1;x', "quotes"),
    ):
        view = preview_view(look_at(desk, octets, file="daftar.csv"), "daftar.csv")
        ListPreview.model_validate(view)
        assert [it["code"] for it in view["problems"]] == [code]
        assert view["ready"] is False


# --- and more ---------------------------------------------------------------------------------


def test_an_xml_that_defines_entities_is_not_read(desk: Office) -> None:
    octets = xlsx([HEADINGS, camera(1)])
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            laughs = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
            head, mark, rest = content.partition(b"?>")
            archive.writestr(name, head + mark + laughs + rest if mark else laughs + content)
    assert told(desk, stream.getvalue(), "en") == [
        "the file is damaged (DOCTYPE); open it in Excel or LibreOffice and save it as .xlsx again"
    ]


def test_long_numbers_that_lost_their_digits(desk: Office) -> None:
    rows = [(*HEADINGS, "Nomor Seri"), (*camera(1), 1234567890123456789)]
    (line,) = told(desk, xlsx(rows), "en")
    assert line.startswith("row 2, column H (Nomor Seri): of 1.234567890123457e+18 Excel has kept")


def test_a_list_without_headings_or_names(desk: Office) -> None:
    assert told(desk, xlsx([camera(1), camera(2)]), "en")[0].startswith("row 1: there are no head")
    assert told(desk, xlsx([("Kode", "Alamat IP"), ("a", "10.1.1.1")]), "en")[0].startswith(
        "no column has the names"
    )
    assert told(desk, xlsx([HEADINGS]), "en")[0].startswith("row 1: there are no rows")


def test_what_a_device_refers_to_must_be_there(desk: Office) -> None:
    headings = (*HEADINGS, "Induk", "Kredensial", "Profil")
    rows = [
        headings,
        (*camera(1, area="Silungkang"), "", "", ""),
        (*camera(2), "sw-9", "", ""),
        (*camera(3), "A-004", "", ""),
        (*camera(4), "A-003", "", ""),
        (*camera(5), "", "kota", ""),
        (*camera(6), "", "", "hikvision-camera"),
        (*camera(7), "", "", "hikvision"),
    ]
    lines = told(desk, xlsx(rows), "en")
    assert [line.partition(";")[0] for line in lines] == [
        'row 2, column D (Kecamatan): the area "Silungkang" is not known',
        'row 3, column H (Induk): there is no parent "sw-9" of a-002',
        "row 4, column H (Induk): the parents go round in a circle: a-003 → a-004 → a-003",
        'row 6, column I (Kredensial): there is no credential "kota" in pantau.yaml',
        "row 7, column J (Profil): the profile hikvision-camera needs what a-006 does not have: "
        "snmp",
        'row 8, column J (Profil): there is no profile "hikvision"',
    ]


def test_secrets_are_never_repeated(desk: Office) -> None:
    rows = xlsx([(*HEADINGS, "Kata Sandi"), (*camera(1, address="10.1"), "R4has1a!")])
    look = look_at(desk, rows)
    assert problems_of(look)
    for remark in problems_of(look):
        assert "R4has1a!" not in repr(remark)
        assert "R4has1a!" not in repr(both(remark))


def test_what_an_indonesian_message_tells_to_write_can_be_pasted_as_it_is(desk: Office) -> None:
    rows = [HEADINGS, camera(1, latitude="119,496661", longitude="-5,14753")]
    assert told(desk, xlsx(rows), "id") == [
        "baris 2, kolom E (Lintang): lintang dan bujur tertukar; "
        "tulis lintang -5,14753 dan bujur 119,496661",
    ]
