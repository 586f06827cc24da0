"""Who is asking, what they may do, and the headers that keep browsers honest.

Two ways in: `Authorization: Bearer TOKEN`, and a session cookie that was got with one (an
EventSource cannot send headers, and a token in a URL ends up in logs). A token is checked
against the store on every request, so revoking it works at once, cookies included.
"""

import ipaddress
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Protocol
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Code, ProblemError
from api.sessions import Attempts, KnownGood, SessionSigner, network_of
from collector.clock import Clock
from collector.store import TokenRow

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Tokens(Protocol):
    """The tokens of the store. All methods block."""

    def verify(self, secret: str, now: datetime) -> TokenRow | None:
        """Return the token of a secret, None when it gives no access (any more)."""
        ...

    def list(self) -> list[TokenRow]:
        """Return all tokens, also revoked and expired ones."""
        ...

    def seen(self, token: TokenRow, now: datetime) -> None:
        """Note that a token is used."""
        ...

    def bind_screen(self, token: TokenRow, network: str, now: datetime) -> bool:
        """Say whether a screen may be used from a network; the first that uses it is the one."""
        ...


_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="pantau"'}
# A wall runs for months with nobody to log it in; Chromium keeps no cookie longer than 400 days.
_VIEWER_SESSION = timedelta(days=400)
_DESK_SESSION = timedelta(hours=12)


class Access(IntEnum):
    """What a token may do; each includes the ones before."""

    VIEWER = 1
    OPERATOR = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking. `token_id` is None where no token is required and none was sent."""

    token_id: int | None
    name: str
    access: Access
    expires_at: datetime | None = None
    by_cookie: bool = False
    screen: Mapping[str, object] | None = None  # settings, where the token is a screen's link


_ANYBODY = Principal(None, "", Access.VIEWER)


class Gate:
    """Tells who is asking. All methods block: they are called from worker threads."""

    def __init__(
        self, tokens: Tokens, clock: Clock, signer: SessionSigner, *, require_token: bool
    ) -> None:
        self._tokens = tokens
        self._clock = clock
        self._signer = signer
        self._require_token = require_token
        self._attempts = Attempts()
        self._known_good = KnownGood()

    def identify(self, request: Request) -> Principal:
        """Return who sent this request.

        Raises ProblemError: 401 without a valid token or session, 429 after too many wrong
        tokens, 403 when a browser was led here by another site.
        """
        principal = self._by_header(request) or self._by_cookie(request)
        if principal is not None:
            if principal.by_cookie and request.method not in _SAFE_METHODS:
                refuse_foreign_origin(request)
            return principal
        if not self._require_token:
            refuse_foreign_host(request)
            return _ANYBODY
        raise ProblemError(
            401,
            Code.TOKEN_MISSING,
            "Send a token as `Authorization: Bearer TOKEN`, or open a session with it.",
            headers=_CHALLENGE,
        )

    def still_valid(self, token_ids: Collection[int]) -> set[int]:
        """Return those of these tokens that are neither revoked nor expired."""
        return {token.id for token in self._in_force() if token.id in token_ids}

    def start_session(self, principal: Principal) -> tuple[str, datetime]:
        """Return the cookie value for whoever sent a token, and when the session ends.

        Raises ProblemError (401) when no token was sent: a cookie begets no further cookie, so
        a session that was stolen ends with its time.
        """
        if principal.token_id is None or principal.by_cookie:
            raise ProblemError(
                401, Code.TOKEN_MISSING, "A session is opened with a token.", headers=_CHALLENGE
            )
        length = _VIEWER_SESSION if principal.access is Access.VIEWER else _DESK_SESSION
        ends_at = (self._clock.now() + length).replace(microsecond=0)
        if principal.expires_at is not None:
            ends_at = min(ends_at, principal.expires_at)
        return self._signer.issue(principal.token_id, ends_at), ends_at

    def _by_header(self, request: Request) -> Principal | None:
        header = request.headers.get("authorization")
        if header is None:
            return None
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise _refused("Only `Authorization: Bearer TOKEN` is understood.")
        return self._by_secret(secret.strip(), request)

    def _by_secret(self, secret: str, request: Request) -> Principal:
        address = request.client.host if request.client else ""
        if secret not in self._known_good:
            wait = self._attempts.wait_seconds(address, self._clock.monotonic())
            if wait > 0:
                raise ProblemError(
                    429,
                    Code.TOO_MANY_ATTEMPTS,
                    "Too many wrong tokens came from this address.",
                    headers={"Retry-After": str(math.ceil(wait))},
                )
        token = self._tokens.verify(secret, self._clock.now())
        if token is None:
            self._attempts.failed(address, self._clock.monotonic())
            raise _refused("This token is unknown, revoked or expired.")
        self._known_good.add(secret)
        self._refuse_foreign_address(token, request)
        self._tokens.seen(token, self._clock.now())
        return _principal(token, by_cookie=False)

    def _by_cookie(self, request: Request) -> Principal | None:
        value = request.cookies.get(cookie_name(request))
        if value is None:
            return None
        token_id = self._signer.read(value, self._clock.now())
        token = next((one for one in self._in_force() if one.id == token_id), None)
        if token is not None:
            self._refuse_foreign_address(token, request)
            self._tokens.seen(token, self._clock.now())
            return _principal(token, by_cookie=True)
        if not self._require_token:
            return None  # left over from a run that asked for tokens
        raise _refused("This session has ended, or its token was revoked.")

    def _refuse_foreign_address(self, token: TokenRow, request: Request) -> None:
        """Keep the link of a screen with the panel that used it first, where that is asked for."""
        if token.screen is None:
            return
        network = network_of(request.client.host if request.client else "")
        if not self._tokens.bind_screen(token, network, self._clock.now()):
            raise ProblemError(
                403,
                Code.ADDRESS_REFUSED,
                "This screen's link is bound to another address. An administrator can free it"
                " at the desk (Akses), or make a new link.",
            )

    def _in_force(self) -> Iterator[TokenRow]:
        now = self._clock.now()
        return (token for token in self._tokens.list() if token.in_force(now))


def cookie_name(request: Request) -> str:
    """Return the cookie's name: with HTTPS one that no other host and no HTTP page can set."""
    return "__Host-pantau_session" if request.url.scheme == "https" else "pantau_session"


