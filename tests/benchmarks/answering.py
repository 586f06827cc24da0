"""Simulated devices in a process of their own, for benches that ask: SNMP, and echoes in UDP.

Every device of the fleet (`simulators.fleet`) answers at its own loopback address, and none is
dead, slow or lossy. The devices are kept on the first core and whoever asks on the last one.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from simulators.fleet import COLUMNS, COMMUNITY, FIRST_ADDRESS, SCALARS, Fleet, FleetOptions, Server

OIDS = [oid for oid, _ in SCALARS]
TABLE = [f"1.3.6.1.2.1.2.2.1.{column}" for column in COLUMNS]
MOST = 20_000

__all__ = [
    "COMMUNITY",
    "MOST",
    "OIDS",
    "TABLE",
    "Ports",
    "address",
    "keep_apart",
    "start",
    "together",
]


@dataclass(frozen=True, slots=True)
class Ports:
    """Where all devices answer."""

    snmp: int
    echo: int


def start(held: ExitStack) -> Ports:
    """Start the devices; they end with the stack."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.answering"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    held.callback(process.communicate)  # the end of its stdin ends it
    assert process.stdout is not None
    ports = Ports(**json.loads(process.stdout.readline()))
    keep_apart(held, -1)
    return ports


def keep_apart(held: ExitStack, core: int) -> None:
    """Keep this process on one of the cores that it may use; all again with the stack's end."""
    cores = sorted(os.sched_getaffinity(0))
    held.callback(os.sched_setaffinity, 0, cores)
    os.sched_setaffinity(0, {cores[core]})


def address(place: int) -> str:
    """Return where a device answers."""
    return str(IPv4Address(FIRST_ADDRESS + place % MOST))


async def together(operation: Callable[[int], Awaitable[object]], count: int, width: int) -> int:
    """Run an operation so many times, some of them at once; return how many times."""
    places = iter(range(count))

    async def worker() -> None:
        for place in places:
            await operation(place)

    await asyncio.gather(*(worker() for _ in range(width)))
    return count


def main() -> None:
    """Say the ports, then answer until stdin ends."""
    with ExitStack() as held:
        keep_apart(held, 0)
        server = Server(Fleet(FleetOptions(Path(), MOST)), isolated=False)
        ports = {"snmp": server.snmp.getsockname()[1], "echo": server.icmp.getsockname()[1]}
        sys.stdout.write(json.dumps(ports) + "\n")
        sys.stdout.flush()
        server.run()


if __name__ == "__main__":
    main()
