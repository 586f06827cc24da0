"""Incidents as people see and handle them: pages, timelines, claims, figures."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from collector.model import CauseClass, CauseRule, IncidentEventKind, State, Transition
from collector.store import (
    IncidentDetail,
    IncidentFilter,
    IncidentPhase,
    IncidentRefusedError,
    Refusal,
    Store,
    UnknownIncidentError,
)
from tests.contract.store_backends import BACKENDS, T0, at, change, open_backend
from tests.contract.test_store_incidents import cut_off, log, put_down_to, town

UP, DOWN, UNREACHABLE = State.UP, State.DOWN, State.UNREACHABLE
NOW = at(100)
ANY = IncidentFilter()


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(town(), T0)
        yield opened


@pytest.fixture
def busy(store: Store) -> Store:
    """One incident that is open with a camera behind it, one recovered, one long resolved."""
    log(store, change("sw-3", UP, DOWN, -3000), change("sw-3", DOWN, UP, -2990))
    log(store, change("sw-2", UP, DOWN, 10), change("sw-2", DOWN, UP, 20))
    log(store, change("sw-1", UP, DOWN, 30), cut_off("cam-1", 31))
    return store


def ids(store: Store, now: datetime = NOW, **wanted: object) -> list[int | None]:
    found = store.incidents.page(IncidentFilter(**wanted), now)  # type: ignore[arg-type]
    return [row.incident.id for row in found.items]


def got(store: Store, incident_id: int, now: datetime = NOW) -> IncidentDetail:
    found = store.incidents.get(incident_id, now)
    assert found is not None
    return found


# --- reading ----------------------------------------------------------------------------------


def test_incidents_come_newest_first_and_filters_narrow_them(busy: Store) -> None:
    assert ids(busy) == [3, 2, 1]
    assert ids(busy, phase=IncidentPhase.OPEN) == [3]
    assert ids(busy, phase=IncidentPhase.RECOVERED) == [2]
    assert ids(busy, phase=IncidentPhase.RESOLVED) == [1]
    assert ids(busy, device="cam-1") == [3]
    assert ids(busy, site="s2") == [2]
    assert ids(busy, area="73.71") == [3, 2, 1]
    assert ids(busy, area="73.7") == []
    assert ids(busy, start=at(10), end=at(30)) == [2]
    assert ids(busy, cause=CauseClass.UNKNOWN) == [3, 2, 1]
    assert ids(busy, cause=CauseClass.POWER) == []


def test_time_alone_resolves_what_recovered_a_day_ago(busy: Store) -> None:
    day = timedelta(days=1)
    assert ids(busy, at(19) + day, phase=IncidentPhase.RECOVERED) == [2]
    assert ids(busy, at(20) + day, phase=IncidentPhase.RESOLVED) == [2, 1]
    assert got(busy, 2, at(20) + day).row.incident.resolved_at == at(20) + day


def test_pages_follow_each_other_without_gap_or_repeat(busy: Store) -> None:
    log(busy, change("sw-4", UP, DOWN, 30))  # begins in the same moment as another
    seen, after = [], None
    while True:
        page = busy.incidents.page(ANY, NOW, limit=1, after=after)
        seen += [row.incident.id for row in page.items]
        after = page.next
        if after is None:
            break
    assert seen == ids(busy) == [4, 3, 2, 1]
    with pytest.raises(ValueError, match="nonsense"):
        busy.incidents.page(ANY, NOW, after="nonsense")


def test_a_row_says_what_is_out_now_and_what_it_is_about(busy: Store) -> None:
    row = got(busy, 3).row
    assert (row.device, row.device_name, row.site, row.area) == (
        "sw-1", "Switch 1", "s1", "73.71.01",
    )  # fmt: skip
    assert (row.site_name, row.area_name) == ("Titik 1", "Mariso")
    assert (row.down, row.unreachable, row.outages, row.devices) == (1, 1, 2, 2)
    assert (row.cause, row.rule) == (CauseClass.UNKNOWN, CauseRule.NO_EVIDENCE)
    log(busy, change("sw-1", DOWN, UP, 40))
    row = got(busy, 3).row
    assert (row.down, row.unreachable, row.outages, row.devices) == (0, 1, 2, 2)


def test_an_incident_of_an_area_is_about_no_single_device(busy: Store) -> None:
    log(busy, change("sw-4", UP, DOWN, 30))
    put_down_to(busy, CauseRule.MANY_IN_AREA, "sw-1", "sw-4")
    row = got(busy, 3).row
    assert (row.device, row.site, row.area, row.area_name) == (None, None, "73.71.01", "Mariso")
    assert (row.cause, row.rule, row.sites, row.areas) == (
        CauseClass.POWER, CauseRule.MANY_IN_AREA, 2, 1,
    )  # fmt: skip
    assert ids(busy, cause=CauseClass.POWER) == [3]


def test_what_was_said_in_a_merged_incident_stays_readable(busy: Store) -> None:
    log(busy, change("sw-4", UP, DOWN, 30.5))
    busy.incidents.acknowledge(4, "rina", "Teknisi dikirim", at(31))
    busy.incidents.note(4, "rina", "Kabel utuh", at(31.5))
    put_down_to(busy, CauseRule.MANY_IN_AREA, "sw-1", "sw-4")
    assert got(busy, 4).row.incident.merged_into == 3
    assert ids(busy, merged=True) == [4, 3, 2, 1]
    assert ids(busy) == [3, 2, 1]
    whole = got(busy, 3)
    assert whole.merged == (4,)
    assert whole.row.incident.acknowledged_by == "rina"
    said = [(line.incident_id, line.text) for line in whole.timeline if line.author]
    assert said == [(4, "Teknisi dikirim"), (4, "Kabel utuh")]
    with pytest.raises(IncidentRefusedError) as refused:
        busy.incidents.note(4, "rina", "Lagi", at(40))
    assert (refused.value.why, refused.value.incident.merged_into) == (Refusal.MERGED, 3)


def test_an_incident_that_is_merged_twice_names_the_one_in_force(busy: Store) -> None:
    log(busy, change("sw-4", UP, DOWN, 31))
    put_down_to(busy, CauseRule.MANY_AT_SITE, "sw-4")
    log(busy, change("cam-3", UP, DOWN, 32.5))  # too late to be a crowd by itself
    put_down_to(busy, CauseRule.MANY_AT_SITE, "cam-3", "sw-1")
    assert got(busy, 5).row.incident.merged_into == 3
    put_down_to(busy, CauseRule.MANY_IN_AREA, "sw-4", "sw-1", "cam-3")
    merged = [got(busy, i).row.incident.merged_into for i in (3, 4, 5)]
    assert merged == [None, 3, 3]


def test_a_storm_shows_its_first_lines_and_says_how_many_more_there_are(store: Store) -> None:
    store.apply_inventory(town(300), T0)
    log(store, change("sw-1", UP, DOWN, 5), *(cut_off(f"cam-{i}", 5) for i in range(1, 301)))
    found = got(store, 1)
    assert (found.row.outages, len(found.outages)) == (301, 200)
    assert len(found.timeline) + found.lines_left_out == 301
    lines, after = [], None
    while True:
        page = store.incidents.timeline(1, limit=100, after=after)
        assert page is not None
        lines += [line.id for line in page.items]
        after = page.next
        if after is None:
            break
    assert len(lines) == len(set(lines)) == 301
    assert store.incidents.timeline(99) is None


# --- handling ---------------------------------------------------------------------------------


def test_taking_an_incident_is_written_once_with_who_and_when(busy: Store) -> None:
    busy.incidents.acknowledge(3, "rina", "Saya tangani", at(40))
    found = busy.incidents.acknowledge(3, "rina", "Saya tangani", at(41))
    one = found.row.incident
    assert (one.acknowledged_by, one.acknowledged_at) == ("rina", at(40))
    lines = [line for line in found.timeline if line.kind is IncidentEventKind.ACKNOWLEDGED]
    assert [(line.author, line.text, line.at) for line in lines] == [
        ("rina", "Saya tangani", at(40))
    ]
    assert ids(busy, unacknowledged=True) == [2, 1]
    with pytest.raises(IncidentRefusedError) as refused:
        busy.incidents.acknowledge(3, "budi", "", at(42))
    assert (refused.value.why, refused.value.incident.acknowledged_by) == (Refusal.TAKEN, "rina")


def test_of_two_operators_at_once_one_has_it_and_the_other_is_told(busy: Store) -> None:
    start = threading.Barrier(8)
    outcomes: list[str] = []

    def take(name: str) -> None:
        start.wait()
        try:
            busy.incidents.acknowledge(3, name, "", at(40))
        except IncidentRefusedError as refused:
            outcomes.append(f"{refused.incident.acknowledged_by} was first")
        else:
            outcomes.append(f"{name} was first")

    operators = [threading.Thread(target=take, args=(f"petugas-{i}",)) for i in range(8)]
    for operator in operators:
        operator.start()
    for operator in operators:
        operator.join()
    assert len(outcomes) == 8
    assert len(set(outcomes)) == 1
    kinds = [line.kind for line in got(busy, 3).timeline]
    assert kinds.count(IncidentEventKind.ACKNOWLEDGED) == 1


def test_an_incident_with_something_out_is_not_resolved(busy: Store) -> None:
    with pytest.raises(IncidentRefusedError) as refused:
        busy.incidents.resolve(3, "rina", "Trafo diganti", at(40))
    assert (refused.value.why, refused.value.out) == (Refusal.STILL_OUT, 2)
    log(busy, change("sw-1", DOWN, UP, 41), change("cam-1", UNREACHABLE, UP, 42))
    one = busy.incidents.resolve(3, "rina", "Trafo diganti", at(43)).row.incident
    assert (one.resolved_by, one.resolution, one.resolved_at) == ("rina", "Trafo diganti", at(43))
    busy.incidents.resolve(3, "rina", "Trafo diganti", at(44))
    with pytest.raises(IncidentRefusedError) as refused:
        busy.incidents.resolve(3, "budi", "Saya juga", at(45))
    assert (refused.value.why, refused.value.incident.resolved_by) == (Refusal.RESOLVED, "rina")


def test_a_resolved_incident_takes_notes_but_no_owner_and_never_opens_again(busy: Store) -> None:
    busy.incidents.resolve(2, "rina", "Listrik kembali", at(21))
    busy.incidents.note(2, "budi", "Laporan PLN terlampir", at(22))
    with pytest.raises(IncidentRefusedError):
        busy.incidents.acknowledge(2, "budi", "", at(23))
    log(busy, change("sw-2", UP, DOWN, 24))
    assert ids(busy) == [3, 4, 2, 1]
    assert got(busy, 2).row.incident.recovered_at == at(20)


def test_nobody_can_take_what_resolved_itself(busy: Store) -> None:
    with pytest.raises(IncidentRefusedError) as refused:
        busy.incidents.acknowledge(2, "rina", "", at(20) + timedelta(days=1))
    assert refused.value.why is Refusal.RESOLVED
    assert refused.value.incident.resolved_by is None


def test_who_follows_learns_which_incidents_changed(busy: Store) -> None:
    last, changed = busy.incidents.changed_after(None)
    assert changed == frozenset()
    busy.incidents.note(2, "rina", "Sudah dicek", at(40))
    log(busy, change("sw-4", UP, DOWN, 41))
    following, changed = busy.incidents.changed_after(last)
    assert changed == {2, 4}
    assert busy.incidents.changed_after(following) == (following, frozenset())


def test_an_unknown_incident_is_told_as_such(store: Store) -> None:
    assert store.incidents.get(99, NOW) is None
    for act in (store.incidents.acknowledge, store.incidents.note, store.incidents.resolve):
        with pytest.raises(UnknownIncidentError):
            act(99, "rina", "x", NOW)


# --- figures ----------------------------------------------------------------------------------


def test_figures_say_how_long_it_took_and_of_how_many(busy: Store) -> None:
    busy.incidents.acknowledge(2, "rina", "", at(12))
    found = busy.incidents.figures(IncidentFilter(start=at(0), end=NOW), NOW)
    minute = 60_000_000
    assert (found.all.count, found.all.acknowledged, found.all.recovered) == (2, 1, 1)
    assert found.all.to_acknowledge == 2 * minute - 10_000_000  # sure after ten seconds
    assert found.all.to_acknowledge_from_start == 2 * minute
    assert found.all.to_recover == 10 * minute
    assert (found.all.longest, found.all.longest_id) == (70 * minute, 3)  # still out
    assert set(found.by_cause) == {CauseClass.UNKNOWN}
    assert found.by_cause[CauseClass.UNKNOWN] == found.all


def test_a_mean_of_nothing_is_nothing_and_others_are_rounded_down(busy: Store) -> None:
    nothing = busy.incidents.figures(IncidentFilter(start=at(90), end=NOW), NOW)
    assert (nothing.all.count, nothing.all.to_recover, nothing.all.longest) == (0, None, None)
    assert nothing.by_cause == {}
    later = at(50) + timedelta(microseconds=1)
    log(busy, change("sw-4", UP, DOWN, 50), shifted(change("sw-4", DOWN, UP, 50), later))
    found = busy.incidents.figures(IncidentFilter(start=at(0), end=NOW), NOW)
    assert found.all.to_recover == (10 * 60_000_000 + 1) // 2


def test_what_was_taken_back_is_in_no_figure(store: Store) -> None:
    log(store, change("sw-1", UP, DOWN, 5))
    log(store, replace(change("sw-1", DOWN, UP, 4), confirmed_at=at(6)))
    assert ids(store) == [1]
    assert store.incidents.figures(ANY, NOW).all.count == 0


def shifted(one: Transition, moment: datetime) -> Transition:
    return replace(one, at=moment, confirmed_at=moment)
