"""When checks are due."""

from hypothesis import given
from hypothesis import strategies as st

from collector.schedule import next_slot, phase_seconds

intervals = st.sampled_from([5.0, 30.0, 60.0, 300.0, 86_400.0])
moments = st.floats(1_700_000_000, 2_000_000_000)


@given(st.text(max_size=30), intervals)
def test_the_phase_lies_in_the_interval_and_is_always_the_same(name: str, every: float) -> None:
    phase = phase_seconds(name, every)
    assert 0 <= phase < every
    assert phase == phase_seconds(name, every)


@given(moments, intervals, st.text(max_size=10))
def test_the_next_slot_is_ahead_and_at_most_one_interval_away(
    now: float, every: float, name: str
) -> None:
    slot = next_slot(now, every, phase_seconds(name, every))
    assert 0 < slot - now <= every + 1e-6


@given(moments, intervals, st.text(max_size=10))
def test_slots_follow_each_other_by_exactly_one_interval(
    now: float, every: float, name: str
) -> None:
    first = next_slot(now, every, phase_seconds(name, every))
    second = next_slot(first, every, phase_seconds(name, every))
    assert abs(second - first - every) < 1e-3


def test_due_times_are_spread_over_the_interval() -> None:
    tenths = [0] * 10
    for number in range(10_000):
        tenths[int(phase_seconds(f"cam-{number:05}/ping", 30.0) // 3)] += 1
    assert min(tenths) > 850
    assert max(tenths) < 1150
