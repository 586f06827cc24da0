"""The embedded sink: any sequence of writing, rolling, pruning and reopening against a dict."""

import resource
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from collector.model import Reading
from collector.sinks import DeviceReadings, SinkError, dictionary
from collector.sinks.sqlite import SqliteSink

T0 = datetime(2026, 11, 1, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
METRICS = ("ping_rtt_seconds", "if_in_octets")
DEVICES = ("a", "b", "c", "d", "e", "f")  # more than one step of rolling takes

Key = tuple[str, str, str, datetime]  # device, metric, interface, moment


def readings(minutes: float, *values: float, device: str = "a") -> DeviceReadings:
    found = tuple(Reading("m", value, "1", (("n", str(n)),)) for n, value in enumerate(values))
    return DeviceReadings(device, T0 + timedelta(minutes=minutes), found)


# --- against a model --------------------------------------------------------------------------

numbers = st.one_of(
    st.integers(min_value=0, max_value=2**64 - 1),
    st.floats(min_value=-1e9, max_value=1e9),
    st.floats(min_value=0, max_value=100).map(lambda value: round(value, 1)),
)
entries = st.tuples(
    st.sampled_from(DEVICES),
    st.integers(min_value=0, max_value=6 * 60),
    st.dictionaries(
        st.tuples(st.sampled_from(METRICS), st.sampled_from(["eth0", "eth1"])),
        numbers,
        min_size=1,
    ),
)


class SinkMachine(RuleBasedStateMachine):
    """The sink and a dict are told the same; they must answer the same."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.model: dict[Key, float] = {}
        self.cut = T0 - 100 * HOUR
        self.sink = SqliteSink.open(self.folder / "readings.db")
        self.reader = SqliteSink.open(self.folder / "readings.db", read_only=True)

    @rule(batch=st.lists(entries, max_size=6))
    def write(self, batch: list[tuple[str, int, dict[tuple[str, str], float]]]) -> None:
        results = []
        for device, minutes, values in batch:
            moment = T0 + timedelta(minutes=minutes)
            own = tuple(
                Reading(metric, value, "1", (("interface", interface),))
                for (metric, interface), value in values.items()
            )
            results.append(DeviceReadings(device, moment, own))
            for (metric, interface), value in values.items():
                self.model[device, metric, interface, moment] = value
        self.sink.write(results)

    @rule(steps=st.integers(min_value=1, max_value=8))
    def maintain(self, steps: int) -> None:
        for _ in range(steps):
            self.sink.maintain(0)

    @rule(hours=st.integers(min_value=-1, max_value=4), minutes=st.integers(0, 59))
    def prune(self, hours: int, minutes: int) -> None:
        self.cut = max(self.cut, T0 + hours * HOUR)
        self.sink.prune(T0 + hours * HOUR + timedelta(minutes=minutes))

    @rule()
    def reopen(self) -> None:
        self.sink.close()
        self.sink = SqliteSink.open(self.folder / "readings.db")

    @rule(
        device=st.sampled_from(DEVICES),
        metric=st.sampled_from(METRICS),
        start=st.integers(min_value=-30, max_value=400),
        length=st.integers(min_value=0, max_value=400),
        step=st.sampled_from([60, 300, 3600]),
    )
    def query_in_steps(self, device: str, metric: str, start: int, length: int, step: int) -> None:
        low = T0 + timedelta(minutes=start)
        high = low + timedelta(minutes=length)
        expected: dict[tuple[str, int], list[float]] = {}
        for (own, name, interface, moment), value in self.model.items():
            if (own, name) == (device, metric) and max(low, self.cut) <= moment < high:
                expected.setdefault((interface, int(moment.timestamp()) // step), []).append(value)
        found = {
            (series.labels[0][1], int(point.at.timestamp()) // step): point
            for series in self.reader.query(device, metric, low, high, step)
            for point in series.points
        }
        assert found.keys() == expected.keys()
        for key, point in found.items():
            inside = [float(value) for value in expected[key]]  # points are floats
            assert (point.low, point.high, point.count) == (min(inside), max(inside), len(inside))
            assert point.value == pytest.approx(sum(inside) / len(inside))

    @precondition(lambda self: hasattr(self, "model"))
    @invariant()
    def both_know_the_same_points(self) -> None:
        expected = {key: float(v) for key, v in self.model.items() if key[3] >= self.cut}
        found = {
            (device, metric, series.labels[0][1], point.at): point.value
            for device in DEVICES
            for metric in METRICS
            for series in self.reader.query(device, metric, T0 - HOUR, T0 + 9 * HOUR)
            for point in series.points
        }
        assert found == expected

    @precondition(lambda self: hasattr(self, "model"))
    @invariant()
    def the_last_values_are_exact(self) -> None:
        expected: dict[tuple[str, str, str], tuple[datetime, float]] = {}
        for (*series, moment), value in sorted(self.model.items(), key=lambda item: item[0][3]):
            if moment >= self.cut:
                expected[tuple(series)] = moment, value  # type: ignore[index]
        found = {
            (device, info.metric, info.labels[0][1]): (info.last_at, info.last_value)
            for device in DEVICES
            for info in self.reader.list_series(device)
        }
        assert found == expected

    @precondition(lambda self: hasattr(self, "model"))
    @invariant()
    def all_that_there_is_can_be_taken_out(self) -> None:
        expected = {key: value for key, value in self.model.items() if key[3] >= self.cut}
        found = {
            (device, reading.metric, reading.labels[0][1], result.at): reading.value
            for hour in self.reader.all_hours()
            for device, results in self.reader.all_readings(hour)
            for result in results
            for reading in result.readings
            if int(result.at.timestamp()) // 3600 == hour
        }
        assert found == expected
        assert list(map(type, found.values())) == [type(expected[key]) for key in found]

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.sink.close()
            self.reader.close()
            shutil.rmtree(self.folder)


TestSinkAgainstADict = SinkMachine.TestCase
TestSinkAgainstADict.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


# --- the file ---------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "readings.db"


def tail_and_blocks(path: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(path)) as connection:
        (tail,) = connection.execute("SELECT count(*) FROM tail").fetchone()
        (blocks,) = connection.execute("SELECT count(*) FROM blocks").fetchone()
    return tail, blocks


def test_an_hour_that_is_over_moves_into_one_block_a_metric_and_device(path: Path) -> None:
    with closing(SqliteSink.open(path)) as sink:
        for minutes in range(60):
            sink.write([readings(minutes, 1.0, 2.0, device=d) for d in ("a", "b", "c")])
        sink.maintain(60)
        assert tail_and_blocks(path) == (180, 0)
        sink.write([readings(60, 3.0)])
        sink.maintain(60)
        assert tail_and_blocks(path) == (1, 3)


def names_and_numbers(path: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT devices.name, metric, labels FROM series JOIN channels"
            " ON channels.id = series.channel JOIN devices ON devices.id = channels.device"
            " ORDER BY series.id"
        ).fetchall()


def test_each_series_has_one_number_however_often_and_wherever_it_is_met_first(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [readings(0, 1.0, 2.0), readings(0, 1.0, device="b"), readings(1, 1.0, 2.0, 3.0)]
    with closing(SqliteSink.open(path)) as sink:
        sink.write(first)
        once = names_and_numbers(path)
        assert [(name, labels[-4:-3]) for name, _, labels in once] == [
            ("a", "0"),
            ("a", "1"),
            ("b", "0"),
            ("a", "2"),
        ]
    monkeypatch.setattr(dictionary, "_MAX_SHAPES", 1)
    with closing(SqliteSink.open(path)) as sink:
        for minutes in (2, 3):
            sink.write([readings(minutes, 1.0, 2.0, 3.0), readings(minutes, 4.0, device="b")])
        assert names_and_numbers(path) == once
        sink.write([readings(4, 1.0, 2.0, device="b")])
        assert names_and_numbers(path) == [*once, ("b", "m", '[["n","1"]]')]
        found = sink.query("b", "m", T0, T0 + HOUR)
    assert [len(series.points) for series in found] == [4, 1]


def test_a_result_that_names_a_series_twice_tells_its_last_word(path: Path) -> None:
    twice = (Reading("m", 1.0), Reading("m", 2.0))
    with closing(SqliteSink.open(path)) as sink:
        sink.write([DeviceReadings("a", T0, twice)])
        sink.write([DeviceReadings("a", T0 + HOUR, twice)])
        (series,) = sink.query("a", "m", T0, T0 + 2 * HOUR)
        newest = sink.latest(["m"], T0)
    assert [point.value for point in series.points] == [2.0, 2.0]
    assert newest["a"][0].last_value == 2.0


def test_every_result_of_a_large_batch_is_kept_once(path: Path) -> None:
    with closing(SqliteSink.open(path)) as sink:
        sink.write([readings(n / 60, float(n), device=f"d{n % 7}") for n in range(123)])
        assert tail_and_blocks(path) == (123, 0)
        found = [
            point.value
            for n in range(7)
            for series in sink.query(f"d{n}", "m", T0, T0 + HOUR)
            for point in series.points
        ]
    assert sorted(found) == [float(n) for n in range(123)]


def test_one_call_does_a_bounded_piece_of_the_work(path: Path) -> None:
    with closing(SqliteSink.open(path)) as sink:
        sink.write([readings(0, 1.0, device=d) for d in DEVICES])
        sink.write([readings(60, 1.0)])
        seen = []
        for _ in range(8):
            sink.maintain(0)
            seen.append(tail_and_blocks(path))
    assert seen[1] == (7, 4)  # four devices a step
    assert seen[-1] == (1, 6)


def test_a_result_dated_in_the_far_future_does_not_stop_rolling(path: Path) -> None:
    with closing(SqliteSink.open(path)) as sink:
        sink.write([readings(0, 1.0), readings(60 * 24 * 365, 2.0), *[readings(1, 1.0)] * 4096])
        for hour in (1, 2, 3):
            sink.write([readings(hour * 60, 1.0)])
        sink.maintain(60)
        tail, blocks = tail_and_blocks(path)
        assert tail == 1
        assert blocks == 4  # hours 0, 1, 2, and the one in a year
        (series,) = sink.query("a", "m", T0, T0 + 366 * 24 * HOUR)
        assert [point.value for point in series.points] == [1.0, 1.0, 1.0, 1.0, 1.0, 2.0]


def test_a_tail_of_too_many_segments_is_rolled_whatever_their_hours(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.sinks.rolling.MAX_SEGMENTS", 2)
    with closing(SqliteSink.open(path)) as sink:
        for n in range(4):
            sink.write([readings(n, float(n))] * 4096)
            sink.maintain(60)
        assert tail_and_blocks(path) == (2 * 4096, 1)
        (series,) = sink.query("a", "m", T0, T0 + HOUR)
        assert [point.value for point in series.points] == [0.0, 1.0, 2.0, 3.0]


def test_a_second_writer_is_refused_until_the_first_is_gone(path: Path) -> None:
    with closing(SqliteSink.open(path)), pytest.raises(SinkError, match="another process writes"):
        SqliteSink.open(path)
    SqliteSink.open(path).close()


def test_a_reader_may_come_before_the_file_and_never_writes(path: Path) -> None:
    with closing(SqliteSink.open(path, read_only=True)) as reader:
        with pytest.raises(SinkError, match="no readings yet"):
            reader.list_series("a")
        with closing(SqliteSink.open(path)) as sink:
            sink.write([readings(0, 1.0)])
            assert len(reader.list_series("a")) == 1
        with pytest.raises(SinkError, match="reading only"):
            reader.write([readings(1, 1.0)])


def test_a_file_of_another_kind_or_format_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    with pytest.raises(SinkError, match="format unknown"):
        SqliteSink.open(path)
    other = path.with_name("other.db")
    SqliteSink.open(other).close()
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(SinkError, match="format 99"):
        SqliteSink.open(other)


def test_after_closing_every_use_is_an_error(path: Path) -> None:
    sink = SqliteSink.open(path)
    sink.close()
    with pytest.raises(SinkError, match="closed"):
        sink.write([readings(0, 1.0)])
    with pytest.raises(SinkError, match="closed"):
        sink.list_series("a")


def test_a_damaged_block_is_named_and_does_not_stop_what_comes_after(path: Path) -> None:
    with closing(SqliteSink.open(path)) as sink:
        sink.write([readings(0, 1.0)])
        sink.write([readings(60, 2.0)])
        sink.maintain(60)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("UPDATE blocks SET data = x'00'")
        with pytest.raises(SinkError, match="cannot be read"):
            sink.query("a", "m", T0, T0 + 2 * HOUR)
        (series,) = sink.query("a", "m", T0 + HOUR, T0 + 2 * HOUR)
        assert series.points[0].value == 2.0
        sink.write([readings(1, 1.5)])
        sink.write([readings(180, 3.0)])
        sink.maintain(60)
        (series,) = sink.query("a", "m", T0, T0 + 9 * HOUR)
        assert [point.value for point in series.points] == [1.5, 2.0, 3.0]


def test_an_hours_readings_come_device_by_device_with_their_texts(path: Path) -> None:
    text = Reading("sys_name", "x", "1", (("n", "1"),))
    with closing(SqliteSink.open(path)) as sink:
        for device in ("b", "a", "c"):
            sink.write([readings(0, 1.5, device=device), DeviceReadings(device, T0, (text,))])
            sink.write([readings(1, 2**64 - 1, device=device), readings(60, 3.0, device=device)])
        sink.maintain(60)
        hour = int(T0.timestamp()) // 3600
        assert sink.all_hours() == [hour, hour + 1]
        found = dict(sink.all_readings(hour))
        assert list(found) == ["b", "a", "c"]
        assert [(one.at, one.readings[0].value) for one in found["a"]] == [
            (T0, 1.5),
            (T0 + timedelta(minutes=1), 2**64 - 1),
        ]
        assert found["a"][0].readings[1] == text
        assert [device for device, _ in sink.all_readings(hour, "b")] == ["a", "c"]
        assert list(sink.all_readings(hour, "nobody")) == []
        sink.prune(T0 + HOUR)
        assert sink.all_hours() == [hour + 1]
        assert list(sink.all_readings(hour)) == []


def test_a_full_disk_is_an_error_that_passes_and_loses_nothing(path: Path) -> None:
    with closing(SqliteSink.open(path)) as sink:
        sink.write([readings(0, 0.0)])
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        largest = max(file.stat().st_size for file in path.parent.iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 200_000, hard))
        try:
            failed_at = write_until_it_fails(sink)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert failed_at > 1
        # The batch that failed comes again, as whoever holds it will send it.
        sink.write([readings(failed_at, *([float(failed_at)] * 100))])
        sink.maintain(60)
        found = sink.query("a", "m", T0, T0 + 48 * HOUR)
        assert len(found) == 100
        for series in found:
            values = [point.value for point in series.points if point.at > T0]
            assert values == [float(n) for n in range(1, failed_at + 1)]


def write_until_it_fails(sink: SqliteSink) -> int:
    for minutes in range(1, 2_000):
        try:
            sink.write([readings(minutes, *([float(minutes)] * 100))])
            sink.maintain(0)
        except SinkError:
            return minutes
    raise AssertionError("the disk never became full")
