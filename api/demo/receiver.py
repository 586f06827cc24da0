"""Takes the demo's alerts as an agency's own gateway would: signed webhooks on loopback.

It trusts nothing but the signature (Standard Webhooks 1.0, as docs/alert-webhook.md tells
receivers), takes each id once, and keeps what came. Nothing of the platform's code is used.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from api.demo.told import Message

LONGEST_BODY = 256 * 1024  # bytes, as documented
MOST_MESSAGES = 20_000  # a demo that sends more has failed long before
OLDEST_SECONDS = 300.0
_LOOK_SECONDS = 0.1  # whether to end
_SILENT_SECONDS = 30.0  # a connection that says nothing is closed


class RefusedError(Exception):
    """A request is not taken; `status` is what is answered."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status


class AlertReceiver:
    """Listens on a free port of 127.0.0.1, in a thread; use as a context manager."""

    def __init__(self, heard: Callable[[Message], None]) -> None:
        """`heard` is called with each new message, in a thread of the receiver's."""
        self._heard = heard
        self._secret: bytes | None = None
        self._lock = threading.Lock()
        self._messages: dict[str, Message] = {}
        self.refused = 0  # unsigned, damaged or too large
        self.again = 0  # the same id once more, not marked as possibly sent before
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_LOOK_SECONDS,), name="alert receiver"
        )

    @property
    def url(self) -> str:
        """Return where messages are posted to."""
        return f"http://127.0.0.1:{self._server.server_port}/kabar"

    @property
    def messages(self) -> Sequence[Message]:
        """Return what came so far, in order."""
        with self._lock:
            return tuple(self._messages.values())

    def trust(self, secret: str) -> None:
        """Say what messages are signed with (`whsec_…`); until then none is taken."""
        self._secret = base64.b64decode(secret.removeprefix("whsec_"))

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Take one request. `now`: seconds since 1970. Raises RefusedError."""
        try:
            self._check_signature(headers, body, now)
            message = _read(body, now)
        except RefusedError:
            self.refused += 1
            raise
        with self._lock:
            known = message.id in self._messages
            if known and not message.maybe_twice:
                self.again += 1
            if not known and len(self._messages) < MOST_MESSAGES:
                self._messages[message.id] = message
        if not known:
            self._heard(message)

    def _check_signature(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        if self._secret is None:
            raise RefusedError(503, "nobody is trusted yet")
        name, moment = headers.get("webhook-id") or "", headers.get("webhook-timestamp") or ""
        if not moment.isascii() or not moment.isdigit() or len(moment) > 12:
            raise RefusedError(401, "there is no moment")
        if abs(now - int(moment)) > OLDEST_SECONDS:
            raise RefusedError(401, "it is too old")
        signed = f"{name}.{moment}.".encode() + body
        digest = hmac.new(self._secret, signed, hashlib.sha256).digest()
        mark = b"v1," + base64.b64encode(digest)
        given = (headers.get("webhook-signature") or "").split()
        if not any(hmac.compare_digest(mark, one.encode()) for one in given):
            raise RefusedError(401, "the signature is wrong")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = _SILENT_SECONDS

            def do_POST(self) -> None:
                """Take a message."""
                length = self.headers.get("Content-Length") or ""
                if not length.isascii() or not length.isdigit() or len(length) > 9:
                    return self._answer(411)
                if int(length) > LONGEST_BODY:
                    return self._answer(413)
                try:
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    receiver.take(headers, self.rfile.read(int(length)), time.time())
                except RefusedError as refused:
                    return self._answer(refused.status, str(refused))
                return self._answer(200)

            def _answer(self, status: int, problem: str = "") -> None:
                self.close_connection = status != 200
                body = json.dumps({"problem": problem} if problem else {}).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: messages are shown, not requests."""

        return Handler


def _read(body: bytes, now: float) -> Message:
    """Return the message in a body. Raises RefusedError."""
    try:
        content = json.loads(body)
        return _message(content, datetime.fromtimestamp(now, UTC))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise RefusedError(400, "it is no message") from error


def _message(content: Mapping[str, Any], at: datetime) -> Message:
    data = content["data"]
    return Message(
        id=str(content["id"]),
        at=at,
        purpose=str(content["purpose"]),
        severity=str(content["severity"]),
        title=str(content["title"]),
        about=str(data.get("about", "")),
        devices=tuple(str(one["id"]) for one in data.get("devices", ())),
        total=int(data.get("firing", 0)) + sum(int(count) for _, count in data.get("carried", ())),
        maybe_twice=bool(content.get("maybe_twice", False)),
    )
