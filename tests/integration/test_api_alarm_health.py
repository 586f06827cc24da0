"""The health of alarms over HTTP, and as a table."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from fastapi import FastAPI

from api.cli import main
from api.schemas import alarm_health as schemas
from collector.clock import SystemClock
from collector.model import Reason, State
from collector.model.alerts import Alert, Decision, HoldReason, Severity, Stage
from collector.store import Batch
from tests.api_city import NOON, City, ManualClock, client_of, make_city
from tests.contract.alerts_made import message


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A camera that chatters, another behind its switch, and three messages about them."""
    with make_city(tmp_path_factory.mktemp("city")) as city:
        fill(city)
        yield city


Way = tuple[FastAPI, dict[str, str]]
"""The application, and the header that opens it."""


@pytest.fixture(scope="module")
def app(city: City) -> Way:
    return city.app(), city.token()


def fill(city: City) -> None:
    now = city.clock.now()
    alerts = []
    for number in range(30):
        began = now - timedelta(hours=5, minutes=-6 * number)
        ended = began + timedelta(minutes=3)
        alerts.append(
            Alert("cam-0001", State.DOWN, Severity.CRITICAL, began, began, Reason.NO_ANSWER,
                  flapping=number > 9, ended_at=ended, end_confirmed_at=ended)
        )  # fmt: skip
    began = now - timedelta(days=3)
    old = Alert("sensor-0001", State.DEGRADED, Severity.WARNING, began, began, Reason.THRESHOLD)
    behind = Alert("cam-0002", State.UNREACHABLE, Severity.INFO, now - timedelta(hours=1),
                   now - timedelta(hours=1), Reason.PARENT_DOWN, root="sw-0001")  # fmt: skip
    held = Decision(0, now, Stage.CAUSE, HoldReason.PARENT_DOWN, "sw-0001")
    city.store.alerts.commit(
        Batch(
            now,
            alerts=[*alerts, old, behind],
            decisions=[
                *((one, Decision(0, now, Stage.SEND)) for one in (*alerts, old)),
                (behind, held),
            ],
        )
    )
    for number, receiver in enumerate(("piket", "piket", "kadis")):
        sent_at = now - timedelta(hours=2)
        city.store.outbox.add([message(f"m{number}", due_at=sent_at, receiver=receiver)])
        (taken,) = city.store.outbox.claim(sent_at, 1)
        city.store.outbox.sent(taken.id or 0, sent_at, reference=None)


async def ask(way: Way, **query: str) -> httpx.Response:
    async with client_of(*way) as client:
        return await client.get("/api/v1/alarm-health", params=query)


async def test_the_figures_are_told_with_verdicts_and_advice(app: Way) -> None:
    answer = await ask(app)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()
    schemas.AlarmHealth.model_validate(data)
    assert (data["from"], data["to"]) == ("2026-11-15T04:00:00Z", "2026-11-22T04:00:00Z")
    assert data["verdict"] == {"verdict": "too_much", "id": "terlalu banyak", "en": "too many"}
    assert (data["raised"]["count"], data["raised"]["own"], data["raised"]["behind"]) == (32, 31, 1)
    assert data["held"] == [{"reason": "parent_down", "alerts": 1}]
    (noisy, other) = data["noisy"]
    assert (noisy["device"], noisy["name"], noisy["alerts"]) == ("cam-0001", "Kamera Losari 01", 30)
    assert (noisy["flapping"], noisy["fleeting"], noisy["chattering"]) == (20, 30, True)
    assert other["device"] == data["stale"]["items"][0]["device"] == "sensor-0001"
    assert data["told"]["messages"] == 3
    assert [one["receiver"] for one in data["told"]["receivers"]] == ["piket", "kadis"]
    measures = {one["measure"]: one for one in data["measures"]}
    assert measures["per_day"]["value"] == 0.285  # 2 in 7 days, rounded down
    assert measures["fleeting"]["verdict"]["verdict"] == "too_much"
    assert measures["acknowledged_after"]["verdict"] is None
    assert data["advice"][0]["en"].startswith("cam-0001 (Kamera Losari 01) raised 30 alerts")
    assert "sensor-0001" in data["advice"][1]["id"]


async def test_a_window_is_what_was_asked_for_but_never_the_future(app: Way) -> None:
    answer = await ask(app, **{"from": "2026-11-22T00:03:00+00:00", "to": "2030-01-01T00:00:00Z"})
    data = answer.json()
    assert (data["from"], data["to"]) == ("2026-11-22T00:00:00Z", "2026-11-22T04:00:00Z")
    assert data["noisy"][0]["alerts"] == 20


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"from": "kemarin"}, "from: write a moment"),
        ({"from": "2026-12-01T00:00:00Z"}, "from: has not begun"),
        ({"from": "2026-06-01T00:00:00Z"}, "from: a window has at most 93 days"),
        ({"days": "3"}, "days: unknown parameter"),
    ],
)
async def test_what_cannot_be_answered_says_why(app: Way, query: dict[str, str], told: str) -> None:
    answer = await ask(app, **query)
    assert (answer.status_code, told in answer.text) == (422, True), answer.text


async def test_a_city_without_alerts_is_well(tmp_path: Path) -> None:
    with make_city(tmp_path) as city:
        data = (await ask((city.app(), city.token()))).json()
    schemas.AlarmHealth.model_validate(data)
    assert (data["verdict"]["verdict"], data["advice"], data["noisy"]) == ("good", [], [])
    assert data["to"] == NOON.isoformat().replace("+00:00", "Z")


# --- the command ------------------------------------------------------------------------------


def run(folder: Path, *words: str) -> Result:
    (folder / "pantau.yaml").write_text("data_directory: .\n")
    words = ("alert", "health", "--config", str(folder / "pantau.yaml"), *words)
    return CliRunner().invoke(main, words)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same city, of this moment."""
    folder = tmp_path_factory.mktemp("now")
    with make_city(folder) as city:
        city.clock = ManualClock(SystemClock().now())
        fill(city)
    return folder


def test_people_read_a_table_and_what_to_do(folder: Path) -> None:
    shown = run(folder)
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[0].endswith(": too many")
    assert any(
        line.split() == ["raised", "32", "4.6", "0.03", "2", "0", "30/1/0"] for line in lines
    )
    assert "Held, never told: 1 its parent is down." in lines
    assert any(line.startswith("cam-0001") and " 30 " in line for line in lines)
    assert lines[-3].startswith("- sensor-0001") or "- sensor-0001" in shown.stdout


def test_programs_get_what_the_api_gives(folder: Path) -> None:
    shown = run(folder, "--json", "--days", "2")
    data = json.loads(shown.stdout)
    schemas.AlarmHealth.model_validate(data)
    assert data["raised"]["count"] == 31


@pytest.mark.parametrize("words", [["--days", "0"], ["--days", "94"], ["--days", "x"]])
def test_wrong_use_ends_with_2(folder: Path, words: list[str]) -> None:
    assert run(folder, *words).exit_code == 2
