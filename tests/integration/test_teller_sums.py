"""Whatever happens to the past: InfluxQL gives every digit of the API's uptime.

A store lives through words about the past, planned work, corrections, moves, owners, a collector
that goes and comes, hours that pass and a teller that is ended anywhere. After each of it the real
engine is asked with the queries of Grafana, and the answers are held to `GET /uptime`'s table.
"""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from api.settings import ApiSettings
from api.uptime_query import Asked, read_question
from api.uptime_table import Table, make_table
from collector.config.influxdb import InfluxdbSettings
from collector.contract import Rules
from collector.courier.delivery import Delivery
from collector.courier.teller import TellerSettings
from collector.courier.teller import sums as sums_module
from collector.courier.teller.progress import Told
from collector.courier.teller.sums import TOLD_MARK, SumsTeller
from collector.courier.teller.threads import Threaded
from collector.model import CauseClass, Heartbeat, Reason, State, Transition
from collector.sight import sight
from collector.sinks.influx.lines import nanoseconds
from collector.sinks.influx.uptime_queries import SUMS, SUMS_BY_CONTRACT, Figure, uptime_query
from collector.sinks.spool import Spool
from collector.store import Store
from collector.uptime import GroupBy
from collector.uptime.tally import Tally
from tests.api_city import ManualClock
from tests.contract.store_backends import T0, City, city
from tests.contract.store_past import Past
from tests.influx_v2_proxy import WRITE_TOKEN, Proxy
from tests.influxd import Influxd

ZONE = "Asia/Makassar"
CONTRACT = Rules(
    "kontrak", minimum_outage_seconds=300, causes_not_counted=frozenset({CauseClass.POWER})
)
DEVICES = ("cam-1", "sw-1", "sensor-1")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass
class World:
    """A store, what tells of it, and the engine that is told."""

    store: Store
    spool: Spool
    proxy: Proxy
    engine: Influxd
    bucket: str
    clock: ManualClock
    contract: Rules | None = CONTRACT

    def __post_init__(self) -> None:
        self.past = Past(self.store)
        self.city = city()
        self.store.apply_inventory(self.city, T0)
        self.beat()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def beat(self) -> None:
        self.store.beat(Heartbeat("c1", "run", T0, self.now, {}), [], [])

    def pass_time(self, length: timedelta, *, seen: bool = True) -> None:
        self.clock.advance(length.total_seconds())
        if seen:
            self.beat()

    def say(self, device_id: str, new: State, at: datetime, cause: str | None = None) -> None:
        moved = Transition(device_id, State.UNKNOWN, new, at, at, Reason.NO_ANSWER, cause=cause)
        self.store.commit([], [], [moved])

    def change(self, device_id: str, **values: Any) -> None:
        its = replace(self.city.devices[device_id], **values)
        self.apply(replace(self.city, devices={**self.city.devices, device_id: its}))

    def apply(self, new: City) -> None:
        self.city = new
        self.store.apply_inventory(new, self.now)

    # --- telling ------------------------------------------------------------------------------

    def tell(self, *, ended_after: int | None = None) -> None:
        """Run a new teller until nothing is left, or until it is ended before some delivery."""
        asyncio.run(self._tell(ended_after))

    async def _tell(self, ended_after: int | None) -> None:
        settings = InfluxdbSettings(
            url=self.proxy.url,
            token=SecretStr(WRITE_TOKEN),
            bucket=self.bucket,
        )
        threaded = Threaded("teller")
        async with Delivery.open(settings, self.clock) as delivery:
            way: Any = delivery if ended_after is None else EndsAfter(delivery, ended_after)
            teller = SumsTeller(
                self.store,
                self.spool,
                way,
                self.clock,
                TellerSettings(bucket=self.bucket, zone=ZONE, contract=self.contract),
                threaded,
            )
            try:
                await teller.tell_what_runs()
                while await teller.tell_some_past():
                    pass
            except Ended:
                pass
            finally:
                await threaded.close()

    # --- asking -------------------------------------------------------------------------------

    def table(self, by: GroupBy, start: datetime) -> Table:
        contracts = {} if self.contract is None else {self.contract.name: self.contract}
        settings = ApiSettings(
            zone=ZONE,
            contracts=contracts,
            contract=None if self.contract is None else self.contract.name,
        )
        asked = Asked(from_=start.isoformat(), to=self.now.isoformat(), group_by=by)
        question = read_question(asked, settings, self.now)
        seen = sight(self.store.collectors(), self.now, settings.collector_timeout_seconds)
        return make_table(self.store, question, settings, self.now, seen.known_until)

    def query(self, measurement: str, figure: Figure, by: GroupBy, start: datetime) -> str:
        return uptime_query(
            figure,
            source=f'"{self.bucket}".."{measurement}"',
            where=f"time >= {nanoseconds(start)} AND time < {nanoseconds(self.now)}",
            group_by=[by.value],
        )

    def asked(self, measurement: str, figure: Figure, by: GroupBy) -> dict[str, float]:
        return by_tag(self.engine.query(self.query(measurement, figure, by, T0)), by)

    def agree(self, start: datetime = T0) -> None:
        """Hold every figure of every group, by both sets of rules, to the API's table."""
        measurements = (SUMS, SUMS_BY_CONTRACT) if self.contract else (SUMS,)
        asked = list(product(GroupBy, measurements, Figure))
        answers = self.answers([self.query(name, fig, by, start) for by, name, fig in asked])
        tables = {by: self.table(by, start) for by in GroupBy}
        for (by, measurement, figure), answer in zip(asked, answers, strict=True):
            table = tables[by]
            expected = {
                row.key: value
                for row in table.rows
                if (value := _figure(table, row, measurement, figure)) is not None
            }
            assert by_tag(answer, by) == expected, (measurement, figure, by, start)

    def answers(self, queries: list[str]) -> list[list[dict[str, Any]]]:
        """Ask many things in one request: the series of each."""
        form = {"q": ";".join(queries), "epoch": "ns"}
        answer = httpx.post(f"{self.engine.url}/query", data=form)
        results = answer.json()["results"]
        assert not [one["error"] for one in results if "error" in one]
        return [one.get("series", []) for one in results]


