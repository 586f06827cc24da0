"""How long a chart takes to read: one series of a week from both sinks, and where the time goes.

    python tests/benchmarks/bench_query.py [--devices 20] [--days 7] [--rounds 15] [--json]

A fleet is pinged once a minute; both sinks get the same. One device's series is read as it came
and in steps, from the embedded file (rolled into blocks) and from Debian's influxd 1.6.7. Of the
InfluxDB side: `wire` is the answer alone (server and HTTP), `JSON` its parsing, `points` the rest.
A year of hours is read from roll-ups. The fastest of some rounds counts: the machine may be shared.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import orjson

from collector.model import Reading
from collector.sinks import DeviceReadings, Sink
from collector.sinks.influx.client import InfluxClient
from collector.sinks.influx.encoder import Encoder
from collector.sinks.influx.facts import MetricFacts
from collector.sinks.influx.lines import line
from collector.sinks.influx.reader import InfluxReader
from collector.sinks.spool import Spool
from collector.sinks.sqlite import SqliteSink
from tests.influx_sink import StandingClock, settings_of
from tests.influxd import Influxd

T0 = datetime(2025, 11, 1, tzinfo=UTC)
METRIC = "ping_rtt_seconds"
DEVICE = "camera-0"
STEPS = (None, 60, 300, 3600)
MILLISECONDS = 1000.0


@dataclass
class Cost:
    """Milliseconds of one question."""

    question: str
    points: int
    embedded: float | None
    influxdb: float
    wire: float
    parsing: float

    def row(self) -> str:
        """Return one line of the table."""
        rest = max(0.0, self.influxdb - self.wire - self.parsing)
        embedded = "-" if self.embedded is None else f"{self.embedded:.1f}"
        return (
            f"{self.question:<28}{self.points:>7}{embedded:>10}{self.influxdb:>10.1f}"
            f"{self.wire:>8.1f}{self.parsing:>7.1f}{rest:>8.1f}"
        )


def batches(devices: int, days: float) -> Iterator[list[DeviceReadings]]:
    """Yield what an hour of pings gives, hour by hour."""
    for hour in range(int(days * 24)):
        yield [
            DeviceReadings(
                f"camera-{device}",
                T0 + timedelta(hours=hour, minutes=minute, seconds=device % 60),
                (
                    Reading(METRIC, 0.012 + (hour * 37 + minute * 11 + device) % 97 / 9973, "s"),
                    Reading("ping_loss_percent", 0.0, "%"),
                    Reading("ping_jitter_seconds", 0.0004 + minute / 1e6, "s"),
                ),
            )
            for minute in range(60)
            for device in range(devices)
        ]


def fastest(rounds: int, work: Callable[[], object]) -> float:
    """Return the milliseconds of the fastest of some rounds."""
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return min(took) * MILLISECONDS


class Wire:
    """Keeps what the client sends, so that the same can be asked without it."""

    def __init__(self, client: InfluxClient, url: str) -> None:
        self._url = url
        self._http = httpx.Client(trust_env=False)
        self._form: dict[str, str] = {}
        pieces = client._pieces

        def kept(form: dict[str, str]) -> Iterator[bytes]:
            self._form = form
            return pieces(form)

        client._pieces = kept  # type: ignore[method-assign,assignment]

    def ask(self) -> bytes:
        """Ask the last question again and return the bytes."""
        return self._http.post(f"{self._url}/query", data=self._form).content


def measure(
    rounds: int,
    name: str,
    ours: InfluxReader,
    theirs: Sink | None,
    wire: Wire,
    asked: tuple[float, int | None],
) -> Cost:
    """Return what one question costs: so many days, in steps."""
    days, step = asked
    question = (DEVICE, METRIC, T0, T0 + timedelta(days=days), step)
    (series,) = ours.query(*question)
    body = wire.ask()
    return Cost(
        name,
        len(series.points),
        None if theirs is None else fastest(rounds, lambda: theirs.query(*question)),
        fastest(rounds, lambda: ours.query(*question)),
        fastest(rounds, wire.ask),
        fastest(rounds, lambda: [orjson.loads(piece) for piece in body.splitlines()]),
    )


def year_of_roll_ups() -> bytes:
    """Return the roll-ups of a year of hours."""
    field = "average_response_ms"
    return b"".join(
        line(
            "ping",
            {"device": DEVICE},
            {
                f"{field}_mean": 12.0 + hour % 7,
                f"{field}_min": 11.0,
                f"{field}_max": 30.0,
                f"{field}_count": 60,
                f"{field}_last": 12.5,
            },
            T0 + timedelta(hours=hour),
        )
        for hour in range(365 * 24)
    )


def run(folder: Path, devices: int, days: float, rounds: int) -> Iterator[Cost]:
    """Fill both sinks and yield what each question costs."""
    program = shutil.which("influxd")
    if program is None:
        raise SystemExit("needs the program influxd (Debian package influxdb)")
    with ExitStack() as stack:
        engine = stack.enter_context(Influxd(program, folder / "influxd"))
        settings = settings_of(engine.url, "bench", keep="5000h", keep_5m="5000h")
        for bucket in (settings.bucket, settings.bucket_5m, settings.bucket_1h):
            engine.create_database(bucket)
        spool = stack.enter_context(closing(Spool.open(folder / "spool.db")))
        clock = StandingClock(T0 + timedelta(days=days))
        embedded = stack.enter_context(closing(SqliteSink.open(folder / "readings.db")))
        encoder = Encoder({}, MetricFacts({}))
        for batch in batches(devices, days):
            embedded.write(batch)
            encoded = encoder.encode(batch, clock.now())
            spool.append((), clock.now(), fields=encoded.fields)
            encoder.commit(encoded)
            engine.write("bench", b"".join(pack.lines for pack in encoded.packs))
        embedded.maintain(60)
        client = InfluxClient(settings)
        reader = stack.enter_context(closing(InfluxReader(client, spool, settings, clock)))
        wire = Wire(client, engine.url)
        for step in STEPS:
            name = f"{days:g} days " + ("as they came" if step is None else f"in steps of {step} s")
            yield measure(rounds, name, reader, embedded, wire, (days, step))
        took = fastest(rounds, lambda: reader.list_series(DEVICE))
        known = fastest(rounds, lambda: embedded.list_series(DEVICE))
        listed = len(reader.list_series(DEVICE))
        yield Cost("list of series", listed, known, took, fastest(rounds, wire.ask), 0.0)
        engine.write(settings.bucket_1h, year_of_roll_ups())
        clock.moment = T0 + timedelta(days=2 * 365)
        yield measure(rounds, "a year in hours (roll-ups)", reader, None, wire, (365, 3600))
        assert engine.count("bench", "ping", "average_response_ms") == devices * int(days * 24) * 60


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--devices", type=int, default=20)
    parser.add_argument("--days", type=float, default=7)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    title = (
        f"{'milliseconds':<28}{'points':>7}{'embedded':>10}{'InfluxDB':>10}{'wire':>8}{'JSON':>7}"
    )
    if not arguments.json:
        print(title + f"{'points':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for cost in run(Path(folder), arguments.devices, arguments.days, arguments.rounds):
            print(json.dumps(asdict(cost)) if arguments.json else cost.row())


if __name__ == "__main__":
    main()
