"""The table of area codes by date: `area_codes`."""

from sqlalchemy import BigInteger, Column, String, Table, Text

from collector.store.schema_base import SerialId, metadata

area_codes = Table(
    "area_codes",
    metadata,
    Column("code", String, primary_key=True),
    Column("valid_from", String, primary_key=True),  # 2026-11-22; "": as far back as is known
    Column("name", String, nullable=False),
    Column("bps", String),
    Column("valid_to", String),  # the last day
    Column("replaces", Text, nullable=False),  # codes, with blanks between them
    Column("basis", Text, nullable=False),
    Column("put_at", BigInteger, nullable=False),
    Column("put_by", String, nullable=False),
    Column("change", SerialId, nullable=False),  # counts the files that were put in
)
