"""A server that says to the wall what a test tells it to: static files, a session, one stream.

It speaks the wall's protocol from its description, not through our API, so that the page can be
tested alone and the two cannot share a mistake.
"""

import contextlib
import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TOKEN = "screen-7-link"  # noqa: S105 - a test's own word, worth nothing elsewhere
COOKIE = "session=screen-7"
# Stricter than a product needs to be: what passes here passes anywhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MIME = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


class WallServer:
    """Serves `dist` under /dinding/ and the stream; the test is the city behind it."""

    def __init__(self, dist: Path) -> None:
        self.dist = dist
        self.snapshot: Json | None = None
        self.answers: dict[str, Json] = {}  # of the API beside the stream, by path
        self.silent = False  # accepts streams and says nothing: a half-open connection
        self.revoked = False
        self.streams_opened = 0
        self._streams: list[queue.SimpleQueue[bytes | None]] = []
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self.port = 0

    @property
    def link(self) -> str:
        """Address of the wall with this screen's token."""
        return f"{self.address}#token={TOKEN}"

    @property
    def address(self) -> str:
        """Address of the wall without a token."""
        return f"http://127.0.0.1:{self.port}/dinding/"

    def start(self) -> None:
        """Listen; after a stop on the same port again."""
        owner = self

        class Handler(_Handler):
            wall = owner

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every stream, as a restart does."""
        if self._server is None or self._thread is None:
            return
        self.hang_up()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server = None

    def hang_up(self) -> None:
        """End every open stream."""
        with self._lock:
            for stream in self._streams:
                stream.put(None)

    def send(self, event: str, data: Json | str) -> None:
        """Say one event on every open stream. A text is sent as it is."""
        encoded = encode(event, data)
        with self._lock:
            for stream in self._streams:
                stream.put(encoded)

    @contextlib.contextmanager
    def stream(self) -> Iterator["queue.SimpleQueue[bytes | None]"]:
        """One client's stream; begins with the snapshot unless the server is silent."""
        messages: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        with self._lock:
            self.streams_opened += 1
            if self.snapshot is not None and not self.silent:
                messages.put(encode("snapshot", self.snapshot))
            self._streams.append(messages)
        try:
            yield messages
        finally:
            with self._lock:
                self._streams.remove(messages)


def encode(event: str, data: Json | str) -> bytes:
    """One server-sent event (WHATWG HTML, section 9.2)."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"event: {event}\ndata: {text}\n\n".encode()


class _Handler(BaseHTTPRequestHandler):
    wall: WallServer

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet: a test's output is its own."""
        del format, args

    def do_POST(self) -> None:
        good = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        if self.path != "/api/v1/session":
            self._answer(404)
        elif good and not self.wall.revoked:
            self._answer(204, {"Set-Cookie": f"{COOKIE}; HttpOnly; SameSite=Strict; Path=/"})
        else:
            self._answer(401)

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path.startswith("/assets/"):
            self._file(path.removeprefix("/"))
        elif path == "/dinding/sw.js":
            self._file("dinding/sw.js")
        elif path.startswith("/dinding/"):
            self._file("dinding/index.html")
        elif self.wall.revoked or COOKIE not in self.headers.get("Cookie", ""):
            self._answer(401)
        elif self.path == "/api/v1/status":
            self._answer(200)
        elif self.path == "/api/v1/events":
            self._events()
        elif path in self.wall.answers:
            body = json.dumps(self.wall.answers[path]).encode()
            self._answer(200, {"Content-Type": "application/json"}, body)
        else:
            self._answer(404)

    def _file(self, name: str) -> None:
        path = (self.wall.dist / name).resolve()
        if not path.is_relative_to(self.wall.dist.resolve()) or not path.is_file():
            self._answer(404)
            return
        headers = {"Content-Type": MIME[path.suffix], "Content-Security-Policy": POLICY}
        self._answer(200, headers, path.read_bytes())

    def _events(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        with self.wall.stream() as messages, contextlib.suppress(OSError):
            while (message := messages.get()) is not None:
                self.wfile.write(message)
                self.wfile.flush()

    def _answer(
        self, status: int, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
