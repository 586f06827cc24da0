"""Sinks take readings for charts: write, list and range queries. They may be down.

All methods block and are called from a thread of their own, never from the event loop.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from collector.inventory import Plan
from collector.model import Labels, Reading


class SinkError(Exception):
    """The sink could not take or give readings now; nothing was half written."""


class DeviceReadings(Struct, frozen=True, gc=False):
    """The readings of one result: all of one device and one moment."""

    device_id: str
    at: datetime
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """What there is: one metric of one device with its labels."""

    metric: str
    unit: str
    labels: Labels
    last_at: datetime
    last_value: float | int | str


@dataclass(slots=True)  # not frozen: a chart has ten thousand, each made in a third of the time
class Point:
    """A value, or the mean of a step with what it hides (min, max, count). Never changed."""

    at: datetime
    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Series:
    """The points of one metric with one set of labels, oldest first."""

    metric: str
    unit: str
    labels: Labels
    points: tuple[Point, ...]


class Sink(Protocol):
    """What every sink does; one contract suite runs over all (tests/contract)."""

    refused: int
    """Readings left out since it was opened, because it can never keep them: NaN, for one."""

    def write(self, batch: Sequence[DeviceReadings]) -> None:
        """Keep a batch durably, all or nothing. Writing it again changes nothing.

        Text readings are kept on change and once an hour. Raises SinkError.
        """
        ...

    def list_series(self, device_id: str) -> list[SeriesInfo]:
        """Return what is known of a device, sorted by metric and labels. Raises SinkError."""
        ...

    def latest(
        self, metrics: Collection[str], since: datetime
    ) -> Mapping[str, Sequence[SeriesInfo]]:
        """Return the newest number of every series of these metrics, by device.

        What is older than `since`, and texts, are left out. For sums over a whole city: one
        question, not one a device. Raises SinkError.
        """
        ...

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
        step's start; gaps stay gaps. Raises SinkError.
        """
        ...

    def introduce(self, plan: Plan) -> None:
        """Learn who the devices of a plan are, before readings of new ones come."""
        ...

    def maintain(self, max_seconds: float) -> None:
        """Tidy for at most about `max_seconds` (compress, prune). Raises SinkError."""
        ...

    def prune(self, before: datetime) -> None:
        """Forget what is older than a moment, unless a server does so by itself. SinkError."""
        ...

    def close(self) -> None:
        """Flush and release files. Safe to call twice."""
        ...
