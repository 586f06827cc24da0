"""When to run what, never what it means.

One loop owns the due times; a probe runs as one short task with one deadline. A device has one
slot a protocol: a second check of the same protocol waits for the first, and a check is due again
only when it has ended, so that polls never pile up and a slow device delays nobody else. When our
own event loop was late, a missing answer is our blindness (`unknown`), not the device's failure.
"""

import asyncio
import heapq
import logging
import math
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from collector.advice import Advice
from collector.clock import Clock
from collector.model import Check, CheckResult, Outcome, Reason, Role
from collector.probes import Probe
from collector.schedule import next_slot, phase_seconds

logger = logging.getLogger(__name__)

LAG_PERIOD_SECONDS = 0.05
LAG_SHARE_OF_TIMEOUT = 0.25  # a stall longer than this share of a deadline makes us blind
_LATE_SAMPLES = 4096
_MAX_SLEEP_SECONDS = 1.0
MAX_LATE_SECONDS = 1.0  # what starts later than this no longer speaks for its slot


@dataclass(slots=True)
class PollerCounters:
    """What became of the schedule, for /metrics and the demo's score."""

    due: int = 0
    done: int = 0
    overrun: int = 0  # slots that passed while the check was still running
    skipped: int = 0  # not asked because the device does not answer at all
    blind: int = 0  # answers lost to our own lag
    errors: int = 0  # faults in our own code
    cut_short: int = 0  # under way when the collector was stopped
    late_worst_seconds: float = 0.0
    late_seconds: deque[float] = field(default_factory=lambda: deque(maxlen=_LATE_SAMPLES))

    def late_percentile(self, share: float) -> float:
        """Return a percentile of how late recent checks started, in seconds."""
        ordered = sorted(self.late_seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


@dataclass(slots=True)
class _Job:
    """One check with its place in the schedule. Moments are monotonic seconds."""

    check: Check
    phase: float
    due: float = math.inf  # not scheduled: running or waiting
    slot_seconds: float = 0.0  # the slot's moment on the wall clock
    running: bool = False
    waiting: bool = False  # due, but another check of the same device and protocol runs
    ended: float = -math.inf  # the last run
    wanted: bool = False  # somebody hinted while it ran: what it sees may be older than that


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
        return any(ended >= since and stall > limit_seconds for ended, stall in self._stalls)


class Poller:
    """Runs the pull checks of a plan for ever."""

    def __init__(
        self,
        checks: Iterable[Check],
        probes: Mapping[str, Probe],
        deliver: Callable[[Sequence[CheckResult]], Advice],
        clock: Clock,
        lag: LagMeter,
    ) -> None:
        """Schedule every check whose probe is known; others are a listener's.

        `deliver` takes the results of one check at once and answers what to ask next.
        """
        self._probes = probes
        self._deliver = deliver
        self._clock = clock
        self._lag = lag
        self._jobs: dict[str, _Job] = {}
        self._of_device: dict[str, list[_Job]] = {}
        self._running = False
        self.add(checks)
        self._queue: list[tuple[float, str]] = []
        self._busy: set[tuple[str, str]] = set()
        self._paused: set[str] = set()
        self._leaving = 0  # running for checks that are gone
        self._woken = asyncio.Event()
        self.counters = PollerCounters()

    async def run(self) -> None:
        """Poll until cancelled. Tasks in flight are cancelled with it."""
        self._running = True
        for job in self._jobs.values():
            self._schedule_slot(job)
        async with asyncio.TaskGroup() as runs:
            while True:
                self._start_due(runs)
                await self._sleep()

    def add(self, checks: Iterable[Check]) -> None:
        """Schedule more checks; those that are scheduled keep their rhythm."""
        for check in checks:
            if check.probe not in self._probes or check.id in self._jobs:
                continue
            job = _Job(check, phase_seconds(check.id, check.interval_seconds))
            self._jobs[check.id] = job
            self._of_device.setdefault(check.device_id, []).append(job)
            if self._running:
                self._schedule_slot(job)

    def keep(self, checks: Iterable[Check]) -> None:
        """Ask exactly these checks from now on; those that are the same keep their rhythm.

        What runs for a check that is gone or changed runs to its end, and its answer is nobody's.
        """
        wanted = {check.id: check for check in checks if check.probe in self._probes}
        gone = [
            job
            for job in self._jobs.values()
            if (check := wanted.get(job.check.id)) is not job.check and check != job.check
        ]
        for job in gone:
            del self._jobs[job.check.id]
            self._leaving += job.running
            self.counters.skipped += job.waiting
            job.waiting = False
            left = [one for one in self._of_device[job.check.device_id] if one is not job]
            if left:
                self._of_device[job.check.device_id] = left
            else:
                del self._of_device[job.check.device_id]
        self._paused &= {check.device_id for check in wanted.values()}
        self.add(wanted.values())

    def follow(self, advice: Advice) -> None:
        """Pull checks forward, pause and resume devices, as the engine wishes."""
        self._paused |= advice.pause
        self._paused -= advice.resume
        for device_id in advice.resume:
            for job in self._of_device.get(device_id, ()):
                if job.check.role is Role.HEALTH:
                    self._schedule_soon(job, job.check.rule.retry_seconds)
        for check_id, seconds in advice.soon.items():
            wanted = self._jobs.get(check_id)
            if wanted is not None:
                self._schedule_soon(wanted, seconds)

    def ask_now(self, device_id: str, groups: Collection[str] | None = None) -> int:
        """Ask a device at once, because something hinted that it has changed (a trap).

        `groups`: names of its groups; None asks all. Of a device that does not answer at all only
        the reachability is asked. No check runs more often than its rechecks would, however many
        hints there are: it waits until `retry_seconds` after its last run. So hints, which anybody
        may forge, neither load a device nor hasten what is believed of it. Returns how many checks
        were pulled forward; zero for a device that is not polled.
        """
        silent = device_id in self._paused
        asked = [
            job
            for job in self._of_device.get(device_id, ())
            if (job.check.role is Role.REACHABILITY if silent else self._is_of(job, groups))
        ]
        for job in asked:
            if job.running:
                job.wanted = True
            else:
                self._schedule_wanted(job)
        return len(asked)

    def under_way(self) -> int:
        """Return how many checks are asked now, wait for their turn, or were stopped in between.

        What is due is done, skipped, or one of these; whatever else there were would be lost.
        """
        now = sum(job.running or job.waiting for job in self._jobs.values())
        return now + self._leaving + self.counters.cut_short

    # --- schedule -----------------------------------------------------------------------------

    @staticmethod
    def _is_of(job: _Job, groups: Collection[str] | None) -> bool:
        return groups is None or job.check.name in groups

    def _schedule_wanted(self, job: _Job) -> None:
        job.wanted = False
        allowed = job.ended + job.check.rule.retry_seconds
        self._schedule_soon(job, max(0.0, allowed - self._clock.monotonic()))

    def _schedule_slot(self, job: _Job) -> None:
        """Put the check at its next slot. Slots missed meanwhile are not made up for."""
        wall, steady = self._clock.now().timestamp(), self._clock.monotonic()
        # The two clocks are read one after the other: a slot may be served a hair before its
        # moment, and must not be served again. Far ahead, though, means the clock was set back.
        ahead = job.slot_seconds - wall
        after = job.slot_seconds if 0 < ahead < job.check.interval_seconds else wall
        job.slot_seconds = next_slot(after, job.check.interval_seconds, job.phase)
        self._put(job, steady + job.slot_seconds - wall)

    def _schedule_soon(self, job: _Job, seconds: float) -> None:
        """Put the check `seconds` from now, unless it is due earlier anyway."""
        if job.running or job.waiting:
            return  # the answer to the wish is under way
        wall, steady = self._clock.now().timestamp(), self._clock.monotonic()
        if steady + seconds < job.due:
            job.slot_seconds = wall + seconds
            self._put(job, steady + seconds)

    def _put(self, job: _Job, due: float) -> None:
        job.due = due
        heapq.heappush(self._queue, (due, job.check.id))
        if self._queue[0][0] == due:  # else the loop wakes early enough anyway
            self._woken.set()

    async def _sleep(self) -> None:
        """Wait until the next check is due or something was pulled forward."""
        self._woken.clear()
        pause = _MAX_SLEEP_SECONDS
        if self._queue:
            pause = min(pause, self._queue[0][0] - self._clock.monotonic())
        if pause <= 0:
            await asyncio.sleep(0)
            return
        try:
            async with asyncio.timeout(pause):
                await self._woken.wait()
        except TimeoutError:
            pass

    def _start_due(self, runs: asyncio.TaskGroup) -> None:
        now = self._clock.monotonic()
        while self._queue and self._queue[0][0] <= now:
            due, check_id = heapq.heappop(self._queue)
            job = self._jobs.get(check_id)
            if job is not None and due == job.due:  # otherwise it was moved meanwhile
                self._start(job, now, runs)

    def _start(self, job: _Job, now: float, runs: asyncio.TaskGroup) -> None:
        self.counters.due += 1
        if job.check.role is Role.HEALTH and job.check.device_id in self._paused:
            self.counters.skipped += 1
            self._schedule_slot(job)
            return
        late = max(0.0, now - job.due)
        self.counters.late_seconds.append(late)
        self.counters.late_worst_seconds = max(self.counters.late_worst_seconds, late)
        job.due = math.inf
        lane = (job.check.device_id, job.check.probe)
        if lane in self._busy:
            job.waiting = True
        else:
            self._launch(job, runs)

    def _launch(self, job: _Job, runs: asyncio.TaskGroup) -> None:
        self._busy.add((job.check.device_id, job.check.probe))
        job.running, job.waiting = True, False
        wall = self._clock.now().timestamp()
        if abs(wall - job.slot_seconds) > MAX_LATE_SECONDS:  # or the clock was set meanwhile
            job.slot_seconds = wall
        runs.create_task(self._run(job, runs), name=f"check {job.check.id}")

    async def _run(self, job: _Job, runs: asyncio.TaskGroup) -> None:
        slot_at = datetime.fromtimestamp(job.slot_seconds, UTC)
        started = self._clock.monotonic()
        try:
            result = await self._ask(job.check, slot_at)
        except asyncio.CancelledError:
            self.counters.cut_short += 1
            self._leaving -= self._jobs.get(job.check.id) is not job
            raise
        finally:
            job.running = False
            job.ended = self._clock.monotonic()
            self._busy.discard((job.check.device_id, job.check.probe))
        self.counters.done += 1
        if self._jobs.get(job.check.id) is not job:  # it was changed or removed meanwhile
            self._leaving -= 1
            self._launch_waiting(job, runs)
            return
        self.counters.overrun += int(
            (self._clock.monotonic() - started) // job.check.interval_seconds
        )
        advice = self._deliver((self._honest(result, job.check, started),))
        self._schedule_slot(job)
        self.follow(advice)
        if job.wanted:
            self._schedule_wanted(job)
        self._launch_waiting(job, runs)

    def _launch_waiting(self, finished: _Job, runs: asyncio.TaskGroup) -> None:
        """Let the next check of this device and protocol have the lane."""
        waiting = [
            job
            for job in self._of_device.get(finished.check.device_id, ())
            if job.waiting and job.check.probe == finished.check.probe
        ]
        if waiting:  # first come, first served: a busy lane starves nobody
            self._launch(min(waiting, key=lambda job: job.slot_seconds), runs)

    # --- one run ------------------------------------------------------------------------------

    async def _ask(self, check: Check, slot_at: datetime) -> CheckResult:
        """Run the probe within the check's deadline; whatever happens becomes a result."""
        try:
            async with asyncio.timeout(check.timeout_seconds):
                return await self._probes[check.probe].run(check, slot_at)
        except TimeoutError:
            seconds = f"no complete answer within {check.timeout_seconds:g} s"
            return self._failed(check, slot_at, Outcome.FAILED, Reason.NO_ANSWER, seconds)
        except Exception as error:
            self.counters.errors += 1
            logger.exception("check %s failed inside the collector", check.id)
            name = type(error).__name__
            return self._failed(check, slot_at, Outcome.UNKNOWN, Reason.COLLECTOR_ERROR, name)

    def _failed(
        self, check: Check, slot_at: datetime, outcome: Outcome, reason: Reason, detail: str
    ) -> CheckResult:
        return CheckResult(check.id, slot_at, self._clock.now(), outcome, reason, detail)

    def _honest(self, result: CheckResult, check: Check, started: float) -> CheckResult:
        """Turn a missing answer into *unknown* when our own loop was late meanwhile."""
        if result.outcome is not Outcome.FAILED or result.reason is not Reason.NO_ANSWER:
            return result
        limit = check.timeout_seconds * LAG_SHARE_OF_TIMEOUT
        overslept = self._clock.monotonic() - started - check.timeout_seconds > limit
        if not overslept and not self._lag.stalled_since(started, limit):
            return result
        self.counters.blind += 1
        return replace(result, outcome=Outcome.UNKNOWN, reason=Reason.COLLECTOR_LAG, readings=())
