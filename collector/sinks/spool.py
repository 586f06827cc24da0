"""The spool: lines on disk, in order, until InfluxDB has confirmed them.

    append ──► records (lanes 0..3, ids ascending) ──peek── courier ──remove──► gone, or dead

The collector appends readings, the courier appends what it tells of the store and removes; any
number look. A device is always in the same lane; within a lane the order of arrival is kept,
whatever fails between. Why this layout and what it costs: docs/adr/0025.
"""

import logging
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import astuple, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from sqlite3 import Connection
from typing import Self

from collector.moments import from_micros, from_micros_or_none, to_micros
from collector.sinks import SinkError
from collector.sinks.own_file import MissingFileError, disk_full
from collector.sinks.spool_file import SpoolFile
from collector.sinks.spool_rows import (
    Dropped,
    Letter,
    Row,
    bury,
    growth,
    insert,
    lines_together,
    make_room,
    make_rows,
    moments_of,
    shrink,
    take_out,
    touch,
)

logger = logging.getLogger(__name__)

LANES = 4
"""How many orders there are. Fixed: a device stays in its lane whatever the settings say."""


def lane_of(name: str) -> int:
    """Return the lane of what must stay in order: a device's id, a collector's."""
    return zlib.crc32(name.encode()) % LANES


@dataclass(frozen=True, slots=True)
class Pack:
    """Lines of one lane on their way to the disk."""

    lane: int
    lines: bytes = field(repr=False)  # line protocol, nanoseconds, each ended by a line feed
    count: int  # lines
    low_at: datetime  # moments of the lines
    high_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """A pack on disk."""

    id: int
    pack: Pack


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A line that the server will never take, with the server's words."""

    line: bytes
    status: int  # HTTP, or 0: we refused it ourselves
    words: str
    at: datetime  # when it was given up
    id: int | None = None
    lane: int = 0  # where it goes when it is tried again; `remove` knows it by itself


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the spool may hold. Beyond it the oldest goes first, counted in `dropped_lines`."""

    bytes: int = 4 * 2**30  # on disk, without SQLite's journal beside it (16 MiB at most)
    age_seconds: float = 7 * 86_400.0  # since it was appended


@dataclass(frozen=True, slots=True)
class SpoolStatus:
    """What waits, and what was lost. Counts without a unit of time are since the file was made."""

    records: int = 0
    lines: int = 0
    bytes: int = 0  # squeezed, as it waits
    oldest_at: datetime | None = None  # since when the oldest waits
    dropped_lines: int = 0  # because of the bounds
    dead_letters: int = 0  # lines that are kept as such now
    sent_lines: int = 0  # confirmed by the server
    dropping_since: datetime | None = None  # None: nothing was dropped for a while
    dropped_at: datetime | None = None  # the last time
    damaged_lines: int = 0  # could not be read back from the disk
    dead_dropped: int = 0  # dead letters that went because there were too many
    file_bytes: int = 0  # what the file and its journal take on the disk


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field as it was first written: its type and its metric's unit never change."""

    metric: str
    measurement: str
    field: str
    type: str
    unit: str
    scale: float


class Claim(StrEnum):
    """What only one process may be."""

    COLLECTOR = "collector"
    COURIER = "courier"


