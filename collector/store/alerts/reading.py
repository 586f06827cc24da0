"""Alerts as the process of alerts takes them up, and as people ask for them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from collector.model import Incident, IncidentEventKind, Outage, State, Transition
from collector.model.alerts import HoldReason, Severity, Stage, Thread, ThreadMember
from collector.moments import from_micros, from_micros_or_none, to_micros
from collector.store import transitions as transition_log
from collector.store.alerts import rows
from collector.store.alerts.views import (
    AlertCount,
    AlertDetail,
    AlertFilter,
    AlertRow,
    Beginning,
    FiringAlert,
    IncidentNews,
    Mark,
    NewsRow,
)
from collector.store.incidents import rows as incident_rows
from collector.store.incidents.describing import described
from collector.store.incidents.reading import changed_after
from collector.store.incidents.rows import chunks
from collector.store.outage_rows import outage
from collector.store.rows import DeviceFacts, Page
from collector.store.schema import (
    alert_decisions,
    alert_marks,
    alert_threads,
    alerts,
    devices,
    incident_events,
    incidents,
    outages,
    sites,
    thread_members,
)
from collector.store.schema import areas as area_rows

_OUT = (State.DOWN, State.UNREACHABLE)
# A look-up takes a tenth of the time of a call of the enum: `firing` reads ten thousand rows.
_STATES = {one.value: one for one in State}
_SEVERITIES = {one.value: one for one in Severity}
_STAGES: dict[str | None, Stage | None] = {None: None} | {one.value: one for one in Stage}
_REASONS: dict[str | None, HoldReason | None] = {None: None} | {
    one.value: one for one in HoldReason
}


# --- for the process of alerts ----------------------------------------------------------------


def begin(connection: Connection) -> Beginning:
    """Return where the process of alerts takes up its work."""
    open_threads = select(alert_threads.c.id).where(alert_threads.c.closed_at.is_(None))
    to_be_told = select(thread_members.c.alert_id).where(
        thread_members.c.thread_id.in_(open_threads), thread_members.c.left_at.is_(None)
    )
    roots = select(alerts.c.root).where(alerts.c.ended_at.is_(None), alerts.c.root.is_not(None))
    last_of_roots = (
        select(func.max(alerts.c.id))
        .where(alerts.c.device_id.in_(roots))
        .group_by(alerts.c.device_id)
    )
    wanted = or_(
        alerts.c.ended_at.is_(None), alerts.c.id.in_(to_be_told), alerts.c.id.in_(last_of_roots)
    )
    found = connection.execute(
        select(alerts).where(wanted).order_by(alerts.c.began_at, alerts.c.id)
    )
    within = _members().where(
        alert_threads.c.closed_at.is_(None), thread_members.c.left_at.is_(None)
    )
    threads = connection.execute(
        select(alert_threads)
        .where(alert_threads.c.closed_at.is_(None))
        .order_by(alert_threads.c.id)
    )
    known = [(rows.alert(row), rows.last_decision(row)) for row in found]
    return Beginning(
        marks=marks(connection),
        alerts=tuple(one for one, _ in known),
        decisions=tuple((one, decided) for one, decided in known if decided is not None),
        threads=tuple(rows.thread(row) for row in threads),
        members=tuple(rows.member(row) for row in connection.execute(within)),
    )


def marks(connection: Connection) -> dict[str, Mark]:
    """Return every mark by its name."""
    return {
        row.name: Mark(row.value, from_micros(row.at), row.figures)
        for row in connection.execute(select(alert_marks))
    }


def news(
    connection: Connection, after: int, limit: int, facts: Mapping[str, DeviceFacts]
) -> list[NewsRow]:
    """Return up to `limit` transitions after an id with what they are about, oldest first."""
    moved = transition_log.after(connection, after, limit)
    inside = _outages_of(connection, moved)
    concerned = {one.incident_id for one in inside.values() if one.incident_id is not None}
    staying = staying_incidents(connection, concerned)
    found = []
    for one in moved:
        within = inside.get(one.id or 0)
        found.append(
            NewsRow(
                transition=one,
                device=facts[one.device_id],
                outage=within,
                incident=None if within is None else staying.get(within.incident_id or 0),
            )
        )
    return found


def _outages_of(connection: Connection, moved: Sequence[Transition]) -> dict[int, Outage]:
    """Return the outage that each device is in by a transition, by the transition's id."""
    asking = [one for one in moved if one.new in _OUT]
    if not asking:
        return {}
    first = to_micros(min(one.at for one in asking))
    near: defaultdict[tuple[str, State], list[Outage]] = defaultdict(list)
    for some in chunks({one.device_id for one in asking}):
        query = select(outages).where(
            outages.c.device_id.in_(some),
            or_(outages.c.ended_at.is_(None), outages.c.ended_at > first),
        )
        for row in connection.execute(query.order_by(outages.c.id)):
            near[row.device_id, State(row.state)].append(outage(row))
    found = {}
    for one in asking:
        for candidate in near[one.device_id, one.new]:
            if candidate.started_at <= one.at and (
                candidate.ended_at is None or candidate.ended_at > one.at
            ):
                found[one.id or 0] = candidate
    return found


