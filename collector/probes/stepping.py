"""Runs coroutines without a task, a timer and a future each, which cost as much as a question does.

    begin ─► step ─► the coroutine awaits a `Wait` ···► whoever ends the wait steps on ─► … ─► told
                                                 └····► its deadline: TimeoutError is told

What asks several questions in turn is read best as a coroutine; it need not be a task for that. A
`Wait` that is awaited in a task is waited for with a future, as usual.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

_Made = TypeVar("_Made")


class Wait(Generic[_Made]):
    """Something that is awaited once, and ends once: with a result or an error."""

    __slots__ = ("_error", "_result", "_wake", "is_over")

    def __init__(self) -> None:
        self.is_over = False
        self._result: _Made
        self._error: BaseException | None = None
        self._wake: Callable[[], None] | None = None

    def succeed(self, result: _Made) -> None:
        """End with a result. Without a task, whoever awaits goes on before this returns."""
        self.is_over = True
        self._result = result
        if self._wake is not None:
            self._wake()

    def fail(self, error: BaseException) -> None:
        """End with an error, which is raised in whoever awaits."""
        self.is_over = True
        self._error = error
        if self._wake is not None:
            self._wake()

    def __await__(self) -> Generator[Any, None, _Made]:
        if not self.is_over:
            run = _stepped
            try:
                if run is not None:
                    self._wake = run.step
                    yield self
                else:
                    future = asyncio.get_running_loop().create_future()
                    self._wake = lambda: None if future.done() else future.set_result(None)
                    yield from future
            finally:
                self._wake = None
                if not self.is_over:
                    self.abandon()
        error, self._error = self._error, None
        if error is None:
            return self._result
        try:
            raise error
        finally:
            del error  # or the error would hold this frame, and this frame the error

    def abandon(self) -> None:
        """Take that nobody waits any more: it was cancelled, or stopped."""


Tell = Callable[[_Made | Exception], None]
"""Hears what a coroutine returned or what it raised; TimeoutError when its time was over."""


class _Run(Generic[_Made]):
    """One coroutine under way."""

    __slots__ = ("_beginning", "_coroutine", "_soon", "_tell")

    def __init__(self, coroutine: Coroutine[Any, None, _Made], tell: Tell[_Made]) -> None:
        self._coroutine = coroutine
        self._tell: Tell[_Made] | None = tell
        self._soon: asyncio.Handle | None = None  # ended in its first step, told in the next turn
        self._beginning = True

    @property
    def is_over(self) -> bool:
        """Whether it was told what came of it, or it was stopped."""
        return self._tell is None

    def begin(self) -> None:
        """Do the first step; nothing is told before this returns."""
        self.step()
        self._beginning = False

    def step(self) -> None:
        """Go on to the next wait, or to the end."""
        global _stepped
        before, _stepped = _stepped, self
        try:
            waited = self._coroutine.send(None)
        except StopIteration as end:
            told: _Made | Exception = end.value
        except Exception as fault:  # noqa: BLE001 - whoever began the run is to hear it
            told = fault
        else:
            if isinstance(waited, Wait):
                return
            told = RuntimeError("a coroutine awaited what only a task can wait for")
            self._coroutine.close()
        finally:
            _stepped = before
        if self._beginning:
            self._soon = asyncio.get_running_loop().call_soon(self._end, told)
        else:
            self._end(told)

    def stop(self) -> None:
        """End it where it stands and tell nothing any more. Safe to call twice."""
        self._tell = None
        if self._soon is not None:
            self._soon.cancel()
        self._coroutine.close()

    def expire(self) -> None:
        """End it where it stands, and tell that its time is over."""
        if self._soon is None:
            self._coroutine.close()
            self._end(TimeoutError())

    def _end(self, told: _Made | Exception) -> None:
        tell, self._tell = self._tell, None
        if tell is not None:
            tell(told)


_stepped: _Run[Any] | None = None
"""The run whose coroutine is at work at this moment; None in a task."""


class Stepper:
    """Coroutines that are stepped by what they wait for, each within its time."""

    def __init__(self) -> None:
        self._due: defaultdict[float, deque[tuple[float, _Run[Any]]]] = defaultdict(deque)
        """By how long they may take: so each queue is in order. Most are over before their time."""
        self._timer: asyncio.TimerHandle | None = None

    def begin(
        self, coroutine: Coroutine[Any, None, _Made], seconds: float, tell: Tell[_Made]
    ) -> Callable[[], None]:
        """Run a coroutine that awaits nothing but `Wait`s; tell what came of it, once and later.

        Returns what stops it: then nothing is told any more.
        """
        run = _Run(coroutine, tell)
        run.begin()
        at = asyncio.get_running_loop().time() + seconds
        self._due[seconds].append((at, run))
        if self._timer is None or at < self._timer.when():
            self._wake_at(at)
        return run.stop

    def _expire(self) -> None:
        """End what is due, and sleep until the next one may be."""
        self._timer = None
        now = asyncio.get_running_loop().time()
        for queue in list(self._due.values()):
            while queue and (queue[0][1].is_over or queue[0][0] <= now):
                run = queue.popleft()[1]
                if not run.is_over:
                    run.expire()
        heads = [queue[0][0] for queue in self._due.values() if queue]
        if heads:
            self._wake_at(min(heads))

    def _wake_at(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(at, self._expire)
