"""The embedded file moves to a real InfluxDB: all of it, counted, whatever stops it between."""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from click.testing import CliRunner

from api.cli import main
from collector.clock import SystemClock
from collector.config.influxdb import InfluxdbSettings
from collector.courier.delivery import Delivery, Pace
from collector.courier.moving import Mover, plan_move, start_of
from collector.courier.moving_progress import Progress
from collector.model import MetricKind, Reading
from collector.sinks import DeviceReadings, Point, SinkError
from collector.sinks.influx.client import InfluxClient
from collector.sinks.influx.encoder import Encoder
from collector.sinks.influx.facts import MetricFact, MetricFacts
from collector.sinks.influx.identity import Identity
from collector.sinks.influx.reader import InfluxReader
from collector.sinks.spool import Spool
from collector.sinks.sqlite import SqliteSink
from tests.influx_v2_proxy import READ_TOKEN, WRITE_TOKEN, Fault, Proxy
from tests.influxd import Influxd

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
FAST = Pace(first=0.01, longest=0.05, longest_of_settings=0.05)
DEVICES = ("ap-1", "cam-1", "sw-1")
FACTS = MetricFacts(
    {
        "ping_rtt_seconds": MetricFact("s", MetricKind.GAUGE),
        "if_in_octets": MetricFact("B", MetricKind.COUNTER),
        "sys_name": MetricFact("1", MetricKind.TEXT),
    }
)


class Clock(SystemClock):
    """Stands where the test puts it."""

    at = NOW

    def now(self) -> datetime:
        return self.at


def filled(path: Path, end: datetime, hours: int, *, days_apart: int = 0) -> SqliteSink:
    """Return a file with some hours of readings, most of them in blocks."""
    dice = random.Random(3)  # noqa: S311 - the same file every time
    sink = SqliteSink.open(path)
    for back in range(hours, 0, -1):
        begin = end.replace(minute=0, second=0) - back * (HOUR + days_apart * DAY)
        batch = []
        for device in DEVICES:
            for minute in range(0, 60, 4):
                at = begin + timedelta(minutes=minute, microseconds=dice.randrange(10**6))
                port = (("index", "1"), ("interface", dice.choice(["eth0", "eth 1"])))
                readings = (
                    Reading("ping_rtt_seconds", dice.uniform(0, 0.1), "s"),
                    Reading("if_in_octets", dice.randrange(2**64), "B", port),
                    Reading("sys_name", dice.choice(["a", 'b "x" \\']), "1"),
                )
                batch.append(DeviceReadings(device, at, readings))
        sink.write(batch)
        if back > 1:
            sink.maintain(60)
    return sink


class Move:
    """A file, a server and what lies between."""

    def __init__(self, influxd: Influxd, proxy: Proxy, database: str, folder: Path) -> None:
        self.influxd = influxd
        self.proxy = proxy
        self.folder = folder
        self.clock = Clock()
        self.settings = InfluxdbSettings.model_validate(
            {
                "url": proxy.url,
                "bucket": database,
                "token": WRITE_TOKEN,
                "read_token": READ_TOKEN,
                "lines": 100,
            }
        )
        for window in ("5m", "1h"):
            influxd.create_database(f"{database}_{window}")
        self.spool = Spool.open(folder / "spool.db")
        self.client = InfluxClient(self.settings)
        self.progress = folder / "progress.json"

    def close(self) -> None:
        for window in ("5m", "1h"):
            self.influxd.drop_database(f"{self.settings.bucket}_{window}")
        self.spool.close()
        self.client.close()

    @asynccontextmanager
    async def mover(self, sink: SqliteSink) -> AsyncIterator[Mover]:
        known = {name: Identity(name, "pasar", "kota", "camera") for name in DEVICES}
        encoder = Encoder(known, FACTS, self.spool.fields())
        progress = Progress.load(self.progress, "there")
        async with Delivery.open(self.settings, SystemClock(), FAST) as delivery:
            yield Mover(
                *(sink, encoder, self.spool, delivery, self.client, self.settings),
                self.clock,
                progress,
            )

    def hours(self, sink: SqliteSink) -> tuple[int, ...]:
        return plan_move(sink.all_hours(), self.settings, self.clock.now()).hours

    def reader(self) -> InfluxReader:
        return InfluxReader(self.client, self.spool, self.settings, self.clock)


