"""Rows of alerts, decisions, threads and members as values, and back."""

import json
from typing import Any

from sqlalchemy import Row

from collector.model import Reason, State
from collector.model.alerts import (
    Alert,
    Decision,
    HoldReason,
    Severity,
    Stage,
    Thread,
    ThreadMember,
)
from collector.moments import from_micros, from_micros_or_none, to_micros, to_micros_or_none

DETAIL_LENGTH = 2_000
"""Characters of a detail that are kept."""


def alert(row: Row[Any]) -> Alert:
    """Return a row of `alerts` as a value."""
    return Alert(
        device_id=row.device_id,
        state=State(row.state),
        severity=Severity(row.severity),
        began_at=from_micros(row.began_at),
        confirmed_at=from_micros(row.confirmed_at),
        reason=Reason(row.reason),
        detail=row.detail,
        root=row.root,
        incident_id=row.incident_id,
        flapping=bool(row.flapping),
        ended_at=from_micros_or_none(row.ended_at),
        end_confirmed_at=from_micros_or_none(row.end_confirmed_at),
        transition_id=row.transition_id,
        state_at=from_micros_or_none(row.state_at),
        id=row.id,
    )


def alert_columns(value: Alert) -> dict[str, Any]:
    """Return the columns of `alerts` that hold the alert itself, without its id."""
    return {
        "device_id": value.device_id,
        "state": value.state.value,
        "severity": value.severity.value,
        "began_at": to_micros(value.began_at),
        "confirmed_at": to_micros(value.confirmed_at),
        "reason": value.reason.value,
        "detail": value.detail[:DETAIL_LENGTH],
        "root": value.root,
        "incident_id": value.incident_id,
        "flapping": value.flapping,
        "ended_at": to_micros_or_none(value.ended_at),
        "end_confirmed_at": to_micros_or_none(value.end_confirmed_at),
        "transition_id": value.transition_id,
        "state_at": to_micros_or_none(value.state_at),
    }


def last_decision(row: Row[Any]) -> Decision | None:
    """Return what a row of `alerts` says was decided last."""
    if row.stage is None:
        return None
    return Decision(
        alert_id=row.id,
        at=from_micros(row.decided_at),
        stage=Stage(row.stage),
        reason=None if row.hold_reason is None else HoldReason(row.hold_reason),
        detail=row.decision_detail or "",
        until_at=from_micros_or_none(row.until_at),
    )


def decision(row: Row[Any]) -> Decision:
    """Return a row of `alert_decisions` as a value."""
    return Decision(
        alert_id=row.alert_id,
        at=from_micros(row.at),
        stage=Stage(row.stage),
        reason=None if row.reason is None else HoldReason(row.reason),
        detail=row.detail,
        until_at=from_micros_or_none(row.until_at),
        id=row.id,
    )


def thread(row: Row[Any]) -> Thread:
    """Return a row of `alert_threads` as a value."""
    return Thread(
        key=row.key,
        opened_at=from_micros(row.opened_at),
        severity=Severity(row.severity),
        settled_at=from_micros(row.settled_at),
        closed_at=from_micros_or_none(row.closed_at),
        told_at=from_micros_or_none(row.told_at),
        told=json.loads(row.told),
        escalated=row.escalated,
        first_told_at=from_micros_or_none(row.first_told_at),
        told_severity=None if row.told_severity is None else Severity(row.told_severity),
        told_cause=row.told_cause,
        sequence=row.sequence,
        receivers=tuple(json.loads(row.receivers)),
        waiting=tuple(json.loads(row.waiting)),
        over_at=from_micros_or_none(row.over_at),
        storm=row.storm,
        id=row.id,
    )


def thread_columns(value: Thread, thread_id: int) -> tuple[Any, ...]:
    """Return the columns of `alert_threads`, in their order."""
    return (
        thread_id,
        value.key,
        to_micros(value.opened_at),
        value.severity.value,
        to_micros(value.settled_at),
        to_micros_or_none(value.closed_at),
        to_micros_or_none(value.told_at),
        json.dumps(dict(value.told)),
        value.escalated,
        to_micros_or_none(value.first_told_at),
        None if value.told_severity is None else value.told_severity.value,
        value.told_cause,
        value.sequence,
        json.dumps(value.receivers),
        json.dumps(value.waiting),
        to_micros_or_none(value.over_at),
        value.storm,
    )


def member(row: Row[Any]) -> ThreadMember:
    """Return a row of `thread_members`, with its thread's key and opening, as a value."""
    return ThreadMember(
        thread_key=row.thread_key,
        thread_opened_at=from_micros(row.thread_opened_at),
        device_id=row.device_id,
        joined_at=from_micros(row.joined_at),
        leads=bool(row.leads),
        told_state=None if row.told_state is None else State(row.told_state),
        told_severity=None if row.told_severity is None else Severity(row.told_severity),
        left_at=from_micros_or_none(row.left_at),
        alert_id=row.alert_id,
    )


def member_columns(value: ThreadMember, thread_id: int, alert_id: int) -> tuple[Any, ...]:
    """Return the columns of `thread_members`, in their order."""
    return (
        thread_id,
        value.device_id,
        alert_id,
        to_micros(value.joined_at),
        value.leads,
        None if value.told_state is None else value.told_state.value,
        None if value.told_severity is None else value.told_severity.value,
        to_micros_or_none(value.left_at),
    )
