"""Codes of areas by date.

A migration is history: it is never edited once released, whatever becomes of `schema`.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0010"
down_revision = "v0009"
branch_labels = None
depends_on = None

SERIAL_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "area_codes",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("valid_from", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("bps", sa.String()),
        sa.Column("valid_to", sa.String()),
        sa.Column("replaces", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("put_at", sa.BigInteger(), nullable=False),
        sa.Column("put_by", sa.String(), nullable=False),
        sa.Column("change", SERIAL_ID, nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from", name=op.f("pk_area_codes")),
    )


def downgrade() -> None:
    """Drop it: only the founding cities' codes are known again."""
    op.drop_table("area_codes")
