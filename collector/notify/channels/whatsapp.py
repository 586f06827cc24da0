"""WhatsApp, through Meta's Cloud API: an approved utility template, since alarms start the talk.

Free words are taken only within 24 hours after the person wrote; outside, Meta takes them too and
drops them later without a word to the sender. So a template is used always. The one to have
approved (category utility), with two variables that this channel fills with title and text:

    Pemberitahuan Pantau: {{1}}
    {{2}}
    Pesan otomatis dari Pantau.

Variables are one line each, so the text's lines are joined. Accepted is not delivered: what came
of a message is told by Meta's webhooks, which Pantau does not take; so give a receiver another
channel behind this one. Nothing tells two attempts apart: a lost answer may mean two messages.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from collector.clock import Clock
from collector.notify.channels.answers import (
    cleaned,
    object_of,
    passes,
    refusal,
    retry_after,
)
from collector.notify.channels.budgets import Limit
from collector.notify.channels.contract import Message, NotifyError, Sent
from collector.notify.channels.lengths import cut
from collector.notify.channels.outbound import Answer, Outbound, json_bytes

LONGEST = 1024  # characters of a template with its variables filled in
LONGEST_TITLE = 200

_PASSING = frozenset(
    {
        1,  # unknown at Meta
        2,  # its service is down
        4,  # too many calls of the app
        80007,  # too many of the account
        130429,  # too many of the number
        131000,  # something went wrong there
        131016,  # overloaded
        131048,  # slowed down: too many were reported or blocked
        131056,  # too many to this person
        131057,  # the account is being maintained
        133004,  # its server is down
    }
)
_HINTS = {
    0: "the token has expired: make a permanent one of a system user",
    190: "the token has expired or is revoked: make a permanent one of a system user",
    10: "give the token the right whatsapp_business_messaging",
    131005: "give the token the right whatsapp_business_messaging",
    131026: "is the number on WhatsApp, with a recent app?",
    131030: "a test number sends only to numbers of its list",
    131042: "Meta wants a way to pay",
    131047: "only a template may start a talk",
    131050: "this person wants no such messages",
    132000: "the template needs two variables: title and text",
    132001: "no approved template has this name and language",
    132015: "the template is paused: people reported it",
    132016: "the template is disabled for good: make another",
    133010: "register the number with the Cloud API",
}


@dataclass(frozen=True, slots=True)
class WhatsAppSettings:
    """Whose number writes to whom, with which template."""

    name: str
    token: str = field(repr=False)
    phone_id: str  # Meta's id of the number that writes, no telephone number
    to: str  # "6281234567890": country code first, no plus
    template: str
    language: str = "id"
    template_words: int = 120  # characters of the template without its variables
    api_url: str = "https://graph.facebook.com"
    api_version: str = "v23.0"


class WhatsApp:
    """Sends as this module's text says."""

    can_edit = False

    def __init__(self, settings: WhatsAppSettings, outbound: Outbound, clock: Clock) -> None:
        """Use a way out that others use as well. ValueError when a setting cannot be right."""
        if not re.fullmatch(r"[1-9][0-9]{7,14}", settings.to):
            raise ValueError("a WhatsApp number is written as 6281234567890")
        if not re.fullmatch(r"[0-9]{5,25}", settings.phone_id):
            raise ValueError("phone_id is Meta's number for the phone: digits only")
        if not re.fullmatch(r"v[0-9]{1,3}\.[0-9]{1,2}", settings.api_version):
            raise ValueError("api_version is written as v23.0")
        if not re.fullmatch(r"[a-z0-9_]{1,512}", settings.template):
            raise ValueError("a template's name has small letters, digits and _")
        self.name = settings.name
        self.longest_text = max(LONGEST - settings.template_words - LONGEST_TITLE, 100)
        self.limits = (
            Limit(f"whatsapp:{settings.phone_id}:{settings.to}", 10, 60.0, 5),
            Limit(f"whatsapp:{settings.phone_id}", 60, 1.0, 20),
        )
        self._settings = settings
        self._outbound = outbound
        self._clock = clock

    async def send(self, message: Message) -> Sent:
        """Send once. Raises NotifyError, and nothing else."""
        chosen = self._settings
        answer = await self._outbound.request(
            "POST",
            f"{chosen.api_url.rstrip('/')}/{chosen.api_version}/{chosen.phone_id}/messages",
            headers={
                "Authorization": f"Bearer {chosen.token}",
                "Content-Type": "application/json",
            },
            content=json_bytes(self._body(message)),
        )
        said = object_of(answer)
        error = said.get("error") if said is not None else None
        if isinstance(error, dict):
            raise self._refused(answer, error)
        found = said.get("messages") if said is not None else None
        if not 200 <= answer.status < 300 or not isinstance(found, list) or not found:
            raise refusal("WhatsApp", answer, self._clock.now(), (chosen.token,))
        first = found[0] if isinstance(found[0], dict) else {}
        status = cleaned(str(first.get("message_status", "accepted")))
        number = first.get("id")
        return Sent(number[:200] if isinstance(number, str) else None, status)

    async def close(self) -> None:
        """Nothing to do: the way out belongs to all channels."""

    def _body(self, message: Message) -> dict[str, Any]:
        title = cut(one_line(message.title), LONGEST_TITLE) or "-"
        room = max(LONGEST - self._settings.template_words - len(title), 1)
        text = one_line(message.text)
        link = message.link or ""
        if link and link not in text and len(link) + 1 < room:
            text = f"{cut(text, room - len(link) - 1)} {link}"
        shown = [title, cut(text, room) or "-"]
        return {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": self._settings.to,
            "type": "template",
            "template": {
                "name": self._settings.template,
                "language": {"code": self._settings.language},
                "components": [
                    {
                        "type": "body",
                        "parameters": [{"type": "text", "text": one} for one in shown],
                    }
                ],
            },
        }

    def _refused(self, answer: Answer, error: dict[str, Any]) -> NotifyError:
        code = error.get("code")
        code = code if isinstance(code, int) else -1
        details = error.get("error_data")
        words = str(error.get("message", ""))
        if isinstance(details, dict) and details.get("details"):
            words += f" ({details['details']})"
        hint = _HINTS.get(code, "")
        text = f"WhatsApp answered {answer.status}, code {code}: "
        text += cleaned(words, (self._settings.token,)) + (f"; {hint}" if hint else "")
        unclear = answer.status < 400 or passes(answer.status)
        if code in _PASSING or (unclear and code not in _HINTS):
            return NotifyError(text, retry_after=retry_after(answer, self._clock.now()))
        return NotifyError(text, permanent=True)


def one_line(text: str) -> str:
    """Join lines as a template's variable wants them: no line ends, tabs or wide gaps."""
    joined = ""
    for line in text.splitlines():
        line = " ".join(line.split())
        if not line:
            continue
        if joined:
            joined += " " if joined[-1] in ".,:;!?…" else "; "
        joined += line
    return joined
