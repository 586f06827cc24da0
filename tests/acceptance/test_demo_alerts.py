"""What people are told of one dead switch, one dead feeder and a storm: few messages, all true.

The scenarios are the built-in ones in a small city whose collector asks every five seconds; they
run side by side. The whole figures (500 and 10,000 devices) are in docs/demo.md.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulators.scenario import BUILT_IN
from tests.acceptance.demo_process import read_json, running_demo

RHYTHM = {"ping": 5, "ping_retry": 1, "snmp": 5, "snmp_retry": 2, "timeouts": 1.5}
DEVICES = {"backbone": 40, "feeder": 40, "storm": 120}
FOR_SECONDS = {"backbone": 32, "feeder": 36, "storm": 50}  # a storm waits 30 s for its size


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The scores of the three scenarios, by name."""
    folder = tmp_path_factory.mktemp("scenarios")

    async def play_all() -> dict[str, dict[str, Any]]:
        async with asyncio.timeout(400), asyncio.TaskGroup() as group:
            plays = {name: group.create_task(_play(name, folder)) for name in DEVICES}
        return {name: play.result() for name, play in plays.items()}

    return asyncio.run(play_all())


async def _play(name: str, folder: Path) -> dict[str, Any]:
    """Play a built-in scenario at a quick pace; return its score, with `story` and `code`."""
    scenario = yaml.safe_load((BUILT_IN / f"{name}.yaml").read_text())
    scenario["rhythm"] = RHYTHM
    for fault in scenario["faults"]:
        fault |= {"at_seconds": 5, "for_seconds": FOR_SECONDS[name]}
    file, path = folder / f"{name}.yaml", folder / f"{name}.json"
    file.write_text(yaml.safe_dump(scenario))
    words = ("--scenario", str(file), "--devices", str(DEVICES[name]), "--score", str(path))
    async with running_demo(folder / name, *words) as demo:
        code = await demo.process.wait()
    story = "\n".join(demo.lines)
    assert path.exists(), story
    assert "Traceback" not in story, story
    return {**read_json(path), "code": code, "story": story}


def _told(score: dict[str, Any], purpose: str) -> list[str]:
    return [one["title"] for one in score["messages"] if one["purpose"] == purpose]


def test_a_dead_switch_is_told_once_and_what_is_behind_it_held(
    scores: dict[str, dict[str, Any]],
) -> None:
    score = scores["backbone"]
    told = score["summary"]["notifications"]
    assert score["code"] == 0, score["story"]
    assert told["held_by_reason"]["parent_down"] == DEVICES["backbone"]
    assert 1 <= told["out"] <= 2
    assert 1 <= told["back"] <= 2
    [title] = _told(score, "firing")
    assert "Switch Tulang Punggung" in title
    assert title in score["story"]  # shown as it came


def test_a_dead_feeder_is_one_message_about_its_power(scores: dict[str, dict[str, Any]]) -> None:
    score = scores["feeder"]
    told = score["summary"]["notifications"]
    assert score["code"] == 0, score["story"]
    assert (told["out"], told["back"]) == (1, 1), score["messages"]
    [title] = _told(score, "firing")
    assert "listrik padam, penyulang" in title.lower()
    assert told["held_by_reason"]["power"] >= 2


def test_a_storm_is_few_messages_and_no_check_is_late_for_it(
    scores: dict[str, dict[str, Any]],
) -> None:
    score = scores["storm"]
    told = score["summary"]["notifications"]
    assert score["code"] == 0, score["story"]
    assert told["sent"] <= 5
    assert told["held_by_reason"]["storm"] == DEVICES["storm"]
    assert _told(score, "firing") == []
    assert len(_told(score, "storm")) == 1
    assert len(_told(score, "recovered")) == 1
    assert score["summary"]["schedule"]["done"] == score["summary"]["schedule"]["due"]
