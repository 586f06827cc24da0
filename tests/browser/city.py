"""A city for the wall's tests, as the stream describes it. Everything in it is invented."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

DISTRICTS = (
    "Mariso", "Mamajang", "Makassar", "Ujung Pandang", "Wajo", "Bontoala", "Tallo", "Ujung Tanah",
    "Panakkukang", "Tamalate", "Biringkanaya", "Manggala", "Rappocini", "Tamalanrea",
    "Kepulauan Sangkarrang",
)  # fmt: skip
# A district's devices per site: one switch, behind it the rest.
SITE = ("switch", "camera", "camera", "camera", "camera", "access_point")
EXTRA = ("recorder", "server", "router", "ups", "sensor")
NAMES = {
    "camera": "Kamera", "recorder": "NVR", "access_point": "AP", "switch": "Switch",
    "router": "Router", "server": "Server", "ups": "UPS", "sensor": "Sensor daya",
}  # fmt: skip
MORNING = datetime(2026, 11, 22, 1, 26, 41, tzinfo=UTC)  # 09.26.41 WITA
NIGHT = datetime(2026, 11, 21, 19, 26, 41, tzinfo=UTC)  # 03.26.41 WITA


def iso(at: datetime) -> str:
    """ISO 8601 in UTC, as the API writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class City:
    """Areas and devices that a test may break; `at` is the server's clock."""

    def __init__(self, at: datetime = MORNING, devices: int = 200, language: str = "id") -> None:
        self.at = at
        self.language = language
        self.cursor = 100
        self.collectors = [("main", True)]
        self.heartbeat_at = at
        self.devices: dict[str, Json] = {}
        for device in _devices(devices, at - timedelta(days=3)):
            self.devices[device["id"]] = device

    def in_area(self, name: str, kind: str | None = None) -> list[Json]:
        """Devices of a district, optionally of one kind."""
        code = f"73.71.{DISTRICTS.index(name) + 1:02d}"
        return [
            device
            for device in self.devices.values()
            if device["area"] == code and kind in (None, device["kind"])
        ]

    def set(self, device: Json, state: str, ago: timedelta, **more: object) -> None:
        """Change a device for the next snapshot."""
        since = iso(self.at - ago)
        device.update(state=state, since=since, confirmed_at=since, **more)

    def kill_switch(self, name: str, ago: timedelta) -> tuple[Json, list[Json]]:
        """The first switch of a district dies, and with it all that stands on its site."""
        switch = self.in_area(name, "switch")[0]
        self.set(switch, "down", ago, reason="no_answer")
        behind = [
            device
            for device in self.devices.values()
            if device["site"] == switch["site"] and device is not switch
        ]
        for device in behind:
            self.set(device, "unreachable", ago, reason="parent_down", cause=switch["id"])
        return switch, behind

    def snapshot(self) -> Json:
        """The stream's first event."""
        states = [device["state"] for device in self.devices.values()]
        names = ("up", "degraded", "down", "unreachable", "unknown", "maintenance")
        areas = [{"code": "73.71", "name": "Kota Makassar"}]
        areas += [
            {"code": f"73.71.{number:02d}", "name": name}
            for number, name in enumerate(DISTRICTS, start=1)
        ]
        return {
            "cursor": self.cursor,
            "at": iso(self.at),
            "zone": "Asia/Makassar",
            "language": self.language,
            "heartbeat_timeout_seconds": 15,
            "collectors": self._collectors(),
            "counts": {"total": len(states)} | {name: states.count(name) for name in names},
            "areas": areas,
            "devices": list(self.devices.values()),
        }

    def heartbeat(self) -> Json:
        """A sign of life; collectors that are not alive keep their last heartbeat."""
        return {"at": iso(self.at), "collectors": self._collectors()}

    def transition(self, device: Json, new: str, **more: object) -> Json:
        """The next row of the transition log; the city holds the new state as well."""
        self.cursor += 1
        event = {
            "id": self.cursor,
            "device": device["id"],
            "old": device["state"],
            "new": new,
            "at": iso(self.at),
            "confirmed_at": iso(self.at),
            "reason": "no_answer",
            "detail": "",
            "cause": None,
        } | more
        self.set(device, new, timedelta(), reason=event["reason"], cause=event["cause"])
        return event

    def _collectors(self) -> list[Json]:
        return [
            {
                "id": name,
                "heartbeat_at": iso(self.at if alive else self.heartbeat_at),
                "alive": alive,
            }
            for name, alive in self.collectors
        ]


def _devices(count: int, since: datetime) -> Iterator[Json]:
    """`count` devices, spread evenly over the districts: whole sites, then single machines."""
    for number in range(count):
        district, nth = number % len(DISTRICTS), number // len(DISTRICTS)
        site, place = divmod(nth, len(SITE))
        kind = SITE[place] if site < 1 or count > 1000 else EXTRA[(nth + district) % len(EXTRA)]
        if site == 0 or count > 1000:
            site_id, site_name = f"titik-{district:02d}-{site:03d}", f"Titik {site + 1:02d}"
        else:
            site_id, site_name = f"pusat-{district:02d}", "Kantor kecamatan"
        yield {
            "id": f"{kind}-{number:05d}",
            "name": f"{NAMES[kind]} {DISTRICTS[district]} {nth + 1:02d}",
            "kind": kind,
            "site": site_id,
            "site_name": site_name,
            "area": f"73.71.{district + 1:02d}",
            "owner": "Diskominfo" if kind != "access_point" else "Penyedia tautan B",
            "state": "up",
            "since": iso(since),
            "confirmed_at": iso(since),
            "reason": "ok",
            "detail": "",
            "cause": None,
            "flapping": False,
            "last_result_at": iso(since),
        }
