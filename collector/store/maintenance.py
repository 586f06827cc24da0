"""Maintenance windows as rows: made, cancelled, never changed and never deleted.

Whatever changes which minutes count forgets the kept sums of the devices concerned, from the first
moment that changes on, in the same transaction.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, or_, select, update

from collector.config.problems import did_you_mean
from collector.maintenance import (
    Place,
    WindowFault,
    WindowPhase,
    active,
    covered,
    covers,
    faults,
    is_on,
    phase,
    touches,
)
from collector.model import MaintenanceWindow, Scope
from collector.model.alerts import AuditEntry
from collector.moments import from_micros, from_micros_or_none, to_micros
from collector.store import audit, ledger
from collector.store.rows import Page
from collector.store.schema import areas, devices, maintenance_windows, sites
from collector.store.transactions import Database

_ALWAYS = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_LISTED = 25  # known names that are listed when none is near
_SHOWN = 5  # of the ids that are not known; enough to see what went wrong
_SHOWN_LENGTH = 60


class WindowError(ValueError):
    """A window that cannot be used, or not like this; `faults` name the fields and the remedies."""

    def __init__(self, *found: WindowFault) -> None:
        self.faults = found
        super().__init__("; ".join(f"{one.field} {one.message}" for one in found))


class WindowGoneError(Exception):
    """A window that was cancelled before; the message says by whom and when."""


class MaintenanceWindows:
    """Planned work (`store.maintenance`). Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, window: MaintenanceWindow) -> MaintenanceWindow:
        """Store a new window, which is not cancelled; return it with its id.

        It may begin in the past: then it was made after the fact, and `created_at` says so. Raises
        WindowError.
        """
        with self._database.write() as connection:
            return _create(connection, window)

    def check(self, window: MaintenanceWindow) -> list[WindowFault]:
        """Return what would keep a window from being made; empty: it could be."""
        with self._database.read() as connection:
            return [*faults(window), *unknown_in(connection, window.scope)]

    def cancel(
        self,
        window_id: int,
        *,
        author: str,
        reason: str,
        now: datetime,
        from_at: datetime | None = None,
    ) -> MaintenanceWindow | None:
        """Let nothing of a window count from `from_at` on (default: now); return it as it is now.

        At or before its start: it never counted. None: there is no such window. Raises
        WindowGoneError when it was cancelled before, WindowError when that would change nothing
        or the reason is missing.
        """
        with self._database.write() as connection:
            window = one(connection, window_id)
            if window is None:
                return None
            return _cancel(connection, window, author, reason, now, from_at or now)

    def replace(
        self,
        window_id: int,
        window: MaintenanceWindow,
        *,
        from_at: datetime | None = None,
    ) -> MaintenanceWindow | None:
        """Put a window in another's place: cancel that one, make this one, both or neither.

        The old one counts until `from_at`. Default: a single window is replaced as a whole; of a
        recurring one what is past stays. Author, moment and reason are those of the new window.
        None: there is no such window. Raises WindowGoneError and WindowError.
        """
        now = window.created_at
        with self._database.write() as connection:
            old = one(connection, window_id)
            if old is None:
                return None
            until = from_at or (old.starts_at if old.recurrence is None else now)
            _cancel(connection, old, window.author, window.reason, now, until)
            return _create(connection, replace(window, replaces=window_id))

    def get(self, window_id: int) -> MaintenanceWindow | None:
        """Return one window, also a cancelled one."""
        with self._database.read() as connection:
            return one(connection, window_id)

    def page(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        device_id: str | None = None,
        active_at: datetime | None = None,
        inactive_at: datetime | None = None,
        in_phase: tuple[WindowPhase, datetime] | None = None,
        limit: int = 500,
        after: str | None = None,
    ) -> Page[MaintenanceWindow]:
        """Return windows, also cancelled ones, newest first, narrowed by what is given.

        Those that count somewhere in start <= t < end; that cover a device; that count at a
        moment, or that do not; that are in a phase at a moment. `after` is the `next` of the page
        before. Raises ValueError when it is none.
        """
        with self._database.read() as connection:
            query = select(maintenance_windows).order_by(maintenance_windows.c.id.desc())
            if after is not None:
                query = query.where(maintenance_windows.c.id < int(after))
            wanted: list[Callable[[MaintenanceWindow], bool]] = []
            if start is not None or end is not None:
                lower, upper = start or _ALWAYS[0], end or _ALWAYS[1]
                wanted.append(lambda window: touches(window, lower, upper))
            if device_id is not None:
                place = _place(connection, device_id)
                wanted.append(lambda window: place is not None and covers(window.scope, place))
            if active_at is not None:
                wanted.append(lambda window: is_on(window, active_at))
            if inactive_at is not None:
                wanted.append(lambda window: not is_on(window, inactive_at))
            if in_phase is not None:
                name, moment = in_phase
                wanted.append(lambda window: phase(window, moment) is name)
            found: list[MaintenanceWindow] = []
            for row in connection.execute(query):
                window = _window(row)
                if all(wants(window) for wants in wanted):
                    found.append(window)
                if len(found) > limit:
                    break
        items = tuple(found[:limit])
        return Page(items, str(items[-1].id) if len(found) > limit else None)

    def active(self, now: datetime) -> dict[str, MaintenanceWindow]:
        """Return the devices that are in maintenance at `now`, each with its window."""
        with self._database.read() as connection:
            windows = [w for w in touching(connection, now, now) if is_on(w, now)]
            return active(windows, places(connection), now) if windows else {}

    def touching(self, start: datetime, end: datetime) -> list[MaintenanceWindow]:
        """Return the windows that may take something out of start <= t < end, by id."""
        with self._database.read() as connection:
            return touching(connection, start, end)

    def places(self) -> list[Place]:
        """Return where every device is, retired ones too, by id."""
        with self._database.read() as connection:
            return list(places(connection))

    def covered(self, scope: Scope) -> list[str]:
        """Return the ids of the devices in use that a scope takes in, sorted."""
        with self._database.read() as connection:
            return sorted(covered(scope, places(connection, retired=False)))

    def mark(self) -> object:
        """Return a value that differs after every change of a window. Costs microseconds."""
        query = select(
            func.max(maintenance_windows.c.id), func.count(maintenance_windows.c.cancelled_at)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(query).one())


