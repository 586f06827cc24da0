"""A SQLite file of ours: one connection that writes, several that read, claims, errors in words.

Plain `sqlite3`: these files are the hot path of readings (thousands a second) and are SQLite's by
their nature. Other processes read them at any time; who may write beside whom, claims settle.
"""

import fcntl
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from collector.sinks import SinkError

_BUSY_SECONDS = 5.0
_SPARE_READERS = 4
_JOURNAL_BYTES = 16 * 2**20
_REMEDIES = {
    sqlite3.SQLITE_BUSY: f"another process was writing for {_BUSY_SECONDS:g} s; try again",
    sqlite3.SQLITE_IOERR: "look at the disk, its quota and its log",
    sqlite3.SQLITE_CANTOPEN: "look at who owns the folder, and whether it is there",
    sqlite3.SQLITE_READONLY: "look at who owns the file and the folder, and how it is mounted",
    sqlite3.SQLITE_PERM: "look at who owns the file and the folder",
}
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class MissingFileError(SinkError):
    """The file is not there yet."""


class DamagedFileError(SinkError):
    """The file is there and is no whole database."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the file holds."""

    application_id: int  # tells us, and `file`, that it is ours and what it is
    tables: str  # statements, each ended by a semicolon and a line feed
    format: int  # PRAGMA user_version; raised when the tables change
    missing: str  # what to say where there is no file yet
    shrinks: bool = False  # whether pages that became free can be given back to the disk


def take_claim(path: Path, kind: str) -> IO[str]:
    """Keep a second process of this kind off a file, until what is returned is closed.

    The kernel drops the claim when the process ends, however it ends. SinkError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        claim = path.with_name(f"{path.name}-{kind}").open("a")
    except OSError as error:
        raise SinkError(f"{path}: {error}") from error
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        claim.close()
        raise SinkError(f"{path}: another process writes to it, as {kind}") from None
    return claim


class OwnFile:
    """Transactions on the file. Every failure is a SinkError, and then nothing was written."""

    def __init__(self, path: Path, layout: Layout, *, read_only: bool) -> None:
        """Open for reading only (lazily, the file may come later), or make it. SinkError."""
        self.path = path
        self._layout = layout
        self._lock = threading.RLock()
        self._spare: list[sqlite3.Connection] = []
        self._closed = False
        self._writer: sqlite3.Connection | None = None
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
                raise SinkError(f"{self.path}: opened for reading only, or closed")
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

    def _open_for_writing(self) -> None:
        with self._translated():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect("rwc")
            self._make_tables(self._writer)

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise SinkError(f"{self.path}: closed")
            if self._spare:
                return self._spare.pop()
        if not self.path.exists():
            raise MissingFileError(f"{self.path}: {self._layout.missing}")
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
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,  # one thread at a time: the lock and the pool see to it
        )
        # FULL: `write` promises durability (MQTT is acknowledged after it); one sync a batch.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA journal_size_limit = {_JOURNAL_BYTES}")
        return connection

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        if self._layout.shrinks:
            connection.execute("PRAGMA auto_vacuum = incremental")  # counts before the first table
        if connection.execute("PRAGMA journal_mode = wal").fetchone()[0] != "wal":
            raise SinkError(f"{self.path}: this file system cannot share a database (WAL)")
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _is_empty(connection):
                for statement in self._layout.tables.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {self._layout.application_id}")
                connection.execute(f"PRAGMA user_version = {self._layout.format}")
            self._check_format(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise

    def _check_format(self, connection: sqlite3.Connection) -> None:
        if _is_empty(connection):  # somebody is making it at this moment
            raise MissingFileError(f"{self.path}: {self._layout.missing}")
        ours = (
            connection.execute("PRAGMA application_id").fetchone()[0] == self._layout.application_id
        )
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if not ours or found != self._layout.format:
            raise SinkError(
                f"{self.path}: format {found if ours else 'unknown'}, this version of Pantau"
                f" reads {self._layout.format}"
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._in_words(error) from error
        except OSError as error:
            raise SinkError(f"{self.path}: {error}") from error

    def _in_words(self, error: sqlite3.Error) -> SinkError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind
        if code in _DAMAGE:
            return DamagedFileError(f"{self.path}: the file is damaged ({error})")
        if code == sqlite3.SQLITE_FULL:
            return disk_full(self.path)
        remedy = _REMEDIES.get(code)
        return SinkError(f"{self.path}: {error}" + (f"; {remedy}" if remedy else ""))


def disk_full(path: Path) -> SinkError:
    """Return what to say when a file cannot grow."""
    free = shutil.disk_usage(path.parent).free // 2**20
    return SinkError(
        f"{path}: the disk is full ({free} MiB free); make room there, or move the folder to a"
        " larger disk"
    )


def _is_empty(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0)
