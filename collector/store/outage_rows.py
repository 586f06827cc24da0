"""Outages between rows and values, and writing them."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row

from collector.model import CauseClass, CauseRule, Outage, Reason, State
from collector.moments import from_micros, from_micros_or_none, to_micros, to_micros_or_none
from collector.store import ledger
from collector.store.dialects import upsert
from collector.store.schema import outages


def outage(row: Row[Any]) -> Outage:
    """Return a row of `outages` as a value."""
    return Outage(
        device_id=row.device_id,
        state=State(row.state),
        started_at=from_micros(row.started_at),
        confirmed_at=from_micros(row.confirmed_at),
        ended_at=from_micros_or_none(row.ended_at),
        end_confirmed_at=from_micros_or_none(row.end_confirmed_at),
        reason=Reason(row.reason),
        detail=row.detail,
        root=row.root,
        root_outage_id=row.root_outage_id,
        proposed_cause=CauseClass(row.proposed_cause),
        proposed_by=CauseRule(row.proposed_by),
        cause=CauseClass(row.cause),
        incident_id=row.incident_id,
        id=row.id,
    )


def write(connection: Connection, changed: Sequence[Outage]) -> None:
    """Write outages that have ids, new ones and old ones; forget the sums that they touch.

    In order of id: one that ends goes before the one that takes its place.
    """
    if changed:
        ordered = sorted(changed, key=lambda one: one.id or 0)
        upsert(connection, outages, [_row(one) for one in ordered])
        touch_sums(connection, changed)


def touch_sums(connection: Connection, changed: Iterable[Outage]) -> None:
    """Forget the sums from each outage's beginning on, of the devices whose outages changed.

    A statement a month of beginnings, not one a device: at worst a sum of a month that the device
    did not need to lose is made again.
    """
    begun = sorted((to_micros(one.started_at), one.started_at, one.device_id) for one in changed)
    for _, group in groupby(begun, key=lambda one: (one[1].year, one[1].month)):
        earliest: dict[str, int] = {}
        for start, _, device_id in group:
            earliest.setdefault(device_id, start)
        ledger.touch(connection, earliest, min(earliest.values()), of_each=earliest)


def touch_behind(connection: Connection, revised: Sequence[Outage]) -> None:
    """Forget the sums of what was cut off behind outages whose cause is another now.

    Whose minutes those are follows from the root's cause.
    """
    roots = {one.device_id for one in revised if one.state is State.DOWN}
    if roots:
        since = min(to_micros(one.started_at) for one in revised)
        ledger.touch(connection, ledger.behind(connection, roots) - roots, since)


def _row(one: Outage) -> tuple[Any, ...]:
    """Return the columns of `outages`, in their order."""
    return (
        one.id,
        one.device_id,
        one.state.value,
        to_micros(one.started_at),
        to_micros(one.confirmed_at),
        to_micros_or_none(one.ended_at),
        to_micros_or_none(one.end_confirmed_at),
        one.reason.value,
        one.detail,
        one.root,
        one.root_outage_id,
        one.proposed_cause.value,
        one.proposed_by.value,
        one.cause.value,
        one.incident_id,
    )
