"""One step of the process of alerts as one transaction.

That process alone writes alerts, decisions, threads and members, so it is handed their ids from
here: the next free ones. Ten thousand alerts are then a few statements.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from collector.model.alerts import Alert, Decision, DeliveryState, Thread
from collector.moments import to_micros, to_micros_or_none
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

_FIRST_KEPT = 20
_AFTER_TRIM = 60  # so that not every decision more trims again
_COLUMNS = [column.name for column in alerts.columns]

_Values = dict[str, Any]


def commit(connection: Connection, batch: Batch) -> Committed:
    """Write a batch. Raises CursorMovedError; ValueError for a negative id it does not make."""
    _see_that_nobody_else_writes(connection, batch.expects)
    alert_ids = _given(connection, alerts, [one.id for one in batch.alerts])
    thread_ids = _given(connection, alert_threads, [one.id for one in batch.threads])
    _write_alerts(connection, batch.alerts, batch.decisions, alert_ids)
    _write_threads(connection, batch.threads, thread_ids)
    upsert(
        connection,
        thread_members,
        [
            rows.member_columns(
                one, _real(thread_ids, one.thread_id), _real(alert_ids, one.alert_id)
            )
            for one in batch.members
        ],
    )
    withdrawn = {key for one in batch.withdrawn for key in _withdraw(connection, one, thread_ids)}
    written = outbox_rows.add(connection, batch.notifications, thread_ids)
    for silence_id in batch.reminded:
        connection.execute(
            update(silences)
            .where(silences.c.id == silence_id)
            .values(reminded_at=to_micros(batch.at))
        )
    for name, value in batch.marks.items():
        mark(connection, name, value, None, to_micros(batch.at))
    return Committed(alert_ids, thread_ids, written, frozenset(withdrawn))


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


def _given(connection: Connection, table: Table, wanted: Iterable[int | None]) -> dict[int, int]:
    """Give the next ids to what is new. There is one writer, and rows are never deleted."""
    new = [one for one in wanted if one is None or one < 0]
    if not new:
        return {}
    last = connection.scalar(select(func.max(table.c.id))) or 0
    named = [one for one in new if one is not None]
    if len(named) < len(new) or len(set(named)) < len(named):
        raise ValueError(f"what is new for {table.name} needs a negative id of its own")
    return {one: last + number for number, one in enumerate(named, start=1)}


def _real(given: Mapping[int, int], one: int | None) -> int:
    if one is None or (one < 0 and one not in given):
        raise ValueError(f"the id {one} is not made by this batch")
    return given.get(one, one)


# --- alerts and decisions ---------------------------------------------------------------------


def _write_alerts(
    connection: Connection,
    changed: Sequence[Alert],
    decided: Sequence[Decision],
    given: Mapping[int, int],
) -> None:
    ids = [_real(given, one.id) for one in changed]
    about = [_real(given, one.alert_id) for one in decided]
    new = set(given.values())
    known = _known(connection, {*ids, *about} - new)
    for this, one in zip(ids, changed, strict=True):
        before = known.get(this)
        if before is None:
            known[this] = _undecided(this) | rows.alert_columns(one)
        else:
            before |= rows.alert_columns(one)
    history = []
    for this, decision in zip(about, decided, strict=True):
        if (line := _decide(known[this], decision)) is not None:
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
    middle = ids[_FIRST_KEPT : len(ids) - (_AFTER_TRIM - _FIRST_KEPT)]
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


def _write_threads(
    connection: Connection, changed: Sequence[Thread], given: Mapping[int, int]
) -> None:
    ordered = sorted(changed, key=lambda one: one.closed_at is None)  # a key is open once
    upsert(
        connection,
        alert_threads,
        [rows.thread_columns(one, _real(given, one.id)) for one in ordered],
    )


def _withdraw(connection: Connection, said: Withdrawal, given: Mapping[int, int]) -> Sequence[str]:
    if said.key is None and said.thread_id is None:
        raise ValueError("a withdrawal names a key or a thread")
    c = notifications.c
    statement = update(notifications).where(c.state == DeliveryState.PENDING.value)
    if said.key is not None:
        statement = statement.where(c.key == said.key)
    if said.thread_id is not None:
        statement = statement.where(c.thread_id == _real(given, said.thread_id))
    if said.purposes:
        statement = statement.where(c.purpose.in_([one.value for one in said.purposes]))
    values = {
        "state": DeliveryState.WITHDRAWN.value,
        "answer": said.why[: outbox_rows.ANSWER_LENGTH],
    }
    return connection.scalars(statement.values(**values).returning(c.key)).all()
