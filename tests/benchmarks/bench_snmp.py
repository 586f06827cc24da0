"""CPU seconds that SNMP costs: our engine and pysnmp against the same simulated agents.

Run it: `python -m tests.benchmarks.bench_snmp [--json] [--devices N] [--rounds N]`. CPU seconds per
1,000 operations are compared, not rates: these barely move on a busy machine. Agents answer at
127.16.0.1 and up from a process of their own; client and agents are kept on different cores.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import socket
import statistics
import sys
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection

from collector.probes.snmp.agent import Agent, SnmpSettings
from collector.probes.snmp.engine import SnmpEngine
from tests.snmp_agents import Mib, number, read_request, table, text, tlv

GOAL = 0.08
"""CPU seconds per 1,000 GETs of 12 OIDs that the engine may use."""

IF_ENTRY = "1.3.6.1.2.1.2.2.1"
COLUMNS = [f"{IF_ENTRY}.{column}" for column in (2, 8, 10, 16)]
ROWS = 24
VALUES = {
    "1.3.6.1.2.1.1.1.0": text("Simulated switch, 24 ports, software 15.0(2), for measuring only"),
    "1.3.6.1.2.1.1.3.0": number(123_456_789, 0x43),
    "1.3.6.1.2.1.1.5.0": text("sw-access-0001"),
    "1.3.6.1.2.1.1.6.0": text("Rack 12, room 3"),
    "1.3.6.1.2.1.2.1.0": number(24),
    "1.3.6.1.2.1.4.6.0": number(4_194_304, 0x41),
    "1.3.6.1.2.1.25.2.3.1.5.1": number(4_194_304),
    "1.3.6.1.2.1.25.2.3.1.6.1": number(1_194_304),
    "1.3.6.1.2.1.25.3.3.1.2.1": number(17),
    "1.3.6.1.2.1.31.1.1.1.6.1": number(2**40, 0x46),
    "1.3.6.1.4.1.2021.4.6.0": number(812_345),
    "1.3.6.1.4.1.2021.10.1.5.1": number(42, 0x42),
}
OIDS = list(VALUES)
_IP_PKTINFO = 8


def serve(port_to: Connection) -> None:
    """Answer for every 127.x.y.z on one port, each from its own address, until terminated."""
    _stay_on_core(0)
    mib = Mib(
        VALUES
        | table(
            IF_ENTRY,
            {
                2: [text(f"GigabitEthernet0/{row}") for row in range(1, ROWS + 1)],
                8: [number(1)] * ROWS,
                10: [number(row * 1_234_567, 0x41) for row in range(1, ROWS + 1)],
                16: [number(row * 7_654_321, 0x41) for row in range(1, ROWS + 1)],
            },
        )
    )
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    sock.bind(("", 0))
    port_to.send(sock.getsockname()[1])
    answers: dict[bytes, bytes] = {}
    while True:
        data, ancillary, _, client = sock.recvmsg(2048, 64)
        opening, request_id, question = _split(data)
        answer = answers.get(question)
        if answer is None:
            answer = answers[question] = _split(mib(read_request(data)))[2]
        message = tlv(0x30, opening + tlv(0xA2, request_id + answer))
        own = ancillary[0][2][8:12]
        source = (socket.IPPROTO_IP, _IP_PKTINFO, bytes(4) + own + bytes(4))
        sock.sendmsg([message], [source], 0, client)


def _split(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Return a message's version and community, its request id, and what follows that."""
    start = _content_at(data, 0)
    community = start + 3  # the version takes three octets
    pdu = _content_at(data, community) + data[community + 1]
    request_id = _content_at(data, pdu)
    rest = request_id + 2 + data[request_id + 1]
    return data[start:pdu], data[request_id:rest], data[rest:]


def _content_at(data: bytes, at: int) -> int:
    """Return where the content of the element at `at` starts."""
    first = data[at + 1]
    return at + 2 + (first & 0x7F if first > 0x7F else 0)


async def cpu_per_1000(
    operation: Callable[[int], Awaitable[object]], count: int, together: int
) -> float:
    """Return CPU seconds of this process per 1,000 operations, `together` of them at a time."""
    numbers = iter(range(count))

    async def worker() -> None:
        for place in numbers:
            await operation(place)

    before = _cpu_seconds()
    await asyncio.gather(*(worker() for _ in range(together)))
    return (_cpu_seconds() - before) / count * 1000


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _address(place: int) -> str:
    return f"127.16.{place + 1 >> 8 & 255}.{place + 1 & 255}"


