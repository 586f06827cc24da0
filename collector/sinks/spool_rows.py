"""What the spool does to its tables, each inside a transaction of the caller's.

Moments are microseconds since 1970; an hour is counted since 1970.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from sqlite3 import Connection

PACK_LINES = 5_000
PACK_BYTES = 2**20
_SQUEEZE = 1  # zlib's level: the higher ones cost more than they save here
_EXPIRED_AT_ONCE = 200  # records; a clock that jumps ahead for a moment must not cost everything
_CALM_MICROS = 600_000_000  # without a drop until dropping counts as over
_PAGE_SHARE = 0.9  # of a page that data fills, about
_DEAD_LETTERS = 10_000
_DEAD_SHARE = 8  # dead letters take at most this part of the bytes
_HOUR_MICROS = 3_600_000_000
_HOUR_NANOS = 3_600_000_000_000
_MOMENT = re.compile(rb" (-?[0-9]{1,19})$", re.MULTILINE)
_SHRINK_PAGES = 500  # at once: 2 MiB, which may pass through the journal
_SHRINK_FROM = 16 * 2**20  # bytes that are free before the file is made smaller

Letter = tuple[int, int, int, str, bytes]
"""A row of `dead`: lane, status, at, words, line."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of `records` that is to be inserted."""

    lane: int
    lines: int
    kept_at: int
    low_at: int
    high_at: int
    hours: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Gone:
    """A row of `records` that is no more."""

    lane: int
    lines: int
    hours: frozenset[int]


@dataclass(frozen=True, slots=True)
class Dropped:
    """What the bounds cost."""

    own: int = 0  # of the rows that were to be inserted, the first ones
    lines: int = 0
    began: bool = False  # nothing had been dropped for a while
    ended: bool = False
    lines_ever: int = 0


def make_rows(
    lane: int, lines: bytes, count: int, low_at: int, high_at: int, kept_at: int
) -> Iterator[Row]:
    """Yield a pack as rows of a bounded size, split between lines.

    Raises ValueError when the lines are not `count` or do not end with a line feed.
    """
    ended = lines.count(b"\n")
    if ended != count or not lines.endswith(b"\n"):
        raise ValueError(f"a pack of {count} lines holds {ended} that are ended by a line feed")
    if count <= PACK_LINES and len(lines) <= PACK_BYTES:
        parts: Iterable[tuple[bytes, int]] = ((lines, count),)
    else:
        parts = _split(lines)
    for part, its_count in parts:
        hours = _hours(part, low_at, high_at)
        data = zlib.compress(part, _SQUEEZE)
        yield Row(lane, its_count, kept_at, low_at, high_at, hours, data)


