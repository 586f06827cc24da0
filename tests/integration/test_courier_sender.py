"""From the spool to the server: in order, merged, removed only when confirmed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from api.supervisor import STOP_SECONDS
from collector.clock import SystemClock
from collector.config.influxdb import InfluxdbSettings
from collector.courier.delivery import LARGEST_REQUEST_BYTES, Delivery, Pace
from collector.courier.report import REPORT_MARK, CourierReport
from collector.courier.sender import DRAIN_SECONDS, Sender
from collector.sinks import SinkError
from collector.sinks.spool import LANES, Pack, Spool
from tests.influx_v2_proxy import WRITE_TOKEN, Fault, Proxy
from tests.influxd import Influxd, free_ports

T0 = datetime(2026, 11, 1, tzinfo=UTC)
FAST = Pace(first=0.01, longest=0.05, longest_of_settings=0.05)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    with closing(Spool.open(tmp_path / "spool.db")) as opened:
        yield opened


def settings_for(url: str, bucket: str) -> InfluxdbSettings:
    return InfluxdbSettings.model_validate({"url": url, "bucket": bucket, "token": WRITE_TOKEN})


def put(spool: Spool, lane: int, *numbers: int) -> None:
    """Append one record a number; it is the value and the moment."""
    for number in numbers:
        line = b"m,lane=%d v=%di %d\n" % (lane, number, number)
        spool.append([Pack(lane, line, 1, T0, T0)], T0)


@asynccontextmanager
async def carrying(
    spool: Spool, url: str, bucket: str, drain_seconds: float = 10.0
) -> AsyncIterator[tuple[Sender, Delivery, "asyncio.Task[None]"]]:
    settings, clock = settings_for(url, bucket), SystemClock()
    async with Delivery.open(settings, clock, FAST) as delivery:
        sender = Sender(spool, delivery, settings, clock, drain_seconds=drain_seconds)
        task = asyncio.create_task(sender.run())
        yield sender, delivery, task
        sender.stop()
        async with asyncio.timeout(20):
            await asyncio.wait([task])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def test_what_waits_goes_merged_and_in_order_and_is_then_forgotten(
    influx: Proxy, influxd: Influxd, database: str, spool: Spool
) -> None:
    for lane in range(LANES):
        put(spool, lane, *range(1, 31))
    async with carrying(spool, influx.url, database):
        await until(lambda: spool.status().records == 0)
        put(spool, 2, 99)
        await until(lambda: spool.status().records == 0)
    assert [write.count for write, _ in influx.writes] == [30] * LANES + [1]
    for write, _ in list(influx.writes)[:LANES]:
        values = [int(line.split(b"v=")[1].split(b"i")[0]) for line in write.lines.splitlines()]
        assert values == list(range(1, 31))
    await until(lambda: influxd.count(database, "m", "v") == 30 * LANES + 1)
    assert spool.status().sent_lines == 30 * LANES + 1


async def test_long_lines_go_in_requests_of_a_bounded_size(
    influx: Proxy, influxd: Influxd, database: str, spool: Spool
) -> None:
    for number in range(40):
        rows = [
            b'm text="%b",v=1i %d\n' % (b"x" * 16_000, 100 * number + place) for place in range(30)
        ]
        spool.append([Pack(0, b"".join(rows), len(rows), T0, T0)], T0)
    async with carrying(spool, influx.url, database):
        await until(lambda: spool.status().records == 0)
    assert max(len(write.lines) for write, _ in influx.writes) <= LARGEST_REQUEST_BYTES
    assert len(influx.writes) < 30  # of 19 MB
    assert influxd.count(database, "m", "v") == 1200


async def test_dead_letters_are_kept_with_the_servers_words(
    influx: Proxy, influxd: Influxd, database: str, spool: Spool
) -> None:
    put(spool, 1, 1)
    spool.append([Pack(1, b"poison\n", 1, T0, T0)], T0)
    put(spool, 1, 2)
    async with carrying(spool, influx.url, database) as (_, delivery, _):
        await until(lambda: spool.status().records == 0)
    (letter,) = spool.dead_letters(10)
    assert (letter.line, letter.status, letter.lane) == (b"poison", 400, 1)
    assert "unable to parse" in letter.words
    assert influxd.count(database, "m", "v") == 2
    assert delivery.counters.dead == 1
    report = CourierReport.decode(spool.mark(REPORT_MARK))
    assert report is not None
    assert (report.dead, report.lines >= 2, report.trouble) == (1, True, None)


async def test_a_lane_in_trouble_does_not_hold_up_the_others(
    influx: Proxy, influxd: Influxd, database: str, spool: Spool
) -> None:
    influx.rule = lambda it: Fault(403, "a gateway's whim") if b"lane=0" in it.lines else None
    for lane in range(LANES):
        put(spool, lane, 1, 2, 3)
    async with carrying(spool, influx.url, database) as (sender, delivery, _):
        await until(lambda: spool.status().records == 3)
        await until(lambda: delivery.counters.retries["rights"] >= 2)
        put(spool, 1, 4)
        await until(lambda: influxd.count(database, "m", "v") == 3 * (LANES - 1) + 1)
        report = sender.report
        assert report.trouble == "rights"
        assert "a gateway's whim" in (report.trouble_words or "")
        influx.reset()
        await until(lambda: spool.status().records == 0)


async def test_a_stop_while_the_server_is_away_takes_a_bounded_time_and_loses_nothing(
    influx: Proxy, influxd: Influxd, database: str, spool: Spool
) -> None:
    put(spool, 0, 1, 2, 3)
    (port,) = free_ports(1)
    async with carrying(spool, f"http://127.0.0.1:{port}", database, 0.1) as (
        sender,
        delivery,
        task,
    ):
        await until(lambda: delivery.counters.retries["unreachable"] >= 2)
        sender.stop()
        async with asyncio.timeout(10):
            await task
    assert spool.status().records == 3
    async with carrying(spool, influx.url, database):
        await until(lambda: spool.status().records == 0)
    assert influxd.count(database, "m", "v") == 3


async def test_a_stop_does_not_wait_where_a_setting_stands_in_the_way(
    influx: Proxy, spool: Spool
) -> None:
    put(spool, 0, 1)
    async with carrying(spool, influx.url, "nowhere", 3600) as (sender, delivery, task):
        await until(lambda: delivery.trouble is not None)
        sender.stop()
        await until(task.done)
    assert spool.status().records == 1


def test_what_is_carried_at_the_end_fits_into_what_the_supervisor_waits() -> None:
    assert DRAIN_SECONDS <= STOP_SECONDS / 2


async def test_a_stop_first_carries_what_waits(
    influx: Proxy, influxd: Influxd, database: str, spool: Spool
) -> None:
    influx.rule = lambda _: Fault(delay_seconds=0.05)
    for lane in range(LANES):
        put(spool, lane, *range(1, 20))
    async with carrying(spool, influx.url, database) as (sender, _, task):
        await until(lambda: bool(influx.writes))
        sender.stop()
        await task
    assert spool.status().records == 0
    assert influxd.count(database, "m", "v") == 19 * LANES


async def test_cancelled_before_the_answer_the_lines_still_wait(
    influx: Proxy, database: str, spool: Spool
) -> None:
    influx.rule = lambda _: Fault(delay_seconds=30)
    put(spool, 0, 1, 2, 3)
    async with carrying(spool, influx.url, database) as (_, delivery, task):
        await until(lambda: delivery.counters.requests == 1)
        task.cancel()
        await asyncio.wait([task])
    assert task.cancelled()
    assert spool.status().records == 3


async def test_a_failing_spool_is_told_of_once_and_tried_again(
    influx: Proxy,
    influxd: Influxd,
    database: str,
    spool: Spool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> NoReturn:
        raise SinkError("spool.db: the disk is full")

    monkeypatch.setattr("collector.courier.sender.RETRY_SECONDS", 0.01)
    put(spool, 0, 1)
    with monkeypatch.context() as broken:
        broken.setattr(Spool, "peek", fail)
        async with carrying(spool, influx.url, database) as (sender, _, _):
            await until(lambda: sender.report.spool_failures > 8)
            broken.undo()
            await until(lambda: spool.status().records == 0)
    told = [it.getMessage() for it in caplog.records]
    assert len(told) == 2
    assert "the disk is full" in told[0]
    assert influxd.count(database, "m", "v") == 1


async def test_records_whose_removal_failed_are_sent_again_and_stored_once(
    influx: Proxy,
    influxd: Influxd,
    database: str,
    spool: Spool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, failures = Spool.remove, [SinkError("busy"), RuntimeError("a fault of our own")]

    def fail_first(self: Spool, *arguments: object) -> None:
        if failures:
            raise failures.pop()
        real(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("collector.courier.sender.RETRY_SECONDS", 0.01)
    monkeypatch.setattr(Spool, "remove", fail_first)
    put(spool, 0, 1, 2)
    async with carrying(spool, influx.url, database):
        await until(lambda: spool.status().records == 0)
    assert [write.count for write, _ in influx.writes] == [2, 2, 2]
    assert influxd.count(database, "m", "v") == 2
