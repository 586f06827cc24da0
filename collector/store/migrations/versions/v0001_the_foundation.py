"""The foundation: inventory, states, transitions, heartbeats and tokens.

A migration is history: it is never edited once released, whatever becomes of `schema`.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None

STATES = "'up', 'degraded', 'down', 'unreachable', 'unknown'"
SERIAL_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table of an empty store."""
    op.create_table(
        "areas",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String()),
        sa.Column("parent", sa.String()),
        sa.Column("retired_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_areas")),
    )
    op.create_table(
        "collectors",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("heartbeat_at", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collectors")),
    )
    op.create_table(
        "owners",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("retired_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owners")),
    )
    op.create_table(
        "tokens",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("last_used_at", sa.BigInteger()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sites",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float()),
        sa.Column("longitude", sa.Float()),
        sa.Column("retired_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["area"], ["areas.code"], name=op.f("fk_sites_area_areas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_index(op.f("ix_sites_area"), "sites", ["area"])
    op.create_table(
        "devices",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("address", sa.String()),
        sa.Column("credentials", sa.JSON(), nullable=False),
        sa.Column("parents", sa.JSON(), nullable=False),
        sa.Column("owner", sa.String()),
        sa.Column("link_owner", sa.String()),
        sa.Column("power_owner", sa.String()),
        sa.Column("snmp_port", sa.Integer()),
        sa.Column("mqtt_topic", sa.String()),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("telemetry_seconds", sa.Float()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["link_owner"], ["owners.id"], name=op.f("fk_devices_link_owner_owners")
        ),
        sa.ForeignKeyConstraint(["owner"], ["owners.id"], name=op.f("fk_devices_owner_owners")),
        sa.ForeignKeyConstraint(
            ["power_owner"], ["owners.id"], name=op.f("fk_devices_power_owner_owners")
        ),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_devices_site_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
    )
    op.create_index(op.f("ix_devices_site"), "devices", ["site"])
    op.create_table(
        "checks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("probe", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("interval_seconds", sa.Float(), nullable=False),
        sa.Column("timeout_seconds", sa.Float(), nullable=False),
        sa.Column("confirm", sa.Integer(), nullable=False),
        sa.Column("recover", sa.Integer(), nullable=False),
        sa.Column("retry_seconds", sa.Float(), nullable=False),
        sa.Column("fresh_intervals", sa.Float(), nullable=False),
        sa.Column("retired_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_checks_device_id_devices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
    )
    op.create_index(op.f("ix_checks_device_id"), "checks", ["device_id"])
    op.create_table(
        "device_states",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since_at", sa.BigInteger()),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("cause", sa.String()),
        sa.Column("flapping", sa.Boolean(), nullable=False),
        sa.Column("last_result_at", sa.BigInteger()),
        sa.CheckConstraint(
            f"state IN ({STATES})",
            name=op.f("ck_device_states_state"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_device_states_device_id_devices")
        ),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_states")),
    )
    op.create_table(
        "transitions",
        sa.Column("id", SERIAL_ID, nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("cause", sa.String()),
        sa.CheckConstraint(
            f"new IN ({STATES})",
            name=op.f("ck_transitions_new"),
        ),
        sa.CheckConstraint(
            f"old IN ({STATES})",
            name=op.f("ck_transitions_old"),
        ),
        sa.CheckConstraint(
            "confirmed_at >= at", name=op.f("ck_transitions_confirmed_after_it_began")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_transitions_device_id_devices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transitions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_transitions_device_id_at"), "transitions", ["device_id", "at"])
    op.create_table(
        "check_states",
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("since_at", sa.BigInteger()),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("pending", sa.String(), nullable=False),
        sa.Column("pending_count", sa.Integer(), nullable=False),
        sa.Column("pending_since_at", sa.BigInteger()),
        sa.Column("critical_count", sa.Integer(), nullable=False),
        sa.Column("critical_since_at", sa.BigInteger()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("last_slot_at", sa.BigInteger()),
        sa.Column("last_result_at", sa.BigInteger()),
        sa.Column("last_outcome", sa.String(), nullable=False),
        sa.Column("latency_seconds", sa.Float()),
        sa.Column("breached", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["checks.id"], name=op.f("fk_check_states_check_id_checks")
        ),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_check_states")),
    )


def downgrade() -> None:
    """Drop every table, with all that is in it."""
    op.drop_table("check_states")
    op.drop_table("transitions")
    op.drop_table("device_states")
    op.drop_table("checks")
    op.drop_table("devices")
    op.drop_table("sites")
    op.drop_table("tokens")
    op.drop_table("owners")
    op.drop_table("collectors")
    op.drop_table("areas")
