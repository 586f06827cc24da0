"""What every sink does: write, list, query. A further sink joins by one entry in SINKS.

Not for all alike, and so not here: `prune` and `maintain` (InfluxDB forgets and tidies by itself,
by the bucket's retention); and which of two values for one moment InfluxDB shows when the device
moved between them (it has both; here the later one's site happens to be the later name).
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.model import Labels, Reading
from collector.sinks import DeviceReadings, Point, Series, SeriesInfo, Sink
from collector.sinks.influx.identity import Identity
from collector.sinks.sqlite import SqliteSink
from tests.influx_sink import DrainedSink, settings_of
from tests.influx_v2_proxy import Proxy

SINKS = ("sqlite", "sqlite, all rolled into blocks", "influxdb", "influxdb, devices move")
T0 = datetime(2026, 11, 1, 10, tzinfo=UTC)
ETH0: Labels = (("index", "1"), ("interface", "eth0"))
ETH1: Labels = (("index", "2"), ("interface", "eth1"))


class RolledSink(SqliteSink):
    """Rolls everything it can after every write: the scenarios must not tell the difference."""

    def write(self, batch: object) -> None:
        super().write(batch)  # type: ignore[arg-type]
        self.maintain(60)


class MovedSink(DrainedSink):
    """Gives a device another site and address after its first batch: its series stay the same."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.batches: Counter[str] = Counter()

    def write(self, batch: Sequence[DeviceReadings]) -> None:
        for device in {row.device_id for row in batch}:
            self.batches[device] += 1
            number = min(self.batches[device], 2)
            own = f"site-{number}", "73.71", "switch", "kominfo", f"10.0.0.{number}"
            self.know(Identity(device, *own))
        super().write(batch)


@pytest.fixture(params=SINKS)
def sink(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sink]:
    opened = open_sink(request, tmp_path)
    yield opened
    opened.close()


def open_sink(request: pytest.FixtureRequest, folder: Path) -> Sink:
    if request.param.startswith("sqlite"):
        kind = SqliteSink if request.param == "sqlite" else RolledSink
        return kind.open(folder / "readings.db")
    proxy: Proxy = request.getfixturevalue("influx")
    settings = settings_of(proxy.url, request.getfixturevalue("database"))
    own = DrainedSink if request.param == "influxdb" else MovedSink
    return own.drained(settings, folder / "spool.db", T0 + timedelta(days=1))


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def result(minutes: float, *readings: Reading, device: str = "sw-1") -> DeviceReadings:
    return DeviceReadings(device, at(minutes), readings)


def rtt(minutes: float, value: float, device: str = "sw-1") -> DeviceReadings:
    return result(minutes, Reading("ping_rtt_seconds", value, "s"), device=device)


def values(sink: Sink, metric: str, device: str = "sw-1") -> list[tuple[datetime, float]]:
    found = sink.query(device, metric, T0 - timedelta(days=9), T0 + timedelta(days=9))
    return [(point.at, point.value) for series in found for point in series.points]


def test_what_was_written_is_found_oldest_first(sink: Sink) -> None:
    sink.write([rtt(1, 0.5), rtt(0, 0.25), rtt(70, 0.75)])
    assert sink.query("sw-1", "ping_rtt_seconds", T0, at(100)) == [
        Series(
            "ping_rtt_seconds",
            "s",
            (),
            (
                Point(at(0), 0.25, 0.25, 0.25, 1),
                Point(at(1), 0.5, 0.5, 0.5, 1),
                Point(at(70), 0.75, 0.75, 0.75, 1),
            ),
        )
    ]


def test_the_start_belongs_to_a_range_and_the_end_does_not(sink: Sink) -> None:
    sink.write([rtt(minutes, float(minutes)) for minutes in range(0, 240, 30)])
    (series,) = sink.query("sw-1", "ping_rtt_seconds", at(30), at(180))
    assert [point.value for point in series.points] == [30.0, 60.0, 90.0, 120.0, 150.0]
    assert sink.query("sw-1", "ping_rtt_seconds", at(31), at(59)) == []
    assert sink.query("sw-1", "ping_rtt_seconds", at(60), at(60)) == []


