"""From the log to tallies: what devices did in spans of time that follow each other."""

from collections.abc import Collection, Mapping, Sequence
from datetime import tzinfo
from typing import NamedTuple

from sqlalchemy import Connection, select

from collector.contract import Rules
from collector.model import State
from collector.store.intervals import StatePiece, changes, state_pieces
from collector.store.ledger import in_parts
from collector.store.schema import areas, devices, sites
from collector.store.spans import known_outages
from collector.uptime import Tally
from collector.uptime.calendar import outside_service
from collector.uptime.reckon import (
    COLUMN_OF_STATE,
    Piece,
    bookings,
    left_out,
    reckon,
    unexplained,
)
from collector.uptime.spans import Span

_LIVES = (
    select(devices.c.id, areas.c.zone, devices.c.created_at, devices.c.retired_at)
    .join(sites, sites.c.id == devices.c.site)
    .join(areas, areas.c.code == sites.c.area)
    .order_by(devices.c.id)
)


class Life(NamedTuple):
    """From when to when a device is in the inventory, and by which clocks."""

    id: str
    zone: str | None
    created_at: int
    retired_at: int | None

    def within(self, start: int, end: int) -> Span:
        """Return the part of a span in which the device counts; empty (end <= start) for none."""
        ends = end if self.retired_at is None else min(end, self.retired_at)
        return max(start, self.created_at), ends


def lives(connection: Connection, device_ids: Collection[str] | None) -> list[Life]:
    """Return the lives of these devices, or of all there ever were, by id."""
    if device_ids is None:
        return [Life(*row) for row in connection.execute(_LIVES).fetchall()]
    return [
        Life(*row)
        for some in in_parts(device_ids)
        for row in connection.execute(_LIVES.where(devices.c.id.in_(some))).fetchall()
    ]


def reckon_spans(
    connection: Connection,
    alive: Sequence[Life],
    spans: Sequence[Span],
    rules: Rules,
    zone: tzinfo,
    *,
    planned: Mapping[str, Sequence[Span]],
    known: int,
    now: int,
) -> dict[str, list[Tally | None]]:
    """Return for each device what it did in each span; None where it was not in the inventory.

    The spans follow each other without a gap. From `known` on nothing is known; an outage that is
    still on is as long as up to `now`. `planned` is maintenance by device.
    """
    low, high = spans[0][0], spans[-1][1]
    closed = outside_service(rules.service_hours, zone, low, high)
    usual = left_out(rules, (), closed)
    otherwise = unexplained(rules)
    found: dict[str, list[Tally | None]] = {}
    by_id = {life.id: life for life in alive}
    for some in in_parts(by_id):
        log = changes(connection, some, low, high)
        outages = known_outages(connection, some, low, high)
        for device_id in some:
            pieces = state_pieces(
                log.get(device_id, ()), *by_id[device_id].within(low, high), known
            )
            maintenance = planned.get(device_id)
            excluded = left_out(rules, maintenance, closed) if maintenance else usual
            down = bookings(rules, outages.get((device_id, State.DOWN), ()), now)
            cut_off = bookings(rules, outages.get((device_id, State.UNREACHABLE), ()), now)
            found[device_id] = [
                reckon(own, excluded, down, cut_off, otherwise) if own else None
                for own in _split(pieces, spans)
            ]
    return found


def _split(pieces: Sequence[StatePiece], spans: Sequence[Span]) -> list[list[Piece]]:
    """Cut sorted pieces at the edges of spans that follow each other."""
    result: list[list[Piece]] = []
    first = 0
    for start, end in spans:
        own: list[Piece] = []
        while first < len(pieces):
            begins, ends, state = pieces[first]
            if begins >= end:
                break
            own.append((max(begins, start), min(ends, end), COLUMN_OF_STATE[state]))
            if ends > end:
                break  # it goes on in the next span
            first += 1
        result.append(own)
    return result
