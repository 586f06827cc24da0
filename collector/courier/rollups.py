"""Makes roll-ups of what InfluxDB has stored, so that months of it are a small question.

    Spool.touched ── hours that lines came for ──► over? quiet? ──► make the whole hour ──► settled
                                                     └ running ──► its windows that are over

An hour is always made from all its raw points, in whatever order and however late they came, and
it stays noted in the spool until its roll-ups are stored: after a kill it is simply made again.
Points are fetched as they are and summed up here: the server would need ten to fifty times the CPU
for the same with `GROUP BY time()`, and its mean of large counters overflows (docs/adr/0029).
"""

import asyncio
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import orjson

from collector.clock import Clock
from collector.config.influxdb import InfluxdbSettings
from collector.courier.delivery import Delivery
from collector.courier.raw_hours import Lines, RawHours
from collector.courier.report import ROLLER_MARK, RollerReport
from collector.courier.windows import HOUR, MINUTES_5
from collector.sinks import SinkError
from collector.sinks.influx.client import InfluxClient
from collector.sinks.spool import Spool

logger = logging.getLogger(__name__)

LINES_A_REQUEST = 1_000
"""Five values for one make long lines: as many as usual would keep a small server too long."""
SHORTEST_KEEP_SECONDS = 2 * HOUR  # an hour, and time to make its roll-ups
_MOST_HOURS = 20_000  # looked at in one round: more than two years


@dataclass(frozen=True, slots=True)
class RollerPace:
    """How the roller shares the machine. Seconds."""

    round_seconds: float = 60.0  # between two looks for work
    grace_seconds: float = 90.0  # that a window must be over
    running_seconds: float = 300.0  # between two makings of windows of a running hour
    patience_seconds: float = 600.0  # that an hour waits at most while lines still come for it
    rest: float = 1.0  # after each piece of work, as a share of the time it took
    longest_rest_seconds: float = 5.0
    after_failure_seconds: float = 30.0


@dataclass(slots=True)
class RollerCounters:
    """What was made, since the start."""

    hours: int = 0  # made as a whole
    lines: int = 0  # stored in the buckets of the roll-ups
    dead: int = 0  # refused for good
    too_late: int = 0  # hours that were touched after their raw points had gone
    failures: int = 0


@dataclass(slots=True)
class _Moving:
    """An hour that lines come for."""

    mark: int
    since: float  # monotonic


