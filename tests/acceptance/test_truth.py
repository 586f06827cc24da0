"""The scripted day as a whole: every figure is equal to the record, and what is wrong is found."""

import json
import shutil
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from api.demo.truth.compare import Comparison
from api.demo.truth.day import Day
from api.demo.truth.expected.figures import Told
from api.demo.truth.run import expected, judge, table
from simulators.truth.script import Script, read_script
from simulators.truth.world import Answer, MachineEvent, Question, World


@dataclass(frozen=True)
class Lived:
    """The day after it was lived through, and what came of holding it to its record."""

    day: Day
    told: Told
    result: Comparison


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    day = Day(read_script(), tmp_path_factory.mktemp("truth"))
    day.run()
    told = expected(day.world)
    return Lived(day, told, judge(told, day.world, day.config, day.clock))


def test_every_figure_of_the_day_is_equal_to_the_record(lived: Lived) -> None:
    assert lived.result.passed, "\n".join(table(lived.result))


FIGURES = (
    "state", "began at", "root", "flapping", "outage's start", "outage's end", "outage's cause",
    "who answers", "outages of an incident", "incident's end", "uptime_percent",
    "device_uptime_percent", "uptime_bounds_percent", "coverage_percent", "up_seconds",
    "degraded_seconds", "down_seconds", "unreachable_seconds", "unknown_seconds",
    "excluded_seconds", "excluded_seconds_by_reason", "lost_seconds_by_cause",
    "lost_seconds_by_owner", "outages", "outages_by_cause", "longest_outage_seconds",
    "mttr_seconds", "mtbf_seconds",
)  # fmt: skip


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_compared_and_always_equal(lived: Lived, figure: str) -> None:
    count = lived.result.counts[figure]
    assert count.compared == count.equal > 0


def test_the_day_holds_what_it_promises(lived: Lived) -> None:
    """A day on which nothing happens would be right as well."""
    world = lived.day.world
    assert {question.answer for question in world.record} == set(Answer)
    assert {noted.event for noted in world.events} == set(MachineEvent)
    assert not world.contradictions()


def test_a_script_that_says_something_else_than_the_day_is_found(lived: Lived) -> None:
    """One death is said to have ended ten minutes later, another to have had another cause."""
    script = lived.day.script
    faults = [
        fault.model_copy(update={"until": fault.until + 600_000_000})
        if fault.id == "seam"
        else fault.model_copy(update={"cause": "link"} if fault.id == "long" else {})
        for fault in script.faults
    ]
    result = judged(lived, script=script.model_copy(update={"faults": tuple(faults)}))
    found = [(one.figure, one.expected, one.reported) for one in result.differences]
    assert "answers as the script has them" in {figure for figure, _, _ in found}
    assert ("outage's cause", "link", "device") in found


def test_an_answer_that_is_altered_in_the_record_is_found(lived: Lived) -> None:
    """One missing answer of the confirming three had come: there was no outage."""
    record = list(lived.day.world.record)
    place = next(
        n
        for n, one in enumerate(record)
        if one.device == "cam-a03" and one.answer is Answer.NOTHING
    )
    record[place + 1 :] = [
        replace(one, answer=Answer.ALL) if one is again else one
        for again in [next(o for o in record[place + 1 :] if o.device == "cam-a03")]
        for one in record[place + 1 :]
    ]
    result = judged(lived, record=record)
    assert "began at" in {one.figure for one in result.differences}


ALTERED = {  # of different devices, so that each is found by itself
    "began at": (
        "UPDATE transitions SET at = at + 1 WHERE id = "
        "(SELECT max(id) FROM transitions WHERE device_id = ? AND new = 'down')",
        "cam-a03",
    ),
    "state": (
        "UPDATE transitions SET new = 'degraded' WHERE id = "
        "(SELECT max(id) FROM transitions WHERE device_id = ? AND new = 'down')",
        "cam-a02",
    ),
    "transitions": (
        "DELETE FROM transitions WHERE id = "
        "(SELECT max(id) FROM transitions WHERE device_id = ? AND new = 'down')",
        "cam-b22",
    ),
    "outage's end": (
        "UPDATE outages SET ended_at = ended_at - 1 WHERE id = "
        "(SELECT max(id) FROM outages WHERE device_id = ? AND state = 'down')",
        "cam-b12",
    ),
    "outage's cause": (
        "UPDATE outages SET cause = 'link' WHERE id = "
        "(SELECT max(id) FROM outages WHERE device_id = ? AND state = 'down')",
        "cam-a11",
    ),
    "excluded_seconds": (
        "UPDATE maintenance_windows SET ends_at = ends_at - 1 WHERE title = ?",
        "Ganti panel",
    ),
    "who answers": ("UPDATE devices SET owner = NULL WHERE id = ?", "cam-b41"),
}


def test_a_microsecond_or_a_word_altered_in_the_store_is_found(
    lived: Lived, tmp_path: Path
) -> None:
    folder = tmp_path / "altered"
    shutil.copytree(lived.day.directory, folder)
    with sqlite3.connect(folder / "pantau.db") as store:
        for change, about in ALTERED.values():
            assert store.execute(change, (about,)).rowcount == 1, change
    store.close()
    config = replace(lived.day.config, data_directory=folder)
    result = judge(lived.told, lived.day.world, config, lived.day.clock)
    found = {one.figure for one in result.differences}
    assert set(ALTERED) <= found
    assert {"down_seconds", "lost_seconds_by_cause", "lost_seconds_by_owner"} <= found


def judged(
    lived: Lived, *, script: Script | None = None, record: list[Question] | None = None
) -> Comparison:
    """Judge the same day by another script, or another record."""
    world = World(lived.day.script if script is None else script)
    world.record = list(lived.day.world.record) if record is None else record
    world.events = lived.day.world.events
    return judge(expected(world), world, lived.day.config, lived.day.clock)


@pytest.mark.parametrize("option", ["--devices", "--seed", "--minutes", "--port"])
def test_options_of_another_city_are_refused(option: str) -> None:
    outcome = CliRunner().invoke(main, ["demo", "--scenario", "truth", option, "30"])
    assert outcome.exit_code == 2
    assert f"{option}: the scenario truth has a city, day and clock of its own" in outcome.output


def test_the_table_says_what_differs_and_the_score_holds_it() -> None:
    result = Comparison()
    result.hold("cam-a01", "down_seconds", 60.0, 61.5)
    result.hold("cam-a02", "down_seconds", 60.0, 60.0)
    assert table(result)[1].split() == ["down_seconds", "2", "1", "1.5"]
    assert table(result)[-1].strip() == "cam-a01: down_seconds: expected 60.0, reported 61.5"
    summary = json.loads(json.dumps(result.summary()))
    assert (summary["passed"], summary["compared"], summary["equal"]) == (False, 2, 1)


def test_a_comparison_of_nothing_has_not_passed() -> None:
    assert not Comparison().passed
