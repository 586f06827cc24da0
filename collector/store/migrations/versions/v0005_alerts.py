"""Alerts, what was decided about them, who was told what, silences, and what people did.

A migration is history: it is never edited once released, whatever becomes of `schema`.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0005"
down_revision = "v0004"
branch_labels = None
depends_on = None

SERIAL_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    _alerts()
    _threads()
    _outbox()
    _people()


def downgrade() -> None:
    """Drop them, with all that is in them."""
    for table in (
        "used_links",
        "audit",
        "silences",
        "notifications",
        "alert_marks",
        "thread_members",
        "alert_threads",
        "alert_decisions",
        "alerts",
    ):
        op.drop_table(table)


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("root", sa.String()),
        sa.Column("incident_id", SERIAL_ID),
        sa.Column("flapping", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("end_confirmed_at", sa.BigInteger()),
        sa.Column("transition_id", sa.BigInteger()),
        sa.Column("state_at", sa.BigInteger()),
        sa.Column("stage", sa.String()),
        sa.Column("hold_reason", sa.String()),
        sa.Column("decision_detail", sa.Text()),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("until_at", sa.BigInteger()),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("decisions_left_out", sa.Integer(), nullable=False),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_alerts_ended_after_it_began")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_alerts_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("device_id", "began_at", name=op.f("uq_alerts_device_id_began_at")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_alerts_device_id_confirmed_at"), "alerts", ["device_id", "confirmed_at"]
    )
    op.create_index(op.f("ix_alerts_confirmed_at"), "alerts", ["confirmed_at"])
    op.create_index(op.f("ix_alerts_incident_id"), "alerts", ["incident_id"])
    op.create_index(
        "uq_alerts_open",
        "alerts",
        ["device_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "alert_decisions",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("alert_id", SERIAL_ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("until_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_alert_decisions_alert_id_alerts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_decisions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_alert_decisions_alert_id_id"), "alert_decisions", ["alert_id", "id"])


def _threads() -> None:
    op.create_table(
        "alert_threads",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("told_at", sa.BigInteger()),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.Column("first_told_at", sa.BigInteger()),
        sa.Column("told_severity", sa.String()),
        sa.Column("told_cause", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("receivers", sa.Text(), nullable=False),
        sa.Column("waiting", sa.Text(), nullable=False),
        sa.Column("over_at", sa.BigInteger()),
        sa.Column("storm", sa.String()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_threads")),
        sa.UniqueConstraint("key", "opened_at", name=op.f("uq_alert_threads_key_opened_at")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_alert_threads_open",
        "alert_threads",
        ["key"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "thread_members",
        sa.Column("thread_id", SERIAL_ID, nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("alert_id", SERIAL_ID, nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("leads", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("told_state", sa.String()),
        sa.Column("told_severity", sa.String()),
        sa.Column("left_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["alert_threads.id"],
            name=op.f("fk_thread_members_thread_id_alert_threads"),
        ),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_thread_members_alert_id_alerts")
        ),
        sa.PrimaryKeyConstraint("thread_id", "device_id", name=op.f("pk_thread_members")),
    )
    op.create_index(op.f("ix_thread_members_alert_id"), "thread_members", ["alert_id"])
    op.create_table(
        "alert_marks",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alert_marks")),
    )


def _outbox() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("thread_id", SERIAL_ID),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("maybe_twice", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("reference", sa.String()),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'dead', 'withdrawn')",
            name=op.f("ck_notifications_state"),
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["alert_threads.id"],
            name=op.f("fk_notifications_thread_id_alert_threads"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("key", name=op.f("uq_notifications_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_notifications_thread_id_channel_receiver"),
        "notifications",
        ["thread_id", "channel", "receiver"],
    )
    op.create_index(op.f("ix_notifications_state_channel"), "notifications", ["state", "channel"])
    op.create_index(op.f("ix_notifications_receiver"), "notifications", ["receiver"])
    op.create_index(op.f("ix_notifications_sent_at"), "notifications", ["sent_at"])


def _people() -> None:
    op.create_table(
        "silences",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("devices", sa.JSON(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("owners", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_by", sa.String()),
        sa.Column("reminded_at", sa.BigInteger()),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_silences_ends_after_it_begins")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_silences_ends_at"), "silences", ["ends_at"])
    op.create_table(
        "audit",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_object"), "audit", ["object"])
    op.create_index(op.f("ix_audit_author"), "audit", ["author"])
    op.create_table(
        "used_links",
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.Column("used_by", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_used_links")),
    )