class Roller:
    """Makes roll-ups for ever. One per InfluxDB."""

    def __init__(
        self,
        spool: Spool,
        client: InfluxClient,
        delivery: Delivery,
        settings: InfluxdbSettings,
        clock: Clock,
        pace: RollerPace | None = None,
    ) -> None:
        """Take what everybody shares; nothing is asked before `run`."""
        self._spool = spool
        self._delivery = delivery
        self._settings = settings
        self._clock = clock
        self._pace = pace or RollerPace()
        self._raw = RawHours(client, spool)
        self._moving: dict[int, _Moving] = {}
        self._failed: dict[int, int] = {}
        self._partly: dict[int, datetime] = {}  # hour → its windows are made up to here
        self._next_partly = 0.0
        self.counters = RollerCounters()
        self.newest_at: datetime | None = None
        """End of the newest hour that was made."""
        self.waiting = 0
        """Hours that are over and not made yet."""
        self.trouble: str | None = None

    async def run(self) -> None:
        """Make roll-ups until cancelled. Failures are told once and tried again."""
        if self._settings.keep_seconds < SHORTEST_KEEP_SECONDS:
            logger.warning(
                "influxdb.keep is shorter than two hours: readings are deleted before roll-ups can"
                " be made of them; lengthen it to a day at least"
            )
        while True:
            pause = self._pace.round_seconds
            try:
                await self.make_what_is_due()
            except SinkError as error:
                if self.trouble is None:
                    logger.warning("roll-ups wait, nothing is lost: %s", error)
                self.trouble = str(error)
            except Exception as error:  # lines must go on being carried
                if self.trouble is None:
                    logger.exception("roll-ups wait because of a fault of ours, nothing is lost")
                self.trouble = f"a fault of ours: {type(error).__name__}, see the log"
            else:
                if self.trouble is not None:
                    logger.warning("roll-ups are made again")
                self.trouble = None
            await self._report()
            if self.trouble is not None:
                self.counters.failures += 1
                pause = max(pause, self._pace.after_failure_seconds)
            await asyncio.sleep(pause)

    async def make_what_is_due(self) -> int:
        """Make the hours that are over and quiet, and what is over of running ones.

        Returns how many hours were made. Raises SinkError.
        """
        touched = await asyncio.to_thread(self._spool.touched, _MOST_HOURS)
        now = self._clock.now()
        await self._let_go(touched, now)
        due, running = self._sorted_out(touched, now)
        self.waiting = len(due)
        if running and self._clock.monotonic() >= self._next_partly:
            self._next_partly = self._clock.monotonic() + self._pace.running_seconds
            for hour in running:
                await self._make_partly(hour)
        made = 0
        # The newest first, for it is looked at; one that failed does not stand before the others.
        for hour, mark in sorted(due, key=lambda it: (self._failed.get(it[0], 0), -it[0])):
            try:
                await self._make(hour)
            except Exception:
                self._failed[hour] = self._failed.get(hour, 0) + 1
                raise
            self._failed.pop(hour, None)
            self._partly.pop(hour, None)
            self._moving[hour] = _Moving(mark, self._clock.monotonic())
            await asyncio.to_thread(self._spool.settled, [(hour, mark)])
            made += 1
            self.waiting -= 1
            self.counters.hours += 1
            end = _start_of(hour + 1)
            self.newest_at = end if self.newest_at is None else max(self.newest_at, end)
        return made

    def report(self) -> RollerReport:
        """Return what the courier says of roll-ups."""
        return RollerReport(
            at=self._clock.now(),
            newest_at=self.newest_at,
            waiting_hours=self.waiting,
            trouble=self.trouble,
            **asdict(self.counters),
        )

    async def _report(self) -> None:
        words = orjson.dumps(self.report(), option=orjson.OPT_UTC_Z).decode()
        try:
            await asyncio.to_thread(self._spool.set_marks, {ROLLER_MARK: words})
        except SinkError as error:
            logger.warning("the report on roll-ups is not kept: %s", error)

    async def _let_go(self, touched: Sequence[tuple[int, int]], now: datetime) -> None:
        """Settle hours whose raw points the server has begun to delete.

        Made again from what is left, they would be less than they are.
        """
        oldest = now - timedelta(seconds=self._settings.keep_seconds)
        gone = [(hour, mark) for hour, mark in touched if _start_of(hour) < oldest]
        if gone:
            await asyncio.to_thread(self._spool.settled, gone)
            self.counters.too_late += len(gone)
            logger.warning(
                "lines of %d hours came after their raw points had gone (influxdb.keep): their"
                " roll-ups stay as they are",
                len(gone),
            )

    def _sorted_out(
        self, touched: Sequence[tuple[int, int]], now: datetime
    ) -> tuple[list[tuple[int, int]], list[int]]:
        """Return the hours (with marks) to be made as a whole, and those that still run."""
        over_before = now - timedelta(seconds=self._pace.grace_seconds)
        oldest = now - timedelta(seconds=self._settings.keep_seconds)
        due: list[tuple[int, int]] = []
        running: list[int] = []
        moving: dict[int, _Moving] = {}
        at = self._clock.monotonic()
        for hour, mark in touched:
            if _start_of(hour) < oldest:
                continue
            if _start_of(hour + 1) > over_before:
                if _start_of(hour) <= now:
                    running.append(hour)
                continue
            before = self._moving.get(hour) or _Moving(mark, at)
            if before.mark == mark or at - before.since >= self._pace.patience_seconds:
                due.append((hour, mark))
            moving[hour] = _Moving(mark, before.since)
        self._moving = moving
        return due, running

    async def _make(self, hour: int) -> None:
        await self._carry(hour, _start_of(hour), _start_of(hour + 1), whole=True)

    async def _make_partly(self, hour: int) -> None:
        """Make the windows of a running hour that are over and were not made yet."""
        start = self._partly.get(hour, _start_of(hour))
        over = self._clock.now() - timedelta(seconds=self._pace.grace_seconds)
        end = min(_start_of(hour + 1), _floor(over, MINUTES_5))
        if end > start:
            await self._carry(hour, start, end, whole=False)
            self._partly = {it: at for it, at in self._partly.items() if it >= hour - 1}
            self._partly[hour] = end

    async def _carry(self, hour: int, start: datetime, end: datetime, *, whole: bool) -> None:
        """Make windows from start to end; the hour's own one, too, if they are the whole of it."""
        age = (self._clock.now() - _start_of(hour)).total_seconds()
        buckets = {
            MINUTES_5: self._settings.bucket_5m if age < self._settings.keep_5m_seconds else None,
            HOUR: self._settings.bucket_1h if age < self._settings.keep_1h_seconds else None,
        }
        for work in await asyncio.to_thread(self._raw.plan, (start, end)):
            while work.is_left:
                began = time.monotonic()
                lines = await asyncio.to_thread(work.next_lines, whole=whole)
                await self._store(lines, buckets)
                took = time.monotonic() - began
                rest = min(took * self._pace.rest, self._pace.longest_rest_seconds)
                await asyncio.sleep(rest)

    async def _store(self, lines: Lines, buckets: dict[int, str | None]) -> None:
        for seconds, own in lines.items():
            bucket = buckets[seconds]
            if bucket is None:
                continue
            for part in parts_of(own):
                dead = await self._delivery.deliver(part, bucket)
                self.counters.dead += len(dead)
                self.counters.lines += part.count(b"\n") - len(dead)


def parts_of(lines: bytes) -> Iterator[bytes]:
    """Yield lines in parts of a request each, which are smaller than those of raw lines."""
    rows = lines.splitlines(keepends=True)
    for at in range(0, len(rows), LINES_A_REQUEST):
        yield b"".join(rows[at : at + LINES_A_REQUEST])


def _start_of(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * HOUR, UTC)


def _floor(moment: datetime, seconds: int) -> datetime:
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)
