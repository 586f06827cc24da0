"""Builds the courier's parts from Config and runs them in one TaskGroup."""

import asyncio
from contextlib import closing
from pathlib import Path

from collector.clock import Clock
from collector.config.influxdb import InfluxdbSettings
from collector.courier.delivery import Delivery
from collector.courier.sender import Sender
from collector.sinks.influx.sink import bounds_of
from collector.sinks.spool import Claim, Spool


class Courier:
    """One courier process: carries until cancelled, and what is left for a little longer."""

    def __init__(self, settings: InfluxdbSettings, spool: Path, clock: Clock) -> None:
        """Carry from the spool's file to the server of the settings."""
        self._settings = settings
        self._spool = spool
        self._clock = clock

    async def run(self) -> None:
        """Carry for ever. Raises SinkError when the spool cannot be opened."""
        settings, clock = self._settings, self._clock
        opened = Spool.open(self._spool, bounds_of(settings), claim=Claim.COURIER)
        with closing(opened) as spool:
            async with Delivery.open(settings, clock) as delivery:
                sender = Sender(spool, delivery, settings, clock)
                sending = asyncio.create_task(sender.run(), name="sender")
                try:
                    await asyncio.shield(sending)
                except asyncio.CancelledError:
                    sender.stop()
                    await sending
                    raise
