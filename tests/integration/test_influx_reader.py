"""Reading back from the real engine: the same answers as the embedded sink, raw and rolled up."""

import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.counted import can_be_reckoned, rated
from collector.courier.raw_hours import RawHours
from collector.model import Labels, Reading
from collector.moments import to_micros
from collector.sinks import DeviceReadings, Series, SinkError
from collector.sinks.influx.client import BucketMissingError, InfluxClient
from collector.sinks.influx.identity import Identity
from collector.sinks.influx.lines import line
from collector.sinks.influx.reader import InfluxReader
from collector.sinks.influx.spans import Span, spans
from collector.sinks.spool import FieldRow
from collector.sinks.sqlite import SqliteSink
from tests.influx_sink import DrainedSink, send, settings_of
from tests.influx_v2_proxy import Proxy
from tests.influxd import Influxd, free_ports

T0 = datetime(2026, 11, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)
METRICS = {
    "ping_rtt_seconds": "s",
    "if_in_octets": "B",
    "sys_uptime_seconds": "s",
    "temperature_celsius": "Cel",
}
ETH: Sequence[Labels] = ((("interface", "eth0"),), (("interface", "eth1"), ("slot", "a b,c")))

numbers = {
    "ping_rtt_seconds": st.floats(0, 5).map(lambda value: round(value, 3)),
    "if_in_octets": st.one_of(
        st.integers(0, 2**64 - 1), st.integers(2**63 - 9, 2**63 + 9), st.integers(0, 10**6)
    ),
    "sys_uptime_seconds": st.integers(0, 10**9).map(lambda value: value / 100),
    "temperature_celsius": st.floats(-1e9, 1e9),
}
entries = st.sampled_from(sorted(METRICS)).flatmap(
    lambda metric: st.tuples(
        st.just(metric), st.integers(0, 6 * 3600), st.sampled_from(ETH), numbers[metric]
    )
)
Entry = tuple[str, int, Labels, float]


def results(entries: Sequence[Entry], device: str = "sw-1") -> list[DeviceReadings]:
    return [
        DeviceReadings(
            device,
            T0 + timedelta(seconds=seconds),
            (Reading(metric, value, METRICS[metric], labels),),
        )
        for metric, seconds, labels, value in entries
    ]


@pytest.fixture
def new_sink(influx: Proxy, influxd: Influxd) -> Iterator[Callable[..., DrainedSink]]:
    """Return a maker of sinks, each with empty buckets and a spool of its own."""
    made: list[tuple[DrainedSink, tempfile.TemporaryDirectory[str]]] = []

    def make(now: datetime = T0 + DAY, buckets: str = "raw 5m 1h", **more: object) -> DrainedSink:
        name = f"test-{uuid.uuid4().hex[:12]}"
        own = settings_of(influx.url, name, **more)
        for bucket, word in ((name, "raw"), (own.bucket_5m, "5m"), (own.bucket_1h, "1h")):
            if word in buckets:
                influxd.create_database(bucket)
        folder = tempfile.TemporaryDirectory()
        made.append((DrainedSink.drained(own, Path(folder.name) / "spool.db", now), folder))
        return made[-1][0]

    yield make
    for sink, folder in made:
        sink.close()
        influxd.drop_database(sink.settings.bucket)
        folder.cleanup()


def rows(found: Sequence[Series]) -> list[tuple[object, ...]]:
    """Return all points of all series, the means last."""
    return [
        (
            one.metric,
            one.unit,
            one.labels,
            point.at,
            point.low,
            point.high,
            point.count,
            point.value,
        )
        for one in found
        for point in one.points
    ]


def assert_alike(ours: Sequence[Series], theirs: Sequence[Series]) -> None:
    """Means may differ by rounding, and so may what was scaled on its way."""
    for own, other in zip(rows(ours), rows(theirs), strict=True):
        assert own[:4] == other[:4]
        assert own[4:] == pytest.approx(other[4:], rel=1e-12, abs=1e-9)


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[SqliteSink]:
    with closing(SqliteSink.open(tmp_path / "readings.db")) as opened:
        yield opened


