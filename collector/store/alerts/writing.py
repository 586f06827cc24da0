"""One step of the process of alerts as one transaction.

That process alone writes alerts, decisions, threads and members, so it is handed their ids from
here: the next free ones. Ten thousand alerts are then a few statements.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from collector.model.alerts import Alert, Decision, DeliveryState, Thread, ThreadMember
from collector.moments import from_micros, to_micros, to_micros_or_none
from collector.store import outbox_rows
from collector.store.alerts import rows
from collector.store.alerts.views import Batch, Committed, CursorMovedError, Withdrawal
from collector.store.dialects import upsert
from collector.store.incidents.rows import chunks
from collector.store.schema import (
    alert_decisions,
    alert_marks,
    alert_threads,
    alerts,
    notifications,
    silences,
    thread_members,
)

DECISIONS_KEPT = 100
"""Of one alert. Of more, those in the middle go: how it began and how it stands are kept."""

FIRST_KEPT = 20
"""So many of the first are; the middle goes after them."""

_AFTER_TRIM = 60  # so that not every decision more trims again
_COLUMNS = [column.name for column in alerts.columns]

_Values = dict[str, Any]
_AlertName = tuple[str, datetime]  # device, beginning
_ThreadName = tuple[str, datetime]  # key, opening
_N = TypeVar("_N", bound=tuple[str, datetime])


def commit(connection: Connection, batch: Batch) -> Committed:
    """Write a batch. Raises CursorMovedError; ValueError for what names nothing that is there."""
    _see_that_nobody_else_writes(connection, batch.expects)
    alert_ids = _alert_ids(connection, [*batch.alerts, *(one for one, _ in batch.decisions)])
    changed = {_name(one): replace(one, id=alert_ids[_name(one)]) for one in batch.alerts}
    _write_alerts(connection, list(changed.values()), batch.decisions, alert_ids)
    thread_ids = _thread_ids(connection, batch)
    threads = [replace(one, id=thread_ids[one.key, one.opened_at]) for one in batch.threads]
    _write_threads(connection, threads)
    _write_members(connection, batch.members, thread_ids, list(changed.values()))
    withdrawn = {key for one in batch.withdrawn for key in _withdraw(connection, one)}
    messages = [
        one if within is None else replace(one, thread_id=thread_ids[within.key, within.opened_at])
        for within, one in batch.notifications
    ]
    written = outbox_rows.add(connection, messages)
    for silence in batch.reminded:
        connection.execute(
            update(silences)
            .where(silences.c.id == silence.id)
            .values(reminded_at=to_micros(batch.at))
        )
    for name, value in batch.marks.items():
        mark(connection, name, value, None, to_micros(batch.at))
    return Committed(tuple(changed.values()), tuple(threads), written, frozenset(withdrawn))


def mark(
    connection: Connection, name: str, value: int, figures: Mapping[str, object] | None, at: int
) -> None:
    """Set a mark; without figures those that it has stay."""
    known = {"value": value, "at": at} | ({} if figures is None else {"figures": dict(figures)})
    changed = connection.execute(
        update(alert_marks).where(alert_marks.c.name == name).values(**known)
    )
    if not changed.rowcount:
        connection.execute(insert(alert_marks).values(**({"name": name, "figures": {}} | known)))


def _see_that_nobody_else_writes(connection: Connection, expects: Mapping[str, int | None]) -> None:
    for name, value in expects.items():
        found = connection.scalar(select(alert_marks.c.value).where(alert_marks.c.name == name))
        if found != value:
            raise CursorMovedError(
                f"the mark {name} is {found}, not {value}: another process of alerts is at work;"
                " end one of them"
            )


# --- ids --------------------------------------------------------------------------------------


def _name(alert: Alert) -> _AlertName:
    return alert.device_id, alert.began_at


def _alert_ids(connection: Connection, named: Sequence[Alert]) -> dict[_AlertName, int]:
    """Return the ids of alerts by device and beginning; those that are new are given the next."""
    found = {_name(one): one.id for one in named if one.id is not None}
    asked = [name for one in named if one.id is None and (name := _name(one)) not in found]
    asked = list(dict.fromkeys(asked))
    if not asked:
        return found
    wanted, c = set(asked), alerts.c
    earliest = to_micros(min(began_at for _, began_at in asked))
    for some in chunks(sorted({device_id for device_id, _ in asked})):
        query = select(c.id, c.device_id, c.began_at).where(
            c.device_id.in_(some), c.began_at >= earliest
        )
        for row in connection.execute(query):
            name = row.device_id, from_micros(row.began_at)
            if name in wanted:
                found[name] = row.id
    return found | _next_ids(connection, alerts, [one for one in asked if one not in found])


def _thread_ids(connection: Connection, batch: Batch) -> dict[_ThreadName, int]:
    """Return the ids of threads by key and opening; those that the batch makes get the next."""
    made = {(one.key, one.opened_at): one.id for one in batch.threads}
    found = {name: this for name, this in made.items() if this is not None}
    asked = {(one.thread_key, one.thread_opened_at) for one in batch.members}
    asked |= {(one.key, one.opened_at) for one, _ in batch.notifications if one is not None}
    asked = (asked | made.keys()) - found.keys()
    c = alert_threads.c
    for some in chunks({key for key, _ in asked}):
        for row in connection.execute(select(c.id, c.key, c.opened_at).where(c.key.in_(some))):
            name = row.key, from_micros(row.opened_at)
            if name in asked:
                found[name] = row.id
    missing = [name for name in asked if name not in found and name not in made]
    if missing:
        raise ValueError(f"there is no thread {missing[0][0]} of {missing[0][1].isoformat()}")
    return found | _next_ids(
        connection, alert_threads, [name for name in made if name not in found]
    )


def _next_ids(connection: Connection, table: Table, names: Sequence[_N]) -> dict[_N, int]:
    """Give the next ids. There is one writer, and rows are never deleted."""
    if not names:
        return {}
    last = connection.scalar(select(func.max(table.c.id))) or 0
    return {name: last + number for number, name in enumerate(names, start=1)}


# --- alerts and decisions ---------------------------------------------------------------------


def _write_alerts(
    connection: Connection,
    changed: Sequence[Alert],
    decided: Sequence[tuple[Alert, Decision]],
    ids: Mapping[_AlertName, int],
) -> None:
    known = _known(connection, set(ids.values()))
    for one in changed:
        this = ids[_name(one)]
        known[this] = known.get(this, _undecided(this)) | rows.alert_columns(one)
    history = []
    for one, decision in decided:
        row = known.get(ids[_name(one)])
        if row is None:
            raise ValueError(f"an alert of {one.device_id} was decided that is not stored")
        if (line := _decide(row, decision)) is not None:
            history.append(line)
    # One that ended first: the device may have another that is open now.
    ordered = sorted(known.values(), key=lambda row: (row["ended_at"] is None, row["id"]))
    too_many = [row for row in ordered if row["decisions"] > DECISIONS_KEPT]
    upsert(connection, alerts, [tuple(row[name] for name in _COLUMNS) for row in ordered])
    if history:
        connection.execute(insert(alert_decisions), history)
    for row in too_many:
        _trim(connection, row["id"])


def _known(connection: Connection, ids: Iterable[int]) -> dict[int, _Values]:
    found: dict[int, _Values] = {}
    for some in chunks(set(ids)):
        for row in connection.execute(select(alerts).where(alerts.c.id.in_(some))):
            found[row.id] = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's API
    return found


def _undecided(alert_id: int) -> _Values:
    return {
        "id": alert_id,
        "stage": None,
        "hold_reason": None,
        "decision_detail": None,
        "decided_at": None,
        "until_at": None,
        "decisions": 0,
        "decisions_left_out": 0,
    }


def _decide(row: _Values, decision: Decision) -> _Values | None:
    """Note a decision at its alert; return its line of history, None when it says nothing new."""
    reason = None if decision.reason is None else decision.reason.value
    detail = decision.detail[: rows.DETAIL_LENGTH]
    said = decision.stage.value, reason, detail
    row["until_at"] = to_micros_or_none(decision.until_at)
    if said == (row["stage"], row["hold_reason"], row["decision_detail"]):
        return None
    row["stage"], row["hold_reason"], row["decision_detail"] = said
    row["decided_at"] = to_micros(decision.at)
    row["decisions"] += 1
    return {
        "alert_id": row["id"],
        "at": row["decided_at"],
        "stage": said[0],
        "reason": reason,
        "detail": detail,
        "until_at": row["until_at"],
    }


def _trim(connection: Connection, alert_id: int) -> None:
    ids = connection.scalars(
        select(alert_decisions.c.id)
        .where(alert_decisions.c.alert_id == alert_id)
        .order_by(alert_decisions.c.id)
    ).all()
    middle = ids[FIRST_KEPT : len(ids) - (_AFTER_TRIM - FIRST_KEPT)]
    for some in chunks(middle):
        connection.execute(delete(alert_decisions).where(alert_decisions.c.id.in_(some)))
    connection.execute(
        update(alerts)
        .where(alerts.c.id == alert_id)
        .values(
            decisions=len(ids) - len(middle),
            decisions_left_out=alerts.c.decisions_left_out + len(middle),
        )
    )


# --- threads and what was to be said in them --------------------------------------------------


def _write_threads(connection: Connection, changed: Sequence[Thread]) -> None:
    ordered = sorted(changed, key=lambda one: one.closed_at is None)  # a key is open once
    upsert(connection, alert_threads, [rows.thread_columns(one, one.id or 0) for one in ordered])


def _write_members(
    connection: Connection,
    changed: Sequence[ThreadMember],
    thread_ids: Mapping[_ThreadName, int],
    with_them: Sequence[Alert],
) -> None:
    newest: dict[str, Alert] = {}
    for alert in sorted(with_them, key=lambda one: one.began_at):
        newest[alert.device_id] = alert
    unnamed = [one for one in changed if one.alert_id is None]
    before = _alerts_of_members(connection, unnamed, thread_ids)
    written = []
    for one in changed:
        this = thread_ids[one.thread_key, one.thread_opened_at]
        alert_id = one.alert_id or before.get((this, one.device_id, to_micros(one.joined_at)))
        if alert_id is None:
            its = newest.get(one.device_id)
            if its is None or its.id is None:
                raise ValueError(f"{one.device_id} has no alert to be told in {one.thread_key}")
            alert_id = its.id
        written.append(rows.member_columns(one, this, alert_id))
    upsert(connection, thread_members, written)


def _alerts_of_members(
    connection: Connection,
    unnamed: Sequence[ThreadMember],
    thread_ids: Mapping[_ThreadName, int],
) -> dict[tuple[int, str, int], int]:
    """Return which alert a member that is known stands for, by thread, device and joining."""
    found: dict[tuple[int, str, int], int] = {}
    c = thread_members.c
    asked = {thread_ids[one.thread_key, one.thread_opened_at] for one in unnamed}
    for some in chunks(asked):
        query = select(c.thread_id, c.device_id, c.joined_at, c.alert_id)
        for row in connection.execute(query.where(c.thread_id.in_(some))):
            found[row.thread_id, row.device_id, row.joined_at] = row.alert_id
    return found


def _withdraw(connection: Connection, said: Withdrawal) -> Sequence[str]:
    if said.key is None and said.thread_id is None:
        raise ValueError("a withdrawal names a key or a thread")
    c = notifications.c
    statement = update(notifications).where(c.state == DeliveryState.PENDING.value)
    if said.key is not None:
        statement = statement.where(c.key == said.key)
    if said.thread_id is not None:
        statement = statement.where(c.thread_id == said.thread_id)
    if said.purposes:
        statement = statement.where(c.purpose.in_([one.value for one in said.purposes]))
    values = {
        "state": DeliveryState.WITHDRAWN.value,
        "answer": said.why[: outbox_rows.ANSWER_LENGTH],
    }
    return connection.scalars(statement.values(**values).returning(c.key)).all()
