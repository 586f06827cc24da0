"""From stored transitions to who was in which state when: what uptime is computed from."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import State, Transition
from collector.store import Store
from collector.uptime import figures, tally, total
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
Shown = tuple[str, State, float, float]  # device, state, from and to in minutes after T0


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        opened.apply_inventory(city(), T0)
        yield opened


def shown(store: Store, start: float, end: float, **options: object) -> list[Shown]:
    minute = timedelta(minutes=1)
    return [
        (i.device_id, i.state, (i.start - T0) / minute, (i.end - T0) / minute)
        for i in store.state_intervals(at(start), at(end), **options)  # type: ignore[arg-type]
    ]


def log(store: Store, *changes: Transition) -> None:
    store.commit([], [], changes)


def test_a_device_without_transitions_is_unknown_all_the_time(store: Store) -> None:
    assert shown(store, 0, 10, device_ids=["sw-1"]) == [("sw-1", UNKNOWN, 0, 10)]


def test_before_the_first_transition_a_device_is_unknown(store: Store) -> None:
    log(store, change("sw-1", UNKNOWN, UP, 4))
    assert shown(store, 0, 10, device_ids=["sw-1"]) == [
        ("sw-1", UNKNOWN, 0, 4),
        ("sw-1", UP, 4, 10),
    ]


def test_a_window_begins_with_the_state_that_held_then(store: Store) -> None:
    log(store, change("sw-1", UNKNOWN, UP, 1), change("sw-1", UP, DOWN, 2))
    log(store, change("sw-1", DOWN, UP, 7), change("sw-1", UP, DOWN, 20))
    assert shown(store, 5, 10, device_ids=["sw-1"]) == [("sw-1", DOWN, 5, 7), ("sw-1", UP, 7, 10)]


def test_a_transition_at_the_very_start_holds_and_one_at_the_very_end_does_not(
    store: Store,
) -> None:
    log(store, change("sw-1", UNKNOWN, UP, 5), change("sw-1", UP, DOWN, 10))
    assert shown(store, 5, 10, device_ids=["sw-1"]) == [("sw-1", UP, 5, 10)]


def test_a_backdated_transition_takes_back_what_was_said_after_it(store: Store) -> None:
    log(store, change("sw-1", UNKNOWN, UP, 1), change("sw-1", UP, DOWN, 6))
    log(store, change("sw-1", DOWN, UNKNOWN, 4))  # silence, noticed late
    assert shown(store, 0, 10, device_ids=["sw-1"]) == [
        ("sw-1", UNKNOWN, 0, 1),
        ("sw-1", UP, 1, 4),
        ("sw-1", UNKNOWN, 4, 10),
    ]
    assert shown(store, 5, 10, device_ids=["sw-1"]) == [("sw-1", UNKNOWN, 5, 10)]


def test_flapping_begins_and_ends_without_touching_an_interval(store: Store) -> None:
    log(store, change("sw-1", UNKNOWN, UP, 1), change("sw-1", UP, DOWN, 4))
    before = shown(store, 0, 10, device_ids=["sw-1"])
    begun = replace(change("sw-1", DOWN, DOWN, 4), confirmed_at=at(6), flapping=True)
    log(store, begun, replace(begun, confirmed_at=at(8), flapping=False))
    assert shown(store, 0, 10, device_ids=["sw-1"]) == before
    assert before == [
        ("sw-1", UNKNOWN, 0, 1), ("sw-1", UP, 1, 4), ("sw-1", DOWN, 4, 10),
    ]  # fmt: skip
    told = figures(total(tally(store.state_intervals(at(0), at(10), device_ids=["sw-1"])).values()))
    assert told.outages == 1


def test_after_the_collectors_last_sign_of_life_nothing_is_known(store: Store) -> None:
    log(store, change("sw-1", UNKNOWN, UP, 1), change("sw-1", UP, DOWN, 9))
    assert shown(store, 2, 12, device_ids=["sw-1"], known_until=at(6)) == [
        ("sw-1", UP, 2, 6),
        ("sw-1", UNKNOWN, 6, 12),
    ]


def test_how_long_is_known_may_differ_by_device(store: Store) -> None:
    log(store, change("sw-1", UNKNOWN, UP, 0), change("cam-1", UNKNOWN, UP, 0))
    found = shown(store, 0, 10, device_ids=["sw-1", "cam-1"], known_until={"cam-1": at(3)})
    assert found == [("cam-1", UP, 0, 3), ("cam-1", UNKNOWN, 3, 10), ("sw-1", UP, 0, 10)]


def test_a_window_after_the_last_sign_of_life_is_unknown(store: Store) -> None:
    log(store, change("sw-1", UNKNOWN, UP, 0))
    found = shown(store, 5, 10, device_ids=["sw-1"], known_until=at(3))
    assert found == [("sw-1", UNKNOWN, 5, 10)]


def test_a_retired_device_counts_until_it_was_retired_and_not_after(store: Store) -> None:
    log(store, change("cam-1", UNKNOWN, UP, 0))
    store.apply_inventory(city(*standard_devices()[1:]), at(5))
    assert [i for i in shown(store, 0, 10) if i[0] == "cam-1"] == [("cam-1", UP, 0, 5)]
    assert [i for i in shown(store, 6, 10) if i[0] == "cam-1"] == []


def test_a_device_counts_from_when_it_was_created(store: Store) -> None:
    log(store, change("sw-1", UNKNOWN, UP, 0))
    assert shown(store, -10, 5, device_ids=["sw-1"]) == [("sw-1", UP, 0, 5)]
    assert shown(store, -10, 0, device_ids=["sw-1"]) == []


def test_without_a_list_every_device_is_covered_by_id(store: Store) -> None:
    assert [i[0] for i in shown(store, 0, 1)] == ["cam-1", "sensor-1", "sw-1"]
    assert shown(store, 0, 1, device_ids=[]) == []


def test_the_intervals_of_a_fleet_give_its_uptime(store: Store) -> None:
    for device_id in ("cam-1", "sw-1", "sensor-1"):
        log(store, change(device_id, UNKNOWN, UP, 0))
    log(store, change("sw-1", UP, DOWN, 10), change("cam-1", UP, UNREACHABLE, 10))
    log(store, change("sw-1", DOWN, UP, 20), change("cam-1", UNREACHABLE, UP, 20))
    row = figures(total(tally(store.state_intervals(at(0), at(100))).values()))
    assert row.uptime_percent == 93.333
    assert row.device_uptime_percent == 96.551
    assert (row.devices, row.outages, row.coverage_percent) == (3, 1, 100.0)


# --- any history against a model that looks at every minute -----------------------------------

minutes = st.integers(min_value=0, max_value=30)
histories = st.lists(st.tuples(st.sampled_from(list(State)), minutes), max_size=12)


@settings(max_examples=30, deadline=None)
@given(histories, minutes, minutes, st.none() | minutes)
def test_any_history_reads_as_if_every_minute_were_looked_up(
    history: list[tuple[State, int]], start: int, length: int, known: int | None
) -> None:
    with TemporaryDirectory() as folder, open_backend("sqlite", Path(folder)) as store:
        store.apply_inventory(city(), T0)
        log(store, *(change("sw-1", UNKNOWN, new, at_minute) for new, at_minute in history))
        intervals = shown(
            store,
            start,
            start + length,
            device_ids=["sw-1"],
            known_until=None if known is None else at(known),
        )
    found = {m: state for _, state, a, b in intervals for m in range(int(a), int(b))}
    expected = {m: state_at(history, m, known) for m in range(start, start + length)}
    assert found == expected
    assert sum(b - a for _, _, a, b in intervals) == length  # no overlap


def state_at(history: list[tuple[State, int]], minute: int, known: int | None) -> State:
    """The last word among those that began by then."""
    if known is not None and minute >= known:
        return UNKNOWN
    return next((new for new, begun in reversed(history) if begun <= minute), UNKNOWN)
