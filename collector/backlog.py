"""Checks that are due and wait for this machine, and which of them is next. Pure.

When more is due than the machine can do, no check is left out and none is favoured: next is the
one that has waited longest *of its own pace*, so that all are stretched by the same factor, one of
30 s to 90 s where one of 5 min goes to 15 min, and a recheck of 5 s to 15 s: else no death would be
confirmed before what is known of the device is too old. Reachability alone counts double: it costs
little, and everything that is believed of a device rests on it.

    due ──► put ──► one queue for each probe and pace ──► take: the longest wait, relatively
"""

import math
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import count

from collector.model import Check, Role

REACHABILITY_WEIGHT = 2.0

LATE_SECONDS = 10.0
LATE_SHARE = 0.5
_NEVER_LATE_SECONDS = 2.0


class Stage(Enum):
    """Where a check stands between two of its slots."""

    SCHEDULED = auto()  # it has a due time
    DUE = auto()  # it waits for this machine
    BLOCKED = auto()  # it waits for another check of the same device and protocol
    RUNNING = auto()


@dataclass(slots=True, eq=False)
class Job:
    """One check with its place in the schedule. Moments are monotonic seconds."""

    check: Check
    phase: float
    number: int = field(default_factory=count().__next__)  # of two due at once the lower goes first
    stage: Stage = Stage.SCHEDULED
    due: float = math.inf  # not scheduled: due by now, or running
    slot_seconds: float = 0.0  # the slot's moment on the wall clock
    own_slot: bool = False  # that is a slot of the check, not a recheck between two of them
    pace: float = math.inf  # how often it is to be asked now: its interval, or that of rechecks
    due_since: float = math.inf  # when it last was due
    due_seconds: float = 0.0  # the same on the wall clock
    taken: float = math.inf  # when this machine had time for it
    began: float = math.inf  # the last run
    ended: float = -math.inf  # the last run
    gone: bool = False  # nobody wants the check any more
    wanted: bool = False  # somebody hinted while it ran: what it sees may be older than that

    def become_due(self) -> None:
        """Take it out of the schedule: its moment has come."""
        self.stage = Stage.DUE
        self.due_since, self.due = self.due, math.inf
        self.due_seconds = self.slot_seconds


class Backlog:
    """Due checks in the order in which they are to be run."""

    def __init__(self) -> None:
        self._queues: dict[tuple[str, float], deque[Job]] = {}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def put(self, job: Job) -> None:
        """Let a check wait that became due. Those of an earlier due time must come first."""
        queue = self._queues.get(key := (job.check.probe, _weighed(job)))
        if queue is None:
            self._queues[key] = queue = deque()
        queue.append(job)
        self._size += 1

    def drop(self, job: Job) -> None:
        """Let a check wait no longer: nobody wants it any more."""
        if job.stage is Stage.DUE:
            job.stage = Stage.SCHEDULED
            self._size -= 1  # its place in the queue is passed over when its turn comes

    def take(self, now: float, closed: Collection[str] = ()) -> Job | None:
        """Return the check that is next, or None. Those of `closed` probes wait on."""
        if not self._size:
            return None
        best: tuple[str, float] | None = None
        longest = -math.inf
        for key in tuple(self._queues):
            probe, pace = key
            head = None if probe in closed else self._head(key)
            if head is not None and (waited := (now - head.due_since) / pace) > longest:
                best, longest = key, waited
        if best is None:
            return None
        self._size -= 1
        return self._queues[best].popleft()

    def waits(self, now: float) -> tuple[float, bool]:
        """Return how many seconds the oldest due check has waited, and whether any is late."""
        oldest, late = 0.0, False
        if not self._size:
            return oldest, late
        for key in tuple(self._queues):
            head = self._head(key)
            if head is not None:
                waited = now - head.due_since
                oldest = max(oldest, waited)
                late = late or waited > late_after(head.check.interval_seconds)
        return oldest, late

    def _head(self, key: tuple[str, float]) -> Job | None:
        queue = self._queues[key]
        while queue and queue[0].stage is not Stage.DUE:
            queue.popleft()
        if queue:
            return queue[0]
        del self._queues[key]
        return None


def late_after(interval_seconds: float) -> float:
    """Return from which wait on a check is called late: half its interval, 10 s at most."""
    return min(max(interval_seconds * LATE_SHARE, _NEVER_LATE_SECONDS), LATE_SECONDS)


def _weighed(job: Job) -> float:
    """Return the wait that counts as one, in seconds."""
    weight = REACHABILITY_WEIGHT if job.check.role is Role.REACHABILITY else 1.0
    return job.pace / weight
