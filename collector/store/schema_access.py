"""The tables of access: tokens, and what belongs to those that are links of screens.

tokens  access (hashes only)  ◄── screens  settings of a wall's link, and where it may be used
"""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, String, Table

from collector.store.schema_base import SerialId, metadata

tokens = Table(
    "tokens",
    metadata,
    Column("id", SerialId, primary_key=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("hash", String, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
    sqlite_autoincrement=True,
)

screens = Table(
    "screens",
    metadata,
    Column("token_id", SerialId, ForeignKey("tokens.id"), primary_key=True, autoincrement=False),
    Column("settings", JSON, nullable=False),  # the page's, kept as they come
    Column("bind_address", Boolean, nullable=False),
    Column("bound_to", String),
    Column("bound_at", BigInteger),
)
