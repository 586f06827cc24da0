"""Who was heard and is no device, and what people made of it.

A migration is history: it is never edited once released, whatever becomes of `schema`.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0003"
down_revision = "v0002"
branch_labels = None
depends_on = None

SERIAL_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "quarantine",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("shape", sa.JSON(), nullable=False),
        sa.Column("fits", sa.JSON(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("device_id", sa.String()),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("decided_by", sa.String()),
        sa.CheckConstraint(
            "state IN ('waiting', 'ignored', 'adopted')", name=op.f("ck_quarantine_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("source", "name", name=op.f("uq_quarantine_source_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_quarantine_state_last_seen_at"), "quarantine", ["state", "last_seen_at"]
    )
    op.create_table(
        "quarantine_decisions",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("entry_id", SERIAL_ID, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("device_id", sa.String()),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine_decisions")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Drop them, with all that is in them."""
    op.drop_table("quarantine_decisions")
    op.drop_table("quarantine")
