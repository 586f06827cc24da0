"""Poller and engine together, over hours of virtual time and a scripted world."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from collector.advice import Advice
from collector.engine import Engine
from collector.model import (
    Check,
    CheckResult,
    MetricGroup,
    Outcome,
    Reason,
    ResultBatch,
    Role,
    State,
    Target,
)
from collector.poller import MAX_LATE_SECONDS, Poller
from tests.virtual_city import EPOCH, VirtualCity, World, checks_of, device, seconds

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


@pytest.mark.parametrize(
    ("groups", "dies", "children"),
    [
        ((("switch",),), ("switch",), 60),
        ((("mast",), ("switch",)), ("switch",), 500),
        ((("switch", "backup"),), ("switch", "backup"), 500),
        ((("switch", "backup"), ("mast",)), ("mast",), 60),
    ],
    ids=["one", "and", "or", "and-or"],
)
def test_a_parent_that_returns_for_20_s_and_dies_again_takes_no_child_down(
    groups: tuple[tuple[str, ...], ...], dies: tuple[str, ...], children: int
) -> None:
    parents = ("switch", "backup", "mast")
    names = [f"cam{n}" for n in range(children)]
    twice = (300.0, 450.0, 470.0, 650.0)
    world = World(dead=dict.fromkeys(dies, twice), ways=dict.fromkeys(names, groups))
    devices = [*map(device, parents), *(device(name, groups=groups) for name in names)]
    city = VirtualCity(devices, world)
    city.run(800)
    told = {name: {new for _, new in _moves(city, name)} for name in names}
    assert all(DOWN not in states for states in told.values())
    assert all(UNREACHABLE in states for states in told.values())
    assert {city.engine.state_of(one).state for one in (*names, *parents)} == {UP}
    causes = {t.cause for t in city.transitions if t.new is UNREACHABLE}
    assert causes == {dies[0]}
    assert all(city.story(one) == [UP] for one in parents if one not in dies)


def test_a_child_that_needs_two_parents_is_handed_from_one_root_to_the_other() -> None:
    """The second answers for no more than its own time; what was told of the first stays true."""
    dead = {"mast": (300.0, 900.0), "switch": (600.0, 1200.0)}
    groups = (("mast",), ("switch",))
    world = World(dead=dead, ways={"cam": groups})
    city = VirtualCity([device("mast"), device("switch"), device("cam", groups=groups)], world)
    city.run(1500)
    moved = [t for t in city.transitions if t.device_id == "cam"]
    assert [(t.new, t.cause) for t in moved] == [
        (UP, None), (UNREACHABLE, "mast"), (UNREACHABLE, "switch"), (UP, None),
    ]  # fmt: skip
    assert 300 <= seconds(moved[1].at) <= 330
    assert 900 <= seconds(moved[2].at) <= 930
    assert 1200 <= seconds(moved[3].at) <= 1235


def test_a_first_group_that_closes_later_takes_over_from_its_own_time_on() -> None:
    dead = {"mast": (600.0, 1200.0), "switch": (300.0, 1200.0)}
    groups = (("mast",), ("switch",))
    world = World(dead=dead, ways={"cam": groups})
    city = VirtualCity([device("mast"), device("switch"), device("cam", groups=groups)], world)
    city.run(1000)
    moved = [t for t in city.transitions if t.device_id == "cam"]
    assert [t.cause for t in moved] == [None, "switch", "mast"]
    assert 600 <= seconds(moved[2].at) <= 630


def _moves(city: VirtualCity, name: str) -> list[tuple[State, State]]:
    return [(t.old, t.new) for t in city.transitions if t.device_id == name]


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


def test_a_stall_is_known_before_its_meter_wakes() -> None:
    """An answer that is lost to the stall is judged in the same turn of the loop."""
    city = VirtualCity([], World())
    seen: list[bool] = []

    def stall() -> None:
        seen.append(city.lag.stalled_since(9.0, 0.6))
        city.loop.jump(3.0)
        seen.append(city.lag.stalled_since(9.0, 0.6))

    city.run(20, (10.0, stall))
    assert seen == [False, True]
    assert not city.lag.stalled_since(14.0, 0.6)


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


def test_a_device_that_was_down_before_its_switch_died_keeps_that_time_as_its_own() -> None:
    dead = {"switch": (1200.0, 1800.0), "cam": (600.0, 2400.0)}
    city = VirtualCity([device("switch"), device("cam", "switch")], World(dead=dead))
    city.run(2700)
    assert city.story("cam") == [UP, DOWN, UNREACHABLE, DOWN, UP]
    _, down, cut, again, _ = [t for t in city.transitions if t.device_id == "cam"]
    assert 600 <= seconds(down.at) <= 630
    assert 1200 <= seconds(cut.at) <= 1230, "cut off when the switch died, not when it did itself"
    assert 1800 <= seconds(again.at) <= 1835


def test_an_answer_under_way_when_the_collector_stopped_does_not_fill_the_gap() -> None:
    engine = Engine([device("d")], checks_of(device("d")), gap_seconds=12.5)

    def hear(slot: float, now: float) -> None:
        slot_at, heard_at = (EPOCH + timedelta(seconds=moment) for moment in (slot, now))
        result = CheckResult("d/ping", slot_at, heard_at, Outcome.ANSWERED)
        engine.handle(ResultBatch("main", "run", 1, (result,)), heard_at, now)

    hear(570, 570)
    for second in range(571, 600):
        engine.tick(EPOCH + timedelta(seconds=second), second)
    hear(599, 640)  # asked at 599, then stopped until 640
    moved = engine.take_changes().transitions
    assert [(one.new, seconds(one.at)) for one in moved] == [(UP, 570), (UNKNOWN, 570), (UP, 640)]


def test_a_suspicion_does_not_live_through_a_clock_set_forward() -> None:
    """Two failures before and one after the step are no outage of eight hours."""
    engine = Engine([device("d")], checks_of(device("d")), gap_seconds=12.5)

    def fail(wall: float, monotonic: float) -> None:
        now = EPOCH + timedelta(seconds=wall)
        result = CheckResult("d/ping", now, now, Outcome.FAILED, Reason.NO_ANSWER)
        engine.handle(ResultBatch("main", "run", 1, (result,)), now, monotonic)

    fail(0, 0)
    fail(5, 5)
    engine.tick(EPOCH + timedelta(seconds=28_806), 6)
    for second in (10, 15, 20):
        fail(28_800 + second, second)
    moved = engine.take_changes().transitions
    assert [(one.new, seconds(one.at)) for one in moved] == [(DOWN, 28_810)]


def test_a_clock_set_back_by_hours_tells_nothing_of_the_future() -> None:
    """A machine whose clock held local time until the network told it better."""
    dead = {"switch": (700.0, 1000.0), "cam": (690.0, 1300.0), "other": (620.0, 900.0)}
    devices = [device("switch"), device("cam", "switch"), device("other")]
    city = VirtualCity(devices, World(dead=dead))
    city.run(1800, (600.0, lambda: city.clock.step(-28_800.0)))
    later = [t for t in city.transitions if seconds(t.confirmed_at) < 0]
    for moved in later:
        assert -28_800 + 600 <= seconds(moved.at) <= seconds(moved.confirmed_at)
        assert seconds(moved.confirmed_at) <= -28_800 + 1800
    assert city.story("other") == [UP, DOWN, UP]
    down = next(t for t in later if t.device_id == "other")
    assert 620 <= seconds(down.at) + 28_800 <= 650
    assert city.story("cam")[-3:] == [UNREACHABLE, DOWN, UP]


def test_silence_is_noticed_though_the_clock_was_set_back() -> None:
    """A listener's device: nothing is polled, only its own word keeps it fresh."""
    engine = Engine([device("d")], checks_of(device("d")), gap_seconds=12.5)
    result = CheckResult("d/ping", EPOCH, EPOCH, Outcome.ANSWERED)
    engine.handle(ResultBatch("main", "run", 1, (result,)), EPOCH, 0.0)
    assert engine.state_of("d").state is UP
    for second in range(1, 90):
        engine.tick(EPOCH + timedelta(seconds=second - 7200), float(second))
    assert engine.state_of("d").state is UNKNOWN


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_results_after_the_clock_was_set_carry_the_new_time(step: float) -> None:
    city = VirtualCity([device("d")], World())
    city.run(700, (600.0, lambda: city.clock.step(step)))
    last = city.engine.state_of("d").last_result_at
    assert last is not None
    assert abs(seconds(last) - step - 700) <= 30


