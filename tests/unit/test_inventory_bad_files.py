"""Broken inventory files and the whole of what is said about each."""

from pathlib import Path

import pytest

from collector.inventory import InventoryError, Known, load_inventory
from collector.profiles import load_profiles

GOOD = """\
areas:
  - {code: "73.71", name: Kota Makassar, zone: Asia/Makassar}
owners:
  - {id: diskominfo, name: Diskominfo}
sites:
  - {id: losari-01, name: Anjungan Losari, area: "73.71", latitude: -5.14, longitude: 119.4}
devices:
  - id: sw-0001
    name: Switch
    kind: switch
    site: losari-01
    profile: generic-ping
    address: 127.0.0.1
"""

DEVICE = (
    "{id: cam-1, name: Kamera, kind: camera, site: losari-01, profile: generic-ping, "
    "address: 127.0.0.2"
)

BAD = {
    "a code without quotes": (
        "areas:\n  - {code: 73.10, name: Pangkep}\n",
        'F:2: areas[0].code: 73.10 is read as a number or constant; put it in quotes: "73.10"',
    ),
    "a code of the statistics office": (
        'areas:\n  - {code: "7371", name: Makassar}\n',
        'F:2: areas[0].code: "7371" is no Kemendagri code; write PP.KK, PP.KK.CC or PP.KK.CC.VVVV',
    ),
    "a zone that is none": (
        'areas:\n  - {code: "73.72", name: Parepare, zone: WITA}\n',
        'F:2: areas[0].zone: "WITA" is no time zone; write Asia/Jakarta (WIB), Asia/Makassar '
        "(WITA) or Asia/Jayapura (WIT)",
    ),
    "exchanged coordinates": (
        'sites:\n  - {id: x, name: X, area: "73.71", latitude: 119.4, longitude: -5.14}\n',
        "F:2: sites[0]: latitude and longitude seem to be exchanged; "
        "write latitude: -5.14, longitude: 119.4",
    ),
    "coordinates in the Gulf of Guinea": (
        'sites:\n  - id: x\n    name: X\n    area: "73.71"\n    latitude: 0\n    longitude: 0\n',
        "F:2: sites[0]: 0, 0 is not in Indonesia; "
        "latitude goes from -11 to 6, longitude from 95 to 141",
    ),
    "half a coordinate": (
        'sites:\n  - {id: x, name: X, area: "73.71", latitude: -5.1}\n',
        "F:2: sites[0]: one of latitude and longitude is missing; give both or neither",
    ),
    "an unknown area": (
        'sites:\n  - {id: x, name: X, area: "73.17"}\n',
        'F:2: sites[0].area: there is no area "73.17"; did you mean "73.71"?',
    ),
    "an unknown site": (
        f"devices:\n  - {DEVICE.replace('losari-01', 'losary-01')}}}\n",
        'F:2: devices[0].site: there is no site "losary-01"; did you mean "losari-01"?',
    ),
    "an unknown owner": (
        f"devices:\n  - {DEVICE}, power_owner: PLN}}\n",
        'F:2: devices[0].power_owner: there is no owner "PLN"; known are diskominfo',
    ),
    "an unknown parent": (
        f"devices:\n  - {DEVICE},\n     parents: [sw-0001, sw-001]}}\n",
        'F:3: devices[0].parents[1]: there is no device "sw-001"; did you mean "sw-0001"?',
    ),
    "an unknown parent within": (
        f"devices:\n  - {DEVICE},\n     parents: {{all: [sw-0001,\n      {{any: [sw-001]}}]}}}}\n",
        'F:4: devices[0].parents.all[1].any[0]: there is no device "sw-001"; '
        'did you mean "sw-0001"?',
    ),
    "a circle through a joint": (
        f"devices:\n  - {DEVICE}, parents: {{all: [sw-0001, {{any: [sw-0001, b]}}]}}}}\n"
        f"  - {DEVICE.replace('cam-1', 'b')}, parents: {{all: [cam-1]}}}}\n",
        "F:2: devices[0].parents: the parents go round in a circle: cam-1 → b → cam-1; "
        "remove one of these parents",
    ),
    "a device behind itself and another": (
        f"devices:\n  - {DEVICE}, parents: {{all: [sw-0001, cam-1]}}}}\n",
        "F:2: devices[0].parents: the parents go round in a circle: cam-1 → cam-1; "
        "remove one of these parents",
    ),
    "a joint that is none": (
        f"devices:\n  - {DEVICE}, parents: {{or: [sw-0001]}}}}\n"
        f"  - {DEVICE.replace('cam-1', 'b')}, parents: {{}}}}\n"
        f"  - {DEVICE.replace('cam-1', 'c')}, parents: {{al: [sw-0001]}}}}\n",
        "F:2: devices[0].parents.or: unknown key; known are all, any\n"
        "F:3: devices[1].parents: holds nothing; write {all: [a, b]} or {any: [a, b]}\n"
        'F:4: devices[2].parents.al: unknown key; did you mean "all"?',
    ),
    "all and any side by side": (
        f"devices:\n  - {DEVICE}, parents: {{all: [sw-0001], any: [sw-0001]}}}}\n",
        "F:2: devices[0].parents: all and any stand side by side; "
        "put one into the other: {all: [a, {any: [b, c]}]}",
    ),
    "lists within parents": (
        f"devices:\n  - {DEVICE}, parents:\n     {{all: [[sw-0001],\n     {{any: []}},\n"
        "     {any: {all: [sw-0001]}}]}}\n",
        "F:3: devices[0].parents.all[0]: a list here says neither all nor any; "
        "write {all: [a, b]} or {any: [a, b]}\n"
        "F:4: devices[0].parents.all[1].any: lists nothing; list devices: {any: [a, b]}\n"
        "F:5: devices[0].parents.all[2].any: a mapping is no list; list devices: {any: [a, b]}",
    ),
    "parents that are no ids": (
        f"devices:\n  - {DEVICE}, parents: [1]}}\n"
        f"  - {DEVICE.replace('cam-1', 'b')}, parents: {{any: [sw-0001, 0x1]}}}}\n"
        f"  - {DEVICE.replace('cam-1', 'c')}, parents: {{any: [sw 1]}}}}\n"
        f"  - {DEVICE.replace('cam-1', 'd')}, parents: true}}\n",
        'F:2: devices[0].parents[0]: 1 is read as a number or constant; put it in quotes: "1"\n'
        "F:3: devices[1].parents.any[1]: 0x1 is read as a number or constant; "
        'put it in quotes: "0x1"\n'
        'F:4: devices[2].parents.any[0]: "sw 1" is no id; '
        "use up to 64 letters, digits, dots, dashes and underscores\n"
        'F:5: devices[3].parents: true is read as a number or constant; put it in quotes: "true"',
    ),
    "parents nested too deep": (
        f"devices:\n  - {DEVICE}, parents: " + "{all: [{any: [" * 3 + "a" + "]}]}" * 3 + "}\n",
        "F:2: devices[0].parents.all[0].any[0].all[0].any[0].all[0]: "
        "is nested deeper than 5 levels; make it flatter",
    ),
    "too many parents": (
        f"devices:\n  - {DEVICE}, parents: [{', '.join(f'p{number}' for number in range(51))}]}}\n",
        "F:2: devices[0].parents: names 51 devices; "
        "name at most 50, or one device that stands before several",
    ),
    "parents that blow up": (
        f"devices:\n  - {DEVICE}, parents: {{any: ["
        + ", ".join(f"{{all: [a{n}, b{n}]}}" for n in range(7))
        + "]}}\n",
        "F:2: devices[0].parents: comes to more than 64 groups of which each must let through; "
        "write fewer all within any",
    ),
    "a rule out of its limits": (
        f"devices:\n  - {DEVICE}, rule: {{confirm: 0, recover: 21, retry: 5, fresh: 1.2}}}}\n"
        f"  - {DEVICE.replace('cam-1', 'b')}, rule: {{fresh: 11, retri: 5s}}}}\n"
        f"  - {DEVICE.replace('cam-1', 'c')}, rule: {{}}}}\n",
        'F:2: devices[0].rule.confirm: "0" is out of range; write at least 1\n'
        'F:2: devices[0].rule.recover: "21" is out of range; write at most 20\n'
        'F:2: devices[0].rule.retry: "5" has no unit; write 5s or 5m\n'
        'F:2: devices[0].rule.fresh: "1.2" is out of range; write at least 1.5\n'
        'F:3: devices[1].rule.fresh: "11" is out of range; write at most 10\n'
        'F:3: devices[1].rule.retri: unknown key; did you mean "retry"?\n'
        "F:4: devices[2].rule: the rule says nothing; add confirm, recover, retry or fresh",
    ),
    "an unknown profile": (
        f"devices:\n  - {DEVICE.replace('generic-ping', 'hikvision-kamera')}}}\n",
        'F:2: devices[0].profile: there is no profile "hikvision-kamera"; '
        'did you mean "hikvision-camera"?',
    ),
    "an unknown credential": (
        f"devices:\n  - {DEVICE}, credentials: kotta}}\n",
        'F:2: devices[0].credentials: there is no credential "kotta"; did you mean "kota"?',
    ),
    "an unknown kind": (
        f"devices:\n  - {DEVICE.replace('kind: camera', 'kind: kamera')}}}\n",
        "F:2: devices[0].kind: \"kamera\" is not known; write one of 'camera', 'recorder', "
        "'access_point', 'switch', 'router', 'server', 'nas', 'ups' or 'sensor'",
    ),
    "an id that is there already": (
        f"devices:\n  - {DEVICE}}}\n  - {DEVICE}}}\n",
        'F:3: devices[1].id: "cam-1" is there twice, first in F:2; '
        "remove one or give it another id",
    ),
    "an id that stands in another file": (
        f"devices:\n  - {DEVICE.replace('cam-1', 'sw-0001')}}}\n",
        'F:2: devices[0].id: "sw-0001" is there twice, first in G:8; '
        "remove one or give it another id",
    ),
    "a device behind itself": (
        f"devices:\n  - {DEVICE}, parents: cam-1}}\n",
        "F:2: devices[0].parents: the parents go round in a circle: cam-1 → cam-1; "
        "remove one of these parents",
    ),
    "two circles": (
        f"devices:\n  - {DEVICE}, parents: b}}\n"
        f"  - {DEVICE.replace('cam-1', 'b')}, parents: [sw-0001, cam-1]}}\n"
        f"  - {DEVICE.replace('cam-1', 'c')}, parents: [cam-1, c]}}\n",
        "F:2: devices[0].parents: the parents go round in a circle: cam-1 → b → cam-1; "
        "remove one of these parents\n"
        "F:4: devices[2].parents: the parents go round in a circle: c → c; "
        "remove one of these parents",
    ),
    "an address with a slip": (
        f"devices:\n  - {DEVICE.replace('127.0.0.2', '10.0.0.300')}}}\n",
        'F:2: devices[0].address: "10.0.0.300" is no IP address; '
        "write its IPv4 or IPv6 address (names are not looked up)",
    ),
    "an address with a port": (
        f"devices:\n  - {DEVICE.replace('127.0.0.2', '10.0.0.3:161')}}}\n",
        'F:2: devices[0].address: "10.0.0.3:161" is no IP address; '
        "write its IPv4 or IPv6 address (names are not looked up)",
    ),
    "an address of nobody": (
        f"devices:\n  - {DEVICE.replace('127.0.0.2', '224.0.0.1')}}}\n",
        'F:2: devices[0].address: "224.0.0.1" is the address of no device; write the device\'s own',
    ),
    "a ping without address": (
        f"devices:\n  - {DEVICE.replace(', address: 127.0.0.2', '')}}}\n",
        "F:2: devices[0].address: is missing; the profile generic-ping asks over ping: add address",
    ),
    "SNMP without credential": (
        f"devices:\n  - {DEVICE.replace('generic-ping', 'hikvision-camera')}}}\n",
        "F:2: devices[0].credentials: is missing; "
        "the profile hikvision-camera asks over SNMP: add credentials",
    ),
    "MQTT without topic": (
        f"devices:\n  - {DEVICE.replace('generic-ping', 'tasmota')}}}\n",
        "F:2: devices[0].mqtt_topic: is missing; "
        "the profile tasmota asks over MQTT: add mqtt_topic",
    ),
    "a topic for two": (
        f"devices:\n  - {DEVICE}, mqtt_topic: tasmota_1}}\n"
        f"  - {DEVICE.replace('cam-1', 'cam-2')}, mqtt_topic: tasmota_1}}\n",
        'F:3: devices[1].mqtt_topic: "tasmota_1" is the topic of cam-1 as well; '
        "every device needs its own",
    ),
    "a topic with a wildcard": (
        f"devices:\n  - {DEVICE}, mqtt_topic: 'tele/#'}}\n",
        'F:2: devices[0].mqtt_topic: "tele/#" is no topic; '
        "write it without + and #, in 200 characters",
    ),
    "a key that is nearly right": (
        f"devices:\n  - {DEVICE}, parent: sw-0001}}\n",
        'F:2: devices[0].parent: unknown key; did you mean "parents"?',
    ),
    "a device without a name and kind": (
        "devices:\n  - id: x\n    site: losari-01\n    profile: generic-ping\n    address: ::1\n",
        'F:2: devices[0].name: is missing; add "name"\n'
        'F:2: devices[0].kind: is missing; add "kind"',
    ),
    "a telemetry period without unit": (
        f"devices:\n  - {DEVICE}, telemetry_period: 10}}\n",
        'F:2: devices[0].telemetry_period: "10" has no unit; write 10s or 10m',
    ),
    "a list that is none": (
        "devices: cam-1\n",
        'F:1: devices: "cam-1" cannot be used here; write a list: [a, b]',
    ),
}


@pytest.fixture(scope="module")
def known() -> Known:
    return Known(load_profiles(), (), ("kota", "provinsi"))


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_told_whole_with_line_place_and_remedy(
    case: str, tmp_path: Path, known: Known
) -> None:
    text, expected = BAD[case]
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(GOOD, encoding="utf-8")
    bad.write_text(text, encoding="utf-8")

    with pytest.raises(InventoryError) as caught:
        load_inventory([good, bad], known)

    assert str(caught.value).replace(str(bad), "F").replace(str(good), "G") == expected


def test_the_problems_of_all_files_come_at_once(tmp_path: Path, known: Known) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text("sites: [{id: x}]\n", encoding="utf-8")
    second.write_text("devices: [{kind: kulkas}]\n", encoding="utf-8")

    with pytest.raises(InventoryError) as caught:
        load_inventory([first, second, tmp_path / "c.yaml"], known)

    files = [Path(problem.file).name for problem in caught.value.problems]
    assert sorted(set(files)) == ["a.yaml", "b.yaml", "c.yaml"]
    assert files == sorted(files)
