"""The live path: from a stored transition to every screen, without a gap or a duplicate.

    store ── transitions_after(cursor) ──► Live.run (ONE follower) ── a Batch, encoded once ──┐
                                                                                              ▼
    screen ◄── EventStream ◄─ Stream.pieces ◄─ Listener (bounded) ◄─── offer to every listener ┘

How a new screen gets everything once:

1. Its `Listener` is registered. From now on every batch the follower reads is offered to it.
2. A snapshot is read. It carries the cursor it is true for, and that cursor is not older than
   the follower's was in step 1.
3. The snapshot is sent, then only events with an id above its cursor.

A screen that comes back with `Last-Event-ID` gets the transitions after that id from the store
instead of step 2, up to where the follower was in step 1. A screen too slow for its bound is not
given a longer queue: what waits is thrown away and it starts again at step 2.
"""

import asyncio
import contextlib
import logging
import math
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from dataclasses import dataclass

from api.events import (
    Listener,
    LiveCounts,
    LiveSource,
    Snapshot,
    encode_batch,
    encode_event,
)
from api.live_alerts import AlertFollower
from collector.clock import Clock
from collector.model import Heartbeat
from collector.sight import CollectorLife, collector_lives
from collector.store import AreaFreshness

_LOG = logging.getLogger(__name__)

POLL_SECONDS = 0.1  # and so long changes are gathered: sending each alone costs 7 times the CPU
LISTENER_BYTES = 256 * 1024  # what may wait for one screen: about a thousand events
LISTENERS = 500
RESUME_EVENTS = 5_000  # further behind than this, a snapshot is cheaper and as good
PAGE = 1_000
VERSION_SECONDS = 1.0  # a change that no glance showed is seen after so long
COLLECTORS_SECONDS = 1.0  # how often the heartbeats are read
START_SECONDS = 5.0
SNAPSHOT_SECONDS = 1.0  # screens that come within this time share one snapshot
RETRY_MILLISECONDS = 2_000  # what an EventSource waits before it comes back


class LiveError(Exception):
    """The live path cannot serve now; the message is for people."""


class TooManyListenersError(LiveError):
    """The bound on connected screens is reached."""


