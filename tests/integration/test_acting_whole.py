"""From a failure to a message's button to a quiet escalation: two processes and one store."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from api.app import create_app
from api.sessions import load_session_key
from api.settings import ApiSettings
from collector.clock import SystemClock
from collector.model.alerts import HoldReason
from tests.alert_process import process, told, town, wait_until, write_settings
from tests.alert_receiver import Receiver
from tests.api_city import StillSink, client_of

ALERTS = """
settle: 0s
settle_critical: 0s
desk_url: https://pantau.example.go.id
allow_networks: [127.0.0.1]
channels:
  hook: {type: webhook, url: "{url}/hook"}
receivers:
  noc: {channels: [hook]}
  icon: {channels: [hook], may_act: false}
routes:
  - to: [noc, icon]
"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiving:
        yield receiving


async def test_a_message_is_acted_on_and_the_process_of_alerts_sees_it(
    tmp_path: Path, receiver: Receiver
) -> None:
    config = write_settings(tmp_path, receiver, ALERTS)
    with town(tmp_path, "cam-1", "cam-2") as city, process(config):
        wait_until(lambda: "alerts.transitions" in city.store.alerts.marks(), "it follows the log")
        city.down("cam-1")
        wait_until(lambda: len(told(receiver)) == 2, "the failure is told")
        settings = ApiSettings(session_key=load_session_key(tmp_path / "session.key"))
        app = create_app(store=city.store, sink=StillSink(), clock=SystemClock(), settings=settings)

        def held() -> HoldReason | None:
            (row,) = city.store.alerts.page().items
            return None if row.decision is None else row.decision.reason

        async with client_of(app) as phone:
            message, only_told = sorted(
                receiver.of("webhook"), key=lambda one: len(one["actions"]), reverse=True
            )
            take, silence, _ = (_path(one) for one in message["actions"])
            assert "Tangani insiden 1?" in (await phone.get(take)).text
            assert held() is not HoldReason.ACKNOWLEDGED
            await _press(phone, take)
            wait_until(lambda: held() is HoldReason.ACKNOWLEDGED, "it is in somebody's hands")
            city.store.incidents.withdraw(1, "ani", SystemClock().now())
            wait_until(lambda: held() is not HoldReason.ACKNOWLEDGED, "nobody has it any more")
            await _press(phone, silence)
            wait_until(lambda: held() is HoldReason.SILENCED, "it is silenced")
    assert only_told["actions"] == []  # a provider may not end the escalation
    assert [one["title"] for one in message["actions"]] == [
        "Tangani",
        "Senyapkan 1 jam",
        "Senyapkan 4 jam",
    ]
    assert [one.author for one in city.store.audit.page().items] == ["noc", "ani", "noc"]


def _path(action: dict[str, str]) -> str:
    parts = urlsplit(action["url"])
    assert f"{parts.scheme}://{parts.netloc}" == "https://pantau.example.go.id"
    return f"{parts.path}?{parts.query}"


async def _press(phone: httpx.AsyncClient, path: str) -> None:
    answer = await phone.post(path)
    assert answer.status_code == 200, answer.text
