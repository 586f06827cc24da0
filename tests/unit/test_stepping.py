"""Coroutines without a task: stepped by what they wait for, told once, within their time."""

import asyncio
from collections.abc import Callable

import pytest

from collector.probes.stepping import Stepper, Wait


class Answer(Wait[int]):
    """A wait that notes when nobody waits any more."""

    __slots__ = ("abandoned",)

    def __init__(self) -> None:
        super().__init__()
        self.abandoned = 0

    def abandon(self) -> None:
        self.abandoned += 1


async def add(*answers: Wait[int]) -> int:
    total = 0
    for answer in answers:
        total += await answer
    return total


Told = list[int | Exception]


def begun(*answers: Wait[int], seconds: float = 60.0) -> tuple[Told, Callable[[], None]]:
    told: Told = []
    return told, Stepper().begin(add(*answers), seconds, told.append)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


async def test_a_run_goes_on_when_its_wait_ends_and_tells_its_result() -> None:
    first, second = Answer(), Answer()
    told, _ = begun(first, second)
    first.succeed(1)
    assert told == []
    second.succeed(2)
    assert told == [3]
    assert (first.abandoned, second.abandoned) == (0, 0)


async def test_an_error_is_raised_in_whoever_waits_and_told_if_it_is_not_caught() -> None:
    answer = Answer()
    told, _ = begun(answer)
    answer.fail(ZeroDivisionError("uji"))
    assert [str(one) for one in told] == ["uji"]


async def test_what_ends_in_its_first_step_is_told_later_and_not_when_it_was_stopped() -> None:
    over = Answer()
    over.succeed(7)
    told, _ = begun(over)
    over_too = Answer()
    over_too.fail(ValueError())
    other, stop = begun(over_too)
    assert (told, other) == ([], [])
    stop()
    await until(lambda: told == [7])
    await asyncio.sleep(0)
    assert other == []


async def test_a_stopped_run_leaves_its_wait_and_tells_nothing() -> None:
    answer = Answer()
    told, stop = begun(answer)
    stop()
    stop()
    assert answer.abandoned == 1
    answer.succeed(1)
    assert told == []


async def test_stopping_what_is_over_does_nothing() -> None:
    answer = Answer()
    told, stop = begun(answer)
    answer.succeed(1)
    stop()
    assert (told, answer.abandoned) == ([1], 0)


async def test_a_run_whose_time_is_over_tells_so_and_leaves_its_wait() -> None:
    stepper, slow, quick, late = Stepper(), Answer(), Answer(), Answer()
    told: dict[str, Told] = {"slow": [], "quick": [], "late": []}
    stepper.begin(add(slow), 60.0, told["slow"].append)
    stepper.begin(add(quick), 0.02, told["quick"].append)
    stepper.begin(add(late), 0.01, told["late"].append)
    quick.succeed(1)
    await until(lambda: bool(told["late"]))
    assert isinstance(told["late"][0], TimeoutError)
    assert (late.abandoned, slow.abandoned) == (1, 0)
    slow.succeed(2)
    assert (told["quick"], told["slow"]) == ([1], [2])


async def test_deadlines_of_any_number_of_runs_share_one_timer() -> None:
    stepper = Stepper()
    told: Told = []
    waits = [Answer() for _ in range(50)]
    for number, wait in enumerate(waits):
        stepper.begin(add(wait), 0.001 * (1 + number % 5), told.append)
    timers = [one for one in asyncio.get_running_loop()._scheduled if not one.cancelled()]  # type: ignore[attr-defined]
    assert len(timers) == 1
    await until(lambda: len(told) == 50)
    assert {type(one) for one in told} == {TimeoutError}
    assert all(wait.abandoned == 1 for wait in waits)
    assert stepper._timer is None


async def test_a_run_that_waits_for_what_needs_a_task_is_told_as_a_fault() -> None:
    told: list[Exception | None] = []

    async def sleep() -> None:
        await asyncio.sleep(0)

    Stepper().begin(sleep(), 60.0, told.append)
    await until(lambda: len(told) == 1)
    assert "task" in str(told[0])


async def test_whoever_hears_of_an_end_may_begin_another_run() -> None:
    stepper, first, second = Stepper(), Answer(), Answer()
    told: Told = []

    def go_on(_: int | Exception) -> None:
        stepper.begin(add(second), 60.0, told.append)

    stepper.begin(add(first), 60.0, go_on)
    first.succeed(1)
    second.succeed(2)
    assert told == [2]


async def test_the_same_wait_can_be_awaited_in_a_task() -> None:
    good, bad, left = Answer(), Answer(), Answer()
    tasks = [asyncio.create_task(add(one)) for one in (good, bad, left)]
    await asyncio.sleep(0)
    good.succeed(5)
    bad.fail(ZeroDivisionError())
    tasks[2].cancel()
    assert await tasks[0] == 5
    with pytest.raises(ZeroDivisionError):
        await tasks[1]
    with pytest.raises(asyncio.CancelledError):
        await tasks[2]
    assert (good.abandoned, bad.abandoned, left.abandoned) == (0, 0, 1)
