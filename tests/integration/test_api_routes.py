"""The routes over a real store: what is asked for is what comes back, in the promised shapes."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import structs
from pydantic import BaseModel

from api import schemas
from api.app import create_app
from api.schemas import uptime as uptime_schemas
from api.settings import ApiSettings
from collector.model import Reading, Reason, State
from collector.sinks import DeviceReadings
from collector.sinks.sqlite import SqliteSink
from tests.api_city import NOON, City, client_of, make_city


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture
async def client(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(city.app(), city.token()) as client:
        yield client


async def get(client: httpx.AsyncClient, path: str, **query: object) -> Any:
    answer = await client.get(f"/api/v1{path}", params={k: str(v) for k, v in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ids(client: httpx.AsyncClient, **query: object) -> list[str]:
    return [one["id"] for one in (await get(client, "/devices", **query))["items"]]


SHAPES: dict[str, type[BaseModel]] = {
    "/status": schemas.Status,
    "/devices": schemas.DevicePage,
    "/devices/cam-0001": schemas.Device,
    "/devices/cam-0001/checks": schemas.CheckPage,
    "/devices/cam-0001/transitions": schemas.TransitionPage,
    "/devices/cam-0001/metrics": schemas.MetricPage,
    "/devices/cam-0001/readings?metric=ping_rtt_seconds": schemas.Readings,
    "/uptime": uptime_schemas.Uptime,
    "/sites": schemas.SitePage,
    "/areas": schemas.AreaPage,
    "/owners": schemas.OwnerPage,
    "/wall": schemas.Wall,
    "/session": schemas.Visitor,
}


@pytest.mark.parametrize("path", SHAPES)
async def test_every_answer_has_the_shape_that_is_described(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    shape = SHAPES[path]
    parsed = shape.model_validate(answer.json())  # unknown keys are refused
    described = set(parsed.model_dump(by_alias=True))
    assert set(answer.json()) == described


async def test_the_status_counts_devices_by_state_kind_and_area(
    client: httpx.AsyncClient, city: City
) -> None:
    city.change("sw-0001", State.DOWN)
    city.change("cam-0001", State.UNREACHABLE, cause="sw-0001")
    status = await get(client, "/status")
    assert status["at"] == "2026-11-22T04:00:00Z"
    assert status["collectors"] == [
        {"id": "main", "heartbeat_at": "2026-11-22T04:00:00Z", "alive": True, "late_seconds": 0.0}
    ]
    assert status["devices"] == {
        "total": 4, "up": 2, "degraded": 0, "down": 1, "unreachable": 1, "unknown": 0,
        "maintenance": 0,
    }  # fmt: skip
    assert status["by_kind"]["camera"]["unreachable"] == 1
    mariso = status["by_area"][0]
    assert (mariso["code"], mariso["name"], mariso["total"]) == ("73.71.01", "Mariso", 3)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["cam-0001", "cam-0002", "sensor-0001", "sw-0001"]),
        ({"kind": "camera"}, ["cam-0001", "cam-0002"]),
        ({"site": "tallo-01"}, ["sensor-0001"]),
        ({"area": "73.71"}, ["cam-0001", "cam-0002", "sensor-0001", "sw-0001"]),
        ({"area": "73.71.07"}, ["sensor-0001"]),
        ({"owner": "diskominfo"}, ["cam-0001", "cam-0002"]),
        ({"q": "LOSARI 0"}, ["cam-0001", "cam-0002"]),
        ({"q": "127.9.0.1"}, ["sw-0001"]),
        ({"q": "%"}, []),
        ({"state": "down"}, ["cam-0002"]),
        ({"state": "up", "kind": "camera"}, ["cam-0001"]),
        ({"kind": "ups"}, []),
    ],
)
async def test_filters_narrow_the_list_together(
    client: httpx.AsyncClient, city: City, query: dict[str, str], expected: list[str]
) -> None:
    city.change("cam-0002", State.DOWN)
    assert await ids(client, **query) == expected


async def test_pages_follow_each_other_without_a_gap(client: httpx.AsyncClient) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await get(client, "/devices", limit=3, **cursor)
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == ["cam-0001", "cam-0002", "sensor-0001", "sw-0001"]


async def test_a_device_says_what_is_promised_and_keeps_its_credentials(
    client: httpx.AsyncClient, city: City
) -> None:
    city.change("cam-0001", State.UNREACHABLE, reason=Reason.PARENT_DOWN, cause="sw-0001")
    device = await get(client, "/devices/cam-0001")
    assert device == {
        "id": "cam-0001",
        "name": "Kamera Losari 01",
        "kind": "camera",
        "site": "losari-01",
        "site_name": "Anjungan Losari",
        "area": "73.71.01",
        "owner": "diskominfo",
        "link_owner": None,
        "power_owner": None,
        "profile": "hikvision-camera",
        "address": "127.9.0.2",
        "parents": ["sw-0001"],
        "state": "unreachable",
        "since": "2026-11-22T04:00:00Z",
        "confirmed_at": "2026-11-22T04:00:00Z",
        "reason": "parent_down",
        "detail": "3 dari 3 hilang",
        "cause": "sw-0001",
        "flapping": False,
        "maintenance": False,
        "last_result_at": "2026-11-22T04:00:00Z",
        "latitude": -5.14,
        "longitude": 119.4,
        "tags": ["prioritas"],
        "retired_at": None,
    }


async def test_when_no_collector_is_alive_no_state_is_shown_as_current(
    client: httpx.AsyncClient, city: City
) -> None:
    city.change("cam-0002", State.DOWN, at=NOON - timedelta(minutes=10))
    city.clock.advance(12.4)
    assert (await get(client, "/devices/cam-0002"))["state"] == "down"
    city.clock.advance(0.1)  # 12.5 s after the heartbeat
    device = await get(client, "/devices/cam-0002")
    assert (device["state"], device["reason"]) == ("unknown", "collector_gone")
    assert device["since"] == device["last_result_at"] == "2026-11-22T03:50:00Z"
    assert device["confirmed_at"] == "2026-11-22T04:00:12.500000Z"

    status = await get(client, "/status")
    assert status["devices"]["unknown"] == status["devices"]["total"] == 4
    assert status["collectors"][0]["alive"] is False
    assert await ids(client, state="down") == []
    assert len(await ids(client, state="unknown")) == 4

    city.clock.advance(1)  # a snapshot may be a second old
    wall = await get(client, "/wall")
    assert {one["reason"] for one in wall["devices"]} == {"collector_gone"}
    assert wall["counts"]["unknown"] == 4

    city.beat()
    city.clock.advance(1)
    assert (await get(client, "/devices/cam-0002"))["state"] == "down"
    assert (await get(client, "/wall"))["counts"]["down"] == 1


async def test_the_wall_gets_everything_in_one_answer(
    client: httpx.AsyncClient, city: City
) -> None:
    last = city.change("cam-0002", State.DOWN)
    wall = await get(client, "/wall")
    assert wall["cursor"] == last
    assert (wall["zone"], wall["language"]) == ("Asia/Makassar", "id")
    assert wall["heartbeat_timeout_seconds"] == 12.5
    assert wall["areas"] == [
        {"code": "73.71", "name": "Kota Makassar"},
        {"code": "73.71.01", "name": "Mariso"},
        {"code": "73.71.07", "name": "Tallo"},
    ]
    assert [(one["id"], one["state"]) for one in wall["devices"]] == [
        ("cam-0001", "up"), ("cam-0002", "down"), ("sensor-0001", "up"), ("sw-0001", "up"),
    ]  # fmt: skip
    assert set(wall["devices"][0]) == set(schemas.WallDevice.model_fields)


async def test_checks_come_with_their_last_result(client: httpx.AsyncClient) -> None:
    checks = await get(client, "/devices/cam-0001/checks")
    assert [(one["id"], one["probe"], one["reason"]) for one in checks["items"]] == [
        ("cam-0001/ping", "ping", "never_seen")
    ]


async def test_the_history_is_newest_first_in_pages_and_in_a_window(
    client: httpx.AsyncClient, city: City
) -> None:
    for minute, state in enumerate((State.DOWN, State.UP, State.DOWN)):
        city.change("cam-0001", state, at=NOON + timedelta(minutes=minute))
    path = "/devices/cam-0001/transitions"
    first = await get(client, path, limit=2)
    rest = await get(client, path, limit=2, cursor=first["next"])
    assert [one["new"] for one in first["items"] + rest["items"]] == ["down", "up", "down", "up"]
    assert rest["next"] is None
    window = await get(
        client, path, **{"from": "2026-11-22T12:01:00+08:00"}, to="2026-11-22T04:02Z"
    )
    assert [one["at"] for one in window["items"]] == ["2026-11-22T04:01:00Z"]


async def test_readings_default_to_the_last_hour_and_every_value(
    client: httpx.AsyncClient, city: City
) -> None:
    readings = await get(client, "/devices/cam-0001/readings", metric="ping_rtt_seconds")
    assert readings["from"] == "2026-11-22T03:00:00Z"
    assert readings["step_seconds"] is None
    assert city.sink.asked == [
        ("cam-0001", "ping_rtt_seconds", NOON - timedelta(hours=1), NOON, None)
    ]
    series = readings["items"][0]
    assert (series["unit"], series["labels"]) == ("s", {"path": "lan"})
    assert series["points"][0] == ["2026-11-22T03:00:00Z", 0.5]
    assert (series["low"], series["high"], series["counts"]) == ([0.25, 1.0], [0.75, 1.0], [2, 1])


@pytest.mark.parametrize(
    ("hours", "step"), [(6, None), (6.1, 60), (24, 60), (26, 300), (31 * 24, 3600)]
)
async def test_a_long_window_gets_a_step_that_a_chart_can_show(
    client: httpx.AsyncClient, hours: float, step: int | None
) -> None:
    start = (NOON - timedelta(hours=hours)).isoformat()
    readings = await get(client, "/devices/cam-0001/readings", metric="x", **{"from": start})
    assert readings["step_seconds"] == step


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "query.metric"),
        ({"metric": "x", "from": "yesterday"}, "query.from"),
        ({"metric": "x", "from": "2026-11-22T03:00:00"}, "query.from"),  # no zone
        ({"metric": "x", "from": "0001-01-01T00:00:00+14:00"}, "query.from"),
        ({"metric": "x", "from": "2026-11-22T05:00:00Z"}, "query.from"),  # after `to`
        ({"metric": "x", "from": "2026-10-01T00:00:00Z"}, "query.from"),  # more than 31 days
        ({"metric": "x", "step": "0"}, "query.step"),
        ({"metric": "x", "from": "2026-11-01T00:00:00Z", "step": "1"}, "query.step"),
    ],
)
async def test_a_window_that_cannot_be_read_is_refused_by_name(
    client: httpx.AsyncClient, query: dict[str, str], field: str
) -> None:
    answer = await client.get("/api/v1/devices/cam-0001/readings", params=query)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


async def test_readings_come_from_the_embedded_sink_as_they_were_written(
    city: City, tmp_path: Path
) -> None:
    sink = SqliteSink.open(tmp_path / "readings.db")
    reading = Reading("ping_rtt_seconds", 0.25, "s", (("path", "lan"),))
    later = NOON - timedelta(minutes=1)
    sink.write(
        [
            DeviceReadings("cam-0001", later - timedelta(seconds=30), (reading,)),
            DeviceReadings("cam-0001", later, (structs.replace(reading, value=0.75),)),
        ]
    )
    app = create_app(store=city.store, sink=sink, clock=city.clock, settings=ApiSettings())
    async with client_of(app, city.token()) as client:
        metrics = await get(client, "/devices/cam-0001/metrics")
        assert metrics["items"] == [
            {
                "metric": "ping_rtt_seconds",
                "unit": "s",
                "labels": {"path": "lan"},
                "last_at": "2026-11-22T03:59:00Z",
                "last_value": 0.75,
                "limits": None,
            }
        ]
        path = "/devices/cam-0001/readings"
        raw = await get(client, path, metric="ping_rtt_seconds")
        assert raw["items"][0]["points"] == [
            ["2026-11-22T03:58:30Z", 0.25],
            ["2026-11-22T03:59:00Z", 0.75],
        ]
        hourly = (await get(client, path, metric="ping_rtt_seconds", step=3600))["items"][0]
        assert hourly["points"] == [["2026-11-22T03:00:00Z", 0.5]]
        assert (hourly["low"], hourly["high"], hourly["counts"]) == ([0.25], [0.75], [2])
        assert (await get(client, path, metric="nothing"))["items"] == []
    sink.close()


async def test_counters_are_told_as_rates_and_links_by_their_use(
    city: City, tmp_path: Path
) -> None:
    """A wrap is bridged, a restart and a gap leave a hole, and 100 % is the link's speed."""
    sink = SqliteSink.open(tmp_path / "readings.db")
    labels = (("interface", "eth0"),)
    start = NOON - timedelta(hours=1)
    # minutes, octets, uptime: a wrap after 5, a restart after 20, a gap from 25 to 50
    rows = [(0, 2**32 - 75_000, 9000), (5, 300_000, 9300), (10, 675_000, 9600),
            (15, 675_000, 9900), (20, 10, 60), (25, 37_510, 360), (50, 99_999, 1860),
            (55, 137_499, 2160)]  # fmt: skip
    for minute, octets, uptime in rows:
        at = start + timedelta(minutes=minute)
        readings = (
            Reading("if_in_octets", octets, "B", labels),
            Reading("if_speed_bits_per_second", 100_000, "bit/s", labels),
            Reading("sys_uptime_seconds", uptime, "s"),
        )
        sink.write([DeviceReadings("cam-0001", at, readings)])
    app = create_app(store=city.store, sink=sink, clock=city.clock, settings=ApiSettings())
    async with client_of(app, city.token()) as client:
        path = "/devices/cam-0001/readings"
        rates = (await get(client, path, metric="if_in_octets", rate=True))["items"][0]
        use = (await get(client, path, metric="if_in_utilization_percent"))["items"][0]
        hour = (await get(client, path, metric="if_in_octets", rate=True, step=3600))["items"][0]
        metrics = await get(client, "/devices/cam-0001/metrics")
    sink.close()

    assert (rates["unit"], rates["labels"]) == ("B/s", {"interface": "eth0"})
    assert [(at[14:16], value) for at, value in rates["points"]] == [
        ("05", 1250), ("10", 1250), ("15", 0), ("25", 125), ("55", 125),
    ]  # fmt: skip
    assert (use["unit"], [value for _, value in use["points"]]) == ("%", [10, 10, 0, 1, 1])
    assert hour["points"] == [["2026-11-22T03:00:00Z", 550]]
    assert (hour["low"], hour["high"], hour["counts"]) == ([0], [1250], [5])
    assert rates["at_least"] == [False] * 5
    assert ("if_in_utilization_percent", "%", None) in [
        (one["metric"], one["unit"], one["last_value"]) for one in metrics["items"]
    ]


