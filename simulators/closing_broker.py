"""amqtt's broker, made to close every connection that it took; needs amqtt.

amqtt (0.12) forgets the socket of a client that goes away while its session is being made or taken
down: it stays open until the garbage collector finds it.
"""

import asyncio
from contextlib import suppress

from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig

_PATIENCE_SECONDS = 2.0


class ClosingBroker(Broker):  # type: ignore[misc]  # amqtt has no types
    """A broker that leaves no socket behind when it shuts down."""

    def __init__(self, config: BrokerConfig) -> None:
        """Prepare a broker; must be called where a loop runs."""
        super().__init__(config)
        self._open: set[asyncio.StreamWriter] = set()

    async def stream_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
    ) -> None:
        """Serve a client, and close its connection whatever became of it."""
        self._open.add(writer)
        # The end cancels handlers; asyncio of Python 3.11 writes a traceback for each such one.
        with suppress(asyncio.CancelledError):
            try:
                await super().stream_connected(reader, writer, listener_name)
            finally:
                self._open.discard(writer)
                await _close(writer)

    async def shutdown(self) -> None:
        """Stop, and close the connections whose handlers are still under way."""
        await super().shutdown()
        for writer in list(self._open):
            await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await writer.wait_closed()
