"""Broken profile files and the whole of what is said about each."""

from pathlib import Path

import pytest

from collector.profiles import ProfileError, load_profiles

HEAD = "name: mine\ntitle: Mine\nkinds: [camera]\n"
STATUS = HEAD + "groups:\n  status:\n    probe: snmp\n"
METRIC = STATUS + "    metrics:\n      - name: x\n        source: 1.3.6.1.4.1.99999.1.0\n"

BAD = {
    "no name": ("title: X\nkinds: [camera]\n", 'F:1: name: is missing; add "name"'),
    "another name than the file's": (
        HEAD.replace("name: mine", "name: yours"),
        'F:1: name: "yours" is not the name of the file; write "mine"',
    ),
    "an unknown kind": (
        HEAD.replace("camera", "kamera"),
        "F:3: kinds[0]: \"kamera\" is not known; write one of 'camera', 'recorder', "
        "'access_point', 'switch', 'router', 'server', 'nas', 'ups' or 'sensor'",
    ),
    "an unknown part": (
        HEAD + "include: [interface]\n",
        'F:4: include[0]: there is no part "interface"; did you mean "interfaces"?',
    ),
    "a profile that asks for nothing": (
        HEAD + "ping: false\n",
        "F:1: the profile asks for nothing; add groups or include a part",
    ),
    "an unknown probe": (
        HEAD + "groups:\n  status: {probe: telnet}\n",
        "F:5: groups.status: probe: \"telnet\" is not known; write one of 'ping', 'snmp', 'mqtt'",
    ),
    "no probe": (
        HEAD + "groups:\n  status: {interval: 5m}\n",
        'F:5: groups.status: probe is missing; add "probe"',
    ),
    "a rule out of its limits": (
        STATUS + "    rule: {confirm: 30, fresh: 1, retry: 5}\n"
        "    metrics: [{name: a, source: 1.3.6.1.2.1.1.3.0}]\n",
        'F:7: groups.status.rule.confirm: "30" is out of range; write at most 20\n'
        'F:7: groups.status.rule.retry: "5" has no unit; write 5s or 5m\n'
        'F:7: groups.status.rule.fresh: "1" is out of range; write at least 1.5',
    ),
    "a reason that is no evidence": (
        STATUS + "    metrics:\n      - name: a\n        source: 1.3.6.1.2.1.1.3.0\n"
        "        threshold: {warning_above: 1, reason: no_answer}\n",
        'F:10: groups.status.metrics[0].threshold.reason: "no_answer" is not known; '
        "write one of 'threshold' or 'on_battery'",
    ),
    "a ping as evidence": (
        HEAD + "groups:\n  ping:\n    probe: ping\n    metrics:\n"
        "      - {name: ping_loss_percent, threshold: {warning_above: 1, reason: on_battery}}\n",
        "F:8: groups.ping.metrics[0]: a ping is no evidence of a power cut; remove reason",
    ),
    "a trap that asks no group there is": (
        METRIC + "traps:\n  - {oid: 1.3.6.1.4.1.99999.0.1, name: hot, ask: [statuss]}\n",
        'F:11: traps[0]: the trap hot asks "statuss", which is no group; did you mean "status"?',
    ),
    "a trap twice": (
        METRIC + "traps:\n  - {oid: 1.3.6.1.4.1.99999.0.1, name: hot}\n"
        "  - {oid: 1.3.6.1.4.1.99999.0.1, name: cold}\n",
        "F:12: traps[1]: 1.3.6.1.4.1.99999.0.1 stands twice; remove one",
    ),
    "a key of another probe": (
        STATUS + "    topics: ['tele/{topic}/LWT']\n",
        "F:7: groups.status.topics: unknown key; "
        "known are interval, metrics, probe, role, rule, tables",
    ),
    "a group without metrics": (
        STATUS,
        "F:5: groups.status: asks for nothing; add metrics or tables",
    ),
    "an interval without unit": (
        STATUS + "    interval: 60\n",
        'F:7: groups.status.interval: "60" has no unit; write 60s or 60m',
    ),
    "a name with capitals": (
        METRIC.replace("name: x", "name: cpuLoad"),
        'F:8: groups.status.metrics[0].name: "cpuLoad" is no name; '
        "use small letters, digits and underscores: cpu_percent",
    ),
    "an OID by its name": (
        METRIC.replace("1.3.6.1.4.1.99999.1.0", "sysUpTime.0"),
        'F:9: groups.status.metrics[0].source: "sysUpTime.0" is no OID; '
        "write numbers and dots, such as 1.3.6.1.2.1.1.3.0",
    ),
    "an OID with a leading dot": (
        METRIC.replace("source: 1.3", "source: .1.3"),
        'F:9: groups.status.metrics[0].source: ".1.3.6.1.4.1.99999.1.0" is no OID; '
        "write numbers and dots, such as 1.3.6.1.2.1.1.3.0",
    ),
    "an OID that reboots": (
        METRIC.replace("99999.1.0", "39165.1.12.0"),
        'F:9: groups.status.metrics[0].source: "1.3.6.1.4.1.39165.1.12.0" must not be asked for: '
        "it reboots the camera; remove it",
    ),
    "a walk over scripts": (
        STATUS + "    tables:\n      t:\n        metrics:\n"
        "          - {name: x, source: 1.3.6.1.4.1.14988.1.1}\n",
        'F:10: groups.status.tables.t.metrics[0].source: "1.3.6.1.4.1.14988.1.1" '
        "must not be asked for: reading it runs a script on the router; remove it",
    ),
    "a pattern that is none": (
        METRIC + "        pattern: '([0-9'\n",
        'F:10: groups.status.metrics[0].pattern: "([0-9" is no regular expression: '
        "unterminated character set at position 1; mend it",
    ),
    "a pattern without group": (
        METRIC + "        pattern: '[0-9]+'\n",
        'F:10: groups.status.metrics[0].pattern: "[0-9]+" needs one group; '
        "put ( ) around the part that is wanted",
    ),
    "a pattern without end": (
        METRIC + "        pattern: '((a+)+)b'\n",
        'F:10: groups.status.metrics[0].pattern: "((a+)+)b" could take for ever: '
        "a repetition of a group that holds another, or alternatives; make it simpler",
    ),
    "a threshold the wrong way round": (
        METRIC + "        threshold: {warning_above: 90, critical_above: 80}\n",
        "F:10: groups.status.metrics[0].threshold: critical_above is less than warning_above; "
        "exchange them",
    ),
    "a threshold without limit": (
        METRIC + "        threshold: {clear_margin: 5}\n",
        "F:10: groups.status.metrics[0].threshold: the threshold has no limit; "
        "add warning_above or another, or remove it",
    ),
    "a threshold of a counter": (
        METRIC + "        type: counter\n        threshold: {warning_above: 5}\n",
        "F:8: groups.status.metrics[0]: x: a counter has no threshold; remove the threshold",
    ),
    "a state without words": (
        METRIC + "        type: state\n",
        "F:8: groups.status.metrics[0]: x: states and type: state belong together; "
        "add states: {1: up, 2: down}",
    ),
    "a verdict about a state that is none": (
        METRIC + "        type: state\n        states: {1: up, 2: down}\n"
        "        threshold: {states: {dwon: critical}}\n",
        'F:8: groups.status.metrics[0]: x: "dwon" is none of its states; did you mean "down"?',
    ),
    "a verdict that is none": (
        METRIC + "        type: state\n        states: {1: up}\n"
        "        threshold: {states: {up: bad}}\n",
        'F:12: groups.status.metrics[0].threshold.states.up: "bad" is not known; '
        "write one of 'ok', 'warning', 'critical' or 'none'",
    ),
    "one name, two meanings": (
        METRIC + "      - {name: x, source: 1.3.6.1.4.1.99999.2.0, unit: V}\n",
        "F:5: groups.status: x has another unit, type or states elsewhere; "
        "the same name must mean the same everywhere",
    ),
    "one name, two thresholds": (
        METRIC + "      - name: x\n        source: 1.3.6.1.4.1.99999.2.0\n"
        "        threshold: {warning_above: 1}\n",
        "F:5: groups.status: x has two thresholds in one group; "
        "the same name must mean the same everywhere",
    ),
    "a group that a part uses over another protocol": (
        HEAD + "include: [interfaces]\ngroups:\n  interfaces:\n    probe: ping\n",
        "F:6: groups.interfaces: is ping here and snmp in the part interfaces; "
        "give it another name\n"
        "F:6: groups.interfaces: a group over ping is named interfaces; "
        "ping goes into one group, with the name ping",
    ),
    "a topic without a place for the device": (
        HEAD + "groups:\n  s: {probe: mqtt, topics: [tele/LWT], online: 1a, offline: 0a}\n",
        'F:5: groups.s.topics[0]: "tele/LWT" has no {topic}; '
        "write it where the device's topic stands",
    ),
    "half of two words": (
        HEAD + "groups:\n  s: {probe: mqtt, topics: ['a/{topic}'], online: yes}\n",
        "F:5: groups.s: online and offline belong together; give both or neither",
    ),
    "a group that hears nothing": (
        HEAD + "groups:\n  s: {probe: mqtt, topics: ['a/{topic}']}\n",
        "F:5: groups.s: the group hears nothing; add metrics, or online and offline, or role: "
        "reachability if every message is a sign of life",
    ),
    "a rule that matches everything": (
        HEAD + "match: [{}]\n",
        "F:4: match[0]: the rule matches everything; give sys_object_id, sys_descr or probe_oid",
    ),
    "a probed value without OID": (
        HEAD + "match:\n  - {sys_descr: x, probe_value: y}\n",
        "F:5: match[0]: probe_value has no probe_oid; say which OID is to be asked",
    ),
    "a ping metric that there is not": (
        HEAD + "groups:\n  ping:\n    probe: ping\n    metrics:\n"
        "      - {name: ping_loss, threshold: {warning_above: 1}}\n",
        'F:8: groups.ping.metrics[0].name: "ping_loss" is not known; write one of '
        "'ping_rtt_seconds', 'ping_rtt_min_seconds', 'ping_rtt_max_seconds', "
        "'ping_jitter_seconds' or 'ping_loss_percent'",
    ),
    "a part in the place of a profile": (
        "groups:\n  a: {probe: ping}\n",
        'F:1: name: is missing; add "name"\n'
        'F:1: title: is missing; add "title"\n'
        'F:1: kinds: is missing; add "kinds"',
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_told_whole_with_line_place_and_remedy(case: str, tmp_path: Path) -> None:
    text, expected = BAD[case]
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ProfileError) as caught:
        load_profiles([tmp_path])

    assert str(caught.value).replace(str(path), "F") == expected


def test_a_broken_part_is_told_once_and_in_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    part = tmp_path / "parts" / "radio.yaml"
    part.write_text("title: Radio\ngroups: {radio: {probe: snmp, intervall: 5m}}\n", "utf-8")

    with pytest.raises(ProfileError) as caught:
        load_profiles([tmp_path])

    assert str(caught.value).replace(str(part), "P") == (
        'P:2: groups.radio.intervall: unknown key; did you mean "interval"?'
    )
