"""A camera behind a switch, whatever happens: results of every kind, and clocks, gaps, restarts.

What the engine says is held against a plain memory of what it was told.
"""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from collector.model import (
    Check,
    Metric,
    Outcome,
    Reading,
    Role,
    Rule,
    State,
    Status,
    Threshold,
    Transition,
    Verdict,
)
from collector.state import CheckView, device_view
from tests.engine_hand import Hand
from tests.flapping_recomputed import Recomputed
from tests.virtual_city import PING, checks_of, device

ANSWERED, FAILED, BLIND = Outcome.ANSWERED, Outcome.FAILED, Outcome.UNKNOWN
DOWN, UNREACHABLE, UNKNOWN = State.DOWN, State.UNREACHABLE, State.UNKNOWN
CUT = (DOWN, UNREACHABLE)
FRESH_SECONDS = 77.5  # of a ping: 2.5 intervals and its deadline
CHECKS = ("switch/ping", "cam/ping", "cam/snmp")
PINGS = {"switch": "switch/ping", "cam": "cam/ping"}
LOSS = Metric("loss", "loss", threshold=Threshold(warning_above=0))
RESULTS = {
    "ok": (ANSWERED, 0, Verdict.OK),
    "warning": (ANSWERED, 50, Verdict.WARNING),
    "critical": (FAILED, None, Verdict.CRITICAL),
    "unknown": (BLIND, None, Verdict.NONE),
}


def checks(confirm: int, recover: int) -> list[Check]:
    """The switch is asked by ping alone; losses warn."""
    every = [c for d in ("switch", "cam") for c in checks_of(device(d))]
    ping = replace(PING, metrics=(LOSS,))
    chosen = Rule(confirm=confirm, recover=recover)
    return [
        replace(c, rule=chosen, group=ping if c.role is Role.REACHABILITY else c.group)
        for c in every
        if c.id in CHECKS
    ]


