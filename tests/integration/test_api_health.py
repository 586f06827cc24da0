"""Alive, ready with reasons, and figures for Prometheus."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from collector.model import Heartbeat, State
from tests.api_city import City, client_of, events, make_city, served, socket_client, until


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture
def app(city: City) -> FastAPI:
    return city.app()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with served(app) as server, socket_client(server) as client:
        yield client


async def reasons(client: httpx.AsyncClient) -> list[str]:
    answer = await client.get("/readyz")
    body = answer.json()
    assert body["ready"] is (answer.status_code == 200)
    assert body["ready"] is (body["reasons"] == [])
    found: list[str] = body["reasons"]
    return found


async def test_alive_says_no_more_than_that(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"alive": True}


async def test_ready_while_store_readings_and_a_collector_are_there(
    client: httpx.AsyncClient,
) -> None:
    assert await reasons(client) == []


async def test_not_ready_without_a_fresh_heartbeat(client: httpx.AsyncClient, city: City) -> None:
    city.clock.advance(13)
    (reason,) = await reasons(client)
    assert reason.startswith("collector: no collector has written a heartbeat for 12.5 s")
    city.beat()
    assert await reasons(client) == []


async def test_not_ready_while_two_collectors_have_one_name(
    client: httpx.AsyncClient, city: City
) -> None:
    now = city.clock.now()
    city.store.beat(Heartbeat("main", "run", now, now, {"same_name_twice": 1.0}), [], [])
    (reason,) = await reasons(client)
    assert reason.startswith("collector: two collectors call themselves main")


async def test_every_reason_is_named(
    client: httpx.AsyncClient, city: City, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.clock.advance(13)
    city.sink.broken = True

    def fail() -> int:
        raise OSError("cannot read /secret/place")

    monkeypatch.setattr(app.state.parts.live._source, "data_version", fail)
    await until(lambda: not app.state.parts.live.following)
    found = await reasons(client)
    assert [reason.partition(":")[0] for reason in found] == ["collector", "readings", "live"]
    assert "secret" not in " ".join(found)


async def figures(client: httpx.AsyncClient, city: City) -> dict[tuple[str, ...], float]:
    answer = await client.get("/metrics", headers=city.token())
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *dict(sorted(sample.labels.items())).values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_the_figures_tell_of_devices_collectors_and_changes(
    client: httpx.AsyncClient, city: City
) -> None:
    city.change("cam-0001", State.DOWN)
    city.clock.advance(3)
    found = await figures(client, city)
    assert found["pantau_devices", "camera", "down"] == 1
    assert found["pantau_devices", "camera", "up"] == 1
    assert found["pantau_devices", "switch", "unreachable"] == 0
    assert found["pantau_collector_alive", "main"] == 1
    assert found["pantau_collector_heartbeat_age_seconds", "main"] == 3
    assert found["pantau_transitions_total",] == 5
    assert found["pantau_api_process_cpu_seconds_total",] > 0


async def test_a_city_nobody_looks_at_is_unknown_in_the_figures_too(
    client: httpx.AsyncClient, city: City
) -> None:
    city.clock.advance(13)
    found = await figures(client, city)
    assert found["pantau_collector_alive", "main"] == 0
    assert found["pantau_devices", "camera", "up"] == 0
    assert found["pantau_devices", "camera", "unknown"] == 2


async def test_requests_are_counted_by_route_not_by_address(
    client: httpx.AsyncClient, city: City
) -> None:
    headers = city.token()
    for device_id in ("cam-0001", "cam-0002", "nobody"):
        await client.get(f"/api/v1/devices/{device_id}", headers=headers)
    for path in ("/nope", "/wp-login.php", "/dinding/peta"):
        await client.get(path)
    found = await figures(client, city)
    assert found["pantau_http_requests_total", "GET", "get_device", "200"] == 2
    assert found["pantau_http_requests_total", "GET", "get_device", "404"] == 1
    assert found["pantau_http_requests_total", "GET", "none", "404"] == 2
    assert found["pantau_http_requests_total", "GET", "page_files", "503"] == 1
    assert found["pantau_http_response_seconds_count", "get_device"] == 3


async def test_open_streams_are_counted(client: httpx.AsyncClient, city: City) -> None:
    headers = city.token()
    async with client.stream("GET", "/api/v1/events", headers=headers) as answer:
        stream = events(answer)
        await anext(stream)
        assert (await figures(client, city))["pantau_event_streams",] == 1


async def test_what_the_collector_says_of_itself_is_passed_on(city: City) -> None:
    beat = Heartbeat(
        "main", "run", city.clock.now(), city.clock.now(), {"results_total": 7, "odd-name": 1.5}
    )
    city.store.beat(beat, [], [])
    app = city.app()
    async with client_of(app) as client:
        found = await figures(client, city)
    assert found["pantau_collector_results_total", "main"] == 7
    assert found["pantau_collector_odd_name", "main"] == 1.5
