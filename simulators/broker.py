"""An embedded MQTT 3.1.1 broker on loopback (amqtt), for demos without any server.

Optional: without amqtt the city needs a broker given by address, or has no sensors.
"""

import logging
from types import TracebackType
from typing import Self


class BrokerUnavailableError(Exception):
    """There is no MQTT broker for the sensors; the message says what to do."""


class EmbeddedBroker:
    """A broker that lives as long as its `async with` block. Anonymous, loopback only."""

    def __init__(self, port: int) -> None:
        """Prepare a broker on 127.0.0.1:`port`. Raises BrokerUnavailableError without amqtt."""
        try:
            from amqtt.contexts import BrokerConfig, ListenerConfig

            from simulators.closing_broker import ClosingBroker
        except ImportError as error:
            raise BrokerUnavailableError(
                "the package amqtt is missing: install it, or name a broker with --mqtt HOST:PORT"
            ) from error
        listener = ListenerConfig(bind=f"127.0.0.1:{port}")
        anonymous = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        self._broker = ClosingBroker(
            BrokerConfig(listeners={"default": listener}, plugins=anonymous)
        )

    async def __aenter__(self) -> Self:
        """Listen. Raises BrokerUnavailableError when the port is taken."""
        from amqtt.errors import BrokerError

        # A paused collector is part of a demo; amqtt writes a traceback for each of its messages.
        logging.getLogger("amqtt").setLevel(logging.CRITICAL)
        try:
            await self._broker.start()
        except BrokerError as error:
            raise BrokerUnavailableError(f"no embedded broker: {error}") from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        await self._broker.shutdown()
