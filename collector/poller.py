"""When to run what, never what it means.

    slots ── due ──► Backlog ── as many as this machine can do ──► one run a check ──► deliver

One loop owns the due times; most runs (`collector.runs`) are no tasks, and what ends together is
taken together. A device has one slot a protocol: a second check of the same protocol waits for the
first, and a check is due again only when it has ended, so that polls never pile up and a slow
device delays nobody else. When our own event loop was late, a missing answer is our blindness
(`unknown`), not the device's failure.

When more is due than this machine can do, checks are stretched evenly (`collector.backlog`), and
what was left out is counted: what was due is done, skipped, missed, or under way.
"""

import asyncio
import heapq
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from collector.advice import Advice
from collector.asking import Asking, PollerCounters
from collector.backlog import Backlog, Job, Stage
from collector.clock import Clock
from collector.lateness import LagMeter, Lateness, Pace
from collector.model import Check, CheckResult, Role
from collector.probes import Paced, Probe
from collector.runs import Ended, Runs
from collector.schedule import next_slot, phase_seconds, slots_between

_MAX_SLEEP_SECONDS = 1.0
TOGETHER_SECONDS = 0.25  # waking up for each costs as much as a check does; caches are cold then
MAX_LATE_SECONDS = 1.0  # what starts later than this no longer speaks for its slot

MOST_UNDER_WAY = 10_000
"""Checks that may be asked at once: what a core can begin within the longest usual deadline, so
that only memory is bounded by it. Were it lower, dead devices would take the places of others."""

_MOST_QUEUED_SECONDS = 0.1  # what waits longer inside a probe might miss its deadline there
_BLOCKED_PAUSE_SECONDS = 0.02


