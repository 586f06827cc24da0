"""What this process costs, over the last minute: told with each heartbeat, read by `pantau doctor`.

The share is of one core, of the whole process: sockets, states, and the threads that write to the
store and the sink. Python runs one thread at a time, so that little is possible beyond one core.
"""

import time
from collections import deque

from collector.clock import Clock

WINDOW_SECONDS = 60.0


class Usage:
    """Takes a sample whenever it is asked, and tells what was used since the oldest of a minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._samples: deque[tuple[float, float, int]] = deque()

    def figures(self, checks_done: int) -> dict[str, float]:
        """Return the figures of this moment; `checks_done` counts since the start.

        `cpu_seconds` counts since the process began; `cpu_share` (1.0: one core) and
        `checks_a_minute` are of the last `usage_seconds`, a minute at most.
        """
        now, cpu = self._clock.monotonic(), time.process_time()
        self._samples.append((now, cpu, checks_done))
        while now - self._samples[0][0] > WINDOW_SECONDS:
            self._samples.popleft()
        began, used, done = self._samples[0]
        seconds = now - began
        figures = {"cpu_seconds": cpu, "usage_seconds": seconds}
        if seconds > 0:
            figures["cpu_share"] = (cpu - used) / seconds
            figures["checks_a_minute"] = (checks_done - done) * 60 / seconds
        return figures
