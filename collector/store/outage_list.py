"""Outages as people ask for them: with their device, who answers for them, and what people said."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Alias,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    exists,
    func,
    null,
    or_,
    select,
)

from collector.model import CauseClass, CauseCorrection, Outage, State
from collector.moments import to_micros
from collector.store import corrections
from collector.store.outage_rows import outage
from collector.store.rows import Page
from collector.store.schema import areas, cause_corrections, devices, outages, sites
from collector.store.transactions import Database


@dataclass(frozen=True, slots=True)
class OutageFilter:
    """Which outages; None does not narrow.

    `area` takes its sub-areas in; `open` says whether it is still on. `start` and `end` choose
    those that touch start <= t < end. `responsible` is the id of an owner.
    """

    device: str | None = None
    site: str | None = None
    area: str | None = None
    owner: str | None = None
    responsible: str | None = None
    state: State | None = None
    cause: CauseClass | None = None
    open: bool | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutageRow:
    """An outage, where its device is, and who answers for it by the cause in force.

    `corrections` are only filled in for a single outage (`Outages.get`).
    """

    outage: Outage
    device_name: str
    site: str
    site_name: str
    area: str
    area_name: str
    responsible: str | None
    corrected: bool
    root_name: str | None
    corrections: tuple[CauseCorrection, ...] = ()


class Outages:
    """Outages (`store.outages`). They are made from the log alone; people correct their causes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, outage_id: int) -> OutageRow | None:
        """Return one outage with all that was said on its cause; None: there is none."""
        with self._database.read() as connection:
            return _one(connection, outage_id)

    def page(self, wanted: OutageFilter, *, limit: int, after: str | None) -> Page[OutageRow]:
        """Return outages, newest first; those that were taken back are left out.

        `after` is the `next` of the page before. Raises ValueError when it is none.
        """
        query = _joined().where(_counting(), *_conditions(wanted))
        if after is not None:
            started_at, outage_id = (int(part) for part in after.split(".", 1))
            began = outages.c.started_at
            query = query.where(
                or_(began < started_at, and_(began == started_at, outages.c.id < outage_id))
            )
        query = query.order_by(outages.c.started_at.desc(), outages.c.id.desc())
        with self._database.read() as connection:
            rows = connection.execute(query.limit(limit + 1)).all()
        items = tuple(_row(row) for row in rows[:limit])
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(items, None if last is None else f"{last.started_at}.{last.id}")

    def corrections(self, start: datetime, end: datetime) -> tuple[CauseCorrection, ...]:
        """Return all that was said on causes of outages that touch start <= t < end.

        The oldest first; in force is the last one of each outage.
        """
        with self._database.read() as connection:
            return corrections.of_window(connection, start, end)

    def correct(
        self, outage_id: int, cause: CauseClass | str, reason: str, author: str, now: datetime
    ) -> OutageRow | None:
        """Let a person's word on a cause be in force; return the outage, None: there is none.

        Nothing is overwritten: it is added to what was said before. Raises CorrectionError.
        """
        with self._database.write() as connection:
            if corrections.correct(connection, outage_id, cause, reason, author, now) is None:
                return None
            return _one(connection, outage_id)


_ROOT_OUTAGE = outages.alias("root_outage")
_ROOT_DEVICE = devices.alias("root_device")
_ROOT = devices.alias("root_named")


def _one(connection: Connection, outage_id: int) -> OutageRow | None:
    row = connection.execute(_joined().where(outages.c.id == outage_id)).one_or_none()
    if row is None:
        return None
    return replace(_row(row), corrections=corrections.of_outage(connection, outage_id))


def _joined() -> Select[Any]:
    corrected = exists().where(cause_corrections.c.outage_id == outages.c.id)
    return (
        select(
            outages,
            devices.c.name.label("device_name"),
            devices.c.site,
            sites.c.name.label("site_name"),
            sites.c.area,
            areas.c.name.label("area_name"),
            _responsible().label("responsible"),
            corrected.label("corrected"),
            _ROOT.c.name.label("root_name"),
        )
        .join(devices, devices.c.id == outages.c.device_id)
        .join(sites, sites.c.id == devices.c.site)
        .join(areas, areas.c.code == sites.c.area)
        .outerjoin(_ROOT_OUTAGE, _ROOT_OUTAGE.c.id == outages.c.root_outage_id)
        .outerjoin(_ROOT_DEVICE, _ROOT_DEVICE.c.id == _ROOT_OUTAGE.c.device_id)
        .outerjoin(_ROOT, _ROOT.c.id == outages.c.root)
    )


def _responsible() -> ColumnElement[Any]:
    """Return who answers for an outage, as `collector.uptime.responsible` says it.

    A root's outage is one of the root's own, so it has no root in turn.
    """
    upstream = outages.c.cause == CauseClass.UPSTREAM.value
    return case((upstream, _answers(_ROOT_OUTAGE, _ROOT_DEVICE)), else_=_answers(outages, devices))


def _answers(outage_of: FromClause | Alias, device: FromClause | Alias) -> ColumnElement[Any]:
    return case(
        (outage_of.c.cause == CauseClass.DEVICE.value, device.c.owner),
        (
            outage_of.c.cause == CauseClass.LINK.value,
            func.coalesce(device.c.link_owner, device.c.owner),
        ),
        (
            outage_of.c.cause == CauseClass.POWER.value,
            func.coalesce(device.c.power_owner, device.c.owner),
        ),
        else_=null(),
    )


def _counting() -> ColumnElement[bool]:
    return or_(outages.c.ended_at.is_(None), outages.c.ended_at > outages.c.started_at)


def _conditions(wanted: OutageFilter) -> list[ColumnElement[bool]]:
    equal = {
        outages.c.device_id: wanted.device,
        devices.c.site: wanted.site,
        devices.c.owner: wanted.owner,
        outages.c.state: wanted.state,
        outages.c.cause: wanted.cause,
    }
    found: list[ColumnElement[bool]] = [
        column == str(value) for column, value in equal.items() if value is not None
    ]
    if wanted.responsible is not None:
        found.append(_responsible() == wanted.responsible)
    if wanted.area is not None:
        within = sites.c.area.startswith(f"{wanted.area}.", autoescape=True)
        found.append(or_(sites.c.area == wanted.area, within))
    if wanted.open is not None:
        still_on = outages.c.ended_at.is_(None)
        found.append(still_on if wanted.open else ~still_on)
    if wanted.end is not None:
        found.append(outages.c.started_at < to_micros(wanted.end))
    if wanted.start is not None:
        ended = outages.c.ended_at
        found.append(or_(ended.is_(None), ended > to_micros(wanted.start)))
    return found


def _row(row: Any) -> OutageRow:
    return OutageRow(
        outage=outage(row),
        device_name=row.device_name,
        site=row.site,
        site_name=row.site_name,
        area=row.area,
        area_name=row.area_name,
        responsible=row.responsible,
        corrected=row.corrected,
        root_name=row.root_name,
    )
