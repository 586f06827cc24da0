"""Lists of agencies, imported into a real store and a real inventory: planned, done, taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.importing import service
from api.importing.service import NotReadyError, PlanChangedError
from collector.inventory.adopting import InventoryBrokenError
from collector.model import Field
from collector.register.devices import LeftOut
from collector.register.file import NotInPlaceError
from collector.register.plan import Outcome
from collector.register.remarks import Code
from collector.store.register.lists import UndoRefusedError
from tests.lists_made import HEADINGS, Office, camera, csv, office, xlsx


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as opened:
        yield opened


LIST = [HEADINGS, camera(1), camera(2), camera(3)]


def outcomes(desk: Office, rows: list[object], **changes: object) -> dict[str, str]:
    plan = desk.plan(xlsx(rows), **changes)  # type: ignore[arg-type]
    return {item.key: item.outcome.value for item in plan.items}


def test_a_list_becomes_devices_of_an_inventory_file_of_its_own(desk: Office) -> None:
    assert desk.apply(xlsx(LIST)) == (3, 0, 0, 0)
    device = desk.device("a-001")
    assert (device.name, device.kind, device.profile) == ("Kamera 1", "camera", "generic-ping")
    assert device.address == "10.1.0.2"
    site = desk.inventory().sites[device.site]
    assert (site.name, site.area, site.latitude, site.longitude) == (
        "Kamera 1", "73.71.01", -5.147, 119.432
    )  # fmt: skip
    assert "sw-1" in desk.inventory().devices
    assert "Imports write this file anew" in desk.registered.read_text()


def test_the_same_list_again_is_the_same_and_changes_nothing(desk: Office) -> None:
    desk.apply(xlsx(LIST))
    before = desk.registered.read_bytes()
    assert desk.apply(xlsx(LIST)) == (0, 0, 3, 0)
    assert desk.registered.read_bytes() == before


def test_the_same_list_as_csv_with_rows_moved_is_the_same_too(desk: Office) -> None:
    desk.apply(xlsx(LIST))
    rows = [[str(cell).replace(".", ",") if isinstance(cell, float) else cell for cell in row]
            for row in (LIST[0], *LIST[:0:-1])]  # fmt: skip
    assert desk.apply(csv(rows), file="daftar.csv") == (0, 0, 3, 0)
    assert {row.key: row.row for row in desk.store.lists.rows()} == {
        "A-001": 4, "A-002": 3, "A-003": 2
    }  # fmt: skip


def test_a_change_is_told_field_by_field(desk: Office) -> None:
    desk.apply(xlsx(LIST))
    plan = desk.plan(xlsx([HEADINGS, camera(1), camera(2, address="10.2.0.9"), camera(3)]))
    (changed,) = (item for item in plan.items if item.outcome is Outcome.CHANGED)
    (change,) = changed.changes
    assert (changed.key, change.field, change.old, change.new) == (
        "A-002", Field.ADDRESS, "10.1.0.3", "10.2.0.9"
    )  # fmt: skip


def test_what_the_list_has_no_more_is_retired_and_keeps_its_history(desk: Office) -> None:
    desk.apply(xlsx(LIST))
    assert desk.apply(xlsx(LIST[:3])) == (0, 0, 2, 1)
    assert "a-003" not in desk.inventory().devices
    (version,) = desk.store.lists.history(device_id="a-003")
    assert version.until_at is not None


def test_a_key_that_is_back_is_the_device_of_then(desk: Office) -> None:
    desk.apply(xlsx([HEADINGS, camera(1), camera(2, key="77")]))
    before = {row.key: row.device_id for row in desk.store.lists.rows()}["77"]
    desk.apply(xlsx([HEADINGS, camera(1)]))
    desk.apply(xlsx([HEADINGS, camera(1), camera(2, key="77", name="Lain")]))
    assert desk.device(before or "").name == "Lain"


def test_half_a_list_is_doubted_and_retired_only_when_a_person_says_so(desk: Office) -> None:
    desk.apply(xlsx([HEADINGS, *map(camera, range(30))]))
    half = xlsx([HEADINGS, *map(camera, range(15))])
    with pytest.raises(NotReadyError) as refused:
        desk.apply(half)
    assert refused.value.look.plan is not None
    (doubt,) = refused.value.look.plan.doubts
    assert (doubt.remark.code, doubt.remark.values["gone"]) == (Code.MANY_GONE, "15")
    assert len(desk.said()) == 30
    assert desk.apply(half, answers={"": "retire"}) == (0, 0, 15, 15)


def test_a_short_list_of_which_nothing_is_left_is_doubted(desk: Office) -> None:
    desk.apply(xlsx(LIST))
    foreign = xlsx([HEADINGS, *(camera(one, key=f"DLH-{one}") for one in range(50, 53))])
    with pytest.raises(NotReadyError) as refused:
        desk.apply(foreign)
    assert refused.value.look.plan is not None
    assert [it.remark.code for it in refused.value.look.plan.doubts] == [Code.MANY_GONE]
    assert desk.apply(foreign, answers={"": "retire"}) == (3, 0, 0, 3)


def test_who_cannot_put_the_file_in_place_does_not_say_that_nothing_was_changed(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.apply(xlsx(LIST))
    before = desk.registered.read_bytes()

    def full(_config: object, _draft: Path) -> None:
        raise InventoryBrokenError("register.yaml cannot be used: No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(service, "put_in_place", full)
        with pytest.raises(NotInPlaceError, match=r"lists are changed.*pantau import --rewrite"):
            desk.apply(xlsx([*LIST, camera(4)]))
    assert desk.registered.read_bytes() == before
    assert desk.importer.rewrite() == 4
    assert "a-004" in desk.inventory().devices


# --- in doubt ---------------------------------------------------------------------------------


def test_a_changed_key_is_in_doubt_and_not_silently_a_new_device(desk: Office) -> None:
    desk.apply(xlsx(LIST))
    renamed = xlsx([HEADINGS, camera(1), camera(2), camera(3, key="B-999")])
    plan = desk.plan(renamed)
    (doubt,) = plan.doubts
    assert (doubt.key, doubt.remark.code) == ("B-999", Code.RENAMED)
    assert [it.device_id for it in doubt.candidates] == ["a-003"]
    assert not plan.ready
    assert plan.counts.retired == 0
    assert desk.apply(renamed, answers={"B-999": "same:a-003"}) == (0, 1, 2, 0)
    assert desk.device("a-003").name == "Kamera 3"
    assert desk.apply(renamed) == (0, 0, 3, 0)


def test_a_new_device_in_place_of_an_old_one_is_new_when_a_person_says_so(desk: Office) -> None:
    desk.apply(xlsx(LIST))
    renamed = xlsx([HEADINGS, camera(1), camera(2), camera(3, key="B-999")])
    assert desk.apply(renamed, answers={"B-999": "new"}) == (1, 0, 2, 1)
    assert {"b-999"} == desk.inventory().devices.keys() - {"a-001", "a-002", "sw-1"}


def test_an_address_that_another_list_has_is_in_doubt(desk: Office) -> None:
    desk.apply(xlsx(LIST))
    other = xlsx([HEADINGS, camera(1, key="X-1", name="Kamera Losari")])
    plan = desk.plan(other, source="kominfo")
    (doubt,) = plan.doubts
    assert doubt.remark.code is Code.SAME_AS
    assert (doubt.candidates[0].device_id, doubt.candidates[0].because) == ("a-001", Field.ADDRESS)
    desk.apply(other, source="kominfo", answers={"*": "same"}, rank=10)
    assert desk.device("a-001").name == "Kamera Losari"  # its rank is lower
    assert desk.apply(xlsx(LIST)) == (0, 0, 3, 0)


def test_a_device_stays_while_another_list_has_it(desk: Office) -> None:
    desk.apply(xlsx(LIST))
    desk.apply(xlsx([HEADINGS, camera(1, key="X-1")]), source="kominfo", answers={"*": "same"})
    desk.apply(xlsx([HEADINGS, camera(2), camera(3)]))
    assert "a-001" in desk.inventory().devices


def test_the_same_name_alone_makes_no_doubt(desk: Office) -> None:
    desk.apply(xlsx(LIST))
    rows = [HEADINGS, camera(9, name="Kamera 1", latitude="", longitude="")]
    assert desk.plan(xlsx(rows), source="kominfo").ready


def test_a_row_that_stands_twice_is_left_out_when_a_person_says_so(desk: Office) -> None:
    rows = xlsx([HEADINGS, camera(1), camera(1, name="Lain")])
    (doubt,) = desk.plan(rows).doubts
    assert (doubt.remark.code, doubt.remark.row) == (Code.KEY_TWICE, 3)
    assert doubt.remark.values["first"] == "2"
    assert desk.apply(rows, answers={"A-001": "leave_out"}) == (1, 0, 0, 0)
    assert desk.device("a-001").name == "Kamera 1"


def test_a_row_that_says_the_same_twice_counts_once(desk: Office) -> None:
    plan = desk.plan(xlsx([HEADINGS, camera(1), camera(1)]))
    assert plan.ready
    assert plan.counts.created == 1
    assert [note.code for note in plan.notes] == [Code.ROW_TWICE]


# --- what is in force -------------------------------------------------------------------------


def test_a_device_that_people_wrote_stays_as_they_wrote_it(desk: Office) -> None:
    rows = [("ID Pantau", *HEADINGS), ("sw-1", *camera(1, kind="switch", name="Lain"))]
    plan = desk.plan(xlsx(rows))
    (item,) = plan.items
    assert (item.device_id, item.left_out) == ("sw-1", LeftOut.HAND_WRITTEN)
    desk.apply(xlsx(rows))
    assert desk.device("sw-1").name == "Switch Balai"
    (row,) = desk.store.lists.rows()
    assert (row.device_id, row.values[Field.NAME]) == ("sw-1", "Lain")


def test_a_device_without_an_address_is_kept_and_watched_when_a_list_gives_one(
    desk: Office,
) -> None:
    without = [HEADINGS, camera(1, address="-"), camera(2)]
    (item, _) = desk.plan(xlsx(without)).items
    assert item.left_out is LeftOut.NO_ADDRESS
    desk.apply(xlsx(without))
    assert "a-001" not in desk.inventory().devices
    desk.apply(xlsx([HEADINGS, camera(1), camera(2)]))
    assert "a-001" in desk.inventory().devices


def test_owners_and_sites_are_found_by_name_or_made(desk: Office) -> None:
    headings = (*HEADINGS, "OPD", "Lokasi", "Penyedia")
    rows = [
        headings,
        (*camera(1), "Dinas Perhubungan", "Balai Kota", "Icon+"),
        (*camera(2, area="Mamajang"), "Dinas Pariwisata", "Balai Kota", "Icon+"),
        (*camera(3, area="Mamajang"), "dishub", "Benteng", ""),
    ]
    desk.apply(xlsx(rows))
    one, two, three = (desk.device(f"a-00{n}") for n in (1, 2, 3))
    assert (one.owner, three.owner) == ("dishub", "dishub")
    assert desk.inventory().owners[two.owner or ""].name == "Dinas Pariwisata"
    assert desk.inventory().owners[two.link_owner or ""].name == "Icon+"
    assert two.site == "balai"
    assert one.site != "balai"  # the same name in another kecamatan
    assert desk.inventory().sites[three.site].name == "Benteng"
    assert desk.apply(xlsx(rows)) == (0, 0, 3, 0)


def test_parents_are_named_by_keys_and_names_of_the_list(desk: Office) -> None:
    headings = (*HEADINGS, "Perangkat Induk")
    rows = [
        headings,
        (*camera(1, kind="switch"), "sw-1"),
        (*camera(2), "A-001"),
        (*camera(3), "Kamera 1"),
    ]
    desk.apply(xlsx(rows))
    assert [desk.device(f"a-00{n}").parents for n in (1, 2, 3)] == [
        ("sw-1",), ("a-001",), ("a-001",)
    ]  # fmt: skip
    assert desk.apply(xlsx(rows)) == (0, 0, 3, 0)


def test_a_vendor_is_asked_over_snmp_only_with_credentials(desk: Office) -> None:
    desk.config.write_text(
        "data_directory: data\ncredentials: {kota: {version: 2c, community: rahasia}}\n"
    )
    headings = (*HEADINGS, "Merk", "Kredensial")
    rows = [headings, (*camera(1), "Hikvision", ""), (*camera(2), "Hikvision", "kota")]
    desk.apply(xlsx(rows))
    assert desk.device("a-001").profile == "generic-ping"
    assert desk.device("a-002").profile == "hikvision-camera"


def test_columns_that_a_person_named_are_remembered(desk: Office) -> None:
    headings = ("Sandi Barang", *HEADINGS[1:])
    rows = xlsx([("Nomor Unik", *HEADINGS[1:]), camera(1)])
    assert headings
    desk.apply(rows, columns={"nomor unik": Field.KEY})
    assert set(desk.said()) == {"A-001"}
    assert desk.apply(rows) == (0, 0, 1, 0)
    source = desk.store.lists.source("dishub-cctv")
    assert source is not None
    assert source.columns["Nomor Unik"] is Field.KEY


def test_a_list_of_cameras_is_known_by_its_title_and_that_is_said(desk: Office) -> None:
    rows = [["Daftar CCTV Kota"], ["Kode", "Nama", "IP"], ["K-1", "Losari", "10.1.1.1"]]
    plan = desk.plan(xlsx(rows))
    assert [note.code for note in plan.notes] == [Code.AREA_OF_CITY, Code.KIND_GUESSED]
    desk.apply(xlsx(rows))
    device = desk.device("k-1")
    assert (device.kind, desk.inventory().sites[device.site].area) == ("camera", "73.71")


def test_an_inventory_file_is_a_list_as_well(desk: Office) -> None:
    text = """\
