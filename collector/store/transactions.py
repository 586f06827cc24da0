"""Transactions on one database: a connection in, all or nothing out, and errors of our own.

Reading and writing have an engine each. SQLite has one writer at a time, so there is one writing
connection in a process and its transactions take the write lock when they begin: two processes
then wait for each other instead of failing half-way.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from collector.store import migrations, transitions
from collector.store.dialects import (
    SqliteChanges,
    make_reader,
    make_writer,
    shown,
    sqlite_path,
)
from collector.store.errors import StoreError


class Database:
    """An opened database whose schema is the one this version needs."""

    def __init__(self, path_or_url: str | Path, *, read_only: bool) -> None:
        """Open it; unless read-only, make it and bring its schema up to date. Raises StoreError."""
        with _translated(shown(path_or_url)):
            self._where = shown(path_or_url)
            self._reader = make_reader(path_or_url)
            self._writer = None if read_only else make_writer(path_or_url)
            self._changes: SqliteChanges | None = None
        try:
            self._prepare()
            path = sqlite_path(path_or_url)
            if path is not None:
                with _translated(self._where):
                    self._changes = SqliteChanges(path)
        except BaseException:
            self.close()
            raise

    @property
    def read_only(self) -> bool:
        """Whether `write` is refused."""
        return self._writer is None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the database. Raises StoreError."""
        with _translated(self._where), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose work is committed as a whole, or not at all.

        Raises StoreError: then nothing was written.
        """
        if self._writer is None:
            raise StoreError(f"{self._where}: opened for reading only", permanent=True)
        with _translated(self._where), self._writer.begin() as connection:
            yield connection

    def version(self) -> int:
        """Return a number that changes whenever something was committed. Raises StoreError."""
        if self._changes is None:
            with self.read() as connection:
                return transitions.last_id(connection)
        with _translated(self._where):
            return self._changes.version()

    def glance(self) -> object:
        """Return a value that mostly differs after a commit, at no cost; None: ask `version`."""
        return None if self._changes is None else self._changes.glance()

    def close(self) -> None:
        """Close all connections. Safe to call twice."""
        if self._changes is not None:
            self._changes.close()
        self._reader.dispose()
        if self._writer is not None:
            self._writer.dispose()

    def _prepare(self) -> None:
        """Upgrade the schema, or, when only reading, see that somebody has."""
        if not self.read_only:
            with self.write() as connection:
                migrations.upgrade(connection)
            return
        with self.read() as connection:
            connection.execute(select(1))
            found, wanted = migrations.revision(connection), migrations.newest()
        if found != wanted:
            raise StoreError(
                f"{self._where}: its schema is {found}, this version of Pantau reads {wanted};"
                " start the collector of this version once, it upgrades the schema",
                permanent=True,
            )


@contextmanager
def _translated(where: str) -> Iterator[None]:
    """Turn what a driver raises into StoreError, without the statement and its values."""
    try:
        yield
    except IntegrityError as error:
        raise StoreError(f"{where}: refused: {error.orig}", permanent=True) from error
    except DBAPIError as error:
        raise StoreError(f"{where}: {error.orig}") from error
    except PoolTimeout as error:
        raise StoreError(f"{where}: every connection is in use") from error
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{where}: {error}") from error
