"""What else was seen at a place and a time: UPSes on battery, and devices that worked.

Read from the log of transitions, since what is believed now says little about an outage that is
looked at later. All moments are whole microseconds.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from collector.model import Reason, State
from collector.store.schema import device_states, devices, transitions

Spans = list[tuple[int, int | None]]
"""From when to when (None: still) something was so."""

_AT_ONCE = 500
_NEIGHBOURS = 50  # looked at for one outage at most
_WORKING = (State.UP.value, State.DEGRADED.value)


def stands_at(at_sites: Collection[str], on_feeders: Collection[str | None]) -> ColumnElement[bool]:
    """Return the condition that a device stands at one of these sites, or on one of the feeders."""
    feeders = {feeder for feeder in on_feeders if feeder is not None}
    if not feeders:
        return devices.c.site.in_(at_sites)
    return or_(devices.c.site.in_(at_sites), devices.c.power_feeder.in_(feeders))


def battery_spans(connection: Connection, ups: str, low: int, high: int) -> Spans:
    """Return from when to when a UPS ran on battery, as far as it matters between two moments.

    A UPS that was degraded for another reason goes on battery without a transition: then its last
    result tells.
    """
    columns = (transitions.c.at, transitions.c.reason)
    of_it = transitions.c.device_id == ups
    held = connection.execute(
        select(*columns)
        .where(of_it, transitions.c.at <= low)
        .order_by(transitions.c.at.desc(), transitions.c.id.desc())
        .limit(1)
    ).all()
    within = connection.execute(
        select(*columns)
        .where(of_it, transitions.c.at > low, transitions.c.at <= high)
        .order_by(transitions.c.id)
    ).all()
    told = [*held, *within]
    spans: Spans = []
    for place, row in enumerate(told):
        if row.reason == Reason.ON_BATTERY:
            over = told[place + 1].at if place + 1 < len(told) else None
            spans.append((row.at, over))
    last = connection.scalar(
        select(device_states.c.last_result_at).where(
            device_states.c.device_id == ups, device_states.c.reason == Reason.ON_BATTERY.value
        )
    )
    if last is not None:
        spans.append((last, None))
    return spans


@dataclass(frozen=True, slots=True)
class Witness:
    """A device that may have worked: what it was, then what it became, in order of id."""

    device_id: str
    told: list[tuple[int, str]]

    def worked_at(self, moment: int) -> bool:
        """Say whether it worked: the last word among those that begin by then."""
        for at, new in reversed(self.told):
            if at <= moment:
                return new in _WORKING
        return False


def witnesses_at(
    connection: Connection, at_sites: Collection[str], low: int, high: int
) -> dict[tuple[str, str], list[Witness]]:
    """Return the devices at sites by (site, parent), with their states between two moments."""
    there = and_(devices.c.retired_at.is_(None), _among(at_sites))
    held = (
        select(transitions.c.new)
        .where(transitions.c.device_id == devices.c.id, transitions.c.at <= low)
        .order_by(transitions.c.at.desc(), transitions.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(devices.c.id, devices.c.site, devices.c.parents, held.label("held"))
    known: dict[str, Witness] = {}
    beside: dict[tuple[str, str], list[Witness]] = defaultdict(list)
    for row in connection.execute(query.where(there).order_by(devices.c.id)):
        groups = [(row.site, parent) for parent in row.parents]
        free = [group for group in groups if len(beside[group]) < _NEIGHBOURS]
        if free:
            witness = Witness(row.id, [] if row.held is None else [(low, row.held)])
            known[row.id] = witness
            for group in free:
                beside[group].append(witness)
    changes = connection.execute(
        select(transitions.c.device_id, transitions.c.at, transitions.c.new)
        .join(devices, devices.c.id == transitions.c.device_id)
        .where(there, transitions.c.at > low, transitions.c.at <= high)
        .order_by(transitions.c.id)
    )
    for device_id, at, new in changes:
        if device_id in known:
            known[device_id].told.append((at, new))
    return beside


def _among(at_sites: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a device stands at one of these sites; of very many, at any."""
    if len(at_sites) > _AT_ONCE:
        return devices.c.site.is_not(None)
    return devices.c.site.in_(at_sites)
