"""A whole collector in a process of its own, which says on demand what it has used and done.

It watches a simulated fleet with every interval made shorter, so that little patience is needed:
poller, probes, state engine, writer, store and embedded sink as in a city, alerts and API left out.

stdin   a line: what was used and done by now?      its end: stop
stdout  {"cpu_seconds": …, "checks": …}, the first one when every device was asked
"""

import asyncio
import json
import os
import resource
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from api.bench.setting import write_setting
from collector.app import Collector
from collector.clock import SystemClock
from collector.config import load_config
from collector.inventory import load_plan
from collector.store import Store
from simulators.fleet import COMMUNITY, inventory
from simulators.inventory import to_yaml

FASTER = 20  # times: an echo a second, a GET every three, a table every fifteen


async def watch(folder: Path, devices: int, snmp_port: int, echo_port: int) -> None:
    """Watch until stdin ends."""
    (folder / "fleet").mkdir()
    (folder / "fleet" / "inventory.yaml").write_text(to_yaml(inventory(devices)))
    facts = {"community": COMMUNITY, "snmp_port": snmp_port, "carrier": f"udp:{echo_port}"}
    setting = write_setting(folder, facts, "http://127.0.0.1:9/")
    config = load_config(setting.config, {})
    plan = load_plan(config)
    quicker = (replace(one, interval_seconds=one.interval_seconds / FASTER) for one in plan.checks)
    plan = replace(plan, checks=tuple(quicker))
    clock = SystemClock()
    with Store.open(config.store_path) as store:
        store.apply_inventory(plan, clock.now())
        store.apply_checks(plan.checks, clock.now())
        collector = Collector(config, plan, store, clock)
        running = asyncio.create_task(collector.run(), name="collector")
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        threading.Thread(
            target=_listen, args=(lambda: loop.call_soon_threadsafe(asked.set),), daemon=True
        ).start()
        while not hasattr(collector, "poller") or collector.poller.counters.done < 2 * devices:
            if running.done():
                await running
            await asyncio.sleep(0.05)
        while True:
            _say(collector)
            await asked.wait()
            asked.clear()
            if _stdin_ended.is_set():
                break
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


_stdin_ended = threading.Event()


def _listen(tell: Callable[[], object]) -> None:
    for _ in sys.stdin:
        tell()
    _stdin_ended.set()
    tell()


def _say(collector: Collector) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    said = {
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "checks": collector.poller.counters.done,
    }
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Take folder, devices and ports from the command line."""
    folder, devices, snmp_port, echo_port = sys.argv[1:]
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    asyncio.run(watch(Path(folder), int(devices), int(snmp_port), int(echo_port)))


if __name__ == "__main__":
    main()
