"""What good profile files become, how parts join, and which profile fits a device."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import (
    MatchRule,
    MetricGroup,
    MetricKind,
    Profile,
    Reason,
    Role,
    ScaleFrom,
    SnmpLimits,
    Threshold,
    Verdict,
)
from collector.profiles import Facts, load_profiles, match_profile, probe_oids
from collector.profiles.load import ProfileError, built_in_folder
from collector.profiles.matching import FALLBACK
from collector.profiles.schema import profile_schema
from collector.profiles.sources import FORBIDDEN, endless, is_within

NET_SNMP = "1.3.6.1.4.1.8072.3.2.10"
UNKNOWN = "it speaks SNMP, and no profile knows its sysObjectID"
HIKVISION_MODEL = "1.3.6.1.4.1.39165.1.1.0"

UNITS = {
    "_seconds": "s",
    "_percent": "%",
    "_celsius": "°C",
    "_bytes": "B",
    "_octets": "B",
    "_volts": "V",
    "_amperes": "A",
    "_watts": "W",
    "_rpm": "rpm",
    "_dbm": "dBm",
    "_db": "dB",
    "_megahertz": "MHz",
    "_meters": "m",
    "_bits_per_second": "bit/s",
    "_kilowatt_hours": "kWh",
    "_hectopascals": "hPa",
    "_volt_amperes": "VA",
    "_hertz": "Hz",
    "_lux": "lx",
    "_ppm": "ppm",
    "_centimetres": "cm",
    "_micrograms": "µg/m³",
    "_decibels": "dB",
}


@pytest.fixture(scope="module")
def built_in() -> dict[str, Profile]:
    return dict(load_profiles())


def load_one(folder: Path, text: str, name: str = "mine") -> Profile:
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_profiles([folder])[name]


def group_named(profile: Profile, name: str) -> MetricGroup:
    (found,) = (group for group in profile.groups if group.name == name)
    return found


# --- the built-in profiles --------------------------------------------------------------------


def test_the_first_profiles_are_there(built_in: dict[str, Profile]) -> None:
    assert set(built_in) >= {
        "generic-ping",
        "generic-snmp",
        "linux-net-snmp",
        "mikrotik-routeros",
        "hikvision-camera",
        "tasmota",
        "ups-rfc1628",
    }


def test_every_profile_can_take_a_device_down(built_in: dict[str, Profile]) -> None:
    for profile in built_in.values():
        assert [g.name for g in profile.groups if g.role is Role.REACHABILITY], profile.name


def test_the_name_of_a_metric_says_its_unit(built_in: dict[str, Profile]) -> None:
    for profile in built_in.values():
        for group in profile.groups:
            for metric in [*group.metrics, *(m for t in group.tables for m in t.metrics)]:
                suffixes = [suffix for suffix in UNITS if metric.name.endswith(suffix)]
                longest = max(suffixes, key=len, default=None)
                assert metric.unit == (UNITS[longest] if longest else "1"), metric.name


def test_a_metric_has_one_unit_and_type_in_all_profiles(built_in: dict[str, Profile]) -> None:
    first: dict[str, tuple[str, MetricKind]] = {}
    for profile in built_in.values():
        for group in profile.groups:
            for metric in [*group.metrics, *(m for t in group.tables for m in t.metrics)]:
                said = metric.unit, metric.kind
                assert first.setdefault(metric.name, said) == said, (metric.name, profile.name)


def test_one_echo_of_three_lost_warns_and_loss_has_a_margin(built_in: dict[str, Profile]) -> None:
    ping = group_named(built_in["generic-ping"], "ping")
    loss = next(metric for metric in ping.metrics if metric.name == "ping_loss_percent")

    assert ping.interval_seconds == 30.0
    assert loss.threshold == Threshold(warning_above=20.0, clear_margin=10.0)
    assert [metric.name for metric in ping.metrics if metric.threshold] == ["ping_loss_percent"]


def test_no_interface_alarms_by_itself(built_in: dict[str, Profile]) -> None:
    interfaces = group_named(built_in["generic-snmp"], "interfaces")

    assert interfaces.interval_seconds == 300.0
    assert all(metric.threshold is None for metric in interfaces.tables[0].metrics)


def test_only_a_ups_on_its_battery_is_evidence_of_a_power_cut(
    built_in: dict[str, Profile],
) -> None:
    words: set[tuple[str, str]] = set()
    for profile in built_in.values():
        for group in profile.groups:
            metrics = [*group.metrics, *(m for t in group.tables for m in t.metrics)]
            limits = {m.name: m.threshold for m in metrics if m.threshold is not None}
            states = {m.name: m.states for m in metrics}
            evidence = {n for n, limit in limits.items() if limit.reason is Reason.ON_BATTERY}
            for name in evidence:
                words.update((name, states[name][raw]) for raw in limits[name].states)
            if evidence:  # nothing worse may hide it
                verdicts = {it for limit in limits.values() for it in limit.states.values()}
                assert verdicts == {Verdict.WARNING}, (profile.name, group.name)

    assert words == {
        ("ups_output_source", "battery"),
        ("ups_output_source", "sleeping_until_mains"),  # of an APC: its battery is empty
    }


def test_a_ups_is_recognised_by_what_it_answers_whatever_it_is_called(
    built_in: dict[str, Profile],
) -> None:
    source = "1.3.6.1.2.1.33.1.4.1.0"
    for facts in (
        Facts("1.3.6.1.2.1.33"),
        Facts("1.3.6.1.4.1.99999.1", "Some UPS", {source: "3"}),
    ):
        assert match_profile(built_in, facts).profile.name == "ups-rfc1628"
    assert match_profile(built_in, Facts("1.3.6.1.4.1.99999.1")).profile.name == "generic-snmp"


def test_tasmota_is_never_pinged(built_in: dict[str, Profile]) -> None:
    assert {group.probe for group in built_in["tasmota"].groups} == {"mqtt"}


def test_nothing_that_does_something_is_ever_asked_for(built_in: dict[str, Profile]) -> None:
    for profile in built_in.values():
        for group in profile.groups:
            for metric in [*group.metrics, *(m for t in group.tables for m in t.metrics)]:
                assert not any(is_within(metric.source, oid) for oid in FORBIDDEN)


def test_the_schema_beside_the_profiles_is_that_of_the_models() -> None:
    written = (built_in_folder() / "schema.json").read_text(encoding="utf-8")

    assert written == profile_schema(), (
        "run: python -m collector.profiles.schema > device_profiles/schema.json"
    )


# --- from file to profile ---------------------------------------------------------------------


def test_every_key_reaches_the_model(tmp_path: Path) -> None:
    profile = load_one(
        tmp_path,
        """\
