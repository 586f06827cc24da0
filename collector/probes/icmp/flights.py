"""Echoes in flight by sequence number, and when the next may leave. Pure."""

import secrets
from typing import Protocol

from msgspec import Struct

SEQUENCES = 1 << 16
REMEMBERED = 4096  # settled echoes kept to tell a late reply from a forged one
TURN_SECONDS = 0.05  # so much of the rate may leave in one go: waking up costs as much as a ping


class Asker(Protocol):
    """Who waits for an echo: a train."""

    address: str  # to send to
    plain: str  # the same as the source of an answer shows it
    timeout_seconds: float

    def answered(self, position: int, rtt_seconds: float) -> None:
        """Take the answer of the echo at this position of the train."""

    def lost(self, position: int) -> None:
        """Take that this echo will count as lost."""

    def note_error(self, code: int) -> None:
        """Take the network's word (an errno) about an echo that may still be answered."""


class Flight(Struct, eq=False):
    """One echo: on its way while `asker` is set, settled after that."""

    asker: Asker | None
    position: int
    address: str
    nonce: bytes
    sent_ns: int  # CLOCK_REALTIME, as the kernel's stamps
    sent_steady_ns: int  # CLOCK_MONOTONIC: bounds what a stamp may claim


class Flights:
    """Sequence number → echo. A number is taken again only when its echo is settled."""

    def __init__(self) -> None:
        self._slots: list[Flight | None] = [None] * SEQUENCES
        self._last = secrets.randbelow(SEQUENCES)
        self._flying = 0

    def __len__(self) -> int:
        return self._flying

    def take(self) -> int | None:
        """Return a free sequence number, None when 65,535 echoes are in flight."""
        if self._flying >= SEQUENCES - 1:
            return None
        slots = self._slots
        sequence = (self._last + 1) % SEQUENCES
        while (flight := slots[sequence]) is not None and flight.asker is not None:
            sequence = (sequence + 1) % SEQUENCES
        self._last = sequence
        old = (sequence - REMEMBERED) % SEQUENCES
        if (flight := slots[old]) is not None and flight.asker is None:
            slots[old] = None
        return sequence

    def start(self, sequence: int, flight: Flight) -> None:
        """Put an echo under the number that `take` gave."""
        self._slots[sequence] = flight
        self._flying += 1

    def settle(self, sequence: int) -> None:
        """Mark an echo as answered or given up. Doing so twice changes nothing."""
        flight = self._slots[sequence]
        if flight is None or flight.asker is None:
            return
        flight.asker = None
        self._flying -= 1
        if (self._last - sequence) % SEQUENCES >= REMEMBERED:
            self._slots[sequence] = None

    def find(self, sequence: int) -> Flight | None:
        """Return the echo in flight or lately settled under a number."""
        return self._slots[sequence]


class Pacer:
    """Spreads sends evenly (GCRA): at most `rate` a second, in bursts of one turn."""

    def __init__(self, rate: float) -> None:
        self._interval = 1.0 / rate
        self._next_at = 0.0

    def reserve(self, now: float) -> float:
        """Take the next free place; return the moment (same clock as `now`) to send at."""
        at = self._next_at
        if at < now:
            at = now
        self._next_at = at + self._interval
        if at - now < TURN_SECONDS:
            return now
        # Rounded up to whole turns, so that the loop wakes once for all sends of a turn.
        return (at // TURN_SECONDS + 1) * TURN_SECONDS

    def queue_seconds(self, now: float) -> float:
        """Return how long the next send would wait for its place."""
        return max(0.0, self._next_at - now)


def round_trip_seconds(flight: Flight, stamp_ns: int | None, now_ns: int) -> float:
    """Return the round trip by the kernel's stamp, if that is possible at all.

    A stamp before the sending, or one that makes the trip longer than we have waited for it,
    means that the wall clock was set meanwhile; our own clock then gives the upper bound.
    """
    waited_ns = now_ns - flight.sent_steady_ns
    if stamp_ns is None:
        return waited_ns / 1e9
    by_stamp_ns = stamp_ns - flight.sent_ns
    return (by_stamp_ns if 0 <= by_stamp_ns <= waited_ns else waited_ns) / 1e9
