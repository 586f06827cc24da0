"""One check, whatever happens to it: results of every kind, in and out of order, while clocks jump.

Every answer of `advance` is held against a plain memory of what was heard.
"""

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from collector.model import CheckResult, CheckState, Evaluation, Outcome, Reason, Rule, Verdict
from collector.state import advance, forget, in_doubt, not_after, suspected

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
OK, WARNING, CRITICAL, NONE = Verdict.OK, Verdict.WARNING, Verdict.CRITICAL, Verdict.NONE
OUTCOMES = {OK: Outcome.ANSWERED, WARNING: Outcome.ANSWERED, CRITICAL: Outcome.FAILED}


@dataclass(frozen=True)
class Heard:
    """A result that was taken."""

    verdict: Verdict
    slot_at: datetime


class CheckMachine(RuleBasedStateMachine):
    """A check and what was heard of it since it was last forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.rule = Rule()
        self.state = CheckState("d/ping")
        self.heard: list[Heard] = []
        self.was = self.state  # before the last step
        self.set_back = False

    @initialize(confirm=st.sampled_from([1, 2, 3, 3, 10]), recover=st.sampled_from([1, 2, 2, 7]))
    def choose_a_rule(self, confirm: int, recover: int) -> None:
        self.rule = Rule(confirm=confirm, recover=recover)

    def hand_in(self, verdict: Verdict, slot_at: datetime) -> None:
        outcome = OUTCOMES.get(verdict, Outcome.UNKNOWN)
        result = CheckResult("d/ping", slot_at, self.now, outcome)
        evaluation = Evaluation(verdict, Reason.OK, "", frozenset())
        self.was = self.state
        self.state = advance(self.state, evaluation, result, self.rule, self.now)

    @rule(verdict=st.sampled_from([OK, OK, WARNING, CRITICAL, CRITICAL, NONE]), late=st.booleans())
    def a_new_result(self, verdict: Verdict, late: bool) -> None:
        last = self.state.last_slot_at
        slot = self.now - timedelta(seconds=2) if late else self.now
        if last is not None and last <= self.now:
            slot = max(slot, last + timedelta(seconds=1))
            self.now = max(self.now, slot)
        self.hand_in(verdict, slot)
        assert self.state is not self.was, "what is newer counts"
        if verdict is not NONE:
            self.heard.append(Heard(verdict, slot))

    @rule(verdict=st.sampled_from(list(Verdict)), times=st.integers(1, 12))
    def the_same_again_and_again(self, verdict: Verdict, times: int) -> None:
        for _ in range(times):
            self.now += timedelta(seconds=5)
            self.a_new_result(verdict, late=False)
            self.a_verdict_has_its_run()

    @precondition(lambda self: self.state.last_slot_at is not None)
    @rule(verdict=st.sampled_from([OK, WARNING, CRITICAL]), age=st.integers(0, 90))
    def a_result_for_a_slot_that_is_past(self, verdict: Verdict, age: int) -> None:
        """As a replay, or a second collector, hands it in: nothing may move."""
        last = self.state.last_slot_at
        assert last is not None
        if last <= self.now:
            self.hand_in(verdict, last - timedelta(seconds=age))
            assert self.state is self.was

    @rule(seconds=st.integers(0, 3600))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(seconds=st.integers(2, 3600))
    def the_clock_is_set_back(self, seconds: int) -> None:
        self.now -= timedelta(seconds=seconds)
        self.state = not_after(self.state, self.now)
        self.heard = [replace(one, slot_at=min(one.slot_at, self.now)) for one in self.heard]

    @rule()
    def the_collector_was_away(self) -> None:
        self.state = forget(self.state)
        self.heard.clear()

    # --- what must hold, always ---------------------------------------------------------------

    def last_verdicts(self, count: int) -> list[Verdict]:
        return [one.verdict for one in self.heard[-count:]]

    @invariant()
    def a_verdict_has_its_run(self) -> None:
        """What is believed anew was said by so many results in a row, the first of which it is."""
        new, old = self.state, self.was
        if new.verdict is old.verdict or new.verdict is NONE or not self.heard:
            return
        if old.verdict is NONE and new.verdict is OK:
            assert self.last_verdicts(1) == [OK]
        elif new.verdict is CRITICAL:
            assert self.last_verdicts(self.rule.confirm) == [CRITICAL] * self.rule.confirm
            assert new.since_at == self.heard[-self.rule.confirm].slot_at
        elif new.verdict is WARNING and old.verdict is not CRITICAL:
            run = self.last_verdicts(self.rule.confirm)
            assert len(run) == self.rule.confirm
            assert OK not in run
            assert run[-1] is WARNING
        elif old.verdict is CRITICAL:
            run = self.last_verdicts(self.rule.recover)
            assert len(run) == self.rule.recover
            assert CRITICAL not in run
        else:
            assert self.last_verdicts(self.rule.recover) == [OK] * self.rule.recover

    @invariant()
    def nothing_is_critical_without_its_failures_since_the_last_gap(self) -> None:
        """Nor longer than results say so."""
        told = [one.verdict for one in self.heard]
        confirm = self.rule.confirm
        failed = "".join("C" if verdict is CRITICAL else "-" for verdict in told)
        if self.state.verdict is CRITICAL:
            assert "C" * confirm in failed
            since = told[failed.rindex("C" * confirm) + confirm :]
            assert not is_a_return(since, self.rule.recover)
        if failed.endswith("C" * confirm):
            assert self.state.verdict is CRITICAL

    @invariant()
    def what_all_results_say_is_believed(self) -> None:
        enough = max(self.rule.confirm, self.rule.recover)
        for verdict in (OK, WARNING, CRITICAL):
            if self.last_verdicts(enough) == [verdict] * enough:
                assert self.state.verdict is verdict
                assert not in_doubt(self.state)
                assert not suspected(self.state)

    @invariant()
    def moments_are_in_order_and_none_lies_ahead(self) -> None:
        state = self.state
        assert (state.verdict is NONE) == (state.since_at is None) == (state.confirmed_at is None)
        if state.since_at is not None and state.confirmed_at is not None:
            assert state.since_at <= state.confirmed_at <= self.now
        if state.last_result_at is not None and state.last_slot_at is not None:
            assert state.last_result_at <= state.last_slot_at
        for moment in (state.pending_since_at, state.critical_since_at):
            assert moment is None or moment <= self.now

    @invariant()
    def doubts_are_counted_with_their_beginning(self) -> None:
        state = self.state
        assert (state.pending_count > 0) == (state.pending_since_at is not None)
        assert (state.critical_count > 0) == (state.critical_since_at is not None)
        assert (state.pending is NONE) == (not in_doubt(state))
        if state.verdict is not CRITICAL:
            assert state.critical_count < max(self.rule.confirm, 1)


def is_a_return(since: list[Verdict], recover: int) -> bool:
    """Say whether the results since a failure end with a run that is believed.

    `recover` in a row that are well, or as many answers of which the last is a warning.
    """
    run = since[-recover:]
    enough = len(run) == recover and CRITICAL not in run
    return enough and (WARNING not in run or run[-1] is WARNING)


TestCheckMachine = CheckMachine.TestCase
TestCheckMachine.settings = settings(
    max_examples=100,
    stateful_step_count=30,
    deadline=None,
    derandomize=os.environ.get("EXPLORE") != "1",
)