@pytest.fixture
def move(influxd: Influxd, influx: Proxy, database: str, tmp_path: Path) -> Iterator[Move]:
    made = Move(influxd, influx, database, tmp_path)
    yield made
    made.close()


async def moved(move: Move, sink: SqliteSink) -> Mover:
    async with move.mover(sink) as mover:
        await mover.run(move.hours(sink), Mock())
        assert await mover.differences(Mock()) == []
    return mover


def assert_the_same(move: Move, sink: SqliteSink, start: datetime, step: int | None) -> None:
    reader = move.reader()
    for device in DEVICES:
        for metric in ("ping_rtt_seconds", "if_in_octets"):
            expected = sink.query(device, metric, start, NOW, step)
            found = reader.query(device, metric, start, NOW, step)
            assert [one.labels for one in found] == [one.labels for one in expected]
            for one, other in zip(found, expected, strict=True):
                assert [close(point) for point in one.points] == [close(p) for p in other.points]


def close(point: Point) -> tuple[object, ...]:
    values = (point.value, point.low, point.high)
    return point.at, point.count, *(pytest.approx(value, rel=1e-9) for value in values)


async def test_everything_is_there_afterwards_as_it_was(move: Move) -> None:
    with closing(filled(move.folder / "readings.db", NOW, 4)) as sink:
        mover = await moved(move, sink)
        assert_the_same(move, sink, NOW - DAY, None)
        found = {(one.metric, one.labels): one for one in move.reader().list_series("cam-1")}
        for info in sink.list_series("cam-1"):
            if info.metric == "sys_name":
                assert found[info.metric, info.labels].last_value == info.last_value
            elif info.metric == "if_in_octets":  # to the last digit
                assert found[info.metric, info.labels] == info
        texts = len([1 for h in sink.all_hours() for _ in sink.all_readings(h)])
        assert texts == 4 * len(DEVICES)
        assert mover.progress.readings == sum(mover.progress.counted.values())
    assert [start_of(hour) for hour, _ in move.spool.touched(99)] == [
        NOW.replace(minute=0) - back * HOUR for back in (4, 3, 2, 1)
    ]
    assert {row.metric for row in move.spool.fields()} == set(FACTS.by_metric)


async def test_moving_it_again_changes_nothing(move: Move) -> None:
    with closing(filled(move.folder / "readings.db", NOW, 2)) as sink:
        await moved(move, sink)
        before = move.influxd.query("SELECT * FROM /.*/", move.settings.bucket)
        move.progress.unlink()
        await moved(move, sink)
        assert move.influxd.query("SELECT * FROM /.*/", move.settings.bucket) == before


async def test_what_is_older_than_influxdb_keeps_readings_moves_as_roll_ups(move: Move) -> None:
    with closing(filled(move.folder / "readings.db", NOW, 5, days_apart=45)) as sink:
        plan = plan_move(sink.all_hours(), move.settings, NOW)
        assert (len(plan.whole), len(plan.rolled), len(plan.too_old)) == (0, 5, 0)
        mover = await moved(move, sink)
        assert {bucket for bucket, *_ in mover.progress.counted} == {
            move.settings.bucket_5m,
            move.settings.bucket_1h,
        }
        assert_the_same(move, sink, NOW - 150 * DAY, 300)  # three of them, from bucket_5m
        assert_the_same(move, sink, NOW - 250 * DAY, 3600)  # and from bucket_1h
        assert move.spool.touched(9) == []


