"""The scripted day as a whole: every figure is equal to the record, and what is wrong is found."""

import json
import re
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
from api.evidence.key import load_evidence_key
from api.evidence.pack import PackOf, write_pack
from api.evidence.verify import check
from api.settings import ApiSettings
from api.uptime_query import Asked, read_question
from collector.moments import from_micros
from collector.sight import sight
from collector.store import Store
from simulators.truth.script import Fault, Script, read_script
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


def test_the_day_packed_as_evidence_is_reckoned_the_same_by_the_program_that_checks(
    lived: Lived, tmp_path: Path
) -> None:
    """A third reckoning, of its own, over outages, windows, hours and causes of every kind."""
    day, config = lived.day, lived.day.config
    settings = ApiSettings(
        zone=config.zone, rule=config.rule, contracts=config.contracts, contract=config.contract
    )
    asked = Asked(from_=from_micros(day.script.begins).isoformat())
    now = day.clock.now()
    with Store.open(config.store_path, read_only=True) as store:
        known = sight(store.collectors(), now, settings.collector_timeout_seconds).known_until
        of = PackOf(read_question(asked, settings, now), now, known)
        key = load_evidence_key(tmp_path / "evidence.key")
        write_pack(store, settings, of, key, tmp_path / "pack.zip")
    assert check((tmp_path / "pack.zip").read_bytes(), key.fingerprint)[1] == []


FIGURES = (
    "state", "began at", "root", "flapping", "outage's start", "outage's end", "outage's cause",
    "who answers", "outages of an incident", "incident's end", "uptime_percent",
    "device_uptime_percent", "uptime_bounds_percent", "coverage_percent", "up_seconds",
    "degraded_seconds", "down_seconds", "unreachable_seconds", "unknown_seconds",
    "excluded_seconds_by_reason", "lost_seconds_by_cause", "lost_seconds_by_owner", "outages",
    "outages_by_cause", "longest_outage_seconds", "mttr_seconds", "mtbf_seconds",
    "what its doctor finds",
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
    """A death is said to have taken ten minutes more, one cause and one window are others."""
    faults: dict[str, dict[str, object]] = {
        "seam": {"until": 600_000_000 + fault_of(lived, "seam").until},
        "long": {"cause": "link"},
    }
    script = lived.day.script
    window = next(deed for deed in script.deeds if deed.name == "known")
    later = window.model_copy(update={"covers": ((window.starts + 1, window.ends),)})
    altered = script.model_copy(
        update={
            "faults": tuple(
                fault.model_copy(update=faults.get(fault.id, {})) for fault in script.faults
            ),
            "deeds": tuple(later if deed is window else deed for deed in script.deeds),
        }
    )
    found = differences(judged(lived, altered, lived.day.world.record))
    assert ("the record", "answers as the script has them") in found
    assert ("cam-b11", "outage's cause") in found
    assert ("cam-b11", "who answers") not in found, "the device's owner has the link as well"
    assert {
        (device, "excluded_seconds_by_reason") for device in ("sw-j1", "cam-j1", "jayapura")
    } <= found


def test_an_answer_that_is_altered_in_the_record_is_found(lived: Lived) -> None:
    """The first missing answer of an outage had come: it began with the second one."""
    record = list(lived.day.world.record)
    place = next(
        place
        for place, one in enumerate(record)
        if one.device == "cam-a03" and one.answer is Answer.NOTHING
    )
    record[place] = replace(record[place], answer=Answer.ALL)
    found = differences(judged(lived, lived.day.script, record))
    assert {
        ("cam-a03", "began at"),
        ("cam-a03", "outage's start"),
        ("cam-a03", "down_seconds"),
    } < found
    assert ("the record", "answers as the script has them") in found


ALTERED = {
    "UPDATE transitions SET at = at + 1 WHERE device_id = 'cam-a03' AND new = 'down'": [
        ("cam-a03", "began at"),
        ("cam-a03", "down_seconds"),
        ("dishub", "down_seconds"),
        ("the store", "what its doctor finds"),
    ],
    "UPDATE transitions SET new = 'degraded' WHERE device_id = 'cam-a02' AND new = 'down'": [
        ("cam-a02", "state"),
        ("cam-a02", "uptime_percent"),
    ],
    "DELETE FROM transitions WHERE device_id = 'cam-b12' AND new = 'down'": [
        ("cam-b12", "transitions"),
        ("cam-b12", "outages"),
    ],
    "UPDATE outages SET ended_at = ended_at - 1 WHERE device_id = 'cam-j2' AND state = 'down'": [
        ("cam-j2", "outage's end"),
    ],
    "UPDATE outages SET cause = 'link' WHERE device_id = 'cam-b11' AND state = 'down'": [
        ("cam-b11", "outage's cause"),
        ("cam-b11", "lost_seconds_by_cause"),
    ],
    "UPDATE outages SET incident_id = 1 WHERE device_id = 'cam-a05' AND state = 'down'": [
        ("incident", "outages of an incident"),
    ],
    "UPDATE maintenance_windows SET starts_at = starts_at + 1 WHERE title = 'Ganti panel'": [
        ("cam-j1", "excluded_seconds_by_reason"),
        ("jayapura", "excluded_seconds"),
    ],
    "UPDATE devices SET power_owner = 'dishub' WHERE id = 'sw-b3'": [
        ("sw-b3", "lost_seconds_by_owner"),
        ("cam-b31", "who answers"),
    ],
    "UPDATE devices SET created_at = created_at - 1 WHERE id = 'cam-baru'": [
        ("cam-baru", "unknown_seconds"),
    ],
}


@pytest.fixture(scope="module")
def found_in_the_altered(
    lived: Lived, tmp_path_factory: pytest.TempPathFactory
) -> set[tuple[str, str]]:
    """What is found in a copy of the store in which each of the above was done."""
    folder = tmp_path_factory.mktemp("altered") / "data"
    shutil.copytree(lived.day.directory, folder)
    store = sqlite3.connect(folder / "pantau.db")
    for change in ALTERED:
        assert store.execute(change).rowcount == 1, change
    store.execute("DELETE FROM uptime_months")  # sums are made anew from what is there
    store.commit()
    store.close()
    config = replace(lived.day.config, data_directory=folder)
    return differences(judge(lived.told, lived.day.world, config, lived.day.clock))


@pytest.mark.parametrize("change", ALTERED)
def test_a_microsecond_or_a_word_altered_in_the_store_is_found(
    found_in_the_altered: set[tuple[str, str]], change: str
) -> None:
    assert set(ALTERED[change]) <= found_in_the_altered


def test_nothing_else_than_what_was_altered_is_found(
    found_in_the_altered: set[tuple[str, str]],
) -> None:
    untouched = {"cam-a06", "cam-or", "cam-and", "sw-b1", "srv-1", "asw-5"}
    assert not untouched & {about for about, _ in found_in_the_altered}


def differences(result: Comparison) -> set[tuple[str, str]]:
    """Return whom the differences are about (device or group), and the figures."""
    whole = ("the record", "the store", "the day")
    return {
        (one.about if one.about in whole else re.split("[ ,]", one.about)[0], one.figure)
        for one in result.differences
    }


def fault_of(lived: Lived, name: str) -> Fault:
    return next(fault for fault in lived.day.script.faults if fault.id == name)


def judged(lived: Lived, script: Script, record: list[Question]) -> Comparison:
    """Judge the same day by another script, or another record."""
    world = World(script)
    world.record, world.events = record, lived.day.world.events
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
