"""Every error is problem details, says what is wrong, and gives nothing away."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api import schemas
from api.errors import Code
from tests.api_city import City, client_of, make_city


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture
def app(city: City) -> FastAPI:
    app = city.app()

    @app.get("/explode")
    async def explode() -> None:
        raise RuntimeError("password=hunter2 in /secret/place")

    return app


@pytest.fixture
async def client(app: FastAPI, city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, city.token()) as client:
        yield client


def problem(answer: httpx.Response, status: int, code: Code) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    body: dict[str, Any] = answer.json()
    schemas.ProblemDetails.model_validate(body)
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["detail"]
    return body


async def test_nothing_at_an_address(client: httpx.AsyncClient) -> None:
    for path in ("/nope", "/api/v1/nope", "/api/v1/devices/", "/api/v2/devices", "/docs"):
        problem(await client.get(path), 404, Code.NOT_FOUND)


async def test_a_method_that_is_not_possible_names_those_that_are(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/api/v1/devices")
    problem(answer, 405, Code.METHOD_NOT_ALLOWED)
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize("path", ["/status", "/devices", "/sites", "/wall", "/uptime", "/events"])
async def test_an_unknown_parameter_is_refused_by_name_on_every_route(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(f"/api/v1{path}", params={"colour": "red"})
    body = problem(answer, 422, Code.INVALID_PARAMETERS)
    assert body["errors"] == [{"field": "query.colour", "message": "unknown parameter"}]


async def test_a_parameter_given_twice_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/devices?kind=camera&kind=switch")
    body = problem(answer, 422, Code.INVALID_PARAMETERS)
    assert body["errors"] == [{"field": "query.kind", "message": "given twice"}]


async def test_a_refusal_says_which_parameters_there_are(client: httpx.AsyncClient) -> None:
    body = (await client.get("/api/v1/devices?stat=up")).json()
    assert "area, cursor, kind, limit, owner, q, site, state" in body["detail"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "query.limit"),
        ("limit=501", "query.limit"),
        ("limit=ten", "query.limit"),
        ("state=broken", "query.state"),
        ("q=" + "x" * 101, "query.q"),
    ],
)
async def test_a_wrong_value_names_its_field_and_is_not_repeated(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    answer = await client.get(f"/api/v1/devices?{query}")
    body = problem(answer, 422, Code.INVALID_PARAMETERS)
    assert [one["field"] for one in body["errors"]] == [field]
    assert "ten" not in answer.text
    assert "broken" not in answer.text


@pytest.mark.parametrize("cursor", ["%00", "x", "é", "bm9uc2Vuc2U", "!!!!"])
async def test_a_cursor_of_our_own_making_only(client: httpx.AsyncClient, cursor: str) -> None:
    path = "/api/v1/devices/cam-0001/transitions"
    problem(await client.get(f"{path}?cursor={cursor}"), 422, Code.INVALID_CURSOR)


async def test_our_own_fault_is_told_without_internals_and_logged_with_all(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await client.get("/explode")
    problem(answer, 500, Code.INTERNAL_ERROR)
    for word in ("hunter2", "secret", "RuntimeError", "Traceback", ".py"):
        assert word not in answer.text
    assert "RuntimeError: password=hunter2" in caplog.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_readings_that_cannot_be_read_do_not_touch_the_rest(
    client: httpx.AsyncClient, city: City
) -> None:
    city.sink.broken = True
    for path in ("/devices/cam-0001/metrics", "/devices/cam-0001/readings?metric=x"):
        answer = await client.get(f"/api/v1{path}")
        problem(answer, 503, Code.READINGS_UNAVAILABLE)
        assert answer.headers["retry-after"]
        assert "secret" not in answer.text
    assert (await client.get("/api/v1/devices")).status_code == 200


async def test_a_store_that_cannot_be_read_is_said_so_without_its_path(
    city: City, tmp_path: Path
) -> None:
    app, headers = city.app(), city.token()
    city.store.close()
    (tmp_path / "pantau.db").unlink()
    async with client_of(app, headers) as client:
        answer = await client.get("/api/v1/devices")
        problem(answer, 503, Code.STORE_UNAVAILABLE)
        assert str(tmp_path) not in answer.text
        ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert "store: it cannot be read" in ready.json()["reasons"]
    assert str(tmp_path) not in ready.text
