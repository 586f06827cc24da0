"""From changed outages to incidents, in the transaction that wrote the outages.

`collector.incidents` decides; here is read what it needs to know, and carried out what it says.
The work is a fixed number of statements, however many outages changed at once.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, update

from collector.incidents import (
    REOPEN_WITHIN,
    RESOLVED_AFTER,
    TAKEN_BACK,
    Case,
    Known,
    Spot,
    Sums,
    as_of,
    counts,
    join,
    names_place,
    proposal_text,
    settle,
)
from collector.model import (
    CauseCorrection,
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentGroup,
    Outage,
    State,
)
from collector.moments import from_micros_or_none, to_micros
from collector.store.incidents import rows
from collector.store.incidents.rows import COUNTS, UNRESOLVED, chunks
from collector.store.schema import devices, incident_events, incidents, outages, sites

_FEW = 500  # for more devices than this it is cheaper to ask without naming them


def record(
    connection: Connection, changed: Sequence[Outage], now: datetime | None = None
) -> list[Incident]:
    """Put outages (stored, with ids) into incidents; return the incidents this concerned.

    `changed` are new ones and those whose end or proposed cause changed. Doing it again changes
    nothing. `now` is by default the moment of the latest news among them, so that a log that is
    read again gives the same incidents.
    """
    if not changed:
        return []
    changed = list({one.id: one for one in changed}.values())  # each as it is now
    now = now or max(_known_at(one) for one in changed)
    resolve_due(connection, now)
    root_incidents = _root_incidents(connection, changed)
    known = _load(connection, changed, root_incidents.values())
    spots = rows.spots(connection, {one.device_id for one in changed if names_place(one)})
    cases = join(changed, known, spots, root_incidents, now)
    ids = _write(connection, cases)
    news = _by_incident(changed, known, cases, ids)
    concerned = {*ids, *news, *(old for case in cases for _, old in case.taken_over)}
    lines = [line for case, this in zip(cases, ids, strict=True) for line in case.told(this, now)]
    lines += _proposals_told(connection, news)
    lines += _ends_told(connection, news)
    settled, told = _settle(connection, concerned, news, now)
    rows.tell(connection, sorted(lines + told, key=lambda line: line.at))
    resolve_due(connection, now)  # a log that is read again may have told of last year
    return settled


def tell_correction(connection: Connection, correction: CauseCorrection) -> None:
    """Tell a person's word on the cause of an outage in the timeline of its incident.

    The text is the cause class and the person's reason, a blank between.
    """
    incident_id = connection.scalar(
        select(outages.c.incident_id).where(outages.c.id == correction.outage_id)
    )
    if incident_id is not None:
        line = IncidentEvent(
            incident_id,
            IncidentEventKind.CAUSE_CORRECTED,
            correction.made_at,
            correction.author,
            f"{correction.cause} {correction.reason}",
            correction.outage_id,
        )
        rows.tell(connection, [line])


def resolve_due(connection: Connection, now: datetime) -> None:
    """Resolve what recovered RESOLVED_AFTER ago, at the exact moment, however late this is."""
    limit = to_micros(now - RESOLVED_AFTER)
    due = select(incidents).where(UNRESOLVED, incidents.c.recovered_at <= limit)
    done = [as_of(rows.incident(row), now) for row in connection.execute(due)]
    rows.save_all(connection, done)
    rows.tell(
        connection,
        [
            IncidentEvent(one.id or 0, IncidentEventKind.RESOLVED, one.resolved_at or now)
            for one in done
        ],
    )


# --- what is known ----------------------------------------------------------------------------


def _root_incidents(connection: Connection, changed: Sequence[Outage]) -> dict[int, int]:
    """Return the incidents of roots' outages that were stored before, by outage id."""
    new = {one.id for one in changed if one.incident_id is None}
    roots = {
        one.root_outage_id
        for one in changed
        if one.incident_id is None and one.root_outage_id is not None
    }
    query = select(outages.c.id, outages.c.incident_id).where(outages.c.incident_id.is_not(None))
    return {
        row.id: row.incident_id
        for some in chunks(roots - new)
        for row in connection.execute(query.where(outages.c.id.in_(some)))
    }


