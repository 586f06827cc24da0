"""What the demo writes as an operator would have: it must load, keep its secrets, and be paced."""

import stat
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.demo.city import Facts
from api.demo.configuring import RECEIVER, write_config
from collector.config import Config, load_config
from collector.inventory import Known, build_plan, load_inventory
from collector.model import Reason, State
from collector.model.alerts import Alert, Severity
from collector.notify.deciding.world import DeviceFacts
from collector.notify.loading import load_alert_plan
from collector.notify.plan import AlertPlan
from collector.profiles import load_profiles
from simulators.faults import Rhythm
from simulators.inventory import inventory, to_yaml
from simulators.shapes import Shape, build

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
WEBHOOK = "http://127.0.0.1:40001/kabar"
FACTS = Facts(
    isolated=False, namespace_pid=None, carrier="udp:40002", snmp_port=40003, trap_port=40004,
    mqtt_host="127.0.0.1", mqtt_port=40005, community="rahasia-kota", devices=40,
    zone="Asia/Makassar", rhythm=asdict(Rhythm()), well_after_seconds=95,
)  # fmt: skip


def _written(folder: Path, facts: Facts = FACTS) -> tuple[Config, str]:
    """Write the demo's files for a city with a feeder; return what is loaded, and the secret."""
    cameras = folder / "inventory.yaml"
    cameras.write_text(to_yaml(inventory(build(Shape.FEEDER, 40, 1), 10)))
    path, secret = write_config(folder, cameras, facts, WEBHOOK, "http://127.0.0.1:8080")
    return load_config(path, {}), secret


def _plan(config: Config) -> AlertPlan:
    profiles = load_profiles(config.profiles)
    known = Known(profiles, frozenset(), frozenset(config.credentials))
    return load_alert_plan(config, load_inventory(config.inventory, known))


def test_everything_goes_to_one_receiver_with_links_to_the_desk(tmp_path: Path) -> None:
    config, _ = _written(tmp_path)
    plan = _plan(config)
    assert list(plan.receivers) == [RECEIVER]
    assert plan.desk_url == "http://127.0.0.1:8080"
    camera = DeviceFacts("cam-1", "Kamera", "camera", "balai")
    dead = Alert("cam-1", State.DOWN, Severity.WARNING, NOW, NOW, Reason.NO_ANSWER)
    taken = plan.rules.route(dead, camera, NOW)
    assert taken is not None
    assert taken.receivers == (RECEIVER,)
    assert plan.rules.policy(dead, camera).after_seconds == 0


def test_a_ups_is_given_a_minute_on_its_battery(tmp_path: Path) -> None:
    config, _ = _written(tmp_path)
    ups = DeviceFacts("ups-1", "UPS", "ups", "balai")
    bridging = Alert("ups-1", State.DEGRADED, Severity.WARNING, NOW, NOW, Reason.ON_BATTERY)
    assert _plan(config).rules.policy(bridging, ups).after_seconds == 60


def test_secrets_are_in_files_of_their_owner_alone(tmp_path: Path) -> None:
    _, secret = _written(tmp_path)
    for name in ("community", "webhook-secret"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert (tmp_path / "webhook-secret").read_text().strip() == secret
    for name in ("pantau.yaml", "alerts.yaml"):
        text = (tmp_path / name).read_text()
        assert secret not in text
        assert FACTS.community not in text


@pytest.mark.parametrize(("ping", "retry", "timeouts"), [(30.0, 5.0, 5.0), (5.0, 1.0, 1.5)])
def test_the_collector_keeps_the_rhythm_that_the_scenario_is_reckoned_with(
    tmp_path: Path, ping: float, retry: float, timeouts: float
) -> None:
    rhythm = Rhythm(ping=ping, ping_retry=retry, timeouts=timeouts)
    config, _ = _written(tmp_path, replace(FACTS, rhythm=asdict(rhythm)))
    profiles = load_profiles(config.profiles)
    known = Known(profiles, frozenset(), frozenset(config.credentials))
    plan = build_plan(config, load_inventory(config.inventory, known), profiles)
    pings = [check for check in plan.checks if check.probe == "ping"]
    assert len(pings) == 40 - sum(device.profile == "tasmota" for device in plan.devices.values())
    assert {check.interval_seconds for check in pings} == {ping}
    assert {check.rule.retry_seconds for check in pings} == {retry}
    assert config.ping.timeout_seconds == pytest.approx(timeouts / 5)
