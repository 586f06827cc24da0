"""Codes of areas by date: from a file to uptime of the past under the code of its time."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from api.cli import main
from collector.area_codes import AreaCode, AreaFileError, AreaRegister, founding, read_codes
from collector.model import Area, Site
from collector.store import Store
from tests.api_city import NOON, City, Inventory, client_of, inventory, make_city

SPLIT = """kode;nama;kode_bps;berlaku_mulai;berlaku_sampai;menggantikan;dasar
73.71.16;Tallo Utara;;01/11/2026;;73.71.07;Kepmendagri
73.71.17;Tallo Selatan;7371111;2026-11-01;;73.71.07;Kepmendagri
73.71.01;Mariso Baru;;2026-11-01;;;Kepmendagri
"""


def put(store: Store, text: str) -> None:
    codes = read_codes(text.encode(), frozenset({"73.71.07"}))
    store.area_codes.put(codes, "rina", NOON, "areas.csv")


# --- codes ------------------------------------------------------------------------------------


def test_the_founding_cities_and_their_kecamatan_are_known_from_the_start() -> None:
    codes = AreaRegister(founding())
    today = date(2026, 11, 22)
    cities = {one.code: one for one in codes if one.code.count(".") == 1}
    assert {code: one.bps for code, one in cities.items()} == {
        "13.73": "1373", "71.74": "7174", "73.24": "7325", "73.71": "7371",
    }  # fmt: skip
    counts = {code: sum(one.code.startswith(f"{code}.") for one in codes) for code in cities}
    assert counts == {"13.73": 4, "71.74": 4, "73.24": 11, "73.71": 15}
    tallo = codes.at("73.71.07", today)
    assert tallo is not None
    assert (tallo.name, tallo.basis) == ("Tallo", "Kepmendagri 300.2.2-2430/2025")


def test_a_split_area_had_its_old_code_and_a_renamed_one_its_old_name() -> None:
    codes = AreaRegister([*founding(), *read_codes(SPLIT.encode(), frozenset({"73.71.07"}))])
    before, after = date(2026, 10, 31), date(2026, 11, 1)
    for code in ("73.71.16", "73.71.17"):
        then = codes.then(code, before)
        assert then is not None
        assert (then.code, then.name, then.valid_to) == ("73.71.07", "Tallo", before)
        assert codes.at(code, before) is None
    assert codes.at("73.71.07", after) is None
    renamed = [codes.then("73.71.01", day) for day in (before, after)]
    assert [one.name for one in renamed if one] == ["Mariso", "Mariso Baru"]


def test_of_a_union_it_is_not_known_which_part_a_device_came_from() -> None:
    union = AreaCode(
        "73.71.18", "Satu", valid_from=date(2026, 1, 1), replaces=("73.71.02", "73.71.03")
    )
    codes = AreaRegister([*founding(), union])
    assert codes.then("73.71.18", date(2025, 12, 31)) is None
    assert codes.at("73.71.02", date(2026, 1, 1)) is None


def test_codes_that_lead_in_a_circle_end() -> None:
    codes = AreaRegister(
        [
            AreaCode("11.01", "A", valid_from=date(2026, 1, 1), replaces=("11.02",)),
            AreaCode("11.02", "B", valid_from=date(2026, 1, 1), replaces=("11.01",)),
        ]
    )
    assert codes.then("11.01", date(2025, 1, 1)) is None


BAD = {
    "code,nama\n7371,Makassar\n": 'row 2, "code": "7371" is no Kemendagri code',
    "kode,nama\n73.71,\n": 'row 2, "nama": write the name',
    "kode,nama,kode_bps\n73.71,Makassar,73.71\n": 'row 2, "kode_bps": "73.71" is no BPS code',
    "kode,nama,berlaku_mulai\n73.71,Makassar,31/31/2026\n": 'row 2, "berlaku_mulai": "31/31/2026"',
    "kode,nama,valid_from,valid_to\n73.71,M,2026-02-01,2026-01-01\n": "is before valid_from",
    "kode,nama,menggantikan\n73.71,M,73.70\n": "from when on this code replaces others",
    "kode,nama,menggantikan,berlaku_mulai\n73.71,M,73.70,2026-01-01\n": "which nobody knows",
    "kode,nama\n73.71,M\n73.71,N\n": "row 3: 73.71 is in row 2 for the same time",
    "kode,nama,warna\n": 'row 1, "warna": is no heading',
    "kode,kode,nama\n": "is there twice",
    "nama\nMakassar\n": "there is no column code",
    "": "there is no column code",
}


@pytest.mark.parametrize("text", BAD)
def test_a_mistake_is_told_with_row_and_column(text: str) -> None:
    with pytest.raises(AreaFileError) as told:
        read_codes(text.encode())
    assert BAD[text] in str(told.value)


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=100)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    codes: list[AreaCode] = []
    with suppress(AreaFileError):
        codes = read_codes(data)
    assert all(one.code and one.name for one in codes)


# --- the store and uptime ---------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing_and_another_process_sees_it(tmp_path: Path) -> None:
    codes = read_codes(SPLIT.encode(), frozenset({"73.71.07"}))
    with Store.open(tmp_path / "pantau.db") as store, Store.open(tmp_path / "pantau.db") as other:
        assert len(list(other.area_codes.register())) == len(founding())
        first = store.area_codes.put(codes, "rina", NOON, "areas.csv")
        assert (first.created, first.changed, first.same) == (3, 0, 0)
        again = store.area_codes.put(codes, "rina", NOON + timedelta(days=1), "areas.csv")
        assert (again.created, again.changed, again.same) == (0, 0, 3)
        assert len(list(other.area_codes.register())) == len(founding()) + 3
        renamed = [replace(codes[0], name="Tallo Barat")]
        assert store.area_codes.put(renamed, "rina", NOON).changed == 1
        actions = [one.action for one in store.audit.page(limit=9).items]
    assert actions == ["area.import"] * 2


@pytest.fixture
def city(tmp_path: Path) -> City:
    """A city whose Tallo was split on 1 November, and whose devices were moved there."""
    city = make_city(tmp_path)
    put(city.store, SPLIT)
    listed = inventory()
    moved = Inventory(
        {**listed.areas, "73.71.16": Area("73.71.16", "Tallo Utara", None, "73.71")},
        listed.owners,
        {**listed.sites, "tallo-01": Site("tallo-01", "Jembatan Tallo", "73.71.16")},
        listed.devices,
    )
    with city.store._database.write() as connection:  # they were there all the time
        connection.exec_driver_sql("UPDATE devices SET created_at = 0")
    city.store.apply_inventory(moved, NOON)
    city.clock.advance(86_400)
    return city


async def test_uptime_of_the_past_stands_under_the_codes_of_its_time(city: City) -> None:
    with city:
        client = client_of(city.app(), city.token())
        keys = {}
        for month in ("2026-10", "2026-11"):
            answer = await client.get("/api/v1/uptime", params={"month": month, "group_by": "area"})
            keys[month] = {one["key"]: one["name"] for one in answer.json()["items"]}
        old = await client.get("/api/v1/uptime?month=2026-10&area=73.71.07")
        areas = (await client.get("/api/v1/areas")).json()["items"]
        codes = (await client.get("/api/v1/areas/codes?within=73.71&at=2026-11-22&limit=5")).json()
        rest = (
            await client.get(
                "/api/v1/areas/codes",
                params={"within": "73.71", "at": "2026-11-22", "cursor": codes["next"]},
            )
        ).json()
    assert keys["2026-10"] == {"73.71.01": "Mariso", "73.71.07": "Tallo"}
    assert keys["2026-11"] == {"73.71.01": "Mariso", "73.71.16": "Tallo Utara"}
    assert [one["key"] for one in old.json()["items"]] == ["sensor-0001"]
    tallo = next(one for one in areas if one["code"] == "73.71.16")
    assert (tallo["valid_from"], tallo["replaces"]) == ("2026-11-01", ["73.71.07"])
    names = [one["name"] for one in codes["items"] + rest["items"]]
    assert (len(names), rest["next"]) == (17, None)
    assert {"Tallo", "Mariso"}.isdisjoint(names)


def run(folder: Path, *words: str) -> Result:
    (folder / "pantau.yaml").write_text("data_directory: .\n")
    return CliRunner().invoke(main, ["area", *words, "--config", str(folder / "pantau.yaml")])


def test_the_command_puts_a_file_in_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text(SPLIT, encoding="cp1252")
    planned = run(tmp_path, "import", str(file), "--dry-run")
    assert planned.stdout.splitlines()[0] == "3 created, 0 changed, 0 the same"
    assert json.loads(run(tmp_path, "import", str(file), "--json").stdout)["created"] == 3
    file.write_text(SPLIT + "x;y;;;;;\n")
    wrong = run(tmp_path, "import", str(file))
    assert wrong.exit_code == 1
    assert 'row 5, "kode": "x"' in wrong.stderr
    listed = run(tmp_path, "list", "73.71.07", "--json")
    assert json.loads(listed.stdout)[0]["valid_to"] == "2026-10-31"
    assert run(tmp_path, "list", "--at", "gestern").exit_code == 2
    assert "Tallo Utara" in run(tmp_path, "list", "--at", "2026-11-22").stdout
