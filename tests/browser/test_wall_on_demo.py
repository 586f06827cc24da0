"""The wall over the real platform: what the collector's death looks like on it."""

import asyncio
import os
import signal
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from collector.clock import SystemClock
from tests.acceptance.demo_process import RunningDemo, running_demo
from tests.browser.conftest import Browser

NO_FAULTS = "faults: []\n"
CALM = "Semua layanan aktif"


@pytest.fixture
def panel(chromium: Browser) -> Generator[Browser]:
    """The shared Chromium; its page is closed afterwards."""
    yield chromium
    chromium.leave()


async def verdict_becomes(panel: Browser, text: str) -> None:
    await asyncio.to_thread(panel.wait, "[data-test=verdict]", text)


async def test_a_killed_collector_blinds_the_wall_and_invents_no_outage(
    panel: Browser, tmp_path: Path
) -> None:
    """Kill -9, see `unknown`, see the supervisor bring it back, find a gap and nothing else."""
    scenario = tmp_path / "quiet.yaml"
    scenario.write_text(NO_FAULTS)
    arguments = ("--devices", "40", "--scenario", str(scenario))
    async with running_demo(tmp_path / "data", *arguments) as demo:
        await demo.wait_until(lambda seen: seen["up"] == 40, 75)
        await asyncio.to_thread(panel.open, demo.wall_url, SystemClock().now())
        await verdict_becomes(panel, CALM)
        assert "#" not in panel.address(), "the token must not stay in the address bar"
        first = demo.pid_of("collector")
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await demo.wait_until(lambda seen: seen["unknown"] > 0, 60)
        await asyncio.to_thread(panel.wait, "[data-test=counts]", "tidak diketahui")
        await demo.wait_until(lambda seen: seen["up"] == 40, 75)
        await verdict_becomes(panel, CALM)
        assert demo.pid_of("collector") not in (None, first)
        await expect_a_gap_everywhere(demo)


async def test_a_wall_outlives_its_server_and_is_shut_out_when_its_link_is_revoked(
    panel: Browser, tmp_path: Path
) -> None:
    """A panel with a link of its own; nobody touches it until the link is revoked."""
    scenario = tmp_path / "quiet.yaml"
    scenario.write_text(NO_FAULTS)
    data = tmp_path / "data"
    async with running_demo(data, "--devices", "40", "--scenario", str(scenario)) as demo:
        await demo.wait_until(lambda seen: seen["up"] == 40, 75)
        config = next(data.rglob("pantau.yaml"))
        token = await pantau("token", "create", "layar-2", "--config", str(config))
        address = demo.wall_url.split("#")[0]
        link = f"{address}?halaman=ringkasan,insiden,peta&tiap=5#token={token}"
        await asyncio.to_thread(panel.open, link, SystemClock().now())
        await asyncio.to_thread(panel.wait, "[data-condition=live] [data-test=turns]")
        await asyncio.to_thread(panel.wait, "[data-page=peta] [data-test=city-map]")
        await asyncio.to_thread(panel.wait, "[data-page=ringkasan] [data-test=foot]", "Cakupan ≥")

        first = demo.pid_of("api")
        assert first is not None
        os.kill(first, signal.SIGSTOP)  # the connection stands, and says nothing
        await asyncio.to_thread(panel.forward, 31)
        await asyncio.to_thread(panel.wait, "[data-condition=stale] [data-test=verdict]", "usang")
        os.kill(first, signal.SIGKILL)
        await asyncio.to_thread(panel.wait, "[data-condition=live] [data-test=trust]")
        assert demo.pid_of("api") not in (None, first)
        late = "[data-test=tile-late]"
        assert await asyncio.to_thread(panel.texts, late) == [], "the collector went on"

        await pantau("token", "revoke", "layar-2", "--config", str(config))
        title = "Tautan layar ini tidak berlaku lagi"
        await asyncio.to_thread(panel.wait, "[data-test=notice]", title)
        assert await asyncio.to_thread(panel.texts, "[data-test=tile]") == []


async def pantau(*arguments: str) -> str:
    """What the command prints, as an administrator would run it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api", *arguments, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode().strip()


async def expect_a_gap_everywhere(demo: RunningDemo) -> None:
    devices = (await demo.get("/devices", limit="100"))["items"]
    assert isinstance(devices, list)
    for device in devices:
        log = (await demo.get(f"/devices/{device['id']}/transitions"))["items"]
        assert isinstance(log, list)
        story = sorted((change["confirmed_at"], change["new"], change["reason"]) for change in log)
        assert [new for _, new, _ in story] == ["up", "unknown", "up"], device["id"]
        assert story[1][2] == "collector_gone"
    uptime = (await demo.get("/uptime", group_by="device"))["items"]
    assert isinstance(uptime, list)
    assert len(uptime) == 40
    assert all(item["down_seconds"] == item["unreachable_seconds"] == 0 for item in uptime)
