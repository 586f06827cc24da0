"""The quarantine: who was heard and is no device, as rows.

    waiting ──ignore──► ignored ──unignore──► waiting        strangers choose how much there is of
       └─────adopt────► adopted ──(its device is retired     waiting: it is bounded, and fades
                                   and heard again)──► waiting

Every decision is also a row of its own, which is never changed or deleted.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from collector.model import Fit, Sighting
from collector.model.alerts import AuditEntry
from collector.moments import from_micros, from_micros_or_none, to_micros
from collector.store import audit
from collector.store.ledger import in_parts
from collector.store.rows import Decision, DecisionRow, Page, QuarantineRow, QuarantineState
from collector.store.schema import devices, quarantine, quarantine_decisions
from collector.store.transactions import Database

ENTRIES_LIMIT = 1000  # that wait for a decision: beyond, who was silent longest goes
KEPT_FOR = timedelta(days=30)  # without a word
PLACES_LIMIT = 10

_DEEDS = {
    Decision.IGNORED: "ignore",
    Decision.UNIGNORED: "unignore",
    Decision.ADOPTED: "adopt",
}
_WAITING, _IGNORED, _ADOPTED = (state.value for state in QuarantineState)


class QuarantineList:
    """The quarantine (`store.quarantine`). Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, sightings: Sequence[Sighting], now: datetime) -> int:
        """Add what was heard since the last call; return how many entries had to go for it.

        `messages` and `octets` are counts since then. Entries that wait or were adopted and were
        silent for 30 days go as well; ignored ones stay.
        """
        with self._database.write() as connection:
            _add(connection, sightings)
            _let_fade(connection, now)
            return _keep_bounded(connection)

    def page(
        self,
        state: QuarantineState = QuarantineState.WAITING,
        *,
        limit: int = 500,
        after: str | None = None,
    ) -> Page[QuarantineRow]:
        """Return entries in a state, last heard first.

        `after` is the `next` of the page before. Raises ValueError when it is none.
        """
        query = select(quarantine).where(quarantine.c.state == state.value)
        if after is not None:
            seen, entry_id = (int(part) for part in after.split("-"))
            older = quarantine.c.last_seen_at < seen
            same = and_(quarantine.c.last_seen_at == seen, quarantine.c.id < entry_id)
            query = query.where(or_(older, same))
        query = query.order_by(quarantine.c.last_seen_at.desc(), quarantine.c.id.desc())
        with self._database.read() as connection:
            rows = connection.execute(query.limit(limit + 1)).all()
        more = len(rows) > limit
        rows = rows[:limit]
        following = f"{rows[-1].last_seen_at}-{rows[-1].id}" if more else None
        return Page(tuple(_entry(row) for row in rows), following)

    def waiting(self) -> int:
        """Return how many entries wait for a decision."""
        query = select(func.count()).where(quarantine.c.state == _WAITING)
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def one(self, entry_id: int) -> QuarantineRow | None:
        """Return an entry; None when there is none (any more)."""
        with self._database.read() as connection:
            return _one(connection, entry_id)

    def find(self, name: str, source: str | None = None) -> list[QuarantineRow]:
        """Return the entries of a name, of whatever source, or of one."""
        query = select(quarantine).where(quarantine.c.name == name).order_by(quarantine.c.id)
        if source is not None:
            query = query.where(quarantine.c.source == source)
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def ignore(self, entry_id: int, *, author: str, now: datetime) -> QuarantineRow | None:
        """Take an entry off the list until it is taken back; return it, None when there is none.

        Doing it again changes nothing. An adopted one stays adopted.
        """
        return self._decide(entry_id, _WAITING, Decision.IGNORED, author, now)

    def unignore(self, entry_id: int, *, author: str, now: datetime) -> QuarantineRow | None:
        """Let an ignored entry wait again; return it, None when there is none."""
        return self._decide(entry_id, _IGNORED, Decision.UNIGNORED, author, now)

    def adopted(
        self, entry_id: int, *, device_id: str, author: str, now: datetime
    ) -> QuarantineRow | None:
        """Note that an entry has become a device; return it, None when there is none."""
        with self._database.write() as connection:
            entry = _one(connection, entry_id)
            if entry is None or (entry.state.value, entry.device_id) == (_ADOPTED, device_id):
                return entry
            _decide(connection, entry, Decision.ADOPTED, author, now, device_id)
            return _one(connection, entry_id)

    def decisions(self, *, limit: int = 500, after: str | None = None) -> Page[DecisionRow]:
        """Return who decided what, newest first. Raises ValueError for an `after` that is none."""
        query = select(quarantine_decisions).order_by(quarantine_decisions.c.id.desc())
        if after is not None:
            query = query.where(quarantine_decisions.c.id < int(after))
        with self._database.read() as connection:
            rows = connection.execute(query.limit(limit + 1)).all()
        following = str(rows[limit - 1].id) if len(rows) > limit else None
        return Page(tuple(_decision(row) for row in rows[:limit]), following)

    def _decide(
        self, entry_id: int, needed: str, kind: Decision, author: str, now: datetime
    ) -> QuarantineRow | None:
        with self._database.write() as connection:
            entry = _one(connection, entry_id)
            if entry is None or entry.state.value != needed:
                return entry
            _decide(connection, entry, kind, author, now)
            return _one(connection, entry_id)


_STATE_AFTER = {
    Decision.IGNORED: _IGNORED,
    Decision.UNIGNORED: _WAITING,
    Decision.ADOPTED: _ADOPTED,
}


