"""What walls say of WiFi, cameras, power and machines: of whom it is, and a dash for the rest."""

from datetime import UTC, datetime, timedelta

import pytest

from api.wall_figures.figures import (
    CLIENTS,
    RUNTIME,
    TEMPERATURE,
    Figure,
    Known,
    figures,
    users_of,
)
from collector.model import Labels, Reason, State
from collector.sinks import SeriesInfo

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def device(name: str, kind: str, state: State = State.UP, reason: Reason = Reason.OK) -> Known:
    return Known(name, name.upper(), kind, state, reason, NOON - MINUTE)


def told(metric: str, value: float, *labels: tuple[str, str], ago: int = 1) -> SeriesInfo:
    own: Labels = tuple(labels)
    return SeriesInfo(metric, "1", own, NOON - ago * MINUTE, value)


def by_name(found: list[Figure]) -> dict[str, Figure]:
    return {one.name: one for one in found}


def test_users_are_a_sum_that_says_how_many_access_points_told_it() -> None:
    points = [device(name, "access_point") for name in ("a", "b", "c")]
    latest = {"a": [told(CLIENTS, 12, ago=4)], "b": [told(CLIENTS, 0)]}
    found = by_name(figures(points, latest, NOON))
    assert found["wifi_users"] == Figure("wifi_users", 12, 2, 3, NOON - 4 * MINUTE)
    assert (found["without_users"].value, found["without_users"].devices) == (1, 2)


def test_nobody_is_missed_at_night_nor_on_an_access_point_that_is_out() -> None:
    points = [device("a", "access_point", State.DOWN), device("b", "access_point")]
    latest = {"a": [told(CLIENTS, 0)], "b": [told(CLIENTS, 3)]}
    assert by_name(figures(points, latest, NOON))["without_users"].value == 0
    night = NOON.replace(hour=3)
    assert by_name(figures(points, latest, night))["without_users"].value is None


def test_people_who_are_told_by_radio_and_by_network_are_counted_once() -> None:
    by_radio = [told(CLIENTS, 3, ("radio", "2")), told(CLIENTS, 4, ("radio", "5"))]
    by_network = [told(CLIENTS, 6, ("ssid", "kota"))]
    assert users_of([*by_radio, *by_network]) == 7
    assert users_of([told(CLIENTS, 9), *by_radio]) == 9


def test_what_no_profile_measures_of_cameras_is_null_and_of_nobody() -> None:
    found = by_name(figures([device("a", "camera"), device("b", "camera")], {}, NOON))
    assert set(found) == {"image_troubles", "not_recording", "wrong_clock", "channels_off"}
    assert {(one.value, one.devices, one.all) for one in found.values()} == {(None, 0, 2)}


def test_the_battery_that_ends_first_is_named() -> None:
    upses = [
        device("a", "ups", State.DEGRADED, Reason.ON_BATTERY),
        device("b", "ups", State.DEGRADED, Reason.ON_BATTERY),
        device("c", "ups"),
        device("d", "ups", State.UNKNOWN, Reason.SILENT),
    ]
    latest = {"a": [told(RUNTIME, 900)], "b": [told(RUNTIME, 300)], "c": [told(RUNTIME, 60)]}
    found = by_name(figures(upses, latest, NOON))["on_battery"]
    assert (found.value, found.devices, found.all) == (2, 3, 4)
    assert (found.device_name, found.seconds) == ("B", 300)


def test_of_a_ups_that_does_not_answer_nobody_says_that_the_mains_are_there() -> None:
    upses = [device("a", "ups", State.DOWN, Reason.NO_ANSWER), device("b", "ups")]
    found = by_name(figures(upses, {}, NOON))["on_battery"]
    assert (found.value, found.devices, found.all) == (0, 1, 2)


def test_without_anybody_who_looks_no_battery_is_said_to_be_full() -> None:
    found = by_name(figures([device("a", "ups", State.UNKNOWN)], {}, NOON))["on_battery"]
    assert (found.value, found.devices) == (None, 0)


def test_the_fullest_disk_is_named_and_a_recorders_is_none_of_them() -> None:
    machines = [device("a", "server"), device("b", "nas"), device("nvr", "recorder")]
    latest = {
        "a": [told("storage_used_percent", 61, ("storage", "/"))],
        "b": [told("disk_used_percent", 93.4, ("disk", "volume1"))],
        "nvr": [told("disk_used_percent", 100)],
    }
    found = by_name(figures(machines, latest, NOON))["fullest_disk"]
    assert (found.value, found.device, found.part) == (93.4, "b", "volume1")
    assert (found.devices, found.all) == (2, 2)


@pytest.mark.parametrize("nonsense", [-273.0, 6_553.5])
def test_a_sensor_that_is_not_there_is_not_the_hottest(nonsense: float) -> None:
    latest = {"a": [told(TEMPERATURE, nonsense), told(TEMPERATURE, 41)]}
    assert by_name(figures([device("a", "server")], latest, NOON))["hottest"].value == 41


def test_a_city_without_such_devices_has_no_such_figures() -> None:
    assert figures([device("a", "sensor")], {}, NOON) == []
