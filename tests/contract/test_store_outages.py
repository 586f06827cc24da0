"""Outages in the store: with the log's transaction, ended by retiring, filled in once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from collector.model import CauseClass, Outage, Reason, State, Transition
from collector.moments import to_micros
from collector.store import Store, StoreError
from collector.store import outages as outage_rows
from collector.store.outage_rows import _row, outage
from collector.store.schema import outages, uptime_months
from tests.contract.store_backends import (
    BACKENDS,
    T0,
    at,
    change,
    city,
    open_backend,
    standard_devices,
)

UP, DOWN, UNKNOWN, UNREACHABLE = State.UP, State.DOWN, State.UNKNOWN, State.UNREACHABLE


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(city(), T0)
        yield opened


def log(store: Store, *moved: Transition) -> list[Transition]:
    return store.commit([], [], moved)


def kept(store: Store) -> list[Outage]:
    with store._database.read() as connection:
        rows = connection.execute(select(outages).order_by(outages.c.id))
        return [outage(row) for row in rows]


def cut_off(device_id: str, old: State, minutes: float, root: str) -> Transition:
    moved = change(device_id, old, UNREACHABLE, minutes)
    return replace(moved, reason=Reason.PARENT_DOWN, cause=root)


def test_an_outage_is_written_with_its_transitions(store: Store) -> None:
    log(store, change("cam-1", UNKNOWN, UP, 1), change("cam-1", UP, DOWN, 4))
    (on,) = kept(store)
    assert (on.device_id, on.state, on.started_at, on.ended_at) == ("cam-1", DOWN, at(4), None)
    log(store, change("cam-1", DOWN, UP, 9))
    (over,) = kept(store)
    assert (over.id, over.ended_at) == (on.id, at(9))


def test_what_is_refused_leaves_neither_transition_nor_outage(store: Store) -> None:
    wrong = replace(change("cam-1", DOWN, UP, 9), confirmed_at=at(8))
    with pytest.raises(StoreError):
        log(store, change("cam-1", UP, DOWN, 4), wrong)
    assert kept(store) == []
    assert store.last_transition_id() == 0


def test_what_a_dead_switch_cuts_off_names_the_switchs_own_outage(store: Store) -> None:
    log(store, change("sw-1", UP, DOWN, 4), cut_off("cam-1", UP, 4, "sw-1"))
    root, behind = kept(store)
    assert (root.device_id, root.root_outage_id) == ("sw-1", None)
    assert (behind.root, behind.root_outage_id) == ("sw-1", root.id)
    assert behind.cause is CauseClass.UPSTREAM
    log(store, change("sw-1", DOWN, UP, 9), change("cam-1", UNREACHABLE, UP, 9))
    log(store, change("sw-1", UP, DOWN, 20))
    log(store, cut_off("cam-1", UP, 20, "sw-1"))
    assert kept(store)[3].root_outage_id == kept(store)[2].id


def test_a_new_root_ends_one_and_begins_another_in_the_same_commit(store: Store) -> None:
    log(store, cut_off("cam-1", UP, 4, "sw-1"))
    log(store, cut_off("cam-1", UNREACHABLE, 6, "sensor-1"), change("cam-1", UNREACHABLE, UP, 8))
    assert [(one.root, one.started_at, one.ended_at) for one in kept(store)] == [
        ("sw-1", at(4), at(6)),
        ("sensor-1", at(6), at(8)),
    ]


def test_an_outage_that_begins_and_ends_within_a_commit_is_written_whole(store: Store) -> None:
    log(store, change("cam-1", UP, DOWN, 4), change("cam-1", DOWN, UP, 5))
    log(store, change("cam-1", UP, DOWN, 7), change("cam-1", DOWN, UP, 6))  # taken back
    assert [(one.started_at, one.ended_at) for one in kept(store)] == [
        (at(4), at(5)),
        (at(7), at(7)),
    ]


def test_the_database_itself_refuses_two_of_a_kind_that_are_on(store: Store) -> None:
    log(store, change("cam-1", UP, DOWN, 4))
    (on,) = kept(store)
    row = dict(zip(outages.columns.keys(), _row(replace(on, id=99)), strict=True))
    with pytest.raises(StoreError, match="UNIQUE"), store._database.write() as connection:
        connection.execute(insert(outages), row)


def test_retiring_a_device_ends_what_is_on_and_nothing_else(store: Store) -> None:
    log(store, change("cam-1", UP, DOWN, 4), cut_off("cam-1", DOWN, 5, "sw-1"))
    log(store, change("sw-1", UP, DOWN, 5))
    store.apply_inventory(city(*standard_devices()[1:]), at(30))
    assert [(one.device_id, one.ended_at, one.end_confirmed_at) for one in kept(store)] == [
        ("cam-1", at(30), None),
        ("cam-1", at(30), None),
        ("sw-1", None, None),
    ]
    store.apply_inventory(city(), at(40))
    log(store, change("cam-1", DOWN, UP, 50))
    assert [one.ended_at for one in kept(store)] == [at(30), at(30), None]


def test_a_change_forgets_the_sums_of_its_months_and_device_only(store: Store) -> None:
    month = {"rules": "x", "starts_at": 0, "sums": b""}
    rows = [
        {**month, "device_id": device_id, "starts_at": n, "ends_at": to_micros(at(ends))}
        for device_id in ("cam-1", "sw-1")
        for n, ends in enumerate((3, 1000))
    ]
    with store._database.write() as connection:
        connection.execute(insert(uptime_months), rows)
    log(store, change("cam-1", UP, DOWN, 4))
    with store._database.read() as connection:
        left = connection.execute(select(uptime_months.c.device_id, uptime_months.c.starts_at))
        assert {tuple(row) for row in left} == {("cam-1", 0), ("sw-1", 0), ("sw-1", 1)}


def test_ten_thousand_changes_at_once_give_the_outages_that_one_by_one_would(store: Store) -> None:
    moved = [
        change(device_id, old, new, minute)
        for minute in range(0, 2_000, 2)
        for device_id in ("cam-1", "sw-1", "sensor-1")
        for old, new, minute in ((UP, DOWN, minute), (DOWN, UP, minute + 1))
    ]
    log(store, *moved)
    at_once = kept(store)
    assert len(at_once) == len(moved) // 2
    assert all(one.ended_at is not None for one in at_once)
    assert [one.id for one in at_once] == list(range(1, len(at_once) + 1))


# --- a log that is older than outages ---------------------------------------------------------


def without_outages(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM incident_events")
        connection.execute("DELETE FROM outages")


def test_a_log_from_before_there_were_outages_gets_them_at_the_next_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage_rows, "_FILLED_AT_ONCE", 3)
    path = tmp_path / "pantau.db"
    with Store.open(path) as store:
        store.apply_inventory(city(), T0)
        log(store, change("sw-1", UP, DOWN, 4), cut_off("cam-1", UP, 4, "sw-1"))
        log(store, change("sw-1", DOWN, UP, 9), change("cam-1", UNREACHABLE, UP, 9))
        log(store, change("cam-1", UP, DOWN, 20))
        store.apply_inventory(city(*standard_devices()[1:]), at(30))
        before = kept(store)
    without_outages(path)
    with Store.open(path, read_only=True) as store:
        assert kept(store) == []
    with Store.open(path) as store:
        again = kept(store)
    with Store.open(path) as store:
        assert kept(store) == again
    assert [replace(one, id=None, root_outage_id=None, incident_id=None) for one in again] == [
        replace(one, id=None, root_outage_id=None, incident_id=None) for one in before
    ]
    assert again[1].root_outage_id == again[0].id


def test_filling_that_fails_leaves_no_outages_and_no_open_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pantau.db"
    with Store.open(path) as store:
        store.apply_inventory(city(), T0)
        log(store, change("sw-1", UP, DOWN, 4))
    without_outages(path)

    def broken(*_: object) -> None:
        raise OSError("the machine died")

    with monkeypatch.context() as patched:
        patched.setattr(outage_rows, "_end_of_those_long_retired", broken)
        with pytest.raises(StoreError, match="died"):
            Store.open(path)
    with Store.open(path, read_only=True) as store:
        assert kept(store) == []
    with Store.open(path) as store:
        assert len(kept(store)) == 1
