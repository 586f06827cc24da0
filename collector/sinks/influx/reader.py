"""Reads back from InfluxDB what the encoder wrote: as every sink answers, in readings' own words.

    FieldRow (spool) or schema ─► where a metric is ─► InfluxQL ─► Rows ─► labels, values ─► Series
                                                      spans.py: raw, or roll-ups for what is older

Long steps are averaged by the server, short ones here, from values as they came; and so is what the
server gets wrong (whole numbers whose sum is beyond 64 bits). Parts from several buckets are put
together weighted by their counts.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, Protocol

from collector.clock import Clock
from collector.config.influxdb import InfluxdbSettings
from collector.model import Labels
from collector.moments import from_micros, to_micros
from collector.sinks import Point, Series, SeriesInfo, SinkError
from collector.sinks.influx.client import BucketMissingError, InfluxClient, Rows, identifier
from collector.sinks.influx.identity import TAGS
from collector.sinks.influx.labels import labels_of
from collector.sinks.influx.lines import from_signed
from collector.sinks.influx.schema import MEASUREMENTS, FieldType, place_of
from collector.sinks.influx.spans import Span, spans
from collector.sinks.spool import FieldRow
from collector.sinks.steps import points

_DEVICE = identifier(TAGS[0])
_WRAPS = 2**63
_MICROS = 1_000_000
_NUMBERS = {int, float}
_VALUES = {int, float, str}
_SERVER_STEP_SECONDS = 600
"""From this step on the server averages: a step costs it as much as some ten values read here."""

_ROLLED = ("count", "mean", "min", "max", "last")
"""Fields of a roll-up, after the field's name and an underscore (collector.courier.windows)."""


class KnownFields(Protocol):
    """What was written: collector.sinks.spool.Spool."""

    def fields(self) -> Sequence[FieldRow]:
        """Return the fields as they were first written. Raises SinkError."""
        ...


@dataclass(slots=True)
class _Sum:
    """What a point is made of."""

    total: float
    low: float
    high: float
    count: int

    def add(self, other: "_Sum") -> None:
        self.total += other.total
        self.low = min(self.low, other.low)
        self.high = max(self.high, other.high)
        self.count += other.count


@dataclass(slots=True)
class _Found:
    """What the buckets gave for one series: values as they came, and sums of several."""

    values: dict[int, float] = field(default_factory=dict)  # by microseconds
    sums: dict[int, _Sum] = field(default_factory=dict)

    def add(self, at: int, one: _Sum) -> None:
        known = self.sums.get(at)
        if known is None:
            self.sums[at] = one
        else:
            known.add(one)

    def points(self, step_seconds: int | None) -> tuple[Point, ...]:
        own = points(self.values, step_seconds)
        if not self.sums:
            return own
        for one in own:
            self.add(to_micros(one.at), _Sum(one.value * one.count, one.low, one.high, one.count))
        return tuple(_point(at, self.sums[at]) for at in sorted(self.sums))


_Series = dict[tuple[Labels, str], _Found]  # labels, unit
_Answer = list[tuple[Labels, list[list[Any]]]]


