from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from simulators.city import LARGEST, MOST_SENSORS, SMALLEST, Kind, build_city
from simulators.inventory import inventory, to_yaml

sizes = st.integers(SMALLEST, 700)
seeds = st.integers(0, 10_000)


@settings(deadline=None, max_examples=30)
@given(sizes, seeds)
def test_the_same_seed_gives_the_same_city_and_inventory(devices: int, seed: int) -> None:
    one, other = build_city(devices, seed), build_city(devices, seed)
    assert one == other
    assert to_yaml(inventory(one, 10)) == to_yaml(inventory(other, 10))


def test_another_seed_gives_another_city() -> None:
    assert build_city(200, 1).devices != build_city(200, 2).devices


@settings(deadline=None, max_examples=30)
@given(sizes, seeds)
def test_a_city_has_exactly_the_devices_asked_for_and_each_its_own_address(
    devices: int, seed: int
) -> None:
    city = build_city(devices, seed)
    assert len(city.devices) == devices
    assert len({device.id for device in city.devices}) == devices
    addresses = {ip_address(device.address) for device in city.devices}
    assert len(addresses) == devices
    assert all(address.is_loopback for address in addresses)
    topics = [device.mqtt_topic for device in city.devices if device.mqtt_topic]
    assert len(set(topics)) == len(topics) >= 3


@settings(deadline=None, max_examples=30)
@given(sizes, seeds)
def test_everything_hangs_from_the_core_and_parents_stand_before_children(
    devices: int, seed: int
) -> None:
    city = build_city(devices, seed)
    seen: set[str] = set()
    for device in city.devices:
        assert set(device.parents) <= seen
        assert bool(device.parents) == (device is not city.core)
        seen.add(device.id)


def test_every_kind_of_device_is_there() -> None:
    assert {device.kind for device in build_city(200, 1).devices} == set(Kind)
    smallest = {device.kind for device in build_city(SMALLEST, 1).devices}
    assert smallest == set(Kind) - {Kind.NAS}


def test_a_large_city_has_no_more_sensors_than_a_broker_in_the_same_process_carries() -> None:
    kinds = [device.kind for device in build_city(20_000, 1).devices]
    assert kinds.count(Kind.SENSOR) == MOST_SENSORS


@pytest.mark.parametrize("devices", [SMALLEST - 1, LARGEST + 1])
def test_a_city_of_an_impossible_size_is_refused_with_the_limits(devices: int) -> None:
    with pytest.raises(ValueError, match="20 to 50000"):
        build_city(devices, 1)


def test_the_inventory_file_is_yaml_that_says_what_the_inventory_says() -> None:
    lists = inventory(build_city(200, 3), 10)
    assert YAML(typ="safe").load(to_yaml(lists)) == lists


def test_the_inventory_refers_only_to_what_it_lists() -> None:
    lists = inventory(build_city(200, 3), 10)
    areas = {area["code"] for area in lists["areas"]}
    owners = {owner["id"] for owner in lists["owners"]}
    sites = {site["id"] for site in lists["sites"]}
    assert {site["area"] for site in lists["sites"]} <= areas
    for device in lists["devices"]:
        assert device["site"] in sites
        used = {device[key] for key in ("owner", "link_owner", "power_owner") if key in device}
        assert used <= owners
        assert ("mqtt_topic" in device) == (device["kind"] == "sensor")
        assert ("telemetry_period" in device) == (device["kind"] == "sensor")