def touching(connection: Connection, start: datetime, end: datetime) -> list[MaintenanceWindow]:
    """Return the windows that may take something out of start <= t < end, by id.

    All that do are among them; whether one really does, `collector.maintenance` tells.
    """
    c = maintenance_windows.c
    lower, upper = to_micros(start), to_micros(end)
    rows = connection.execute(
        select(maintenance_windows)
        .where(
            c.starts_at <= upper,
            or_(c.recurrence.is_not(None), c.ends_at > lower),
            or_(c.cancelled_from_at.is_(None), c.cancelled_from_at > lower),
        )
        .order_by(c.id)
    )
    return [_window(row) for row in rows]


def every(connection: Connection) -> list[MaintenanceWindow]:
    """Return every window that was ever made, cancelled ones too, by id."""
    rows = connection.execute(select(maintenance_windows).order_by(maintenance_windows.c.id))
    return [_window(row) for row in rows]


def places(connection: Connection, *, retired: bool = True) -> Iterator[Place]:
    """Yield where every device is, by id."""
    query = (
        select(devices.c.id, devices.c.site, sites.c.area, devices.c.tags)
        .join(sites, sites.c.id == devices.c.site)
        .order_by(devices.c.id)
    )
    if not retired:
        query = query.where(devices.c.retired_at.is_(None))
    for device_id, site, area, tags in connection.execute(query):
        yield Place(device_id, site, area, tuple(tags))


