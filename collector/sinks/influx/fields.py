"""Which field a metric's values go to: decided once, kept with the spool, and never changed."""

from collections.abc import Iterable
from dataclasses import replace

from collector.sinks.influx.facts import MetricFacts
from collector.sinks.influx.schema import FieldType, Place, text_place
from collector.sinks.spool import FieldRow


class Fields:
    """The fields. What was kept once wins over what profiles say by now.

    A metric has one field for numbers, and one for texts where some come all the same
    (`NAME_text`). Numbers in another unit than the metric's go to `NAME_in_UNIT`, so that no chart
    mixes them.
    """

    def __init__(self, facts: MetricFacts, known: Iterable[FieldRow] = ()) -> None:
        self._facts = facts
        self._numbers: dict[tuple[str, str], Place] = {}  # metric, unit
        self._texts: dict[str, Place] = {}
        self._taken: set[tuple[str, str]] = set()
        self._pending: list[FieldRow] = []
        for row in known:
            place = Place(row.measurement, row.field, FieldType(row.type), row.scale)
            self._remember(row.metric, row.unit, place)

    @property
    def pending(self) -> tuple[FieldRow, ...]:
        """Return the fields that are new since `kept`."""
        return tuple(self._pending)

    def kept(self, rows: Iterable[FieldRow]) -> None:
        """Note that rows are on disk."""
        done = set(rows)
        self._pending = [row for row in self._pending if row not in done]

    def place(self, metric: str, unit: str, *, is_text: bool) -> Place:
        """Return where values of a metric go, deciding it if they are the first."""
        known = self._texts.get(metric) if is_text else self._numbers.get((metric, unit))
        if known is not None:
            return known
        place = self._facts.place(metric)
        if is_text or place.type is FieldType.TEXT:
            return self._texts.get(metric) or self._decide(metric, unit, text_place(place), "_text")
        if unit != self._plain_unit(metric, unit):
            place = replace(place, field=f"{place.field}_in_{unit}", scale=1.0)
        return self._decide(metric, unit, place, "_number")

    def _plain_unit(self, metric: str, unit: str) -> str:
        """Return the unit of the field with the plain name."""
        fact = self._facts.by_metric.get(metric)
        if fact is not None:
            return fact.unit
        return next((known for name, known in self._numbers if name == metric), unit)

    def _decide(self, metric: str, unit: str, place: Place, suffix: str) -> Place:
        """Take a place for good; if there is something else, one beside it."""
        while (place.measurement, place.field) in self._taken:
            place = replace(place, field=place.field + suffix)
        row = FieldRow(metric, place.measurement, place.field, place.type, unit, place.scale)
        self._pending.append(row)
        self._remember(metric, unit, place)
        return place

    def _remember(self, metric: str, unit: str, place: Place) -> None:
        self._taken.add((place.measurement, place.field))
        if place.type is FieldType.TEXT:
            self._texts.setdefault(metric, place)
        else:
            self._numbers.setdefault((metric, unit), place)
