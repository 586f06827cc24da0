"""The event stream through a real server and real sockets."""

import asyncio
import json
import random
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.listening import PortInUse, open_socket
from api.server import run_api
from api.settings import ApiSettings
from collector.clock import SystemClock
from collector.model import Heartbeat, State
from tests.api_city import City, Event, Served, events, make_city, served, socket_client, until


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@asynccontextmanager
async def listening(
    server: Served, headers: dict[str, str], last_event_id: int | None = None
) -> AsyncIterator[AsyncIterator[Event]]:
    resume = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
    async with (
        socket_client(server, timeout=10) as client,
        client.stream("GET", "/api/v1/events", headers=headers | resume) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-accel-buffering"] == "no"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        yield events(answer)


async def next_of(stream: AsyncIterator[Event], name: str) -> Event:
    async with asyncio.timeout(10):
        async for event in stream:
            if event.name == name:
                return event
    raise AssertionError(f"the stream ended before a {name}")


async def test_a_snapshot_comes_first_and_then_what_happens(city: City) -> None:
    headers = city.token()
    async with served(city.app()) as server, listening(server, headers) as stream:
        first = await anext(stream)
        assert first.name == "snapshot"
        assert first.id == first.data["cursor"] == 4
        stored = city.change("cam-0001", State.DOWN)
        event = await next_of(stream, "transition")
        assert event.id == stored
        assert event.data == {
            "id": stored,
            "device": "cam-0001",
            "old": "up",
            "new": "down",
            "at": "2026-11-22T04:00:00Z",
            "confirmed_at": "2026-11-22T04:00:00Z",
            "reason": "no_answer",
            "detail": "3 dari 3 hilang",
            "cause": None,
            "flapping": False,
        }


async def test_the_first_event_is_what_the_wall_route_gives(city: City) -> None:
    headers = city.token()
    async with served(city.app()) as server, listening(server, headers) as stream:
        first = await anext(stream)
        async with socket_client(server, headers=headers) as client:
            wall = (await client.get("/api/v1/wall")).json()
        assert first.data == wall


async def test_heartbeats_come_by_themselves_and_say_who_is_alive(city: City) -> None:
    headers = city.token()
    app = city.app(heartbeat_seconds=1.0)
    async with served(app) as server, listening(server, headers) as stream:
        city.clock.advance(1)
        assert (await next_of(stream, "heartbeat")).data == {
            "at": "2026-11-22T04:00:01Z",
            "collectors": [
                {
                    "id": "main",
                    "heartbeat_at": "2026-11-22T04:00:00Z",
                    "alive": True,
                    "late_seconds": 0.0,
                }
            ],
            "areas": [
                {"code": code, "last_result_at": "2026-11-21T04:00:00Z", "period_seconds": 30.0}
                for code in ("73.71.01", "73.71.07")
            ],
        }
        city.clock.advance(20)
        beat = await next_of(stream, "heartbeat")
        assert beat.data["collectors"][0]["alive"] is False


async def test_when_the_collector_dies_the_stream_says_so_in_a_new_snapshot(city: City) -> None:
    headers = city.token()
    async with served(city.app()) as server, listening(server, headers) as stream:
        assert (await next_of(stream, "snapshot")).data["counts"]["up"] == 4
        city.clock.advance(13)
        blind = await next_of(stream, "snapshot")
        assert blind.data["counts"]["unknown"] == 4
        city.clock.advance(2)
        city.beat(run="run-2")
        assert (await next_of(stream, "snapshot")).data["counts"]["up"] == 4


async def test_who_comes_back_gets_what_it_missed(city: City) -> None:
    headers = city.token()
    async with served(city.app()) as server:
        async with listening(server, headers) as stream:
            await next_of(stream, "snapshot")
            last = city.change("cam-0001", State.DOWN)
            assert (await next_of(stream, "transition")).id == last
        missed = [
            city.change("cam-0001", State.UP),
            city.change("sw-0001", State.DOWN),
        ]
        async with listening(server, headers, last) as stream:
            seen = [await anext(stream) for _ in range(len(missed) + 1)]
            assert [one.id for one in seen if one.name == "transition"] == missed
            assert [one.name for one in seen if one.name != "transition"] == ["heartbeat"]


@pytest.mark.parametrize("last_event_id", ["4000", "-1", "abc", "9" * 40])
async def test_an_id_that_makes_no_sense_gets_a_snapshot(city: City, last_event_id: str) -> None:
    headers = city.token() | {"Last-Event-ID": last_event_id}
    async with served(city.app()) as server, listening(server, headers) as stream:
        assert (await anext(stream)).name == "snapshot"


async def test_a_stream_needs_a_token_and_takes_the_session_cookie(city: City) -> None:
    headers = city.token()
    async with served(city.app()) as server, socket_client(server) as client:
        url = "/api/v1/events"
        assert (await client.get(url)).status_code == 401
        await client.post("/api/v1/session", headers=headers)
        async with client.stream("GET", url) as answer:
            assert (await anext(events(answer))).name == "snapshot"


@pytest.mark.parametrize("end", ["revoked", "expired"])
async def test_the_stream_of_a_token_ends_with_it(city: City, end: str) -> None:
    ends_at = city.clock.now() + timedelta(seconds=1) if end == "expired" else None
    headers = city.token(expires_at=ends_at)
    app = city.app(heartbeat_seconds=1.0)
    async with served(app) as server, listening(server, headers) as stream:
        await next_of(stream, "snapshot")
        if end == "revoked":
            city.store.tokens.revoke("viewer", city.clock.now())
        city.clock.advance(1)
        async with asyncio.timeout(10):
            assert [event async for event in stream if event.name == "transition"] == []


async def test_a_client_that_leaves_is_noticed(city: City) -> None:
    headers, app = city.token(), city.app()
    async with served(app) as server:
        async with listening(server, headers) as stream:
            await next_of(stream, "snapshot")
            assert app.state.parts.live.counts().listeners == 1
        await until(lambda: app.state.parts.live.counts().listeners == 0)


async def test_stopping_the_server_ends_open_streams_at_once(city: City) -> None:
    headers = city.token()
    async with served(city.app()) as server, listening(server, headers) as stream:
        await next_of(stream, "snapshot")
        server.server.should_exit = True
        async with asyncio.timeout(4):  # uvicorn's own patience is 5 s
            assert [event.name async for event in stream if event.name != "heartbeat"] == []
            await server.task


async def test_no_gap_and_no_duplicate_while_the_log_grows(city: City) -> None:
    """Clients connect, drop and resume while others write; each ends with the truth."""
    headers, app = city.token(), city.app()
    chance = random.Random(7)  # noqa: S311 - a test's order of events
    total = 150

    async def write() -> None:
        devices = ("sw-0001", "cam-0001", "cam-0002", "sensor-0001")
        for _ in range(total):
            device, state = chance.choice(devices), chance.choice((State.UP, State.DOWN))
            await asyncio.to_thread(city.change, device, state)

    async def watch(server: Served) -> tuple[dict[str, str], int]:
        states: dict[str, str] = {}
        cursor: int | None = None
        connections = 0
        while cursor is None or cursor < 4 + total:
            connections += 1
            patience = chance.randrange(1, 25)
            async with listening(server, headers, cursor) as stream:
                while patience and (cursor is None or cursor < 4 + total):
                    event = await next_event(stream)
                    patience -= 1
                    if event.name == "snapshot":
                        assert event.id is not None
                        assert cursor is None or event.id >= cursor
                        states = {one["id"]: one["state"] for one in event.data["devices"]}
                        cursor = event.id
                    elif event.name == "transition":
                        assert cursor is not None
                        assert event.id == cursor + 1
                        cursor = event.id
                        states[event.data["device"]] = event.data["new"]
        return states, connections

    async with served(app) as server:
        writer = asyncio.create_task(write())
        results = await asyncio.gather(*(watch(server) for _ in range(4)))
        await writer
    truth = {row.id: row.state.state.value for row in city.store.devices().items}
    for states, _ in results:
        assert states == truth
    assert max(connections for _, connections in results) > 1


async def next_event(stream: AsyncIterator[Event]) -> Event:
    async with asyncio.timeout(60):
        return await anext(stream)


async def test_a_client_that_reads_slowly_gets_a_fresh_snapshot_and_the_truth(city: City) -> None:
    headers = city.token()
    app = city.app()
    sock = open_socket("127.0.0.1", 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8_192)  # what waits, waits with us
    live = app.state.parts.live
    live._listener_bytes = 20_000
    async with served(app, sock) as server:
        reader, writer = await slow_reader(server, headers)
        await until(lambda: live.counts().listeners == 1)
        for number in range(3_000):
            city.change("cam-0001", State.DEGRADED if number % 2 else State.UP)
            if live.counts().overflows:
                break
            await asyncio.sleep(0)
        await until(lambda: live.counts().overflows == 1)
        last = city.change("cam-0002", State.DOWN)
        seen = await read_raw(reader, last)
        writer.close()
    names = [name for name, _, _ in seen]
    assert names.count("snapshot") == 2
    second = names.index("snapshot", 1)
    cursor = seen[second][1]
    after = [number for name, number, _ in seen[second + 1 :] if name == "transition"]
    assert after == list(range(cursor + 1, last + 1))


async def slow_reader(
    server: Served, headers: dict[str, str]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a stream on a socket with a tiny buffer, and do not read."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    sock.connect(("127.0.0.1", int(server.url.rpartition(":")[2])))
    reader, writer = await asyncio.open_connection(sock=sock, limit=4_096)
    lines = [f"{name}: {value}" for name, value in headers.items()]
    request = ["GET /api/v1/events HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]
    writer.write("\r\n".join(request).encode())
    await writer.drain()
    return reader, writer


async def read_raw(reader: asyncio.StreamReader, last: int) -> list[tuple[str, int, Any]]:
    """Read until the transition `last`: (event name, id, data)."""
    text, seen = "", list[tuple[str, int, Any]]()
    async with asyncio.timeout(60):
        while not any(number == last for _, number, _ in seen):
            size = int((await reader.readuntil(b"\n")).strip() or b"0", 16) if text else None
            if size is None:  # the head of the answer
                await reader.readuntil(b"\r\n\r\n")
                text = "\n\n"
                continue
            text += (await reader.readexactly(size)).decode()
            await reader.readexactly(2)
            *blocks, text = text.split("\n\n")
            text = text or "\n\n"
            for block in blocks:
                fields = dict(line.split(": ", 1) for line in block.splitlines())
                if "id" in fields:
                    number = int(fields["id"])
                    seen.append((fields["event"], number, json.loads(fields["data"])))
    return seen


def test_a_port_in_use_is_told_with_its_number_and_the_remedy(city: City) -> None:
    with open_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"port {port} .*--port"):
            open_socket("127.0.0.1", port)
        with pytest.raises(PortInUse):
            run_api(city.app(), host="127.0.0.1", port=port)


async def test_it_works_with_the_clock_of_the_machine(city: City) -> None:
    clock = SystemClock()
    headers = city.token(role="operator")
    city.store.beat(Heartbeat("main", "run-1", clock.now(), clock.now()), [], [])
    app = create_app(store=city.store, sink=city.sink, clock=clock, settings=ApiSettings())
    async with served(app) as server:
        async with socket_client(server) as client:
            assert (await client.get("/readyz")).json() == {
                "ready": True,
                "reasons": [],
            }
        async with listening(server, headers) as stream:
            assert (await next_of(stream, "snapshot")).data["counts"]["up"] == 4