def lines_together(lines: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield lines (each with its line feed) joined, with how many they are, bounded in size."""
    held: list[bytes] = []
    size = 0
    for line in lines:
        if held and (len(held) == PACK_LINES or size + len(line) > PACK_BYTES):
            yield b"".join(held), len(held)
            held, size = [], 0
        held.append(line)
        size += len(line)
    if held:
        yield b"".join(held), len(held)


def moments_of(lines: bytes) -> list[int]:
    """Return the moments (microseconds) at the ends of lines; those without one are left out."""
    return [int(text) // 1000 for text in _MOMENT.findall(lines)]


def insert(connection: Connection, rows: Sequence[Row]) -> None:
    """Append rows."""
    if not rows:
        return
    connection.executemany(
        "INSERT INTO records (lane, lines, kept_at, low_at, high_at, hours, data)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(r.lane, r.lines, r.kept_at, r.low_at, r.high_at, r.hours, r.data) for r in rows],
    )
    added = len(rows), sum(row.lines for row in rows), sum(len(row.data) for row in rows)
    _count(connection, *added)


def take_out(connection: Connection, ids: Sequence[int]) -> list[Gone]:
    """Delete records, those that are there, and return what they were."""
    found = []
    for id_ in ids:
        query = "SELECT lane, lines, length(data), hours FROM records WHERE id = ?"
        found += connection.execute(query, (id_,)).fetchall()
        connection.execute("DELETE FROM records WHERE id = ?", (id_,))
    _count(connection, -len(found), -sum(row[1] for row in found), -sum(row[2] for row in found))
    return [Gone(row[0], row[1], frozenset(map(int, row[3].split()))) for row in found]


def make_room(
    connection: Connection, rows: Sequence[Row], now: int, max_bytes: int, max_age: int
) -> Dropped:
    """Drop the oldest records until rows may be inserted and nothing is too old."""
    lines = _drop_expired(connection, now - max_age)
    page = _pragma(connection, "page_size")
    room = max_bytes - sum(_space(row, page) for row in rows)
    while _used(connection, page) > room and (oldest := _oldest(connection, 1)):
        lines += sum(gone.lines for gone in take_out(connection, [oldest[0][0]]))
    own = 0
    # Packs larger than all that may wait: of these, too, the oldest goes first.
    while own < len(rows) - 1 and _used(connection, page) > room:
        room += _space(rows[own], page)
        lines += rows[own].lines
        own += 1
    return _note_dropped(connection, now, own, lines)


def growth(connection: Connection, rows: Sequence[Row]) -> int:
    """Return the bytes by which the file must grow to take rows, about: free pages come first."""
    page = _pragma(connection, "page_size")
    free = _pragma(connection, "freelist_count") * page
    return max(0, sum(_space(row, page) for row in rows) - free)


def bury(connection: Connection, letters: Sequence[Letter], max_bytes: int) -> int:
    """Keep dead letters; return how many of the oldest went, being too many."""
    if not letters:
        return 0
    connection.executemany(
        "INSERT INTO dead (lane, status, at, words, line) VALUES (?, ?, ?, ?, ?)", letters
    )
    connection.execute(
        "UPDATE totals SET dead_records = dead_records + ?, dead_bytes = dead_bytes + ?",
        (len(letters), sum(len(letter[4]) for letter in letters)),
    )
    records, size = connection.execute("SELECT dead_records, dead_bytes FROM totals").fetchone()
    too_many = records - _DEAD_LETTERS
    gone: list[tuple[int, int]] = []
    for id_, length in connection.execute("SELECT id, length(line) FROM dead ORDER BY id"):
        if len(gone) >= too_many and size <= max_bytes // _DEAD_SHARE:
            break
        gone.append((id_, length))
        size -= length
    if gone:
        connection.execute("DELETE FROM dead WHERE id <= ?", (gone[-1][0],))
        connection.execute(
            "UPDATE totals SET dead_records = dead_records - ?, dead_bytes = ?,"
            " dead_dropped = dead_dropped + ?",
            (len(gone), size, len(gone)),
        )
    return len(gone)


def touch(connection: Connection, hours: Iterable[int]) -> None:
    """Note hours as touched, with a mark that no touch had before."""
    connection.execute("UPDATE totals SET touches = touches + 1")
    connection.executemany(
        "INSERT INTO touched (hour, mark) SELECT ?, touches FROM totals WHERE true"
        " ON CONFLICT (hour) DO UPDATE SET mark = excluded.mark",
        [(hour,) for hour in sorted(hours)],
    )


def shrink(connection: Connection) -> None:
    """Give pages back to the disk, some at once, when most of the file is free.

    Not earlier: free pages are used again, and giving back moves others. In a transaction.
    """
    page = _pragma(connection, "page_size")
    free = _pragma(connection, "freelist_count")
    if free * page >= _SHRINK_FROM and free * 4 >= _pragma(connection, "page_count") * 3:
        for _ in range(min(free, _SHRINK_PAGES)):
            # One at a time: Python steps this statement once, and a step gives back one page.
            connection.execute("PRAGMA incremental_vacuum(1)")


def _split(lines: bytes) -> Iterator[tuple[bytes, int]]:
    return lines_together(line + b"\n" for line in lines[:-1].split(b"\n"))


def _hours(lines: bytes, low_at: int, high_at: int) -> str:
    """Return the hours of lines, exactly: an old line beside new ones touches no hour between."""
    low, high = low_at // _HOUR_MICROS, high_at // _HOUR_MICROS
    if high - low <= 1:
        return " ".join(map(str, sorted({low, high})))
    hours = {int(text) // _HOUR_NANOS for text in _MOMENT.findall(lines)}
    return " ".join(map(str, sorted(hours)))


def _count(connection: Connection, records: int, lines: int, size: int) -> None:
    connection.execute(
        "UPDATE totals SET records = records + ?, lines = lines + ?, bytes = bytes + ?",
        (records, lines, size),
    )


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _used(connection: Connection, page: int) -> int:
    return (_pragma(connection, "page_count") - _pragma(connection, "freelist_count")) * page


def _space(row: Row, page: int) -> int:
    """Return the bytes that a row takes of the file, about."""
    return (int(len(row.data) / (page * _PAGE_SHARE)) + 1) * page


def _oldest(connection: Connection, limit: int) -> list[tuple[int, int]]:
    query = "SELECT id, kept_at FROM records ORDER BY id LIMIT ?"
    return connection.execute(query, (limit,)).fetchall()


def _drop_expired(connection: Connection, before: int) -> int:
    oldest = _oldest(connection, 1)
    if not oldest or oldest[0][1] >= before:
        return 0
    expired = [id_ for id_, kept_at in _oldest(connection, _EXPIRED_AT_ONCE) if kept_at < before]
    return sum(gone.lines for gone in take_out(connection, expired))


def _note_dropped(connection: Connection, now: int, own: int, lines: int) -> Dropped:
    since, at, ever = connection.execute(
        "SELECT dropping_since, dropped_at, dropped_lines FROM totals"
    ).fetchone()
    if lines:
        connection.execute(
            "UPDATE totals SET dropped_lines = dropped_lines + ?, dropped_at = ?,"
            " dropping_since = coalesce(dropping_since, ?)",
            (lines, now, now),
        )
        return Dropped(own, lines, began=since is None, lines_ever=ever + lines)
    if since is not None and now - at > _CALM_MICROS:
        connection.execute("UPDATE totals SET dropping_since = NULL")
        return Dropped(ended=True, lines_ever=ever)
    return Dropped(lines_ever=ever)