name: mine
title: My UPS
kinds: [ups, nas]
snmp: {max_repetitions: 8, max_oids: 4, pause: 20ms}
match: {sys_object_id: 1.3.6.1.2.1.33}
""".replace("{sys", "[{sys").replace("33}", "33}]")
        + """\
groups:
  status:
    probe: snmp
    interval: 90s
    role: reachability
    metrics:
      - name: battery_state
        source: 1.3.6.1.2.1.33.1.2.1.0
        type: state
        states: {1: unknown, 2: normal, 3: low}
        threshold: {states: {low: warning, unknown: none}}
      - name: runtime_seconds
        source: 1.3.6.1.2.1.33.1.2.3.0
        unit: s
        scale: 60
        offset: 1
        missing: [-1, 4294967295]
        bits: uint32
        minimum: 0
        maximum: 86400
        threshold: {warning_below: 600, critical_below: 120, clear_margin: 60}
    tables:
      lines:
        labels: {line: index}
        keep_when: {1.3.6.1.2.1.33.1.3.3.1.1: [1, 2]}
        metrics:
          - name: input_voltage_volts
            source: 1.3.6.1.2.1.33.1.3.3.1.3
            unit: V
            scale_from: [{source: 1.3.6.1.2.1.33.1.3.3.1.9, power_of_ten: -1}]
            when: {index: 1}
            combine: max
""",
    )

    status = group_named(profile, "status")
    battery, runtime = status.metrics
    (table,) = status.tables
    (voltage,) = table.metrics
    assert (profile.title, profile.kinds) == ("My UPS", ("ups", "nas"))
    assert profile.match == (MatchRule(sys_object_id="1.3.6.1.2.1.33"),)
    assert profile.snmp == SnmpLimits(repetitions=8, oids=4, pause_seconds=0.02)
    assert (status.interval_seconds, status.role) == (90.0, Role.REACHABILITY)
    assert battery.threshold == Threshold(states={3: Verdict.WARNING, 1: Verdict.NONE})
    assert (runtime.scale, runtime.offset, runtime.bits) == (60.0, 1.0, "uint32")
    assert (runtime.missing, runtime.minimum, runtime.maximum) == ((-1, 4294967295), 0.0, 86400.0)
    assert runtime.threshold == Threshold(
        warning_below=600.0, critical_below=120.0, clear_margin=60.0
    )
    assert (table.labels, table.keep_when) == (
        {"line": ("index",)},
        {"1.3.6.1.2.1.33.1.3.3.1.1": (1, 2)},
    )
    assert voltage.scale_from == (ScaleFrom("1.3.6.1.2.1.33.1.3.3.1.9", -1.0),)
    assert (voltage.when, voltage.combine) == ({"index": (1,)}, "max")


def test_a_profile_adds_to_its_parts_and_its_own_word_goes_first(tmp_path: Path) -> None:
    profile = load_one(
        tmp_path,
        """\