def staying_incidents(connection: Connection, incident_ids: Collection[int]) -> dict[int, Incident]:
    """Return for each incident the one that it is part of now: itself, unless it was merged."""
    known: dict[int, Incident] = {}
    wanted = set(incident_ids)
    while wanted:
        for some in chunks(wanted):
            for row in connection.execute(select(incidents).where(incidents.c.id.in_(some))):
                known[row.id] = incident_rows.incident(row)
        merged = {one.merged_into for one in known.values() if one.merged_into is not None}
        wanted = {one for one in merged if one not in known}
    return {one: _staying(known, one) for one in incident_ids if one in known}


def _staying(known: Mapping[int, Incident], incident_id: int) -> Incident:
    seen = {incident_id}
    one = known[incident_id]
    while one.merged_into is not None and one.merged_into not in seen:
        seen.add(one.merged_into)
        one = known[one.merged_into]
    return one


def incidents_of(connection: Connection, incident_ids: Collection[int]) -> list[IncidentNews]:
    """Return incidents as they are, by id."""
    found: list[Incident] = []
    reopened: dict[int, int] = {}
    for some in chunks(sorted(incident_ids)):
        query = select(incidents).where(incidents.c.id.in_(some)).order_by(incidents.c.id)
        found += [incident_rows.incident(row) for row in connection.execute(query)]
        c = incident_events.c
        again = c.kind == IncidentEventKind.REOPENED.value
        last = select(c.incident_id, func.max(c.at)).where(c.incident_id.in_(some), again)
        reopened |= {row[0]: row[1] for row in connection.execute(last.group_by(c.incident_id))}
    return [
        IncidentNews(row, from_micros_or_none(reopened.get(row.incident.id or 0)))
        for row in described(connection, found)
    ]


def changed_incidents(connection: Connection, after: int | None) -> tuple[int, list[IncidentNews]]:
    """Return the last line of all timelines, and the incidents that have lines after `after`."""
    last, changed = changed_after(connection, after)
    return last, incidents_of(connection, changed) if changed else []


# --- for people -------------------------------------------------------------------------------


def page(
    connection: Connection, wanted: AlertFilter, *, limit: int, after: str | None
) -> Page[AlertRow]:
    """Return alerts, newest first, after the place `after`. Raises ValueError for no place."""
    query = _joined().where(*_conditions(wanted)).order_by(alerts.c.id.desc())
    if after is not None:
        query = query.where(alerts.c.id < int(after))
    found = connection.execute(query.limit(limit + 1)).all()
    items = tuple(_row(one) for one in found[:limit])
    return Page(items, str(found[limit - 1].id) if len(found) > limit else None)


def detail(connection: Connection, alert_id: int) -> AlertDetail | None:
    """Return one alert with its decisions, None: there is none with this id."""
    found = connection.execute(_joined().where(alerts.c.id == alert_id)).one_or_none()
    return None if found is None else _detail(connection, found)


