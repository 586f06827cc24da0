"""Bringing a store's schema up to this version of Pantau, with Alembic.

The scripts in `versions/` travel with the package. They are run at every opening for writing, by
one process at a time and in one transaction: a store is of the old version or of the new one.
Alembic itself is only loaded when there is something to bring up: it is a sixth of what a small
process needs, for the rest of its life.
"""

import re
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from collector.store.dialects import hold_migration_lock
from collector.store.errors import StoreError

_HERE = Path(__file__).parent
_SCRIPT = re.compile(r"(v\d{4})_\w+\.py")
_TABLE = "alembic_version"


def newest() -> str:
    """Return the revision that this version of Pantau needs: the last script's number."""
    scripts = (_SCRIPT.fullmatch(path.name) for path in (_HERE / "versions").iterdir())
    found = [script[1] for script in scripts if script is not None]
    if not found:
        raise StoreError("the migrations are missing from this installation", permanent=True)
    return max(found)


def revision(connection: Connection) -> str | None:
    """Return the revision of a store, None when it is empty."""
    if not inspect(connection).has_table(_TABLE):
        return None
    found = connection.scalar(text(f"SELECT version_num FROM {_TABLE}"))  # noqa: S608 - ours
    return None if found is None else str(found)


def upgrade(connection: Connection) -> None:
    """Bring the schema up to date inside the connection's transaction.

    Raises StoreError when the store was made by a newer version than this one.
    """
    hold_migration_lock(connection)
    if revision(connection) != newest():
        import_module("collector.store.migrations.scripts").run(connection, revision(connection))
