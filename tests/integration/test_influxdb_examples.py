"""The queries on docs/influxdb.md work on what Pantau writes: a real engine answers each."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.model import MetricKind, Reading
from collector.sinks import DeviceReadings
from collector.sinks.influx.encoder import Encoder
from collector.sinks.influx.facts import MetricFact, MetricFacts
from collector.sinks.influx.identity import TAGS, Identity
from collector.sinks.influx.lines import line
from tests.influxd import Influxd

PAGE = Path(__file__).resolve().parents[2] / "docs" / "influxdb.md"
QUERIES: list[str] = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
FACTS = MetricFacts({"firmware_version": MetricFact("1", MetricKind.TEXT)})
KINDS = {"switch-1": "switch", "camera-1": "camera", "ups-1": "ups", "ap-1": "access_point"}
WHO = {
    device: Identity(device, "site-1", "73.71", kind, "dinas", f"10.0.0.{number}")
    for number, (device, kind) in enumerate(KINDS.items())
}
HOUR_MICROS = 3600 * 10**6


def readings(minute: int) -> dict[str, tuple[Reading, ...]]:
    port, ssid = (("interface", "Gi0/1"),), (("ssid", "WiFi Kota"),)
    octets = 2**63 - 600_000 + minute * 60_000  # a counter that steps over 2^63
    return {
        "camera-1": (
            Reading("ping_rtt_seconds", 0.02, "s"),
            Reading("ping_loss_percent", 20.0, "%"),
        ),
        "switch-1": (
            Reading("if_in_octets", octets, "B", port),
            Reading("if_out_octets", minute * 6_000, "B", port),
            Reading("firmware_version", "15.2"),
        ),
        "ap-1": (Reading("wifi_clients", 30 + minute % 2, "1", ssid),),
        "ups-1": (Reading("ups_charge_remaining_percent", 40.0, "%"),),
    }


def told(now: datetime) -> list[bytes]:
    """Return what the courier writes beside readings."""
    tags = {name: getattr(WHO["camera-1"], name) for name in TAGS}
    sums = {"up": 9 * HOUR_MICROS // 10, "degraded": 0, "down": HOUR_MICROS // 10, "unreachable": 0}
    rolled = {"mean": 30.5, "min": 30.0, "max": 31.0}
    warmth = {f"temperature_celsius_{name}": value for name, value in rolled.items()}
    return [
        line("state", tags, {"state": 2}, now - timedelta(minutes=1)),
        line("uptime", tags, sums, now - timedelta(hours=1)),
        line(
            "environment", {"device": "switch-1", "sensor": "cpu"}, warmth, now - timedelta(hours=1)
        ),
    ]


@pytest.fixture(scope="module")
def filled(influxd: Influxd) -> Influxd:
    """An engine with an hour of everything that the examples ask for."""
    now = datetime.now(UTC)  # noqa: TID251 - the queries ask the server's own clock
    encoder = Encoder(WHO, FACTS)
    batch = [
        DeviceReadings(device, now - timedelta(minutes=60 - minute), own)
        for minute in range(60)
        for device, own in readings(minute).items()
    ]
    encoded = encoder.encode(batch, now)
    assert (encoded.refused, encoded.dead) == (0, ())
    for name in ("pantau", "pantau_1h"):
        influxd.drop_database(name)
        influxd.create_database(name)
    influxd.write("pantau", b"".join(pack.lines for pack in encoded.packs))
    state, *sums = told(now)
    influxd.write("pantau", state)
    influxd.write("pantau_1h", b"".join(sums))
    return influxd


def rows(engine: Influxd, query: str) -> list[list[object]]:
    text = query.replace("$timeFilter", "time > now() - 6h").replace("$__interval", "1m")
    return [row for series in engine.query(text, "pantau") for row in series["values"]]


def test_there_are_examples() -> None:
    assert len(QUERIES) >= 8


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: " ".join(query.split())[:50])
def test_an_example_gives_rows(filled: Influxd, query: str) -> None:
    found = rows(filled, query)
    assert found
    assert all(value is not None for value in found[0])


def example(word: str) -> str:
    (found,) = (query for query in QUERIES if word in query)
    return found


def test_examples_give_the_right_figures(filled: Influxd) -> None:
    ((_, milliseconds, loss),) = rows(filled, example("average_response_ms"))
    assert (milliseconds, loss) == (pytest.approx(20), 20)
    ((_, percent),) = rows(filled, example("degraded"))
    assert percent == pytest.approx(90)
    ((_, down),) = rows(filled, example('FROM "state"'))
    assert down == 1
    clients = {row[1] for row in rows(filled, example("wifi_clients"))}
    assert clients == {30, 31}


def test_a_counter_that_steps_over_the_sign_leaves_no_gap_and_no_spike(filled: Influxd) -> None:
    rates = [row[1] for row in rows(filled, example("ifHCInOctets"))]
    assert set(rates) == {8_000}
    assert len(rates) == 59
