"""What the loaded profiles say of metrics: unit and type. A metric is the same in all of them."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from collector.model import Metric, MetricKind, Profile
from collector.sinks.influx.schema import FieldType, Place, place_of

logger = logging.getLogger(__name__)

_WHOLE_UNITS = {"1", "B"}
"""Units of counters that count whole things. Energy is a counter, too, and comes in fractions."""


@dataclass(frozen=True, slots=True)
class MetricFact:
    """What a metric is."""

    unit: str
    kind: MetricKind

    @property
    def type(self) -> FieldType:
        """Return the type of its field."""
        match self.kind:
            case MetricKind.TEXT:
                return FieldType.TEXT
            case MetricKind.STATE:
                return FieldType.INTEGER
            case MetricKind.COUNTER if self.unit in _WHOLE_UNITS:
                return FieldType.COUNTER
            case _:
                return FieldType.FLOAT


@dataclass(frozen=True, slots=True)
class MetricFacts:
    """Facts by the metric's name."""

    by_metric: Mapping[str, MetricFact]

    @classmethod
    def of(cls, profiles: Iterable[Profile]) -> Self:
        """Return the facts of profiles.

        Where two say different things, the built-in one's word counts, then the first's, and the
        other is named in the log: its author should give the metric another name.
        """
        found: dict[str, MetricFact] = {}
        for profile in sorted(profiles, key=lambda one: (one.is_own, one.name)):
            for metric in _metrics(profile):
                fact = MetricFact(metric.unit, metric.kind)
                known = found.setdefault(metric.name, fact)
                if known != fact:
                    logger.warning(
                        "profile %s: %s is a %s in %s, elsewhere a %s in %s: give it another name",
                        *(profile.name, metric.name, fact.kind, fact.unit, known.kind, known.unit),
                    )
        return cls(found)

    def place(self, metric: str) -> Place:
        """Return where the metric belongs. One that no profile has is taken for a float."""
        fact = self.by_metric.get(metric)
        return place_of(metric, FieldType.FLOAT if fact is None else fact.type)


def _metrics(profile: Profile) -> Iterator[Metric]:
    for group in profile.groups:
        yield from group.metrics
        for table in group.tables:
            yield from table.metrics
