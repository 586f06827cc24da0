"""The embedded sink: readings in one SQLite file, so that a fresh machine needs no server.

    write ──► tail: one row a result, in order of arrival ──maintain──► blocks: one an hour, metric
              texts: on change and hourly                               and device, compressed

Why this layout and what it costs: docs/adr/0009. One process writes; any number read.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from sqlite3 import Connection
from typing import Self

from collector.inventory import Plan
from collector.model import Reading
from collector.sinks import DeviceReadings, Series, SeriesInfo, SinkError
from collector.sinks.blocks import HOUR_MICROS, DamagedBlock, Points, unpack_block
from collector.sinks.dictionary import Dictionary, labels_from
from collector.sinks.everything import all_hours, devices_after, readings_of
from collector.sinks.frames import Number, can_be_kept, pack, pack_column, unpack, unpack_ids
from collector.sinks.newest import newest
from collector.sinks.readings_file import ReadingsFile
from collector.sinks.rolling import (
    Roller,
    Segment,
    block_hour,
    block_id,
    mark,
    save_segment,
    set_mark,
    tail_rows,
)
from collector.sinks.steps import from_micros, points, to_micros
from collector.sinks.texts import Text, Texts

_BLOCKS_AT_ONCE = 500
_ROWS_AT_ONCE = 50  # a statement of so many takes two thirds of the time of one for each
_INSERT = "INSERT INTO tail (segment, device, at, frame) VALUES (?, ?, ?, ?)"
_INSERT_MANY = _INSERT + ", (?, ?, ?, ?)" * (_ROWS_AT_ONCE - 1)
_TailRow = tuple[int, int, bytes]  # device, microseconds, frame


class SqliteSink:
    """A `collector.sinks.Sink`. Safe for several threads: writing waits in line, reading does not.

    Of a series only numbers that a chart can show are kept: NaN and infinities are counted in
    `refused` and left out. Whole numbers up to 64 bits come back exactly from `list_series`;
    `query` gives floats. Labels come back sorted by name.
    """

    def __init__(self, file: ReadingsFile, roller: Roller | None) -> None:
        self._file = file
        self._roller = roller
        self._dictionary = Dictionary()
        self._texts = Texts()
        self.refused = 0

    @classmethod
    def open(cls, path: str | Path, *, read_only: bool = False) -> Self:
        """Open the file, making it unless `read_only`; then it may also come later. SinkError."""
        file = ReadingsFile(Path(path), read_only=read_only)
        return cls(file, None if read_only else Roller(file))

    def close(self) -> None:
        """Release files. Nothing is left to flush. Safe to call twice."""
        self._file.close()

    # --- writing ------------------------------------------------------------------------------

    def write(self, batch: Sequence[DeviceReadings]) -> None:
        """Keep a batch durably, all or nothing. Writing it again changes nothing.

        A later value for the same series and moment replaces the earlier one. Text readings are
        kept on change and once an hour. Raises SinkError.
        """
        roller = self._writable()
        try:
            with self._file.write() as connection:
                rows, texts, refused = self._rows(connection, batch)
                self._texts.write(connection, texts)
                segment = _append(connection, roller, rows) if rows else None
        except BaseException:
            self._dictionary.forget()
            self._texts.forget()
            raise
        if segment is not None:
            roller.keep(segment)
        self.refused += refused

    def introduce(self, plan: Plan) -> None:
        """Do nothing: readings are found by their device's id alone."""

    def maintain(self, max_seconds: float) -> None:
        """Roll the tail into blocks for at most about `max_seconds`. Raises SinkError."""
        roller = self._writable()
        until = time.monotonic() + max_seconds
        while roller.step() and time.monotonic() < until:
            pass

    def prune(self, before: datetime) -> None:
        """Drop the whole hours before a moment; nothing as old is shown again. Raises SinkError."""
        self._writable()
        hour = to_micros(before) // HOUR_MICROS
        with self._file.write() as connection:
            cut = max(hour * HOUR_MICROS, mark(connection, "pruned_before") or 0)
            set_mark(connection, "pruned_before", cut)
            connection.execute("DELETE FROM texts WHERE at < ?", (cut,))
            oldest = connection.execute("SELECT min(id) FROM blocks").fetchone()[0]
        for each in range(hour if oldest is None else block_hour(oldest), hour):
            with self._file.write() as connection:  # an hour a transaction: short ones
                span = block_id(each, 0), block_id(each + 1, 0)
                connection.execute("DELETE FROM blocks WHERE id >= ? AND id < ?", span)

    def _writable(self) -> Roller:
        if self._roller is None:
            raise SinkError("the readings were opened for reading only")
        return self._roller

    def _rows(
        self, connection: Connection, batch: Sequence[DeviceReadings]
    ) -> tuple[list[_TailRow], list[Text], int]:
        """Return the tail's rows, the texts, and how many numbers cannot be kept."""
        rows: list[_TailRow] = []
        texts: list[Text] = []
        refused = 0
        shapes = self._dictionary.shapes(connection, batch)
        for result, (device, ids, repeats) in zip(batch, shapes, strict=True):
            readings = result.readings
            at = to_micros(result.at)
            frame = None if repeats else pack_column(ids, [reading.value for reading in readings])
            if frame is None:
                numbers, own_texts = _split(unpack_ids(ids), readings, at)
                refused += len(readings) - len(own_texts) - len(numbers)
                texts += own_texts
                if not numbers:
                    continue
                frame = pack(numbers)
            rows.append((device, at, frame))
        rows.sort(key=itemgetter(0))  # stable: a device's own rows stay in their order
        return rows, texts, refused

    # --- reading ------------------------------------------------------------------------------

    def list_series(self, device_id: str) -> list[SeriesInfo]:
        """Return what is known of a device, sorted by metric and labels. Raises SinkError.

        A text's `last_at` is that of its last row: up to an hour old while nothing changes.
        """
        with self._file.read() as connection:
            known = connection.execute(
                "SELECT series.id, metric, unit, labels, channels.id, last_hour, devices.id"
                " FROM devices JOIN channels ON channels.device = devices.id"
                " JOIN series ON series.channel = channels.id WHERE devices.name = ?",
                (device_id,),
            ).fetchall()
            if not known:
                return []
            oldest = mark(connection, "pruned_before") or 0
            last: dict[int, tuple[int, Number | str]] = {}
            # Oldest hour first: a later block of the same metric says more of some of its series.
            for hour, channel in sorted({(row[5], row[4]) for row in known if row[5] is not None}):
                for series, (moments, values) in self._block(connection, hour, channel).items():
                    last[series] = moments[-1], values[-1]
            for at, frame in tail_rows(connection, known[0][6], known[0][6] + 1):
                for series, value in zip(*unpack(frame), strict=True):
                    if series not in last or at >= last[series][0]:
                        last[series] = at, value
            for row in known:
                last.update(_last_text(connection, row[0], last.get(row[0])))
        found = [
            SeriesInfo(metric, unit, labels_from(labels), from_micros(at), value)
            for series, metric, unit, labels, *_ in known
            for at, value in ([last[series]] if series in last else [])
            if at >= oldest
        ]
        return sorted(found, key=lambda info: (info.metric, info.labels, info.unit))

    def latest(
        self, metrics: Collection[str], since: datetime
    ) -> Mapping[str, Sequence[SeriesInfo]]:
        """Return the newest number of every series of these metrics, by device. Raises SinkError.

        What is older than `since`, and texts, are left out.
        """
        with self._file.read() as connection:
            low = max(to_micros(since), mark(connection, "pruned_before") or 0)
            return newest(connection, metrics, low, self._block)

    def query(
        self,
        device_id: str,
        metric: str,
        start: datetime,
        end: datetime,
        step_seconds: int | None = None,
    ) -> list[Series]:
        """Return the numeric points with start <= at < end, one Series a label set.

        With `step_seconds`, points are averaged into steps aligned to the epoch, `at` being the
        step's start; gaps stay gaps. Label sets without points are left out. Raises SinkError.
        """
        with self._file.read() as connection:
            row = connection.execute(
                "SELECT channels.id, devices.id FROM devices JOIN channels"
                " ON channels.device = devices.id WHERE name = ? AND metric = ?",
                (device_id, metric),
            ).fetchone()
            if row is None:
                return []
            channel, device = row
            known = connection.execute(
                "SELECT id, unit, labels FROM series WHERE channel = ?", (channel,)
            ).fetchall()
            low = max(to_micros(start), mark(connection, "pruned_before") or 0)
            high = to_micros(end)
            found = self._from_blocks(connection, channel, low, high)
            wanted = {series for series, _, _ in known}
            rows = tail_rows(connection, device, device + 1, start_at=low, end_at=high)
            for at, frame in rows:
                if low <= at < high:
                    for series, value in zip(*unpack(frame), strict=True):
                        if series in wanted:
                            found[series][at] = value
        result = [
            Series(metric, unit, labels_from(labels), points(found[series], step_seconds))
            for series, unit, labels in known
            if found.get(series)
        ]
        return sorted(result, key=lambda series: (series.labels, series.unit))

    def all_hours(self) -> list[int]:
        """Return the hours (since 1970) that hold readings, oldest first. Raises SinkError."""
        with self._file.read() as connection:
            return all_hours(connection)

    def all_readings(
        self, hour: int, after: str | None = None
    ) -> Iterator[tuple[str, list[DeviceReadings]]]:
        """Yield every device with its readings within an hour (since 1970), each oldest first.

        Texts are among them, at the moments they were kept. Devices come in the file's order,
        those behind `after`; each as it is when its turn comes. Raises SinkError.
        """
        with self._file.read() as connection:
            devices = devices_after(connection, after)
        for device in devices:
            with self._file.read() as connection:
                readings = readings_of(connection, device, hour, self._unpacked)
            if readings:
                yield device[1], readings

    def _from_blocks(
        self, connection: Connection, channel: int, low: int, high: int
    ) -> dict[int, dict[int, Number]]:
        """Return series → moment → value of what has been rolled."""
        found: dict[int, dict[int, Number]] = defaultdict(dict)
        for hour, data in _blocks(connection, channel, low, high):
            for series, (moments, values) in self._unpacked(hour, data).items():
                pairs = zip(moments, values, strict=True)
                if low <= moments[0] and moments[-1] < high:
                    found[series].update(pairs)
                else:
                    found[series].update((at, v) for at, v in pairs if low <= at < high)
        return found

    def _block(self, connection: Connection, hour: int, channel: int) -> dict[int, Points]:
        row = block_id(hour, channel)
        stored = connection.execute("SELECT data FROM blocks WHERE id = ?", (row,)).fetchone()
        return {} if stored is None else self._unpacked(hour, stored[0])

    def _unpacked(self, hour: int, data: bytes) -> dict[int, Points]:
        try:
            return unpack_block(hour, data)
        except DamagedBlock as error:
            raise SinkError(str(error)) from error


