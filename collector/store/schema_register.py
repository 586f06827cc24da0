"""The tables of the register: whose lists there are, and what they said from when to when.

    sources ◄── imports ◄── source_rows        rows are versions: a new one closes the one before,
                                               nothing is changed or deleted afterwards

A version knows the import that opened it and the one that closed it, which is what undoing needs.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from collector.store.schema_base import SerialId, metadata, only_where

sources = Table(
    "sources",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("agency", String),  # an owner's id; no reference: the owner may come with its first list
    Column("rank", Integer, nullable=False),
    Column("columns", JSON, nullable=False),  # heading → field or null
    Column("defaults", JSON, nullable=False),  # field → value
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("source_id", String, ForeignKey("sources.id"), nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String, nullable=False),
    Column("sheet", Text),
    Column("created", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("same", Integer, nullable=False),
    Column("retired", Integer, nullable=False),
    Column("author", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("undoes", SerialId, ForeignKey("imports.id")),
    Column("undone_by", SerialId, ForeignKey("imports.id")),
    Index(None, "source_id", "id"),
    sqlite_autoincrement=True,
)

source_rows = Table(
    "source_rows",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("source_id", String, ForeignKey("sources.id"), nullable=False),
    Column("key", String, nullable=False),
    Column("device_id", String),  # no reference: a list comes before the device it is about
    Column("fields", JSON, nullable=False),  # field → value
    Column("row", Integer, nullable=False),  # where it stands in the list of `import_id`
    Column("import_id", SerialId, ForeignKey("imports.id"), nullable=False),  # who said it
    Column("seen_at", BigInteger, nullable=False),  # and when
    Column("from_at", BigInteger, nullable=False),
    Column("until_at", BigInteger),
    Column("opened_by", SerialId, ForeignKey("imports.id"), nullable=False),
    Column("closed_by", SerialId, ForeignKey("imports.id")),
    CheckConstraint("until_at >= from_at", name="ended_after_it_began"),
    Index(None, "device_id"),
    Index(None, "opened_by"),
    Index(None, "closed_by"),
    Index(
        "uq_source_rows_current",
        "source_id",
        "key",
        unique=True,
        **only_where("until_at IS NULL"),
    ),
    Index(None, "source_id", "key", "id"),
    sqlite_autoincrement=True,
)
