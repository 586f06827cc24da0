"""Alembic's entry: runs the scripts on the connection that `migrations.upgrade` hands over."""

from alembic import context

from collector.store.schema import metadata
from collector.store.schema_base import with_postgresql

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=with_postgresql() if connection.dialect.name == "postgresql" else metadata,
    transactional_ddl=True,  # SQLite can; Alembic only assumes that it cannot
    render_as_batch=True,  # SQLite alters a table by copying it
)
context.run_migrations()
