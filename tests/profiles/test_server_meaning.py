"""What servers, their controllers and NAS say, and what it is worth: made-up values, judged.

A failed part degrades; what is not fitted, off or unknown does not.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from collector.evaluate import evaluate, thresholds_of
from collector.model import CheckResult, Evaluation, Outcome, Profile, Reading, Reason, Verdict
from collector.probes.snmp.values import Value
from collector.profiles import Facts, load_profiles, match_profile
from tests.profiles.replay import replay

AT = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
OK, WARNING, CRITICAL = Verdict.OK, Verdict.WARNING, Verdict.CRITICAL
Values = Mapping[str, Value]

DELL = "1.3.6.1.4.1.674.10892"
HPE = "1.3.6.1.4.1.232"
LSI = "1.3.6.1.4.1.3582.4.1"
SYNOLOGY = "1.3.6.1.4.1.6574"
QNAP = "1.3.6.1.4.1.24681.1"
ZPOOL = "1.3.6.1.4.1.50536.1.1.1.1"
SUPERMICRO = "1.3.6.1.4.1.21317.1"
SUPER_DOCTOR = "1.3.6.1.4.1.10876.2"
VMWARE = "1.3.6.1.4.1.6876"
IBMC = "1.3.6.1.4.1.2011.2.235.1.1"
XCC = "1.3.6.1.4.1.19046.11.1.1"
IMM = "1.3.6.1.4.1.2.3.51.3.1"
QTS, QUTS_HERO = "1.3.6.1.4.1.55062.1", "1.3.6.1.4.1.55062.2"
OPENMANAGE = "1.3.6.1.4.1.674.10893.1.20"
HR_STORAGE = "1.3.6.1.2.1.25.2.3.1"
UCD = "1.3.6.1.4.1.2021"
RAM, OTHER, FIXED_DISK = (f"1.3.6.1.2.1.25.2.1.{it}" for it in (2, 1, 4))
NET_SNMP, WINDOWS = "1.3.6.1.4.1.8072.3.2.10", "1.3.6.1.4.1.311.1.1.3.1.2"


@pytest.fixture(scope="module")
def profiles() -> Mapping[str, Profile]:
    return load_profiles()


def judged(profile: Profile, values: Values) -> Evaluation:
    """Return the worst that any group of the profile makes of the values."""
    found = []
    for group in profile.groups:
        readings = replay_group(profile, group.name, values)
        result = CheckResult("nas-01/check", AT, AT, Outcome.ANSWERED, readings=readings)
        found.append(evaluate(result, thresholds_of(group), group.role))
    return max(found, key=lambda one: [OK, WARNING, CRITICAL].index(one.verdict))


def replay_group(profile: Profile, name: str, values: Values) -> tuple[Reading, ...]:
    (group,) = (it for it in profile.groups if it.name == name)
    alone = Profile(profile.name, profile.title, profile.kinds, (group,), profile.match)
    return replay(alone, values).readings


def value_of(profile: Profile, values: Values, metric: str, **labels: str) -> float | int | str:
    (reading,) = (
        it
        for it in replay(profile, values).readings
        if it.metric == metric and labels.items() <= dict(it.labels).items()
    )
    return reading.value


@pytest.mark.parametrize(
    ("name", "values", "verdict"),
    [
        # Dell: 3 is ok there
        ("dell-idrac", {f"{DELL}.5.2.1.0": 3, f"{DELL}.5.2.3.0": 3}, OK),
        ("dell-idrac", {f"{DELL}.5.2.1.0": 4}, WARNING),
        ("dell-idrac", {f"{DELL}.2.2.1.0": 5}, CRITICAL),  # a chassis controller
        ("dell-idrac", {f"{DELL}.5.2.4.0": 3}, OK),  # the server is switched off
        ("dell-idrac", {f"{DELL}.5.5.1.20.130.4.1.4.1": 7}, CRITICAL),  # a failed disk
        ("dell-idrac", {f"{DELL}.5.5.1.20.130.4.1.4.1": 9}, OK),  # a pulled one
        ("dell-idrac", {f"{DELL}.5.5.1.20.130.4.1.24.1": 4}, WARNING),  # about to fail
        ("dell-idrac", {f"{DELL}.5.5.1.20.140.1.1.4.1": 4}, CRITICAL),
        ("dell-idrac", {f"{DELL}.5.4.600.12.1.5.1.2": 5}, CRITICAL),
        ("dell-idrac", {f"{DELL}.5.4.600.12.1.5.1.2": 2}, OK),  # an empty bay is unknown
        ("dell-idrac", {f"{DELL}.5.4.700.12.1.5.1.1": 10}, CRITICAL),
        ("dell-idrac", {f"{DELL}.5.4.1100.50.1.5.1.1": 2}, OK),
        ("dell-idrac", {f"{DELL}.2.3.1.6.0": 5}, CRITICAL),  # the fans of a chassis
        ("linux-dell-openmanage", {f"{OPENMANAGE}.130.4.1.4.1": 2}, CRITICAL),
        ("linux-dell-openmanage", {f"{OPENMANAGE}.130.4.1.4.1": 34}, WARNING),
        ("linux-dell-openmanage", {f"{DELL}.1.600.12.1.5.1.1": 7}, OK),  # absent
        # HPE: 2 is ok, 1 what is not fitted
        ("hpe-ilo", {f"{HPE}.6.1.3.0": 2, f"{HPE}.3.1.3.0": 1}, OK),
        ("hpe-ilo", {f"{HPE}.6.1.3.0": 3}, WARNING),
        ("hpe-ilo", {f"{HPE}.6.1.3.0": 4}, CRITICAL),
        ("hpe-ilo", {f"{HPE}.6.2.6.7.1.9.0.1": 1, f"{HPE}.6.2.9.3.1.4.0.2": 1}, OK),
        ("hpe-ilo", {f"{HPE}.6.2.9.3.1.4.0.2": 4}, CRITICAL),
        ("hpe-ilo", {f"{HPE}.3.2.5.1.1.6.0.3": 3}, CRITICAL),
        ("hpe-ilo", {f"{HPE}.3.2.5.1.1.6.0.3": 4}, WARNING),
        ("hpe-ilo", {f"{HPE}.3.2.3.1.1.4.0.1": 7}, WARNING),  # rebuilding
        ("hpe-ilo", {f"{HPE}.3.2.3.1.1.4.0.1": 5}, CRITICAL),  # runs on what is left
        ("hpe-ilo", {f"{HPE}.3.2.2.2.1.6.0": 6}, OK),  # a cache without battery
        ("windows-hpe-agents", {f"{HPE}.3.2.5.1.1.6.0.3": 3}, CRITICAL),
        # MegaRAID
        ("linux-megaraid", {f"{LSI}.4.1.2.1.23.0": 0, f"{LSI}.4.1.2.1.24.0": 0}, OK),
        ("linux-megaraid", {f"{LSI}.4.1.2.1.24.0": 1}, CRITICAL),
        ("linux-megaraid", {f"{LSI}.4.1.2.1.23.0": 1}, WARNING),
        ("linux-megaraid", {f"{LSI}.4.2.1.2.1.10.4": 0}, OK),  # in no volume
        ("linux-megaraid", {f"{LSI}.4.2.1.2.1.10.4": 17}, CRITICAL),
        ("linux-megaraid", {f"{LSI}.4.3.1.2.1.5.0": 2}, CRITICAL),
        ("linux-megaraid", {f"{LSI}.4.1.2.1.4.0": 0}, OK),  # its buzzer is off
        ("linux-megaraid", {f"{LSI}.4.1.6.2.1.27.0": -1}, OK),  # cannot tell
        ("linux-megaraid", {f"{LSI}.4.1.6.2.1.27.0": 1}, WARNING),
        ("linux-megaraid", {f"{LSI}.4.1.6.2.1.29.0": b"Non-Operational"}, WARNING),
        ("linux-megaraid", {f"{LSI}.5.5.1.3.1": 6}, OK),  # a supply that is not installed
        ("linux-megaraid", {f"{LSI}.5.5.1.3.1": 3}, CRITICAL),
        # Synology
        ("synology-dsm", {f"{SYNOLOGY}.1.1.0": 1, f"{SYNOLOGY}.1.4.2.0": 1}, OK),
        ("synology-dsm", {f"{SYNOLOGY}.1.4.1.0": 2}, CRITICAL),
        ("synology-dsm", {f"{SYNOLOGY}.2.1.1.5.1": 5}, CRITICAL),
        ("synology-dsm", {f"{SYNOLOGY}.2.1.1.5.1": 3}, OK),  # a spare
        ("synology-dsm", {f"{SYNOLOGY}.2.1.1.13.1": 2}, WARNING),
        ("synology-dsm", {f"{SYNOLOGY}.3.1.1.3.0": 11}, CRITICAL),
        ("synology-dsm", {f"{SYNOLOGY}.3.1.1.3.0": 13}, OK),  # scrubbing, as it should
        ("synology-dsm", {f"{SYNOLOGY}.1.5.4.0": 1}, OK),  # an upgrade
        # QNAP
        ("qnap-nas", {f"{QNAP}.2.11.1.4.1": 0, f"{QNAP}.2.11.1.4.2": -5}, OK),  # an empty bay
        ("qnap-nas", {f"{QNAP}.2.11.1.4.1": -9}, CRITICAL),
        ("qnap-nas", {f"{QNAP}.4.1.1.1.1.5.2.1.5.1": 2}, CRITICAL),
        ("qnap-nas", {f"{QNAP}.4.1.1.1.2.1.2.1.5.1": b"Ready"}, OK),
        ("qnap-nas", {f"{QNAP}.4.1.1.1.2.1.2.1.5.1": b"In degraded mode"}, CRITICAL),
        ("qnap-nas", {f"{QNAP}.4.1.1.1.2.1.2.1.5.1": b"Rebuilding (3%)"}, WARNING),
        ("qnap-nas", {f"{QNAP}.4.1.1.1.2.2.2.1.5.1": -3}, CRITICAL),
        # pools, under either MIB
        ("truenas", {f"{ZPOOL}.7.1": 0, f"{ZPOOL}.3.1": 4096}, OK),
        ("truenas", {f"{ZPOOL}.7.1": 1}, CRITICAL),
        ("truenas", {f"{ZPOOL}.3.1": b"ONLINE", f"{ZPOOL}.4.1": 7, f"{ZPOOL}.7.1": 99000}, OK),
        ("truenas", {f"{ZPOOL}.3.1": b"DEGRADED", f"{ZPOOL}.7.1": 99000}, CRITICAL),
        # Supermicro
        ("supermicro-bmc", {f"{SUPERMICRO}.14.2.1.2.1": 0}, OK),  # nobody knows
        ("supermicro-bmc", {f"{SUPERMICRO}.14.2.1.2.1": 3}, CRITICAL),
        ("supermicro-bmc", {f"{SUPERMICRO}.4.0": 0}, OK),  # switched off
        ("linux-supermicro", {f"{SUPER_DOCTOR}.2.0": 2}, CRITICAL),
        # Huawei, Lenovo, IBM
        ("huawei-ibmc", {f"{IBMC}.1.1.0": 1, f"{IBMC}.1.12.0": 1}, OK),  # switched off
        ("huawei-ibmc", {f"{IBMC}.1.1.0": 2}, WARNING),
        ("huawei-ibmc", {f"{IBMC}.6.50.1.7.2": 5}, OK),  # an empty bay
        ("huawei-ibmc", {f"{IBMC}.18.50.1.10.1": 5}, CRITICAL),
        ("huawei-ibmc", {f"{IBMC}.37.50.1.4.0.0": 2}, WARNING),
        ("lenovo-xcc", {f"{XCC}.4.1.0": 255, f"{XCC}.3.2.1.10.1": b"Normal"}, OK),
        ("lenovo-xcc", {f"{XCC}.4.1.0": 0}, CRITICAL),
        ("lenovo-xcc", {f"{XCC}.11.2.1.6.2": b"Critical"}, CRITICAL),
        ("ibm-imm", {f"{IMM}.4.1.0": 4}, WARNING),
        # QTS 5, QuTS hero
        ("qnap-qts", {f"{QTS}.10.2.1.7.1": b"Good", f"{QTS}.10.5.1.4.1": b"Ready"}, OK),
        ("qnap-qts", {f"{QTS}.10.5.1.4.1": b"Degraded"}, CRITICAL),
        ("qnap-qts", {f"{QUTS_HERO}.10.7.1.5.1": 4}, OK),  # scrubbing
        ("qnap-qts", {f"{QUTS_HERO}.10.7.1.5.1": -3}, CRITICAL),
        # ESXi
        ("vmware-esxi", {f"{VMWARE}.4.20.3.1.3.1": 2}, OK),
        ("vmware-esxi", {f"{VMWARE}.4.20.3.1.3.1": 5}, WARNING),
        ("vmware-esxi", {f"{VMWARE}.2.1.1.6.1": b"powered off"}, OK),
    ],
)
def test_a_failed_part_degrades_and_what_is_absent_does_not(
    profiles: Mapping[str, Profile], name: str, values: Values, verdict: Verdict
) -> None:
    assert judged(profiles[name], values).verdict is verdict


@pytest.mark.parametrize(
    ("status", "verdict", "reason"),
    [
        (b"OL", OK, Reason.OK),
        (b"OL CHRG", OK, Reason.OK),
        (b"OB DISCHRG", WARNING, Reason.ON_BATTERY),
        (b"OB LB", WARNING, Reason.ON_BATTERY),
        (b"", OK, Reason.OK),  # no UPS on its USB port
    ],
)
def test_a_nas_whose_ups_runs_on_battery_tells_of_a_power_cut(
    profiles: Mapping[str, Profile], status: bytes, verdict: Verdict, reason: Reason
) -> None:
    values = {f"{SYNOLOGY}.1.5.1.0": b"DS920+", f"{SYNOLOGY}.4.2.1.0": status}

    found = judged(profiles["synology-dsm"], values)

    assert (found.verdict, found.reason) == (verdict, reason)


# --- memory -----------------------------------------------------------------------------------


def memory_of_net_snmp(used: int, buffers: int, cache: int) -> Values:
    rows = {
        "1": (RAM, b"Physical memory", 1000, used),
        "6": (OTHER, b"Memory buffers", 1000, buffers),
        "7": (OTHER, b"Cached memory", cache, cache),
    }
    return {
        f"{HR_STORAGE}.{column}.{index}": value
        for index, (kind, name, size, it) in rows.items()
        for column, value in ((2, kind), (3, name), (4, 1024), (5, size), (6, it))
    }


def test_memory_that_only_caches_files_is_free_to_be_had(profiles: Mapping[str, Profile]) -> None:
    values = memory_of_net_snmp(used=990, buffers=90, cache=700)

    readings = replay_group(profiles["linux-net-snmp"], "status", values)

    assert [it.value for it in readings if it.metric == "memory_used_percent"] == [20.0]
    assert judged(profiles["linux-net-snmp"], values).verdict is OK
    for label, percent in (("Physical memory", 20.0), ("Cached memory", 70.0)):
        share = value_of(profiles["linux-net-snmp"], values, "memory_used_percent", memory=label)
        assert share == percent


def test_memory_that_programs_have_filled_warns(profiles: Mapping[str, Profile]) -> None:
    values = memory_of_net_snmp(used=990, buffers=5, cache=10)

    assert judged(profiles["linux-net-snmp"], values).verdict is WARNING


def test_what_the_kernel_says_can_be_had_goes_first(profiles: Mapping[str, Profile]) -> None:
    old: dict[str, Value] = {
        f"{UCD}.4.5.0": 1000,
        f"{UCD}.4.6.0": 100,
        f"{UCD}.4.14.0": 0,
        f"{UCD}.4.15.0": 0,
    }

    before = value_of(profiles["linux-net-snmp"], old, "memory_used_percent")
    now = value_of(profiles["linux-net-snmp"], {**old, f"{UCD}.4.27.0": 400}, "memory_used_percent")

    assert (before, now) == (90.0, 60.0)


def test_windows_is_asked_for_its_physical_memory_wherever_it_stands(
    profiles: Mapping[str, Profile],
) -> None:
    # the row that holds the memory of Net-SNMP is the drive C there
    values: dict[str, Value] = {
        f"{HR_STORAGE}.2.1": FIXED_DISK,
        f"{HR_STORAGE}.3.1": b"C:\\ Label:Sistem  Serial Number 12345678",
        f"{HR_STORAGE}.4.1": 4096,
        f"{HR_STORAGE}.5.1": 1000,
        f"{HR_STORAGE}.6.1": 980,
        f"{HR_STORAGE}.2.4": RAM,
        f"{HR_STORAGE}.3.4": b"Physical Memory",
        f"{HR_STORAGE}.4.4": 65536,
        f"{HR_STORAGE}.5.4": 200,
        f"{HR_STORAGE}.6.4": 100,
    }
    readings = replay_group(profiles["windows-server"], "status", values)

    memory = {it.metric: it.value for it in readings if it.metric.startswith("memory")}

    assert memory == {"memory_size_bytes": 200 * 65536, "memory_used_percent": 50.0}
    full = value_of(profiles["windows-server"], values, "storage_used_percent", storage="C:\\")
    assert full == 98.0
    assert judged(profiles["windows-server"], values).verdict is CRITICAL


# --- file systems -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/", True),
        ("/var", True),
        ("/run", True),  # when it is full, nothing starts any more
        ("/dev/shm", True),  # noqa: S108 - a mount, not a file of ours
        ("/proc", False),
        ("/sys/fs/cgroup", False),
        ("/snap/core20/1974", False),  # an image, always full
        ("/run/user/1000", False),
        ("/var/lib/docker/overlay2/0123/merged", False),
        ("/var/lib/docker-backup", True),
    ],
)
def test_file_systems_that_can_fill_are_told(
    profiles: Mapping[str, Profile], path: str, told: bool
) -> None:
    values: dict[str, Value] = {
        f"{HR_STORAGE}.2.31": FIXED_DISK,
        f"{HR_STORAGE}.3.31": path.encode(),
        f"{HR_STORAGE}.4.31": 4096,
        f"{HR_STORAGE}.5.31": 100,
        f"{HR_STORAGE}.6.31": 100,
    }

    readings = replay_group(profiles["linux-net-snmp"], "storage", values)

    assert bool(readings) is told


def test_a_nas_is_not_blamed_for_the_small_parts_its_system_fills(
    profiles: Mapping[str, Profile],
) -> None:
    def full(path: bytes) -> Values:
        return {
            f"{HR_STORAGE}.2.36": FIXED_DISK,
            f"{HR_STORAGE}.3.36": path,
            f"{HR_STORAGE}.4.36": 4096,
            f"{HR_STORAGE}.5.36": 100,
            f"{HR_STORAGE}.6.36": 99,
        }

    assert judged(profiles["qnap-nas"], full(b"/mnt/ext")).verdict is OK
    assert judged(profiles["qnap-nas"], full(b"/share/CACHEDEV1_DATA")).verdict is CRITICAL


def test_a_volume_beyond_31_bits_of_blocks_keeps_its_size(
    profiles: Mapping[str, Profile],
) -> None:
    values: dict[str, Value] = {
        f"{HR_STORAGE}.2.40": FIXED_DISK,
        f"{HR_STORAGE}.3.40": b"/arsip",
        f"{HR_STORAGE}.4.40": 4096,
        f"{HR_STORAGE}.5.40": -294967296,  # 4000000000 on the wire
        f"{HR_STORAGE}.6.40": 1000000000,
    }
    profile = profiles["linux-net-snmp"]

    assert value_of(profile, values, "storage_size_bytes") == 4_000_000_000 * 4096
    assert value_of(profile, values, "storage_used_percent") == 25.0


# --- sensors ----------------------------------------------------------------------------------


def test_a_board_below_freezing_is_read_with_its_sign(profiles: Mapping[str, Profile]) -> None:
    row = f"{UCD}.13.16.2.1"
    values: dict[str, Value] = {
        f"{row}.2.1": b"temp1",
        f"{row}.3.1": 4294962296,  # -5.000
        f"{row}.2.2": b"AUXTIN",
        f"{row}.3.2": 4294839296,  # -128: nothing is connected
    }
    readings = replay_group(profiles["linux-net-snmp"], "sensors", values)

    assert [(dict(it.labels)["sensor"], it.value) for it in readings] == [("temp1", -5.0)]


def test_the_sensors_of_a_bmc_are_told_apart_by_their_names(
    profiles: Mapping[str, Profile],
) -> None:
    names = (b"CPU Temp", b"FAN1", b"12V", b"Vcpu", b"VBAT", b"PCH Temp", b"Chassis Intru")
    texts = (b"47", b"5300", b"12.192", b"1.78", b"4", b"0", b"0")
    values: dict[str, Value] = {}
    for number, (name, text) in enumerate(zip(names, texts, strict=True), 1):
        values[f"{SUPERMICRO}.3.1.13.{number}"] = name
        values[f"{SUPERMICRO}.3.1.2.{number}"] = text

    readings = replay_group(profiles["supermicro-bmc"], "sensors", values)

    assert {(it.metric, it.labels[0][1], it.value) for it in readings} == {
        ("temperature_celsius", "CPU Temp", 47),
        ("fan_rpm", "FAN1", 5300),
        ("voltage_volts", "12V", 12.192),
        ("voltage_volts", "Vcpu", 1.78),
        ("battery_state", "VBAT", 4),
        ("intrusion_state", "Chassis Intru", 0),
    }


def test_readings_that_are_texts_or_tenths_come_out_in_their_units(
    profiles: Mapping[str, Profile],
) -> None:
    lenovo: dict[str, Value] = {
        f"{XCC}.1.2.1.2.1": b"Ambient Temp",
        f"{XCC}.1.2.1.3.1": b"24.00",
        f"{XCC}.2.2.1.3.1": b"12180",
        f"{XCC}.3.2.1.3.1": b" 34% of maximum",
        f"{XCC}.3.2.1.3.2": b"Offline",
    }
    huawei: dict[str, Value] = {
        f"{IBMC}.26.50.1.2.1": b"Inlet Temp",
        f"{IBMC}.26.50.1.3.1": 235,
        f"{IBMC}.26.50.1.2.2": b"CPU1 Core Rem",
        f"{IBMC}.26.50.1.3.2": 65535,  # while the server is off
    }

    told = replay(profiles["lenovo-xcc"], lenovo).readings
    assert {it.metric: it.value for it in told} == {
        "temperature_celsius": 24.0,
        "voltage_volts": 12.18,
        "fan_percent": 34,
    }
    assert value_of(profiles["huawei-ibmc"], huawei, "temperature_celsius") == 23.5


def test_machines_are_counted_by_their_state(profiles: Mapping[str, Profile]) -> None:
    state = f"{VMWARE}.2.1.1.6"
    values = {f"{state}.1": b"powered on", f"{state}.2": b"powered on", f"{state}.9": b"off"}

    readings = replay_group(profiles["vmware-esxi"], "hardware", values)

    counted = {dict(it.labels)["state"]: it.value for it in readings}
    assert counted == {"powered on": 2, "off": 1}


@pytest.mark.parametrize(
    ("name", "oid", "ask"),
    [
        ("dell-idrac", f"{DELL}.5.3.2.1.0.2185", ("status", "sensors")),  # a supply has failed
        ("dell-idrac", f"{DELL}.5.3.2.2.0.4345", ("status", "hardware")),  # a disk
        ("hpe-ilo", f"{HPE}.0.6050", ("status", "sensors")),
        ("windows-hpe-agents", f"{HPE}.0.3046", ("status", "raid")),
    ],
)
def test_a_server_that_tells_of_a_failed_part_is_asked_for_it(
    profiles: Mapping[str, Profile], name: str, oid: str, ask: tuple[str, ...]
) -> None:
    (trap,) = (it for it in profiles[name].traps if it.oid == oid)

    assert trap.ask == ask
    assert set(ask) <= {group.name for group in profiles[name].groups}


# --- who it is --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("linux-net-snmp", Facts(NET_SNMP, "Linux srv 6.1.0 x86_64")),
        ("linux-net-snmp", Facts("1.3.6.1.4.1.8072.3.2.8", "FreeBSD fw 14.1")),
        ("truenas", Facts("1.3.6.1.4.1.8072.3.2.8", "TrueNAS-13.0-U6. Hardware: amd64")),
        ("truenas", Facts("1.3.6.1.4.1.50536.3.1", "")),
        ("truenas", Facts(NET_SNMP, "Linux nas 6.6", {f"{ZPOOL}.2.1": "tank"})),
        ("synology-dsm", Facts(NET_SNMP, "Linux nas 4.4", {f"{SYNOLOGY}.1.1.0": "1"})),
        (
            "synology-dsm",
            Facts(
                NET_SNMP, "Linux n", {"1.3.6.1.2.1.25.1.4.0": "root=/dev/md0 syno_hw_version=DS"}
            ),
        ),
        ("linux-net-snmp", Facts(NET_SNMP, "Linux s", {"1.3.6.1.2.1.25.1.4.0": "quiet splash"})),
        ("qnap-nas", Facts("1.3.6.1.4.1.24681.1", "Linux TS-453 4.3.6")),
        (
            "qnap-nas",
            Facts(NET_SNMP, "Linux TS-X", {"1.3.6.1.2.1.47.1.1.1.1.12.1": "QNAP Systems, Inc."}),
        ),
        ("linux-hpe-agents", Facts(NET_SNMP, "Linux", {f"{HPE}.2.2.4.2.0": "ProLiant DL380"})),
        ("windows-hpe-agents", Facts(WINDOWS, "W", {f"{HPE}.2.2.4.2.0": "ProLiant DL380"})),
        ("linux-supermicro", Facts(NET_SNMP, "Linux", {f"{SUPER_DOCTOR}.2.0": "0"})),
        ("linux-supermicro", Facts(NET_SNMP, "L", {f"{SUPER_DOCTOR}.1.1.1.1.2.1": "FAN1 Speed"})),
        ("windows-server", Facts(WINDOWS, "Hardware: Intel64 - Software: Windows Version 6.3")),
        ("hpe-ilo", Facts("1.3.6.1.4.1.232.9.4.11", "Integrated Lights-Out 5 2.78")),
        ("dell-idrac", Facts(f"{DELL}.5", "")),
        ("dell-idrac", Facts(f"{DELL}.2", "a chassis")),
        ("supermicro-bmc", Facts(NET_SNMP, "Linux", {f"{SUPERMICRO}.5.1.0": "1"})),
        ("supermicro-bmc", Facts(None, None, {f"{SUPERMICRO}.5.1.0": "1"})),
        ("vmware-esxi", Facts(f"{VMWARE}.4.1", "VMware ESXi 8.0.2")),
        ("huawei-ibmc", Facts("1.3.6.1.4.1.2011.2.235.1.1", "Hardware management system")),
        ("lenovo-xcc", Facts("1.3.6.1.4.1.19046.11.1", "Lenovo XCC")),
        ("ibm-imm", Facts("1.3.6.1.4.1.2.3.51.3", "Linux imm 2.6.16")),
        ("qnap-qts", Facts("1.3.6.1.4.1.55062.1", "Linux TS-X73A 5.2.5")),
        ("qnap-nas", Facts("1.3.6.1.4.1.24681.2", "Linux TS-X53II 5.2.4")),
    ],
)
def test_servers_are_told_apart(profiles: Mapping[str, Profile], name: str, facts: Facts) -> None:
    assert match_profile(profiles, facts).profile.name == name
