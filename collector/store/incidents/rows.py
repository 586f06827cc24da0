"""Rows of incidents and their timelines as values, and back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, bindparam, case, insert, select, update

from collector.incidents import Spot
from collector.model import Incident, IncidentEvent, IncidentEventKind, IncidentGroup, State
from collector.moments import from_micros, from_micros_or_none, to_micros, to_micros_or_none
from collector.store.schema import areas, devices, incident_events, incidents, outages, sites

_AT_ONCE = 500  # SQLite takes 32,766 parameters in a statement
_T = TypeVar("_T")

COUNTS = outages.c.ended_at.is_(None) | (outages.c.ended_at > outages.c.started_at)
"""An outage counts unless it was taken back."""

DOWN = case((outages.c.state == State.DOWN.value, 1), else_=0)
"""1 for a device's own outage."""

UNRESOLVED = incidents.c.resolved_at.is_(None) & incidents.c.merged_into.is_(None)


def chunks(wanted: Collection[_T]) -> Iterator[list[_T]]:
    """Yield what is wanted in pieces that fit into one statement."""
    left = iter(wanted)
    while piece := list(islice(left, _AT_ONCE)):
        yield piece


def incident(row: Row[Any] | Mapping[str, Any]) -> Incident:
    """Return a row of `incidents` as a value."""
    found: Any = row._mapping if isinstance(row, Row) else row  # noqa: SLF001 - SQLAlchemy's API
    return Incident(
        group=IncidentGroup(found["group"]),
        group_key=found["group_key"],
        started_at=from_micros(found["started_at"]),
        opened_at=from_micros(found["opened_at"]),
        recovered_at=from_micros_or_none(found["recovered_at"]),
        acknowledged_at=from_micros_or_none(found["acknowledged_at"]),
        acknowledged_by=found["acknowledged_by"],
        resolved_at=from_micros_or_none(found["resolved_at"]),
        resolved_by=found["resolved_by"],
        resolution=found["resolution"],
        merged_into=found["merged_into"],
        id=found["id"],
    )


def event(row: Row[Any]) -> IncidentEvent:
    """Return a row of `incident_events` as a value."""
    return IncidentEvent(
        incident_id=row.incident_id,
        kind=IncidentEventKind(row.kind),
        at=from_micros(row.at),
        author=row.author,
        text=row.text,
        outage_id=row.outage_id,
        id=row.id,
    )


def one(connection: Connection, incident_id: int) -> Incident | None:
    """Return one incident, None when there is none with this id."""
    row = connection.execute(select(incidents).where(incidents.c.id == incident_id)).one_or_none()
    return None if row is None else incident(row)


def open_all(connection: Connection, opened: Sequence[Incident]) -> list[int]:
    """Insert new incidents; return their ids, in the same order."""
    if not opened:
        return []
    found = connection.execute(
        insert(incidents).returning(incidents.c.id, sort_by_parameter_order=True),
        [_columns(value) for value in opened],
    )
    return [row.id for row in found]


def save_all(connection: Connection, changed: Sequence[Incident]) -> None:
    """Overwrite incidents that have an id."""
    if changed:
        statement = update(incidents).where(incidents.c.id == bindparam("this"))
        connection.execute(statement, [_columns(value) | {"this": value.id} for value in changed])


def tell(connection: Connection, lines: Sequence[IncidentEvent]) -> None:
    """Append lines to timelines, in the given order."""
    if lines:
        connection.execute(
            insert(incident_events),
            [
                {
                    "incident_id": line.incident_id,
                    "kind": line.kind.value,
                    "at": to_micros(line.at),
                    "author": line.author,
                    "text": line.text,
                    "outage_id": line.outage_id,
                }
                for line in lines
            ],
        )


def spots(connection: Connection, device_ids: Collection[str]) -> dict[str, Spot]:
    """Return where devices stand, by id."""
    above = areas_above(connection)
    found: dict[str, Spot] = {}
    query = select(devices.c.id, devices.c.site, devices.c.power_feeder, sites.c.area).join(
        sites, sites.c.id == devices.c.site
    )
    for some in chunks(device_ids):
        for row in connection.execute(query.where(devices.c.id.in_(some))):
            found[row.id] = Spot(row.site, row.power_feeder, above[row.area])
    return found


def areas_above(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Return every area's code with those above it, narrowest first."""
    parents = {row.code: row.parent for row in connection.execute(select(areas))}
    found = {}
    for code in parents:
        path = [code]
        while (parent := parents.get(path[-1])) in parents and parent not in path:
            path.append(parent)
        found[code] = tuple(path)
    return found


def _columns(value: Incident) -> dict[str, object]:
    return {
        "group": value.group.value,
        "group_key": value.group_key,
        "started_at": to_micros(value.started_at),
        "opened_at": to_micros(value.opened_at),
        "recovered_at": to_micros_or_none(value.recovered_at),
        "acknowledged_at": to_micros_or_none(value.acknowledged_at),
        "acknowledged_by": value.acknowledged_by,
        "resolved_at": to_micros_or_none(value.resolved_at),
        "resolved_by": value.resolved_by,
        "resolution": value.resolution,
        "merged_into": value.merged_into,
    }
