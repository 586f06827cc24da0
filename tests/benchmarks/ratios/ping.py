"""Echoes: our engine beside fping and aioping, on loopback.

    python -m tests.benchmarks.ratios.ping

fping is a program: its start counts, as whoever calls it for a round of pings pays it. aioping asks
one host after the other, the only way in which it tells the truth.
"""

import asyncio
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import aioping

from collector.probes.icmp import Pinger, PingSettings, PingUnavailableError
from tests.benchmarks import ratio

HOSTS = 500
AIOPING_HOSTS = 60
TIMEOUT_SECONDS = 5.0
PACE = 1_000.0  # a second: fping grants no more to users without rights


def addresses(hosts: int) -> list[str]:
    """Return that many loopback addresses."""
    return [f"127.1.{n // 250}.{n % 250 + 1}" for n in range(hosts)]


async def ours(packets_per_second: float) -> int:
    """Send an echo to every host, all together; return how many came back."""
    pinger = await Pinger.open(PingSettings(max_packets_per_second=packets_per_second))
    try:
        asked = (pinger.ping(address, 1, TIMEOUT_SECONDS) for address in addresses(HOSTS))
        reports = await asyncio.gather(*asked)
    finally:
        await pinger.close()
    assert sum(report.received for report in reports) == HOSTS
    return HOSTS


async def by_aioping() -> int:
    """Send an echo to host after host."""
    for address in addresses(AIOPING_HOSTS):
        await aioping.ping(address, timeout=TIMEOUT_SECONDS)
    return AIOPING_HOSTS


def by_fping(program: str) -> int:
    """Send an echo to every host at the pace of ours."""
    interval = f"{1000 / PACE:g}"
    command = [program, "-e", "-i", interval, "-r", "0", "-t", "5000", *addresses(HOSTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert len(re.findall("is alive", done.stdout)) == HOSTS, done.stderr
    return HOSTS


def cases(_: ExitStack) -> Iterator[ratio.Case | ratio.Absent]:
    """Yield both references, as far as this machine lets us ping."""
    names = {"ping-fping": "Echo, paced 1,000 a second", "ping-aioping": "Echo, unpaced"}
    try:
        asyncio.run(ours(PACE))
    except PingUnavailableError:
        why = "echoes are not allowed here; `pantau doctor` names the remedy"
        yield from (ratio.Absent(key, name, why) for key, name in names.items())
        return
    program = shutil.which("fping", path="/usr/bin:/usr/sbin:/usr/local/bin")
    if program is None:
        yield ratio.Absent("ping-fping", names["ping-fping"], "it needs the program fping")
    else:
        found = program
        said = subprocess.run([found, "-v"], capture_output=True, text=True, check=False)  # noqa: S603
        release = re.search(r"Version ([0-9.]+)", said.stdout)
        yield ratio.Case(
            "ping-fping",
            names["ping-fping"],
            "echo",
            ratio.Side("ours", lambda: asyncio.run(ours(PACE))),
            ratio.Side(
                f"fping {release[1] if release else '?'}",
                lambda: by_fping(found),
                ratio.CPU_OF_CHILDREN,
            ),
            f"one echo to each of {HOSTS} hosts, a millisecond apart",
        )
    try:
        asyncio.run(by_aioping())
    except PermissionError:
        why = "aioping needs the capability cap_net_raw"
        yield ratio.Absent("ping-aioping", names["ping-aioping"], why)
        return
    yield ratio.Case(
        "ping-aioping",
        names["ping-aioping"],
        "echo",
        ratio.Side("ours", lambda: asyncio.run(ours(1e6))),
        ratio.Side(ratio.release("aioping"), lambda: asyncio.run(by_aioping())),
        "one echo and its answer a host, as fast as each can while all are answered",
    )


if __name__ == "__main__":
    ratio.run(cases)