name: mine
title: Mine
kinds: [switch]
include: [system, processors]
groups:
  status:
    probe: snmp
    interval: 2m
    metrics: [{name: sys_name, source: 1.3.6.1.4.1.99999.1.0, type: text}]
  ping:
    probe: ping
    metrics: [{name: ping_rtt_seconds, threshold: {warning_above: 0.2}}]
""",
    )

    status, ping = group_named(profile, "status"), group_named(profile, "ping")
    names = [metric.source for metric in status.metrics if metric.name == "sys_name"]
    limits = {metric.name for metric in ping.metrics if metric.threshold}
    assert names == ["1.3.6.1.4.1.99999.1.0", "1.3.6.1.2.1.1.5.0"]
    assert [table.name for table in status.tables] == ["processors"]
    assert status.interval_seconds == 120.0
    assert limits == {"ping_rtt_seconds", "ping_loss_percent"}
    assert ping.interval_seconds == 30.0


def test_traps_of_parts_are_known_and_a_profiles_own_word_goes_first(tmp_path: Path) -> None:
    profile = load_one(
        tmp_path,
        "name: mine\ntitle: Mine\nkinds: [switch]\ninclude: [system, interfaces]\n"
        "traps:\n"
        "  - {oid: 1.3.6.1.6.3.1.1.5.3, name: linkDown, ask: [ping, interfaces]}\n"
        "  - {oid: 1.3.6.1.4.1.99999.0.7, name: fanFailed, ask: status}\n",
    )

    asked = {trap.name: trap.ask for trap in profile.traps}

    assert asked == {
        "linkDown": ("ping", "interfaces"),
        "fanFailed": ("status",),
        "coldStart": None,
        "warmStart": None,
        "authenticationFailure": (),
        "linkUp": ("interfaces",),
    }


def test_a_ups_that_says_it_is_on_battery_is_asked_for_its_power(
    built_in: dict[str, Profile],
) -> None:
    (on_battery,) = (t for t in built_in["ups-rfc1628"].traps if t.name == "upsTrapOnBattery")

    assert on_battery.oid == "1.3.6.1.2.1.33.2.1"
    assert on_battery.ask == ("power",)


def test_a_table_takes_the_place_of_a_parts_or_joins_it(tmp_path: Path) -> None:
    text = """\
name: mine
title: Mine
kinds: [switch]
include: [interfaces]
groups:
  interfaces:
    probe: snmp
    tables:
      interfaces:
        join: true
        metrics: [{name: if_speed_bits_per_second, source: 1.3.6.1.2.1.31.1.1.1.15, unit: bit/s}]
"""
    joined = load_one(tmp_path, text)
    alone = load_one(tmp_path, text.replace("join: true", "labels: {interface: index}"))

    (with_part,) = group_named(joined, "interfaces").tables
    (own,) = group_named(alone, "interfaces").tables
    speeds = [it for it in with_part.metrics if it.name == "if_speed_bits_per_second"]
    assert [metric.scale for metric in speeds] == [1, 1_000_000, 1]
    assert "if_in_octets" in {metric.name for metric in with_part.metrics}
    assert with_part.labels == {"interface": ("1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.2.2.1.2")}
    assert [metric.name for metric in own.metrics] == ["if_speed_bits_per_second"]
    assert (joined.is_own, alone.is_own) == (True, True)


def test_a_table_that_can_join_none_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="no part has a table of this name"):
        load_one(
            tmp_path,
            """\
name: mine
title: Mine
kinds: [switch]
include: [system]
groups:
  interfaces:
    probe: snmp
    tables:
      interfaces: {join: true, metrics: [{name: m, source: 1.3.6.1.2.1.2.2.1.8}]}
""",
        )


def test_of_profiles_that_fit_alike_ones_own_goes_first(tmp_path: Path) -> None:
    own = load_one(
        tmp_path,
        """\