asked_ranges = st.lists(
    st.tuples(
        st.integers(-600, 7 * 3600),
        st.integers(0, 7 * 3600),
        st.sampled_from([None, 60, 300, 600, 900, 3600, 86400]),
    ),
    min_size=4,
    max_size=4,
)


def test_both_sinks_give_the_same_points(
    new_sink: Callable[..., DrainedSink], theirs: SqliteSink
) -> None:
    ours = new_sink()
    devices = (f"sw-{number}" for number in count())

    @settings(deadline=None, max_examples=20)
    @given(st.lists(entries, max_size=60), asked_ranges)
    def hold(written: list[Entry], asked: list[tuple[int, int, int | None]]) -> None:
        device = next(devices)
        for sink in (ours, theirs):
            sink.write(results(written, device))
        for metric in METRICS:
            for start, length, step in asked:
                low = T0 + timedelta(seconds=start)
                ranged = (device, metric, low, low + timedelta(seconds=length), step)
                assert_alike(ours.query(*ranged), theirs.query(*ranged))
        found, expected = ours.list_series(device), theirs.list_series(device)
        assert [(one.metric, one.unit, one.labels, one.last_at) for one in found] == [
            (one.metric, one.unit, one.labels, one.last_at) for one in expected
        ]
        for own, other in zip(found, expected, strict=True):
            exact = own.metric != "ping_rtt_seconds"  # which is scaled
            assert own.last_value == (
                other.last_value if exact else pytest.approx(other.last_value)
            )

    hold()


# --- roll-ups ---------------------------------------------------------------------------------


def roll(sink: DrainedSink, hours: int = 7) -> None:
    """Make the roll-ups of everything, as the courier does."""
    with closing(InfluxClient(sink.settings)) as client:
        for work in RawHours(client, sink.spool).plan((T0, T0 + timedelta(hours=hours))):
            while work.is_left:
                made = work.next_lines(whole=True)
                send(sink.settings, made[300], sink.settings.bucket_5m)
                send(sink.settings, made[3600], sink.settings.bucket_1h)


@settings(deadline=None)
@given(
    st.integers(-100, 100),
    st.integers(0, 1100 * 24),
    st.integers(1, 400 * 24),
    st.integers(1, 500),
    st.integers(0, 2000),
)
def test_every_moment_of_a_range_is_in_one_span(
    start: int, length: int, now: int, keep: int, more: int
) -> None:
    own = settings_of(
        "http://127.0.0.1:1", "b", keep=f"{keep}h", keep_5m=f"{keep + more}h", spool_age="1h"
    )
    low = T0 + timedelta(minutes=7 * start)
    high = low + timedelta(minutes=7 * length)
    moment = T0 + timedelta(minutes=13 * now)
    found = spans(own, moment, low, high)
    assert [one.high for one in found[:-1]] == [one.low for one in found[1:]]
    if found:
        assert (found[0].low, found[-1].high) == (to_micros(low), to_micros(high))
    else:
        assert low == high
    kept = {None: keep, 300: keep + more, 3600: 10**9}
    for one in found:
        assert one.low < one.high
        assert to_micros(moment) - one.low <= kept[one.window_seconds] * 3600 * 10**6
        assert one is found[-1] or one.high % (3600 * 10**6) == 0


