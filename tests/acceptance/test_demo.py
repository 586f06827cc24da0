"""The demo as a user runs it: real processes, real protocols, faults that really happen."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.acceptance.demo_process import RunningDemo, read_json, running_demo

NO_FAULTS = "faults: []\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


async def test_four_minutes_of_faults_are_reported_and_nothing_else(
    data: Path, tmp_path: Path
) -> None:
    """The promise of `pantau demo --minutes 4 --score`: nothing missed, nothing invented."""
    path = tmp_path / "score.json"
    arguments = ("--devices", "200", "--minutes", "4", "--score", str(path))
    async with running_demo(data, *arguments) as demo:
        code = await asyncio.wait_for(demo.process.wait(), 420)
    score = read_json(path)
    story = f"{score}\n" + "\n".join(demo.lines[-30:])
    assert score["devices"] == {"expected": 200, "polled": 200}
    summary = score["summary"]
    assert isinstance(summary, dict)
    assert summary["faults"] >= 10, story
    assert summary["missed"] == 0, story
    assert summary["false_alarms"] == 0, story
    assert code == 0, story
    assert summary["readings"]["stored"] >= summary["readings"]["expected"] * 0.97
    assert summary["schedule"]["done"] >= summary["schedule"]["due"] - 5


async def test_killing_the_collector_makes_a_gap_and_no_outage(data: Path, tmp_path: Path) -> None:
    scenario = tmp_path / "quiet.yaml"
    scenario.write_text(NO_FAULTS)
    async with running_demo(data, "--devices", "40", "--scenario", str(scenario)) as demo:
        await demo.wait_until(lambda seen: seen["up"] == 40, 75)
        first = demo.collector_pid()
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await demo.wait_until(lambda seen: seen["unknown"] > 0, 60)
        await demo.wait_until(lambda seen: seen["up"] == 40, 75)
        assert demo.collector_pid() not in (None, first)
        await _expect_a_gap_everywhere(demo)


async def _expect_a_gap_everywhere(demo: RunningDemo) -> None:
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
