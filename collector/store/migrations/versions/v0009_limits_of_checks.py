"""The limits that a check holds its readings against, so that charts can draw them.

A migration is history: it is never edited once released, whatever becomes of `schema`.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0009"
down_revision = "v0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; it is filled when a collector next writes its plan."""
    op.add_column("checks", sa.Column("limits", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Drop it; the profiles still say the same."""
    with op.batch_alter_table("checks") as checks:
        checks.drop_column("limits")
