"""Builds the courier's parts from Config and runs them in one TaskGroup."""

import asyncio
from contextlib import closing

from collector.clock import Clock
from collector.config import Config
from collector.config.influxdb import InfluxdbSettings
from collector.courier.delivery import Delivery
from collector.courier.rollups import Roller
from collector.courier.sender import Sender
from collector.courier.teller.settings import TellerSettings
from collector.courier.teller.teller import Teller
from collector.sinks.influx.client import InfluxClient
from collector.sinks.influx.sink import bounds_of
from collector.sinks.spool import Claim, Spool
from collector.store import Store


class Courier:
    """One courier process: carries until cancelled, and what is left for a little longer."""

    def __init__(
        self, config: Config, settings: InfluxdbSettings, store: Store, clock: Clock
    ) -> None:
        """Carry to the server of the settings; the store stays the caller's to close."""
        self._config = config
        self._settings = settings
        self._store = store
        self._clock = clock

    async def run(self) -> None:
        """Carry for ever. Raises SinkError when the spool cannot be opened."""
        settings, clock = self._settings, self._clock
        spool = Spool.open(self._config.spool_path, bounds_of(settings), claim=Claim.COURIER)
        with closing(spool), closing(InfluxClient(settings)) as client:
            async with Delivery.open(settings, clock) as delivery:
                sender = Sender(spool, delivery, settings, clock)
                words = TellerSettings.of(self._config, settings)
                teller = Teller(self._store, spool, delivery, clock, words)
                roller = Roller(spool, client, delivery, settings, clock)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(teller.run(), name="teller")
                    tasks.create_task(roller.run(), name="roller")
                    sending = tasks.create_task(_to_the_end(sender), name="sender")
                    await sending


async def _to_the_end(sender: Sender) -> None:
    """Send until cancelled; then what is left, for as long as the sender gives itself."""
    sending = asyncio.create_task(sender.run(), name="sender: to the end")
    try:
        await asyncio.shield(sending)
    except asyncio.CancelledError:
        sender.stop()
        await sending
        raise
