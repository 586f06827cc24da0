"""What shall fail, and what should be shown while it lasts."""

from itertools import islice, takewhile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulators.city import City, Kind, build_city
from simulators.faults import Expected, Fault, FaultKind, Rhythm, death
from simulators.plan import Timeline, check_overlaps, is_visible, plan, steady
from simulators.scenario import ScenarioError, find_scenario, parse_scenario

seeds = st.integers(0, 100_000)


def _states(fault: Fault) -> dict[str, Expected]:
    return {target: it.expected_state for it in fault.effects for target in it.targets}


def _plan(city: City, *wishes: dict[str, object]) -> Timeline:
    return plan(city, parse_scenario(list(wishes)))


@settings(deadline=None, max_examples=40)
@given(st.integers(30, 400), seeds)
def test_the_basic_scenario_has_its_kinds_on_different_devices(devices: int, seed: int) -> None:
    city = build_city(devices, seed)
    timeline = plan(city, find_scenario("basic"))
    assert timeline.skipped == ()
    # a UPS on its battery is left to the endless scenario: the smallest cities have but one;
    # only a city of its own has power feeders
    elsewhere = {FaultKind.UPS_ON_BATTERY, FaultKind.FEEDER_POWER}
    assert {fault.kind for fault in timeline.faults} == set(FaultKind) - elsewhere
    seen: set[str] = set()
    for fault in timeline.faults:
        if fault.kind is not FaultKind.COLLECTOR_PAUSE:
            assert not seen & fault.touched
            seen |= fault.touched
        assert sum(len(effect.targets) for effect in fault.effects) == len(fault.touched)
    check_overlaps(timeline.faults)


def test_the_basic_scenario_fits_four_minutes() -> None:
    faults = plan(build_city(200, 1), find_scenario("basic")).faults
    assert max(fault.until_seconds for fault in faults) <= 230
    assert list(faults) == sorted(faults, key=lambda fault: fault.at_seconds)


@given(seeds)
@settings(deadline=None, max_examples=20)
def test_the_same_seed_gives_the_same_timeline(seed: int) -> None:
    city, scenario = build_city(120, seed), find_scenario("basic")
    assert plan(city, scenario) == plan(build_city(120, seed), scenario)
    assert list(islice(steady(city, Rhythm()), 30)) == list(islice(steady(city, Rhythm()), 30))


def test_a_city_too_small_for_all_says_what_it_left_out() -> None:
    basic = find_scenario("basic")
    timelines = [plan(build_city(20, seed), basic) for seed in range(20)]
    assert any(timeline.skipped for timeline in timelines)
    for timeline in timelines:
        assert len(timeline.faults) + len(timeline.skipped) == len(basic.faults)


@settings(deadline=None, max_examples=15)
@example(60, 15537)  # few UPSes, all of them resting
@given(st.integers(60, 300), seeds)
def test_the_steady_scenario_always_shows_something_and_never_overlaps(
    devices: int, seed: int
) -> None:
    city = build_city(devices, seed)
    hour = list(takewhile(lambda it: it.at_seconds < 3600, steady(city, Rhythm())))
    check_overlaps(hour)
    assert len({fault.id for fault in hour}) == len(hour)
    for moment in range(60, 3600, 10):
        visible = [it for it in hour if is_visible(it) and it.at_seconds <= moment]
        assert any(moment < it.until_seconds for it in visible), moment


def test_now_and_then_a_ups_of_the_steady_scenario_runs_on_its_battery() -> None:
    city = build_city(200, 1)
    hours = takewhile(lambda it: it.at_seconds < 3 * 3600, steady(city, Rhythm()))
    on_battery = [fault for fault in hours if fault.kind is FaultKind.UPS_ON_BATTERY]
    assert len(on_battery) > 3
    for fault in on_battery:
        assert fault.hit[0].startswith("ups-")
        assert _states(fault) == {fault.hit[0]: Expected.DEGRADED}


def test_behind_a_dead_area_switch_everything_is_unreachable() -> None:
    city = build_city(200, 1)
    switch = next(it for it in city.devices if it.parents == (city.core.id,))
    (fault,) = _plan(
        city, {"id": "x", "kind": "switch_dead", "for_seconds": 60, "target": switch.id}
    ).faults
    states = _states(fault)
    assert states.pop(switch.id) is Expected.DOWN
    assert set(states.values()) == {Expected.UNREACHABLE}
    assert {it.id for it in city.devices if it.parents == (switch.id,)} <= states.keys()


def test_a_device_with_a_second_living_way_stays_up() -> None:
    city = build_city(200, 1)
    switch = next(it for it in city.devices if len(it.parents) == 2)
    one_way = {it for effect in death(city, {switch.parents[0]}) for it in effect.targets}
    assert switch.id not in one_way
    no_way = {it: effect.expected_state for effect in death(city, set(switch.parents))
              for it in effect.targets}  # fmt: skip
    assert no_way[switch.id] is Expected.UNREACHABLE


def test_a_dead_device_that_could_have_been_reached_is_down_itself() -> None:
    city = build_city(200, 1)
    switch = next(it for it in city.devices if len(it.parents) == 2)
    states = {it: effect.expected_state for effect in death(city, {switch.id, switch.parents[0]})
              for it in effect.targets}  # fmt: skip
    assert states[switch.parents[0]] is Expected.DOWN
    assert states[switch.id] is Expected.DOWN


