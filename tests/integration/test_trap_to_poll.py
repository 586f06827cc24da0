"""From a trap to a poll at a real agent, by a whole collector; a trap alone changes nothing."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from collector.app import Collector
from collector.clock import SystemClock
from collector.config import load_config
from collector.inventory import load_plan
from collector.model import State
from collector.store import Store
from tests.integration.trap_senders import COLD_START, LINK_DOWN, net_snmp
from tests.snmpd import free_port, running

COMMUNITY = "rahasia-uji"
PATIENCE_SECONDS = 20.0
PROFILE = """
name: rarely
title: Asked once a week, so that whatever is asked in a test was asked because of a trap
kinds: [server]
ping: false
include: [system]
groups:
  status: {probe: snmp, interval: 7d, role: reachability, rule: {confirm: 2, recover: 1, retry: 1s}}
traps:
  - {oid: 1.3.6.1.6.3.1.1.5.3, name: linkDown, ask: status}
"""
INVENTORY = """
areas: [{code: "73.71", name: Makassar}]
sites: [{id: titik, name: Titik, area: "73.71"}]
devices:
  - {id: alive, name: Hidup, kind: server, site: titik, profile: rarely, address: 127.0.0.1, credentials: kota}
  - {id: dead, name: Mati, kind: server, site: titik, profile: rarely, address: 127.0.0.9, credentials: kota}
"""  # noqa: E501 - one device, one line


@pytest.fixture
def agent(snmpd_program: str, tmp_path: Path) -> Iterator[int]:
    """An snmpd of Debian on 127.0.0.1; yields its port."""
    with running(snmpd_program, tmp_path, f"rocommunity {COMMUNITY}\n") as port:
        yield port


@contextlib.asynccontextmanager
async def a_collector(folder: Path, agent: int) -> AsyncIterator[Collector]:
    """A collector over two devices of one profile that hardly ever asks by itself."""
    (folder / "profiles").mkdir()
    (folder / "profiles" / "rarely.yaml").write_text(PROFILE)
    (folder / "kota.yaml").write_text(INVENTORY)
    (folder / "pantau.yaml").write_text(
        f"inventory: kota.yaml\nsnmp: {{port: {agent}, timeout: 300ms, retries: 0}}\n"
        f"credentials: {{kota: {{community: {COMMUNITY}}}}}\n"
        f"traps: {{addresses: 127.0.0.1, port: {free_port()}}}\n"
    )
    config = load_config(folder / "pantau.yaml", {})
    config.data_directory.mkdir()
    plan, clock = load_plan(config), SystemClock()
    with Store.open(config.store_path) as store:
        store.apply_inventory(plan, clock.now())
        store.apply_checks(plan.checks, clock.now())
        collector = Collector(config, plan, store, clock)
        task = asyncio.create_task(collector.run())
        try:
            yield collector
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def states(collector: Collector) -> tuple[State, State]:
    engine = collector.engine
    return engine.state_of("alive").state, engine.state_of("dead").state


async def test_a_trap_lets_the_agent_be_asked_at_once_and_is_no_state_by_itself(
    agent: int, tmp_path: Path
) -> None:
    async with a_collector(tmp_path, agent) as collector, asyncio.timeout(PATIENCE_SECONDS):
        traps = collector.traps
        assert traps is not None
        while not traps.running:
            await asyncio.sleep(0.02)
        words = ["-v2c", "-c", COMMUNITY, f"127.0.0.1:{traps.port}", ""]
        assert states(collector) == (State.UNKNOWN, State.UNKNOWN)

        await net_snmp("snmptrap", tmp_path, *words, COLD_START)
        while collector.engine.counters.results < 1:
            await asyncio.sleep(0.02)
        assert states(collector) == (State.UP, State.UNKNOWN)  # the answer said so, not the trap

        # a link that is down, says the trap; the device answers as ever: nothing has changed
        changes = collector.engine.counters.transitions
        await asyncio.sleep(1.0)  # its retry: no check runs more often, whatever traps say
        await net_snmp("snmptrap", tmp_path, *words, LINK_DOWN)
        while collector.engine.counters.results < 2:
            await asyncio.sleep(0.02)
        assert states(collector) == (State.UP, State.UNKNOWN)
        assert collector.engine.counters.transitions == changes

        # "I have started", says a device whose agent does not answer: it is not up for that
        await net_snmp("snmptrap", tmp_path, "--clientAddr=127.0.0.9", *words, COLD_START)
        while states(collector)[1] is State.UNKNOWN:
            await asyncio.sleep(0.02)
        assert states(collector) == (State.UP, State.DOWN)
        assert traps.counters.hints == 3
        assert traps.counters.checks_asked == 3
