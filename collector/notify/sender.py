"""Sends what waits in the outbox, and stores what became of it. One sender has an outbox.

    claim ──► words ──► a task each: channel.send ──► result ──► noted, all that came meanwhile
    (a transaction)     (at most so many a channel)              in one transaction

Claims take from each channel what its budget and its connections allow, so that nothing is claimed
that has to wait here, and a channel that hangs holds only its share. What was on its way when a
sender died is sent again, marked: its answer is lost.
"""

import asyncio
import logging
import random
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias, TypeVar

from collector.clock import Clock
from collector.model.alerts import Notification, Purpose
from collector.notify.channels.budgets import limits_of
from collector.notify.channels.contract import Channel, Message, NotifyError, Sent
from collector.notify.lines import AT_ONCE, Line, Lines
from collector.notify.messages import Renderer, UnreadableError, answers_another
from collector.notify.plan import AlertPlan
from collector.notify.retrying import (
    Tried,
    after,
    is_passed_on,
    shortest_patience_seconds,
    waited_in_vain,
)
from collector.store import End, Failed, GivenUp, Store, StoreError, Taken

SEND_SECONDS = 60.0
"""A channel ends by itself sooner; one that does not is not waited for."""

CLAIM_AT_MOST = 200
POLL_SECONDS = 1.0  # other processes put messages into the outbox as well (tests, tries again)
BUDGET_SECONDS = 0.25  # between two claims of a channel that its budget holds back
STOP_SECONDS = 8.0
OVERDUE_EVERY = timedelta(seconds=5)
_FORGET_AFTER = timedelta(hours=1)
STORE_PAUSE_SECONDS = 1.0

_T = TypeVar("_T")
_log = logging.getLogger(__name__)

_Ready: TypeAlias = tuple[Notification, Channel, Message]