def test_devices_and_metrics_do_not_mix(sink: Sink) -> None:
    sink.write([rtt(0, 1.0, "a"), rtt(0, 2.0, "b"), result(0, Reading("other", 3.0), device="a")])
    assert values(sink, "ping_rtt_seconds", "a") == [(T0, 1.0)]
    assert values(sink, "ping_rtt_seconds", "b") == [(T0, 2.0)]
    assert values(sink, "other", "b") == []
    assert sink.query("nobody", "other", T0, at(1)) == []


def test_every_set_of_labels_is_a_series_of_its_own(sink: Sink) -> None:
    sink.write(
        [
            result(
                n,
                Reading("if_in_octets", 100 + n, "By", ETH0),
                Reading("if_in_octets", 200 + n, "By", ETH1),
            )
            for n in range(2)
        ]
    )
    found = sink.query("sw-1", "if_in_octets", T0, at(9))
    assert [series.labels for series in found] == [ETH0, ETH1]
    assert [[p.value for p in series.points] for series in found] == [[100, 101], [200, 201]]


def test_the_order_of_labels_makes_no_other_series(sink: Sink) -> None:
    sink.write([result(0, Reading("m", 1, "1", ETH0)), result(1, Reading("m", 2, "1", ETH0[::-1]))])
    (series,) = sink.query("sw-1", "m", T0, at(9))
    assert len(series.points) == 2


def test_writing_a_batch_again_changes_nothing(sink: Sink) -> None:
    batch = [rtt(0, 1.0), rtt(30, 2.0), result(30, Reading("sys_name", "abc"))]
    for _ in range(3):
        sink.write(batch)
    assert values(sink, "ping_rtt_seconds") == [(at(0), 1.0), (at(30), 2.0)]


def test_a_later_word_for_the_same_moment_replaces_the_earlier(sink: Sink) -> None:
    sink.write([rtt(0, 1.0), rtt(0, 2.0), rtt(5, 5.0)])
    sink.write([rtt(100, 9.0)])
    sink.write([rtt(5, 6.0)])
    assert values(sink, "ping_rtt_seconds") == [(at(0), 2.0), (at(5), 6.0), (at(100), 9.0)]


def test_results_of_one_moment_with_different_metrics_are_all_kept(sink: Sink) -> None:
    sink.write([result(0, Reading("a", 1)), result(0, Reading("b", 2))])
    sink.write([result(0, Reading("c", 3))])
    assert [values(sink, metric)[0][1] for metric in "abc"] == [1, 2, 3]


def test_points_that_come_hours_late_find_their_place(sink: Sink) -> None:
    sink.write([rtt(0, 1.0), rtt(30, 2.0)])
    for hour in range(1, 6):
        sink.write([rtt(hour * 60, 0.0)])
    sink.write([rtt(15, 1.5), rtt(-500, 0.5)])
    sink.write([rtt(600, 0.0)])
    found = values(sink, "ping_rtt_seconds")
    assert found[:4] == [(at(-500), 0.5), (at(0), 1.0), (at(15), 1.5), (at(30), 2.0)]
    assert len(found) == 10


def test_steps_are_aligned_to_the_epoch_and_keep_the_extremes(sink: Sink) -> None:
    sink.write(
        [rtt(minutes, value) for minutes, value in [(1, 1.0), (2, 2.0), (4, 6.0), (11, 4.0)]]
    )
    (series,) = sink.query("sw-1", "ping_rtt_seconds", at(1), at(60), step_seconds=300)
    assert series.points == (
        Point(at(0), 3.0, 1.0, 6.0, 3),
        Point(at(10), 4.0, 4.0, 4.0, 1),  # nothing between 5 and 10: a gap stays a gap
    )


def test_a_counter_of_64_bits_keeps_its_last_digit(sink: Sink) -> None:
    biggest = 2**64 - 1
    sink.write([result(0, Reading("if_in_octets", biggest - 1)), rtt(0, 0.0)])
    sink.write([result(90, Reading("if_in_octets", biggest)), rtt(300, 0.0)])
    info = {info.metric: info for info in sink.list_series("sw-1")}["if_in_octets"]
    assert info.last_value == biggest
    assert isinstance(info.last_value, int)


