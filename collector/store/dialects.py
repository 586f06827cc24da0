"""All that differs between databases: opening them, claiming the write lock, upserts.

Everything else in the store is portable SQLAlchemy Core. PostgreSQL takes the second branch of
each function here and needs no other change.
"""

import sqlite3
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import QueuePool

from collector.store.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

BUSY_SECONDS = 5.0
_READERS = 40  # as many as a web server's thread pool has threads
_WAL_KEPT_BYTES = 64 * 1024 * 1024
_MIGRATION_LOCK = 0x70616E746175  # any constant of our own: "pantau"

# Asserted after opening: a database that silently kept another value (a network file system that
# cannot do WAL, a build without foreign keys) is refused instead of trusted.
SQLITE_PRAGMAS: dict[str, str | int] = {
    "journal_mode": "wal",  # readers do not wait for the writer
    "synchronous": 2,  # FULL: a commit survives a power cut; see docs/adr/0008
    "foreign_keys": 1,
    "busy_timeout": int(BUSY_SECONDS * 1000),
}


def sqlite_path(path_or_url: str | Path) -> Path | None:
    """Return the file that is meant, or None when it is a URL of another database."""
    if isinstance(path_or_url, Path) or "://" not in path_or_url:
        return Path(path_or_url).absolute()
    url = make_url(path_or_url)
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise StoreError("the store needs a file: several processes share it", permanent=True)
    return Path(url.database).absolute()


def make_writer(path_or_url: str | Path) -> Engine:
    """Return an engine for writing: one connection, transactions that hold the write lock."""
    path = sqlite_path(path_or_url)
    if path is None:
        return create_engine(make_url(str(path_or_url)), pool_pre_ping=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    return _sqlite_engine(path, mode="rwc", begin="BEGIN IMMEDIATE", connections=1)


def make_reader(path_or_url: str | Path) -> Engine:
    """Return an engine for reading, which refuses to write."""
    path = sqlite_path(path_or_url)
    if path is None:
        return create_engine(
            make_url(str(path_or_url)), pool_pre_ping=True, pool_size=5, max_overflow=_READERS - 5
        )
    return _sqlite_engine(path, mode="rw", begin="BEGIN", connections=_READERS)


def hold_migration_lock(connection: Connection) -> None:
    """Let one process at a time upgrade the schema, until its transaction ends.

    SQLite's writer has the lock already: its transactions begin IMMEDIATE.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})


def upsert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, or overwrite those that have the same primary key.

    A row holds every column in the table's order, in the database's own types. SQLite is handed
    the tuples as they are: 10,000 devices' states every few seconds are worth it (half the CPU of
    named parameters).
    """
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_sqlite_upsert(table), list(rows))
    else:
        from sqlalchemy.dialects import postgresql  # a tenth of a second that SQLite does not need

        names = [column.name for column in table.columns]
        statement = _or_overwrite(postgresql.insert(table), table)
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def move(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> bool:
    """Overwrite some columns of rows that are there; say whether all of them were.

    A row holds these columns in this order, then its primary key, which is one column. Two thirds
    of the work of `upsert`. Another database than SQLite says no at once: its rows are to be
    upserted, which sends as many statements.
    """
    if not rows:
        return True
    if connection.dialect.name != "sqlite":
        return False
    found = connection.exec_driver_sql(_sqlite_move(table, tuple(columns)), list(rows))
    return found.rowcount == len(rows)


@cache
def _sqlite_move(table: Table, columns: tuple[str, ...]) -> str:
    (key,) = table.primary_key
    written = ", ".join(f"{name} = ?" for name in columns)
    return f"UPDATE {table.name} SET {written} WHERE {key.name} = ?"  # noqa: S608 - our own words


@cache
def _sqlite_upsert(table: Table) -> str:
    return str(_or_overwrite(sqlite.insert(table), table).compile(dialect=sqlite.dialect()))


def _or_overwrite(
    insert: "sqlite.Insert | postgresql.Insert", table: Table
) -> "sqlite.Insert | postgresql.Insert":
    keys = [column.name for column in table.primary_key]
    others = [column.name for column in table.columns if column.name not in keys]
    return insert.on_conflict_do_update(
        index_elements=keys, set_={name: insert.excluded[name] for name in others}
    )


class SqliteChanges:
    """Says cheaply whether anybody, in any process, has committed since.

    `PRAGMA data_version` compares only on one and the same connection, hence one is kept, and sees
    nothing new inside a transaction, hence it is used bare.
    """

    def __init__(self, path: Path) -> None:
        self._log = path.with_name(f"{path.name}-wal")
        self._lock = threading.Lock()
        self._connection = _sqlite_connect(path, mode="rw")

    def version(self) -> int:
        """Return a number that changes with every commit. Raises sqlite3.Error."""
        with self._lock:
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def glance(self) -> tuple[int, int] | None:
        """Return how the write-ahead log stands, None where there is none.

        Never blocks. Of two commits within a tick of the clock of files it may show the first only:
        whoever glances asks for the version now and then.
        """
        try:
            found = self._log.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    def close(self) -> None:
        """Release the connection."""
        with self._lock:
            self._connection.close()


def shown(path_or_url: str | Path) -> str:
    """Return where the store is, fit for a message: without a password."""
    path = sqlite_path(path_or_url)
    if path is not None:
        return str(path)
    url: URL = make_url(str(path_or_url))
    return url.render_as_string(hide_password=True)


def _sqlite_engine(path: Path, *, mode: str, begin: str, connections: int) -> Engine:
    engine = create_engine(
        "sqlite://",
        json_deserializer=orjson.loads,  # lists in the rows of ten thousand devices
        creator=lambda: _sqlite_connect(path, mode=mode),
        poolclass=QueuePool,
        pool_size=min(connections, 5),
        max_overflow=max(0, connections - 5),
        pool_timeout=BUSY_SECONDS,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _sqlite_connect(path: Path, *, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,  # no BEGIN of Python's own: the engine says when and which
        check_same_thread=False,  # the pool hands a connection to one thread at a time
    )
    try:
        _configure(connection, path, read_only=mode != "rwc")
    except BaseException:
        connection.close()
        raise
    return connection


def _configure(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    """Set what must hold for every connection, and make sure that it does."""
    connection.execute(f"PRAGMA busy_timeout = {SQLITE_PRAGMAS['busy_timeout']}")  # first: waits
    if not read_only:
        connection.execute("PRAGMA journal_mode = wal")
    connection.execute(f"PRAGMA synchronous = {SQLITE_PRAGMAS['synchronous']}")
    connection.execute("PRAGMA foreign_keys = 1")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_KEPT_BYTES}")
    for name, wanted in SQLITE_PRAGMAS.items():
        found = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != wanted:
            raise StoreError(f"{path}: {name} is {found}, it must be {wanted}", permanent=True)
    if read_only:
        connection.execute("PRAGMA query_only = 1")