def test_a_range_beyond_what_the_server_can_count_is_cut() -> None:
    own = settings_of("http://127.0.0.1:1", "b")
    found = spans(own, T0, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    assert found[0].low * 1000 > -(2**63)
    assert found[-1].high * 1000 < 2**63
    assert found[0].condition.startswith("time >= -92233720368547")
    for_ever = settings_of(
        "http://127.0.0.1:1", "b", keep="9999999d", keep_5m="9999999d", keep_1h="9999999d"
    )
    (only,) = spans(for_ever, T0, datetime.min.replace(tzinfo=UTC), T0)
    assert (only.bucket, only.low) == ("b", found[0].low)
    assert spans(own, T0, T0, T0) == spans(own, T0, T0, T0 - DAY) == []
    assert spans(own, T0, T0, T0 + DAY) == [Span("b", None, to_micros(T0), to_micros(T0 + DAY))]


def test_roll_ups_give_the_same_steps_as_the_values_did(
    new_sink: Callable[..., DrainedSink], theirs: SqliteSink
) -> None:
    ours = new_sink(keep="30d", keep_5m="31d")
    devices = (f"sw-{number}" for number in count())

    @settings(deadline=None, max_examples=8)
    @given(st.lists(entries, min_size=1, max_size=80))
    def hold(written: list[Entry]) -> None:
        device = next(devices)
        ours.clock.moment = T0 + DAY
        for sink in (ours, theirs):
            sink.write(results(written, device))
        roll(ours)
        for age, steps in (
            (29 * DAY, (300, 3600)),  # all values are there
            (30 * DAY + timedelta(hours=3), (300, 900, 3600, 86400)),  # those of four hours
            (30 * DAY + timedelta(hours=8), (300, 3600)),  # none, but five minutes
            (31 * DAY + timedelta(hours=3), (3600, 86400)),  # those of four hours
            (99 * DAY, (3600,)),
        ):
            ours.clock.moment = T0 + age
            for metric in METRICS:
                for step in steps:
                    asked = (device, metric, T0, T0 + timedelta(hours=7), step)
                    assert_alike(ours.query(*asked), theirs.query(*asked))

    hold()


def test_without_a_step_what_is_old_has_points_of_five_minutes_and_of_an_hour(
    new_sink: Callable[..., DrainedSink],
) -> None:
    sink = new_sink(keep="30d", keep_5m="31d")
    biggest = 2**64 - 1
    sink.write(
        results([("if_in_octets", n * 60, ETH[0], biggest - 400 + n) for n in range(240)])
        + results([("temperature_celsius", n * 60, ETH[0], n * 1.0) for n in range(240)])
    )
    roll(sink)
    sink.clock.moment = T0 + 31 * DAY + timedelta(hours=2)
    (heat,) = sink.query("sw-1", "temperature_celsius", T0, T0 + DAY)
    moments = [(point.at - T0).total_seconds() // 60 for point in heat.points]
    assert moments == [0, 60, *range(120, 240, 5)]
    assert [point.value for point in heat.points[:3]] == [29.5, 89.5, 122.0]
    assert (heat.points[0].low, heat.points[0].high, heat.points[0].count) == (0.0, 59.0, 60)
    (octets,) = sink.query("sw-1", "if_in_octets", T0, T0 + DAY)
    assert octets.points[0].value == float(biggest - 400 + 59)  # of a counter the last value
    sink.clock.moment = T0 + DAY
    assert len(sink.query("sw-1", "if_in_octets", T0, T0 + DAY)[0].points) == 240


def test_a_bucket_of_roll_ups_that_is_not_there_yet_holds_none(
    new_sink: Callable[..., DrainedSink],
) -> None:
    sink = new_sink(T0 + 30 * DAY + timedelta(hours=3), buckets="raw")
    sink.write(results([("temperature_celsius", n * 3600, ETH[0], n * 1.0) for n in range(6)]))
    for step in (None, 3600):
        (found,) = sink.query("sw-1", "temperature_celsius", T0 - 400 * DAY, T0 + DAY, step)
        assert [point.value for point in found.points] == [3.0, 4.0, 5.0]


# --- what is known of fields and devices --------------------------------------------------------


def test_what_is_no_reading_is_not_listed(new_sink: Callable[..., DrainedSink]) -> None:
    sink = new_sink()
    sink.write(results([("temperature_celsius", 0, ETH[0], 20.5)]))
    send(sink.settings, line("uptime", {"device": "sw-1"}, {"up": 5}, T0))
    assert [one.metric for one in sink.list_series("sw-1")] == ["temperature_celsius"]


def test_points_are_found_although_the_spool_that_knew_the_field_is_gone(
    new_sink: Callable[..., DrainedSink],
) -> None:
    sink = new_sink()
    sink.write(results([("ping_rtt_seconds", 0, (), 0.25), ("if_in_octets", 0, ETH[0], 2**64 - 1)]))

    class Empty:
        def fields(self) -> list[FieldRow]:
            return []

    with closing(
        InfluxReader(InfluxClient(sink.settings), Empty(), sink.settings, sink.clock)
    ) as reader:
        for metric, value in (("ping_rtt_seconds", 0.25), ("if_in_octets", float(2**64 - 1))):
            (found,) = reader.query("sw-1", metric, T0, T0 + DAY)
            assert [point.value for point in found.points] == [value]
        assert reader.query("sw-1", "sys_name", T0, T0 + DAY) == []
        assert reader.list_series("sw-1") == []


def test_no_name_of_a_device_reaches_the_readings_of_another(
    new_sink: Callable[..., DrainedSink],
) -> None:
    sink = new_sink()
    sink.write(results([("temperature_celsius", 0, (), 20.5)]))
    for name in ("", "'", "sw-1' OR 1 = 1 --", '" OR "device" != "', "sw-?", "/.*/", "$device"):
        assert sink.query(name, "temperature_celsius", T0, T0 + DAY) == []
        assert sink.list_series(name) == []


def test_a_metric_in_two_units_is_two_series(new_sink: Callable[..., DrainedSink]) -> None:
    sink = new_sink()
    for unit, value in (("Cel", 20.0), ("K", 293.0)):
        sink.write([DeviceReadings("sw-1", T0, (Reading("temperature_celsius", value, unit),))])
    found = sink.query("sw-1", "temperature_celsius", T0, T0 + DAY)
    assert [(one.unit, one.points[0].value) for one in found] == [("Cel", 20.0), ("K", 293.0)]
    listed = sink.list_series("sw-1")
    assert [(one.unit, one.last_value) for one in listed] == [("Cel", 20.0), ("K", 293.0)]


def test_rates_over_a_counter_that_passes_two_to_the_63rd(
    new_sink: Callable[..., DrainedSink], theirs: SqliteSink
) -> None:
    ours = new_sink()
    ours.know(Identity("sw-1", "balai", "73.71", "switch", None, "10.0.0.1"))
    speed = [Reading("if_speed_bits_per_second", 10**9, "bit/s", ETH[0])]
    batch = [
        DeviceReadings(
            "sw-1",
            T0 + timedelta(minutes=minute),
            (Reading("if_in_octets", 2**63 - 10**6 + minute * 60_000, "B", ETH[0]), *speed),
        )
        for minute in range(60)
    ]
    for sink in (ours, theirs):
        sink.write(batch)
    listed = ours.list_series("sw-1")
    assert can_be_reckoned(listed) == can_be_reckoned(theirs.list_series("sw-1"))
    for metric in ("if_in_octets", "if_in_utilization_percent"):
        for step in (None, 300, 1800):
            asked = ("sw-1", metric, T0, T0 + DAY, step)
            found = rated(ours, *asked)
            assert found == rated(theirs, *asked)
            assert found[0].series.points


def test_whether_it_can_be_read_is_told_for_no_device_at_all(
    new_sink: Callable[..., DrainedSink],
) -> None:
    assert new_sink().list_series("") == []
    with pytest.raises(BucketMissingError):
        new_sink(buckets="").list_series("")
    sink = new_sink()
    (port,) = free_ports(1)
    nowhere = settings_of(f"http://127.0.0.1:{port}", "b")
    with closing(InfluxReader(InfluxClient(nowhere), sink.spool, nowhere, sink.clock)) as reader:
        with pytest.raises(SinkError, match="cannot be reached"):
            reader.list_series("")
        with pytest.raises(SinkError, match="cannot be reached"):
            reader.query("sw-1", "temperature_celsius", T0, T0 + DAY)
