"""The one way out over HTTP: to checked addresses only, without redirects, bounded in all.

1. The URL: https, no name or password in it, a host that is no number in disguise.
2. The host is resolved once. If any of its addresses may not be talked to (`addresses`), none is:
   a name that resolves to a good and a bad one is an attack or a fault.
3. The connection goes to the checked address itself, not to the name again, so that a name which
   resolves differently a moment later changes nothing. Host, SNI and the certificate stay the
   name's. Each host has connections of its own: two names at one address share none.
4. No redirect is followed, no proxy or password of the environment is used, no cookie is kept.
5. At most `LARGEST_ANSWER` bytes are read, and everything together takes at most `seconds`.

Requests go to httpx's transport, not its client: the client logs whole URLs, and Telegram's hold a
token. Errors of httpx hold the request as well, so they end here.
"""

import asyncio
import importlib.util
import json
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from collector.notify.channels.addresses import (
    Address,
    Allowed,
    address_of,
    disguised,
    is_inside,
    reason_against,
)
from collector.notify.channels.contract import NotifyError
from collector.notify.channels.tls import trusting, why_not_connected

LARGEST_ANSWER = 64 * 1024  # bytes
SECONDS = 15.0  # for a whole request, DNS and all addresses included
CONNECT_SECONDS = 4.0  # for one address
MOST_ADDRESSES = 4  # tried one after the other, when no connection comes about
LONGEST_URL = 2048  # characters
CONNECTIONS = 8  # to one host; httpx looks through all of them for each request
KEPT_SECONDS = 20.0  # an idle connection; shorter than what servers and firewalls keep

if importlib.util.find_spec("sniffio") is None:
    # httpcore tries to import it for each lock that it makes. That it is missing is searched for
    # on the disk each time, which takes longer than the rest of the request, unless it is noted.
    sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port in, addresses out, in the order to try them. Raises OSError."""


async def ask_system(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver, in its thread."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class OutboundSettings:
    """What the settings say about the way out."""

    allowed: Allowed = field(default_factory=Allowed)
    ca_file: Path | None = None  # of an in-house authority, beside those of the system
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `complete`: the whole body was read within bytes and time."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes = field(repr=False)
    complete: bool = True


class Outbound:
    """Sends requests as this module's text says. One for all channels; made in the loop."""

    def __init__(
        self, settings: OutboundSettings | None = None, *, resolve: Resolve = ask_system
    ) -> None:
        """Read the authorities. OSError (also ssl.SSLError) when `ca_file` cannot be read."""
        self._settings = settings or OutboundSettings()
        self._resolve = resolve
        self._tls = trusting(self._settings.ca_file) if self._settings.ca_file else None
        self._ways: dict[tuple[str, str, int], httpx.AsyncHTTPTransport] = {}

    async def close(self) -> None:
        """End all connections. Safe to call twice."""
        ways, self._ways = list(self._ways.values()), {}
        for way in ways:
            await way.aclose()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
    ) -> Answer:
        """Send once and return whatever the server answered, of any status.

        Raises NotifyError without the URL in its words: `permanent` when the address may not be
        talked to, `maybe_sent` when the request was on its way and no answer came.
        """
        parsed = checked_url(url)
        journey = _Journey()
        until = asyncio.get_running_loop().time() + self._settings.seconds
        response: httpx.Response | None = None
        try:
            async with asyncio.timeout_at(until):
                addresses = await self._addresses(parsed)
                response = await self._to_any(method, parsed, addresses, headers, content, journey)
        except TimeoutError:
            pass
        if response is not None:
            return await _read(response, until)
        raise NotifyError(
            f"{parsed.host} did not answer within {self._settings.seconds:g} s",
            maybe_sent=journey.sending,
        )

    async def _addresses(self, url: httpx.URL) -> list[Address]:
        """Resolve and check. Raises NotifyError."""
        host, port = _connection(url)
        literal = address_of(host)
        if literal is not None:
            found: list[Address] = [literal]
        else:
            found = await self._asked(host, port)
        for address in found:
            _check(url, address, self._settings.allowed)
        return found[:MOST_ADDRESSES]

    async def _asked(self, host: str, port: int) -> list[Address]:
        trouble = "no address"
        found: list[Address] = []
        try:
            texts = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            trouble = getattr(error, "strerror", None) or "not a name"
        else:
            for text in texts:
                address = address_of(text)
                if address is None:
                    raise NotifyError(f"{host} resolves to something that is no address")
                if address not in found:
                    found.append(address)
        if not found:
            raise NotifyError(f"{host} cannot be resolved: {trouble}; is the DNS up?")
        return found

    async def _to_any(
        self,
        method: str,
        url: httpx.URL,
        addresses: Sequence[Address],
        headers: Mapping[str, str] | None,
        content: bytes,
        journey: "_Journey",
    ) -> httpx.Response:
        trouble = NotifyError(f"{url.host} has no address")
        for address in addresses:
            request = self._pinned(method, url, address, headers, content, journey)
            try:
                return await self._way(url).handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                trouble = NotifyError(_why_not_connected(url.host, error))
                continue
            except httpx.HTTPError as error:
                # Unless nothing had left, it may have arrived.
                said = type(error).__name__
                trouble = NotifyError(
                    f"the connection to {url.host} broke before an answer ({said})",
                    maybe_sent=journey.sending,
                )
                break
        raise trouble

    def _pinned(
        self,
        method: str,
        url: httpx.URL,
        address: Address,
        headers: Mapping[str, str] | None,
        content: bytes,
        journey: "_Journey",
    ) -> httpx.Request:
        seconds = self._settings.seconds
        extensions: dict[str, Any] = {
            "timeout": httpx.Timeout(seconds, connect=CONNECT_SECONDS).as_dict(),
            "trace": journey.note,
        }
        if url.scheme == "https":
            extensions["sni_hostname"] = _connection(url)[0]
        sent = {
            "User-Agent": "Pantau",
            "Accept-Encoding": "identity",  # an answer cannot unfold in memory
            **(headers or {}),
            "Host": url.netloc.decode("ascii"),
        }
        try:
            return httpx.Request(
                method,
                url.copy_with(host=str(address)),
                headers=sent,
                content=content if content or method not in ("GET", "HEAD") else None,
                extensions=extensions,
            )
        except (UnicodeError, ValueError, TypeError, httpx.InvalidURL):
            trouble = NotifyError("a header of the settings is no header", permanent=True)
        raise trouble

    def _way(self, url: httpx.URL) -> httpx.AsyncHTTPTransport:
        key = (url.scheme, *_connection(url))
        way = self._ways.get(key)
        if way is None:
            if self._tls is None and url.scheme == "https":
                self._tls = trusting(None)
            way = self._ways[key] = httpx.AsyncHTTPTransport(
                verify=self._tls or False,  # False: of plain http, where it means nothing
                trust_env=False,
                limits=httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEPT_SECONDS),
            )
        return way


