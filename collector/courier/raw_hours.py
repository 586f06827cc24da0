"""Fetches the raw points of a span from InfluxDB in small pieces and turns them into roll-ups.

A piece is some devices (and, if one alone is too much, some fields) of one measurement. How many
is learned from the answers, so that memory and the server's load stay bounded at any size of city.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from collector.courier.delivery import CANARY
from collector.courier.windows import HOUR, MINUTES_5, TYPES, Column, RawSeries, rolled
from collector.sinks import SinkError
from collector.sinks.influx.client import AnswerTooLongError, InfluxClient, Rows, identifier
from collector.sinks.influx.lines import head, name, nanoseconds
from collector.sinks.influx.schema import KEPT_LONG, FieldType
from collector.sinks.spool import Spool

VALUES_A_PIECE: Final = 20_000
MOST_DEVICES: Final = 500
_FIRST_DEVICES: Final = 16
_MOST_FIELDS: Final = 64  # of one statement
_NO_DEVICE = ""

Lines = Mapping[int, bytes]
"""Seconds of a window → the lines of its bucket."""
Moments = tuple[datetime, datetime]
"""start <= moment < end."""


class RawHours:
    """Knows how to ask. Blocks."""

    def __init__(self, client: InfluxClient, spool: Spool) -> None:
        """Ask through a client; which fields are counters is written in the spool."""
        self._client = client
        self._spool = spool
        self._devices_at_once: dict[str, int] = {}

    def plan(self, span: Moments) -> list["Work"]:
        """Return the work on each measurement. Raises SinkError."""
        found = _column(self._client.ask(["SHOW MEASUREMENTS"])[0], "name")
        counters = {
            (row.measurement, row.field)
            for row in self._spool.fields()
            if row.type == FieldType.COUNTER
        }
        works = []
        for measurement in found:
            if measurement in (*KEPT_LONG, CANARY):
                continue
            source = identifier(measurement)
            fields, devices = self._client.ask(
                [
                    f"SHOW FIELD KEYS FROM {source}",
                    f'SHOW TAG VALUES FROM {source} WITH KEY = "device"',
                ]
            )
            columns = {
                field: Column(name(field), type_, (measurement, field) in counters)
                for field, type_ in sorted(_types(fields).items())
            }
            if columns:
                works.append(
                    Work(self, measurement, columns, sorted(_column(devices, "value")), span)
                )
        return works

    def devices_at_once(self, measurement: str) -> int:
        """Return how many devices to ask for together."""
        return self._devices_at_once.get(measurement, _FIRST_DEVICES)

    def learn(self, measurement: str, devices: int, values: int) -> None:
        """Take note of how much so many devices were."""
        wanted = devices * VALUES_A_PIECE // max(values, 1)
        wanted = min(wanted, self.devices_at_once(measurement) * 4)
        self._devices_at_once[measurement] = max(1, min(MOST_DEVICES, wanted))

    def fetch(
        self, measurement: str, fields: Sequence[str], devices: Sequence[str] | None, span: Moments
    ) -> Iterator[tuple[Sequence[str], Rows]]:
        """Yield the points of some fields and devices (None: of all). Raises SinkError.

        What is too much for one answer is asked for in halves.
        """
        names = ", ".join(map(identifier, fields))
        low, high = map(nanoseconds, span)
        condition = f"time >= {low} AND time < {high}"
        parameters: dict[str, str | int | float] = {}
        if devices is not None:
            parameters = {f"d{number}": device for number, device in enumerate(devices)}
            either = " OR ".join(f'"device" = ${parameter}' for parameter in parameters)
            condition += f" AND ({either})"
        # Names are quoted and values are bound.
        text = f"SELECT {names} FROM {identifier(measurement)} WHERE {condition} GROUP BY *"  # noqa: S608
        try:
            found = self._client.ask([text], parameters)[0]
        except AnswerTooLongError:
            for own_fields, own_devices in _halves(fields, devices):
                yield from self.fetch(measurement, own_fields, own_devices, span)
            return
        for rows in found:
            yield fields, rows


class Work:
    """What is left to do of one measurement."""

    def __init__(
        self,
        raw: RawHours,
        measurement: str,
        columns: Mapping[str, Column],
        devices: Sequence[str],
        span: Moments,
    ) -> None:
        """Begin with everything. A measurement that knows no devices is one piece."""
        self._raw = raw
        self._measurement = measurement
        self._columns = columns
        self._devices = [_NO_DEVICE, *devices] if devices else []
        self._span = span
        fields = list(columns)
        self._left = [fields[at : at + _MOST_FIELDS] for at in range(0, len(fields), _MOST_FIELDS)]
        self._at = 0

    @property
    def is_left(self) -> bool:
        """Say whether `next_lines` has more."""
        return bool(self._left)

    def next_lines(self, *, whole: bool) -> Lines:
        """Do the next piece; return its lines, those of the hour only if it is the whole of it."""
        count = self._raw.devices_at_once(self._measurement)
        devices = self._devices[self._at : self._at + count] if self._devices else None
        values = 0
        minutes: list[str] = []
        hours: list[str] = []
        for fields, rows in self._raw.fetch(self._measurement, self._left[0], devices, self._span):
            values += len(rows.values) * len(fields)
            series = self._series(fields, rows)
            minutes += rolled(series, MINUTES_5)
            if whole:
                hours += rolled(series, HOUR)
        if devices is not None:
            self._raw.learn(self._measurement, len(devices), values)
            self._at += len(devices)
        if devices is None or self._at >= len(self._devices):
            self._left.pop(0)
            self._at = 0
        return {MINUTES_5: "".join(minutes).encode(), HOUR: "".join(hours).encode()}

    def _series(self, fields: Sequence[str], rows: Rows) -> RawSeries:
        values = [(int(at) * 1000, *own) for at, *own in rows.values]
        columns = [self._columns[field] for field in fields]
        return RawSeries(head(self._measurement, rows.tags), columns, values)


def _types(found: Sequence[Rows]) -> dict[str, str]:
    """Return the fields that can be rolled, by name."""
    types: dict[str, str] = {}
    for rows in found:
        for field, type_ in rows.values:
            known = types.get(str(field))
            if type_ in TYPES and (known is None or TYPES.index(type_) < TYPES.index(known)):
                types[str(field)] = str(type_)
    return types


def _column(found: Sequence[Rows], column: str) -> list[str]:
    """Return a column of names."""
    return [str(row[list(rows.columns).index(column)]) for rows in found for row in rows.values]


def _halves(
    fields: Sequence[str], devices: Sequence[str] | None
) -> list[tuple[Sequence[str], Sequence[str] | None]]:
    """Cut a question in two. Raises SinkError when it is as small as it can be."""
    if devices is not None and len(devices) > 1:
        middle = len(devices) // 2
        return [(fields, devices[:middle]), (fields, devices[middle:])]
    if len(fields) > 1:
        middle = len(fields) // 2
        return [(fields[:middle], devices), (fields[middle:], devices)]
    raise SinkError(
        f"an hour of {fields[0]} of {devices[0] if devices else 'all'} is more than InfluxDB gives"
        " in one answer; read it less often"
    )
