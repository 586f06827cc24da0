"""A city in a real store with a night's troubles, served by the real API, for the desk's tests."""

import asyncio
import math
import re
import tempfile
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from collector.model import (
    Area,
    Check,
    Device,
    DeviceState,
    MaintenanceWindow,
    Metric,
    Owner,
    Reason,
    Scope,
    Site,
    State,
    Status,
    Threshold,
    Transition,
)
from collector.sinks import Point, Series
from collector.store import Store
from tests.api_city import City, Inventory, ManualClock, StillSink, check_of, served
from tests.browser.city import DISTRICTS, MIDDLES, NIGHT
from tests.conftest import REPOSITORY

CITY = "73.71"
KINDS = {"kam": ("camera", "Kamera"), "ap": ("access_point", "AP"), "nvr": ("recorder", "NVR")}
BEHIND = 38


class DaySink(StillSink):
    """A sink with a day of a ping's times, every five minutes, with an hour that is missing."""

    def query(
        self,
        device_id: str,
        metric: str,
        start: datetime,
        end: datetime,
        step_seconds: int | None = None,
    ) -> list[Series]:
        del device_id, step_seconds
        points = []
        for number in range(int((end - start) / timedelta(minutes=5))):
            at = start + number * timedelta(minutes=5)
            value = 0.004 + 0.002 * math.sin(number / 7) + (0.03 if number == 200 else 0)
            if not 100 <= number < 112:
                points.append(Point(at, value, value * 0.8, value * 1.5, 5))
        return [Series(metric, "s", (), tuple(points))]


def plain_pages() -> list[str]:
    """Return the words of address in the desk's own list of pages."""
    source = (REPOSITORY / "dashboards" / "web" / "src" / "desk" / "route.ts").read_text()
    (listed,) = re.findall(r"export const SEGMENTS = \{(.*?)\}", source, re.DOTALL)
    return re.findall(r'^\s*\w+: "([^"]+)",', listed, re.MULTILINE)


def area_of(district: str) -> str:
    """The code of a district."""
    return f"{CITY}.{DISTRICTS.index(district) + 1:02d}"


def site_of(district: str) -> str:
    """The id of a district's site."""
    return f"titik-{DISTRICTS.index(district) + 1:02d}"


def device_of(district: str, what: str, number: int = 1) -> str:
    """The id of a device: `sw`, `kam`, `ap` or `nvr`."""
    return f"{what}-{DISTRICTS.index(district) + 1:02d}-{number:02d}"


def _inventory(extra: int, scattered: int) -> Inventory:
    devices = []
    for district in DISTRICTS:
        switch = device_of(district, "sw")
        site, owner = site_of(district), f"kec-{district.lower().replace(' ', '-')}"
        devices.append(Device(switch, f"Switch {district} 01", "switch", site, "generic-snmp"))
        counts = {"kam": BEHIND - 2 if district == "Panakkukang" else 6, "ap": 4, "nvr": 1}
        if district == "Panakkukang":
            counts |= {"ap": 2, "nvr": 0}
        for what, count in counts.items():
            kind, name = KINDS[what]
            devices += [
                Device(
                    device_of(district, what, number),
                    f"{name} {district} {number:02d}",
                    kind,
                    site,
                    "generic-ping",
                    f"10.71.{DISTRICTS.index(district) + 1}.{number}",
                    parents=(switch,),
                    owner="penyedia-b" if kind == "access_point" else owner,
                )
                for number in range(1, count + 1)
            ]
    devices += [
        Device(f"cctv-{i:05d}", f"CCTV {i:05d}", "camera", site_of("Wajo"), "generic-ping")
        for i in range(extra)
    ]
    poles = {f"tiang-{i:03d}": area_of(DISTRICTS[i % len(DISTRICTS)]) for i in range(scattered)}
    devices += [
        Device(name, f"Kamera {name.replace('-', ' ')}", "camera", name, "generic-ping")
        for name in poles
    ]
    owners = {
        f"kec-{name.lower().replace(' ', '-')}": Owner(
            f"kec-{name.lower().replace(' ', '-')}", f"Kec. {name}"
        )
        for name in DISTRICTS
    } | {"penyedia-b": Owner("penyedia-b", "Penyedia tautan B")}
    return Inventory(
        areas={CITY: Area(CITY, "Kota Makassar", "Asia/Makassar")}
        | {area_of(name): Area(area_of(name), name, None, CITY) for name in DISTRICTS},
        owners=owners,
        sites={
            site_of(name): Site(site_of(name), f"Titik {name}", area_of(name), -south, east)
            for name, (south, east) in zip(DISTRICTS, MIDDLES, strict=True)
        }
        | {name: Site(name, name.capitalize(), area) for name, area in poles.items()},
        devices={device.id: device for device in devices},
    )


