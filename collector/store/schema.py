"""The tables of the truth. Migrations build them; a contract test holds the two together.

    areas ◄── sites ◄── devices ◄── checks ◄── check_states        rows are retired, never deleted:
    owners ◄────────────┘  ▲ ▲                                     history keeps its names
                           │ └── device_states   what is believed now
                           └──── transitions     what changed, in order of id: alerts, wall, uptime
    collectors  signs of life          tokens  access (hashes only)

Every moment is a BIGINT of microseconds (`moments`), every enum its word, every tuple of words a
JSON list. Portable types only: SQLite now, PostgreSQL later.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from collector.model import State

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_STATES = ", ".join(f"'{state.value}'" for state in State)

# SQLite gives only INTEGER PRIMARY KEY an automatic number; elsewhere 32 bits would run out.
_SerialId = BigInteger().with_variant(Integer(), "sqlite")


areas = Table(
    "areas",
    metadata,
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("zone", String),
    Column("parent", String),
    Column("retired_at", BigInteger),
)

owners = Table(
    "owners",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("retired_at", BigInteger),
)

sites = Table(
    "sites",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("area", String, ForeignKey("areas.code"), nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("retired_at", BigInteger),
    Index(None, "area"),
)

devices = Table(
    "devices",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("site", String, ForeignKey("sites.id"), nullable=False),
    Column("profile", String, nullable=False),
    Column("address", String),
    Column("credentials", JSON, nullable=False),
    Column("parents", JSON, nullable=False),
    Column("owner", String, ForeignKey("owners.id")),
    Column("link_owner", String, ForeignKey("owners.id")),
    Column("power_owner", String, ForeignKey("owners.id")),
    Column("snmp_port", Integer),
    Column("mqtt_topic", String),
    Column("tags", JSON, nullable=False),
    Column("telemetry_seconds", Float),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("retired_at", BigInteger),
    Index(None, "site"),
)

checks = Table(
    "checks",
    metadata,
    Column("id", String, primary_key=True),
    Column("device_id", String, ForeignKey("devices.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("probe", String, nullable=False),
    Column("role", String, nullable=False),
    Column("interval_seconds", Float, nullable=False),
    Column("timeout_seconds", Float, nullable=False),
    Column("confirm", Integer, nullable=False),
    Column("recover", Integer, nullable=False),
    Column("retry_seconds", Float, nullable=False),
    Column("fresh_intervals", Float, nullable=False),
    Column("retired_at", BigInteger),
    Index(None, "device_id"),
)

device_states = Table(
    "device_states",
    metadata,
    Column("device_id", String, ForeignKey("devices.id"), primary_key=True),
    Column("status", String, nullable=False),
    Column("state", String, nullable=False),
    Column("since_at", BigInteger),
    Column("confirmed_at", BigInteger),
    Column("reason", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("cause", String),
    Column("flapping", Boolean(create_constraint=False), nullable=False),
    Column("last_result_at", BigInteger),
    CheckConstraint(f"state IN ({_STATES})", name="state"),
)

check_states = Table(
    "check_states",
    metadata,
    Column("check_id", String, ForeignKey("checks.id"), primary_key=True),
    Column("verdict", String, nullable=False),
    Column("since_at", BigInteger),
    Column("confirmed_at", BigInteger),
    Column("pending", String, nullable=False),
    Column("pending_count", Integer, nullable=False),
    Column("pending_since_at", BigInteger),
    Column("critical_count", Integer, nullable=False),
    Column("critical_since_at", BigInteger),
    Column("reason", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("last_slot_at", BigInteger),
    Column("last_result_at", BigInteger),
    Column("last_outcome", String, nullable=False),
    Column("latency_seconds", Float),
    Column("breached", Text, nullable=False),  # a JSON list, made by `states`: this table is hot
)

transitions = Table(
    "transitions",
    metadata,
    Column("id", _SerialId, primary_key=True),
    Column("device_id", String, ForeignKey("devices.id"), nullable=False),
    Column("old", String, nullable=False),
    Column("new", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger, nullable=False),
    Column("reason", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("cause", String),
    CheckConstraint("confirmed_at >= at", name="confirmed_after_it_began"),
    CheckConstraint(f"old IN ({_STATES})", name="old"),
    CheckConstraint(f"new IN ({_STATES})", name="new"),
    Index(None, "device_id", "at"),
    sqlite_autoincrement=True,  # an id is never given twice: clients resume from the last they saw
)

collectors = Table(
    "collectors",
    metadata,
    Column("id", String, primary_key=True),
    Column("run_id", String, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("heartbeat_at", BigInteger, nullable=False),
    Column("figures", Text, nullable=False),  # a JSON object, made by `heartbeats`
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", _SerialId, primary_key=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("hash", String, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
    sqlite_autoincrement=True,
)
