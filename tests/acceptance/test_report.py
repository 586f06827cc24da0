"""A month's report of a scripted past equals the truth, which is reckoned here from the script.

Nothing of what reckons uptime in Pantau is used for the truth: it is added up in whole
microseconds from the lines of the script.
"""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api.cli import main
from collector.model import CauseClass, Heartbeat, MaintenanceWindow, Scope, State
from collector.store import OutageFilter, Store
from tests.api_city import City, Inventory, ManualClock, StillSink, check_of, inventory
from tests.conftest import need_program

START = datetime(2024, 9, 30, 16, tzinfo=UTC)
END = datetime(2024, 10, 31, 16, tzinfo=UTC)
NOW = datetime(2024, 11, 2, 1, tzinfo=UTC)
BEGAN = datetime(2024, 9, 1, tzinfo=UTC)
SETTINGS = """
data_directory: .
zone: Asia/Makassar
contract: serat
contracts:
  serat: {causes_not_counted: [power], target_percent: 99}
report:
  agency: "Dinas Kominfo #strong[uji] *a* _b_"
  number: "555/{month}/{roman}/{year}"
"""


def at(text: str) -> datetime:
    """A moment of the script: month-day hour:minute:second, in UTC."""
    return datetime.fromisoformat(f"2024-{text}").replace(tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """A device is in a state from a moment on."""

    device: str
    since: datetime
    state: State
    root: str | None = None


SW, ONE, TWO, SENSOR = "sw-0001", "cam-0001", "cam-0002", "sensor-0001"
EVERY = (SW, ONE, TWO, SENSOR)
SCRIPT = (
    *(Line(one, at("09-02 00:00:00"), State.UP) for one in EVERY),
    Line(TWO, at("09-30 10:00:00"), State.DOWN),
    Line(TWO, at("10-01 01:00:00"), State.UP),
    Line(ONE, at("10-05 00:00:00"), State.DOWN),
    Line(ONE, at("10-05 06:30:15.250"), State.UP),
    Line(SW, at("10-10 00:00:00"), State.DOWN),
    Line(ONE, at("10-10 00:00:01"), State.UNREACHABLE, SW),
    Line(TWO, at("10-10 00:00:02"), State.UNREACHABLE, SW),
    Line(SW, at("10-10 02:00:00"), State.UP),
    Line(ONE, at("10-10 02:00:30"), State.UP),
    Line(TWO, at("10-10 02:00:31.999999"), State.UP),
    Line(SENSOR, at("10-15 00:00:00"), State.DEGRADED),
    Line(SENSOR, at("10-16 00:00:00"), State.UP),
    *(Line(one, at("10-20 00:00:00"), State.UNKNOWN) for one in EVERY),
    *(Line(one, at("10-20 12:00:00"), State.UP) for one in EVERY),
    Line(SENSOR, at("10-31 10:00:00.000001"), State.DOWN),
    Line(SENSOR, at("11-01 03:00:00"), State.UP),
)
WORK = (ONE, at("10-05 05:00:00"), at("10-05 08:00:00"))
"""Planned work: a device, from when to when."""


@dataclass
class Truth:
    """What devices did in the month, in microseconds."""

    up: int = 0
    degraded: int = 0
    down: int = 0
    unreachable: int = 0
    unknown: int = 0
    excluded: int = 0
    outages: int = 0

    def add(self, other: "Truth") -> "Truth":
        return Truth(*(getattr(self, name) + getattr(other, name) for name in vars(self)))


def pieces(device: str) -> Iterator[tuple[datetime, datetime, State]]:
    """Yield what a device was within the month, cut where planned work begins and ends."""
    lines = [one for one in SCRIPT if one.device == device]
    ends = [one.since for one in lines[1:]] + [NOW]
    for line, end in zip(lines, ends, strict=True):
        edges = {max(line.since, START), min(end, END)}
        if min(edges) >= max(edges) or end <= START or line.since >= END:
            continue
        if device == WORK[0]:
            edges |= {edge for edge in WORK[1:] if min(edges) < edge < max(edges)}
        ordered = sorted(edges)
        for first, last in pairwise(ordered):
            yield first, last, line.state


def truth(device: str, power_out: bool = False) -> Truth:
    """Add up a device's month. `power_out`: its first outage was power's, and does not count."""
    found = Truth()
    run = False
    for first, last, state in pieces(device):
        micros = (last - first) // timedelta(microseconds=1)
        in_work = device == WORK[0] and WORK[1] <= first < WORK[2]
        counts = not in_work and not (power_out and device == ONE and state is State.DOWN)
        if not counts:
            found.excluded += micros
            continue
        setattr(found, state.value, getattr(found, state.value) + micros)
        if state is State.DOWN and not run:
            found.outages += 1
        run = state is State.DOWN or (run and state is State.UNKNOWN)
    return found


def percent(part: int, whole: int) -> float | None:
    """Three decimals, cut."""
    return None if whole == 0 else part * 100_000 // whole / 1_000


def held(row: dict[str, Any], devices: Iterable[str]) -> None:
    """Hold a row against the truth about these devices."""
    plain, contract = Truth(), Truth()
    for one in devices:
        plain, contract = plain.add(truth(one)), contract.add(truth(one, power_out=True))
    second = 1_000_000
    up, known = plain.up + plain.degraded, plain.up + plain.degraded + plain.down
    known += plain.unreachable
    assert row["uptime_percent"] == percent(up, known)
    assert row["device_uptime_percent"] == percent(up, known - plain.unreachable)
    assert row["uptime_low_percent"] == percent(up, known + plain.unknown)
    assert row["uptime_high_percent"] == percent(up + plain.unknown, known + plain.unknown)
    assert row["coverage_percent"] == percent(known, known + plain.unknown)
    for name in ("up", "degraded", "down", "unreachable", "unknown", "excluded"):
        assert row[f"{name}_seconds"] == getattr(plain, name) // second, name
    assert row["outages"] == plain.outages
    assert row["mttr_seconds"] == (plain.down // plain.outages // second if plain.outages else None)
    assert row["mtbf_seconds"] == (up // plain.outages // second if plain.outages else None)
    up, known = contract.up + contract.degraded, contract.up + contract.degraded + contract.down
    known += contract.unreachable
    assert row["contract_uptime_percent"] == percent(up, known)
    assert row["contract_coverage_percent"] == percent(known, known + contract.unknown)
    assert row["contract_excluded_seconds"] == contract.excluded // second


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the scripted past, and settings beside it."""
    folder = tmp_path_factory.mktemp("script")
    (folder / "pantau.yaml").write_text(SETTINGS)
    listed: Inventory = inventory()
    listed.devices = {
        name: replace(one, owner=None if name == SENSOR else "diskominfo")
        for name, one in listed.devices.items()
    }
    with City(Store.open(folder / "pantau.db"), ManualClock(NOW), StillSink(), {}) as city:
        city.store.apply_inventory(listed, BEGAN)
        city.store.apply_checks([check_of(one) for one in listed.devices], BEGAN)
        for line in sorted(SCRIPT, key=lambda one: one.since):
            city.change(line.device, line.state, at=line.since, cause=line.root)
        city.store.beat(Heartbeat("main", "run-1", BEGAN, NOW), [], [])
        city.store.maintenance.create(
            MaintenanceWindow(
                "Ganti kabel", "rutin", "andi", WORK[2], Scope(devices=(ONE,)), *WORK[1:],
                "Asia/Makassar",
            )
        )  # fmt: skip
        (outage,) = [
            one.outage
            for one in city.store.outages.page(
                OutageFilter(device=ONE, state=State.DOWN), limit=9, after=None
            ).items
        ]
        city.store.outages.correct(outage.id or 0, CauseClass.POWER, "PLN padam", "sari", NOW)
    return folder


@pytest.fixture(scope="module")
def files(folder: Path) -> dict[str, Path]:
    """The month's report as files, made by the command."""
    done = CliRunner().invoke(
        main,
        [
            "report", "monthly", "--month", "2024-10", "--format", "json,pdf,xlsx,csv", "--json",
            "--pack", "--out", str(folder / "out"), "--config", str(folder / "pantau.yaml"),
        ],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return {path.name: path for path in map(Path, json.loads(done.stdout)["files"])}


@pytest.fixture(scope="module")
def told(files: dict[str, Path]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(files["report-2024-10.json"].read_bytes())
    return read


def test_every_uptime_figure_of_the_report_is_the_truth(told: dict[str, Any]) -> None:
    held(told["total"], EVERY)
    assert {row["device"] for row in told["devices"]} == set(EVERY)
    for row in told["devices"]:
        held(row, [row["device"]])
    groups: dict[str, dict[str, tuple[str, ...]]] = {
        "cities": {"73.71": EVERY},
        "areas": {"73.71.01": (SW, ONE, TWO), "73.71.07": (SENSOR,)},
        "kinds": {"switch": (SW,), "camera": (ONE, TWO), "sensor": (SENSOR,)},
        "owners": {"": (SENSOR,), "diskominfo": (SW, ONE, TWO)},
    }
    for name, members in groups.items():
        assert {row["key"] for row in told[name]} == members.keys()
        for row in told[name]:
            held(row, members[row["key"]])
    (month,) = [row for row in told["trend"] if row["month"] == "2024-10"]
    assert month["uptime_percent"] == told["total"]["uptime_percent"]
    by_name = {row["contract"]: row for row in told["contracts"]}
    assert by_name["serat"]["uptime_percent"] == told["total"]["contract_uptime_percent"]
    assert by_name["serat"]["in_force"]
    assert by_name["serat"]["target_percent"] == 99


def test_outages_stand_with_their_part_of_the_month_the_longest_first(
    told: dict[str, Any],
) -> None:
    found = [
        (one["device"], one["state"], one["started_at"], one["in_period_seconds"], one["seconds"])
        for one in told["outages"]
    ]
    assert found == [
        (TWO, "down", "2024-09-30T10:00:00Z", 9 * 3600, 15 * 3600),
        (ONE, "down", "2024-10-05T00:00:00Z", 23415, 23415),
        (SENSOR, "down", "2024-10-31T10:00:00Z", 21599, 17 * 3600 - 1),
        (ONE, "unreachable", "2024-10-10T00:00:01Z", 7229, 7229),
        (TWO, "unreachable", "2024-10-10T00:00:02Z", 7229, 7229),
        (SW, "down", "2024-10-10T00:00:00Z", 7200, 7200),
    ]
    (corrected,) = told["corrections"]
    assert (corrected["cause"], corrected["author"], corrected["in_force"]) == (
        "power",
        "sari",
        True,
    )
    (work,) = told["maintenance"]
    assert work["in_period_seconds"] == 3 * 3600
    assert work["afterwards"]


def test_the_pack_beside_the_report_is_genuine(files: dict[str, Path]) -> None:
    done = CliRunner().invoke(main, ["verify", str(files["pantau-2024-10.zip"])])
    assert done.exit_code == 0, done.output


def test_the_printed_pages_hold_the_figures(files: dict[str, Path], told: dict[str, Any]) -> None:
    program = need_program("pdftotext")
    text = subprocess.run(  # noqa: S603
        [program, "-layout", str(files["report-2024-10.pdf"]), "-"],
        capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    for row in (told["total"], *told["areas"], *told["kinds"], *told["owners"]):
        for name in ("uptime", "uptime_low", "uptime_high", "coverage", "contract_uptime"):
            value = row[f"{name}_percent"]
            assert f"{value:.3f}".replace(".", ",") + "%" in text, name
    assert "DINAS KOMINFO #STRONG[UJI] *A* _B_" in text, "a name is no markup"
    assert "555/10/X/2024" in text
    assert re.search(r"halaman\s+1\s+dari", text)
