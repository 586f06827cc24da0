"""What we know of the clock of an agent's engine, and whether a message fits it. Pure.

The clock is two numbers: how often the engine has booted, and the seconds since (RFC 3414,
section 2.2). Agents refuse requests that are more than 150 seconds off.
"""

from typing import Final

WINDOW_SECONDS: Final = 150
MOST: Final = 2**31 - 1
"""Both numbers end here. An engine that has booted so often refuses all that is signed."""


class EngineClock:
    """Our notion of one engine's clock (RFC 3414, section 2.3). `now` is monotonic seconds."""

    __slots__ = ("_ahead", "_latest", "boots", "is_proven")

    def __init__(self, boots: int, time: int, now: float) -> None:
        """Begin with what discovery told, which is not signed: good enough to ask with."""
        self.boots = boots
        self._ahead = time - now
        self._latest = time  # latestReceivedEngineTime
        self.is_proven = False

    def time(self, now: float) -> int:
        """Return the seconds since the engine booted."""
        return min(max(int(self._ahead + now), 0), MOST)

    def hear(self, boots: int, time: int, now: float) -> bool:
        """Take in the clock of a signed message; say whether it lies within the window.

        The notion only ever moves forward (RFC 3414, section 3.2, step 7b), but for the first
        signed message, which replaces what discovery told.
        """
        if not self.is_proven or boots > self.boots or self._is_later(boots, time):
            self.boots, self._latest, self._ahead = boots, time, time - now
            self.is_proven = True
        if self.is_used_up or boots < self.boots:
            return False
        return time >= self.time(now) - WINDOW_SECONDS

    @property
    def is_used_up(self) -> bool:
        """Say whether the engine can never be asked again until somebody resets it."""
        return self.boots == MOST

    def _is_later(self, boots: int, time: int) -> bool:
        return boots == self.boots and time > self._latest
