"""Roll-ups on a real InfluxDB: they are what the embedded sink makes of the same raw points."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.clock import SystemClock
from collector.config.influxdb import InfluxdbSettings
from collector.courier import raw_hours
from collector.courier.delivery import Delivery, Pace
from collector.courier.report import ROLLER_MARK
from collector.courier.rollups import Roller, RollerPace
from collector.model import Labels, Reading
from collector.sinks import DeviceReadings, Point, SinkError
from collector.sinks.influx.client import InfluxClient
from collector.sinks.influx.lines import line, to_signed
from collector.sinks.spool import FieldRow, Pack, Spool
from collector.sinks.sqlite import SqliteSink
from tests.influx_v2_proxy import READ_TOKEN, WRITE_TOKEN, Proxy
from tests.influxd import Influxd

BEGIN = datetime(2026, 11, 20, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECONDS = {"5m": 300, "1h": 3600}
FAST = Pace(first=0.01, longest=0.05, longest_of_settings=0.05)
EAGER = RollerPace(patience_seconds=0, rest=0)

# metric of the embedded sink → measurement, field
NAMES = {
    "rtt": ("ping", "average_response_ms"),
    "octets": ("interface", "ifHCInOctets"),
    "clients": ("wireless", "wifi, clients=100%"),  # a name that has to be escaped
}
Key = tuple[str, str, Labels]  # metric, device, labels


class Clock(SystemClock):
    """Stands where the test puts it."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at


