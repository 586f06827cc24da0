"""Lets a peer live through the phases of a bench, and reckons what it cost and how it did.

The phases, the fleet and the spreads are those of `api.bench`; only how a system is started and
asked differs. The peer has the first core, the fleet and we the last.
"""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from api.bench import figures
from api.bench.agents import Agents, FleetError, Load
from simulators.fleet import device_id
from tests.benchmarks.peers import targets, trees
from tests.benchmarks.peers.peer import Peer
from tests.benchmarks.peers.place import PeerError, Place
from tests.benchmarks.peers.targets import Targets
from tests.benchmarks.peers.trees import Cost

LOOK_SECONDS = 5.0
MEMORY_LOOKS = 4  # memory is read in every fourth look
WARM_UP_SECONDS = 60.0
COLD_SECONDS = 300.0
DEATH_SECONDS = 150.0
RETURN_SECONDS = 30.0
SETTLE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class PlayOptions:
    """What a run was asked for."""

    load: Load
    minutes: float
    killed: int
    data: Path | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What the peer's processes had cost at a moment."""

    at: float  # monotonic seconds
    costs: Mapping[str, Cost]
    memory: bool  # whether it was read


@dataclass(slots=True)
class _Watch:
    """Looks at the peer's processes until it is stopped."""

    place: Place
    looks: list[Look] = field(default_factory=list)

    def look(self, *, memory: bool = True) -> Look:
        found = Look(time.monotonic(), trees.costs(self.place.roots, memory=memory), memory)
        self.looks.append(found)
        return found

    async def keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.place.check()
            self.look(memory=len(self.looks) % MEMORY_LOOKS == 0)


async def play(
    kind: type[Peer], options: PlayOptions, say: Callable[[str], None]
) -> dict[str, Any]:
    """Run one peer; return its result as JSON-able data. Raises FleetError, PeerError.

    SIGTERM cancels it, so that a peer is ended whatever ends us in good order.
    """
    this = asyncio.current_task()
    if this is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="pantau-peers-") as made:
        folder = (options.data or Path(made)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # peers run as users of their own
        agents = await Agents.start(folder / "fleet", options.load, cores[-1])
        os.sched_setaffinity(0, {cores[-1]})
        try:
            facts = await agents.ready()
            if facts["namespace_pid"] is None:
                raise FleetError("no network namespace can be made here: run it as root")
            place = Place(folder, facts["namespace_pid"], cores[0])
            try:
                fleet = targets.read_targets(folder / "fleet", facts)
                peer = kind(place, fleet)
                return await _play(peer, place, fleet, agents, options, say)
            finally:
                await place.close()
        finally:
            os.sched_setaffinity(0, set(cores))
            await agents.stop()


async def _play(
    peer: Peer,
    place: Place,
    fleet: Targets,
    agents: Agents,
    options: PlayOptions,
    say: Callable[[str], None],
) -> dict[str, Any]:
    say("starting …")
    await peer.start()
    watch = _Watch(place)
    watching = asyncio.create_task(watch.keep_looking(), name="watch")
    try:
        say("cold start …")
        cold = await _until_seen(peer, fleet.living, watching)
        await _wait(WARM_UP_SECONDS, watching)
        say(f"steady for {options.minutes:g} min …")
        counted = [await agents.tell("count", "counted")]
        first, from_at = watch.look(), time.time()
        await _wait(options.minutes * 60, watching)
        last, until_at = watch.look(), time.time()
        counted.append(await agents.tell("count", "counted"))
        killed = await agents.tell("kill", "killed", count=options.killed)
        say(f"{killed['count']} devices died at once …")
        dying = frozenset(map(device_id, killed["devices"]))
        killed_at = datetime.fromisoformat(killed["at"]).timestamp()
        await _until_told(peer, dying, killed_at, watching)
        revived = await agents.tell("revive", "revived")
        say("they answer again …")
        await _wait(RETURN_SECONDS, watching)
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError, PeerError):
            await watching
    moved, told = await peer.moved(), await peer.told()
    served = await peer.served(from_at, until_at)
    revived_at = datetime.fromisoformat(revived["at"]).timestamp()
    mortal = dict.fromkeys(fleet.dead, 0.0) | dict.fromkeys(dying, killed_at)
    alerted = [
        min(later) - killed_at
        for device in dying
        if (later := [at for at in told.get(device, ()) if killed_at <= at < revived_at])
    ]
    return {
        "load": asdict(options.load),
        "cores": {"peer": place.core, "agents": max(os.sched_getaffinity(0))},
        "ping_seconds": targets.PING_SECONDS,
        "cold_start_seconds": cold,
        "steady": steady(watch.looks, first, last, len(fleet.devices)),
        "heard": heard(counted, fleet, until_at - from_at),
        "served": {name: asdict(one) for name, one in served.items()},
        "killed": len(dying),
        "death_to_state": _spread(figures.deaths(moved, dying, killed_at, revived_at)),
        "death_to_alert": _spread(alerted),
        "false_downs": figures.false_downs(moved, mortal, float("inf")),
    }


