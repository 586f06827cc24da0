"""The tables of alerts: what should be known, what was decided, who was told what, and by whom.

    alerts ◄── alert_decisions            notifications  the outbox: a row a message and channel
       ▲                                        │
       └── thread_members ──► alert_threads ◄───┘
    alert_marks  cursors and figures    silences    audit  what people did    used_links

One process (role `alerts`) writes the first five, and so gives their ids itself.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from collector.store.schema_base import SerialId, metadata, only_where

alerts = Table(
    "alerts",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("device_id", String, nullable=False),  # no reference: a gone collector has one too
    Column("state", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger, nullable=False),
    Column("reason", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("root", String),
    Column("incident_id", SerialId, ForeignKey("incidents.id")),
    Column("flapping", Boolean(create_constraint=False), nullable=False),
    Column("ended_at", BigInteger),
    Column("end_confirmed_at", BigInteger),
    Column("transition_id", BigInteger),
    Column("state_at", BigInteger),
    # What was decided last; `alert_decisions` holds how it came to that.
    Column("stage", String),
    Column("hold_reason", String),
    Column("decision_detail", Text),
    Column("decided_at", BigInteger),
    Column("until_at", BigInteger),
    Column("decisions", Integer, nullable=False),  # that are kept
    Column("decisions_left_out", Integer, nullable=False),  # from the middle, of too many
    CheckConstraint("ended_at >= began_at", name="ended_after_it_began"),
    UniqueConstraint("device_id", "began_at"),
    Index(None, "device_id", "confirmed_at"),
    Index(None, "confirmed_at"),
    Index(None, "ended_at"),
    Index(None, "incident_id"),
    Index(
        "uq_alerts_open",
        "device_id",
        unique=True,
        **only_where("ended_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

alert_decisions = Table(
    "alert_decisions",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("alert_id", SerialId, ForeignKey("alerts.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("stage", String, nullable=False),
    Column("reason", String),
    Column("detail", Text, nullable=False),
    Column("until_at", BigInteger),
    Index(None, "alert_id", "id"),
    sqlite_autoincrement=True,
)

alert_threads = Table(
    "alert_threads",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("key", String, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("severity", String, nullable=False),
    Column("settled_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("told_at", BigInteger),
    Column("told", Text, nullable=False),  # a JSON object, made by `alerts.rows`
    Column("escalated", Integer, nullable=False),
    Column("first_told_at", BigInteger),
    Column("told_severity", String),
    Column("told_cause", String, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("receivers", Text, nullable=False),  # a JSON list, as `told`
    Column("waiting", Text, nullable=False),  # a JSON list
    Column("over_at", BigInteger),
    Column("storm", String),
    UniqueConstraint("key", "opened_at"),
    Index(None, "first_told_at"),
    Index(
        "uq_alert_threads_open",
        "key",
        unique=True,
        **only_where("closed_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

thread_members = Table(
    "thread_members",
    metadata,
    Column("thread_id", SerialId, ForeignKey("alert_threads.id"), primary_key=True),
    Column("device_id", String, primary_key=True),
    Column("alert_id", SerialId, ForeignKey("alerts.id"), nullable=False),
    Column("joined_at", BigInteger, nullable=False),
    Column("leads", Boolean(create_constraint=False), nullable=False),
    Column("told_state", String),
    Column("told_severity", String),
    Column("left_at", BigInteger),
    Index(None, "alert_id"),
)

alert_marks = Table(
    "alert_marks",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", BigInteger, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("at", BigInteger, nullable=False),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("thread_id", SerialId, ForeignKey("alert_threads.id")),
    Column("receiver", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("severity", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("maybe_twice", Boolean(create_constraint=False), nullable=False),
    Column("sent_at", BigInteger),
    Column("reference", String),
    Column("answer", Text, nullable=False),
    CheckConstraint("state IN ('pending', 'sending', 'sent', 'dead', 'withdrawn')", name="state"),
    Index(None, "thread_id", "channel", "receiver"),
    Index(None, "state", "channel"),
    Index(None, "receiver"),
    Index(None, "sent_at"),
    sqlite_autoincrement=True,
)

silences = Table(
    "silences",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("devices", JSON, nullable=False),
    Column("sites", JSON, nullable=False),
    Column("areas", JSON, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("owners", JSON, nullable=False),
    Column("kinds", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("ended_by", String),
    Column("reminded_at", BigInteger),
    CheckConstraint("ends_at > starts_at", name="ends_after_it_begins"),
    Index(None, "ends_at"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("author", String, nullable=False),
    Column("action", String, nullable=False),
    Column("object", String, nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "object"),
    Index(None, "author"),
    sqlite_autoincrement=True,
)

used_links = Table(
    "used_links",
    metadata,
    Column("nonce", String, primary_key=True),
    Column("used_at", BigInteger, nullable=False),
    Column("used_by", String, nullable=False),
    Column("expires_at", BigInteger, nullable=False),  # after that the link is no good anyhow
)