class InfluxReader:
    """The reading half of a `collector.sinks.Sink`. Blocks; safe for several threads.

    A device that moved, changed its owner or got another address has series under its old tags and
    its new ones: they are one series here. Where both have a value for one moment (readings sent
    again after such a change), either may be shown.
    """

    def __init__(
        self, client: InfluxClient, known: KnownFields, settings: InfluxdbSettings, clock: Clock
    ) -> None:
        """Read through a client, which is closed with the reader."""
        self._client = client
        self._known = known
        self._settings = settings
        self._clock = clock

    def close(self) -> None:
        """Close the connections. Safe to call twice."""
        self._client.close()

    # --- what there is ------------------------------------------------------------------------

    def list_series(self, device_id: str) -> list[SeriesInfo]:
        """Return what is known of a device, sorted by metric, labels, unit. Raises SinkError.

        That is what InfluxDB keeps as it came (`influxdb.keep`). A text's `last_at` is that of its
        last line: up to an hour old while nothing changes. No device ("") has no series; asking
        for it tells whether InfluxDB can be read at all.
        """
        fields = self._readable()
        if not device_id or not fields:
            self._client.check()
            return []
        # A statement a field, in one request: `last(*)` would not tell the moment of each.
        statements = [_select(f"last({identifier(row.field)})", row) for row in fields]
        answers = self._client.ask(statements, {"device": device_id})
        for answer in answers:
            _check_columns(answer, 2)
        found: dict[tuple[str, Labels, str], SeriesInfo] = {}
        for row, answer in zip(fields, answers, strict=True):
            for rows in answer:
                labels = labels_of(rows.name, rows.tags)
                own = (row.metric, labels, row.unit)
                for at, value in rows.values:
                    if type(value) not in _VALUES:
                        continue
                    last = SeriesInfo(
                        row.metric, row.unit, labels, from_micros(at), _exact(row, value)
                    )
                    if own not in found or found[own].last_at < last.last_at:
                        found[own] = last
        return [found[own] for own in sorted(found)]

    def latest(self, metrics: Collection[str], since: datetime) -> dict[str, list[SeriesInfo]]:
        """Return the newest number of every series of these metrics, by device. SinkError."""
        fields = [
            row for row in self._readable() if row.metric in metrics and row.type != FieldType.TEXT
        ]
        statements = [_select_newest(row, to_micros(since)) for row in fields]
        newest: dict[tuple[str, str, Labels, str], SeriesInfo] = {}
        for row, answer in zip(fields, self._client.ask(statements), strict=True):
            _check_columns(answer, 2)
            for rows in answer:
                device, labels = rows.tags.get(TAGS[0], ""), labels_of(rows.name, rows.tags)
                for at, value in _numbers(row, rows.values).items():
                    own = (device, row.metric, labels, row.unit)
                    if own not in newest or newest[own].last_at < from_micros(at):
                        newest[own] = SeriesInfo(
                            row.metric, row.unit, labels, from_micros(at), value
                        )
        found: dict[str, list[SeriesInfo]] = defaultdict(list)
        for own in sorted(newest):
            found[own[0]].append(newest[own])
        return dict(found)

    def _readable(self) -> list[FieldRow]:
        return [row for row in self._known.fields() if row.measurement in MEASUREMENTS]

    def _fields_of(self, metric: str) -> list[FieldRow]:
        """Return the numeric fields of a metric; where it belongs if nobody has seen it written."""
        known = [row for row in self._readable() if row.metric == metric]
        if not known:
            place = place_of(metric, FieldType.FLOAT)
            known = [FieldRow(metric, place.measurement, place.field, place.type, "1", place.scale)]
        return [row for row in known if row.type != FieldType.TEXT]

    # --- points -------------------------------------------------------------------------------

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
        step's start; gaps stay gaps. What is older than `influxdb.keep` comes from roll-ups, in
        points of five minutes or an hour if no longer step is asked for; of a counter or a state
        such a point is the last value, else the mean. Raises SinkError.
        """
        fields = self._fields_of(metric) if device_id else []
        found: _Series = defaultdict(_Found)
        for span in spans(self._settings, self._clock.now(), start, end):
            for row in fields:
                if span.window_seconds is not None:
                    self._add_rolled(found, row, device_id, span, step_seconds)
                elif step_seconds is None or step_seconds < _SERVER_STEP_SECONDS:
                    self._add_values(found, row, device_id, span)
                else:
                    self._add_steps(found, row, device_id, span, step_seconds)
        return [
            Series(metric, unit, labels, own)
            for (labels, unit), parts in sorted(found.items(), key=itemgetter(0))
            if (own := parts.points(step_seconds))
        ]

    def _add_values(self, found: _Series, row: FieldRow, device_id: str, span: Span) -> None:
        """Add values as they came."""
        text = _select(identifier(row.field), row, span.condition)
        for labels, values in self._answer(span, text, device_id, 2):
            found[labels, row.unit].values.update(_numbers(row, values))

    def _add_steps(
        self, found: _Series, row: FieldRow, device_id: str, span: Span, step: int
    ) -> None:
        """Add values averaged by the server."""
        name = identifier(row.field)
        what = f"count({name}), mean({name}), min({name}), max({name})"
        text = _select(what, row, span.condition, f"time({step}s), *") + " fill(none)"
        answer = _of_numbers(self._answer(span, text, device_id, 5))
        if row.type != FieldType.FLOAT and _beyond(answer):
            self._add_values(found, row, device_id, span)
            return
        for labels, values in answer:
            own = found[labels, row.unit]
            for at, count, *figures in values:
                mean, low, high = (float(_exact(row, figure)) for figure in figures)
                own.add(at, _Sum(mean * count, low, high, count))

    def _add_rolled(
        self, found: _Series, row: FieldRow, device_id: str, span: Span, step: int | None
    ) -> None:
        """Add roll-ups. A bucket that is not there yet holds none."""
        what = ", ".join(identifier(f"{row.field}_{name}") for name in _ROLLED)
        try:
            answer = self._answer(span, _select(what, row, span.condition), device_id, 6)
        except BucketMissingError:
            return
        as_last = step is None and row.type != FieldType.FLOAT
        micros = None if step is None else step * _MICROS
        scale = row.scale
        for labels, values in _of_numbers(answer):
            own = found[labels, row.unit]
            for at, count, mean, low, high, last in values:
                shown = _exact(row, last) if as_last else mean / scale
                one = _Sum(shown * count, low / scale, high / scale, count)
                own.add(at if micros is None else at - at % micros, one)

    def _answer(self, span: Span, text: str, device_id: str, columns: int) -> _Answer:
        (answer,) = self._client.ask([text], {"device": device_id}, bucket=span.bucket)
        _check_columns(answer, columns)
        return [(labels_of(rows.name, rows.tags), rows.values) for rows in answer]


def _check_columns(answer: Sequence[Rows], count: int) -> None:
    """Raise SinkError if an answer has not the columns that were asked for, the moment first."""
    if any(len(rows.columns) != count or rows.columns[0] != "time" for rows in answer):
        raise SinkError("InfluxDB answers something else than it was asked; look at influxdb.url")


def _select(what: str, row: FieldRow, when: str = "", group: str = "*") -> str:
    """Return a statement about the `$device`. Everything given is made here or quoted."""
    words = ["SELECT", what, "FROM", identifier(row.measurement), "WHERE", _DEVICE, "= $device"]
    return " ".join((*words, *(("AND", when) if when else ()), "GROUP BY", group))


def _select_newest(row: FieldRow, low: int) -> str:
    """Return a statement about every device: its newest value since a moment in microseconds."""
    what, where = f"last({identifier(row.field)})", identifier(row.measurement)
    return " ".join(("SELECT", what, "FROM", where, "WHERE", f"time >= {low}u", "GROUP BY *"))


def _point(at: int, own: _Sum) -> Point:
    mean, low, high = own.total / own.count, own.low, own.high
    if not low <= mean <= high:  # by rounding, of what it is the mean of
        mean = min(max(mean, low), high)
    return Point(from_micros(at), mean, low, high, own.count)


def _of_numbers(answer: _Answer) -> _Answer:
    """Return the rows that are numbers throughout, with a count (which follows the moment)."""
    return [
        (labels, [row for row in values if set(map(type, row)) <= _NUMBERS and row[1] > 0])
        for labels, values in answer
    ]


def _beyond(answer: _Answer) -> bool:
    """Say whether the server's sums of whole numbers may have left 64 bits.

    It adds them up in 64 bits with a sign and says nothing when that is too small; and a counter
    beyond 2^63 is a negative number there (`lines.to_signed`).
    """
    return any(
        low < 0 or high * count >= _WRAPS
        for _, values in answer
        for _, count, _, low, high in values
    )


def _numbers(row: FieldRow, values: list[list[Any]]) -> Mapping[int, float]:
    """Return moment → number as it was read from the device, without what is none."""
    kinds = set(map(type, map(itemgetter(1), values)))
    if not kinds <= _NUMBERS:
        values = [pair for pair in values if type(pair[1]) in _NUMBERS]
    if row.type == FieldType.COUNTER:
        values = [[at, _exact(row, value)] for at, value in values]
    elif row.scale != 1:
        scale = row.scale
        values = [[at, value / scale] for at, value in values]
    return dict(values)


def _exact(row: FieldRow, value: Any) -> Any:
    """Return a value as it was read from the device. Whole numbers stay whole."""
    if isinstance(value, str):
        return value
    if row.type == FieldType.FLOAT:
        value = float(value)
    elif row.type == FieldType.COUNTER and value < 0:
        value = from_signed(value)
    return value if row.scale == 1 else value / row.scale
