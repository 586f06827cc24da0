"""One-time links of messages: used in the transaction of what they do, or not at all."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from collector.moments import from_micros, to_micros
from collector.store.schema import used_links

_KEPT = timedelta(days=1)  # beyond their end: clocks may differ


@dataclass(frozen=True, slots=True)
class OneTime:
    """A link that whoever does something has in hand; that it works once is this module's care."""

    nonce: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkUse:
    """When a link was used, and in whose name."""

    at: datetime
    by: str


class LinkUsedError(Exception):
    """The link was used before; nothing was done. `use` says when."""

    def __init__(self, use: LinkUse) -> None:
        super().__init__(f"used by {use.by} at {use.at:%Y-%m-%dT%H:%M:%SZ}")
        self.use = use


def use(connection: Connection, link: OneTime, author: str, now: datetime) -> None:
    """Note that a link is used now. Raises LinkUsedError: of two at once one is the first.

    Forgets those that ran out.
    """
    before = used(connection, link.nonce)
    if before is not None:
        raise LinkUsedError(before)
    over = used_links.c.expires_at < to_micros(now - _KEPT)
    connection.execute(delete(used_links).where(over))
    connection.execute(
        insert(used_links).values(
            nonce=link.nonce,
            used_at=to_micros(now),
            used_by=author,
            expires_at=to_micros(link.expires_at),
        )
    )


def used(connection: Connection, nonce: str) -> LinkUse | None:
    """Return when a link was used, None: not yet."""
    row = connection.execute(select(used_links).where(used_links.c.nonce == nonce)).one_or_none()
    return None if row is None else LinkUse(from_micros(row.used_at), row.used_by)
