"""What tests of the SNMP engine share: an engine for a while, and a wire without sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from collector.probes.snmp import ber
from collector.probes.snmp.agent import Agent, SnmpSettings, Version
from collector.probes.snmp.counters import SnmpCounters
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.errors import BadAnswer, BerError, NoAnswer
from collector.probes.snmp.limits import LimitsMemory
from collector.probes.snmp.pending import Response
from collector.probes.snmp.values import Value
from collector.probes.snmp.walk import Walk
from tests.snmp_agents import (
    GET_BULK,
    Asked,
    Mib,
    Script,
    ScriptedAgent,
    number,
    read_request,
    table,
    text,
)

QUICK = SnmpSettings(timeout_seconds=0.1, tick_seconds=0.01)
"""Patience of 0.3 seconds."""

NAME, UPTIME, CONTACT = (f"1.3.6.1.2.1.1.{n}.0" for n in (5, 3, 4))
MIB = Mib({NAME: text("uji-01"), UPTIME: number(4242, 0x43)})
"""A small agent that has no contact."""


@asynccontextmanager
async def opened(settings: SnmpSettings = QUICK) -> AsyncIterator[SnmpEngine]:
    engine = await SnmpEngine.open(settings)
    try:
        yield engine
    finally:
        await engine.close()


def at(agent: ScriptedAgent, version: Version = Version.V2C) -> Agent:
    return Agent(agent.host, "public", agent.port, version)


async def ask(script: Script, *oids: str, settings: SnmpSettings = QUICK) -> dict[str, object]:
    """GET from one scripted agent."""
    async with opened(settings) as engine, ScriptedAgent(script) as agent:
        return dict(await engine.get(at(agent), oids or (NAME,)))


async def until(condition: Callable[[], bool], patience_seconds: float = 5.0) -> None:
    """Wait for what must happen, at most so long."""
    async with asyncio.timeout(patience_seconds):
        while not condition():
            await asyncio.sleep(0.01)


# --- without sockets --------------------------------------------------------------------------

AGENT = Agent("127.0.0.1", "public")
ENTRY = "1.3.6.1.2.1.2.2.1"
NAMES, STATES, OCTETS = f"{ENTRY}.2", f"{ENTRY}.8", f"{ENTRY}.10"
WireScript = Callable[[Asked], bytes | None]


def interfaces(rows: int) -> Mib:
    return Mib(
        {"1.3.6.1.2.1.1.1.0": text("uji"), "1.3.6.1.2.1.4.1.0": number(1)}
        | table(
            ENTRY,
            {
                2: [text(f"ether{row}") for row in range(1, rows + 1)],
                8: [number(1)] * rows,
                10: [number(row * 1000, 0x41) for row in range(1, rows + 1)],
            },
        )
    )


def expected(rows: int) -> dict[str, dict[str, Value]]:
    return {
        NAMES: {str(row): f"ether{row}".encode() for row in range(1, rows + 1)},
        STATES: {str(row): 1 for row in range(1, rows + 1)},
        OCTETS: {str(row): row * 1000 for row in range(1, rows + 1)},
    }


class Wire:
    """Stands in for the transport: every request is answered by the script; None is silence."""

    def __init__(self, script: WireScript, settings: SnmpSettings | None = None) -> None:
        self.script = script
        self.settings = settings or SnmpSettings()
        self.counters = SnmpCounters()
        self.asked: list[Asked] = []
        self.now = 0.0
        self.memory = LimitsMemory(self.settings, self.time)

    def time(self) -> float:
        return self.now

    async def exchange(self, agent: Agent, request: ber.Request, most: int) -> Response:
        del agent
        self.now += 0.01
        asked = read_request(request.packet(0x12345678))
        self.asked.append(asked)
        data = self.script(asked)
        if data is None:
            raise NoAnswer("no answer to 2 tries")
        try:
            head = ber.read_head(data)
            bindings = ber.read_bindings(data, head, most)
        except BerError as error:
            raise BadAnswer(str(error)) from error
        return Response(head.error_status, head.error_index, bindings)

    async def walk(self, *columns: str, agent: Agent = AGENT) -> dict[str, dict[str, Value]]:
        columns = columns or (NAMES, STATES, OCTETS)
        return await Walk(agent, columns, self, self.memory, self.settings).run()

    def shapes(self) -> list[tuple[int, int]]:
        """(rows, columns) of each request; 0 rows: GETNEXT."""
        return [
            (asked.repetitions if asked.pdu == GET_BULK else 0, len(asked.oids))
            for asked in self.asked
        ]
