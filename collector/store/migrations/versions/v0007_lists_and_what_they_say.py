"""Whose lists there are, what was imported from them, and what their rows said from when to when.

A migration is history: it is never edited once released, whatever becomes of `schema`.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0007"
down_revision = "v0006"
branch_labels = None
depends_on = None

SERIAL_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the three tables."""
    op.create_table(
        "sources",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("agency", sa.String()),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("defaults", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
    )
    op.create_table(
        "imports",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("sheet", sa.Text()),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undoes", SERIAL_ID),
        sa.Column("undone_by", SERIAL_ID),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_imports_source_id_sources")
        ),
        sa.ForeignKeyConstraint(["undoes"], ["imports.id"], name=op.f("fk_imports_undoes_imports")),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["imports.id"], name=op.f("fk_imports_undone_by_imports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_imports_source_id_id"), "imports", ["source_id", "id"])
    op.create_table(
        "source_rows",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("device_id", sa.String()),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("import_id", SERIAL_ID, nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger()),
        sa.Column("opened_by", SERIAL_ID, nullable=False),
        sa.Column("closed_by", SERIAL_ID),
        sa.CheckConstraint("until_at >= from_at", name=op.f("ck_source_rows_ended_after_it_began")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_source_rows_source_id_sources")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_source_rows_import_id_imports")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["imports.id"], name=op.f("fk_source_rows_opened_by_imports")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["imports.id"], name=op.f("fk_source_rows_closed_by_imports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_rows")),
        sqlite_autoincrement=True,
    )
    for column in ("device_id", "opened_by", "closed_by"):
        op.create_index(op.f(f"ix_source_rows_{column}"), "source_rows", [column])
    op.create_index(
        "uq_source_rows_current",
        "source_rows",
        ["source_id", "key"],
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.create_index(
        op.f("ix_source_rows_source_id_key_id"), "source_rows", ["source_id", "key", "id"]
    )


def downgrade() -> None:
    """Drop them, with all that is in them."""
    op.drop_table("source_rows")
    op.drop_table("imports")
    op.drop_table("sources")
