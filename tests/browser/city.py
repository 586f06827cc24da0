"""A city for the wall's tests, as the stream describes it. Everything in it is invented."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

DISTRICTS = (
    "Mariso", "Mamajang", "Makassar", "Ujung Pandang", "Wajo", "Bontoala", "Tallo", "Ujung Tanah",
    "Panakkukang", "Tamalate", "Biringkanaya", "Manggala", "Rappocini", "Tamalanrea",
    "Kepulauan Sangkarrang",
)  # fmt: skip
# Roughly where they lie: degrees south and east.
MIDDLES = (
    (5.160, 119.406), (5.157, 119.417), (5.141, 119.424), (5.139, 119.411), (5.128, 119.416),
    (5.131, 119.423), (5.117, 119.434), (5.112, 119.422), (5.146, 119.446), (5.183, 119.411),
    (5.086, 119.513), (5.163, 119.487), (5.173, 119.437), (5.117, 119.488), (5.052, 119.333),
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
        self.late_seconds = 0.0  # by how much the checks of the living ones run late
        self.heartbeat_at = at
        self.devices: dict[str, Json] = {}
        self.incidents: list[Json] = []  # what the API has open
        self.screen: Json | None = None  # the settings of the panel's link
        self.recovery: Json | None = None
        self.hours: Json = {"out": [0] * 24, "unknown": [0] * 24}
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

    def tell(self, root: Json, ago: timedelta, **more: object) -> Json:
        """The API has an incident about a device, open since then; `more` is what else it says."""
        since = iso(self.at - ago)
        behind = [one for one in self.devices.values() if one["cause"] == root["id"]]
        one: Json = {
            "id": len(self.incidents) + 1,
            "group": "device", "group_key": root["id"],
            "device": root["id"], "device_name": root["name"],
            "site": root["site"], "site_name": root["site_name"],
            "area": root["area"], "area_name": DISTRICTS[int(root["area"][-2:]) - 1],
            "cause": "unknown", "cause_rule": "no_evidence", "cause_suspected": False,
            "responsible": None,
            "started_at": since, "opened_at": since, "recovered_at": None,
            "acknowledged_at": None, "acknowledged_by": None,
            "resolved_at": None, "resolved_by": None, "resolution": None, "merged_into": None,
            "down": 1, "unreachable": len(behind), "devices": 1 + len(behind),
            "sites": 1, "areas": 1, "outages": 1 + len(behind),
            "duration_seconds": ago.total_seconds(),
        }  # fmt: skip
        one |= more
        self.incidents.append(one)
        return one

    def answers(self) -> dict[str, Json]:
        """What the API answers beside the stream, by path."""
        told: dict[str, Json] = {f"/api/v1/incidents/{one['id']}": one for one in self.incidents}
        return told | {
            "/api/v1/incidents": {"items": self.incidents, "next": None},
            "/api/v1/wall/figures": self._figures(),
            "/api/v1/session": {"name": "screen-7", "role": "viewer", "screen": self.screen},
            "/api/v1/sites": {"items": list(self._sites()), "next": None},
        }  # fmt: skip

    def _figures(self) -> Json:
        """What the API tells all walls once a minute."""
        uptime = list(self._uptime())
        known = [one for one in self.devices.values() if one["state"] != "unknown"]
        points = [one for one in self.devices.values() if one["kind"] == "access_point"]
        told = [one for one in points if one in known]
        bare: Json = {"device": None, "device_name": None, "part": None, "seconds": None}
        fresh = iso(self.at - timedelta(seconds=40))
        ups: Json = {"device": "ups-1", "device_name": "UPS Wajo 11", "seconds": 725.0}
        disk: Json = {"device": "server-1", "device_name": "Server Tallo 12", "part": "/srv"}
        figures: list[tuple[str, float | None, int, int, str | None, Json]] = [
            ("wifi_users", 812.0, len(told), len(points), fresh, {}),
            ("without_users", 2.0, len(told), len(points), fresh, {}),
            *(
                (name, None, 0, 60, None, {})
                for name in ("image_troubles", "not_recording", "wrong_clock", "channels_off")
            ),
            ("on_battery", 1.0, 12, 12, fresh, ups),
            ("fullest_disk", 93.4, 12, 13, iso(self.at - timedelta(minutes=4)), disk),
            ("hottest", 61.8, 25, 25, fresh, {"device": "s", "device_name": "NAS Losari"}),
        ]
        return {
            "at": iso(self.at),
            "figures": [
                bare
                | {"name": name, "value": value, "devices": some, "all": every, "oldest_at": oldest}
                | more
                for name, value, some, every, oldest, more in figures
            ],
            "readings": True,
            "hours": self.hours,
            "recovery": self.recovery,
            "day": {"from": iso(self.at), "incidents": 11, "mttr_seconds": 2_460.0},
            "recent": {"from": iso(self.at), "incidents": 3, "mttr_seconds": 2_460.0},
            "uptime": {"today": uptime, "month": uptime},
            "owners": [{"id": "pln", "name": "PLN ULP Panakkukang"}],
        }

    def _sites(self) -> Iterator[Json]:
        for number, site in enumerate(sorted({one["site"] for one in self.devices.values()})):
            south, east = MIDDLES[int(site.split("-")[1])]
            step = number * 2.399963  # radians: a sunflower's seeds, so that none lie together
            reach = 0.0035 + 0.0025 * (number % 4)
            yield {
                "id": site, "name": site, "area": "",
                "latitude": -south + reach * math.cos(step),
                "longitude": east + reach * math.sin(step),
            }  # fmt: skip

    def _uptime(self) -> Iterator[Json]:
        for number, kind in enumerate(sorted({one["kind"] for one in self.devices.values()})):
            lost = 0 if kind in ("ups", "server") else 640 + 100 * number
            yield {
                "key": kind,
                "up_seconds": 99_000.0 - lost, "degraded_seconds": 1_000.0,
                "down_seconds": float(lost), "unreachable_seconds": 0.0,
                "unknown_seconds": 150.0 if kind == "camera" else 0.0,
            }  # fmt: skip

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
                "late_seconds": self.late_seconds if alive else 0.0,
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
