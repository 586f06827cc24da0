"""Everything through which the city is reached: ICMP, SNMP and MQTT, opened and closed together.

In a namespace of our own the usual ports are free and used (161, 162, 1883); on the host's network
the kernel chooses free ones.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from simulators.agents import Agent, Agents
from simulators.ber import Oid
from simulators.broker import BrokerUnavailableError, EmbeddedBroker
from simulators.icmp import Responder
from simulators.live import Live
from simulators.models import layout_of
from simulators.mqtt import Sensors

_SNMP_PORT, _TRAP_PORT, _MQTT_PORT = 161, 162, 1883
_CONNECT_SECONDS = 30.0
_SENSORS_A_SECOND = 50  # what an embedded broker surely takes in


@dataclass(frozen=True, slots=True)
class Services:
    """Where the city answers. `obey` makes MQTT connections follow the devices' switches.

    `trap` lets a device send a trap to `trap_port` of 127.0.0.1, whether somebody listens or not.
    """

    carrier: str  # "icmp" or "udp:PORT"
    snmp_port: int
    mqtt_host: str
    mqtt_port: int
    obey: Callable[[], None]
    trap_port: int
    trap: Callable[[Live, Oid], None]


@contextlib.asynccontextmanager
async def open_services(
    lives: Sequence[Live],
    community: str,
    *,
    isolated: bool,
    broker: tuple[str, int] | None,
    telemetry_period_seconds: float,
) -> AsyncIterator[Services]:
    """Open all protocols and wait until every sensor is connected.

    `broker` is an MQTT broker's host and port; None starts the embedded one. Raises
    BrokerUnavailableError when there is none or it does not answer, OSError for a taken port.
    """
    async with AsyncExitStack() as stack:
        responder = Responder(lives)
        if isolated:
            responder.open_icmp()
            carrier = "icmp"
        else:
            carrier = f"udp:{responder.open_udp(0)}"
        stack.callback(responder.close)
        agents = Agents(_agents(lives), community)
        snmp_port = agents.open(_SNMP_PORT if isolated else 0)
        stack.callback(agents.close)
        if broker is None:
            broker = ("127.0.0.1", _MQTT_PORT if isolated else _free_port(socket.SOCK_STREAM))
            await stack.enter_async_context(EmbeddedBroker(broker[1]))
        sensors = Sensors(lives, *broker, telemetry_period_seconds)
        await stack.enter_async_context(_running(sensors.run()))
        await _all_connected(sensors, broker)
        trap_port = _TRAP_PORT if isolated else _free_port(socket.SOCK_DGRAM)
        yield Services(
            carrier,
            snmp_port,
            *broker,
            obey=sensors.obey,
            trap_port=trap_port,
            trap=partial(_trap, agents, trap_port),
        )


@contextlib.asynccontextmanager
async def _running(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run work beside the block. Should it fail, the block is cancelled and the failure raised.

    (A TaskGroup would wrap whatever the block raises, and callers tell failures apart.)
    """
    block = asyncio.current_task()
    task = asyncio.create_task(work)
    task.add_done_callback(lambda it: None if it.cancelled() or block is None else block.cancel())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()


def _agents(lives: Sequence[Live]) -> list[Agent]:
    """Return the agents of the devices that have one."""
    layouts = ((live, layout_of(live.device)) for live in lives)
    return [Agent(live, layout) for live, layout in layouts if layout is not None]


async def _all_connected(sensors: Sensors, broker: tuple[str, int]) -> None:
    """Wait for all sensors. Raises BrokerUnavailableError after a while."""
    try:
        async with asyncio.timeout(_CONNECT_SECONDS + len(sensors) / _SENSORS_A_SECOND):
            await sensors.all_connected.wait()
    except TimeoutError as error:
        raise BrokerUnavailableError(
            f"no MQTT broker answers at {broker[0]}:{broker[1]}"
        ) from error


def _trap(agents: Agents, port: int, live: Live, trap: Oid) -> None:
    agents.trap(live, trap, port)


def _free_port(kind: socket.SocketKind) -> int:
    """Return a port that was free a moment ago.

    amqtt cannot say which one it was given, and a listener for traps must be told which to take.
    """
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
