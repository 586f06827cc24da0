"""Lists held against each other and against the network: what is found, and what is not."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import Area, Field, Site, SourceRow
from collector.model.findings import (
    Action,
    Finding,
    FindingKind,
    NetworkDevice,
    RowRef,
    Ruling,
    Stranger,
)
from collector.register.identities import MAC, SERIAL, mac_of, serial_of
from collector.register.matching import Grounds, reconcile
from collector.register.matching.names import likeness, marks_differ, name_of
from simulators.city import build_city
from simulators.lists import make_lists
from simulators.lists.writing import key_of
from tests.unit.simulated_lists import LISTED_AT, NOW, grounds_of, judge

AREAS = (Area("73.71", "Kota"), Area("73.71.01", "Mariso"), Area("73.71.09", "Panakkukang"))
SITES = tuple(
    Site(f"{code[-2:]}-{n}", f"T{n}", code, south + n * 0.001, 119.4)
    for code, south in (("73.71.01", -5.16), ("73.71.09", -5.12))
    for n in range(8)
)


def row(source: str, key: str, device_id: str | None = None, **values: str) -> SourceRow:
    said = {Field(name): value for name, value in values.items()}
    return SourceRow(source, key, said, 2, 1, LISTED_AT, device_id)


def device(id_: str, address: str, **more: object) -> NetworkDevice:
    made = NetworkDevice(
        id=id_,
        name=id_,
        kind="camera",
        area="73.71.01",
        watched_from=LISTED_AT,
        address=address,
        first_seen_at=LISTED_AT,
    )
    return replace(made, **more)  # type: ignore[arg-type] # fields of the dataclass


def found(*rows: SourceRow, devices: tuple[NetworkDevice, ...] = (), **more: object) -> list[str]:
    return [f"{it.kind}:{it.field or ''}" for it in findings(*rows, devices=devices, **more)]


def findings(
    *rows: SourceRow, devices: tuple[NetworkDevice, ...] = (), **more: object
) -> list[Finding]:
    return reconcile(Grounds(rows, devices, **more), NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(("devices", "seed"), [(60, 1), (400, 5)])
def test_planted_faults_are_found_and_none_are_invented(devices: int, seed: int) -> None:
    lists = make_lists(build_city(devices, seed))
    made = reconcile(grounds_of(lists), NOW)
    score = judge(made, key_of(lists)["faults"])  # type: ignore[arg-type]
    assert score.found_share >= 0.98, score
    assert score.invented_share <= 0.01, score
    together = [set(it.rows) for it in made if it.kind is FindingKind.DUPLICATE]
    for one, other in lists.lookalikes:
        assert not any({RowRef(*one), RowRef(*other)} <= rows for rows in together)


def test_rows_of_one_name_alone_are_two_devices() -> None:
    one = row("a", "1", name="Kamera Pasar Melati 3", kind="camera")
    other = row("b", "9", name="Kamera Pasar Melati 3", kind="camera")
    assert found(one, other) == []


def test_one_name_in_one_place_is_a_hint_and_merges_nothing() -> None:
    place = {"latitude": "-5.15000", "longitude": "119.40000", "kind": "camera"}
    one = row("a", "1", name="Kamera Pasar Melati 3", vendor="Dahua", **place)
    other = row("b", "9", name="CCTV PASAR MELATI 03", vendor="Axis", **place)
    (hint,) = findings(one, other)  # and no conflict about the vendor: nobody said they are one
    assert (hint.kind, hint.weight) == (FindingKind.DUPLICATE, 0.5)
    assert (
        found(one, replace(other, values={**other.values, Field.NAME: "CCTV PASAR MELATI 4"})) == []
    )


def test_a_number_in_common_is_one_device_whatever_the_names() -> None:
    one = row("a", "1", name="Simpang A", serial="KT-77 001", mac="02:00:00:00:00:01")
    other = row("b", "9", name="Depan kantor", serial="kt77001", mac="0200.0000.0001")
    (made,) = findings(one, other)
    assert made.kind is FindingKind.DUPLICATE
    assert made.rows == (RowRef("a", "1"), RowRef("b", "9"))
    assert {it.field: it.agrees for it in made.evidence}[Field.SERIAL] is True


@pytest.mark.parametrize("serial", ["", "N/A", "0000000", "-", "To be filled by O.E.M.", "unknown"])
def test_a_placeholder_is_no_serial_number(serial: str) -> None:
    assert serial_of(serial) is None
    assert found(row("a", "1", serial=serial), row("b", "2", serial=serial)) == []


def test_cameras_behind_one_recorder_share_its_address() -> None:
    rows = [
        row("a", str(n), name=f"Kamera Pasar {n}", kind="camera", address="10.0.0.9")
        for n in range(1, 5)
    ]
    assert found(*rows, ghost_after=timedelta(days=900)) == []


def test_two_devices_of_one_address_are_a_conflict() -> None:
    one = row("a", "1", name="Kamera Utara", kind="camera", address="10.0.0.9", serial="AA1111")
    other = row("b", "2", name="Router Aula", kind="router", address="10.0.0.9", serial="BB2222")
    assert found(one, other, ghost_after=timedelta(days=900)) == ["conflict:address"]


def test_what_is_decided_to_be_one_device_is_no_duplicate_but_may_contradict() -> None:
    one = row("a", "1", "cam-1", address="10.0.0.9", model="X1")
    other = row("b", "2", "cam-1", address="10.0.0.9", model="Y2")
    assert found(one, other, devices=(device("cam-1", "10.0.0.9"),)) == ["conflict:model"]


def test_a_decision_that_two_are_different_ends_their_conflicts_until_a_row_changes() -> None:
    one = row("a", "1", address="10.0.0.9", mac="02:00:00:00:00:01", model="X1")
    other = row("b", "2", address="10.0.0.9", mac="02:00:00:00:00:01", model="Y2")
    seen = (device("cam-1", "10.0.0.9"),)
    conflict, duplicate = findings(one, other, devices=seen)
    assert conflict.field is Field.MODEL
    ruling = Ruling(
        duplicate.id, duplicate.kind, Action.DIFFERENT, "", "ani", NOW, duplicate.digest
    )
    rulings = {duplicate.id: ruling}
    assert found(one, other, devices=seen, rulings=rulings) == ["duplicate:"]
    changed = replace(other, values={**other.values, Field.ADDRESS: "10.0.0.10"})
    kinds = sorted(found(one, changed, devices=seen, rulings=rulings))
    assert kinds == ["conflict:address", "conflict:model", "duplicate:"]


def test_what_answers_elsewhere_has_moved_and_where_it_is_now_is_proposed() -> None:
    listed = row("a", "1", address="10.0.0.9", serial="KT0001")
    now_at = device("cam-7", "10.0.0.77", identities={SERIAL: ("KT0001",)})
    (moved,) = findings(listed, devices=(now_at,))
    assert (moved.kind, moved.field) == (FindingKind.MOVED, Field.ADDRESS)
    assert moved.proposal.values == {Field.ADDRESS: "10.0.0.77"}


def test_another_serial_number_at_the_listed_address_is_a_conflict_with_the_network() -> None:
    listed = row("a", "1", "cam-7", address="10.0.0.7", serial="KT0001")
    answers = device("cam-7", "10.0.0.7", identities={SERIAL: ("ZZ9999",)}, is_listed=True)
    (conflict,) = findings(listed, devices=(answers,))
    assert (conflict.kind, conflict.field) == (FindingKind.CONFLICT, Field.SERIAL)
    assert conflict.proposal.values == {Field.SERIAL: "ZZ9999"}


def test_a_device_of_many_ports_agrees_with_a_list_that_names_any_of_them() -> None:
    listed = row("a", "1", "sw-1", address="10.0.0.7", mac="02:00:00:00:00:05")
    macs = tuple(f"02:00:00:00:00:{port:02x}" for port in range(24))
    switch = device("sw-1", "10.0.0.7", identities={MAC: macs}, is_listed=True)
    assert found(listed, devices=(switch,)) == []


@pytest.mark.parametrize(("days", "expected"), [(3, []), (20, ["ghost:"])])
def test_what_never_answered_is_a_ghost_only_when_it_was_asked_for_long(
    days: int, expected: list[str]
) -> None:
    listed = row("a", "1", "cam-9", address="10.0.0.9")
    silent = device(
        "cam-9", "10.0.0.9", first_seen_at=None, is_listed=True,
        watched_from=NOW - timedelta(days=days),
    )  # fmt: skip
    young = replace(listed, seen_at=NOW - timedelta(days=days))
    assert found(young, devices=(silent,)) == expected


def test_a_row_without_an_address_cannot_be_a_ghost() -> None:
    assert found(row("a", "1", name="Kamera Taman")) == []


def test_what_was_seen_and_is_in_no_list_is_unknown() -> None:
    heard = Stranger(4, "tasmota_99", LISTED_AT, NOW, address="10.0.0.50")
    listed = row("a", "1", address="10.0.0.1")
    devices = (device("cam-1", "10.0.0.1"), device("cam-2", "10.0.0.2"))
    made = findings(listed, devices=devices, strangers=(heard,))
    assert [(it.kind, it.devices, it.heard) for it in made] == [
        (FindingKind.UNKNOWN, ("cam-2",), None),
        (FindingKind.UNKNOWN, (), "tasmota_99"),
    ]
    assert found(devices=devices, strangers=(heard,)) == []  # without lists nothing is unlisted


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"latitude": "-5.159", "longitude": "119.4", "area": "73.71.01"}, []),
        ({"latitude": "119.4", "longitude": "-5.159", "area": "73.71.01"}, ["latitude"]),
        ({"latitude": "-5.159", "longitude": "119.4", "area": "73.71.09"}, ["area"]),
        ({"latitude": "-5.159", "longitude": "119.4", "area_name": "Kec. Panakkukang"}, ["area"]),
        ({"latitude": "-5.159", "longitude": "119.4", "area": "73.71.01.1002"}, []),
        ({"latitude": "-2.1", "longitude": "104.4", "area": "73.71.01"}, ["latitude"]),
        ({"latitude": "-5.136", "longitude": "119.4", "area": "73.71.09"}, []),  # between both
    ],
)
def test_coordinates_are_held_against_the_area(values: dict[str, str], expected: list[str]) -> None:
    made = findings(row("a", "1", **values), areas=AREAS, sites=SITES)
    assert [it.field for it in made if it.kind is FindingKind.WRONG_AREA] == expected


@given(st.text(min_size=1, max_size=20))
@settings(deadline=None, max_examples=50)
def test_ids_are_those_by_which_findings_were_decided_before(key: str) -> None:
    rows = [
        row("dishub", key, name="Kamera", serial="SN-1001", area="73.71.01"),
        row("diskominfo", key, name="Kamera", serial="SN-1001", area="73.71.01"),
    ]
    found = [it for it in reconcile(Grounds(rows), NOW) if it.kind is FindingKind.DUPLICATE]
    said = [
        [it.field.value, [[s.who, s.key, s.value] for s in it.said]] for it in found[0].evidence
    ]
    about: list[object] = ["duplicate", None, [["dishub", key], ["diskominfo", key]]]
    for made, of in ((found[0].id, about), (found[0].digest, said)):
        text = json.dumps(of, ensure_ascii=False, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest().startswith(made)


def test_findings_keep_their_ids_and_their_digests_tell_change() -> None:
    one = row("a", "1", serial="KT0001")
    other = row("b", "9", serial="KT0001")
    (before,) = findings(one, other)
    (again,) = findings(other, one)
    assert (again.id, again.digest) == (before.id, before.digest)
    (later,) = findings(one, replace(other, values={**other.values, Field.VENDOR: "Axis"}))
    assert later.id == before.id
    assert later.digest != before.digest


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("00-1A-2B-3C-4D-5E", "00:1a:2b:3c:4d:5e"),
        ("001a.2b3c.4d5e", "00:1a:2b:3c:4d:5e"),
        ("0:1a:2b:3c:4d:5e", "00:1a:2b:3c:4d:5e"),
        ("0x001a2b3c4d5e", "00:1a:2b:3c:4d:5e"),
        ("ff:ff:ff:ff:ff:ff", None),
        ("01:00:5e:00:00:01", None),
        ("00:00:00:00:00:00", None),
        ("", None),
        ("kamera", None),
    ],
)
def test_mac_addresses_have_one_form(text: str, mac: str | None) -> None:
    assert mac_of(text) == mac


def test_names_are_alike_and_neighbours_are_told_apart() -> None:
    one, other = name_of("Kamera Simpang Melati 3"), name_of("CCTV SPG MELATI 03")
    assert likeness(one, other) == 1.0
    assert not marks_differ(one, other)
    assert likeness(name_of("Taman Kenanga"), name_of("Taman Kenangga")) > 0.9
    assert marks_differ(name_of("Pasar Utara"), name_of("Pasar Selatan"))
    assert likeness(name_of("Pasar"), name_of("Terminal")) == 0.0


texts = st.text(max_size=30)
rows_of_anything = st.lists(
    st.builds(
        lambda source, key, values: row(source, key, **values),
        st.sampled_from("abc"),
        st.text(min_size=1, max_size=5),
        st.fixed_dictionaries(
            {},
            optional={
                "name": texts,
                "serial": st.sampled_from(["KT0001", "KT0002", "??", ""]),
                "mac": st.sampled_from(["02:00:00:00:00:01", "x", "02:00:00:00:00:02"]),
                "address": st.sampled_from(["10.0.0.1", "10.0.0.2", "999.1.1.1", "::1", ""]),
                "latitude": st.sampled_from(["-5.15", "119.4", "nan", "inf", "1e400", "x"]),
                "longitude": st.sampled_from(["119.4", "-5.15", "", "0"]),
                "area": st.sampled_from(["73.71.01", "99"]),
                "kind": st.sampled_from(["camera", "router"]),
            },
        ),
    ),
    max_size=12,
    unique_by=lambda it: (it.source, it.key),
)


@settings(deadline=None, max_examples=40)
@given(rows_of_anything)
def test_whatever_lists_say_something_in_common_stands_behind_each_duplicate(
    rows: list[SourceRow],
) -> None:
    seen = (device("cam-1", "10.0.0.1", identities={SERIAL: ("KT0001",)}),)
    made = findings(*rows, devices=seen, areas=AREAS, sites=SITES)
    assert len({it.id for it in made}) == len(made)
    assert made == findings(*reversed(rows), devices=seen, areas=AREAS, sites=SITES)
    by_ref = {RowRef(it.source, it.key): it for it in rows}
    for it in made:
        assert 0 < it.weight <= 1
        if it.kind is FindingKind.DUPLICATE:
            shared = {
                name
                for name in (Field.SERIAL, Field.MAC, Field.ADDRESS, Field.LATITUDE)
                if any(by_ref[ref].values.get(name) for ref in it.rows)
            }
            assert shared
