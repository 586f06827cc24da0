"""Writes, tokens and errors of InfluxDB 2 in front of Debian's influxd 1.6.7, with faults to order.

    client ── /api/v2/write, Token ──► Proxy ── /write ──► influxd      (503 while it is down)
           ── /query (InfluxQL) ─────►       ── /query ─►

What it takes from the second generation: organisation and bucket, three rights of tokens, JSON
errors, and that one malformed line refuses the whole request (`strict`; the first generation and
the third with partial writes store the others). What it cannot: Flux, tasks.
"""

import asyncio
import contextlib
import io
import json
import re
import ssl
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web

ORGANISATION = "pantau"
WRITE_TOKEN = "token-yang-menulis"  # noqa: S105 - of tests
READ_TOKEN = "token-yang-membaca"  # noqa: S105 - of tests
ALL_TOKEN = "token-segala-hak"  # noqa: S105 - of tests
START_SECONDS = 10.0
UPSTREAM_SECONDS = 60.0

_PRECISIONS = {"": "n", "ns": "n", "us": "u", "ms": "ms", "s": "s"}
"""1.6.7 takes a precision it does not know for nanoseconds, `us` among them."""
_CODES = {
    400: "invalid",
    401: "unauthorized",
    403: "forbidden",
    404: "not found",
    413: "request too large",
    422: "unprocessable entity",
    429: "too many requests",
    503: "unavailable",
}
_NAME = rb"(?:[A-Za-z0-9_.:/@+*\x80-\xff-]|\\[,= ])+"
_VALUE = (
    rb"(?:-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?|-?[1-8]?[0-9]{1,18}i"
    rb'|"(?:[^"\\\n]|\\["\\])*")'
)
_SURELY_WELL_FORMED = re.compile(
    rb"%b(?:,%b=%b)* %b=%b(?:,%b=%b)*(?: -?[1-8]?[0-9]{1,18})?"
    % (_NAME, _NAME, _NAME, _NAME, _VALUE, _NAME, _VALUE)
)
"""Spares asking the engine. What does not match may still be well formed: then it is asked."""
_SCRATCH = "proxy-asks-whether-it-parses"


@dataclass(frozen=True, slots=True)
class Fault:
    """How a write is answered instead, or what happens on the way. Without `status`: as ever."""

    status: int | None = None
    words: str = "a fault of the script"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None  # instead of the JSON error
    delay_seconds: float = 0.0  # before anything else
    stored: bool = False  # the engine gets the lines first: only the answer is another one
    raw: bytes | None = None  # these bytes are the answer, then the connection is cut


@dataclass(frozen=True, slots=True)
class Write:
    """A write as it came, after its token was found right."""

    bucket: str
    organisation: str
    lines: bytes  # unzipped
    zipped: bool

    @property
    def count(self) -> int:
        """How many lines it has."""
        return sum(1 for line in self.lines.splitlines() if line)


