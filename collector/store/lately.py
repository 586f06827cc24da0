"""How many devices were out, and of how many nothing was known, in each of the last hours."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Connection, func, select

from collector.model import State
from collector.moments import from_micros, to_micros
from collector.store.schema import device_states, devices, transitions
from collector.store.transactions import Database

HOUR_MICROS = 3_600_000_000

Change = tuple[str, int, str, str]
"""Device, since when (microseconds), the state before, the state then; in order of id."""

_OUT = frozenset({State.DOWN.value, State.UNREACHABLE.value})
_UNKNOWN = State.UNKNOWN.value


@dataclass(frozen=True, slots=True)
class Hours:
    """By hour, oldest first; the last one ends now. The most at one moment of each."""

    out: tuple[int, ...]
    unknown: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Recovery:
    """A device that works again, since when."""

    device_id: str
    at: datetime


class Lately:
    """What happened lately (`store.lately`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hours(self, now: datetime, known_until: datetime, count: int = 24) -> Hours:
        """Return the last hours, of devices in use. After `known_until` nothing is known."""
        with self._database.read() as connection:
            return _hours(connection, now, known_until, count)

    def recovery(self, since: datetime) -> Recovery | None:
        """Return the last device in use that came back from being down or degraded since then."""
        with self._database.read() as connection:
            return _last_recovery(connection, since)


def _hours(connection: Connection, now: datetime, known_until: datetime, count: int) -> Hours:
    end = to_micros(now)
    start = end - count * HOUR_MICROS
    states = select(device_states.c.state, func.count()).group_by(device_states.c.state)
    using = device_states.c.device_id.in_(
        select(devices.c.id).where(devices.c.retired_at.is_(None))
    )
    current = {row.state: row[1] for row in connection.execute(states.where(using))}
    born = connection.execute(
        select(devices.c.created_at).where(
            devices.c.retired_at.is_(None), devices.c.created_at > start
        )
    ).scalars()
    return reckon(
        current, _changes(connection, start), list(born), start, end, to_micros(known_until)
    )


def _last_recovery(connection: Connection, since: datetime) -> Recovery | None:
    was_wrong = transitions.c.old.in_((State.DOWN.value, State.DEGRADED.value))
    row = connection.execute(
        select(transitions.c.device_id, transitions.c.at)
        .join(devices, devices.c.id == transitions.c.device_id)
        .where(
            devices.c.retired_at.is_(None),
            transitions.c.id > _last_before(connection, to_micros(since)),
            transitions.c.new == State.UP.value,
            was_wrong,
        )
        .order_by(transitions.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Recovery(row.device_id, from_micros(row.at))


def _last_before(connection: Connection, low: int) -> int:
    """Return the last transition that was noticed before; the log is read from its end."""
    found = connection.execute(
        select(transitions.c.id)
        .where(transitions.c.confirmed_at <= low)
        .order_by(transitions.c.id.desc())
        .limit(1)
    ).scalar()
    return 0 if found is None else int(found)


def _changes(connection: Connection, low: int) -> list[Change]:
    """Return what was noticed since, of devices in use, in order of id."""
    rows = connection.execute(
        select(transitions.c.device_id, transitions.c.at, transitions.c.old, transitions.c.new)
        .join(devices, devices.c.id == transitions.c.device_id)
        .where(transitions.c.id > _last_before(connection, low), devices.c.retired_at.is_(None))
        .order_by(transitions.c.id)
    )
    return [(device, at, old, new) for device, at, old, new in rows]


def reckon(
    current: dict[str, int],
    changes: Iterable[Change],
    born: Iterable[int],
    start: int,
    end: int,
    known_until: int,
) -> Hours:
    """Count backwards from what is now. Pure.

    `current`: devices by state; `born`: when those came into the inventory that were not there at
    the start: before they were not unknown, there was nothing to know of.
    """
    steps = [(at, 1, 1) for at in born]  # moment, class (0 out, 1 unknown), by how much
    pieces: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for device, at, old, new in changes:
        own = pieces[device]
        if not own:
            own.append((start, old))
        while len(own) > 1 and own[-1][0] >= at:  # the later word holds from its moment on
            own.pop()
        own.append((max(at, start), new))
    for own in pieces.values():
        for (_, before), (at, after) in pairwise(own):
            steps += [(at, 0, _is_out(after) - _is_out(before))]
            steps += [(at, 1, (after == _UNKNOWN) - (before == _UNKNOWN))]
    now_out = sum(number for state, number in current.items() if _is_out(state))
    now_unknown = current.get(_UNKNOWN, 0)
    total = sum(current.values())
    edges = [start + hour * HOUR_MICROS for hour in range((end - start) // HOUR_MICROS)]
    out = _peaks([one for one in steps if one[1] == 0], now_out, edges)
    unknown = _peaks([one for one in steps if one[1] == 1], now_unknown, edges)
    if known_until < end:
        blind = max(0, bisect_right(edges, known_until) - 1)
        unknown = [*unknown[:blind], *(total for _ in edges[blind:])]
        out = [*out[: blind + 1], *(0 for _ in edges[blind + 1 :])]
    return Hours(tuple(out), tuple(unknown))


def _is_out(state: str) -> int:
    return int(state in _OUT)


def _peaks(steps: list[tuple[int, int, int]], now: int, edges: list[int]) -> list[int]:
    """Return the largest number of each hour; `now` is the number after all steps."""
    number = now - sum(by for _, _, by in steps)
    peaks = [0 for _ in edges]
    at = 0
    for moment, _, by in sorted(steps):
        hour = max(0, bisect_right(edges, moment) - 1)
        while at < hour:
            peaks[at] = max(peaks[at], number)
            at += 1
        # Of one moment what is less comes first: what lies between is never the most.
        if moment > edges[at]:
            peaks[at] = max(peaks[at], number)
        number += by
    for rest in range(at, len(edges)):
        peaks[rest] = max(peaks[rest], number, 0)
    return peaks
