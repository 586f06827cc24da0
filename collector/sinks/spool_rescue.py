"""Carries over from a damaged spool into a new one what can still be read."""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from sqlite3 import Connection
from typing import Any

_Row = tuple[Any, ...]
_COLUMNS = {  # the first one orders; all tables of the spool but `totals`
    "records": "id, lane, lines, kept_at, low_at, high_at, hours, data",
    "dead": "id, lane, status, at, words, line",
    "touched": "hour, mark",
    "fields": "id, metric, measurement, field, type, unit, scale",
    "marks": "name, value",
}
_COUNTED = "sent_lines, dropped_lines, damaged_lines, dead_dropped, touches"


def carry_over(old: Connection, new: Connection) -> None:
    """Copy rows in order, from both ends up to the damage, and count anew what there is.

    Damaged rows are left behind: `old` stays as it is. Raises what writing to `new` raises.
    """
    for table, columns in _COLUMNS.items():
        places = ", ".join("?" * len(columns.split(", ")))
        command = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 - ours
        for row in _readable(old, table, columns):
            new.execute(command, row)
    with suppress(sqlite3.Error):
        counted = old.execute(f"SELECT {_COUNTED} FROM totals").fetchone()  # noqa: S608 - ours
        assignments = ", ".join(f"{name} = ?" for name in _COUNTED.split(", "))
        new.execute(f"UPDATE totals SET {assignments}", counted)  # noqa: S608 - ours
    new.execute(
        "UPDATE totals SET (records, lines, bytes) = (SELECT count(*), coalesce(sum(lines), 0),"
        " coalesce(sum(length(data)), 0) FROM records WHERE lane >= 0),"
        " (dead_records, dead_bytes) = (SELECT count(*), coalesce(sum(length(line)), 0) FROM dead)"
    )


def _readable(old: Connection, table: str, columns: str) -> Iterator[_Row]:
    key = columns.partition(",")[0]
    for order in ("ASC", "DESC"):
        try:
            rows = old.execute(f"SELECT {columns} FROM {table} ORDER BY {key} {order}")  # noqa: S608
            yield from rows
        except sqlite3.Error:
            continue  # up to here; now from the other end
        return
