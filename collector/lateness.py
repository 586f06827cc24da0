"""How late we ourselves are: a stalled event loop, and checks that wait for this machine.

LagMeter   stalls of the loop: answers that were missed meanwhile are nobody's failure
Pace       how many checks may be begun in one turn of the loop
Lateness   whether checks run late, told without flickering
"""

import asyncio
from collections import deque

from collector.clock import Clock

LAG_PERIOD_SECONDS = 0.05

TURN_SECONDS = 0.05
"""One turn of the loop should take no longer: the shortest patience of a probe is ten of them."""
_FEWEST, _FIRST, _MOST = 1, 8, 256

CALM_SECONDS = 15.0
"""Checks that were late are called on time when they have been so for this long."""


class LagMeter:
    """Knows how long the event loop was stalled, and when."""

    def __init__(self, clock: Clock, period_seconds: float | None = None) -> None:
        """Look every `period_seconds` (default 0.05): a shorter stall is not told from rest."""
        self._clock = clock
        self._period = LAG_PERIOD_SECONDS if period_seconds is None else period_seconds
        self._stalls: deque[tuple[float, float]] = deque(maxlen=256)
        self._asleep_since: float | None = None
        self.worst_seconds = 0.0

    async def run(self) -> None:
        """Measure for ever."""
        while True:
            self._asleep_since = before = self._clock.monotonic()
            await asyncio.sleep(self._period)
            now = self._clock.monotonic()
            stall = now - before - self._period
            if stall > self._period:
                self._stalls.append((now, stall))
                self.worst_seconds = max(self.worst_seconds, stall)

    def stalled_since(self, since: float, limit_seconds: float) -> bool:
        """Say whether a stall longer than the limit ended after `since` (monotonic seconds).

        One that ends just now counts: whoever asks may be woken before this meter is.
        """
        if self._asleep_since is not None:
            asleep = self._clock.monotonic() - self._asleep_since
            if asleep - self._period > limit_seconds:
                return True
        if not self._stalls or self._stalls[-1][0] < since:
            return False  # as it nearly always is
        return any(ended >= since and stall > limit_seconds for ended, stall in self._stalls)


class Pace:
    """How many checks may be begun in one turn of the loop.

    As many as let the loop come round within `TURN_SECONDS`: a slower machine begins fewer at a
    time, and never so many that it could not hear the answers. What waits for devices is not
    counted, so that a thousand dead ones take nobody's turn.
    """

    def __init__(self) -> None:
        self.size = _FIRST

    def note_turn(self, seconds: float) -> None:
        """Take in how long a turn took in which as many as allowed were begun.

        It shrinks at once to what fits and grows slowly: a turn may have been cheap by chance.
        """
        if seconds > TURN_SECONDS:
            self.size = max(_FEWEST, int(self.size * TURN_SECONDS / seconds))
        elif seconds < TURN_SECONDS / 2:
            self.size = min(_MOST, self.size + 1 + self.size // 8)


class Lateness:
    """Whether checks run late. Moments are monotonic seconds."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._last = 0.0
        self._seconds = 0.0

    def note(self, now: float, waits_seconds: float, *, late: bool) -> None:
        """Take in how long the oldest due check waits, and whether that is late."""
        if late:
            self._since = now - waits_seconds if self._since is None else self._since
            self._last, self._seconds = now, waits_seconds
        elif self._since is not None and now - self._last > CALM_SECONDS:
            self._since, self._seconds = None, 0.0

    @property
    def seconds(self) -> float:
        """By how much checks ran late when they last did; 0.0 when they are on time."""
        return self._seconds

    def lasts(self, now: float) -> float:
        """Return for how many seconds checks have run late; 0.0 when they are on time."""
        return 0.0 if self._since is None else now - self._since