class City:
    """The same readings in the embedded sink and, through the spool's book, in InfluxDB."""

    def __init__(self, influxd: Influxd, proxy: Proxy, database: str, folder: Path) -> None:
        self.influxd = influxd
        self.clock = Clock(BEGIN + 2 * HOUR + timedelta(minutes=2))
        self.settings = InfluxdbSettings.model_validate(
            {"url": proxy.url, "bucket": database, "token": WRITE_TOKEN, "read_token": READ_TOKEN}
        )
        for window in SECONDS:
            influxd.create_database(f"{database}_{window}")
        self.spool = Spool.open(folder / "spool.db")
        self.sink = SqliteSink.open(folder / "readings.db")
        counter = FieldRow("octets", *NAMES["octets"], "counter", "B", 1.0)
        self.spool.append([], self.clock.now(), fields=[counter])

    def close(self) -> None:
        for window in SECONDS:
            self.influxd.drop_database(f"{self.settings.bucket}_{window}")
        self.spool.close()
        self.sink.close()

    def write(self, at: datetime, device: str, *readings: Reading) -> None:
        """Write as collector and courier do, without the way between."""
        self.sink.write([DeviceReadings(device, at, readings)])
        for reading in readings:
            measurement, field = NAMES[reading.metric]
            value = reading.value
            if reading.metric == "octets":
                value = to_signed(int(value))
            tags = {"device": device, **dict(reading.labels)}
            self.raw(at, line(measurement, tags, {field: value}, at))

    def raw(self, at: datetime, text: bytes) -> None:
        self.influxd.write(self.settings.bucket, text)
        self.spool.append([Pack(0, text, 1, at, at)], self.clock.now())
        self.confirm()

    def confirm(self) -> None:
        records = self.spool.peek(0, 10_000)
        self.spool.remove([record.id for record in records])

    @asynccontextmanager
    async def roller(self, pace: RollerPace = EAGER) -> AsyncIterator[Roller]:
        client = InfluxClient(self.settings)
        async with Delivery.open(self.settings, SystemClock(), FAST) as delivery:
            yield Roller(self.spool, client, delivery, self.settings, self.clock, pace)
        client.close()

    async def roll(self) -> int:
        async with self.roller() as roller:
            return await roller.make_what_is_due()

    def stored(self, window: str) -> list[dict[str, Any]]:
        """Return what a bucket of roll-ups holds, a dict a row."""
        bucket = f"{self.settings.bucket}_{window}"
        found = self.influxd.query("SELECT * FROM /.*/ GROUP BY *", bucket)
        return [
            {
                "measurement": one["name"],
                **one["tags"],
                **dict(zip(one["columns"], row, strict=True)),
            }
            for one in found
            for row in one["values"]
        ]

    def points(self, window: str) -> dict[Key, dict[datetime, Point]]:
        """Return roll-ups as the points that they stand for."""
        found: dict[Key, dict[datetime, Point]] = {}
        for row in self.stored(window):
            for metric, (measurement, field) in NAMES.items():
                if row["measurement"] == measurement and row.get(f"{field}_count"):
                    labels = (("if", row["if"]),) if row.get("if") else ()
                    at = datetime.fromtimestamp(row["time"] // 10**9, UTC)
                    assert row["time"] % 10**9 == 0
                    mean, low, high = (float(row[f"{field}_{it}"]) for it in ("mean", "min", "max"))
                    point = Point(at, mean, low, high, row[f"{field}_count"])
                    found.setdefault((metric, row["device"], labels), {})[at] = point
        return found

    def expected(self, window: str, devices: tuple[str, ...]) -> dict[Key, dict[datetime, Point]]:
        """Return what the embedded sink makes of the hours that are over."""
        end = BEGIN + 2 * HOUR
        return {
            (metric, device, series.labels): {point.at: point for point in series.points}
            for device in devices
            for metric in NAMES
            for series in self.sink.query(device, metric, BEGIN - 24 * HOUR, end, SECONDS[window])
        }


@pytest.fixture
def city(influxd: Influxd, influx: Proxy, database: str, tmp_path: Path) -> Iterator[City]:
    made = City(influxd, influx, database, tmp_path)
    yield made
    made.close()


def minutes(count: float) -> datetime:
    return BEGIN + timedelta(minutes=count)


def rtt(value: float) -> Reading:
    return Reading("rtt", value, "ms")


def octets(value: int, port: str = "eth0") -> Reading:
    return Reading("octets", value, "B", (("if", port),))


async def test_roll_ups_are_the_embedded_sinks_steps(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_hours, "_FIRST_DEVICES", 2)  # several pieces
    monkeypatch.setattr(raw_hours, "VALUES_A_PIECE", 60)
    dice = random.Random(7)  # noqa: S311 - the same city every time
    devices = tuple(f"dev 'x', {n}" for n in range(5))
    for device in devices:
        for _ in range(8):
            at = minutes(round(dice.uniform(0, 120), 3))
            counter = octets(dice.randrange(2**64), dice.choice(["eth0", "eth1"]))
            clients = Reading("clients", float(dice.randrange(50)), "1")
            city.write(at, device, rtt(dice.uniform(0, 9)), counter, clients)
        for minute in (0, 4.999999, 5, 10, 59.999999, 60, 119.999999, 120):  # beginnings belong
            city.write(minutes(minute), device, rtt(dice.uniform(0, 9)))
    assert await city.roll() == 2
    for window in SECONDS:
        found, expected = city.points(window), city.expected(window, devices)
        assert found.keys() == expected.keys()
        for key, points in expected.items():
            assert found[key].keys() == points.keys()
            for at, point in points.items():
                other = found[key][at]
                assert (other.low, other.high, other.count) == (point.low, point.high, point.count)
                assert other.value == pytest.approx(point.value, rel=1e-12)
    left = [hour for hour, _ in city.spool.touched(10)]
    assert left == [int(minutes(120).timestamp()) // 3600]  # that hour runs


async def test_the_last_value_is_exact_and_a_text_has_only_that(city: City) -> None:
    for minute, value in ((0, 2**63 - 1), (1, 2**63 + 1)):
        city.write(minutes(minute), "a", octets(value))
        text = f"v{minute}"
        city.raw(minutes(minute), line("snmp", {"device": "a"}, {"n": text}, minutes(minute)))
    await city.roll()
    interface, snmp = city.stored("1h")
    assert interface["ifHCInOctets_last"] == to_signed(2**63 + 1)
    for name in ("mean", "min", "max"):
        assert float(interface[f"ifHCInOctets_{name}"]) == 2.0**63
    assert {k: v for k, v in snmp.items() if k.startswith("n")} == {"n_last": "v1"}


async def test_a_mean_of_large_counters_does_not_overflow(city: City) -> None:
    for minute in range(10):
        city.write(minutes(minute), "a", octets(2**62 + minute))
    await city.roll()
    assert city.stored("1h")[0]["ifHCInOctets_mean"] == pytest.approx(2.0**62)


async def test_points_that_come_late_change_their_windows_and_no_others(city: City) -> None:
    for minute in (1, 2, 11, 61):
        city.write(minutes(minute), "a", rtt(float(minute)))
        city.write(minutes(minute), "b", rtt(float(minute)))
    await city.roll()
    before = city.points("5m") | {("h", *key[1:]): v for key, v in city.points("1h").items()}
    city.clock.at += timedelta(days=3)
    city.write(minutes(12), "a", rtt(100.0))
    assert await city.roll() == 1
    after = city.points("5m") | {("h", *key[1:]): v for key, v in city.points("1h").items()}
    changed = {
        (*key[:2], at)
        for key, points in after.items()
        for at, point in points.items()
        if before[key].get(at) != point
    }
    assert changed == {("rtt", "a", minutes(10)), ("h", "a", minutes(0))}
    assert after["rtt", "a", ()][minutes(10)] == Point(minutes(10), 55.5, 11.0, 100.0, 2)


async def test_a_running_hour_has_the_windows_that_are_over_and_is_made_again(city: City) -> None:
    city.clock.at = minutes(13)
    for minute in (1, 6, 11):
        city.write(minutes(minute), "a", rtt(1.0))
    async with city.roller() as roller:
        assert await roller.make_what_is_due() == 0
        assert city.points("5m")["rtt", "a", ()].keys() == {minutes(0), minutes(5)}
        assert city.stored("1h") == []
        city.write(minutes(2), "a", rtt(3.0))
        city.clock.at = minutes(60) + timedelta(seconds=89)
        assert await roller.make_what_is_due() == 0  # somebody may still be on the way
        city.clock.at += timedelta(seconds=1)
        assert await roller.make_what_is_due() == 1
    assert [point.count for point in city.points("5m")["rtt", "a", ()].values()] == [2, 1, 1]
    assert city.points("1h")["rtt", "a", ()][BEGIN].count == 4


async def test_an_hour_that_lines_still_come_for_waits_but_not_for_ever(city: City) -> None:
    pace = RollerPace(patience_seconds=600, rest=0)
    moving = 0.0
    async with city.roller(pace) as roller:
        city.clock.monotonic = lambda: moving  # type: ignore[method-assign]
        for moment in (0.0, 300.0):
            moving = moment
            city.write(minutes(1), "a", rtt(moment))
            assert await roller.make_what_is_due() == (0 if moment else 1)
        moving = 301.0
        assert await roller.make_what_is_due() == 1  # quiet since
        made = []
        for moment in (600.0, 900.0, 901.0, 1500.0, 1501.0):
            moving = moment
            city.write(minutes(1), "a", rtt(moment))
            made.append(await roller.make_what_is_due())
    assert made == [0, 0, 1, 0, 1]
    assert city.points("1h")["rtt", "a", ()][BEGIN].low == 1501.0


async def test_a_kill_before_the_end_leaves_the_hour_to_be_made_again(city: City) -> None:
    for minute in range(30):
        city.write(minutes(minute), f"dev{minute}", rtt(float(minute)))
    for kills in range(1, 7):
        async with city.roller() as roller:
            task = asyncio.create_task(roller.make_what_is_due())
            for _ in range(kills * 2):
                await asyncio.sleep(0)
                if task.done():
                    break
                await asyncio.sleep(0.002)
            task.cancel()
            await asyncio.wait([task])
    city.write(minutes(0), "dev0", rtt(9.0))
    assert await city.roll() == 1
    devices = tuple(f"dev{n}" for n in range(30))
    for window in SECONDS:
        assert city.points(window) == city.expected(window, devices)


async def test_what_comes_while_an_hour_is_made_makes_it_due_again(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.write(minutes(1), "a", rtt(1.0))
    async with city.roller() as roller:
        store = roller._store

        async def late(*some: Any) -> None:
            await store(*some)
            city.write(minutes(2), "a", rtt(3.0))

        monkeypatch.setattr(roller, "_store", late)
        await roller.make_what_is_due()
        monkeypatch.undo()
        assert len(city.spool.touched(9)) == 1
        assert await roller.make_what_is_due() == 1
    assert city.points("1h")["rtt", "a", ()][BEGIN].value == 2.0


async def test_hours_whose_raw_points_have_gone_keep_the_roll_ups_they_have(city: City) -> None:
    city.write(minutes(1), "a", rtt(1.0))
    await city.roll()
    city.influxd.query("DELETE FROM ping", city.settings.bucket)
    city.write(minutes(2), "a", rtt(9.0))
    city.clock.at = BEGIN + timedelta(days=30, minutes=1)
    async with city.roller() as roller:
        assert await roller.make_what_is_due() == 0
        assert roller.counters.too_late == 1
    assert city.spool.touched(9) == []
    assert city.points("1h")["rtt", "a", ()][BEGIN].value == 1.0


async def test_readings_that_are_kept_too_shortly_for_roll_ups_are_told_of(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    city.settings = city.settings.model_copy(update={"keep_seconds": 3600.0})
    city.write(minutes(1), "a", rtt(1.0))
    city.clock.at = minutes(63)
    async with city.roller() as roller, asyncio.timeout(20):
        task = asyncio.create_task(roller.run())
        try:
            while not roller.counters.too_late:
                await asyncio.sleep(0.01)
        finally:
            task.cancel()
            await asyncio.wait([task])
    assert "lengthen it to a day at least" in caplog.text


async def test_what_is_no_reading_stays_where_it_is(city: City) -> None:
    city.raw(minutes(1), line("uptime", {"device": "a"}, {"up": 3}, minutes(1)))
    city.raw(minutes(1), line("pantau", {"collector": "c"}, {"queue": 3.0}, minutes(1)))
    await city.roll()
    (row,) = city.stored("1h")
    assert (row["measurement"], row["collector"], row["queue_last"]) == ("pantau", "c", 3)


async def test_lines_without_a_device_are_rolled_beside_the_others(city: City) -> None:
    city.raw(minutes(1), line("ping", {"device": "a"}, {"v": 1.0}, minutes(1)))
    city.raw(minutes(1), line("ping", {"url": "x"}, {"v": 2.0}, minutes(1)))
    await city.roll()
    assert sorted(row["v_last"] for row in city.stored("1h")) == [1, 2]


async def test_an_answer_that_is_too_long_is_asked_for_in_halves(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    for device in "abc":
        for minute in range(6):
            more = Reading("clients", float(minute), "1")
            city.write(minutes(minute), device, rtt(float(minute)), more)
    monkeypatch.setattr("collector.sinks.influx.client.MOST_ROWS", 6)
    await city.roll()
    assert city.points("1h") == city.expected("1h", ("a", "b", "c"))
    city.write(minutes(7), "a", rtt(1.0))
    with pytest.raises(SinkError, match="average_response_ms of a is more than InfluxDB gives"):
        await city.roll()
    assert len(city.spool.touched(9)) == 1


async def test_a_server_that_is_away_is_told_once_and_nothing_is_forgotten(
    city: City, influx: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    city.write(minutes(1), "a", rtt(1.0))
    influx.stop()
    pace = RollerPace(round_seconds=0.01, after_failure_seconds=0.01, patience_seconds=0, rest=0)
    async with city.roller(pace) as roller, asyncio.timeout(20):
        task = asyncio.create_task(roller.run())
        try:
            while roller.counters.failures < 3:
                await asyncio.sleep(0.01)
            assert "cannot be reached" in (roller.trouble or "")
            assert "cannot be reached" in (city.spool.mark(ROLLER_MARK) or "")
            influx.start()
            while not roller.counters.hours:
                await asyncio.sleep(0.01)
        finally:
            task.cancel()
            await asyncio.wait([task])
    told = [record.message for record in caplog.records if "roll-ups" in record.message]
    assert len(told) <= 2
    assert told[0].startswith("roll-ups wait, nothing is lost: InfluxDB at")
    assert WRITE_TOKEN not in caplog.text
    assert city.points("1h")["rtt", "a", ()][BEGIN].value == 1.0
    assert roller.newest_at == BEGIN + HOUR


async def test_a_fault_of_ours_in_one_hour_does_not_end_the_courier_or_hold_up_the_others(
    city: City, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    city.write(minutes(1), "a", rtt(1.0))
    city.write(minutes(61), "a", rtt(2.0))
    pace = RollerPace(round_seconds=0.01, after_failure_seconds=0.01, patience_seconds=0, rest=0)
    async with city.roller(pace) as roller, asyncio.timeout(20):
        make = roller._make

        async def faulty(hour: int) -> None:
            if hour == int(minutes(60).timestamp()) // 3600:
                raise KeyError("a nonsense answer")
            await make(hour)

        monkeypatch.setattr(roller, "_make", faulty)
        task = asyncio.create_task(roller.run())
        try:
            while not roller.counters.hours or roller.counters.failures < 3:
                await asyncio.sleep(0.01)
        finally:
            task.cancel()
            await asyncio.wait([task])
    assert roller.trouble == "a fault of ours: KeyError, see the log"
    assert len([one for one in caplog.records if one.exc_info]) == 1
    assert [start for start, _ in city.spool.touched(9)] == [int(minutes(60).timestamp()) // 3600]
    assert city.points("1h")["rtt", "a", ()].keys() == {BEGIN}
