"""Carries what waits in the spool to InfluxDB, lane by lane, until it is confirmed.

    peek ──► lines of several records ──► Delivery ──► remove (with dead letters)
     ▲                                                  │
     └────────────── the next ones ◄────────────────────┘      four of these, one a lane

Records are removed only when the server has every line of them. Killed at any moment in between,
the next courier sends them again, which changes nothing.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

from collector.clock import Clock
from collector.config.influxdb import InfluxdbSettings
from collector.courier.delivery import Delivery
from collector.courier.report import REPORT_MARK, CourierReport
from collector.sinks import SinkError
from collector.sinks.spool import LANES, Spool

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.2
REPORT_SECONDS = 3.0
DRAIN_SECONDS = 5.0  # less than the supervisor gives a process to end
RETRY_SECONDS = 1.0  # after a failure of the spool
Result = TypeVar("Result")


class Sender:
    """Drains the spool, one request at a time in each lane."""

    def __init__(
        self,
        spool: Spool,
        delivery: Delivery,
        settings: InfluxdbSettings,
        clock: Clock,
        *,
        drain_seconds: float = DRAIN_SECONDS,
    ) -> None:
        """Carry from a spool through a delivery; both belong to the caller."""
        self._spool = spool
        self._delivery = delivery
        self._lines = settings.lines
        self._clock = clock
        self._started_at = clock.now()
        self._drain_seconds = drain_seconds
        self._stopping = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._spool_trouble: str | None = None
        self._spool_failures = 0

    async def run(self) -> None:
        """Carry until `stop`, then empty the spool for a bounded time; or until cancelled."""
        try:
            async with asyncio.TaskGroup() as loops:
                lanes = [
                    loops.create_task(self._carry_for_ever(lane), name=f"sender: lane {lane}")
                    for lane in range(LANES)
                ]
                report = loops.create_task(self._report_for_ever(), name="sender: report")
                await self._stopping.wait()
                late = await self._drain(lanes)
                for task in (*late, report):
                    task.cancel()
                await self._set_report()
        finally:
            # A call that is under way in the thread cannot be called back: see it through.
            await asyncio.shield(asyncio.to_thread(self._thread.shutdown))

    def stop(self) -> None:
        """Let `run` return: when the spool is empty, or after `drain_seconds` with a rest.

        At once where a setting stands in the way: waiting would mend nothing.
        """
        self._stopping.set()

    @property
    def report(self) -> CourierReport:
        """What to say of it at this moment."""
        counters, trouble = self._delivery.counters, self._delivery.trouble
        report = partial(
            CourierReport,
            self._clock.now(),
            self._started_at,
            counters.requests,
            counters.lines,
            dict(counters.retries),
            counters.halved,
            counters.searched,
            counters.dead,
            self._spool_failures,
        )
        if trouble is None:
            return report()
        return report(trouble.kind.value, trouble.since_at, trouble.words)

    async def _drain(self, lanes: list[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        """Wait for the lanes to empty the spool; return those that did not."""
        late = set(lanes)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._drain_seconds):
                while late and not self._is_hopeless:
                    _, late = await asyncio.wait(late, timeout=POLL_SECONDS)
        return late

    @property
    def _is_hopeless(self) -> bool:
        trouble = self._delivery.trouble
        return trouble is not None and not trouble.kind.passes

    async def _carry_for_ever(self, lane: int) -> None:
        while True:
            try:
                carried = await self._carry(lane)
            except SinkError as error:
                self._tell_of_spool(str(error))
                carried = False
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                logger.exception("lane %d failed; it is tried again", lane)
                carried = False
                await asyncio.sleep(RETRY_SECONDS)
            if carried:
                continue
            if self._stopping.is_set():
                return
            await self._idle()

    async def _carry(self, lane: int) -> bool:
        """Carry the oldest lines of a lane. Return False when there are none."""
        records = await self._in_thread(partial(self._spool.peek, lane, self._lines))
        self._tell_of_spool(None)
        if not records:
            return False
        dead = await self._delivery.deliver(b"".join(it.pack.lines for it in records))
        ids = [it.id for it in records]
        await self._in_thread(partial(self._spool.remove, ids, dead))
        return True

    async def _idle(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._stopping.wait()
        except TimeoutError:
            pass

    async def _report_for_ever(self) -> None:
        while True:
            await self._set_report()
            await asyncio.sleep(REPORT_SECONDS)

    async def _set_report(self) -> None:
        try:
            await self._in_thread(
                partial(self._spool.set_marks, {REPORT_MARK: self.report.encode()})
            )
        except SinkError as error:
            self._tell_of_spool(str(error))

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _tell_of_spool(self, trouble: str | None) -> None:
        """Log once when the spool starts failing and once when it recovers."""
        self._spool_failures += trouble is not None
        if trouble and not self._spool_trouble:
            logger.error("the spool fails; it is tried again: %s", trouble)
        elif self._spool_trouble and not trouble:
            logger.warning("the spool works again")
        self._spool_trouble = trouble
