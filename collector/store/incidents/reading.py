"""Incidents as people ask for them: pages, one with its timeline, figures.

Time alone resolves an incident (`collector.incidents.as_of`); here it is reckoned in, whether or
not a transaction has noted it already.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    RowMapping,
    ScalarSelect,
    Select,
    and_,
    func,
    or_,
    select,
)

from collector.incidents import RESOLVED_AFTER, TAKEN_BACK, as_of
from collector.model import (
    CauseClass,
    IncidentEvent,
    IncidentEventKind,
)
from collector.moments import to_micros
from collector.store.incidents import rows
from collector.store.incidents.describing import described
from collector.store.incidents.rows import COUNTS, DOWN
from collector.store.incidents.views import (
    IncidentDetail,
    IncidentFigures,
    IncidentFilter,
    IncidentPhase,
    IncidentRow,
    IncidentSummary,
)
from collector.store.outage_rows import outage
from collector.store.rows import Page
from collector.store.schema import devices, incident_events, incidents, outages, sites

OUTAGES_SHOWN = 200  # of one incident; the rest is in the list of outages
LINES_SHOWN = 500

_OF_ONE_OUTAGE = (IncidentEventKind.OUTAGE_JOINED.value, IncidentEventKind.OUTAGE_ENDED.value)
_OF_PEOPLE = (
    IncidentEventKind.ACKNOWLEDGED.value,
    IncidentEventKind.UNACKNOWLEDGED.value,
    IncidentEventKind.NOTE.value,
)


def page(
    connection: Connection, wanted: IncidentFilter, now: datetime, *, limit: int, after: str | None
) -> Page[IncidentRow]:
    """Return incidents, newest first, after the place `after`. Raises ValueError for no place."""
    query = select(incidents).where(*_conditions(wanted, now))
    if after is not None:
        started, incident_id = (int(part) for part in after.split(":"))
        query = query.where(
            or_(
                incidents.c.started_at < started,
                and_(incidents.c.started_at == started, incidents.c.id < incident_id),
            )
        )
    query = query.order_by(incidents.c.started_at.desc(), incidents.c.id.desc())
    found = connection.execute(query.limit(limit + 1)).all()
    shown = found[:limit]
    following = f"{shown[-1].started_at}:{shown[-1].id}" if len(found) > limit else None
    found_now = [as_of(rows.incident(row), now) for row in shown]
    return Page(tuple(described(connection, found_now)), following)


def detail(connection: Connection, incident_id: int, now: datetime) -> IncidentDetail | None:
    """Return one incident with its timeline and outages, None when there is none with this id."""
    found = rows.one(connection, incident_id)
    if found is None:
        return None
    (row,) = described(connection, [as_of(found, now)])
    parts = _parts_of(incident_id).order_by(incidents.c.id).limit(LINES_SHOWN)
    single = incident_events.c.kind.in_(_OF_ONE_OUTAGE)
    asked = select(incident_events).where(_lines_of(incident_id))
    lines = [
        *connection.execute(asked.where(~single).order_by(*_IN_TIME).limit(LINES_SHOWN)),
        *connection.execute(asked.where(single).order_by(*_IN_TIME).limit(OUTAGES_SHOWN)),
    ]
    total = connection.scalar(select(func.count()).where(_lines_of(incident_id))) or 0
    inside = (
        select(outages, devices.c.name)
        .join(devices, devices.c.id == outages.c.device_id)
        .where(outages.c.incident_id == incident_id, COUNTS)
    )
    inside = inside.order_by(outages.c.started_at, outages.c.id).limit(OUTAGES_SHOWN)
    return IncidentDetail(
        row=row,
        merged=tuple(connection.scalars(parts)),
        timeline=tuple(
            rows.event(line) for line in sorted(lines, key=lambda one: (one.at, one.id))
        ),
        lines_left_out=total - len(lines),
        outages=tuple((outage(one), one.name) for one in connection.execute(inside)),
    )


def timeline(
    connection: Connection, incident_id: int, *, limit: int, after: str | None
) -> Page[IncidentEvent] | None:
    """Return all lines of a timeline, oldest first; None when there is no such incident."""
    if rows.one(connection, incident_id) is None:
        return None
    query = select(incident_events).where(_lines_of(incident_id)).order_by(*_IN_TIME)
    if after is not None:
        at, line_id = (int(part) for part in after.split(":"))
        later = incident_events.c.at > at
        query = query.where(
            or_(later, (incident_events.c.at == at) & (incident_events.c.id > line_id))
        )
    found = connection.execute(query.limit(limit + 1)).all()
    following = f"{found[limit - 1].at}:{found[limit - 1].id}" if len(found) > limit else None
    return Page(tuple(rows.event(line) for line in found[:limit]), following)


def changed_after(connection: Connection, line_id: int | None) -> tuple[int, frozenset[int]]:
    """Return the last line's id, and the incidents that have lines after `line_id`."""
    last = connection.scalar(select(func.max(incident_events.c.id))) or 0
    if line_id is None or line_id >= last:
        return last, frozenset()
    changed = select(incident_events.c.incident_id).where(incident_events.c.id > line_id)
    return last, frozenset(connection.scalars(changed.distinct()))


