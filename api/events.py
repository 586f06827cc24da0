"""The pieces of the live path: events as bytes, and what waits for one connected screen.

An event is encoded once for all screens (see `api.live` for the way they go).
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

import orjson

from collector.model import Heartbeat, Transition
from collector.store import AreaFreshness, FiringAlert

INCIDENTS_NAMED = 100  # in one event; who is told of more asks for the list
ALERTS_NAMED = 100


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot as JSON bytes, true for all transitions up to and including `cursor`."""

    cursor: int
    body: bytes
    frame: bytes = field(repr=False)  # as an event, the same for every screen

    @classmethod
    def of(cls, cursor: int, body: bytes) -> Self:
        """Return a snapshot with its event."""
        return cls(cursor, body, b"event: snapshot\nid: %d\ndata: %b\n\n" % (cursor, body))


@dataclass(frozen=True, slots=True)
class LiveCounts:
    """What the live path tells about itself, for /metrics."""

    listeners: int
    events: int
    snapshots: int
    overflows: int


class LiveSource(Protocol):
    """What the live path reads. All but `glance` block; they are called from worker threads."""

    def glance(self) -> object:
        """Return a value that mostly differs after a change, None: ask `data_version`."""

    def data_version(self) -> int:
        """Return a number that differs after every change of the store."""

    def last_transition_id(self) -> int:
        """Return the newest transition's id, 0 when there is none."""

    def transitions_after(self, cursor: int, limit: int) -> Sequence[Transition]:
        """Return up to `limit` transitions with an id above `cursor`, lowest first."""

    def incidents_after(self, cursor: int | None) -> tuple[int, frozenset[int]]:
        """Return where the incidents' timelines end, and whose have lines after `cursor`.

        None: only the end is wanted.
        """

    def alerts_mark(self) -> object:
        """Return a value that differs after anything about alerts changed."""

    def firing_alerts(self) -> Mapping[int, FiringAlert]:
        """Return the alerts that are firing, by id."""

    def heartbeats(self) -> Sequence[Heartbeat]:
        """Return the last heartbeat of every collector that ever wrote one."""

    def freshness(self) -> Sequence[AreaFreshness]:
        """Return how new what is known of every area with devices is."""

    def inventory_mark(self) -> object:
        """Return a value that differs when devices, sites or areas were added or changed."""

    def snapshot(self) -> Snapshot:
        """Read everything a wall needs, in one consistent view of the store."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that travel together; `joined` is all of them, encoded once for all listeners."""

    ids: tuple[int, ...]
    frames: tuple[bytes, ...]
    joined: bytes

    def after(self, cursor: int) -> bytes:
        """Return the frames with an id above `cursor`."""
        if self.ids[0] > cursor:
            return self.joined
        return b"".join(f for i, f in zip(self.ids, self.frames, strict=True) if i > cursor)


class Listener:
    """What waits for one connected screen. Used from the event loop only."""

    def __init__(self, token_id: int | None, limit_bytes: int) -> None:
        self.token_id = token_id
        self.sent_id = 0
        self.needs_snapshot = False
        self.stopped = False
        self._limit = limit_bytes
        self._waiting: deque[Batch] = deque()
        self._bytes = 0
        self._heartbeat = b""
        self._incidents: set[int] = set()
        self._alerts: dict[int, dict[str, object]] = {}
        self._something = asyncio.Event()

    def offer(self, batch: Batch) -> bool:
        """Let a batch wait; False when the bound was reached and a snapshot replaces it all."""
        self._something.set()
        if self.needs_snapshot:
            return True  # the snapshot to come contains it
        if self._bytes + len(batch.joined) > self._limit:
            self.ask_for_snapshot()
            return False
        self._waiting.append(batch)
        self._bytes += len(batch.joined)
        return True

    def beat(self, frame: bytes) -> None:
        """Let the newest heartbeat wait; an older one that still waits has no worth."""
        self._heartbeat = frame
        self._something.set()

    def point_to(self, incidents: Collection[int]) -> None:
        """Let it wait that these incidents are new or changed. A snapshot does not replace it."""
        if len(self._incidents) <= INCIDENTS_NAMED:  # else all are asked for, whichever they are
            self._incidents.update(incidents)
        self._something.set()

    def tell_alerts(self, changed: Mapping[int, dict[str, object]]) -> None:
        """Let it wait that these alerts changed: the last word of each. As `point_to`."""
        if len(self._alerts) <= ALERTS_NAMED:
            self._alerts.update(changed)
        self._something.set()

    def ask_for_snapshot(self) -> None:
        """Throw away what waits; the next thing sent is a fresh snapshot."""
        self._waiting.clear()
        self._bytes = 0
        self.needs_snapshot = True
        self._something.set()

    def stop(self) -> None:
        """End the stream after what is being sent now."""
        self.stopped = True
        self._something.set()

    def take(self) -> bytes:
        """Return all that waits as one piece (maybe empty) and move `sent_id` on."""
        pieces = [self._heartbeat] if self._heartbeat else []
        for batch in self._waiting:
            pieces.append(batch.after(self.sent_id))
            self.sent_id = max(self.sent_id, batch.ids[-1])
        if self._incidents:
            pieces.append(encode_event("incident", _pointer(self._incidents)))
        if self._alerts:
            few = len(self._alerts) <= ALERTS_NAMED
            items = list(self._alerts.values()) if few else None
            pieces.append(encode_event("alert", {"items": items}))
        self._waiting.clear()
        self._bytes = 0
        self._heartbeat = b""
        self._incidents.clear()
        self._alerts.clear()
        return b"".join(pieces)

    async def wait(self, timeout_seconds: float | None = None) -> None:
        """Return when there may be something to take, or after the timeout."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self._something.wait()
        self._something.clear()


def encode_event(name: str, data: object, event_id: int | None = None) -> bytes:
    """Return one Server-Sent Event (WHATWG HTML, section 9.2.6). JSON has no raw line ends."""
    head = b"event: %b\n" % name.encode()
    if event_id is not None:
        head += b"id: %d\n" % event_id
    return head + b"data: %b\n\n" % orjson.dumps(data, option=orjson.OPT_UTC_Z)


def _pointer(incidents: Collection[int]) -> dict[str, object]:
    """Return which incidents to ask for; with too many to name, all."""
    return {"ids": sorted(incidents) if len(incidents) <= INCIDENTS_NAMED else None}


def encode_batch(rows: Sequence[Transition]) -> Batch:
    """Return stored transitions, one event each, ready to send."""
    ids = tuple(row.id or 0 for row in rows)
    frames = tuple(
        encode_event("transition", transition_view(row), event_id)
        for row, event_id in zip(rows, ids, strict=True)
    )
    return Batch(ids, frames, b"".join(frames))


def transition_view(row: Transition) -> dict[str, object]:
    """Return a transition as clients see it, here and in `/devices/{id}/transitions`."""
    return {
        "id": row.id,
        "device": row.device_id,
        "old": row.old,
        "new": row.new,
        "at": row.at,
        "confirmed_at": row.confirmed_at,
        "reason": row.reason,
        "detail": row.detail,
        "cause": row.cause,
        "flapping": row.flapping,
    }
