"""Poller and engine together, over hours of virtual time and a scripted world."""

import pytest

from collector.model import Reason, State
from tests.virtual_city import VirtualCity, World, device, seconds

UP, DOWN, UNREACHABLE = State.UP, State.DOWN, State.UNREACHABLE
DEGRADED, UNKNOWN = State.DEGRADED, State.UNKNOWN


def test_every_device_is_asked_within_one_interval_and_then_keeps_its_rhythm() -> None:
    city = VirtualCity([device(f"d{n}") for n in range(50)], World())
    city.run(1800)
    first: dict[str, float] = {}
    for moment, check_id in city.world.asked:
        first.setdefault(check_id, moment)
    assert max(at for check, at in first.items() if check.endswith("/ping")) <= 30
    assert max(at for check, at in first.items() if check.endswith("/snmp")) <= 60
    assert len(city.world.asked) == pytest.approx(50 * (60 + 30), abs=100)
    assert city.poller.counters.overrun == 0
    assert all(city.story(f"d{n}") == [UP] for n in range(50))


def test_a_death_is_confirmed_within_the_interval_plus_15_s_and_backdated() -> None:
    devices = [device(f"d{n}") for n in range(40)]
    world = World(dead={f"d{n}": (600.0, 1200.0) for n in range(40)})
    city = VirtualCity(devices, world)
    city.run(1500)
    for n in range(40):
        assert city.story(f"d{n}") == [UP, DOWN, UP]
        _, down, back = [t for t in city.transitions if t.device_id == f"d{n}"]
        assert 600 <= seconds(down.at) <= 630
        assert seconds(down.confirmed_at) - 600 <= 45
        assert 1200 <= seconds(back.at) <= 1230


def test_a_silent_agent_on_a_living_device_degrades_it() -> None:
    city = VirtualCity([device("d")], World(silent={"d": (600.0, 1000.0)}))
    city.run(1500)
    assert city.story("d") == [UP, DEGRADED, UP]
    degraded, back = city.transitions[-2:]
    assert 600 <= seconds(degraded.at) <= 660
    assert degraded.reason is Reason.NO_ANSWER
    assert 1000 <= seconds(back.at) <= 1060


def test_a_dead_device_is_never_shown_degraded_first() -> None:
    devices = [device(f"d{n}") for n in range(60)]
    city = VirtualCity(devices, World(dead={f"d{n}": (500.0 + n, 900.0) for n in range(60)}))
    city.run(1200)
    assert all(city.story(f"d{n}") == [UP, DOWN, UP] for n in range(60))


def test_the_agent_of_a_dead_device_is_not_asked_in_vain() -> None:
    city = VirtualCity([device("d")], World(dead={"d": (300.0, 3600.0)}))
    city.run(3600)
    asked = [at for at, check in city.world.asked if check == "d/snmp" and at > 345]
    assert asked == []
    assert city.poller.counters.skipped > 40


def test_behind_a_dead_switch_one_is_down_and_500_are_unreachable() -> None:
    names = [f"cam{n}" for n in range(500)]
    dead = dict.fromkeys(("switch", *names), (600.0, 1200.0))
    city = VirtualCity([device("switch"), *(device(n, "switch") for n in names)], World(dead=dead))
    city.run(1500)
    assert city.story("switch") == [UP, DOWN, UP]
    for name in names:
        assert city.story(name) == [UP, UNREACHABLE, UP], name
    cut = [t for t in city.transitions if t.new is UNREACHABLE]
    assert {t.cause for t in cut} == {"switch"}
    assert max(seconds(t.confirmed_at) for t in cut) <= 600 + 50
    back = [t for t in city.transitions if t.old is UNREACHABLE]
    assert min(seconds(t.at) for t in back) >= 1200
    assert max(seconds(t.confirmed_at) for t in back) <= 1200 + 45


def test_a_child_that_stays_dead_after_its_parents_return_is_down_from_then_on() -> None:
    dead = {"switch": (600.0, 1200.0), "cam": (600.0, 2000.0)}
    city = VirtualCity([device("switch"), device("cam", "switch")], World(dead=dead))
    city.run(2400)
    assert city.story("cam") == [UP, UNREACHABLE, DOWN, UP]
    down = [t for t in city.transitions if t.device_id == "cam"][2]
    assert 1200 <= seconds(down.at) <= 1235
    assert down.cause is None


def test_a_dead_child_of_a_living_switch_is_down() -> None:
    city = VirtualCity(
        [device("switch"), device("cam", "switch")], World(dead={"cam": (600.0, 900.0)})
    )
    city.run(1200)
    assert city.story("cam") == [UP, DOWN, UP]
    assert city.story("switch") == [UP]


def test_a_chain_names_the_root_and_not_the_next_hop() -> None:
    dead = dict.fromkeys(("core", "switch", "cam"), (600.0, 1000.0))
    devices = [device("core"), device("switch", "core"), device("cam", "switch")]
    city = VirtualCity(devices, World(dead=dead))
    city.run(1300)
    assert city.story("cam") == [UP, UNREACHABLE, UP]
    assert [t.cause for t in city.transitions if t.new is UNREACHABLE] == ["core", "core"]


def test_a_second_way_keeps_a_child_reachable() -> None:
    devices = [device("a"), device("b"), device("cam", "a", "b")]
    city = VirtualCity(devices, World(dead={"a": (600.0, 900.0), "cam": (600.0, 900.0)}))
    city.run(1200)
    assert city.story("cam") == [UP, DOWN, UP]


def test_a_collector_that_was_stopped_makes_a_gap_and_no_outage() -> None:
    devices = [device("switch"), *(device(f"c{n}", "switch") for n in range(20))]
    city = VirtualCity(devices, World())
    city.run(1200, (600.0, lambda: city.loop.jump(90.0)))
    assert city.engine.counters.gaps == 1
    for name in ("switch", *(f"c{n}" for n in range(20))):
        assert city.story(name) == [UP, UNKNOWN, UP]
        gap, back = [t for t in city.transitions if t.device_id == name][1:]
        assert 570 <= seconds(gap.at) <= 600
        assert gap.reason is Reason.COLLECTOR_GONE
        assert 690 <= seconds(back.at) <= 725


def test_a_stalled_loop_turns_missing_answers_into_unknown_not_down() -> None:
    """The world is dead only while we are stalled: nobody could know."""
    city = VirtualCity([device(f"d{n}") for n in range(30)], World())
    stalls = [(600.0 + 7 * n, lambda: city.loop.jump(3.0)) for n in range(12)]
    city.run(900, *stalls)
    assert all(DOWN not in city.story(f"d{n}") for n in range(30))


@pytest.mark.parametrize("step", [3600.0, -3600.0, 20.0, -20.0])
def test_a_clock_that_is_set_takes_nobody_down(step: float) -> None:
    city = VirtualCity([device(f"d{n}") for n in range(20)], World())
    city.run(1800, (600.0, lambda: city.clock.step(step)))
    for n in range(20):
        assert set(city.story(f"d{n}")) <= {UP, UNKNOWN}
        assert city.engine.state_of(f"d{n}").state is UP


def test_moments_of_a_device_never_go_back() -> None:
    dead = {"switch": (600.0, 1200.0), "cam": (590.0, 1300.0)}
    city = VirtualCity([device("switch"), device("cam", "switch")], World(dead=dead))
    city.run(2000, (1500.0, lambda: city.loop.jump(60.0)))
    for name in ("switch", "cam"):
        moments = [t.at for t in city.transitions if t.device_id == name]
        assert moments == sorted(moments)
        assert all(t.confirmed_at >= t.at for t in city.transitions)
