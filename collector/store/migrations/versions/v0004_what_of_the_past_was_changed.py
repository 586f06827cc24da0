"""Of which device the past was changed, and from when on: for those who told it to others.

A migration is history: it is never edited once released, whatever becomes of `schema`.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0004"
down_revision = "v0003"
branch_labels = None
depends_on = None

SERIAL_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "uptime_changes",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("device_id", sa.String()),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uptime_changes")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Drop it, with all that is in it."""
    op.drop_table("uptime_changes")
