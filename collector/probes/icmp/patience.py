"""When to stop waiting for echoes: one timer for all that are on their way."""

import asyncio
from bisect import insort
from collections import deque
from collections.abc import Callable
from operator import itemgetter
from typing import Protocol

TOGETHER_SECONDS = 0.01  # what ends within this time is given up in one go


class Waiting(Protocol):
    """Who waits for answers: a train."""

    @property
    def over(self) -> bool:
        """Whether it waits no longer."""
        ...

    def expire(self) -> None:
        """Take that no more answers will be waited for."""
        ...


class Patience:
    """Moments at which trains give up, by the loop's clock. Most are over before theirs comes."""

    def __init__(self, loop: asyncio.AbstractEventLoop, listen: Callable[[], None]) -> None:
        """`listen` reads what has arrived: our loop may be late, the answers may be there."""
        self._loop = loop
        self._listen = listen
        self._queue: deque[tuple[float, Waiting]] = deque()  # the next to give up first
        self._timer: asyncio.TimerHandle | None = None

    def add(self, at: float, train: Waiting) -> None:
        """Let a train give up at a moment, or up to `TOGETHER_SECONDS` later."""
        queue = self._queue
        if queue and at < queue[-1][0]:
            insort(queue, (at, train), key=itemgetter(0))
        else:  # nearly always: all wait equally long
            queue.append((at, train))
        if self._timer is None or queue[0][1] is train:
            self._wake_at(queue[0][0] + TOGETHER_SECONDS)

    def close(self) -> None:
        """Let every train that still waits give up now. Safe to call twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        queue, self._queue = self._queue, deque()
        for _, train in queue:
            if not train.over:
                train.expire()

    def _wake_at(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(at, self._end_due)

    def _end_due(self) -> None:
        self._timer = None
        self._listen()
        now = self._loop.time()
        while self._queue and (self._queue[0][0] <= now or self._queue[0][1].over):
            train = self._queue.popleft()[1]
            if not train.over:
                train.expire()
        if self._queue and self._timer is None:
            self._wake_at(self._queue[0][0] + TOGETHER_SECONDS)