def by_tag(series: list[dict[str, Any]], by: GroupBy) -> dict[str, float]:
    return {one["tags"][by.value]: one["values"][0][1] for one in series}


def _figure(table: Table, row: Any, measurement: str, figure: Figure) -> float | None:
    tally: Tally = row.plain if measurement == SUMS else row.contract
    said = table.figures(tally)
    low, high = said.uptime_bounds_percent or (None, None)
    return {
        Figure.UPTIME: said.uptime_percent,
        Figure.DEVICE_UPTIME: said.device_uptime_percent,
        Figure.LOW: low,
        Figure.HIGH: high,
        Figure.COVERAGE: None if low is None else said.coverage_percent,
    }[figure]


class Ended(Exception):  # noqa: N818 - the end of a process, no error
    """The process was killed here."""


class EndsAfter:
    """A delivery in whose use the process ends: before a request, or just after it was stored."""

    def __init__(self, delivery: Delivery, count: int) -> None:
        self._delivery = delivery
        self._left = count

    async def deliver(self, lines: bytes, bucket: str | None = None) -> Any:
        if self._left <= 0:
            raise Ended
        self._left -= 1
        dead = await self._delivery.deliver(lines, bucket)
        if self._left <= 0:
            raise Ended
        return dead


@pytest.fixture
def world(influxd: Influxd, influx: Proxy, database: str, tmp_path: Path) -> Iterator[World]:
    with Store.open(tmp_path / "pantau.db") as store:
        spool = Spool.open(tmp_path / "spool.db")
        clock = ManualClock(T0 + timedelta(minutes=10))
        yield World(store, spool, influx, influxd, database, clock)
        spool.close()


def told(world: World) -> Told:
    found = Told.decode(world.spool.mark(TOLD_MARK))
    assert found is not None
    return found


def test_the_hour_that_runs_is_told_again_as_it_grows(world: World) -> None:
    world.say("sw-1", State.UP, T0)
    world.tell()
    world.agree()
    world.pass_time(20 * MINUTE)
    world.say("sw-1", State.DOWN, world.now - 5 * MINUTE)
    world.tell()
    world.agree()
    assert world.asked(SUMS, Figure.UPTIME, GroupBy.DEVICE)["sw-1"] == 83.333


def test_an_hour_that_ended_is_told_to_its_end(world: World) -> None:
    world.say("sw-1", State.UP, T0)
    world.tell()
    world.pass_time(55 * MINUTE)
    world.say("sw-1", State.DOWN, T0 + 45 * MINUTE)
    world.tell()
    world.agree()


def test_the_first_telling_tells_the_whole_past(world: World) -> None:
    world.say("sw-1", State.UP, T0)
    world.pass_time(timedelta(days=3))
    world.say("sw-1", State.DOWN, T0 + 40 * HOUR)
    world.tell()
    assert told(world).past == ()
    world.agree()
    world.agree(T0 + 41 * HOUR)


def test_what_changes_in_the_past_changes_the_figures(world: World) -> None:
    """Work that is entered afterwards, and a cause that somebody corrects."""
    world.say("cam-1", State.UP, T0)
    world.pass_time(timedelta(days=2))
    world.say("cam-1", State.DOWN, T0 + 5 * HOUR)
    world.say("cam-1", State.UP, T0 + 9 * HOUR)
    world.tell()
    before = world.asked(SUMS_BY_CONTRACT, Figure.UPTIME, GroupBy.DEVICE)["cam-1"]
    world.past.correct(0, CauseClass.POWER)
    world.past.window("sw-1", T0 + 7 * HOUR, T0 + 8 * HOUR)
    world.tell()
    world.agree()
    world.agree(T0 + 6 * HOUR)
    assert world.asked(SUMS_BY_CONTRACT, Figure.UPTIME, GroupBy.DEVICE)["cam-1"] > before


