"""From the tail to blocks: in small steps between batches, and safe to stop at any of them.

    segments    1 ── 2 ── 3 ── 4 ── 5 ── 6      6 is being filled, 4 and 5 belong to this hour
                └─ a pass: 1..3 ─┘
    1. remember that a pass goes through segment 3
    2. device by device: its rows of the pass, merged into its blocks       one transaction a few
    3. when all devices are done: drop the pass' rows, oldest segment first         devices

Readers look at blocks, then at the tail, later rows over earlier ones. During a pass a point may
stand in both with the same value, so they see the same at every step, and so does whoever opens
the file after a crash: the marks travel in the transactions.

Late points simply arrive in the newest segment and are merged into the block of their hour by the
next pass. A segment that never gets wholly past (it holds a result dated in the far future) is
taken when its beginning is two hours back, or when too many others wait.
"""

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from collector.sinks.blocks import (
    HOUR_MICROS,
    DamagedBlock,
    Points,
    pack_block,
    unpack_block,
)
from collector.sinks.frames import Number, unpack
from collector.sinks.readings_file import ReadingsFile

_log = logging.getLogger(__name__)

MAX_SEGMENTS = 1_000  # that may wait for their hour to end
_RESULTS_A_SEGMENT = 4_096
_BATCHES_A_SEGMENT = 64
_DEVICES_A_STEP = 4
_CHANNEL_BITS = 32

_Values = dict[int, Number]  # microseconds → value


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the tail, and what it holds."""

    id: int
    results: int = 0
    batches: int = 0
    low_at: int = 2**63 - 1
    high_at: int = -(2**63)

    def with_batch(self, moments: Iterable[int]) -> "Segment":
        """Return the segment with one more batch of results at these moments."""
        ordered = sorted(moments)
        return replace(
            self,
            results=self.results + len(ordered),
            batches=self.batches + 1,
            low_at=min(self.low_at, ordered[0]),
            high_at=max(self.high_at, ordered[-1]),
        )

    def takes(self, newest: int) -> bool:
        """Say whether a batch may be added that ends at `newest`."""
        return (
            self.results < _RESULTS_A_SEGMENT
            and self.batches < _BATCHES_A_SEGMENT
            and newest // HOUR_MICROS <= self.high_at // HOUR_MICROS
        )


def block_id(hour: int, channel: int) -> int:
    """Return the row of a block: hours stand one after the other, so that writing appends."""
    return hour << _CHANNEL_BITS | channel


def block_hour(row: int) -> int:
    """Return the hour of a block's row."""
    return row >> _CHANNEL_BITS


def save_segment(connection: sqlite3.Connection, segment: Segment) -> None:
    """Write what a segment holds; its span in the file only ever grows."""
    connection.execute(
        "INSERT INTO segments (id, results, batches, low_at, high_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET results = excluded.results, batches = excluded.batches,"
        " low_at = min(low_at, excluded.low_at), high_at = max(high_at, excluded.high_at)",
        (segment.id, segment.results, segment.batches, segment.low_at, segment.high_at),
    )


class Roller:
    """Knows the segments of the tail and turns them into blocks."""

    def __init__(self, file: ReadingsFile) -> None:
        """Take up what is in the file. Raises SinkError."""
        self._file = file
        with file.read() as connection:
            rows = connection.execute("SELECT * FROM segments ORDER BY id")
            self._segments = {row[0]: Segment(*row) for row in rows}
            self._through = mark(connection, "rolling_through")
            self._device = mark(connection, "rolling_device") or 1

    def segment_for(self, newest: int) -> Segment:
        """Return the segment that a batch ending at `newest` goes to."""
        last = next(reversed(self._segments.values()), None)
        if last is not None and last.takes(newest):
            return last
        before = max(last.id if last else 0, self._through or 0)
        return Segment(before + 1)

    def keep(self, segment: Segment) -> None:
        """Remember a segment as it was just committed."""
        self._segments[segment.id] = segment

    def step(self) -> bool:
        """Do one short piece of work; return whether there is more. Raises SinkError."""
        if self._through is None:
            return self._begin()
        if self._roll_devices():
            return True
        return self._drop_segment()

    # --- the three kinds of steps -------------------------------------------------------------

    def _begin(self) -> bool:
        through = self._ready()
        if through is None:
            return False
        with self._file.write() as connection:
            set_mark(connection, "rolling_through", through)
            set_mark(connection, "rolling_device", 1)
        self._through, self._device = through, 1
        return True

    def _ready(self) -> int | None:
        """Return the last of the segments, from the oldest on, whose hours are over."""
        if not self._segments:
            return None
        # A few results of the hour before or of the far future do not say which hour it is.
        hour = max(s.low_at for s in self._segments.values()) // HOUR_MICROS
        open_id = next(reversed(self._segments))
        through = None
        for segment in self._segments.values():
            over = segment.high_at // HOUR_MICROS < hour
            aged = segment.low_at // HOUR_MICROS < hour - 1
            crowded = segment.id + MAX_SEGMENTS <= open_id
            if segment.id == open_id or not (over or aged or crowded):
                break
            through = segment.id
        return through

    def _roll_devices(self) -> bool:
        """Merge the next devices' rows into their blocks; return False when all are done."""
        first, end = self._device, self._device + _DEVICES_A_STEP
        with self._file.write() as connection:
            last = connection.execute("SELECT max(id) FROM devices").fetchone()[0] or 0
            if first > last:
                return False
            oldest = mark(connection, "pruned_before") or 0
            rows = tail_rows(connection, first, end, through=self._through)
            self._merge(connection, _by_series(rows, oldest), first, end)
            set_mark(connection, "rolling_device", end)
        self._device = end
        return True

    def _drop_segment(self) -> bool:
        through = self._through
        oldest = next(iter(self._segments), None)
        with self._file.write() as connection:
            if oldest is not None and through is not None and oldest <= through:
                connection.execute("DELETE FROM tail WHERE segment = ?", (oldest,))
                connection.execute("DELETE FROM segments WHERE id = ?", (oldest,))
            else:
                oldest = None
                connection.execute("DELETE FROM marks WHERE name LIKE 'rolling_%'")
        if oldest is None:
            self._through, self._device = None, 1
        else:
            del self._segments[oldest]
        return True

    def _merge(
        self, connection: sqlite3.Connection, found: dict[int, _Values], first: int, end: int
    ) -> None:
        blocks: dict[int, dict[int, _Values]] = defaultdict(dict)
        for series, channel in _channels(connection, first, end):
            for hour, values in _by_hour(found.get(series, {})):
                blocks[block_id(hour, channel)][series] = values
        for row, fresh in blocks.items():
            hour = block_hour(row)
            merged = _read_block(connection, row)
            for series, values in fresh.items():
                merged.setdefault(series, {}).update(values)
            data = pack_block(hour, {series: _points(v) for series, v in merged.items()})
            connection.execute("INSERT OR REPLACE INTO blocks VALUES (?, ?)", (row, data))
        connection.executemany(
            "UPDATE series SET last_hour = max(coalesce(last_hour, 0), ?) WHERE id = ?",
            [(block_hour(row), series) for row, fresh in blocks.items() for series in fresh],
        )


