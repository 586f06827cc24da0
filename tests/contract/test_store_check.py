"""The store held against itself: a sound one is sound, and each way to break one is found."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy import text

from collector.contract import Rules
from collector.model import CauseClass, MaintenanceWindow, Reason, Scope, State
from collector.store import OutageFilter, Store
from collector.store.checking import StoreFinding, StorePart
from collector.uptime import Window
from tests.contract.store_backends import (
    BACKENDS,
    T0,
    at,
    change,
    city,
    open_backend,
    standard_devices,
    state,
)

UP, DOWN, UNKNOWN, UNREACHABLE = State.UP, State.DOWN, State.UNKNOWN, State.UNREACHABLE
MONTH = 31 * 24 * 60  # minutes
ZONE = "Asia/Makassar"
NOW = at(3 * MONTH)


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A switch died with a camera behind it; a cause was corrected; a window; sums are kept."""
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(city(), T0 - timedelta(days=40))
        tell(opened, "sw-1", UNKNOWN, UP, 0)
        tell(opened, "cam-1", UNKNOWN, UP, 0)
        tell(opened, "sw-1", UP, DOWN, 100)
        tell(opened, "cam-1", UP, UNREACHABLE, 100, cause="sw-1")
        tell(opened, "sw-1", DOWN, UP, 200)
        tell(opened, "cam-1", UNREACHABLE, UP, 200)
        page = opened.outages.page(OutageFilter(device="sw-1"), limit=9, after=None)
        (outage,) = [row.outage for row in page.items]
        opened.outages.correct(outage.id or 0, CauseClass.POWER, "PLN", "ani", at(300))
        opened.maintenance.create(
            MaintenanceWindow(
                "kabel", "ganti", "ani", at(300), Scope(("cam-1",)), at(400), at(500), ZONE
            )
        )
        keep_sums(opened)
        yield opened


def keep_sums(store: Store) -> None:
    store.ledger.tallies(Window(T0 - timedelta(days=40), NOW), Rules(), zone=ZONE, now=NOW)


def tell(
    store: Store, device: str, old: State, new: State, minutes: float, cause: str | None = None
) -> None:
    moved = replace(change(device, old, new, minutes), cause=cause)
    believed = structs.replace(state(device, new, minutes), cause=cause)
    store.commit([believed], [], [moved])


def check(store: Store, now: datetime = NOW) -> list[StoreFinding]:
    return store.check([Rules()], zone=ZONE, now=now, every=True)


def test_a_sound_store_is_sound(store: Store) -> None:
    assert check(store) == []


BREAKS: dict[str, tuple[str, StorePart]] = {
    "a transition is lost": (
        "DELETE FROM transitions WHERE device_id = 'sw-1' AND new = 'down'", StorePart.LOG),
    "a root cause is lost": ("UPDATE transitions SET cause = NULL", StorePart.LOG),
    "a state is not the last": (
        "UPDATE device_states SET state = 'down' WHERE device_id = 'cam-1'", StorePart.STATES),
    "a state without a log": (
        "UPDATE device_states SET state = 'up' WHERE device_id = 'sensor-1'", StorePart.STATES),
    "an outage is made longer": (
        "UPDATE outages SET ended_at = ended_at + 1 WHERE device_id = 'sw-1'", StorePart.OUTAGES),
    "an outage has another root": ("UPDATE outages SET root = 'x'", StorePart.OUTAGES),
    "a cause is overwritten": ("UPDATE outages SET cause = 'device'", StorePart.CAUSES),
    "a correction is of the future": (
        "UPDATE cause_corrections SET made_at = made_at + 9000000000000", StorePart.CAUSES),
    "an outage is in no incident": ("UPDATE outages SET incident_id = NULL", StorePart.INCIDENTS),
    "an incident is merged away": ("UPDATE incidents SET merged_into = id", StorePart.INCIDENTS),
    "a window has no zone": ("UPDATE maintenance_windows SET zone = 'Nowhere'", StorePart.WINDOWS),
    "a window loses its scope": (
        "UPDATE maintenance_windows SET devices = '[]'", StorePart.WINDOWS),
    "a window moves unseen": (
        "UPDATE maintenance_windows SET ends_at = ends_at + 60000000", StorePart.SUMS),
    "a sum is of another device": (
        "UPDATE uptime_months SET sums = (SELECT sums FROM uptime_months WHERE device_id = 'sw-1' "
        "ORDER BY starts_at DESC LIMIT 1) WHERE device_id = 'sensor-1'", StorePart.SUMS),
}  # fmt: skip