def set_session_cookie(request: Request, response: Response, value: str, seconds: int) -> None:
    """Hand a session to the browser for `seconds`; an empty value takes it away."""
    response.set_cookie(
        cookie_name(request),
        value,
        max_age=max(0, seconds),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def refuse_foreign_origin(request: Request) -> None:
    """Let a changing request with a cookie pass only when our own page sent it.

    SameSite=Strict holds against other sites, not against another port or service on the same
    host; the origin does. Raises ProblemError (403).
    """
    origin = request.headers.get("origin")
    if origin is None or urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
        raise ProblemError(
            403, Code.FOREIGN_ORIGIN, "With a session, changes are taken from our own pages only."
        )


def refuse_foreign_host(request: Request) -> None:
    """Where no token is asked for, answer only to an address or `localhost`.

    Else any web page could make its own name point here (DNS rebinding) and read along. Raises
    ProblemError (403).
    """
    host = (urlsplit(f"//{request.headers.get('host', '')}").hostname or "").rstrip(".")
    if host != "localhost" and not host.endswith(".localhost"):
        try:
            ipaddress.ip_address(host)
        except ValueError:
            raise ProblemError(
                403, Code.FOREIGN_HOST, "Without tokens, ask by address or as localhost."
            ) from None


class SecurityHeaders:
    """ASGI middleware: the headers above on every response; `no-store` unless it says else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers added to the response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


def _principal(token: TokenRow, *, by_cookie: bool) -> Principal:
    access = Access[token.role.upper()]
    screen = None if token.screen is None else token.screen.settings
    return Principal(token.id, token.name, access, token.expires_at, by_cookie, screen)


def _refused(detail: str) -> ProblemError:
    return ProblemError(401, Code.TOKEN_REFUSED, detail, headers=_CHALLENGE)
