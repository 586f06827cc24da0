"""Runs of checks that are under way, and their ends, which are handed on together.

A run of a `Direct` probe is no task; of others it is one. Whatever ends within a turn of the loop,
such as all whose answers lay in a socket, is taken in one go: clocks are read, the engine is asked
and the schedule is looked at once for all of them.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TypeAlias

from collector.asking import Asking
from collector.backlog import Job
from collector.model import CheckResult
from collector.probes import Direct, Probe

Ended: TypeAlias = tuple[Job, CheckResult]


class Runs:
    """Begins runs and tells `take` how they ended, in the order of their ends."""

    def __init__(
        self,
        probes: Mapping[str, Probe],
        asking: Asking,
        take: Callable[[Sequence[Ended]], None],
    ) -> None:
        """What `take` raises is kept in `fault`: it is ours, and whoever runs us is to hear it."""
        self._direct = {name: one for name, one in probes.items() if isinstance(one, Direct)}
        self._asking = asking
        self._take = take
        self._stops: dict[Job, Callable[[], object]] = {}
        self._tasks: asyncio.TaskGroup  # from `open` on
        self._ended: list[Ended] = []
        self.fault: Exception | None = None

    def open(self, tasks: asyncio.TaskGroup) -> None:
        """Let runs that need a task have it in this group."""
        self._tasks = tasks

    def begin(self, job: Job) -> None:
        """Begin a run, for the slot that the job tells."""
        slot_at = datetime.fromtimestamp(job.slot_seconds, UTC)
        probe = self._direct.get(job.check.probe)
        if probe is None or not probe.can_begin(job.check):
            name = f"check {job.check.id}"
            self._stops[job] = self._tasks.create_task(self._run(job, slot_at), name=name).cancel
            return
        try:
            self._stops[job] = probe.begin(job.check, slot_at, partial(self._note, job, slot_at))
        except Exception as error:  # noqa: BLE001 - a fault of ours becomes a result, and is logged
            self._stops[job] = _nothing
            self._note(job, slot_at, error)

    def stop(self) -> list[Job]:
        """Stop all; return whose ends nobody will take: also those of this very turn."""
        stops, self._stops = self._stops, {}
        self._ended.clear()
        for stop in stops.values():
            stop()
        return list(stops)

    async def _run(self, job: Job, slot_at: datetime) -> None:
        self._note(job, slot_at, await self._asking.run(job.check, slot_at))

    def _note(self, job: Job, slot_at: datetime, result: CheckResult | Exception) -> None:
        if isinstance(result, Exception):
            result = self._asking.unfinished(job.check, slot_at, result)
        if not self._ended:
            asyncio.get_running_loop().call_soon(self._hand_on)
        self._ended.append((job, result))

    def _hand_on(self) -> None:
        ended, self._ended = self._ended, []
        for job, _ in ended:
            del self._stops[job]
        try:
            self._take(ended)
        except Exception as fault:  # noqa: BLE001 - see `fault`
            self.fault = fault


def _nothing() -> None:
    """Stop what has ended already."""
