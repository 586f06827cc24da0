"""Words survive every channel: any script, emoji, long words, and letters that nobody can see."""

import asyncio
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from collector.notify.channels import Channel
from collector.notify.channels.addresses import Allowed
from collector.notify.channels.apprise import Apprise, AppriseSettings
from collector.notify.channels.email import Email, EmailSettings
from collector.notify.channels.ntfy import Ntfy, NtfySettings
from collector.notify.channels.outbound import Outbound, OutboundSettings
from collector.notify.channels.telegram import Telegram, TelegramSettings
from collector.notify.channels.webhook import Webhook, WebhookSettings
from collector.notify.channels.whatsapp import WhatsApp, WhatsAppSettings
from tests.alert_channel_hand import CLOCK, MESSAGE
from tests.alert_mail_server import MailServer, running_mail_server
from tests.alert_receiver import TELEGRAM_TOKEN, WHATSAPP_PHONE, WHATSAPP_TOKEN, Receiver

HERE = Allowed.of("127.0.0.1")

WHOLE = {
    "Indonesian": "Kamera “Pasar Baru” mati – 40 ikut putus; 2½ jam, 3 °C",  # noqa: RUF001 - as people write
    "emoji of two parts": "🔴 mati ✅ pulih ⚠️ awas 👩🏽‍🔧 teknisi 🇮🇩",
    "letters of four bytes": "\U0001d40f\U0001d41a 𠮷 𞤀",
    "Javanese and Balinese": "ꦏꦸꦛ ꦪꦺꦴꦒꦾ ᬩᬮᬶ",
    "right to left": "كاميرا \u2067السوق\u2069 توقفت",  # noqa: RUF001 - as people write
    "marks that join": "e\u0301 n\u0303 ก็",
    "what means something elsewhere": "<b>&amp;</b> *_`[x](y) \\n %0A {{1}} {% x %} ${A} :smile:",
}
LONG = {
    "a word without an end": "A" * 30_000,
    "emoji without an end": "🔴" * 15_000,
    "accents without an end": "e" + "\u0301" * 30_000,
}
HARMFUL = {
    "control characters": "a\x00b\x07c\x1b[31md\x7fe\x9bf",
    "line ends": "satu\r\ndua\u2028tiga\x0bempat\x85lima",
    "half a character": "kamera \ud83d mati",
    "turned around": "gambar\u202egpj.exe",
    "nothing to see": "\u200b\u200d\ufeff",
    "nothing": "",
}


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def telegram_seen(body: dict[str, Any]) -> str:
    if body.get("parse_mode") != "HTML":
        return str(body["text"])
    return html.unescape(re.sub(r"<[^<>]*>", "", body["text"]))


def whatsapp_seen(body: dict[str, Any]) -> str:
    [component] = body["template"]["components"]
    return "\n".join(one["text"] for one in component["parameters"])


def mail_seen(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return f"{mail['Subject']}\n{body.get_content()}"


SEEN: dict[str, Callable[[dict[str, Any]], str]] = {
    "webhook": lambda body: f"{body['title']}\n{body['text']}",
    "telegram": telegram_seen,
    "whatsapp": whatsapp_seen,
    "ntfy": lambda body: f"{body['title']}\n{body['message']}",
    "apprise": lambda body: f"{body['title']}\n{body['message']}",
}
LONGEST: dict[str, Callable[[str], bool]] = {
    "webhook": lambda _: True,
    "telegram": lambda seen: len(seen.encode("utf-16-le")) // 2 <= 4096,
    "whatsapp": lambda seen: len(seen) <= 1024,
    "ntfy": lambda seen: len(seen.partition("\n")[2].encode()) <= 4096,
    "apprise": lambda seen: len(seen) <= 1000,
    "email": lambda seen: len(seen) <= 20_500,
}


def channel_of(kind: str, receiver: Receiver, mail: MailServer, outbound: Outbound) -> Channel:
    url = receiver.url
    if kind == "webhook":
        return Webhook(WebhookSettings(kind, f"{url}/hook"), outbound, CLOCK)
    if kind == "telegram":
        settings = TelegramSettings(kind, TELEGRAM_TOKEN, "-1001234", api_url=url)
        return Telegram(settings, outbound, CLOCK)
    if kind == "whatsapp":
        chosen = WhatsAppSettings(
            kind, WHATSAPP_TOKEN, WHATSAPP_PHONE, "6281234567890", "siaga", api_url=url
        )
        return WhatsApp(chosen, outbound, CLOCK)
    if kind == "ntfy":
        return Ntfy(NtfySettings(kind, "pantau", server=url), outbound, CLOCK)
    if kind == "apprise":
        there = f"json://127.0.0.1:{receiver.port}/hook"
        return Apprise(AppriseSettings(kind, there, HERE), CLOCK)
    here = EmailSettings(
        kind, "127.0.0.1", "pantau@kota.example", ("noc@kota.example",), mail.port, "none"
    )
    return Email(here, CLOCK)


async def sent(kind: str, receiver: Receiver, words: dict[str, str]) -> dict[str, str]:
    """Send each of these as title and as text; return what people see, by name."""
    receiver.reset()
    seen: dict[str, str] = {}
    async with running_mail_server() as mail:
        outbound = Outbound(OutboundSettings(HERE))
        channel = channel_of(kind, receiver, mail, outbound)
        try:
            for name, text in words.items():
                message = replace(MESSAGE, key=name, title=text or "Pantau", text=f"{text}\n{text}")
                await channel.send(replace(message, html=None, link=None, actions=()))
                if kind == "email":
                    seen[name] = mail_seen(mail.taken[-1][1])
                else:
                    service = "webhook" if kind == "apprise" else kind
                    seen[name] = SEEN[kind](receiver.of(service)[-1])
        finally:
            await channel.close()
            await outbound.close()
    return seen


@pytest.mark.parametrize("kind", ["webhook", "telegram", "whatsapp", "ntfy", "email", "apprise"])
def test_what_people_see_is_what_was_said(kind: str, receiver: Receiver) -> None:
    seen = asyncio.run(sent(kind, receiver, WHOLE | LONG | HARMFUL))
    for name, text in WHOLE.items():
        assert seen[name].count(text) >= 2, f"{kind}: {name}"
    for name in LONG:
        assert LONGEST[kind](seen[name]), f"{kind}: {name}"
        assert "\ufffd" not in seen[name]
    for name in HARMFUL:
        assert not re.search(r"[\ud800-\udfff]", seen[name]), f"{kind}: {name}"
    assert "satu" in seen["line ends"]
    assert "lima" in seen["line ends"]
    assert "mati" in seen["half a character"]
