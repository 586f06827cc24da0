"""What good inventory files become, and the plan that is made of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from collector.config import Config, load_config
from collector.inventory import (
    Inventory,
    InventoryError,
    Plan,
    build_plan,
    check_everything,
    load_inventory,
)
from collector.model import Area, Credential, Device, Owner, Profile, Role, Rule, RuleOverride, Site
from collector.profiles import load_profiles

AREAS = """\
areas:
  - {code: "73.71.01", name: Mariso}
  - {code: "73", name: Sulawesi Selatan, zone: Asia/Makassar}
  - {code: "73.71.01.1001", name: Bontorannu}
  - {code: "94.01", name: Merauke, zone: Asia/Jayapura}
sites:
  - {id: losari-01, name: Anjungan Losari, area: "73.71.01", latitude: -5.14, longitude: 119.4}
  - {id: gudang, name: Gudang, area: "94.01"}
owners:
  - {id: diskominfo, name: Dinas Komunikasi dan Informatika}
"""
DEVICES = """\
devices:
  - id: cam-0001
    name: Kamera Losari 01
    kind: camera
    site: losari-01
    profile: hikvision-camera
    address: 127.16.0.5
    credentials: [kota]
    parents: [sw-0001]
    owner: diskominfo
    link_owner: diskominfo
    power_owner: diskominfo
    tags: [prioritas, pantai]
    snmp_port: 1161
  - {id: sw-0001, name: Switch, kind: switch, site: gudang, profile: generic-snmp,
     address: "2001:db8::1", credentials: kota}
  - {id: plug-1, name: Steker, kind: sensor, site: gudang, profile: tasmota,
     mqtt_topic: tasmota_0001, telemetry_period: 10s}
  - {id: srv-1, name: Server, kind: server, site: gudang, profile: generic-ping,
     address: 192.0.2.52}
"""


@pytest.fixture(scope="module")
def profiles() -> dict[str, Profile]:
    return dict(load_profiles())


@pytest.fixture
def config() -> Config:
    return load_config(None, {"PANTAU__CREDENTIALS__KOTA__COMMUNITY": "umum"})


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    # devices before what they refer to: the order of files does not matter
    (tmp_path / "a.yaml").write_text(DEVICES, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(AREAS, encoding="utf-8")
    return load_inventory([tmp_path / "a.yaml", tmp_path / "b.yaml"])


@pytest.fixture
def plan(config: Config, inventory: Inventory, profiles: dict[str, Profile]) -> Plan:
    return build_plan(config, inventory, profiles)


def test_an_area_has_the_longest_listed_prefix_as_parent_and_inherits_its_zone(
    inventory: Inventory,
) -> None:
    assert inventory.areas["73.71.01.1001"] == Area(
        "73.71.01.1001", "Bontorannu", "Asia/Makassar", "73.71.01"
    )
    assert inventory.areas["73.71.01"].parent == "73"
    assert inventory.areas["73"].parent is None
    assert inventory.areas["94.01"] == Area("94.01", "Merauke", "Asia/Jayapura", None)


def test_the_lists_of_all_files_are_joined(inventory: Inventory) -> None:
    assert inventory.owners == {
        "diskominfo": Owner("diskominfo", "Dinas Komunikasi dan Informatika")
    }
    assert inventory.sites["losari-01"] == Site(
        "losari-01", "Anjungan Losari", "73.71.01", -5.14, 119.4
    )
    assert inventory.sites["gudang"].latitude is None
    assert list(inventory.devices) == ["cam-0001", "sw-0001", "plug-1", "srv-1"]
    assert inventory.devices["cam-0001"] == Device(
        id="cam-0001",
        name="Kamera Losari 01",
        kind="camera",
        site="losari-01",
        profile="hikvision-camera",
        address="127.16.0.5",
        credentials=("kota",),
        parents=("sw-0001",),
        owner="diskominfo",
        link_owner="diskominfo",
        power_owner="diskominfo",
        snmp_port=1161,
        tags=("prioritas", "pantai"),
    )


def test_no_files_are_an_empty_inventory() -> None:
    assert load_inventory([]) == Inventory()


# --- the plan ---------------------------------------------------------------------------------


def test_every_group_of_a_device_becomes_a_check(plan: Plan) -> None:
    assert [check.id for check in plan.checks] == [
        "cam-0001/ping",
        "cam-0001/status",
        "sw-0001/ping",
        "sw-0001/status",
        "sw-0001/memory",
        "sw-0001/storage",
        "sw-0001/sensors",
        "sw-0001/poe",
        "sw-0001/interfaces",
        "plug-1/status",
        "plug-1/telemetry",
        "srv-1/ping",
    ]


def test_a_check_carries_what_its_probe_needs(plan: Plan) -> None:
    ping, status, switch_ping, switch_status, *_, interfaces, lwt, telemetry, _ = plan.checks

    assert (ping.probe, ping.role, ping.interval_seconds) == ("ping", Role.REACHABILITY, 30.0)
    assert (status.role, status.interval_seconds) == (Role.HEALTH, 60.0)
    assert status.target.snmp_port == 1161
    assert status.target.credential is not None
    assert status.target.credential.community == "umum"
    assert switch_ping.target.address == "2001:db8::1"
    assert switch_status.target.snmp_port == 161
    assert interfaces.interval_seconds == 300.0
    assert (lwt.probe, lwt.role, lwt.target.mqtt_topic) == (
        "mqtt",
        Role.REACHABILITY,
        "tasmota_0001",
    )
    assert lwt.group.options == {
        "topics": ["tele/{topic}/LWT"],
        "payload": "text",
        "online": ["Online"],
        "offline": ["Offline"],
    }
    assert telemetry.group.options == {
        "topics": ["tele/{topic}/STATE", "tele/{topic}/SENSOR"],
        "payload": "json",
    }


def test_the_telemetry_period_of_a_device_is_the_interval_of_its_mqtt_checks(plan: Plan) -> None:
    assert {check.interval_seconds for check in plan.checks if check.probe == "mqtt"} == {10.0}


def test_rechecks_follow_the_rule_of_their_probe(plan: Plan) -> None:
    assert {(check.probe, check.rule.retry_seconds) for check in plan.checks} == {
        ("ping", 5.0),
        ("snmp", 15.0),
        ("mqtt", 15.0),
    }


RULES = """\
devices:
  - {id: cam-0001, name: Kamera, kind: camera, site: gudang, profile: mine,
     address: 192.0.2.53, credentials: kota, rule: {confirm: 7, retry: 10s}}
  - {id: cam-0002, name: Kamera, kind: camera, site: gudang, profile: mine,
     address: 192.0.2.54, credentials: kota, power_feeder: gardu LSR-04}
