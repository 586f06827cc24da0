"""A signed webhook: to a system of the agency's own, a gateway, or an outside watcher.

POST with a JSON object (version 1):

| key           | what it is                                                                   |
|---------------|------------------------------------------------------------------------------|
| `version`     | 1                                                                            |
| `id`          | the same at every attempt: take it once                                      |
| `key`         | Pantau's own name of the message, to look it up there                        |
| `thread`      | `id` of the first message about the same thing; absent in that one           |
| `purpose`     | firing, update, recovered, repeat, escalation, storm, digest, test, …        |
| `severity`    | critical, warning, info                                                      |
| `title`       | one line                                                                     |
| `text`        | plain words                                                                  |
| `link`        | to the desk; absent without one                                              |
| `actions`     | list of `{title, url}`: one-time links (a person opens them, no machine)     |
| `maybe_twice` | an answer to this `id` was lost: it may have arrived before                  |
| `data`        | the facts for machines; `{}` with `data_left_out: true` if over 256 KiB      |

Signed as Standard Webhooks 1.0 says, for which most languages have a library: the headers
`webhook-id`, `webhook-timestamp` (seconds since 1970), and `webhook-signature`, which lists
`v1,` + base64(HMAC-SHA256(secret, id + "." + timestamp + "." + body)) for each secret of the
settings (two while one is replaced). A receiver compares in constant time and refuses timestamps
more than five minutes off. Any 2xx means taken.

With `method` GET or HEAD nothing but the URL is asked for: the ping of a dead man's switch.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from collector.clock import Clock
from collector.notify.channels.answers import cleaned, is_page, refusal
from collector.notify.channels.budgets import Limit
from collector.notify.channels.contract import Message, NotifyError, Sent
from collector.notify.channels.outbound import Outbound, json_bytes

LARGEST_BODY = 256 * 1024  # bytes

_PLAIN_ID = re.compile(r"[A-Za-z0-9:_/+-]{1,200}")  # without a dot: dots part what is signed


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Where to, and how it is signed. The URL is kept out of sight: it is often a secret itself."""

    name: str
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)  # "whsec_" + base64, or any words
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: Literal["POST", "GET", "HEAD"] = "POST"
    per_minute: int = 600


class Webhook:
    """Sends as this module's text says."""

    can_edit = False
    longest_text = 10_000

    def __init__(self, settings: WebhookSettings, outbound: Outbound, clock: Clock) -> None:
        """Use a way out that others use as well. ValueError when a secret is no base64."""
        self.name = settings.name
        at_once = max(10, settings.per_minute // 60)  # what a second may have, at once
        self.limits = (Limit(f"webhook:{self.name}", settings.per_minute, 60, at_once),)
        self._settings = settings
        self._outbound = outbound
        self._clock = clock
        self._keys = [_key(secret) for secret in settings.secrets]
        self._secrets = (settings.url, *settings.secrets, *settings.headers.values())

    async def send(self, message: Message) -> Sent:
        """Send once. Raises NotifyError, and nothing else."""
        now = self._clock.now()
        body = b"" if self._settings.method != "POST" else body_of(message)
        headers = dict(self._settings.headers)
        if body:
            headers |= {"Content-Type": "application/json"}
            headers |= signature(id_of(message.key), int(now.timestamp()), body, self._keys)
        answer = await self._outbound.request(
            self._settings.method, self._settings.url, headers=headers, content=body
        )
        if not 200 <= answer.status < 300 or (body and is_page(answer)):
            raise refusal("the webhook", answer, now, self._secrets)
        said = cleaned(answer.body.decode("utf-8", "replace"), self._secrets)
        return Sent(message.reference or id_of(message.key), f"{answer.status} {said}".strip())

    async def close(self) -> None:
        """Nothing to do: the way out belongs to all channels."""


def id_of(key: str) -> str:
    """A message's key as a header can hold it: keys name receivers, in any letters."""
    if _PLAIN_ID.fullmatch(key):
        return key
    return "m_" + hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:40]


def body_of(message: Message) -> bytes:
    """Write a message as JSON. Raises NotifyError when its data cannot be written."""
    shown: dict[str, Any] = {
        "version": 1,
        "id": id_of(message.key),
        "key": message.key,
        "purpose": message.purpose,
        "severity": message.severity,
        "title": message.title,
        "text": message.text,
        "actions": [{"title": words, "url": url} for words, url in message.actions],
        "maybe_twice": message.maybe_twice,
        "data": message.data,
    }
    if message.reference is not None:
        shown["thread"] = message.reference
    if message.link is not None:
        shown["link"] = message.link
    body = _written(shown)
    if body is None or len(body) > LARGEST_BODY:
        body = _written(shown | {"data": {}, "data_left_out": True})
    if body is None or len(body) > LARGEST_BODY:
        raise NotifyError("the message is too large for a webhook", permanent=True)
    return body


def signature(key: str, timestamp: int, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """The headers of a signed message (Standard Webhooks 1.0)."""
    headers = {"webhook-id": key, "webhook-timestamp": str(timestamp)}
    signed = f"{key}.{timestamp}.".encode() + body
    marks = [
        "v1," + base64.b64encode(hmac.new(one, signed, hashlib.sha256).digest()).decode()
        for one in keys
    ]
    return headers | ({"webhook-signature": " ".join(marks)} if marks else {})


def _key(secret: str) -> bytes:
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        pass
    raise ValueError("a secret that begins with whsec_ goes on in base64")


def _written(shown: dict[str, Any]) -> bytes | None:
    """JSON; None when there is something in it that JSON does not know."""
    try:
        return json_bytes(shown)
    except (ValueError, TypeError, RecursionError):
        return None
