"""`pantau doctor` and InfluxDB: a real line there and back, and what stands in its way."""

from datetime import UTC, datetime, timedelta

import pytest

from api.commands.finding import Finding
from api.commands.influxdb_checks import look_at_influxdb
from collector.clock import SystemClock
from tests.influx_sink import StandingClock, settings_of
from tests.influx_v2_proxy import READ_TOKEN, WRITE_TOKEN, Proxy
from tests.influxd import Influxd, free_ports

NAMES = ["", " clock", " writing", " reading", " roll-ups", " roll-ups"]


def looked_at(url: str, bucket: str, **more: object) -> list[Finding]:
    found = list(look_at_influxdb(settings_of(url, bucket, **more), SystemClock()))
    for one in found:
        assert one.ok or one.remedy
        for token in (READ_TOKEN, WRITE_TOKEN):
            assert token not in one.detail + one.remedy
    return found


@pytest.fixture
def bucket(influxd: Influxd, database: str) -> str:
    influxd.create_database(f"{database}_5m")
    influxd.create_database(f"{database}_1h")
    return database


def test_where_all_is_well_a_line_goes_there_and_back(
    influx: Proxy, influxd: Influxd, bucket: str
) -> None:
    found = looked_at(influx.url, bucket)
    assert [one.what for one in found] == [f"influxdb{name}" for name in NAMES]
    assert all(one.ok for one in found), found
    assert found[0].detail == f"version 2.7.12 answers at {influx.url}"
    assert influxd.count(bucket, "pantau_courier", "asked") == 1


def test_where_nobody_answers_nothing_else_is_asked() -> None:
    (port,) = free_ports(1)
    (found,) = looked_at(f"http://127.0.0.1:{port}", "b")
    assert not found.ok
    assert "nobody answers" in found.detail
    assert "start InfluxDB" in found.remedy


@pytest.mark.parametrize(
    ("more", "wrong", "remedy"),
    [
        ({"token": READ_TOKEN}, "influxdb writing", "influxdb.token_file"),
        ({"token": "nobody"}, "influxdb writing", "influxdb.token_file"),
        ({"token": None}, "influxdb writing", "none is set"),
        ({"token": "to ken"}, "influxdb writing", "write it anew"),
        ({"organisation": "dinas"}, "influxdb writing", "influxdb.organisation"),
        ({"read_token": WRITE_TOKEN}, "influxdb reading", "influxdb.read_token_file"),
    ],
)
def test_what_is_refused_is_told_with_the_setting_that_mends_it(
    influx: Proxy, bucket: str, more: dict[str, object], wrong: str, remedy: str
) -> None:
    found = {one.what: one for one in looked_at(influx.url, bucket, **more)}
    assert not found[wrong].ok
    assert remedy in found[wrong].detail + found[wrong].remedy


def test_a_line_that_was_not_taken_is_not_missed_when_reading(
    influx: Proxy, bucket: str, caplog: pytest.LogCaptureFixture
) -> None:
    found = looked_at(influx.url, bucket, organisation="dinas")
    assert [one.what for one in found if not one.ok] == ["influxdb writing"]
    assert found[2].remedy == "correct influxdb.organisation"
    assert caplog.messages == []  # nothing beside the finding


def test_a_server_without_tls_answers_but_not_so(influx: Proxy, bucket: str) -> None:
    (found,) = looked_at(influx.url.replace("http:", "https:"), bucket)
    assert found.detail.startswith("TLS with https://")
    assert "influxdb.url" in found.remedy


def test_a_server_that_is_too_old_is_told(influxd: Influxd, bucket: str) -> None:
    found = looked_at(influxd.url, bucket)
    assert not found[0].ok
    assert "older than 1.8" in found[0].detail


def test_a_bucket_that_is_missing_is_named(influx: Proxy, database: str) -> None:
    found = looked_at(influx.url, database)
    assert [one.ok for one in found] == [True] * 4 + [False] * 2
    assert f"{database}_5m" in found[4].detail
    assert found[4].remedy == "run: pantau influxdb setup"


def test_a_clock_that_is_far_from_the_servers_is_told(influx: Proxy, bucket: str) -> None:
    late = StandingClock(datetime.now(UTC) - timedelta(minutes=10))  # noqa: TID251
    found = list(look_at_influxdb(settings_of(influx.url, bucket), late))
    assert not found[1].ok
    assert "s ahead of this machine's" in found[1].detail
    assert "NTP" in found[1].remedy
    assert found[3].ok
