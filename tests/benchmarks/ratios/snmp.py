"""Asking agents over SNMP v2c: our engine beside pysnmp, against the same simulated devices.

    python -m tests.benchmarks.ratios.snmp

pysnmp is used at its best: targets are met before, objects made once, no names looked up, few
questions at once. Only the CPU of whoever asks is counted, not that of the devices.
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    UdpTransportTarget,
    bulk_cmd,
    get_cmd,
)
from pysnmp.hlapi.v3arch.asyncio import SnmpEngine as PysnmpEngine

from collector.probes.snmp.agent import Agent, SnmpSettings
from collector.probes.snmp.engine import SnmpEngine
from simulators.fleet import PORTS
from tests.benchmarks import ratio
from tests.benchmarks.answering import COMMUNITY, OIDS, TABLE, address, start, together

TARGETS = 20
OURS_TOGETHER, PYSNMP_TOGETHER = 200, 5
SETTINGS = SnmpSettings(timeout_seconds=5.0)


class Ours:
    """Our engine."""

    def __init__(self, runner: asyncio.Runner, held: ExitStack, port: int) -> None:
        self._port = port
        self._engine = runner.run(SnmpEngine.open(SETTINGS))
        held.callback(lambda: runner.run(self._engine.close()))

    async def get(self, place: int) -> None:
        agent = Agent(address(place), COMMUNITY, self._port)
        assert len(await self._engine.get(agent, OIDS)) == len(OIDS)

    async def walk(self, place: int) -> None:
        agent = Agent(address(place), COMMUNITY, self._port)
        columns = await self._engine.walk(agent, TABLE)
        assert all(len(rows) == PORTS for rows in columns.values())


class Pysnmp:
    """pysnmp with its targets made."""

    def __init__(self, runner: asyncio.Runner, held: ExitStack, port: int) -> None:
        self._engine = runner.run(self._open(port))
        held.callback(self._engine.close_dispatcher)
        self._who = CommunityData(COMMUNITY, mpModel=1)  # noqa: S508 - the version that is compared
        self._objects = [ObjectType(ObjectIdentity(oid)) for oid in OIDS]
        self._columns = [ObjectType(ObjectIdentity(oid)) for oid in TABLE]

    async def _open(self, port: int) -> Any:
        self._targets = [
            await UdpTransportTarget.create((address(place), port), timeout=5, retries=1)
            for place in range(TARGETS)
        ]
        return PysnmpEngine()

    async def get(self, place: int) -> None:
        target = self._targets[place % TARGETS]
        error, status, _, found = await get_cmd(
            self._engine, self._who, target, ContextData(), *self._objects, lookupMib=False
        )
        assert error is None, str(error)
        assert (int(status), len(found)) == (0, len(OIDS))

    async def walk(self, place: int) -> None:
        """Ask for all four columns at once, from where an answer ends, until their end is seen.

        It is seen in one row more than there are; agents answer with as many as fit a packet.
        """
        target = self._targets[place % TARGETS]
        asked, left = self._columns, PORTS + 1
        while left > 0:
            error, status, _, found = await bulk_cmd(
                self._engine, self._who, target, ContextData(), 0, left, *asked, lookupMib=False
            )
            assert error is None, str(error)
            assert int(status) == 0
            rows, rest = divmod(len(found), len(TABLE))
            assert rows > 0
            assert rest == 0
            left -= rows
            asked = [ObjectType(ObjectIdentity(name)) for name, _ in found[-len(TABLE) :]]


def cases(held: ExitStack) -> Iterator[ratio.Case]:
    """Yield a GET and a walk."""
    ports = start(held)
    runner = held.enter_context(asyncio.Runner())
    ours, theirs = Ours(runner, held, ports.snmp), Pysnmp(runner, held, ports.snmp)
    runner.run(together(theirs.get, TARGETS * 2, 1))  # the first meeting costs more
    name = ratio.release("pysnmp")
    yield ratio.Case(
        "snmp-get",
        "SNMP v2c: GET of 12 objects",
        "GET",
        ratio.Side("ours", lambda: runner.run(together(ours.get, 1_500, OURS_TOGETHER))),
        ratio.Side(name, lambda: runner.run(together(theirs.get, 20, PYSNMP_TOGETHER))),
        "the same 12 objects of the same devices, from the question to the values",
    )
    yield ratio.Case(
        "snmp-walk",
        f"SNMP v2c: walk of 4 columns, {PORTS} rows",
        "walk",
        ratio.Side("ours", lambda: runner.run(together(ours.walk, 300, OURS_TOGETHER // 2))),
        ratio.Side(name, lambda: runner.run(together(theirs.walk, 8, PYSNMP_TOGETHER))),
        "the same table of the same devices, all columns at once, in two GETBULKs",
    )


if __name__ == "__main__":
    ratio.run(cases)
