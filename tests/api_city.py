"""A small city in a real store, and a real server, for the tests of the API."""

import asyncio
import json
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self

import httpx
from fastapi import FastAPI

from api.app import create_app
from api.listening import open_socket
from api.server import ApiServer
from api.settings import ApiSettings
from collector.inventory import Plan
from collector.model import (
    Area,
    Check,
    Device,
    DeviceState,
    Heartbeat,
    MetricGroup,
    Owner,
    Reason,
    Role,
    Site,
    State,
    Status,
    Target,
    Transition,
)
from collector.sinks import DeviceReadings, Point, Series, SeriesInfo, SinkError
from collector.store import Store

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


class ManualClock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._steady = 1_000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._steady

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._steady += seconds


@dataclass
class Inventory:
    areas: Mapping[str, Area]
    owners: Mapping[str, Owner]
    sites: Mapping[str, Site]
    devices: Mapping[str, Device]


@dataclass
class StillSink:
    """A sink with one series that never changes; it can be broken, and notes what it is asked."""

    broken: bool = False
    refused: int = 0
    asked: list[tuple[str, str, datetime, datetime, int | None]] = field(default_factory=list)
    told: dict[str, list[SeriesInfo]] = field(default_factory=dict)  # what `latest` finds

    def write(self, batch: Sequence[DeviceReadings]) -> None:
        raise NotImplementedError

    def list_series(self, device_id: str) -> list[SeriesInfo]:
        self._fail_if_broken()
        return [SeriesInfo("ping_rtt_seconds", "s", (("path", "lan"),), NOON, 0.0123)][
            : int(device_id != "")
        ]

    def latest(
        self, metrics: Collection[str], since: datetime
    ) -> Mapping[str, Sequence[SeriesInfo]]:
        self._fail_if_broken()
        return {
            device: [one for one in own if one.metric in metrics and one.last_at >= since]
            for device, own in self.told.items()
        }

    def query(
        self,
        device_id: str,
        metric: str,
        start: datetime,
        end: datetime,
        step_seconds: int | None = None,
    ) -> list[Series]:
        self._fail_if_broken()
        self.asked.append((device_id, metric, start, end, step_seconds))
        points = (Point(start, 0.5, 0.25, 0.75, 2), Point(start + timedelta(60), 1.0, 1.0, 1.0, 1))
        return [Series(metric, "s", (("path", "lan"),), points)]

    def introduce(self, plan: Plan) -> None:
        del plan

    def maintain(self, max_seconds: float) -> None:
        raise NotImplementedError

    def prune(self, before: datetime) -> None:
        raise NotImplementedError

    def close(self) -> None:
        pass

    def _fail_if_broken(self) -> None:
        if self.broken:
            raise SinkError("disk /secret/place is on fire")


def inventory(extra: int = 0) -> Inventory:
    """Two areas, two sites, a switch, cameras behind it, a sensor; `extra` more cameras."""
    devices = [
        Device("sw-0001", "Switch Losari", "switch", "losari-01", "generic-snmp", "127.9.0.1"),
        Device(
            "cam-0001",
            "Kamera Losari 01",
            "camera",
            "losari-01",
            "hikvision-camera",
            "127.9.0.2",
            credentials=("kota",),
            parents=("sw-0001",),
            owner="diskominfo",
            tags=("prioritas",),
        ),
        Device(
            "cam-0002",
            "Kamera Losari 02",
            "camera",
            "losari-01",
            "generic-ping",
            "127.9.0.3",
            parents=("sw-0001",),
            owner="diskominfo",
        ),
        Device("sensor-0001", "Sensor Genangan", "sensor", "tallo-01", "tasmota"),
    ]
    devices += [
        Device(f"cam-{i:05d}", f"Kamera {i}", "camera", "tallo-01", "generic-ping")
        for i in range(10_000, 10_000 + extra)
    ]
    return Inventory(
        areas={
            "73.71": Area("73.71", "Kota Makassar", "Asia/Makassar"),
            "73.71.01": Area("73.71.01", "Mariso", None, "73.71"),
            "73.71.07": Area("73.71.07", "Tallo", None, "73.71"),
        },
        owners={"diskominfo": Owner("diskominfo", "Dinas Komunikasi dan Informatika")},
        sites={
            "losari-01": Site("losari-01", "Anjungan Losari", "73.71.01", -5.14, 119.4),
            "tallo-01": Site("tallo-01", "Jembatan Tallo", "73.71.07"),
        },
        devices={device.id: device for device in devices},
    )


