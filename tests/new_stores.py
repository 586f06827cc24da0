"""Makes new stores of tests as copies of one that the migrations made.

Running every migration takes 0.15 s of CPU, and two thousand tests begin with a new store. What is
copied is what they made, statement by statement, so that no test has another schema than a
collector's first start; a store that is not new, and one on a server, is upgraded as ever.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from collector.store import migrations
from collector.store.dialects import make_writer

upgrade = migrations.upgrade
"""What runs the migrations, also while stores are copied."""


@contextmanager
def copied() -> Generator[None]:
    """Let SQLite stores that are opened for the first time be copies; until left."""
    statements: list[str] = []

    def copy(connection: Connection) -> None:
        if connection.dialect.name != "sqlite" or not _is_empty(connection):
            upgrade(connection)
            return
        if not statements:
            statements.extend(_made())
        for statement in statements:
            connection.exec_driver_sql(statement)

    migrations.upgrade = copy
    try:
        yield
    finally:
        migrations.upgrade = upgrade


def _is_empty(connection: Connection) -> bool:
    tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    return bool(tables == 0)


def _made() -> list[str]:
    """Return what the migrations make in a file that is new, as at a collector's first start."""
    with TemporaryDirectory() as folder:
        engine = make_writer(Path(folder) / "new.db")
        with engine.begin() as connection:
            upgrade(connection)
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            dumped = list(raw.iterdump())
        engine.dispose()
    return [line for line in dumped if line not in ("BEGIN TRANSACTION;", "COMMIT;")]