def _append(connection: Connection, roller: Roller, rows: Sequence[_TailRow]) -> Segment:
    """Put rows at the end of the tail; return their segment, to be kept once committed."""
    moments = [at for _, at, _ in rows]
    segment = roller.segment_for(max(moments)).with_batch(moments)
    save_segment(connection, segment)
    whole = len(rows) - len(rows) % _ROWS_AT_ONCE
    for start in range(0, whole, _ROWS_AT_ONCE):
        some = rows[start : start + _ROWS_AT_ONCE]
        connection.execute(_INSERT_MANY, [part for row in some for part in (segment.id, *row)])
    connection.executemany(_INSERT, [(segment.id, *row) for row in rows[whole:]])
    return segment


def _split(
    series: Sequence[int], readings: Sequence[Reading], at: int
) -> tuple[dict[int, Number], list[Text]]:
    """Part a result's readings into numbers, the last of a series wins, and texts."""
    numbers: dict[int, Number] = {}
    texts: list[Text] = []
    for number, reading in zip(series, readings, strict=True):
        value = reading.value
        if isinstance(value, str):
            texts.append((number, at, value))
        elif can_be_kept(value):
            numbers[number] = value
    return numbers, texts


def _blocks(
    connection: Connection, channel: int, low: int, high: int
) -> Iterator[tuple[int, bytes]]:
    """Yield (hour, data) of a channel's blocks that may hold a moment low <= at < high."""
    first, last = connection.execute("SELECT min(id), max(id) FROM blocks").fetchone()
    if first is None or high <= low:
        return
    hours = range(
        max(low // HOUR_MICROS, block_hour(first)),
        min((high - 1) // HOUR_MICROS, block_hour(last)) + 1,
    )
    for at in range(0, len(hours), _BLOCKS_AT_ONCE):
        rows = [block_id(hour, channel) for hour in hours[at : at + _BLOCKS_AT_ONCE]]
        marks = ",".join("?" * len(rows))
        query = f"SELECT id, data FROM blocks WHERE id IN ({marks})"  # noqa: S608 - only marks
        for row, data in connection.execute(query, rows):
            yield block_hour(row), data


def _last_text(
    connection: Connection, series: int, known: tuple[int, Number | str] | None
) -> dict[int, tuple[int, str]]:
    """Return the last text of a series if there is one that is later than what is known."""
    row = connection.execute(
        "SELECT at, value FROM texts WHERE series = ? ORDER BY at DESC LIMIT 1", (series,)
    ).fetchone()
    return {series: row} if row is not None and (known is None or row[0] > known[0]) else {}
