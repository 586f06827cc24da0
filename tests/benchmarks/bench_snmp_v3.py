"""CPU seconds that SNMPv3 costs beside v2c: our engine against Debian's snmpd, in one run.

Run it: `python -m tests.benchmarks.bench_snmp_v3 [--json] [--devices N] [--rounds N]`. The ratio to
v2c is compared, not rates: it barely moves on a busy machine. One snmpd answers for 127.17.0.1 and
up, so to the engine it is as many agents; client and snmpd are kept on different cores. First
contact is measured apart: discovery, the clock, and keys made for each agent.
"""

import argparse
import asyncio
import json
import os
import resource
import shutil
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from collector.probes.snmp.agent import Agent, SnmpSettings, Version
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.v3.security import Security
from tests.snmpd import running

GOAL = 0.2
"""CPU seconds per 1,000 GETs of 12 OIDs, signed and encrypted, that the engine may use."""

TOGETHER = 50
AUTH, PRIV = "kata-sandi-satu", "kata-sandi-dua"
USERS = {
    "noAuthNoPriv": Security("terbuka"),
    "SHA-1": Security("u1", "sha", AUTH),
    "SHA-1, AES-128": Security("u2", "sha", AUTH, "aes128", PRIV),
    "SHA-256, AES-256": Security("u3", "sha256", AUTH, "aes256", PRIV),
    "MD5, DES": Security("u4", "md5", AUTH, "des", PRIV),
}
CONFIGURATION = f"""
rocommunity rahasia
sysName bench
sysLocation Rack 12, room 3
createUser terbuka
createUser u1 SHA {AUTH}
createUser u2 SHA {AUTH} AES {PRIV}
createUser u3 SHA-256 {AUTH} AES-256 {PRIV}
createUser u4 MD5 {AUTH} DES {PRIV}
rouser terbuka noauth
rouser u1 auth
rouser u2 priv
rouser u3 priv
rouser u4 priv
"""
_MEMORY, _LOAD = "1.3.6.1.4.1.2021.4", "1.3.6.1.4.1.2021.10.1.5"
OIDS = [
    *(f"1.3.6.1.2.1.1.{number}.0" for number in (1, 3, 5, 6)), "1.3.6.1.2.1.2.1.0",
    "1.3.6.1.2.1.4.1.0", *(f"{_MEMORY}.{number}.0" for number in (3, 4, 5, 6)),
    f"{_LOAD}.1", f"{_LOAD}.2",
]  # fmt: skip


async def cpu_per_1000(operation: Callable[[int], Awaitable[object]], count: int) -> float:
    """Return CPU seconds of this process per 1,000 operations, TOGETHER at a time."""
    numbers = iter(range(count))

    async def worker() -> None:
        for place in numbers:
            await operation(place)

    before = _cpu_seconds()
    await asyncio.gather(*(worker() for _ in range(TOGETHER)))
    return (_cpu_seconds() - before) / count * 1000


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _memory_kib() -> int:
    resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return resident * (os.sysconf("SC_PAGE_SIZE") // 1024)


def _agent(place: int, port: int, security: Security | None) -> Agent:
    address = f"127.17.{place >> 8 & 255}.{place & 255 or 255}"
    version = Version.V2C if security is None else Version.V3
    return Agent(address, "rahasia", port, version, security=security)


async def measure_way(
    port: int, devices: int, rounds: int, security: Security | None
) -> dict[str, float]:
    """Measure GETs of 12 OIDs in one way: first contact, then the best and the median round."""
    memory = _memory_kib()
    engine = await SnmpEngine.open(SnmpSettings(timeout_seconds=3.0))

    async def get(place: int) -> None:
        values = await engine.get(_agent(place, port, security), OIDS)
        assert len(values) == len(OIDS)

    try:
        first = await cpu_per_1000(get, devices)
        known = [await cpu_per_1000(get, devices) for _ in range(rounds)]
        return {
            "first_contact_cpu_seconds_per_1000": first,
            "get_cpu_seconds_per_1000": min(known),
            "get_cpu_seconds_per_1000_median": statistics.median(known),
            "memory_kib_per_agent": (_memory_kib() - memory) / devices,
            "descriptors": len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - names are not wanted
            "timeouts": engine.counters.timeouts,
        }
    finally:
        await engine.close()


def measure(program: str, devices: int, rounds: int) -> dict[str, dict[str, float]]:
    """Run everything and return the figures by way of asking, each with its ratio to v2c."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[0]})  # snmpd inherits it
    with (
        tempfile.TemporaryDirectory() as folder,
        running(program, Path(folder), CONFIGURATION, host="0.0.0.0") as port,  # noqa: S104
    ):
        os.sched_setaffinity(0, {cores[-1]})
        found = {"v2c": asyncio.run(measure_way(port, devices, rounds, None))}
        for name, security in USERS.items():
            found[name] = asyncio.run(measure_way(port, devices, rounds, security))
    for figures in found.values():
        figures["ratio_to_v2c"] = (
            figures["get_cpu_seconds_per_1000"] / found["v2c"]["get_cpu_seconds_per_1000"]
        )
    return found


def main() -> None:
    """Print the figures, for people or (with --json) for programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    program = shutil.which("snmpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        sys.stdout.write("needs the program snmpd\n")
        return
    found = measure(program, options.devices, options.rounds)
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    sys.stdout.write(
        f"CPU seconds per 1,000 GETs of {len(OIDS)} OIDs (best of the rounds; goal {GOAL})\n"
        f"  {'':18}{'GET':>7}{'to v2c':>9}{'first':>9}{'KiB/agent':>11}{'files':>7}\n"
    )
    for name, figures in found.items():
        sys.stdout.write(
            f"  {name:18}{figures['get_cpu_seconds_per_1000']:7.3f}"
            f"{figures['ratio_to_v2c']:8.2f}x"
            f"{figures['first_contact_cpu_seconds_per_1000']:9.3f}"
            f"{figures['memory_kib_per_agent']:11.1f}{figures['descriptors']:7.0f}\n"
        )


if __name__ == "__main__":
    main()
