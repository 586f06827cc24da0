"""Builds the process of alerts from its parts and runs them in one TaskGroup.

watcher ──wakes──► sender ──► channels          reporter: figures, every 5 s
(log → outbox)     (outbox → people)            reload: alerts.yaml anew, the old one until then
"""

import asyncio
import logging
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Lock
from typing import TypeAlias, TypeVar

from collector.clock import Clock
from collector.config import ProblemsError
from collector.model.alerts import DeliveryState
from collector.notify.acting import Acting
from collector.notify.channels.contract import Channel
from collector.notify.figures import REPORT, REPORT_SECONDS, AlertReport, ChannelReport
from collector.notify.lines import Lines
from collector.notify.messages import Renderer, no_actions
from collector.notify.plan import AlertPlan
from collector.notify.sender import Sender
from collector.notify.watcher import Watcher
from collector.notify.words.links import LinkSigner
from collector.store import CursorMovedError, Store, StoreError

POLL_SECONDS = 0.2
FAULT_PAUSE_SECONDS = 2.0

Channels = AbstractAsyncContextManager[Mapping[str, Channel]]
Loaded: TypeAlias = tuple[AlertPlan, Callable[[], Channels]]
"""What one reading of the settings came to: the plan, and what opens the channels it names."""

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AlertingSettings:
    """What the process knows beside alerts.yaml."""

    collector_id: str  # of this installation
    zone: str  # IANA; of sites whose area names none
    load: Callable[[], Loaded]  # reads alerts.yaml anew; blocks, raises ProblemsError
    open_channels: Callable[[], Channels]  # to begin with; may raise ProblemsError
    signer: LinkSigner | None = None  # of links in messages; None: they have none


def _own_threads() -> dict[str, ThreadPoolExecutor]:
    """Make a thread for each part: a resolver that hangs must hold up none of them."""
    return {
        name: ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"alerts {name}")
        for name in ("watcher", "sender", "reporter")
    }


@dataclass(slots=True)
class _Sending:
    """A sender that runs, with the channels that were opened for it."""

    sender: Sender
    channels: AsyncExitStack
    task: asyncio.Task[None] | None = None