def check_of(device_id: str) -> Check:
    group = MetricGroup("ping", "ping", Role.REACHABILITY, 30.0)
    return Check(
        f"{device_id}/ping",
        device_id,
        "ping",
        "ping",
        Role.REACHABILITY,
        30.0,
        1.0,
        Target(device_id),
        group,
    )


@dataclass
class City:
    """A store that somebody writes to, with a clock of its own."""

    store: Store
    clock: ManualClock
    sink: StillSink
    states: dict[str, DeviceState]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.store.close()

    def beat(self, at: datetime | None = None, run: str = "run-1") -> None:
        moment = at or self.clock.now()
        self.store.beat(Heartbeat("main", run, NOON, moment), [], [])

    def change(
        self,
        device_id: str,
        new: State,
        *,
        at: datetime | None = None,
        reason: Reason = Reason.NO_ANSWER,
        cause: str | None = None,
    ) -> int:
        """Store a change of state as the collector does; return the transition's id."""
        began = at or self.clock.now()
        old = self.states.get(device_id, DeviceState(device_id))
        status = Status.DOWN if new is State.UNREACHABLE else Status(new.value)
        state = DeviceState(
            device_id, status, new, began, began, reason, "3 dari 3 hilang", cause, False, began
        )
        self.states[device_id] = state
        row = Transition(device_id, old.state, new, began, began, reason, "3 dari 3 hilang", cause)
        stored = self.store.commit([state], [], [row])
        return stored[0].id or 0

    def app(self, **settings: Any) -> FastAPI:
        return create_app(
            store=self.store, sink=self.sink, clock=self.clock, settings=ApiSettings(**settings)
        )

    def token(self, role: str = "viewer", expires_at: datetime | None = None) -> dict[str, str]:
        """Return the header of a new token."""
        secret = self.store.tokens.create(role, role, expires_at, self.clock.now())
        return {"Authorization": f"Bearer {secret}"}


def make_city(folder: Path, extra: int = 0) -> City:
    """Return a city whose devices are up, with a collector that beats now."""
    file, states = _made_once(extra)
    (folder / "pantau.db").write_bytes(file)
    return City(Store.open(folder / "pantau.db"), ManualClock(), StillSink(), dict(states))


@cache
def _made_once(extra: int) -> tuple[bytes, dict[str, DeviceState]]:
    """Return the file of such a city: copying one is cheaper than making one for every test."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "pantau.db"
        with City(Store.open(path), ManualClock(), StillSink(), {}) as city:
            listed = inventory(extra)
            city.store.apply_inventory(listed, NOON - timedelta(days=2))
            city.store.apply_checks([check_of(i) for i in listed.devices], NOON - timedelta(days=2))
            for device_id in ("sw-0001", "cam-0001", "cam-0002", "sensor-0001"):
                city.change(device_id, State.UP, at=NOON - timedelta(days=1), reason=Reason.OK)
            city.beat()
        return path.read_bytes(), city.states


def socket_client(server: "Served", **settings: Any) -> httpx.AsyncClient:
    """Return a client that connects to a server. Reading certificates would cost it 50 ms."""
    return httpx.AsyncClient(base_url=server.url, verify=False, trust_env=False, **settings)  # noqa: S501 - plain HTTP on loopback


def client_of(app: FastAPI, headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
    """Return a client that calls the application in this process, without a socket."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url="http://pantau.test",
        headers=headers,
    )


@dataclass
class Served:
    """A server on a free port."""

    server: ApiServer
    url: str
    task: asyncio.Task[None]


@asynccontextmanager
async def served(app: FastAPI, sock: socket.socket | None = None) -> AsyncIterator[Served]:
    """Serve on loopback with real uvicorn until the block ends; then see that it ended well."""
    sock = sock or open_socket("127.0.0.1", 0)
    server = ApiServer(app)
    task = asyncio.create_task(server.serve(sockets=[sock]))
    await until(lambda: server.started)
    await until(lambda: app.state.parts.live.following)
    try:
        yield Served(server, f"http://127.0.0.1:{sock.getsockname()[1]}", task)
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, 10)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something another task does and tells nobody about."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


@dataclass
class Event:
    name: str
    id: int | None
    data: Any


async def events(response: httpx.Response) -> AsyncIterator[Event]:
    """Read Server-Sent Events as a browser does."""
    name, event_id, data = "", None, ""
    async for line in response.aiter_lines():
        if not line:
            if data:
                yield Event(name, event_id, json.loads(data))
            name, event_id, data = "", None, ""
        elif line.startswith("event: "):
            name = line[7:]
        elif line.startswith("id: "):
            event_id = int(line[4:])
        elif line.startswith("data: "):
            data = line[6:]
