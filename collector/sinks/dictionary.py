"""Names to numbers: a series is a device, a metric, a unit and a set of labels."""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache

from collector.model import Labels, Reading

_MAX_SHAPES = 200_000

Key = tuple[str, str, Labels]  # metric, unit, labels


class Dictionary:
    """Finds or gives the numbers of a device and of the series of a result.

    A device answers with the same series over and over: what is remembered is one hash for each
    such list ("shape") with the numbers in its order, some 10 bytes a series instead of 300. The
    hash is Python's own over the whole list, 64 bits and salted, within one device.
    """

    def __init__(self) -> None:
        self._devices: dict[str, int] = {}
        self._shapes: dict[tuple[int, int], array[int]] = {}

    def numbers(
        self, connection: sqlite3.Connection, device_id: str, readings: Sequence[Reading]
    ) -> tuple[int, Sequence[int]]:
        """Return the device's number and those of the readings' series, in their order.

        New ones are inserted: if the transaction fails, `forget` what it gave.
        """
        device = self._devices.get(device_id)
        if device is None:
            device = self._devices[device_id] = _device(connection, device_id)
        keys: list[Key] = [(r.metric, r.unit, r.labels) for r in readings]
        shape = device, hash(tuple(keys))
        numbers = self._shapes.get(shape)
        if numbers is None:
            if len(self._shapes) >= _MAX_SHAPES:
                self._shapes.clear()
            numbers = self._shapes[shape] = array("Q", _series(connection, device, keys))
        return device, numbers

    def forget(self) -> None:
        """Drop everything remembered; it is read from the file again."""
        self._devices.clear()
        self._shapes.clear()


@lru_cache(maxsize=4096)
def labels_text(labels: Labels) -> str:
    """Return labels as the file keeps them: sorted, so that their order makes no other series."""
    return json.dumps(sorted(labels), ensure_ascii=False, separators=(",", ":"))


def labels_from(text: str) -> Labels:
    """Return labels as they are handed out, sorted by name."""
    return tuple((name, value) for name, value in json.loads(text))


def _device(connection: sqlite3.Connection, name: str) -> int:
    return _number(connection, "devices (name)", (name,))


def _series(connection: sqlite3.Connection, device: int, keys: Iterable[Key]) -> list[int]:
    channels: dict[str, int] = {}
    numbers = []
    for metric, unit, labels in keys:
        channel = channels.get(metric)
        if channel is None:
            row = device, metric
            channel = channels[metric] = _number(connection, "channels (device, metric)", row)
        written = channel, unit, labels_text(labels)
        numbers.append(_number(connection, "series (channel, unit, labels)", written))
    return numbers


def _number(connection: sqlite3.Connection, where: str, row: tuple[object, ...]) -> int:
    """Return the id of a row, inserted if it is new. `where`: a table and its unique columns."""
    marks = ", ".join("?" * len(row))
    query = f"INSERT INTO {where} VALUES ({marks}) ON CONFLICT DO NOTHING RETURNING id"  # noqa: S608 - our own words
    found = connection.execute(query, row).fetchone()
    if found is None:
        table, _, columns = where.partition(" ")
        query = f"SELECT id FROM {table} WHERE {columns} = ({marks})"  # noqa: S608
        found = connection.execute(query, row).fetchone()
    return int(found[0])
