"""Proposed causes in the store: made with the outages, made anew when evidence comes later."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from collector.model import (
    Area,
    CauseClass,
    CauseRule,
    Device,
    MaintenanceWindow,
    Outage,
    Reason,
    Scope,
    Site,
    State,
    Transition,
)
from collector.store import Store
from collector.store.outage_rows import outage
from collector.store.outages import record
from collector.store.schema import outages
from collector.store.transitions import append
from tests.contract.store_backends import BACKENDS, T0, City, at, change, open_backend

UP, DOWN, UNKNOWN, UNREACHABLE = State.UP, State.DOWN, State.UNKNOWN, State.UNREACHABLE
DEGRADED = State.DEGRADED


def device(name: str, site: str, *parents: str, kind: str = "camera", feeder: str = "") -> Device:
    return Device(
        name, name, kind, site, "generic-ping", parents=parents, power_feeder=feeder or None
    )


def town() -> City:
    """Site `port`: a switch with three cameras; others: lone devices on feeders, in two areas."""
    listed = [
        device("sw", "port", kind="switch"),
        *(device(f"cam-{n}", "port", "sw") for n in (1, 2, 3)),
        device("ups", "port", kind="ups"),
        *(device(f"lone-{n}", f"place-{n}", feeder="gardu-1") for n in (1, 2, 3, 4)),
        device("ups-far", "place-5", kind="ups", feeder="gardu-1"),
        *(device(f"far-{n}", f"place-{n}") for n in (6, 7, 8)),
    ]
    sites = [
        Site("port", "Port", "73.71.01"),
        *(Site(f"place-{n}", f"Place {n}", "73.71.02" if n < 6 else "73.71.03") for n in range(9)),
    ]
    codes = ("73.71", "73.71.01", "73.71.02", "73.71.03")
    return City(
        {code: Area(code, code) for code in codes},
        {},
        {site.id: site for site in sites},
        {one.id: one for one in listed},
    )


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(town(), T0)
        opened.commit([], [], [change(name, UNKNOWN, UP, 0) for name in town().devices])
        yield opened


def log(store: Store, *moved: Transition) -> None:
    store.commit([], [], moved)


def causes(store: Store) -> dict[str, tuple[CauseClass, CauseRule]]:
    """The last outage of each device: what it is put down to and by which rule."""
    with store._database.read() as connection:
        rows = connection.execute(select(outages).order_by(outages.c.id))
        found: list[Outage] = [outage(row) for row in rows]
    for one in found:
        assert one.cause is one.proposed_cause
    return {one.device_id: (one.cause, one.proposed_by) for one in found}


def rules(store: Store) -> dict[str, CauseRule]:
    return {name: rule for name, (_, rule) in causes(store).items()}


def on_battery(name: str, minutes: float) -> Transition:
    return replace(change(name, UP, DEGRADED, minutes), reason=Reason.ON_BATTERY)


def test_a_device_whose_neighbour_behind_the_same_switch_works_is_to_blame(store: Store) -> None:
    log(store, change("cam-1", UP, DOWN, 5))
    assert causes(store) == {"cam-1": (CauseClass.DEVICE, CauseRule.NEIGHBOURS_UP)}


def test_without_a_neighbour_nothing_is_known(store: Store) -> None:
    log(store, change("lone-1", UP, DOWN, 5), change("sw", UP, DOWN, 50))
    assert rules(store) == {"lone-1": CauseRule.NO_EVIDENCE, "sw": CauseRule.NO_EVIDENCE}


def test_a_neighbour_that_is_not_known_to_work_is_no_witness(store: Store) -> None:
    log(store, change("cam-2", UP, UNKNOWN, 3), change("cam-3", UP, UNKNOWN, 3))
    log(store, change("cam-1", UP, DOWN, 5))
    assert rules(store) == {"cam-1": CauseRule.NO_EVIDENCE}


def test_a_neighbour_that_fails_soon_after_is_a_witness_no_more(store: Store) -> None:
    log(store, change("cam-3", UP, UNKNOWN, 1))
    log(store, change("cam-1", UP, DOWN, 5))
    assert rules(store)["cam-1"] is CauseRule.NEIGHBOURS_UP
    log(store, change("cam-2", UP, DOWN, 6))
    assert rules(store) == {"cam-1": CauseRule.NO_EVIDENCE, "cam-2": CauseRule.NO_EVIDENCE}


def test_what_its_end_shows_does_not_change_what_was_seen_at_its_beginning(store: Store) -> None:
    log(store, change("cam-2", UP, UNKNOWN, 1), change("cam-3", UP, UNKNOWN, 1))
    log(store, change("cam-1", UP, DOWN, 5), change("cam-2", UNKNOWN, UP, 6))
    log(store, change("cam-1", DOWN, UP, 7))
    assert rules(store) == {"cam-1": CauseRule.NO_EVIDENCE}


def test_what_a_router_said_is_about_the_link(store: Store) -> None:
    said = replace(change("cam-1", UP, DOWN, 5), reason=Reason.HOST_UNREACHABLE)
    log(store, said)
    assert causes(store) == {"cam-1": (CauseClass.LINK, CauseRule.NETWORK_SAID)}


def test_many_behind_one_working_switch_of_their_site_are_no_power_cut(store: Store) -> None:
    log(store, *(change(f"cam-{n}", UP, DOWN, 5 + n / 10) for n in (1, 2, 3)))
    assert set(rules(store).values()) == {CauseRule.NO_EVIDENCE}
    log(store, change("sw", UP, DOWN, 5.5))
    assert set(rules(store).values()) == {CauseRule.MANY_AT_SITE}


def test_many_on_a_feeder_are_suspected_one_by_one_as_they_come(store: Store) -> None:
    for n in (1, 2):
        log(store, change(f"lone-{n}", UP, DOWN, 5 + n / 2))
    assert set(rules(store).values()) == {CauseRule.NO_EVIDENCE}
    log(store, change("lone-3", UP, DOWN, 6.9))
    assert causes(store) == {
        f"lone-{n}": (CauseClass.POWER, CauseRule.MANY_ON_FEEDER) for n in (1, 2, 3)
    }


def test_many_in_an_area_are_suspected_where_no_feeder_is_written_down(store: Store) -> None:
    log(store, *(change(f"far-{n}", UP, DOWN, 5) for n in (6, 7, 8)))
    assert set(rules(store).values()) == {CauseRule.MANY_IN_AREA}


def test_one_that_was_taken_back_leaves_the_crowd(store: Store) -> None:
    log(store, *(change(f"far-{n}", UP, DOWN, 5) for n in (6, 7, 8)))
    log(store, change("far-8", DOWN, UP, 4))
    assert {rules(store)[f"far-{n}"] for n in (6, 7)} == {CauseRule.NO_EVIDENCE}


def test_the_order_in_which_a_crowd_is_told_does_not_matter(store: Store) -> None:
    moved = [change(f"lone-{n}", UP, DOWN, 5 + n / 2) for n in (1, 2, 3, 4)]
    for one in reversed(moved):
        log(store, one)
    assert set(rules(store).values()) == {CauseRule.MANY_ON_FEEDER}


@pytest.mark.parametrize("told_after", [False, True])
def test_a_ups_on_battery_is_power_for_its_site_whenever_it_is_read(
    store: Store, told_after: bool
) -> None:
    told = [change("cam-1", UP, DOWN, 5), on_battery("ups", 6 if told_after else 4)]
    for one in told if told_after else reversed(told):
        log(store, one)
    assert causes(store) == {"cam-1": (CauseClass.POWER, CauseRule.UPS_ON_BATTERY)}
    log(store, replace(change("ups", DEGRADED, UP, 20), reason=Reason.OK))
    log(store, change("cam-1", DOWN, UP, 21))
    assert rules(store) == {"cam-1": CauseRule.UPS_ON_BATTERY}


def test_a_ups_on_battery_is_power_for_its_feeder_and_for_nobody_else(store: Store) -> None:
    log(store, change("lone-1", UP, DOWN, 5), change("far-6", UP, DOWN, 5))
    log(store, on_battery("ups-far", 6))
    assert rules(store) == {
        "lone-1": CauseRule.UPS_ON_BATTERY,
        "far-6": CauseRule.NO_EVIDENCE,
    }


def test_a_ups_that_was_back_on_mains_long_before_says_nothing(store: Store) -> None:
    log(store, on_battery("ups", 1), replace(change("ups", DEGRADED, UP, 2), reason=Reason.OK))
    log(store, change("cam-1", UP, DOWN, 5.5))
    assert rules(store) == {"cam-1": CauseRule.NEIGHBOURS_UP}


def test_what_is_cut_off_stays_with_its_root_in_a_crowd(store: Store) -> None:
    cut_off = replace(change("cam-1", UP, UNREACHABLE, 5), reason=Reason.PARENT_DOWN, cause="sw")
    log(store, change("sw", UP, DOWN, 5), cut_off, on_battery("ups", 5))
    assert causes(store) == {
        "sw": (CauseClass.POWER, CauseRule.UPS_ON_BATTERY),
        "cam-1": (CauseClass.UPSTREAM, CauseRule.PARENT_DOWN),
    }


def test_what_changed_is_handed_on_with_what_was_reconsidered(store: Store) -> None:

    log(store, *(change(f"far-{n}", UP, DOWN, 5) for n in (6, 7)))
    with store._database.write() as connection:
        stored = append(connection, [change("far-8", UP, DOWN, 5)])
        told = record(connection, stored)
    assert [(one.device_id, one.proposed_by) for one in told] == [
        (f"far-{n}", CauseRule.MANY_IN_AREA) for n in (6, 7, 8)
    ]


def test_what_begins_within_a_window_of_its_device_was_planned(store: Store) -> None:
    window = MaintenanceWindow(
        "Ganti switch",
        "usang",
        "rina",
        at(0),
        Scope(sites=("port",)),
        at(10),
        at(20),
        "Asia/Jakarta",
    )
    store.maintenance.create(window)
    log(store, change("sw", UP, DOWN, 9.9), change("cam-1", UP, DOWN, 10))
    log(store, change("cam-2", UP, DOWN, 20), change("far-6", UP, DOWN, 15))
    found = causes(store)
    assert found.pop("cam-1") == (CauseClass.PLANNED, CauseRule.IN_MAINTENANCE)
    assert CauseClass.PLANNED not in {cause for cause, _ in found.values()}
