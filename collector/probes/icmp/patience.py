"""One timer for many trains: when the next echo of each leaves, when each gives up.

All wait equally long, so they are due in the order in which they came. A dict keeps it, and lets
one go that is over at once: its memory is used again while it is still in the processor's caches.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from itertools import takewhile
from operator import itemgetter
from typing import Generic, Protocol, TypeVar

TOGETHER_SECONDS = 0.01  # what is due within this time is done in one go


class Waiting(Protocol):
    """Who waits for answers: a train."""

    @property
    def over(self) -> bool:
        """Whether it waits no longer."""
        ...

    def expire(self) -> None:
        """Take that no more answers will be waited for."""
        ...


class Pausing(Protocol):
    """Who pauses before its next echo: a train."""

    def start(self) -> None:
        """Send the next echo, or wait for its turn."""
        ...


_Who = TypeVar("_Who")


class Moments(ABC, Generic[_Who]):
    """Moments, by the loop's clock, at which to do something with each of many."""

    def __init__(self, loop: asyncio.AbstractEventLoop, together_seconds: float) -> None:
        """`together_seconds`: how much later than its moment one may be, to go with others."""
        self._loop = loop
        self._together_seconds = together_seconds
        self._moments: dict[_Who, float] = {}  # the next first
        self._latest = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, at: float, who: _Who) -> None:
        """Set somebody's moment."""
        moments = self._moments
        moments[who] = at
        if at >= self._latest or len(moments) == 1:  # nearly always
            self._latest = at
            if self._timer is None:
                self._wake_for_the_first()
        else:
            self._moments = dict(sorted(moments.items(), key=itemgetter(1)))
            self._wake_for_the_first()

    def drop(self, who: _Who) -> None:
        """Forget somebody's moment. Doing so twice changes nothing."""
        self._moments.pop(who, None)

    def close(self) -> None:
        """Let everybody's moment be now. Safe to call twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        moments, self._moments = self._moments, {}
        for who in moments:
            self.wake(who)

    @abstractmethod
    def wake(self, who: _Who) -> None:
        """Do what is due with somebody, whose moment is forgotten by now."""

    def _wake_for_the_first(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        at = next(iter(self._moments.values()))
        self._timer = self._loop.call_at(at + self._together_seconds, self._wake_due)

    def _wake_due(self) -> None:
        self._timer = None
        now = self._loop.time()
        due = [who for who, _ in takewhile(lambda item: item[1] <= now, self._moments.items())]
        try:
            for who in due:
                if self._moments.pop(who, None) is not None:
                    self.wake(who)
        finally:
            if self._moments and self._timer is None:
                self._wake_for_the_first()


class Patience(Moments[Waiting]):
    """When trains give up. Most are dropped before."""

    def __init__(self, loop: asyncio.AbstractEventLoop, listen: Callable[[], None]) -> None:
        """`listen` reads what has arrived: our loop may be late, the answers may be there."""
        super().__init__(loop, TOGETHER_SECONDS)
        self._listen = listen

    def wake(self, who: Waiting) -> None:
        """Let a train give up, if it still waits."""
        if not who.over:
            who.expire()

    def _wake_due(self) -> None:
        self._timer = None
        self._listen()
        super()._wake_due()


class Pauses(Moments[Pausing]):
    """When trains send their next echo."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop, TOGETHER_SECONDS)

    def wake(self, who: Pausing) -> None:
        """Let a train send its next echo."""
        who.start()
