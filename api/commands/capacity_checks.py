"""What `pantau doctor` says of how much this machine can watch."""

import math
from collections.abc import Iterator
from dataclasses import asdict

from api.capacity import FULL_SHARE, Capacity, Demand, Used, capacity_of, demand_of, used_of
from api.commands.finding import Finding
from collector.clock import Clock
from collector.config import Config, ProblemsError
from collector.inventory import load_plan
from collector.probes.icmp import PingSettings
from collector.sight import COLLECTOR_TIMEOUT_SECONDS
from collector.store import Store, StoreError

_WHAT = "capacity"
_GETS_ITS_SHARE = 0.7
"""Of a core. One that is late with less is kept from working by others."""
_MOST_ECHOES = PingSettings().max_packets_per_second
_FEW_CHECKS = 120.0
"""A minute. Of fewer, most of the cost is that of running at all."""


def look_at_capacity(config: Config, clock: Clock) -> Iterator[Finding]:
    """Yield what the inventory asks of this machine, and what there is room for. Blocks."""
    try:
        demand = demand_of(load_plan(config))
    except ProblemsError as error:
        count = len(error.problems)
        detail = f"the inventory cannot be read: {count} problem{'' if count == 1 else 's'}"
        yield Finding(_WHAT, False, detail, "pantau check-config says which, with their lines")
        return
    if not demand.devices:
        yield Finding(_WHAT, True, "no device is polled")
        return
    yield judge(demand, _used(config, clock), config.ping.count)


def judge(demand: Demand, used: Used | None, echoes: int) -> Finding:
    """Say what is asked for, what that costs here, and what there is room for.

    `echoes`: of one ping.
    """
    capacity = None if used is None else capacity_of(demand, used)
    asked = (
        f"{_many(demand.devices, 'device')} ask for {demand.checks_a_minute:,.0f} checks a minute"
    )
    figures = _figures(demand, used, capacity)
    a_second = demand.pings_a_minute * echoes / 60
    if a_second > _MOST_ECHOES:
        detail = f"{asked}, with {a_second:,.0f} echoes a second; {_MOST_ECHOES:,.0f} may be sent"
        remedy = "ping less often" + (", or set ping.count to 2" if echoes > 2 else "")
        return Finding(_WHAT, False, detail, remedy, figures)
    if used is not None and used.late_seconds > 0:
        detail = f"{asked}; {_said(used)}; checks are late by {used.late_seconds:.0f} s"
        if used.share < _GETS_ITS_SHARE:
            remedy = (
                "other work on this machine, or its disk, keeps the collector from a whole core: "
                "end that work, or move it"
            )
        else:
            remedy = _less(demand)
        return Finding(_WHAT, False, detail, remedy, figures)
    if used is None or capacity is None:
        return Finding(
            _WHAT,
            True,
            f"{asked}; what that costs here is known when the collector has run for a minute, or "
            f"from pantau bench fleet --devices {demand.devices}",
            figures=figures,
        )
    detail = f"{asked}; {_said(used)}"
    done = math.floor(capacity.checks_a_minute)
    most = f"at {100 * FULL_SHARE:.0f} % of a core {done:,} would be done"
    if capacity.used_share > 1:
        return Finding(_WHAT, False, f"{detail}; {most}", _less(demand), figures)
    least = "at least" if used.checks_a_minute < _FEW_CHECKS else "about"
    room = f"{least} {_many(capacity.room_devices, 'more device')} like these"
    percent = math.floor(100 * capacity.used_share)
    return Finding(
        _WHAT,
        True,
        f"{detail}; {most}: used at {percent} %, room for {room}",
        figures=figures,
    )


def _used(config: Config, clock: Clock) -> Used | None:
    """Return what the running collector says of itself; None when nothing can be read of it."""
    if not config.store_path.exists():
        return None
    try:
        with Store.open(config.store_path, read_only=True) as store:
            beats = store.collectors()
    except StoreError:
        return None  # that is a finding of its own
    return used_of(beats, config.collector_id, clock.now(), COLLECTOR_TIMEOUT_SECONDS)


def _said(used: Used) -> str:
    percent = math.floor(1000 * used.share) / 10
    text = (
        f"for {used.checks_a_minute:,.0f} the collector used {percent:g} % of one core in the last "
        f"{used.seconds:.0f} s"
    )
    return f"{text}, and {used.missed:,.0f} were left out since it began" if used.missed else text


def _less(demand: Demand) -> str:
    most = ", ".join(f"{profile} {rate:,.0f} a minute" for profile, rate in demand.dearest)
    return (
        f"lengthen the intervals of what asks most ({most}), or watch part of the devices from a "
        "second machine"
    )


def _figures(demand: Demand, used: Used | None, capacity: Capacity | None) -> dict[str, object]:
    """Return the figures behind a finding, for programs; null: not known."""
    return {
        "demand": asdict(demand) | {"dearest": dict(demand.dearest)},
        "used": None if used is None else asdict(used),
        "capacity": None if capacity is None else asdict(capacity),
        "full_share": FULL_SHARE,
    }


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
