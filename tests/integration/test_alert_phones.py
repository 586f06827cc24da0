"""WhatsApp and ntfy against a receiver that behaves, and misbehaves, like the services."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.model.alerts import Purpose, Severity
from collector.notify.channels.ntfy import Ntfy, NtfySettings
from collector.notify.channels.outbound import Outbound
from collector.notify.channels.whatsapp import WhatsApp, WhatsAppSettings, one_line
from tests.alert_channel_hand import CLOCK, MESSAGE, run, trouble
from tests.alert_receiver import (
    NTFY_TOKEN,
    PORTAL,
    WHATSAPP_PHONE,
    WHATSAPP_TOKEN,
    Fault,
    Receiver,
)


@pytest.fixture(scope="module")
def one_receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def receiver(one_receiver: Receiver) -> Receiver:
    one_receiver.reset()
    return one_receiver


def whatsapp_settings(url: str, **other: Any) -> WhatsAppSettings:
    chosen: dict[str, Any] = {
        "name": "kepala dinas",
        "token": WHATSAPP_TOKEN,
        "phone_id": WHATSAPP_PHONE,
        "to": "6281234567890",
        "template": "insiden_kritis",
        "api_url": url,
    }
    return WhatsAppSettings(**(chosen | other))


def whatsapp(receiver: Receiver, **other: Any) -> Any:
    return lambda outbound: WhatsApp(whatsapp_settings(receiver.url, **other), outbound, CLOCK)


def ntfy(receiver: Receiver, **other: Any) -> Any:
    chosen: dict[str, Any] = {"name": "hp", "topic": "pantau-rahasia", "server": receiver.url}
    return lambda outbound: Ntfy(NtfySettings(**(chosen | other)), outbound, CLOCK)


# --- WhatsApp ------------------------------------------------------------------------------------


def test_whatsapp_gets_a_template_with_one_line_variables(receiver: Receiver) -> None:
    [sent] = run(whatsapp(receiver), MESSAGE)
    assert (sent.reference or "").startswith("wamid.")
    assert sent.answer == "accepted"
    assert receiver.requests[0].path == f"/v23.0/{WHATSAPP_PHONE}/messages"
    [body] = receiver.of("whatsapp")
    assert body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "6281234567890",
        "type": "template",
        "template": {
            "name": "insiden_kritis",
            "language": {"code": "id"},
            "components": [
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "text": MESSAGE.title},
                        {
                            "type": "text",
                            "text": f"Sejak 08.15 WIB. Sebab: listrik? {MESSAGE.link}",
                        },
                    ],
                }
            ],
        },
    }


@given(title=st.text(max_size=300), text=st.text(max_size=60), times=st.sampled_from([1, 30]))
@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_words_are_refused_by_whatsapp(
    receiver: Receiver, title: str, text: str, times: int
) -> None:
    receiver.reset()
    run(whatsapp(receiver), replace(MESSAGE, title=title, text=f"{text}\n" * times))
    [body] = receiver.of("whatsapp")
    shown = [one["text"] for one in body["template"]["components"][0]["parameters"]]
    assert sum(map(len, shown)) <= 1024 - 120


def test_a_long_text_keeps_its_link(receiver: Receiver) -> None:
    run(whatsapp(receiver), replace(MESSAGE, text="kamera mati, " * 200))
    shown = receiver.of("whatsapp")[0]["template"]["components"][0]["parameters"][1]["text"]
    assert shown.endswith(f"… {MESSAGE.link}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a.\nb", "a. b"),
        ("a\nb", "a; b"),
        ("a\r\n\r\n\tb      c ", "a; b c"),
        ("\n", ""),
        ("a\x0bb\u2028c\x85d", "a; b; c; d"),
    ],
)
def test_lines_are_joined(text: str, line: str) -> None:
    assert one_line(text) == line


def meta(code: object, words: str = "no", **other: Any) -> str:
    return json.dumps({"error": {"message": words, "code": code, **other}})


@pytest.mark.parametrize(
    ("fault", "permanent", "maybe_sent", "words"),
    [
        (Fault(401, meta(190, f"bad token {WHATSAPP_TOKEN}")), True, False, "system user"),
        (Fault(400, meta(131030, "(#131030) not in list")), True, False, "its list"),
        (Fault(400, meta(131047)), True, False, "template"),
        (Fault(404, meta(132001)), True, False, "approved template"),
        (Fault(400, meta(100, error_data={"details": "to is wrong"})), True, False, "to is wrong"),
        (Fault(429, meta(130429)), False, False, "130429"),
        (Fault(400, meta(131056, "pair rate")), False, False, "pair rate"),
        (Fault(400, meta(131048)), False, False, "131048"),
        (Fault(403, meta(368, "blocked")), True, False, "blocked"),
        (Fault(500, meta(131000)), False, False, "131000"),
        (Fault(500, meta(131026)), True, False, "on WhatsApp"),
        (Fault(503, meta(2)), False, False, "code 2"),
        (Fault(400, meta([1])), True, False, "code -1"),
        (Fault(200, meta(131026)), True, False, "on WhatsApp"),
        (Fault(200, meta(999)), False, False, "999"),
        (Fault(200, PORTAL), False, True, "portal"),
        (Fault(200, "{}"), False, True, "200"),
        (Fault(200, '{"messages": []}'), False, True, "200"),
        (Fault(502, PORTAL), False, False, "a web page"),
        (Fault(takes=True, cut=True), False, True, "broke"),
    ],
)
def test_what_whatsapp_may_answer(
    receiver: Receiver, fault: Fault, permanent: bool, maybe_sent: bool, words: str
) -> None:
    receiver.faults.append(fault)
    error = trouble(whatsapp(receiver))
    assert (error.permanent, error.maybe_sent) == (permanent, maybe_sent)
    assert words in str(error)


@pytest.mark.parametrize(
    "other",
    [
        {"to": "0812345678"},
        {"to": "+6281234567890"},
        {"phone_id": "../me"},
        {"api_version": "v23.0/x"},
        {"template": "Insiden Kritis"},
    ],
)
def test_settings_of_whatsapp_that_cannot_be_are_refused_at_once(other: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"written as|digits|small letters"):
        WhatsApp(whatsapp_settings("https://x.example", **other), Outbound(), CLOCK)


# --- ntfy ----------------------------------------------------------------------------------------


def test_ntfy_gets_the_request_it_documents(receiver: Receiver) -> None:
    [sent] = run(ntfy(receiver, token=NTFY_TOKEN, tags=("kota",)), MESSAGE)
    assert (sent.reference or "").startswith("n")
    assert receiver.requests[0].path == "/"
    [body] = receiver.of("ntfy")
    assert body == {
        "topic": "pantau-rahasia",
        "title": MESSAGE.title,
        "message": MESSAGE.text,
        "priority": 5,
        "tags": ["rotating_light", "kota"],
        "click": MESSAGE.link,
        "actions": [
            {
                "action": "view",
                "label": "Saya tangani",
                "url": MESSAGE.actions[0][1],
                "clear": True,
            }
        ],
    }


def test_ntfy_is_as_loud_as_it_matters(receiver: Receiver) -> None:
    run(
        ntfy(receiver),
        replace(MESSAGE, severity=Severity.WARNING),
        replace(MESSAGE, severity=Severity.INFO),
        replace(MESSAGE, purpose=Purpose.RECOVERED),
        replace(MESSAGE, purpose=Purpose.HEARTBEAT),
        replace(MESSAGE, purpose=Purpose.ESCALATION),
    )
    assert [body["priority"] for body in receiver.of("ntfy")] == [4, 2, 3, 1, 5]
    assert receiver.of("ntfy")[2]["tags"] == ["white_check_mark"]


@pytest.mark.parametrize("character", ["x", "é", "漢", "🔥"])
def test_ntfy_words_are_cut_by_bytes(receiver: Receiver, character: str) -> None:
    many = tuple((f"tindakan {number}", "https://x.example/") for number in range(5))
    run(ntfy(receiver), replace(MESSAGE, text=character * 5000, actions=many))
    [body] = receiver.of("ntfy")
    assert body["message"].endswith(f"{character}…")
    assert 4090 <= len(body["message"].encode()) <= 4096
    assert len(body["actions"]) == 3


def test_ntfy_takes_a_user_with_a_password(receiver: Receiver) -> None:
    error = trouble(ntfy(receiver, user="pantau", password="rahasia-benar"))  # noqa: S106 - of a test
    assert error.permanent  # the receiver knows the token only
    assert receiver.requests[0].headers["authorization"].startswith("Basic ")
    assert "rahasia" not in repr(NtfySettings("a", "rahasia", password="rahasia"))  # noqa: S106 - of a test


@pytest.mark.parametrize(
    ("fault", "permanent", "maybe_sent", "pause", "words"),
    [
        (Fault(403, '{"code":40301,"error":"forbidden"}'), True, False, None, "forbidden"),
        (Fault(404, "pantau-rahasia not found"), True, False, None, "… not found"),
        (Fault(429, '{"code":42908}', {"Retry-After": "60"}), False, False, 60.0, "42908"),
        (Fault(507, "full"), False, False, None, "full"),
        (Fault(200, PORTAL), False, True, None, "portal"),
        (Fault(200, "OK"), False, True, None, "OK"),
        (Fault(307, headers={"Location": "/x"}), True, False, None, "has moved"),
        (Fault(cut=True), False, True, None, "broke"),
    ],
)
def test_what_ntfy_may_answer(
    receiver: Receiver,
    fault: Fault,
    permanent: bool,
    maybe_sent: bool,
    pause: float | None,
    words: str,
) -> None:
    receiver.faults.append(fault)
    error = trouble(ntfy(receiver, token=NTFY_TOKEN))
    assert (error.permanent, error.maybe_sent, error.retry_after) == (permanent, maybe_sent, pause)
    assert words in str(error)


def test_settings_of_ntfy_that_cannot_be_are_refused_at_once() -> None:
    for chosen in (NtfySettings("a", "kota/x"), NtfySettings("a", "kota", longest_bytes=10)):
        with pytest.raises(ValueError, match=r"a topic has|longest_bytes"):
            Ntfy(chosen, Outbound(), CLOCK)
