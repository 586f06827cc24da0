"""CPU of the ICMP engine beside aioping (the reference) and fping, in one run on this machine.

    python tests/benchmarks/bench_ping.py [--hosts 1000] [--json]

CPU milliseconds per 1,000 echoes (user and system, getrusage), all on loopback. "paced" is how
the collector runs; "unpaced" is what the engine can do. aioping goes one host at a time, which
is the only way it tells the truth. `rtt` is what each engine reports: loopback takes about
10 µs, the rest is the engine's own delay.
"""

import argparse
import asyncio
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import aioping

from collector.probes.icmp import Pinger, PingSettings

COUNT = 3
TIMEOUT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Figures:
    """One engine's run. `ratio`: CPU against ours, paced."""

    engine: str
    echoes: int
    answered: int
    cpu_ms_per_1000: float
    echoes_per_second: float
    rtt_p50_microseconds: float
    rtt_p99_microseconds: float
    ratio: float = 0.0


def addresses(hosts: int) -> list[str]:
    """Return that many loopback addresses."""
    return [f"127.{1 + n // 62500}.{n // 250 % 250}.{n % 250 + 1}" for n in range(hosts)]


def ours(hosts: int, packets_per_second: float, name: str) -> Figures:
    """Ping all hosts at once, COUNT echoes each."""
    settings = PingSettings(max_packets_per_second=packets_per_second, spacing_seconds=0.1)

    async def work() -> tuple[int, list[float]]:
        pinger = await Pinger.open(settings)
        try:
            reports = await asyncio.gather(
                *(pinger.ping(address, COUNT, TIMEOUT_SECONDS) for address in addresses(hosts))
            )
        finally:
            await pinger.close()
        return sum(r.sent for r in reports), [rtt for r in reports for rtt in r.rtts]

    return _measure(name, lambda: asyncio.run(work()), resource.RUSAGE_SELF)


def theirs(hosts: int) -> Figures:
    """Ping host after host with aioping, one echo each."""

    async def work() -> tuple[int, list[float]]:
        rtts: list[float] = []
        for address in addresses(hosts):
            try:
                rtts.append(await aioping.ping(address, timeout=TIMEOUT_SECONDS))
            except TimeoutError:
                continue
        return hosts, rtts

    return _measure("aioping, sequential", lambda: asyncio.run(work()), resource.RUSAGE_SELF)


def fping(hosts: int, program: str) -> Figures:
    """Ping all hosts with fping, one echo each, 0.5 ms apart as our pacing."""

    def work() -> tuple[int, list[float]]:
        command = [program, "-e", "-i", "0.5", "-r", "0", "-t", "2000", *addresses(hosts)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our words
        found = re.findall(r"is alive \(([0-9.]+) ms\)", done.stdout)
        return hosts, [float(ms) / 1000 for ms in found]

    return _measure("fping, paced", work, resource.RUSAGE_CHILDREN)


def _measure(name: str, work: Callable[[], tuple[int, list[float]]], who: int) -> Figures:
    before, started = resource.getrusage(who), time.perf_counter()
    echoes, rtts = work()
    after, ended = resource.getrusage(who), time.perf_counter()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    centiles = statistics.quantiles(rtts, n=100) if len(rtts) > 1 else [float("nan")] * 99
    return Figures(
        engine=name,
        echoes=echoes,
        answered=len(rtts),
        cpu_ms_per_1000=cpu / echoes * 1e6,
        echoes_per_second=echoes / (ended - started),
        rtt_p50_microseconds=centiles[49] * 1e6,
        rtt_p99_microseconds=centiles[98] * 1e6,
    )


def run(hosts: int) -> list[Figures]:
    """Run every engine that is there, ours first."""
    results = [
        ours(hosts, 2000, "pantau, paced 2,000/s"),
        ours(hosts, 1e6, "pantau, unpaced"),
        theirs(min(hosts, 500)),
    ]
    program = shutil.which("fping", path="/usr/bin:/usr/sbin:/usr/local/bin")
    if program is not None:
        results.append(fping(hosts, program))
    base = results[0].cpu_ms_per_1000
    return [Figures(**{**asdict(r), "ratio": r.cpu_ms_per_1000 / base}) for r in results]


def main() -> None:
    """Print the figures as a table, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    results = run(arguments.hosts)
    if arguments.json:
        json.dump([asdict(result) for result in results], sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    sys.stdout.write(
        f"{'engine':<24}  {'echoes':>6}  {'answered':>8}  {'CPU ms/1000':>11}"
        f"  {'ratio':>6}  {'echoes/s':>9}   rtt p50 / p99 µs\n"
    )
    for r in results:
        sys.stdout.write(
            f"{r.engine:<24}  {r.echoes:>6}  {r.answered:>8}  {r.cpu_ms_per_1000:>11.1f}"
            f"  {r.ratio:>6.2f}  {r.echoes_per_second:>9.0f}"
            f"   {r.rtt_p50_microseconds:.0f} / {r.rtt_p99_microseconds:.0f}\n"
        )


if __name__ == "__main__":
    main()
