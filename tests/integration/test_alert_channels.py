"""Channels over HTTP against a receiver that behaves, and misbehaves, like the services."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.model.alerts import Purpose, Severity
from collector.notify.channels.outbound import Outbound
from collector.notify.channels.telegram import Telegram, TelegramSettings
from collector.notify.channels.webhook import Webhook, WebhookSettings, body_of
from tests.alert_channel_hand import CLOCK, MESSAGE, run, trouble
from tests.alert_receiver import (
    PORTAL,
    TELEGRAM_TOKEN,
    WEBHOOK_SECRET,
    Fault,
    Receiver,
    Request,
    too_many,
)

GROUP = "-1001234"


@pytest.fixture(scope="module")
def one_receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def receiver(one_receiver: Receiver) -> Receiver:
    one_receiver.reset()
    return one_receiver


def telegram(receiver: Receiver, **other: Any) -> Any:
    chosen: dict[str, Any] = {"token": TELEGRAM_TOKEN, "chat": GROUP, **other}
    chosen = {"name": "grup", "api_url": receiver.url, **chosen}
    return lambda outbound: Telegram(TelegramSettings(**chosen), outbound, CLOCK)


def webhook(receiver: Receiver, **other: Any) -> Any:
    chosen = {"name": "siaga", "url": f"{receiver.url}/hook/rahasia-url", **other}
    return lambda outbound: Webhook(WebhookSettings(**chosen), outbound, CLOCK)


# --- webhook -------------------------------------------------------------------------------------


def test_a_webhook_is_signed_and_has_the_key_at_every_attempt(receiver: Receiver) -> None:
    receiver.faults.append(Fault(503))
    make = webhook(receiver, secrets=(WEBHOOK_SECRET,))
    assert not trouble(make).permanent
    [sent] = run(make, replace(MESSAGE, maybe_twice=True))
    assert sent.reference == "n-17"
    assert [request.headers["webhook-id"] for request in receiver.requests] == ["n-17", "n-17"]
    [body] = receiver.of("webhook")
    assert body == {
        "version": 1,
        "id": "n-17",
        "key": "n-17",
        "purpose": "firing",
        "severity": "critical",
        "title": MESSAGE.title,
        "text": MESSAGE.text,
        "link": MESSAGE.link,
        "actions": [{"title": "Saya tangani", "url": MESSAGE.actions[0][1]}],
        "maybe_twice": True,
        "data": {"incident": 17},
    }


def test_a_signature_matches_the_published_example() -> None:
    """The example of the Standard Webhooks specification's libraries."""
    from collector.notify.channels.webhook import _key, signature

    headers = signature(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        [_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_a_secret_is_replaced_both_sign(receiver: Receiver) -> None:
    run(webhook(receiver, secrets=("yang baru", WEBHOOK_SECRET)), MESSAGE)
    run(webhook(receiver, secrets=(WEBHOOK_SECRET, "yang lama")), MESSAGE)
    assert len(receiver.of("webhook")) == 2
    assert trouble(webhook(receiver, secrets=("yang lain",))).permanent


def test_later_messages_name_the_first(receiver: Receiver) -> None:
    run(webhook(receiver), MESSAGE, replace(MESSAGE, key="n-18", reference="{ref}"))
    assert [body.get("thread") for body in receiver.of("webhook")] == [None, "n-17"]


@pytest.mark.parametrize(
    "key", ["incident:7:firing:Pak Budi:wa", "piket é", "a\r\nb", "x" * 3000, "", "a.b", "\ud83d"]
)
def test_a_key_of_any_letters_becomes_an_id_that_stays(receiver: Receiver, key: str) -> None:
    make = webhook(receiver, secrets=(WEBHOOK_SECRET,))
    run(make, replace(MESSAGE, key=key), replace(MESSAGE, key=key, reference="{ref}"))
    first, second = receiver.of("webhook")
    assert first["id"] == second["id"] == second["thread"]
    assert receiver.requests[0].headers["webhook-id"] == first["id"]
    assert re.fullmatch(r"m_[0-9a-f]{40}", first["id"])


def test_a_ping_of_a_watcher_has_no_body(receiver: Receiver) -> None:
    for method in ("GET", "HEAD"):
        run(webhook(receiver, method=method, secrets=(WEBHOOK_SECRET,)), MESSAGE)
    assert [(one.method, one.body) for one in receiver.requests] == [("GET", b""), ("HEAD", b"")]


def test_headers_of_the_settings_are_sent_and_not_shown(receiver: Receiver) -> None:
    chosen = {"Authorization": "Bearer rahasia-kunci"}
    run(webhook(receiver, headers=chosen), MESSAGE)
    assert receiver.requests[0].headers["authorization"] == "Bearer rahasia-kunci"
    shown = repr(WebhookSettings("a", "https://x/rahasia", ("rahasia",), chosen))
    assert "rahasia" not in shown
    receiver.faults.append(Fault(403, "no right for Bearer rahasia-kunci"))
    assert "no right" in str(trouble(webhook(receiver, headers=chosen)))
    assert trouble(webhook(receiver, headers={"X": "a\r\nb"})).permanent is False


def test_data_that_json_does_not_know_is_left_out() -> None:
    for value in (object(), float("nan"), "y" * 300_000):
        body = json.loads(body_of(replace(MESSAGE, data={"x": value})))
        assert body["data"] == {}
        assert body["data_left_out"] is True
    assert json.loads(body_of(replace(MESSAGE, text="\ud83d")))["text"] == "?"


def test_secrets_that_are_no_base64_are_refused() -> None:
    with pytest.raises(ValueError, match="base64"):
        Webhook(WebhookSettings("a", "https://x/", ("whsec_*",)), Outbound(), CLOCK)


@pytest.mark.parametrize(
    ("fault", "permanent", "maybe_sent", "pause", "words"),
    [
        (Fault(400, "no"), True, False, None, "400: no"),
        (Fault(401), True, False, None, "401"),
        (Fault(404, PORTAL), True, False, None, "a web page"),
        (Fault(429, headers={"Retry-After": "7"}), False, False, 7.0, "429"),
        (Fault(503, headers={"Retry-After": "Fri, 27 Nov 2026 01:00:30 GMT"}), 0, 0, 30.0, "503"),
        (Fault(500, "x" * 9999), False, False, None, "500: xxx"),
        (Fault(302, headers={"Location": "/rahasia"}), True, False, None, "has moved"),
        (Fault(200, PORTAL), False, True, None, "portal"),
        (Fault(cut=True), False, True, None, "broke"),
        (Fault(200, delay_seconds=2.0), False, True, None, "did not answer"),
    ],
)
def test_what_a_webhook_may_answer(
    receiver: Receiver,
    fault: Fault,
    permanent: bool,
    maybe_sent: bool,
    pause: float | None,
    words: str,
) -> None:
    receiver.faults.append(fault)
    error = trouble(webhook(receiver), seconds=0.4 if fault.delay_seconds else 5.0)
    found = (error.permanent, error.maybe_sent, error.retry_after)
    assert found == (bool(permanent), bool(maybe_sent), pause)
    assert words in str(error)


def test_an_answer_lost_after_it_was_taken_may_have_arrived(receiver: Receiver) -> None:
    receiver.faults.append(Fault(takes=True, cut=True))
    assert trouble(webhook(receiver)).maybe_sent
    assert len(receiver.of("webhook")) == 1


# --- Telegram ------------------------------------------------------------------------------------


def test_telegram_gets_the_request_it_documents(receiver: Receiver) -> None:
    [sent] = run(telegram(receiver, topic=7), MESSAGE)
    assert re.fullmatch(r"-1001234/[0-9]+", sent.reference or "")
    assert receiver.requests[0].path == f"/bot{TELEGRAM_TOKEN}/sendMessage"
    [body] = receiver.of("telegram")
    assert body == {
        "chat_id": GROUP,
        "message_thread_id": 7,
        "parse_mode": "HTML",
        "text": "<b>MATI: Switch Pasar &lt;Baru&gt; &amp; 40 kamera</b>\n"
        "Sejak 08.15 WIB.\nSebab: listrik?",
        "link_preview_options": {"is_disabled": True},
        "reply_markup": {
            "inline_keyboard": [
                [{"text": "Saya tangani", "url": "https://pantau.kota.example/tindak/abc"}],
                [{"text": "Pantau", "url": MESSAGE.link}],
            ]
        },
    }


def test_a_thread_is_answered_or_its_first_message_edited(receiver: Receiver) -> None:
    again = replace(MESSAGE, key="n-18", reference="{ref}", title="Sudah 52 kamera")
    first, answer, edit, same = run(
        telegram(receiver),
        MESSAGE,
        again,
        replace(again, edit=True, title="PULIH"),
        replace(again, edit=True, title="PULIH"),
    )
    number = int((first.reference or "").rpartition("/")[2])
    assert receiver.of("telegram")[1]["reply_parameters"] == {
        "message_id": number,
        "allow_sending_without_reply": True,
    }
    assert answer.reference != first.reference
    [edited] = receiver.of("telegram", "edit")
    assert edited["message_id"] == number
    assert edit.reference == same.reference == first.reference
    assert same.answer == "already so"


def test_a_message_that_cannot_be_edited_is_sent_anew(receiver: Receiver) -> None:
    for reference in (f"{GROUP}/999999", "-100777/12", "nonsense", f"{GROUP}/-1"):
        run(telegram(receiver), replace(MESSAGE, edit=True, reference=reference))
    assert len(receiver.of("telegram")) == 4
    assert not receiver.of("telegram", "edit")


def test_a_group_that_became_a_supergroup_is_followed(receiver: Receiver) -> None:
    receiver.supergroups["-55"] = -100987
    first, second = run(telegram(receiver, chat="-55"), MESSAGE, MESSAGE)
    assert (first.reference or "").startswith("-100987/")
    assert "put chat -100987 in the settings" in first.answer
    assert [body["chat_id"] for body in receiver.of("telegram")] == ["-100987", "-100987"]
    assert len(receiver.requests) == 3  # the second knew already
    assert second.answer == "ok"


def test_form_that_telegram_refuses_is_mended_and_nothing_lost(receiver: Receiver) -> None:
    receiver.closed_topics.add(7)
    [sent] = run(
        telegram(receiver, topic=7),
        replace(
            MESSAGE,
            html="<h1>MATI</h1> <b>rusak",
            actions=(("Saya tangani", "http://localhost:8080/tindak/abc"),),
        ),
    )
    [body] = receiver.of("telegram")
    assert "parse_mode" not in body
    assert "reply_markup" not in body
    assert "message_thread_id" not in body
    assert MESSAGE.title in body["text"]
    assert "Saya tangani: http://localhost:8080/tindak/abc" in body["text"]
    assert sent.answer.count(";") == 3


@pytest.mark.parametrize("character", ["x", "é", "🔥", "<", "&", "漢"])
def test_long_words_are_cut_rather_than_refused(receiver: Receiver, character: str) -> None:
    run(telegram(receiver), replace(MESSAGE, text=character * 5000))
    [body] = receiver.of("telegram")
    assert body["text"].endswith(f"{character}…")
    assert len(receiver.requests) == 1


def test_html_that_stands_in_for_the_text_has_the_title_once(receiver: Receiver) -> None:
    rich = '<b>MATI: A &amp; B</b>\n<a href="https://x.example/?a=1&amp;b=2">peta</a>'
    run(telegram(receiver), replace(MESSAGE, title="MATI: A & B", html=rich))
    assert receiver.of("telegram")[0]["text"] == rich


@given(
    title=st.text(max_size=40).filter(str.strip),
    text=st.text(st.characters(codec=None), max_size=200),
)
@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_words_are_refused_for_their_form(receiver: Receiver, title: str, text: str) -> None:
    receiver.reset()
    run(telegram(receiver), replace(MESSAGE, title=title, text=text))
    assert len(receiver.requests) == 1
    assert receiver.of("telegram")[0]["parse_mode"] == "HTML"


def test_what_is_no_alarm_comes_without_a_sound(receiver: Receiver) -> None:
    run(
        telegram(receiver),
        MESSAGE,
        replace(MESSAGE, severity=Severity.INFO),
        replace(MESSAGE, purpose=Purpose.HEARTBEAT),
    )
    quiet = [body.get("disable_notification", False) for body in receiver.of("telegram")]
    assert quiet == [False, True, True]


def said(code: int, words: str, **other: Any) -> str:
    return json.dumps({"ok": False, "error_code": code, "description": words, **other})


@pytest.mark.parametrize(
    ("fault", "permanent", "maybe_sent", "pause", "words"),
    [
        (too_many(17), False, False, 17.0, "retry after 17"),
        (too_many(86_400), False, False, 3600.0, "429"),
        (Fault(429, said(429, "slow", parameters={"retry_after": "x"})), 0, 0, None, "slow"),
        (Fault(429, said(429, "slow", parameters=[])), 0, 0, None, "slow"),
        (Fault(403, said(403, "Forbidden: bot was blocked by the user")), 1, 0, None, "unblock"),
        (Fault(403, said(403, "Forbidden: bot was kicked from the group")), 1, 0, None, "again"),
        (Fault(401, said(401, "Unauthorized")), True, False, None, "@BotFather"),
        (Fault(400, said(400, "Bad Request: chat not found")), 1, 0, None, "number right"),
        (Fault(400, said(400, f"what {TELEGRAM_TOKEN}?")), 1, 0, None, "what …?"),
        (Fault(502, "<html>Bad Gateway"), False, False, None, "a web page"),
        (Fault(500, said(500, "Internal")), False, False, None, "500"),
        (Fault(200, said(403, "Forbidden: bot was blocked by the user")), 1, 0, None, "403"),
        (Fault(200, said(0, "no")), False, False, None, "no"),
        (Fault(200, PORTAL), False, True, None, "portal"),
        (Fault(200, "[1]"), False, True, None, "200"),
        (Fault(200, '{"ok": tr'), False, True, None, "200"),
        (Fault(200, "[" * 60_000), False, True, None, "200"),
        (Fault(302, headers={"Location": "https://masuk.example"}), 1, 0, None, "has moved"),
        (Fault(takes=True, cut=True), False, True, None, "broke"),
        (Fault(raw=b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"ok":'), 0, 1, None, "broke"),
        (Fault(delay_seconds=2.0), False, True, None, "did not answer"),
    ],
)
def test_what_telegram_may_answer(
    receiver: Receiver,
    fault: Fault,
    permanent: bool,
    maybe_sent: bool,
    pause: float | None,
    words: str,
) -> None:
    receiver.faults.append(fault)
    error = trouble(telegram(receiver), seconds=0.4 if fault.delay_seconds else 5.0)
    found = (error.permanent, error.maybe_sent, error.retry_after)
    assert found == (bool(permanent), bool(maybe_sent), pause)
    assert words in str(error)


def test_a_server_that_always_wants_another_form_is_given_up(receiver: Receiver) -> None:
    chats = iter(range(-200_000, 0))

    def wander(request: Request) -> Fault:
        del request
        move = {"migrate_to_chat_id": next(chats)}
        return Fault(400, said(400, "upgraded to a supergroup", parameters=move))

    receiver.rule = wander
    assert trouble(telegram(receiver)).permanent
    assert len(receiver.requests) == 6


def test_the_token_is_in_no_log_and_no_repr(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        run(telegram(receiver), MESSAGE)
        receiver.faults.append(Fault(cut=True))
        trouble(telegram(receiver))
    secret = TELEGRAM_TOKEN.partition(":")[2]
    assert secret not in caplog.text
    assert secret not in repr(TelegramSettings("a", TELEGRAM_TOKEN, "1"))


@pytest.mark.parametrize(
    ("token", "chat"),
    [("", GROUP), ("abc", GROUP), (TELEGRAM_TOKEN + "/x", GROUP), (TELEGRAM_TOKEN, "grup kami")],
)
def test_a_token_or_chat_that_cannot_be_is_refused_at_once(token: str, chat: str) -> None:
    with pytest.raises(ValueError, match=r"bot token|a chat is"):
        Telegram(TelegramSettings("a", token, chat), Outbound(), CLOCK)
