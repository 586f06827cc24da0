"""Outages over HTTP: listed, narrowed, and their causes corrected without losing a word."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.schemas import outages as schemas
from collector.model import State
from tests.api_city import NOON, City, client_of, make_city

OUTAGES = "/api/v1/outages"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """The switch with a camera behind it died ten minutes before noon, a sensor before that."""
    with make_city(tmp_path) as city:
        began = NOON - timedelta(minutes=10)
        city.change("sw-0001", State.DOWN, at=began)
        city.change("cam-0001", State.UNREACHABLE, at=began, cause="sw-0001")
        city.change("sensor-0001", State.DOWN, at=NOON - timedelta(minutes=30))
        city.change("sensor-0001", State.UP, at=NOON - timedelta(minutes=20))
        yield city


@pytest.fixture
async def desk(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(city.app(), city.token("operator")) as client:
        yield client


async def get(client: httpx.AsyncClient, path: str = "", **query: object) -> Any:
    answer = await client.get(OUTAGES + path, params={k: str(v) for k, v in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def devices(client: httpx.AsyncClient, **query: object) -> list[str]:
    return [one["device"] for one in (await get(client, "", **query))["items"]]


async def correct(client: httpx.AsyncClient, outage: int, status: int, **body: object) -> Any:
    answer = await client.post(f"{OUTAGES}/{outage}/cause", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_the_list_tells_what_was_out_and_what_it_is_put_down_to(
    desk: httpx.AsyncClient,
) -> None:
    page = await get(desk)
    schemas.OutagePage.model_validate(page)
    by_device = {one["device"]: one for one in page["items"]}
    assert set(by_device) == {"sw-0001", "cam-0001", "sensor-0001"}
    assert page["items"][-1]["device"] == "sensor-0001"
    cut_off, root = by_device["cam-0001"], by_device["sw-0001"]
    assert (cut_off["cause"], cut_off["cause_rule"]) == ("upstream", "parent_down")
    assert (cut_off["root"], cut_off["root_outage"]) == ("sw-0001", root["id"])
    assert cut_off["incident"] == root["incident"]
    assert root["duration_seconds"] == 600
    ended = by_device["sensor-0001"]
    assert (ended["duration_seconds"], ended["ended_at"]) == (600, "2026-11-22T03:40:00Z")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"device": "cam-0001"}, {"cam-0001"}),
        ({"state": "unreachable"}, {"cam-0001"}),
        ({"open": "false"}, {"sensor-0001"}),
        ({"open": "true", "site": "losari-01"}, {"sw-0001", "cam-0001"}),
        ({"area": "73.71"}, {"sw-0001", "cam-0001", "sensor-0001"}),
        ({"cause": "upstream"}, {"cam-0001"}),
        ({"to": "2026-11-22T03:35:00Z"}, {"sensor-0001"}),
        ({"from": "2026-11-22T03:45:00Z"}, {"sw-0001", "cam-0001"}),
        ({"responsible": "diskominfo"}, set()),
    ],
)
async def test_filters_narrow_the_list(
    desk: httpx.AsyncClient, query: dict[str, str], expected: set[str]
) -> None:
    assert set(await devices(desk, **query)) == expected


async def test_pages_follow_each_other_without_a_gap(desk: httpx.AsyncClient) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await get(desk, limit=1, **cursor)
        seen += [one["device"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == await devices(desk)


async def test_a_correction_is_in_force_and_every_word_stays_in_the_trace(
    desk: httpx.AsyncClient,
) -> None:
    (camera,) = (await get(desk, device="cam-0001"))["items"]
    (switch,) = (await get(desk, device="sw-0001"))["items"]
    assert switch["responsible"] is None
    await correct(desk, switch["id"], 200, cause="power", reason="PLN: gardu 7 padam")
    told = await correct(desk, switch["id"], 200, cause="device", reason="adaptor terbakar")
    schemas.OutageDetail.model_validate(told)
    assert (told["cause"], told["corrected"]) == ("device", True)
    assert told["cause_proposed"] == switch["cause_proposed"]
    assert [(one["cause"], one["reason"]) for one in told["corrections"]] == [
        ("power", "PLN: gardu 7 padam"),
        ("device", "adaptor terbakar"),
    ]
    assert {one["author"] for one in told["corrections"]} != {""}
    assert told["corrections"][0]["made_at"] == "2026-11-22T04:00:00Z"
    assert (await get(desk, f"/{switch['id']}")) == told
    answer = await desk.get(f"/api/v1/incidents/{camera['incident']}")
    kinds = [line["kind"] for line in answer.json()["timeline"]]
    assert kinds.count("cause_corrected") == 2
    assert (await get(desk, f"/{camera['id']}"))["responsible"] == told["responsible"]


async def test_a_correction_moves_the_minutes_to_whoever_answers(
    desk: httpx.AsyncClient,
) -> None:
    """Sums that are kept, and figures that are cached, follow at once."""

    async def lost() -> Any:
        answer = await desk.get("/api/v1/uptime", params={"device": "sw-0001"})
        return answer.json()["items"][0]["lost_seconds_by_cause"]

    before = await lost()
    (switch,) = (await get(desk, device="sw-0001"))["items"]
    assert before[switch["cause"]] == 600
    await correct(desk, switch["id"], 200, cause="link", reason="kabel putus")
    assert (await lost())["link"] == 600


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"cause": "weather", "reason": "hujan"}, "cause"),
        ({"cause": "power", "reason": "  "}, "reason"),
        ({"cause": "power"}, "reason"),
        ({"cause": "power", "reason": "a\x00b"}, "control characters"),
        ({"cause": "power", "reason": "x", "author": "somebody else"}, "author"),
    ],
)
async def test_bad_corrections_are_refused_with_words_and_change_nothing(
    desk: httpx.AsyncClient, body: dict[str, str], says: str
) -> None:
    (switch,) = (await get(desk, device="sw-0001"))["items"]
    problem = await correct(desk, switch["id"], 422, **body)
    assert says in str(problem)
    assert (await get(desk, f"/{switch['id']}"))["corrections"] == []


async def test_unknown_outages_states_and_cursors_are_told(desk: httpx.AsyncClient) -> None:
    assert (await desk.get(f"{OUTAGES}/999")).json()["code"] == "unknown_outage"
    await correct(desk, 999, 404, cause="power", reason="x")
    assert (await desk.get(OUTAGES, params={"state": "up"})).status_code == 422
    for bad in ("bm9uZQ", "!", "MS4y.MS4y"):
        answer = await desk.get(OUTAGES, params={"cursor": bad})
        assert answer.json()["code"] == "invalid_cursor", bad


async def test_who_may_only_look_corrects_nothing(city: City) -> None:
    async with client_of(city.app(), city.token()) as viewer:
        (switch,) = (await get(viewer, device="sw-0001"))["items"]
        await correct(viewer, switch["id"], 403, cause="power", reason="x")


async def test_an_outage_that_has_not_begun_is_not_corrected(
    desk: httpx.AsyncClient, city: City
) -> None:
    city.change("cam-0002", State.DOWN, at=NOON + timedelta(minutes=5))
    (coming,) = (await get(desk, device="cam-0002"))["items"]
    problem = await correct(desk, coming["id"], 422, cause="power", reason="x")
    assert "has not begun" in problem["detail"]
