"""The sink of the product: what `write` returned from is on disk, with the tags of its device."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.config.influxdb import InfluxdbSettings
from collector.inventory import Plan
from collector.model import Area, Device, Reading, Site
from collector.sinks import DeviceReadings, SinkError
from collector.sinks.influx.sink import InfluxSink
from collector.sinks.spool import LANES, Spool
from tests.influx_sink import StandingClock

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
NOWHERE = InfluxdbSettings.model_validate({"url": "http://127.0.0.1:9"})


def plan_of(*devices: str) -> Plan:
    site = Site("losari", "Pantai Losari", "73.71")
    found = {name: Device(name, name, "camera", "losari", "generic-ping") for name in devices}
    return Plan({"73.71": Area("73.71", "Makassar")}, {}, {"losari": site}, found, {}, ())


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[InfluxSink]:
    opened = InfluxSink.open(NOWHERE, tmp_path / "spool.db", plan_of("cam-1"), StandingClock(NOW))
    with closing(opened):
        yield opened


def rtt(device: str) -> DeviceReadings:
    return DeviceReadings(device, NOW, (Reading("ping_rtt_seconds", 0.25, "s"),))


def waiting(tmp_path: Path) -> str:
    with closing(Spool.open(tmp_path / "spool.db", read_only=True)) as spool:
        packs = [record.pack for lane in range(LANES) for record in spool.peek(lane, 1000)]
    return b"".join(pack.lines for pack in packs).decode()


def test_what_was_written_waits_on_disk_while_no_server_is_there(
    sink: InfluxSink, tmp_path: Path
) -> None:
    sink.write([rtt("cam-1")])
    assert waiting(tmp_path) == (
        "ping,area=73.71,device=cam-1,kind=camera,site=losari"
        f" average_response_ms=250.0 {int(NOW.timestamp())}000000000\n"
    )
    with pytest.raises(SinkError, match=r"127\.0\.0\.1:9"):
        sink.query("cam-1", "ping_rtt_seconds", NOW - timedelta(hours=1), NOW)


def test_a_device_that_came_later_is_written_with_its_tags(
    sink: InfluxSink, tmp_path: Path
) -> None:
    sink.introduce(plan_of("cam-1", "cam-2"))
    sink.write([rtt("cam-2")])
    assert "device=cam-2,kind=camera,site=losari" in waiting(tmp_path)


def test_a_second_collector_on_the_same_folder_is_refused(sink: InfluxSink, tmp_path: Path) -> None:
    assert sink.refused == 0
    with pytest.raises(SinkError, match="another process writes to it, as collector"):
        InfluxSink.open(NOWHERE, tmp_path / "spool.db", plan_of(), StandingClock(NOW))


def test_who_only_looks_cannot_write(tmp_path: Path) -> None:
    looking = InfluxSink.open_for_reading(NOWHERE, tmp_path / "spool.db", StandingClock(NOW))
    with closing(looking), pytest.raises(SinkError, match="for reading only"):
        looking.write([rtt("cam-1")])
