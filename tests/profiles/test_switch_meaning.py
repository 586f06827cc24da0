"""What the states of switches and routers are worth: a failed fan degrades, an empty bay does not.

Small made-up values go through a profile as they would come from an agent, and are judged.
"""

from collections.abc import Mapping

import pytest

from collector.evaluate import judge, thresholds_of
from collector.model import Profile, Reading, Verdict
from collector.probes.snmp.interpret import interpret_scalars, interpret_table
from collector.probes.snmp.values import Value
from collector.profiles import Facts, load_profiles, match_profile

OK, WARNING, CRITICAL = Verdict.OK, Verdict.WARNING, Verdict.CRITICAL
Columns = Mapping[str, Mapping[str, Value]]

CISCO_FAN, CISCO_SUPPLY = "1.3.6.1.4.1.9.9.13.1.4.1", "1.3.6.1.4.1.9.9.13.1.5.1"
HP_FAN, HP_SUPPLY = "1.3.6.1.4.1.11.2.14.11.5.1.54.2.1.1.4", "1.3.6.1.4.1.11.2.14.11.5.1.55.1.1.1.2"
HUAWEI = "1.3.6.1.4.1.2011.5.25.31.1.1"
RUIJIE = "1.3.6.1.4.1.4881.1.1.10.2.1.1"
TPLINK_POE = "1.3.6.1.4.1.11863.6.56.1.1"
PSE_PORT = "1.3.6.1.2.1.105.1.1.1.6"


@pytest.fixture(scope="module")
def profiles() -> Mapping[str, Profile]:
    return load_profiles()


def readings_of(profile: Profile, group: str, columns: Columns) -> tuple[Reading, ...]:
    (found,) = (it for it in profile.groups if it.name == group)
    scalars = {f"{oid}.{index}": raw for oid, row in columns.items() for index, raw in row.items()}
    readings = list(interpret_scalars(found, scalars).readings)
    for table in found.tables:
        readings += interpret_table(table, columns).readings
    return tuple(readings)