async def test_an_unknown_device_is_not_found_on_every_route(client: httpx.AsyncClient) -> None:
    for tail in ("", "/checks", "/transitions", "/metrics", "/readings?metric=x"):
        answer = await client.get(f"/api/v1/devices/nobody{tail}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_device")


async def test_sites_and_areas_are_listed(client: httpx.AsyncClient) -> None:
    sites = await get(client, "/sites")
    assert [one["id"] for one in sites["items"]] == ["losari-01", "tallo-01"]
    areas = await get(client, "/areas")
    assert areas["items"][1] == {
        "code": "73.71.01", "name": "Mariso", "zone": None, "parent": "73.71",
        "bps_code": None, "valid_from": None, "valid_to": None, "replaces": [],
    }  # fmt: skip


async def test_uptime_adds_up_and_says_its_rule(client: httpx.AsyncClient, city: City) -> None:
    city.change("cam-0002", State.DOWN, at=NOON - timedelta(hours=6))
    uptime = await get(client, "/uptime", **{"from": "2026-11-21T04:00:00Z"})
    assert uptime["rule"] == {
        "confirm": 3, "recover": 2, "retry_seconds": 5.0, "fresh_intervals": 2.5,
        "deviations": [],
    }  # fmt: skip
    rows = {row["key"]: row for row in uptime["items"]}
    assert list(rows) == ["cam-0001", "cam-0002", "sensor-0001", "sw-0001"]
    assert rows["cam-0001"]["uptime_percent"] == 100.0
    assert rows["cam-0002"]["uptime_percent"] == 75.0
    assert rows["cam-0002"]["down_seconds"] == 6 * 3600
    assert rows["cam-0002"]["outages"] == 1
    assert rows["cam-0002"]["name"] == "Kamera Losari 02"