def json_bytes(value: object) -> bytes:
    """Write JSON in UTF-8. ValueError or TypeError when JSON does not know something in it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")  # half a character of UTF-16 becomes a question mark


class _Journey:
    """How far a request came."""

    def __init__(self) -> None:
        self.sending = False

    async def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Take a note of httpcore's trace."""
        del info
        if event.endswith("send_request_headers.started"):
            self.sending = True


def checked_url(url: str) -> httpx.URL:
    """Parse what the settings say. Raises NotifyError without the URL in it."""
    problem = ""
    parsed = httpx.URL()
    if len(url) > LONGEST_URL:
        problem = "is longer than 2048 characters"
    else:
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, ValueError, TypeError, UnicodeError):
            problem = "is no URL"
    if not problem:
        host = parsed.raw_host.decode("ascii", "replace")
        if parsed.scheme not in ("https", "http"):
            problem = "begins with neither https:// nor http://"
        elif parsed.userinfo:
            problem = "has a name or password in it: give them as settings of their own"
        elif not host or "%" in host or disguised(host):
            problem = "has a host that is neither a name nor a plain address"
        elif parsed.port is not None and not 0 < parsed.port < 65536:
            problem = "has a port that is none"
    if problem:
        raise NotifyError(f"the URL of the settings {problem}", permanent=True)
    return parsed


def check_literal(url: str, allowed: Allowed) -> None:
    """Refuse a URL whose host is an address that nothing is sent to. A name passes, and "" too.

    Raises NotifyError without the URL in it.
    """
    if url:
        parsed = checked_url(url)
        address = address_of(_connection(parsed)[0])
        if address is not None:
            _check(parsed, address, allowed)


def _check(url: httpx.URL, address: Address, allowed: Allowed) -> None:
    """Raise NotifyError when nothing may go to an address, or not by this URL."""
    against = reason_against(address, allowed)
    if against:
        raise NotifyError(
            f"{url.host} is at {address}: {against}; nothing is sent there. If it is your own"
            " gateway, name its network under allow_networks",
            permanent=True,
        )
    if url.scheme == "http" and not is_inside(address, allowed):
        raise NotifyError(
            f"{url.host} is at {address}, outside: write https instead of http", permanent=True
        )


def _connection(url: httpx.URL) -> tuple[str, int]:
    """Host as DNS and TLS want it, and port."""
    host = url.raw_host.decode("ascii").strip("[]")
    return host, url.port or (443 if url.scheme == "https" else 80)


def _why_not_connected(host: str, error: httpx.TransportError) -> str:
    late = isinstance(error, httpx.ConnectTimeout)
    cannot = f"{host} cannot be reached" + (f" within {CONNECT_SECONDS:g} s" if late else "")
    return why_not_connected(host, error) or cannot


async def _read(response: httpx.Response, until: float) -> Answer:
    """Read the body, as far as it goes: the status is known, so nothing here is a failure."""
    parts: list[bytes] = []
    size = 0
    complete = False
    try:
        async with asyncio.timeout_at(until):
            async for part in response.aiter_raw():
                parts.append(part[: LARGEST_ANSWER - size])
                size += len(part)
                if size > LARGEST_ANSWER:
                    break
            else:
                complete = True
    except (httpx.HTTPError, TimeoutError):
        complete = False
    finally:
        await response.aclose()
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, b"".join(parts), complete)
