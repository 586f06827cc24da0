"""What states and figures of UPSes, cameras and recorders mean: from raw values to a verdict."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from collector.evaluate import evaluate, thresholds_of
from collector.model import CheckResult, MetricGroup, Outcome, Profile, Reading, Reason, Verdict
from collector.probes.snmp.interpret import (
    interpret_scalars,
    interpret_table,
    table_scalars,
    table_sources,
)
from collector.probes.snmp.values import Value
from collector.profiles import Facts, load_profiles, match_profile

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
NET_SNMP = "1.3.6.1.4.1.8072.3.2.10"
RFC_SOURCE = "1.3.6.1.2.1.33.1.4.1.0"
APC, MGE, XUPS = "1.3.6.1.4.1.318.1.1", "1.3.6.1.4.1.705.1", "1.3.6.1.4.1.534.1"
CPS, XPPC, DELTA = "1.3.6.1.4.1.3808.1.1", "1.3.6.1.4.1.935.1.1.1", "1.3.6.1.4.1.2254.2.4"
HUAWEI, SITE = "1.3.6.1.4.1.2011.6.174.1", "1.3.6.1.4.1.2011.6.164.1"
AXIS, DAHUA, BOSCH = "1.3.6.1.4.1.368.4.1", "1.3.6.1.4.1.1004849.2", "1.3.6.1.4.1.3967.1.1"
HIK_DISK, HIK_MODEL = "1.3.6.1.4.1.50001.1.241.1", "1.3.6.1.4.1.39165.1.1.0"


@pytest.fixture(scope="module")
def profiles() -> Mapping[str, Profile]:
    return load_profiles()


def readings(group: MetricGroup, values: Mapping[str, Value]) -> list[Reading]:
    """Return what a group makes of an agent that has exactly these values."""
    found = list(interpret_scalars(group, values).readings)
    for table in group.tables:
        columns: dict[str, dict[str, Value]] = {
            column: {
                oid.removeprefix(column + "."): value
                for oid, value in values.items()
                if oid.startswith(column + ".")
            }
            for column in table_sources(table)
        }
        columns |= {oid: {"": values[oid]} for oid in table_scalars(table) if oid in values}
        found += interpret_table(table, columns).readings
    return found


def group_named(profile: Profile, name: str) -> MetricGroup:
    (found,) = (group for group in profile.groups if group.name == name)
    return found


def value_of(found: list[Reading], metric: str, **labels: str) -> object:
    (value,) = (
        reading.value
        for reading in found
        if reading.metric == metric and labels.items() <= dict(reading.labels).items()
    )
    return value


@pytest.mark.parametrize(
    ("profile", "group", "values", "verdict", "reason"),
    [
        # a power cut, in every maker's words
        ("ups-rfc1628", "power", {RFC_SOURCE: 5}, "warning", "on_battery"),
        ("apc-ups", "power", {f"{APC}.1.4.1.1.0": 3}, "warning", "on_battery"),
        ("apc-ups", "power", {f"{APC}.1.4.1.1.0": 11}, "warning", "on_battery"),
        ("eaton-ups", "power", {RFC_SOURCE: 5}, "warning", "on_battery"),
        ("eaton-ups", "power", {f"{MGE}.7.3.0": 1}, "warning", "on_battery"),
        ("eaton-xups", "power", {f"{XUPS}.4.5.0": 5}, "warning", "on_battery"),
        ("cyberpower-ups", "power", {f"{CPS}.1.4.1.1.0": 3}, "warning", "on_battery"),
        ("netagent-ups", "power", {f"{XPPC}.4.1.1.0": 3}, "warning", "on_battery"),
        ("delta-ups", "power", {f"{DELTA}.5.1.0": 1}, "warning", "on_battery"),
        ("huawei-ups5000", "power", {f"{HUAWEI}.2.101.1.1.1": 4}, "warning", "on_battery"),
        ("huawei-power", "power", {f"{SITE}.5.2.1.1.99.1": 2}, "warning", "on_battery"),
        ("socomec-ups", "power", {"1.3.6.1.4.1.4555.1.1.1.1.6.3.2.0": 1}, "warning", "on_battery"),
        # a low battery does not hide it
        (
            "apc-ups",
            "power",
            {f"{APC}.1.2.1.1.0": 3, f"{APC}.1.4.1.1.0": 3},
            "warning",
            "on_battery",
        ),
        # no power cut: bypass, a test of the battery, boost, eco
        ("ups-rfc1628", "power", {RFC_SOURCE: 4}, "ok", "ok"),
        ("apc-ups", "power", {f"{APC}.1.4.1.1.0": 15}, "ok", "ok"),
        ("apc-ups", "power", {f"{APC}.1.4.1.1.0": 9}, "ok", "ok"),
        ("eaton-ups", "power", {f"{MGE}.7.3.0": 2, f"{MGE}.7.4.0": 1}, "ok", "ok"),
        ("eaton-xups", "power", {f"{XUPS}.4.5.0": 10}, "ok", "ok"),
        ("eaton-xups", "power", {f"{XUPS}.4.5.0": 11}, "ok", "ok"),
        ("cyberpower-ups", "power", {f"{CPS}.1.4.1.1.0": 8}, "ok", "ok"),
        ("delta-ups", "power", {f"{DELTA}.5.1.0": 0}, "ok", "ok"),
        ("huawei-power", "power", {f"{SITE}.5.2.1.1.99.1": 254}, "ok", "ok"),
        # a low battery alone
        ("apc-ups", "power", {f"{APC}.1.2.1.1.0": 3}, "warning", "threshold"),
        # what is wrong with a UPS itself
        ("apc-ups", "status", {f"{APC}.1.2.2.4.0": 2}, "warning", "threshold"),
        ("apc-ups", "status", {f"{APC}.1.2.2.6.0": -1}, "ok", "ok"),
        ("eaton-ups", "status", {f"{MGE}.5.15.0": 1}, "warning", "threshold"),
        ("eaton-ups", "status", {f"{MGE}.7.9.0": 1}, "ok", "ok"),  # the inverter rests
        ("delta-ups", "status", {f"{DELTA}.9.23.0": 1}, "warning", "threshold"),
        ("delta-ups", "status", {f"{DELTA}.9.23.0": 0}, "ok", "ok"),
        (
            "ups-rfc1628",
            "status",
            {"1.3.6.1.2.1.33.1.6.2.1.2.7": "1.3.6.1.2.1.33.1.6.3.16"},  # a fan has failed
            "warning",
            "threshold",
        ),
        (
            "ups-rfc1628",
            "status",
            {"1.3.6.1.2.1.33.1.6.2.1.2.7": "1.3.6.1.2.1.33.1.6.3.9"},  # on bypass
            "ok",
            "ok",
        ),
        ("apc-ats", "power", {f"{APC}.8.5.1.12.0": 1}, "warning", "threshold"),
        ("apc-ats", "power", {f"{APC}.8.5.1.10.0": 1}, "critical", "threshold"),
        ("apc-pdu", "status", {f"{APC}.12.2.3.1.1.3.1": 4}, "warning", "threshold"),
        ("apc-pdu", "status", {f"{APC}.12.2.3.1.1.3.1": 2}, "ok", "ok"),  # little load
        ("apc-pdu", "status", {f"{APC}.26.4.3.1.4.1": 1}, "ok", "ok"),  # the same, other number
        # recorders and cameras
        ("hikvision-recorder", "disks", {f"{HIK_DISK}.3.1.0": 0}, "ok", "ok"),
        ("hikvision-recorder", "disks", {f"{HIK_DISK}.3.1.0": 5}, "ok", "ok"),
        ("hikvision-recorder", "disks", {f"{HIK_DISK}.3.2.0": 2}, "critical", "threshold"),
        ("hikvision-recorder", "disks", {f"{HIK_DISK}.3.2.0": 3}, "critical", "threshold"),
        ("hikvision-recorder", "disks", {f"{HIK_DISK}.3.2.0": 1}, "warning", "threshold"),
        ("hikvision-recorder", "disks", {}, "ok", "ok"),
        ("dahua-recorder", "disks", {f"{DAHUA}.4.1.1.5.1": b"Running"}, "ok", "ok"),
        ("dahua-recorder", "disks", {f"{DAHUA}.4.1.1.5.1": b"Error"}, "critical", "threshold"),
        ("dahua-recorder", "status", {f"{DAHUA}.1.2.8.0": 0}, "warning", "threshold"),
        ("axis-camera", "health", {f"{AXIS}.3.1.3.1.4": 3}, "warning", "threshold"),
        ("axis-camera", "hardware", {f"{AXIS}.2.1.3.1.1": 2}, "warning", "threshold"),
        ("axis-camera", "hardware", {f"{AXIS}.8.1.3.1": 2}, "ok", "ok"),  # no card is fitted
        ("axis-camera", "hardware", {f"{AXIS}.4.1.2.3": 2}, "ok", "ok"),  # an input without camera
    ],
)
def test_a_state_is_worth_what_it_means(
    profiles: Mapping[str, Profile],
    profile: str,
    group: str,
    values: Mapping[str, Value],
    verdict: str,
    reason: str,
) -> None:
    asked = group_named(profiles[profile], group)
    result = CheckResult(
        "d/c",
        NOW,
        NOW,
        Outcome.ANSWERED,
        Reason.OK,
        readings=tuple(readings(asked, values)),
    )

    judged = evaluate(result, thresholds_of(asked), asked.role)

    assert (judged.verdict, judged.reason) == (Verdict(verdict), Reason(reason))


@pytest.mark.parametrize(
    ("raw", "volts", "hertz_raw", "hertz"),
    [
        (230, 230, 500, 50.0),  # as the RFC says
        (2360, 236.0, 50, 50),  # tenths of volts, whole hertz
        (400, 400, 4998, 49.98),  # line to line; hundredths of hertz
        (0, 0, 0, 0),  # the mains are gone
    ],
)
def test_units_that_only_can_be_meant_are_taken_so(
    profiles: Mapping[str, Profile], raw: int, volts: float, hertz_raw: int, hertz: float
) -> None:
    values: dict[str, Value] = {
        "1.3.6.1.2.1.33.1.3.3.1.3.1": raw,
        "1.3.6.1.2.1.33.1.3.3.1.2.1": hertz_raw,
    }

    found = readings(group_named(profiles["ups-rfc1628"], "status"), values)

    assert value_of(found, "input_voltage_volts", line="1") == pytest.approx(volts)
    assert value_of(found, "input_frequency_hertz", line="1") == pytest.approx(hertz)


def test_a_ups_of_three_lines_tells_its_feeds_apart(profiles: Mapping[str, Profile]) -> None:
    table = f"{APC}.1.9.2.3.1"
    values: dict[str, Value] = {
        f"{table}.3.1.1": 231,
        f"{table}.3.1.2": 229,
        f"{table}.6.1.2": 87,
        f"{table}.3.2.1": 233,  # the bypass
        f"{table}.6.2.1": -1,  # is not measured
    }

    found = readings(group_named(profiles["apc-ups"], "lines"), values)

    assert value_of(found, "input_voltage_volts", feed="1", line="2") == 229
    assert value_of(found, "input_current_amperes", line="2") == pytest.approx(8.7)
    assert value_of(found, "bypass_voltage_volts", line="1") == 233
    assert len(found) == 4


def test_a_probe_in_fahrenheit_is_told_in_celsius(profiles: Mapping[str, Profile]) -> None:
    table = f"{APC}.10.2.3.2.1"
    values: dict[str, Value] = {
        f"{table}.2.1": b"Rack",
        f"{table}.3.1": 2,
        f"{table}.4.1": 77,
        f"{table}.5.1": 2,
    }

    found = readings(group_named(profiles["apc-ups"], "environment"), values)

    assert value_of(found, "temperature_celsius", sensor="Rack") == pytest.approx(25, abs=1e-6)


def test_a_disk_of_a_recorder_is_told_in_bytes_and_share(profiles: Mapping[str, Profile]) -> None:
    values: dict[str, Value] = {f"{HIK_DISK}.4.1.0": 1000, f"{HIK_DISK}.5.1.0": 4000}

    found = readings(group_named(profiles["hikvision-recorder"], "disks"), values)

    assert value_of(found, "disk_size_bytes", disk="1") == 4000 * 1048576
    assert value_of(found, "disk_used_percent", disk="1") == 75


def test_an_idle_processor_is_no_busy_one(profiles: Mapping[str, Profile]) -> None:
    found = readings(group_named(profiles["bosch-camera"], "health"), {f"{BOSCH}.9.1.1.1": 88})

    assert value_of(found, "cpu_percent") == 12


def test_a_hanwha_camera_says_its_model_below_its_own_number(
    profiles: Mapping[str, Profile],
) -> None:
    base = "1.3.6.1.4.1.36849.1.2.91"
    values: dict[str, Value] = {
        f"{base}.1.0": b"SNB-6004",
        f"{base}.2.1.1.0": b"2.12",
        f"{base}.3.3.1.0": b"0",
    }

    found = readings(group_named(profiles["hanwha-camera"], "identity"), values)

    assert {reading.metric: reading.value for reading in found} == {
        "model_name": "SNB-6004",
        "firmware_version": "2.12",
    }


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("hikvision-camera", Facts(probed={HIK_MODEL: "DS-2DE4425IW-DE"})),
        ("hikvision-recorder", Facts(probed={HIK_MODEL: "DS-7616NI-K2"})),
        ("hikvision-recorder", Facts("1.3.6.1.4.1.50001", "Hikvision company products")),
        ("hikvision-camera", Facts("1.3.6.1.4.1.50001", "x", {HIK_MODEL: "DS-2CD2143G2-I"})),
        ("hikvision-recorder", Facts("1.3.6.1.4.1.50001", "x", {HIK_MODEL: "DS-9632NI-I8"})),
        ("dahua-camera", Facts("1.3.6.1.4.1.1004849.3.1.1", "x", {f"{DAHUA}.1.2.6.0": "IPC-HF"})),
        ("dahua-recorder", Facts("1.3.6.1.4.1.1004849.3.2.10", "DH-NVR4108HS-8P-4KS2")),
        ("apc-pdu", Facts("1.3.6.1.4.1.318.1.3.4.5")),
        ("apc-ats", Facts("1.3.6.1.4.1.318.1.3.11")),
        ("apc-monitor", Facts("1.3.6.1.4.1.318.1.3.8.4")),
        ("apc-ups", Facts("1.3.6.1.4.1.318.1.3.5.1")),
        ("eaton-xups", Facts("1.3.6.1.4.1.534.2.12", "x", {f"{XUPS}.4.5.0": "3", RFC_SOURCE: "3"})),
        ("ups-rfc1628", Facts("1.3.6.1.4.1.534.1", "x", {RFC_SOURCE: "3"})),
        ("cyberpower-ups", Facts("1.3.6.1.4.1.3808.1.1.1", "x", {f"{CPS}.1.4.1.1.0": "2"})),
        ("netagent-ups", Facts("1.3.6.1.4.1.935", "x", {f"{XPPC}.4.1.1.0": "2", RFC_SOURCE: "3"})),
        ("delta-ups", Facts("1.3.6.1.4.1.2254.2.4", "x", {f"{DELTA}.5.1.0": "0"})),
        (
            "ups-rfc1628",
            Facts("1.3.6.1.4.1.2254.2.4", "x", {f"{DELTA}.5.1.0": "0", RFC_SOURCE: "3"}),
        ),
        ("huawei-ups5000", Facts(NET_SNMP, "Linux", {f"{HUAWEI}.2.101.1.1.1": "3"})),
        ("ups-rfc1628", Facts(NET_SNMP, "Linux", {RFC_SOURCE: "3"})),
        ("bosch-camera", Facts(NET_SNMP, "Linux arc-cam", {f"{BOSCH}.1.7.0": "Bosch"})),
        ("illustra-camera", Facts("1.3.6.1.4.1", "Illustra Pro dome")),
    ],
)
def test_a_model_gets_its_profile(profiles: Mapping[str, Profile], name: str, facts: Facts) -> None:
    assert match_profile(profiles, facts).profile.name == name
