"""Recorded devices in line protocol: nothing is refused, and no two readings share a field."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.model import Reading
from collector.profiles import load_profiles
from collector.sinks import DeviceReadings
from collector.sinks.influx.cardinality import PER_DEVICE
from collector.sinks.influx.encoder import Encoder
from collector.sinks.influx.facts import MetricFacts
from collector.sinks.influx.identity import Identity
from tests.profiles.replay import read_recording, replay
from tests.profiles.test_recordings import EXPECTED, read_expectation

T0 = datetime(2026, 11, 1, tzinfo=UTC)
PROFILES = load_profiles()
FACTS = MetricFacts.of(PROFILES.values())


def written(readings: tuple[Reading, ...]) -> tuple[int, int, int]:
    """Return how many fields are written of a result, how many are refused, and the series."""
    encoder = Encoder({"a": Identity("a", "s", "73.71", "switch", "o", "10.0.0.1")}, FACTS)
    encoded = encoder.encode([DeviceReadings("a", T0, readings)], T0)
    assert encoded.dead == ()
    lines = b"".join(pack.lines for pack in encoded.packs).decode().splitlines()
    names = [FACTS.place(one.metric).field for one in readings]
    fields = sum(
        line.count(f"{sep}{name}=") + line.count(f"{sep}{name}_text=")
        for line in lines
        for name in set(names)
        for sep in (" ", ",")
    )
    return fields, encoded.refused, encoder.series


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.name.split(".expected")[0])
def test_every_reading_of_a_recording_has_a_field_of_its_own(path: Path, walks: Path) -> None:
    expected = read_expectation(path)
    values = read_recording(walks / f"{expected.recording}.snmprec")
    readings = replay(PROFILES[expected.profile], values).readings
    (most, times), *_ = Counter(
        (one.metric, frozenset(one.labels)) for one in readings
    ).most_common(1)
    assert times == 1, most
    fields, refused, series = written(readings)
    assert (fields, refused) == (len(readings), 0)
    assert series < PER_DEVICE / 2