def test_without_power_every_device_of_the_area_is_hit() -> None:
    city = build_city(200, 1)
    area = next(it.code for it in city.areas if it.code != city.core.area)
    (fault,) = _plan(
        city, {"id": "x", "kind": "area_power", "for_seconds": 60, "area": area}
    ).faults
    assert set(fault.hit) == {it.id for it in city.devices if it.area == area}
    assert set(fault.hit) <= fault.touched
    states = _states(fault)
    roots = [it for it in city.devices if states.get(it.id) is Expected.DOWN]
    assert roots
    for device in roots:
        assert any(parent not in states for parent in device.parents)


@pytest.mark.parametrize(
    ("kind", "seconds", "state"),
    [
        ("packet_loss", 60, Expected.DEGRADED),
        ("snmp_silent", 110, Expected.DEGRADED),
        ("slow_agent", 60, Expected.UP),
        ("counter_reset", 60, Expected.UP),
        ("reboot", 60, Expected.DOWN),
        ("reboot", 8, Expected.UP),
        ("device_dead", 60, Expected.DOWN),
    ],
)
def test_a_fault_of_one_device_has_the_state_of_its_kind(
    kind: str, seconds: float, state: Expected
) -> None:
    city = build_city(200, 1)
    leaf = next(it for it in city.devices if it.kind is Kind.SERVER)
    (fault,) = _plan(
        city, {"id": "x", "kind": kind, "for_seconds": seconds, "target": leaf.id}
    ).faults
    assert _states(fault) == {leaf.id: state}


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"kind": "reboot", "for_seconds": 20}, "luck"),
        ({"kind": "device_dead", "for_seconds": 20}, "only after 45 s"),
        ({"kind": "snmp_silent", "for_seconds": 60}, "only after 100 s"),
        ({"kind": "slow_agent", "for_seconds": 60, "seconds": 2}, "timeouts"),
        ({"kind": "packet_loss", "for_seconds": 60, "share": 1}, "share"),
        ({"kind": "device_dead", "for_seconds": 60, "target": "cam-9999"}, "no device 'cam-9999'"),
        ({"kind": "ups_on_battery", "for_seconds": 60}, "only after 100 s"),
        ({"kind": "ups_on_battery", "for_seconds": 110, "target": "sw-0001"}, "cannot happen"),
        ({"kind": "mqtt_silent", "for_seconds": 60, "target": "sw-0001"}, "cannot happen"),
        ({"kind": "switch_dead", "for_seconds": 60, "target": "cam-0001"}, "cannot happen"),
        ({"kind": "area_power", "for_seconds": 60, "area": "99.99"}, "no device stands in"),
        ({"kind": "earthquake", "for_seconds": 60}, "kind"),
        ({"kind": "reboot"}, "for_seconds"),
        ({"kind": "reboot", "for_seconds": 60, "colour": "red"}, "colour"),
    ],
)
def test_a_fault_that_cannot_be_judged_is_refused_with_the_reason(
    wish: dict[str, object], words: str
) -> None:
    with pytest.raises(ScenarioError, match=words):
        _plan(build_city(200, 1), {"id": "x", **wish})


def test_two_named_faults_on_one_device_at_the_same_time_are_refused() -> None:
    city = build_city(200, 1)
    server = next(it.id for it in city.devices if it.kind is Kind.SERVER)
    one = {"id": "a", "kind": "device_dead", "for_seconds": 60, "target": server}
    later = {"kind": "reboot", "for_seconds": 60, "target": server, "id": "b"}
    with pytest.raises(ScenarioError, match=server):
        _plan(city, one, later | {"at_seconds": 59})
    assert len(_plan(city, one, later | {"at_seconds": 60}).faults) == 2


def test_a_quicker_collector_makes_shorter_faults_sure() -> None:
    wish = {"id": "x", "kind": "device_dead", "for_seconds": 10}
    quick = {"ping": 2, "ping_retry": 1, "timeouts": 3}
    scenario = parse_scenario({"rhythm": quick, "faults": [wish]})
    assert len(plan(build_city(60, 1), scenario).faults) == 1


@pytest.mark.parametrize(
    "content", [None, "x", {"faults": [], "extra": 1}, [1], {"rhythm": {"pong": 1}, "faults": []}]
)
def test_a_malformed_scenario_is_refused(content: object) -> None:
    with pytest.raises(ScenarioError):
        parse_scenario(content)


def test_a_scenario_that_does_not_exist_is_named() -> None:
    with pytest.raises(ScenarioError, match=r"no scenario 'nowhere\.yaml'"):
        find_scenario("nowhere.yaml")


def test_two_faults_of_the_same_id_are_refused() -> None:
    wish = {"id": "same", "kind": "reboot", "for_seconds": 60}
    with pytest.raises(ScenarioError, match="same"):
        parse_scenario([wish, wish])


def test_after_its_silence_an_agent_is_well_when_its_rarest_table_was_asked() -> None:
    rhythm = Rhythm()
    assert rhythm.surely_well_after(FaultKind.SNMP_SILENT) >= 300 + rhythm.snmp_retry
    assert rhythm.surely_well_after(FaultKind.DEVICE_DEAD) == rhythm.surely_well_after() == 95
    city = build_city(200, 1)
    (fault,) = _plan(city, {"id": "x", "kind": "snmp_silent", "for_seconds": 110}).faults
    assert fault.well_after_seconds == rhythm.surely_well_after(FaultKind.SNMP_SILENT)
