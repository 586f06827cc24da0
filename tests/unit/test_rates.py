"""Counters: wraps, restarts and gaps, and that nothing that was counted is lost or invented."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.rates import Increase, Sample, increases, rates, restarts_of, step_rates

PAUSE = 750.0
MIB_PER_SECOND = 12_500_000.0  # octets on 100 Mbit/s


def counted(
    *samples: Sample, most: float | None = None, restarts: tuple[float, ...] = ()
) -> list[tuple[float, bool]]:
    found = increases(samples, longest_pause_seconds=PAUSE, restarts=restarts, most_per_second=most)
    return [(one.amount, one.at_least) for one in found]


def test_what_was_counted_is_the_difference() -> None:
    assert counted((0, 100), (300, 400), (600, 400)) == [(300, False), (0, False)]


def test_a_counter_of_32_bits_goes_over_its_edge() -> None:
    assert counted((0, 2**32 - 100), (300, 50)) == [(150, False)]
    assert counted((0, 2**32 - 100), (300, 50), most=MIB_PER_SECOND) == [(150, False)]


def test_without_a_speed_a_long_way_back_is_a_restart_and_no_wrap() -> None:
    assert counted((0, 1_000_000), (300, 50)) == []


def test_with_a_speed_what_the_link_cannot_carry_is_no_wrap() -> None:
    wrapped = 2**32 - 1_000_000 + 50  # 4.29 GB in 300 s: 115 Mbit/s
    assert counted((0, 1_000_000), (300, 50), most=MIB_PER_SECOND) == []
    assert counted((0, 1_000_000), (300, 50), most=2 * MIB_PER_SECOND) == [(wrapped, True)]


def test_a_counter_of_64_bits_that_falls_began_anew() -> None:
    assert counted((0, 2**40), (300, 5)) == []
    assert counted((0, 2**64 - 5), (300, 5)) == [(10, False)]


def test_nothing_is_told_of_a_span_with_a_restart_even_if_the_value_grew() -> None:
    samples = ((0, 100), (300, 5000), (600, 6000))
    assert counted(*samples, restarts=(150.0,)) == [(1000, False)]


def test_nothing_is_told_of_a_gap() -> None:
    assert counted((0, 0), (300, 10), (3000, 1000), (3300, 1010)) == [(10, False), (10, False)]


def test_a_jump_beyond_the_speed_of_the_link_is_not_believed() -> None:
    assert counted((0, 10), (300, 2**50), (600, 2**50 + 7), most=MIB_PER_SECOND) == [(7, False)]


def test_where_a_counter_may_have_gone_round_twice_the_increase_is_the_least() -> None:
    gigabit = 10 * MIB_PER_SECOND
    assert counted((0, 10), (300, 20), most=gigabit) == [(10, True)]
    assert counted((0, 10), (20, 20), most=gigabit) == [(10, False)]
    assert counted((0, 2**33), (300, 2**33 + 10), most=gigabit) == [(10, False)]


@pytest.mark.parametrize(
    ("uptimes", "restarts"),
    [
        ([(0, 1000), (60, 1060), (120, 1119)], []),
        ([(0, 1000), (60, 20)], [40]),
        ([(0, 1000), (60, 200)], [0]),  # began before we looked last: at our last look then
        ([(0, 42_949_672 - 30), (60, 30)], []),  # 497 days are over
        ([(0, 42_949_672 - 3000), (60, 30)], [30]),
        ([(60, 20), (0, 1000)], [40]),
    ],
)
def test_an_uptime_that_falls_is_a_restart(uptimes: list[Sample], restarts: list[float]) -> None:
    assert restarts_of(uptimes) == restarts


def test_a_rate_is_the_increase_by_time() -> None:
    (rate,) = rates([Increase(0, 300, 600)])
    assert (rate.start, rate.mean, rate.count) == (300, 2, 1)


def test_a_step_holds_its_share_of_every_increase() -> None:
    found = [Increase(0, 90, 900), Increase(90, 120, 0), Increase(240, 300, 60, at_least=True)]

    first, second, last = step_rates(found, 60)

    assert (first.start, first.mean, first.count) == (0, 10, 1)
    assert (second.mean, second.low, second.high, second.count) == (5, 0, 10, 2)
    assert (last.start, last.mean, last.at_least) == (240, 1, True)


COUNTED = st.lists(st.tuples(st.integers(1, 700), st.integers(0, 2**31 - 1)), max_size=30)


@settings(deadline=None)
@given(COUNTED, st.integers(0, 2**32 - 1), st.sampled_from([7, 60, 300, 3600]))
def test_over_any_wraps_all_that_was_counted_is_found_again(
    spans: list[tuple[int, int]], begin: int, step: int
) -> None:
    at, total = 0, begin
    samples: list[Sample] = [(0, begin)]
    for seconds, amount in spans:
        at, total = at + seconds, total + amount
        samples.append((at, total % 2**32))

    found = increases(samples, longest_pause_seconds=PAUSE)

    assert sum(one.amount for one in found) == total - begin
    stepped = step_rates(found, step)
    covered = {round(one.start): one for one in stepped}
    assert len(covered) == len(stepped)
    kept = sum(
        one.mean
        * sum(max(0, min(it.end, one.start + step) - max(it.start, one.start)) for it in found)
        for one in stepped
    )
    assert kept == pytest.approx(total - begin)
    assert all(
        one.low <= one.mean * (1 + 1e-9) and one.mean <= one.high * (1 + 1e-9) for one in stepped
    )


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 2**64 - 1)), max_size=20))
def test_no_rate_is_ever_negative_or_beyond_the_speed(samples: list[Sample]) -> None:
    for one in increases(samples, longest_pause_seconds=PAUSE, most_per_second=1000.0):
        assert 0 <= one.amount <= 1100.0 * (one.end - one.start) * (1 + 1e-9)
