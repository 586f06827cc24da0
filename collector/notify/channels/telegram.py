"""Telegram, through the Bot API: one message an incident, edited or answered, never lost to form.

A message is sent once. Where Telegram refuses its form (HTML that it cannot parse, a button whose
address it does not like, a topic that is closed, a group that became a supergroup), the same call
mends it and sends again: refused is surely not sent. What only people can mend (a blocked bot, a
revoked token, a wrong chat) is permanent; 429 says how long to wait.

The token is part of every URL. It is taken out of whatever comes back, and `outbound` shows no URL.
"""

import html
import re
from dataclasses import dataclass, field
from typing import Any

from collector.clock import Clock
from collector.model.alerts import Purpose, Severity
from collector.notify.channels.answers import (
    bounded_seconds,
    cleaned,
    object_of,
    passes,
    refusal,
)
from collector.notify.channels.budgets import Limit
from collector.notify.channels.contract import Message, NotifyError, Sent
from collector.notify.channels.lengths import cut_utf16, utf16_length, with_title
from collector.notify.channels.outbound import Answer, Outbound, json_bytes

LONGEST = 4096  # of UTF-16, after entities
MOST_CALLS = 6  # of one send, with all that may be mended
MOST_BUTTONS = 8
LONGEST_BUTTON = 64  # characters

_TOKEN = re.compile(r"[0-9]{5,20}:[A-Za-z0-9_-]{20,80}")
_CHAT = re.compile(r"-?[0-9]{1,20}|@[A-Za-z0-9_]{4,40}")


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """Which bot speaks in which chat."""

    name: str
    token: str = field(repr=False)
    chat: str  # "-1001234567890", "123456789" or "@channel"
    topic: int | None = None  # of a group with topics
    api_url: str = "https://api.telegram.org"  # another for a Bot API server of one's own
    quiet_info: bool = True  # severity info comes without a sound


class Telegram:
    """Sends as this module's text says."""

    takes_html = True
    can_edit = True
    longest_text = LONGEST

    def __init__(self, settings: TelegramSettings, outbound: Outbound, clock: Clock) -> None:
        """Use a way out that others use as well. ValueError: token or chat cannot be."""
        if not _TOKEN.fullmatch(settings.token):
            raise ValueError("this is no bot token: it looks like 110201543:AAHdqTcv…")
        if not _CHAT.fullmatch(settings.chat):
            raise ValueError("a chat is a number (groups begin with -) or @name")
        self.name = settings.name
        self._settings = settings
        self._outbound = outbound
        self._clock = clock
        self._chat = settings.chat
        bot, _, secret = settings.token.partition(":")
        self._secrets = (settings.token, secret, f"{bot}%3A{secret}")
        self.limits = limits(bot, settings.chat)

    async def send(self, message: Message) -> Sent:
        """Send, edit or answer once. Raises NotifyError, and nothing else."""
        form = _Form(message, self._settings.topic)
        notes: list[str] = []
        for _ in range(MOST_CALLS):
            first = _number_in(message.reference, self._chat)
            edits = message.edit and first is not None and not form.anew
            method = "editMessageText" if edits else "sendMessage"
            answer, said = await self._call(method, self._body(form, first, edits=edits))
            if said is None:
                raise refusal("Telegram", answer, self._clock.now(), self._secrets)
            if said.get("ok") is True:
                number = _message_number(said) or (first if edits else None)
                reference = None if number is None else f"{self._chat}/{number}"
                return Sent(reference, "; ".join(["ok", *notes]))
            words = str(said.get("description", ""))
            if edits and "message is not modified" in words:
                return Sent(message.reference, "already so")
            note = self._mended(form, said, words, edits=edits)
            if not note:
                raise self._refused(answer, said, words)
            notes.append(note)
        raise NotifyError("Telegram refuses every form of this message", permanent=True)

    async def close(self) -> None:
        """Nothing to do: the way out belongs to all channels."""

    async def _call(
        self, method: str, body: dict[str, Any]
    ) -> tuple[Answer, dict[str, Any] | None]:
        url = f"{self._settings.api_url.rstrip('/')}/bot{self._settings.token}/{method}"
        answer = await self._outbound.request(
            "POST",
            url,
            headers={"Content-Type": "application/json"},
            content=json_bytes(body),
        )
        said = object_of(answer)
        if said is None and 200 <= answer.status < 300 and not answer.complete:
            raise NotifyError("Telegram's answer broke off", maybe_sent=True)
        return answer, said if said is not None and "ok" in said else None

    def _body(self, form: "_Form", first: int | None, *, edits: bool) -> dict[str, Any]:
        message = form.message
        body: dict[str, Any] = {
            "chat_id": self._chat,
            "text": form.text,
            "link_preview_options": {"is_disabled": True},
        }
        if form.rich:
            body["parse_mode"] = "HTML"
        if form.buttons:
            keys = [{"text": words, "url": url} for words, url in form.buttons]
            body["reply_markup"] = {"inline_keyboard": [[key] for key in keys]}
        if edits:
            return body | {"message_id": first}
        if form.topic is not None:
            body["message_thread_id"] = form.topic
        if first is not None:
            body["reply_parameters"] = {"message_id": first, "allow_sending_without_reply": True}
        if message.purpose is Purpose.HEARTBEAT or (
            self._settings.quiet_info and message.severity is Severity.INFO
        ):
            body["disable_notification"] = True
        return body

    def _mended(self, form: "_Form", said: dict[str, Any], words: str, *, edits: bool) -> str:
        """Change what Telegram refused, if it can be changed; say what was changed."""
        parameters = said.get("parameters")
        moved = parameters.get("migrate_to_chat_id") if isinstance(parameters, dict) else None
        if isinstance(moved, int) and str(moved) != self._chat:
            self._chat = str(moved)
            return f"the group became a supergroup: put chat {moved} in the settings"
        lower = words.lower()
        if "can't parse entities" in lower and form.rich:
            form.make_plain()
            return "sent without bold words: Telegram could not parse them"
        if form.buttons and ("button" in lower or "wrong http url" in lower):
            form.drop_buttons()
            return "sent without buttons: Telegram takes none with such an address"
        if form.topic is not None and ("thread not found" in lower or "topic" in lower):
            form.topic = None
            return "sent outside its topic, which is closed or gone"
        if edits and ("message to edit not found" in lower or "can't be edited" in lower):
            form.anew = True
            return "sent anew: the first message is gone or too old to be edited"
        if "message is too long" in lower and form.rich:
            form.make_plain()
            return "sent without bold words: it was too long"
        return ""

    def _refused(self, answer: Answer, said: dict[str, Any], words: str) -> NotifyError:
        # A gateway in between may say 200 for everything; the code in the answer is Telegram's.
        code = said.get("error_code")
        code = code if isinstance(code, int) and 400 <= code < 600 else answer.status
        parameters = said.get("parameters")
        pause = parameters.get("retry_after") if isinstance(parameters, dict) else None
        shown = cleaned(words, self._secrets)
        hint = next((hint for mark, hint in _HINTS if mark in words.lower()), "")
        text = f"Telegram answered {code}: {shown}" + (f"; {hint}" if hint else "")
        if passes(code) or code < 400:
            return NotifyError(text, retry_after=bounded_seconds(pause))
        return NotifyError(text, permanent=True)


