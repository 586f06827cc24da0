"""The past of a window as it lies in the store: what a figure of uptime rests on, row by row.

`Store.past` opens it in one transaction, so that all that is read is of one moment: the sums and
the rows they are sums of. Rows come in parts of some hundred devices, however large the city.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from collector.contract import Rules
from collector.model import Heartbeat, MaintenanceWindow
from collector.moments import from_micros
from collector.store import heartbeats, maintenance
from collector.store.intervals import StatePiece, state_pieces
from collector.store.joining import Question, add_the_log, gather
from collector.store.ledger import AT_ONCE, in_parts
from collector.store.planned import planned
from collector.store.reckoning import Life, lives
from collector.store.schema import (
    areas,
    cause_corrections,
    devices,
    outages,
    owners,
    sites,
    transitions,
)
from collector.store.spans import known_outages
from collector.uptime import Tally
from collector.uptime.spans import Span

_CHAIN = 16  # roots of roots of roots: longer is a circle


class Move(NamedTuple):
    """A transition; moments in microseconds. `cause` is the root that cuts the device off."""

    id: int
    device_id: str
    at: int
    confirmed_at: int
    old: str
    new: str
    reason: str
    cause: str | None


class Gone(NamedTuple):
    """An outage; moments in microseconds. `responsible` is an owner's id."""

    id: int
    device_id: str
    state: str
    started_at: int
    confirmed_at: int
    ended_at: int | None
    reason: str
    root: str | None
    root_outage_id: int | None
    proposed_cause: str
    proposed_by: str
    cause: str
    responsible: str | None


class Said(NamedTuple):
    """A person's word on the cause of an outage."""

    id: int
    outage_id: int
    cause: str
    reason: str
    author: str
    made_at: int


