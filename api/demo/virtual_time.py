"""An event loop and a clock that jump instead of waiting: a day of polling in a moment.

For what runs without sockets and threads of its own: the truth scenario, and tests.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any


class VirtualClock:
    """A `Clock` on the loop's virtual time; the wall clock can be set apart from it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, start: datetime) -> None:
        self._loop = loop
        self._start = start

    def now(self) -> datetime:
        """Return the moment on the wall clock, aware, in UTC."""
        return self._start + timedelta(seconds=self._loop.time())

    def monotonic(self) -> float:
        """Return the loop's seconds, which no step of the wall clock moves."""
        return self._loop.time()

    def step(self, seconds: float) -> None:
        """Set the wall clock forward or back, as NTP would."""
        self._start += timedelta(seconds=seconds)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Runs timers in order at full speed."""

    def __init__(self) -> None:
        self._virtual_seconds = 0.0
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        """Return the virtual seconds since the loop was made."""
        return self._virtual_seconds

    def jump(self, seconds: float) -> None:
        """Let time pass, as if the loop had been stalled."""
        self._virtual_seconds += seconds


class _JumpingSelector(selectors.SelectSelector):
    """Nobody else is there to be waited for: it only lets time pass."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("every task waits for something that never comes")
        if timeout > 0:
            self._loop.jump(timeout)
        return []


def run_virtually(main: Coroutine[Any, Any, None], loop: VirtualTimeLoop) -> None:
    """Run `main` to its end on virtual time and close the loop."""
    try:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(main)
    finally:
        asyncio.set_event_loop(None)
        loop.close()
