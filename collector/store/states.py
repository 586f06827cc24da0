"""What is believed now, of devices and of checks: one row each, overwritten in place."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from collector.model import (
    CheckState,
    DeviceState,
    Outcome,
    Reason,
    State,
    Status,
    Verdict,
)
from collector.moments import from_micros_or_none, to_micros_or_none
from collector.store.dialects import upsert
from collector.store.rows import LoadedStates
from collector.store.schema import check_states, checks, device_states, devices


def load(connection: Connection) -> LoadedStates:
    """Return every state of what is watched now (retired devices and checks are left out)."""
    device_rows = connection.execute(
        select(device_states)
        .join(devices, devices.c.id == device_states.c.device_id)
        .where(devices.c.retired_at.is_(None))
    ).mappings()
    loaded_devices = {row["device_id"]: device_state(row) for row in device_rows}
    check_rows = connection.execute(
        select(check_states)
        .join(checks, checks.c.id == check_states.c.check_id)
        .join(devices, devices.c.id == checks.c.device_id)
        .where(checks.c.retired_at.is_(None), devices.c.retired_at.is_(None))
    ).mappings()
    return LoadedStates(loaded_devices, {row["check_id"]: check_state(row) for row in check_rows})


def save(
    connection: Connection,
    device_values: Iterable[DeviceState],
    check_values: Iterable[CheckState],
) -> None:
    """Overwrite states; those of devices or checks that were never applied break a foreign key."""
    upsert(connection, device_states, [_device_row(state) for state in device_values])
    upsert(connection, check_states, [_check_row(state) for state in check_values])


def device_state(row: Mapping[Any, Any]) -> DeviceState:
    """Return a row of `device_states` as a value."""
    return DeviceState(
        device_id=row["device_id"],
        status=Status(row["status"]),
        state=State(row["state"]),
        since_at=from_micros_or_none(row["since_at"]),
        confirmed_at=from_micros_or_none(row["confirmed_at"]),
        reason=Reason(row["reason"]),
        detail=row["detail"],
        cause=row["cause"],
        flapping=row["flapping"],
        last_result_at=from_micros_or_none(row["last_result_at"]),
    )


def check_state(row: Mapping[Any, Any]) -> CheckState:
    """Return a row of `check_states` as a value."""
    return CheckState(
        check_id=row["check_id"],
        verdict=Verdict(row["verdict"]),
        since_at=from_micros_or_none(row["since_at"]),
        confirmed_at=from_micros_or_none(row["confirmed_at"]),
        pending=Verdict(row["pending"]),
        pending_count=row["pending_count"],
        pending_since_at=from_micros_or_none(row["pending_since_at"]),
        critical_count=row["critical_count"],
        critical_since_at=from_micros_or_none(row["critical_since_at"]),
        reason=Reason(row["reason"]),
        detail=row["detail"],
        last_slot_at=from_micros_or_none(row["last_slot_at"]),
        last_result_at=from_micros_or_none(row["last_result_at"]),
        last_outcome=Outcome(row["last_outcome"]),
        latency_seconds=row["latency_seconds"],
        breached=frozenset(json.loads(row["breached"])),
    )


def _device_row(state: DeviceState) -> tuple[Any, ...]:
    """Return the columns of `device_states`, in their order."""
    return (
        state.device_id,
        state.status.value,
        state.state.value,
        to_micros_or_none(state.since_at),
        to_micros_or_none(state.confirmed_at),
        state.reason.value,
        state.detail,
        state.cause,
        state.flapping,
        to_micros_or_none(state.last_result_at),
    )


def _check_row(state: CheckState) -> tuple[Any, ...]:
    """Return the columns of `check_states`, in their order."""
    return (
        state.check_id,
        state.verdict.value,
        to_micros_or_none(state.since_at),
        to_micros_or_none(state.confirmed_at),
        state.pending.value,
        state.pending_count,
        to_micros_or_none(state.pending_since_at),
        state.critical_count,
        to_micros_or_none(state.critical_since_at),
        state.reason.value,
        state.detail,
        to_micros_or_none(state.last_slot_at),
        to_micros_or_none(state.last_result_at),
        state.last_outcome.value,
        state.latency_seconds,
        json.dumps(sorted(state.breached)) if state.breached else "[]",
    )
