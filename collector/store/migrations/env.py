"""Alembic's entry: runs the scripts on the connection that `migrations.upgrade` hands over."""

from alembic import context

from collector.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can; Alembic only assumes that it cannot
    render_as_batch=True,  # SQLite alters a table by copying it
)
context.run_migrations()
