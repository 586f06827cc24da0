"""`pantau run --role alerts`: a process of its own, a real store, a real receiver."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alert_process import (
    WAIT_SECONDS,
    process,
    start,
    told,
    town,
    wait_until,
    write_settings,
)
from tests.alert_receiver import Receiver

ALERTS = """
settle: 0s
settle_critical: 0s
allow_networks: [127.0.0.1]
channels:
  hook: {type: webhook, url: "{url}/hook"}
receivers:
  noc: {channels: [hook]}
"""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiving:
        yield receiving


def test_a_failure_is_told_and_its_end_and_the_process_says_how_it_is(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.reset()
    config = write_settings(tmp_path, receiver, ALERTS)
    with town(tmp_path, "cam-1", "cam-2") as city, process(config):
        wait_until(lambda: "alerts.transitions" in city.store.alerts.marks(), "it follows the log")
        city.down("cam-1")
        wait_until(lambda: len(told(receiver)) == 1, "the failure is told")
        city.up("cam-1")
        wait_until(lambda: len(told(receiver)) == 2, "its end is told")
        wait_until(lambda: "alerts" in city.store.alerts.marks(), "it reports")

    assert [purpose for purpose, _ in told(receiver)] == ["firing", "recovered"]
    assert "Kamera cam-1" in told(receiver)[0][1]
    first, last = receiver.of("webhook")
    assert last["thread"] == first["id"]


def test_a_second_process_is_refused_in_clear_words(tmp_path: Path, receiver: Receiver) -> None:
    config = write_settings(tmp_path, receiver, ALERTS)
    with town(tmp_path, "cam-1") as city, process(config):
        wait_until(lambda: "alerts.transitions" in city.store.alerts.marks(), "it follows the log")
        second = start(config)
        said, _ = second.communicate(timeout=WAIT_SECONDS)
    assert second.returncode == 1
    assert "another process writes to it, as alerts; people are told by one process" in said


def test_sighup_reads_the_file_anew_and_keeps_the_old_one_when_it_is_wrong(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.reset()
    config = write_settings(tmp_path, receiver, ALERTS)
    log = tmp_path / "log"
    with town(tmp_path, "cam-1", "cam-2") as city, process(config, log) as running:
        wait_until(lambda: "alerts.transitions" in city.store.alerts.marks(), "it follows the log")
        (tmp_path / "alerts.yaml").write_text("channels: {hook: {type: pigeon}}\n")
        running.send_signal(signal.SIGHUP)
        wait_until(lambda: "alerts.yaml is not read again" in log.read_text(), "it refuses it")
        city.down("cam-1")
        wait_until(lambda: len(told(receiver)) == 1, "the old plan goes on")
        english = ALERTS.replace("hook]}", "hook], language: en}").replace("{url}", receiver.url)
        (tmp_path / "alerts.yaml").write_text(english)
        running.send_signal(signal.SIGHUP)
        wait_until(lambda: "alerts.yaml was read again" in log.read_text(), "it takes it")
        city.down("cam-2")
        wait_until(lambda: len(told(receiver)) == 2, "the new plan is in force")
    titles = [title for _, title in told(receiver)]
    assert "mati sejak" in titles[0]
    assert "down since" in titles[1]


def test_sighup_reads_plan_and_channels_from_the_same_settings(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.reset()
    config = write_settings(tmp_path, receiver, ALERTS)
    log = tmp_path / "log"
    with town(tmp_path, "cam-1") as city, process(config, log) as running:
        wait_until(lambda: "alerts.transitions" in city.store.alerts.marks(), "it follows the log")
        other = (
            ALERTS.replace(" hook:", " pager:")
            .replace("[hook]", "[pager]")
            .replace("{url}", receiver.url)
        )
        (tmp_path / "others.yaml").write_text(other)
        config.write_text(config.read_text().replace("alerts.yaml", "others.yaml"))
        running.send_signal(signal.SIGHUP)
        wait_until(lambda: "was read again" in log.read_text(), "it takes it")
        city.down("cam-1")
        wait_until(lambda: len(told(receiver)) == 1, "the channel of the other file is open")
    assert "no channel" not in log.read_text()
