"""From the log of transitions to who was in which state from when to when: uptime's input.

Transitions count in order of id. One may begin before an earlier one did (a silence noticed late
is backdated to the last fresh result): the later word holds from its `at` onwards. So the state at
a moment is that of the greatest id among those that began by then.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from collector.model import State
from collector.moments import from_micros, to_micros
from collector.store.ledger import in_parts
from collector.store.schema import devices, transitions
from collector.uptime import StateInterval

KnownUntil = datetime | Mapping[str, datetime] | None

Change = tuple[int, str]
"""From when on (microseconds), and the state that held from then on."""

StatePiece = tuple[int, int, str]
"""From, until, state."""

_UNKNOWN = State.UNKNOWN.value

# Built once: for one device, building a question takes longer than its answer.
_its_own = transitions.c.device_id.in_(bindparam("ids", expanding=True))
_words = select(transitions.c.device_id, transitions.c.id, transitions.c.at, transitions.c.new)
_HOLDING = _words.where(
    transitions.c.id.in_(
        select(func.max(transitions.c.id))
        .where(_its_own, transitions.c.at <= bindparam("low"))
        .group_by(transitions.c.device_id)
    )
)
_WITHIN = _words.where(
    _its_own, transitions.c.at > bindparam("low"), transitions.c.at < bindparam("high")
)


def state_intervals(
    connection: Connection,
    start: datetime,
    end: datetime,
    device_ids: Collection[str] | None,
    known_until: KnownUntil,
) -> Iterator[StateInterval]:
    """Yield what covers the window without gap or overlap, by device id, then by time.

    A device counts from when it was created until it was retired; before its first transition it
    is unknown.
    """
    low, high = to_micros(start), to_micros(end)
    known = _known_until(known_until, high)
    for some in in_parts(_existing(connection) if device_ids is None else device_ids):
        log = changes(connection, some, low, high)
        for device_id, created_at, retired_at in _lives(connection, some):
            begins = max(low, created_at)
            ends = high if retired_at is None else min(high, retired_at)
            pieces = state_pieces(log.get(device_id, ()), begins, ends, known(device_id))
            for at, until, state in pieces:
                yield StateInterval(device_id, State(state), from_micros(at), from_micros(until))


def changes(
    connection: Connection, device_ids: Sequence[str], low: int, high: int
) -> dict[str, list[Change]]:
    """Return what the log says of a window, for each device in the order in which it was said.

    The first word is the one that held at `low`, if there was one.
    """
    found: dict[str, list[tuple[int, int, str]]] = {}
    asked = {"ids": list(device_ids), "low": low, "high": high}
    for query in (_HOLDING, _WITHIN):
        for device_id, transition_id, at, new in connection.execute(query, asked).fetchall():
            found.setdefault(device_id, []).append((transition_id, at, new))
    for said in found.values():
        said.sort()
    return {device_id: [(at, new) for _, at, new in said] for device_id, said in found.items()}


def state_pieces(log: Iterable[Change], start: int, end: int, known: int) -> list[StatePiece]:
    """Return what covers start <= t < end: disjoint, sorted, none empty.

    Unknown before the first word, and from `known` on.
    """
    if start >= end:
        return []
    points: list[Change] = [(start, _UNKNOWN)]
    for at, new in log:
        begins = max(start, at)
        while points and points[-1][0] >= begins:
            points.pop()  # the later word wins
        points.append((begins, new))
    if known < end:
        known = max(known, start)
        while points and points[-1][0] >= known:
            points.pop()
        points.append((known, _UNKNOWN))
    pieces: list[StatePiece] = []
    at, state = points[0]
    for following, new in points[1:]:
        if following >= end:
            break
        pieces.append((at, following, state))
        at, state = following, new
    pieces.append((at, end, state))
    return pieces


def _existing(connection: Connection) -> list[str]:
    return list(connection.scalars(select(devices.c.id)))


def _lives(
    connection: Connection, device_ids: Sequence[str]
) -> Iterable[tuple[str, int, int | None]]:
    """Return from when to when devices were in the inventory, by id."""
    columns = devices.c
    query = select(columns.id, columns.created_at, columns.retired_at)
    query = query.where(columns.id.in_(device_ids)).order_by(columns.id)
    return [(row.id, row.created_at, row.retired_at) for row in connection.execute(query)]


def _known_until(known_until: KnownUntil, end: int) -> Callable[[str], int]:
    """Return for a device id the moment after which nothing is known."""
    if known_until is None:
        return lambda _device_id: end
    if isinstance(known_until, datetime):
        moment = to_micros(known_until)
        return lambda _device_id: moment
    moments = {device_id: to_micros(at) for device_id, at in known_until.items()}
    return lambda device_id: moments.get(device_id, end)
