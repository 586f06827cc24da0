"""What it costs to tell InfluxDB what the store says: uptime's hours, states, the whole past.

    python tests/benchmarks/bench_teller.py [--devices 10000] [--outages 50]

A store is filled as for bench_uptime. Then a round of uptime (the hour that runs, of every device),
a part of the past (up to 50,000 lines), the minute of every device's state and inventory, and an
hour in which a tenth of the city failed and came back. *lines*: only made, nobody takes them: what
InfluxDB needs for them is told by bench_influx_drain. CPU in seconds of one core.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from collector.courier.teller import TellerSettings
from collector.courier.teller.states import StatesTeller
from collector.courier.teller.sums import SumsTeller
from collector.courier.teller.threads import Threaded
from collector.model import Heartbeat, Reason, State, Transition
from collector.sinks.spool import Spool
from collector.store import Store
from tests.api_city import ManualClock
from tests.benchmarks.bench_uptime import CONTRACT, NOW, ZONE, fill, timed

MINUTE = timedelta(minutes=1)


class Nowhere:
    """Takes every line and counts."""

    lines = 0
    size = 0

    async def deliver(self, lines: bytes, bucket: str | None = None) -> list[Any]:
        """Take lines."""
        del bucket
        self.lines += lines.count(b"\n")
        self.size += len(lines)
        return []

    def taken(self) -> str:
        """Return what came since the last question."""
        text = f"{self.lines:>10,} lines {self.size / 2**20:>7.1f} MiB"
        self.lines = self.size = 0
        return text


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--outages", type=int, default=50)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pantau.db"
        with Store.open(path) as store:
            timed("fill", lambda: fill(store, path, given.devices, given.outages))
            spool = Spool.open(Path(folder) / "spool.db")
            asyncio.run(measure(store, spool, given.devices))
            spool.close()


async def measure(store: Store, spool: Spool, devices: int) -> None:
    """Print a line for each thing that is told."""
    clock, nowhere, threaded = ManualClock(NOW), Nowhere(), Threaded("bench")
    way: Any = nowhere
    beat(store, clock)
    for contract in (None, CONTRACT):
        settings = TellerSettings(zone=ZONE, contract=contract)
        sums = SumsTeller(store, spool, way, clock, settings, threaded)
        name = "plain" if contract is None else "plain and contract"
        await sums.tell_what_runs()
        nowhere.taken()
        for _ in range(2):
            clock.advance(60)
            beat(store, clock)
            await measured(f"{name}: the hour that runs", sums.tell_what_runs, nowhere)
        for _ in range(2):
            await measured(f"{name}: a part of the past", sums.tell_some_past, nowhere)
    settings = TellerSettings(zone=ZONE, contract=CONTRACT)
    sums = SumsTeller(store, spool, way, clock, settings, threaded)
    states = StatesTeller(store, spool, clock, settings, threaded)
    for what in ("states and inventory", "states"):
        clock.advance(60)
        await measured(what, states.tell, nowhere)
    await a_tenth_fails(store, clock, devices)
    await measured("a tenth failed: its minutes again", states.tell, nowhere)
    await measured("a tenth failed: uptime", sums.tell_what_runs, nowhere)
    print(f"{'spool':<40}{spool.status().lines:>10,} lines")
    await threaded.close()


async def measured(name: str, tell: Any, nowhere: Nowhere) -> None:
    """Print what one telling costs."""
    started = cpu()
    await tell()
    print(f"{name:<40}{cpu() - started:>8.2f} s {nowhere.taken()}")


def cpu() -> float:
    """Return the seconds of CPU that this process has had."""
    return time.process_time()


def beat(store: Store, clock: ManualClock) -> None:
    """Let a collector be alive."""
    store.beat(Heartbeat("c", "run", NOW, clock.now(), {}), [], [])


async def a_tenth_fails(store: Store, clock: ManualClock, devices: int) -> None:
    """Let one device in ten fail, ten minutes ago."""
    at = clock.now() - 10 * MINUTE
    store.commit(
        [],
        [],
        [
            Transition(f"cam-{n:05}", State.UP, State.DOWN, at, clock.now(), Reason.NO_ANSWER)
            for n in range(0, devices, 10)
        ],
    )


if __name__ == "__main__":
    main()