class Poller:
    """Runs the pull checks of a plan for ever."""

    def __init__(
        self,
        checks: Iterable[Check],
        probes: Mapping[str, Probe],
        deliver: Callable[[Sequence[CheckResult]], Advice],
        clock: Clock,
        lag: LagMeter,
        together_seconds: float = TOGETHER_SECONDS,
    ) -> None:
        """Schedule every check whose probe is known; others are a listener's.

        `deliver` takes the results of one check at once and answers what to ask next. What falls
        due within `together_seconds` is begun in one go; 0.0: each at its very moment.
        """
        self._together = together_seconds
        self._probes = probes
        self._paced = {name: one for name, one in probes.items() if isinstance(one, Paced)}
        self._deliver = deliver
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._of_device: dict[str, list[Job]] = {}
        self._running = False
        self._queue: list[tuple[float, int, Job]] = []
        self.add(checks)
        self._busy: set[tuple[str, str]] = set()  # device and protocol: a lane
        self._crowded: set[tuple[str, str]] = set()  # lanes in which somebody waits
        self._paused: set[str] = set()
        self._asked = 0  # running now
        self._blocked = 0  # waiting for their lane
        self._backlog = Backlog()
        self._pace = Pace()
        self._sleeper: asyncio.Future[None] | None = None
        self._wakes_at = -math.inf
        self.lateness = Lateness()
        self.counters = PollerCounters()
        self._asking = Asking(probes, clock, lag, self.counters)
        self._runs = Runs(probes, self._asking, self._take)

    async def run(self) -> None:
        """Poll until cancelled. Tasks in flight are cancelled with it."""
        self._running = True
        wall, steady = self._clocks()
        for job in self._jobs.values():
            self._schedule_slot(job, wall, steady)
        try:
            async with asyncio.TaskGroup() as tasks:
                self._runs.open(tasks)
                while True:
                    began = self._clock.monotonic()
                    await self._sleep(began, may_go_on=self._begin())
                    if self._runs.fault is not None:
                        raise self._runs.fault
        finally:
            for job in self._runs.stop():
                self._note_end(job, self._clock.monotonic())
                self.counters.cut_short += 1

    def add(self, checks: Iterable[Check]) -> None:
        """Schedule more checks; those that are scheduled keep their rhythm."""
        for check in checks:
            if check.probe not in self._probes or check.id in self._jobs:
                continue
            job = Job(check, phase_seconds(check.id, check.interval_seconds))
            self._jobs[check.id] = job
            self._of_device.setdefault(check.device_id, []).append(job)
            if self._running:
                self._schedule_slot(job, *self._clocks())

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
            job.gone, job.due = True, math.inf
            if job.stage in (Stage.DUE, Stage.BLOCKED):
                self.counters.skipped += 1
                self._blocked -= job.stage is Stage.BLOCKED
                self._backlog.drop(job)
                job.stage = Stage.SCHEDULED
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
                retry = wanted.check.rule.retry_seconds
                self._schedule_soon(wanted, seconds, min(retry, wanted.check.interval_seconds))

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
            if job.stage is Stage.RUNNING:
                job.wanted = True
            else:
                self._schedule_wanted(job)
        return len(asked)

    def under_way(self) -> int:
        """Return how many checks are asked now, wait for their turn, or were stopped in between.

        What is due is done, skipped, missed, or one of these; whatever else there were would be
        lost.
        """
        return self._asked + self._blocked + len(self._backlog) + self.counters.cut_short

    def waiting(self) -> int:
        """Return how many checks are due and wait for this machine."""
        return len(self._backlog)

    def behind_seconds(self) -> float:
        """Return how long the oldest check that is due and not begun has waited for us."""
        now = self._clock.monotonic()
        oldest, _ = self._backlog.waits(now)
        first = self._queue[0][0] if self._queue else now
        return max(oldest, now - first, 0.0)

    # --- schedule -----------------------------------------------------------------------------

    @staticmethod
    def _is_of(job: Job, groups: Collection[str] | None) -> bool:
        return groups is None or job.check.name in groups

    def _schedule_wanted(self, job: Job) -> None:
        job.wanted = False
        allowed = job.ended + job.check.rule.retry_seconds
        self._schedule_soon(job, max(0.0, allowed - self._clock.monotonic()))

    def _clocks(self) -> tuple[float, float]:
        """Return the wall clock and the steady one, in seconds."""
        return self._clock.now().timestamp(), self._clock.monotonic()

    def _schedule_slot(self, job: Job, wall: float, steady: float) -> None:
        """Put the check at its next slot. Slots missed meanwhile are not made up for."""
        # The two clocks are read one after the other: a slot may be served a hair before its
        # moment, and must not be served again. Far ahead, though, means the clock was set back.
        interval = job.check.interval_seconds
        after = job.slot_seconds if 0 < job.slot_seconds - wall < interval else wall
        job.slot_seconds = next_slot(after, interval, job.phase)
        job.own_slot, job.pace = True, interval
        self._put(job, steady + job.slot_seconds - wall)

    def _schedule_soon(self, job: Job, seconds: float, pace: float | None = None) -> None:
        """Put the check `seconds` from now, unless it is due earlier anyway.

        `pace`: how much of a wait it can bear; None: its interval. Of a hint, which anybody may
        forge, no more than usual.
        """
        if job.stage is not Stage.SCHEDULED:
            return  # the answer to the wish is under way
        wall, steady = self._clocks()
        if steady + seconds < job.due:
            job.slot_seconds = wall + seconds
            job.own_slot = False
            job.pace = job.check.interval_seconds if pace is None else pace
            self._put(job, steady + seconds)

    def _put(self, job: Job, due: float) -> None:
        job.due = due
        heapq.heappush(self._queue, (due, job.number, job))
        if due + self._together < self._wakes_at:  # else the loop wakes early enough anyway
            self._wake()

    async def _sleep(self, began: float, *, may_go_on: bool) -> None:
        """Wait until the next check is due or something was pulled forward.

        When more waits and may go on, only one turn of the loop, which `began` when its first check
        did: answers are heard in between.
        """
        if may_go_on:
            await asyncio.sleep(0)
            self._pace.note_turn(self._clock.monotonic() - began)
            return
        now = self._clock.monotonic()
        pause = _BLOCKED_PAUSE_SECONDS if self._backlog else _MAX_SLEEP_SECONDS
        if self._queue:
            pause = min(pause, self._queue[0][0] - now)
        pause = max(pause, self._together)
        loop = asyncio.get_running_loop()
        self._sleeper = sleeper = loop.create_future()
        self._wakes_at = now + pause
        alarm = loop.call_later(pause, self._wake)
        try:
            await sleeper
        finally:
            alarm.cancel()
            self._sleeper = None

    def _wake(self) -> None:
        if self._sleeper is not None and not self._sleeper.done():
            self._sleeper.set_result(None)

    def _begin(self) -> bool:
        """Begin as many due checks as one turn of the loop may; say whether more may go on.

        What is due is begun at once as long as nothing waits: the backlog costs nothing then.
        """
        wall, now = self._clocks()
        if not self._backlog and not (self._queue and self._queue[0][0] <= now):
            self.lateness.note(now, 0.0, late=False)
            return False
        full = self._full_probes()
        end = min(MOST_UNDER_WAY, self._asked + self._pace.size)
        self._take_due(wall, now, full, 0 if self._backlog else end)
        while self._asked < end and (job := self._backlog.take(now, full)) is not None:
            self._start(job, wall, now)
        oldest, late = self._backlog.waits(now)
        self.lateness.note(now, oldest, late=late)
        return bool(self._backlog) and self._asked == end < MOST_UNDER_WAY

    def _take_due(self, wall: float, now: float, full: Collection[str], end: int) -> None:
        """Begin what is due until `end` are asked; let the rest wait."""
        queue = self._queue
        while queue and queue[0][0] <= now:
            due, _, job = heapq.heappop(queue)
            if due != job.due:
                continue  # it was moved meanwhile
            self.counters.due += 1
            job.become_due()
            if self._asked < end and job.check.probe not in full:
                self._start(job, wall, now)
            elif self._is_pointless(job):
                self._skip(job, wall, now)
            else:
                self._backlog.put(job)

    def _full_probes(self) -> Collection[str]:
        """Return the probes inside which a check would have to wait for its turn."""
        return [
            name for name, one in self._paced.items() if one.queue_seconds() > _MOST_QUEUED_SECONDS
        ]

    def _is_pointless(self, job: Job) -> bool:
        return job.check.role is Role.HEALTH and job.check.device_id in self._paused

    def _skip(self, job: Job, wall: float, now: float) -> None:
        self.counters.skipped += 1
        job.stage = Stage.SCHEDULED
        self._schedule_slot(job, wall, now)

    def _start(self, job: Job, wall: float, now: float) -> None:
        if self._is_pointless(job):
            self._skip(job, wall, now)
            return
        self.counters.note_late(max(0.0, now - job.due_since))
        job.taken = now
        lane = (job.check.device_id, job.check.probe)
        if lane in self._busy:
            job.stage = Stage.BLOCKED
            self._blocked += 1
            self._crowded.add(lane)
        else:
            self._launch(job, lane, wall, now)

    def _launch(self, job: Job, lane: tuple[str, str], wall: float, now: float) -> None:
        self._busy.add(lane)
        job.stage, job.began = Stage.RUNNING, now
        self._asked += 1
        if abs(wall - job.slot_seconds) > MAX_LATE_SECONDS:  # or the clock was set meanwhile
            job.slot_seconds = wall
        self._runs.begin(job)

    def _note_end(self, job: Job, now: float) -> None:
        job.stage, job.ended = Stage.SCHEDULED, now
        self._asked -= 1
        self._busy.discard((job.check.device_id, job.check.probe))

    def _take(self, ended: Sequence[Ended]) -> None:
        """Hand results on, put checks back into the schedule, let who waited for them begin."""
        wall, now = self._clocks()
        current: list[Job] = []
        results: list[CheckResult] = []
        for job, result in ended:
            self._note_end(job, now)
            self.counters.done += 1
            if job.gone:  # it was changed or removed meanwhile
                continue
            self._count_left_out(job)
            current.append(job)
            results.append(self._asking.honest(result, job.check, job.began))
        advice = self._deliver(results) if results else Advice()
        for job in current:
            self._schedule_slot(job, wall, now)
        self.follow(advice)
        for job in current:
            if job.wanted:
                self._schedule_wanted(job)
        if self._crowded:
            for job, _ in ended:
                self._launch_waiting(job, wall, now)

    def _count_left_out(self, job: Job) -> None:
        """Count the slots that passed since the check was due: by the device's fault, or ours."""
        interval = job.check.interval_seconds
        if job.ended - job.due_since < interval:
            return  # as it nearly always is; a recheck then lived through one slot at most
        passed = int((job.ended - job.due_since) // interval)
        if not job.own_slot:  # a recheck: it serves one of the slots that it lived through
            until = job.due_seconds + job.ended - job.due_since
            passed = max(0, slots_between(job.due_seconds, until, interval, job.phase) - 1)
        overrun = min(passed, int((job.ended - job.taken) // interval))
        missed = passed - overrun
        self.counters.overrun += overrun
        self.counters.missed += missed
        self.counters.due += missed

    def _launch_waiting(self, finished: Job, wall: float, now: float) -> None:
        """Let the next check of this device and protocol have the lane."""
        lane = (finished.check.device_id, finished.check.probe)
        if lane not in self._crowded or lane in self._busy:
            return
        waiting = [
            job
            for job in self._of_device.get(finished.check.device_id, ())
            if job.stage is Stage.BLOCKED and job.check.probe == finished.check.probe
        ]
        if len(waiting) < 2:
            self._crowded.discard(lane)
        if waiting:  # first come, first served: a busy lane starves nobody
            self._blocked -= 1
            self._launch(min(waiting, key=lambda job: job.slot_seconds), lane, wall, now)
