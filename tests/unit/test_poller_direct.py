"""Checks that run without a task: their ends, and what becomes of a fault or of a stop."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from collector.advice import Advice
from collector.clock import SystemClock
from collector.lateness import LagMeter
from collector.model import Check, CheckResult, Outcome, Reason
from collector.poller import Poller
from tests.virtual_city import checks_of, device


class Echo:
    """Answers in the next turn of the loop, or never."""

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers
        self.stopped: list[str] = []

    def can_begin(self, check: Check) -> bool:
        return check.probe == "ping"

    async def run(self, check: Check, slot_at: datetime) -> CheckResult:
        raise AssertionError(f"{check.id} got a task at {slot_at}")

    def begin(
        self, check: Check, slot_at: datetime, done: Callable[[CheckResult], None]
    ) -> Callable[[], None]:
        result = CheckResult(check.id, slot_at, slot_at, Outcome.ANSWERED, Reason.OK)
        if self.answers:
            asyncio.get_running_loop().call_soon(done, result)
        return lambda: self.stopped.append(check.id)


def poller_of(echo: Echo, deliver: Callable[[Sequence[CheckResult]], Advice]) -> Poller:
    clock = SystemClock()
    checks = [check for n in range(5) for check in checks_of(device(f"cam{n}"))]
    poller = Poller(checks, {"ping": echo}, deliver, clock, LagMeter(clock), together_seconds=0.0)
    for n in range(5):
        poller.ask_now(f"cam{n}")
    return poller


async def test_every_answer_is_delivered_once() -> None:
    heard: list[str] = []

    def deliver(results: Sequence[CheckResult]) -> Advice:
        heard.extend(one.check_id for one in results)
        return Advice()

    poller = poller_of(Echo(answers=True), deliver)
    running = asyncio.create_task(poller.run())
    async with asyncio.timeout(10):
        while len(heard) < 5:
            poller_asks = [poller.ask_now(f"cam{n}") for n in range(5)]
            assert poller_asks == [1] * 5
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert set(heard) == {f"cam{n}/ping" for n in range(5)}
    counters = poller.counters
    assert counters.due == counters.done + poller.under_way()


async def test_what_runs_when_the_poller_is_stopped_is_stopped_and_counted() -> None:
    echo = Echo(answers=False)
    poller = poller_of(echo, lambda _: Advice())
    running = asyncio.create_task(poller.run())
    async with asyncio.timeout(10):
        while poller.counters.due < 5:
            await asyncio.sleep(0.01)
            for n in range(5):
                poller.ask_now(f"cam{n}")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert sorted(echo.stopped) == [f"cam{n}/ping" for n in range(5)]
    assert (poller.counters.cut_short, poller.under_way()) == (5, 5)


async def test_a_fault_of_ours_in_taking_a_result_ends_the_poller() -> None:
    def deliver(results: Sequence[CheckResult]) -> Advice:
        raise ZeroDivisionError(results[0].check_id)

    poller = poller_of(Echo(answers=True), deliver)
    for n in range(5):
        poller.ask_now(f"cam{n}")
    async with asyncio.timeout(60):
        with pytest.raises((ZeroDivisionError, ExceptionGroup)) as told:
            await poller.run()
    assert "cam" in str(getattr(told.value, "exceptions", [told.value])[0])


class Watch:
    """A clock on which the beginning of a run takes 20 ms, and nothing else takes time."""

    def __init__(self) -> None:
        self._real = SystemClock()
        self.spent = 0.0

    def now(self) -> datetime:
        return self._real.now() + timedelta(seconds=self.spent)

    def monotonic(self) -> float:
        return self._real.monotonic() + self.spent


class Heavy(Echo):
    """A probe whose runs are dear to begin; notes in which turn of the loop each began."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(answers=False)
        self._watch = watch
        self.turn = 0
        self.began_in: list[int] = []

    def begin(
        self, check: Check, slot_at: datetime, done: Callable[[CheckResult], None]
    ) -> Callable[[], None]:
        self._watch.spent += 0.02
        self.began_in.append(self.turn)
        return super().begin(check, slot_at, done)


async def test_what_is_dear_to_begin_is_begun_a_few_at_a_time_so_that_answers_are_heard() -> None:
    watch = Watch()
    heavy = Heavy(watch)
    checks = [check for n in range(200) for check in checks_of(device(f"cam{n}"))]
    poller = Poller(checks, {"ping": heavy}, lambda _: Advice(), watch, LagMeter(watch))
    running = asyncio.create_task(poller.run())
    await asyncio.sleep(0)
    watch.spent += 60.0  # all are due at once
    async with asyncio.timeout(30):
        while len(heavy.began_in) < 200:
            heavy.turn += 1
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    later = Counter(heavy.began_in[100:])
    assert max(later.values()) <= 4, "50 ms hold two of them"
