"""What WiFi profiles think of a device: which answers degrade it, and which must not."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from collector.evaluate import evaluate, thresholds_of
from collector.model import CheckResult, Outcome, Profile, Reason, Role, Verdict
from collector.probes.snmp.values import Value
from collector.profiles import Facts, load_profiles, match_profile
from tests.profiles.replay import replay_group

SLOT = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)

UNIFI = "1.3.6.1.4.1.41112.1.6"
AIRFIBER = "1.3.6.1.4.1.41112.1.3"
LTU = "1.3.6.1.4.1.41112.1.10.1"
MIKROTIK = "1.3.6.1.4.1.14988.1.1"
WLC = "1.3.6.1.4.1.14179.2.2"
ZONE_DIRECTOR = "1.3.6.1.4.1.25053.1.2.2.1.1.2.1.1"
SMART_ZONE = "1.3.6.1.4.1.25053.1"
ARUBA = "1.3.6.1.4.1.14823.2"
RUIJIE = "1.3.6.1.4.1.4881.1.1.10.2.56"
HUAWEI = "1.3.6.1.4.1.2011.6.139"
IF_ENTRY = "1.3.6.1.2.1.2.2.1"
MAC = "2.0.0.0.0.1"

OK, WARNING, CRITICAL = Verdict.OK, Verdict.WARNING, Verdict.CRITICAL


@pytest.fixture(scope="module")
def profiles() -> Mapping[str, Profile]:
    return load_profiles()


def judged(profile: Profile, values: Mapping[str, Value]) -> Verdict:
    """Return the worst that the profile's health groups say of these values."""
    worst = Verdict.OK
    for group in profile.groups:
        if group.probe != "snmp":
            continue
        readings = replay_group(group, values).readings
        result = CheckResult(
            check_id=f"ap-0001/{group.name}",
            slot_at=SLOT,
            measured_at=SLOT,
            outcome=Outcome.ANSWERED,
            reason=Reason.OK,
            detail="",
            latency_seconds=0.01,
            readings=readings,
        )
        verdict = evaluate(result, thresholds_of(group), Role.HEALTH).verdict
        worst = max(worst, verdict, key=[OK, WARNING, CRITICAL].index)
    return worst


def network(up: int, usage: bytes) -> dict[str, Value]:
    row = f"{UNIFI}.1.2.1"
    return {f"{row}.8.1": 0, f"{row}.22.1": up, f"{row}.23.1": usage, f"{row}.6.1": b"Kota"}


def airfiber(enabled: int, up: int) -> dict[str, Value]:
    return {f"{AIRFIBER}.1.1.2.1": enabled, f"{AIRFIBER}.2.1.26.1": up}


def sixty_gigahertz(mode: int, connected: int, admin: int) -> dict[str, Value]:
    row = f"{MIKROTIK}.1.8.1"
    return {f"{row}.2.1": mode, f"{row}.4.1": connected, "1.3.6.1.2.1.2.2.1.7.1": admin}


def wlc_radio(admin: int, oper: int) -> dict[str, Value]:
    return {f"{WLC}.2.1.12.{MAC}.0": oper, f"{WLC}.2.1.34.{MAC}.0": admin}


def aironet_radio(admin: int, oper: int) -> dict[str, Value]:
    clients = "1.3.6.1.4.1.9.9.273.1.1.2.1.1.1"
    return {clients: 0, f"{IF_ENTRY}.7.1": admin, f"{IF_ENTRY}.8.1": oper}


