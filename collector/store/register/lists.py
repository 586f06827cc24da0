"""Lists that agencies keep: sources, imports, and the versions of their rows.

apply   closes the versions that a list changed or no longer has, and opens the new ones
undo    is a record like an import, which lets the list say what it said before; so what it
said in between stays readable
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, update

from collector.model import Field, ImportCounts, ImportRecord, RowVersion, Source, SourceRow
from collector.model.alerts import AuditEntry
from collector.moments import from_micros, from_micros_or_none, to_micros
from collector.store import audit
from collector.store.rows import Page
from collector.store.schema import imports, source_rows, sources
from collector.store.transactions import Database

_CURRENT = source_rows.c.until_at.is_(None)


class UndoRefusedError(Exception):
    """An import cannot be taken back (now); the message says what stands in the way."""


class ListChangedError(Exception):
    """Another import of the list came between the plan and its execution: plan anew."""


@dataclass(frozen=True, slots=True)
class ListChange:
    """What an import does to the rows of one source.

    `opened` are rows that are new or say something new, `closed` the keys of those that are gone,
    `moved` the keys of those that say the same in another line.
    """

    source: Source
    file: str
    sha256: str
    sheet: str | None
    counts: ImportCounts
    opened: Sequence[SourceRow]
    closed: Sequence[str] = ()
    moved: Mapping[str, int] = field(default_factory=dict)


class Lists:
    """What lists say (`store.lists`). Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- sources --------------------------------------------------------------------------

    def sources(self) -> list[Source]:
        """Return every source, by rank and id."""
        query = select(sources).order_by(sources.c.rank, sources.c.id)
        with self._database.read() as connection:
            return [_source(row) for row in connection.execute(query)]

    def source(self, source_id: str) -> Source | None:
        """Return one source; None: there is none such."""
        with self._database.read() as connection:
            return _one_source(connection, source_id)

    def save_source(self, source: Source, *, author: str, now: datetime) -> bool:
        """Make a source, or let it be as given; say whether that changed anything."""
        with self._database.write() as connection:
            return _save_source(connection, source, author, now)

    # --- rows -----------------------------------------------------------------------------

    def rows(self, source_id: str | None = None) -> list[SourceRow]:
        """Return what lists say now, of all sources or of one; by source and key."""
        query = select(source_rows).where(_CURRENT)
        if source_id is not None:
            query = query.where(source_rows.c.source_id == source_id)
        query = query.order_by(source_rows.c.source_id, source_rows.c.key)
        with self._database.read() as connection:
            return [_said(row) for row in connection.execute(query)]

    def history(
        self, *, source_id: str | None = None, key: str | None = None, device_id: str | None = None
    ) -> list[RowVersion]:
        """Return who said what from when to when, newest first, narrowed by what is given."""
        c = source_rows.c
        query = select(source_rows).order_by(c.id.desc())
        for column, value in ((c.source_id, source_id), (c.key, key), (c.device_id, device_id)):
            if value is not None:
                query = query.where(column == value)
        with self._database.read() as connection:
            return [_version(row) for row in connection.execute(query)]

    def past_devices(self, source_id: str) -> dict[str, str]:
        """Return which device each key of a list was about last, gone keys among them."""
        c = source_rows.c
        query = select(c.key, c.device_id).where(c.source_id == source_id).order_by(c.id)
        with self._database.read() as connection:
            return {key: device for key, device in connection.execute(query) if device is not None}

    # --- imports --------------------------------------------------------------------------

    def apply(self, change: ListChange, *, author: str, now: datetime, after: int) -> ImportRecord:
        """Write an import as a whole; return its record.

        `after` is what `last_import` gave when it was planned. Raises ListChangedError when there
        was another one since.
        """
        at = to_micros(now)
        with self._database.write() as connection:
            if _last_import(connection) != after:
                raise ListChangedError(f"the lists were changed since; plan {change.file} again")
            _save_source(connection, change.source, author, now)
            source_id = change.source.id
            counts = change.counts
            given = _insert_record(
                connection,
                source_id=source_id,
                file=change.file,
                sha256=change.sha256,
                sheet=change.sheet,
                created=counts.created,
                changed=counts.changed,
                same=counts.same,
                retired=counts.retired,
                author=author,
                at=at,
            )
            keys = [*change.closed, *(row.key for row in change.opened)]
            _close(connection, source_id, keys, given, at)
            fresh = [replace(row, import_id=given, seen_at=now) for row in change.opened]
            _open(connection, fresh, given, at)
            _move(connection, source_id, change.moved)
            said = (
                f"{change.file}: {counts.created} created, {counts.changed} changed, "
                f"{counts.retired} retired, {counts.same} same"
            )
            about = f"source:{source_id}"
            audit.write(connection, AuditEntry(now, author, "import.apply", about, said))
            return _record(connection, given)

    def after_undo(self, import_id: int) -> list[SourceRow]:
        """Return what all lists would say if an import was taken back; nothing is written.

        Raises UndoRefusedError.
        """
        with self._database.read() as connection:
            record = _undoable(connection, import_id)
            others = select(source_rows).where(_CURRENT, source_rows.c.source_id != record.source)
            rows = [*connection.execute(others), *_before(connection, record)]
            said = [_said(row) for row in rows]
        return sorted(said, key=lambda row: (row.source, row.key))

    def undo(self, import_id: int, *, author: str, now: datetime, after: int) -> ImportRecord:
        """Take back an import: its list says again what it said before; return the record of that.

        Raises UndoRefusedError, and ListChangedError as `apply` does.
        """
        at = to_micros(now)
        with self._database.write() as connection:
            record = _undoable(connection, import_id)
            if _last_import(connection) != after:
                raise ListChangedError("the lists were changed since; look again")
            now_said = {row.key: row for row in _current(connection, record.source)}
            before = {row.key: row for row in _before(connection, record)}
            gone = [key for key in now_said if key not in before]
            back = [key for key in before if key not in now_said]
            other = [
                key for key in before if key in now_said and _differ(before[key], now_said[key])
            ]
            given = _insert_record(
                connection,
                source_id=record.source,
                file=record.file,
                sha256="",
                sheet=record.sheet,
                created=len(back),
                changed=len(other),
                same=len(before) - len(back) - len(other),
                retired=len(gone),
                author=author,
                at=at,
                undoes=import_id,
            )
            _close(connection, record.source, [*gone, *other], given, at)
            _open(connection, [_said(before[key]) for key in (*back, *other)], given, at)
            connection.execute(
                update(imports).where(imports.c.id == import_id).values(undone_by=given)
            )
            said = f"{record.file}: {len(gone)} taken out, {len(back)} back, {len(other)} as before"
            entry = AuditEntry(now, author, "import.undo", f"import:{import_id}", said)
            audit.write(connection, entry)
            return _record(connection, given)

    def last_import(self) -> int:
        """Return the id of the newest record; 0: there is none. It changes with every change."""
        with self._database.read() as connection:
            return _last_import(connection)

    def import_record(self, import_id: int) -> ImportRecord | None:
        """Return one record; None: there is none such."""
        with self._database.read() as connection:
            query = select(imports).where(imports.c.id == import_id)
            row = connection.execute(query).one_or_none()
            return None if row is None else _import(row)

    def imports(
        self, *, source_id: str | None = None, limit: int = 100, after: str | None = None
    ) -> Page[ImportRecord]:
        """Return imports and undoings, newest first.

        `after` is the `next` of the page before. Raises ValueError when it is none.
        """
        query = select(imports).order_by(imports.c.id.desc()).limit(limit + 1)
        if source_id is not None:
            query = query.where(imports.c.source_id == source_id)
        if after is not None:
            query = query.where(imports.c.id < int(after))
        with self._database.read() as connection:
            found = [_import(row) for row in connection.execute(query)]
        items = tuple(found[:limit])
        return Page(items, str(items[-1].id) if len(found) > limit else None)

    def row_counts(self) -> dict[str, int]:
        """Return how many rows each list has now."""
        c = source_rows.c
        query = select(c.source_id, func.count()).where(_CURRENT).group_by(c.source_id)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def newest_imports(self) -> dict[str, ImportRecord]:
        """Return the newest record of each list."""
        newest = select(func.max(imports.c.id)).group_by(imports.c.source_id)
        query = select(imports).where(imports.c.id.in_(newest))
        with self._database.read() as connection:
            return {row.source_id: _import(row) for row in connection.execute(query)}

    def undoable(self) -> set[int]:
        """Return the imports that can be taken back: the last one of each list."""
        c = imports.c
        query = select(func.max(c.id)).where(c.undoes.is_(None), c.undone_by.is_(None))
        with self._database.read() as connection:
            return set(connection.scalars(query.group_by(c.source_id)))

    def versions_of(self, import_id: int) -> tuple[list[RowVersion], list[RowVersion]]:
        """Return the versions that an import opened, and those that it closed; by key."""
        c = source_rows.c
        query = select(source_rows).order_by(c.key)
        with self._database.read() as connection:
            opened = connection.execute(query.where(c.opened_by == import_id)).all()
            closed = connection.execute(query.where(c.closed_by == import_id)).all()
        return [_version(row) for row in opened], [_version(row) for row in closed]


