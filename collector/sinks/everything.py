"""All that the embedded sink's file holds, an hour and a device at a time: to take it elsewhere.

Every step sees one moment of the file and is short, so that the collector may go on writing.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from sqlite3 import Connection

from collector.model import Reading
from collector.sinks import DeviceReadings
from collector.sinks.blocks import HOUR_MICROS, Points
from collector.sinks.dictionary import labels_from
from collector.sinks.frames import Number, unpack
from collector.sinks.rolling import block_hour, block_id, mark, tail_rows
from collector.sinks.steps import from_micros

_Unpack = Callable[[int, bytes], dict[int, Points]]


def all_hours(connection: Connection) -> list[int]:
    """Return the hours (since 1970) that hold anything, oldest first. Looks at every text row."""
    hours: set[int] = set()
    row = -(2**62)
    while True:  # a jump an hour: reading the blocks themselves would take minutes
        found = connection.execute("SELECT min(id) FROM blocks WHERE id >= ?", (row,)).fetchone()[0]
        if found is None:
            break
        hours.add(block_hour(found))
        row = block_id(block_hour(found) + 1, 0)
    moments = connection.execute("SELECT at FROM tail UNION ALL SELECT at FROM texts")
    hours.update(at // HOUR_MICROS for (at,) in moments)
    oldest = (mark(connection, "pruned_before") or -(2**62)) // HOUR_MICROS
    return sorted(hour for hour in hours if hour >= oldest)


def devices_after(connection: Connection, name: str | None) -> list[tuple[int, str]]:
    """Return (number, name) of the devices that come after one; None: of all."""
    if name is None:
        return connection.execute("SELECT id, name FROM devices ORDER BY id").fetchall()
    return connection.execute(
        "SELECT id, name FROM devices WHERE id > (SELECT id FROM devices WHERE name = ?)"
        " ORDER BY id",
        (name,),
    ).fetchall()


def readings_of(
    connection: Connection, device: tuple[int, str], hour: int, unpack_block: _Unpack
) -> list[DeviceReadings]:
    """Return what a device (number, name) read within an hour, oldest first."""
    number, name = device
    known = connection.execute(
        "SELECT series.id, channels.id, metric, unit, labels FROM channels"
        " JOIN series ON series.channel = channels.id WHERE channels.device = ?",
        (number,),
    ).fetchall()
    low = max(hour * HOUR_MICROS, mark(connection, "pruned_before") or -(2**63))
    high = (hour + 1) * HOUR_MICROS
    found = _numbers(connection, {row[1] for row in known}, hour, unpack_block)
    for moment, frame in tail_rows(connection, number, number + 1, start_at=low, end_at=high):
        for series, one in zip(*unpack(frame), strict=True):
            found[series][moment] = one
    results: dict[int, list[Reading]] = defaultdict(list)
    for series, _, metric, unit, labels in known:
        texts = connection.execute(
            "SELECT at, value FROM texts WHERE series = ? AND at >= ? AND at < ?",
            (series, low, high),
        ).fetchall()
        values: list[tuple[int, Number | str]] = [*found.get(series, {}).items(), *texts]
        if values:
            pairs = labels_from(labels)
            for at, value in values:
                if low <= at < high:
                    results[at].append(Reading(metric, value, unit, pairs))
    return [
        DeviceReadings(name, from_micros(at), tuple(readings))
        for at, readings in sorted(results.items())
    ]


def _numbers(
    connection: Connection, channels: set[int], hour: int, unpack_block: _Unpack
) -> dict[int, dict[int, Number]]:
    """Return series → moment → value of the blocks of an hour."""
    found: dict[int, dict[int, Number]] = defaultdict(dict)
    rows = json.dumps([block_id(hour, channel) for channel in channels])
    blocks = connection.execute(
        "SELECT data FROM blocks WHERE id IN (SELECT value FROM json_each(?))", (rows,)
    )
    for (data,) in blocks:
        for series, points in unpack_block(hour, data).items():
            found[series].update(zip(*points, strict=True))
    return found
