"""What the health of alarms is found by: when alerts ended, and when threads were told first.

A migration is history: it is never edited once released, whatever becomes of `schema`.
"""

from alembic import op

revision = "v0006"
down_revision = "v0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indices."""
    op.create_index(op.f("ix_alerts_ended_at"), "alerts", ["ended_at"])
    op.create_index(op.f("ix_alert_threads_first_told_at"), "alert_threads", ["first_told_at"])


def downgrade() -> None:
    """Drop them; nothing is lost."""
    op.drop_index(op.f("ix_alert_threads_first_told_at"), "alert_threads")
    op.drop_index(op.f("ix_alerts_ended_at"), "alerts")
