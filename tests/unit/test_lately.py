"""The last hours, counted backwards from what is now."""

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.store.lately import HOUR_MICROS, Change, reckon

HOURS = 4
START, END = 10 * HOUR_MICROS, (10 + HOURS) * HOUR_MICROS
STATES = ("up", "degraded", "down", "unreachable", "unknown")


def at(hours: float) -> int:
    return START + int(hours * HOUR_MICROS)


def test_an_hour_shows_the_most_that_were_out_at_one_moment_of_it() -> None:
    changes = [
        ("a", at(0.5), "up", "down"),
        ("b", at(1.5), "up", "unreachable"),
        ("a", at(1.6), "down", "up"),
        ("b", at(1.7), "unreachable", "up"),
    ]
    told = reckon({"up": 9}, changes, [], START, END, END)
    assert told.out == (1, 2, 0, 0)
    assert told.unknown == (0, 0, 0, 0)


def test_what_is_out_for_days_is_out_in_every_hour() -> None:
    assert reckon({"up": 9, "down": 2}, [], [], START, END, END).out == (2, 2, 2, 2)


def test_one_that_ended_where_another_began_was_never_two() -> None:
    changes = [("a", at(1.5), "down", "up"), ("b", at(1.5), "up", "down")]
    assert reckon({"up": 8, "down": 1}, changes, [], START, END, END).out == (1, 1, 1, 1)


def test_a_device_was_not_unknown_before_it_was_in_the_inventory() -> None:
    changes = [("new", at(2.5), "unknown", "up")]
    told = reckon({"up": 5}, changes, [at(2.4)], START, END, END)
    assert told.unknown == (0, 0, 1, 0)


def test_hours_in_which_nobody_looked_are_unknown_and_not_calm() -> None:
    told = reckon({"up": 7, "down": 3}, [], [], START, END, at(1.5))
    assert told.unknown == (0, 10, 10, 10)
    assert told.out == (3, 3, 0, 0)


def test_a_silence_that_is_backdated_takes_back_what_was_said_of_that_time() -> None:
    changes = [("a", at(1.5), "up", "down"), ("a", at(0.5), "down", "unknown")]
    told = reckon({"up": 3, "unknown": 1}, changes, [], START, END, END)
    assert told.out == (0, 0, 0, 0)
    assert told.unknown == (1, 1, 1, 1)


@st.composite
def logs(draw: st.DrawFn) -> tuple[dict[str, int], list[Change]]:
    """A log of a few devices that is whole: each change begins where the one before ended."""
    current: dict[str, int] = {}
    log: list[tuple[int, Change]] = []
    for device in "abc":
        state = draw(st.sampled_from(STATES))
        moments = sorted(draw(st.lists(st.integers(0, HOURS * 60 - 1), unique=True, max_size=6)))
        for minute in moments:
            new = draw(st.sampled_from(STATES))
            log.append((minute, (device, at(minute / 60), state, new)))
            state = new
        current[state] = current.get(state, 0) + 1
    return current, [change for _, change in sorted(log, key=lambda one: one[0])]


@given(logs())
@settings(deadline=None)
def test_every_hour_agrees_with_looking_at_every_minute(
    city: tuple[dict[str, int], list[Change]],
) -> None:
    current, changes = city
    told = reckon(current, changes, [], START, END, END)
    held = {device: _states(device, changes) for device in "abc"}
    constant = {device for device in held if not held[device]}
    still = dict(current)
    for device in set(held) - constant:
        still[held[device][-1]] -= 1
    for hour in range(HOURS):
        minutes = range(hour * 60, (hour + 1) * 60)
        for states, said in ((("down", "unreachable"), told.out), (("unknown",), told.unknown)):
            always = sum(still.get(state, 0) for state in states)
            most = max(
                sum(held[device][minute] in states for device in set(held) - constant)
                for minute in minutes
            )
            assert said[hour] == most + always


def _states(device: str, changes: list[Change]) -> list[str]:
    """The state of a device in every minute; empty: it never changed."""
    own = [change for change in changes if change[0] == device]
    states: list[str] = []
    for minute in range(HOURS * 60 if own else 0):
        passed = [change for change in own if change[1] <= at(minute / 60)]
        states.append(passed[-1][3] if passed else own[0][2])
    return states
