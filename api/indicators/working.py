"""Indicators with their evidence and figures: points that work, not points that hang there.

Working points of a month = devices x uptime: 100 cameras that worked 80 % of the known time are 80.
Floored to one decimal, with coverage and the bounds that unknown time leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from api.indicators.mapping import EVIDENCE, IndicatorShape, MappingShape
from api.settings import ApiSettings
from collector.contract import Rules
from collector.store import Store
from collector.uptime import Tally, Window, figures, total


@dataclass(frozen=True, slots=True)
class Working:
    """Points of some kinds in a month. None: nothing is known."""

    devices: int
    working_points: float | None
    working_points_low: float | None
    working_points_high: float | None
    uptime_percent: float | None
    coverage_percent: float


def indicators_view(
    store: Store,
    settings: ApiSettings,
    mapping: MappingShape,
    month: date,
    now: datetime,
    known_until: datetime,
) -> dict[str, object]:
    """Return the mapping with figures of a month. Blocks; raises StoreError."""
    by_kind = _by_kind(store, settings, month, now, known_until)
    frameworks = {one.id: one for one in mapping.frameworks}
    return {
        "month": f"{month:%Y-%m}",
        "frameworks": [
            {
                "id": one.id,
                "name": one.name.model_dump(),
                "source": one.source,
                "note": None if one.note is None else one.note.model_dump(),
            }
            for one in mapping.frameworks
        ],
        "items": [
            {
                "id": one.id,
                "framework": one.framework,
                "name": one.name.model_dump(),
                "source": one.source or frameworks[one.framework].source,
                "certainty": one.certainty.value,
                "evidence": _evidence(one, month),
                "counts": list(one.counts),
                "figures": working(by_kind, one.counts) if one.counts else None,
            }
            for one in mapping.indicators
        ],
        "next": None,
    }


def working(by_kind: Mapping[str, Tally], kinds: tuple[str, ...]) -> Working:
    """Return how many points of these kinds worked, as far as is known."""
    tally = total(by_kind[kind] for kind in kinds if kind in by_kind)
    said = figures(tally)
    good, scope = tally.up + tally.degraded, tally.known + tally.unknown
    return Working(
        tally.devices,
        _points(tally.devices, good, tally.known),
        _points(tally.devices, good, scope),
        _points(tally.devices, good + tally.unknown, scope),
        said.uptime_percent,
        said.coverage_percent,
    )


def _points(devices: int, good: int, whole: int) -> float | None:
    return devices * good * 10 // whole / 10 if whole else None


def _by_kind(
    store: Store, settings: ApiSettings, month: date, now: datetime, known_until: datetime
) -> dict[str, Tally]:
    tallies = store.ledger.tallies(
        Window.month(month.year, month.month),
        Rules(),
        zone=settings.zone,
        now=now,
        known_until=known_until,
    )
    members: dict[str, list[Tally]] = {}
    for one in store.facts():
        if one.id in tallies:
            members.setdefault(one.kind, []).append(tallies[one.id])
    return {kind: total(own) for kind, own in members.items()}


def _evidence(one: IndicatorShape, month: date) -> list[dict[str, object]]:
    return [
        {
            "evidence": which.value,
            "title": {"id": EVIDENCE[which][0], "en": EVIDENCE[which][1]},
            "how": EVIDENCE[which][2].format(month=f"{month:%Y-%m}"),
        }
        for which in one.evidence
    ]


def working_of(view: Mapping[str, object], indicator: str) -> tuple[str, str, str]:
    """Return points, working points and coverage of an indicator of a view, for people."""
    items = view["items"]
    for one in items if isinstance(items, list) else ():
        said = one["figures"]
        if one["id"] == indicator and isinstance(said, Working):
            points = "-" if said.working_points is None else f"{said.working_points:.1f}"
            return str(said.devices), points, f"{said.coverage_percent:.3f}"
    return "", "", ""
