"""Outages as rows: made from the log in the transaction that appends to it, never otherwise.

State, transition and outage can therefore never part. `collector.outages` says what follows from
what; this module finds the outages that are on, gives ids and writes.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, select

from collector.model import Outage, State, Transition
from collector.moments import from_micros
from collector.outages import counts, ended_unseen, follow
from collector.store import evidence, incidents
from collector.store import transitions as transition_log
from collector.store.outage_rows import outage, touch_behind, write
from collector.store.schema import devices, outages, transitions

_log = logging.getLogger(__name__)

_AT_ONCE = 500  # ids in one statement
_ALL_AT_ONCE = 5_000  # from so many ids on, all that is on is read instead
_FILLED_AT_ONCE = 5_000  # transitions
_OUT = (State.DOWN.value, State.UNREACHABLE.value)

_Open = dict[tuple[str, State], Outage]


def record(connection: Connection, moved: Sequence[Transition]) -> list[Outage]:
    """Write what stored transitions, in order of id, did to outages; return those as they are now.

    With them come others whose proposed cause is another in the light of these; each once, by id.
    What belongs to them is brought up to date as well: the sums of uptime, and incidents.
    """
    telling = [one for one in moved if one.new is not State.UNKNOWN]
    if not telling:
        return []
    concerned = {one.device_id for one in telling}
    concerned.update(one.cause for one in telling if one.cause is not None)
    on = _on_now(connection, concerned)
    began = {one.id: one.started_at for one in on.values()}
    changed = {one.id: one for one in _followed(on, telling, _last_id(connection) + 1)}
    write(connection, list(changed.values()))
    begun = [o for o in changed.values() if began.get(o.id) != o.started_at or not counts(o)]
    revised = evidence.reconsider(connection, list(changed.values()), begun, telling)
    write(connection, revised)
    touch_behind(connection, revised)
    changed |= {one.id: one for one in revised}
    told = sorted(changed.values(), key=lambda one: one.id or 0)
    incidents.record(connection, told)
    return told


def end_of_retired(
    connection: Connection, device_ids: Collection[str], now: datetime
) -> list[Outage]:
    """End what is on of devices that leave the inventory; return it as it is now."""
    gone = set(device_ids)
    on = _on_now(connection, gone).values() if gone else ()
    ended = [ended_unseen(one, now) for one in on if one.device_id in gone]
    write(connection, ended)
    incidents.record(connection, ended)
    return ended


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
    ended = [ended_unseen(outage(row), from_micros(row.retired_at)) for row in rows]
    write(connection, ended)
    incidents.record(connection, ended)
