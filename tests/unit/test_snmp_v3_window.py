"""The clock of an agent's engine: what is inside the window, and what moves our notion of it."""

from hypothesis import given
from hypothesis import strategies as st

from collector.probes.snmp.v3.window import MOST, WINDOW_SECONDS, EngineClock


def heard(boots: int = 3, time: int = 1000, now: float = 50.0) -> EngineClock:
    """Return a clock that a signed message has told."""
    clock = EngineClock(boots, time, now)
    assert clock.hear(boots, time, now)
    return clock


def test_time_goes_on_by_itself() -> None:
    clock = heard(time=1000, now=50.0)
    assert [clock.time(now) for now in (50.0, 50.9, 51.0, 3650.0)] == [1000, 1000, 1001, 4600]


def test_a_message_of_150_seconds_ago_is_the_last_inside_the_window() -> None:
    assert heard().hear(3, 1000 - WINDOW_SECONDS, 50.0)
    assert not heard().hear(3, 999 - WINDOW_SECONDS, 50.0)
    assert not heard().hear(3, 1000, 50.0 + WINDOW_SECONDS + 1)


def test_a_message_inside_the_window_does_not_set_the_clock_back() -> None:
    clock = heard()
    assert clock.hear(3, 900, 50.0)
    assert clock.time(50.0) == 1000


def test_a_later_time_and_another_boot_move_the_clock_forward() -> None:
    clock = heard()
    assert clock.hear(3, 5000, 60.0)
    assert clock.time(61.0) == 5001
    assert clock.hear(4, 2, 70.0)
    assert (clock.boots, clock.time(71.0)) == (4, 3)


def test_fewer_boots_are_outside_the_window_and_change_nothing() -> None:
    clock = heard()
    assert not clock.hear(2, 99_999, 50.0)
    assert (clock.boots, clock.time(50.0)) == (3, 1000)


def test_the_first_signed_message_replaces_what_discovery_told() -> None:
    clock = EngineClock(MOST, MOST, 50.0)
    assert not clock.is_proven
    assert clock.hear(3, 1000, 50.0)
    assert (clock.boots, clock.time(50.0), clock.is_proven) == (3, 1000, True)


def test_an_engine_that_has_booted_as_often_as_can_be_is_outside_the_window() -> None:
    clock = EngineClock(MOST, 5, 50.0)
    assert not clock.hear(MOST, 5, 50.0)
    assert clock.is_used_up


def test_time_ends_at_31_bits() -> None:
    assert heard(time=MOST - 5).time(100.0) == MOST


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5000), st.floats(0, 500)),
        min_size=2,
        max_size=20,
    )
)
def test_the_notion_is_never_behind_what_was_last_signed(
    told: list[tuple[int, int, float]],
) -> None:
    clock = EngineClock(0, 0, 0.0)
    now, latest = 0.0, (-1, -1)
    for boots, time, pause in told:
        now += pause
        clock.hear(boots, time, now)
        latest = max(latest, (boots, time))
        assert (clock.boots, clock.time(now)) >= latest
