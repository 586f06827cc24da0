"""Runs a bench: a fleet on one core, the whole platform on another, and a script of what happens.

    cold start   the platform begins, nothing is known; until every living device was seen
    warm up      so that every check has its place; five minutes, and every table was met
    steady       undisturbed: what a device costs
    death        neighbours die at once, until all are known to be down
    return       they answer again, until all are known to be up

The platform is what `pantau run` runs: collector, API and alerts, each in its own process, with
store, states, alerts and the embedded sink on.
"""

import asyncio
import os
import platform
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from api.bench import figures, watching
from api.bench.agents import Agents, FleetError, Load
from api.bench.setting import ping_seconds, write_setting
from api.bench.watching import Sample
from api.demo.receiver import AlertReceiver
from api.demo.told import Message
from api.listening import open_socket
from api.supervisor import Program, Supervisor
from simulators.fleet import device_id

LOOK_SECONDS = 1.0
COLD_SECONDS = 300.0  # a cold start that takes longer has failed
DEATH_SECONDS = 120.0
RETURN_SECONDS = 120.0
SETTLE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """What `pantau bench fleet` was asked for."""

    load: Load
    minutes: float = 5.0
    warm_up_minutes: float = 1.0
    sparse: bool = False
    killed: int = 500
    data: Path | None = None


@dataclass(slots=True)
class _Run:
    """What is known while a bench runs."""

    store: Path
    supervisor: Supervisor
    samples: list[Sample] = field(default_factory=list)
    phase: str = "cold start"

    def look(self) -> Sample:
        pids = {name: one.pid for name, one in self.supervisor.running.items()}
        sample = watching.look(time.monotonic(), self.phase, pids, self.store)
        self.samples.append(sample)
        return sample

    async def until(self, condition: Callable[[Sample], bool], seconds: float) -> float | None:
        """Look every second until a condition holds; return after how many, None: not in time."""
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds:
            await asyncio.sleep(LOOK_SECONDS)
            if self.supervisor.restarts:
                raise FleetError("a process of the platform ended; the log says why")
            if condition(self.look()):
                return passed
        return None

    async def wait(self, seconds: float) -> None:
        await self.until(lambda _: False, seconds)


def run_bench(options: BenchOptions, say: Callable[[str], None]) -> dict[str, Any]:
    """Run a bench; return its result as JSON-able data. Raises FleetError, PortInUseError."""
    with ExitStack() as cleanup:
        folder = options.data
        if folder is None:
            folder = Path(
                cleanup.enter_context(tempfile.TemporaryDirectory(prefix="pantau-bench-"))
            )
        folder = folder.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        listening = cleanup.enter_context(open_socket("127.0.0.1", 0))
        return asyncio.run(_run(options, folder, listening, say))


async def _run(
    options: BenchOptions, folder: Path, listening: socket.socket, say: Callable[[str], None]
) -> dict[str, Any]:
    cores = sorted(os.sched_getaffinity(0))
    agents = await Agents.start(folder / "fleet", options.load, cores[-1])
    try:
        facts = await agents.ready()
        os.sched_setaffinity(0, {cores[0]})  # what is started from here on stays there
        say(_about(options, facts, cores))
        with AlertReceiver(_count_only) as receiver:
            setting = write_setting(folder, facts, receiver.url, sparse=options.sparse)
            receiver.trust(setting.secret)
            supervisor = Supervisor(_programs(setting.config, facts, listening.fileno()))
            run = _Run(folder / "pantau.db", supervisor)
            keeping = asyncio.create_task(supervisor.run(), name="supervisor")
            try:
                script = await _play(options, run, agents, say)
            finally:
                supervisor.stop()
                await asyncio.gather(keeping, return_exceptions=True)
            messages = len(receiver.messages)
        counted = script.pop("counted")
        return _result(options, facts, run, script) | {
            "messages": messages,
            "agents": counted,
            "cores": {"platform": cores[0], "agents": cores[-1]},
            "python": platform.python_version(),
        }
    finally:
        os.sched_setaffinity(0, set(cores))
        await agents.stop()