def summary(connection: Connection, wanted: IncidentFilter, now: datetime) -> IncidentSummary:
    """Return the figures of the incidents that are wanted; what was taken back is none."""
    gone = (incidents.c.resolution == TAKEN_BACK) & incidents.c.resolved_by.is_(None)
    query = select(
        incidents.c.id,
        incidents.c.started_at,
        incidents.c.opened_at,
        incidents.c.acknowledged_at,
        incidents.c.recovered_at,
        _cause_of_most().label("cause"),
    ).where(*_conditions(wanted, now), func.coalesce(~gone, True))
    everything = _Tally()
    by_cause: defaultdict[CauseClass, _Tally] = defaultdict(_Tally)
    for row in connection.execute(query.order_by(incidents.c.id)).mappings():
        for tally in (everything, by_cause[CauseClass(row["cause"] or CauseClass.UNKNOWN)]):
            tally.add(row, to_micros(now))
    return IncidentSummary(
        everything.figures(), {cause: by_cause[cause].figures() for cause in sorted(by_cause)}
    )


@dataclass(slots=True)
class _Tally:
    """Sums on the way to figures, in microseconds."""

    count: int = 0
    acknowledged: int = 0
    waited: int = 0
    waited_from_start: int = 0
    recovered: int = 0
    lasted: int = 0
    longest: tuple[int, int] | None = None  # how long, and minus the id: the earlier of equals

    def add(self, row: RowMapping, now: int) -> None:
        self.count += 1
        if row["acknowledged_at"] is not None:
            self.acknowledged += 1
            self.waited += max(0, row["acknowledged_at"] - row["opened_at"])
            self.waited_from_start += max(0, row["acknowledged_at"] - row["started_at"])
        if row["recovered_at"] is not None:
            self.recovered += 1
            self.lasted += row["recovered_at"] - row["started_at"]
        until = now if row["recovered_at"] is None else row["recovered_at"]
        own = max(0, until - row["started_at"]), -row["id"]
        self.longest = own if self.longest is None else max(self.longest, own)

    def figures(self) -> IncidentFigures:
        return IncidentFigures(
            count=self.count,
            acknowledged=self.acknowledged,
            to_acknowledge=_mean(self.waited, self.acknowledged),
            to_acknowledge_from_start=_mean(self.waited_from_start, self.acknowledged),
            recovered=self.recovered,
            to_recover=_mean(self.lasted, self.recovered),
            longest=None if self.longest is None else self.longest[0],
            longest_id=None if self.longest is None else -self.longest[1],
        )


def _mean(total: int, count: int) -> int | None:
    return total // count if count else None


# --- which ones -------------------------------------------------------------------------------

_IN_TIME = (incident_events.c.at, incident_events.c.id)


def _conditions(wanted: IncidentFilter, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if not wanted.merged:
        found.append(incidents.c.merged_into.is_(None))
    if wanted.phase is not None:
        found.append(_in_phase(wanted.phase, to_micros(now - RESOLVED_AFTER)))
    if wanted.unacknowledged:
        found.append(incidents.c.acknowledged_at.is_(None))
    if wanted.start is not None:
        found.append(incidents.c.started_at >= to_micros(wanted.start))
    if wanted.end is not None:
        found.append(incidents.c.started_at < to_micros(wanted.end))
    if wanted.cause is not None:
        found.append(_cause_of_most() == wanted.cause.value)
    where: list[ColumnElement[bool]] = []
    if wanted.device is not None:
        where.append(outages.c.device_id == wanted.device)
    if wanted.site is not None:
        where.append(devices.c.site == wanted.site)
    if wanted.area is not None:
        below = sites.c.area.startswith(f"{wanted.area}.", autoescape=True)
        where.append(or_(sites.c.area == wanted.area, below))
    if where:
        struck = (
            select(outages.c.incident_id)
            .join(devices, devices.c.id == outages.c.device_id)
            .join(sites, sites.c.id == devices.c.site)
        )
        found.append(incidents.c.id.in_(struck.where(COUNTS, *where)))
    return found


def _in_phase(phase: IncidentPhase, limit: int) -> ColumnElement[bool]:
    """Say which incidents are in a phase; `limit`: what recovered by then has resolved itself."""
    unresolved = incidents.c.resolved_at.is_(None)
    if phase is IncidentPhase.OPEN:
        return unresolved & incidents.c.recovered_at.is_(None)
    if phase is IncidentPhase.RECOVERED:
        return unresolved & (incidents.c.recovered_at > limit)
    return ~unresolved | (incidents.c.recovered_at <= limit)


def _cause_of_most() -> ScalarSelect[Any]:
    """The cause in force of most of an incident's own outages, of equals the earliest."""
    return (
        select(outages.c.cause)
        .where(outages.c.incident_id == incidents.c.id, COUNTS)
        .group_by(outages.c.cause)
        .order_by(
            func.sum(DOWN).desc(),
            func.count().desc(),
            func.min(outages.c.started_at),
            outages.c.cause,
        )
        .limit(1)
        .correlate(incidents)
        .scalar_subquery()
    )


def _parts_of(incident_id: int) -> Select[tuple[int]]:
    """The ids of the incidents that became part of one."""
    return select(incidents.c.id).where(incidents.c.merged_into == incident_id)


def _lines_of(incident_id: int) -> ColumnElement[bool]:
    """The lines of a timeline: its own, and what people said in those that became part of it."""
    said = incident_events.c.kind.in_(_OF_PEOPLE)
    merged = incident_events.c.incident_id.in_(_parts_of(incident_id))
    return or_(incident_events.c.incident_id == incident_id, merged & said)


def _in_time(row: Row[Any]) -> tuple[int, int]:
    return row.at, row.id
