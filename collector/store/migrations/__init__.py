"""Bringing a store's schema up to this version of Pantau, with Alembic.

The scripts in `versions/` travel with the package. They are run at every opening for writing, by
one process at a time and in one transaction: a store is of the old version or of the new one.
"""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from collector.store.dialects import hold_migration_lock
from collector.store.errors import StoreError

_HERE = Path(__file__).parent
_alembic = threading.Lock()  # its `context` is one a process, also for two different stores


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration for our scripts, bound to a connection."""
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """Return the revision that this version of Pantau needs."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    if head is None:
        raise StoreError("the migrations are missing from this installation", permanent=True)
    return head


def revision(connection: Connection) -> str | None:
    """Return the revision of a store, None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection) -> None:
    """Bring the schema up to date inside the connection's transaction.

    Raises StoreError when the store was made by a newer version than this one.
    """
    hold_migration_lock(connection)
    if revision(connection) == newest():
        return
    try:
        with _alembic:
            command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise StoreError(
            f"its schema {revision(connection)!r} is unknown to this version of Pantau ({error}):"
            " install the version that wrote it, or a newer one",
            permanent=True,
        ) from error