class Past:
    """One window of some devices, or of all, at one moment of the store."""

    def __init__(self, connection: Connection, question: Question) -> None:
        self._connection = connection
        self._question = question
        self._lives = {
            life.id: life
            for life in lives(connection, question.device_ids)
            if self._within(life)[0] < self._within(life)[1]
        }

    @property
    def lives(self) -> Mapping[str, Life]:
        """Return the devices that have time in the window, by id."""
        return self._lives

    def zones(self) -> dict[str, Span]:
        """Return the window as far as it is past, in microseconds, by zone of the devices."""
        names = {life.zone or self._question.zone for life in self._lives.values()}
        return {name: self._span(name) for name in sorted(names or {self._question.zone})}

    def tallies(self, rules: Rules) -> dict[str, Tally]:
        """Return what each device did by these rules, from kept months and the log."""
        question = self._question
        if rules.digest() != question.rules.digest():
            question = replace(question, rules=rules)
        found: dict[str, Tally] = {}
        for part in gather(self._connection, question):
            add_the_log(self._connection, question, part, found)
        return dict(sorted(found.items()))

    def moves(self) -> Iterator[Move]:
        """Yield the transitions that decide the window, by device and id.

        Of each device the one that held when the window began, and those within it.
        """
        c = transitions.c
        wanted = select(
            c.id, c.device_id, c.at, c.confirmed_at, c.old, c.new, c.reason, c.cause
        ).order_by(c.device_id, c.id)
        for some, (low, high) in self._parts():
            own = c.device_id.in_(some)
            holding = select(func.max(c.id)).where(own, c.at <= low).group_by(c.device_id)
            held = self._connection.execute(wanted.where(c.id.in_(holding))).fetchall()
            within = self._connection.execute(wanted.where(own, c.at > low, c.at < high)).fetchall()
            yield from sorted((Move(*row) for row in (*held, *within)), key=lambda o: (o[1], o[0]))

    def pieces(self) -> Iterator[tuple[str, StatePiece]]:
        """Yield who was in which state from when to when, neighbours of one state joined."""
        log: list[tuple[int, str]] = []
        device_id = None
        told: set[str] = set()
        for move in self.moves():
            if move.device_id != device_id:
                if device_id is not None:
                    yield from self._pieces(device_id, log)
                device_id, log = move.device_id, []
                told.add(device_id)
            log.append((move.at, move.new))
        if device_id is not None:
            yield from self._pieces(device_id, log)
        for untold in sorted(self._lives.keys() - told):
            yield from self._pieces(untold, [])

    def outages(self) -> Iterator[Gone]:
        """Yield the outages that touch the window, and the roots of those that lie upstream.

        Those that were taken back are left out. By device and id within each part; a root may come
        again.
        """
        c = outages.c
        for some, (low, high) in self._parts():
            answers = _answers(self._connection, some, low, high)
            query = select(outages).where(
                c.device_id.in_(some),
                c.started_at < high,
                c.ended_at.is_(None) | (c.ended_at > low),
            )
            rows = self._connection.execute(query.order_by(c.device_id, c.id)).fetchall()
            rows = [row for row in rows if row.started_at != row.ended_at]
            for row in rows:
                yield _gone(row, answers.get((row.device_id, row.state, row.started_at)))
            yield from self._roots(rows)

    def outage_ids(self) -> set[int]:
        """Return the ids of what `outages` yields, without reading it all."""
        c = outages.c
        found: set[int] = set()
        roots: set[int] = set()
        for some, (low, high) in self._parts():
            query = select(c.id, c.root_outage_id).where(
                c.device_id.in_(some),
                c.started_at < high,
                c.ended_at.is_(None) | (c.ended_at > low),
                c.ended_at.is_(None) | (c.ended_at != c.started_at),
            )
            for outage_id, root in self._connection.execute(query):
                found.add(outage_id)
                roots.add(root)
        wanted = roots - found - {None}
        for _ in range(_CHAIN):
            if not wanted:
                break
            found |= wanted
            rows = self._of_ids(select(c.root_outage_id), c.id, wanted)
            wanted = {root for (root,) in rows} - found - {None}
        return found

    def devices_of(self, outage_ids: Collection[int]) -> set[str]:
        """Return the devices of outages."""
        columns = outages.c
        return {row[0] for row in self._of_ids(select(columns.device_id), columns.id, outage_ids)}

    def corrections(self) -> Iterator[Said]:
        """Yield what people said of the causes of those outages, by outage and time."""
        c = cause_corrections.c
        query = select(cause_corrections).order_by(c.outage_id, c.id)
        for row in self._of_ids(query, c.outage_id, self.outage_ids()):
            yield Said(row.id, row.outage_id, row.cause, row.reason, row.author, row.made_at)

    def planned(self) -> Iterator[tuple[str, Span]]:
        """Yield the maintenance of each device within the window, sorted and disjoint."""
        for some, (low, high) in self._parts():
            for device_id, spans in sorted(planned(self._connection, some, low, high).items()):
                for span in spans:
                    yield device_id, span

    def windows(self) -> list[MaintenanceWindow]:
        """Return the maintenance windows that may take something out of the window, by id."""
        spans = self.zones().values()
        start, end = min(low for low, _ in spans), max(high for _, high in spans)
        return maintenance.touching(self._connection, from_micros(start), from_micros(end))

    def collectors(self) -> list[Heartbeat]:
        """Return the last sign of life of every collector."""
        return heartbeats.every(self._connection)

    def inventory(self, device_ids: Collection[str]) -> Iterator[Any]:
        """Yield devices with their places and lives, by id, whether or not they are in use."""
        query = (
            select(
                devices.c.id,
                devices.c.name,
                devices.c.kind,
                devices.c.profile,
                devices.c.site,
                sites.c.name.label("site_name"),
                sites.c.area,
                areas.c.name.label("area_name"),
                areas.c.zone,
                devices.c.owner,
                devices.c.link_owner,
                devices.c.power_owner,
                devices.c.power_feeder,
                devices.c.created_at,
                devices.c.changed_at,
                devices.c.retired_at,
            )
            .join(sites, sites.c.id == devices.c.site)
            .join(areas, areas.c.code == sites.c.area)
            .order_by(devices.c.id)
        )
        for some in in_parts(device_ids):
            yield from self._connection.execute(query.where(devices.c.id.in_(some))).fetchall()

    def places(self) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]], Sequence[Row[Any]]]:
        """Return all areas, sites and owners there ever were, by their keys."""
        found = [
            self._connection.execute(select(table).order_by(key)).fetchall()
            for table, key in ((areas, areas.c.code), (sites, sites.c.id), (owners, owners.c.id))
        ]
        return found[0], found[1], found[2]

    # --- within -------------------------------------------------------------------------------

    def _of_ids(
        self, query: Select[Any], column: ColumnElement[Any], ids: Collection[int]
    ) -> Iterator[Row[Any]]:
        """Yield the rows of a query for some hundred ids at a time, in order of id."""
        ordered = sorted(ids)
        for first in range(0, len(ordered), AT_ONCE):
            some = ordered[first : first + AT_ONCE]
            yield from self._connection.execute(query.where(column.in_(some))).fetchall()

    def _span(self, zone: str) -> Span:
        start, end = self._question.window.resolve(ZoneInfo(zone))
        return min(start, self._question.now), min(end, self._question.now)

    def _within(self, life: Life) -> Span:
        return life.within(*self._span(life.zone or self._question.zone))

    def _parts(self) -> Iterator[tuple[list[str], Span]]:
        by_zone: dict[str, list[str]] = {}
        for life in self._lives.values():
            by_zone.setdefault(life.zone or self._question.zone, []).append(life.id)
        for zone, ids in sorted(by_zone.items()):
            for some in in_parts(ids):
                yield some, self._span(zone)

    def _pieces(
        self, device_id: str, log: Sequence[tuple[int, str]]
    ) -> Iterator[tuple[str, StatePiece]]:
        start, end = self._within(self._lives[device_id])
        joined: StatePiece | None = None
        for begins, ends, state in state_pieces(log, start, end, self._question.known):
            if joined is not None and joined[2] == state:
                joined = (joined[0], ends, state)
                continue
            if joined is not None:
                yield device_id, joined
            joined = (begins, ends, state)
        if joined is not None:
            yield device_id, joined

    def _roots(self, rows: Sequence[Row[Any]]) -> Iterator[Gone]:
        """Yield the outages behind those that lie upstream, as far as they lead."""
        known = {row.id for row in rows}
        wanted = {row.root_outage_id for row in rows} - known - {None}
        for _ in range(_CHAIN):
            if not wanted:
                return
            found = self._connection.execute(
                select(outages).where(outages.c.id.in_(wanted)).order_by(outages.c.id)
            ).fetchall()
            for row in found:
                yield _gone(row, None)
            known |= wanted
            wanted = {row.root_outage_id for row in found} - known - {None}


def _answers(
    connection: Connection, device_ids: Sequence[str], low: int, high: int
) -> dict[tuple[str, str, int], str | None]:
    """Return who answers for outages, by device, state and beginning."""
    return {
        (device_id, state, started_at): owner
        for (device_id, state), known in known_outages(connection, device_ids, low, high).items()
        for started_at, _, _, owner in known
    }


def _gone(row: Row[Any], responsible: str | None) -> Gone:
    return Gone(
        row.id,
        row.device_id,
        row.state,
        row.started_at,
        row.confirmed_at,
        row.ended_at,
        row.reason,
        row.root,
        row.root_outage_id,
        row.proposed_cause,
        row.proposed_by,
        row.cause,
        responsible,
    )
