"""The receiver of the demo's alerts: what the platform's own webhook sends, and what others do."""

import base64
import http.client
import json
import socket
from collections.abc import Callable, Iterator, Mapping

import pytest

from api.demo.receiver import LONGEST_BODY, AlertReceiver
from api.demo.told import Message as Heard
from collector.clock import SystemClock
from collector.model.alerts import Purpose, Severity
from collector.notify.channels.addresses import Allowed
from collector.notify.channels.contract import Message
from collector.notify.channels.outbound import Outbound, OutboundSettings
from collector.notify.channels.webhook import Webhook, WebhookSettings, signature

KEY = b"rahasia bersama dari 24+ byte"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
DATA = {
    "about": "device",
    "devices": [{"id": "sw-1"}, {"id": "cam-1"}],
    "firing": 1,
    "carried": [["camera", 39], ["recorder", 1]],
}


@pytest.fixture
def heard() -> list[Heard]:
    return []


@pytest.fixture
def receiver(heard: list[Heard]) -> Iterator[AlertReceiver]:
    with AlertReceiver(heard.append) as listening:
        listening.trust(SECRET)
        yield listening


def _message(**more: bool) -> Message:
    return Message(
        key="incident:1", purpose=Purpose.FIRING, severity=Severity.CRITICAL, title="Switch mati",
        text="Mati.", data=DATA, **more,  # type: ignore[arg-type]  # of one kind
    )  # fmt: skip


def _post(
    receiver: AlertReceiver, body: bytes, headers: Mapping[str, str], length: str | None = None
) -> int:
    port = int(receiver.url.rpartition(":")[2].partition("/")[0])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.putrequest("POST", "/kabar")
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)) if length is None else length)
        connection.endheaders(body)
        return connection.getresponse().status
    finally:
        connection.close()


def _signed(body: bytes, *, seconds_ago: int = 0, key: bytes = KEY) -> dict[str, str]:
    now = int(SystemClock().now().timestamp()) - seconds_ago
    return signature("m_1", now, body, [key])


async def test_what_the_platform_sends_is_taken_once_and_said_to_be_heard(
    receiver: AlertReceiver, heard: list[Heard]
) -> None:
    clock = SystemClock()
    outbound = Outbound(OutboundSettings(Allowed.of("127.0.0.1")))
    settings = WebhookSettings("demo", receiver.url, secrets=(SECRET,))
    webhook = Webhook(settings, outbound, clock)
    try:
        for message in (_message(), _message(maybe_twice=True), _message()):
            await webhook.send(message)
    finally:
        await outbound.close()
    [came] = heard
    assert receiver.messages == (came,)
    assert (came.title, came.purpose, came.about) == ("Switch mati", "firing", "device")
    assert came.devices == ("sw-1", "cam-1")
    assert came.total == 41
    assert receiver.again == 1  # the third came again, and nobody had said that it might
    assert receiver.refused == 0


@pytest.mark.parametrize(
    ("headers", "status"),  # made when they are sent: a signature grows old
    [
        (dict, 401),
        (lambda: _signed(b"{}", key=b"another"), 401),
        (lambda: _signed(b"{} "), 401),
        (lambda: _signed(b"{}", seconds_ago=400), 401),
        (lambda: _signed(b"{}") | {"webhook-timestamp": "kemarin"}, 401),
        (lambda: _signed(b"{}") | {"webhook-timestamp": "9" * 40}, 401),
        (lambda: _signed(b"{}"), 400),  # signed, and no message
    ],
)
def test_what_is_not_signed_or_no_message_is_refused_and_counted(
    receiver: AlertReceiver,
    heard: list[Heard],
    headers: Callable[[], dict[str, str]],
    status: int,
) -> None:
    assert _post(receiver, b"{}", headers()) == status
    assert heard == []
    assert receiver.refused == 1


@pytest.mark.parametrize(
    ("length", "status"), [("viel", 411), ("-1", 411), (str(LONGEST_BODY + 1), 413)]
)
def test_a_body_without_end_is_not_read(receiver: AlertReceiver, length: str, status: int) -> None:
    assert _post(receiver, b"", _signed(b""), length) == status


@pytest.mark.parametrize(
    "content",
    [[], "x", {"id": "1"}, {"data": []}, {"data": {"devices": 3}}, {"data": {"firing": "viel"}}],
)
def test_signed_nonsense_is_no_message(receiver: AlertReceiver, content: object) -> None:
    whole = {"id": "1", "purpose": "firing", "severity": "info", "title": "x"}
    body = json.dumps({**whole, **content} if isinstance(content, dict) else content).encode()
    assert _post(receiver, body, _signed(body)) == 400


def test_nobody_is_trusted_before_the_secret_is_known() -> None:
    with AlertReceiver(lambda _: None) as receiver:
        assert _post(receiver, b"{}", _signed(b"{}")) == 503


def test_a_connection_that_says_nothing_does_not_keep_it_from_ending(
    receiver: AlertReceiver, heard: list[Heard]
) -> None:
    port = int(receiver.url.rpartition(":")[2].partition("/")[0])
    with socket.create_connection(("127.0.0.1", port)):
        body = json.dumps({
            "id": "1", "purpose": "firing", "severity": "info", "title": "x", "data": {},
        }).encode()  # fmt: skip
        assert _post(receiver, body, _signed(body)) == 200
    assert [one.id for one in heard] == ["1"]
