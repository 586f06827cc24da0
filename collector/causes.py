"""What an outage is put down to, until a person says otherwise. Pure.

`propose` weighs the evidence about one outage, most certain first:

    1. it began within a maintenance window of its device    planned   IN_MAINTENANCE
    2. the device was cut off behind another                 upstream  PARENT_DOWN
    3. a UPS of its site or feeder ran on battery then       power     UPS_ON_BATTERY
    4. many at its site, on its feeder, in its area failed   power     MANY_AT_SITE, _ON_FEEDER,
       with it (suspected; the narrowest place first)                  _IN_AREA
    5. a router answered that there is no way to it          link      NETWORK_SAID
    6. what stands beside it, behind the same parent, works  device    NEIGHBOURS_UP
    7. nothing of all this                                   unknown   NO_EVIDENCE

The other functions find evidence: `crowded` the crowds of step 4, `ran_on_battery` step 3. Moments
are whole microseconds (`collector.moments`). docs/adr/0017 says why the numbers are what they are.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from collector.model import CauseClass, CauseRule, Reason, State

_MINUTE = 60_000_000

CROWD = 3
"""So many devices of one place, each failing by itself, are more than chance."""
CROWD_SPAN = 2 * _MINUTE
"""Their outages begin within this time of each other (microseconds)."""
CROWD_SHARE = 4
"""Of the devices there at least one in so many is out of sight."""
BATTERY_BEFORE = 3 * _MINUTE
"""A UPS that left battery longer than this before an outage began says nothing about it."""
BATTERY_AFTER = 10 * _MINUTE
"""Nor does one that went on battery longer than this after it began."""

_CLASSES = {
    CauseRule.IN_MAINTENANCE: CauseClass.PLANNED,
    CauseRule.PARENT_DOWN: CauseClass.UPSTREAM,
    CauseRule.UPS_ON_BATTERY: CauseClass.POWER,
    CauseRule.MANY_AT_SITE: CauseClass.POWER,
    CauseRule.MANY_ON_FEEDER: CauseClass.POWER,
    CauseRule.MANY_IN_AREA: CauseClass.POWER,
    CauseRule.NETWORK_SAID: CauseClass.LINK,
    CauseRule.NEIGHBOURS_UP: CauseClass.DEVICE,
    CauseRule.NO_EVIDENCE: CauseClass.UNKNOWN,
}

CROWDS = (CauseRule.MANY_AT_SITE, CauseRule.MANY_ON_FEEDER, CauseRule.MANY_IN_AREA)
"""Rules that only suspect, the narrowest place first."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one outage beside its own transition."""

    in_maintenance: bool = False
    on_battery: bool = False
    crowd: CauseRule | None = None  # one of CROWDS: the narrowest that it belongs to
    neighbours_up: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A cause class and the rule that says so."""

    cause: CauseClass
    rule: CauseRule


@dataclass(frozen=True, slots=True)
class Failure:
    """An outage as a crowd sees it. `own`: the device is down, not cut off behind another."""

    outage_id: int
    device_id: str
    started: int
    own: bool
    parents: tuple[str, ...] = ()


def propose(state: State, reason: Reason, evidence: Evidence) -> Proposal:
    """Return what an outage of that kind (down, unreachable) and reason is put down to."""
    rule = _rule(state, reason, evidence)
    return Proposal(_CLASSES[rule], rule)


def suspected(rule: CauseRule) -> bool:
    """Say whether a rule only suspects: nothing but coincidence speaks for it."""
    return rule in CROWDS


def ran_on_battery(
    spans: Iterable[tuple[int, int | None]], started: int, ended: int | None
) -> bool:
    """Say whether a UPS ran on battery when an outage began, or soon after while it was on.

    `spans` are from when to when (None: still) a UPS ran on battery. A UPS is read every minute or
    so, hence it may tell of the power cut later than the devices that died of it.
    """
    latest = started + BATTERY_AFTER
    if ended is not None:
        latest = min(latest, ended)
    earliest = started - BATTERY_BEFORE
    return any(begun <= latest and (over is None or over > earliest) for begun, over in spans)


def crowded(
    failures: Iterable[Failure], devices_there: int, standing_there: Collection[str]
) -> set[int]:
    """Return the ids of the own outages at one place that belong to a crowd.

    A crowd is what begins within CROWD_SPAN: at least CROWD devices failing by themselves, and all
    that fail, with those cut off, at least one in CROWD_SHARE of the `devices_there`. It is none
    when all who fail by themselves stand behind one parent that works and shares their power
    (`standing_there`: parents at the same site or on the same feeder): a power cut would have
    taken the parent as well, so it is to blame. Takes time proportional to the failures.
    """
    ordered = sorted(failures, key=lambda one: one.started)
    own = [one for one in ordered if one.own]
    if len(own) < CROWD:
        return set()
    window = _Window(standing_there)
    found: set[int] = set()
    added = removed = marked = 0
    for first in own:
        while added < len(ordered) and ordered[added].started <= first.started + CROWD_SPAN:
            window.add(ordered[added])
            added += 1
        while ordered[removed].started < first.started:
            window.remove(ordered[removed])
            removed += 1
        if not window.is_crowd(devices_there, first):
            continue
        while marked < len(own) and own[marked].started <= first.started + CROWD_SPAN:
            if own[marked].started >= first.started:
                found.add(own[marked].outage_id)
            marked += 1
    return found


class _Window:
    """The failures within a span of time, counted by device and by parent as it moves."""

    def __init__(self, standing_there: Collection[str]) -> None:
        self._standing_there = standing_there
        self._failing: Counter[str] = Counter()
        self._own: Counter[str] = Counter()
        self._behind: Counter[str] = Counter()  # parent → devices of `_own` behind it

    def add(self, failure: Failure) -> None:
        self._failing[failure.device_id] += 1
        if failure.own:
            self._own[failure.device_id] += 1
            if self._own[failure.device_id] == 1:
                self._behind.update(failure.parents)

    def remove(self, failure: Failure) -> None:
        _take_one(self._failing, failure.device_id)
        if failure.own:
            _take_one(self._own, failure.device_id)
            if failure.device_id not in self._own:
                for parent in failure.parents:
                    _take_one(self._behind, parent)

    def is_crowd(self, devices_there: int, member: Failure) -> bool:
        """Say whether what is in the window, with `member` among it, is a crowd."""
        if len(self._own) < CROWD or len(self._failing) * CROWD_SHARE < devices_there:
            return False
        return not any(
            self._behind[parent] == len(self._own)
            and parent in self._standing_there
            and parent not in self._failing
            for parent in member.parents
        )


def _take_one(counts: Counter[str], name: str) -> None:
    counts[name] -= 1
    if not counts[name]:
        del counts[name]


def _rule(state: State, reason: Reason, evidence: Evidence) -> CauseRule:
    if evidence.in_maintenance:
        return CauseRule.IN_MAINTENANCE
    if state is State.UNREACHABLE:
        return CauseRule.PARENT_DOWN
    if evidence.on_battery:
        return CauseRule.UPS_ON_BATTERY
    if evidence.crowd is not None:
        return evidence.crowd
    if reason is Reason.HOST_UNREACHABLE:
        return CauseRule.NETWORK_SAID
    if evidence.neighbours_up:
        return CauseRule.NEIGHBOURS_UP
    return CauseRule.NO_EVIDENCE


def narrowest(crowds: Sequence[CauseRule]) -> CauseRule | None:
    """Return the crowd of the narrowest place, None for no crowd."""
    return next((rule for rule in CROWDS if rule in crowds), None)
