"""The newest number of every series of some metrics, of all devices: figures of a whole city."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from sqlite3 import Connection

from collector.sinks import SeriesInfo
from collector.sinks.blocks import HOUR_MICROS, Points
from collector.sinks.dictionary import labels_from
from collector.sinks.frames import Number, unpack
from collector.sinks.steps import from_micros

_Block = Callable[[Connection, int, int], dict[int, Points]]

_KNOWN = (
    "SELECT series.id, devices.name, devices.id, metric, unit, labels, channels.id, last_hour"
    " FROM channels JOIN devices ON devices.id = channels.device"
    " JOIN series ON series.channel = channels.id"
    " WHERE metric IN (SELECT value FROM json_each(?))"
)
_OF_SEGMENT = (
    "SELECT device, at, frame FROM tail WHERE segment = ?"
    " AND device IN (SELECT value FROM json_each(?)) ORDER BY id DESC"
)


def newest(
    connection: Connection, metrics: Collection[str], low: int, block: _Block
) -> dict[str, list[SeriesInfo]]:
    """Return the newest numbers at `low` (microseconds) or later, by the device's name.

    `block` unpacks an hour of a channel. The tail is read from its end, a segment at a time, until
    every series was seen: what is alive stands there, and most of the tail is not looked at.
    """
    known = connection.execute(_KNOWN, (json.dumps(sorted(metrics)),)).fetchall()
    missing: dict[int, set[int]] = defaultdict(set)  # device → series
    for series, _, device, *_ in known:
        missing[device].add(series)
    last = _from_tail(connection, missing, low)
    _from_blocks(connection, known, low, last, block)
    found: dict[str, list[SeriesInfo]] = defaultdict(list)
    for series, name, _, metric, unit, labels, *_ in known:
        if series in last:
            at, value = last[series]
            found[name].append(
                SeriesInfo(metric, unit, labels_from(labels), from_micros(at), value)
            )
    for own in found.values():
        own.sort(key=lambda info: (info.metric, info.labels, info.unit))
    return dict(found)


def _from_tail(
    connection: Connection, missing: dict[int, set[int]], low: int
) -> dict[int, tuple[int, Number]]:
    """Return series → (moment, value). A replayed result may stand behind a newer one."""
    last: dict[int, tuple[int, Number]] = {}
    for segment in _segments(connection, low):
        if not missing:
            break
        wanted = json.dumps(sorted(missing))
        for device, at, frame in connection.execute(_OF_SEGMENT, (segment, wanted)):
            own = missing.get(device)
            if own is None or at < low:
                continue
            for series, value in zip(*unpack(frame), strict=True):
                if series in own and (series not in last or at > last[series][0]):
                    last[series] = at, value
        for device in [one for one, own in missing.items() if own <= last.keys()]:
            del missing[device]
    return last


def _segments(connection: Connection, low: int) -> Iterator[int]:
    rows = connection.execute("SELECT id FROM segments WHERE high_at >= ? ORDER BY id DESC", (low,))
    yield from (row[0] for row in rows.fetchall())


def _from_blocks(
    connection: Connection,
    known: list[tuple[int, str, int, str, str, str, int, int | None]],
    low: int,
    last: dict[int, tuple[int, Number]],
    block: _Block,
) -> None:
    """Add what was rolled already, where it is newer than what the tail says."""
    hours: set[tuple[int, int]] = set()
    for series, *_, channel, hour in known:
        if hour is None or (hour + 1) * HOUR_MICROS <= low:
            continue
        if series not in last or last[series][0] < (hour + 1) * HOUR_MICROS:
            hours.add((hour, channel))
    for hour, channel in sorted(hours):
        for series, (moments, values) in block(connection, hour, channel).items():
            if moments[-1] >= low and (series not in last or moments[-1] > last[series][0]):
                last[series] = moments[-1], values[-1]