@pytest.mark.parametrize(
    ("name", "group", "columns", "verdict"),
    [
        ("cisco-ios", "environment", {f"{CISCO_FAN}.3": {"1": 1}}, OK),
        ("cisco-ios", "environment", {f"{CISCO_FAN}.3": {"1": 5}}, OK),  # not fitted
        ("cisco-ios", "environment", {f"{CISCO_FAN}.3": {"1": 6}}, CRITICAL),
        ("cisco-ios", "environment", {f"{CISCO_SUPPLY}.3": {"1": 1, "2": 6}}, WARNING),
        ("cisco-ios", "redundancy", {"1.3.6.1.4.1.9.9.500.1.2.1.1.6": {"1000": 4, "2000": 9}}, OK),
        ("cisco-ios", "redundancy", {"1.3.6.1.4.1.9.9.500.1.2.1.1.6": {"1000": 6}}, CRITICAL),
        ("cisco-ios", "poe", {PSE_PORT: {"1.1": 3, "1.2": 2, "1.3": 1}}, OK),
        ("cisco-ios", "poe", {PSE_PORT: {"1.1": 4}}, WARNING),
        ("generic-snmp", "poe", {"1.3.6.1.2.1.105.1.3.1.1.3": {"1": 2}}, OK),  # switched off
        ("generic-snmp", "poe", {"1.3.6.1.2.1.105.1.3.1.1.3": {"1": 3}}, CRITICAL),
        ("hp-procurve", "environment", {HP_FAN: {"1": 5, "2": 1}}, OK),  # an empty bay
        ("hp-procurve", "environment", {HP_FAN: {"1": 5, "2": 0}}, CRITICAL),
        ("hp-procurve", "environment", {HP_SUPPLY: {"1": 3, "2": 1}}, OK),
        ("hp-procurve", "environment", {HP_SUPPLY: {"1": 3, "2": 4}}, CRITICAL),
        ("ubiquiti-switch", "environment", {"1.3.6.1.4.1.4413.1.1.43.1.6.1.3": {"1.0": 1}}, OK),
        ("ubiquiti-switch", "environment", {"1.3.6.1.4.1.4413.1.1.43.1.6.1.3": {"0": 3}}, CRITICAL),
        (
            "huawei-vrp",
            "environment",
            {f"{HUAWEI}.10.1.7": {"0.1": 1, "0.2": 2}, f"{HUAWEI}.10.1.6": {"0.1": 1, "0.2": 2}},
            OK,  # the second fan is not there
        ),
        ("huawei-vrp", "environment", {f"{HUAWEI}.10.1.7": {"0.1": 2}}, CRITICAL),
        ("huawei-vrp", "environment", {f"{HUAWEI}.18.1.6": {"0.1": 1, "0.2": 2}}, WARNING),
        ("ruijie", "environment", {f"{RUIJIE}.43.1.4": {"1.1": 4, "1.2": 1}}, OK),
        ("ruijie", "environment", {f"{RUIJIE}.43.1.4": {"1.1": 5}}, CRITICAL),
        ("ruijie", "environment", {f"{RUIJIE}.41.1.3": {"1.1": 4, "1.2": 2}}, WARNING),
        ("tplink-switch", "poe", {f"{TPLINK_POE}.2.1.1.11": {"1": 2, "2": 0}}, OK),
        ("tplink-switch", "poe", {f"{TPLINK_POE}.2.1.1.11": {"1": 4}}, WARNING),
        (
            "tplink-switch",
            "poe",
            {f"{TPLINK_POE}.1.1": {"0": 1500}, f"{TPLINK_POE}.1.3": {"0": 1490}},
            WARNING,  # the next camera gets no power
        ),
        ("juniper-junos", "status", {"1.3.6.1.4.1.2636.3.4.2.3.1": {"0": 2}}, OK),
        ("juniper-junos", "status", {"1.3.6.1.4.1.2636.3.4.2.3.1": {"0": 3}}, CRITICAL),
        ("hpe-comware", "environment", {"1.3.6.1.4.1.25506.8.35.9.1.1.1.2": {"1": 3}}, OK),
        ("hpe-comware", "environment", {"1.3.6.1.4.1.25506.8.35.9.1.1.1.2": {"1": 2}}, CRITICAL),
        ("aruba-cx", "environment", {"1.3.6.1.4.1.47196.4.1.1.3.11.2.1.1.11": {"1": 12}}, OK),
        ("aruba-cx", "environment", {"1.3.6.1.4.1.47196.4.1.1.3.11.5.1.1.10": {"1": 5}}, CRITICAL),
        ("dlink-switch", "environment", {"1.3.6.1.4.1.171.12.11.1.6.1.3": {"1.2": 6}}, OK),
        ("dlink-switch", "environment", {"1.3.6.1.4.1.171.12.11.1.7.1.3": {"1.1": 2}}, CRITICAL),
    ],
)
def test_a_state_is_worth_what_it_does_to_the_service(
    name: str,
    group: str,
    columns: Columns,
    verdict: Verdict,
    profiles: Mapping[str, Profile],
) -> None:
    (found,) = (it for it in profiles[name].groups if it.name == group)
    thresholds = thresholds_of(found)

    readings = readings_of(profiles[name], group, columns)

    verdicts = {
        judge(reading.value, thresholds[reading.metric])
        for reading in readings
        if reading.metric in thresholds
    }
    worst = next(it for it in (CRITICAL, WARNING, OK) if it in verdicts | {OK})
    assert readings
    assert worst is verdict


@pytest.mark.parametrize(
    ("raw", "dbm"),
    [(-849, -8.49), (256, -5.9176), (1000, 0.0)],  # hundredths of dBm; microwatts
)
def test_light_of_huawei_comes_in_two_writings(
    raw: int, dbm: float, profiles: Mapping[str, Profile]
) -> None:
    columns: dict[str, dict[str, Value]] = {
        f"{HUAWEI}.3.1.8": {"7": raw},
        "1.3.6.1.2.1.47.1.1.1.1.7": {"7": b"XGE0/0/1"},
    }

    (reading,) = readings_of(profiles["huawei-vrp"], "optics", columns)

    assert reading.metric == "optical_rx_dbm"
    assert reading.value == pytest.approx(dbm, abs=1e-3)