def _load(connection: Connection, changed: Sequence[Outage], more: Collection[int]) -> list[Known]:
    """Return the incidents that may concern these outages: theirs, `more`, and those around."""
    waiting = [one for one in changed if one.incident_id is None and counts(one)]
    members: dict[int, set[str]] = {}
    wanted = {one.incident_id for one in changed if one.incident_id is not None} | set(more)
    places: set[int] = set()
    if waiting or any(names_place(one) for one in changed):
        since = to_micros(min(one.started_at for one in changed) - REOPEN_WITHIN)
        live = UNRESOLVED & or_(
            incidents.c.recovered_at.is_(None), incidents.c.recovered_at > since
        )
        about = {
            one.root or one.device_id if one.state is State.UNREACHABLE else one.device_id
            for one in waiting
        }
        members = _incidents_of(connection, about, live)
        if any(names_place(one) for one in changed):
            is_place = incidents.c.group != IncidentGroup.DEVICE.value
            places = set(connection.scalars(select(incidents.c.id).where(live, is_place)))
    found = _unresolved(connection, {*wanted, *members, *places})
    sums = _sums(connection, found)
    where = _spots_of(connection, places & set(found))
    return [
        Known(one, sums[this], frozenset(members.get(this, ())), frozenset(where.get(this, ())))
        for this, one in found.items()
    ]


def _incidents_of(
    connection: Connection, device_ids: Collection[str], live: ColumnElement[bool]
) -> dict[int, set[str]]:
    """Return the live incidents in which devices were down, or that are about them."""
    found: dict[int, set[str]] = {}
    down = (
        select(outages.c.incident_id, outages.c.device_id)
        .join(incidents, incidents.c.id == outages.c.incident_id)
        .where(live, outages.c.state == State.DOWN.value, COUNTS)
        .distinct()
    )
    about = select(incidents.c.id, incidents.c.group_key).where(
        live, incidents.c.group == IncidentGroup.DEVICE.value
    )
    for query, column in ((down, outages.c.device_id), (about, incidents.c.group_key)):
        if len(device_ids) > _FEW:
            asked = [query]
        else:
            asked = [query.where(column.in_(some)) for some in chunks(device_ids)]
        for one in asked:
            for incident_id, device_id in connection.execute(one):
                if device_id in device_ids:
                    found.setdefault(incident_id, set()).add(device_id)
    return found


def _unresolved(connection: Connection, wanted: Collection[int]) -> dict[int, Incident]:
    return {
        row.id: rows.incident(row)
        for some in chunks(wanted)
        for row in connection.execute(select(incidents).where(UNRESOLVED, incidents.c.id.in_(some)))
    }


def _sums(connection: Connection, wanted: Collection[int]) -> dict[int, Sums]:
    """Return what the outages of incidents come to, also of those that have none."""
    found = dict.fromkeys(wanted, Sums())
    query = (
        select(
            outages.c.incident_id,
            func.count(),
            func.count() - func.count(outages.c.ended_at),
            func.min(outages.c.started_at),
            func.max(outages.c.started_at),
            func.max(outages.c.ended_at),
        )
        .where(COUNTS)
        .group_by(outages.c.incident_id)
    )
    for some in chunks(wanted):
        for row in connection.execute(query.where(outages.c.incident_id.in_(some))):
            incident_id, counting, out, *moments = row
            found[incident_id] = Sums(counting, out, *map(from_micros_or_none, moments))
    return found


def _spots_of(connection: Connection, wanted: Collection[int]) -> dict[int, set[Spot]]:
    """Return where devices were down, for each of these incidents."""
    found: dict[int, set[Spot]] = {}
    if not wanted:
        return found
    above = rows.areas_above(connection)
    query = (
        select(outages.c.incident_id, devices.c.site, devices.c.power_feeder, sites.c.area)
        .join(devices, devices.c.id == outages.c.device_id)
        .join(sites, sites.c.id == devices.c.site)
        .where(outages.c.state == State.DOWN.value, COUNTS)
        .distinct()
    )
    for some in chunks(wanted):
        for row in connection.execute(query.where(outages.c.incident_id.in_(some))):
            spot = Spot(row.site, row.power_feeder, above[row.area])
            found.setdefault(row.incident_id, set()).add(spot)
    return found


# --- what is done -----------------------------------------------------------------------------


