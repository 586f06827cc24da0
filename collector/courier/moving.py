"""Moves the embedded sink's readings to InfluxDB, once: resumable, and counted at the end.

    readings.db ─ hour, device ─► Encoder ─ lines ─┬ younger than `keep` ──► bucket
                                                   │                  └► Spool.touch: roll-ups later
                                                   └ older ─ windows ─► bucket_5m, bucket_1h

What has been confirmed is noted beside the file, so that a stop or a kill costs a few seconds of
work. Everything may be sent again: it changes nothing.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from collector.clock import Clock
from collector.config.influxdb import InfluxdbSettings
from collector.courier.delivery import Delivery
from collector.courier.moving_progress import Counted, Progress
from collector.courier.own_lines import series_in, values_in
from collector.courier.windows import HOUR, MINUTES_5, rolled
from collector.sinks import DeviceReadings
from collector.sinks.influx.client import InfluxClient, identifier
from collector.sinks.influx.encoder import Encoded, Encoder
from collector.sinks.influx.lines import head, name, nanoseconds
from collector.sinks.influx.schema import FieldType
from collector.sinks.spool import DeadLetter, FieldRow, Spool
from collector.sinks.sqlite import SqliteSink

SAVE_SECONDS = 2.0
LETTERS_SHOWN = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARGIN = timedelta(hours=1)
"""An hour that the server will begin to refuse so soon counts as refused."""
_DEVICES_A_QUESTION = 200
_VALUES_OF_ONE = 5
"""How much longer a line of roll-ups is than a raw one."""


@dataclass(frozen=True, slots=True)
class MovePlan:
    """The hours (since 1970) that hold readings, by what can become of them."""

    whole: tuple[int, ...]  # moved as they are
    rolled: tuple[int, ...]  # older than InfluxDB keeps readings: moved as roll-ups
    too_old: tuple[int, ...]  # older than it keeps anything, or from the time before `since`

    @property
    def hours(self) -> tuple[int, ...]:
        """Return what is moved, oldest first."""
        return tuple(sorted(self.whole + self.rolled))


@dataclass(frozen=True, slots=True)
class Difference:
    """InfluxDB holds fewer values than were moved there."""

    bucket: str
    device: str
    measurement: str
    moved: int
    held: int


@dataclass(slots=True)
class _Batch:
    """Lines on their way, and the place in the file that they end at."""

    hour: int
    device: str | None = None  # None: the hour is done
    lines: dict[str, list[bytes]] = field(default_factory=dict)  # by bucket
    count: int = 0
    counted: Counter[Counted] = field(default_factory=Counter)
    readings: int = 0
    refused: int = 0
    fields: list[FieldRow] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)


class Mover:
    """One move. The source is only read, and may be written to meanwhile."""

    def __init__(
        self,
        source: SqliteSink,
        encoder: Encoder,
        spool: Spool,
        delivery: Delivery,
        client: InfluxClient,
        settings: InfluxdbSettings,
        clock: Clock,
        progress: Progress,
    ) -> None:
        """Take everything open, and how far an earlier try came."""
        self._source = source
        self._encoder = encoder
        self._spool = spool
        self._delivery = delivery
        self._client = client
        self._settings = settings
        self._clock = clock
        self._saved_at = 0.0
        self._counters: set[tuple[str, str]] = set()
        self.progress = progress

    async def run(self, hours: Sequence[int], tell: Callable[[], None]) -> None:
        """Move hours, oldest first. `tell` is called whenever one is done.

        Raises SinkError when the file cannot be read; waits as long as InfluxDB is away.
        """
        self._learn(await asyncio.to_thread(self._spool.fields))
        on_the_way: deque[tuple[_Batch, asyncio.Task[list[DeadLetter]]]] = deque()
        try:
            async for batch in self._batches(hours):
                on_the_way.append((batch, asyncio.create_task(self._deliver(batch))))
                if len(on_the_way) > self._settings.in_flight:
                    await self._note(*on_the_way.popleft(), tell)
            while on_the_way:
                await self._note(*on_the_way.popleft(), tell)
        finally:
            for _, task in on_the_way:
                task.cancel()
            if on_the_way:
                await asyncio.wait([task for _, task in on_the_way])
            await asyncio.to_thread(self.progress.save)

    def has_moved(self, hour: int) -> bool:
        """Say whether all of an hour (since 1970) has been moved, by this try or an earlier one."""
        done = self.progress
        return done.hour is not None and (
            hour < done.hour or (hour == done.hour and done.device is None)
        )

    def questions(self) -> int:
        """Return how many questions `differences` has."""
        return sum(1 for _ in self._questions())

    async def differences(self, tell: Callable[[], None]) -> list[Difference]:
        """Count what InfluxDB holds of what was moved; return where it is less. SinkError.

        More is no difference: the collector may have written to the same hours. `tell` is called
        for each of the `questions`.
        """
        held: Counter[Counted] = Counter()
        for bucket, text, parameters in self._questions():
            (answer,) = await asyncio.to_thread(self._client.ask, [text], parameters, bucket=bucket)
            for rows in answer:
                own = bucket, rows.tags["device"], head(rows.name, {})
                held[own] += sum(v for row in rows.values for v in row[1:] if isinstance(v, int))
            tell()
        return [
            Difference(*own, moved, held[own])
            for own, moved in sorted(self.progress.counted.items())
            if held[own] < moved
        ]

    # --- reading ------------------------------------------------------------------------------

    async def _batches(self, hours: Sequence[int]) -> AsyncIterator[_Batch]:
        batches = self._read(hours)
        while (batch := await asyncio.to_thread(next, batches, None)) is not None:
            yield batch

    def _read(self, hours: Sequence[int]) -> Iterator[_Batch]:
        """Yield batches of about as many lines as a request takes; each hour ends with one."""
        done = self.progress
        for hour in hours:
            if self.has_moved(hour):
                continue
            after = done.device if hour == done.hour else None
            batch = _Batch(hour)
            for device, readings in self._source.all_readings(hour, after):
                self._add(batch, device, readings)
                batch.device = device
                if batch.count >= self._settings.lines:
                    yield batch
                    batch = _Batch(hour)
            batch.device = None
            yield batch

    def _add(self, batch: _Batch, device: str, readings: list[DeviceReadings]) -> None:
        now = self._clock.now()
        encoded = self._encoder.encode(readings, now)
        # Texts are not committed: each that the file kept is to be written.
        self._encoder.commit(replace(encoded, texts={}))
        self._learn(encoded.fields)
        batch.fields += encoded.fields
        batch.dead += encoded.dead
        batch.readings += sum(len(one.readings) for one in readings)
        batch.refused += encoded.refused
        for bucket, lines in self._by_bucket(batch.hour, encoded, now):
            batch.lines.setdefault(bucket, []).append(lines)
            is_raw = bucket == self._settings.bucket
            batch.count += lines.count(b"\n") * (1 if is_raw else _VALUES_OF_ONE)
            for measurement, values in values_in(lines):
                batch.counted[bucket, device, measurement] += values

    def _by_bucket(self, hour: int, encoded: Encoded, now: datetime) -> Iterator[tuple[str, bytes]]:
        lines = b"".join(pack.lines for pack in encoded.packs)
        if not lines:
            return
        settings = self._settings
        if start_of(hour) >= now - timedelta(seconds=settings.keep_seconds) + _MARGIN:
            yield settings.bucket, lines
            return
        series = series_in(lines, self._counters)
        for window, bucket, keep in (
            (MINUTES_5, settings.bucket_5m, settings.keep_5m_seconds),
            (HOUR, settings.bucket_1h, settings.keep_1h_seconds),
        ):
            if start_of(hour) >= now - timedelta(seconds=keep) + _MARGIN:
                text = "".join(line for one in series for line in rolled(one, window))
                yield bucket, text.encode()

    def _learn(self, fields: Sequence[FieldRow]) -> None:
        for row in fields:
            if row.type == FieldType.COUNTER:
                self._counters.add((head(row.measurement, {}), name(row.field)))

    # --- writing ------------------------------------------------------------------------------

    async def _deliver(self, batch: _Batch) -> list[DeadLetter]:
        if batch.fields:  # their types are decided before anything of them is stored
            now = self._clock.now()
            await asyncio.to_thread(self._spool.append, [], now, fields=batch.fields)
        dead = list(batch.dead)
        for bucket, parts in batch.lines.items():
            dead += await self._delivery.deliver(b"".join(parts), bucket)
        return dead

    async def _note(
        self, batch: _Batch, task: asyncio.Task[list[DeadLetter]], tell: Callable[[], None]
    ) -> None:
        """Note a batch as moved, once it is."""
        try:
            dead = await task
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            raise
        done = self.progress
        done.hour, done.device = batch.hour, batch.device
        done.first_hour = batch.hour if done.first_hour is None else done.first_hour
        done.counted.update(batch.counted)
        done.readings += batch.readings
        done.refused += batch.refused
        done.dead += len(dead)
        done.letters = [*done.letters, *map(_shown, dead[:LETTERS_SHOWN])][:LETTERS_SHOWN]
        if batch.device is None:
            keep = timedelta(seconds=self._settings.keep_seconds)
            if start_of(batch.hour) >= self._clock.now() - keep:
                await asyncio.to_thread(self._spool.touch, [batch.hour])
            tell()
        if self._clock.monotonic() - self._saved_at >= SAVE_SECONDS:
            self._saved_at = self._clock.monotonic()
            await asyncio.to_thread(done.save)

    # --- counting -----------------------------------------------------------------------------

    def _questions(self) -> Iterator[tuple[str, str, Mapping[str, str]]]:
        """Yield (bucket, InfluxQL, parameters): a day and some devices at a time."""
        done = self.progress
        if done.first_hour is None or done.hour is None:
            return
        for bucket in sorted({bucket for bucket, _, _ in done.counted}):
            own = [key for key in done.counted if key[0] == bucket]
            devices = sorted({device for _, device, _ in own})
            sources = ", ".join(sorted({identifier(measurement) for *_, measurement in own}))
            for low in range(done.first_hour, done.hour + 1, 24):
                high = min(low + 24, done.hour + 1)
                span = nanoseconds(start_of(low)), nanoseconds(start_of(high))
                for at in range(0, len(devices), _DEVICES_A_QUESTION):
                    asked = devices[at : at + _DEVICES_A_QUESTION]
                    parameters = {f"d{number}": device for number, device in enumerate(asked)}
                    either = " OR ".join(f'"device" = ${one}' for one in parameters)
                    # Names are quoted and values are bound.
                    text = (
                        f"SELECT count(*) FROM {sources}"  # noqa: S608
                        f" WHERE time >= {span[0]} AND time < {span[1]} AND ({either})"
                        ' GROUP BY "device"'
                    )
                    yield bucket, text, parameters


def plan_move(
    hours: Sequence[int], settings: InfluxdbSettings, now: datetime, since: datetime | None = None
) -> MovePlan:
    """Return what becomes of each hour, those before the one of `since` left out."""
    keep = settings.keep_seconds
    longest = max(settings.keep_5m_seconds, settings.keep_1h_seconds)
    whole, in_windows, too_old = [], [], []
    for hour in hours:
        age = (now - start_of(hour) + _MARGIN).total_seconds()
        if age > longest or (since is not None and start_of(hour + 1) <= since):
            too_old.append(hour)
        elif age > keep:
            in_windows.append(hour)
        else:
            whole.append(hour)
    return MovePlan(tuple(whole), tuple(in_windows), tuple(too_old))


def start_of(hour: int) -> datetime:
    """Return the moment that an hour since 1970 begins."""
    return _EPOCH + timedelta(hours=hour)


def _shown(letter: DeadLetter) -> str:
    return f"{letter.words}: {letter.line.decode(errors='replace')[:200]}"