# --- sources ------------------------------------------------------------------------------


def _one_source(connection: Connection, source_id: str) -> Source | None:
    row = connection.execute(select(sources).where(sources.c.id == source_id)).one_or_none()
    return None if row is None else _source(row)


def _save_source(connection: Connection, source: Source, author: str, now: datetime) -> bool:
    before = _one_source(connection, source.id)
    if before == source:
        return False
    values = {
        "name": source.name,
        "agency": source.agency,
        "rank": source.rank,
        "columns": {heading: field_ and field_.value for heading, field_ in source.columns.items()},
        "defaults": {one.value: value for one, value in source.defaults.items()},
        "changed_at": to_micros(now),
    }
    if before is None:
        created = {"id": source.id, "created_at": to_micros(now)}
        connection.execute(insert(sources).values(values | created))
    else:
        connection.execute(update(sources).where(sources.c.id == source.id).values(values))
    deed = "source.create" if before is None else "source.change"
    audit.write(connection, AuditEntry(now, author, deed, f"source:{source.id}", source.name))
    return True


# --- versions -----------------------------------------------------------------------------


def _current(connection: Connection, source_id: str) -> Sequence[Row[Any]]:
    query = select(source_rows).where(_CURRENT, source_rows.c.source_id == source_id)
    return connection.execute(query).all()


