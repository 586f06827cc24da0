"""How long it takes from a confirmed state to the endpoint, and what the process costs.

    python tests/benchmarks/bench_alerts.py [--alerts 1000] [--idle 20]

A process of alerts of its own follows a store in which so many devices, each at a site and in an
area of its own, are confirmed down; the receiver notes when each message comes. Settle times are
0, so what is told is the pipeline alone: log, desk, transaction, outbox, words, HTTP. *Within a
minute*: a message for each, twenty at a time. *At once*: in one transaction, a message for each by
one channel or by ten; *a storm* tells them in one. Then the process idles. CPU in percent of one
core.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from collector.clock import SystemClock
from collector.model.alerts import Alert, Severity
from collector.notify.app import Alerting, AlertingSettings
from collector.notify.channels.addresses import Allowed
from collector.notify.channels.outbound import Outbound, OutboundSettings
from collector.notify.channels.webhook import Webhook, WebhookSettings
from collector.notify.deciding.world import Address, DeviceFacts, Pace, Taken
from collector.notify.plan import AlertPlan, Receiver
from collector.store import Store
from tests.alert_play import PlainRules
from tests.alert_process import Town, wait_until
from tests.alert_receiver import Fault, Request
from tests.alert_receiver import Receiver as Listening

PER_MINUTE = 600_000  # the pipeline is measured, not a budget


@dataclass
class ByArea(PlainRules):
    """Districts go to so many receivers, each by a channel of its own."""

    channels: int = 1
    pace: Pace = field(default_factory=Pace)

    def route(self, alert: Alert, device: DeviceFacts, now: datetime) -> Taken | None:
        """Return the receiver of a district."""
        del alert, now
        number = int(device.areas[0].rpartition(".")[2]) if device.areas else 0
        return Taken("all", (f"noc-{number % self.channels}",))

    def people(self, receiver: str, now: datetime) -> tuple[Address, ...]:
        """Return a receiver with its channel."""
        del now
        return (Address(receiver, receiver.replace("noc", "hook")),)


def live(folder: Path, url: str, channels: int, storm: int) -> None:
    """Be the process that is measured."""
    pace = Pace(0.0, 0.0, storm_more_than=storm, storm_settle_seconds=0.0)
    rules = ByArea(pace=pace, channels=channels)
    receivers = {f"noc-{n}": Receiver(f"noc-{n}", (f"hook-{n}",)) for n in range(channels)}
    plan = AlertPlan(rules, receivers)
    clock = SystemClock()

    @asynccontextmanager
    async def opened() -> Any:
        outbound = Outbound(OutboundSettings(Allowed.of("127.0.0.1")))
        made = [
            Webhook(
                WebhookSettings(f"hook-{n}", f"{url}/hook", per_minute=PER_MINUTE), outbound, clock
            )
            for n in range(channels)
        ]
        yield {one.name: one for one in made}
        await outbound.close()

    with Store.open(folder / "pantau.db") as store:
        settings = AlertingSettings("main", "Asia/Makassar", lambda: (plan, opened), opened)
        asyncio.run(Alerting(store, clock, settings, plan).run())


class Arrivals:
    """When each device was told of first."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}

    def __call__(self, request: Request) -> Fault | None:
        """Note a request; nothing goes wrong."""
        now = time.time()
        (first, *_) = json.loads(request.body)["data"].get("devices", [{}])
        self.at.setdefault(first.get("id", ""), now)
        return None


def measure(
    what: str, alerts: int, channels: int = 1, storm: int = 10**6, minute: bool = False,
    idle: float = 0.0,
) -> None:  # fmt: skip
    """Print how long messages took, and what the process cost."""
    devices = [f"cam-{number}" for number in range(alerts)]
    arrivals = Arrivals()
    with tempfile.TemporaryDirectory() as name, Listening() as receiver:
        folder = Path(name)
        receiver.rule = arrivals
        city = Town(folder, devices)
        words = [str(folder), receiver.url, str(channels), str(storm)]
        process = subprocess.Popen([sys.executable, __file__, "--live", *words])  # noqa: S603
        try:
            wait_until(lambda: "alerts.transitions" in city.store.alerts.marks(), "it follows")
            began = cpu_of(process.pid)
            size = 20 if minute else alerts
            confirmed: dict[str, float] = {}
            for start in range(0, alerts, size):
                due = time.monotonic() + (60.0 * size / alerts if minute else 0.0)
                rows = city.down(*devices[start : start + size])
                confirmed |= {one.device_id: one.confirmed_at.timestamp() for one in rows}
                city.beat()
                while time.monotonic() < due:
                    time.sleep(0.01)  # noqa: TID251 - this process only writes
            stored = time.time()
            wanted = 1 if storm < alerts else alerts
            wait_until(lambda: told(city, arrivals) >= wanted, "all are told", 120.0)
            took = sorted(
                at - confirmed[one] for one, at in arrivals.at.items() if one in confirmed
            )
            last = max(arrivals.at.values()) - stored
            spent = cpu_of(process.pid) - began
            print(
                f"{what:<34}{len(took):>5} messages  p50 {percentile(took, 50):>6.2f} s"
                f"  p99 {percentile(took, 99):>6.2f} s  last {last:>6.2f} s after all was stored"
                f"  CPU {spent:>5.2f} s  {memory_of(process.pid):>6.1f} MiB"
            )
            if idle:
                time.sleep(2.0)  # noqa: TID251 - what is left to note is noted
                began, at = cpu_of(process.pid), time.monotonic()
                until = at + idle
                while time.monotonic() < until:
                    city.beat()
                    time.sleep(5.0)  # noqa: TID251 - as the collector does
                percent = 100 * (cpu_of(process.pid) - began) / (time.monotonic() - at)
                print(f"{'idle, with that many open alerts':<34}{percent:>6.1f} % CPU")
        finally:
            process.terminate()
            process.wait()
            city.close()


def told(city: Town, arrivals: Arrivals) -> int:
    """Return of how many was told, and let the collector live on."""
    if time.monotonic() % 5 < 0.1:
        city.beat()
    return len(arrivals.at)


def percentile(values: list[float], percent: int) -> float:
    """Return a percentile of sorted values."""
    if len(values) < 2:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU that a process has had (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> float:
    """Return a process's resident memory in MiB (proc(5))."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20


def main() -> None:
    """Measure each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=1_000)
    parser.add_argument("--idle", type=float, default=20.0)
    parser.add_argument("--live", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.live:
        folder, url, channels, storm = given.live
        live(Path(folder), url, int(channels), int(storm))
        return
    print(f"{given.alerts} devices confirmed down at once, {Severity.CRITICAL}, settle 0 s")
    measure("within a minute", given.alerts, minute=True, idle=given.idle)
    measure("at once, a storm", given.alerts, storm=20)
    measure("at once, a message each", given.alerts)
    measure("at once, ten channels", given.alerts, channels=10)


if __name__ == "__main__":
    main()