name: mine
title: Mine
kinds: [camera]
match: [{sys_object_id: 1.3.6.1.4.1.368}]
include: [system]
""",
    )
    profiles = {**load_profiles(), "mine": own}

    assert match_profile(profiles, Facts("1.3.6.1.4.1.368.1.1")).profile.name == "mine"


def test_a_folder_can_bring_parts_and_replace_a_built_in_profile(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "radio.yaml").write_text(
        "title: Radio\ngroups:\n  radio:\n    probe: snmp\n    interval: 30s\n"
        "    metrics: [{name: clients, source: 1.3.6.1.4.1.99999.2.0}]\n",
        encoding="utf-8",
    )
    text = "name: generic-snmp\ntitle: Ours\nkinds: [access_point]\ninclude: radio\n"

    profile = load_one(tmp_path, text, "generic-snmp")

    assert profile.title == "Ours"
    assert [group.name for group in profile.groups] == ["ping", "radio"]
    assert "hikvision-camera" in load_profiles([tmp_path])


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\s*([0-9.]+)",
        r"([0-9]+)\s*(?:MB|GB)",
        r"^/(dev|run)(/|$)",
        r"a{2,3}",
        r"[*+]{3}",
        r"\(\+\)+",
    ],
)
def test_usual_patterns_are_fine(pattern: str) -> None:
    assert endless(pattern) is None


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "(a|aa)*", "((a*)b)+", "(a{1,}){2,}", "(x+){12}", "a*b*c*d*e*"]
)
def test_patterns_that_may_never_end_are_refused(pattern: str) -> None:
    assert endless(pattern) is not None


@given(st.text(alphabet=r"ab()[]{}*+?|\,1^$", max_size=40))
def test_looking_at_a_pattern_never_fails(pattern: str) -> None:
    assert endless(pattern) is None or isinstance(endless(pattern), str)


# --- matching ---------------------------------------------------------------------------------


def profile_with(name: str, *rules: MatchRule) -> Profile:
    return Profile(name, name, ("server",), (), rules)


PROFILES = {
    profile.name: profile
    for profile in (
        profile_with("any-snmp", MatchRule(sys_object_id="1.3.6.1")),
        profile_with("linux", MatchRule(sys_object_id=NET_SNMP)),
        profile_with("linux-access-point", MatchRule(sys_object_id=NET_SNMP, sys_descr="^UAP")),
        profile_with("nas", MatchRule(sys_object_id=NET_SNMP, probe_oid="1.3.6.1.4.1.6574.1.1.0")),
        profile_with("camera", MatchRule(probe_oid=HIKVISION_MODEL, probe_value="-")),
        profile_with(FALLBACK),
    )
}


@pytest.mark.parametrize(
    ("facts", "name", "reason"),
    [
        (Facts(NET_SNMP, "Linux x"), "linux", f"sysObjectID {NET_SNMP} is below {NET_SNMP}"),
        (Facts("." + NET_SNMP), "linux", f"sysObjectID .{NET_SNMP} is below {NET_SNMP}"),
        (
            Facts(NET_SNMP, "UAP-AC"),
            "linux-access-point",
            f"sysObjectID {NET_SNMP} is below {NET_SNMP} and sysDescr matches ^UAP",
        ),
        (
            Facts(NET_SNMP, "UAP-AC", {"1.3.6.1.4.1.6574.1.1.0": "1"}),
            "nas",
            f'1.3.6.1.4.1.6574.1.1.0 answers "1" and sysObjectID {NET_SNMP} is below {NET_SNMP}',
        ),
        (
            Facts(None, None, {HIKVISION_MODEL: "DS-2CD2185"}),
            "camera",
            f'{HIKVISION_MODEL} answers "DS-2CD2185"',
        ),
        (Facts("1.3.6.1.4.1.9"), "any-snmp", f"{UNKNOWN} 1.3.6.1.4.1.9"),
        # 8072.3.2.100 is not below 8072.3.2.10
        (Facts(NET_SNMP + "0"), "any-snmp", f"{UNKNOWN} {NET_SNMP}0"),
        (Facts(), FALLBACK, "nothing it says of itself fits a profile"),
        (
            Facts(probed={HIKVISION_MODEL: "x"}),
            FALLBACK,
            "nothing it says of itself fits a profile",
        ),
    ],
)
def test_the_most_specific_profile_fits_and_says_why(facts: Facts, name: str, reason: str) -> None:
    match = match_profile(PROFILES, facts)

    assert (match.profile.name, match.reason) == (name, reason)


def test_without_a_fallback_nothing_fits() -> None:
    with pytest.raises(KeyError):
        match_profile({}, Facts(NET_SNMP))


def test_what_to_ask_before_matching_is_known(built_in: dict[str, Profile]) -> None:
    assert HIKVISION_MODEL in probe_oids(built_in)
    assert probe_oids(PROFILES) == (HIKVISION_MODEL, "1.3.6.1.4.1.6574.1.1.0")


def test_a_device_with_sys_descr_alone_is_at_least_generic(built_in: dict[str, Profile]) -> None:
    assert match_profile(built_in, Facts(None, "Some Device")).profile.name == "generic-snmp"