def tail_rows(
    connection: sqlite3.Connection,
    first: int,
    end: int,
    *,
    through: int | None = None,
    start_at: int = -(2**63),
    end_at: int = 2**63 - 1,
) -> Iterator[tuple[int, bytes]]:
    """Yield (moment, frame) of the devices first <= number < end, in order of arrival each.

    `start_at` and `end_at` leave out segments that lie wholly outside; the rest comes unfiltered.
    """
    return connection.execute(
        "SELECT tail.at, tail.frame FROM segments CROSS JOIN tail"
        " ON tail.segment = segments.id AND tail.device >= ? AND tail.device < ?"
        " WHERE segments.id <= ? AND segments.high_at >= ? AND segments.low_at < ?"
        " ORDER BY segments.id, tail.device, tail.id",
        (first, end, 2**62 if through is None else through, start_at, end_at),
    )


def mark(connection: sqlite3.Connection, name: str) -> int | None:
    """Return a mark, None when it is not set."""
    row = connection.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
    return None if row is None else int(row[0])


def set_mark(connection: sqlite3.Connection, name: str, value: int) -> None:
    """Set a mark."""
    connection.execute("INSERT OR REPLACE INTO marks (name, value) VALUES (?, ?)", (name, value))


def _by_series(rows: Iterable[tuple[int, bytes]], oldest: int) -> dict[int, _Values]:
    """Return series → moment → value; later rows overwrite earlier ones.

    A device answers with the same series again and again: such rows are turned into columns
    together. A moment that comes twice puts what came before in first, so that the order holds.
    """
    found: dict[int, _Values] = defaultdict(dict)
    alike: dict[tuple[int, ...], dict[int, tuple[Number, ...]]] = defaultdict(dict)
    moments: set[int] = set()
    for at, frame in rows:
        if at < oldest:
            continue
        if at in moments:
            _add_columns(found, alike)
            alike.clear()
            moments.clear()
        series, values = unpack(frame)
        alike[series][at] = values
        moments.add(at)
    _add_columns(found, alike)
    return found


def _add_columns(
    found: dict[int, _Values], alike: dict[tuple[int, ...], dict[int, tuple[Number, ...]]]
) -> None:
    for series, rows in alike.items():
        for each, column in zip(series, zip(*rows.values(), strict=True), strict=True):
            found[each].update(zip(rows, column, strict=True))


def _by_hour(values: _Values) -> Iterator[tuple[int, _Values]]:
    """Cut one series into its hours; mostly there is one."""
    if not values:
        return iter(())
    hour = min(values) // HOUR_MICROS
    if hour == max(values) // HOUR_MICROS:
        return iter([(hour, values)])
    hours: dict[int, _Values] = defaultdict(dict)
    for at, value in values.items():
        hours[at // HOUR_MICROS][at] = value
    return iter(hours.items())


def _points(values: _Values) -> Points:
    ordered = sorted(values.items())
    return Points([at for at, _ in ordered], [value for _, value in ordered])


def _channels(connection: sqlite3.Connection, first: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield (series, channel) of the devices first <= number < end."""
    return connection.execute(
        "SELECT series.id, channels.id FROM channels CROSS JOIN series"
        " ON series.channel = channels.id WHERE channels.device >= ? AND channels.device < ?",
        (first, end),
    )


def _read_block(connection: sqlite3.Connection, row: int) -> dict[int, _Values]:
    stored = connection.execute("SELECT data FROM blocks WHERE id = ?", (row,)).fetchone()
    if stored is None:
        return {}
    try:
        old = unpack_block(block_hour(row), stored[0])
    except DamagedBlock:
        # What is in it is lost already; refusing would hold up all that comes after it.
        _log.exception("a damaged block is replaced by what came later")
        return {}
    return {series: dict(zip(*points, strict=True)) for series, points in old.items()}
