"""Deadlines come due in time, whatever the lengths of waiting, and none twice."""

from hypothesis import given
from hypothesis import strategies as st

from collector.probes.snmp.deadlines import Deadlines


def test_what_is_due_comes_out_and_what_is_not_stays() -> None:
    deadlines = Deadlines()
    deadlines.add(1, now=0.0, wait=2.0)
    deadlines.add(2, now=0.5, wait=0.05)
    assert list(deadlines.due(0.5)) == []
    assert list(deadlines.due(1.0)) == [(0.55, 2)]
    assert list(deadlines.due(2.0)) == [(2.0, 1)]
    assert list(deadlines.due(9.0)) == []


def test_a_retry_may_be_added_while_deadlines_come_due() -> None:
    deadlines = Deadlines()
    deadlines.add(1, now=0.0, wait=1.0)
    for deadline, request_id in deadlines.due(1.0):
        deadlines.add(request_id, now=deadline, wait=2.0)
    assert list(deadlines.due(3.0)) == [(3.0, 1)]


def test_after_clear_nothing_is_due() -> None:
    deadlines = Deadlines()
    deadlines.add(1, now=0.0, wait=1.0)
    deadlines.clear()
    assert list(deadlines.due(9.0)) == []


@given(steps=st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.05, 1.0, 2.0]))))
def test_every_request_comes_due_once_and_never_early(steps: list[tuple[float, float]]) -> None:
    deadlines, now = Deadlines(), 0.0
    expected: dict[int, float] = {}
    for request_id, (pause, wait) in enumerate(steps):
        for deadline, due_id in deadlines.due(now):
            assert expected.pop(due_id) == deadline <= now
        assert all(deadline > now for deadline in expected.values())
        expected[request_id] = deadlines.add(request_id, now, wait)
        now += pause
    assert {due_id: deadline for deadline, due_id in deadlines.due(now + 3)} == expected
