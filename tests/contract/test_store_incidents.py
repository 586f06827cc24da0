"""Incidents as the store keeps them: made with the outages, in the same transaction."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from collector.incidents import TAKEN_BACK
from collector.model import (
    Area,
    CauseClass,
    CauseCorrection,
    CauseRule,
    Device,
    Incident,
    IncidentEventKind,
    IncidentGroup,
    Outage,
    Site,
    State,
    Transition,
)
from collector.store import Store, incidents
from collector.store.incidents import rows
from collector.store.outage_rows import outage
from collector.store.schema import incident_events, outages
from collector.store.schema import incidents as incident_table
from tests.contract.store_backends import BACKENDS, T0, City, at, change, open_backend

UP, DOWN, UNKNOWN, UNREACHABLE = State.UP, State.DOWN, State.UNKNOWN, State.UNREACHABLE


def town(behind: int = 3) -> City:
    """Four switches at four sites of one area, and cameras behind the first."""
    areas = {"73.71": Area("73.71", "Kota"), "73.71.01": Area("73.71.01", "Mariso", None, "73.71")}
    sites = {f"s{i}": Site(f"s{i}", f"Titik {i}", "73.71.01") for i in range(1, 5)}
    listed = [Device(f"sw-{i}", f"Switch {i}", "switch", f"s{i}", "p") for i in range(1, 5)]
    listed += [
        Device(f"cam-{i}", f"Kamera {i}", "camera", "s1", "p", parents=("sw-1",))
        for i in range(1, behind + 1)
    ]
    return City(areas, {}, sites, {one.id: one for one in listed})


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(town(), T0)
        yield opened


def log(store: Store, *changes: Transition) -> None:
    store.commit([], [], changes)


def cut_off(device_id: str, minutes: float, root: str = "sw-1") -> Transition:
    return replace(change(device_id, UP, UNREACHABLE, minutes), cause=root)


def put_down_to(store: Store, rule: CauseRule, *device_ids: str) -> None:
    """Propose a cause for what is on, as who judges causes does."""
    with store._database.write() as connection:
        asked = select(outages).where(
            outages.c.device_id.in_(device_ids), outages.c.ended_at.is_(None)
        )
        power = CauseClass.POWER
        found = [
            replace(outage(row), proposed_cause=power, proposed_by=rule, cause=power)
            for row in connection.execute(asked)
        ]
        for one in found:
            values = {"proposed_cause": "power", "proposed_by": rule.value, "cause": "power"}
            connection.execute(outages.update().where(outages.c.id == one.id).values(**values))
        incidents.record(connection, found)


def stored(store: Store) -> list[Incident]:
    with store._database.read() as connection:
        found = connection.execute(select(incident_table).order_by(incident_table.c.id))
        return [rows.incident(row) for row in found]


def inside(store: Store, incident_id: int) -> list[Outage]:
    with store._database.read() as connection:
        asked = select(outages).where(outages.c.incident_id == incident_id).order_by(outages.c.id)
        return [outage(row) for row in connection.execute(asked)]


def told(store: Store, incident_id: int) -> list[IncidentEventKind]:
    with store._database.read() as connection:
        asked = select(incident_events).where(incident_events.c.incident_id == incident_id)
        found = connection.execute(asked.order_by(incident_events.c.id))
        return [rows.event(row).kind for row in found]


def test_a_switch_that_dies_is_one_incident_with_all_that_stands_behind_it(store: Store) -> None:
    log(store, change("sw-1", UP, DOWN, 5), *(cut_off(f"cam-{i}", 5) for i in (1, 2, 3)))
    assert stored(store) == [
        Incident(IncidentGroup.DEVICE, "sw-1", at(5), at(5) + timedelta(seconds=10), id=1)
    ]
    assert {one.device_id for one in inside(store, 1)} == {"sw-1", "cam-1", "cam-2", "cam-3"}
    log(store, change("sw-1", DOWN, UP, 8), change("cam-1", UNREACHABLE, UP, 9))
    assert stored(store)[0].recovered_at is None
    log(store, change("cam-2", UNREACHABLE, UP, 9), change("cam-3", UNREACHABLE, UP, 8.5))
    assert stored(store)[0].recovered_at == at(9)
    kinds = told(store, 1)
    assert kinds[0] is IncidentEventKind.OPENED
    assert kinds[-1] is IncidentEventKind.RECOVERED
    assert kinds.count(IncidentEventKind.OUTAGE_JOINED) == 3
    assert kinds.count(IncidentEventKind.OUTAGE_ENDED) == 4


def test_a_storm_behind_one_switch_is_one_incident_with_501_outages(store: Store) -> None:
    store.apply_inventory(town(500), T0)
    log(store, change("sw-1", UP, DOWN, 5))
    for first in range(1, 501, 100):
        log(store, *(cut_off(f"cam-{i}", 5.5) for i in range(first, first + 100)))
    assert len(stored(store)) == 1
    assert len(inside(store, 1)) == 501


def test_four_switches_of_an_area_within_a_minute_are_one_incident(store: Store) -> None:
    for i in range(1, 5):
        log(store, change(f"sw-{i}", UP, DOWN, 5 + i / 4), *(cut_off("cam-1", 5.3),) * (i == 1))
    # The first two were an incident each, until the third made them a crowd.
    first, other = stored(store)
    assert (first.group, first.group_key) == (IncidentGroup.AREA, "73.71.01")
    assert (first.merged_into, other.merged_into) == (None, 1)
    assert {one.device_id for one in inside(store, 1)} == {
        "sw-1", "sw-2", "sw-3", "sw-4", "cam-1",
    }  # fmt: skip
    assert told(store, 2)[-1] is IncidentEventKind.MERGED
    assert told(store, 1).count(IncidentEventKind.CAUSE_PROPOSED) == 1


def test_a_power_cut_that_only_the_log_tells_of_is_one_incident(store: Store) -> None:
    for i in range(1, 5):
        log(store, change(f"sw-{i}", UP, DOWN, 5 + i / 4))
    log(store, cut_off("cam-1", 6))
    (one,) = [one for one in stored(store) if one.merged_into is None]
    assert (one.group, one.group_key, one.started_at) == (IncidentGroup.AREA, "73.71.01", at(5.25))
    assert len(inside(store, one.id or 0)) == 5


def test_recording_the_same_again_changes_nothing(store: Store) -> None:
    log(store, change("sw-1", UP, DOWN, 5), cut_off("cam-1", 5))
    log(store, change("sw-2", UP, DOWN, 5))
    put_down_to(store, CauseRule.MANY_AT_SITE, "sw-1")
    log(store, change("cam-1", UNREACHABLE, UP, 6))
    before = stored(store), told(store, 1), told(store, 2)
    with store._database.write() as connection:
        everything = [outage(row) for row in connection.execute(select(outages))]
        incidents.record(connection, everything)
    assert (stored(store), told(store, 1), told(store, 2)) == before


def test_a_device_that_flaps_is_one_incident(store: Store) -> None:
    for minute in range(5, 65, 10):
        log(store, change("sw-2", UP, DOWN, minute), change("sw-2", DOWN, UP, minute + 1))
    (one,) = stored(store)
    assert (one.started_at, one.recovered_at) == (at(5), at(56))
    assert told(store, 1).count(IncidentEventKind.OUTAGE_JOINED) == 5


def test_what_the_log_takes_back_leaves_an_incident_that_says_so(store: Store) -> None:
    log(store, change("cam-1", UP, DOWN, 5))
    log(store, replace(change("cam-1", DOWN, UP, 4), confirmed_at=at(6)))
    (one,) = stored(store)
    assert (one.resolution, one.resolved_by, one.resolved_at) == (TAKEN_BACK, None, at(6))


def test_an_incident_resolves_itself_a_day_after_it_recovered(store: Store) -> None:
    log(store, change("sw-1", UP, DOWN, 5), change("sw-1", DOWN, UP, 6))
    day = 24 * 60
    log(store, change("sw-2", UP, DOWN, 5 + day))
    assert stored(store)[0].resolved_at is None
    log(store, change("sw-3", UP, DOWN, 7 + 3 * day))
    first = stored(store)[0]
    assert (first.resolved_at, first.resolved_by) == (at(6) + timedelta(days=1), None)
    assert told(store, 1)[-1] is IncidentEventKind.RESOLVED


def test_a_device_that_leaves_the_inventory_leaves_no_open_incident(store: Store) -> None:
    log(store, change("cam-3", UP, DOWN, 5))
    store.apply_inventory(town(2), at(30))
    assert stored(store)[0].recovered_at == at(30)


def test_a_store_of_before_gets_the_incidents_of_its_whole_log(tmp_path: Path) -> None:
    with Store.open(tmp_path / "pantau.db") as store:
        store.apply_inventory(town(), T0)
        for day in range(3):
            minute = day * 24 * 60 + 5
            log(store, change("sw-1", UP, DOWN, minute), cut_off("cam-1", minute))
            log(
                store,
                change("sw-1", DOWN, UP, minute + 9),
                change("cam-1", UNKNOWN, UP, minute + 9),
            )
        expected = [replace(one, id=None) for one in stored(store)]
        assert len(expected) == 3
        with store._database.write() as connection:
            for table in (incident_events, outages, incident_table):
                connection.execute(table.delete())
    with Store.open(tmp_path / "pantau.db") as store:
        assert [replace(one, id=None) for one in stored(store)] == expected


def test_a_corrected_cause_is_told_with_its_author(store: Store) -> None:
    log(store, change("sw-1", UP, DOWN, 5))
    with store._database.write() as connection:
        said = CauseCorrection(1, CauseClass.POWER, "Trafo terbakar", "rina", at(20))
        incidents.tell_correction(connection, said)
        asked = select(incident_events).order_by(incident_events.c.id.desc()).limit(1)
        line = rows.event(connection.execute(asked).one())
    assert (line.kind, line.author, line.text, line.outage_id) == (
        IncidentEventKind.CAUSE_CORRECTED,
        "rina",
        "power Trafo terbakar",
        1,
    )


def test_an_incident_of_a_device_that_had_begun_long_before_keeps_its_past(store: Store) -> None:
    log(store, change("sw-1", UP, DOWN, 5), change("sw-1", DOWN, UP, 6))
    log(store, change("sw-1", UP, DOWN, 20), cut_off("cam-1", 20))
    put_down_to(store, CauseRule.MANY_AT_SITE, "sw-1")
    old, new = stored(store)
    assert (old.group, old.recovered_at) == (IncidentGroup.DEVICE, at(6))
    assert (new.group_key, new.started_at) == ("s1", at(20))
    assert [one.device_id for one in inside(store, 2)] == ["sw-1", "cam-1"]
    assert IncidentEventKind.MERGED in told(store, 1)
    assert told(store, 2)[0] is IncidentEventKind.OPENED
