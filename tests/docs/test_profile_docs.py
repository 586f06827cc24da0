"""device_profiles/README.md explains every key of the format, and its example works."""

import re
from pathlib import Path

import pytest

from collector.config.settings import RuleOverrideShape
from collector.config.shape import Shape, keys_of
from collector.listeners.mqtt_payload import telemetry_reader
from collector.profiles import load_profiles
from collector.profiles.format import (
    MatchShape,
    MqttGroup,
    MqttMetric,
    MqttTableShape,
    PartFile,
    PingGroup,
    PingMetric,
    ProfileFile,
    ScaleFromShape,
    SnmpGroup,
    SnmpLimitsShape,
    SnmpMetric,
    TableMetric,
    TableShape,
    ThresholdShape,
    TrapShape,
)
from collector.profiles.load import built_in_folder

README = built_in_folder() / "README.md"
SECTIONS: dict[str, list[type[Shape]]] = {
    "The file": [ProfileFile, PartFile],
    "`match`": [MatchShape],
    "`snmp`": [SnmpLimitsShape],
    "`groups`": [PingGroup, SnmpGroup, MqttGroup],
    "`rule`": [RuleOverrideShape],
    "`tables`": [TableShape, MqttTableShape],
    "`metrics`": [SnmpMetric, TableMetric, MqttMetric, PingMetric],
    "`scale_from`": [ScaleFromShape],
    "`threshold`": [ThresholdShape],
    "`traps`": [TrapShape],
}


def keys_explained_in(section: str) -> set[str]:
    body = re.split(r"^##+ ", README.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (text,) = (part for part in body if part.splitlines()[0] == section)
    return {key for line in text.splitlines() for key in re.findall(r"^\| `(\w+)`", line)}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_explained_and_no_other(section: str) -> None:
    wanted = {key for model in SECTIONS[section] for key in keys_of(model)}

    assert keys_explained_in(section) == wanted


def test_every_built_in_profile_and_part_is_listed() -> None:
    text = README.read_text(encoding="utf-8")
    folder = built_in_folder()
    for path in [*folder.glob("*.yaml"), *folder.glob("parts/*.yaml")]:
        assert f"`{path.stem}`" in text, path.stem


def test_the_example_of_the_page_is_a_profile(tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(name: my-camera\n.*?)```", text, flags=re.DOTALL)
    (tmp_path / "my-camera.yaml").write_text(example, encoding="utf-8")

    profile = load_profiles([tmp_path])["my-camera"]

    assert [group.name for group in profile.groups] == ["ping", "sensors", "status", "interfaces"]


def test_the_mqtt_example_of_the_page_is_a_profile_that_reads(tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(name: my-station\n.*?)```", text, flags=re.DOTALL)
    (tmp_path / "my-station.yaml").write_text(example, encoding="utf-8")
    groups = load_profiles([tmp_path])["my-station"].groups
    (group,) = (group for group in groups if group.name == "telemetry")

    extract = telemetry_reader(group).read(
        {
            "channels": [{"name": "rain", "value": 0}, {"name": "temp", "value": 31.5}],
            "receivers": [{"id": "balai", "rssi": -110}, {"id": "menara", "rssi": -87}],
        }
    )

    assert {(it.metric, it.labels, it.value) for it in extract.readings} == {
        ("temperature_celsius", (), 31.5),
        ("radio_best_rssi_dbm", (), -87),
        ("radio_rssi_dbm", (("receiver", "balai"),), -110),
        ("radio_rssi_dbm", (("receiver", "menara"),), -87),
    }
    assert extract.problem == ""
