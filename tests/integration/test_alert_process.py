"""`pantau run --role alerts`: a process of its own, a real store, a real receiver."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alert_process import process, told, town, wait_until, write_settings
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
