"""What to mend first: the few things that would spare people the most."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from collector.alarm_health.figures import Health, Noisy, Stale
from collector.alarm_health.judging import ENOUGH, FEW, Measure, Verdict, judge
from collector.model.alerts import HoldReason, Severity

NAMED = 5
"""So many devices are advised on by name, of each kind."""

_MORE_CONFIRM, _MOST_CONFIRM = 2, 10
_DEFAULT_CONFIRM = 3


class AdviceKind(StrEnum):
    """What is wrong, and so what to do."""

    DEAD = "dead"  # messages that a channel gave up
    NO_ROUTE = "no_route"  # alerts that go to nobody
    FLAPPING = "flapping"  # a device that changes its mind all the time
    STALE = "stale"  # a device that has been like this for days
    MORE_STALE = "more_stale"
    HALF = "half"  # few devices make half of all
    CRITICAL = "critical"  # everything is critical, so nothing is
    FLEETING = "fleeting"  # over before anybody could act
    FLOOD = "flood"  # too many at once
    PER_DAY = "per_day"  # too many
    NOT_ACKNOWLEDGED = "not_acknowledged"
    SLOW = "slow"  # acknowledged late


Facts = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do. `facts` are numbers and names that its sentence holds."""

    kind: AdviceKind
    device_id: str | None = None
    facts: Facts = field(default_factory=dict)


def advise(health: Health) -> list[Advice]:
    """Return what to do, what matters most first; empty: nothing needs mending."""
    return list(_advise(health, judge(health)))


def _advise(health: Health, verdicts: Mapping[Measure, Verdict]) -> Iterator[Advice]:
    if health.dead:
        yield Advice(AdviceKind.DEAD, facts={"count": health.dead})
    unrouted = health.held.get(HoldReason.NO_ROUTE, 0)
    if unrouted:
        yield Advice(AdviceKind.NO_ROUTE, facts={"count": unrouted})
    for noisy in health.chattering[:NAMED]:
        yield _flapping(noisy)
    if (
        2 <= health.half_from <= NAMED
        and health.own >= ENOUGH
        and (health.devices >= 4 * health.half_from)
    ):
        names = ", ".join(_name(one) for one in health.noisy[: health.half_from])
        facts: Facts = {"count": health.half_from, "names": names}
        yield Advice(AdviceKind.HALF, facts=facts)
    yield from _stale(health)
    bad = {measure for measure, verdict in verdicts.items() if verdict is not Verdict.GOOD}
    if verdicts.get(Measure.CRITICAL) is Verdict.TOO_MUCH:
        critical = health.own_by_severity.get(Severity.CRITICAL, 0)
        yield Advice(AdviceKind.CRITICAL, facts={"percent": 100 * critical // health.own})
    if verdicts.get(Measure.FLEETING) is Verdict.TOO_MUCH:
        percent = 100 * health.fleeting // health.own
        yield Advice(AdviceKind.FLEETING, facts={"percent": percent})
    if Measure.FLOOD in bad:
        facts = {"count": health.told.floods, "peak": health.told.peak}
        yield Advice(AdviceKind.FLOOD, facts=facts)
    elif Measure.PER_DAY in bad:
        facts = {"count": round(health.told.per_day), "receiver": health.busiest or ""}
        yield Advice(AdviceKind.PER_DAY, facts=facts)
    yield from _acknowledged(health, bad)


def _flapping(noisy: Noisy) -> Advice:
    known = noisy.about.confirm
    raised = min((known or _DEFAULT_CONFIRM) + _MORE_CONFIRM, _MOST_CONFIRM)
    facts: dict[str, str | int] = {"name": _name(noisy), "count": noisy.count}
    facts["flapping"] = noisy.flapping
    if known is None or raised > known:
        facts["confirm"] = raised
    return Advice(AdviceKind.FLAPPING, noisy.device_id, facts)


def _stale(health: Health) -> Iterator[Advice]:
    for one in health.stale[:NAMED]:
        days = (health.end - one.since_at).days
        facts: Facts = {"name": _name(one), "days": days, "state": one.state.value}
        yield Advice(AdviceKind.STALE, one.device_id, facts)
    more = len(health.stale) - NAMED
    if more > 0:
        yield Advice(AdviceKind.MORE_STALE, facts={"count": more})


def _acknowledged(health: Health, bad: set[Measure]) -> Iterator[Advice]:
    waited = health.waited
    missing = waited.incidents - waited.acknowledged
    if waited.incidents >= FEW and 2 * missing > waited.incidents:
        facts = {"count": missing, "of": waited.incidents}
        yield Advice(AdviceKind.NOT_ACKNOWLEDGED, facts=facts)
    elif Measure.ACKNOWLEDGED_AFTER in bad:
        minutes = round((waited.median_seconds or 0) / 60)
        yield Advice(AdviceKind.SLOW, facts={"minutes": minutes})


def _name(one: Noisy | Stale) -> str:
    return one.device_id if one.about.name is None else f"{one.device_id} ({one.about.name})"
