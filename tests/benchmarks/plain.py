"""The store that everybody would write first, as a reference: one table, one insert a batch."""

import sqlite3
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any


class PlainTable:
    """A table of plain SQLite with the durability of our own files: WAL, synchronous=FULL."""

    def __init__(self, path: Path, columns: str, options: str = "") -> None:
        """Make it. `columns` are those of CREATE TABLE, `options` what follows them."""
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = wal")
        self.connection.execute("PRAGMA synchronous = FULL")
        self.connection.execute(f"CREATE TABLE rows ({columns}) {options}")
        width = len(self.connection.execute("SELECT * FROM rows").description)
        self._insert = f"INSERT OR REPLACE INTO rows VALUES ({','.join('?' * width)})"  # noqa: S608

    @classmethod
    def held(cls, held: ExitStack, path: Path, columns: str, options: str = "") -> "PlainTable":
        """Make one that is closed with the stack."""
        table = cls(path, columns, options)
        held.callback(table.connection.close)
        return table

    def insert(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows in one transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(self._insert, rows)
        self.connection.execute("COMMIT")


def reading_from(held: ExitStack, path: Path) -> sqlite3.Connection:
    """Return a connection to a file of SQLite, for reading; it is closed with the stack."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    held.callback(connection.close)
    return connection
