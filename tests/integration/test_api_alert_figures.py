"""What the API says of the process of alerts: readiness with reasons, figures, health."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from api.cli import main
from collector.clock import SystemClock
from collector.notify.figures import REPORT, AlertReport, ChannelReport
from collector.store import Mark, Store
from tests.api_city import City, make_city, served, socket_client


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture
async def client(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with served(city.app(alerts=True)) as server, socket_client(server) as client:
        yield client


def report(city: City, **changed: object) -> AlertReport:
    now = city.clock.now()
    made = AlertReport(
        now,
        now - timedelta(hours=1),
        {
            "telegram": ChannelReport(sent=7, failed=2, sent_at=now),
            "hook": ChannelReport(pending=3, waiting_since_at=now - timedelta(minutes=1), dead=1),
        },
        held={"parent_down": 40, "silenced": 2},
        firing=43,
        storms=1,
        lag=5,
        heartbeat_at=now,
    )
    made = replace(made, **changed)  # type: ignore[arg-type]
    city.store.alerts.report(REPORT, made.encode(), now)
    return made


async def reasons(client: httpx.AsyncClient) -> list[str]:
    found: list[str] = (await client.get("/readyz")).json()["reasons"]
    return found


async def test_ready_while_the_process_reports_and_nothing_is_stuck(
    client: httpx.AsyncClient, city: City
) -> None:
    report(city)
    assert await reasons(client) == []


async def test_not_ready_before_the_process_ever_spoke_and_when_it_fell_silent(
    client: httpx.AsyncClient, city: City
) -> None:
    (never,) = await reasons(client)
    assert never.startswith("alerts: their process has given no sign of life yet")
    report(city)
    city.clock.advance(61)
    city.beat()
    (silent,) = await reasons(client)
    assert silent == "alerts: the last sign of life of their process was 61 s ago"


async def test_not_ready_while_messages_are_stuck_or_given_up_without_telling_why_in_public(
    client: httpx.AsyncClient, city: City
) -> None:
    now = city.clock.now()
    trouble = "api.example.go.id refuses the connection: does it run?"
    report(
        city,
        channels={
            "hook": ChannelReport(3, now - timedelta(minutes=9), trouble=trouble),
            "email": ChannelReport(dead_in_all=2, died_at=now - timedelta(minutes=59)),
            "wa": ChannelReport(dead_in_all=1, died_at=now - timedelta(minutes=61)),
        },
        trouble="/data/pantau.db: disk is full",
    )
    assert await reasons(client) == [
        "alerts: they stand still; the log of their process says why",
        "alerts: channel email has given messages up within the last hour; the list of"
        " notifications says which and why",
        "alerts: 3 messages wait for channel hook, the oldest for 9 min",
    ]


async def test_nobody_asks_for_alerts_where_none_are_set(city: City) -> None:
    async with served(city.app()) as server, socket_client(server) as client:
        assert await reasons(client) == []
        text = (await client.get("/metrics", headers=city.token())).text
    assert "pantau_alert" not in text


async def test_figures_by_channel_and_reason(client: httpx.AsyncClient, city: City) -> None:
    made = report(city)
    answer = await client.get("/metrics", headers=city.token())
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert found["pantau_alerts_alive",] == 1
    assert found["pantau_alerts_firing",] == 43
    assert found["pantau_alerts_held", "parent_down"] == 40
    assert found["pantau_alert_storms",] == 1
    assert found["pantau_alerts_lag_transitions",] == 5
    assert found["pantau_notifications_sent_total", "telegram"] == 7
    assert found["pantau_notifications_failed_total", "telegram"] == 2
    assert found["pantau_notifications_pending", "hook"] == 3
    assert found["pantau_notifications_oldest_pending_seconds", "hook"] == 60
    assert found["pantau_notifications_dead_total", "hook"] == 1
    assert made.heartbeat_at is not None
    beat_at = made.heartbeat_at.timestamp()
    assert found["pantau_alert_heartbeat_timestamp_seconds",] == beat_at


def test_a_report_is_read_as_it_was_written_and_another_versions_is_none(city: City) -> None:
    made = report(city)
    mark = city.store.alerts.marks()[REPORT]
    assert AlertReport.decode(mark) == made
    assert AlertReport.decode(Mark(0, mark.at, {"channels": 3})) is None
    assert AlertReport.decode(None) is None


@pytest.mark.parametrize(("seconds", "code"), [(1, 0), (300, 1)])
def test_the_process_is_well_while_it_reports(tmp_path: Path, seconds: float, code: int) -> None:
    (tmp_path / "alerts.yaml").write_text("")
    (tmp_path / "pantau.yaml").write_text(f"data_directory: {tmp_path}\nalerts: alerts.yaml\n")

    def ask(*words: str) -> int:
        config = ["--config", str(tmp_path / "pantau.yaml")]
        return CliRunner().invoke(main, ["health", "--role", "alerts", *config, *words]).exit_code

    assert ask() == 1
    at = SystemClock().now() - timedelta(seconds=seconds)
    with Store.open(tmp_path / "pantau.db") as store:
        store.alerts.report(REPORT, AlertReport(at, at).encode(), at)
    assert ask() == code


def test_without_the_setting_there_is_no_process_to_ask_for(tmp_path: Path) -> None:
    environ = {"PANTAU__DATA_DIRECTORY": str(tmp_path)}
    asked = CliRunner().invoke(main, ["health", "--role", "alerts"], env=environ)
    assert asked.exit_code == 1
    assert "there is no setting alerts" in asked.output