def at_moment(connection: Connection, device_id: str, moment: datetime) -> AlertDetail | None:
    """Return the alert of a device that was known at a moment, else the last one before it."""
    found = connection.execute(
        _joined()
        .where(alerts.c.device_id == device_id, alerts.c.confirmed_at <= to_micros(moment))
        .order_by(alerts.c.confirmed_at.desc(), alerts.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else _detail(connection, found)


def counts(connection: Connection) -> list[AlertCount]:
    """Return how many firing alerts there are by severity and by where they are held."""
    grouped = (alerts.c.severity, alerts.c.stage, alerts.c.hold_reason)
    query = select(*grouped, func.count()).where(alerts.c.ended_at.is_(None)).group_by(*grouped)
    return [
        AlertCount(
            Severity(severity),
            None if stage is None else Stage(stage),
            None if reason is None else HoldReason(reason),
            count,
        )
        for severity, stage, reason, count in connection.execute(query.order_by(*grouped))
    ]


def held_since(connection: Connection, start: datetime) -> list[tuple[str, HoldReason]]:
    """Return device and reason of every hold that was decided since, each pair once."""
    query = (
        select(alerts.c.device_id, alert_decisions.c.reason)
        .join(alerts, alerts.c.id == alert_decisions.c.alert_id)
        .where(alert_decisions.c.reason.is_not(None), alert_decisions.c.at >= to_micros(start))
        .distinct()
        .order_by(alerts.c.device_id, alert_decisions.c.reason)
    )
    return [(device_id, HoldReason(reason)) for device_id, reason in connection.execute(query)]


def thread(
    connection: Connection, thread_id: int
) -> tuple[Thread, tuple[ThreadMember, ...]] | None:
    """Return one thread with its members, None: there is none with this id."""
    query = select(alert_threads).where(alert_threads.c.id == thread_id)
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    inside = connection.execute(_members().where(thread_members.c.thread_id == thread_id))
    return rows.thread(found), tuple(rows.member(row) for row in inside)


def thread_named(
    connection: Connection, key: str, opened_at: datetime, most: int
) -> tuple[Thread, tuple[str, ...]] | None:
    """Return one thread with the devices that are in it, None: there is none such."""
    c = alert_threads.c
    named = (c.key == key) & (c.opened_at == to_micros(opened_at))
    found = connection.execute(select(alert_threads).where(named)).one_or_none()
    if found is None:
        return None
    inside = thread_members.c
    query = (
        select(inside.device_id)
        .where(inside.thread_id == found.id, inside.left_at.is_(None))
        .order_by(inside.leads.desc(), inside.device_id)
    )
    return rows.thread(found), tuple(connection.scalars(query.limit(most)))


def firing(connection: Connection) -> dict[int, FiringAlert]:
    """Return the firing alerts in few words, by id."""
    c = alerts.c
    query = select(c.id, c.device_id, c.state, c.severity, c.stage, c.hold_reason)
    return {
        number: FiringAlert(
            device_id, _STATES[state], _SEVERITIES[severity], _STAGES[stage], _REASONS[reason]
        )
        for number, device_id, state, severity, stage, reason in connection.execute(
            query.where(c.ended_at.is_(None))
        )
    }


def mark(connection: Connection) -> object:
    """Return the marks of processes, the last decision, and how many alerts are firing.

    A step moves a mark when it takes in news; without news it decides something anew, or ends an
    alert.
    """
    marked = connection.execute(select(alert_marks.c.name, alert_marks.c.value))
    decided = connection.scalar(select(func.max(alert_decisions.c.id)))
    open_now = select(func.count()).select_from(alerts).where(alerts.c.ended_at.is_(None))
    return sorted(map(tuple, marked)), decided, connection.scalar(open_now)


def _members() -> Select[Any]:
    return (
        select(
            thread_members,
            alert_threads.c.key.label("thread_key"),
            alert_threads.c.opened_at.label("thread_opened_at"),
        )
        .join(alert_threads, alert_threads.c.id == thread_members.c.thread_id)
        .order_by(thread_members.c.thread_id, thread_members.c.device_id)
    )


def _detail(connection: Connection, found: Row[Any]) -> AlertDetail:
    decided = select(alert_decisions).where(alert_decisions.c.alert_id == found.id)
    parts = [
        (row.thread_id, rows.member(row))
        for row in connection.execute(_members().where(thread_members.c.alert_id == found.id))
    ]
    told = select(alert_threads).where(alert_threads.c.id.in_([this for this, _ in parts]))
    threads = {row.id: rows.thread(row) for row in connection.execute(told)}
    return AlertDetail(
        row=_row(found),
        decisions=tuple(
            rows.decision(row) for row in connection.execute(decided.order_by(alert_decisions.c.id))
        ),
        decisions_left_out=found.decisions_left_out,
        threads=tuple((threads[this], member) for this, member in parts),
    )


def _joined() -> Select[Any]:
    return (
        select(
            alerts,
            devices.c.name.label("device_name"),
            devices.c.kind,
            devices.c.site,
            devices.c.owner,
            sites.c.name.label("site_name"),
            sites.c.area,
            area_rows.c.name.label("area_name"),
        )
        .outerjoin(devices, devices.c.id == alerts.c.device_id)
        .outerjoin(sites, sites.c.id == devices.c.site)
        .outerjoin(area_rows, area_rows.c.code == sites.c.area)
    )


def _conditions(wanted: AlertFilter) -> list[ColumnElement[bool]]:
    c = alerts.c
    found: list[ColumnElement[bool]] = []
    if wanted.firing is not None:
        found.append(c.ended_at.is_(None) if wanted.firing else c.ended_at.is_not(None))
    if wanted.held is not None:
        found.append(c.hold_reason.is_not(None) if wanted.held else c.hold_reason.is_(None))
    same: list[tuple[Any, object]] = [
        (c.stage, wanted.stage),
        (c.hold_reason, wanted.reason),
        (c.severity, wanted.severity),
        (c.state, wanted.state),
        (c.device_id, wanted.device),
        (devices.c.kind, wanted.kind),
        (devices.c.owner, wanted.owner),
        (c.incident_id, wanted.incident),
    ]
    for column, value in same:
        if value is not None:
            found.append(column == (value if isinstance(value, int) else str(value)))
    if wanted.area is not None:
        below = sites.c.area.startswith(f"{wanted.area}.", autoescape=True)
        found.append(or_(sites.c.area == wanted.area, below))
    if wanted.start is not None:
        found.append(c.confirmed_at >= to_micros(wanted.start))
    if wanted.end is not None:
        found.append(c.confirmed_at < to_micros(wanted.end))
    return found


def _row(row: Row[Any]) -> AlertRow:
    return AlertRow(
        alert=rows.alert(row),
        decision=rows.last_decision(row),
        device_name=row.device_name,
        kind=row.kind,
        site=row.site,
        site_name=row.site_name,
        area=row.area,
        area_name=row.area_name,
        owner=row.owner,
    )
