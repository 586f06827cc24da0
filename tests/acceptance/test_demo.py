"""The demo as a user runs it: real processes, real protocols, faults that really happen."""

import asyncio
from pathlib import Path

import pytest

from tests.acceptance.demo_process import read_json, running_demo


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
    told = summary["notifications"]
    assert told["problems"] == [], story
    assert told["told"] == told["must_be_told"] >= 5, story
    assert told["out"] >= told["back"] >= 5, story
    assert code == 0, story
    assert summary["readings"]["stored"] >= summary["readings"]["expected"] * 0.99, story
    assert summary["schedule"]["done"] == summary["schedule"]["due"], story
