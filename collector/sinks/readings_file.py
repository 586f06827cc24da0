"""The embedded sink's file: its tables, one connection that writes, several that read.

Plain `sqlite3`: this is the hot path (thousands of points a second), and the file is SQLite's by
its nature. Other processes read it at any time.
"""

import fcntl
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from collector.sinks import SinkError

FORMAT = 1  # PRAGMA user_version; raised when the layout changes
_APPLICATION_ID = 0x50414E54  # "PANT": tells `file` and us that it is ours
_BUSY_SECONDS = 5.0
_SPARE_READERS = 4

# Series are numbered as they are first seen, so those of one device are neighbours.
#   tail    what came lately, one row a result, in order of arrival
#   blocks  what is older, one row a metric, device and hour (see blocks.py); id = hour, channel
# A segment is a stretch of the tail: within it rows are found by device. So the one index stays
# small, is written where the last rows are, and the tail still need not be scanned for one device.
_TABLES = """
CREATE TABLE devices (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE channels (
  id INTEGER PRIMARY KEY,
  device INTEGER NOT NULL,
  metric TEXT NOT NULL,
  UNIQUE (device, metric)
);
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL,
  unit TEXT NOT NULL,
  labels TEXT NOT NULL,
  last_hour INTEGER,
  UNIQUE (channel, unit, labels)
);
CREATE TABLE segments (
  id INTEGER PRIMARY KEY,
  results INTEGER NOT NULL,
  batches INTEGER NOT NULL,
  low_at INTEGER NOT NULL,
  high_at INTEGER NOT NULL
);
CREATE TABLE tail (
  id INTEGER PRIMARY KEY,
  segment INTEGER NOT NULL,
  device INTEGER NOT NULL,
  at INTEGER NOT NULL,
  frame BLOB NOT NULL
);
CREATE INDEX tail_by_device ON tail (segment, device);
CREATE TABLE blocks (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE texts (
  series INTEGER NOT NULL,
  at INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (series, at)
) WITHOUT ROWID;
CREATE TABLE marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""


class ReadingsFile:
    """Transactions on the file. Every failure is a SinkError, and then nothing was written."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        """Open for reading only (lazily, the file may come later), or make it. SinkError."""
        self._path = path
        self._lock = threading.RLock()
        self._spare: list[sqlite3.Connection] = []
        self._closed = False
        self._writer: sqlite3.Connection | None = None
        self._claim: IO[str] | None = None
        if not read_only:
            try:
                self._open_for_writing()
            except BaseException:
                self.close()
                raise

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Give the writing connection; commit what was done as a whole, or undo it."""
        with self._lock, self._translated():
            if self._writer is None:
                raise SinkError(f"{self._path}: opened for reading only, or closed")
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                self._writer.rollback()  # does nothing where SQLite has undone it already
                raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one moment of the file."""
        with self._translated():
            connection = self._take()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                connection.rollback()
                self._give_back(connection)

    def close(self) -> None:
        """Close all connections that are not in use, and the others when they come back."""
        with self._lock:
            self._closed = True
            for connection in (*self._spare, *([self._writer] if self._writer else [])):
                connection.close()
            self._spare.clear()
            self._writer = None
            if self._claim is not None:
                self._claim.close()
                self._claim = None

    def _open_for_writing(self) -> None:
        with self._translated():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._claim = self._claimed()
            self._writer = self._connect("rwc")
            self._make_tables(self._writer)

    def _claimed(self) -> IO[str]:
        """Keep a second writing process out: two would move each other's rows.

        The kernel drops the claim when the process ends, however it ends.
        """
        claim = self._path.with_name(f"{self._path.name}-writer").open("a")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.close()
            raise SinkError(f"{self._path}: another process writes to it") from None
        return claim

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise SinkError(f"{self._path}: closed")
            if self._spare:
                return self._spare.pop()
        if not self._path.exists():
            raise SinkError(f"{self._path}: no readings yet; the collector makes this file")
        connection = self._connect("rw")
        try:
            connection.execute("PRAGMA query_only = 1")
            self._check_format(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if self._closed or len(self._spare) >= _SPARE_READERS:
                connection.close()
            else:
                self._spare.append(connection)

    def _connect(self, mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,  # one thread at a time: the lock and the pool see to it
        )
        # FULL: `write` promises durability (MQTT is acknowledged after it); one sync a batch.
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA journal_mode = wal").fetchone()[0] != "wal":
            raise SinkError(f"{self._path}: this file system cannot share a database (WAL)")
        connection.execute("BEGIN IMMEDIATE")
        try:
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
                for statement in _TABLES.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {FORMAT}")
            self._check_format(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise

    def _check_format(self, connection: sqlite3.Connection) -> None:
        ours = connection.execute("PRAGMA application_id").fetchone()[0] == _APPLICATION_ID
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if not ours or found != FORMAT:
            raise SinkError(
                f"{self._path}: format {found if ours else 'unknown'}, this version of Pantau"
                f" reads {FORMAT}"
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise SinkError(f"{self._path}: {error}") from error