@pytest.mark.parametrize(
    ("name", "values", "verdict"),
    [
        # an access point is well when each network that people use is on the air
        ("ubiquiti-unifi-ap", network(1, b"user"), OK),
        ("ubiquiti-unifi-ap", network(2, b"user"), WARNING),
        ("ubiquiti-unifi-ap", network(2, b"guest"), WARNING),
        ("ubiquiti-unifi-ap", network(2, b"uplink"), OK),  # what APs speak among each other
        ("ubiquiti-unifi-ap", {f"{UNIFI}.3.2.0": 1}, CRITICAL),
        ("ubiquiti-unifi-ap", {f"{UNIFI}.3.2.0": 2}, OK),
        # a link that its owner has switched off is no fault
        ("ubiquiti-airfiber", airfiber(1, 0), CRITICAL),
        ("ubiquiti-airfiber", airfiber(1, 1), OK),
        ("ubiquiti-airfiber", airfiber(2, 0), OK),
        # an access point without subscribers is bored; a subscriber without one is cut off
        ("ubiquiti-ltu", {f"{LTU}.2.1.0": 0, f"{LTU}.5.5.0": 0}, OK),
        ("ubiquiti-ltu", {f"{LTU}.2.1.0": 1, f"{LTU}.5.5.0": 0}, CRITICAL),
        ("mikrotik-routeros", sixty_gigahertz(1, 0, 1), CRITICAL),
        ("mikrotik-routeros", sixty_gigahertz(1, 1, 1), OK),
        ("mikrotik-routeros", sixty_gigahertz(1, 0, 2), OK),
        ("mikrotik-routeros", sixty_gigahertz(0, 0, 1), OK),
        ("mikrotik-routeros", {f"{MIKROTIK}.15.1.1.3.7": 5}, WARNING),  # PoE: short circuit
        ("mikrotik-routeros", {f"{MIKROTIK}.15.1.1.3.7": 2}, OK),  # waiting for a load
        ("mikrotik-routeros", {f"{MIKROTIK}.3.16.0": 0}, OK),  # a second supply, not plugged in
        ("cisco-wlc", wlc_radio(1, 1), WARNING),
        ("cisco-wlc", wlc_radio(1, 2), OK),
        ("cisco-wlc", wlc_radio(2, 1), OK),
        # one access point of many that is gone degrades the controller, no more
        ("ruckus-zonedirector", {f"{ZONE_DIRECTOR}.3.{MAC}": 0}, WARNING),
        ("ruckus-zonedirector", {f"{ZONE_DIRECTOR}.3.{MAC}": 1}, OK),
        ("ruckus-zonedirector", {f"{ZONE_DIRECTOR}.3.{MAC}": 3}, OK),  # taking new firmware
        ("ruckus-smartzone", {f"{SMART_ZONE}.4.2.1.1.2.2.1.16.{MAC}": b"Disconnect"}, WARNING),
        ("ruckus-smartzone", {f"{SMART_ZONE}.4.2.1.1.2.2.1.16.{MAC}": b"Connect"}, OK),
        ("ruckus-smartzone", {f"{SMART_ZONE}.8.1.1.1.1.1.1.17.1.49": 0}, CRITICAL),
        ("aruba-instant", {f"{ARUBA}.3.3.1.2.1.1.11.{MAC}": 2}, WARNING),
        ("aruba-instant", {f"{ARUBA}.3.3.1.2.2.1.20.{MAC}.1": 2}, OK),  # perhaps switched off
        ("aruba-controller", {f"{ARUBA}.2.1.5.2.1.4.1.19.{MAC}": 2}, WARNING),
        ("aruba-controller", {f"{ARUBA}.2.1.2.1.17.1.2.1": 2}, WARNING),
        ("aruba-controller", {f"{ARUBA}.2.1.2.1.18.1.2.2": 2}, OK),  # a supply nobody bought
        ("ruijie-ac", {f"{RUIJIE}.2.1.8.1.3.{MAC}": 1}, OK),
        ("ruijie-ac", {f"{RUIJIE}.2.1.8.1.3.{MAC}": 2}, WARNING),
        ("huawei-wlan", {f"{HUAWEI}.13.3.3.1.6.{MAC}": 8}, OK),
        ("huawei-wlan", {f"{HUAWEI}.13.3.3.1.6.{MAC}": 4}, WARNING),
        ("huawei-wlan", {f"{HUAWEI}.13.3.3.1.6.{MAC}": 11}, OK),  # of the other controller
        ("huawei-wlan", {f"{HUAWEI}.13.3.3.1.6.{MAC}": 7}, OK),  # takes new firmware
        ("huawei-wlan", {f"{HUAWEI}.16.1.2.1.6.{MAC}.0": 2}, OK),  # perhaps switched off
        ("cisco-catalyst-wlc", wlc_radio(1, 1), WARNING),
        ("cisco-aironet", aironet_radio(1, 2), CRITICAL),
        ("cisco-aironet", aironet_radio(1, 1), OK),
        ("cisco-aironet", aironet_radio(2, 2), OK),
        ("mimosa", {"1.3.6.1.4.1.43356.2.1.2.3.3.0": 2}, CRITICAL),
        ("mimosa", {"1.3.6.1.4.1.43356.2.1.2.3.3.0": 1}, OK),
        ("cambium-cnmatrix", {"1.3.6.1.4.1.2076.81.13.1.1.2.1": 2}, WARNING),  # a fan
        ("cambium-pmp", {"1.3.6.1.4.1.161.19.3.1.3.1.0": 2}, WARNING),  # GPS lost
        ("cambium-epmp", {"1.3.6.1.4.1.17713.21.1.1.6.0": 2}, OK),  # looks for radar, as it must
        ("cambium-epmp", {"1.3.6.1.4.1.17713.21.1.1.6.0": 6}, CRITICAL),
    ],
)
def test_a_device_is_degraded_by_what_people_would_miss(
    name: str, values: Mapping[str, Value], verdict: Verdict, profiles: Mapping[str, Profile]
) -> None:
    assert judged(profiles[name], values) is verdict


