"""A receiver of alerts that takes messages as the real services do, and misbehaves as scripted.

    Pantau ── POST /hook…                          ──► a webhook (and GET, HEAD: a watcher's ping)
           ── POST /bot{TOKEN}/sendMessage, edit…   ──► Telegram
           ── POST /v23.0/{PHONE}/messages          ──► WhatsApp's Cloud API
           ── POST /                                ──► ntfy, published as JSON

Every request is kept as it came (`requests`), what the service took as well (`taken`). `faults`
(first come, one a request) and `rule` say what goes wrong. It checks what the real service checks:
tokens, required fields, lengths, HTML, parameters without line ends, topics.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import ssl
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Self

from aiohttp import web

TELEGRAM_TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"  # noqa: S105 - of tests
WHATSAPP_TOKEN = "EAAG-token-kirim-pesan"  # noqa: S105 - of tests
WHATSAPP_PHONE = "106540352242922"
NTFY_TOKEN = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"  # noqa: S105 - of tests
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"rahasia bersama dari 24+ byte").decode()
PORTAL = "<!DOCTYPE html><html><head><title>Login WiFi</title></head><body>Masuk</body></html>"
START_SECONDS = 10.0

_TAGS = frozenset(("b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote"))


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request."""

    status: int | None = None  # answered instead; None: as the service would
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0  # before anything else
    takes: bool = False  # the service takes the message all the same: only the answer is lost
    cut: bool = False  # no answer: the connection ends
    raw: bytes | None = None  # these bytes are the answer, then the connection ends


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a service took: people see this."""

    service: str  # "webhook", "telegram", "whatsapp", "ntfy"
    deed: str  # "send", "edit" or "ping"
    body: dict[str, Any]
    reference: str


class Receiver:
    """The receiver in a thread of its own, on a free port of 127.0.0.1 (kept over restarts)."""

    def __init__(self, *, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.port = port
        self._tls = tls
        self.requests: deque[Request] = deque(maxlen=50_000)
        self.taken: deque[Taken] = deque(maxlen=50_000)
        self.faults: deque[Fault] = deque()
        self.rule: Callable[[Request], Fault | None] = _no_fault  # asked when `faults` is empty
        self.server_names: deque[str | None] = deque(maxlen=100)  # of TLS
        self.supergroups: dict[str, int] = {}  # Telegram: chat → what it became
        self.closed_topics: set[int] = set()
        self.blocked: set[str] = set()  # Telegram chats that do not want it
        self._next = 100
        self._texts: dict[tuple[str, int], str] = {}
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        if tls is not None:
            tls.sni_callback = lambda _socket, name, _context: self.server_names.append(name)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address without a path."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen; returns when it does."""
        assert self._thread is None, "it runs already"
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(ready)), name="alert receiver"
        )
        self._thread.start()
        assert ready.wait(START_SECONDS), "the receiver does not start"

    def stop(self) -> None:
        """End, cutting what is under way. Connections are refused until the next `start`."""
        if self._thread is not None and self._loop is not None and self._end is not None:
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()
            self._thread = self._loop = self._end = None

    def reset(self) -> None:
        """Forget what came, faults, and what was special about chats."""
        self.faults.clear()
        self.rule = _no_fault
        for kept in (self.requests, self.taken, self.server_names):
            kept.clear()
        for special in (self.supergroups, self.closed_topics, self.blocked, self._texts):
            special.clear()

    def of(self, service: str, deed: str = "send") -> list[dict[str, Any]]:
        """Bodies that a service took."""
        return [one.body for one in list(self.taken) if (one.service, one.deed) == (service, deed)]

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=2**20)
        app.router.add_route("*", "/{path:.*}", self._any)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=self._tls)
        await site.start()
        self.port = int(runner.addresses[0][1])
        ready.set()
        await self._end.wait()
        await runner.cleanup()

    async def _any(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        came = Request(request.method, request.path, headers, body)
        self.requests.append(came)
        fault = self.faults.popleft() if self.faults else self.rule(came)
        if fault is None:
            return self._service(came)
        await asyncio.sleep(fault.delay_seconds)
        as_ever = fault.status is None and fault.raw is None and not fault.cut
        if fault.takes or as_ever:
            answer = self._service(came)
            if as_ever:
                return answer
        if fault.cut or fault.raw is not None:
            if request.transport is not None:
                request.transport.write(fault.raw or b"")
                request.transport.close()
            return web.Response(status=503)  # nobody will see it
        assert fault.status is not None
        sent = {"Content-Type": "application/json", **fault.headers}
        return web.Response(status=fault.status, body=fault.body.encode(), headers=sent)

    def _service(self, came: Request) -> web.Response:
        if came.path.startswith("/bot"):
            return self._telegram(came)
        if re.fullmatch(r"/v[0-9]+\.[0-9]+/[^/]+/messages", came.path):
            return self._whatsapp(came)
        if came.path == "/" and came.method == "POST":
            return self._ntfy(came)
        if came.path.startswith("/hook"):
            return self._webhook(came)
        return web.json_response({"error": "nothing here"}, status=404)

    def _take(self, service: str, deed: str, body: dict[str, Any], reference: str = "") -> str:
        self._next += 1
        reference = reference or str(self._next)
        self.taken.append(Taken(service, deed, body, reference))
        return reference

    # --- webhook ------------------------------------------------------------------------------

    def _webhook(self, came: Request) -> web.Response:
        if came.method in ("GET", "HEAD"):
            self._take("webhook", "ping", {})
            return web.Response(text="" if came.method == "HEAD" else "OK")
        if "webhook-signature" in came.headers and not signed_rightly(came, WEBHOOK_SECRET):
            return web.json_response({"error": "the signature is wrong"}, status=401)
        body = came.json if came.body else {}
        self._take("webhook", "send", body, str(body.get("id", "")))
        return web.json_response({"taken": True})

    # --- Telegram -----------------------------------------------------------------------------

    def _telegram(self, came: Request) -> web.Response:
        token, _, method = came.path.removeprefix("/bot").partition("/")
        if token != TELEGRAM_TOKEN:
            return _telegram_error(401, "Unauthorized")
        if method not in ("sendMessage", "editMessageText"):
            return _telegram_error(404, "Not Found")
        body = came.json
        chat = str(body.get("chat_id", ""))
        refused = self._refused_by_telegram(body, chat)
        if refused is not None:
            return refused
        if method == "editMessageText":
            return self._telegram_edit(body, chat)
        answered = body.get("reply_parameters", {})
        known = (chat, answered.get("message_id", 0)) in self._texts
        if answered and not known and not answered.get("allow_sending_without_reply"):
            return _telegram_error(400, "Bad Request: message to be replied not found")
        number = int(self._take("telegram", "send", body))
        self._texts[chat, number] = body["text"]
        return _telegram_message(number, chat)

    def _refused_by_telegram(self, body: dict[str, Any], chat: str) -> web.Response | None:
        if not chat or chat == "0":
            return _telegram_error(400, "Bad Request: chat not found")
        if chat in self.supergroups:
            return _telegram_error(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": self.supergroups[chat]},
            )
        if chat in self.blocked:
            return _telegram_error(403, "Forbidden: bot was blocked by the user")
        if body.get("message_thread_id") in self.closed_topics:
            return _telegram_error(400, "Bad Request: message thread not found")
        text = body.get("text", "")
        if body.get("parse_mode") == "HTML":
            parser = _Html()
            parser.feed(text)
            parser.close()
            if parser.trouble or parser.open:
                return _telegram_error(
                    400, "Bad Request: can't parse entities: " + (parser.trouble or "no end tag")
                )
            text = "".join(parser.words)
        if not text.strip():
            return _telegram_error(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            return _telegram_error(400, "Bad Request: message is too long")
        for row in body.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if not re.match(r"https?://[^/]+\.[^/]+", button.get("url", "")):
                    return _telegram_error(
                        400,
                        f"Bad Request: inline keyboard button URL '{button.get('url')}' is"
                        " invalid: Wrong HTTP URL",
                    )
        return None

    def _telegram_edit(self, body: dict[str, Any], chat: str) -> web.Response:
        key = (chat, body.get("message_id", 0))
        if key not in self._texts:
            return _telegram_error(400, "Bad Request: message to edit not found")
        if self._texts[key] == body["text"]:
            return _telegram_error(
                400,
                "Bad Request: message is not modified: specified new message content and reply"
                " markup are exactly the same as a current content",
            )
        self._texts[key] = body["text"]
        self._take("telegram", "edit", body, str(key[1]))
        return _telegram_message(key[1], chat)

    # --- WhatsApp -----------------------------------------------------------------------------

    def _whatsapp(self, came: Request) -> web.Response:
        if came.headers.get("authorization") != f"Bearer {WHATSAPP_TOKEN}":
            return _meta_error(401, 190, "Error validating access token")
        body = came.json
        if body.get("messaging_product") != "whatsapp":
            return _meta_error(400, 100, "(#100) The parameter messaging_product is required.")
        if not re.fullmatch(r"[0-9]{8,15}", str(body.get("to", ""))):
            return _meta_error(400, 131009, "(#131009) Parameter value is not valid")
        if body.get("type") == "template":
            length = 0
            for component in body["template"].get("components", []):
                for parameter in component["parameters"]:
                    text = parameter["text"]
                    length += len(text)
                    if not text or re.search(r"[\n\r\t]| {5}", text):
                        return _meta_error(
                            400,
                            132018,
                            "(#132018) Param text cannot have new-line/tab characters or more"
                            " than 4 consecutive spaces",
                        )
            if length > 1024:
                return _meta_error(400, 132005, "(#132005) Translated text too long")
        elif body.get("type") != "text" or len(body["text"]["body"]) > 4096:
            return _meta_error(400, 100, "(#100) Invalid parameter")
        number = self._take("whatsapp", "send", body)
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": body["to"], "wa_id": body["to"]}],
                "messages": [{"id": f"wamid.{number}", "message_status": "accepted"}],
            }
        )

    # --- ntfy ---------------------------------------------------------------------------------

    def _ntfy(self, came: Request) -> web.Response:
        if came.headers.get("authorization") not in (None, f"Bearer {NTFY_TOKEN}"):
            return _ntfy_error(401, 40101, "unauthorized")
        body = came.json
        if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", str(body.get("topic", ""))):
            return _ntfy_error(400, 40009, "invalid request: topic invalid")
        if body.get("priority", 3) not in (1, 2, 3, 4, 5):
            return _ntfy_error(400, 40007, "invalid priority parameter")
        if len(body.get("message", "").encode()) > 4096:
            return _ntfy_error(413, 41303, "attachment too large, or bandwidth limit reached")
        if len(body.get("actions", [])) > 3:
            return _ntfy_error(400, 40018, "invalid request: actions invalid; only 3 allowed")
        number = self._take("ntfy", "send", body)
        return web.json_response({"id": f"n{number}", "event": "message", "topic": body["topic"]})