@pytest.mark.parametrize("what", BREAKS)
def test_what_is_broken_is_found_and_says_what_to_do(store: Store, what: str) -> None:
    statement, part = BREAKS[what]
    with store._database.write() as connection:
        connection.execute(text(statement))
    found = check(store)
    assert part in {one.part for one in found}, found
    assert all(len(one.remedy) > 20 and str(one).startswith(one.part) for one in found)


def test_sums_that_are_wrong_can_be_forgotten_and_are_right_again(store: Store) -> None:
    with store._database.write() as connection:
        connection.execute(text(BREAKS["a window moves unseen"][0]))
    assert {one.part for one in check(store)} == {StorePart.SUMS}
    assert store.forget_sums() > 0
    keep_sums(store)
    assert check(store) == []


def test_a_root_that_turns_out_to_be_a_power_cut_moves_the_minutes_of_those_behind_it(
    store: Store,
) -> None:
    """The UPS is read a minute after a month ended, and after its sums were kept."""
    camera, switch, sensor = standard_devices()
    switch = replace(switch, power_owner="diskominfo")
    ups = replace(sensor, id="ups-1", kind="ups", site=switch.site, mqtt_topic=None)
    store.apply_inventory(city(camera, switch, sensor, ups), at(600))
    end = (datetime(2026, 12, 31, 16, tzinfo=UTC) - T0) / timedelta(minutes=1)  # in its zone
    tell(store, "ups-1", UNKNOWN, UP, 700)
    tell(store, "sw-1", UP, DOWN, end - 3)
    tell(store, "cam-1", UP, UNREACHABLE, end - 3, cause="sw-1")
    store.ledger.tallies(
        Window(T0, at(end + 1)), Rules(), zone=ZONE, now=at(end + 1), known_until=at(end + 1)
    )
    moved = replace(
        change("ups-1", UP, State.DEGRADED, end - 3),
        reason=Reason.ON_BATTERY,
        confirmed_at=at(end + 2),
    )
    store.commit([state("ups-1", State.DEGRADED, end - 3)], [], [moved])
    page = store.outages.page(OutageFilter(device="sw-1", open=True), limit=1, after=None)
    assert page.items[0].outage.cause is CauseClass.POWER
    assert store.check([Rules()], zone=ZONE, now=at(end + 5), every=True) == []


def test_a_device_that_leaves_and_comes_back_while_it_is_down_is_sound(store: Store) -> None:
    tell(store, "cam-1", UP, DOWN, 2 * MONTH)
    store.apply_inventory(city(*standard_devices()[1:]), at(2 * MONTH + 60))
    assert check(store) == []
    store.apply_inventory(city(), at(2 * MONTH + 90))
    assert check(store) == []
    tell(store, "cam-1", DOWN, UNKNOWN, 2 * MONTH + 100)
    tell(store, "cam-1", UNKNOWN, DOWN, 2 * MONTH + 110)
    assert check(store) == []
    tell(store, "cam-1", DOWN, UP, 2 * MONTH + 120)
    assert check(store) == []


words = st.sampled_from([UP, DOWN, UNREACHABLE, UNKNOWN, State.DEGRADED])
logs = st.lists(st.tuples(st.sampled_from(["cam-1", "sw-1"]), words, st.integers(0, 60)),
                max_size=14)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(logs)
def test_whatever_is_told_the_store_stays_sound(log: list[tuple[str, State, int]]) -> None:
    """Also what is told late, of earlier moments, as after a clock that was set back."""
    with TemporaryDirectory() as folder, open_backend("sqlite", Path(folder)) as store:
        store.apply_inventory(city(), T0)
        now: dict[str, State] = {}
        for device, new, minute in log:
            if new is UNREACHABLE and device == "sw-1":
                continue
            cause = "sw-1" if new is UNREACHABLE else None
            tell(store, device, now.get(device, UNKNOWN), new, minute, cause)
            now[device] = new
        assert check(store) == []
