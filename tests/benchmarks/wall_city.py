"""A city of ten thousand devices in a real store, for what the wall costs."""

import multiprocessing
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from api.app import create_app
from api.listening import open_socket
from api.server import run_api
from api.settings import ApiSettings
from collector.clock import SystemClock
from collector.model import (
    Area,
    Device,
    DeviceState,
    Heartbeat,
    Owner,
    Reason,
    Site,
    State,
    Status,
    Transition,
)
from collector.sinks.sqlite import SqliteSink
from collector.store import Store
from tests.api_city import check_of
from tests.browser.city import DISTRICTS, MIDDLES, SITE
from tests.conftest import REPOSITORY

PAGES = REPOSITORY / "dashboards" / "web" / "dist"
TOKEN_NAME = "bench"  # noqa: S105 - a name


@dataclass
class Inventory:
    """Fifteen districts, sites of six devices: a switch, and what is behind it."""

    areas: dict[str, Area]
    owners: dict[str, Owner]
    sites: dict[str, Site]
    devices: dict[str, Device]


def inventory(count: int) -> Inventory:
    """Return an inventory of so many devices."""
    areas = {"73.71": Area("73.71", "Kota Makassar", "Asia/Makassar")}
    for number, name in enumerate(DISTRICTS, 1):
        areas[f"73.71.{number:02}"] = Area(f"73.71.{number:02}", name, None, "73.71")
    sites: dict[str, Site] = {}
    devices: dict[str, Device] = {}
    for number in range(count):
        place, nth = divmod(number, len(SITE))
        district = place % len(DISTRICTS)
        site, kind = f"titik-{place:05}", SITE[nth]
        if nth == 0:
            south, east = MIDDLES[district]
            spot = -south + (place % 37) / 3_000, east + (place % 41) / 3_000
            sites[site] = Site(site, f"Titik {place}", f"73.71.{district + 1:02}", *spot)
        switch = f"switch-{place * len(SITE):05}"
        devices[f"{kind}-{number:05}"] = Device(
            f"{kind}-{number:05}",
            f"{kind} {number}",
            kind,
            site,
            "generic-ping",
            f"127.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            parents=() if nth == 0 else (switch,),
            owner="diskominfo",
        )
    return Inventory(areas, {"diskominfo": Owner("diskominfo", "Diskominfo")}, sites, devices)


def fill(folder: Path, count: int) -> str:
    """Make the store in a folder, everything up for a month; return a viewer's token."""
    now = SystemClock().now()
    begun = now - timedelta(days=40)
    listed = inventory(count)
    with Store.open(folder / "pantau.db") as store:
        store.apply_inventory(listed, begun)
        store.apply_checks([check_of(one) for one in listed.devices], begun)
        commit(store, list(listed.devices), State.UNKNOWN, State.UP, begun)
        beat(store)
        return store.tokens.create(TOKEN_NAME, "viewer", None, now)


def commit(store: Store, ids: list[str], old: State, new: State, at: datetime) -> None:
    """Let devices change their state, as the collector stores it."""
    reason = Reason.OK if new is State.UP else Reason.NO_ANSWER
    states = [
        DeviceState(one, Status(new.value), new, at, at, reason, "", None, False, at) for one in ids
    ]
    store.commit(states, [], [Transition(one, old, new, at, at, reason, "") for one in ids])


def beat(store: Store, heard: Sequence[str] = ()) -> None:
    """Give a sign of life, with new results of devices that are up."""
    now = SystemClock().now()
    states = [
        DeviceState(one, Status.UP, State.UP, now, now, Reason.OK, "", None, False, now)
        for one in heard
    ]
    store.beat(Heartbeat("main", "run", now, now), [], states)


def one_of_each_district() -> list[str]:
    """Return a switch in every district."""
    return [f"switch-{len(SITE) * number:05}" for number in range(len(DISTRICTS))]


def serve(folder: Path, sock: socket.socket) -> None:
    """Be the API process."""
    clock = SystemClock()
    sink = SqliteSink.open(folder / "readings.db", read_only=True)
    with Store.open(folder / "pantau.db") as store:
        settings = ApiSettings(web_directory=PAGES)
        run_api(create_app(store=store, sink=sink, clock=clock, settings=settings), sock=sock)


@contextmanager
def api_process(folder: Path) -> Iterator[tuple[int, int]]:
    """Run the API as a process of its own; yields its process id and its port."""
    SqliteSink.open(folder / "readings.db").close()
    sock = open_socket("127.0.0.1", 0)
    port = int(sock.getsockname()[1])
    server = multiprocessing.Process(target=serve, args=(folder, sock))
    server.start()
    sock.close()
    try:
        yield server.pid or 0, port
    finally:
        server.terminate()
        server.join()


def say(text: str) -> None:
    """Print a figure at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