def test_an_outage_that_grows_long_enough_to_count_does_so_from_its_beginning(world: World) -> None:
    """It began in an hour that was over when it was still too short for the contract."""
    world.say("sw-1", State.UP, T0)
    world.pass_time(52 * MINUTE)  # 01:02
    world.say("sw-1", State.DOWN, T0 + 58 * MINUTE)
    world.tell()
    world.agree()
    world.pass_time(3 * HOUR)
    world.tell()
    world.agree()
    world.agree(T0 + HOUR)


def test_while_nobody_looks_time_is_unknown_until_it_turns_out_otherwise(world: World) -> None:
    world.say("sw-1", State.UP, T0)
    world.tell()
    for _ in range(3):
        world.pass_time(50 * MINUTE, seen=False)
        world.tell()
        world.agree()
    assert world.asked(SUMS, Figure.COVERAGE, GroupBy.DEVICE)["sw-1"] == 6.25
    world.beat()  # it was there all the time and could not say so
    world.tell()
    world.agree()
    assert world.asked(SUMS, Figure.COVERAGE, GroupBy.DEVICE)["sw-1"] == 100.0


def test_a_device_that_moves_takes_its_past_along(world: World) -> None:
    world.say("sw-1", State.UP, T0)
    world.pass_time(10 * HOUR)
    world.tell()
    world.change("sw-1", site="far", owner="diskominfo")
    world.pass_time(2 * MINUTE)
    world.tell()
    world.agree()
    world.change("sw-1", site="balai", owner=None)  # and back again
    world.tell(ended_after=1)
    world.tell()
    world.agree()


def test_a_device_that_moves_back_before_its_zeros_were_told_is_not_forgotten(
    world: World,
) -> None:
    world.say("sw-1", State.UP, T0)
    world.pass_time(10 * HOUR)
    world.tell()
    world.change("sw-1", site="far")
    world.tell(ended_after=2)  # of what runs; the past was not begun
    world.change("sw-1", site="balai")
    world.tell()
    world.agree()


def test_other_rules_in_force_make_all_of_it_again(world: World) -> None:
    world.say("sw-1", State.UP, T0)
    world.pass_time(5 * HOUR)
    world.say("sw-1", State.DOWN, T0 + 2 * HOUR)
    world.say("sw-1", State.UP, T0 + 2 * HOUR + 20 * MINUTE)
    world.tell()
    world.contract = replace(CONTRACT, minimum_outage_seconds=3600)
    world.tell()
    world.agree()
    world.contract = None
    world.tell()
    world.agree()


def test_the_past_is_told_in_parts_that_are_not_told_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sums_module, "LINES_AT_ONCE", 12)  # four hours of three devices
    world.pass_time(20 * HOUR)
    world.tell(ended_after=2 + 2 * 3)
    (left,) = told(world).past
    assert left.until == (T0 + 12 * HOUR).timestamp() * 1_000_000
    writes = len(world.proxy.writes)
    world.tell()
    assert len(world.proxy.writes) - writes == 2 + 2 * 3
    world.agree()


@pytest.mark.parametrize("seed", range(2))
def test_any_past_in_any_order_with_ends_in_between(world: World, seed: int) -> None:
    choose = random.Random(seed)  # noqa: S311 - no secret
    for step in range(14):
        for _ in range(choose.randrange(2)):
            something_happens(world, choose)
        world.pass_time(
            choose.choice([MINUTE, 7 * MINUTE, HOUR, 13 * HOUR]), seen=choose.random() < 0.7
        )
        if choose.random() < 0.4:
            world.tell(ended_after=choose.randrange(1, 5))
        if step % 3 == 2:
            world.tell()
            world.agree()
            world.agree(T0 + choose.randrange(int((world.now - T0) / HOUR) + 1) * HOUR)


def something_happens(world: World, choose: random.Random) -> None:
    at = T0 + choose.random() * (world.now - T0)
    at = at.replace(microsecond=choose.randrange(1_000_000))
    at = min(at, world.now)
    device = choose.choice(DEVICES)
    match choose.randrange(7):
        case 0 | 1 | 2:
            new = choose.choice(list(State))
            root = "sw-1" if new is State.UNREACHABLE and device != "sw-1" else None
            world.say(device, new, max(at, world.now - 20 * MINUTE), root)
        case 3:
            world.say(device, choose.choice(list(State)), at)
        case 4:
            world.past.correct(choose.randrange(20), choose.choice(list(CauseClass)))
        case 5:
            world.past.window(device, at, at + choose.random() * timedelta(hours=30))
        case 6:
            world.change(
                device,
                site=choose.choice(["losari", "balai", "far"]),
                owner=choose.choice([None, "diskominfo"]),
            )


def test_a_clock_that_was_ahead_leaves_no_time_that_is_yet_to_come(world: World) -> None:
    world.say("sw-1", State.UP, T0)
    world.pass_time(20 * HOUR)
    world.tell(ended_after=2)  # of what runs: the past is still to be told, up to now
    world.pass_time(-19 * HOUR)
    world.tell()
    world.agree()
    world.pass_time(2 * HOUR)
    world.tell()
    world.agree()
