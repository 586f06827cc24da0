"""Signed links to act from a message: who may do what to which thread, until when. Pure.

`TOKEN = base64url(JSON list) "." base64url(HMAC-SHA-256)`: whoever has a link can do that one thing
until it expires, and nothing else. That it works once is remembered by its nonce in the store, by
whoever acts. The MAC is over a text of its own kind, so that a key used elsewhere (session cookies)
signs nothing that is valid here.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

LONGEST_TOKEN = 600
"""A longer one is not looked at. One that would be longer is not made."""
_KIND = b"pantau link v1\x00"
_NONCE_BYTES = 12
_FIELDS = 5


class Action(StrEnum):
    """What a link does."""

    ACKNOWLEDGE = "acknowledge"
    SILENCE_1H = "silence_1h"
    SILENCE_4H = "silence_4h"


@dataclass(frozen=True, slots=True)
class Permission:
    """What a link allows."""

    thread_key: str  # the name of a thread: "incident:12@20261126T181420.000000Z"
    action: Action
    receiver: str  # who got it: whose name stands in the audit trail
    expires_at: datetime  # whole seconds
    nonce: str = field(repr=False)  # of this link alone: it is used once


class LinkError(Exception):
    """A link that does not hold. `expired`: it was genuine, and its time is over."""

    def __init__(self, message: str, *, expired: bool = False) -> None:
        super().__init__(message)
        self.expired = expired


@dataclass(frozen=True, slots=True)
class LinkSigner:
    """Makes and reads the tokens of links."""

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) < 32:
            raise ValueError("the key of links is shorter than 32 bytes")

    def issue(
        self,
        thread_key: str,
        action: Action,
        receiver: str,
        expires_at: datetime,
        nonce: str | None = None,
    ) -> str:
        """Return a token. Raises ValueError when it would be too long.

        `nonce`: for the same token at every attempt (a message's key and the action make a good
        one); None draws one.
        """
        drawn = secrets.token_urlsafe(_NONCE_BYTES) if nonce is None else nonce
        values = [thread_key, action.value, receiver, int(expires_at.timestamp()), drawn]
        body = _coded(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode())
        token = f"{body}.{_coded(self._mac(body))}"
        if len(token) > LONGEST_TOKEN:
            raise ValueError("a link's thread, receiver and nonce are too long")
        return token

    def read(self, token: str, now: datetime) -> Permission:
        """Return what a token allows. Raises LinkError: not ours, changed, or expired."""
        body, _, mac = token[: LONGEST_TOKEN + 1].partition(".")
        if len(token) > LONGEST_TOKEN or not token.isascii():
            raise LinkError("this link is not genuine")
        if not hmac.compare_digest(_coded(self._mac(body)).encode(), mac.encode()):
            raise LinkError("this link is not genuine")
        permission = _read(body)
        if permission.expires_at <= now:
            raise LinkError("this link has expired", expired=True)
        return permission

    def _mac(self, body: str) -> bytes:
        return hmac.new(self.key, _KIND + body.encode(), hashlib.sha256).digest()


def _read(body: str) -> Permission:
    """Return what stands in a genuine token; an older or newer version may have written it."""
    try:
        values = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if not isinstance(values, list) or len(values) != _FIELDS:
            raise LinkError("this link is of another version")
        thread_key, action, receiver, expires, nonce = values
        return Permission(
            str(thread_key), Action(action), str(receiver),
            datetime.fromtimestamp(int(expires), UTC), str(nonce),
        )  # fmt: skip
    except (binascii.Error, ValueError, TypeError, OverflowError, OSError) as error:
        raise LinkError("this link is of another version") from error


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