def make_desk_city(
    folder: Path, *, troubled: bool = False, extra: int = 0, scattered: int = 0
) -> City:
    """Return a city at night, with a collector that beats now; `extra` more cameras.

    `scattered`: so many cameras on poles, each a site of its own.

    Filled once: copying the file is cheaper than making one for every test.
    """
    file, states = _made_once(troubled=troubled, extra=extra, scattered=scattered)
    (folder / "pantau.db").write_bytes(file)
    store = Store.open(folder / "pantau.db")
    return City(store, ManualClock(NIGHT), DaySink(), dict(states))


@cache
def _made_once(
    *, troubled: bool, extra: int, scattered: int
) -> tuple[bytes, dict[str, DeviceState]]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "pantau.db"
        with City(Store.open(path), ManualClock(NIGHT), StillSink(), {}) as city:
            _fill(city, extra, scattered)
            if troubled:
                _trouble(city)
        return path.read_bytes(), city.states


def _fill(city: City, extra: int, scattered: int) -> None:
    """All is well, for three days."""
    at = city.clock.now()
    listed = _inventory(extra, scattered)
    city.store.apply_inventory(listed, at - timedelta(days=20))
    city.store.apply_checks([_watched(i) for i in listed.devices], at - timedelta(days=20))
    city.store.maintenance.create(
        MaintenanceWindow(
            title="Ganti kabel",
            reason="Kabel rusak",
            author="Piket 1",
            created_at=at - timedelta(hours=11),
            scope=Scope(devices=(device_of("Tallo", "kam"),)),
            starts_at=at - timedelta(hours=10),
            ends_at=at - timedelta(hours=7),
            zone="Asia/Makassar",
        )
    )
    up_at = at - timedelta(days=3)
    city.states.update(
        (
            i,
            DeviceState(i, Status.UP, State.UP, up_at, up_at, Reason.OK, "", None, False, up_at),
        )
        for i in listed.devices
        if not i.startswith("cctv-")  # nobody has looked at those: quicker to make
    )
    city.store.commit(
        list(city.states.values()),
        [],
        [
            Transition(i, State.UNKNOWN, State.UP, up_at, up_at, Reason.OK, "", None)
            for i in city.states
        ],
    )
    city.beat()


def _watched(device_id: str) -> Check:
    """Its check, with limits of how long an echo may take."""
    limit = Threshold(warning_above=0.02, critical_above=0.05)
    metric = Metric("ping_rtt_seconds", "ping_rtt_seconds", "s", threshold=limit)
    check = check_of(device_id)
    return replace(check, group=replace(check.group, metrics=(metric,)))


def _trouble(city: City) -> None:
    """What the night brought: six incidents, and what is wrong without being one."""
    now = city.clock.now()

    def ago(**span: float) -> datetime:
        return now - timedelta(**span)

    for number, hours in ((1, 5.77), (2, 5.6), (3, 5.4)):
        at = ago(hours=hours)
        city.change(device_of("Ujung Tanah", "kam", number), State.DOWN, at=at)
    city.change(device_of("Manggala", "kam", 4), State.DOWN, at=ago(minutes=115))
    city.change(device_of("Rappocini", "kam", 2), State.DOWN, at=ago(minutes=36))
    dead = device_of("Panakkukang", "sw")
    began = ago(minutes=72)
    city.change(dead, State.DOWN, at=began)
    for device in city.store.devices(site=site_of("Panakkukang"), limit=500).items:
        if device.id != dead:
            city.change(device.id, State.UNREACHABLE, at=began, cause=dead)
    for number in range(1, 5):
        city.change(
            device_of("Biringkanaya", "ap", number),
            State.DEGRADED,
            at=ago(minutes=24),
            reason=Reason.THRESHOLD,
        )
    for number in range(1, 7):
        city.change(
            device_of("Kepulauan Sangkarrang", "kam", number),
            State.UNKNOWN,
            at=ago(minutes=96),
            reason=Reason.SILENT,
        )


class DeskServer:
    """The API and the pages on loopback, in a thread with a loop of its own."""

    def __init__(self, city: City, dist: Path, **settings: Any) -> None:
        self.city = city
        self.url = ""
        self.app = city.app(web_directory=dist, heartbeat_seconds=0.5, **settings)
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    def start(self) -> None:
        """Listen; the address is in `url`."""
        self._thread.start()
        assert self._started.wait(20), "the server did not start"

    def stop(self) -> None:
        """Hang up; again is fine."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join()
            self._loop.close()

    def link(self, path: str = "/meja/", name: str = "Piket 1", role: str = "operator") -> str:
        """The address of a page, with a new token in its fragment."""
        secret = self.city.store.tokens.create(name, role, None, self.city.clock.now())
        address, _, fragment = path.partition("#")
        assert not fragment
        return f"{self.url}{address}#token={secret}"

    async def _serve(self) -> None:
        async with served(self.app) as server:
            self.url = server.url
            self._started.set()
            await self._ended.wait()
