"""What a bench makes of its samples."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api.bench import figures
from api.bench.setting import write_setting
from api.bench.watching import Moved, Sample
from api.bench.words import lines
from api.cli import main
from collector.inventory import check_everything
from simulators.fleet import inventory
from simulators.inventory import to_yaml


def sample(at: float, phase: str, cpu: float, **told: float) -> Sample:
    told.setdefault("checks_under_way", 0)
    return Sample(at, phase, {"collector": cpu, "api": cpu / 10}, {"collector": 50.0}, told, {})


def test_cost_is_of_the_steady_phase_alone_and_adds_up() -> None:
    samples = [
        sample(0, "cold start", 5, writer_readings=0),
        sample(60, figures.STEADY, 10, writer_readings=1000),
        sample(180, figures.STEADY, 16, writer_readings=4600),
        sample(200, "death", 99, writer_readings=9999),
    ]
    cost = figures.steady(samples, 1000)
    assert cost.seconds == 120
    assert cost.cpu_seconds_per_1000_cycles_by_part["collector"] == pytest.approx(3.0)
    assert cost.cpu_seconds_per_1000_cycles == pytest.approx(3.3)
    assert cost.readings_a_second == pytest.approx(30)
    with pytest.raises(ValueError, match="too short"):
        figures.steady(samples[:2], 1000)


def test_a_spread_names_values_that_were_there() -> None:
    found = figures.spread([float(n) for n in range(1, 101)])
    assert found == figures.Spread(100, 50, 99, 100)
    assert figures.spread([]) is None


def test_only_the_killed_are_deaths_and_only_the_living_are_false() -> None:
    moved = [
        Moved("a", "down", 130.0),
        Moved("a", "down", 190.0),  # again: it was told before
        Moved("b", "down", 110.0),  # before it was killed
        Moved("c", "down", 150.0),  # dead from the beginning
        Moved("d", "down", 160.0),  # nobody killed it
    ]
    assert figures.deaths(moved, frozenset("ab"), 120.0, 200.0) == [10.0]
    mortal = {"a": 120.0, "b": 120.0, "c": 0.0}
    assert figures.false_downs(moved, mortal, 1000.0) == 2


@pytest.mark.parametrize(("sparse", "checks"), [(False, 90), (True, 60)])
def test_the_configuration_of_a_bench_is_one_that_check_config_finds_nothing_in(
    tmp_path: Path, *, sparse: bool, checks: int
) -> None:
    (tmp_path / "fleet").mkdir()
    (tmp_path / "fleet" / "inventory.yaml").write_text(to_yaml(inventory(30)))
    facts = {"community": "c", "snmp_port": 1161, "carrier": "icmp"}
    setting = write_setting(tmp_path, facts, "http://127.0.0.1:9/x", sparse=sparse)
    report = check_everything(setting.config, {})
    assert report.problems == ()
    assert (report.devices, report.checks) == (30, checks)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--dead", "a lot"], "--dead: write a share"),
        (["--dead", "60%", "--slow", "0.5"], "more than all devices"),
    ],
)
def test_a_share_that_is_none_is_refused(words: list[str], problem: str) -> None:
    result = CliRunner().invoke(main, ["bench", "fleet", *words])
    assert result.exit_code == 2
    assert problem in result.output


QUIET: dict[str, Any] = {
    "steady": {
        "cpu_seconds_per_1000_cycles": 0.5, "cpu_seconds_per_1000_cycles_by_part": {"api": 0.5},
        "memory_mib": 100, "memory_mib_by_part": {"api": 100}, "seconds": 60,
        "readings_a_second": 7,
    },
    "schedule": {
        "done": 10, "due": 10, "blind": 0, "late_p50_seconds": 0, "late_p99_seconds": 0,
        "late_most_seconds": 0, "loop_lag_most_seconds": 0,
    },
    "late_p99_seconds_in_death": 0, "cold_start_seconds": None, "death_to_state": None,
    "state_to_alert": None, "killed": 5, "false_downs": 0, "messages": 0,
    "agents": {"echoes": 1, "gets": 2, "walks": 3, "cpu_seconds": 0.1, "unsent": 0},
}  # fmt: skip


def test_the_figures_are_said_in_words_also_where_nothing_was_seen() -> None:
    said = "\n".join(lines(QUIET))
    assert "0.500 CPU-s per 1,000 devices" in said
    assert "cold start   not over in time" in said
    assert "death        0 of 5" in said


def test_runs_become_rows_of_a_table_the_smallest_first(tmp_path: Path) -> None:
    spread = {"count": 5, "p50": 21.4, "p99": 30.0, "most": 33.0}
    seen = {"cold_start_seconds": 30.2, "death_to_state": spread, "state_to_alert": spread}
    files = []
    for devices, hostile, more in ((10_000, 0.02, seen), (200, 0.0, {"sparse": True})):
        files.append(tmp_path / f"{devices}.json")
        load = {"devices": devices, "hostile": hostile}
        files[-1].write_text(json.dumps(QUIET | more | {"load": load}))
    result = CliRunner().invoke(main, ["bench", "table", *map(str, files)])
    assert result.exit_code == 0
    _, _, small, large = result.output.splitlines()
    assert small.startswith("| 200, sparse | **0.50** (api 0.50) | 100 | 10 of 10 |")
    assert "| not in time | none | none | 0 |" in small
    assert large.startswith("| 10,000, 200 of them hostile | **0.50** (api 0.50) |")
    assert "| 30 s | 5 of 5: 21 / 33 s | 33.0 s | 0 |" in large
    files[0].write_text("{}")
    refused = CliRunner().invoke(main, ["bench", "table", str(files[0])])
    assert refused.exit_code == 1
    assert "no result of bench fleet" in refused.output
