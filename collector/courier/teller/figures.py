"""Tells how Pantau itself is doing: collectors' figures, the spool, the courier."""

import math
from collections.abc import Iterator
from datetime import datetime

from collector.clock import Clock
from collector.courier.report import REPORT_MARK, CourierReport
from collector.courier.teller.parts import Part
from collector.courier.teller.settings import TellerSettings
from collector.courier.teller.states import packs_of
from collector.courier.teller.threads import Threaded
from collector.model import Heartbeat
from collector.sight import sight
from collector.sinks.influx.lines import line
from collector.sinks.spool import Spool, SpoolStatus
from collector.store import Store

MEASUREMENT = "pantau"
COURIER = "courier"
"""Tag `collector` of what the courier says of the spool and of itself."""

_Line = tuple[str, bytes, datetime]


class FiguresTeller(Part):
    """Puts figures about Pantau into the spool."""

    def __init__(
        self, store: Store, spool: Spool, clock: Clock, settings: TellerSettings, threaded: Threaded
    ) -> None:
        """Tell through a spool; it and the store belong to the caller."""
        super().__init__(store, spool, clock, settings, threaded)
        self._told: dict[str, datetime] = {}  # heartbeats: figures of a dead collector are old

    async def tell(self) -> None:
        """Tell the figures of this moment. Raises StoreError and SinkError."""
        await self._threaded(self._tell)

    def _tell(self) -> None:
        now = self._clock.now()
        heartbeats = self._store.collectors()
        lines = [line for one in heartbeats for line in self._of_collector(one)]
        lives = sight(heartbeats, now, self._settings.collector_timeout_seconds).collectors
        for one in lives:
            fields = {
                "alive": int(one.alive),
                "heartbeat_age_seconds": (now - one.heartbeat_at).total_seconds(),
            }
            lines.append((one.id, line(MEASUREMENT, {"collector": one.id}, fields, now), now))
        lines.append((COURIER, self._of_courier(now), now))
        self._spool.append(packs_of(lines), now)
        self._told = {one.collector_id: one.heartbeat_at for one in heartbeats}

    def _of_collector(self, heartbeat: Heartbeat) -> Iterator[_Line]:
        """Yield a collector's figures, of the moment at which it said so, once."""
        name, at = heartbeat.collector_id, heartbeat.heartbeat_at
        figures = {
            key: float(value) for key, value in heartbeat.figures.items() if math.isfinite(value)
        }
        if figures and self._told.get(name) != at:
            yield name, line(MEASUREMENT, {"collector": name}, figures, at), at

    def _of_courier(self, now: datetime) -> bytes:
        fields = spool_fields(self._spool.status(), now)
        report = CourierReport.decode(self._spool.mark(REPORT_MARK))
        if report is not None:
            fields |= {
                "courier_requests": report.requests,
                "courier_lines": report.lines,
                "courier_retries": sum(report.retries.values()),
                "courier_dead": report.dead,
                "courier_trouble": report.trouble or "",
            }
        return line(MEASUREMENT, {"collector": COURIER}, fields, now)


def spool_fields(status: SpoolStatus, now: datetime) -> dict[str, float | int | str]:
    """Return what waits and what was lost, as fields."""
    oldest = 0.0 if status.oldest_at is None else (now - status.oldest_at).total_seconds()
    return {
        "spool_records": status.records,
        "spool_lines": status.lines,
        "spool_bytes": status.bytes,
        "spool_oldest_seconds": max(0.0, oldest),
        "spool_dropped_lines": status.dropped_lines,
        "spool_dead_letters": status.dead_letters,
    }
