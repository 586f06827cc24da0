"""A small city on virtual time: the real poller and engine over devices that are told to die."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from collector.engine import Advice, Engine
from collector.model import (
    Check,
    CheckResult,
    Device,
    MetricGroup,
    Outcome,
    Reading,
    Reason,
    ResultBatch,
    Role,
    Rule,
    State,
    Target,
    Transition,
)
from collector.poller import LagMeter, Poller
from tests.virtual_time import EPOCH, VirtualClock, VirtualTimeLoop, run_virtually

PING = MetricGroup("ping", "ping", Role.REACHABILITY, 30.0)
SNMP = MetricGroup("snmp", "snmp", Role.HEALTH, 60.0)


def device(name: str, *parents: str) -> Device:
    return Device(name, name, "camera", "site", "generic-snmp", "127.0.0.1", parents=parents)


def checks_of(watched: Device) -> list[Check]:
    target = Target(watched.id, watched.address)
    ping_rule, snmp_rule = Rule(retry_seconds=5), Rule(retry_seconds=15)
    return [
        Check(f"{watched.id}/ping", watched.id, "ping", "ping", Role.REACHABILITY, 30, 2.5,
              target, PING, ping_rule),
        Check(f"{watched.id}/snmp", watched.id, "snmp", "snmp", Role.HEALTH, 60, 5,
              target, SNMP, snmp_rule),
    ]  # fmt: skip


@dataclass
class World:
    """Who is dead when, in seconds since the start: the ground truth."""

    dead: dict[str, tuple[float, float]] = field(default_factory=dict)
    silent: dict[str, tuple[float, float]] = field(default_factory=dict)
    lossy: dict[str, Sequence[bool]] = field(default_factory=dict)
    asked: list[tuple[float, str]] = field(default_factory=list)


@dataclass
class WorldProbe:
    """Answers as the world says; a missing answer takes its timeout, as a real one does."""

    kind: str
    world: World
    clock: VirtualClock

    async def run(self, check: Check, slot_at: datetime) -> CheckResult:
        now = (self.clock.now() - EPOCH).total_seconds()
        self.world.asked.append((now, check.id))
        answers = not _within(self.world.dead, check.device_id, now)
        if self.kind == "snmp":
            answers = answers and not _within(self.world.silent, check.device_id, now)
        if not answers:
            await asyncio.sleep(1.0 if self.kind == "ping" else 3.0)
        return CheckResult(
            check.id,
            slot_at,
            self.clock.now(),
            Outcome.ANSWERED if answers else Outcome.FAILED,
            Reason.OK if answers else Reason.NO_ANSWER,
            readings=(Reading("answers", 1),) if answers else (),
        )


def _within(spans: dict[str, tuple[float, float]], name: str, now: float) -> bool:
    start, end = spans.get(name, (1.0, 0.0))
    return start <= now < end


class VirtualCity:
    """Poller, engine and clock over a world; collects the transitions."""

    def __init__(self, devices: Iterable[Device], world: World) -> None:
        self.loop = VirtualTimeLoop()
        self.clock = VirtualClock(self.loop, EPOCH)
        self.world = world
        devices = list(devices)
        checks = [check for watched in devices for check in checks_of(watched)]
        self.engine = Engine(devices, checks, gap_seconds=12.5)
        self.transitions: list[Transition] = []
        self._sequence = 0
        probes = {kind: WorldProbe(kind, world, self.clock) for kind in ("ping", "snmp")}
        self.lag = LagMeter(self.clock)
        self.poller = Poller(checks, probes, self._deliver, self.clock, self.lag)

    def _deliver(self, results: Sequence[CheckResult]) -> Advice:
        self._sequence += 1
        batch = ResultBatch("main", "run", self._sequence, tuple(results))
        advice = self.engine.handle(batch, self.clock.now(), self.clock.monotonic())
        self._collect()
        return advice

    def _collect(self) -> None:
        self.transitions.extend(self.engine.take_changes().transitions)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            advice = self.engine.tick(self.clock.now(), self.clock.monotonic())
            self._collect()
            self.poller.follow(advice)

    def run(self, seconds: float, *happenings: tuple[float, Callable[[], None]]) -> None:
        """Let `seconds` pass; each happening is called at its moment."""

        async def live() -> None:
            tasks = [
                asyncio.create_task(self.poller.run()),
                asyncio.create_task(self.lag.run()),
                asyncio.create_task(self._tick()),
            ]
            try:
                for moment, happen in sorted(happenings, key=lambda one: one[0]):
                    await asyncio.sleep(max(0.0, moment - self.loop.time()))
                    happen()
                await asyncio.sleep(max(0.0, seconds - self.loop.time()))
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

        main: Coroutine[Any, Any, None] = live()
        run_virtually(main, self.loop)

    def story(self, name: str) -> list[State]:
        """Return the states a device went through, the first being after `unknown`."""
        return [moved.new for moved in self.transitions if moved.device_id == name]

    def last(self, name: str) -> Transition:
        return [moved for moved in self.transitions if moved.device_id == name][-1]


def seconds(moment: datetime) -> float:
    """Return a moment as seconds since the start of the virtual city."""
    return (moment - EPOCH) / timedelta(seconds=1)
