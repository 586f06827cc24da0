"""Codes of areas as rows: put in from a dated file, never deleted. `store.area_codes`."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from collector.area_codes import AreaCode, AreaRegister, founding
from collector.model.alerts import AuditEntry
from collector.moments import to_micros
from collector.store import audit
from collector.store.dialects import upsert
from collector.store.schema import area_codes
from collector.store.transactions import Database


@dataclass(frozen=True, slots=True)
class CodesChange:
    """What a file of codes did, or would do: how many are new, say something else, say the same."""

    created: int
    changed: int
    same: int


class AreaCodes:
    """Codes of areas by date. Every method is one transaction; may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._known: tuple[tuple[int, int], AreaRegister] | None = None

    def register(self) -> AreaRegister:
        """Return all codes that are known: the founding cities', and what was put in.

        Kept in memory until something is put in, by whichever process.
        """
        with self._database.read() as connection:
            mark = tuple(connection.execute(_MARK).one())
            with self._lock:
                if self._known is not None and self._known[0] == mark:
                    return self._known[1]
            made = AreaRegister([*founding(), *_every(connection)])
        with self._lock:
            self._known = (mark, made)
        return made

    def plan(self, codes: Sequence[AreaCode]) -> CodesChange:
        """Return what putting these in would do."""
        with self._database.read() as connection:
            return _change(connection, codes)

    def put(
        self, codes: Sequence[AreaCode], author: str, now: datetime, file: str = ""
    ) -> CodesChange:
        """Put codes in, all or none; one that begins on the day of another takes its place."""
        with self._database.write() as connection:
            change = _change(connection, codes)
            if change.created or change.changed:
                number = (connection.scalar(select(func.max(area_codes.c.change))) or 0) + 1
                upsert(connection, area_codes, [_row(one, now, author, number) for one in codes])
                words = f"{change.created} created, {change.changed} changed"
                entry = AuditEntry(now, author, "area.import", f"areas:{file[:100]}", words)
                audit.write(connection, entry)
        return change


_MARK = select(func.count(), func.coalesce(func.max(area_codes.c.change), 0)).select_from(
    area_codes
)


def _change(connection: Connection, codes: Sequence[AreaCode]) -> CodesChange:
    known = {(one.code, one.valid_from): one for one in (*founding(), *_every(connection))}
    found = [known.get((one.code, one.valid_from)) for one in codes]
    same = sum(old == new for old, new in zip(found, codes, strict=True))
    created = sum(old is None for old in found)
    return CodesChange(created, len(codes) - created - same, same)


def _every(connection: Connection) -> list[AreaCode]:
    rows = connection.execute(select(area_codes).order_by(area_codes.c.code)).fetchall()
    return [_code(row) for row in rows]


def _code(row: Row[Any]) -> AreaCode:
    return AreaCode(
        row.code,
        row.name,
        row.bps,
        date.fromisoformat(row.valid_from) if row.valid_from else None,
        date.fromisoformat(row.valid_to) if row.valid_to else None,
        tuple(row.replaces.split()),
        row.basis,
    )


def _row(one: AreaCode, now: datetime, author: str, change: int) -> tuple[Any, ...]:
    """Return the columns of `area_codes`, in their order."""
    return (
        one.code,
        one.valid_from.isoformat() if one.valid_from else "",
        one.name,
        one.bps,
        one.valid_to.isoformat() if one.valid_to else None,
        " ".join(one.replaces),
        one.basis,
        to_micros(now),
        author,
        change,
    )
