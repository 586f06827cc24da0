"""What a hint (a trap) does to the polling of a device, and what it never does to its state."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import State
from collector.poller import TOGETHER_SECONDS
from tests.virtual_city import VirtualCity, World, device, seconds

Happening = tuple[float, Callable[[], None]]
UP, DOWN = State.UP, State.DOWN


def hint(city: VirtualCity, name: str, groups: list[str] | None = None) -> Callable[[], None]:
    """Return the happening of a hint."""

    def happen() -> None:
        city.poller.ask_now(name, groups)

    return happen


def storm(city: VirtualCity, name: str, start: float, end: float, step: float) -> list[Happening]:
    """Hints about a device, one every `step` seconds."""
    return [(start + step * count, hint(city, name)) for count in range(int((end - start) / step))]


def asked(city: VirtualCity, check: str, start: float, end: float) -> list[float]:
    return [at for at, name in city.world.asked if name == check and start <= at < end]


def test_a_hint_asks_every_check_of_the_device_at_once_and_no_other_device() -> None:
    city = VirtualCity([device("d"), device("other")], World())
    pulled: list[int] = []

    city.run(700, (607.25, lambda: pulled.append(city.poller.ask_now("d"))))

    assert pulled == [2]
    assert asked(city, "d/ping", 607.2, 607.5)
    assert asked(city, "d/snmp", 607.2, 607.5)
    assert not [check for at, check in city.world.asked if 607.2 < at < 607.3 and "other" in check]


def test_a_hint_that_names_groups_asks_those_alone_and_an_empty_one_nothing() -> None:
    city = VirtualCity([device("d")], World())
    pulled: list[int] = []

    city.run(
        700,
        (607.25, lambda: pulled.append(city.poller.ask_now("d", ["snmp", "absent"]))),
        (613.25, lambda: pulled.append(city.poller.ask_now("d", []))),
        (619.25, lambda: pulled.append(city.poller.ask_now("nobody"))),
    )

    assert pulled == [1, 0, 0]
    assert asked(city, "d/snmp", 607.2, 607.5)
    assert not [at for at, _ in city.world.asked if 607.25 <= at < 607.26 and _ == "d/ping"]


def test_hints_alone_change_no_state_and_do_not_overload_a_living_device() -> None:
    city = VirtualCity([device("d")], World())

    city.run(900, *storm(city, "d", 300, 800, 0.25))

    assert city.story("d") == [UP]
    assert len(asked(city, "d/ping", 300, 800)) <= 500 / 5 + 500 / 30 + 1
    assert len(asked(city, "d/snmp", 300, 800)) <= 500 / 15 + 500 / 60 + 1


def test_a_storm_of_hints_does_not_make_a_device_be_called_down_earlier_than_its_rule() -> None:
    city = VirtualCity([device("d")], World(dead={"d": (600.0, 1200.0)}))

    city.run(1300, *storm(city, "d", 500, 1250, 0.2))

    assert city.story("d") == [UP, DOWN, UP]
    down = city.transitions[-2]
    assert seconds(down.confirmed_at) - seconds(down.at) >= 2 * 5
    assert 600 <= seconds(down.at) <= 606


def test_a_hint_while_a_check_runs_lets_it_run_again_after_its_retry_pace() -> None:
    city = VirtualCity([device("d")], World(answer_seconds=1.5))

    city.run(
        700,
        (607.25, hint(city, "d", ["ping"])),
        (608.0, hint(city, "d", ["ping"])),
    )

    first, second = asked(city, "d/ping", 607.2, 617)[:2]
    assert abs(first - 607.25) < 0.01
    assert abs(second - (607.25 + 1.5 + 5)) < 0.01 + TOGETHER_SECONDS


def test_of_a_device_that_does_not_answer_only_the_reachability_is_asked() -> None:
    city = VirtualCity([device("d")], World(dead={"d": (600.0, 1200.0)}))
    pulled: list[int] = []

    city.run(1000, (907.25, lambda: pulled.append(city.poller.ask_now("d", ["snmp"]))))

    assert pulled == [1]
    assert not asked(city, "d/snmp", 700, 1000)
    assert asked(city, "d/ping", 907.2, 912.6)


@settings(deadline=None, max_examples=5)
@given(
    st.lists(st.floats(60, 590), max_size=40),
    st.lists(st.sampled_from([None, "ping", "snmp"]), min_size=40, max_size=40),
)
def test_whenever_hints_come_a_check_keeps_its_pace_and_its_regular_rhythm(
    moments: list[float], groups: list[str | None]
) -> None:
    city = VirtualCity([device("d")], World())

    def happenings() -> Iterator[Happening]:
        for moment, group in zip(moments, groups, strict=False):
            yield moment, hint(city, "d", None if group is None else [group])

    city.run(600, *happenings())

    assert city.story("d") == [UP]
    for check, interval in (("d/ping", 30.0), ("d/snmp", 60.0)):
        times = asked(city, check, 0, 600)
        gaps = [after - before for before, after in pairwise(times)]
        assert max(gaps) <= interval + 0.01 + TOGETHER_SECONDS
