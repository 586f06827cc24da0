"""When a verdict is believed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import (
    CheckResult,
    CheckState,
    Evaluation,
    Outcome,
    Reason,
    Role,
    Rule,
    Status,
    Verdict,
)
from collector.state import CheckView, advance, device_view, forget, in_doubt, suspected

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
RULE = Rule(confirm=3, recover=2)
LETTERS = {"o": Verdict.OK, "w": Verdict.WARNING, "C": Verdict.CRITICAL, "?": Verdict.NONE}


def at(step: int) -> datetime:
    return START + timedelta(seconds=30 * step)


def run(letters: str, state: CheckState | None = None) -> CheckState:
    """Feed one result a step; a letter says its verdict."""
    state = state or CheckState("cam/ping")
    for step, letter in enumerate(letters):
        state = step_on(state, letter, step)
    return state


def step_on(state: CheckState, letter: str, step: int, now_step: int | None = None) -> CheckState:
    verdict = LETTERS[letter]
    outcome = Outcome.UNKNOWN if verdict is Verdict.NONE else Outcome.ANSWERED
    result = CheckResult("cam/ping", at(step), at(step) + timedelta(seconds=1), outcome)
    now = at(step if now_step is None else now_step)
    return advance(state, Evaluation(verdict, Reason.OK, "", frozenset()), result, RULE, now)


@pytest.mark.parametrize(
    ("letters", "verdict", "since"),
    [
        ("o", Verdict.OK, 0),
        ("C", Verdict.NONE, None),
        ("CC", Verdict.NONE, None),
        ("CCC", Verdict.CRITICAL, 0),
        ("oC", Verdict.OK, 0),
        ("oCCC", Verdict.CRITICAL, 1),
        ("oCCoC", Verdict.OK, 0),
        ("oCC?C", Verdict.CRITICAL, 1),
        ("oCCCo", Verdict.CRITICAL, 1),
        ("oCCCoo", Verdict.OK, 4),
        ("oCCCoCo", Verdict.CRITICAL, 1),
        ("owww", Verdict.WARNING, 1),
        ("owCw", Verdict.WARNING, 1),
        ("owCwCw", Verdict.WARNING, 1),
        ("owCC", Verdict.OK, 0),
        ("owCCC", Verdict.CRITICAL, 2),
        ("owwwCCC", Verdict.CRITICAL, 4),
        ("oCCCww", Verdict.WARNING, 4),
        ("oCCCwo", Verdict.CRITICAL, 1),
        ("oCCCwoo", Verdict.OK, 4),
        ("owwwoo", Verdict.OK, 4),
    ],
)
def test_a_verdict_is_believed_after_a_run_and_begins_at_its_first_result(
    letters: str, verdict: Verdict, since: int | None
) -> None:
    state = run(letters)
    assert state.verdict is verdict
    assert state.since_at == (None if since is None else at(since))


def test_a_lossy_device_never_becomes_critical_without_three_total_losses_in_a_row() -> None:
    assert run("o" + "wCCwCwCC" * 5).verdict is Verdict.WARNING


@given(st.text("owC?", max_size=40))
def test_belief_agrees_with_a_plain_reading_of_the_runs(letters: str) -> None:
    """The reference walks the letters with two independent yes/no beliefs."""
    bad: bool | None = None
    critical = False
    bad_run = critical_run = 0
    for letter in letters.replace("?", ""):
        bad_run = bad_run + 1 if (letter != "o") != bool(bad) else 0
        critical_run = critical_run + 1 if (letter == "C") != critical else 0
        if bad is None and letter == "o":
            bad, bad_run = False, 0
        settled = not critical or letter == "w" or bad_run >= RULE.recover
        if critical_run >= (RULE.recover if critical else RULE.confirm) and settled:
            critical, critical_run = not critical, 0
        agreed = bad or critical or letter == "w"
        if bad_run >= (RULE.recover if bad else RULE.confirm) and agreed:
            bad, bad_run = not bad, 0
    expected = Verdict.NONE if bad is None else Verdict.OK
    if bad:
        expected = Verdict.CRITICAL if critical else Verdict.WARNING
    assert run(letters).verdict is expected


def test_a_slot_counts_once_and_older_results_are_dropped() -> None:
    state = run("oC")
    assert step_on(state, "C", 1) is state
    assert step_on(state, "C", 0, now_step=2) is state


def test_results_are_taken_again_after_the_clock_went_back() -> None:
    future = run("o" * 200)
    state = step_on(future, "C", 10)
    assert state is not future
    assert suspected(state)


def test_our_own_blindness_tells_nothing_and_keeps_nothing_fresh() -> None:
    state = run("oC?")
    assert state.last_result_at == at(1)
    assert in_doubt(state)


def test_forgetting_keeps_what_was_shown_but_believes_nothing() -> None:
    state = forget(run("oCCC"))
    assert state.verdict is Verdict.NONE
    assert not in_doubt(state)
    assert state.last_result_at == at(3)


# --- devices ----------------------------------------------------------------------------------


def view(letters: str, role: Role = Role.REACHABILITY, interval: float = 30.0) -> CheckView:
    return CheckView(role, interval * 2.5, run(letters))


def status_of(*views: CheckView, step: int = 6) -> Status:
    return device_view(views, at(step)).status


def test_a_device_is_down_when_its_reachability_check_is_critical() -> None:
    assert status_of(view("oooCCC"), view("oooooo", Role.HEALTH)) is Status.DOWN


def test_a_silent_agent_degrades_a_device_that_answers_ping() -> None:
    assert status_of(view("oooooo"), view("oooCCC", Role.HEALTH)) is Status.DEGRADED


def test_a_device_is_unknown_when_nothing_fresh_was_heard() -> None:
    seen = device_view([view("oooo"), view("oooo", Role.HEALTH)], at(7))
    assert seen.status is Status.UNKNOWN
    assert seen.at == at(3)
    assert seen.reason is Reason.SILENT


def test_an_old_outage_is_unknown_too_when_nobody_looks_any_more() -> None:
    assert status_of(view("oCCC"), step=20) is Status.UNKNOWN


def test_a_device_without_a_reachability_check_lives_by_its_other_checks() -> None:
    assert status_of(view("oooo", Role.HEALTH), step=4) is Status.UP
    assert status_of(view("oooo", Role.HEALTH), step=50) is Status.UNKNOWN


def test_a_device_that_was_never_heard_of_is_unknown_without_a_moment() -> None:
    seen = device_view([CheckView(Role.REACHABILITY, 75, CheckState("x"))], at(0))
    assert (seen.status, seen.at, seen.reason) == (Status.UNKNOWN, None, Reason.NEVER_SEEN)


def test_an_old_trouble_counts_from_the_devices_return_on() -> None:
    """SNMP was silent before the device died; when it is back, degraded begins at its return."""
    ping = view("ooooCCCoo")
    agent = view("oCCC", Role.HEALTH)
    assert device_view([ping, agent], at(8)).at == at(7)
    assert device_view([ping, agent], at(8)).status is Status.DEGRADED