@pytest.mark.parametrize(
    ("group_by", "keys", "names"),
    [
        ("site", ["losari-01", "tallo-01"], ["Anjungan Losari", "Jembatan Tallo"]),
        ("area", ["73.71.01", "73.71.07"], ["Mariso", "Tallo"]),
        ("kind", ["camera", "sensor", "switch"], ["camera", "sensor", "switch"]),
        ("owner", ["", "diskominfo"], ["", "Dinas Komunikasi dan Informatika"]),
    ],
)
async def test_uptime_of_a_group_is_the_sum_over_its_devices(
    client: httpx.AsyncClient, city: City, group_by: str, keys: list[str], names: list[str]
) -> None:
    city.change("cam-0002", State.DOWN, at=NOON - timedelta(hours=12))
    uptime = await get(client, "/uptime", group_by=group_by)
    assert [row["key"] for row in uptime["items"]] == keys
    assert [row["name"] for row in uptime["items"]] == names
    assert sum(row["devices"] for row in uptime["items"]) == 4
    assert sum(row["down_seconds"] for row in uptime["items"]) == 12 * 3600


async def test_time_since_the_collector_left_is_unknown_never_up(
    client: httpx.AsyncClient, city: City
) -> None:
    city.clock.advance(6 * 3600)
    row = (await get(client, "/uptime", group_by="kind"))["items"][0]
    assert row["unknown_seconds"] == 2 * 6 * 3600
    assert row["uptime_percent"] == 100.0
    assert row["coverage_percent"] == 75.0
    assert row["uptime_bounds_percent"] == [75.0, 100.0]


