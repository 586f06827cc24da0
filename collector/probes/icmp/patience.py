"""When to stop waiting for echoes: one timer for all that are on their way."""

import asyncio
from collections.abc import Callable
from itertools import takewhile
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
    """Moments at which trains give up, by the loop's clock. Most are dropped before theirs comes.

    A dict keeps the order in which trains came, and lets one go that is over at once: its memory
    is used again while it is still in the processor's caches.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, listen: Callable[[], None]) -> None:
        """`listen` reads what has arrived: our loop may be late, the answers may be there."""
        self._loop = loop
        self._listen = listen
        self._moments: dict[Waiting, float] = {}  # the next to give up first
        self._latest = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, at: float, train: Waiting) -> None:
        """Let a train give up at a moment, or up to `TOGETHER_SECONDS` later."""
        moments = self._moments
        moments[train] = at
        if at >= self._latest or len(moments) == 1:  # nearly always: all wait equally long
            self._latest = at
            if self._timer is None:
                self._wake_for_the_first()
        else:
            self._moments = dict(sorted(moments.items(), key=itemgetter(1)))
            self._wake_for_the_first()

    def drop(self, train: Waiting) -> None:
        """Forget a train that is over. Doing so twice changes nothing."""
        self._moments.pop(train, None)

    def close(self) -> None:
        """Let every train that still waits give up now. Safe to call twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        moments, self._moments = self._moments, {}
        for train in list(moments):
            if not train.over:
                train.expire()

    def _wake_for_the_first(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        at = next(iter(self._moments.values()))
        self._timer = self._loop.call_at(at + TOGETHER_SECONDS, self._end_due)

    def _end_due(self) -> None:
        self._timer = None
        self._listen()
        now = self._loop.time()
        due = [train for train, _ in takewhile(lambda item: item[1] <= now, self._moments.items())]
        for train in due:
            self.drop(train)
            if not train.over:
                train.expire()
        if self._moments and self._timer is None:
            self._wake_for_the_first()
