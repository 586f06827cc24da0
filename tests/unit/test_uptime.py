"""Uptime arithmetic: worked examples, and what must hold of any history."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import State
from collector.uptime import (
    Exclusion,
    StateInterval,
    Tally,
    figures,
    floor_percent,
    tally,
    total,
)

T0 = datetime(2026, 11, 1, tzinfo=UTC)
UP, DEGRADED, DOWN = State.UP, State.DEGRADED, State.DOWN
UNREACHABLE, UNKNOWN = State.UNREACHABLE, State.UNKNOWN


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def history(*pieces: tuple[State, float], device: str = "cam-1") -> list[StateInterval]:
    """Intervals one after another from T0: (state, minutes)."""
    ends = [0.0]
    for _, minutes in pieces:
        ends.append(ends[-1] + minutes)
    return [
        StateInterval(device, state, at(start), at(end))
        for (state, _), (start, end) in zip(pieces, pairwise(ends), strict=True)
    ]


def one(intervals: list[StateInterval], *excluded: Exclusion) -> Tally:
    return tally(intervals, excluded)["cam-1"]


def test_a_day_with_one_outage_of_36_minutes_is_97_and_a_half_percent() -> None:
    day = figures(one(history((UP, 600), (DOWN, 36), (UP, 804))))
    assert day.uptime_percent == 97.5
    assert day.device_uptime_percent == 97.5
    assert day.uptime_bounds_percent == (97.5, 97.5)
    assert day.coverage_percent == 100.0
    assert day.down_seconds == 36 * 60
    assert day.outages == 1
    assert day.mttr_seconds == 36 * 60
    assert day.mtbf_seconds == (1440 - 36) * 60


def test_unreachable_counts_against_the_service_but_not_against_the_device() -> None:
    row = figures(one(history((UP, 80), (UNREACHABLE, 10), (DOWN, 10))))
    assert row.uptime_percent == 80.0
    assert row.device_uptime_percent == 88.888
    assert row.outages == 1


def test_degraded_is_up_unless_asked_otherwise() -> None:
    counted = one(history((UP, 50), (DEGRADED, 25), (DOWN, 25)))
    assert figures(counted).uptime_percent == 75.0
    assert figures(counted, degraded_is_up=False).uptime_percent == 50.0


def test_unknown_is_neither_up_nor_down_and_widens_the_bounds() -> None:
    row = figures(one(history((UP, 45), (UNKNOWN, 50), (DOWN, 5))))
    assert row.uptime_percent == 90.0
    assert row.coverage_percent == 50.0
    assert row.uptime_bounds_percent == (45.0, 95.0)


def test_without_any_knowledge_there_is_no_figure_and_no_coverage() -> None:
    row = figures(one(history((UNKNOWN, 60))))
    assert row.uptime_percent is None
    assert row.device_uptime_percent is None
    assert row.coverage_percent == 0.0
    assert row.uptime_bounds_percent == (0.0, 100.0)
    assert row.mttr_seconds is None


def test_without_any_time_there_is_nothing_to_bound() -> None:
    row = figures(Tally())
    assert (row.uptime_percent, row.uptime_bounds_percent) == (None, None)
    assert row.coverage_percent == 0.0


def test_a_device_that_was_unreachable_all_the_time_has_no_uptime_of_its_own() -> None:
    row = figures(one(history((UNREACHABLE, 60))))
    assert row.uptime_percent == 0.0
    assert row.device_uptime_percent is None


def test_almost_all_is_never_shown_as_all() -> None:
    ten_days = 10 * 24 * 3600 * 1_000_000
    assert floor_percent(ten_days - 1, ten_days) == 99.999
    assert floor_percent(ten_days, ten_days) == 100.0
    assert floor_percent(99_996, 100_000) == 99.996


def test_maintenance_is_left_out_of_every_part_and_begins_no_outage() -> None:
    intervals = history((UP, 50), (DOWN, 20), (UP, 30))
    row = figures(one(intervals, Exclusion(at(45), at(75), "cam-1")))
    assert row.uptime_percent == 100.0
    assert row.excluded_seconds == 30 * 60
    assert row.outages == 0


def test_an_outage_longer_than_its_maintenance_counts_once_with_what_is_left() -> None:
    intervals = history((UP, 10), (DOWN, 60), (UP, 30))
    row = figures(one(intervals, Exclusion(at(20), at(40))))
    assert row.outages == 1
    assert row.down_seconds == 40 * 60


def test_overlapping_exclusions_leave_a_minute_out_only_once() -> None:
    intervals = history((UP, 100))
    row = one(intervals, Exclusion(at(10), at(30)), Exclusion(at(20), at(40), "cam-1"))
    assert row.excluded == 30 * 60 * 1_000_000


def test_maintenance_of_another_device_changes_nothing() -> None:
    intervals = history((UP, 100))
    assert one(intervals, Exclusion(at(10), at(30), "cam-2")).excluded == 0


@pytest.mark.parametrize("between", [UNKNOWN, UNREACHABLE, DOWN])
def test_not_seeing_the_device_does_not_make_two_outages_of_one(between: State) -> None:
    assert one(history((UP, 1), (DOWN, 5), (between, 3), (DOWN, 5), (UP, 1))).outages == 1


@pytest.mark.parametrize("between", [UP, DEGRADED])
def test_seeing_the_device_work_ends_the_outage(between: State) -> None:
    assert one(history((DOWN, 5), (between, 3), (DOWN, 5))).outages == 2


def test_overlapping_intervals_of_one_device_are_refused() -> None:
    intervals = [
        StateInterval("cam-1", UP, at(0), at(10)),
        StateInterval("cam-1", DOWN, at(9), at(12)),
    ]
    with pytest.raises(ValueError, match="cam-1: intervals overlap"):
        tally(intervals)


def test_a_group_is_the_sum_of_its_devices_not_an_average_of_percentages() -> None:
    always = history((UP, 90), device="a")
    briefly_known = history((UNKNOWN, 80), (DOWN, 10), device="b")
    group = figures(total(tally(always + briefly_known).values()))
    assert group.devices == 2
    assert group.uptime_percent == 90.0  # the average of 100 % and 0 % would say 50


# --- what must hold of any history ------------------------------------------------------------

patient = settings(deadline=None)  # a busy machine is no failure
microseconds = st.integers(min_value=0, max_value=10**13)
pieces = st.lists(st.tuples(st.sampled_from(list(State)), microseconds), min_size=1, max_size=12)


def spans(parts: list[tuple[State, int]], device: str = "cam-1") -> list[StateInterval]:
    return history(*((state, micros / 60e6) for state, micros in parts), device=device)


@st.composite
def exclusions(draw: st.DrawFn) -> list[Exclusion]:
    pairs = draw(st.lists(st.tuples(microseconds, microseconds), max_size=4))
    return [
        Exclusion(T0 + timedelta(microseconds=start), T0 + timedelta(microseconds=start + length))
        for start, length in pairs
    ]


@patient
@given(pieces, exclusions())
def test_the_parts_add_up_to_the_window(
    parts: list[tuple[State, int]], excluded: list[Exclusion]
) -> None:
    intervals = spans(parts)
    counted = one(intervals, *excluded)
    assert counted.window == (intervals[-1].end - T0) // timedelta(microseconds=1)


@patient
@given(pieces, exclusions(), microseconds)
def test_a_window_cut_anywhere_and_joined_again_is_the_same(
    parts: list[tuple[State, int]], excluded: list[Exclusion], offset: int
) -> None:
    intervals = spans(parts)
    cut = T0 + timedelta(microseconds=offset)
    before = [StateInterval(i.device_id, i.state, i.start, min(i.end, cut)) for i in intervals]
    after = [StateInterval(i.device_id, i.state, max(i.start, cut), i.end) for i in intervals]
    assert one(before, *excluded).then(one(after, *excluded)) == one(intervals, *excluded)


@patient
@given(st.lists(pieces, min_size=1, max_size=5), exclusions())
def test_a_group_adds_up_to_its_members(
    fleet: list[list[tuple[State, int]]], excluded: list[Exclusion]
) -> None:
    each = [spans(parts, device=f"d{n}") for n, parts in enumerate(fleet)]
    together = total(tally([i for own in each for i in own], excluded).values())
    apart = [tally(own, excluded)[f"d{n}"] for n, own in enumerate(each)]
    assert together.devices == len(fleet)
    for part in ("up", "degraded", "down", "unreachable", "unknown", "excluded", "outages"):
        assert getattr(together, part) == sum(getattr(own, part) for own in apart)


@patient
@given(pieces, exclusions())
def test_the_bounds_hold_the_figure_and_nothing_is_rounded_up(
    parts: list[tuple[State, int]], excluded: list[Exclusion]
) -> None:
    counted = one(spans(parts), *excluded)
    row = figures(counted)
    if row.uptime_percent is None:
        assert counted.known == 0
        return
    exact = Fraction(100 * (counted.up + counted.degraded), counted.known)
    shown = Fraction(row.uptime_percent).limit_denominator(1000)
    assert exact - Fraction(1, 1000) < shown <= exact
    assert row.uptime_bounds_percent is not None
    low, high = row.uptime_bounds_percent
    assert 0.0 <= low <= row.uptime_percent <= high <= 100.0


@patient
@given(pieces)
def test_mtbf_and_mttr_say_the_same_as_device_uptime(parts: list[tuple[State, int]]) -> None:
    row = figures(one(spans(parts)))
    if row.mtbf_seconds is None or row.mttr_seconds is None or row.device_uptime_percent is None:
        assert row.outages == 0 or row.down_seconds + row.up_seconds + row.degraded_seconds == 0
        return
    share = 100 * row.mtbf_seconds / (row.mtbf_seconds + row.mttr_seconds)
    assert row.device_uptime_percent == pytest.approx(share, abs=0.0011)
