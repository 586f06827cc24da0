"""How much one machine can watch: what the inventory asks, what that costs, what there is room for.

    plan ─────────► Demand, checks a minute ──┐
                                              ├──► Capacity: used at, room for
    heartbeat ────► Used, share of a core ────┘

What a check costs is what it costs here: the share of a core that the running collector used in
the last minute, by what it did in it. So devices, profiles, the network and this very machine are
in it, with the store and the readings. Pure.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from collector.inventory import Plan
from collector.model import Heartbeat
from collector.sight import collector_lives

FULL_SHARE = 0.8
"""Of one core. Beyond it checks begin to be late: what comes at once finds no time left."""

_POLLED = ("ping", "snmp")
_ENOUGH_SECONDS = 50.0
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Demand:
    """What an inventory asks for. What devices send by themselves is not in it."""

    devices: int  # that are asked
    checks_a_minute: float
    pings_a_minute: float
    dearest: tuple[tuple[str, float], ...]  # which profiles ask most, in checks a minute


@dataclass(frozen=True, slots=True)
class Used:
    """What the running collector said of its last minute."""

    share: float  # of one core
    checks_a_minute: float
    seconds: float  # over how long
    late_seconds: float  # by how much its checks run late; 0.0: they are on time
    missed: float  # slots left out since its start


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much there is room for."""

    checks_a_minute: float  # at FULL_SHARE
    used_share: float  # of that, what the inventory asks for; above 1.0: too much
    room_devices: int  # of the kind that there are; 0: none


def demand_of(plan: Plan) -> Demand:
    """Return what a plan asks for in a minute."""
    by_profile: defaultdict[str, float] = defaultdict(float)
    pings, devices = 0.0, set()
    for check in plan.checks:
        if check.probe not in _POLLED:
            continue
        rate = 60 / check.interval_seconds
        devices.add(check.device_id)
        by_profile[plan.devices[check.device_id].profile] += rate
        pings += rate if check.probe == "ping" else 0.0
    most_first = sorted(by_profile.items(), key=lambda pair: (-pair[1], pair[0]))
    dearest = tuple(most_first[:_MOST_NAMED])
    return Demand(len(devices), sum(by_profile.values()), pings, dearest)


def used_of(
    beats: Iterable[Heartbeat], collector_id: str, now: datetime, timeout_seconds: float
) -> Used | None:
    """Return what a collector uses; None: it does not run, or not for a minute yet."""
    every = list(beats)
    lives = collector_lives(every, now, timeout_seconds)
    for beat, life in zip(every, lives, strict=True):
        figures = beat.figures
        if beat.collector_id != collector_id or not life.alive:
            continue
        if figures.get("usage_seconds", 0.0) < _ENOUGH_SECONDS:
            return None
        return Used(
            figures["cpu_share"],
            figures["checks_a_minute"],
            figures["usage_seconds"],
            life.late_seconds,
            figures.get("checks_missed", 0.0),
        )
    return None


def capacity_of(demand: Demand, used: Used) -> Capacity | None:
    """Reckon what there is room for; None: nothing was asked, or it cost nothing to measure."""
    if used.checks_a_minute <= 0 or used.share <= 0 or demand.checks_a_minute <= 0:
        return None
    most = used.checks_a_minute * FULL_SHARE / used.share
    if used.late_seconds > 0:  # it does what it can: whatever it lacks, there is no room
        most = min(most, used.checks_a_minute)
    a_device = demand.checks_a_minute / demand.devices
    room = max(0, math.floor((most - demand.checks_a_minute) / a_device))
    return Capacity(most, demand.checks_a_minute / most, room)
