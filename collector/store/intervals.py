"""From the log of transitions to who was in which state from when to when: uptime's input.

Transitions count in order of id. One may begin before an earlier one did (a silence noticed late
is backdated to the last fresh result): the later word holds from its `at` onwards. So the state at
a moment is that of the greatest id among those that began by then.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from collector.model import State
from collector.moments import from_micros, to_micros
from collector.store.schema import devices, transitions
from collector.uptime import StateInterval

KnownUntil = datetime | Mapping[str, datetime] | None

_ROWS_AT_ONCE = 5_000
_Point = tuple[int, State]  # (microseconds, state from then on)


def state_intervals(
    connection: Connection,
    start: datetime,
    end: datetime,
    device_ids: Collection[str] | None,
    known_until: KnownUntil,
) -> Iterator[StateInterval]:
    """Yield what covers the window without gap or overlap, by device id, then by time.

    Before a device's first transition it is unknown; a device's window ends when it was retired.
    """
    low, high = to_micros(start), to_micros(end)
    limit = _known_until(known_until, high)
    query = _in_window(low, high)
    if device_ids is not None:
        query = query.where(devices.c.id.in_(device_ids))
    rows = connection.execute(query.execution_options(yield_per=_ROWS_AT_ONCE))
    for device_id, own in groupby(rows, key=attrgetter("device_id")):
        history = list(own)
        retired_at = history[0].retired_at
        device_end = high if retired_at is None else min(high, retired_at)
        points = _timeline(((row.at, row.new) for row in history if row.at is not None), low)
        yield from _cut(device_id, points, device_end, limit(device_id))


def _in_window(low: int, high: int) -> Select[Any]:
    """Select the transition that holds at `low` and those inside, for every device of the time."""
    holding = (
        select(func.max(transitions.c.id).label("id"))
        .where(transitions.c.at <= low)
        .group_by(transitions.c.device_id)
        .subquery()
    )
    wanted = or_(
        transitions.c.id.in_(select(holding.c.id)),
        and_(transitions.c.at > low, transitions.c.at < high),
    )
    return (
        select(
            devices.c.id.label("device_id"),
            devices.c.retired_at,
            transitions.c.at,
            transitions.c.new,
        )
        .select_from(devices)
        .outerjoin(transitions, and_(transitions.c.device_id == devices.c.id, wanted))
        .where(or_(devices.c.retired_at.is_(None), devices.c.retired_at > low))
        .order_by(devices.c.id, transitions.c.id)
    )


def _timeline(changes: Iterator[tuple[int, str]], low: int) -> list[_Point]:
    """Return the points in time that hold in the end, the first of them at `low`."""
    points: list[_Point] = [(low, State.UNKNOWN)]
    for at, new in changes:
        begins = max(at, low)
        while points and points[-1][0] >= begins:
            points.pop()  # the later word wins
        points.append((begins, State(new)))
    return points


def _cut(device_id: str, points: list[_Point], end: int, known: int) -> Iterator[StateInterval]:
    """Turn points into intervals up to `end`; from `known` on nothing is known."""
    edges = [at for at, _ in points[1:]] + [end]
    for (at, state), until in zip(points, edges, strict=True):
        seen = max(at, min(until, known))
        yield from _interval(device_id, state, at, min(seen, end))
        yield from _interval(device_id, State.UNKNOWN, seen, min(until, end))


def _interval(device_id: str, state: State, at: int, until: int) -> Iterator[StateInterval]:
    if at < until:
        yield StateInterval(device_id, state, from_micros(at), from_micros(until))


def _known_until(known_until: KnownUntil, end: int) -> Callable[[str], int]:
    """Return for a device id the moment after which nothing is known."""
    if known_until is None:
        return lambda _device_id: end
    if isinstance(known_until, datetime):
        moment = to_micros(known_until)
        return lambda _device_id: moment
    moments = {device_id: to_micros(at) for device_id, at in known_until.items()}
    return lambda device_id: moments.get(device_id, end)
