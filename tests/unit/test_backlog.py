"""Who is next when more is due than this machine can do, and what is called late."""

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.backlog import Backlog, Job, Stage, late_after
from collector.lateness import CALM_SECONDS, TURN_SECONDS, Lateness, Pace
from collector.model import Check, MetricGroup, Role, Target
from collector.schedule import next_slot, slots_between


def job(name: str, interval: float, role: Role = Role.HEALTH, probe: str = "snmp") -> Job:
    group = MetricGroup(name, probe, role, interval)
    check = Check(f"{name}/{probe}", name, probe, probe, role, interval, 5, Target(name), group)
    return Job(check, 0.0, pace=interval)


def put(backlog: Backlog, one: Job, due: float) -> Job:
    one.due = due
    one.become_due()
    backlog.put(one)
    return one


def play(jobs: list[Job], turns: int, seconds: float) -> Counter[str]:
    """Serve one check every so many seconds; each is due again at its next slot."""
    backlog, served, now = Backlog(), Counter[str](), 0.0
    waiting = {one.check.id: (0.0, one) for one in jobs}
    for _ in range(turns):
        for due, one in sorted(waiting.values(), key=lambda pair: pair[0]):
            if due <= now:
                put(backlog, one, due)
                del waiting[one.check.id]
        taken = backlog.take(now)
        now += seconds
        if taken is not None:
            served[taken.check.id] += 1
            taken.stage = Stage.SCHEDULED
            waiting[taken.check.id] = (next_slot(now, taken.check.interval_seconds, 0.0), taken)
    return served


def test_all_are_stretched_by_the_same_factor_of_their_interval() -> None:
    """Fifty times 10 s, fifty times 30 s, fifty times 100 s: three times what can be done."""
    intervals = {f"{interval}-{n}": interval for interval in (10, 30, 100) for n in range(50)}
    demand = sum(1 / interval for interval in intervals.values())
    seconds = 3 / demand
    turns = int(3_000 / seconds)
    served = play([job(name, interval) for name, interval in intervals.items()], turns, seconds)
    stretched = {
        check: turns * seconds / count / intervals[check.removesuffix("/snmp")]
        for check, count in served.items()
    }
    assert len(stretched) == 150
    assert 2.5 <= min(stretched.values()) <= max(stretched.values()) <= 4.5


def test_reachability_is_stretched_half_as_much() -> None:
    pings = [job(f"ping-{n}", 30, Role.REACHABILITY, "ping") for n in range(60)]
    walks = [job(f"walk-{n}", 30) for n in range(60)]
    served = play([*pings, *walks], 6_000, 30 * 3 / 120)
    ping, walk = (
        sum(n for check, n in served.items() if check.startswith(kind)) for kind in ("ping", "walk")
    )
    assert 1.5 <= ping / walk <= 2.5


@given(st.lists(st.tuples(st.sampled_from([5.0, 30.0, 60.0]), st.floats(0, 300)), min_size=1))
@settings(deadline=None)
def test_nothing_is_lost_and_every_class_is_served_in_the_order_of_its_due_times(
    wanted: list[tuple[float, float]],
) -> None:
    backlog = Backlog()
    for number, (interval, due) in enumerate(sorted(wanted, key=lambda pair: pair[1])):
        put(backlog, job(str(number), interval), due)
    assert len(backlog) == len(wanted)
    assert backlog.waits(300)[0] == pytest.approx(300 - min(due for _, due in wanted))
    taken = []
    while (one := backlog.take(300)) is not None:
        one.stage = Stage.RUNNING
        taken.append((one.check.interval_seconds, one.due_since))
    assert sorted(taken) == sorted(wanted)
    for interval in (5.0, 30.0, 60.0):
        dues = [due for every, due in taken if every == interval]
        assert dues == sorted(dues)
    assert len(backlog) == 0
    assert backlog.waits(1e6) == (0.0, False)


def test_what_nobody_wants_any_more_is_passed_over() -> None:
    backlog = Backlog()
    gone, kept = put(backlog, job("gone", 30), 0), put(backlog, job("kept", 30), 1)
    backlog.drop(gone)
    backlog.drop(gone)
    assert len(backlog) == 1
    assert backlog.waits(3)[0] == 2
    assert backlog.take(3) is kept
    assert backlog.take(3) is None


def test_a_probe_that_is_full_holds_up_no_other() -> None:
    backlog = Backlog()
    ping = put(backlog, job("d", 30, Role.REACHABILITY, "ping"), 0)
    walk = put(backlog, job("d", 30), 5)
    assert backlog.take(6, ["ping"]) is walk
    assert backlog.take(6, ["ping"]) is None
    assert backlog.take(6) is ping


@pytest.mark.parametrize(
    ("interval", "late"), [(2, 2.0), (10, 5.0), (20, 10.0), (30, 10.0), (86_400, 10.0)]
)
def test_late_is_half_an_interval_or_ten_seconds(interval: float, late: float) -> None:
    assert late_after(interval) == late
    backlog = Backlog()
    put(backlog, job("d", interval), 0)
    assert backlog.waits(late) == (late, False)
    assert backlog.waits(late + 0.1)[1]


def test_lateness_is_told_until_all_has_been_on_time_for_a_while() -> None:
    lateness = Lateness()
    assert (lateness.seconds, lateness.lasts(0)) == (0.0, 0.0)
    lateness.note(100, 12, late=True)
    lateness.note(110, 3, late=False)
    assert (lateness.seconds, lateness.lasts(110)) == (12, 22)
    lateness.note(112, 14, late=True)
    lateness.note(112 + CALM_SECONDS, 0, late=False)
    assert (lateness.seconds, lateness.lasts(127)) == (14, 39)
    lateness.note(112.1 + CALM_SECONDS, 0, late=False)
    assert (lateness.seconds, lateness.lasts(128)) == (0.0, 0.0)


def test_a_slow_machine_begins_fewer_checks_at_a_time_and_at_least_one() -> None:
    pace = Pace()
    pace.note_turn(TURN_SECONDS * 2)
    assert pace.size == 4
    pace.note_turn(10.0)
    assert pace.size == 1
    pace.note_turn(TURN_SECONDS * 0.75)
    assert pace.size == 1, "as it should be"
    sizes = []
    for _ in range(60):
        pace.note_turn(TURN_SECONDS / 10)
        sizes.append(pace.size)
    assert sizes == sorted(sizes)
    assert sizes[0] == 2
    assert sizes[-1] == sizes[-2] > 200


@given(
    st.floats(1_700_000_000, 1_700_100_000), st.floats(0, 5_000), st.sampled_from([5.0, 30.0, 60.0])
)
def test_slots_between_two_moments_are_those_that_follow_each_other(
    after: float, seconds: float, interval: float
) -> None:
    until, slot, count = after + seconds, after, 0
    while (slot := next_slot(slot, interval, 1.5)) <= until:
        count += 1
    nearest = min((until - 1.5) % interval, interval - (until - 1.5) % interval)
    if nearest > 1e-3 and math.fmod(after - 1.5, interval) > 1e-3:
        assert slots_between(after, until, interval, 1.5) == count