def signed_rightly(came: Request, secret: str) -> bool:
    """Check a signature the way a receiver would (Standard Webhooks 1.0)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{came.headers['webhook-id']}.{came.headers['webhook-timestamp']}.".encode()
    right = base64.b64encode(hmac.new(key, content + came.body, hashlib.sha256).digest())
    given = came.headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(b"v1," + right, one.encode()) for one in given)


class _Html(HTMLParser):
    """Finds what Telegram would not parse."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []
        self.trouble = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag not in _TAGS:
            self.trouble = f'unsupported start tag "{tag}"'
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.trouble = f'unexpected end tag "{tag}"'

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _telegram_message(number: int, chat: str) -> web.Response:
    result = {"message_id": number, "chat": {"id": chat}, "date": 1}
    return web.json_response({"ok": True, "result": result})


def _telegram_error(
    code: int, words: str, parameters: Mapping[str, Any] | None = None
) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": words}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=code)


def too_many(seconds: int) -> Fault:
    """Telegram's 429, as it comes."""
    body = {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {seconds}",
        "parameters": {"retry_after": seconds},
    }
    return Fault(429, json.dumps(body))


def _meta_error(status: int, code: int, words: str) -> web.Response:
    error = {"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return web.json_response({"error": error}, status=status)


def _ntfy_error(status: int, code: int, words: str) -> web.Response:
    body = {"code": code, "http": status, "error": words, "link": "https://ntfy.sh/docs/publish/"}
    return web.json_response(body, status=status)


def _no_fault(request: Request) -> Fault | None:
    del request
    return None
