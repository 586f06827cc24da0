"""ntfy: push messages without a phone company, from ntfy.sh or a server of one's own.

Published as JSON, so that titles may hold any letter. On a public server the topic's name is what
keeps strangers out, so it is treated as a secret. A message over the server's size would become an
attachment that nobody opens at night; it is cut instead.
"""

import base64
import re
from dataclasses import dataclass, field
from typing import Any

from collector.clock import Clock
from collector.model.alerts import Purpose, Severity
from collector.notify.channels.answers import object_of, refusal
from collector.notify.channels.budgets import Limit
from collector.notify.channels.contract import Message, Sent
from collector.notify.channels.lengths import cut, cut_bytes
from collector.notify.channels.outbound import Outbound, json_bytes

LONGEST_TITLE = 250  # characters
MOST_ACTIONS = 3
LONGEST_LABEL = 40

_PRIORITIES = {Severity.CRITICAL: 5, Severity.WARNING: 4, Severity.INFO: 2}
_EMOJI = {
    Severity.CRITICAL: "rotating_light",
    Severity.WARNING: "warning",
    Severity.INFO: "information_source",
}
_CALM = {Purpose.RECOVERED: 3, Purpose.DIGEST: 3, Purpose.SILENCE_ENDS: 3, Purpose.HEARTBEAT: 1}


@dataclass(frozen=True, slots=True)
class NtfySettings:
    """Which topic of which server. Either a token, or a user with a password, or neither."""

    name: str
    topic: str = field(repr=False)
    server: str = "https://ntfy.sh"
    token: str | None = field(default=None, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    longest_bytes: int = 4096  # a server of one's own may take more (message-size-limit)
    tags: tuple[str, ...] = ()  # beside the one of the severity


class Ntfy:
    """Sends as this module's text says."""

    can_edit = False

    def __init__(self, settings: NtfySettings, outbound: Outbound, clock: Clock) -> None:
        """Use a way out that others use as well. ValueError when a setting cannot be right."""
        if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", settings.topic):
            raise ValueError("a topic has up to 64 letters, digits, - and _")
        if not 256 <= settings.longest_bytes <= 7800:
            raise ValueError("longest_bytes is from 256 to 7800")
        self.name = settings.name
        self.longest_text = settings.longest_bytes
        self.limits = (Limit(f"ntfy:{self.name}", 40, 60.0, 30),)
        self._settings = settings
        self._outbound = outbound
        self._clock = clock
        self._authorization = ""
        if settings.token is not None:
            self._authorization = f"Bearer {settings.token}"
        elif settings.user is not None:
            pair = f"{settings.user}:{settings.password or ''}".encode()
            self._authorization = "Basic " + base64.b64encode(pair).decode()
        kept = (settings.topic, settings.token, settings.password)
        self._secrets = (
            self._authorization.rpartition(" ")[2],
            *(one for one in kept if one is not None),
        )

    async def send(self, message: Message) -> Sent:
        """Send once. Raises NotifyError, and nothing else."""
        headers = {"Content-Type": "application/json"}
        if self._authorization:
            headers["Authorization"] = self._authorization
        answer = await self._outbound.request(
            "POST",
            self._settings.server.rstrip("/") + "/",
            headers=headers,
            content=json_bytes(self._body(message)),
        )
        said = object_of(answer)
        number = said.get("id") if said is not None else None
        if not 200 <= answer.status < 300 or not isinstance(number, str):
            raise refusal("ntfy", answer, self._clock.now(), self._secrets)
        return Sent(number[:200], str(answer.status))

    async def close(self) -> None:
        """Nothing to do: the way out belongs to all channels."""

    def _body(self, message: Message) -> dict[str, Any]:
        calm = _CALM.get(message.purpose)
        emoji = _EMOJI[message.severity]
        if message.purpose is Purpose.RECOVERED:
            emoji = "white_check_mark"
        body: dict[str, Any] = {
            "topic": self._settings.topic,
            "title": cut(" ".join(message.title.split()), LONGEST_TITLE),
            "message": cut_bytes(message.text, self._settings.longest_bytes) or "-",
            "priority": calm or _PRIORITIES[message.severity],
            "tags": [emoji, *self._settings.tags],
        }
        if message.link is not None:
            body["click"] = message.link
        if message.actions:
            body["actions"] = [
                {"action": "view", "label": cut(words, LONGEST_LABEL), "url": url, "clear": True}
                for words, url in message.actions[:MOST_ACTIONS]
            ]
        return body