"""
PROFILE = """\
name: mine
title: Mine
kinds: [camera]
include: [slow]
groups:
  status:
    probe: snmp
    rule: {recover: 4}
    metrics: [{name: sys_uptime_seconds, source: 1.3.6.1.2.1.1.3.0, unit: s}]
"""
PART = """\
title: Slow
groups:
  status:
    probe: snmp
    rule: {recover: 9, retry: 20s, fresh: 6}
    metrics: [{name: sys_name, source: 1.3.6.1.2.1.1.5.0, type: text}]
"""


def test_a_device_goes_before_its_profile_and_that_before_the_configuration(
    tmp_path: Path, config: Config
) -> None:
    inventory = load_inventory([write(tmp_path, "a.yaml", AREAS), write(tmp_path, "b.yaml", RULES)])
    write(tmp_path, "own/mine.yaml", PROFILE)
    write(tmp_path, "own/parts/slow.yaml", PART)

    plan = build_plan(
        replace(config, rule=Rule(fresh_intervals=3.0)),
        inventory,
        load_profiles([tmp_path / "own"]),
    )

    assert {check.id: check.rule for check in plan.checks} == {
        "cam-0001/ping": Rule(7, 2, 10.0, 3.0),
        # rechecks over SNMP are slower than the pings that the device speaks of
        "cam-0001/status": Rule(7, 4, 30.0, 6.0),
        "cam-0002/ping": Rule(3, 2, 5.0, 3.0),
        "cam-0002/status": Rule(3, 4, 20.0, 6.0),
    }
    assert inventory.devices["cam-0001"].rule == RuleOverride(confirm=7, retry_seconds=10.0)
    assert inventory.devices["cam-0002"].rule is None
    assert inventory.devices["cam-0002"].power_feeder == "gardu LSR-04"


def test_every_check_is_over_before_it_is_due_again(
    config: Config, inventory: Inventory, profiles: dict[str, Profile]
) -> None:
    slow = replace(
        config,
        snmp=config.snmp.model_copy(update={"timeout_seconds": 60.0, "retries": 5}),
        ping=config.ping.model_copy(update={"timeout_seconds": 10.0, "count": 20}),
    )
    for settings in (config, slow):
        for check in build_plan(settings, inventory, profiles).checks:
            assert 0 < check.timeout_seconds < check.interval_seconds


def test_a_request_with_all_its_retries_fits_into_the_deadline(
    config: Config, inventory: Inventory, profiles: dict[str, Profile]
) -> None:
    plan = build_plan(config, inventory, profiles)
    for check in plan.checks:
        if check.probe == "snmp":
            assert check.timeout_seconds >= config.snmp.timeout_seconds * (1 + 2)
        if check.probe == "ping":
            assert check.timeout_seconds >= config.ping.timeout_seconds * config.ping.count


def test_a_user_of_snmpv3_is_given_time_for_discovery(
    config: Config, inventory: Inventory, profiles: dict[str, Profile]
) -> None:
    user = Credential("kota", "3", user="pantau")
    as_user = build_plan(replace(config, credentials={"kota": user}), inventory, profiles)
    as_community = build_plan(config, inventory, profiles)

    patience = config.snmp.timeout_seconds * (1 + 2)
    for check, other in zip(as_user.checks, as_community.checks, strict=True):
        more = check.timeout_seconds - other.timeout_seconds
        is_short = check.probe == "snmp" and not check.group.tables
        assert more == (2 * patience if is_short else 0), check.id


def test_a_plan_with_unknown_names_is_refused(
    config: Config, inventory: Inventory, profiles: dict[str, Profile]
) -> None:
    without = {name: it for name, it in profiles.items() if name != "tasmota"}

    with pytest.raises(InventoryError) as caught:
        build_plan(replace(config, credentials={}), inventory, without)

    assert str(caught.value) == (
        'inventory: cam-0001: there is no credential "kota"; mend the name or add it\n'
        'inventory: sw-0001: there is no credential "kota"; mend the name or add it\n'
        'inventory: plug-1: there is no profile "tasmota"; mend the name or add it'
    )


# --- everything together ----------------------------------------------------------------------


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


CONFIG = "inventory: [inv/*.yaml]\nprofiles: own/\ncredentials: {kota: {community_file: kota}}\n"


def test_a_good_configuration_is_counted(tmp_path: Path) -> None:
    path = write(tmp_path, "pantau.yaml", CONFIG)
    write(tmp_path, "kota", "umum")
    write(tmp_path, "own/mine.yaml", "name: mine\ntitle: Mine\nkinds: [camera]\n")
    areas = write(tmp_path, "inv/areas.yaml", AREAS)
    devices = write(
        tmp_path, "inv/devices.yaml", DEVICES.replace("profile: generic-ping", "profile: mine")
    )

    for target in (path, tmp_path):
        report = check_everything(target, {})
        assert report.problems == ()
        assert report.files == (path, areas, devices)
        assert (report.sites, report.devices, report.checks) == (2, 4, 12)


def test_problems_of_configuration_inventory_and_profiles_come_together(tmp_path: Path) -> None:
    path = write(tmp_path, "pantau.yaml", CONFIG)
    own = write(tmp_path, "own/mine.yaml", "name: mine\ntitle: Mine\nkinds: [kulkas]\n")
    write(tmp_path, "inv/areas.yaml", AREAS)
    text = DEVICES.replace("generic-ping", "mine").replace("generic-snmp", "generik-snmp")
    devices = write(tmp_path, "inv/devices.yaml", text)

    report = check_everything(path, {})

    assert [(problem.file, problem.place) for problem in report.problems] == [
        (str(devices), "devices[1].profile"),
        (str(own), "kinds[0]"),
        (str(path), "credentials.kota.community_file"),
    ]
    assert report.checks == 0


def test_an_inventory_file_alone_is_checked_without_credentials(tmp_path: Path) -> None:
    path = write(tmp_path, "kota.yaml", AREAS + DEVICES)

    assert check_everything(path, {}).problems == ()
    assert check_everything(tmp_path, {}).devices == 4


def test_a_device_profile_is_checked_by_itself(tmp_path: Path) -> None:
    text = "name: mine\ntitle: Mine\nkinds: [switch]\ninclude: [system]\n"
    good = write(tmp_path, "mine.yaml", text)
    bad = write(tmp_path, "bad.yaml", text + "intervall: 5\n")

    assert check_everything(good, {}).problems == ()
    (unknown,) = check_everything(bad, {}).problems
    assert (unknown.file, unknown.line) == (str(bad), 5)
    assert "intervall" in str(unknown)


def test_a_place_with_nothing_to_check_is_a_problem(tmp_path: Path) -> None:
    (problem,) = check_everything(tmp_path, {}).problems
    assert str(problem) == (
        f"{tmp_path}: holds neither pantau.yaml nor an inventory file (*.yaml); name another folder"
    )
    (problem,) = check_everything(tmp_path / "no.yaml", {}).problems
    assert problem.problem == "cannot be read: No such file or directory"
