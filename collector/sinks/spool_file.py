"""The spool's file: its tables, and what becomes of it when it is damaged.

    spool.db ──damaged──► stays as it is; spool-2.db is begun, and all processes go on there

A damaged file is never renamed or deleted. Other processes still have it open, and SQLite, when
the last of them closes it, removes the journal *by its name*: were there a new file of the old
name by then, that would be the new file's journal, with what was acknowledged in it.
"""

import fcntl
import itertools
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from sqlite3 import Connection

from collector.sinks import SinkError
from collector.sinks.own_file import DamagedFileError, Layout, OwnFile, take_claim
from collector.sinks.spool_rescue import carry_over

logger = logging.getLogger(__name__)

FORMAT = 1
_APPLICATION_ID = 0x50414E53  # "PANS"

# records  lines that wait, squeezed. AUTOINCREMENT: an id never comes again, or the courier could
#          remove a record that took the number of one that was dropped while it was being sent
# touched  hours of which lines were stored; `mark` is another at each touch
# totals   one row: what would otherwise have to be counted
_TABLES = """
CREATE TABLE records (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  lane INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  kept_at INTEGER NOT NULL,
  low_at INTEGER NOT NULL,
  high_at INTEGER NOT NULL,
  hours TEXT NOT NULL,
  data BLOB NOT NULL
);
CREATE INDEX records_by_lane ON records (lane);
CREATE TABLE dead (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  lane INTEGER NOT NULL,
  status INTEGER NOT NULL,
  at INTEGER NOT NULL,
  words TEXT NOT NULL,
  line BLOB NOT NULL
);
CREATE TABLE touched (hour INTEGER PRIMARY KEY, mark INTEGER NOT NULL);
CREATE TABLE fields (
  id INTEGER PRIMARY KEY,
  metric TEXT NOT NULL,
  measurement TEXT NOT NULL,
  field TEXT NOT NULL,
  type TEXT NOT NULL,
  unit TEXT NOT NULL,
  scale REAL NOT NULL,
  UNIQUE (metric, measurement, field)
);
CREATE TABLE marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE totals (
  records INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  sent_lines INTEGER NOT NULL,
  dropped_lines INTEGER NOT NULL,
  dropping_since INTEGER,
  dropped_at INTEGER,
  damaged_lines INTEGER NOT NULL,
  dead_records INTEGER NOT NULL,
  dead_bytes INTEGER NOT NULL,
  dead_dropped INTEGER NOT NULL,
  touches INTEGER NOT NULL
);
INSERT INTO totals VALUES (0, 0, 0, 0, 0, NULL, NULL, 0, 0, 0, 0, 0);
"""
_LAYOUT = Layout(
    _APPLICATION_ID,
    _TABLES,
    FORMAT,
    missing="nothing has waited here yet; the collector makes this file",
    shrinks=True,
)


class SpoolFile:
    """Transactions on the newest of the files. Failures are SinkErrors; then nothing was written.

    A failure because of damage is one, too; whoever tries again writes to the file begun anew.
    """

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool,
        claim: str | None,
    ) -> None:
        """Open, making it unless `read_only`; then it may also come later. SinkError.

        Of the processes with the same `claim` only one gets in.
        """
        self._base = path
        self._read_only = read_only
        self._lock = threading.Lock()
        self._number = 1
        self._claim = None if claim is None else take_claim(path, claim)
        self._file: OwnFile | None = None
        self._closed = False
        if not read_only:
            try:
                self._open_first()
            except BaseException:
                self.close()
                raise

    @property
    def path(self) -> Path:
        """The path of the file in use."""
        return self._path(self._number)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the writing connection; commit what was done as a whole, or undo it."""
        file = self.newest()
        try:
            with file.write() as connection:
                if self._following(file).exists():  # begun while we waited for our turn
                    raise SinkError(f"{file.path}: another process found it damaged; try again")
                yield connection
        except DamagedFileError as error:
            raise self._begin_anew(file.path, error) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the file. MissingFileError: nothing waits."""
        file = self.newest()
        try:
            with file.read() as connection:
                yield connection
        except DamagedFileError as error:
            if self._read_only:
                raise
            raise self._begin_anew(file.path, error) from error

    def newest(self) -> OwnFile:
        """Return the file in use, opening it when another process has begun it. SinkError."""
        with self._lock:
            if self._closed:
                raise SinkError(f"{self._base}: closed")
            while self._file is None or self._path(self._number + 1).exists():
                while self._path(self._number + 1).exists():
                    self._number += 1
                if self._file is not None:
                    self._file.close()
                    self._file = None
                path = self._path(self._number)
                self._file = OwnFile(path, _LAYOUT, read_only=self._read_only)
            return self._file

    def size(self) -> int:
        """Return the bytes that the file and its journal take on the disk."""
        parts = (self.path, self.path.with_name(f"{self.path.name}-wal"))
        return sum(part.stat().st_size for part in parts if part.exists())

    def close(self) -> None:
        """Close the file and let another process have the claim. Safe to call twice."""
        with self._lock:
            self._closed = True
            if self._file is not None:
                self._file.close()
                self._file = None
            if self._claim is not None:
                self._claim.close()

    def _path(self, number: int) -> Path:
        if number == 1:
            return self._base
        return self._base.with_name(f"{self._base.stem}-{number}{self._base.suffix}")

    def _following(self, file: OwnFile) -> Path:
        number = next(n for n in itertools.count(1) if self._path(n) == file.path)
        return self._path(number + 1)

    def _open_first(self) -> None:
        try:
            self.newest()
        except DamagedFileError as error:
            self._begin_anew(self._path(self._number), error)
            self.newest()

    def _begin_anew(self, damaged: Path, error: DamagedFileError) -> SinkError:
        """Begin the next file, unless somebody has done it already; return what to tell."""
        with self._lock, self._base.with_name(f"{self._base.name}-anew").open("a") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            following = self._path(self._number + 1)
            if damaged == self._path(self._number) and not following.exists():
                try:
                    _make_anew(damaged, following)
                except (sqlite3.Error, OSError) as failure:
                    return SinkError(f"{error}; {following} cannot be begun: {failure}")
                logger.error(
                    "%s; it is kept as it is, and %s was begun with what could still be read."
                    " Look at the disk; docs/spool.md tells what can be saved by hand",
                    error,
                    following.name,
                )
        return SinkError(f"{error}; it is kept, and another file is used from now on")


def _make_anew(damaged: Path, following: Path) -> None:
    """Make the next file under another name first: it is there only when it is whole."""
    draft = following.with_name(f"{following.name}-draft")
    for end in ("", "-wal", "-shm"):
        draft.with_name(draft.name + end).unlink(missing_ok=True)
    file = OwnFile(draft, _LAYOUT, read_only=False)
    try:
        with closing(sqlite3.connect(damaged, timeout=5, isolation_level=None)) as old:
            # Whoever could still write to the damaged file waits, and then finds the next one.
            _keep_out_writers(old)
            with file.write() as new:
                carry_over(old, new)
            file.close()  # its only user: SQLite moves the journal into the file
            if draft.with_name(f"{draft.name}-wal").exists():
                raise OSError("its journal does not fit the disk")
            draft.rename(following)
            _sync_folder(following.parent)
            with suppress(sqlite3.DatabaseError):
                old.rollback()
    finally:
        file.close()


def _keep_out_writers(old: Connection) -> None:
    """Hold the lock of a damaged file as far as it still has one. sqlite3.Error: it is taken."""
    try:
        old.execute("BEGIN IMMEDIATE")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise


def _sync_folder(folder: Path) -> None:
    """Make a new name last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
