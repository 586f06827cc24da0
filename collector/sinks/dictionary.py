"""Names to numbers: a series is a device, a metric, a unit and a set of labels."""

import json
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from collector.model import Labels
from collector.sinks import DeviceReadings
from collector.sinks.frames import pack_ids

_MAX_SHAPES = 200_000

Key = tuple[str, str, Labels]  # metric, unit, labels


class Shape(NamedTuple):
    """The numbers behind a list of readings."""

    device: int
    ids: bytes  # of the series, in the readings' order, as frames hold them
    repeats: bool  # whether two readings are of one series


class Dictionary:
    """Finds or gives the numbers of devices and of the series of their results.

    A device answers with the same series over and over: what is remembered is one hash for each
    such list ("shape") with the numbers in its order, some 6 bytes a series instead of 300. The
    hash is Python's own over the whole list, 64 bits and salted, within one device.
    """

    def __init__(self) -> None:
        self._shapes: dict[str, dict[int, Shape]] = {}  # by device and hash
        self._count = 0

    def shapes(
        self, connection: sqlite3.Connection, results: Sequence[DeviceReadings]
    ) -> list[Shape]:
        """Return the numbers of each result, in their order.

        New devices and series are inserted: if the transaction fails, `forget` what it gave.
        """
        known = self._shapes
        found: list[Shape | None] = []
        missing: list[tuple[int, int, list[Key]]] = []
        for place, result in enumerate(results):
            keys = [(r.metric, r.unit, r.labels) for r in result.readings]
            shape_hash = hash(tuple(keys))
            own = known.get(result.device_id)
            shape = None if own is None else own.get(shape_hash)
            if shape is None:
                missing.append((place, shape_hash, keys))
            found.append(shape)
        if missing:
            if self._count + len(missing) > _MAX_SHAPES:
                self.forget()
            lists = [(results[place].device_id, keys) for place, _, keys in missing]
            learnt = _learn(connection, lists)
            for (place, shape_hash, _), shape in zip(missing, learnt, strict=True):
                found[place] = shape
                known.setdefault(results[place].device_id, {})[shape_hash] = shape
            self._count += len(missing)
        return [shape for shape in found if shape is not None]

    def forget(self) -> None:
        """Drop everything remembered; it is read from the file again."""
        self._shapes.clear()
        self._count = 0


@lru_cache(maxsize=4096)
def labels_text(labels: Labels) -> str:
    """Return labels as the file keeps them: sorted, so that their order makes no other series."""
    return json.dumps(sorted(labels), ensure_ascii=False, separators=(",", ":"))


def labels_from(text: str) -> Labels:
    """Return labels as they are handed out, sorted by name."""
    return tuple((name, value) for name, value in json.loads(text))


def _learn(
    connection: sqlite3.Connection, lists: Sequence[tuple[str, Sequence[Key]]]
) -> list[Shape]:
    """Return the numbers of these devices and their series, new ones inserted.

    At a first start all are new, a thousand a second: they are numbered here, which one process
    alone does, and inserted together.
    """
    devices = _Numbers(connection, "devices", ("name",))
    channels = _Numbers(connection, "channels", ("device", "metric"))
    series = _Numbers(connection, "series", ("channel", "unit", "labels"))
    found = []
    for name, keys in lists:
        device, is_new = devices.of((name,))
        ids = []
        for metric, unit, labels in keys:
            channel, no_series = channels.of((device, metric), surely_new=is_new)
            ids.append(series.of((channel, unit, labels_text(labels)), surely_new=no_series)[0])
        found.append(Shape(device, pack_ids(ids), len(set(ids)) < len(ids)))
    for table in (devices, channels, series):
        table.insert()
    return found


class _Numbers:
    """The numbers of a table's rows; new ones are given in order and inserted at the end."""

    def __init__(self, connection: sqlite3.Connection, table: str, columns: Sequence[str]) -> None:
        names = ", ".join(columns)
        self._connection = connection
        self._find = f"SELECT id FROM {table} WHERE " + " AND ".join(f"{c} = ?" for c in columns)  # noqa: S608 - our own words
        self._insert = f"INSERT INTO {table} (id, {names}) VALUES (?{', ?' * len(columns)})"  # noqa: S608
        last = connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0]  # noqa: S608
        self._next: int = (last or 0) + 1
        self._known: dict[tuple[object, ...], int] = {}
        self._new: dict[tuple[object, ...], int] = {}

    def of(self, row: tuple[object, ...], *, surely_new: bool = False) -> tuple[int, bool]:
        """Return a row's number, and whether it was not there before.

        `surely_new`: the file need not be asked, for what it belongs to is new.
        """
        number = self._new.get(row)
        if number is not None:
            return number, True
        number = self._known.get(row)
        if number is not None:
            return number, False
        if not surely_new:
            found = self._connection.execute(self._find, row).fetchone()
            if found is not None:
                self._known[row] = number = int(found[0])
                return number, False
        self._new[row] = number = self._next
        self._next += 1
        return number, True

    def insert(self) -> None:
        """Write the new ones."""
        self._connection.executemany(
            self._insert, [(number, *row) for row, number in self._new.items()]
        )