async def measure_ours(port: int, devices: int, rounds: int) -> dict[str, float]:
    """Measure GETs and walks through the engine: the best round, the one least disturbed."""
    engine = await SnmpEngine.open(SnmpSettings(timeout_seconds=2.0))

    async def get(place: int) -> None:
        values = await engine.get(Agent(_address(place), "public", port), OIDS)
        assert len(values) == len(OIDS)

    async def walk(place: int) -> None:
        columns = await engine.walk(Agent(_address(place), "public", port), COLUMNS)
        assert all(len(rows) == ROWS for rows in columns.values())

    try:
        await cpu_per_1000(get, 200, 50)
        gets = [await cpu_per_1000(get, devices, 200) for _ in range(rounds)]
        walks = [await cpu_per_1000(walk, devices // 4, 100) for _ in range(rounds)]
        timeouts = engine.counters.timeouts
    finally:
        await engine.close()
    return {
        "get_cpu_seconds_per_1000": min(gets),
        "get_cpu_seconds_per_1000_median": statistics.median(gets),
        "walk_cpu_seconds_per_1000": min(walks),
        "walk_cpu_seconds_per_1000_median": statistics.median(walks),
        "timeouts": timeouts,
    }


async def measure_pysnmp(port: int, count: int, rounds: int) -> dict[str, float]:
    """Measure pysnmp at its best: targets made before, objects made once, no MIB look-ups."""
    from pysnmp.hlapi.v3arch.asyncio import (
        CommunityData,
        ContextData,
        ObjectIdentity,
        ObjectType,
        UdpTransportTarget,
        get_cmd,
    )
    from pysnmp.hlapi.v3arch.asyncio import SnmpEngine as PysnmpEngine

    engine = PysnmpEngine()
    community = CommunityData("public", mpModel=1)  # noqa: S508 - the version that is compared
    context = ContextData()
    targets = [
        await UdpTransportTarget.create((_address(place), port), timeout=2, retries=1)
        for place in range(20)
    ]

    async def get(place: int) -> None:
        objects = [ObjectType(ObjectIdentity(oid)) for oid in OIDS]
        target = targets[place % len(targets)]
        error, status, _, found = await get_cmd(
            engine, community, target, context, *objects, lookupMib=False
        )
        assert error is None, str(error)
        assert int(status) == 0
        assert len(found) == len(OIDS)

    try:
        await cpu_per_1000(get, 40, 5)  # meets every target once, which costs more
        gets = [await cpu_per_1000(get, count, 10) for _ in range(rounds)]
        return {
            "get_cpu_seconds_per_1000": min(gets),
            "get_cpu_seconds_per_1000_median": statistics.median(gets),
        }
    finally:
        engine.close_dispatcher()


def measure(devices: int, rounds: int) -> dict[str, object]:
    """Run everything and return the figures."""
    context = multiprocessing.get_context("spawn")
    port_from, port_to = context.Pipe(duplex=False)
    agents = context.Process(target=serve, args=(port_to,), daemon=True)
    agents.start()
    _stay_on_core(1)
    try:
        port = port_from.recv()
        ours = asyncio.run(measure_ours(port, devices, rounds))
        pysnmp = asyncio.run(measure_pysnmp(port, max(devices // 40, 50), rounds))
    finally:
        agents.terminate()
        agents.join()
    get = ours["get_cpu_seconds_per_1000"]
    return {
        "ours": ours,
        "pysnmp": pysnmp,
        "get_ratio_pysnmp_to_ours": pysnmp["get_cpu_seconds_per_1000"] / get,
        "get_goal_cpu_seconds_per_1000": GOAL,
        "get_goal_met": get <= GOAL,
        "devices": devices,
        "rounds": rounds,
        "python": sys.version.split()[0],
    }


def _stay_on_core(core: int) -> None:
    """Keep client and agents apart where there is more than one core to choose from."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[core % len(cores)]})


def main() -> None:
    """Print the figures, for people or (with --json) for programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--devices", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    figures = measure(options.devices, options.rounds)
    if options.json:
        sys.stdout.write(json.dumps(figures) + "\n")
        return
    ours, pysnmp = figures["ours"], figures["pysnmp"]
    assert isinstance(ours, dict)
    assert isinstance(pysnmp, dict)
    sys.stdout.write(
        "CPU seconds per 1,000 operations (best of the rounds)\n"
        f"  GET of {len(OIDS)} OIDs   ours   {ours['get_cpu_seconds_per_1000']:.3f}"
        f"   (goal {GOAL})\n"
        f"                    pysnmp {pysnmp['get_cpu_seconds_per_1000']:.3f}"
        f"   ({figures['get_ratio_pysnmp_to_ours']:.0f} times ours)\n"
        f"  walk of {len(COLUMNS)} x {ROWS}     ours   {ours['walk_cpu_seconds_per_1000']:.3f}\n"
        f"  timeouts          {ours['timeouts']:.0f}\n"
    )


if __name__ == "__main__":
    main()
