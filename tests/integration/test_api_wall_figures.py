"""What walls are told beside the live state, over a real store."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.schemas.wall import WallFigures
from api.wall_figures.making import KEPT_SECONDS
from collector.model import Reason, State
from tests.api_city import NOON, City, client_of, make_city

URL = "/api/v1/wall/figures"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as made:
        yield made


async def ask(city: City) -> dict[str, Any]:
    async with client_of(city.app(), city.token()) as client:
        answer = await client.get(URL)
    assert answer.status_code == 200
    WallFigures.model_validate(answer.json())
    return dict(answer.json())


async def test_the_figures_tell_of_the_last_day(city: City) -> None:
    city.change("cam-0001", State.DOWN, at=NOON - timedelta(hours=3))
    city.change("cam-0001", State.UP, at=NOON - timedelta(hours=2), reason=Reason.OK)
    told = await ask(city)
    assert told["hours"]["out"] == [0] * 21 + [1, 0, 0]
    assert told["recovery"] == {"device": "cam-0001", "at": "2026-11-22T02:00:00Z"}
    assert told["recent"]["incidents"] == 1
    assert told["recent"]["mttr_seconds"] == 3_600
    today = {row["key"]: row for row in told["uptime"]["today"]}
    assert today["camera"]["down_seconds"] == 3_600
    assert told["owners"] == [{"id": "diskominfo", "name": "Dinas Komunikasi dan Informatika"}]
    assert {one["value"] for one in told["figures"]} == {None}


async def test_it_is_made_once_for_all_walls(city: City) -> None:
    app = city.app()
    async with client_of(app, city.token()) as client:
        answers = await asyncio.gather(*(client.get(URL) for _ in range(20)))
        assert len({answer.content for answer in answers}) == 1
        city.change("cam-0001", State.DOWN)
        assert (await client.get(URL)).content == answers[0].content
        city.clock.advance(KEPT_SECONDS + 1)
        city.beat()
        assert (await client.get(URL)).json()["hours"]["out"][-1] == 1


async def test_readings_that_cannot_be_read_are_said_and_leave_the_rest(city: City) -> None:
    city.sink.broken = True
    told = await ask(city)
    assert told["readings"] is False
    assert len(told["hours"]["out"]) == 24


async def test_while_nobody_looks_the_hours_are_unknown(city: City) -> None:
    city.clock.advance(2 * 3_600)
    told = await ask(city)
    assert told["hours"]["unknown"][-2:] == [4, 4]
    assert told["hours"]["out"][-1] == 0


async def test_it_needs_a_token(city: City) -> None:
    async with client_of(city.app()) as client:
        assert (await client.get(URL)).status_code == 401
