"""Silences as rows: made, ended before their time, reminded of; never changed and never deleted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from collector.maintenance import WindowFault
from collector.model import Scope
from collector.model.alerts import AuditEntry, Silence
from collector.moments import from_micros, from_micros_or_none, to_micros
from collector.silences import Coverable, faults
from collector.silences import silences as covers
from collector.store import audit
from collector.store.alerts import links
from collector.store.alerts.links import OneTime
from collector.store.maintenance import WindowError, remedy_for, unknown_in
from collector.store.rows import Page
from collector.store.schema import devices, owners, silences
from collector.store.transactions import Database


class SilenceGoneError(Exception):
    """A silence that is over already; the message says since when and by whom."""


class Silences:
    """What people muted (`store.silences`). Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, silence: Silence, *, link: OneTime | None = None) -> Silence:
        """Store a new silence; return it with its id.

        Raises WindowError for what keeps it from being used, unknown names among them;
        LinkUsedError when it is made by a link that was used before.
        """
        with self._database.write() as connection:
            if link is not None:
                links.use(connection, link, silence.author, silence.created_at)
            found = [*faults(silence), *_unknown(connection, silence)]
            if found:
                raise WindowError(*found)
            result = connection.execute(insert(silences), _columns(silence))
            (given,) = result.inserted_primary_key or (None,)
            about = f"silence:{given}"
            entry = AuditEntry(
                silence.created_at, silence.author, "silence.create", about, silence.reason
            )
            audit.write(connection, entry)
            return replace(silence, id=given)

    def check(self, silence: Silence) -> list[WindowFault]:
        """Return what would keep a silence from being made; empty: it could be."""
        with self._database.read() as connection:
            return [*faults(silence), *_unknown(connection, silence)]

    def end(self, silence_id: int, author: str, now: datetime) -> Silence | None:
        """End a silence before its time; return it as it is now. None: there is none such.

        Again by the same author is fine. Raises SilenceGoneError when it is over already.
        """
        with self._database.write() as connection:
            silence = _one(connection, silence_id)
            if silence is None or (silence.ended_at is not None and silence.ended_by == author):
                return silence
            _refuse_what_is_over(silence, now)
            connection.execute(
                update(silences)
                .where(silences.c.id == silence_id)
                .values(ended_at=to_micros(now), ended_by=author)
            )
            about = f"silence:{silence_id}"
            audit.write(connection, AuditEntry(now, author, "silence.end", about, silence.reason))
            return replace(silence, ended_at=now, ended_by=author)

    def get(self, silence_id: int) -> Silence | None:
        """Return one silence, also one that is over."""
        with self._database.read() as connection:
            return _one(connection, silence_id)

    def page(
        self,
        *,
        active_at: datetime | None = None,
        over_at: datetime | None = None,
        device: Coverable | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> Page[Silence]:
        """Return silences, newest first, narrowed by what is given.

        Those that are on at a moment; that were over by one; that cover a device (its row or its
        facts). `after` is the `next` of the page before. Raises ValueError when it is none.
        """
        c = silences.c
        query = select(silences).order_by(c.id.desc())
        if after is not None:
            query = query.where(c.id < int(after))
        if active_at is not None:
            query = query.where(*_on(to_micros(active_at)))
        if over_at is not None:
            moment = to_micros(over_at)
            query = query.where(or_(c.ends_at <= moment, c.ended_at <= moment))
        found: list[Silence] = []
        with self._database.read() as connection:
            for row in connection.execute(query):
                silence = _silence(row)
                if device is None or covers(silence, device):
                    found.append(silence)
                if len(found) > limit:
                    break
        items = tuple(found[:limit])
        return Page(items, str(items[-1].id) if len(found) > limit else None)

    def current(self, now: datetime) -> list[Silence]:
        """Return every silence that is on or still to come, by id."""
        c = silences.c
        query = select(silences).where(c.ends_at > to_micros(now), c.ended_at.is_(None))
        with self._database.read() as connection:
            return [_silence(row) for row in connection.execute(query.order_by(c.id))]

    def ending(self, now: datetime, within: timedelta) -> list[Silence]:
        """Return those that are on, end within a time, and were not reminded of yet, by end.

        One shorter than twice that time is left out: whoever made it knows. A batch that tells
        (`Batch.reminded`) notes it.
        """
        c = silences.c
        query = select(silences).where(
            *_on(to_micros(now)),
            c.ends_at <= to_micros(now + within),
            c.ends_at - c.starts_at >= 2 * (within // timedelta(microseconds=1)),
            c.reminded_at.is_(None),
        )
        with self._database.read() as connection:
            return [_silence(row) for row in connection.execute(query.order_by(c.ends_at, c.id))]

    def mark(self) -> object:
        """Return a value that differs after a silence was made or ended. Costs microseconds."""
        query = select(func.max(silences.c.id), func.count(silences.c.ended_at))
        with self._database.read() as connection:
            return tuple(connection.execute(query).one())


def _on(moment: int) -> tuple[Any, ...]:
    c = silences.c
    return (
        c.starts_at <= moment,
        c.ends_at > moment,
        or_(c.ended_at.is_(None), c.ended_at > moment),
    )


def _refuse_what_is_over(silence: Silence, now: datetime) -> None:
    if silence.ended_at is not None:
        raise SilenceGoneError(
            f"{silence.ended_by} ended it at {silence.ended_at:%Y-%m-%dT%H:%M:%SZ}"
        )
    if silence.ends_at <= now:
        raise SilenceGoneError(f"it ended by itself at {silence.ends_at:%Y-%m-%dT%H:%M:%SZ}")


def _unknown(connection: Connection, silence: Silence) -> list[WindowFault]:
    """Return what a silence names that was never in the inventory."""
    found = unknown_in(connection, silence.scope)
    known: dict[str, set[str]] = {"owner": set(), "kind": set()}
    if silence.owners:
        known["owner"] = set(connection.scalars(select(owners.c.id)))
    if silence.kinds:
        known["kind"] = set(connection.scalars(select(devices.c.kind).distinct()))
    for word, named in (("owner", silence.owners), ("kind", silence.kinds)):
        missing = sorted(set(named) - known[word])
        if missing:
            shown = ", ".join(f'"{one[:60]}"' for one in missing[:5])
            message = f"there is no {word} {shown}; {remedy_for(missing, known[word])}"
            found.append(WindowFault(f"{word}s", message))
    return found


def _one(connection: Connection, silence_id: int) -> Silence | None:
    query = select(silences).where(silences.c.id == silence_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _silence(row)


def _silence(row: Row[Any]) -> Silence:
    return Silence(
        scope=Scope(tuple(row.devices), tuple(row.sites), tuple(row.areas), tuple(row.tags)),
        reason=row.reason,
        author=row.author,
        created_at=from_micros(row.created_at),
        starts_at=from_micros(row.starts_at),
        ends_at=from_micros(row.ends_at),
        owners=tuple(row.owners),
        kinds=tuple(row.kinds),
        ended_at=from_micros_or_none(row.ended_at),
        ended_by=row.ended_by,
        reminded_at=from_micros_or_none(row.reminded_at),
        id=row.id,
    )


def _columns(silence: Silence) -> Mapping[str, Any]:
    return {
        "devices": list(silence.scope.devices),
        "sites": list(silence.scope.sites),
        "areas": list(silence.scope.areas),
        "tags": list(silence.scope.tags),
        "owners": list(silence.owners),
        "kinds": list(silence.kinds),
        "reason": silence.reason,
        "author": silence.author,
        "created_at": to_micros(silence.created_at),
        "starts_at": to_micros(silence.starts_at),
        "ends_at": to_micros(silence.ends_at),
    }
