"""What incidents come to, for people: what they are about, whose they are, what is out now."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, select

from collector.model import CauseClass, CauseRule, Incident, IncidentGroup, State
from collector.store.incidents.rows import COUNTS, DOWN, chunks
from collector.store.incidents.views import IncidentRow
from collector.store.schema import areas, devices, outages, sites
from collector.uptime import responsible


class _Lead(NamedTuple):
    """The device that an incident is about, or that failed first, and who owns what there."""

    device_id: str
    device_name: str
    site: str
    site_name: str
    area: str
    owner: str | None
    link_owner: str | None
    power_owner: str | None


@dataclass(slots=True)
class _Inside:
    """What the outages of one incident come to."""

    down: int = 0
    unreachable: int = 0
    outages: int = 0
    by_cause: dict[CauseClass, list[Row[Any]]] = field(default_factory=dict)

    def cause(self) -> tuple[CauseClass, CauseRule | None]:
        """Return the cause of most, as filters reckon it, and the rule of most of those."""
        if not self.by_cause:
            return CauseClass.UNKNOWN, CauseRule.NO_EVIDENCE
        cause = min(self.by_cause, key=self._most)
        proposed = [row for row in self.by_cause[cause] if row.proposed_cause == row.cause]
        if not proposed:
            return cause, None
        best = max(proposed, key=lambda row: (row.state == State.DOWN, row.number, -row.first))
        return cause, CauseRule(best.proposed_by)

    def _most(self, cause: CauseClass) -> tuple[int, int, int, str]:
        own = self.by_cause[cause]
        down = sum(row.number for row in own if row.state == State.DOWN)
        return -down, -sum(row.number for row in own), min(row.first for row in own), cause


def described(connection: Connection, found: Sequence[Incident]) -> list[IncidentRow]:
    """Return incidents as people ask for them, in the given order; some statements for all."""
    ids = [one.id or 0 for one in found]
    inside = _insides(connection, ids)
    spread = _spread(connection, ids)
    leads = _leads(connection, found)
    names = {row.code: row.name for row in connection.execute(select(areas))}
    return [
        _row(
            one,
            inside.get(one.id or 0, _Inside()),
            spread.get(one.id or 0, (0, 0, 0)),
            leads.get(one.id or 0),
            names,
        )
        for one in found
    ]


def _row(
    one: Incident,
    inside: _Inside,
    spread: tuple[int, int, int],
    lead: _Lead | None,
    names: Mapping[str, str],
) -> IncidentRow:
    cause, rule = inside.cause()
    area = None if lead is None else lead.area
    if one.group is IncidentGroup.AREA:
        area = one.group_key
    at_site = lead if one.group in (IncidentGroup.DEVICE, IncidentGroup.SITE) else None
    itself = lead if one.group is IncidentGroup.DEVICE else None
    return IncidentRow(
        incident=one,
        device=itself.device_id if itself is not None else None,
        device_name=itself.device_name if itself is not None else None,
        site=at_site.site if at_site is not None else None,
        site_name=at_site.site_name if at_site is not None else None,
        area=area,
        area_name=names.get(area or ""),
        cause=cause,
        rule=rule,
        responsible=None if lead is None else responsible(cause, lead),
        down=inside.down,
        unreachable=inside.unreachable,
        outages=inside.outages,
        devices=spread[0],
        sites=spread[1],
        areas=spread[2],
    )


def _insides(connection: Connection, ids: Collection[int]) -> dict[int, _Inside]:
    columns = outages.c
    kinds = (
        columns.incident_id,
        columns.state,
        columns.cause,
        columns.proposed_cause,
        columns.proposed_by,
    )
    query = (
        select(
            *kinds,
            func.count().label("number"),
            (func.count() - func.count(columns.ended_at)).label("on"),
            func.min(columns.started_at).label("first"),
        )
        .where(COUNTS)
        .group_by(*kinds)
    )
    found: defaultdict[int, _Inside] = defaultdict(_Inside)
    for some in chunks(ids):
        for row in connection.execute(query.where(columns.incident_id.in_(some))):
            one = found[row.incident_id]
            one.outages += row.number
            if row.state == State.DOWN:
                one.down += row.on
            else:
                one.unreachable += row.on
            one.by_cause.setdefault(CauseClass(row.cause), []).append(row)
    return found


def _spread(connection: Connection, ids: Collection[int]) -> dict[int, tuple[int, int, int]]:
    """Return how many devices, sites and areas each incident struck."""
    query = (
        select(
            outages.c.incident_id,
            func.count(outages.c.device_id.distinct()),
            func.count(devices.c.site.distinct()),
            func.count(sites.c.area.distinct()),
        )
        .join(devices, devices.c.id == outages.c.device_id)
        .join(sites, sites.c.id == devices.c.site)
        .where(COUNTS)
        .group_by(outages.c.incident_id)
    )
    return {
        incident_id: (some_devices, some_sites, some_areas)
        for some in chunks(ids)
        for incident_id, some_devices, some_sites, some_areas in connection.execute(
            query.where(outages.c.incident_id.in_(some))
        )
    }


def _leads(connection: Connection, found: Sequence[Incident]) -> dict[int, _Lead]:
    """Return for each incident the device it is about, or the one that failed first."""
    place = select(
        devices.c.id.label("device_id"),
        devices.c.name.label("device_name"),
        devices.c.site,
        sites.c.name.label("site_name"),
        sites.c.area,
        devices.c.owner,
        devices.c.link_owner,
        devices.c.power_owner,
    ).join(sites, sites.c.id == devices.c.site)
    rank = (
        func.row_number()
        .over(
            partition_by=outages.c.incident_id,
            order_by=(DOWN.desc(), outages.c.started_at, outages.c.id),
        )
        .label("rank")
    )
    leading: dict[int, str] = {
        one.id or 0: one.group_key for one in found if one.group is IncidentGroup.DEVICE
    }
    for some in chunks([one.id or 0 for one in found if one.group is not IncidentGroup.DEVICE]):
        ranked = select(outages.c.incident_id, outages.c.device_id, rank).where(
            outages.c.incident_id.in_(some), COUNTS
        )
        first = ranked.subquery()
        for row in connection.execute(select(first).where(first.c.rank == 1)):
            leading[row.incident_id] = row.device_id
    where = {
        row.device_id: _Lead(*row)
        for some in chunks(set(leading.values()))
        for row in connection.execute(place.where(devices.c.id.in_(some)))
    }
    return {this: where[device] for this, device in leading.items() if device in where}
