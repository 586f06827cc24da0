"""Cities made for one kind of failure, and the scenarios that are played in them."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.city import LARGEST, SMALLEST, City, Kind, build_city
from simulators.faults import Effect, Expected
from simulators.inventory import inventory
from simulators.plan import plan
from simulators.scenario import ScenarioError, find_scenario, parse_scenario
from simulators.shapes import STRUCK, Shape, build

sizes = st.integers(SMALLEST, 700)
seeds = st.integers(0, 10_000)
shapes = st.sampled_from(list(Shape))


def _effects(name: str, devices: int, seed: int = 1) -> tuple[City, dict[Expected, Effect]]:
    """Return the city of a built-in scenario, and what should be shown while all faults last."""
    scenario = find_scenario(name)
    city = build(scenario.city, devices, seed)
    timeline = plan(city, scenario)
    assert timeline.skipped == ()
    return city, {it.expected_state: it for fault in timeline.faults for it in fault.effects}


@settings(deadline=None, max_examples=40)
@given(shapes, sizes, seeds)
def test_the_same_words_give_the_same_city_with_parents_before_children(
    shape: Shape, devices: int, seed: int
) -> None:
    city = build(shape, devices, seed)
    assert city == build(shape, devices, seed)
    seen: set[str] = set()
    for device in city.devices:
        assert set(device.parents) <= seen
        seen.add(device.id)
    assert len(seen) == len(city.devices) == devices + (2 if shape is Shape.BACKBONE else 0)
    assert {device.site for device in city.devices} <= {site.id for site in city.sites}
    assert len({device.address for device in city.devices}) == len(city.devices)


def test_the_usual_city_is_what_it_was() -> None:
    assert build(Shape.USUAL, 200, 3) == build_city(200, 3)


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("devices", [SMALLEST - 1, LARGEST + 1])
def test_no_city_of_an_impossible_size_is_built(shape: Shape, devices: int) -> None:
    with pytest.raises(ValueError, match="20 to 50000"):
        build(shape, devices, 1)


@settings(deadline=None, max_examples=30)
@given(sizes, seeds)
def test_behind_the_backbone_are_as_many_as_asked_for(devices: int, seed: int) -> None:
    city, effects = _effects("backbone", devices, seed)
    [dead] = effects[Expected.DOWN].targets
    assert next(it for it in city.devices if it.id == dead).parents == (city.core.id,)
    assert len(effects[Expected.UNREACHABLE].targets) == devices
    assert effects.keys() == {Expected.DOWN, Expected.UNREACHABLE}


@settings(deadline=None, max_examples=30)
@given(sizes, seeds)
def test_a_feeder_takes_three_sites_or_more_and_a_ups_lives_through_it(
    devices: int, seed: int
) -> None:
    city, effects = _effects("feeder", devices, seed)
    at = {device.id: device for device in city.devices}
    down = [at[it] for it in effects[Expected.DOWN].targets]
    carried = [at[it] for it in effects[Expected.DEGRADED].targets]
    assert len(down) >= 3
    assert {it.kind for it in carried} == {Kind.UPS}
    [feeder] = {it.power_feeder for it in [*down, *carried]}
    assert {it.site for it in down}.isdisjoint(it.site for it in carried)
    on_it = [it for it in city.devices if it.power_feeder == feeder]
    gone = len(down) + len(effects[Expected.UNREACHABLE].targets)
    assert gone * 4 >= len(on_it)  # enough to be suspected
    assert city.core.power_feeder is None


def test_nothing_that_a_storm_kills_could_be_taken_for_a_power_cut() -> None:
    city, effects = _effects("storm", 600)
    assert all(device.parents == () for device in city.devices)
    assert max(Counter(device.site for device in city.devices).values()) == 1
    there = Counter(device.area for device in city.devices)
    dead = Counter(device.area for device in city.devices if STRUCK in device.tags)
    assert all(dead[area] * 4 < there[area] for area in there)
    hit = sum(len(effect.targets) for effect in effects.values())
    assert hit == len(city.devices)
    assert effects.keys() == {Expected.DOWN, Expected.DEGRADED}


def test_the_inventory_tells_the_feeder() -> None:
    lists = inventory(build(Shape.FEEDER, 60, 1), 10)
    feeders = {device.get("power_feeder") for device in lists["devices"]}
    assert len(feeders) == 4  # three areas, and the core that is on none


@pytest.mark.parametrize(
    ("wish", "problem"),
    [
        ({"kind": "feeder_power", "feeder": "GI-9"}, "no device is on feeder 'GI-9'"),
        ({"kind": "device_dead", "tag": "entah"}, "device_dead cannot happen to tag 'entah'"),
        ({"kind": "mqtt_offline", "tag": STRUCK}, "cannot happen to tag"),
    ],
)
def test_a_wish_for_what_is_not_there_is_refused(wish: dict[str, object], problem: str) -> None:
    city = build(Shape.STORM, 60, 1)
    with pytest.raises(ScenarioError, match=problem):
        plan(city, parse_scenario([{"id": "x", "for_seconds": 300, **wish}]))


def test_a_scenario_names_its_city_and_how_few_messages_may_come_of_it() -> None:
    scenario = find_scenario("backbone")
    assert (scenario.city, scenario.devices) == (Shape.BACKBONE, 500)
    assert scenario.most_messages is not None
    assert (scenario.most_messages.out, scenario.most_messages.back) == (2, 2)
    assert find_scenario("basic").most_messages is None