def test_a_busy_lane_starves_no_check() -> None:
    """Two slow checks of one protocol fill the lane; the third gets its turn all the same."""
    watched = device("d")
    target = Target("d", "127.0.0.1")
    checks = [
        Check(f"d/{name}", "d", name, "snmp", Role.HEALTH, 30, 50, target,
              MetricGroup(name, "snmp", Role.HEALTH, 60.0))
        for name in ("status", "tables", "radio")
    ]  # fmt: skip
    city = VirtualCity([watched], World(answer_seconds=45.0))
    city.poller = Poller(checks, {"snmp": city.probe("snmp")}, lambda _: Advice(), city.clock,
                         city.lag)  # fmt: skip
    city.run(3600)
    counts = Counter(check for _, check in city.world.asked)
    assert {check.id for check in checks} == set(counts)
    assert max(counts.values()) - min(counts.values()) <= 1, counts


def test_what_waited_for_its_lane_does_not_speak_for_a_slot_long_past() -> None:
    watched = device("d")
    target = Target("d", "127.0.0.1")
    checks = [
        Check(f"d/{name}", "d", name, "snmp", Role.HEALTH, 60, 50, target,
              MetricGroup(name, "snmp", Role.HEALTH, 60.0))
        for name in ("status", "tables")
    ]  # fmt: skip
    taken: list[CheckResult] = []
    city = VirtualCity([watched], World(answer_seconds=40.0))

    def take(results: Sequence[CheckResult]) -> Advice:
        taken.extend(results)
        return Advice()

    city.poller = Poller(checks, {"snmp": city.probe("snmp")}, take, city.clock, city.lag)
    city.run(1800)
    took = [(result.measured_at - result.slot_at).total_seconds() for result in taken]
    assert max(took) <= 40.0 + MAX_LATE_SECONDS


