"""The one place that reads the clocks.

Logic takes `now` as an argument; only edges (poller, listeners, engine, app) hold a `Clock`.
Stored moments are aware UTC datetimes; deadlines and intervals use monotonic seconds.
"""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall-clock and monotonic time. Tests hand in a virtual one."""

    def now(self) -> datetime:
        """Return the current moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds on a clock that never jumps and does not stop while suspended."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """Return the current moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds of CLOCK_BOOTTIME where there is one, so that a suspend is seen."""
        return time.clock_gettime(_STEADY)


_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
