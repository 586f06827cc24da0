"""Planned work over HTTP: made, changed, cancelled, refused with words, and shown everywhere."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.bodies import LARGEST_BODY_BYTES
from api.schemas import maintenance as schemas
from collector.model import State
from tests.api_city import NOON, City, client_of, events, make_city, served, socket_client

WINDOWS = "/api/v1/maintenance-windows"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture
async def desk(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(city.app(), city.token("operator")) as client:
        yield client


def window(**change: object) -> dict[str, Any]:
    return {
        "title": "Ganti switch",
        "reason": "Firmware baru",
        "starts_at": "2026-11-22T12:00:00+08:00",
        "ends_at": "2026-11-22T14:00:00+08:00",
        "scope": {"sites": ["losari-01"]},
        **change,
    }


async def make(desk: httpx.AsyncClient, **change: object) -> dict[str, Any]:
    answer = await desk.post(WINDOWS, json=window(**change))
    assert answer.status_code == 201, answer.text
    schemas.WindowDetail.model_validate(answer.json())
    return dict(answer.json())


async def get(client: httpx.AsyncClient, path: str, **query: str) -> Any:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_window_is_made_and_read_back(desk: httpx.AsyncClient) -> None:
    answer = await desk.post(WINDOWS, json=window(recurrence="FREQ=WEEKLY;BYDAY=SU"))
    made = answer.json()
    assert answer.headers["location"] == f"{WINDOWS}/{made['id']}"
    assert made["author"] == "operator"
    assert made["created_at"] == made["starts_at"] == "2026-11-22T04:00:00Z"
    assert (made["after_the_fact"], made["active"], made["zone"]) == (False, True, "Asia/Makassar")
    assert made["devices"] == ["cam-0001", "cam-0002", "sw-0001"]
    assert len(made["occurrences"]) == 10
    assert made["occurrences"][1] == {
        "starts_at": "2026-11-29T04:00:00Z", "ends_at": "2026-11-29T06:00:00Z",
    }  # fmt: skip
    assert await get(desk, f"{WINDOWS}/{made['id']}") == made


async def test_a_window_after_the_fact_is_taken_and_called_so(desk: httpx.AsyncClient) -> None:
    made = await make(desk, starts_at="2026-11-20T00:00:00Z", ends_at="2026-11-20T01:00:00Z")
    assert made["after_the_fact"] is True
    assert (made["active"], made["occurrences"]) == (False, [])


async def test_the_list_is_narrowed_by_time_device_and_whether_it_is_on(
    desk: httpx.AsyncClient,
) -> None:
    await make(desk)
    await make(desk, recurrence="FREQ=DAILY", scope={"devices": ["sensor-0001"]})
    await make(desk, starts_at="2026-12-24T00:00:00Z", ends_at="2026-12-24T01:00:00Z")

    async def ids(**query: str) -> list[int]:
        page = await get(desk, WINDOWS, **query)
        schemas.WindowPage.model_validate(page)
        return [one["id"] for one in page["items"]]

    assert await ids() == [3, 2, 1]
    assert await ids(active="true") == [2, 1]
    assert await ids(active="false") == [3]
    assert await ids(device="sensor-0001") == [2]
    assert await ids(**{"from": "2026-12-24T00:30:00Z", "to": "2026-12-24T05:00:00Z"}) == [3, 2]
    assert await ids(to="2026-11-22T04:00:00Z") == []
    first = await get(desk, WINDOWS, limit="2")
    assert await ids(cursor=first["next"]) == [1]


async def test_the_list_spells_out_when_windows_were_on_in_a_span(desk: httpx.AsyncClient) -> None:
    made = await make(desk, recurrence="FREQ=DAILY")
    cancel = {"reason": "selesai", "from": "2026-11-24T05:00:00Z"}
    assert (await desk.delete(f"{WINDOWS}/{made['id']}", params=cancel)).status_code == 200
    span = {"from": "2026-11-23T00:00:00Z", "to": "2026-11-30T00:00:00Z"}
    (listed,) = (await get(desk, WINDOWS, **span))["items"]
    assert listed["within"] == [
        {"starts_at": "2026-11-23T04:00:00Z", "ends_at": "2026-11-23T06:00:00Z"},
        {"starts_at": "2026-11-24T04:00:00Z", "ends_at": "2026-11-24T05:00:00Z"},
    ]
    for wide in ({}, span | {"to": "2027-11-30T00:00:00Z"}):
        (listed,) = (await get(desk, WINDOWS, **wide))["items"]
        assert listed["within"] == []


async def test_a_window_is_cancelled_with_a_reason_and_stays_readable(
    desk: httpx.AsyncClient, city: City
) -> None:
    made = await make(desk)
    city.clock.advance(1800)
    path = f"{WINDOWS}/{made['id']}"
    answer = await desk.delete(path, params={"reason": "Selesai lebih awal"})
    assert answer.status_code == 200
    gone = answer.json()
    assert gone["cancelled_from_at"] == gone["cancelled_at"] == "2026-11-22T04:30:00Z"
    assert (gone["cancelled_by"], gone["cancel_reason"]) == ("operator", "Selesai lebih awal")
    assert (gone["active"], gone["occurrences"]) == (False, [])
    assert await get(desk, path) == gone
    again = await desk.delete(path, params={"reason": "Lagi"})
    assert (again.status_code, again.json()["code"]) == (409, "window_cancelled")
    assert "operator cancelled it at 2026-11-22T04:30:00Z" in again.json()["detail"]


async def test_a_window_is_replaced_as_a_whole(desk: httpx.AsyncClient) -> None:
    made = await make(desk)
    path = f"{WINDOWS}/{made['id']}"
    answer = await desk.put(path, json=window(ends_at="2026-11-22T05:00:00Z", reason="Lebih cepat"))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["id"], answer.json()["replaces"]) == (2, 1)
    old = await get(desk, path)
    assert (old["cancelled_from_at"], old["cancel_reason"]) == (made["starts_at"], "Lebih cepat")
    refused = await desk.put(f"{WINDOWS}/2", json=window(scope={"devices": ["nobody"]}))
    assert refused.status_code == 422
    assert (await get(desk, f"{WINDOWS}/2"))["cancelled_at"] is None


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"title": ""}, ["body.title"]),
        ({"reason": "  "}, ["body.reason"]),
        ({"starts_at": "2026-11-22T12:00:00"}, ["body.starts_at"]),  # no zone
        ({"starts_at": 1_700_000_000}, ["body.starts_at"]),
        ({"ends_at": "2026-11-22T03:00:00Z"}, ["body.ends_at"]),
        ({"ends_at": "2028-11-22T03:00:00Z"}, ["body.ends_at"]),
        ({"starts_at": "0001-01-01T00:00:00Z", "ends_at": "9999-01-01T00:00:00Z"},
         ["body.ends_at", "body.starts_at"]),
        ({"zone": "Mars/Olympus"}, ["body.zone"]),
        ({"recurrence": "FREQ=HOURLY"}, ["body.recurrence"]),
        ({"recurrence": "FREQ=DAILY;COUNT=2;UNTIL=20270101"}, ["body.recurrence"]),
        ({"recurrence": "x" * 501}, ["body.recurrence"]),
        ({"scope": {}}, ["body.scope"]),
        ({"scope": {"devices": ["cam-0001", "nobody"], "areas": ["99"]}},
         ["body.scope.devices", "body.scope.areas"]),
        ({"scope": {"owners": ["x"]}}, ["body.scope.owners"]),
        ({"author": "someone else"}, ["body.author"]),
        ({"scope": None}, ["body.scope"]),
    ],
)  # fmt: skip
async def test_what_cannot_be_used_is_refused_by_name(
    desk: httpx.AsyncClient, change: dict[str, object], fields: list[str]
) -> None:
    answer = await desk.post(WINDOWS, json=window(**change))
    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["errors"]] == fields
    assert (await get(desk, WINDOWS))["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "query", "status", "code"),
    [
        ("GET", "/99", {}, 404, "unknown_window"),
        ("DELETE", "/99", {"reason": "x"}, 404, "unknown_window"),
        ("PUT", "/99", {}, 404, "unknown_window"),
        ("GET", "/0", {}, 422, "invalid_parameters"),
        ("GET", "/99999999999999999999", {}, 422, "invalid_parameters"),
        ("DELETE", "/1", {}, 422, "invalid_parameters"),  # no reason
        ("DELETE", "/1", {"reason": " "}, 422, "invalid_parameters"),
        ("DELETE", "/1", {"reason": "x", "from": "2026-11-23T00:00:00Z"}, 422,
         "invalid_parameters"),
        ("GET", "", {"device": "nobody"}, 422, "invalid_parameters"),
        ("GET", "", {"from": "2026-11-23"}, 422, "invalid_parameters"),
        ("GET", "", {"from": "2026-11-23T00:00Z", "to": "2026-11-22T00:00Z"}, 422,
         "invalid_parameters"),
        ("GET", "", {"cursor": "eA"}, 422, "invalid_cursor"),
        ("PATCH", "/1", {}, 405, "method_not_allowed"),
    ],
)  # fmt: skip
async def test_what_is_not_there_or_not_possible_is_told(
    desk: httpx.AsyncClient,
    method: str,
    path: str,
    query: dict[str, str],
    status: int,
    code: str,
) -> None:
    await make(desk)
    body = window() if method == "PUT" else None
    answer = await desk.request(method, WINDOWS + path, params=query, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert len(answer.json()["detail"]) > 10


async def test_changing_needs_an_operator_and_looking_does_not(city: City) -> None:
    async with client_of(city.app(), city.token("viewer")) as viewer:
        for answer in (
            await viewer.post(WINDOWS, json=window()),
            await viewer.put(f"{WINDOWS}/1", json=window()),
            await viewer.delete(f"{WINDOWS}/1", params={"reason": "x"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "role_too_low")
        assert (await get(viewer, WINDOWS))["items"] == []
    async with client_of(city.app()) as nobody:
        assert (await nobody.post(WINDOWS, json=window())).status_code == 401


async def test_a_body_that_is_too_large_is_refused_whether_or_not_it_says_so(
    desk: httpx.AsyncClient,
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY_BYTES // 65_536 + 1):
            yield b" " * 65_536

    said = await desk.post(WINDOWS, content=b" " * (LARGEST_BODY_BYTES + 1))
    unsaid = await desk.post(WINDOWS, content=pieces())
    for answer in (said, unsaid):
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        assert "1 MiB" in answer.json()["detail"]


async def test_devices_status_and_wall_show_who_is_in_maintenance_to_the_second(
    desk: httpx.AsyncClient, city: City
) -> None:
    city.change("cam-0001", State.DOWN)

    async def shown() -> tuple[list[str], int, int, list[str]]:
        devices = (await get(desk, "/api/v1/devices"))["items"]
        status = await get(desk, "/api/v1/status")
        one = await get(desk, "/api/v1/devices/cam-0001")
        wall = await get(desk, "/api/v1/wall")
        listed = [device["id"] for device in devices if device["maintenance"]]
        assert one["maintenance"] is ("cam-0001" in listed)
        assert wall["counts"]["maintenance"] == status["devices"]["maintenance"] == len(listed)
        on_wall = [device["id"] for device in wall["devices"] if device["maintenance"]]
        by_area = {area["code"]: area["maintenance"] for area in status["by_area"]}
        assert by_area["73.71.01"] == len(listed)
        return (
            listed,
            status["by_kind"]["camera"]["maintenance"],
            status["devices"]["down"],
            on_wall,
        )

    starts = NOON + timedelta(seconds=30)
    await make(desk, starts_at=starts.isoformat())
    losari = ["cam-0001", "cam-0002", "sw-0001"]
    assert await shown() == ([], 0, 1, [])
    city.clock.advance(30)
    city.beat()
    assert await shown() == (losari, 2, 1, losari)  # the state below stays what it is
    await desk.delete(f"{WINDOWS}/1", params={"reason": "Selesai"})
    city.clock.advance(1)
    city.beat()
    assert await shown() == ([], 0, 1, [])


async def test_a_wall_that_is_connected_is_told_when_maintenance_begins(city: City) -> None:
    async def tick() -> None:
        while True:
            city.clock.advance(1)
            city.beat()
            await asyncio.sleep(0.02)

    async with (
        served(city.app()) as server,
        socket_client(server, headers=city.token("operator")) as client,
        client.stream("GET", "/api/v1/events") as stream,
    ):
        snapshots = (event async for event in events(stream) if event.name == "snapshot")
        assert (await anext(snapshots)).data["counts"]["maintenance"] == 0
        await make(client, ends_at="2026-11-29T00:00:00Z")
        ticking = asyncio.create_task(tick())
        assert (await anext(snapshots)).data["counts"]["maintenance"] == 3
        ticking.cancel()


# --- before it is made, and what becomes of it --------------------------------------------------


async def preview(desk: httpx.AsyncClient, **change: object) -> dict[str, Any]:
    answer = await desk.post(f"{WINDOWS}/preview", json=window(title="", reason="", **change))
    assert answer.status_code == 200, answer.text
    schemas.WindowPreview.model_validate(answer.json())
    return dict(answer.json())


async def test_a_preview_tells_whom_when_and_what_uptime_loses_and_makes_nothing(
    desk: httpx.AsyncClient, city: City
) -> None:
    city.change("cam-0001", State.DOWN, at=NOON - timedelta(minutes=50))
    city.change("cam-0002", State.DOWN, at=NOON - timedelta(minutes=10))
    since = (NOON - timedelta(minutes=30)).isoformat()
    told = await preview(desk, starts_at=since, scope={"sites": ["losari-01"]})
    assert (told["count"], told["devices"]) == (3, ["cam-0001", "cam-0002", "sw-0001"])
    assert told["lost_seconds"] == (30 + 10) * 60, "what is past of the outages in the window"
    weekly = await preview(desk, starts_at=since, recurrence="FREQ=WEEKLY")
    assert (len(weekly["occurrences"]), weekly["lost_seconds"]) == (10, None)
    later = (NOON + timedelta(hours=1)).isoformat()
    ahead = await preview(desk, starts_at=later)
    assert ahead["lost_seconds"] is None
    assert (await get(desk, WINDOWS))["items"] == []


async def test_a_preview_refuses_what_could_not_be_made(desk: httpx.AsyncClient) -> None:
    wrong = window(title="", scope={"sites": ["nowhere"]})
    answer = await desk.post(f"{WINDOWS}/preview", json=wrong)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["body.scope.sites"]


async def test_a_viewer_gets_no_preview(city: City) -> None:
    async with client_of(city.app(), city.token("viewer")) as client:
        assert (await client.post(f"{WINDOWS}/preview", json=window())).status_code == 403


async def test_every_window_is_in_one_phase_and_the_list_can_be_asked_for_it(
    desk: httpx.AsyncClient,
) -> None:
    day = timedelta(days=1)

    async def at(start: timedelta, end: timedelta, **change: object) -> int:
        starts_at, ends_at = (NOON + start).isoformat(), (NOON + end).isoformat()
        return int((await make(desk, starts_at=starts_at, ends_at=ends_at, **change))["id"])

    on = await at(-day, day)
    coming = await at(day, 2 * day)
    again = await at(-2 * day, -day, recurrence="FREQ=WEEKLY")
    past = await at(-2 * day, -day)
    cancelled = await at(day, 2 * day)
    await desk.delete(f"{WINDOWS}/{cancelled}", params={"reason": "batal"})
    phases = {"on": [on], "coming": [again, coming], "past": [past], "cancelled": [cancelled]}
    for phase, ids in phases.items():
        items = (await get(desk, WINDOWS, phase=phase))["items"]
        assert [one["id"] for one in items] == ids
        assert {one["phase"] for one in items} == {phase}
        assert all((one["following"] is None) is (phase in {"past", "cancelled"}) for one in items)
    schemas.WindowPage.model_validate(await get(desk, WINDOWS))


async def test_tags_are_listed_with_how_many_devices_have_them(desk: httpx.AsyncClient) -> None:
    assert (await get(desk, "/api/v1/tags"))["items"] == [{"tag": "prioritas", "devices": 1}]