@dataclass(slots=True)
class Alerting:
    """One process of alerts: follows and tells until cancelled."""

    store: Store
    clock: Clock
    settings: AlertingSettings
    plan: AlertPlan  # to begin with
    _turn: Lock = field(default_factory=Lock)
    _lines: Lines = field(default_factory=Lines)
    _trouble: str = ""
    _watcher: Watcher | None = None
    _sending: _Sending | None = None
    _draining: set[asyncio.Task[None]] = field(default_factory=set)
    _fault: asyncio.Event = field(default_factory=asyncio.Event)  # of a sender
    _threads: Mapping[str, ThreadPoolExecutor] = field(default_factory=_own_threads)

    async def run(self) -> None:
        """Follow and tell for ever.

        Raises ProblemsError when the channels cannot be opened, and CursorMovedError when another
        process of alerts works on the same store.
        """
        started_at = self.clock.now()
        plan = self.plan
        self._watcher = watcher = Watcher(
            self.store, plan, self.clock, self.settings.collector_id, self.settings.zone, self._turn
        )
        sending = await self._open(plan, self.settings.open_channels)
        try:
            await self._repeat_what_was_on_its_way()
            self._start(sending)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._watch(watcher), name="watcher")
                tasks.create_task(self._report(watcher, started_at), name="reporter")
                tasks.create_task(self._end_with_a_fault(), name="faults of the sender")
        except* CursorMovedError as group:
            raise group.exceptions[0] from None
        finally:
            await self._stop()

    async def reload(self) -> None:
        """Go on by alerts.yaml as it is now; by the one before while there are problems in it."""
        watcher, former = self._watcher, self._sending
        if watcher is None or former is None:
            return
        try:
            plan, open_channels = await asyncio.to_thread(self.settings.load)
            sending = await self._open(plan, open_channels)
        except ProblemsError as error:
            _log.error("alerts.yaml is not read again: %s", error)
            return
        except Exception as error:  # noqa: BLE001 - who is told now goes on being told
            where = "".join(traceback.format_tb(error.__traceback__))  # its words may hold a secret
            name = type(error).__name__
            _log.error("alerts.yaml is not read again: a fault in Pantau: %s\n%s", name, where)
            return
        self._start(sending)
        watcher.use(plan)
        task = asyncio.create_task(_close(former), name="close the former channels")
        self._draining.add(task)
        task.add_done_callback(self._draining.discard)
        _log.info("alerts.yaml was read again: %d receivers", len(plan.receivers))

    # --- the sender ---------------------------------------------------------------------------

    async def _open(self, plan: AlertPlan, open_channels: Callable[[], Channels]) -> _Sending:
        """Open the channels of a plan. Raises ProblemsError; then nothing stays open."""
        async with AsyncExitStack() as stack:
            channels = await stack.enter_async_context(open_channels())
            signer = self.settings.signer
            actions = no_actions if signer is None else Acting(signer, plan.desk_url).actions
            sender = Sender(
                self.store,
                plan,
                channels,
                self.clock,
                self._turn,
                self._lines,
                Renderer(actions),
                self._threads["sender"],
            )
            return _Sending(sender, stack.pop_all())

    def _start(self, sending: _Sending) -> None:
        sending.task = asyncio.create_task(sending.sender.run(), name="sender")
        sending.task.add_done_callback(self._see_that_it_runs)
        self._sending = sending

    def _see_that_it_runs(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            _log.critical("the sender ended by a fault of ours", exc_info=task.exception())
            self._fault.set()

    async def _end_with_a_fault(self) -> None:
        await self._fault.wait()
        raise RuntimeError("the sender has ended: the process ends too, to be started anew")

    async def _repeat_what_was_on_its_way(self) -> None:
        found = await self._in("sender", partial(self.store.outbox.unfinished, self.clock.now()))
        if found:
            _log.warning(
                "%d messages were on their way when the process ended: they are sent again, marked"
                " as perhaps sent before",
                len(found),
            )

    async def _stop(self) -> None:
        ending = [] if self._sending is None else [_close(self._sending)]
        await asyncio.gather(*self._draining, *ending, return_exceptions=True)
        for thread in self._threads.values():
            thread.shutdown(wait=False)

    async def _in(self, thread: str, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads[thread], work)

    # --- the watcher --------------------------------------------------------------------------

    async def _watch(self, watcher: Watcher) -> None:
        while True:
            if watcher.may_rest():
                await asyncio.sleep(POLL_SECONDS)
                continue
            try:
                told = watcher.watched.told
                more = await self._in("watcher", watcher.look)
                if self._trouble:
                    _log.info("alerts are followed again")
                    self._trouble = ""
                if watcher.watched.told != told and self._sending is not None:
                    self._sending.sender.wake()
            except CursorMovedError:
                raise
            except StoreError as error:
                await self._pause(f"the store cannot be used: {error}")
                continue
            except Exception as error:  # noqa: BLE001 - one bad row must not end all alerts
                where = "".join(traceback.format_tb(error.__traceback__))
                _log.error("a step failed: %r\n%s", error, where)
                await self._pause(
                    f"a fault in Pantau itself ({type(error).__name__}) keeps the log from being"
                    " followed; the log of the process has it"
                )
                continue
            if not more:
                await asyncio.sleep(POLL_SECONDS)

    async def _pause(self, trouble: str) -> None:
        if trouble != self._trouble:
            _log.error("alerts stand still: %s", trouble)
            self._trouble = trouble
        await asyncio.sleep(FAULT_PAUSE_SECONDS)

    # --- about itself -------------------------------------------------------------------------

    async def _report(self, watcher: Watcher, started_at: datetime) -> None:
        while True:
            try:
                await self._in("reporter", partial(self._write_report, watcher, started_at))
            except StoreError as error:
                _log.warning("figures of alerts could not be stored: %s", error)
            await asyncio.sleep(REPORT_SECONDS)

    def _write_report(self, watcher: Watcher, started_at: datetime) -> None:
        now = self.clock.now()
        counts = self.store.alerts.counts()
        held: dict[str, int] = {}
        for one in counts:
            if one.reason is not None:
                held[one.reason.value] = held.get(one.reason.value, 0) + one.count
        watched = watcher.watched
        report = AlertReport(
            at=now,
            started_at=started_at,
            channels=self._channels(now),
            held=held,
            firing=sum(one.count for one in counts),
            storms=watched.storms,
            lag=max(0, self.store.last_transition_id() - watched.cursor),
            steps=watched.steps,
            told=watched.told,
            withdrawn=watched.withdrawn,
            heartbeat_at=self._lines.heartbeat_at,
            trouble=self._trouble,
        )
        self.store.alerts.report(REPORT, report.encode(), now, value=watched.cursor)

    def _channels(self, now: datetime) -> dict[str, ChannelReport]:
        unsent = {(one.channel, one.state): one for one in self.store.outbox.unsent()}
        lines = self._lines.all()
        found = {}
        for name in sorted(lines.keys() | {channel for channel, _ in unsent}):
            line = self._lines.of(name)
            pending = unsent.get((name, DeliveryState.PENDING))
            sending = unsent.get((name, DeliveryState.SENDING))
            dead = unsent.get((name, DeliveryState.DEAD))
            waiting = [one for one in (pending, sending) if one is not None]
            since_at = min((one.first_due_at for one in waiting), default=None)
            found[name] = ChannelReport(
                pending=sum(one.count for one in waiting),
                waiting_since_at=since_at if since_at is not None and since_at <= now else None,
                dead_in_all=0 if dead is None else dead.count,
                died_at=None if dead is None else dead.last_due_at,
                sent=line.sent,
                failed=line.failed,
                dead=line.dead,
                sent_at=line.sent_at,
                trouble=line.trouble,
            )
        return found


async def _close(sending: _Sending) -> None:
    """End a sender, with what is under way, then its channels."""
    if sending.task is not None:
        sending.task.cancel()
        await asyncio.gather(sending.task, return_exceptions=True)
    await sending.channels.aclose()
