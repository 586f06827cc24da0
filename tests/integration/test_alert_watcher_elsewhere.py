"""The dead man's switch, end to end: collector, store, alerts, and a watcher elsewhere.

The watcher is told over a webhook, as healthchecks-like services want it: its URL is asked for.
When no ping comes for a while, it is the watcher who raises the alarm.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from collector.clock import SystemClock
from collector.config import load_config
from collector.inventory import load_inventory
from collector.model import Heartbeat
from collector.model.alerts import DeliveryState, Purpose
from collector.notify.app import Alerting, AlertingSettings
from collector.notify.channels.opening import open_channels
from collector.notify.loading import load_alert_plan
from collector.store import NotificationFilter, Store
from tests.alert_process import write_settings
from tests.alert_receiver import Fault, Receiver, Request

PING = "/hook/ping/d8f1"
ALERTS = f"""
allow_networks: [127.0.0.1]
channels:
  penjaga: {{type: webhook, url: "{{url}}{PING}", method: GET}}
  hook: {{type: webhook, url: "{{url}}/hook"}}
heartbeat: {{every: 10s, channel: penjaga}}
receivers:
  noc: {{channels: [hook]}}
"""
SENT = NotificationFilter(state=DeliveryState.SENT, purpose=Purpose.HEARTBEAT)


async def until(holds: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(30):
            while not holds():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"waited in vain: {what}") from None


async def test_a_watcher_elsewhere_is_pinged_while_somebody_looks_and_misses_it_otherwise(
    tmp_path: Path,
) -> None:
    def pings() -> list[Request]:
        return [one for one in list(watcher.requests) if one.path == PING]

    def refuse_the_first(came: Request) -> Fault | None:
        return Fault(503, "sebentar") if came.path == PING and len(pings()) == 1 else None

    clock = SystemClock()
    with Receiver() as watcher, Store.open(tmp_path / "pantau.db") as store:
        watcher.rule = refuse_the_first
        config = load_config(write_settings(tmp_path, watcher, ALERTS), {})
        plan = load_alert_plan(config, load_inventory(config.inventory))
        opening = partial(open_channels, config, clock)
        settings = AlertingSettings("main", "Asia/Makassar", lambda: (plan, opening), opening)
        long_ago = clock.now() - timedelta(hours=1)
        store.beat(Heartbeat("main", "run", long_ago, long_ago), [], [])
        running = asyncio.create_task(Alerting(store, clock, settings, plan).run())
        try:
            await until(lambda: "alerts" in store.alerts.marks(), "it follows and reports")
            assert not pings(), "nobody looks: that is no life"
            store.beat(Heartbeat("main", "run", long_ago, clock.now()), [], [])
            await until(lambda: len(pings()) >= 2, "a ping, and again after it was refused")
            await until(lambda: bool(store.outbox.page(SENT).items), "it is noted as sent")
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
        sent = store.outbox.page(SENT).items[-1]
    assert (sent.channel, sent.attempts) == ("penjaga", 2)
    first, second = pings()[:2]
    assert (first.method, second.method) == ("GET", "GET")
    assert first.body == second.body == b""