def _decide(
    connection: Connection,
    entry: QuarantineRow,
    kind: Decision,
    author: str,
    now: datetime,
    device_id: str | None = None,
) -> None:
    at = to_micros(now)
    connection.execute(
        update(quarantine)
        .where(quarantine.c.id == entry.id)
        .values(state=_STATE_AFTER[kind], device_id=device_id, decided_at=at, decided_by=author)
    )
    connection.execute(
        insert(quarantine_decisions).values(
            entry_id=entry.id,
            source=entry.sighting.source,
            name=entry.sighting.name,
            kind=kind.value,
            device_id=device_id,
            author=author,
            at=at,
        )
    )
    said = entry.sighting.name if device_id is None else f"{entry.sighting.name} -> {device_id}"
    audit.write(
        connection,
        AuditEntry(now, author, f"quarantine.{_DEEDS[kind]}", f"quarantine:{entry.id}", said),
    )


def _add(connection: Connection, sightings: Sequence[Sighting]) -> None:
    """Add up what is known and insert what is new, in a few statements: strangers may be many."""
    known = _known(connection, sightings)
    changed = [
        _added_up(connection, row, sighting)
        for sighting in sightings
        if (row := known.get((sighting.source, sighting.name))) is not None
    ]
    new = [_new_row(it) for it in sightings if (it.source, it.name) not in known]
    if changed:
        names = [name for name in changed[0] if name != "id"]
        values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in names}
        statement = update(quarantine).where(quarantine.c.id == bindparam("of")).values(values)
        rows = [{"of": row["id"]} | {f"to_{name}": row[name] for name in values} for row in changed]
        connection.execute(statement, rows)
    if new:
        connection.execute(insert(quarantine), new)


def _known(
    connection: Connection, sightings: Sequence[Sighting]
) -> dict[tuple[str, str], Row[Any]]:
    found: dict[tuple[str, str], Row[Any]] = {}
    for some in in_parts([sighting.name for sighting in sightings]):
        query = select(quarantine).where(quarantine.c.name.in_(some))
        found |= {(row.source, row.name): row for row in connection.execute(query)}
    return found


def _new_row(sighting: Sighting) -> dict[str, Any]:
    return {
        "source": sighting.source,
        "name": sighting.name,
        "state": _WAITING,
        "first_seen_at": to_micros(sighting.first_seen_at),
        "last_seen_at": to_micros(sighting.last_seen_at),
        "messages": sighting.messages,
        "bytes": sighting.octets,
        "places": list(sighting.places[:PLACES_LIMIT]),
        "shape": dict(sighting.shape),
        "fits": [[fit.profile, fit.name] for fit in sighting.fits],
        "about": dict(sighting.about),
    }


def _added_up(connection: Connection, known: Row[Any], sighting: Sighting) -> dict[str, Any]:
    fits = [[fit.profile, fit.name] for fit in sighting.fits]
    listed = {profile for profile, _ in fits}
    places = list(dict.fromkeys([*known.places, *sighting.places]))[:PLACES_LIMIT]
    back = known.state == _ADOPTED and _is_retired(connection, known.device_id)
    return {
        "id": known.id,
        "state": _WAITING if back else known.state,
        "device_id": None if back else known.device_id,
        "last_seen_at": max(known.last_seen_at, to_micros(sighting.last_seen_at)),
        "messages": known.messages + sighting.messages,
        "bytes": known.bytes + sighting.octets,
        "places": places,
        "shape": dict(sighting.shape) or known.shape,
        "fits": [*fits, *(fit for fit in known.fits if fit[0] not in listed)],
        "about": {**known.about, **sighting.about},
    }


def _is_retired(connection: Connection, device_id: str | None) -> bool:
    """Say whether a device was there and is listed no more; one still to come is not retired."""
    query = select(devices.c.retired_at).where(devices.c.id == device_id)
    return connection.scalar(query) is not None


def _let_fade(connection: Connection, now: datetime) -> None:
    connection.execute(
        delete(quarantine).where(
            quarantine.c.state != _IGNORED, quarantine.c.last_seen_at < to_micros(now - KEPT_FOR)
        )
    )


def _keep_bounded(connection: Connection) -> int:
    waiting = quarantine.c.state == _WAITING
    count = connection.scalar(select(func.count()).where(waiting)) or 0
    if count <= ENTRIES_LIMIT:
        return 0
    silent = select(quarantine.c.id).where(waiting)
    silent = silent.order_by(quarantine.c.last_seen_at, quarantine.c.id)
    silent = silent.limit(count - ENTRIES_LIMIT)
    connection.execute(delete(quarantine).where(quarantine.c.id.in_(silent)))
    return count - ENTRIES_LIMIT


def _one(connection: Connection, entry_id: int) -> QuarantineRow | None:
    query = select(quarantine).where(quarantine.c.id == entry_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _entry(row)


def _entry(row: Row[Any]) -> QuarantineRow:
    sighting = Sighting(
        source=row.source,
        name=row.name,
        first_seen_at=from_micros(row.first_seen_at),
        last_seen_at=from_micros(row.last_seen_at),
        messages=row.messages,
        octets=row.bytes,
        places=tuple(row.places),
        shape=row.shape,
        fits=tuple(Fit(profile, name) for profile, name in row.fits),
        about=row.about,
    )
    return QuarantineRow(
        id=row.id,
        state=QuarantineState(row.state),
        sighting=sighting,
        device_id=row.device_id,
        decided_at=from_micros_or_none(row.decided_at),
        decided_by=row.decided_by,
    )


def _decision(row: Row[Any]) -> DecisionRow:
    return DecisionRow(
        id=row.id,
        entry_id=row.entry_id,
        source=row.source,
        name=row.name,
        kind=Decision(row.kind),
        device_id=row.device_id,
        author=row.author,
        at=from_micros(row.at),
    )