class EngineMachine(RuleBasedStateMachine):
    """An engine, and what it was told since it last forgot."""

    def __init__(self) -> None:
        super().__init__()
        self.rule = Rule()
        self.hand = Hand([device("switch"), device("cam", "switch")], checks(3, 2))
        self.told: dict[str, list[Verdict]] = {name: [] for name in CHECKS}
        self.heard_at: dict[str, datetime] = {}
        self.unrest = Recomputed(600.0)  # of the switch's ping
        self.steps_back: list[int] = []  # how long the log was when the clock was set back
        self.seen = 0  # rows of the log that were looked at

    @initialize(confirm=st.sampled_from([1, 2, 3, 3, 8]), recover=st.sampled_from([1, 2, 2, 5]))
    def choose_a_rule(self, confirm: int, recover: int) -> None:
        self.rule = Rule(confirm=confirm, recover=recover)
        self.hand = Hand(self.hand.devices, checks(confirm, recover))

    # --- what may happen ----------------------------------------------------------------------

    def hear(self, check_id: str, kind: str, age: float = 0.0) -> None:
        outcome, loss, verdict = RESULTS[kind]
        before = self.hand.engine.check_state_of(check_id)
        readings = () if loss is None or check_id == "cam/snmp" else (Reading("loss", loss),)
        if check_id == "cam/snmp" and verdict is Verdict.WARNING:
            verdict = Verdict.OK  # nothing is asked of its figures
        self.hand.hear(check_id, outcome, *readings, age=age)
        after = self.hand.engine.check_state_of(check_id)
        turned = after.verdict is not before.verdict and before.verdict is not Verdict.NONE
        if verdict is not Verdict.NONE:
            self.told[check_id].append(verdict)
            self.heard_at[check_id] = self.hand.now - timedelta(seconds=age)
        if check_id == "switch/ping":
            self.unrest.take(verdict, turned, self.hand.monotonic)
        self.look_at_the_log()

    def wait(self, seconds: float) -> None:
        self.hand.wait(seconds)
        for check_id, at in list(self.heard_at.items()):
            if self.hand.now - at >= timedelta(seconds=FRESH_SECONDS) and check_id != "cam/snmp":
                self.forget(check_id.partition("/")[0])
        self.unrest.take(Verdict.NONE, False, self.hand.monotonic)
        self.look_at_the_log()

    def forget(self, device_id: str) -> None:
        """As the engine does with what was silent for too long."""
        for check_id in CHECKS:
            if check_id.startswith(device_id):
                self.told[check_id].clear()
                self.heard_at.pop(check_id, None)
        if device_id == "switch":
            self.unrest.forget()

    @rule(
        check_id=st.sampled_from(CHECKS),
        kind=st.sampled_from(["ok", "ok", "warning", "critical", "critical", "unknown"]),
        times=st.integers(1, 9),
        pace=st.sampled_from([1.0, 5.0, 10.0]),
    )
    def results(self, check_id: str, kind: str, times: int, pace: float) -> None:
        for _ in range(times):
            self.wait(pace)
            self.hear(check_id, kind)

    @rule(check_id=st.sampled_from(CHECKS), times=st.integers(4, 20))
    def results_that_alternate(self, check_id: str, times: int) -> None:
        for number in range(times):
            self.wait(5.0)
            self.hear(check_id, "critical" if number % 2 else "ok")

    @rule(dead=st.sampled_from([(), ("cam",), ("switch", "cam")]), rounds=st.integers(1, 5))
    def everybody_is_asked(self, dead: tuple[str, ...], rounds: int) -> None:
        for _ in range(rounds):
            for name, check_id in PINGS.items():
                self.wait(2.5)
                self.hear(check_id, "critical" if name in dead else "ok")

    @rule(check_id=st.sampled_from(CHECKS), kind=st.sampled_from(["ok", "critical"]))
    def a_result_twice_and_a_late_one(self, check_id: str, kind: str) -> None:
        self.wait(1.0)
        self.hear(check_id, kind)
        before = self.hand.engine.check_state_of(check_id), len(self.hand.log)
        for outcome in (ANSWERED, FAILED):
            for age in (0.0, 1.0, 40.0):
                self.hand.hear(check_id, outcome, age=age)
        assert (self.hand.engine.check_state_of(check_id), len(self.hand.log)) == before

    @rule(seconds=st.sampled_from([0.5, 5.0, 12.0]), times=st.integers(1, 10))
    def time_passes(self, seconds: float, times: int) -> None:
        for _ in range(times):
            self.wait(seconds)

    @rule(seconds=st.integers(13, 200))
    def the_collector_is_stopped(self, seconds: int) -> None:
        self.hand.now += timedelta(seconds=seconds)
        self.hand.monotonic += seconds
        self.nothing_is_known()
        self.wait(0.0)
        assert self.hand.state("cam") is self.hand.state("switch") is UNKNOWN

    @rule()
    def the_collector_is_started_anew(self) -> None:
        self.hand.restart()
        self.nothing_is_known()
        self.look_at_the_log()
        assert self.hand.state("cam") is self.hand.state("switch") is UNKNOWN

    def nothing_is_known(self) -> None:
        for device_id in PINGS:
            self.forget(device_id)

    @rule(seconds=st.sampled_from([-3600, -60, -2, 2, 60, 3600]))
    def the_clock_is_set(self, seconds: int) -> None:
        self.hand.now += timedelta(seconds=seconds)
        if seconds < 0:
            self.steps_back.append(len(self.hand.log))
            self.heard_at = {c: min(at, self.hand.now) for c, at in self.heard_at.items()}
        self.wait(0.0)

    @precondition(lambda self: self.hand.engine.state_of("cam").state in CUT)
    @rule()
    def all_is_well_again(self) -> None:
        for _ in range(max(self.rule.recover, 2)):
            for check_id in CHECKS:
                self.wait(2.0)
                self.hear(check_id, "ok")
        assert self.hand.state("cam") not in CUT

    # --- what must hold -----------------------------------------------------------------------

    def look_at_the_log(self) -> None:
        """Hold each new row against what was told just now."""
        for moved in self.hand.log[self.seen :]:
            told = self.told[PINGS[moved.device_id]]
            assert moved.at <= moved.confirmed_at <= self.hand.now
            assert (moved.cause is not None) == (moved.new is UNREACHABLE)
            if moved.old is moved.new:
                assert moved.new is not UNKNOWN
                continue
            if moved.new in CUT and moved.old not in CUT:
                assert told[-self.rule.confirm :] == [Verdict.CRITICAL] * self.rule.confirm
            if moved.new in (State.UP, State.DEGRADED) and moved.old in CUT:
                assert told[-1] is not Verdict.CRITICAL
            if moved.new is UNKNOWN:
                assert not moved.flapping
        self.seen = len(self.hand.log)

    def log_of(self, device_id: str) -> list[tuple[int, Transition]]:
        return [(n, row) for n, row in enumerate(self.hand.log) if row.device_id == device_id]

    @invariant()
    def the_log_is_a_chain(self) -> None:
        for device_id in PINGS:
            log = self.log_of(device_id)
            assert not log or log[0][1].old is UNKNOWN
            for (before, earlier), (after, later) in pairwise(log):
                assert later.old is earlier.new
                if not any(before < step <= after for step in self.steps_back):
                    assert earlier.at <= later.at
                    assert earlier.confirmed_at <= later.confirmed_at
            if log:
                state, last = self.hand.engine.state_of(device_id), log[-1][1]
                assert (state.state, state.cause, state.flapping) == (
                    last.new, last.cause, last.flapping,
                )  # fmt: skip

    @invariant()
    def down_and_unreachable_last_no_longer_than_results_say_so(self) -> None:
        for device_id, check_id in PINGS.items():
            run = self.told[check_id][-self.rule.recover :]
            if self.hand.state(device_id) in CUT and len(run) == self.rule.recover:
                assert run != [Verdict.OK] * self.rule.recover

    @invariant()
    def what_is_silent_for_too_long_is_unknown(self) -> None:
        for device_id, check_id in PINGS.items():
            if check_id not in self.heard_at:
                assert self.hand.state(device_id) is UNKNOWN

    @invariant()
    def status_is_what_the_checks_say_whatever_is_laid_over_it(self) -> None:
        engine = self.hand.engine
        for device_id in PINGS:
            views = [
                CheckView(
                    c.role,
                    c.interval_seconds * c.rule.fresh_intervals + c.timeout_seconds,
                    engine.check_state_of(c.id),
                )
                for c in self.hand.checks
                if c.device_id == device_id
            ]
            view = device_view(views, self.hand.now)
            if device_id in engine._held:
                assert view.status is Status.DOWN
            else:
                assert engine.state_of(device_id).status is view.status

    @invariant()
    def nobody_is_down_behind_a_dead_switch(self) -> None:
        switch, cam = self.hand.engine.state_of("switch"), self.hand.engine.state_of("cam")
        if switch.state is DOWN:
            assert cam.state is not DOWN
            assert cam.state is not UNREACHABLE or cam.cause == "switch"

    @invariant()
    def flapping_is_what_the_whole_past_says(self) -> None:
        flaps = self.hand.engine.state_of("switch").flapping
        assert flaps == (self.unrest.on and self.hand.state("switch") is not UNKNOWN)
        if self.hand.state("cam") is UNKNOWN:
            assert not self.hand.engine.state_of("cam").flapping


TestEngineMachine = EngineMachine.TestCase
TestEngineMachine.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    derandomize=os.environ.get("EXPLORE") != "1",
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
)