class Live:
    """Follows the store and feeds every connected screen. One task runs `run`."""

    def __init__(
        self,
        source: LiveSource,
        clock: Clock,
        *,
        heartbeat_seconds: float,
        collector_timeout_seconds: float,
        still_valid: Callable[[Collection[int]], Collection[int]],
        listener_bytes: int = LISTENER_BYTES,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        """`still_valid` blocks; it returns those of the given token ids that may go on."""
        self._source = source
        self._clock = clock
        self._heartbeat_seconds = heartbeat_seconds
        self._collector_timeout_seconds = collector_timeout_seconds
        self._still_valid = still_valid
        self._listener_bytes = listener_bytes
        self._poll_seconds = poll_seconds
        self._listeners: set[Listener] = set()
        self._cursor: int | None = None  # everything up to it was offered; None: not read yet
        self._incidents: int | None = None  # the timelines were followed up to here
        self._alerts = AlertFollower(source, clock)
        self._version: int | None = None
        self._glance: object = None  # at the store, before its version was read
        self._heartbeats: Sequence[Heartbeat] = ()
        self._freshness: Sequence[AreaFreshness] = ()  # as old as the store could be read
        self._blind: bool | None = None  # no collector alive; None: not known yet
        self._switched_at_id = 0  # the cursor when `_blind` last changed
        self._lives: int | None = None  # the store's version when the heartbeats were read
        self._fresh: int | None = None  # … and when the freshness was
        self._inventory: object = None
        self._looked_at = self._checked_at = self._beaten_at = self._versioned_at = -math.inf
        self._snapshot: tuple[float, Snapshot] | None = None
        self._snapshot_lock = asyncio.Lock()
        self._generation = 0
        self._ready = asyncio.Event()  # set when `_cursor` was first read
        self._following = False
        self._closed = False
        self._events = self._snapshots = self._overflows = 0

    def counts(self) -> LiveCounts:
        """Return the figures of this process since it started."""
        return LiveCounts(len(self._listeners), self._events, self._snapshots, self._overflows)

    @property
    def following(self) -> bool:
        """False while the store cannot be followed: nothing new reaches the screens."""
        return self._following

    # --- following ------------------------------------------------------------------------

    async def run(self) -> None:
        """Follow the store until cancelled. A store that fails is tried again, and logged once.

        Heartbeats go on meanwhile. Who is alive is decided here from the last heartbeats read, so
        that a store that cannot be read makes the screens blind instead of leaving them calm.
        """
        failing = False
        while True:
            try:
                await self._follow()
            except Exception:  # noqa: BLE001 - the one place of this loop; logged once
                if not failing:
                    _LOG.exception("the live path cannot follow the store")
                failing = True
            else:
                if failing:
                    _LOG.info("the live path follows the store again")
                failing = False
            self._following = not failing
            self._judge_collectors()
            self._beat_when_due()
            await asyncio.sleep(self._poll_seconds)

    def close(self) -> None:
        """End every stream, and refuse new ones: the server is stopping."""
        self._closed = True
        for listener in self._listeners:
            listener.stop()

    async def _follow(self) -> None:
        """Read what is new and offer it. The version is read first, so nothing is missed."""
        now = self._clock.monotonic()
        version = await self._version_at(now)
        if self._cursor is None:
            self._inventory = await asyncio.to_thread(self._source.inventory_mark)
            self._cursor = await asyncio.to_thread(self._source.last_transition_id)
            self._switched_at_id = self._cursor
            await self._alerts.changed(version)  # from here on: before anybody asks for the list
            self._ready.set()
        if version != self._version:
            await self._read_new()
            await self._point_to_incidents()
        if alerts := await self._alerts.changed(version):
            for listener in self._listeners:
                listener.tell_alerts(alerts)
        if now - self._looked_at >= COLLECTORS_SECONDS and self._may_differ(self._lives, version):
            self._heartbeats = await asyncio.to_thread(self._source.heartbeats)
            self._looked_at, self._lives = now, version
        if now - self._checked_at >= self._heartbeat_seconds:
            if self._may_differ(self._fresh, version):
                self._freshness = await asyncio.to_thread(self._source.freshness)
                self._fresh = version
            await self._check_inventory()
            await self._end_revoked()
            self._checked_at = now
        self._version = version

    def _may_differ(self, before: int | None, version: int) -> bool:
        """Say whether what heartbeats carry may be other than at a version before.

        A store without glances tells with its version of transitions alone.
        """
        return version != before or self._source.glance() is None

    async def _version_at(self, now: float) -> int:
        """Return the store's version; it is asked for when a glance shows a change, or is old."""
        glance = self._source.glance()
        is_fresh = now - self._versioned_at < VERSION_SECONDS
        if self._version is not None and is_fresh and glance is not None and glance == self._glance:
            return self._version
        version = await asyncio.to_thread(self._source.data_version)
        self._glance, self._versioned_at = glance, now
        return version

    async def _read_new(self) -> None:
        cursor = self._cursor or 0
        while True:
            rows = await asyncio.to_thread(self._source.transitions_after, cursor, PAGE)
            if rows:
                batch = encode_batch(rows)
                self._cursor = cursor = batch.ids[-1]
                self._events += len(rows)
                for listener in self._listeners:
                    if not listener.offer(batch):
                        self._overflows += 1
            if len(rows) < PAGE:
                return

    async def _point_to_incidents(self) -> None:
        """Tell which incidents are new or changed; what they are now, a screen asks for."""
        before = self._incidents
        self._incidents, changed = await asyncio.to_thread(self._source.incidents_after, before)
        if changed:
            for listener in self._listeners:
                listener.point_to(changed)

    async def _check_inventory(self) -> None:
        """A device that was just imported has no transition yet: show it all the same."""
        mark = await asyncio.to_thread(self._source.inventory_mark)
        if mark != self._inventory:
            self._inventory = mark
            self._refresh_all()

    async def _end_revoked(self) -> None:
        """A stream lives for weeks: a token revoked meanwhile must end it."""
        held = {one.token_id for one in self._listeners if one.token_id is not None}
        if not held:
            return
        revoked = held.difference(await asyncio.to_thread(self._still_valid, held))
        for listener in self._listeners:
            if listener.token_id in revoked:
                listener.stop()

    def _judge_collectors(self) -> None:
        """When the last collector is gone, or the first is back, every state changes at once."""
        blind = not any(one.alive for one in self._collectors())
        if blind != self._blind:
            self._blind = blind
            self._switched_at_id = self._cursor or 0
            self._refresh_all()

    def _collectors(self) -> tuple[CollectorLife, ...]:
        return collector_lives(self._heartbeats, self._clock.now(), self._collector_timeout_seconds)

    def _refresh_all(self) -> None:
        self._generation += 1
        self._snapshot = None
        for listener in self._listeners:
            listener.ask_for_snapshot()

    def _beat_when_due(self) -> None:
        now = self._clock.monotonic()
        if now - self._beaten_at >= self._heartbeat_seconds:
            self._beaten_at = now
            frame = self._heartbeat_frame()
            for listener in self._listeners:
                listener.beat(frame)

    def _heartbeat_frame(self) -> bytes:
        return encode_event(
            "heartbeat",
            {
                "at": self._clock.now(),
                "collectors": self._collectors(),
                "areas": self._freshness,
            },
        )

    # --- serving one screen ---------------------------------------------------------------

    async def connect(self, token_id: int | None, last_event_id: int | None) -> "Stream":
        """Register a screen and prepare the first thing it is sent.

        `last_event_id`: what the screen says it saw last, None for a new one. Raises LiveError,
        TooManyListenersError, and what the source raises when the store cannot be read.
        """
        cursor = await self._started()
        if self._closed:
            raise LiveError("The server is stopping.")
        if len(self._listeners) >= LISTENERS:
            raise TooManyListenersError(f"{LISTENERS} screens are connected already.")
        listener = Listener(token_id, self._listener_bytes)
        self._listeners.add(listener)
        try:
            first = await self._first(listener, last_event_id, cursor)
        except BaseException:
            self._listeners.discard(listener)
            raise
        return Stream(self, listener, b"retry: %d\n\n" % RETRY_MILLISECONDS + first)

    async def _started(self) -> int:
        """Return the follower's cursor. Just after a start wait: browsers give up on an error."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                await self._ready.wait()
        if self._cursor is None:
            raise LiveError("The store has not been read yet.")
        return self._cursor

    def disconnect(self, listener: Listener) -> None:
        """Forget a screen."""
        self._listeners.discard(listener)

    async def _first(self, listener: Listener, last_event_id: int | None, cursor: int) -> bytes:
        """Return the first piece; `cursor` is where the follower was when `listener` came."""
        replay = None if last_event_id is None else await self._replay(last_event_id, cursor)
        if replay is None or last_event_id is None:
            return await self._snapshot_frame(listener, cursor)
        listener.sent_id = max(cursor, last_event_id)
        # States it holds may be from before all collectors were gone, or from another run of
        # ours: the transitions tell what happened, the snapshot what is true now.
        if self._blind or last_event_id <= self._switched_at_id:
            replay += await self._snapshot_frame(listener, listener.sent_id)
        return replay + self._heartbeat_frame()

    async def _replay(self, last_event_id: int, cursor: int) -> bytes | None:
        """Return the transitions in (last_event_id, cursor]; None when a snapshot must do."""
        if last_event_id < 0 or cursor - last_event_id > RESUME_EVENTS:
            return None
        if last_event_id > cursor:  # a hair ahead of our follower, or of a store now replaced?
            newest = await asyncio.to_thread(self._source.last_transition_id)
            return b"" if last_event_id <= newest else None
        pieces: list[bytes] = []
        at = last_event_id
        while at < cursor:
            rows = await asyncio.to_thread(self._source.transitions_after, at, PAGE)
            rows = [row for row in rows if (row.id or 0) <= cursor]  # later ones are offered
            if not rows:
                break
            batch = encode_batch(rows)
            pieces.append(batch.joined)
            at = batch.ids[-1]
        return b"".join(pieces)

    async def _snapshot_frame(self, listener: Listener, at_least: int) -> bytes:
        # Taken back before the read: should the bound be reached again, or a refresh be asked
        # for, while we read, then another snapshot follows this one and nothing is lost.
        listener.needs_snapshot = False
        try:
            snapshot = await self.snapshot(at_least)
        except BaseException:
            listener.ask_for_snapshot()
            raise
        listener.sent_id = snapshot.cursor
        return snapshot.frame

    async def snapshot(self, at_least: int = 0) -> Snapshot:
        """Return a snapshot that is at most a second old and true at `at_least` or later."""
        async with self._snapshot_lock:
            now = self._clock.monotonic()
            if self._snapshot is not None:
                made, kept = self._snapshot
                if now - made < SNAPSHOT_SECONDS and kept.cursor >= at_least:
                    return kept
            generation = self._generation
            fresh = await asyncio.to_thread(self._source.snapshot)
            self._snapshots += 1
            if generation == self._generation:
                # Its age counts from when it is there: forty screens that wait for one which took
                # a second to make must not each make their own.
                self._snapshot = (self._clock.monotonic(), fresh)
            return fresh

    async def next_piece(self, listener: Listener) -> bytes | None:
        """Wait for and return what to send next; None when the stream is to end."""
        while not listener.stopped:
            if listener.needs_snapshot:
                try:
                    return await self._snapshot_frame(listener, self._cursor or 0)
                except Exception as error:  # noqa: BLE001 - whatever it is, try again
                    _LOG.warning("no snapshot for a screen: %s", type(error).__name__)
                    await listener.wait(SNAPSHOT_SECONDS)
            piece = listener.take()
            if piece:
                return piece
            await listener.wait()
        return None


@dataclass(frozen=True, slots=True)
class Stream:
    """One connected screen: what it is sent first, then what follows. Close it when done."""

    live: Live
    listener: Listener
    first: bytes

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Yield pieces of the event stream until the server ends it."""
        yield self.first
        while (piece := await self.live.next_piece(self.listener)) is not None:
            yield piece

    def close(self) -> None:
        """Forget the screen."""
        self.live.disconnect(self.listener)
