"""The tables of reconciliation: what devices say they are, what was found, what was decided.

identities      what a device answered of itself, since when, and when last
findings ◄── rulings     one row a finding, overwritten by each reconciliation; decisions are
added and never changed, the last one of a finding is in force
signatures      agencies' words that their rows are right, as they were then
reconciliations each one that was made
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from collector.store.schema_base import SerialId, metadata

identities = Table(
    "identities",
    metadata,
    Column("device_id", String, primary_key=True),  # no reference: what was said outlives devices
    Column("key", String, primary_key=True),
    Column("value", String, primary_key=True),
    Column("first_seen_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("weight", Float, nullable=False),
    Column("digest", String, nullable=False),
    Column("content", JSON, nullable=False),  # rows, devices, evidence, proposal
    Column("sources", String, nullable=False),  # ids between commas, a comma at both ends
    Column("devices", Text, nullable=False),  # likewise
    Column("first_found_at", BigInteger, nullable=False),
    Column("last_found_at", BigInteger, nullable=False),
    CheckConstraint("state IN ('open', 'decided', 'stale', 'gone')", name="state"),
    Index(None, "state", "kind", "weight", "id"),
)

rulings = Table(
    "rulings",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("finding_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("action", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", String, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("digest", String, nullable=False),  # of the finding, as it was decided
    Column("rows", JSON, nullable=False),
    Column("device_id", String),
    Column("fields", JSON, nullable=False),  # field → value in force from then on
    Index(None, "finding_id", "id"),
    Index(None, "device_id", "id"),
    sqlite_autoincrement=True,
)

signatures = Table(
    "signatures",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("source_id", String, ForeignKey("sources.id"), nullable=False),
    Column("office", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("author", String, nullable=False),
    Column("signed_on", String, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Index(None, "source_id", "id"),
    sqlite_autoincrement=True,
)

reconciliations = Table(
    "reconciliations",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("import_id", SerialId, nullable=False),  # the last one that it saw; 0: none
    Column("rows", Integer, nullable=False),
    Column("devices", Integer, nullable=False),
    Column("found", Integer, nullable=False),
    sqlite_autoincrement=True,
)