def test_series_are_listed_with_their_last_value_sorted_by_metric_and_labels(sink: Sink) -> None:
    sink.write(
        [
            result(0, Reading("b", 1, "%", ETH1), Reading("b", 2, "%", ETH0), Reading("a", 0.5)),
            result(61, Reading("b", 3, "%", ETH0)),
            result(200, Reading("z", "text")),
        ]
    )
    assert sink.list_series("sw-1") == [
        SeriesInfo("a", "1", (), at(0), 0.5),
        SeriesInfo("b", "%", ETH0, at(61), 3),
        SeriesInfo("b", "%", ETH1, at(0), 1),
        SeriesInfo("z", "1", (), at(200), "text"),
    ]
    assert sink.list_series("nobody") == []


def test_a_series_that_ended_hours_before_its_neighbour_keeps_its_last_value(sink: Sink) -> None:
    sink.write([result(0, Reading("m", 1, "1", ETH0), Reading("m", 2, "1", ETH1))])
    for minutes in (60, 120, 180):
        sink.write([result(minutes, Reading("m", minutes, "1", ETH0))])
    sink.write([rtt(300, 0.0), rtt(300, 0.0, "another")])
    found = {info.labels: (info.last_at, info.last_value) for info in sink.list_series("sw-1")}
    assert found[ETH0] == (at(180), 180)
    assert found[ETH1] == (at(0), 2)


def test_text_is_kept_on_change_and_once_an_hour(sink: Sink) -> None:
    for minutes in range(0, 180, 10):
        name = "router" if minutes < 100 else "switch"
        sink.write([result(minutes, Reading("sys_name", name))])
    assert values(sink, "sys_name") == []  # no numbers
    (info,) = sink.list_series("sw-1")
    assert (info.last_value, info.last_at) == ("switch", at(160))  # 0, 60, 100 (change), 160


def test_a_value_no_chart_can_show_does_not_keep_the_others_out(sink: Sink) -> None:
    bad = [Reading("nan", math.nan), Reading("inf", math.inf), Reading("huge", 10**400)]
    sink.write([result(0, *bad, Reading("good", 1.0))])
    assert sink.refused == 3
    assert values(sink, "good") == [(T0, 1.0)]
    assert [info.metric for info in sink.list_series("sw-1")] == ["good"]


def test_an_empty_batch_and_a_result_without_readings_are_nothing(sink: Sink) -> None:
    sink.write([])
    sink.write([result(0)])
    assert sink.list_series("sw-1") == []


def test_closing_twice_is_safe(sink: Sink) -> None:
    sink.close()
    sink.close()


def clients(minutes: float, value: float, device: str, **labels: str) -> DeviceReadings:
    own = tuple(sorted(labels.items()))
    return result(minutes, Reading("wifi_clients", value, "1", own), device=device)


def test_the_newest_numbers_of_some_metrics_come_by_device(sink: Sink) -> None:
    sink.write([clients(0, 9, "ap-1", ssid="a"), clients(5, 4, "ap-1", ssid="a"), rtt(5, 0.5)])
    sink.write([clients(6, 2, "ap-1", ssid="b"), clients(7, 8, "ap-2", ssid="a")])
    found = sink.latest({"wifi_clients", "temperature_celsius"}, T0)
    assert {
        device: [(one.metric, one.labels, one.last_at, one.last_value) for one in own]
        for device, own in found.items()
    } == {
        "ap-1": [
            ("wifi_clients", (("ssid", "a"),), at(5), 4),
            ("wifi_clients", (("ssid", "b"),), at(6), 2),
        ],
        "ap-2": [("wifi_clients", (("ssid", "a"),), at(7), 8)],
    }


def test_what_is_old_or_a_text_is_not_among_the_newest_numbers(sink: Sink) -> None:
    sink.write([clients(0, 9, "ap-1"), clients(30, 3, "ap-2"), clients(50, 1, "ap-2")])
    sink.write([result(50, Reading("wifi_clients", "many", "1"), device="ap-3")])
    found = sink.latest({"wifi_clients"}, at(30))
    assert {device: [one.last_value for one in own] for device, own in found.items()} == {
        "ap-2": [1]
    }
    assert sink.latest({"wifi_clients"}, at(51)) == {}
    assert sink.latest(set(), T0) == {}


def test_a_result_that_comes_late_does_not_replace_a_newer_one(sink: Sink) -> None:
    sink.write([clients(50, 7, "ap-1")])
    sink.write([clients(40, 3, "ap-1")])
    (info,) = sink.latest({"wifi_clients"}, T0)["ap-1"]
    assert (info.last_at, info.last_value) == (at(50), 7)