async def _until_seen(peer: Peer, living: int, watching: asyncio.Task[None]) -> float | None:
    """Return after how many seconds all the living were seen, None: not in time."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < COLD_SECONDS:
        if await peer.seen() >= living:
            return passed
        await _wait(LOOK_SECONDS, watching)
    return None


async def _until_told(
    peer: Peer, dying: frozenset[str], killed_at: float, watching: asyncio.Task[None]
) -> None:
    """Wait until an alert was sent for each, or for as long as is fair."""
    await _wait(targets.PING_SECONDS * targets.FAILURES, watching)
    began = time.monotonic()
    while time.monotonic() - began < DEATH_SECONDS - targets.PING_SECONDS * targets.FAILURES:
        told = await peer.told()
        if all(any(at >= killed_at for at in told.get(one, ())) for one in dying):
            break
        await _wait(LOOK_SECONDS, watching)
    await _wait(SETTLE_SECONDS, watching)


async def _wait(seconds: float, watching: asyncio.Task[None]) -> None:
    """Wait while all goes well. Raises what ended the watch."""
    done, _ = await asyncio.wait({watching}, timeout=seconds)
    for task in done:
        task.result()


def steady(looks: list[Look], first: Look, last: Look, devices: int) -> dict[str, Any]:
    """Return what the time between two looks cost."""
    seconds = last.at - first.at
    thousands = devices * seconds / figures.CYCLE_SECONDS / 1000
    used = {
        name: (cost.cpu_seconds - first.costs[name].cpu_seconds) / thousands
        for name, cost in last.costs.items()
    }
    memories = [
        sum(cost.memory_mib for cost in look.costs.values())
        for look in looks
        if look.memory and first.at <= look.at <= last.at
    ]
    return {
        "seconds": seconds,
        "cpu_seconds_per_1000_cycles": sum(used.values()),
        "cpu_seconds_per_1000_cycles_by_part": used,
        "share_of_core": sum(used.values()) * thousands / seconds,
        "memory_mib": max(memories),
        "memory_mib_by_part": {name: cost.memory_mib for name, cost in last.costs.items()},
        "processes": sum(cost.processes for cost in last.costs.values()),
    }


def heard(counted: Sequence[Mapping[str, Any]], fleet: Targets, seconds: float) -> dict[str, float]:
    """Return what the fleet's living heard between two counts, and how many echoes were due.

    How many requests a check takes is the peer's affair; a request that it sent again because the
    answer was late is heard twice.
    """
    before, after = counted
    grown = {name: after[name] - before[name] for name in ("echoes", "lost", "gets", "walks")}
    return {
        "echoes_due": fleet.living * seconds / targets.PING_SECONDS,
        "echoes": grown["echoes"] + grown["lost"],
        "gets": grown["gets"],
        "walks": grown["walks"],
    }


def _spread(seconds: list[float]) -> dict[str, Any] | None:
    found = figures.spread(seconds)
    return None if found is None else asdict(found)