def test_what_is_due_is_done_or_under_way() -> None:
    target = Target("d", "127.0.0.1")
    checks = [
        Check(f"d/{name}", "d", name, "snmp", Role.HEALTH, 120, 50, target,
              MetricGroup(name, "snmp", Role.HEALTH, 60.0))
        for name in ("status", "tables", "radio")
    ]  # fmt: skip
    city = VirtualCity([device("d")], World(answer_seconds=30.0))
    seen: list[tuple[int, int]] = []

    def take(_: Sequence[CheckResult]) -> Advice:
        counters = poller.counters
        seen.append((counters.due - counters.done, poller.under_way()))
        return Advice()

    city.poller = poller = Poller(checks, {"snmp": city.probe("snmp")}, take, city.clock, city.lag)
    city.run(1800)
    assert len(seen) > 30
    assert {late for late, _ in seen} >= {0, 1}
    assert all(late == under_way for late, under_way in seen), seen
    assert poller.counters.due - poller.counters.done == poller.under_way()  # stopped by now


def test_a_device_is_resumed_only_when_every_reachability_check_answers() -> None:
    ping = device("d")
    checks = [replace(check, role=Role.REACHABILITY) for check in checks_of(ping)]
    engine = Engine([ping], checks, gap_seconds=1e9)

    def hear(name: str, outcome: Outcome, at: float) -> Advice:
        now = EPOCH + timedelta(seconds=at)
        result = CheckResult(f"d/{name}", now, now, outcome)
        return engine.handle(ResultBatch("main", "run", 1, (result,)), now, at)

    assert hear("ping", Outcome.FAILED, 0).pause == {"d"}
    assert hear("snmp", Outcome.ANSWERED, 1).resume == set()
    assert hear("ping", Outcome.ANSWERED, 2).resume == {"d"}


def test_a_held_child_asks_its_parents_at_the_pace_of_rechecks() -> None:
    """The core loses pings for a minute: what waits behind it must not hammer the switch."""
    flaky = {"core": (True,) + (False, False, True) * 100}
    dead = dict.fromkeys(("switch", *(f"cam{n}" for n in range(20))), (300.0, 600.0))
    devices = [device("core"), device("switch", "core")]
    devices += [device(f"cam{n}", "switch") for n in range(20)]
    city = VirtualCity(devices, World(dead=dead, lossy=flaky))
    city.run(600)
    asked = [at for at, check in city.world.asked if check == "switch/ping" and at >= 300]
    assert min(later - earlier for earlier, later in pairwise(asked)) >= 4.9
    assert city.story("switch")[1] is DOWN