areas: [{code: "73.71.01", name: Mariso}]
sites: [{id: losari, name: Losari, area: "73.71.01", latitude: -5.14, longitude: 119.4}]
devices:
  - {id: cam-1, name: Kamera, kind: camera, site: losari, profile: generic-ping,
     address: 10.1.1.1, tags: [prioritas, pantai]}
"""
    assert desk.apply(text.encode(), file="kota-lama.yaml") == (1, 0, 0, 0)
    device = desk.device("cam-1")
    assert (device.site, device.tags) == ("losari", ("prioritas", "pantai"))
    assert desk.inventory().sites["losari"].latitude == -5.14
    assert desk.apply(text.encode(), file="kota-lama.yaml") == (0, 0, 1, 0)


def test_a_kecamatan_that_the_inventory_does_not_have_yet_is_known_by_its_official_name(
    desk: Office,
) -> None:
    rows = [HEADINGS, camera(1, area="Kec. Tallo"), camera(2, area="Tallo")]
    plan = desk.plan(xlsx(rows))
    assert plan.names is not None
    ((code, name),) = plan.names.new_areas.items()
    assert (code[:6], name) == ("73.71.", "Tallo")
    desk.apply(xlsx(rows))
    assert desk.inventory().areas[code].parent == "73.71"
    assert desk.apply(xlsx(rows)) == (0, 0, 2, 0)
    foreign = desk.preview(xlsx([HEADINGS, camera(1, area="Silungkang")])).plan
    assert foreign is not None
    assert [it.code for it in foreign.problems] == [Code.UNKNOWN_AREA]  # of another city


# --- all or nothing ---------------------------------------------------------------------------


def test_one_bad_row_keeps_the_whole_list_out(desk: Office) -> None:
    rows = xlsx([HEADINGS, camera(1), camera(2, address="10.1.1"), camera(3, kind="drone")])
    with pytest.raises(NotReadyError) as refused:
        desk.apply(rows)
    plan = refused.value.look.plan
    assert plan is not None
    found = [(it.code, it.row, it.column, it.heading) for it in plan.problems]
    assert found == [
        (Code.NOT_AN_ADDRESS, 3, "G", "Alamat IP"),
        (Code.UNKNOWN_KIND, 4, "C", "Jenis"),
    ]
    assert desk.said() == {}
    assert not desk.registered.exists()
    assert desk.store.lists.sources() == []


def test_what_was_previewed_is_what_is_done(desk: Office) -> None:
    seen = desk.plan(xlsx(LIST)).digest()
    desk.apply(xlsx([HEADINGS, camera(1)]))
    wanted = desk.wanted(xlsx(LIST))
    with pytest.raises(PlanChangedError):
        desk.importer.apply(wanted, author="sari", plan=seen)
    desk.importer.apply(wanted, author="sari", plan=desk.plan(xlsx(LIST)).digest())


def test_an_undo_gives_back_file_and_rows_as_they_were(desk: Office) -> None:
    desk.apply(xlsx(LIST))
    file, said = desk.registered.read_bytes(), desk.said()
    desk.apply(xlsx([HEADINGS, camera(1, name="Salah"), camera(2), camera(8)]))
    assert desk.registered.read_bytes() != file
    desk.importer.undo(2, author="budi")
    assert (desk.registered.read_bytes(), desk.said()) == (file, said)
    with pytest.raises(UndoRefusedError):
        desk.importer.undo(2, author="budi")
    desk.importer.undo(1, author="budi")
    assert desk.said() == {}
    assert "a-001" not in desk.inventory().devices


def test_a_file_that_was_not_written_is_made_good_by_writing_it_anew(desk: Office) -> None:
    desk.apply(xlsx(LIST))
    before = desk.registered.read_bytes()
    desk.registered.unlink()
    assert desk.importer.rewrite() == 3
    assert desk.registered.read_bytes() == before


def test_an_inventory_that_cannot_be_read_is_told_and_nothing_is_imported(desk: Office) -> None:
    (desk.folder / "inventory" / "kota.yaml").write_text("devices: [{id: }]\n")
    with pytest.raises(InventoryBrokenError, match="check-config"):
        desk.apply(xlsx(LIST))
    assert desk.said() == {}


def test_a_device_that_is_written_by_hand_later_leaves_the_register(desk: Office) -> None:
    desk.apply(xlsx(LIST))
    own = desk.folder / "inventory" / "sendiri.yaml"
    own.write_text(
        "devices: [{id: a-001, name: Sendiri, kind: camera, site: balai,"
        " profile: generic-ping, address: 10.0.0.7}]\n"
    )
    desk.apply(xlsx(LIST))
    assert desk.device("a-001").name == "Sendiri"


def test_the_secrets_that_a_list_holds_go_nowhere(desk: Office) -> None:
    rows = xlsx([(*HEADINGS, "Password"), (*camera(1), "R4has1a!")])
    look = desk.preview(rows)
    assert "R4has1a!" not in repr(look.plan.items if look.plan else "")
    assert Code.SECRET_COLUMN in [note.code for note in look.plan.notes] if look.plan else False
    desk.apply(rows, columns={"Password": Field.NOTE})
    assert "R4has1a!" not in repr(desk.said())
    assert "R4has1a!" not in desk.registered.read_text()
