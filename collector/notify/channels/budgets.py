"""How often a channel may be used, so that it is not shut in the middle of a storm. Pure.

A `Limit` says "at most `count` in any `seconds`", as services put it. Kept by a token bucket that
holds `at_once` tokens and refills slowly enough that no window of that length ever sees more:
a bucket of 20 that gains 20 a minute would let 40 out in its first minute.

    limits = limits_of(channel)
    at = budgets.next_free_at(limits, now)     # `now`: go; later: wait until then
    budgets.take(limits, now)                  # when it goes
    budgets.pause(limits, until_at)            # the service asked for a rest (429)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_KEYS = 10_000  # of chats and bots that are remembered at once


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` in any `seconds`, of these `at_once`. `key` says of what; no secret."""

    key: str
    count: int
    seconds: float
    at_once: int = 1

    def __post_init__(self) -> None:
        if not (1 <= self.at_once <= self.count and self.seconds > 0):
            raise ValueError("a limit needs 1 <= at_once <= count and seconds > 0")

    @property
    def pace(self) -> timedelta:
        """One token comes back in this time, rounded up: never one too many."""
        tokens = self.count - self.at_once + 1
        return timedelta(microseconds=math.ceil(self.seconds * 1_000_000 / tokens))


def limits_of(channel: object) -> tuple[Limit, ...]:
    """The limits of a channel, narrowest first; () when it has none."""
    limits: tuple[Limit, ...] = getattr(channel, "limits", ())
    return limits


def next_free_at(full_at: datetime | None, limit: Limit, now: datetime) -> datetime:
    """When one more may go. `full_at`: when the bucket will be full again (None: it is)."""
    if full_at is None:
        return now
    return max(now, full_at - limit.pace * (limit.at_once - 1))


def taken(full_at: datetime | None, limit: Limit, now: datetime) -> datetime:
    """When the bucket will be full again after one more went at `now`."""
    return max(now, full_at or now) + limit.pace


class Budgets:
    """The buckets of all channels. Values and `now` in, moments out; no clock, no I/O."""

    def __init__(self) -> None:
        self._full_at: dict[str, datetime] = {}
        self._paused: dict[str, datetime] = {}

    def next_free_at(self, limits: Sequence[Limit], now: datetime) -> datetime:
        """When all of these limits allow one more: `now`, or later."""
        free = now
        for limit in limits:
            free = max(free, next_free_at(self._full_at.get(limit.key), limit, now))
            free = max(free, self._paused.get(limit.key, now))
        return free

    def free(self, limits: Sequence[Limit], now: datetime, most: int) -> int:
        """How many may go at `now`, one right after the other; at most `most`."""
        count = most
        for limit in limits:
            if self._paused.get(limit.key, now) > now:
                return 0
            ahead = max(timedelta(0), (self._full_at.get(limit.key) or now) - now)
            count = min(count, limit.at_once - -(-ahead // limit.pace))
        return max(count, 0)

    def take(self, limits: Sequence[Limit], now: datetime) -> None:
        """Count one that goes at `now`."""
        self._forget(now)
        for limit in limits:
            self._full_at[limit.key] = taken(self._full_at.get(limit.key), limit, now)

    def pause(self, limits: Sequence[Limit], until_at: datetime) -> None:
        """Let nothing go to the narrowest of these before then: the service asked for it."""
        for limit in limits[:1]:
            self._paused[limit.key] = max(until_at, self._paused.get(limit.key, until_at))

    def _forget(self, now: datetime) -> None:
        """Drop what is full and paused no more, when there is much of it."""
        if len(self._full_at) + len(self._paused) >= MOST_KEYS:
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}
            self._paused = {key: at for key, at in self._paused.items() if at > now}