def test_a_controller_of_huawei_tells_its_access_points_apart(
    profiles: Mapping[str, Profile],
) -> None:
    mac = "16.32.48.64.80.96"
    columns: dict[str, dict[str, Value]] = {
        "1.3.6.1.4.1.2011.6.139.13.3.3.1.4": {mac: b"AP Balai Kota"},
        "1.3.6.1.4.1.2011.6.139.16.1.2.1.40": {f"{mac}.0": 3, f"{mac}.1": 9},
    }

    readings = readings_of(profiles["huawei-wlan"], "radios", columns)

    assert [(it.metric, it.value, it.labels) for it in readings] == [
        ("wifi_clients", 3, (("access_point", "AP Balai Kota"), ("radio", "0"))),
        ("wifi_clients", 9, (("access_point", "AP Balai Kota"), ("radio", "1"))),
    ]


def test_a_poe_port_of_cisco_is_named_after_its_entity(profiles: Mapping[str, Profile]) -> None:
    columns: dict[str, dict[str, Value]] = {
        "1.3.6.1.4.1.9.9.402.1.2.1.9": {"1.5": 6400},
        "1.3.6.1.4.1.9.9.402.1.2.1.11": {"1.5": 1065},
        "1.3.6.1.2.1.47.1.1.1.1.7": {"5": b"a fan", "1065": b"GigabitEthernet1/0/5"},
    }

    (reading,) = readings_of(profiles["cisco-ios"], "poe", columns)

    assert (reading.metric, reading.value, reading.unit) == ("poe_power_watts", 6.4, "W")
    assert reading.labels == (("interface", "GigabitEthernet1/0/5"),)


@pytest.mark.parametrize(
    ("sys_object_id", "sys_descr", "name"),
    [
        ("1.3.6.1.4.1.9.1.2494", "Cisco IOS Software [Amsterdam]", "cisco-ios"),
        ("1.3.6.1.4.1.9.12.3.1.3.1955", "Cisco NX-OS(tm) n9000", "cisco-ios"),
        ("1.3.6.1.4.1.9.6.1.95.28.1", "SG350-28 28-Port Gigabit", "cisco-small-business"),
        ("1.3.6.1.4.1.4413", "EdgeSwitch 8-Port 150W", "ubiquiti-switch"),
        ("1.3.6.1.4.1.8072.3.2.10", "USW-24-PoE 6.6.61", "ubiquiti-switch"),
        ("1.3.6.1.4.1", "US-8-60W, 4.0.66", "ubiquiti-switch"),
        ("1.3.6.1.4.1.8072.3.2.10", "Linux server 6.1.0", "linux-net-snmp"),
        ("1.3.6.1.4.1.41112.1.5", "EdgeOS v1.10.11", "ubiquiti-edgeos"),
        ("1.3.6.1.4.1.14988.2", "CSS326-24G-2S+ SwOS v2.13", "mikrotik-swos"),
        ("1.3.6.1.4.1.14988.1", "RouterOS CRS326", "mikrotik-routeros"),
        ("1.3.6.1.4.1.11863.5.32", "JetStream 8-Port Gigabit", "tplink-switch"),
        ("1.3.6.1.4.1.2011.2.23.335", "S5720 Huawei Versatile Routing Platform", "huawei-vrp"),
        ("1.3.6.1.4.1.2011.2.240.6", "AC6605 Huawei Versatile Routing Platform", "huawei-wlan"),
        ("1.3.6.1.4.1.4881.1.1.10.1.55", "Ruijie Gigabit Switch", "ruijie"),
        ("1.3.6.1.4.1.11.2.3.7.11.181", "HP J9776A 2530-24G Switch", "hp-procurve"),
        ("1.3.6.1.4.1.25506.11.1.161", "HPE Comware Platform Software", "hpe-comware"),
        ("1.3.6.1.4.1.47196.4.1.1.1.50", "Aruba JL663A", "aruba-cx"),
        ("1.3.6.1.4.1.99999.1", "A switch of somebody", "generic-snmp"),
    ],
)
def test_siblings_of_a_family_get_its_profile(
    sys_object_id: str, sys_descr: str, name: str, profiles: Mapping[str, Profile]
) -> None:
    assert match_profile(profiles, Facts(sys_object_id, sys_descr)).profile.name == name
