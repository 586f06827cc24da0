"""What uptime is reckoned from: who was in which state when, why, and what is left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from collector.model import CauseClass, State

Span = tuple[int, int]
"""From (included) and until (not included), in microseconds."""


class ExclusionReason(StrEnum):
    """Why time is neither up nor down, in the order in which it is asked. Catalogues translate."""

    MAINTENANCE = "maintenance"
    OUTSIDE_SERVICE_HOURS = "outside_service_hours"
    CAUSE_NOT_COUNTED = "cause_not_counted"
    SHORT_OUTAGE = "short_outage"


@dataclass(frozen=True, slots=True)
class StateInterval:
    """One device was in one state from `start` (included) to `end` (not included)."""

    device_id: str
    state: State
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class OutageSpan:
    """An outage as far as uptime is concerned: why, and whose minutes are lost.

    `state` is DOWN or UNREACHABLE: an outage explains time in that state alone. `end` None: it is
    still on. `responsible` is the id of an owner, None where nobody is named.
    """

    device_id: str
    state: State
    start: datetime
    end: datetime | None = None
    cause: CauseClass = CauseClass.UNKNOWN
    responsible: str | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Maintenance: time that is left out, of one device or (None) of all."""

    start: datetime
    end: datetime
    device_id: str | None = None


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as sorted, disjoint spans: no minute is left out twice."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            if end > result[-1][1]:
                result[-1] = (result[-1][0], end)
        elif start < end:
            result.append((start, end))
    return result


def clipped(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """Return what of the spans lies within, in the same order."""
    return [
        (max(one, start), min(other, end)) for one, other in spans if one < end and other > start
    ]
