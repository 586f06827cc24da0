"""What cells say: coordinates, addresses, dates and kinds as people write them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import Field
from collector.register.columns import Column, Why, field_of, is_secret, meanings
from collector.register.coordinates import (
    BadValueError,
    check_place,
    degrees_of,
    split_pair,
    text_of,
)
from collector.register.names import city_of, id_of, names_of, nested
from collector.register.reading.cells import column_of, letter_of
from collector.register.reading.xlsx_numbers import PLAIN, NumberFormat, format_of, number_text
from collector.register.remarks import Code
from collector.register.values import kind_in, tidy, value_of


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("-5,147", -5.147),
        ("-5.147", -5.147),
        ("\u22125.147", -5.147),  # a minus sign of typographers
        ("5.147 LS", -5.147),
        ("5,147 LU", 5.147),
        ("5°08'49,2\" LS", -5.147),
        ("5\u00ba08\u201949.2\u201d S", -5.147),
        ("119° 25.92' BT", 119.432),
        ("119,432", 119.432),
        ("119,432°", 119.432),
    ],
)
def test_a_coordinate_is_read_as_people_write_it(text: str, degrees: float) -> None:
    assert degrees_of(text) == pytest.approx(degrees, abs=1e-7)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-5147123", Code.COORDINATE_POINT_LOST),
        ("-5.147.123", Code.COORDINATE_POINT_LOST),
        ("119,432,100", Code.COORDINATE_POINT_LOST),
        ("5°61'00\"", Code.NOT_A_COORDINATE),
        ("dekat pasar", Code.NOT_A_COORDINATE),
        ("nan", Code.NOT_A_COORDINATE),
        ("1e2", Code.NOT_A_COORDINATE),
    ],
)
def test_what_is_no_coordinate_says_why(text: str, code: Code) -> None:
    with pytest.raises(BadValueError) as refused:
        degrees_of(text)
    assert refused.value.code is code


@pytest.mark.parametrize(
    "text",
    [
        "-5,147; 119,432", "-5.147, 119.432", "-5.147,119.432", "-5,147, 119,432",
        "-5,147,119,432", "-5,147 119,432", "-5.147 / 119.432", "5,147 LS 119,432 BT",
        "5°08'49.2\"S 119°25'55.2\"E", "5,147 LS, 119,432 BT",
    ],
)  # fmt: skip
def test_both_coordinates_may_stand_in_one_cell(text: str) -> None:
    pair = split_pair(text)
    assert pair is not None
    assert [degrees_of(one) for one in pair] == [-5.147, 119.432]


def test_one_coordinate_is_no_pair() -> None:
    assert [split_pair(text) for text in ("-5,147", "-5.147", "5°08'49\" LS", "")] == [None] * 4


@settings(deadline=None)
@given(st.floats(-11, 6), st.floats(95, 141), st.sampled_from([".", ","]))
def test_every_place_in_the_country_survives_being_written(
    latitude: float, longitude: float, point: str
) -> None:
    written = "; ".join(f"{one:.6f}".replace(".", point) for one in (latitude, longitude))
    pair = split_pair(written)
    assert pair is not None
    found = [degrees_of(one) for one in pair]
    assert found == pytest.approx([latitude, longitude], abs=1e-6)
    check_place(*found)
    assert [float(text_of(one)) for one in found] == found
    with pytest.raises(BadValueError) as refused:
        check_place(found[1], found[0])
    assert refused.value.code is Code.COORDINATES_EXCHANGED


@settings(deadline=None)
@given(st.text(max_size=40), st.sampled_from(list(Field)))
def test_no_cell_breaks_the_reading_and_what_is_read_reads_the_same_again(
    text: str, field: Field
) -> None:
    try:
        value = value_of(field, tidy(text))
    except BadValueError:
        return  # any other fault fails the test
    assert value_of(field, value) == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (Field.MAC, "00-1A-2B-3C-4D-5E", "00:1a:2b:3c:4d:5e"),
        (Field.MAC, "001a.2b3c.4d5e", "00:1a:2b:3c:4d:5e"),
        (Field.ADDRESS, "10.20.3.4/24", "10.20.3.4"),
        (Field.ADDRESS, "2001:DB8::1", "2001:db8::1"),
        (Field.AREA, "737101", "73.71.01"),
        (Field.AREA, "7371011001", "73.71.01.1001"),
        (Field.INSTALLED_ON, "22/11/2026", "2026-11-22"),
        (Field.INSTALLED_ON, "2026-11-22 00:00:00", "2026-11-22"),
        (Field.INSTALLED_ON, "Minggu, 22 Nopember 2026", "2026-11-22"),
        (Field.INSTALLED_ON, "22-11-26", "2026-11-22"),
        (Field.INSTALLED_ON, "2021", "2021"),
        (Field.SERIAL, "e1234", "E1234"),
        (Field.TAGS, "pantai;prioritas", "pantai, prioritas"),
    ],
)
def test_values_take_the_one_form_that_rows_keep(field: Field, text: str, value: str) -> None:
    assert value_of(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        (Field.MAC, "00:00:00:00:00:00", Code.NOT_A_MAC),
        (Field.ADDRESS, "010.020.003.004", Code.NOT_AN_ADDRESS),
        (Field.ADDRESS, "http://10.1.1.1", Code.NOT_AN_ADDRESS),
        (Field.ADDRESS, "224.0.0.1", Code.ADDRESS_NEEDLESS),
        (Field.AREA, "7371010", Code.NOT_AN_AREA),
        (Field.INSTALLED_ON, "29/02/2023", Code.NOT_A_DATE),
        (Field.SNMP_PORT, "65536", Code.NOT_A_PORT),
        (Field.KIND, "drone", Code.UNKNOWN_KIND),
        (Field.NAME, "=HYPERLINK(1)", Code.FORMULA),
        (Field.NAME, "x" * 201, Code.CELL_TOO_LONG),
    ],
)
def test_what_cannot_be_used_says_why(field: Field, text: str, code: Code) -> None:
    with pytest.raises(BadValueError) as refused:
        value_of(field, text)
    assert refused.value.code is code


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Kamera PTZ", "camera"), ("CCTV-017", "camera"), ("NVR CCTV 16 kanal", "recorder"),
        ("Titik Akses", "access_point"), ("Wi-Fi publik", "access_point"), ("AP01", "access_point"),
        ("access_point", "access_point"), ("Mikrotik RB750", "router"), ("Peladen", "server"),
        ("Tiang", None), ("Kapal", None),
    ],
)  # fmt: skip
def test_kinds_are_known_by_peoples_words(text: str, kind: str | None) -> None:
    assert kind_in(text) == kind


# --- columns ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("No. Aset", Field.KEY), ("NAMA PERANGKAT", Field.NAME), ("Lintang (Latitude)",
        Field.LATITUDE), ("Alamat  IP", Field.ADDRESS), ("S/N", Field.SERIAL), ("Merk / Brand",
        Field.VENDOR), ("OPD Pengampu", Field.OWNER_NAME), ("Kec.", Field.AREA_NAME), ("No", None),
        ("Kondisi", None), ("power_feeder", Field.POWER_FEEDER),
    ],
)  # fmt: skip
def test_headings_are_known_by_what_people_call_them(heading: str, field: Field | None) -> None:
    found = field_of(heading)
    assert (None if found is None else found[0]) is field


def test_an_address_of_a_street_and_one_of_the_network_are_told_apart_by_their_values() -> None:
    columns = [Column(0, "A", "Nama"), Column(1, "B", "Alamat"), Column(2, "C", "Address")]
    samples = {1: ["10.1.1.1", "10.1.1.2"], 2: ["Jl. Sudirman 5", "Jl. Veteran"]}
    found = meanings(columns, {}, {}, samples)
    assert [it.field for it in found] == [Field.NAME, Field.ADDRESS, Field.SITE_NAME]


def test_what_a_person_said_goes_before_what_a_heading_is_called() -> None:
    columns = [Column(0, "A", "Kode"), Column(1, "B", "Nama"), Column(2, "C", "Nomor Seri")]
    remembered = {"Kode": Field.NOTE, "Nomor Seri": Field.KEY}
    found = meanings(columns, remembered, {"Kode": None}, {})
    assert [(it.field, it.why) for it in found] == [
        (None, Why.UNUSED),
        (Field.NAME, Why.PROPOSED),
        (Field.KEY, Why.REMEMBERED),
    ]


def test_columns_of_secrets_are_never_used_whatever_was_said() -> None:
    for heading in ("Password", "Kata Sandi", "SNMP Community", "PIN", "User Name", "URL RTSP"):
        assert is_secret(heading), heading
        (found,) = meanings([Column(0, "A", heading)], {}, {heading: Field.NOTE}, {})
        assert (found.field, found.secret) == (None, True)
    for heading in ("Kode Aset", "Nama", "Pengampu", "Tipe"):
        assert not is_secret(heading), heading


# --- names, letters, numbers ------------------------------------------------------------------


@given(st.integers(0, 16_383))
def test_letters_of_columns_go_there_and_back(column: int) -> None:
    assert column_of(letter_of(column)) == column
    assert re.fullmatch("[A-Z]{1,3}", letter_of(column))


def test_the_city_is_the_area_in_which_all_others_lie() -> None:
    assert city_of({"73.71", "73.71.01", "73.71.01.1001"}) == "73.71"
    assert city_of({"73.71.01", "73.71.02"}) is None
    assert city_of(set()) is None
    assert nested("73.71", "73.71.01")
    assert not nested("73.7", "73.71")


def test_new_owners_are_made_once() -> None:
    names = names_of((), (), ())
    assert names.owner(None, "Dinas Perhubungan") == "dinas-perhubungan"
    assert names.owner(None, "DINAS  PERHUBUNGAN") == "dinas-perhubungan"
    assert names.owner(None, None) is None
    assert id_of("Simpang Lima (utara)") == "simpang-lima-utara"


@pytest.mark.parametrize(
    ("written", "style", "text"),
    [
        ("5", PLAIN, "5"),
        ("-5.1470000000000002", PLAIN, "-5.147"),
        ("0.00001", PLAIN, "0.00001"),
        ("12", NumberFormat(digits=5), "00012"),
        ("45618", NumberFormat(date=True), "2024-11-22"),
        ("45618.5", NumberFormat(date=True), "2024-11-22 12:00:00"),
        ("1234567890123456789", PLAIN, None),
    ],
)
def test_numbers_of_spreadsheets_become_what_they_show(
    written: str, style: NumberFormat, text: str | None
) -> None:
    assert number_text(written, style, since_1904=False) == text


def test_formats_tell_dates_from_numbers() -> None:
    assert format_of(14, None).date
    assert format_of(200, "dd/mm/yyyy").date
    assert format_of(200, '[$-421]d mmmm yyyy;@').date  # fmt: skip
    assert not format_of(200, '#,##0.00 "hari"').date
    assert not format_of(0, None).date
    assert format_of(200, "00000").digits == 5
