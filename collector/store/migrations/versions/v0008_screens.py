"""What belongs to the link of a screen.

A migration is history: it is never edited once released, whatever becomes of `schema`.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0008"
down_revision = "v0007"
branch_labels = None
depends_on = None

SERIAL_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "screens",
        sa.Column("token_id", SERIAL_ID, autoincrement=False, nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("bind_address", sa.Boolean(), nullable=False),
        sa.Column("bound_to", sa.String()),
        sa.Column("bound_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["token_id"], ["tokens.id"], name=op.f("fk_screens_token_id_tokens")
        ),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_screens")),
    )


def downgrade() -> None:
    """Drop it: screens are links without settings again."""
    op.drop_table("screens")
