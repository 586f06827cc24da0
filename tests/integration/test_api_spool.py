"""What people and programs are told of what waits for InfluxDB: API, figures, command line."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from click.testing import CliRunner, Result
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from api.cli import main
from api.schemas import spool as schemas
from api.settings import ApiSettings
from api.waiting import Waiting
from collector.courier.report import REPORT_MARK, ROLLER_MARK, CourierReport
from collector.courier.rollups import Roller, RollerCounters
from collector.sinks.spool import Bounds, DeadLetter, Pack, Spool
from tests.api_city import NOON, City, ManualClock, StillSink, client_of, make_city

ROUTE = "/api/v1/spool"
WORDS = "InfluxDB at http://influx.example:8086 cannot be reached: start it"


@dataclass
class Desk:
    spool: Spool
    clock: ManualClock
    client: httpx.AsyncClient
    viewer: dict[str, str]
    city: City

    def say(self, trouble: str | None = None, since_minutes: float = 0) -> None:
        """Let the courier report now."""
        now = self.clock.now()
        since = None if trouble is None else now - timedelta(minutes=since_minutes)
        report = CourierReport(
            now, NOON, 7, 6, {"unreachable": 3}, trouble=trouble, trouble_since_at=since,
            trouble_words=trouble and WORDS,
        )  # fmt: skip
        self.spool.set_marks({REPORT_MARK: report.encode()})

    def append(self, *numbers: int) -> None:
        now = self.clock.now()
        lines = b"".join(line(one) for one in numbers)
        self.spool.append([Pack(0, lines, len(numbers), now, now)], now)

    async def get(self, path: str = "", **query: Any) -> dict[str, Any]:
        answer = await self.client.get(ROUTE + path, params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def reasons(self) -> list[str]:
        self.city.beat()
        reasons = (await self.client.get("/readyz")).json()["reasons"]
        return [one for one in reasons if one.startswith("readings")]


def line(number: int) -> bytes:
    return b"ping,device=cam v=%di 1795737600000000000\n" % number


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool.db"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture
async def desk(city: City, path: Path) -> AsyncIterator[Desk]:
    headers = {role: city.token(role) for role in ("viewer", "operator")}
    with (
        closing(Spool.open(path)) as spool,
        closing(Waiting(path, Bounds(10_000_000, 3600.0))) as waiting,
    ):
        app = create_app(
            store=city.store,
            sink=StillSink(),
            clock=city.clock,
            settings=ApiSettings(),
            waiting=waiting,
        )
        async with client_of(app, headers["operator"]) as client:
            yield Desk(spool, city.clock, client, headers["viewer"], city)


async def test_what_waits_is_told_with_its_age_and_its_reason(desk: Desk) -> None:
    desk.append(1, 2, 3)
    desk.clock.advance(90)
    desk.say("unreachable", since_minutes=1)
    told = await desk.get()
    schemas.SpoolView.model_validate(told)
    assert (told["lines"], told["records"], told["age_seconds"]) == (3, 1, 90.0)
    assert told["oldest_at"] == "2026-11-22T04:00:00Z"
    assert (told["limit_bytes"], told["limit_age_seconds"]) == (10_000_000, 3600.0)
    assert 0 < told["bytes"] < told["file_bytes"]
    assert told["trouble"] == {
        "kind": "unreachable", "since_at": "2026-11-22T04:00:30Z", "words": WORDS
    }  # fmt: skip
    assert told["courier"]["alive"] is True
    assert told["courier"]["retries"] == {"unreachable": 3}
    assert told["roll_ups"] is None


async def test_what_makes_roll_ups_is_told_as_it_said_it(desk: Desk) -> None:
    roller = Roller.__new__(Roller)  # its report alone
    roller._clock, roller.counters = desk.clock, RollerCounters(hours=3, lines=9)
    roller.newest_at, roller.waiting, roller.trouble = NOON, 2, "InfluxDB at http://x is away"
    words = orjson.dumps(roller.report(), option=orjson.OPT_UTC_Z).decode()
    desk.spool.set_marks({ROLLER_MARK: words})
    told = await desk.get()
    schemas.SpoolView.model_validate(told)
    assert (told["roll_ups"]["newest_at"], told["roll_ups"]["waiting_hours"]) == (
        "2026-11-22T04:00:00Z", 2
    )  # fmt: skip
    seen = (await desk.client.get(ROUTE, headers=desk.viewer)).json()
    assert seen["roll_ups"]["trouble"] is None
    text = (await desk.client.get("/metrics")).text
    assert "pantau_rollups_waiting_hours 2.0" in text


async def test_when_nothing_waits_age_and_trouble_are_none_and_not_missing(desk: Desk) -> None:
    desk.say()
    told = await desk.get()
    schemas.SpoolView.model_validate(told)
    assert (told["lines"], told["age_seconds"], told["oldest_at"], told["trouble"]) == (
        0, 0.0, None, None
    )  # fmt: skip


async def test_a_courier_that_is_silent_is_the_trouble(desk: Desk) -> None:
    assert (await desk.get())["trouble"]["kind"] == "courier"
    desk.say()
    desk.clock.advance(31)
    told = await desk.get()
    assert (told["trouble"]["kind"], told["courier"]["alive"]) == ("courier", False)
    assert "pantau run --role courier" in told["trouble"]["words"]


async def test_addresses_and_lines_are_for_operators(desk: Desk) -> None:
    desk.say("unreachable")
    answer = await desk.client.get(ROUTE, headers=desk.viewer)
    assert "influx.example" not in answer.text
    assert answer.json()["trouble"]["words"] is None
    for method, place in (("GET", "/dead-letters"), ("POST", "/dead-letters/retry")):
        refused = await desk.client.request(method, ROUTE + place, headers=desk.viewer)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_too_low")


async def test_dead_letters_are_listed_page_by_page_and_tried_again(desk: Desk) -> None:
    letters = [DeadLetter(line(n), 422, "field type conflict", NOON) for n in range(5)]
    desk.spool.append([], NOON, dead=[*letters, DeadLetter(b"\xff odd 1", 0, "1970", NOON)])
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 4}
    while True:
        page = await desk.get("/dead-letters", **query)
        schemas.DeadLetterPage.model_validate(page)
        found += page["items"]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert [one["line"] for one in found] == [
        "\ufffd odd 1", *(line(n).decode().strip() for n in (4, 3, 2, 1, 0))
    ]  # fmt: skip
    assert (found[1]["status"], found[1]["words"]) == (422, "field type conflict")
    answer = await desk.client.post(f"{ROUTE}/dead-letters/retry")
    assert (answer.status_code, answer.json()) == (200, {"lines": 6})
    told = await desk.get()
    assert (told["lines"], told["dead_letters"]) == (6, 0)
    again = await desk.client.post(f"{ROUTE}/dead-letters/retry")
    assert again.json() == {"lines": 0}


@pytest.mark.parametrize("cursor", ["x", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk"])
async def test_a_cursor_that_is_not_ours_is_refused(desk: Desk, cursor: str) -> None:
    answer = await desk.client.get(f"{ROUTE}/dead-letters", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


async def test_without_influxdb_the_routes_say_so(city: City) -> None:
    async with client_of(city.app(), city.token("operator")) as client:
        for method, place in (
            ("GET", ""),
            ("GET", "/dead-letters"),
            ("POST", "/dead-letters/retry"),
        ):
            answer = await client.request(method, ROUTE + place)
            assert (answer.status_code, answer.json()["code"]) == (404, "no_spool")
            assert "influxdb" in answer.json()["detail"]
        assert "pantau_spool" not in (await client.get("/metrics")).text


async def test_not_ready_in_words_without_internals_once_it_lasts(desk: Desk) -> None:
    desk.append(*range(100))
    desk.say("unreachable", since_minutes=0.5)
    assert await desk.reasons() == []
    desk.clock.advance(12 * 60)
    desk.say("unreachable", since_minutes=12)
    (reason,) = await desk.reasons()
    assert reason == (
        "readings: InfluxDB has not taken any for 12 min; 0.0 MB wait on disk, nothing is lost"
    )
    desk.say("bucket", since_minutes=3)
    (reason,) = await desk.reasons()
    assert reason.startswith("readings: InfluxDB has no such bucket; ")
    desk.say()
    (reason,) = await desk.reasons()
    assert reason.startswith("readings: they reach InfluxDB 12 min late; ")
    desk.spool.remove([record.id for record in desk.spool.peek(0, 1000)])
    assert await desk.reasons() == []
    desk.clock.advance(100)
    (reason,) = await desk.reasons()
    assert "the courier, is not running" in reason


async def test_not_ready_while_lines_are_being_lost(desk: Desk, path: Path) -> None:
    desk.append(1, 2)
    desk.clock.advance(3601)
    with closing(Spool.open(path, Bounds(age_seconds=3600))) as bounded:
        bounded.append([], desk.clock.now())
    desk.say()
    (reason,) = await desk.reasons()
    assert reason == (
        "readings: too much waits for InfluxDB, the oldest have been lost since"
        " 2026-11-22 05:00 UTC: 2 lines so far"
    )


async def test_the_figures_are_there_for_prometheus(desk: Desk) -> None:
    desk.append(1, 2)
    desk.say("token", since_minutes=5)
    text = (await desk.client.get("/metrics")).text
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples["pantau_spool_lines",] == 2
    assert samples["pantau_spool_dropped_lines_total",] == 0
    assert samples["pantau_courier_alive",] == 1
    assert samples["pantau_courier_trouble", "token"] == 1
    assert samples["pantau_courier_retries_total", "unreachable"] == 3


async def test_a_spool_that_cannot_be_read_breaks_neither_figures_nor_readiness(
    desk: Desk, path: Path
) -> None:
    desk.spool.close()
    for one in path.parent.glob("spool.db*"):
        one.unlink()
    path.write_bytes(b"no database" * 1000)
    assert await desk.reasons() == [
        "readings: what waits for InfluxDB cannot be read; the log knows why"
    ]
    text = (await desk.client.get("/metrics")).text
    assert "pantau_spool_readable 0.0" in text
    assert "pantau_devices" in text
    answer = await desk.client.get(ROUTE)
    assert (answer.status_code, answer.json()["code"]) == (503, "readings_unavailable")


# --- the command ------------------------------------------------------------------------------


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "pantau.yaml"
    file.write_text("data_directory: .\ninfluxdb: {}\n")
    return file


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["spool", "--config", str(config), *words])


def test_the_command_shows_what_waits_and_why(config: Path, path: Path) -> None:
    with closing(Spool.open(path)) as spool:
        spool.append([Pack(0, line(1), 1, NOON, NOON)], NOON)
    told = run(config)
    assert told.exit_code == 0, told.output
    assert "waiting       1 lines (0.0 MB), the oldest for" in told.output
    assert "lost          nothing" in told.output
    assert "courier: the courier is not running" in told.output
    assert '"lines": 1' in run(config, "--json").output


def test_the_command_lists_dead_letters_without_what_steers_a_terminal(
    config: Path, path: Path
) -> None:
    assert run(config, "--dead").output == "There are no dead letters.\n"
    with closing(Spool.open(path)) as spool:
        letter = DeadLetter(b"m v=\x1b[2J" + b"9" * 200 + b" 1", 400, "unable to\nparse", NOON)
        spool.append([], NOON, dead=[letter])
    told = run(config, "--dead").output
    assert "2026-11-22 04:00:00 UTC  400  unable to?parse" in told
    assert "m v=?[2J999" in told
    assert "\x1b" not in told
    assert run(config, "--retry").output == "1 lines are tried again.\n"
    assert run(config, "--retry", "--json").output == '{\n  "lines": 0\n}\n'


def test_the_command_says_when_there_is_no_influxdb(tmp_path: Path) -> None:
    file = tmp_path / "pantau.yaml"
    file.write_text("data_directory: .\n")
    told = run(file)
    assert told.exit_code == 1
    assert "no section influxdb" in told.output
