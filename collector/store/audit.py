"""What people did, in order of time: added in the transaction that did it, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from collector.model.alerts import AuditEntry
from collector.moments import from_micros, to_micros
from collector.store.rows import Page
from collector.store.schema import audit
from collector.store.transactions import Database

_DETAIL_LENGTH = 2_000
_NAME_LENGTH = 200


def write(connection: Connection, entry: AuditEntry) -> int:
    """Append an entry; return its id."""
    result = connection.execute(
        insert(audit).values(
            at=to_micros(entry.at),
            author=entry.author[:_NAME_LENGTH],
            action=entry.action[:_NAME_LENGTH],
            object=entry.object[:_NAME_LENGTH],
            detail=entry.detail[:_DETAIL_LENGTH],
        )
    )
    (given,) = result.inserted_primary_key or (0,)
    return int(given)


class Audit:
    """What people did (`store.audit`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, entry: AuditEntry) -> int:
        """Append what somebody did; return its id.

        What the store itself does for people (incidents, maintenance, causes, quarantine,
        silences, tokens) is written by it, in the same transaction.
        """
        with self._database.write() as connection:
            return write(connection, entry)

    def page(
        self,
        *,
        author: str | None = None,
        action: str | None = None,
        about: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> Page[AuditEntry]:
        """Return entries with start <= at < end, newest first, narrowed by what is given.

        `action` may be its first part ("incident" takes in "incident.note"); `about` is an object.
        `after` is the `next` of the page before. Raises ValueError when it is none.
        """
        c = audit.c
        query = select(audit).order_by(c.id.desc()).limit(limit + 1)
        if after is not None:
            query = query.where(c.id < int(after))
        if author is not None:
            query = query.where(c.author == author)
        if action is not None:
            below = c.action.startswith(f"{action}.", autoescape=True)
            query = query.where((c.action == action) | below)
        if about is not None:
            query = query.where(c.object == about)
        if start is not None:
            query = query.where(c.at >= to_micros(start))
        if end is not None:
            query = query.where(c.at < to_micros(end))
        with self._database.read() as connection:
            found = [
                AuditEntry(
                    from_micros(row.at), row.author, row.action, row.object, row.detail, row.id
                )
                for row in connection.execute(query)
            ]
        items = tuple(found[:limit])
        return Page(items, str(items[-1].id) if len(found) > limit else None)


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(from_micros(row.at), row.author, row.action, row.object, row.detail, row.id)
