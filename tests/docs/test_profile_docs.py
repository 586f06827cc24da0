"""device_profiles/README.md explains every key of the format, and its example works."""

import re
from pathlib import Path

import pytest

from collector.config.settings import RuleOverrideShape
from collector.config.shape import Shape, keys_of
from collector.profiles import load_profiles
from collector.profiles.format import (
    MatchShape,
    MqttGroup,
    MqttMetric,
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
    "`tables`": [TableShape],
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
    (example,) = re.findall(r"```yaml\n(name: axis-camera\n.*?)```", text, flags=re.DOTALL)
    (tmp_path / "axis-camera.yaml").write_text(example, encoding="utf-8")

    profile = load_profiles([tmp_path])["axis-camera"]

    assert [group.name for group in profile.groups] == ["ping", "sensors", "status", "interfaces"]
