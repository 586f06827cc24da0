"""What devices say they are, what lists contradict each other in, and what people decided.

A migration is history: it is never edited once released, whatever becomes of `schema`.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0011"
down_revision = "v0010"
branch_labels = None
depends_on = None

SERIAL_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the five tables."""
    op.create_table(
        "identities",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "key", "value", name=op.f("pk_identities")),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sources", sa.String(), nullable=False),
        sa.Column("devices", sa.Text(), nullable=False),
        sa.Column("first_found_at", sa.BigInteger(), nullable=False),
        sa.Column("last_found_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'decided', 'stale', 'gone')", name=op.f("ck_findings_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(
        op.f("ix_findings_state_kind_weight_id"), "findings", ["state", "kind", "weight", "id"]
    )
    op.create_table(
        "rulings",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("device_id", sa.String()),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rulings_finding_id_id"), "rulings", ["finding_id", "id"])
    op.create_index(op.f("ix_rulings_device_id_id"), "rulings", ["device_id", "id"])
    op.create_table(
        "signatures",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("signed_on", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_signatures_source_id_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_signatures_source_id_id"), "signatures", ["source_id", "id"])
    op.create_table(
        "reconciliations",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("import_id", SERIAL_ID, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("devices", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Drop them: what people decided about lists is gone with them."""
    for name in ("reconciliations", "signatures", "rulings", "findings", "identities"):
        op.drop_table(name)
