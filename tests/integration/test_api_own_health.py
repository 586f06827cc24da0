"""`GET /health` and `pantau health`: what is wrong with Pantau, said once, with what to do."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from fastapi import FastAPI

from api.app import create_app
from api.cli import main
from api.schemas.health import HealthView
from api.settings import ApiSettings
from api.waiting import Waiting
from collector.clock import SystemClock
from collector.courier.report import REPORT_MARK, CourierReport
from collector.model import Heartbeat, Sighting
from collector.sinks.spool import Bounds, Spool
from collector.sinks.sqlite import SqliteSink
from collector.store import Store
from tests.api_city import NOON, City, client_of, make_city, served, socket_client

TOLD = "InfluxDB at http://influx.example:8086 does not know our token"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture
def app(city: City, tmp_path: Path) -> FastAPI:
    return city.app(files={"store": tmp_path / "pantau.db"})


@pytest.fixture
async def client(app: FastAPI, city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with served(app) as server, socket_client(server) as client:
        client.headers.update(city.token())
        yield client


async def health(client: httpx.AsyncClient) -> HealthView:
    answer = await client.get("/api/v1/health")
    assert answer.status_code == 200, answer.text
    view = HealthView.model_validate(answer.json())
    assert view.healthy is (view.troubles == [])
    return view


async def test_a_pantau_that_is_well_says_so_with_its_figures(
    client: httpx.AsyncClient, city: City
) -> None:
    figures = {"checks_due": 120.0, "checks_done": 118.0, "cpu_share": 0.25}
    city.store.beat(Heartbeat("main", "run-1", NOON, NOON, figures), [], [])
    view = await health(client)
    assert view.healthy
    assert view.collectors is not None
    (collector,) = view.collectors
    assert (collector.id, collector.alive, collector.checks_done) == ("main", True, 118.0)
    assert (collector.cpu_share, collector.checks_missed) == (0.25, None)
    assert collector.mqtt_connected is None  # it does not say
    assert view.disk is not None
    assert view.disk.files["store"] > 0
    assert view.disk.total_bytes > view.disk.free_bytes > 0
    assert (view.readings_kept, view.spool, view.alerts) == ("file", None, None)
    assert view.api.following
    assert view.api.started_at == NOON


async def test_what_is_wrong_comes_with_what_to_do_and_since_when(
    client: httpx.AsyncClient, city: City
) -> None:
    city.clock.advance(60)
    (trouble,) = (await health(client)).troubles
    assert (trouble.code, trouble.level, trouble.since_at) == ("blind", "broken", NOON)
    assert "kolektor" in trouble.id_remedy
    assert "collector" in trouble.en_remedy


async def test_readings_that_cannot_be_read_leave_the_rest_readable(
    client: httpx.AsyncClient, city: City
) -> None:
    city.sink.broken = True
    view = await health(client)
    assert [one.code for one in view.troubles] == ["readings_unreadable"]
    assert view.collectors is not None
    assert "secret" not in view.model_dump_json()


async def test_a_store_that_cannot_be_read_is_a_finding_not_an_error(
    app: FastAPI, city: City, tmp_path: Path
) -> None:
    app.state.parts.gate._require_token = False  # tokens are in the store as well
    city.store.close()
    for path in tmp_path.glob("pantau.db*"):
        path.unlink()
    (tmp_path / "pantau.db").mkdir()
    async with client_of(app) as client:
        client.base_url = httpx.URL("http://127.0.0.1")
        view = await health(client)
    assert view.collectors is None
    assert "store_unreadable" in {one.code for one in view.troubles}


async def test_words_of_influxdb_are_for_those_who_may_mend_it(city: City, tmp_path: Path) -> None:
    with closing(Spool.open(tmp_path / "spool.db", Bounds())) as spool:
        report = CourierReport(
            NOON, NOON, trouble="token", trouble_since_at=NOON, trouble_words=TOLD
        )
        spool.set_marks({REPORT_MARK: report.encode()})
    with closing(Waiting(tmp_path / "spool.db", Bounds())) as waiting:
        app = create_app(
            store=city.store,
            sink=city.sink,
            clock=city.clock,
            settings=ApiSettings(),
            waiting=waiting,
        )
        for role, shown in (("viewer", False), ("operator", True)):
            async with client_of(app, city.token(role)) as client:
                text = (await client.get("/api/v1/health")).text
                assert (TOLD in text) is shown, role
                assert HealthView.model_validate_json(text).readings_kept == "influxdb"


async def test_what_waits_in_the_quarantine_is_counted(
    client: httpx.AsyncClient, city: City
) -> None:
    heard = [Sighting("mqtt", f"tasmota_{n}", NOON, NOON, 1, 10) for n in range(3)]
    city.store.quarantine.record(heard, NOON)
    first = city.store.quarantine.page().items[0]
    city.store.quarantine.ignore(first.id, author="a", now=NOON)
    assert (await health(client)).quarantine_waiting == 2


def test_the_command_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    environ = {"PANTAU__DATA_DIRECTORY": str(tmp_path), "PANTAU__API__PORT": "1"}
    run = CliRunner()
    assert run.invoke(main, ["health"], env=environ).exit_code == 1  # nothing was ever started
    now = SystemClock().now()
    with Store.open(tmp_path / "pantau.db") as store:
        store.beat(Heartbeat("main", "run-1", now, now, {"same_name_twice": 1.0}), [], [])
    SqliteSink.open(tmp_path / "readings.db").close()
    told = run.invoke(main, ["health"], env=environ)
    assert told.exit_code == 1
    assert "Two collectors call themselves main\n    Give each its own collector_id" in told.output
    assert "The API: it does not answer on port 1" in told.output
    answer = run.invoke(main, ["health", "--json"], env=environ)
    found = json.loads(answer.output)
    assert found["healthy"] is False
    assert [one["code"] for one in found["troubles"]] == ["same_name_twice"]