def test_hours_are_parted_by_what_the_server_keeps() -> None:
    keep = {"keep": "2d", "keep_5m": "4d", "keep_1h": "6d", "spool_age": "1d"}
    settings = InfluxdbSettings.model_validate(keep)
    now = datetime(2026, 11, 20, tzinfo=UTC)
    hours = [int((now - DAY * days).timestamp()) // 3600 for days in (7, 6, 5, 3, 2, 1)]
    plan = plan_move(hours, settings, now)
    assert plan.too_old == tuple(hours[:2])
    assert plan.rolled == tuple(hours[2:5])
    assert plan.whole == tuple(hours[5:])
    assert plan.hours == tuple(hours[2:])
    since = now - 3 * DAY + timedelta(minutes=59)
    assert plan_move(hours, settings, now, since).hours == tuple(hours[3:])


async def test_a_move_goes_on_where_it_was_stopped(move: Move) -> None:
    with closing(filled(move.folder / "readings.db", NOW, 6)) as sink:
        stops = 0
        for writes in range(1, 12):
            async with move.mover(sink) as mover:
                before = len(move.proxy.writes)
                task = asyncio.create_task(mover.run(move.hours(sink), Mock()))
                while len(move.proxy.writes) < before + writes and not task.done():
                    await asyncio.sleep(0.001)
                stops += not task.done()
                task.cancel()
                await asyncio.wait([task])
        assert stops > 2
        mover = await moved(move, sink)
        assert mover.progress.readings == sum(mover.progress.counted.values())
        assert mover.progress.readings == 6 * 3 * len(DEVICES) * 15 - missing_texts(sink)
        assert_the_same(move, sink, NOW - DAY, None)


def missing_texts(sink: SqliteSink) -> int:
    """Return how many of the texts that were read did not change, and so are not in the file."""
    kept = sum(
        isinstance(reading.value, str)
        for hour in sink.all_hours()
        for _, results in sink.all_readings(hour)
        for result in results
        for reading in result.readings
    )
    return 6 * len(DEVICES) * 15 - kept


async def test_a_server_that_is_away_is_waited_for(move: Move) -> None:
    move.proxy.faults.extend([Fault(503)] * 5)
    with closing(filled(move.folder / "readings.db", NOW, 1)) as sink:
        await moved(move, sink)
        assert_the_same(move, sink, NOW - DAY, None)


async def test_what_influxdb_refuses_is_told_with_its_words(move: Move) -> None:
    move.influxd.write(move.settings.bucket, b'ping,device=x average_response_ms="text" 1\n')
    at = int(NOW.timestamp()) * 10**9
    move.influxd.write(move.settings.bucket, b'ping average_response_ms="text" %d\n' % at)
    with closing(filled(move.folder / "readings.db", NOW, 1)) as sink:
        async with move.mover(sink) as mover:
            await mover.run(move.hours(sink), Mock())
            differences = await mover.differences(Mock())
    assert mover.progress.dead == 15 * len(DEVICES)
    assert "field type conflict" in mover.progress.letters[0]
    assert {(one.measurement, one.held) for one in differences} == {("ping", 0)}


async def test_what_is_missing_is_named(move: Move) -> None:
    with closing(filled(move.folder / "readings.db", NOW, 2)) as sink:
        await moved(move, sink)
        bucket = move.settings.bucket
        move.influxd.query("DROP SERIES FROM interface WHERE device = 'cam-1'", bucket)
        async with move.mover(sink) as mover:
            (difference,) = await mover.differences(Mock())
    assert (difference.device, difference.measurement) == ("cam-1", "interface")
    assert (difference.moved, difference.held) == (30, 0)


def test_progress_of_another_target_is_not_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "progress"
    done = Progress(path, "here", hour=7, device="a", first_hour=5, readings=3)
    done.counted["b", "a", "ping"] = 3
    done.save()
    assert Progress.load(path, "here") == done
    assert Progress.load(path, "there").hour is None
    done.is_verified = True
    done.save()
    assert Progress.load(path, "here").hour is None
    path.write_text("{")
    with pytest.raises(SinkError, match="remove it to move everything again"):
        Progress.load(path, "here")


# --- the command ------------------------------------------------------------------------------

CITY = """
areas: {kota: {name: Kota}}
sites: {pasar: {name: Pasar, area: kota, latitude: -7.8, longitude: 110.4}}
"""


@pytest.fixture
def folder(move: Move) -> Path:
    (move.folder / "pantau.yaml").write_text(
        "data_directory: .\n"
        f"influxdb: {{url: '{move.settings.url}', bucket: {move.settings.bucket},"
        f" token: {WRITE_TOKEN}, read_token: {READ_TOKEN}, lines: 100}}\n"
    )
    return move.folder


def command(folder: Path, *more: str) -> list[str]:
    return ["migrate", "readings", "--config", str(folder / "pantau.yaml"), *more]


def test_who_stops_the_command_reads_that_it_can_go_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(folder / "readings.db", SystemClock().now(), 1).close()
    monkeypatch.setattr(Mover, "run", Mock(side_effect=KeyboardInterrupt))
    stopped = CliRunner().invoke(main, command(folder))
    assert stopped.exit_code == 1
    assert "the same command goes on" in stopped.output


def test_the_command_says_what_it_will_do_and_then_does_it(folder: Path, move: Move) -> None:
    now = SystemClock().now()
    filled(folder / "readings.db", now, 3).close()
    before = len(move.proxy.writes)
    planned = CliRunner().invoke(main, command(folder, "--dry-run"))
    assert planned.exit_code == 0, planned.output
    assert "3 hours" in planned.output
    assert "are moved as they are" in planned.output
    assert len(move.proxy.writes) == before
    done = CliRunner().invoke(main, command(folder))
    assert done.exit_code == 0, done.output
    assert "InfluxDB holds everything that was moved" in done.output
    assert move.influxd.count(move.settings.bucket, "ping", "average_response_ms") == 135
    move.influxd.query("DROP MEASUREMENT ping", move.settings.bucket)
    kept = json.loads((folder / "readings.db-moved.json").read_bytes())
    assert kept["is_verified"]
    (folder / "readings.db-moved.json").write_text(json.dumps(kept | {"is_verified": False}))
    counted = CliRunner().invoke(main, command(folder))
    assert counted.exit_code == 1
    assert "InfluxDB holds less than was moved in 3 places:" in counted.output
    assert WRITE_TOKEN not in done.output + counted.output


def test_a_killed_command_is_simply_run_again(folder: Path, move: Move) -> None:
    now = SystemClock().now()
    filled(folder / "readings.db", now, 6).close()
    move.proxy.rule = lambda _: Fault(204, delay_seconds=0.05, stored=True)
    run = [sys.executable, "-m", "api", *command(folder)]
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:  # noqa: S603 - our own program
        while len(move.proxy.writes) < 4 and process.poll() is None:
            time.sleep(0.01)  # noqa: TID251 - no event loop here
        assert process.poll() is None
        process.kill()
    move.proxy.reset()
    done = CliRunner().invoke(main, command(folder))
    assert done.exit_code == 0, done.output
    assert move.influxd.count(move.settings.bucket, "ping", "average_response_ms") == 270


def test_without_a_section_influxdb_there_is_nowhere_to_move_to(tmp_path: Path) -> None:
    (tmp_path / "pantau.yaml").write_text("data_directory: .\n")
    refused = CliRunner().invoke(main, command(tmp_path))
    assert refused.exit_code == 2
    assert "add a section influxdb" in refused.output


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    refused = CliRunner().invoke(main, command(folder, "--from", "nowhere.db"))
    assert refused.exit_code == 2
    assert "nowhere.db does not exist" in refused.output
