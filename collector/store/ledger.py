"""Sums of the log, a month at a time, kept so that a year of ten thousand devices is quick.

A row of `uptime_months` says what one device did in one whole month of its site's zone, by one set
of rules. Rows are only ever made from the log and from what belongs to it (outages, causes,
windows, inventory). Whoever changes one of those for a time that may have been summed up calls
`touch` in the same transaction; the rows are then made anew by whoever asks next
(`collector.store.tallies`).

Every touch is also counted, under the day from which on the past was changed: sums in some
process's memory hold as long as `touches` up to their window's end stays what it was. And it is
listed (`changes_after`) for who told sums to somebody else: of which device, and from when on.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from struct import Struct
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, delete, func, insert, select, update

from collector.model import CauseClass
from collector.store.dialects import upsert
from collector.store.schema import outages, uptime_changes, uptime_months, uptime_touches
from collector.uptime.tally import HEAD, OUTAGES, Lost, Tally, joined_rows

AT_ONCE = 500  # SQLite takes 32,766 parameters in a statement
_ROWS_AT_ONCE = 5_000
_DAY = 86_400_000_000
CHANGES_KEPT = 200_000  # rows of `uptime_changes`; who is further behind tells everything again
_CHANGES_AT_ONCE = 10_000  # how many more there may be before the oldest go
_CHAIN = 16  # roots of roots of roots: longer is a circle
# Microseconds; outages by cause; head, inner, tail; works, head's cause: see collector.uptime.tally
_SUMS = Struct(f"<{OUTAGES}q{HEAD - OUTAGES}I3qBB")

Month = tuple[str, int, int, Tally]
"""What a device did in a month: device, start, end (microseconds), tally."""

Kept = tuple[str, int, int, bytes, str | None]
"""A month as it is kept: device, start, end, packed sums, lost time as JSON."""


class Change(NamedTuple):
    """The past of a device (None: of all) may be another from `since` (microseconds) on."""

    id: int
    device_id: str | None
    since: int


def touch(
    connection: Connection,
    device_ids: Collection[str] | None,
    since: int,
    *,
    of_each: Mapping[str, int] | None = None,
) -> None:
    """Forget the sums of months that end after `since` (microseconds), of these devices or all.

    What happened before `since` must be as it was; `of_each` may say it more exactly, by device.
    Cheap where no month that is over is meant.
    """
    if device_ids is not None and not device_ids:
        return
    _count(connection, max(0, since // _DAY))
    _list(connection, device_ids, since, of_each or {})
    last = connection.scalar(select(func.max(uptime_months.c.ends_at)))
    if last is None or last <= since:
        return
    gone = delete(uptime_months).where(uptime_months.c.ends_at > since)
    if device_ids is None:
        connection.execute(gone)
        return
    for some in in_parts(device_ids):
        connection.execute(gone.where(uptime_months.c.device_id.in_(some)))


def count_change(connection: Connection) -> None:
    """Let what is in memory of the plan, in whichever process, be read again; no sum is another."""
    _count(connection, 0)


def touches(connection: Connection, until: int) -> int:
    """Return how often the past before `until` (microseconds) was changed."""
    counted = select(func.coalesce(func.sum(uptime_touches.c.times), 0))
    return int(connection.scalar(counted.where(uptime_touches.c.day <= until // _DAY)) or 0)


def changes_after(connection: Connection, change_id: int, limit: int) -> list[Change] | None:
    """Return up to `limit` changes of the past with greater ids, oldest first.

    None: some that came after `change_id` are forgotten; everything may be another.
    """
    c = uptime_changes.c
    first = connection.scalar(select(func.min(c.id)))
    if first is not None and first > change_id + 1:
        return None
    query = select(c.id, c.device_id, c.since).where(c.id > change_id).order_by(c.id).limit(limit)
    return [Change(*row) for row in connection.execute(query)]


def last_change(connection: Connection) -> int:
    """Return the id of the newest change of the past, 0 when there was none."""
    return connection.scalar(select(func.max(uptime_changes.c.id))) or 0


def behind(connection: Connection, device_ids: Collection[str]) -> set[str]:
    """Return these devices and those that were cut off behind them, at any time and any depth.

    Who answers for the minutes of the latter follows from the former: touch them together.
    """
    root = outages.alias("root")
    cut_off = (
        select(outages.c.device_id).join(root, root.c.id == outages.c.root_outage_id).distinct()
    )
    found = set(device_ids)
    newest = found
    for _ in range(_CHAIN):
        newest = {
            device_id
            for some in in_parts(newest)
            for device_id in connection.scalars(cut_off.where(root.c.device_id.in_(some)))
        } - found
        if not newest:
            break
        found = found | newest
    return found


def keep(connection: Connection, rules: str, months: Iterable[tuple[str, int, int, Tally]]) -> None:
    """Keep the tallies of months: (device, start, end, tally)."""
    upsert(
        connection,
        uptime_months,
        [
            (rules, device_id, start, end, _SUMS.pack(*counted.row), _lost_as_text(counted.lost))
            for device_id, start, end, counted in months
        ],
    )


def kept(
    connection: Connection, rules: str, start: int, end: int, device_ids: Collection[str] | None
) -> Iterator[Kept]:
    """Yield the months inside a span that are kept, by device and time (or of these devices)."""
    columns = uptime_months.c
    query = (
        select(columns.device_id, columns.starts_at, columns.ends_at, columns.sums, columns.lost)
        .where(columns.rules == rules, columns.starts_at >= start, columns.ends_at <= end)
        .order_by(columns.rules, columns.device_id, columns.starts_at)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    if device_ids is None:
        yield from connection.execute(query)
        return
    for some in in_parts(device_ids):
        yield from connection.execute(query.where(columns.device_id.in_(some)))


def as_tally(months: Collection[Kept]) -> Tally:
    """Return the tally of months that follow each other, of one device."""
    rows = [_SUMS.unpack(month[3]) for month in months]
    row = rows[0] if len(rows) == 1 else joined_rows(rows)  # one joins to itself
    texts = [month[4] for month in months if month[4] is not None]
    return Tally(1, row, _lost_of_texts(texts) if texts else {})


def rules_kept(connection: Connection) -> list[str]:
    """Return the keys of the rules of which sums are kept, in order."""
    found: list[str] = []
    column = uptime_months.c.rules
    following = connection.scalar(select(func.min(column)))
    while following is not None:  # a step a key: SQLite would read every row for DISTINCT
        found.append(following)
        following = connection.scalar(select(func.min(column)).where(column > following))
    return found


def forget(connection: Connection, rules: str) -> None:
    """Forget all that was reckoned by these rules."""
    connection.execute(delete(uptime_months).where(uptime_months.c.rules == rules))


def in_parts(device_ids: Collection[str]) -> Iterator[list[str]]:
    """Yield ids in order, as many at once as fit into a statement."""
    wanted = sorted(device_ids)
    for first in range(0, len(wanted), AT_ONCE):
        yield wanted[first : first + AT_ONCE]


def _count(connection: Connection, day: int) -> None:
    again = update(uptime_touches).where(uptime_touches.c.day == day)
    if connection.execute(again.values(times=uptime_touches.c.times + 1)).rowcount == 0:
        connection.execute(insert(uptime_touches).values(day=day, times=1))


def _list(
    connection: Connection,
    device_ids: Collection[str] | None,
    since: int,
    of_each: Mapping[str, int],
) -> None:
    rows: list[dict[str, object]] = [
        {"device_id": device_id, "since": of_each.get(device_id or "", since)}
        for device_id in (sorted(device_ids) if device_ids is not None else [None])
    ]
    connection.execute(insert(uptime_changes), rows)
    bounds = select(func.min(uptime_changes.c.id), func.max(uptime_changes.c.id))
    first, last = connection.execute(bounds).one()
    if last - first >= CHANGES_KEPT + _CHANGES_AT_ONCE:
        old = delete(uptime_changes).where(uptime_changes.c.id <= last - CHANGES_KEPT)
        connection.execute(old)


def _lost_as_text(lost: Lost) -> str | None:
    """Return lost time as a JSON object: microseconds by cause and, after a blank, owner."""
    if not lost:
        return None
    parts = {f"{cause.value} {owner or ''}": time for (cause, owner), time in lost.items()}
    return orjson.dumps(parts, option=orjson.OPT_SORT_KEYS).decode()


def _lost_of_texts(texts: Iterable[str]) -> Lost:
    found: dict[str, int] = {}
    for text in texts:
        for key, time in orjson.loads(text).items():
            found[key] = found.get(key, 0) + time
    return {_cause_and_owner(key): time for key, time in found.items()}


@lru_cache(maxsize=1024)
def _cause_and_owner(key: str) -> tuple[CauseClass, str | None]:
    word, _, owner = key.partition(" ")
    return CauseClass(word), owner or None
