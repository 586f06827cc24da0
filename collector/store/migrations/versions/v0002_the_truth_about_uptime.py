"""Outages, causes, incidents, maintenance windows and sums; parents in groups, flapping.

A migration is history: it is never edited once released, whatever becomes of `schema`.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None

CAUSES = "'device', 'link', 'power', 'upstream', 'planned', 'unknown'"
SERIAL_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONLY_OPEN = sa.text("ended_at IS NULL")
ONLY_UNRESOLVED = sa.text("resolved_at IS NULL AND merged_into IS NULL")


def upgrade() -> None:
    """Add columns where there are tables, and the new tables."""
    op.add_column(
        "devices", sa.Column("parent_groups", sa.JSON(), nullable=False, server_default="[]")
    )
    op.add_column("devices", sa.Column("power_feeder", sa.String()))
    op.add_column("devices", sa.Column("rule", sa.JSON()))
    op.add_column(
        "transitions",
        sa.Column("flapping", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    _create_incidents()
    _create_outages()
    _create_what_belongs_to_them()
    op.create_table(
        "maintenance_windows",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("devices", sa.JSON(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("recurrence", sa.String()),
        sa.Column("replaces", SERIAL_ID),
        sa.Column("cancelled_at", sa.BigInteger()),
        sa.Column("cancelled_from_at", sa.BigInteger()),
        sa.Column("cancelled_by", sa.String()),
        sa.Column("cancel_reason", sa.Text()),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_maintenance_windows_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(
            ["replaces"],
            ["maintenance_windows.id"],
            name=op.f("fk_maintenance_windows_replaces_maintenance_windows"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_windows")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "uptime_months",
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("sums", sa.LargeBinary(), nullable=False),
        sa.Column("lost", sa.Text()),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_uptime_months_device_id_devices")
        ),
        sa.PrimaryKeyConstraint("rules", "device_id", "starts_at", name=op.f("pk_uptime_months")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_uptime_months_ends_at_device_id"), "uptime_months", ["ends_at", "device_id"]
    )
    op.create_table(
        "uptime_touches",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_uptime_touches")),
    )


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("group_key", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("recovered_at", sa.BigInteger()),
        sa.Column("acknowledged_at", sa.BigInteger()),
        sa.Column("acknowledged_by", sa.String()),
        sa.Column("resolved_at", sa.BigInteger()),
        sa.Column("resolved_by", sa.String()),
        sa.Column("resolution", sa.Text()),
        sa.Column("merged_into", SERIAL_ID),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["incidents.id"], name=op.f("fk_incidents_merged_into_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_incidents_group_group_key"), "incidents", ["group", "group_key"])
    op.create_index(op.f("ix_incidents_started_at"), "incidents", ["started_at"])
    op.create_index(
        "ix_incidents_unresolved",
        "incidents",
        ["recovered_at"],
        sqlite_where=ONLY_UNRESOLVED,
        postgresql_where=ONLY_UNRESOLVED,
    )


def _create_outages() -> None:
    op.create_table(
        "outages",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("end_confirmed_at", sa.BigInteger()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("root", sa.String()),
        sa.Column("root_outage_id", SERIAL_ID),
        sa.Column("proposed_cause", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("incident_id", SERIAL_ID),
        sa.CheckConstraint("state IN ('down', 'unreachable')", name=op.f("ck_outages_state")),
        sa.CheckConstraint(
            "confirmed_at >= started_at", name=op.f("ck_outages_confirmed_after_it_began")
        ),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_outages_ended_after_it_began")),
        sa.CheckConstraint(f"cause IN ({CAUSES})", name=op.f("ck_outages_cause")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_outages_device_id_devices")
        ),
        sa.ForeignKeyConstraint(
            ["root_outage_id"], ["outages.id"], name=op.f("fk_outages_root_outage_id_outages")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_outages_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
        sqlite_autoincrement=True,
    )
    for columns in (
        ["device_id", "started_at", "ended_at"],
        ["started_at"],
        ["incident_id"],
        ["root_outage_id"],
    ):
        op.create_index(op.f(f"ix_outages_{'_'.join(columns)}"), "outages", columns)
    op.create_index(
        "uq_outages_open",
        "outages",
        ["device_id", "state"],
        unique=True,
        sqlite_where=ONLY_OPEN,
        postgresql_where=ONLY_OPEN,
    )


def _create_what_belongs_to_them() -> None:
    op.create_table(
        "cause_corrections",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("outage_id", SERIAL_ID, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"cause IN ({CAUSES})", name=op.f("ck_cause_corrections_cause")),
        sa.ForeignKeyConstraint(
            ["outage_id"], ["outages.id"], name=op.f("fk_cause_corrections_outage_id_outages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cause_corrections")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_cause_corrections_outage_id"), "cause_corrections", ["outage_id"])
    op.create_table(
        "incident_events",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("incident_id", SERIAL_ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outage_id", SERIAL_ID),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_events_incident_id_incidents")
        ),
        sa.ForeignKeyConstraint(
            ["outage_id"], ["outages.id"], name=op.f("fk_incident_events_outage_id_outages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_incident_events_incident_id_kind"), "incident_events", ["incident_id", "kind"]
    )
    op.create_index(op.f("ix_incident_events_outage_id"), "incident_events", ["outage_id"])


def downgrade() -> None:
    """Drop what this version added, with all that is in it."""
    for table in (
        "uptime_touches",
        "uptime_months",
        "maintenance_windows",
        "incident_events",
        "cause_corrections",
        "outages",
        "incidents",
    ):
        op.drop_table(table)
    op.drop_column("transitions", "flapping")
    for column in ("rule", "power_feeder", "parent_groups"):
        op.drop_column("devices", column)
