"""Alembic with our scripts: loaded only by a process that has a schema to bring up."""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from collector.store.errors import StoreError

_HERE = Path(__file__).parent
_alembic = threading.Lock()  # its `context` is one a process, also for two different stores


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration for our scripts, bound to a connection."""
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def run(connection: Connection, revision: str | None) -> None:
    """Run the scripts behind `revision`. Raises StoreError when no script is known for that."""
    try:
        with _alembic:
            command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise StoreError(
            f"its schema {revision!r} is unknown to this version of Pantau ({error}):"
            " install the version that wrote it, or a newer one",
            permanent=True,
        ) from error