_LEFT_FREE = 64 * 2**20  # bytes of the disk: removing, too, needs some room for its journal
_WORDS = 1_000  # characters of a server's answer that are kept
_PEEK_BYTES = 4 * 2**20  # of lines that are held in memory at once, about
_PEEK = (
    "SELECT id, lines, low_at, high_at, CAST(data AS BLOB) FROM records"
    " INDEXED BY records_by_lane WHERE lane = ? ORDER BY id"
)
_ADD_FIELD = (
    "INSERT OR IGNORE INTO fields (metric, measurement, field, type, unit, scale)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_SET_MARK = "INSERT OR REPLACE INTO marks (name, value) VALUES (?, ?)"
_TOTALS = (
    "SELECT records, lines, bytes, dropped_lines, dead_records, sent_lines, dropping_since,"
    " dropped_at, damaged_lines, dead_dropped FROM totals"
)


class Spool:
    """The file. All methods block, are safe for several threads, and raise SinkError.

    Several processes may write: transactions are short, and each waits its turn for some seconds.
    Opened for reading only where no file is (yet), it is empty. A damaged file is kept, and a new
    one begun with what could be read: the call that met the damage raises, the next one works.
    """

    def __init__(self, file: SpoolFile, bounds: Bounds) -> None:
        self._file = file
        self._bounds = bounds
        self._dead_told = False

    @classmethod
    def open(
        cls,
        path: Path,
        bounds: Bounds | None = None,
        *,
        read_only: bool = False,
        claim: Claim | None = None,
    ) -> Self:
        """Open the file, making it unless `read_only`; then it may also come later.

        With a `claim` a second process of the kind is refused, until `close`.
        """
        return cls(SpoolFile(path, read_only=read_only, claim=claim), bounds or Bounds())

    # --- appending ----------------------------------------------------------------------------

    def append(
        self,
        packs: Sequence[Pack],
        now: datetime,
        *,
        fields: Sequence[FieldRow] = (),
        marks: Mapping[str, str] | None = None,
        dead: Sequence[DeadLetter] = (),
    ) -> None:
        """Keep packs durably, all or nothing, with what must be known or true together with them.

        When this returns a power cut loses nothing of it. Enforces the bounds. Packs are split
        where they are large. A field that is known already stays as it is. ValueError: a pack
        whose lines are not what it says.
        """
        rows = [row for pack in packs for row in _rows(pack, now)]
        with self._file.write() as connection:
            dropped = self._insert(connection, rows, now)
            if fields:
                connection.executemany(_ADD_FIELD, [astuple(row) for row in fields])
            if marks:
                connection.executemany(_SET_MARK, list(marks.items()))
            buried = bury(connection, _letters(dead), self._bounds.bytes)
        self._tell(dropped, buried)

    # --- sending ------------------------------------------------------------------------------

    def peek(self, lane: int, lines: int) -> list[Record]:
        """Return the oldest records of a lane, up to about so many lines, at least one if any.

        No more than some MiB of them, however long the lines are. Records that the disk did not
        give back as they were written are dropped, and counted.
        """
        rows: list[tuple[int, int, int, int, bytes]] = []
        found: list[Record] = []
        damaged: list[int] = []
        with self._reading() as connection:
            wanted, room = lines, _PEEK_BYTES
            for row in connection.execute(_PEEK, (lane,)) if connection else ():
                if rows and (row[1] > wanted or room <= 0):
                    break
                rows.append(row)
                wanted -= row[1]
                room -= len(row[4])
        room = _PEEK_BYTES
        for id_, count, low_at, high_at, data in rows:
            if room <= 0:
                break
            try:
                text = zlib.decompress(data)
            except zlib.error:
                damaged.append(id_)
                continue
            room -= len(text)
            moments = from_micros(low_at), from_micros(high_at)
            found.append(Record(id_, Pack(lane, text, count, *moments)))
        if damaged:
            self._drop_damaged(damaged)
            return found or self.peek(lane, lines)
        return found

    def remove(self, ids: Sequence[int], dead: Sequence[DeadLetter] = ()) -> None:
        """Forget records that the server has; keep what it will never take as dead letters.

        Their hours are noted as touched, in the same transaction (see `touched`). Records that are
        not there (any more) are passed over.
        """
        with self._file.write() as connection:
            gone = take_out(connection, ids)
            sent = max(0, sum(one.lines for one in gone) - len(dead))
            connection.execute("UPDATE totals SET sent_lines = sent_lines + ?", (sent,))
            touch(connection, {hour for one in gone for hour in one.hours})
            letters = _letters(dead, lane=gone[0].lane if gone else None)
            buried = bury(connection, letters, self._bounds.bytes)
        self._tell(Dropped(), buried)
        with suppress(SinkError), self._file.write() as connection:  # done is done; next time
            shrink(connection)

    def touch(self, hours: Iterable[int]) -> None:
        """Note hours whose lines were stored on another way than through the spool."""
        with self._file.write() as connection:
            touch(connection, hours)

    def touched(self, limit: int) -> list[tuple[int, int]]:
        """Return (hour since 1970, mark) of hours whose lines were stored since last `settled`.

        The earliest first.
        """
        with self._reading() as connection:
            query = "SELECT hour, mark FROM touched ORDER BY hour LIMIT ?"
            return connection.execute(query, (limit,)).fetchall() if connection else []

    def settled(self, hours: Sequence[tuple[int, int]]) -> None:
        """Forget touched hours, unless they were touched again since `touched` returned them."""
        with self._file.write() as connection:
            connection.executemany("DELETE FROM touched WHERE hour = ? AND mark = ?", hours)

    # --- what is known ------------------------------------------------------------------------

    def fields(self) -> list[FieldRow]:
        """Return the fields as they were first written."""
        query = "SELECT metric, measurement, field, type, unit, scale FROM fields ORDER BY id"
        with self._reading() as connection:
            return [FieldRow(*row) for row in connection.execute(query)] if connection else []

    def mark(self, name: str) -> str | None:
        """Return what `set_marks` or `append` kept under a name."""
        with self._reading() as connection:
            query = "SELECT value FROM marks WHERE name = ?"
            row = connection.execute(query, (name,)).fetchone() if connection else None
        return None if row is None else str(row[0])

    def set_marks(self, marks: Mapping[str, str]) -> None:
        """Keep some words, such as the courier's last report."""
        with self._file.write() as connection:
            connection.executemany(_SET_MARK, list(marks.items()))

    def status(self) -> SpoolStatus:
        """Return what waits and what was lost."""
        with self._reading() as connection:
            if not connection:
                return SpoolStatus()
            row = connection.execute(_TOTALS).fetchone()
            oldest = connection.execute(
                "SELECT kept_at FROM records ORDER BY id LIMIT 1"
            ).fetchone()
        records, lines, bytes_, dropped, dead, sent, since, at, damaged, dead_dropped = row
        return SpoolStatus(
            records=records,
            lines=lines,
            bytes=bytes_,
            oldest_at=from_micros(oldest[0]) if oldest else None,
            dropped_lines=dropped,
            dead_letters=dead,
            sent_lines=sent,
            dropping_since=from_micros_or_none(since),
            dropped_at=from_micros_or_none(at),
            damaged_lines=damaged,
            dead_dropped=dead_dropped,
            file_bytes=self._file.size(),
        )

    def dead_letters(self, limit: int, before: int | None = None) -> list[DeadLetter]:
        """Return dead letters, newest first, those with an id below `before`."""
        query = (
            "SELECT line, status, words, at, id, lane FROM dead"
            " WHERE id < ? ORDER BY id DESC LIMIT ?"
        )
        with self._reading() as connection:
            if not connection:
                return []
            upper = 2**63 - 1 if before is None else before
            rows = connection.execute(query, (upper, limit))
            return [
                DeadLetter(line, status, words, from_micros(at), id_, lane)
                for line, status, words, at, id_, lane in rows
            ]

    def retry_dead(self, now: datetime) -> int:
        """Put all dead letters back at the end of the spool, each in its lane; return how many."""
        with self._file.write() as connection:
            letters = connection.execute("SELECT lane, line FROM dead ORDER BY id").fetchall()
            if not letters:
                return 0
            dropped = self._insert(connection, list(_rows_again(letters, now)), now)
            connection.execute("DELETE FROM dead")
            connection.execute("UPDATE totals SET dead_records = 0, dead_bytes = 0")
        self._tell(dropped, 0)
        return len(letters)

    def close(self) -> None:
        """Release the file. Safe to call twice."""
        self._file.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection | None]:
        """Give a connection, or None where there is no file yet."""
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(self._file.read())
            except MissingFileError:
                connection = None
            yield connection

    def _insert(self, connection: Connection, rows: Sequence[Row], now: datetime) -> Dropped:
        age = int(self._bounds.age_seconds * 1_000_000)
        dropped = make_room(connection, rows, to_micros(now), self._bounds.bytes, age)
        rest = rows[dropped.own :]
        more = growth(connection, rest)
        disk = shutil.disk_usage(self._file.path.parent)
        if more and disk.free - more < min(_LEFT_FREE, disk.total // 4):
            raise disk_full(self._file.path)
        insert(connection, rest)
        return dropped

    def _drop_damaged(self, ids: Sequence[int]) -> None:
        with self._file.write() as connection:
            lines = sum(one.lines for one in take_out(connection, ids))
            connection.execute("UPDATE totals SET damaged_lines = damaged_lines + ?", (lines,))
        logger.error(
            "%s: %d lines did not come back from the disk as they were written, and are lost;"
            " look at the disk",
            self._file.path,
            lines,
        )

    def _tell(self, dropped: Dropped, buried: int) -> None:
        """Log once when lines begin to be lost, and once when that is over."""
        if dropped.began:
            logger.error(
                "%s: readings wait for InfluxDB longer, or are more, than the disk may hold"
                " (spool_age, spool_megabytes): the oldest are lost from now on, %d lines at once",
                self._file.path,
                dropped.lines,
            )
        elif dropped.ended:
            logger.warning(
                "%s: nothing was lost for ten minutes; %d lines ever were",
                self._file.path,
                dropped.lines_ever,
            )
        if buried and not self._dead_told:
            self._dead_told = True
            logger.error(
                "%s: more dead letters than are kept, the oldest are gone; look at them:"
                " pantau spool --dead",
                self._file.path,
            )


def _rows(pack: Pack, now: datetime) -> Iterator[Row]:
    if not 0 <= pack.lane < LANES:
        raise ValueError(f"there is no lane {pack.lane}")
    if pack.count or pack.lines:
        low_at, high_at = to_micros(pack.low_at), to_micros(pack.high_at)
        yield from make_rows(pack.lane, pack.lines, pack.count, low_at, high_at, to_micros(now))


def _rows_again(letters: Sequence[tuple[int, bytes]], now: datetime) -> Iterator[Row]:
    for lane in range(LANES):
        own = (line + b"\n" for its_lane, line in letters if its_lane == lane)
        for lines, count in lines_together(own):
            moments = moments_of(lines) or [to_micros(now)]
            yield from make_rows(lane, lines, count, min(moments), max(moments), to_micros(now))


def _letters(dead: Sequence[DeadLetter], lane: int | None = None) -> list[Letter]:
    return [
        (
            one.lane if lane is None else lane,
            one.status,
            to_micros(one.at),
            one.words[:_WORDS],
            one.line.rstrip(b"\n"),
        )
        for one in dead
    ]
