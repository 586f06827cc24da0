"""Outages of a window as uptime needs them: why, and who answers for them."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, or_, select

from collector.model import CauseClass, State
from collector.moments import from_micros, from_micros_or_none
from collector.store.ledger import AT_ONCE, in_parts
from collector.store.schema import devices, outages
from collector.uptime import OutageSpan, responsible
from collector.uptime.reckon import Known

_CHAIN = 16  # roots of roots of roots: longer is a circle

# Built once: for one device, building a question takes longer than its answer.
_TOUCHING = select(
    outages.c.device_id,
    outages.c.state,
    outages.c.started_at,
    outages.c.ended_at,
    outages.c.cause,
    outages.c.root_outage_id,
).where(
    outages.c.device_id.in_(bindparam("ids", expanding=True)),
    outages.c.started_at < bindparam("end"),
    or_(outages.c.ended_at.is_(None), outages.c.ended_at > bindparam("start")),
)
_OWNERS = select(devices.c.id, devices.c.owner, devices.c.link_owner, devices.c.power_owner).where(
    devices.c.id.in_(bindparam("ids", expanding=True))
)


_CAUSE_OF_WORD = {cause.value: cause for cause in CauseClass}


class Owners(NamedTuple):
    """Who answers for a device, its link and its power."""

    owner: str | None
    link_owner: str | None
    power_owner: str | None


class _Root(NamedTuple):
    device_id: str
    cause: CauseClass
    behind: int | None  # the outage that is the root of this one


def outage_spans(
    connection: Connection, start: int, end: int, device_ids: Collection[str] | None
) -> list[OutageSpan]:
    """Return the outages (of these devices) that touch start <= t < end (microseconds)."""
    if device_ids is None:
        device_ids = connection.scalars(select(devices.c.id)).all()
    return [
        OutageSpan(
            device_id,
            State(state),
            from_micros(begun),
            from_micros_or_none(ended),
            cause,
            owner,
        )
        for some in in_parts(device_ids)
        for (device_id, state), known in sorted(known_outages(connection, some, start, end).items())
        for begun, ended, cause, owner in known
    ]


def known_outages(
    connection: Connection, device_ids: Sequence[str], start: int, end: int
) -> dict[tuple[str, str], list[Known]]:
    """Return what is known of the outages that touch a window, by device id and state's word."""
    asked = {"ids": list(device_ids), "start": start, "end": end}
    rows = connection.execute(_TOUCHING, asked).fetchall()
    if not rows:
        return {}
    upstream = CauseClass.UPSTREAM.value
    answers = _who_answers(
        connection,
        {r.root_outage_id for r in rows if r.cause == upstream and r.root_outage_id is not None},
    )
    owners = _owners(connection, {row.device_id for row in rows})
    found: dict[tuple[str, str], list[Known]] = {}
    for device_id, state, started_at, ended_at, word, root_outage_id in rows:
        cause = _CAUSE_OF_WORD[word]
        owner = responsible(cause, owners[device_id], answers.get(root_outage_id))
        found.setdefault((device_id, state), []).append((started_at, ended_at, cause, owner))
    return found


def _who_answers(connection: Connection, outage_ids: Collection[int]) -> Mapping[int, str | None]:
    """Return who is responsible for outages, following those that lie upstream to their roots."""
    roots: dict[int, _Root] = {}
    wanted = set(outage_ids)
    for _ in range(_CHAIN):
        if not wanted:
            break
        newest = _roots(connection, wanted)
        roots.update(newest)
        further = {root.behind for root in newest.values() if root.cause is CauseClass.UPSTREAM}
        wanted = {one for one in further if one is not None and one not in roots}
    owners = _owners(connection, {root.device_id for root in roots.values()})
    return {outage_id: _answer(outage_id, roots, owners) for outage_id in outage_ids}


def _answer(outage_id: int, roots: Mapping[int, _Root], owners: Mapping[str, Owners]) -> str | None:
    root = roots.get(outage_id)
    for _ in range(_CHAIN):
        if root is None:
            return None
        if root.cause is not CauseClass.UPSTREAM:
            return responsible(root.cause, owners[root.device_id])
        root = None if root.behind is None else roots.get(root.behind)
    return None


def _roots(connection: Connection, outage_ids: Collection[int]) -> dict[int, _Root]:
    columns = outages.c
    query = select(columns.id, columns.device_id, columns.cause, columns.root_outage_id)
    wanted = sorted(outage_ids)
    return {
        row.id: _Root(row.device_id, CauseClass(row.cause), row.root_outage_id)
        for first in range(0, len(wanted), AT_ONCE)
        for row in connection.execute(query.where(columns.id.in_(wanted[first : first + AT_ONCE])))
    }


def _owners(connection: Connection, device_ids: Collection[str]) -> dict[str, Owners]:
    return {
        device_id: Owners(*owners)
        for some in in_parts(device_ids)
        for device_id, *owners in connection.execute(_OWNERS, {"ids": some}).fetchall()
    }