async def test_uptime_has_no_future(client: httpx.AsyncClient) -> None:
    uptime = await get(client, "/uptime", to="2027-01-01T00:00:00Z")
    assert uptime["to"] == "2026-11-22T04:00:00Z"
    for query in ({"from": "2027-01-01T00:00:00Z"}, {"from": "2020-01-01T00:00:00Z"}):
        answer = await client.get("/api/v1/uptime", params=query)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_parameters")


async def test_the_ways_in_lead_to_the_pages(client: httpx.AsyncClient) -> None:
    for path in ("/", "/dinding"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (307, "/dinding/")
    answer = await client.get("/meja")
    assert (answer.status_code, answer.headers["location"]) == (307, "/meja/")


@pytest.mark.parametrize("moment", ["before the devices are read", "after the devices are read"])
async def test_a_snapshot_is_true_at_its_cursor_whatever_happens_while_it_is_read(
    client: httpx.AsyncClient, city: City, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    read = city.store.for_walls

    def change() -> None:
        city.change("cam-0001", State.DOWN)
        city.change("cam-0002", State.UNREACHABLE, reason=Reason.PARENT_DOWN, cause="sw-0001")

    def for_walls() -> Any:
        if moment.startswith("before"):
            change()
        rows = read()
        if moment.startswith("after"):
            change()
        return rows

    monkeypatch.setattr(city.store, "for_walls", for_walls)
    wall = await get(client, "/wall")
    assert wall["cursor"] == 6
    states = {one["id"]: (one["state"], one["reason"], one["cause"]) for one in wall["devices"]}
    assert states["cam-0001"] == ("down", "no_answer", None)
    assert states["cam-0002"] == ("unreachable", "parent_down", "sw-0001")
    assert (wall["counts"]["down"], wall["counts"]["unreachable"]) == (1, 1)
