"""What every store does: inventory, states with their transitions, heartbeats, reads."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from collector.model import (
    CheckState,
    DeviceState,
    Heartbeat,
    Metric,
    MetricGroup,
    Outcome,
    Reason,
    Role,
    Rule,
    Site,
    State,
    Status,
    Table,
    Threshold,
    Verdict,
)
from collector.store import AreaFreshness, CountRow, Store, StoreError
from tests.contract.store_backends import (
    BACKENDS,
    T0,
    at,
    change,
    check,
    city,
    open_backend,
    standard_devices,
    state,
)

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
def filled(store: Store) -> Store:
    store.apply_inventory(city(), T0)
    store.apply_checks([check("cam-1"), check("cam-1", "system"), check("sw-1")], T0)
    return store


# --- inventory --------------------------------------------------------------------------------


def test_applying_an_inventory_creates_its_devices_unknown(store: Store) -> None:
    outcome = store.apply_inventory(city(), T0)
    assert outcome.created == ("cam-1", "sw-1", "sensor-1")
    assert (outcome.changed, outcome.retired) == ((), ())
    assert store.load_states().devices["cam-1"] == DeviceState("cam-1")


def test_applying_the_same_inventory_again_changes_nothing(filled: Store) -> None:
    assert not filled.apply_inventory(city(), at(5))
    assert not filled.apply_checks([check("cam-1"), check("cam-1", "system"), check("sw-1")], at(5))
    row = filled.device("cam-1")
    assert row is not None
    assert row.changed_at == T0


def test_a_device_comes_back_with_all_that_was_applied(filled: Store) -> None:
    camera = standard_devices()[0]
    row = filled.device("cam-1")
    assert row is not None
    for name in camera.__slots__:
        assert getattr(row, name) == getattr(camera, name), name
    assert (row.site_name, row.area, row.area_name) == ("Anjungan Losari", "73.71.01", "Mariso")
    assert (row.latitude, row.longitude) == (-5.14, 119.4)


def test_the_facts_of_a_device_are_those_of_its_row_and_outlive_it(filled: Store) -> None:
    filled.apply_inventory(city(*standard_devices()[1:]), at(5))
    known = {one.id: one for one in filled.facts()}
    assert list(known) == ["cam-1", "sensor-1", "sw-1"]
    row = filled.device("cam-1")
    assert row is not None
    for name in known["cam-1"].__slots__:
        if name != "zone":
            assert getattr(known["cam-1"], name) == getattr(row, name), name
    assert known["sw-1"].zone == "Asia/Makassar"
    assert known["sensor-1"].zone is None


def test_a_change_of_one_field_is_a_change_of_that_device_alone(filled: Store) -> None:
    camera, *others = standard_devices()
    outcome = filled.apply_inventory(city(replace(camera, tags=("baru",)), *others), at(5))
    assert outcome.changed == ("cam-1",)
    assert (outcome.created, outcome.retired) == ((), ())
    row = filled.device("cam-1")
    assert row is not None
    assert (row.tags, row.changed_at, row.created_at) == (("baru",), at(5), T0)


def test_a_device_no_longer_listed_is_retired_and_keeps_its_history(filled: Store) -> None:
    filled.commit([state("cam-1", UP)], [], [change("cam-1", UNKNOWN, UP, 1)])
    outcome = filled.apply_inventory(city(*standard_devices()[1:]), at(5))
    assert outcome.retired == ("cam-1",)
    assert [row.id for row in filled.devices().items] == ["sensor-1", "sw-1"]
    assert set(filled.load_states().devices) == {"sensor-1", "sw-1"}
    assert "cam-1/ping" not in filled.load_states().checks
    assert sum(row.count for row in filled.counts()) == 2
    row = filled.device("cam-1")
    assert row is not None
    assert row.retired_at == at(5)
    assert len(filled.transitions("cam-1").items) == 1


def test_a_retired_device_that_is_listed_again_is_created_with_its_old_state(
    filled: Store,
) -> None:
    filled.commit([state("cam-1", UP, 1)], [], [])
    filled.apply_inventory(city(*standard_devices()[1:]), at(5))
    assert filled.apply_inventory(city(), at(6)).created == ("cam-1",)
    assert filled.load_states().devices["cam-1"] == state("cam-1", UP, 1)


def test_an_inventory_with_a_dangling_reference_is_refused_as_a_whole(filled: Store) -> None:
    camera, *others = standard_devices()
    dangling = city(replace(camera, site="nowhere", name="New name"), *others)
    with pytest.raises(StoreError) as caught:
        filled.apply_inventory(dangling, at(5))
    assert caught.value.permanent
    row = filled.device("cam-1")
    assert row is not None
    assert row.name == camera.name


def test_areas_sites_and_owners_in_use_are_listed_by_id(filled: Store) -> None:
    assert [area.code for area in filled.areas()] == ["73.71", "73.71.01", "73.710"]
    assert filled.areas()[0] == city().areas["73.71"]
    assert [site.id for site in filled.sites()] == ["balai", "far", "losari"]
    assert filled.sites()[2] == Site("losari", "Anjungan Losari", "73.71.01", -5.14, 119.4)
    assert [owner.name for owner in filled.owners()] == ["Dinas Kominfo"]


def test_checks_are_listed_with_their_rule_and_what_is_believed(filled: Store) -> None:
    believed = CheckState("cam-1/ping", Verdict.OK, at(1), at(1), reason=Reason.OK)
    filled.commit([], [believed], [])
    ping, system = filled.checks("cam-1")
    assert (ping.id, ping.probe, ping.interval_seconds) == ("cam-1/ping", "ping", 30.0)
    assert (ping.rule, ping.state) == (Rule(), believed)
    assert system.state == CheckState("cam-1/system")


def test_a_check_that_left_the_plan_is_retired(filled: Store) -> None:
    outcome = filled.apply_checks([check("cam-1"), check("sw-1")], at(1))
    assert outcome.retired == ("cam-1/system",)
    assert [row.id for row in filled.checks("cam-1")] == ["cam-1/ping"]


# --- states and transitions -------------------------------------------------------------------


def test_every_field_of_a_state_comes_back_exactly(filled: Store) -> None:
    odd = at(1) + timedelta(microseconds=1)
    device = DeviceState(
        "cam-1", Status.DOWN, State.UNREACHABLE, T0, odd, Reason.PARENT_DOWN, "kabel", "sw-1",
        flapping=True, last_result_at=odd,
    )  # fmt: skip
    believed = CheckState(
        "cam-1/ping", Verdict.CRITICAL, T0, odd, Verdict.OK, 1, odd, 2, at(2),
        Reason.NO_ANSWER, "3 lost", odd, odd, Outcome.FAILED, 0.25, frozenset({"b", "a"}),
    )  # fmt: skip
    filled.commit([device], [believed], [])
    loaded = filled.load_states()
    assert loaded.devices["cam-1"] == device
    assert loaded.checks["cam-1/ping"] == believed
    row = filled.device("cam-1")
    assert row is not None
    assert row.state == device


def test_transitions_are_given_growing_ids_in_their_order(filled: Store) -> None:
    first = filled.commit([], [], [change("cam-1", UNKNOWN, UP, 1), change("sw-1", UNKNOWN, UP, 0)])
    second = filled.commit([], [], [change("cam-1", UP, DOWN, 2)])
    ids = [t.id for t in first + second]
    assert ids == sorted(i for i in ids if i is not None)
    assert len(set(ids)) == 3
    assert filled.transitions_after(0, 10) == first + second
    assert filled.transitions_after(filled.last_transition_id() - 1, 10) == second


def test_without_transitions_the_last_id_is_zero(filled: Store) -> None:
    assert filled.last_transition_id() == 0
    assert filled.transitions_after(0, 10) == []


def test_a_transition_confirmed_before_it_began_undoes_the_whole_commit(filled: Store) -> None:
    good = change("cam-1", UNKNOWN, UP, 1)
    impossible = replace(change("sw-1", UNKNOWN, UP, 1), confirmed_at=at(0))
    with pytest.raises(StoreError, match="confirmed_after_it_began") as caught:
        filled.commit([state("cam-1", UP)], [], [good, impossible])
    assert caught.value.permanent
    assert filled.load_states().devices["cam-1"].state is UNKNOWN
    assert filled.last_transition_id() == 0


def test_a_state_of_a_device_never_applied_undoes_the_whole_commit(filled: Store) -> None:
    with pytest.raises(StoreError) as caught:
        filled.commit([state("cam-1", UP), state("ghost", UP)], [], [])
    assert caught.value.permanent
    assert filled.load_states().devices["cam-1"].state is UNKNOWN


def test_a_moment_without_a_zone_is_refused(filled: Store) -> None:
    naive = structs.replace(state("cam-1", UP), since_at=datetime(2026, 1, 1))  # noqa: DTZ001 - the point
    with pytest.raises(ValueError, match="no time zone"):
        filled.commit([naive], [], [])


def test_transitions_are_paged_newest_first_and_cut_by_time(filled: Store) -> None:
    log = [change("cam-1", UP, DOWN, n) for n in range(5)]
    filled.commit([], [], [*log, change("sw-1", UP, DOWN, 2)])
    first = filled.transitions("cam-1", limit=2)
    assert [t.at for t in first.items] == [at(4), at(3)]
    second = filled.transitions("cam-1", limit=3, after=first.next)
    assert [t.at for t in second.items] == [at(2), at(1), at(0)]
    assert second.next is None
    within = filled.transitions(start=at(1), end=at(3)).items
    assert sorted((t.device_id, t.at) for t in within) == [
        ("cam-1", at(1)),
        ("cam-1", at(2)),
        ("sw-1", at(2)),
    ]


def test_a_cursor_that_is_none_of_ours_is_refused(filled: Store) -> None:
    with pytest.raises(ValueError, match="abc"):
        filled.transitions(after="abc")


# --- heartbeats -------------------------------------------------------------------------------


def test_a_beat_moves_the_heartbeat_and_the_states_that_moved(filled: Store) -> None:
    assert filled.beat(Heartbeat("main", "run-1", T0, at(1)), [], []) is None
    moved = structs.replace(state("cam-1", UP), last_result_at=at(2))
    believed = CheckState("cam-1/ping", last_result_at=at(2))
    beat = Heartbeat("main", "run-2", at(2), at(2), {"loop_lag_seconds": 0.25})
    assert filled.beat(beat, [believed], [moved]) == "run-1"
    assert filled.collectors() == [beat]
    assert filled.load_states().devices["cam-1"].last_result_at == at(2)
    assert filled.load_states().checks["cam-1/ping"] == believed


_CHECKED = {
    "check_id": "cam-1/ping",
    "verdict": Verdict.OK,
    "since_at": at(1),
    "confirmed_at": at(1),
    "pending": Verdict.NONE,
    "pending_count": 0,
    "pending_since_at": None,
    "critical_count": 0,
    "critical_since_at": None,
    "reason": Reason.OK,
    "detail": "",
    "last_slot_at": at(2),
    "last_result_at": at(2),
    "last_outcome": Outcome.ANSWERED,
    "latency_seconds": 0.1,
    "breached": frozenset[str](),
}
_OTHERWISE = {
    "verdict": Verdict.WARNING,
    "since_at": at(0.5),
    "confirmed_at": at(1.5),
    "pending": Verdict.CRITICAL,
    "pending_count": 1,
    "pending_since_at": at(2),
    "critical_count": 1,
    "critical_since_at": at(2),
    "reason": Reason.THRESHOLD,
    "detail": "35 of 30",
    "last_slot_at": at(3),
    "last_result_at": at(3),
    "last_outcome": Outcome.FAILED,
    "latency_seconds": None,
    "breached": frozenset({"temperature"}),
}
_WATCHED = {
    "device_id": "cam-1",
    "status": Status.UP,
    "state": State.UP,
    "since_at": at(1),
    "confirmed_at": at(1),
    "reason": Reason.OK,
    "detail": "",
    "cause": None,
    "flapping": False,
    "last_result_at": at(2),
}
_WATCHED_OTHERWISE = {
    "status": Status.DOWN,
    "state": State.UNREACHABLE,
    "since_at": at(0.5),
    "confirmed_at": at(1.5),
    "reason": Reason.PARENT_DOWN,
    "detail": "cut off",
    "cause": "sw-1",
    "flapping": True,
    "last_result_at": at(3),
}


def believed(**fields: Any) -> CheckState:
    return CheckState(**{**_CHECKED, **fields})


def watched(**fields: Any) -> DeviceState:
    return DeviceState(**{**_WATCHED, **fields})


def beat_of(minutes: float) -> Heartbeat:
    return Heartbeat("main", "run-1", T0, at(minutes), {})


def test_whatever_moved_since_the_last_heartbeat_is_stored_with_the_next(filled: Store) -> None:
    filled.beat(beat_of(1), [believed()], [watched()])
    for name, value in _OTHERWISE.items():
        filled.beat(beat_of(2), [believed(**{name: value})], [])
        assert filled.load_states().checks["cam-1/ping"] == believed(**{name: value})
        filled.beat(beat_of(3), [believed()], [])
        assert filled.load_states().checks["cam-1/ping"] == believed()
    for name, value in _WATCHED_OTHERWISE.items():
        filled.beat(beat_of(2), [], [watched(**{name: value})])
        assert filled.load_states().devices["cam-1"] == watched(**{name: value})
        filled.beat(beat_of(3), [], [watched()])
        assert filled.load_states().devices["cam-1"] == watched()


def test_what_a_failed_transaction_carried_is_stored_whole_by_the_next(filled: Store) -> None:
    filled.beat(beat_of(1), [believed()], [watched()])
    stranger = CheckState("stranger/ping")
    worse = {"verdict": Verdict.CRITICAL, "reason": Reason.NO_ANSWER}
    with pytest.raises(StoreError):
        filled.beat(beat_of(2), [believed(**worse), stranger], [watched(detail="gone")])
    strange = change("stranger", UP, DOWN, 2)
    with pytest.raises(StoreError):
        filled.commit([watched(detail="gone")], [believed(**worse)], [strange])
    assert filled.load_states().checks["cam-1/ping"] == believed()
    later = believed(**worse, last_slot_at=at(3), last_outcome=Outcome.FAILED)
    gone = watched(detail="gone", last_result_at=at(3))
    filled.beat(beat_of(3), [later], [gone])
    assert filled.load_states().checks["cam-1/ping"] == later
    assert filled.load_states().devices["cam-1"] == gone


# --- reading ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["cam-1", "sensor-1", "sw-1"]),
        ({"kind": "switch"}, ["sw-1"]),
        ({"state": "up"}, ["sw-1"]),
        ({"state": UNKNOWN}, ["cam-1", "sensor-1"]),
        ({"site": "losari"}, ["cam-1"]),
        ({"area": "73.71"}, ["cam-1", "sw-1"]),
        ({"area": "73.71.01"}, ["cam-1"]),
        ({"area": "73.7"}, []),
        ({"owner": "diskominfo"}, ["cam-1"]),
        ({"query": "KAMERA"}, ["cam-1"]),
        ({"query": "10.0.0."}, ["cam-1", "sw-1"]),
        ({"query": "0%"}, ["cam-1"]),
        ({"query": "r_1"}, ["sensor-1"]),
        ({"query": "sw-1", "kind": "camera"}, []),
    ],
)
def test_devices_are_found_by(filled: Store, wanted: dict[str, str], found: list[str]) -> None:
    filled.commit([state("sw-1", UP)], [], [])
    assert [row.id for row in filled.devices(**wanted).items] == found  # type: ignore[arg-type]


def test_devices_are_paged_without_gap_or_repeat(filled: Store) -> None:
    first = filled.devices(limit=2)
    assert [row.id for row in first.items] == ["cam-1", "sensor-1"]
    second = filled.devices(limit=2, after=first.next)
    assert [row.id for row in second.items] == ["sw-1"]
    assert second.next is None


def test_a_check_keeps_the_numbers_of_its_limits(filled: Store) -> None:
    limit = Threshold(warning_above=60.0, critical_above=90.0, clear_margin=5.0)
    cpu = Metric("cpu_percent", "1.3.6", "%", threshold=limit)
    door = Metric("door", "1.3.7", threshold=Threshold(states={"open": Verdict.WARNING}))
    group = MetricGroup("system", "snmp", Role.HEALTH, 60.0, (door,), (Table("cpus", (cpu,)),))
    checks = [check("cam-1"), replace(check("cam-1", "system"), group=group), check("sw-1")]
    assert filled.apply_checks(checks, at(1)).changed == ("cam-1/system",)
    ping, system = filled.checks("cam-1")
    assert ping.limits == {}
    assert system.limits == {"cpu_percent": Threshold(60.0, 90.0)}, "words are no numbers"
    assert not filled.apply_checks(checks, at(2))


def test_an_unknown_device_is_none_and_has_no_checks(filled: Store) -> None:
    assert filled.device("ghost") is None
    assert filled.checks("ghost") == []


def test_devices_are_counted_by_kind_area_and_state(filled: Store) -> None:
    filled.commit([state("sw-1", UP)], [], [])
    assert filled.counts() == [
        CountRow("camera", "73.71.01", UNKNOWN, 1),
        CountRow("sensor", "73.710", UNKNOWN, 1),
        CountRow("switch", "73.71", UP, 1),
    ]


def test_an_area_is_as_fresh_as_the_newest_result_of_what_is_in_use_there(filled: Store) -> None:
    def known() -> dict[str, AreaFreshness]:
        return {one.code: one for one in filled.freshness()}

    filled.commit([structs.replace(state("cam-1", UP), last_result_at=at(7))], [], [])
    period = check("cam-1").interval_seconds
    assert known()["73.71.01"] == AreaFreshness("73.71.01", at(7), period)
    assert known()["73.71"].last_result_at is None
    assert "73.710" not in known(), "nothing is checked there"
    often = replace(check("cam-1"), interval_seconds=5.0)
    filled.apply_checks([often, check("cam-1", "system"), check("sw-1")], at(8))
    assert known()["73.71.01"] == AreaFreshness("73.71.01", at(7), 5.0)
    filled.apply_inventory(city(*standard_devices()[1:]), at(9))
    assert set(known()) == {"73.71"}


def test_the_data_version_moves_with_a_commit_and_only_then(filled: Store) -> None:
    before = filled.data_version()
    filled.devices()
    assert filled.data_version() == before
    filled.commit([state("cam-1", UP)], [], [change("cam-1", UNKNOWN, UP, 1)])
    assert filled.data_version() != before


def test_what_a_glance_shows_stays_while_nobody_writes_and_moves_with_the_version(
    filled: Store, tmp_path: Path
) -> None:
    before, version = filled.glance(), filled.data_version()
    filled.devices()
    assert filled.glance() == before
    _wait_for_another_file_time(tmp_path / "clock")
    filled.commit([state("cam-1", UP)], [], [change("cam-1", UNKNOWN, UP, 1)])
    assert filled.data_version() != version
    assert filled.glance() != before or before is None, "a server's store has nothing to glance at"


def _wait_for_another_file_time(path: Path) -> None:
    """The clock of files ticks every few milliseconds; two commits within a tick look alike."""
    path.touch()
    began = path.stat().st_mtime_ns
    while path.stat().st_mtime_ns == began:
        path.touch()