def _write(connection: Connection, cases: Sequence[Case]) -> list[int]:
    """Open, change and merge incidents and move outages; return the cases' ids in order."""
    opened = iter(rows.open_all(connection, [c.incident for c in cases if c.incident.id is None]))
    ids = [next(opened) if c.incident.id is None else c.incident.id for c in cases]
    placed = list(zip(cases, ids, strict=True))
    rows.save_all(connection, [c.incident for c in cases if c.incident.id is not None])
    rows.save_all(
        connection,
        [replace(one, merged_into=this) for case, this in placed for one in case.merged],
    )
    for case, this in placed:
        merged = [one.id or 0 for one in case.merged]
        taken = [outage_id for outage_id, _ in case.taken_over]
        left = [old for _, old in case.taken_over]
        move = update(outages).values(incident_id=this)
        for some in chunks(merged):
            connection.execute(move.where(outages.c.incident_id.in_(some)))
            went = update(incidents).where(incidents.c.merged_into.in_(some))
            connection.execute(went.values(merged_into=this))  # always names the one in force
        for some in chunks(taken):
            connection.execute(move.where(outages.c.id.in_(some)))
            behind = outages.c.root_outage_id.in_(some) & outages.c.incident_id.in_(left)
            connection.execute(move.where(behind))
    joined = [{"this": one.id, "home": this} for case, this in placed for one in case.joined]
    if joined:
        connection.execute(
            update(outages)
            .where(outages.c.id == bindparam("this"))
            .values(incident_id=bindparam("home")),
            joined,
        )
    return ids


def _by_incident(
    changed: Sequence[Outage], known: Sequence[Known], cases: Sequence[Case], ids: Sequence[int]
) -> dict[int, list[Outage]]:
    """Return the changed outages by the incident in which they are now, unless it is resolved."""
    moved: dict[int | None, int] = {}
    home = {one.incident.id: one.incident.id for one in known}
    for case, this in zip(cases, ids, strict=True):
        moved |= {one.id: this for one in case.joined}
        moved |= {outage_id: this for outage_id, _ in case.taken_over}
        home |= {one.id: this for one in case.merged}
    found: defaultdict[int, list[Outage]] = defaultdict(list)
    for one in changed:
        now_in = moved.get(one.id, home.get(one.incident_id))
        if now_in is not None:
            found[now_in].append(one)
    return found


def _proposals_told(
    connection: Connection, news: Mapping[int, Sequence[Outage]]
) -> list[IncidentEvent]:
    """Return CAUSE_PROPOSED for what was not yet said in an incident: each proposal once."""
    kind = IncidentEventKind.CAUSE_PROPOSED
    query = select(incident_events.c.incident_id, incident_events.c.text).distinct()
    said = {
        (row.incident_id, row.text)
        for some in chunks(news)
        for row in connection.execute(
            query.where(
                incident_events.c.incident_id.in_(some), incident_events.c.kind == kind.value
            )
        )
    }
    lines = []
    for incident_id, some_outages in news.items():
        for one in some_outages:
            text = proposal_text(one)
            if text is not None and (incident_id, text) not in said and counts(one):
                said.add((incident_id, text))
                at = one.confirmed_at
                lines.append(IncidentEvent(incident_id, kind, at, text=text, outage_id=one.id))
    return lines


def _ends_told(connection: Connection, news: Mapping[int, Sequence[Outage]]) -> list[IncidentEvent]:
    """Return OUTAGE_ENDED for outages of which it was not yet told; taken back ones say so."""
    kind = IncidentEventKind.OUTAGE_ENDED
    ended = {
        one.id: (this, one)
        for this, some_outages in news.items()
        for one in some_outages
        if one.ended_at is not None
    }
    query = select(incident_events.c.outage_id).where(incident_events.c.kind == kind.value)
    for some in chunks(list(ended)):
        for outage_id in connection.scalars(query.where(incident_events.c.outage_id.in_(some))):
            del ended[outage_id]
    return [
        IncidentEvent(
            this, kind, _known_at(one), text="" if counts(one) else TAKEN_BACK, outage_id=one.id
        )
        for this, one in ended.values()
    ]


def _settle(
    connection: Connection,
    concerned: Collection[int],
    news: Mapping[int, Sequence[Outage]],
    now: datetime,
) -> tuple[list[Incident], list[IncidentEvent]]:
    """Let incidents recover, open again or be taken back; return them and what is to be told."""
    sums = _sums(connection, concerned)
    settled, moved, lines = [], [], []
    for this, one in _unresolved(connection, concerned).items():
        at = max((_known_at(outage) for outage in news.get(this, ())), default=now)
        after, told = settle(one, sums[this], at)
        settled.append(after)
        if after != one:
            moved.append(after)
        text = after.resolution or ""
        lines += [IncidentEvent(this, kind, at, text=text) for kind in told]
    rows.save_all(connection, moved)
    return settled, lines


def _known_at(outage: Outage) -> datetime:
    """Return the moment of the latest news about an outage."""
    if outage.ended_at is None:
        return outage.confirmed_at
    return max(outage.confirmed_at, outage.end_confirmed_at or outage.ended_at)
