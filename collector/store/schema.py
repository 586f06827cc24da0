"""The tables of the truth. Migrations build them; a contract test holds the two together.

    areas ◄── sites ◄── devices ◄── checks ◄── check_states        rows are retired, never deleted:
    owners ◄────────────┘  ▲ ▲                                     history keeps its names
                           │ └── device_states   what is believed now
                           ├──── transitions     what changed, in order of id: alerts, wall, uptime
                           ├──── outages         what follows from them; ◄── cause_corrections
                           │        └──► incidents ◄── incident_events
                           └──── uptime_months   sums of the log, made anew when it was touched
                                 uptime_touches  counts that, for answers that are still in memory
                                 uptime_changes  lists that, for those who told sums to others
    collectors  signs of life    tokens  access (hashes only) ◄── screens  those of walls
    maintenance_windows  planned work
    quarantine  who was heard and is no device    quarantine_decisions  what people made of it
    alerts … audit  who is told what: `schema_alerts`
    sources … source_rows  what lists say: `schema_register`
    findings … rulings     what they contradict each other in: `schema_findings`

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
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from collector.model import CauseClass, State
from collector.store.schema_access import screens, tokens
from collector.store.schema_alerts import (
    alert_decisions,
    alert_marks,
    alert_threads,
    alerts,
    audit,
    notifications,
    silences,
    thread_members,
    used_links,
)
from collector.store.schema_areas import area_codes
from collector.store.schema_base import SerialId, metadata, only_where
from collector.store.schema_findings import (
    findings,
    identities,
    reconciliations,
    rulings,
    signatures,
)
from collector.store.schema_register import imports, source_rows, sources

__all__ = [
    "alert_decisions",
    "alert_marks",
    "alert_threads",
    "alerts",
    "area_codes",
    "areas",
    "audit",
    "cause_corrections",
    "check_states",
    "checks",
    "collectors",
    "device_states",
    "devices",
    "findings",
    "identities",
    "imports",
    "incident_events",
    "incidents",
    "maintenance_windows",
    "metadata",
    "notifications",
    "outages",
    "owners",
    "quarantine",
    "quarantine_decisions",
    "reconciliations",
    "rulings",
    "screens",
    "signatures",
    "silences",
    "sites",
    "source_rows",
    "sources",
    "thread_members",
    "tokens",
    "transitions",
    "uptime_changes",
    "uptime_months",
    "uptime_touches",
    "used_links",
]

_STATES = ", ".join(f"'{state.value}'" for state in State)
_CAUSES = ", ".join(f"'{cause.value}'" for cause in CauseClass)


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
    Column("parent_groups", JSON, nullable=False, server_default="[]"),
    Column("power_feeder", String),
    Column("rule", JSON(none_as_null=True)),
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
    Column("limits", JSON, nullable=False, server_default="{}"),  # by metric, as it is written
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
    Column("id", SerialId, primary_key=True),
    Column("device_id", String, ForeignKey("devices.id"), nullable=False),
    Column("old", String, nullable=False),
    Column("new", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger, nullable=False),
    Column("reason", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("cause", String),
    Column(
        "flapping", Boolean(create_constraint=False), nullable=False, server_default=text("false")
    ),
    CheckConstraint("confirmed_at >= at", name="confirmed_after_it_began"),
    CheckConstraint(f"old IN ({_STATES})", name="old"),
    CheckConstraint(f"new IN ({_STATES})", name="new"),
    Index(None, "device_id", "at"),
    sqlite_autoincrement=True,  # an id is never given twice: clients resume from the last they saw
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("group", String, nullable=False),
    Column("group_key", String, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("recovered_at", BigInteger),
    Column("acknowledged_at", BigInteger),
    Column("acknowledged_by", String),
    Column("resolved_at", BigInteger),
    Column("resolved_by", String),
    Column("resolution", Text),
    Column("merged_into", SerialId, ForeignKey("incidents.id")),
    Index(None, "group", "group_key"),
    Index(None, "started_at"),
    Index(
        "ix_incidents_unresolved",
        "recovered_at",
        **only_where("resolved_at IS NULL AND merged_into IS NULL"),
    ),
    sqlite_autoincrement=True,
)

outages = Table(
    "outages",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("device_id", String, ForeignKey("devices.id"), nullable=False),
    Column("state", String, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("end_confirmed_at", BigInteger),
    Column("reason", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("root", String),
    Column("root_outage_id", SerialId, ForeignKey("outages.id")),
    Column("proposed_cause", String, nullable=False),
    Column("proposed_by", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("incident_id", SerialId, ForeignKey("incidents.id")),
    CheckConstraint("state IN ('down', 'unreachable')", name="state"),
    CheckConstraint("confirmed_at >= started_at", name="confirmed_after_it_began"),
    CheckConstraint("ended_at >= started_at", name="ended_after_it_began"),
    CheckConstraint(f"cause IN ({_CAUSES})", name="cause"),
    Index(None, "device_id", "started_at", "ended_at"),  # what touches a window, without the rows
    Index(None, "started_at"),
    Index(None, "incident_id"),
    Index(None, "root_outage_id"),
    Index(
        "uq_outages_open",
        "device_id",
        "state",
        unique=True,
        **only_where("ended_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

cause_corrections = Table(
    "cause_corrections",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("outage_id", SerialId, ForeignKey("outages.id"), nullable=False),
    Column("cause", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", String, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    CheckConstraint(f"cause IN ({_CAUSES})", name="cause"),
    Index(None, "outage_id"),
    sqlite_autoincrement=True,
)

incident_events = Table(
    "incident_events",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("incident_id", SerialId, ForeignKey("incidents.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("author", String),
    Column("text", Text, nullable=False),
    Column("outage_id", SerialId, ForeignKey("outages.id")),
    Index(None, "incident_id", "kind"),
    Index(None, "outage_id"),
    sqlite_autoincrement=True,
)

maintenance_windows = Table(
    "maintenance_windows",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("title", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("devices", JSON, nullable=False),
    Column("sites", JSON, nullable=False),
    Column("areas", JSON, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("zone", String, nullable=False),
    Column("recurrence", String),
    Column("replaces", SerialId, ForeignKey("maintenance_windows.id")),
    Column("cancelled_at", BigInteger),
    Column("cancelled_from_at", BigInteger),
    Column("cancelled_by", String),
    Column("cancel_reason", Text),
    CheckConstraint("ends_at > starts_at", name="ends_after_it_begins"),
    sqlite_autoincrement=True,
)

uptime_months = Table(
    "uptime_months",
    metadata,
    Column("rules", String, primary_key=True),  # digest of the rules it was reckoned by
    Column("device_id", String, ForeignKey("devices.id"), primary_key=True),
    Column("starts_at", BigInteger, primary_key=True),  # a month in the zone of its site
    Column("ends_at", BigInteger, nullable=False),
    Column("sums", LargeBinary, nullable=False),
    Column("lost", Text),  # a JSON object: whose minutes were lost, where any were
    Index(None, "ends_at", "device_id"),
    sqlite_with_rowid=False,  # read by the thousand in the order of the key
)

uptime_touches = Table(
    "uptime_touches",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),  # since 1970, UTC
    Column("times", BigInteger, nullable=False),  # that the past was changed from this day on
)

uptime_changes = Table(
    "uptime_changes",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("device_id", String),  # no reference, for speed; none: of every device
    Column("since", BigInteger, nullable=False),  # from when on the past is another
    sqlite_autoincrement=True,  # an id is never given twice: who follows resumes from the last
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("source", String, nullable=False),  # which listener heard it
    Column("name", String, nullable=False),  # what it calls itself: its topic
    Column("state", String, nullable=False),
    Column("first_seen_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    Column("messages", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("places", JSON, nullable=False),  # where it was heard: whole topics
    Column("shape", JSON, nullable=False),  # keys and types of its last payload, no values
    Column("fits", JSON, nullable=False),  # [profile, name by that profile], best first
    Column("about", JSON, nullable=False),  # what it says of itself
    Column("device_id", String),  # no reference: the collector takes the device in later
    Column("decided_at", BigInteger),
    Column("decided_by", String),
    CheckConstraint("state IN ('waiting', 'ignored', 'adopted')", name="state"),
    UniqueConstraint("source", "name"),
    Index(None, "state", "last_seen_at"),
    sqlite_autoincrement=True,
)

quarantine_decisions = Table(
    "quarantine_decisions",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("entry_id", SerialId, nullable=False),  # no reference: entries go, decisions stay
    Column("source", String, nullable=False),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("device_id", String),
    Column("author", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
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
