"""A sink over InfluxDB that tests can ask at once: the courier's work is done within `write`."""

import urllib.request
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Self

from collector.config.influxdb import InfluxdbSettings
from collector.sinks import DeviceReadings
from collector.sinks.influx.client import InfluxClient
from collector.sinks.influx.encoder import Encoder
from collector.sinks.influx.facts import MetricFacts
from collector.sinks.influx.identity import Identity
from collector.sinks.influx.reader import InfluxReader
from collector.sinks.influx.sink import InfluxSink
from collector.sinks.spool import LANES, Spool
from tests.influx_v2_proxy import ORGANISATION, READ_TOKEN, WRITE_TOKEN


class StandingClock:
    """A clock that stands still."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return 0.0


def settings_of(url: str, bucket: str, **more: object) -> InfluxdbSettings:
    """Return settings with the tokens that the proxy knows."""
    return InfluxdbSettings.model_validate(
        {"url": url, "bucket": bucket, "token": WRITE_TOKEN, "read_token": READ_TOKEN, **more}
    )


class DrainedSink(InfluxSink):
    """The sink of the product; what was written is in InfluxDB when `write` returns."""

    def __init__(self, settings: InfluxdbSettings, spool: Spool, clock: StandingClock) -> None:
        self.settings, self.clock = settings, clock
        self.spool = spool
        self.encoder = Encoder({}, MetricFacts({}), spool.fields())
        reader = InfluxReader(InfluxClient(settings), spool, settings, clock)
        super().__init__(spool, self.encoder, reader, clock)

    @classmethod
    def drained(cls, settings: InfluxdbSettings, path: Path, now: datetime) -> Self:
        """Open it where the time stands still."""
        return cls(settings, Spool.open(path), StandingClock(now))

    def know(self, *identities: Identity) -> None:
        """Give devices tags, or other ones."""
        self.encoder.know({one.device: one for one in identities})

    def write(self, batch: Sequence[DeviceReadings]) -> None:
        """Write, and send at once."""
        super().write(batch)
        for lane in range(LANES):
            while records := self.spool.peek(lane, 5000):
                send(self.settings, b"".join(record.pack.lines for record in records))
                self.spool.remove([record.id for record in records])


def send(settings: InfluxdbSettings, lines: bytes, bucket: str | None = None) -> None:
    """Write lines through the proxy. A refusal fails the test."""
    target = f"{settings.url}/api/v2/write?org={ORGANISATION}&bucket={bucket or settings.bucket}"
    headers = {"Authorization": f"Token {WRITE_TOKEN}"}
    request = urllib.request.Request(target, lines, headers)  # noqa: S310 - our own address
    with closing(urllib.request.urlopen(request, timeout=30)) as answer:  # noqa: S310 - our own address
        assert answer.status == 204
