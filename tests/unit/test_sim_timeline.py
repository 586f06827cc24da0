"""Faults carried out on live devices."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulators.ber import Oid
from simulators.city import City, Kind, build_city
from simulators.faults import Fault, FaultKind
from simulators.live import Live
from simulators.plan import plan
from simulators.record import Record, utc_text
from simulators.scenario import parse_scenario
from simulators.shapes import Shape, build
from simulators.timeline import Conductor
from simulators.traps import COLD_START, UPS_ALARM_REMOVED, UPS_ON_BATTERY

CITY = build_city(200, 1)
FEEDERS = build(Shape.FEEDER, 60, 1)


class _Stage:
    """A conductor with its record, and what it announced."""

    def __init__(self, folder: Path, city: City = CITY) -> None:
        self.lives = {it.id: Live(it, 1, 0.0) for it in city.devices}
        self.path = folder / "record.jsonl"
        self.record = Record(self.path)
        self.said: list[Mapping[str, object]] = []
        self.obeyed = 0
        self.trapped: list[tuple[str, Oid]] = []
        self.conductor = Conductor(
            city, self.lives, self.record, self._obey, self.said.append, self._trap
        )

    def _trap(self, live: Live, trap: Oid) -> None:
        self.trapped.append((live.device.id, trap))

    def _obey(self) -> None:
        self.obeyed += 1

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()]


def _fault(kind: FaultKind, **more: object) -> Fault:
    wish = {"id": "x", "kind": kind, "for_seconds": 110, **more}
    return plan(_city_for(kind), parse_scenario([wish])).faults[0]


def _city_for(kind: FaultKind) -> City:
    return FEEDERS if kind is FaultKind.FEEDER_POWER else CITY


async def _during(stage: _Stage, fault: Fault) -> asyncio.Task[None]:
    """Begin a fault and return its task, the switches turned."""
    task = asyncio.create_task(stage.conductor.carry_out(fault))
    await asyncio.sleep(0)
    return task


async def _cut_short(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


async def test_behind_a_dead_switch_nothing_answers_though_it_has_power(tmp_path: Path) -> None:
    stage = _Stage(tmp_path)
    with stage.record:
        fault = _fault(FaultKind.SWITCH_DEAD)
        task = await _during(stage, fault)
        silent = {it.device.id for it in stage.lives.values() if not it.answers}
        assert silent == fault.touched
        powerless = {it.device.id for it in stage.lives.values() if not it.powered}
        assert powerless == set(fault.hit) < silent
        assert stage.obeyed == 1
        await _cut_short(task)


@pytest.mark.parametrize(
    ("kind", "traps"),
    [
        (FaultKind.UPS_ON_BATTERY, [UPS_ON_BATTERY, UPS_ALARM_REMOVED]),
        (FaultKind.REBOOT, [COLD_START]),
        (FaultKind.PACKET_LOSS, []),
    ],
)
async def test_devices_say_what_real_ones_would(
    tmp_path: Path, kind: FaultKind, traps: list[Oid]
) -> None:
    stage = _Stage(tmp_path)
    with stage.record:
        fault = _short(_fault(kind))
        await stage.conductor.carry_out(fault)

    assert [trap for _, trap in stage.trapped] == traps * len(fault.hit)
    assert {device for device, _ in stage.trapped} <= set(fault.hit)


async def test_without_its_feeder_a_ups_tells_of_its_battery_and_the_others_die(
    tmp_path: Path,
) -> None:
    stage = _Stage(tmp_path, FEEDERS)
    with stage.record:
        fault = _fault(FaultKind.FEEDER_POWER)
        task = await _during(stage, fault)
        upses = {it for it in fault.hit if stage.lives[it].device.kind is Kind.UPS}
        assert {it for it in fault.hit if stage.lives[it].powered} == upses != set()
        assert {it for it in upses if stage.lives[it].on_battery_since is not None} == upses
        assert stage.trapped == [(it, UPS_ON_BATTERY) for it in fault.hit if it in upses]
        await _cut_short(task)


@pytest.mark.parametrize("kind", sorted(set(FaultKind) - {FaultKind.COLLECTOR_PAUSE}))
async def test_a_fault_that_ends_gives_everything_back(tmp_path: Path, kind: FaultKind) -> None:
    stage = _Stage(tmp_path, _city_for(kind))
    untouched = {it.device.id: _switches(it) for it in stage.lives.values()}
    with stage.record:
        fault = _short(_fault(kind))
        await stage.conductor.carry_out(fault)
    assert {it.device.id: _switches(it) for it in stage.lives.values()} == untouched
    assert [it["event"] for it in stage.lines()] == ["fault_started", "fault_ended"]


@pytest.mark.parametrize(
    "kind", sorted(set(FaultKind) - {FaultKind.COLLECTOR_PAUSE, FaultKind.COUNTER_RESET})
)
async def test_a_fault_turns_a_switch_of_each_device_it_hits(
    tmp_path: Path, kind: FaultKind
) -> None:
    stage = _Stage(tmp_path, _city_for(kind))
    untouched = {it.device.id: _switches(it) for it in stage.lives.values()}
    with stage.record:
        fault = _fault(kind)
        task = await _during(stage, fault)
        turned = {it for it, live in stage.lives.items() if _switches(live) != untouched[it]}
        assert set(fault.hit) <= turned <= fault.touched
        await _cut_short(task)


def _switches(live: Live) -> tuple[object, ...]:
    return (
        live.answers,
        live.powered,
        live.loss_millionths,
        live.snmp_silent,
        live.snmp_delay_seconds,
        live.telemetry_cut,
        live.telemetry_silent,
        live.on_battery_since is None,
    )


def _short(fault: Fault) -> Fault:
    """Return the same fault lasting no time, so that a test need not wait for it."""
    return replace(fault, for_seconds=0.0)


async def test_what_was_without_power_boots_when_it_comes_back(tmp_path: Path) -> None:
    stage = _Stage(tmp_path)
    with stage.record:
        fault = _short(_fault(FaultKind.REBOOT))
        before = stage.lives[fault.hit[0]].booted_at
        await stage.conductor.carry_out(fault)
    assert stage.lives[fault.hit[0]].booted_at > before


async def test_the_record_says_what_should_be_shown_and_when_it_was_done(tmp_path: Path) -> None:
    stage = _Stage(tmp_path)
    with stage.record:
        fault = _short(_fault(FaultKind.DEVICE_DEAD))
        await stage.conductor.carry_out(fault)
        stage.lives[fault.hit[0]].echoes = 5
        stage.record.finished(stage.lives.values())
    started, ended, finished = stage.lines()
    assert started["effects"] == [{"expected_state": "down", "targets": list(fault.hit)}]
    assert (started["kind"], ended["id"]) == ("device_dead", fault.id)
    moments = [datetime.fromisoformat(it["at"]) for it in (started, ended, finished)]
    assert moments == sorted(moments)
    assert {it.tzinfo for it in moments} == {UTC}
    assert finished["answers"].keys() == stage.lives.keys()
    assert finished["answers"][fault.hit[0]] == {"echoes": 5, "uptime_gets": 0, "telemetry": 0}


async def test_a_pause_is_announced_and_recorded_only_when_it_was_carried_out(
    tmp_path: Path,
) -> None:
    stage = _Stage(tmp_path)
    with stage.record:
        assert not stage.conductor.note("fault_started", "x")
        await stage.conductor.carry_out(_fault(FaultKind.COLLECTOR_PAUSE))
        assert stage.said == [{"event": "collector_pause_due", "id": "x", "for_seconds": 110.0}]
        assert stage.lines() == []
        assert not stage.conductor.note("nonsense", "x")
        assert stage.conductor.note("fault_started", "x")
        assert stage.conductor.note("fault_ended", "x")
        assert not stage.conductor.note("fault_ended", "x")
    started, ended = stage.lines()
    assert started["carried_out_by"] == "operator"
    assert started["effects"][0]["expected_state"] == "unknown"
    assert len(started["effects"][0]["targets"]) == len(CITY.devices)
    assert ended["event"] == "fault_ended"


async def test_a_fault_on_a_device_that_already_has_one_is_skipped_and_said(
    tmp_path: Path,
) -> None:
    stage = _Stage(tmp_path)
    server = next(it.id for it in CITY.devices if it.kind is Kind.SERVER)
    with stage.record:
        task = await _during(stage, _fault(FaultKind.DEVICE_DEAD, target=server))
        await stage.conductor.carry_out(_fault(FaultKind.SNMP_SILENT, target=server, id="y"))
        await _cut_short(task)
    assert stage.lines()[-1] | {"at": ""} == {
        "event": "fault_skipped", "at": "", "id": "y", "kind": "snmp_silent", "because": "x",
    }  # fmt: skip
    assert not stage.lives[server].snmp_silent


def test_moments_are_written_in_utc_with_microseconds() -> None:
    assert utc_text(0.25) == "1970-01-01T00:00:00.250000Z"
