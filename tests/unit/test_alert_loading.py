"""alerts.yaml becomes the plan of the process of alerts, and its channels."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.clock import SystemClock
from collector.config import Config, ProblemsError, load_config
from collector.inventory import Inventory
from collector.model import Reason, State
from collector.model.alerts import Alert, Severity
from collector.notify.channels.opening import open_channels
from collector.notify.deciding.world import Address, DeviceFacts
from collector.notify.loading import load_alert_plan

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)  # Friday, 09:00 WITA
LEAST = """
channels:
  grup: {type: webhook, url_file: url}
receivers:
  noc: {channels: [grup]}
"""


def config_with(folder: Path, alerts: str, url: str = "https://chat.example/hook/geheim") -> Config:
    (folder / "url").write_text(url)
    (folder / "url").chmod(0o600)
    (folder / "alerts.yaml").write_text(alerts)
    (folder / "pantau.yaml").write_text("alerts: alerts.yaml\ninventory: []\n")
    return load_config(folder / "pantau.yaml", {})


def alert(state: State = State.DOWN, reason: Reason = Reason.NO_ANSWER) -> Alert:
    return Alert("cam-1", state, Severity.WARNING, NOW, NOW, reason)


CAMERA = DeviceFacts("cam-1", "Kamera 1", "camera", "losari", ("73.71.01", "73.71"))


def test_one_channel_and_one_receiver_are_a_whole_file(tmp_path: Path) -> None:
    plan = load_alert_plan(config_with(tmp_path, LEAST), Inventory())

    taken = plan.rules.route(alert(), CAMERA, NOW)
    assert taken is not None
    assert taken.receivers == ("noc",)
    assert plan.rules.people("noc", NOW) == (Address("noc", "grup"),)
    assert plan.receivers["noc"].language == "id"
    assert plan.rules.quiet_until("noc", Severity.INFO, NOW) is None
    assert plan.heartbeat is None


@pytest.mark.parametrize(
    ("state", "severity", "after_seconds"),
    [
        (State.DOWN, Severity.CRITICAL, 0),
        (State.UNREACHABLE, Severity.CRITICAL, 0),
        (State.DEGRADED, Severity.WARNING, 0),
        (State.UNKNOWN, Severity.WARNING, 300),
    ],
)
def test_without_policies_every_state_has_a_severity(
    tmp_path: Path, state: State, severity: Severity, after_seconds: float
) -> None:
    plan = load_alert_plan(config_with(tmp_path, LEAST), Inventory())

    wanted = plan.rules.policy(alert(state), CAMERA)

    assert (wanted.severity, wanted.after_seconds, wanted.tell) == (severity, after_seconds, True)


async def test_the_channels_are_opened_by_their_names_and_closed(tmp_path: Path) -> None:
    async with open_channels(config_with(tmp_path, LEAST), SystemClock()) as channels:
        assert {name: one.name for name, one in channels.items()} == {"grup": "grup"}


def test_a_url_that_cannot_be_is_told_without_the_url(tmp_path: Path) -> None:
    config = config_with(tmp_path, LEAST, "https://pantau:geheim@chat.example/")

    with pytest.raises(ProblemsError) as raised:
        load_alert_plan(config, Inventory())

    (problem,) = raised.value.problems
    assert (problem.line, problem.place) == (3, "channels.grup")
    assert "has a name or password in it" in problem.problem
    assert "geheim" not in str(raised.value)
