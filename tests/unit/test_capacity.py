"""How much there is room for: from what is asked for and what it costs here."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.capacity import FULL_SHARE, Demand, Used, capacity_of, demand_of, used_of
from api.cli import main
from api.commands.capacity_checks import judge
from collector.clock import SystemClock
from collector.config import load_config
from collector.inventory import load_plan
from collector.model import Heartbeat
from collector.store import Store

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DEMAND = Demand(1_000, 3_000.0, 2_000.0, (("fleet", 3_000.0),))
USED = Used(0.24, 3_000.0, 60.0, 0.0, 0.0)
FIGURES = {"cpu_share": 0.24, "checks_a_minute": 3_000.0, "usage_seconds": 60.0}
CITY = """\
areas: [{code: "73.71", name: Makassar}]
sites: [{id: s, name: S, area: "73.71"}]
devices:
  - {id: a, name: A, kind: switch, site: s, profile: generic-snmp, address: 127.0.0.9,
     credentials: [kota]}
  - {id: b, name: B, kind: server, site: s, profile: generic-ping, address: 127.0.0.10}
"""
CONFIG = """\
data_directory: data
inventory: [city.yaml]
credentials: {kota: {version: 2c, community_file: kota}}
"""


def beat(figures: dict[str, float], seconds: float = 1.0, name: str = "main") -> Heartbeat:
    return Heartbeat(name, "run", NOW, NOW - timedelta(seconds=seconds), figures)


def test_what_is_asked_for_is_counted_without_what_devices_send_by_themselves(
    folder: Path,
) -> None:
    plan = load_plan(load_config(folder / "pantau.yaml", {}))
    demand = demand_of(plan)
    polled = [check for check in plan.checks if check.probe in ("ping", "snmp")]
    assert demand.devices == 2
    assert demand.checks_a_minute == pytest.approx(sum(60 / one.interval_seconds for one in polled))
    assert 0 < demand.pings_a_minute < demand.checks_a_minute
    assert demand.dearest[0][0] == "generic-snmp"
    assert dict(demand.dearest).keys() == {"generic-snmp", "generic-ping"}


def test_a_collector_that_is_gone_or_just_began_says_nothing_of_the_cost() -> None:
    assert used_of([], "main", NOW, 12.5) is None
    assert used_of([beat(FIGURES, 60)], "main", NOW, 12.5) is None
    assert used_of([beat(FIGURES, name="other")], "main", NOW, 12.5) is None
    assert used_of([beat(FIGURES | {"usage_seconds": 30.0})], "main", NOW, 12.5) is None
    assert used_of([beat({})], "main", NOW, 12.5) is None  # of an older version
    late = FIGURES | {"checks_late_seconds": 3.0, "checks_missed": 7.0}
    assert used_of([beat(late)], "main", NOW, 12.5) == replace(USED, late_seconds=3.0, missed=7.0)


def test_the_room_is_what_is_left_of_four_fifths_of_a_core() -> None:
    capacity = capacity_of(DEMAND, USED)
    assert capacity is not None
    assert capacity.checks_a_minute == pytest.approx(10_000)
    assert capacity.used_share == pytest.approx(0.3)
    assert capacity.room_devices == pytest.approx(2_333, abs=1)
    full = capacity_of(DEMAND, replace(USED, share=FULL_SHARE * 2))
    assert full is not None
    assert full.used_share == pytest.approx(2)
    assert full.room_devices == 0
    assert capacity_of(DEMAND, replace(USED, checks_a_minute=0.0)) is None
    assert capacity_of(DEMAND, replace(USED, share=0.0)) is None


def test_a_late_collector_has_no_room_whatever_it_uses() -> None:
    late = replace(USED, share=0.3, checks_a_minute=1_000.0, late_seconds=40.0)
    capacity = capacity_of(DEMAND, late)
    assert capacity is not None
    assert capacity.used_share == pytest.approx(3)
    assert capacity.room_devices == 0


def test_what_is_said_when_there_is_room() -> None:
    one = judge(DEMAND, USED, 3)
    assert one.ok
    assert one.detail == (
        "1,000 devices ask for 3,000 checks a minute; for 3,000 the collector used 24 % of one "
        "core in the last 60 s; at 80 % of a core 10,000 would be done: used at 30 %, room for "
        "about 2,333 more devices like these"
    )
    assert one.figures is not None
    few = judge(
        replace(DEMAND, devices=2, checks_a_minute=5.0), replace(USED, checks_a_minute=5.0), 3
    )
    assert "room for at least" in few.detail


@pytest.mark.parametrize(
    ("demand", "used", "detail", "remedy"),
    [
        (DEMAND, replace(USED, share=0.99, checks_a_minute=1_000.0, late_seconds=45.4, missed=9.0),
         "9 were left out since it began; checks are late by 45 s",
         "lengthen the intervals of what asks most (fleet 3,000 a minute)"),
        (DEMAND, replace(USED, share=0.4, late_seconds=45.0), "late by 45 s", "other work on this"),
        (DEMAND, replace(USED, share=0.1, checks_a_minute=0.0, late_seconds=60.0),
         "for 0 the collector used 10 % of one core", "or its disk"),
        (DEMAND, replace(USED, share=0.9), "at 80 % of a core 2,666", "from a second machine"),
        (replace(DEMAND, pings_a_minute=60_000.0), USED, "3,000 echoes a second; 2,000 may be sent",
         "ping less often"),
    ],
)  # fmt: skip
def test_too_much_is_a_problem_with_what_to_do(
    demand: Demand, used: Used, detail: str, remedy: str
) -> None:
    one = judge(demand, used, 3)
    assert not one.ok
    assert detail in one.detail
    assert remedy in one.remedy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "city.yaml").write_text(CITY)
    (tmp_path / "kota").touch(mode=0o600)
    (tmp_path / "kota").write_text("public\n")
    (tmp_path / "pantau.yaml").write_text(CONFIG)
    return tmp_path


def doctor(folder: Path) -> str:
    """Return the line of the doctor about capacity, with its remedy."""
    told = CliRunner().invoke(main, ["doctor", "--config", str(folder / "pantau.yaml")]).output
    lines = told.splitlines()
    at = next(number for number, line in enumerate(lines) if "  capacity: " in line)
    return "\n".join(lines[at : at + 2])


def test_the_doctor_says_what_is_known(folder: Path) -> None:
    assert "2 devices ask for" in doctor(folder)
    assert "known when the collector has run for a minute" in doctor(folder)
    (folder / "data").mkdir()
    with Store.open(folder / "data" / "pantau.db") as store:
        now = SystemClock().now()
        store.beat(Heartbeat("main", "run", now, now, FIGURES), [], [])
    assert "used at " in doctor(folder)
    (folder / "city.yaml").write_text(CITY.replace("generic-ping", "generic-pong"))
    assert "PROBLEM  capacity: the inventory cannot be read: 1 problem\n" in doctor(folder)
    assert "pantau check-config" in doctor(folder)
    (folder / "city.yaml").write_text("areas: []\n")
    assert "no device is polled" in doctor(folder)
