"""Every `*.expected.yaml` beside this file: a recording, and what a profile must make of it.

The figures were taken from the recordings by hand. The files find themselves: to test a profile,
add one. Keys: profile, recording, recognised (the device must be matched to this profile),
readings that must be there, absent (no reading of that metric with these labels).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from collector.config.reader import read_file
from collector.model import Profile, Reading
from collector.probes.snmp.plain import text_of
from collector.profiles import Facts, load_profiles, match_profile, probe_oids
from tests.profiles.replay import read_recording, replay

EXPECTED = sorted(Path(__file__).parent.glob("*.expected.yaml"))
SYS_DESCR, SYS_OBJECT_ID = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0"


@dataclass(frozen=True, slots=True)
class Expectation:
    profile: str
    recording: str
    recognised: bool
    readings: Sequence[Mapping[str, Any]]
    absent: Sequence[Mapping[str, Any]]


def read_expectation(path: Path) -> Expectation:
    data: dict[str, Any] = {str(key): value for key, value in read_file(path).data.items()}
    return Expectation(**{"recognised": False, "absent": [], **data})


@pytest.fixture(scope="module")
def profiles() -> Mapping[str, Profile]:
    return load_profiles()


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.name.split(".expected")[0])
def test_a_recording_gives_the_expected_readings(
    path: Path, walks: Path, profiles: Mapping[str, Profile]
) -> None:
    expected = read_expectation(path)
    values = read_recording(walks / f"{expected.recording}.snmprec")

    found = replay(profiles[expected.profile], values)

    assert found.faults == ()
    for wanted in expected.readings:
        assert wanted["value"] == pytest.approx(value_of(found.readings, wanted))
        assert unit_of(found.readings, wanted) == wanted.get("unit", "1")
    for unwanted in expected.absent:
        assert not having(found.readings, unwanted)


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.name.split(".expected")[0])
def test_a_recorded_device_is_recognised(
    path: Path, walks: Path, profiles: Mapping[str, Profile]
) -> None:
    expected = read_expectation(path)
    values = read_recording(walks / f"{expected.recording}.snmprec")
    texts = {oid: text for oid, raw in values.items() if (text := text_of(raw)) is not None}
    probed = {oid: texts[oid] for oid in probe_oids(profiles) if oid in texts}
    facts = Facts(texts.get(SYS_OBJECT_ID), texts.get(SYS_DESCR), probed)

    match = match_profile(profiles, facts)

    assert (match.profile.name == expected.profile) or not expected.recognised
    assert match.reason


def test_rows_with_the_same_name_stay_apart(walks: Path, profiles: Mapping[str, Profile]) -> None:
    values = read_recording(walks / "routeros.snmprec")

    found = replay(profiles["mikrotik-routeros"], values)

    clients = [reading for reading in found.readings if reading.metric == "wifi_clients"]
    assert len(clients) == 4
    assert len({reading.labels for reading in clients}) == 4
    assert sorted(dict(reading.labels).get("index", "") for reading in clients) == [
        "",
        "",
        "8",
        "9",
    ]


def having(readings: Sequence[Reading], wanted: Mapping[str, Any]) -> list[Reading]:
    labels = wanted.get("labels", {})
    return [
        reading
        for reading in readings
        if reading.metric == wanted["metric"]
        and all(dict(reading.labels).get(name) == text for name, text in labels.items())
    ]


def value_of(readings: Sequence[Reading], wanted: Mapping[str, Any]) -> float | int | str:
    (reading,) = having(readings, wanted)
    return reading.value


def unit_of(readings: Sequence[Reading], wanted: Mapping[str, Any]) -> str:
    (reading,) = having(readings, wanted)
    return reading.unit
