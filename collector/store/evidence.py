"""Evidence for the causes of outages, found in the store; the proposals are made anew from it.

Called with what a commit changed. Looked at are the outages that it changed, those that began
about the same time at the same site, on the same feeder or in the same area as one that it began
or took back, and those near a UPS that it found on battery. What else happened in the city is not
read: the work grows with what happened near, and a lone outage costs a handful of questions.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, or_, select

from collector.causes import (
    BATTERY_AFTER,
    BATTERY_BEFORE,
    CROWD,
    CROWD_SPAN,
    CROWDS,
    Evidence,
    Failure,
    crowded,
    narrowest,
    propose,
    ran_on_battery,
)
from collector.maintenance import Place, exclusions
from collector.model import CauseRule, Outage, Reason, State, Transition
from collector.moments import MICROSECOND, from_micros, to_micros
from collector.store import maintenance
from collector.store.outage_rows import outage
from collector.store.schema import (
    cause_corrections,
    devices,
    outages,
    sites,
)
from collector.store.witnesses import Spans, battery_spans, stands_at, witnesses_at

RECENT = 10 * 60_000_000
"""Outages that are over are reconsidered while they began within this time (microseconds)."""

_AT_ONCE = 500
_UPS = "ups"
_PLACES = dict(zip(CROWDS, ("site", "power_feeder", "area"), strict=True))

_Case = Row[Any]


@dataclass(slots=True)
class _Near:
    """What was read about the outages to reconsider."""

    planned: set[int] = field(default_factory=set)
    touched: dict[CauseRule, set[str]] = field(default_factory=dict)  # places, by kind
    crowds: dict[CauseRule, set[int]] = field(default_factory=dict)  # outages, by kind of place
    batteries: dict[tuple[str, str], Spans] = field(default_factory=dict)
    looked_beside: set[int] = field(default_factory=set)
    neighbours_up: set[int] = field(default_factory=set)


def reconsider(
    connection: Connection,
    changed: Sequence[Outage],
    begun: Sequence[Outage],
    moved: Sequence[Transition],
) -> list[Outage]:
    """Return the outages whose proposal is another now, with it; nothing is written.

    `begun` are those of `changed` that began, whose beginning moved, or that were taken back;
    `moved` are the transitions that did it. A person's correction stays in force.
    """
    now = min(to_micros(one.confirmed_at) for one in moved)
    cases = _of_ids(connection, [one.id or 0 for one in changed])
    about = _about(connection, cases, begun)
    recent = _close(about, begun, now)
    wanted = cases | recent | _near_batteries(connection, moved, now)
    if not wanted:
        return []
    near = _Near(planned=_planned(connection, list(wanted.values())))
    _find_crowds(connection, near, cases, about, begun)
    _find_batteries(connection, near, wanted.values())
    _look_beside(connection, near, cases | recent, about, begun)
    revised = (_revised(one, near) for one in wanted.values())
    return [one for one in revised if one is not None]


def _revised(case: _Case, near: _Near) -> Outage | None:
    """Return the outage with its new proposal, None when that is the one it has."""
    evidence = Evidence(
        in_maintenance=case.id in near.planned,
        on_battery=any(
            ran_on_battery(near.batteries.get(place, ()), case.started_at, case.ended_at)
            for place in (("site", case.site), ("power_feeder", case.power_feeder))
        ),
        crowd=narrowest([rule for rule in CROWDS if _in_crowd(case, rule, near)]),
        neighbours_up=(
            case.id in near.neighbours_up
            if case.id in near.looked_beside
            else case.proposed_by == CauseRule.NEIGHBOURS_UP
        ),
    )
    made = propose(State(case.state), Reason(case.reason), evidence)
    if case.proposed_by == made.rule:
        return None
    known = outage(case)
    return replace(
        known,
        proposed_cause=made.cause,
        proposed_by=made.rule,
        cause=known.cause if case.corrected else made.cause,
    )


def _in_crowd(case: _Case, rule: CauseRule, near: _Near) -> bool:
    """Say whether a case belongs to a crowd; where its place was not looked at, what was said."""
    if getattr(case, _PLACES[rule]) in near.touched.get(rule, ()):
        return case.id in near.crowds[rule]
    return bool(case.proposed_by == rule)


# --- which outages ----------------------------------------------------------------------------


def _cases(connection: Connection, *conditions: ColumnElement[bool]) -> dict[int, _Case]:
    """Return outages with the facts of their devices, by id."""
    corrected = exists().where(cause_corrections.c.outage_id == outages.c.id)
    query = (
        select(
            outages,
            devices.c.site,
            devices.c.power_feeder,
            devices.c.parents,
            sites.c.area,
            corrected.label("corrected"),
        )
        .join(devices, devices.c.id == outages.c.device_id)
        .join(sites, sites.c.id == devices.c.site)
        .where(*conditions)
    )
    return {row.id: row for row in connection.execute(query)}


def _of_ids(connection: Connection, ids: Sequence[int]) -> dict[int, _Case]:
    found: dict[int, _Case] = {}
    for first in range(0, len(ids), _AT_ONCE):
        found |= _cases(connection, outages.c.id.in_(ids[first : first + _AT_ONCE]))
    return found


def _about(
    connection: Connection, cases: Mapping[int, _Case], begun: Sequence[Outage]
) -> dict[int, _Case]:
    """Return what began about when `begun` did, in their areas and on their feeders.

    Twice the span of a crowd to each side: what is reconsidered lies within one span, and its own
    crowd within another.
    """
    own = [cases[one.id or 0] for one in begun]
    if not own:
        return {}
    starts = [one.started_at for one in own]
    low, high = min(starts) - 2 * CROWD_SPAN, max(starts) + 2 * CROWD_SPAN
    conditions: list[ColumnElement[bool]] = [outages.c.started_at.between(low, high)]
    where = {one.area for one in own}
    feeders = {one.power_feeder for one in own} - {None}
    if len(where) + len(feeders) <= _AT_ONCE:
        conditions.append(or_(sites.c.area.in_(where), devices.c.power_feeder.in_(feeders)))
    return _cases(connection, *conditions)


def _close(about: Mapping[int, _Case], begun: Sequence[Outage], now: int) -> dict[int, _Case]:
    """Return the open and the recent ones for which what began can be evidence.

    What was cut off is put down to its root, whatever else began.
    """
    if not about:
        return {}
    starts = [to_micros(one.started_at) for one in begun]
    low, high = min(starts) - CROWD_SPAN, max(starts) + CROWD_SPAN
    return {
        case.id: case
        for case in about.values()
        if case.state == State.DOWN
        and low <= case.started_at <= high
        and (case.ended_at is None or case.started_at >= now - RECENT)
    }


def _near_batteries(
    connection: Connection, moved: Sequence[Transition], now: int
) -> dict[int, _Case]:
    """Return the recent outages at the sites and on the feeders of UPSes that went on battery."""
    told = sorted({one.device_id for one in moved if one.reason is Reason.ON_BATTERY})
    found: dict[int, _Case] = {}
    for first in range(0, len(told), _AT_ONCE):
        some = told[first : first + _AT_ONCE]
        rows = connection.execute(
            select(devices.c.site, devices.c.power_feeder).where(
                devices.c.id.in_(some), devices.c.kind == _UPS
            )
        ).all()
        if rows:
            there = stands_at({row.site for row in rows}, {row.power_feeder for row in rows})
            found |= _cases(connection, outages.c.ended_at.is_(None), there)
            found |= _cases(connection, outages.c.started_at >= now - RECENT, there)
    return found


# --- the evidence -----------------------------------------------------------------------------


def _planned(connection: Connection, cases: Collection[_Case]) -> set[int]:
    """Return the ids of outages that began within a maintenance window of their device."""
    starts = [from_micros(one.started_at) for one in cases]
    low, high = min(starts), max(starts) + MICROSECOND
    windows = maintenance.touching(connection, low, high)
    if not windows:
        return set()
    places = _places(connection, {one.device_id for one in cases})
    spans = exclusions(windows, places, low, high)
    return {
        one.id
        for one, at in zip(cases, starts, strict=True)
        if any(begun <= at < over for begun, over in spans.get(one.device_id, ()))
    }


def _places(connection: Connection, device_ids: Collection[str]) -> Iterable[Place]:
    """Return where devices are, as scopes name it; of very many, where all are."""
    if len(device_ids) > _AT_ONCE:
        return maintenance.places(connection)
    query = (
        select(devices.c.id, devices.c.site, devices.c.tags, sites.c.area)
        .join(sites, sites.c.id == devices.c.site)
        .where(devices.c.id.in_(device_ids))
    )
    return [Place(row.id, row.site, row.area, tuple(row.tags)) for row in connection.execute(query)]


def _find_crowds(
    connection: Connection,
    near: _Near,
    cases: Mapping[int, _Case],
    about: Mapping[int, _Case],
    begun: Sequence[Outage],
) -> None:
    """Find the crowds at the places where something began."""
    counting = [one for one in about.values() if one.ended_at != one.started_at]
    for rule, column in _PLACES.items():
        touched = {getattr(cases[one.id or 0], column) for one in begun} - {None}
        near.touched[rule] = touched
        near.crowds[rule] = set()
        there: dict[str, list[_Case]] = defaultdict(list)
        for one in counting:
            if getattr(one, column) in touched:
                there[getattr(one, column)].append(one)
        many = {place: failed for place, failed in there.items() if _own_of(failed) >= CROWD}
        sizes = _devices_at(connection, column, many)
        for place, failed in many.items():
            standing = _standing(connection, column, place, failed)
            failures = [_failure(one) for one in failed]
            near.crowds[rule] |= crowded(failures, sizes.get(place, 0), standing)


def _own_of(failed: Iterable[_Case]) -> int:
    return sum(one.state == State.DOWN for one in failed)


def _failure(case: _Case) -> Failure:
    own = case.state == State.DOWN
    return Failure(case.id, case.device_id, case.started_at, own, tuple(case.parents))


def _devices_at(connection: Connection, column: str, places: Collection[str]) -> dict[str, int]:
    """Return how many devices in use there are at each place."""
    if not places:
        return {}
    where = sites.c.area if column == "area" else devices.c[column]
    query = (
        select(where, func.count())
        .select_from(devices)
        .join(sites, sites.c.id == devices.c.site)
        .where(devices.c.retired_at.is_(None))
        .group_by(where)
    )
    if len(places) <= _AT_ONCE:
        query = query.where(where.in_(places))
    return {row[0]: row[1] for row in connection.execute(query)}


def _standing(connection: Connection, column: str, place: str, failed: Iterable[_Case]) -> set[str]:
    """Return which parents share the power of those behind them that failed by themselves.

    They stand at the same site, or on the feeder that the place is. In an area no other is taken
    to: its parts are fed on many ways.
    """
    behind: dict[str, set[str]] = defaultdict(set)  # parent → sites of those behind it
    for one in failed:
        if one.state == State.DOWN:
            for parent in one.parents:
                behind[parent].add(one.site)
    parents, found = sorted(behind), set()
    for first in range(0, len(parents), _AT_ONCE):
        rows = connection.execute(
            select(devices.c.id, devices.c.site, devices.c.power_feeder).where(
                devices.c.id.in_(parents[first : first + _AT_ONCE])
            )
        )
        found |= {
            row.id
            for row in rows
            if behind[row.id] == {row.site}
            or (column == "power_feeder" and row.power_feeder == place)
        }
    return found


def _find_batteries(connection: Connection, near: _Near, cases: Iterable[_Case]) -> None:
    """Find from when to when the UPSes of the cases' sites and feeders ran on battery."""
    own = [one for one in cases if one.state == State.DOWN]
    if not own:
        return
    at_sites, on_feeders = {one.site for one in own}, {one.power_feeder for one in own}
    query = select(devices.c.id, devices.c.site, devices.c.power_feeder).where(
        devices.c.kind == _UPS, devices.c.retired_at.is_(None)
    )
    if len(at_sites) + len(on_feeders) <= _AT_ONCE:
        query = query.where(stands_at(at_sites, on_feeders))
    low = min(one.started_at for one in own) - BATTERY_BEFORE
    high = max(one.started_at for one in own) + BATTERY_AFTER
    for ups in connection.execute(query).all():
        spans = battery_spans(connection, ups.id, low, high)
        if spans:
            near.batteries.setdefault(("site", ups.site), []).extend(spans)
            if ups.power_feeder is not None:
                near.batteries.setdefault(("power_feeder", ups.power_feeder), []).extend(spans)


