"""What outages are put down to: the order of the rules, crowds, and UPSes on battery."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.causes import (
    CROWD,
    CROWD_SHARE,
    CROWD_SPAN,
    CROWDS,
    Evidence,
    Failure,
    crowded,
    narrowest,
    propose,
    ran_on_battery,
    suspected,
)
from collector.model import CauseClass, CauseRule, Reason, State

SECOND = 1_000_000
MINUTE = 60 * SECOND

EVERYTHING = Evidence(True, True, CauseRule.MANY_IN_AREA, True)
RULES = [
    (EVERYTHING, Reason.HOST_UNREACHABLE, CauseClass.PLANNED, CauseRule.IN_MAINTENANCE),
    (
        Evidence(False, True, CauseRule.MANY_AT_SITE, True),
        Reason.HOST_UNREACHABLE,
        CauseClass.POWER,
        CauseRule.UPS_ON_BATTERY,
    ),
    *(
        (Evidence(False, False, rule, True), Reason.HOST_UNREACHABLE, CauseClass.POWER, rule)
        for rule in CROWDS
    ),
    (
        Evidence(neighbours_up=True),
        Reason.HOST_UNREACHABLE,
        CauseClass.LINK,
        CauseRule.NETWORK_SAID,
    ),
    (Evidence(neighbours_up=True), Reason.NO_ANSWER, CauseClass.DEVICE, CauseRule.NEIGHBOURS_UP),
    (Evidence(), Reason.NO_ANSWER, CauseClass.UNKNOWN, CauseRule.NO_EVIDENCE),
]


@pytest.mark.parametrize(("evidence", "reason", "cause", "rule"), RULES)
def test_the_most_certain_rule_decides(
    evidence: Evidence, reason: Reason, cause: CauseClass, rule: CauseRule
) -> None:
    made = propose(State.DOWN, reason, evidence)
    assert (made.cause, made.rule) == (cause, rule)


def test_what_was_cut_off_is_put_down_to_its_root_unless_work_was_planned() -> None:
    without = Evidence(False, True, CauseRule.MANY_AT_SITE, True)
    made = propose(State.UNREACHABLE, Reason.PARENT_DOWN, without)
    assert (made.cause, made.rule) == (CauseClass.UPSTREAM, CauseRule.PARENT_DOWN)
    planned = propose(State.UNREACHABLE, Reason.PARENT_DOWN, EVERYTHING)
    assert planned.cause is CauseClass.PLANNED


def test_only_crowds_are_suspicions() -> None:
    assert {rule for rule in CauseRule if suspected(rule)} == set(CROWDS)


def test_the_narrowest_crowd_is_named() -> None:
    site, feeder, area = CROWDS
    assert narrowest([area, feeder, site]) is site
    assert narrowest([area, feeder]) is feeder
    assert narrowest([]) is None


# --- a UPS on battery -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begun", "over", "started", "ended", "expected"),
    [
        pytest.param(100, None, 101, None, True, id="on battery, then the device dies"),
        pytest.param(100, None, 99, None, True, id="read a minute later"),
        pytest.param(100, None, 95, 99, False, id="the outage was over before"),
        pytest.param(100, None, 95, 100, True, id="in its last moment"),
        pytest.param(90, 97, 100, None, False, id="back on mains three minutes before"),
        pytest.param(90, 98, 100, None, True, id="back on mains two minutes before"),
        pytest.param(111, None, 100, None, False, id="hours into another outage"),
        pytest.param(110, None, 100, None, True, id="ten minutes into it"),
    ],
)
def test_a_ups_on_battery_is_evidence_about_the_beginning_of_an_outage(
    begun: int, over: int | None, started: int, ended: int | None, expected: bool
) -> None:
    spans = [(begun * MINUTE, None if over is None else over * MINUTE)]
    found = ran_on_battery(spans, started * MINUTE, None if ended is None else ended * MINUTE)
    assert found is expected


# --- crowds -----------------------------------------------------------------------------------


def own(number: int, second: int, *parents: str) -> Failure:
    return Failure(number, f"d{number}", second * SECOND, True, parents)


def behind(number: int, second: int) -> Failure:
    return Failure(number, f"d{number}", second * SECOND, False, ("d1",))


def test_three_within_two_minutes_are_a_crowd_and_two_are_not() -> None:
    three = [own(1, 0), own(2, 60), own(3, 120)]
    assert crowded(three, 12, ()) == {1, 2, 3}
    assert crowded(three[:2], 4, ()) == set()
    assert crowded([own(1, 0), own(2, 60), own(3, 121)], 12, ()) == set()


def test_a_crowd_is_at_least_a_quarter_of_the_place_with_those_cut_off() -> None:
    three = [own(1, 0), own(2, 1), own(3, 2)]
    assert crowded(three, 13, ()) == set()
    assert crowded([*three, behind(4, 5)], 13, ()) == {1, 2, 3}
    assert crowded([*three, behind(4, 121)], 13, ()) == set()


def test_one_device_that_fails_three_times_is_no_crowd() -> None:
    again = [Failure(n, "d1", n * SECOND, True) for n in range(3)]
    assert crowded(again, 3, ()) == set()
    assert crowded([*again, own(4, 5), own(5, 6)], 3, ()) == {0, 1, 2, 4, 5}


def test_behind_one_working_parent_of_the_place_the_parent_is_to_blame() -> None:
    three = [own(n, n, "sw") for n in (1, 2, 3)]
    assert crowded(three, 4, {"sw"}) == set()
    assert crowded(three, 4, ()) == {1, 2, 3}
    assert crowded([*three, own(4, 4)], 4, {"sw"}) == {1, 2, 3, 4}


def test_a_parent_that_fails_with_them_explains_nothing() -> None:
    three = [own(n, n, "d9") for n in (1, 2, 3)]
    assert crowded([*three, own(9, 5)], 4, {"d9"}) == {1, 2, 3, 9}


failures = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.integers(0, 400),
        st.booleans(),
        st.sets(st.sampled_from(["d1", "d2", "sw"]), max_size=2),
    ),
    max_size=14,
)


def by_definition(failed: Sequence[Failure], there: int, standing: set[str]) -> set[int]:
    """Every window that begins with an own failure, looked at whole."""
    found: set[int] = set()
    for first in (one for one in failed if one.own):
        inside = [one for one in failed if 0 <= one.started - first.started <= CROWD_SPAN]
        alone = [one for one in inside if one.own]
        failing = {one.device_id for one in inside}
        common = set.intersection(*(set(one.parents) for one in alone))
        blamed = common & standing - failing
        if (
            len({one.device_id for one in alone}) >= CROWD
            and len(failing) * CROWD_SHARE >= there
            and not blamed
        ):
            found |= {one.outage_id for one in alone}
    return found


@given(failures, st.integers(1, 16), st.sets(st.sampled_from(["d1", "sw"])), st.randoms())
@settings(deadline=None, max_examples=300)
def test_crowds_are_what_every_window_says_in_whatever_order(
    drawn: list[tuple[int, int, bool, set[str]]], there: int, standing: set[str], luck: object
) -> None:
    parents = {f"d{device}": tuple(sorted(above)) for device, _, _, above in drawn}
    failed = [
        Failure(n, f"d{device}", second * SECOND, alone, parents[f"d{device}"])
        for n, (device, second, alone, _) in enumerate(drawn)
    ]
    expected = by_definition(failed, there, standing)
    luck.shuffle(failed)  # type: ignore[attr-defined]
    assert crowded(failed, there, standing) == expected


def test_ten_thousand_failures_at_once_are_counted_in_one_pass() -> None:
    storm = [own(n, n // 100, "core") for n in range(10_000)]
    assert len(crowded(storm, 10_000, {"core"})) == 0
    assert len(crowded(storm, 10_000, ())) == 10_000
    assert all(one.started <= other.started for one, other in pairwise(storm))