def one(connection: Connection, window_id: int) -> MaintenanceWindow | None:
    """Return one window, also a cancelled one; None: never heard of it."""
    query = select(maintenance_windows).where(maintenance_windows.c.id == window_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _window(row)


def _create(connection: Connection, window: MaintenanceWindow) -> MaintenanceWindow:
    found = [*faults(window), *unknown_in(connection, window.scope)]
    if found:
        raise WindowError(*found)
    result = connection.execute(insert(maintenance_windows), _row(window))
    (window_id,) = result.inserted_primary_key or (None,)
    _touch(connection, window.scope, window.starts_at)
    entry = AuditEntry(
        window.created_at,
        window.author,
        "maintenance.create",
        f"maintenance:{window_id}",
        f"{window.title}: {window.reason}",
    )
    audit.write(connection, entry)
    return replace(window, id=window_id)


def _cancel(
    connection: Connection,
    window: MaintenanceWindow,
    author: str,
    reason: str,
    now: datetime,
    from_at: datetime,
) -> MaintenanceWindow:
    if window.cancelled_at is not None:
        raise WindowGoneError(
            f"{window.cancelled_by} cancelled it at {window.cancelled_at:%Y-%m-%dT%H:%M:%SZ};"
            " make a new window for what is still planned"
        )
    from_at = max(from_at, window.starts_at)
    cancelled = replace(
        window,
        cancelled_at=now,
        cancelled_from_at=from_at,
        cancelled_by=author,
        cancel_reason=reason,
    )
    found = [one for one in faults(replace(window, reason=reason)) if one.field == "reason"]
    if window.recurrence is None and from_at >= window.ends_at:
        message = (
            f"is not before the window's end ({window.ends_at:%Y-%m-%dT%H:%M:%SZ}), so nothing"
            " would change; give an earlier moment"
        )
        found.append(WindowFault("from", message))
    if found:
        raise WindowError(*found)
    connection.execute(
        update(maintenance_windows)
        .where(maintenance_windows.c.id == window.id)
        .values(
            cancelled_at=to_micros(now),
            cancelled_from_at=to_micros(from_at),
            cancelled_by=author,
            cancel_reason=reason,
        )
    )
    _touch(connection, window.scope, from_at)
    about = f"maintenance:{window.id}"
    audit.write(connection, AuditEntry(now, author, "maintenance.cancel", about, reason))
    return cancelled


def _touch(connection: Connection, scope: Scope, since: datetime) -> None:
    ledger.touch(connection, covered(scope, places(connection)), to_micros(since))


def unknown_in(connection: Connection, scope: Scope) -> list[WindowFault]:
    """Return what a scope names that was never in the inventory."""
    tags = {tag for place in places(connection) for tag in place.tags} if scope.tags else set()
    listed = _keys(connection, areas) if scope.areas else set()
    known_areas = {above for code in listed for above in _and_above(code)}
    return [
        *_unknown("devices", "device", scope.devices, _known(connection, devices, scope.devices)),
        *_unknown("sites", "site", scope.sites, _known(connection, sites, scope.sites)),
        *_unknown("areas", "area", scope.areas, known_areas),
        *_unknown("tags", "tag", scope.tags, tags),
    ]


def _unknown(
    field: str, word: str, named: Sequence[str], known: Collection[str]
) -> Iterator[WindowFault]:
    missing = sorted(set(named) - set(known))
    if missing:
        shown = ", ".join(f'"{one[:_SHOWN_LENGTH]}"' for one in missing[:_SHOWN])
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        remedy = remedy_for(missing, known)
        yield WindowFault(f"scope.{field}", f"there is no {word} {shown}{more}; {remedy}")


def remedy_for(missing: Sequence[str], known: Collection[str]) -> str:
    """Return what to do about unknown names: the nearest known one; few known ones are listed."""
    if len(missing) > 1 or not known:
        return "look at how it is written"
    remedy = did_you_mean(missing[0][:_SHOWN_LENGTH], known)
    few = len(known) <= _LISTED or remedy.startswith("did you mean")
    return remedy if few else "look at how it is written"


def _known(connection: Connection, table: Table, named: Sequence[str]) -> set[str]:
    return _keys(connection, table) if named else set()


def _keys(connection: Connection, table: Table) -> set[str]:
    return set(connection.scalars(select(next(iter(table.primary_key)))))


def _and_above(code: str) -> Iterator[str]:
    parts = code.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _place(connection: Connection, device_id: str) -> Place | None:
    query = (
        select(devices.c.site, sites.c.area, devices.c.tags)
        .join(sites, sites.c.id == devices.c.site)
        .where(devices.c.id == device_id)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Place(device_id, row.site, row.area, tuple(row.tags))


def _window(row: Row[Any]) -> MaintenanceWindow:
    return MaintenanceWindow(
        title=row.title,
        reason=row.reason,
        author=row.author,
        created_at=from_micros(row.created_at),
        scope=Scope(tuple(row.devices), tuple(row.sites), tuple(row.areas), tuple(row.tags)),
        starts_at=from_micros(row.starts_at),
        ends_at=from_micros(row.ends_at),
        zone=row.zone,
        recurrence=row.recurrence,
        replaces=row.replaces,
        cancelled_at=from_micros_or_none(row.cancelled_at),
        cancelled_from_at=from_micros_or_none(row.cancelled_from_at),
        cancelled_by=row.cancelled_by,
        cancel_reason=row.cancel_reason,
        id=row.id,
    )


def _row(window: MaintenanceWindow) -> Mapping[str, Any]:
    return {
        "title": window.title,
        "reason": window.reason,
        "author": window.author,
        "created_at": to_micros(window.created_at),
        "devices": list(window.scope.devices),
        "sites": list(window.scope.sites),
        "areas": list(window.scope.areas),
        "tags": list(window.scope.tags),
        "starts_at": to_micros(window.starts_at),
        "ends_at": to_micros(window.ends_at),
        "zone": window.zone,
        "recurrence": window.recurrence,
        "replaces": window.replaces,
    }
