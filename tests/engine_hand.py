"""An engine moved by hand: every result and every second is said by the test."""

from collections.abc import Iterable
from datetime import timedelta

from collector.advice import Advice
from collector.engine import Engine
from collector.model import (
    Check,
    CheckResult,
    Device,
    Outcome,
    Reading,
    Reason,
    ResultBatch,
    State,
    Transition,
)
from tests.virtual_city import EPOCH, checks_of

GAP_SECONDS = 12.5


class Hand:
    """Holds an engine and two clocks, and keeps the log of what the engine said."""

    def __init__(
        self,
        devices: Iterable[Device],
        checks: Iterable[Check] | None = None,
        gap_seconds: float = GAP_SECONDS,
    ) -> None:
        self.devices = list(devices)
        self.checks = list(
            checks if checks is not None else (c for d in self.devices for c in checks_of(d))
        )
        self.gap_seconds = gap_seconds
        self.now = EPOCH
        self.monotonic = 0.0
        self.log: list[Transition] = []
        self.engine = Engine(self.devices, self.checks, gap_seconds)

    def wait(self, seconds: float) -> None:
        """Let time pass, with a tick at its end."""
        self.now += timedelta(seconds=seconds)
        self.monotonic += seconds
        self.engine.tick(self.now, self.monotonic)
        self._collect()

    def live(self, seconds: float, step: float = 5.0) -> None:
        """Let time pass in steps, with a tick after each."""
        while seconds > 0:
            self.wait(min(step, seconds))
            seconds -= step

    def hear(
        self,
        check_id: str,
        outcome: Outcome = Outcome.ANSWERED,
        *readings: Reading,
        age: float = 0.0,
    ) -> Advice:
        """Hand in one result, whose slot was `age` seconds ago."""
        slot = self.now - timedelta(seconds=age)
        reason = Reason.OK if outcome is Outcome.ANSWERED else Reason.NO_ANSWER
        result = CheckResult(check_id, slot, self.now, outcome, reason, readings=readings)
        batch = ResultBatch("main", "run", 1, (result,))
        advice = self.engine.handle(batch, self.now, self.monotonic)
        self._collect()
        return advice

    def ok(self, check_id: str) -> Advice:
        """Hand in an answer."""
        return self.hear(check_id)

    def fail(self, check_id: str) -> Advice:
        """Hand in a missing answer."""
        return self.hear(check_id, Outcome.FAILED)

    def restart(self) -> None:
        """Start a new engine with the states that the old one had stored."""
        stored = {one.id: self.engine.state_of(one.id) for one in self.devices}
        self.engine = Engine(self.devices, self.checks, self.gap_seconds)
        self.engine.begin(stored, self.now)
        self._collect()

    def state(self, device_id: str) -> State:
        """Return what people see of a device."""
        return self.engine.state_of(device_id).state

    def _collect(self) -> None:
        self.log.extend(self.engine.take_changes().transitions)
