"""alerts.yaml at work: the desk asks the rules that were read, over a night and a morning."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from collector.config.alerts import read_alerts
from collector.model import IncidentGroup, Reason, State
from collector.model.alerts import HoldReason, Purpose
from collector.notify.deciding.world import DeviceFacts, IncidentFacts
from collector.notify.loading import plan_of
from tests.alert_play import PlainRules, Play

TEN_AT_NIGHT = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)  # Friday, 22:00 in Makassar
TEXT = """
channels:
  noc: {type: webhook, url: 'https://chat.example/noc'}
  budi: {type: webhook, url: 'https://chat.example/budi'}
  sari: {type: webhook, url: 'https://chat.example/sari'}
  kepala: {type: webhook, url: 'https://chat.example/kepala'}
receivers:
  noc: {channels: noc}
  budi: {channels: budi}
  sari: {channels: sari}
  kepala: {channels: kepala, quiet_hours: [20:00-07:00]}
schedules:
  piket:
    shifts:
      - {name: siang, hours: [07:00-19:00], people: [budi, sari], rotate: week, since: 2026-11-23}
      - {name: malam, hours: [19:00-07:00], people: [sari, budi], rotate: week, since: 2026-11-23}
routes:
  - name: kamera
    match: {kind: camera, severity: warning}
    to: [kepala]
  - name: sisanya
    to: [piket, kepala]
    escalate: [{after: 15m, to: noc}]
policies:
  - {name: kamera, match: {kind: camera}, severity: warning, after: 10m}
"""


@pytest.fixture
def play(tmp_path: Path) -> Play:
    (tmp_path / "alerts.yaml").write_text(TEXT)
    loaded = read_alerts(tmp_path / "alerts.yaml")
    assert loaded.file is not None
    assert loaded.problems == []
    rules = plan_of(loaded.file, "Asia/Makassar", "id").rules
    play = Play(["cam-1", "sw-1"], cast("PlainRules", rules))
    switch = DeviceFacts("sw-1", "SW", "switch", "site")
    play.world = type(play.world)(devices={**play.world.devices, "sw-1": switch})
    play.now = TEN_AT_NIGHT
    return play


def told(play: Play, seconds: float) -> list[tuple[Purpose, str]]:
    return [(one.content.purpose, one.receiver) for one in play.run(seconds)]


def incident(play: Play, number: int, device: str) -> None:
    play.put_incident(IncidentFacts(number, IncidentGroup.DEVICE, device))


def test_what_is_critical_at_night_goes_to_the_night_shift_and_rises_when_nobody_takes_it(
    play: Play,
) -> None:
    incident(play, 1, "sw-1")
    play.down("sw-1", 1)

    assert told(play, 60) == [(Purpose.FIRING, "sari"), (Purpose.FIRING, "kepala")]
    assert told(play, 900) == [(Purpose.ESCALATION, "noc")]
    # The next reminder is at four hours; after seven in the morning it is another's shift.
    assert told(play, 4 * 3600) == [(Purpose.REPEAT, "sari"), (Purpose.REPEAT, "kepala")]
    assert (Purpose.REPEAT, "budi") in told(play, 8 * 3600)
    play.up("sw-1")
    assert {who for purpose, who in told(play, 60) if purpose is Purpose.RECOVERED} == {
        "sari",
        "kepala",
        "noc",
        "budi",
    }


def test_a_camera_waits_ten_minutes_and_then_for_the_morning(play: Play) -> None:
    incident(play, 2, "cam-1")
    play.down("cam-1", 2)

    assert told(play, 60) == []
    assert play.last_decision("cam-1").reason is HoldReason.TOO_SHORT
    assert play.last_decision("cam-1").detail == "kamera"
    assert told(play, 3600) == []
    assert play.last_decision("cam-1").reason is HoldReason.QUIET_HOURS
    until_seven = (datetime(2026, 11, 27, 23, 0, tzinfo=UTC) - play.now).total_seconds()
    assert told(play, until_seven - 1) == []
    assert told(play, 2) == [(Purpose.DIGEST, "kepala")]


def test_who_is_told_of_a_silent_device_waits_five_minutes(play: Play) -> None:
    play.becomes("sw-1", State.UNKNOWN, reason=Reason.SILENT)

    assert told(play, 270) == []
    assert told(play, 60) == [(Purpose.FIRING, "sari")]
    assert play.now == TEN_AT_NIGHT + timedelta(seconds=330)
