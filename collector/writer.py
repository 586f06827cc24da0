"""Writes what the engine decided: states and transitions to the store, readings to the sink.

Two loops, so that a slow or broken sink never delays the truth. Nothing is taken for stored
before the store said so: what failed is kept and tried again, and whoever waits on `durable`
(MQTT's acknowledgement) waits until then. Blocking calls run in one thread a database.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from collector.clock import Clock
from collector.engine import Engine
from collector.model import CheckState, DeviceState, Heartbeat, Transition
from collector.sinks import DeviceReadings, Sink, SinkError
from collector.store import Store, StoreError

logger = logging.getLogger(__name__)

COMMIT_PAUSE_SECONDS = 0.1  # results that arrive within this share a transaction
READINGS_PAUSE_SECONDS = 0.5
RETRY_SECONDS = 2.0
MAX_PENDING_RESULTS = 200_000  # results with readings held in memory while the sink is down
MAINTENANCE_SECONDS = 0.05
Result = TypeVar("Result")
PRUNE_SECONDS = 3600.0


@dataclass(slots=True)
class WriterCounters:
    """What was stored and what was not, for /metrics."""

    transitions: int = 0
    readings: int = 0
    readings_dropped: int = 0  # the memory bound was reached while the sink was down
    refused: int = 0  # devices whose change the store can never take, dropped with a log line
    store_failures: int = 0
    sink_failures: int = 0


class Writer:
    """Carries changes from the engine to the store and the sink."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        sink: Sink,
        clock: Clock,
        *,
        collector_id: str,
        run_id: str,
        heartbeat_seconds: float,
        keep_readings: timedelta,
        figures: Callable[[], Mapping[str, float]],
    ) -> None:
        """Write for one run of one collector.

        `keep_readings` says how old readings may become; `figures` gives the numbers about the
        collector that travel with each heartbeat.
        """
        self._engine = engine
        self._store = store
        self._sink = sink
        self._clock = clock
        self._collector_id = collector_id
        self._run_id = run_id
        self._started_at = clock.now()
        self._heartbeat_seconds = heartbeat_seconds
        self._keep_readings_for = keep_readings
        self._next_prune = clock.monotonic()
        self._figures = figures
        self._devices: dict[str, DeviceState] = {}
        self._checks: dict[str, CheckState] = {}
        self._transitions: list[Transition] = []
        self._touched_devices: dict[str, DeviceState] = {}
        self._touched_checks: dict[str, CheckState] = {}
        self._readings: deque[DeviceReadings] = deque()
        self._transitions_taken = self._transitions_kept = 0  # counts since the start
        self._readings_taken = self._readings_kept = 0  # results with readings
        self._kept_more = asyncio.Condition()
        self._somebody_waits = asyncio.Event()
        self._store_thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._sink_thread = ThreadPoolExecutor(1, thread_name_prefix="sink")
        self.store_trouble: str | None = None
        self.sink_trouble: str | None = None
        self.twin = False  # another collector has our name
        self._has_beaten = False
        self.counters = WriterCounters()

    async def run(self) -> None:
        """Write until cancelled."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._commit_for_ever(), name="writer: store")
            loops.create_task(self._keep_readings_for_ever(), name="writer: sink")

    async def durable(self) -> None:
        """Return when everything the engine has handed over by now is stored for good."""
        self._take()
        readings, transitions = self._readings_taken, self._transitions_taken
        self._somebody_waits.set()
        async with self._kept_more:
            await self._kept_more.wait_for(
                lambda: self._readings_kept >= readings and self._transitions_kept >= transitions
            )

    async def in_store_thread(self, work: Callable[[], Result]) -> Result:
        """Run something that blocks on the store, in the one thread that writes to it."""
        return await asyncio.get_running_loop().run_in_executor(self._store_thread, work)

    async def close(self) -> None:
        """Write what is left, once, and end the threads. Failures are logged, not raised."""
        await self._commit(with_heartbeat=True)
        await self._keep_readings()
        self._store_thread.shutdown()
        self._sink_thread.shutdown()

    # --- states and transitions ---------------------------------------------------------------

    async def _commit_for_ever(self) -> None:
        next_heartbeat = self._clock.monotonic()
        while True:
            with_heartbeat = self._clock.monotonic() >= next_heartbeat
            if with_heartbeat:
                next_heartbeat = self._clock.monotonic() + self._heartbeat_seconds
            stored = True
            self._take()
            if with_heartbeat or self._is_pending() or self.store_trouble:
                stored = await _to_its_end(self._commit(with_heartbeat=with_heartbeat))
            await asyncio.sleep(COMMIT_PAUSE_SECONDS if stored else RETRY_SECONDS)

    async def _commit(self, *, with_heartbeat: bool) -> bool:
        """Store what is pending in one transaction. Return False when it has to wait."""
        self._take()
        try:
            if self._is_pending():
                await self._store_changes()
            if with_heartbeat:
                await self._beat()
        except StoreError as error:
            self.counters.store_failures += 1
            self._report("store", self.store_trouble, str(error))
            self.store_trouble = str(error)
            return False
        self._report("store", self.store_trouble, None)
        self.store_trouble = None
        return True

    def _is_pending(self) -> bool:
        """Say whether something changed that is not stored yet."""
        return bool(self._transitions or self._devices or self._checks)

    async def _store_changes(self) -> None:
        devices, checks = tuple(self._devices.values()), tuple(self._checks.values())
        transitions = tuple(self._transitions)
        try:
            await self.in_store_thread(partial(self._store.commit, devices, checks, transitions))
        except StoreError as error:
            if not error.permanent:
                raise
            await self._store_one_by_one(devices, checks, transitions)
            return
        await self._forget_pending(devices, checks, transitions)
        self.counters.transitions += len(transitions)

    async def _forget_pending(
        self,
        devices: Sequence[DeviceState],
        checks: Sequence[CheckState],
        transitions: Sequence[Transition],
    ) -> None:
        """Take off what is done with. What was added meanwhile stays pending."""
        done = {id(change) for change in transitions}
        self._transitions = [change for change in self._transitions if id(change) not in done]
        for device in devices:
            if self._devices.get(device.device_id) is device:
                del self._devices[device.device_id]
        for check in checks:
            if self._checks.get(check.check_id) is check:
                del self._checks[check.check_id]
        async with self._kept_more:
            self._transitions_kept += len(transitions)
            self._kept_more.notify_all()

    async def _store_one_by_one(
        self,
        devices: Sequence[DeviceState],
        checks: Sequence[CheckState],
        transitions: Sequence[Transition],
    ) -> None:
        """Store what can be stored, after one row was refused for good.

        A device that the store refuses (somebody deleted its row) is dropped and told of, or
        nothing of any device would ever be stored again.
        """
        names = {state.device_id for state in devices}
        names |= {change.device_id for change in transitions}
        names |= {state.check_id.rpartition("/")[0] for state in checks}
        for name in sorted(names):
            own_devices = tuple(state for state in devices if state.device_id == name)
            own_checks = tuple(s for s in checks if s.check_id.rpartition("/")[0] == name)
            own_changes = tuple(change for change in transitions if change.device_id == name)
            work = partial(self._store.commit, own_devices, own_checks, own_changes)
            try:
                await self.in_store_thread(work)
            except StoreError as error:
                if not error.permanent:
                    raise
                self.counters.refused += 1
                logger.error(  # noqa: TRY400 - the message says it all
                    "changes of %s are lost, the store refuses them for good: %s", name, error
                )
            else:
                self.counters.transitions += len(own_changes)
            await self._forget_pending(own_devices, own_checks, own_changes)

    async def _beat(self) -> None:
        devices, checks = self._engine.take_touched()
        self._touched_devices.update({state.device_id: state for state in devices})
        self._touched_checks.update({state.check_id: state for state in checks})
        self._take()  # what changed goes with its transition, never ahead of it
        heartbeat = Heartbeat(
            self._collector_id,
            self._run_id,
            self._started_at,
            self._clock.now(),
            dict(self._figures()),
        )
        touched = tuple(self._touched_checks.values()), tuple(self._touched_devices.values())
        self._touched_checks.clear()
        self._touched_devices.clear()
        try:
            before = await self.in_store_thread(partial(self._store.beat, heartbeat, *touched))
        except StoreError as error:
            if not error.permanent:
                self._touch_again(*touched)
                raise
            # A row of them is refused for good; the sign of life must not be.
            self.counters.refused += 1
            before = await self.in_store_thread(partial(self._store.beat, heartbeat, (), ()))
        self._look_for_twin(before)

    def _look_for_twin(self, before: str | None) -> None:
        """Tell when another collector of the same name gave a sign of life between two of ours.

        The first one does not count: before it was the run that this one follows.
        """
        twin = self._has_beaten and before != self._run_id
        self._has_beaten = True
        if twin and not self.twin:
            logger.error(
                "another collector calls itself %s and writes to the same store: both watch the "
                "same devices, and what each believes is overwritten by the other; stop one of "
                "them or give it another collector_id",
                self._collector_id,
            )
        elif self.twin and not twin:
            logger.warning("the other collector of the name %s is gone", self._collector_id)
        self.twin = twin

    def _touch_again(self, checks: Sequence[CheckState], devices: Sequence[DeviceState]) -> None:
        """Keep what a failed heartbeat carried, unless something newer is known by now."""
        for check in checks:
            if check.check_id not in self._checks:
                self._touched_checks.setdefault(check.check_id, check)
        for device in devices:
            if device.device_id not in self._devices:
                self._touched_devices.setdefault(device.device_id, device)

    # --- readings -----------------------------------------------------------------------------

    async def _keep_readings_for_ever(self) -> None:
        while True:
            kept = await _to_its_end(self._keep_readings())
            if not kept:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(READINGS_PAUSE_SECONDS):
                    await self._somebody_waits.wait()
            self._somebody_waits.clear()

    async def _keep_readings(self) -> bool:
        """Hand pending readings to the sink. Return False when it has to wait."""
        self._take()
        batch = tuple(self._readings)
        self._readings.clear()
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._sink_thread, self._write, batch)
            if self._clock.monotonic() >= self._next_prune:
                self._next_prune = self._clock.monotonic() + PRUNE_SECONDS
                before = self._clock.now() - self._keep_readings_for
                await loop.run_in_executor(self._sink_thread, self._sink.prune, before)
        except SinkError as error:
            self._readings.extendleft(reversed(batch))
            self.counters.sink_failures += 1
            self._report("sink", self.sink_trouble, str(error))
            self.sink_trouble = str(error)
            return False
        self._report("sink", self.sink_trouble, None)
        self.sink_trouble = None
        self.counters.readings += sum(len(row.readings) for row in batch)
        async with self._kept_more:
            self._readings_kept += len(batch)
            self._kept_more.notify_all()
        return True

    def _write(self, batch: Sequence[DeviceReadings]) -> None:
        """Write a batch and tidy a little, in one errand of the sink's thread: each is dear."""
        if batch:
            self._sink.write(batch)
        self._sink.maintain(MAINTENANCE_SECONDS)

    # --- shared -------------------------------------------------------------------------------

    def _take(self) -> None:
        """Move what the engine decided into what is pending; keep the readings bounded."""
        changes = self._engine.take_changes()
        for state in changes.devices:
            self._devices[state.device_id] = state
            self._touched_devices.pop(state.device_id, None)
        for check in changes.checks:
            self._checks[check.check_id] = check
            self._touched_checks.pop(check.check_id, None)
        self._transitions.extend(changes.transitions)
        self._transitions_taken += len(changes.transitions)
        self._readings.extend(DeviceReadings(*row) for row in changes.readings)
        self._readings_taken += len(changes.readings)
        while len(self._readings) > MAX_PENDING_RESULTS:
            lost = self._readings.popleft()
            self.counters.readings_dropped += len(lost.readings)
            self._readings_kept += 1  # given up: nobody is to wait for it

    def _report(self, place: str, old: str | None, new: str | None) -> None:
        """Log once when a place starts failing and once when it recovers."""
        if new and not old:
            logger.error(
                "the %s refuses writes; everything is kept and tried again: %s", place, new
            )
        elif old and not new:
            logger.warning("the %s takes writes again", place)


async def _to_its_end(work: Coroutine[Any, Any, bool]) -> bool:
    """Run work to its end even when cancelled meanwhile.

    What a thread has begun cannot be called back: were it not booked as stored, it would be
    stored a second time at the end.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