def _before(connection: Connection, record: ImportRecord) -> Sequence[Row[Any]]:
    """Return the versions of a list that held just before an import."""
    c = source_rows.c
    query = select(source_rows).where(
        c.source_id == record.source,
        c.opened_by < record.id,
        or_(c.closed_by.is_(None), c.closed_by >= record.id),
    )
    return connection.execute(query.order_by(c.key)).all()


def _differ(one: Row[Any], other: Row[Any]) -> bool:
    return (one.fields, one.device_id) != (other.fields, other.device_id)


def _close(
    connection: Connection, source_id: str, keys: Sequence[str], closed_by: int, at: int
) -> None:
    if not keys:
        return
    statement = (
        update(source_rows)
        .where(_CURRENT, source_rows.c.source_id == source_id, source_rows.c.key == bindparam("of"))
        .values(until_at=at, closed_by=closed_by)
    )
    connection.execute(statement, [{"of": key} for key in keys])


def _open(connection: Connection, rows: Sequence[SourceRow], opened_by: int, at: int) -> None:
    if not rows:
        return
    fresh = [
        {
            "source_id": row.source,
            "key": row.key,
            "device_id": row.device_id,
            "fields": {one.value: value for one, value in row.values.items()},
            "row": row.row,
            "import_id": row.import_id,
            "seen_at": to_micros(row.seen_at),
            "from_at": at,
            "opened_by": opened_by,
        }
        for row in rows
    ]
    connection.execute(insert(source_rows), fresh)


def _move(connection: Connection, source_id: str, moved: Mapping[str, int]) -> None:
    if not moved:
        return
    statement = (
        update(source_rows)
        .where(_CURRENT, source_rows.c.source_id == source_id, source_rows.c.key == bindparam("of"))
        .values(row=bindparam("to_row"))
    )
    connection.execute(statement, [{"of": key, "to_row": row} for key, row in moved.items()])


# --- records ------------------------------------------------------------------------------


def _last_import(connection: Connection) -> int:
    return connection.scalar(select(func.max(imports.c.id))) or 0


def _insert_record(connection: Connection, **values: object) -> int:
    result = connection.execute(insert(imports).values(values))
    (given,) = result.inserted_primary_key or (0,)
    return int(given)


def _record(connection: Connection, import_id: int) -> ImportRecord:
    return _import(connection.execute(select(imports).where(imports.c.id == import_id)).one())


def _undoable(connection: Connection, import_id: int) -> ImportRecord:
    """Return an import that is the last of its list; raise UndoRefusedError for any other."""
    c = imports.c
    row = connection.execute(select(imports).where(c.id == import_id)).one_or_none()
    if row is None:
        raise UndoRefusedError(f"there is no import {import_id}; see the list of imports")
    record = _import(row)
    if record.undoes is not None:
        raise UndoRefusedError(
            f"{import_id} is itself the undoing of {record.undoes}; import the list again"
        )
    if record.undone_by is not None:
        raise UndoRefusedError(f"import {import_id} was taken back already, by {record.undone_by}")
    query = select(c.id).where(
        c.source_id == record.source,
        c.id > import_id,
        c.undoes.is_(None),
        c.undone_by.is_(None),
    )
    later = list(connection.scalars(query.order_by(c.id.desc())))
    if later:
        named = ", ".join(str(one) for one in later[:10])
        raise UndoRefusedError(
            f"later imports of {record.source} build on import {import_id}; take back {named} first"
        )
    return record


# --- from rows to words -------------------------------------------------------------------


def _source(row: Row[Any]) -> Source:
    return Source(
        id=row.id,
        name=row.name,
        agency=row.agency,
        rank=row.rank,
        columns={heading: name and Field(name) for heading, name in row.columns.items()},
        defaults={Field(name): value for name, value in row.defaults.items()},
    )


def _said(row: Row[Any]) -> SourceRow:
    return SourceRow(
        source=row.source_id,
        key=row.key,
        values={Field(name): value for name, value in row.fields.items()},
        row=row.row,
        import_id=row.import_id,
        seen_at=from_micros(row.seen_at),
        device_id=row.device_id,
    )


def _version(row: Row[Any]) -> RowVersion:
    return RowVersion(
        said=_said(row),
        from_at=from_micros(row.from_at),
        until_at=from_micros_or_none(row.until_at),
        opened_by=row.opened_by,
        closed_by=row.closed_by,
    )


def _import(row: Row[Any]) -> ImportRecord:
    return ImportRecord(
        id=row.id,
        source=row.source_id,
        file=row.file,
        sha256=row.sha256,
        sheet=row.sheet,
        counts=ImportCounts(row.created, row.changed, row.same, row.retired),
        author=row.author,
        at=from_micros(row.at),
        undoes=row.undoes,
        undone_by=row.undone_by,
    )
