"""A city with a past, written into a store as a collector would have left it. For reports."""

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.model import (
    Area,
    CauseClass,
    Device,
    Heartbeat,
    MaintenanceWindow,
    Owner,
    Reading,
    Scope,
    Site,
)
from collector.moments import to_micros
from collector.sinks import DeviceReadings
from collector.sinks.sqlite import SqliteSink
from collector.store import OutageFilter, Store

ZONE = "Asia/Makassar"
BEGAN = datetime(2026, 4, 20, 3, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
GONE = datetime(2026, 10, 12, 17, 0, tzinfo=UTC), datetime(2026, 10, 13, 4, 30, tzinfo=UTC)
"""When the collector was gone, in the month that tests ask for."""

HOUR = 3_600_000_000
KECAMATAN = (
    "Mariso", "Mamajang", "Tamalate", "Rappocini", "Makassar", "Ujung Pandang", "Wajo", "Bontoala",
    "Ujung Tanah", "Tallo", "Panakkukang", "Manggala", "Biringkanaya", "Tamalanrea", "Sangkarrang",
)  # fmt: skip
KINDS = (
    ("camera", 70), ("access_point", 15), ("switch", 6), ("recorder", 3), ("ups", 3),
    ("server", 2), ("nas", 1),
)  # fmt: skip
CALLED = {
    "camera": "Kamera", "access_point": "AP", "switch": "Switch", "recorder": "NVR", "ups": "UPS",
    "server": "Server", "nas": "NAS",
}  # fmt: skip
STREETS = ("Anjungan Losari", "Simpang Pettarani", "Lorong 4", "Balai Kota", "Pasar", "Terminal")


@dataclass
class Listed:
    """The inventory of a city of so many devices."""

    count: int
    areas: dict[str, Area] = field(default_factory=dict)
    owners: dict[str, Owner] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.areas["73.71"] = Area("73.71", "Kota Makassar", ZONE)
        for number, name in enumerate(KECAMATAN, 1):
            code = f"73.71.{number:02}"
            self.areas[code] = Area(code, name, None, "73.71")
        for key, name in (
            ("diskominfo", "Dinas Komunikasi dan Informatika"),
            ("dishub", "Dinas Perhubungan"),
            ("penyedia", "Penyedia Jaringan"),
            ("pln", "PLN UP3 Makassar"),
        ):
            self.owners[key] = Owner(key, name)
        places = max(4, self.count // 20)
        for number in range(places):
            area = f"73.71.{number % len(KECAMATAN) + 1:02}"
            name = f"{STREETS[number % len(STREETS)]} {number + 1:03}"
            self.sites[f"s{number:03}"] = Site(f"s{number:03}", name, area)
        kinds = [kind for kind, share in KINDS for _ in range(share)]
        for number in range(self.count):
            kind = kinds[number * 37 % len(kinds)]
            device_id = f"{kind[:3]}-{number:05}"
            self.devices[device_id] = Device(
                device_id,
                f"{CALLED[kind]} {number + 1}",
                kind,
                f"s{number % places:03}",
                "generic-ping",
                owner="dishub" if number % 5 == 0 else "diskominfo",
                link_owner="penyedia",
                power_owner="pln",
            )
        self._behind_switches()

    def _behind_switches(self) -> None:
        switches = {one.site: one.id for one in self.devices.values() if one.kind == "switch"}
        for one in list(self.devices.values()):
            parent = switches.get(one.site)
            if parent is not None and one.kind in ("camera", "access_point"):
                self.devices[one.id] = replace(one, parents=(parent,))


def fill(store: Store, path: Path, devices: int, outages: int, seed: int = 1) -> Listed:
    """Write the inventory, a log and outages (so many a device and year), work and corrections."""
    listed = Listed(devices)
    store.apply_inventory(listed, BEGAN)
    words, gone = _past(listed, outages, random.Random(seed))  # noqa: S311 - the same every time
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO transitions (device_id, old, new, at, confirmed_at, reason, detail)"
            " VALUES (?1, ?2, ?3, ?4, ?4, 'no_answer', '')",
            words,
        )
        connection.executemany(
            "INSERT INTO outages (device_id, state, started_at, confirmed_at, ended_at,"
            " end_confirmed_at, proposed_cause, cause, reason, detail, proposed_by)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'no_answer', '', 'no_evidence')",
            gone,
        )
    connection.close()
    store.beat(Heartbeat("main", "run-1", BEGAN, NOW), [], [])
    _said(store, listed)
    return listed


def _past(
    listed: Listed, outages: int, rng: random.Random
) -> tuple[list[tuple[str, str, str, int]], list[tuple[object, ...]]]:
    words: list[tuple[str, str, str, int]] = []
    gone: list[tuple[object, ...]] = []
    first, last = to_micros(BEGAN), to_micros(NOW - timedelta(hours=8))
    left, back = (to_micros(at) for at in GONE)
    often = max(1, outages * (last - first) // (365 * 24 * HOUR))
    for device_id in listed.devices:
        words.append((device_id, "unknown", "up", first))
        until = 0
        for start in sorted(rng.randrange(first + HOUR, last) for _ in range(often)):
            end = start + rng.randrange(HOUR // 60, 5 * HOUR)
            if start <= until or (start < back and end > left):
                continue
            until = end
            state = "unreachable" if rng.random() < 0.1 else "down"
            words += [(device_id, "up", state, start), (device_id, state, "up", until)]
            cause = rng.choices(("power", "link", "device", "unknown"), (5, 4, 2, 1))[0]
            gone.append((device_id, state, start, start, until, until, cause, cause))
        words += [(device_id, "up", "unknown", left), (device_id, "unknown", "up", back)]
    words.sort(key=lambda word: word[3])
    return words, gone


def _said(store: Store, listed: Listed) -> None:
    """Let people plan work and correct causes in October."""
    at = datetime(2026, 10, 7, 14, 0, tzinfo=UTC)
    sites = tuple(listed.sites)[:3]
    for title, scope, hours, late in (
        ("Ganti panel listrik", Scope(sites=sites), 6, False),
        ("Perbaikan serat optik #2 *darurat*", Scope(areas=("73.71.03",)), 4, True),
    ):
        store.maintenance.create(
            MaintenanceWindow(
                title,
                "Pekerjaan penyedia, surat tugas 12/X/2026",
                "andi (operator)",
                at + timedelta(hours=20 if late else -48),
                scope,
                at,
                at + timedelta(hours=hours),
                ZONE,
            )
        )
    found = store.outages.page(
        OutageFilter(start=at, end=at + timedelta(days=4)), limit=3, after=None
    )
    for row in found.items:
        store.outages.correct(
            row.outage.id or 0,
            CauseClass.LINK,
            "Kabel serat putus tertimpa pohon, foto di berkas penyedia",
            "sari (operator)",
            NOW - timedelta(days=1),
        )


def fill_readings(path: Path, listed: Listed, *, points: int = 12, disks: int = 6) -> None:
    """Write an hour's mean of WiFi users, and a disk a day, of the first devices of each kind."""
    sink = SqliteSink.open(path)
    some: list[DeviceReadings] = []
    for batch in _readings(listed, points, disks):
        some += batch
        if len(some) > 2_000:
            sink.write(some)
            some.clear()
    sink.write(some)
    sink.close()


def _readings(listed: Listed, points: int, disks: int) -> Iterator[list[DeviceReadings]]:
    rng = random.Random(2)  # noqa: S311 - the same every time
    aps = [one.id for one in listed.devices.values() if one.kind == "access_point"][:points]
    stores = [one.id for one in listed.devices.values() if one.kind in ("nas", "recorder")][:disks]
    hour = datetime(2026, 10, 1, tzinfo=UTC) - timedelta(hours=8)
    while hour < NOW:
        local = (hour.hour + 8) % 24
        yield [
            DeviceReadings(
                one,
                hour + timedelta(minutes=20),
                (
                    Reading(
                        "wifi_clients",
                        float(max(0, 14 - abs(19 - local)) * 2 + rng.randrange(4)),
                        "1",
                    ),
                ),
            )
            for one in aps
        ]
        hour += timedelta(hours=1)
    for number, one in enumerate(stores):
        day = NOW - timedelta(days=85)
        yield [
            DeviceReadings(
                one,
                day + timedelta(days=at),
                (
                    Reading(
                        "storage_used_percent",
                        min(100.0, 52 + 6 * number + (0.05 + 0.07 * number) * at + rng.random()),
                        "%",
                        (("storage", "/volume1"),),
                    ),
                ),
            )
            for at in range(85)
        ]
