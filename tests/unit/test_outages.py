"""Outages follow from the log: when they begin, end, are taken back, and who cut the device off."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import CauseClass, CauseRule, Outage, Reason, State, Transition
from collector.outages import counts, ended_unseen, follow

UP, DEGRADED, DOWN = State.UP, State.DEGRADED, State.DOWN
UNREACHABLE, UNKNOWN = State.UNREACHABLE, State.UNKNOWN
T0 = datetime(2026, 11, 1, tzinfo=UTC)
Word = tuple[State, int] | tuple[State, int, str]
Shown = tuple[State, int, int | None, str | None]


def at(minute: int) -> datetime:
    return T0 + timedelta(minutes=minute)


def log(*words: Word) -> list[Transition]:
    """A log of one device: state, minute, and who cuts it off; sure ten seconds later."""
    moved, old = [], UNKNOWN
    for new, minute, *root in words:
        sure = at(minute) + timedelta(seconds=10)
        cause = root[0] if root else None
        moved.append(Transition("cam", old, new, at(minute), sure, Reason.NO_ANSWER, "", cause))
        old = new
    return moved


def outages(moved: Sequence[Transition]) -> list[Outage]:
    """All outages of a log, in the order in which they were first told."""
    known: list[Outage] = []
    for one in moved:
        open_ = [outage for outage in known if outage.ended_at is None]
        for changed in follow(open_, one):
            place = next((i for i, o in enumerate(known) if o.id == changed.id), None)
            if changed.id is None or place is None:
                known.append(replace(changed, id=len(known)))
            else:
                known[place] = changed
    return known


def shown(*words: Word) -> list[Shown]:
    minute = timedelta(minutes=1)
    return [
        (
            one.state,
            (one.started_at - T0) // minute,
            None if one.ended_at is None else (one.ended_at - T0) // minute,
            one.root,
        )
        for one in outages(log(*words))
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param([(UP, 0), (DEGRADED, 3), (UNKNOWN, 5), (UP, 6)], [], id="never out"),
        pytest.param([(UP, 0), (DOWN, 4), (UP, 9)], [(DOWN, 4, 9, None)], id="down and back"),
        pytest.param(
            [(DOWN, 4), (DEGRADED, 9), (DOWN, 11)],
            [(DOWN, 4, 9, None), (DOWN, 11, None, None)],
            id="degraded works",
        ),
        pytest.param(
            [(DOWN, 4), (UNKNOWN, 5), (DOWN, 7), (UP, 9)],
            [(DOWN, 4, 9, None)],
            id="not having looked neither begins nor ends one",
        ),
        pytest.param(
            [(UNREACHABLE, 1, "sw"), (UNKNOWN, 3), (UNREACHABLE, 5, "sw"), (UP, 8)],
            [(UNREACHABLE, 1, 8, "sw")],
            id="cut off, not looked at, still cut off by the same",
        ),
        pytest.param(
            [(DOWN, 2), (UNREACHABLE, 5, "sw"), (UP, 8)],
            [(DOWN, 2, 8, None), (UNREACHABLE, 5, 8, "sw")],
            id="the switch of a dead device dies too",
        ),
        pytest.param(
            [(UNREACHABLE, 2, "sw"), (DOWN, 5), (UP, 8)],
            [(UNREACHABLE, 2, 5, "sw"), (DOWN, 5, 8, None)],
            id="the switch is back, the device is not",
        ),
        pytest.param(
            [(UNREACHABLE, 2, "sw"), (UNREACHABLE, 5, "core"), (UP, 8)],
            [(UNREACHABLE, 2, 5, "sw"), (UNREACHABLE, 5, 8, "core")],
            id="another root cuts it off",
        ),
        pytest.param(
            [(DOWN, 6), (UP, 4), (DOWN, 5)],
            [(DOWN, 6, 6, None), (DOWN, 5, None, None)],
            id="a later word takes it back",
        ),
        pytest.param(
            [(DOWN, 6), (UNKNOWN, 3), (DOWN, 4)],
            [(DOWN, 4, None, None)],
            id="a later word moves its beginning",
        ),
        pytest.param(
            [(UNREACHABLE, 6, "sw"), (UNREACHABLE, 4, "core")],
            [(UNREACHABLE, 6, 6, "sw"), (UNREACHABLE, 4, None, "core")],
            id="a later word names another root from before",
        ),
    ],
)
def test_outages_follow_from_the_log(words: list[Word], expected: list[Shown]) -> None:
    assert shown(*words) == expected


@pytest.mark.parametrize("state", [UP, DOWN, UNREACHABLE])
def test_a_row_that_only_tells_of_flapping_changes_nothing(state: State) -> None:
    (moved,) = log((state, 4, "sw"))
    before = follow([], moved)
    noticed = at(9)
    flapping = replace(moved, old=state, flapping=True, confirmed_at=noticed)
    assert follow(before, flapping) == []


def test_an_outage_carries_why_it_began_and_when_its_ends_were_sure() -> None:
    down, up = log((DOWN, 4), (UP, 9))
    down = replace(down, reason=Reason.HOST_UNREACHABLE, detail="says 10.0.0.1")
    (begun,) = follow([], down)
    assert (begun.reason, begun.detail) == (Reason.HOST_UNREACHABLE, "says 10.0.0.1")
    assert (begun.started_at, begun.confirmed_at) == (down.at, down.confirmed_at)
    assert (begun.cause, begun.proposed_by) == (CauseClass.UNKNOWN, CauseRule.NO_EVIDENCE)
    (ended,) = follow([begun], up)
    assert (ended.ended_at, ended.end_confirmed_at) == (up.at, up.confirmed_at)


def test_being_cut_off_is_put_down_to_what_stands_in_front() -> None:
    (begun,) = follow([], log((UNREACHABLE, 4, "sw"))[0])
    assert (begun.proposed_cause, begun.proposed_by) == (
        CauseClass.UPSTREAM,
        CauseRule.PARENT_DOWN,
    )
    assert begun.cause is CauseClass.UPSTREAM


def test_what_was_taken_back_does_not_count() -> None:
    taken_back, real = outages(log((DOWN, 6), (UP, 4), (DOWN, 5)))
    assert not counts(taken_back)
    assert counts(real)
    assert counts(replace(real, ended_at=at(6)))


def test_an_outage_of_a_device_that_leaves_ends_and_nobody_saw_it_work() -> None:
    (begun,) = follow([], log((DOWN, 6))[0])
    left = ended_unseen(begun, at(9))
    assert (left.ended_at, left.end_confirmed_at) == (at(9), None)
    assert ended_unseen(begun, at(2)).ended_at == at(6)


# --- properties -------------------------------------------------------------------------------

words = st.lists(
    st.tuples(st.sampled_from(list(State)), st.integers(0, 30), st.sampled_from(["sw", "core"])),
    max_size=14,
)


def state_at(moved: Sequence[Transition], moment: datetime) -> State:
    """The rule of the state intervals: the last word among those that begin by then."""
    return next((one.new for one in reversed(moved) if one.at <= moment), UNKNOWN)


@given(words)
@settings(deadline=None, max_examples=150)
def test_all_time_out_lies_in_an_outage_of_its_kind(said: list[Word]) -> None:
    moved = log(*said)
    known = outages(moved)
    for minute in range(32):
        moment = at(minute) + timedelta(seconds=30)
        state = state_at(moved, moment)
        if state in (DOWN, UNREACHABLE):
            assert any(
                one.state is state
                and one.started_at <= moment
                and (one.ended_at is None or moment < one.ended_at)
                for one in known
            ), (minute, state)


@given(words)
@settings(deadline=None, max_examples=150)
def test_no_two_of_a_kind_are_on_at_once_and_none_ends_before_it_begins(said: list[Word]) -> None:
    moved = log(*said)
    for count in range(len(moved) + 1):
        known = outages(moved[:count])
        kinds = [one.state for one in known if one.ended_at is None]
        assert len(kinds) == len(set(kinds))
        for one in known:
            assert one.confirmed_at >= one.started_at
            assert one.ended_at is None or one.ended_at >= one.started_at
            assert one.end_confirmed_at is None or (
                one.ended_at is not None and one.end_confirmed_at >= one.ended_at
            )


@given(words)
@settings(deadline=None)
def test_a_device_that_is_seen_working_has_no_outage_on(said: list[Word]) -> None:
    moved = log(*said, (UP, 31))
    assert all(one.ended_at is not None for one in outages(moved))
