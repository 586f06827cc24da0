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
    "outages of an incident",
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


def test_a_script_that_is_altered_after_the_day_is_found(lived: Lived) -> None:
    """The seam's death is said to have ended ten minutes later than it did."""
    script = lived.day.script
    faults = [
        fault.model_copy(update={"until": fault.until + 600_000_000})
        if fault.id == "seam"
        else fault
        for fault in script.faults
    ]
    result = judged(lived, script=script.model_copy(update={"faults": tuple(faults)}))
    assert [one.figure for one in result.differences] == ["answers as the script has them"]


def test_a_cause_that_the_script_knows_better_is_found(lived: Lived) -> None:
    script = lived.day.script
    faults = [
        fault.model_copy(update={"cause": "link"}) if fault.id == "long" else fault
        for fault in script.faults
    ]
    result = judged(lived, script=script.model_copy(update={"faults": tuple(faults)}))
    assert ("outage's cause", "link", "device") in [
        (one.figure, one.expected, one.reported) for one in result.differences
    ]


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


@pytest.mark.parametrize(
    ("change", "figure"),
    [
        (
            "UPDATE transitions SET at = at + 1 WHERE device_id = 'cam-a03' AND new = 'down'",
            "began at",
        ),
        (
            "UPDATE transitions SET new = 'degraded' WHERE device_id = 'cam-a03' AND new = 'down'",
            "state",
        ),
        ("UPDATE outages SET ended_at = ended_at - 1 WHERE id = 3", "outage's end"),
        ("UPDATE outages SET cause = 'link' WHERE id = 3", "outage's cause"),
        ("DELETE FROM transitions WHERE device_id = 'cam-a03' AND new = 'down'", "transitions"),
    ],
)
def test_a_microsecond_or_a_word_altered_in_the_store_is_found(
    lived: Lived, tmp_path: Path, change: str, figure: str
) -> None:
    folder = tmp_path / "altered"
    shutil.copytree(lived.day.directory, folder)
    with sqlite3.connect(folder / "pantau.db") as store:
        assert store.execute(change).rowcount == 1
    store.close()
    config = replace(lived.day.config, data_directory=folder)
    result = judge(lived.told, lived.day.world, config, lived.day.clock)
    assert figure in {one.figure for one in result.differences}


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