@pytest.mark.parametrize(
    ("object_id", "description", "answers", "name"),
    [
        ("1.3.6.1.4.1.41112", "UAP-AC-Pro-Gen2 4.3.28.11361", {}, "ubiquiti-unifi-ap"),
        ("1.3.6.1.4.1.41112", "U7-Pro 8.0.49", {}, "ubiquiti-unifi-ap"),
        ("1.3.6.1.4.1.8072.3.2.10", "U6-LR 6.5.62", {}, "ubiquiti-unifi-ap"),
        (
            "1.3.6.1.4.1.10002.1",
            "Linux 3.3.8",
            {"1.3.6.1.4.1.41112.1.6.3.3.0": "UAP-LR"},
            "ubiquiti-unifi-ap",
        ),
        ("1.3.6.1.4.1.10002.1", "Linux 2.6.32.71", {}, "ubiquiti-airos"),
        (
            "1.3.6.1.4.1.10002.1",
            "Linux 2.6.33",
            {"1.3.6.1.4.1.41112.1.3.2.1.40.1": "v4.1.0"},
            "ubiquiti-airfiber",
        ),
        (
            "1.3.6.1.4.1.41112",
            "Linux 4.4.198",
            {"1.3.6.1.4.1.41112.1.11.1.2.4.1": "v2.6.0"},
            "ubiquiti-af60",
        ),
        (
            "1.3.6.1.4.1.8072.3.2.10",
            "Linux LTU-Rocket",
            {"1.3.6.1.4.1.41112.1.10.1.3.4.0": "v2.0.1"},
            "ubiquiti-ltu",
        ),
        ("1.3.6.1.4.1.25053.3.1.5.20", "Ruckus Wireless R510", {}, "ruckus-unleashed"),
        ("1.3.6.1.4.1.25053.3.1.5.15", "Ruckus Wireless ZD1200", {}, "ruckus-zonedirector"),
        ("1.3.6.1.4.1.25053.3.1.10.1", "SCG200", {}, "ruckus-smartzone"),
        ("1.3.6.1.4.1.25053.3.1.4.91", "Ruckus Wireless Inc", {}, "ruckus-ap"),
        ("1.3.6.1.4.1.9.1.1279", "Cisco Controller", {}, "cisco-wlc"),
        ("1.3.6.1.4.1.14823.1.2.111", "AOS-10", {}, "aruba-instant"),
        ("1.3.6.1.4.1.14823.1.1.43", "ArubaOS (MODEL: Aruba7010)", {}, "aruba-controller"),
        ("1.3.6.1.4.1.161.19.250.256", "CANOPY 16.2 SM-DES", {}, "cambium-pmp"),
        ("1.3.6.1.4.1.17713.22.4", "cnPilot E410", {}, "cambium-cnpilot-e"),
        ("1.3.6.1.4.1.17713.24.1", "cnMatrix EX2010-P", {}, "cambium-cnmatrix"),
        ("1.3.6.1.4.1.43356.1.1", "Mimosa B5c", {}, "mimosa"),
        ("1.3.6.1.4.1", "cnPilot R201W 4.3.2", {}, "cambium-cnpilot-r"),
        ("1.3.6.1.4.1.11863.3.2.10", "EAP225", {}, "tplink-eap"),
        ("1.3.6.1.4.1.11863.5.33", "JetStream", {}, "tplink-switch"),
        (
            "1.3.6.1.4.1.42397",
            "GWN7630",
            {"1.3.6.1.4.1.42397.1.1.2.1.0": "GWN7630"},
            "grandstream-gwn-ap",
        ),
        ("1.3.6.1.4.1.9.6.1.32.561.1", "Linux, Cisco Systems, Inc WAP561", {}, "cisco-wap"),
        ("1.3.6.1.4.1.9.1.2669", "Cisco IOS Software, C9800 Software", {}, "cisco-catalyst-wlc"),
        ("1.3.6.1.4.1.9.1.1247", "IOS Software (C1140-K9W7-M)", {}, "cisco-aironet"),
        ("1.3.6.1.4.1.2011.2.240.6", "AC6605", {}, "huawei-wlan"),
        ("1.3.6.1.4.1.2011.2.23.339", "Versatile Routing Platform", {}, "huawei-vrp"),
        (
            "1.3.6.1.4.1.4881.1.3.1.1.28",
            "Ruijie Wireless Switch",
            {f"{RUIJIE}.1.1.11.0": "12"},
            "ruijie-ac",
        ),
        ("1.3.6.1.4.1.4881.1.1.10.1.150", "Ruijie Switch", {}, "ruijie"),
    ],
)
def test_siblings_of_the_recorded_models_are_recognised(
    object_id: str,
    description: str,
    answers: Mapping[str, str],
    name: str,
    profiles: Mapping[str, Profile],
) -> None:
    match = match_profile(profiles, Facts(object_id, description, answers))

    assert match.profile.name == name, match.reason


