"""A small city on virtual time: the real poller and engine over devices that are told to die."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from api.demo.virtual_time import VirtualClock, VirtualTimeLoop, run_virtually
from collector.advice import Advice
from collector.engine import Engine
from collector.lateness import LagMeter
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
from collector.poller import Poller

EPOCH = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
PING = MetricGroup("ping", "ping", Role.REACHABILITY, 30.0)
SNMP = MetricGroup("snmp", "snmp", Role.HEALTH, 60.0)


Span = tuple[float, ...]  # start, end, and maybe start and end again, each later than the last
Group = tuple[str, ...]


def device(name: str, *parents: str, groups: tuple[Group, ...] = ()) -> Device:
    every = parents or tuple(dict.fromkeys(parent for group in groups for parent in group))
    return Device(
        name, name, "camera", "site", "generic-snmp", "127.0.0.1",
        parents=every, parent_groups=groups,
    )  # fmt: skip


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

    dead: Mapping[str, Span] = field(default_factory=dict)
    silent: Mapping[str, Span] = field(default_factory=dict)
    lossy: Mapping[str, Sequence[bool]] = field(default_factory=dict)  # which pings answer, in turn
    ways: Mapping[str, tuple[Group, ...]] = field(default_factory=dict)  # behind whom it stands
    answer_seconds: float = 0.0  # how long an answer takes
    asked: list[tuple[float, str]] = field(default_factory=list)
    answered: list[bool] = field(default_factory=list)  # the same asks, how they went

    def is_dead(self, name: str, now: float) -> bool:
        """Say whether a device, or every way of one group to it, is dead."""
        return _within(self.dead, name, now) or any(
            all(self.is_dead(way, now) for way in group) for group in self.ways.get(name, ())
        )

    def answers(self, kind: str, name: str, now: float) -> bool:
        """Say whether an ask that begins now is answered; count it against the losses."""
        if self.is_dead(name, now):
            return False
        if kind == "snmp":
            return not _within(self.silent, name, now)
        losses = self.lossy.get(name)
        return not losses or losses[sum(c == f"{name}/ping" for _, c in self.asked) % len(losses)]


@dataclass
class WorldProbe:
    """Answers as the world says; a missing answer takes its timeout, as a real one does."""

    kind: str
    world: World
    clock: VirtualClock

    async def run(self, check: Check, slot_at: datetime) -> CheckResult:
        now = self.clock.monotonic()
        answers = self.world.answers(self.kind, check.device_id, now)
        self.world.asked.append((now, check.id))
        self.world.answered.append(answers)
        if not answers:
            await asyncio.sleep(1.0 if self.kind == "ping" else 3.0)
        elif self.world.answer_seconds:
            await asyncio.sleep(self.world.answer_seconds)
        return CheckResult(
            check.id,
            slot_at,
            self.clock.now(),
            Outcome.ANSWERED if answers else Outcome.FAILED,
            Reason.OK if answers else Reason.NO_ANSWER,
            readings=(Reading("answers", 1),) if answers else (),
        )


def _within(spans: Mapping[str, Span], name: str, now: float) -> bool:
    edges = spans.get(name, ())
    return sum(edge <= now for edge in edges) % 2 == 1


class VirtualCity:
    """Poller, engine and clock over a world; collects the transitions."""

    def __init__(self, devices: Iterable[Device], world: World) -> None:
        self.loop = VirtualTimeLoop()
        self.clock = VirtualClock(self.loop, EPOCH)
        self.world = world
        self.devices = list(devices)
        self.transitions: list[Transition] = []
        self.recorded: list[float] = []  # when each transition came, on the virtual clock
        self._sequence = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._make()

    def _make(self) -> None:
        checks = [check for watched in self.devices for check in checks_of(watched)]
        self.engine = Engine(self.devices, checks, gap_seconds=12.5)
        probes = {kind: self.probe(kind) for kind in ("ping", "snmp")}
        self.lag = LagMeter(self.clock)
        self.poller = Poller(
            checks, probes, self._deliver, self.clock, self.lag, together_seconds=0.0
        )

    def probe(self, kind: str) -> WorldProbe:
        """Return a probe that asks this world."""
        return WorldProbe(kind, self.world, self.clock)

    def kill(self) -> None:
        """End the collector between two moments."""
        for task in self._tasks:
            task.cancel()

    def restart(self) -> None:
        """Start a new collector with the states that the killed one had stored."""
        stored = {watched.id: self.engine.state_of(watched.id) for watched in self.devices}
        self._make()
        self.engine.begin(stored, self.clock.now())
        self._collect()
        self._start()

    def follow(self, devices: Iterable[Device]) -> None:
        """Watch these devices from now on, as a running collector does."""
        self.devices = list(devices)
        checks = [check for watched in self.devices for check in checks_of(watched)]
        advice = self.engine.follow(self.devices, checks, self.clock.now())
        self._collect()
        self.poller.keep(checks)
        self.poller.follow(advice)

    def _start(self) -> None:
        self._tasks = [
            asyncio.create_task(self.poller.run()),
            asyncio.create_task(self.lag.run()),
            asyncio.create_task(self._tick()),
        ]

    def _deliver(self, results: Sequence[CheckResult]) -> Advice:
        self._sequence += 1
        batch = ResultBatch("main", "run", self._sequence, tuple(results))
        advice = self.engine.handle(batch, self.clock.now(), self.clock.monotonic())
        self._collect()
        return advice

    def _collect(self) -> None:
        self.transitions.extend(self.engine.take_changes().transitions)
        self.recorded += [self.loop.time()] * (len(self.transitions) - len(self.recorded))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            advice = self.engine.tick(self.clock.now(), self.clock.monotonic())
            self._collect()
            self.poller.follow(advice)

    def run(self, seconds: float, *happenings: tuple[float, Callable[[], None]]) -> None:
        """Let `seconds` pass; each happening is called at its moment."""

        async def live() -> None:
            self._start()
            try:
                for moment, happen in sorted(happenings, key=lambda one: one[0]):
                    await asyncio.sleep(max(0.0, moment - self.loop.time()))
                    happen()
                await asyncio.sleep(max(0.0, seconds - self.loop.time()))
            finally:
                self.kill()
                ends = await asyncio.gather(*self._tasks, return_exceptions=True)
            assert all(isinstance(end, asyncio.CancelledError) for end in ends), ends

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