class Proxy:
    """The proxy in a thread of its own. It outlives the engine and can itself be stopped."""

    def __init__(
        self,
        upstream: str,
        *,
        port: int = 0,
        strict: bool = True,
        largest_bytes: int = 64 * 2**20,
        organisation: str = ORGANISATION,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Stand before the engine at `upstream`; port 0 is a free one, kept over restarts."""
        self.port = port
        self._tls = tls
        self.strict = strict
        self.largest_bytes = largest_bytes
        self._organisation = organisation
        self._upstream = upstream
        self.faults: deque[Fault] = deque()  # one a write, first come
        self.rule: Callable[[Write], Fault | None] = _no_fault  # asked when `faults` is empty
        self.writes: deque[tuple[Write, int]] = deque(maxlen=10_000)  # with the status answered
        self.most_at_once = 0  # writes under way at the same moment
        self._at_once = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._asked = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address that clients are given."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen; returns when it does."""
        assert self._thread is None, "it runs already"
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="influx proxy")
        self._thread.start()
        assert ready.wait(START_SECONDS), "the proxy does not start"

    def stop(self) -> None:
        """End, cutting what is under way. Connections are refused until the next `start`."""
        if self._thread is not None and self._loop is not None and self._end is not None:
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()
            self._thread = self._loop = self._end = None

    def reset(self) -> None:
        """Forget faults, rule and what was written."""
        self.most_at_once = 0
        self.faults.clear()
        self.rule = _no_fault
        self.writes.clear()

    def _run(self, ready: threading.Event) -> None:
        asyncio.run(self._serve(ready))

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=self.largest_bytes)
        app.add_routes(
            [
                web.post("/api/v2/write", self._write),
                web.get("/query", self._query),
                web.post("/query", self._query),
                web.get("/ping", self._ping),
                web.get("/health", self._health),
            ]
        )
        # The client un-zips by itself and asks for zipped answers: neither is for a pass-through.
        self._session = ClientSession(
            connector=TCPConnector(limit=32),
            timeout=ClientTimeout(UPSTREAM_SECONDS),
            skip_auto_headers=("Accept-Encoding",),
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        async with self._session:
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=self._tls)
            await site.start()
            self.port = int(runner.addresses[0][1])
            ready.set()
            await self._end.wait()
            await runner.cleanup()

    # --- writing ------------------------------------------------------------------------------

    async def _write(self, request: web.Request) -> web.StreamResponse:
        refused = _denied(request, (WRITE_TOKEN, ALL_TOKEN), "write")
        if refused is not None:
            return refused
        try:
            lines = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _error(413, "unable to read data: points batch is too large")
        query = request.rel_url.query
        zipped = request.headers.get("Content-Encoding") == "gzip"
        write = Write(query.get("bucket", ""), query.get("org", ""), lines, zipped)
        fault = self.faults.popleft() if self.faults else self.rule(write)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            answer = await self._answer(request, write, query.get("precision", ""), fault)
        finally:
            self._at_once -= 1
        self.writes.append((write, answer.status))
        return answer

    async def _answer(
        self, request: web.Request, write: Write, precision: str, fault: Fault | None
    ) -> web.StreamResponse:
        if fault is None:
            return await self._hand_on(write, precision)
        await asyncio.sleep(fault.delay_seconds)
        if fault.stored or (fault.status is None and fault.raw is None):
            answer = await self._hand_on(write, precision)
            if fault.status is None and fault.raw is None:
                return answer
        if fault.raw is not None:
            if request.transport is not None:
                request.transport.write(fault.raw)
                request.transport.close()
            return web.Response(status=fault.status or 503)  # nobody will see it
        assert fault.status is not None
        if fault.body is not None:
            return web.Response(status=fault.status, headers=fault.headers, text=fault.body)
        return _error(fault.status, fault.words, fault.headers)

    async def _hand_on(self, write: Write, precision: str) -> web.Response:
        if write.organisation != self._organisation:
            return _error(404, f'organization name "{write.organisation}" not found')
        if not write.bucket:
            return _error(400, "bucket name is required")
        if precision not in _PRECISIONS:
            return _error(400, "invalid precision; valid precision units are ns, us, ms, and s")
        if not write.lines.strip():
            return _error(400, "writing requires points")
        if self.strict:
            refused = await self._malformed(write.lines, precision)
            if refused is not None:
                return refused
        database, _, policy = write.bucket.partition("/")
        status, words = await self._post(database, policy, precision, write.lines)
        if status == 404:
            return _error(404, f'bucket "{write.bucket}" not found')
        if status == 400 and words.startswith("partial write"):
            return _error(422, f"failure writing points to database: {words}")
        return web.Response(status=204) if status == 204 else _error(status, words)

    async def _malformed(self, lines: bytes, precision: str) -> web.Response | None:
        """Say what the engine has against a line before any other line is stored.

        It is asked in a scratch database, each line under a measurement of its own: a conflict of
        types there would hide what cannot be parsed.
        """
        exact = precision in ("", "ns")
        asked = []
        for line in lines.split(b"\n"):
            if line and not (exact and _SURELY_WELL_FORMED.fullmatch(line)):
                self._asked += 1
                mark = b"" if line.startswith((b",", b"#")) else b"asked%d_" % self._asked
                asked.append(mark + line)
        if not asked:
            return None
        status, words = await self._post(_SCRATCH, "", precision, b"\n".join(asked))
        if status == 404:
            text = {"q": f'CREATE DATABASE "{_SCRATCH}"'}
            with contextlib.suppress(ClientError, TimeoutError):
                async with self._session.post(f"{self._upstream}/query", data=text):
                    pass
            status, words = await self._post(_SCRATCH, "", precision, b"\n".join(asked))
        if status == 204:
            return None
        words = words.removeprefix("partial write: ").removesuffix(" dropped=0")
        return _error(status, re.sub(r"asked\d+_", "", words))

    async def _post(
        self, database: str, policy: str, precision: str, lines: bytes
    ) -> tuple[int, str]:
        params = {"db": database, "precision": _PRECISIONS[precision]}
        if policy:
            params["rp"] = policy
        try:
            async with self._session.post(
                f"{self._upstream}/write", params=params, data=io.BytesIO(lines)
            ) as answer:
                text = await answer.text()
                status = answer.status
        except (ClientError, TimeoutError) as error:
            return 503, f"the engine does not answer: {error}"
        try:
            return status, str(json.loads(text)["error"])
        except (ValueError, KeyError):
            return status, text

    # --- reading ------------------------------------------------------------------------------

    async def _query(self, request: web.Request) -> web.Response:
        refused = _denied(request, (READ_TOKEN, ALL_TOKEN), "read")
        if refused is not None:
            return refused
        form: dict[str, Any] = dict(request.rel_url.query)
        if request.method == "POST":
            form |= dict(await request.post())
        form.pop("org", None)
        text = str(form.get("q", ""))
        if not re.match(r"\s*(SELECT|SHOW)\b", text, re.IGNORECASE) or re.search(
            r"\bINTO\b", text, re.IGNORECASE
        ):
            return web.json_response({"results": [{"error": "not implemented: only reading is"}]})
        headers = {"Accept": request.headers.get("Accept", "application/json")}
        try:
            async with self._session.post(
                f"{self._upstream}/query", data=form, headers=headers
            ) as answer:
                body = await answer.read()
                return web.Response(
                    status=answer.status, body=body, content_type=answer.content_type
                )
        except (ClientError, TimeoutError) as error:
            return _error(503, f"the engine does not answer: {error}")

    async def _ping(self, request: web.Request) -> web.Response:
        del request
        return web.Response(
            status=204, headers={"X-Influxdb-Build": "OSS", "X-Influxdb-Version": "v2.7.12"}
        )

    async def _health(self, request: web.Request) -> web.Response:
        del request
        try:
            async with self._session.get(f"{self._upstream}/ping") as answer:
                well = answer.status == 204
        except (ClientError, TimeoutError):
            well = False
        status, message = ("pass", "ready for queries and writes") if well else ("fail", "starting")
        words = {"name": "influxdb", "message": message, "status": status, "version": "v2.7.12"}
        return web.json_response(words, status=200 if well else 503)


def _no_fault(write: Write) -> Fault | None:
    del write
    return None


def _denied(request: web.Request, allowed: tuple[str, ...], deed: str) -> web.Response | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    known = (WRITE_TOKEN, READ_TOKEN, ALL_TOKEN)
    if scheme not in ("Token", "Bearer") or token not in known:
        return _error(401, "unauthorized access")
    if token not in allowed:
        return _error(403, f"insufficient permissions for {deed}")
    return None


def _error(status: int, words: str, headers: Mapping[str, str] | None = None) -> web.Response:
    code = _CODES.get(status, "internal error")
    return web.json_response({"code": code, "message": words}, status=status, headers=headers)
