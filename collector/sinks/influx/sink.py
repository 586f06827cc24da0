"""InfluxDB as a sink: writing ends on disk, in the spool; reading asks the server.

One process writes (the collector), any number read. What is durable is durable on this machine:
the courier carries it on, whenever the server takes it.
"""

import threading
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from collector.clock import Clock
from collector.config.influxdb import InfluxdbSettings
from collector.inventory import Plan
from collector.sinks import DeviceReadings, Series, SeriesInfo, SinkError
from collector.sinks.influx.client import InfluxClient
from collector.sinks.influx.encoder import Encoder
from collector.sinks.influx.facts import MetricFacts
from collector.sinks.influx.identity import Identity, identities
from collector.sinks.influx.reader import InfluxReader
from collector.sinks.spool import Bounds, Claim, Spool


class InfluxSink:
    """A `collector.sinks.Sink`. Safe for several threads."""

    def __init__(
        self, spool: Spool, encoder: Encoder | None, reader: InfluxReader, clock: Clock
    ) -> None:
        self._spool = spool
        self._encoder = encoder
        self._reader = reader
        self._clock = clock
        self._lock = threading.Lock()
        self._introduced: deque[dict[str, Identity]] = deque()
        self.refused = 0

    @classmethod
    def open(cls, settings: InfluxdbSettings, spool: Path, plan: Plan, clock: Clock) -> Self:
        """Open the spool for the collector that appends to it. Raises SinkError."""
        opened = Spool.open(spool, bounds_of(settings), claim=Claim.COLLECTOR)
        try:
            encoder = Encoder(
                identities(plan.devices.values(), plan.sites),
                MetricFacts.of(plan.profiles.values()),
                opened.fields(),
                keep=timedelta(seconds=settings.keep_seconds),
            )
        except BaseException:
            opened.close()
            raise
        return cls(opened, encoder, _reader(settings, opened, clock), clock)

    @classmethod
    def open_for_reading(cls, settings: InfluxdbSettings, spool: Path, clock: Clock) -> Self:
        """Open it for those who only look. The spool may come later. Raises SinkError."""
        opened = Spool.open(spool, read_only=True)
        return cls(opened, None, _reader(settings, opened, clock), clock)

    def introduce(self, plan: Plan) -> None:
        """Learn the tags of devices that came later; at once, whatever `write` is waiting for."""
        self._introduced.append(identities(plan.devices.values(), plan.sites))

    def write(self, batch: Sequence[DeviceReadings]) -> None:
        """Put a batch into the spool, durably, all or nothing. Raises SinkError.

        Readings that the server could never take are kept as dead letters (a clock that was never
        set) or counted in `refused` (a field of another type, a series too many).
        """
        if self._encoder is None:
            raise SinkError("the readings were opened for reading only")
        with self._lock:
            while self._introduced:
                self._encoder.know(self._introduced.popleft())
            now = self._clock.now()
            encoded = self._encoder.encode(batch, now)
            self._spool.append(encoded.packs, now, fields=encoded.fields, dead=encoded.dead)
            self._encoder.commit(encoded)
            self.refused += encoded.refused

    def list_series(self, device_id: str) -> list[SeriesInfo]:
        """Return what InfluxDB knows of a device, sorted by metric and labels. Raises SinkError."""
        return self._reader.list_series(device_id)

    def latest(
        self, metrics: Collection[str], since: datetime
    ) -> Mapping[str, Sequence[SeriesInfo]]:
        """Return the newest number of every series of these metrics, by device. SinkError."""
        return self._reader.latest(metrics, since)

    def query(
        self,
        device_id: str,
        metric: str,
        start: datetime,
        end: datetime,
        step_seconds: int | None = None,
    ) -> list[Series]:
        """Return the numeric points with start <= at < end, as every sink. Raises SinkError."""
        return self._reader.query(device_id, metric, start, end, step_seconds)

    def maintain(self, max_seconds: float) -> None:
        """Do nothing: the server tidies its files, the courier the spool."""

    def prune(self, before: datetime) -> None:
        """Do nothing: how long readings are kept is the server's to see to (`influxdb.keep`)."""

    def close(self) -> None:
        """Release files and connections. Safe to call twice."""
        self._reader.close()
        self._spool.close()


def _reader(settings: InfluxdbSettings, spool: Spool, clock: Clock) -> InfluxReader:
    return InfluxReader(InfluxClient(settings), spool, settings, clock)


def bounds_of(settings: InfluxdbSettings) -> Bounds:
    """Return what the spool may hold."""
    return Bounds(settings.spool_megabytes * 2**20, settings.spool_age_seconds)
