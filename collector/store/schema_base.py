"""What all tables of the truth share: how constraints are called, and what an id is."""

from typing import Any

from sqlalchemy import BigInteger, Integer, MetaData, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives only INTEGER PRIMARY KEY an automatic number; elsewhere 32 bits would run out.
SerialId = BigInteger().with_variant(Integer(), "sqlite")


def only_where(condition: str) -> dict[str, Any]:
    """Return the arguments of an index that holds only the rows of a condition.

    Naming PostgreSQL here would load its dialect, a tenth of a second for every process that opens
    a file; see `with_postgresql`.
    """
    return {"sqlite_where": text(condition), "info": {"where": condition}}


def with_postgresql() -> MetaData:
    """Return the tables, with the conditions of their indexes in PostgreSQL's terms as well."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if "where" in index.info:
                index.dialect_options["postgresql"]["where"] = text(index.info["where"])
    return metadata
