"""Results to lines: what goes into the spool for each batch of the writer.

encode ──► Encoded: packs by lane, new fields, dead letters ──► Spool.append ──► commit

Until `commit` nothing is taken for written: if the append fails, the next `encode` says all again.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from collector.model import Labels, Reading
from collector.sinks import DeviceReadings
from collector.sinks.influx import lines
from collector.sinks.influx.cardinality import Guard
from collector.sinks.influx.facts import MetricFacts
from collector.sinks.influx.fields import Fields
from collector.sinks.influx.identity import Identity
from collector.sinks.influx.labels import label_tags
from collector.sinks.influx.schema import Place
from collector.sinks.influx.template import Form, Slot, Template, Value, Written
from collector.sinks.spool import LANES, DeadLetter, FieldRow, Pack, lane_of

logger = logging.getLogger(__name__)

PACK_LINES = 1_000
PACK_BYTES = 2**19
"""Of one record in the spool, or one result's more: requests are made of whole records."""

OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
FUTURE = timedelta(days=1)
"""A moment before OLDEST, or so far ahead, is a clock that was never set."""

TEXT_AGAIN = 3600 * 10**9
MAX_TEXTS = 200_000
MAX_TEMPLATES_OF_DEVICE = 32
MAX_TEMPLATE_BYTES = 128 * 2**20
MAX_FORM_READINGS = 200_000
"""Bounds of memory. Beyond them texts are written again and templates made again."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """What is to be appended to the spool, together."""

    packs: tuple[Pack, ...]
    fields: tuple[FieldRow, ...]
    dead: tuple[DeadLetter, ...]
    readings: int  # in packs, texts that stood already too
    refused: int  # that no field can hold, or of a series that is one too many
    texts: Mapping[int, tuple[int, int]]  # for `commit`


@dataclass(slots=True)
class _Known:
    """What is remembered of a device."""

    lane: int
    tags: dict[str, str | None]
    address: str | None
    templates: dict[int, Template] = field(default_factory=dict)


class _Packer:
    """Puts lines into packs, in their order within a lane."""

    def __init__(self) -> None:
        self._packs: list[Pack] = []
        self._lanes: dict[int, list[tuple[Written, datetime]]] = {n: [] for n in range(LANES)}
        self._bytes = [0] * LANES
        self._counts = [0] * LANES

    def add(self, lane: int, written: Written, at: datetime) -> None:
        self._lanes[lane].append((written, at))
        self._bytes[lane] += len(written.text)
        self._counts[lane] += written.count
        if self._counts[lane] >= PACK_LINES or self._bytes[lane] >= PACK_BYTES:
            self._close(lane)

    def packs(self) -> tuple[Pack, ...]:
        for lane in range(LANES):
            if self._lanes[lane]:
                self._close(lane)
        return tuple(self._packs)

    def _close(self, lane: int) -> None:
        rows = self._lanes[lane]
        moments = [at for _, at in rows]
        data = "".join([written.text for written, _ in rows]).encode()
        self._packs.append(Pack(lane, data, self._counts[lane], min(moments), max(moments)))
        self._lanes[lane] = []
        self._bytes[lane] = self._counts[lane] = 0


_NO_LINE = -1  # its series is one too many
_BYTES_OF_FORM = 250  # a reading


class Encoder:
    """Makes lines of results. For one thread."""

    def __init__(
        self,
        identities: Mapping[str, Identity],
        facts: MetricFacts,
        known_fields: Iterable[FieldRow] = (),
        *,
        keep: timedelta | None = None,
        guard: Guard | None = None,
    ) -> None:
        """Write for devices (by id), with the fields that the spool knows already.

        `keep` says how old readings may be: the server would refuse older ones.
        """
        self._identities = dict(identities)
        self._fields = Fields(facts, known_fields)
        self._keep = keep
        self._guard = Guard() if guard is None else guard
        self._devices: dict[str, _Known] = {}
        self._template_bytes = 0
        self._forms: dict[tuple[tuple[int, str, str, type], ...], Form] = {}
        self._form_readings = 0
        self._texts: dict[int, tuple[int, int]] = {}  # series → moment, hash of the text
        self._told: set[str] = set()

    @property
    def series(self) -> int:
        """Return how many series were written today."""
        return self._guard.series

    def know(self, identities: Mapping[str, Identity]) -> None:
        """Take in devices that came or changed later."""
        for device_id, identity in identities.items():
            if self._identities.get(device_id) != identity:
                self._identities[device_id] = identity
                self._forget(device_id)

    def encode(self, batch: Sequence[DeviceReadings], now: datetime) -> Encoded:
        """Return a batch as lines. A device's results stay in their order, in one lane."""
        if self._guard.begin(now):
            for device_id in list(self._devices):
                self._forget(device_id)
        packer = _Packer()
        dead: list[DeadLetter] = []
        texts: dict[int, tuple[int, int]] = {}
        readings = refused = 0
        earliest = OLDEST if self._keep is None else max(OLDEST, now - self._keep)
        latest = now + FUTURE
        for result in batch:
            if not result.readings:
                continue
            known = self._devices.get(result.device_id) or self._device(result.device_id)
            values = [reading.value for reading in result.readings]
            template = self._template(known, result, values)
            at = lines.nanoseconds(result.at)
            if not earliest <= result.at <= latest:
                written = template.write(values, at, [index for index, _ in template.texts])
                dead += _dead(written.text, result.at, now)
                continue
            due = self._due(template, values, at, texts) if template.texts else ()
            written = template.write(values, at, due)
            if written.count:
                packer.add(known.lane, written, result.at)
            lost = template.left_out + len(written.refused)
            refused += lost
            readings += len(values) - lost
            if written.refused:
                self._tell(result.device_id, written.refused)
        return Encoded(packer.packs(), self._fields.pending, tuple(dead), readings, refused, texts)

    def commit(self, encoded: Encoded) -> None:
        """Note that what `encode` returned is on disk."""
        self._fields.kept(encoded.fields)
        if len(self._texts) + len(encoded.texts) > MAX_TEXTS:
            self._texts.clear()
        self._texts.update(encoded.texts)

    # --- devices and their templates ----------------------------------------------------------

    def _device(self, device_id: str) -> _Known:
        """Return what is to be remembered of a device; without an identity only its id is known."""
        one = self._identities.get(device_id) or Identity(device_id, "", "", "")
        tags: dict[str, str | None] = {
            "device": one.device,
            "site": one.site,
            "area": one.area,
            "kind": one.kind,
            "owner": one.owner,
        }
        known = _Known(lane_of(device_id), tags, one.address)
        self._devices[device_id] = known
        return known

    def _forget(self, device_id: str) -> None:
        known = self._devices.pop(device_id, None)
        if known is not None:
            self._template_bytes -= sum(one.bytes for one in known.templates.values())

    def _template(self, known: _Known, result: DeviceReadings, values: Sequence[Value]) -> Template:
        keys = tuple([(one.metric, one.unit, one.labels) for one in result.readings])
        shape = hash((keys, tuple(map(type, values))))
        template = known.templates.get(shape)
        if template is None:
            template = self._new_template(known, result)
            if len(known.templates) >= MAX_TEMPLATES_OF_DEVICE:
                oldest = known.templates.pop(next(iter(known.templates)))
                self._template_bytes -= oldest.bytes
            if self._template_bytes < MAX_TEMPLATE_BYTES:
                known.templates[shape] = template
                self._template_bytes += template.bytes
        return template

    def _new_template(self, known: _Known, result: DeviceReadings) -> Template:
        readings = result.readings
        places = [
            self._fields.place(one.metric, one.unit, is_text=isinstance(one.value, str))
            for one in readings
        ]
        heads: list[str] = []
        numbers: dict[str, int] = {}  # of a line by its head
        seen: dict[tuple[str, Labels], int] = {}  # a row of a table has many readings
        own: list[int] = []  # line of each reading
        for reading, place in zip(readings, places, strict=True):
            series = place.measurement, reading.labels
            number = seen.get(series)
            if number is None:
                head = lines.head(place.measurement, _tags(known, *series))
                number = numbers.get(head)
                if number is None:
                    admitted = self._guard.admits(result.device_id, head)
                    number = numbers[head] = len(heads) if admitted else _NO_LINE
                    heads += [head] if admitted else []
                seen[series] = number
            own.append(number)
        forms = len(self._forms)
        template = Template(self._form(readings, places, own, len(heads)), heads)
        if len(self._forms) != forms:  # one of its own: nobody else is charged for it
            template.bytes += _BYTES_OF_FORM * len(readings)
        return template

    def _form(
        self, readings: Sequence[Reading], places: Sequence[Place], own: Sequence[int], count: int
    ) -> Form:
        """Return the form of `count` lines; results of other devices that are alike share it."""
        key = tuple(
            [
                (number, one.metric, one.unit, type(one.value))
                for number, one in zip(own, readings, strict=True)
            ]
        )
        form = self._forms.get(key)
        if form is None:
            by_line: list[list[Slot]] = [[] for _ in range(count)]
            for index, (number, place) in enumerate(zip(own, places, strict=True)):
                if number != _NO_LINE:
                    is_float = isinstance(readings[index].value, float)
                    by_line[number].append(Slot(index, readings[index].metric, place, is_float))
            form = Form(by_line, len(readings), left_out=own.count(_NO_LINE))
            self._form_readings += len(key)
            if self._form_readings > MAX_FORM_READINGS:
                self._forms.clear()
                self._form_readings = len(key)
            self._forms[key] = form
        return form

    # --- texts --------------------------------------------------------------------------------

    def _due(
        self,
        template: Template,
        values: Sequence[Value],
        at: int,
        fresh: dict[int, tuple[int, int]],
    ) -> list[int]:
        """Return which texts are to be written: changed ones, and each once an hour.

        One that comes late is written: what stood before it is not known here.
        """
        due = []
        for index, series in template.texts:
            text = hash(values[index])
            last = fresh.get(series) or self._texts.get(series)
            if last is not None and last[1] == text and 0 <= at - last[0] < TEXT_AGAIN:
                continue
            due.append(index)
            if last is None or at >= last[0]:
                fresh[series] = at, text
        return due

    # --- what could not be written ------------------------------------------------------------

    def _tell(self, device_id: str, metrics: Iterable[str]) -> None:
        """Name a metric whose values have no place, once."""
        for metric, count in Counter(metrics).items():
            if metric not in self._told:
                self._told.add(metric)
                logger.warning(
                    "%s: %d values of %s are no numbers that its field can hold, and are not"
                    " written: look at its type and scale in the profile. Not told again",
                    *(device_id, count, metric),
                )


def _tags(known: _Known, measurement: str, labels: Labels) -> dict[str, str | None]:
    address = "url" if measurement == "ping" else "source"
    return {**known.tags, address: known.address, **label_tags(measurement, labels)}


def _dead(text: str, at: datetime, now: datetime) -> list[DeadLetter]:
    """Return the lines of an impossible moment as dead letters."""
    if at > now:
        words = "its moment is more than a day ahead: set the clock of the device"
    elif at < OLDEST:
        words = "its moment is before the year 2000: set the clock of the device"
    else:
        words = "it is older than the server keeps readings (influxdb.keep)"
    return [DeadLetter(f"{line}\n".encode(), 0, words, now) for line in text.split("\n")[:-1]]