def _look_beside(
    connection: Connection,
    near: _Near,
    cases: Mapping[int, _Case],
    about: Mapping[int, _Case],
    begun: Sequence[Outage],
) -> None:
    """Find whose neighbours worked: at the same site, behind the same parent.

    Looked at are the sites where something began, at the moment when an outage was sure. One that
    failed about the same time itself is no witness, even if it still answered at that moment.
    """
    at_sites = {cases[one.id or 0].site for one in begun}
    asked = [
        one
        for one in cases.values()
        if one.state == State.DOWN and one.parents and one.site in at_sites and one.id in about
    ]
    if not asked:
        return
    sure = [one.confirmed_at for one in asked]
    beside = witnesses_at(connection, {one.site for one in asked}, min(sure), max(sure))
    failed: dict[str, list[int]] = defaultdict(list)
    for one in about.values():
        if one.ended_at != one.started_at:
            failed[one.device_id].append(one.started_at)
    for one in asked:
        near.looked_beside.add(one.id)
        if any(
            witness.device_id != one.device_id
            and witness.worked_at(one.confirmed_at)
            and all(abs(t - one.started_at) > CROWD_SPAN for t in failed[witness.device_id])
            for parent in one.parents
            for witness in beside.get((one.site, parent), ())
        ):
            near.neighbours_up.add(one.id)
