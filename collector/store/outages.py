"""Outages as rows: made from the log in the transaction that appends to it, never otherwise.

State, transition and outage can therefore never part. `collector.outages` says what follows from
what; this module finds the outages that are on, gives ids and writes.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, select

from collector.model import CauseClass, CauseRule, Outage, Reason, State, Transition
from collector.moments import from_micros, from_micros_or_none, to_micros, to_micros_or_none
from collector.outages import ended_unseen, follow
from collector.store import incidents, ledger
from collector.store import transitions as transition_log
from collector.store.dialects import upsert
from collector.store.schema import devices, outages, transitions

_log = logging.getLogger(__name__)

_AT_ONCE = 500  # ids in one statement
_ALL_AT_ONCE = 5_000  # from so many ids on, all that is on is read instead
_FILLED_AT_ONCE = 5_000  # transitions
_OUT = (State.DOWN.value, State.UNREACHABLE.value)

_Open = dict[tuple[str, State], Outage]


def record(connection: Connection, moved: Sequence[Transition]) -> list[Outage]:
    """Write what stored transitions, in order of id, did to outages; return those as they are now.

    Each comes once, by id. Forgets the sums of uptime that they touch.
    """
    telling = [one for one in moved if one.new is not State.UNKNOWN]
    if not telling:
        return []
    concerned = {one.device_id for one in telling}
    concerned.update(one.cause for one in telling if one.cause is not None)
    changed = _followed(_on_now(connection, concerned), telling, _last_id(connection) + 1)
    return _written(connection, changed)


def end_of_retired(
    connection: Connection, device_ids: Collection[str], now: datetime
) -> list[Outage]:
    """End what is on of devices that leave the inventory; return it as it is now."""
    gone = set(device_ids)
    on = _on_now(connection, gone).values() if gone else ()
    return _written(connection, [ended_unseen(one, now) for one in on if one.device_id in gone])


def fill(connection: Connection) -> int:
    """Make the outages of a log that was written before there were any; return how many.

    Does nothing where there are outages, or nothing was ever out. In one transaction: a store has
    the outages of its whole log, or none.
    """
    if connection.scalar(select(exists().select_from(outages))) or not connection.scalar(
        select(exists().where(transitions.c.new.in_(_OUT)))
    ):
        return 0
    last = transition_log.last_id(connection)
    _log.info("making the outages of a log of %d transitions; this is done once", last)
    seen = 0
    while batch := transition_log.after(connection, seen, _FILLED_AT_ONCE):
        record(connection, batch)
        seen = batch[-1].id or last
        _log.info("outages made up to transition %d of %d", seen, last)
    _end_of_those_long_retired(connection)
    return connection.scalar(select(func.count()).select_from(outages)) or 0


def outage(row: Row[Any]) -> Outage:
    """Return a row of `outages` as a value."""
    return Outage(
        device_id=row.device_id,
        state=State(row.state),
        started_at=from_micros(row.started_at),
        confirmed_at=from_micros(row.confirmed_at),
        ended_at=from_micros_or_none(row.ended_at),
        end_confirmed_at=from_micros_or_none(row.end_confirmed_at),
        reason=Reason(row.reason),
        detail=row.detail,
        root=row.root,
        root_outage_id=row.root_outage_id,
        proposed_cause=CauseClass(row.proposed_cause),
        proposed_by=CauseRule(row.proposed_by),
        cause=CauseClass(row.cause),
        incident_id=row.incident_id,
        id=row.id,
    )


def touch_sums(connection: Connection, changed: Iterable[Outage]) -> None:
    """Forget the sums from each outage's beginning on, of the devices whose outages changed.

    A statement a month of beginnings, not one a device: at worst a sum of a month that the device
    did not need to lose is made again.
    """
    begun = sorted((to_micros(one.started_at), one.started_at, one.device_id) for one in changed)
    for _, group in groupby(begun, key=lambda one: (one[1].year, one[1].month)):
        month = list(group)
        ledger.touch(connection, {device_id for _, _, device_id in month}, month[0][0])


def _followed(open_: _Open, moved: Iterable[Transition], next_id: int) -> list[Outage]:
    """Return what transitions change, by id; `open_` is brought up to date on the way."""
    changed: dict[int, Outage] = {}
    for one in moved:
        own = [
            on
            for state in (State.DOWN, State.UNREACHABLE)
            if (on := open_.get((one.device_id, state))) is not None
        ]
        for after in follow(own, one):
            known = after
            if known.id is None:
                known = replace(known, id=next_id, root_outage_id=_id_of_root(open_, known))
                next_id += 1
            changed[known.id or 0] = known
            if known.ended_at is None:
                open_[known.device_id, known.state] = known
            else:
                del open_[known.device_id, known.state]
    return [changed[outage_id] for outage_id in sorted(changed)]


def _id_of_root(open_: _Open, cut_off: Outage) -> int | None:
    root = None if cut_off.root is None else open_.get((cut_off.root, State.DOWN))
    return None if root is None else root.id


def _written(connection: Connection, changed: list[Outage]) -> list[Outage]:
    """Write outages in order of id: one that ends goes before the one that takes its place.

    What belongs to them is brought up to date as well: the sums of uptime, and incidents.
    """
    if changed:
        upsert(connection, outages, [_row(one) for one in changed])
        touch_sums(connection, changed)
        incidents.record(connection, changed)
    return changed


def _on_now(connection: Connection, device_ids: Collection[str]) -> _Open:
    """Return the outages that are on, of these devices at least."""
    found: list[Row[Any]] = []
    for wanted in _of_devices(device_ids):
        query = select(outages).where(outages.c.ended_at.is_(None), *wanted)
        found.extend(connection.execute(query))
    return {(one.device_id, one.state): one for one in map(outage, found)}


def _of_devices(device_ids: Collection[str]) -> Iterator[list[ColumnElement[bool]]]:
    if len(device_ids) > _ALL_AT_ONCE:
        yield []
        return
    wanted = sorted(device_ids)
    for first in range(0, len(wanted), _AT_ONCE):
        yield [outages.c.device_id.in_(wanted[first : first + _AT_ONCE])]


def _last_id(connection: Connection) -> int:
    """Return the greatest id. Rows are never deleted and there is one writer, so the next is free.

    Giving ids ourselves lets ten thousand rows be written by one statement, and an outage name the
    root that began in the same moment.
    """
    return connection.scalar(select(func.max(outages.c.id))) or 0


def _end_of_those_long_retired(connection: Connection) -> None:
    rows = connection.execute(
        select(outages, devices.c.retired_at)
        .join(devices, devices.c.id == outages.c.device_id)
        .where(outages.c.ended_at.is_(None), devices.c.retired_at.is_not(None))
        .order_by(outages.c.id)
    )
    gone = [ended_unseen(outage(row), from_micros(row.retired_at)) for row in rows]
    _written(connection, gone)


def _row(one: Outage) -> tuple[Any, ...]:
    """Return the columns of `outages`, in their order."""
    return (
        one.id,
        one.device_id,
        one.state.value,
        to_micros(one.started_at),
        to_micros(one.confirmed_at),
        to_micros_or_none(one.ended_at),
        to_micros_or_none(one.end_confirmed_at),
        one.reason.value,
        one.detail,
        one.root,
        one.root_outage_id,
        one.proposed_cause.value,
        one.proposed_by.value,
        one.cause.value,
        one.incident_id,
    )
