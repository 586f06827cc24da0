"""What a running collector says of itself, and that the documents name it rightly."""

import asyncio
import re
from contextlib import suppress
from pathlib import Path

import pytest

from collector import app as app_module
from collector.app import Collector
from collector.clock import SystemClock
from collector.config import load_config
from collector.inventory import load_plan
from collector.store import Store
from tests.conftest import REPOSITORY

CITY = """\
areas: [{code: "73.71", name: Makassar}]
sites: [{id: s, name: S, area: "73.71"}]
devices:
  - {id: a, name: A, kind: switch, site: s, profile: generic-ping, address: 127.0.0.9}
"""
CONFIG = 'data_directory: data\ninventory: [city.yaml]\nping: {carrier: "udp:9"}\n'


async def test_every_figure_in_the_documents_is_one_that_a_collector_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "HEARTBEAT_SECONDS", 0.05)
    (tmp_path / "city.yaml").write_text(CITY)
    (tmp_path / "pantau.yaml").write_text(CONFIG)
    config, clock = load_config(tmp_path / "pantau.yaml", {}), SystemClock()
    plan = load_plan(config)
    with Store.open(config.store_path) as store:
        store.apply_inventory(plan, clock.now())
        store.apply_checks(plan.checks, clock.now())
        task = asyncio.create_task(Collector(config, plan, store, clock).run())
        try:
            async with asyncio.timeout(20):
                while not any("cpu_share" in beat.figures for beat in store.collectors()):
                    await asyncio.sleep(0.02)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        (beat,) = store.collectors()
    text = (REPOSITORY / "docs" / "performance.md").read_text()
    named = set(re.findall(r"`pantau_collector_(\w+)`", text))
    assert len(named) >= 10
    assert named <= beat.figures.keys()
    assert beat.figures["cpu_seconds"] > 0
    assert beat.figures["checks_late_seconds"] == 0
