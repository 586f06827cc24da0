"""What the parts of the teller share: whom they ask, where they put lines, and the lines' heads."""

import logging

from collector.clock import Clock
from collector.courier.delivery import Delivery
from collector.courier.teller.places import Place, tags_of
from collector.courier.teller.settings import TellerSettings
from collector.courier.teller.threads import Threaded
from collector.sinks.influx.lines import head
from collector.sinks.spool import Spool
from collector.store import Store

logger = logging.getLogger(__name__)


class Part:
    """Tells what a store says through a spool, which also keeps the marks."""

    def __init__(
        self, store: Store, spool: Spool, clock: Clock, settings: TellerSettings, threaded: Threaded
    ) -> None:
        """Work in a thread; store and spool belong to the caller."""
        self._store = store
        self._spool = spool
        self._clock = clock
        self._settings = settings
        self._threaded = threaded
        self._heads: dict[tuple[str, str, Place], str] = {}

    def _head(self, measurement: str, device_id: str, place: Place) -> str:
        """Return the beginning of a device's lines: measurement and tags."""
        key = measurement, device_id, place
        known = self._heads.get(key)
        if known is None:
            known = self._heads[key] = head(measurement, tags_of(device_id, place))
        return known


class DeliveredPart(Part):
    """Tells straight to the bucket that is kept for years (docs/adr/0030)."""

    def __init__(
        self,
        store: Store,
        spool: Spool,
        delivery: Delivery,
        clock: Clock,
        settings: TellerSettings,
        threaded: Threaded,
    ) -> None:
        """Work in a thread; store, spool and delivery belong to the caller."""
        super().__init__(store, spool, clock, settings, threaded)
        self._delivery = delivery

    async def _deliver(self, lines: bytes, what: str) -> None:
        """Return when the server has the lines; `what` they are, for the log, if it refuses any."""
        if not lines:
            return
        dead = await self._delivery.deliver(lines, self._settings.bucket)
        if dead:
            logger.error(
                "InfluxDB refuses %d lines of %s for good: %s; is the bucket %s kept as long as"
                " influxdb.keep_1h says?",
                len(dead),
                what,
                dead[0].words,
                self._settings.bucket,
            )