@dataclass(slots=True)
class Sender:
    """Sends until cancelled, then finishes what is under way for a few seconds.

    `turn` is held while messages are claimed: see `Watcher`. `lines` outlive the sender: budgets
    hold whoever sends.
    """

    store: Store
    plan: AlertPlan
    channels: Mapping[str, Channel]
    clock: Clock
    turn: AbstractContextManager[object]
    lines: Lines
    renderer: Renderer
    thread: Executor  # in which the outbox is asked
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    _results: list[tuple[Notification, Sent | NotifyError]] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _claimed_at: datetime | None = None
    _first_at: dict[int, datetime] = field(default_factory=dict)  # first try, by message
    _overdue_at: datetime | None = None  # the last look at what waits for too long
    _failures: Counter[int] = field(default_factory=Counter)  # by message

    def wake(self) -> None:
        """Look at the outbox now: something was put there."""
        self.woken.set()

    async def run(self) -> None:
        """Send for ever. Failures of the store are waited for; nothing is lost by them."""
        for name, channel in self.channels.items():
            self.lines.of(name).limits = limits_of(channel)
        noting = asyncio.create_task(self._note_for_ever(), name="notes of what was sent")
        noting.add_done_callback(lambda _: self.wake())
        try:
            while True:
                self.woken.clear()
                if noting.done():  # by a fault of ours: nothing may go that is not noted
                    noting.result()
                wait = await self._claim_and_send()
                try:
                    async with asyncio.timeout(wait):
                        await self.woken.wait()
                except TimeoutError:
                    pass
        finally:
            await asyncio.shield(self._finish(noting))

    async def _finish(self, noting: asyncio.Task[None]) -> None:
        """Let what is under way come to its end, and note it. What does not is tried again."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        noting.cancel()
        await asyncio.gather(noting, return_exceptions=True)
        try:
            await self._note()
        except StoreError as error:
            _log.warning("what was sent last could not be noted: %s", error)

    # --- out ----------------------------------------------------------------------------------

    async def _claim_and_send(self) -> float:
        """Send what may go now; return how many seconds to wait before the next look."""
        now = self.clock.now()
        shares = {name: self._line(name).share(self.lines.budgets, now) for name in self.channels}
        if not any(shares.values()) and self._is_fresh(now):
            return self._wait(shares, now)
        self._claimed_at = now
        self._forget_what_was_taken_back(now)
        try:
            ready, ended = await self._claimed(now, shares)
        except StoreError as error:
            _log.warning("the outbox cannot be read: %s", error)
            return STORE_PAUSE_SECONDS
        for one, trouble in ended:
            self._line(one.channel).under_way += 1
            self._ends(one, trouble)
        for one, channel, message in ready:
            assert one.id is not None  # noqa: S101 - it was claimed
            self._first_at.setdefault(one.id, now if one.attempts <= 1 else one.created_at)
            self._line(one.channel).begins(self.lines.budgets, now)
            task = asyncio.create_task(self._send(one, channel, message), name=f"send {one.id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if len(ready) + len(ended) >= CLAIM_AT_MOST:
            return 0.0
        if ready and len(ready) < sum(shares.values()):
            return POLL_SECONDS  # all that was due is on its way
        return self._wait(shares, now)

    async def _claimed(
        self, now: datetime, shares: Mapping[str, int]
    ) -> tuple[list[_Ready], list[tuple[Notification, NotifyError]]]:
        """Claim in the thread; what was claimed while the sender is ended is put back."""
        claiming = asyncio.ensure_future(self._in_thread(partial(self._claim, now, shares)))
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            with suppress(StoreError):
                ready, ended = await claiming
                rows = [*(one for one, _, _ in ready), *(one for one, _ in ended)]
                back = [Failed(one.id, one.answer, now) for one in rows if one.id is not None]
                await self._in_thread(partial(self.store.outbox.note, back))
            raise

    def _is_fresh(self, now: datetime) -> bool:
        """Say whether the outbox was looked at just now: also for channels that are no more."""
        last = self._claimed_at
        return last is not None and timedelta(0) <= now - last < timedelta(seconds=POLL_SECONDS)

    def _wait(self, shares: Mapping[str, int], now: datetime) -> float:
        """Return when a channel that time holds back may be given more."""
        held = [self._line(name) for name, share in shares.items() if share == 0]
        moments = [one.free_at(self.lines.budgets, now) for one in held if not one.under_way]
        seconds = [max((at - now).total_seconds(), BUDGET_SECONDS) for at in moments]
        return min([POLL_SECONDS, *seconds])

    def _claim(
        self, now: datetime, shares: Mapping[str, int]
    ) -> tuple[list[_Ready], list[tuple[Notification, NotifyError]]]:
        """Take what may go, and make words of it. Blocks. Also what can never go, with why."""
        without = [name for name, share in shares.items() if share == 0]
        with self.turn:
            self._look_at_what_waits(now)
            taken = self.store.outbox.claim(
                now, CLAIM_AT_MOST, per_channel=AT_ONCE, shares=shares, without=without
            )
        ready: list[_Ready] = []
        ended: list[tuple[Notification, NotifyError]] = []
        for one in taken:
            channel = self.channels.get(one.channel)
            if channel is None:
                words = f'alerts.yaml has no channel "{one.channel}" any more'
                ended.append((one, NotifyError(words, permanent=True)))
                continue
            try:
                reference = self._reference(one)
                ready.append(
                    (one, channel, self.renderer.render(one, channel, self.plan, reference))
                )
            except UnreadableError as error:
                ended.append((one, NotifyError(str(error), permanent=True)))
            except StoreError as error:  # claimed already: it must not stay on its way
                ended.append((one, NotifyError(f"the store cannot be read: {error}")))
        return ready, ended

    def _reference(self, one: Notification) -> str | None:
        if one.thread_id is None or not answers_another(one):
            return None
        return self.store.outbox.reference(one.thread_id, one.receiver, one.channel)

    async def _send(self, one: Notification, channel: Channel, message: Message) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                result: Sent | NotifyError = await channel.send(message)
        except NotifyError as error:
            result = error
        except TimeoutError:
            result = NotifyError(f"no answer within {SEND_SECONDS:g} s", maybe_sent=True)
        except asyncio.CancelledError:  # another sender may go on: after a reload
            self._ends(one, NotifyError("no answer before the sender ended", maybe_sent=True))
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours must not lose a message
            where = "".join(traceback.format_tb(error.__traceback__))  # not its words: a URL in
            name = type(error).__name__  # them may hold a token
            _log.error("channel %s: a fault in Pantau itself: %s\n%s", one.channel, name, where)
            words = f"a fault in Pantau itself ({name}); the log has it"
            result = NotifyError(words, maybe_sent=True)
        self._ends(one, result)

    # --- what became of it --------------------------------------------------------------------

    def _ends(self, one: Notification, result: Sent | NotifyError) -> None:
        now, line = self.clock.now(), self._line(one.channel)
        if isinstance(result, Sent):
            if line.failures:
                _log.info("channel %s works again", one.channel)
            line.took(now)
            if one.purpose is Purpose.HEARTBEAT:
                self.lines.heartbeat_at = now
        else:
            if not line.failures or result.permanent:
                _log.warning("channel %s did not take a message: %s", one.channel, result)
            line.refused(result, self.lines.budgets, now, random.random())  # noqa: S311 - spread
        self._results.append((one, result))
        self._came.set()
        self.woken.set()

    async def _note_for_ever(self) -> None:
        while True:
            await self._came.wait()
            self._came.clear()
            try:
                await self._note()
            except StoreError as error:
                _log.warning("what was sent cannot be noted yet: %s", error)
                await asyncio.sleep(STORE_PAUSE_SECONDS)
                self._came.set()

    async def _note(self) -> None:
        """Write all results that came until now. Raises StoreError; they are kept then."""
        results, self._results = self._results, []
        if not results:
            return
        now = self.clock.now()
        ends = [self._end(one, result, now) for one, result in results]
        try:
            await self._in_thread(partial(self.store.outbox.note, ends))
        except BaseException:
            self._results = [*results, *self._results]
            raise
        for (one, _), end in zip(results, ends, strict=True):
            if isinstance(end, GivenUp):
                self._gave_up(one, end)
            if isinstance(end, GivenUp | Taken):
                self._first_at.pop(end.notification_id, None)
                del self._failures[end.notification_id]
        self.woken.set()  # what waited for these in its thread may go, or what is sent instead

    def _gave_up(self, one: Notification, end: GivenUp) -> None:
        self._line(one.channel).dead += 1
        _log.error("message %s to %s is given up: %s", one.id, one.receiver, end.answer)

    def _look_at_what_waits(self, now: datetime) -> None:
        """Let go another way what has waited for its channel for too long. Blocks."""
        last = self._overdue_at
        if last is not None and timedelta(0) <= now - last < OVERDUE_EVERY:
            return
        self._overdue_at = now
        since_at = now - timedelta(seconds=shortest_patience_seconds(self.plan))
        found: list[tuple[Notification, GivenUp]] = []
        for one in self.store.outbox.overdue(since_at):
            line = self._line(one.channel)
            end = waited_in_vain(
                one, self.plan, line.trouble, now, may_pass_on=line.may_pass_on(now)
            )
            if end is not None:
                found.append((one, end))
                if is_passed_on(end):
                    line.passed_on_at = now
        if found:
            done = self.store.outbox.give_up([end for _, end in found])
            for (one, end), is_done in zip(found, done, strict=True):
                if is_done:
                    self._gave_up(one, end)

    def _forget_what_was_taken_back(self, now: datetime) -> None:
        """Forget tries of messages that were withdrawn, or given up, between two of them."""
        kept_since_at = now - timedelta(seconds=self.plan.keep_trying_seconds) - _FORGET_AFTER
        for this in [one for one, at in self._first_at.items() if at < kept_since_at]:
            self._first_at.pop(this, None)
            self._failures.pop(this, None)

    def _end(self, one: Notification, result: Sent | NotifyError, now: datetime) -> End:
        assert one.id is not None  # noqa: S101 - it was claimed
        if isinstance(result, Sent):
            return Taken(one.id, now, result.reference, result.answer)
        first_at = self._first_at.get(one.id, now)
        self._failures[one.id] += 1
        luck = random.random()  # noqa: S311 - it spreads tries
        line = self._line(one.channel)
        end = after(
            Tried(one, result, now, first_at, self._failures[one.id], luck, line.may_pass_on(now)),
            self.plan,
        )
        if is_passed_on(end):
            line.passed_on_at = now
        return end

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self.thread, work)

    def _line(self, name: str) -> Line:
        return self.lines.of(name)