_HINTS = (
    ("unauthorized", "the token is revoked or wrong: ask @BotFather for it"),
    ("not found: method", "the token is wrong"),
    ("bot was blocked", "that person must unblock the bot and write to it"),
    ("can't initiate", "that person must write to the bot first"),
    ("bot was kicked", "put the bot into the group again"),
    ("chat not found", "is the chat's number right, and is the bot in it?"),
    ("not enough rights", "let the bot write in that chat"),
)


def limits(bot: str, chat: str) -> tuple[Limit, ...]:
    """What Telegram bears: 1 a second in a chat, 20 a minute in a group, 30 a second in all."""
    in_chat = f"telegram:{bot}:{chat}"
    a_second = Limit(f"{in_chat}:second", 1, 1.0)
    in_all = Limit(f"telegram:{bot}", 30, 1.0, 10)
    if chat.startswith(("-", "@")):
        return (Limit(f"{in_chat}:minute", 20, 60.0, 5), a_second, in_all)
    return (a_second, in_all)


class _Form:
    """How a message is put, which may have to change."""

    def __init__(self, message: Message, topic: int | None) -> None:
        self.message = message
        self.topic = topic
        self.anew = False
        self.rich = True
        self.buttons = [
            (words[:LONGEST_BUTTON], url) for words, url in message.actions[:MOST_BUTTONS]
        ]
        self.text = _rich_text(message)
        if message.link is not None and message.link not in html.unescape(self.text):
            self.buttons.append((_LINK_WORDS, message.link))
        if utf16_length(_seen(self.text)) > LONGEST:
            self.make_plain()

    def make_plain(self) -> None:
        """Put it without HTML, cut to the length."""
        self.rich = False
        self.text = cut_utf16(with_title(self.message), LONGEST)

    def drop_buttons(self) -> None:
        """Put the buttons' links into the words."""
        links = "".join(f"\n{words}: {url}" for words, url in self.buttons)
        self.buttons = []
        room = LONGEST - utf16_length(links)
        if self.rich and utf16_length(_seen(self.text)) <= room:
            self.text += html.escape(links, quote=False)
        else:
            self.rich = False
            self.text = cut_utf16(with_title(self.message), max(room, 0)) + links


_LINK_WORDS = "Pantau"


def _rich_text(message: Message) -> str:
    title = html.escape(message.title, quote=False)
    text = message.html if message.html is not None else html.escape(message.text, quote=False)
    first_line = _seen(text.lstrip().split("\n", 1)[0])
    if message.title.strip() in first_line:
        return text
    return f"<b>{title}</b>\n{text}"


def _seen(rich: str) -> str:
    """What people see of HTML."""
    return html.unescape(re.sub(r"<[^<>]*>", "", rich))


def _number_in(reference: str | None, chat: str) -> int | None:
    """The message's number, if the reference is of this chat."""
    if reference is None:
        return None
    where, _, number = reference.rpartition("/")
    if where != chat or not re.fullmatch(r"[0-9]{1,18}", number):
        return None
    return int(number)


def _message_number(said: dict[str, Any]) -> int | None:
    result = said.get("result")
    number = result.get("message_id") if isinstance(result, dict) else None
    return number if isinstance(number, int) and 0 < number < 10**18 else None