async def _play(
    options: BenchOptions, run: _Run, agents: Agents, say: Callable[[str], None]
) -> dict[str, Any]:
    """Let the phases happen; return when, in seconds."""
    load = options.load
    living = load.devices - int(load.devices * load.dead)

    def up(sample: Sample) -> int:
        return sample.states.get("up", 0) + sample.states.get("degraded", 0)

    def moment(event: Mapping[str, Any]) -> float:
        return datetime.fromisoformat(event["at"]).timestamp()

    found: dict[str, Any] = {}
    say("cold start …")
    found["cold_start_seconds"] = await run.until(lambda one: up(one) >= living, COLD_SECONDS)
    run.phase = "warm up"
    await run.wait(options.warm_up_minutes * 60)
    run.phase = figures.STEADY
    say(f"steady for {options.minutes:g} min …")
    run.look()
    await run.wait(options.minutes * 60)
    run.phase = "death"
    killed = await agents.tell("kill", "killed", count=options.killed)
    say(f"{killed['count']} devices died at once …")
    found["killed"] = killed["devices"]
    found["killed_at"] = moment(killed)
    dead = load.devices - living + killed["count"]
    await run.until(lambda one: one.states.get("down", 0) >= dead, DEATH_SECONDS)
    await run.wait(SETTLE_SECONDS)
    run.phase = "return"
    found["revived_at"] = moment(await agents.tell("revive", "revived"))
    say("they answer again …")
    await run.until(lambda one: up(one) >= living, RETURN_SECONDS)
    await run.wait(SETTLE_SECONDS)
    found["counted"] = await agents.tell("count", "counted")
    return found


def _result(
    options: BenchOptions, facts: Mapping[str, Any], run: _Run, script: Mapping[str, Any]
) -> dict[str, Any]:
    load = options.load
    moved = watching.transitions(run.store)
    killed_at, revived_at = script["killed_at"], script["revived_at"]
    killed = frozenset(device_id(place) for place in script["killed"])
    mortal = dict.fromkeys(facts["dead"], 0.0) | dict.fromkeys(killed, killed_at)
    told = watching.decided(run.store)
    sure = {
        one.device: one.confirmed_at
        for one in moved
        if one.device in killed and one.new == "down" and one.confirmed_at >= killed_at
    }
    to_alert = [
        min(later) - at
        for device, at in sure.items()
        if (later := [moment for moment in told.get(device, ()) if moment >= at])
    ]
    return {
        "load": {
            name: getattr(load, name)
            for name in ("devices", "dead", "slow", "lossy", "hostile", "loss")
        },
        "isolated": facts["isolated"],
        "ping_seconds": ping_seconds(sparse=options.sparse),
        "sparse": options.sparse,
        "warm_up_minutes": options.warm_up_minutes,
        "cold_start_seconds": script["cold_start_seconds"],
        "steady": figures.steady(run.samples, load.devices),
        "schedule": figures.schedule(run.samples),
        "late_p99_seconds_in_death": figures.schedule_of(run.samples, "death"),
        "killed": len(killed),
        "death_to_state": figures.spread(figures.deaths(moved, killed, killed_at, revived_at)),
        "state_to_alert": figures.spread(to_alert),
        "false_downs": figures.false_downs(moved, mortal, float("inf")),
    }


def _programs(config: Path, facts: Mapping[str, Any], listening: int) -> list[Program]:
    base = [sys.executable, "-m", "api", "run", "--config", str(config)]
    collector = [*base, "--role", "collector"]
    if facts["namespace_pid"] is not None:
        enter = [sys.executable, "-m", "simulators.namespace", str(facts["namespace_pid"]), "--"]
        collector = [*enter, *collector]
    web = [*base, "--role", "api", "--listening-socket", str(listening)]
    return [
        Program("collector", collector),
        Program("api", web, pass_fds=(listening,)),
        Program("alerts", [*base, "--role", "alerts"]),
    ]


def _count_only(message: Message) -> None:
    """Take a message; the receiver counts."""
    del message


def _about(options: BenchOptions, facts: Mapping[str, Any], cores: list[int]) -> str:
    load = options.load
    how = (
        "in a network namespace: real ICMP"
        if facts["isolated"]
        else "without a network namespace: ICMP in UDP, dead devices are silent agents"
    )
    where = (
        f"agents on core {cores[-1]}, the platform on core {cores[0]}"
        if len(cores) > 1
        else "everything on the one core that there is: figures hold both"
    )
    return (
        f"{load.devices} devices ({load.dead:.0%} dead, {load.slow:.0%} slow, {load.lossy:.0%} on "
        f"lossy links, {load.hostile:.0%} hostile), {how}; {where}."
    )