@pytest.mark.parametrize(
    ("raw", "megahertz"),
    [(5525000, 5525), (552500, 5525), (5740, 5740), (9240, 924), (24570, 2457), (3560000, 3560)],
)
def test_a_canopy_frequency_is_megahertz_whatever_the_radio_tells_it_in(
    raw: int, megahertz: int, profiles: Mapping[str, Profile]
) -> None:
    profile = profiles["cambium-pmp"]
    (status,) = (group for group in profile.groups if group.name == "status")

    found = replay_group(status, {"1.3.6.1.4.1.161.19.3.1.7.37.0": raw})

    assert found.faults == ()
    assert [it.value for it in found.readings] == [megahertz]


@pytest.mark.parametrize(
    ("channel", "megahertz"), [(1, 2412), (13, 2472), (36, 5180), (165, 5825), (0, None)]
)
def test_a_channel_becomes_its_frequency(
    channel: int, megahertz: int | None, profiles: Mapping[str, Profile]
) -> None:
    row = f"{UNIFI}.1.2.1"
    profile = profiles["ubiquiti-unifi-ap"]
    (group,) = (group for group in profile.groups if group.name == "wireless")

    found = replay_group(group, {f"{row}.4.1": channel, f"{row}.9.1": b"na"})

    values = [it.value for it in found.readings if it.metric == "wifi_frequency_megahertz"]
    assert values == ([] if megahertz is None else [megahertz])
    assert found.faults == ()


def values_of(profile: Profile, name: str, values: Mapping[str, Value]) -> dict[object, object]:
    found = [it for group in profile.groups for it in replay_group(group, values).readings]
    return {it.labels: it.value for it in found if it.metric == name}


def test_a_huawei_controller_tells_the_clients_of_an_ssid_by_band_and_together(
    profiles: Mapping[str, Profile],
) -> None:
    row, kota = f"{HUAWEI}.17.1.2.1", "4.75.111.116.97"  # the SSID Kota, with its length in front

    clients = values_of(
        profiles["huawei-wlan"],
        "wifi_clients",
        {f"{row}.2.{kota}": 7, f"{row}.3.{kota}": 12, f"{row}.2.1.65": 1, f"{row}.3.1.65": 0},
    )

    assert clients[()] == 20
    assert clients[(("ssid", "Kota"),)] == 19
    assert clients[("ssid", "Kota"), ("band", "5 GHz")] == 12


def test_routeros_with_the_wifi_package_counts_who_is_registered(
    profiles: Mapping[str, Profile],
) -> None:
    row = f"{MIKROTIK}.21.4.1.3"

    clients = values_of(
        profiles["mikrotik-routeros"],
        "wifi_clients",
        {f"{row}.{MAC}.2": b"Kota", f"{row}.2.0.0.0.0.9.2": b"Kota", f"{row}.{MAC}.3": b"Tamu"},
    )

    assert clients == {(("ssid", "Kota"),): 2, (("ssid", "Tamu"),): 1}


def test_a_cnpilot_answers_by_single_values_or_by_address(profiles: Mapping[str, Profile]) -> None:
    cpu, airtime = "1.3.6.1.4.1.17713.22.1.1.1.6", "1.3.6.1.4.1.17713.22.1.2.1.18"
    profile = profiles["cambium-cnpilot-e"]

    assert values_of(profile, "cpu_percent", {f"{cpu}.0": 11}) == {(): 11}
    assert values_of(profile, "cpu_percent", {f"{cpu}.{MAC}": 11}) == {(): 11}
    used = values_of(profile, "wifi_utilization_percent", {f"{airtime}.0": b"23/10/3/10"})
    assert list(used.values()) == [23]


@pytest.mark.parametrize(("raw", "percent"), [(789, 78.9), (1000, 100), (1013, 100)])
def test_a_ccq_is_never_more_than_all(
    raw: int, percent: float, profiles: Mapping[str, Profile]
) -> None:
    found = values_of(
        profiles["ubiquiti-unifi-ap"], "wifi_ccq_percent", {f"{UNIFI}.1.2.1.3.1": raw}
    )

    assert list(found.values()) == [percent]


@pytest.mark.parametrize("raw", [66, 660_000_000])
def test_airos_tells_its_temperature_whatever_its_firmware_makes_of_it(
    raw: int, profiles: Mapping[str, Profile]
) -> None:
    found = values_of(
        profiles["ubiquiti-airos"], "temperature_celsius", {"1.3.6.1.4.1.41112.1.4.8.4.0": raw}
    )

    assert list(found.values()) == [66]
