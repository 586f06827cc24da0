"""What happened and what people said of it: outages, corrections, incidents, planned work."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.reports.dataset import Correction, Handling, Maintenance, OutageEntry
from api.reports.uptime_rows import SECOND
from collector.maintenance import Place, covered, occurrences
from collector.model import MaintenanceWindow, Scope
from collector.store import DeviceFacts, IncidentFigures, IncidentFilter, OutageFilter, Store

_AT_ONCE = 5_000
_NAMED = 4  # parts of a scope that are named
_SECOND = timedelta(seconds=1)

Spans = Mapping[str, tuple[datetime, datetime]]
"""The period of each device, in its zone."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Which devices a report is of, when, and how owners are called."""

    facts: Mapping[str, DeviceFacts]
    spans: Spans
    start: datetime
    end: datetime
    now: datetime
    seen_until: datetime  # what is still on lasts until here at the most
    owners: Mapping[str, str]
    filters: Mapping[str, str]


def cut(moment: datetime) -> datetime:
    """Return a moment without its part of a second."""
    return moment.replace(microsecond=0)


def whole(span: timedelta) -> int:
    """Return the whole seconds of a span; none below zero."""
    return max(0, span // _SECOND)


def outage_entries(store: Store, scene: Scene) -> tuple[OutageEntry, ...]:
    """Return the outages that touch the period, the longest first. Raises StoreError."""
    return tuple(
        sorted(
            _outages(store, scene),
            key=lambda one: (-one.in_period_seconds, one.started_at, one.outage),
        )
    )


def _outages(store: Store, scene: Scene) -> Iterator[OutageEntry]:
    wanted = OutageFilter(
        start=scene.start,
        end=scene.end,
        area=scene.filters.get("area"),
        site=scene.filters.get("site"),
        owner=scene.filters.get("owner"),
    )
    after: str | None = None
    while True:
        page = store.outages.page(wanted, limit=_AT_ONCE, after=after)
        for row in page.items:
            outage = row.outage
            device = scene.facts.get(outage.device_id)
            if device is None:
                continue
            first, last = scene.spans[device.id]
            until = outage.ended_at or max(outage.started_at, min(last, scene.seen_until))
            if outage.started_at >= last or until <= first:
                continue
            responsible = row.responsible or ""
            yield OutageEntry(
                outage=outage.id or 0,
                device=device.id,
                device_name=row.device_name,
                kind=device.kind,
                site=row.site,
                site_name=row.site_name,
                area=row.area,
                area_name=row.area_name,
                state=outage.state.value,
                started_at=cut(outage.started_at),
                ended_at=None if outage.ended_at is None else cut(outage.ended_at),
                in_period_seconds=whole(min(until, last) - max(outage.started_at, first)),
                seconds=whole(until - outage.started_at),
                cause=outage.cause.value,
                proposed_cause=outage.proposed_cause.value,
                corrected=row.corrected,
                responsible=responsible,
                responsible_name=scene.owners.get(responsible, responsible),
                root=outage.root or "",
                root_name=row.root_name or "",
                incident=outage.incident_id,
            )
        after = page.next
        if after is None:
            return


def correction_rows(
    store: Store, scene: Scene, outages: Collection[OutageEntry]
) -> tuple[Correction, ...]:
    """Return what people said of causes of these outages, the oldest first. Raises StoreError."""
    known = {one.outage: one for one in outages if one.corrected}
    said = store.outages.corrections(scene.start, scene.end)
    last = {one.outage_id: one.id for one in said}  # the oldest come first
    return tuple(
        Correction(
            outage=one.outage_id,
            device=known[one.outage_id].device,
            device_name=known[one.outage_id].device_name,
            started_at=known[one.outage_id].started_at,
            proposed_cause=known[one.outage_id].proposed_cause,
            cause=one.cause.value,
            reason=one.reason,
            author=one.author,
            made_at=cut(one.made_at),
            in_force=last[one.outage_id] == one.id,
        )
        for one in said
        if one.outage_id in known
    )


def handling_rows(store: Store, scene: Scene) -> tuple[Handling, ...]:
    """Return how incidents that began in the period were handled; the first row is all of them.

    Nothing for devices of a kind or owner: incidents are of places. Raises StoreError.
    """
    if scene.filters.keys() & {"kind", "owner"}:
        return ()
    wanted = IncidentFilter(
        start=scene.start,
        end=scene.end,
        area=scene.filters.get("area"),
        site=scene.filters.get("site"),
    )
    found = store.incidents.figures(wanted, scene.now)
    rows = [_handling("", found.all)] if found.all.count else []
    rows += [_handling(cause.value, of) for cause, of in found.by_cause.items() if of.count]
    return tuple(rows)


def _handling(cause: str, of: IncidentFigures) -> Handling:
    return Handling(
        cause,
        of.count,
        of.acknowledged,
        _seconds(of.to_acknowledge),
        of.recovered,
        _seconds(of.to_recover),
        _seconds(of.longest),
    )


def _seconds(micros: int | None) -> int | None:
    return None if micros is None else micros // SECOND


def maintenance_rows(store: Store, scene: Scene) -> tuple[Maintenance, ...]:
    """Return the planned work that touches the period and these devices, by its first beginning.

    Raises StoreError.
    """
    places = [Place(one.id, one.site, one.area, one.tags) for one in scene.facts.values()]
    names = _names(scene)
    rows: list[Maintenance] = []
    after: str | None = None
    while True:
        page = store.maintenance.page(start=scene.start, end=scene.end, limit=500, after=after)
        for window in page.items:
            devices = covered(window.scope, places)
            if devices:
                rows.append(_maintenance(window, len(devices), scene, names))
        after = page.next
        if after is None:
            return tuple(sorted(rows, key=lambda row: (row.starts_at, row.window)))


def _maintenance(
    window: MaintenanceWindow, devices: int, scene: Scene, names: Mapping[str, str]
) -> Maintenance:
    on = [
        (max(begins, scene.start), min(ends, scene.end))
        for begins, ends in occurrences(window, scene.start, scene.end)
    ]
    return Maintenance(
        window=window.id or 0,
        title=window.title,
        reason=window.reason,
        author=window.author,
        created_at=cut(window.created_at),
        afterwards=window.created_at > window.starts_at,
        scope=_scope(window.scope, names),
        devices=devices,
        starts_at=cut(window.starts_at),
        ends_at=cut(window.ends_at),
        recurrence=window.recurrence or "",
        occurrences=len(on),
        in_period_seconds=whole(sum((b - a for a, b in on), timedelta())),
        cancelled_at=None if window.cancelled_at is None else cut(window.cancelled_at),
        cancelled_by=window.cancelled_by or "",
        cancel_reason=window.cancel_reason or "",
    )


def _names(scene: Scene) -> dict[str, str]:
    names: dict[str, str] = {}
    for one in scene.facts.values():
        names |= {one.id: one.name, one.site: one.site_name, one.area: one.area_name}
    return names


def _scope(scope: Scope, names: Mapping[str, str]) -> str:
    """Name what a scope takes in; of many the first, and how many more."""
    parts = [names.get(one, one) for one in (*scope.areas, *scope.sites, *scope.devices)]
    parts += [f"#{tag}" for tag in scope.tags]
    more = len(parts) - _NAMED
    return ", ".join(parts[:_NAMED]) + (f" +{more}" if more > 0 else "")
