"""What is believed now, of devices and of checks: one row each, overwritten in place."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, select

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
from collector.store.dialects import move, upsert
from collector.store.rows import LoadedStates
from collector.store.schema import check_states, checks, device_states, devices

_State = TypeVar("_State", DeviceState, CheckState)
_DEVICE_ID, _CHECK_ID = attrgetter("device_id"), attrgetter("check_id")
_MOVING = {  # what a result moves though it changes nothing, by table
    "device_states": ("last_result_at",),
    "check_states": (
        "detail",
        "last_slot_at",
        "last_result_at",
        "last_outcome",
        "latency_seconds",
    ),
}


def _settled(kind: type[DeviceState | CheckState], table: str) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads off a state all that a result does not move."""
    return attrgetter(*(name for name in kind.__struct_fields__ if name not in _MOVING[table]))


_settled_device = _settled(DeviceState, "device_states")
_settled_check = _settled(CheckState, "check_states")


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


class Saved:
    """The states that were written last, so that of what merely moved little is written.

    Nearly every check and device has a newer result with each heartbeat, and nearly none another
    verdict. Rows are written in the order of their keys: the pages of ten thousand devices are
    more than a connection holds, and each would be fetched and put back many times.
    """

    def __init__(self) -> None:
        self._devices: dict[str, DeviceState] = {}
        self._checks: dict[str, CheckState] = {}

    def save(
        self,
        connection: Connection,
        device_values: Iterable[DeviceState],
        check_values: Iterable[CheckState],
    ) -> None:
        """Write states as `save` does. If the transaction fails, `forget`."""
        devices = sorted(device_values, key=_DEVICE_ID)
        checks = sorted(check_values, key=_CHECK_ID)
        save(
            connection,
            _all_but_moved(connection, device_states, devices, self._moved_device),
            _all_but_moved(connection, check_states, checks, self._moved_check),
        )
        self._devices.update(zip(map(_DEVICE_ID, devices), devices, strict=True))
        self._checks.update(zip(map(_CHECK_ID, checks), checks, strict=True))

    def forget(self) -> None:
        """Know nothing of what is in the database: whole rows are written again."""
        self._devices.clear()
        self._checks.clear()

    def _moved_device(self, new: DeviceState) -> tuple[Any, ...] | None:
        """Return what moved since it was written, None where there is more to write."""
        old = self._devices.get(new.device_id)
        if old is None or _settled_device(new) != _settled_device(old):
            return None
        return to_micros_or_none(new.last_result_at), new.device_id

    def _moved_check(self, new: CheckState) -> tuple[Any, ...] | None:
        """Return what moved since it was written, None where there is more to write."""
        old = self._checks.get(new.check_id)
        if old is None or _settled_check(new) != _settled_check(old):
            return None
        slot_at = to_micros_or_none(new.last_slot_at)
        same = new.last_result_at is new.last_slot_at
        return (
            new.detail,
            slot_at,
            slot_at if same else to_micros_or_none(new.last_result_at),
            new.last_outcome._value_,
            new.latency_seconds,
            new.check_id,
        )


def _all_but_moved(
    connection: Connection,
    table: Table,
    values: Sequence[_State],
    moved: Callable[[_State], tuple[Any, ...] | None],
) -> list[_State]:
    """Write of those that merely moved what did; return the others, to be written whole."""
    rows: list[tuple[Any, ...]] = []
    rest: list[_State] = []
    for value in values:
        row = moved(value)
        if row is None:
            rest.append(value)
        else:
            rows.append(row)
    if move(connection, table, _MOVING[table.name], rows):
        return rest
    return list(values)  # a row of them is gone: the whole one says so, or is made anew


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
    """Return the columns of `device_states`, in their order.

    `_value_`: in Python 3.11 `value` is a function of Python's own, six times as slow.
    """
    return (
        state.device_id,
        state.status._value_,
        state.state._value_,
        to_micros_or_none(state.since_at),
        to_micros_or_none(state.confirmed_at),
        state.reason._value_,
        state.detail,
        state.cause,
        state.flapping,
        to_micros_or_none(state.last_result_at),
    )


def _check_row(state: CheckState) -> tuple[Any, ...]:
    """Return the columns of `check_states`, in their order."""
    return (
        state.check_id,
        state.verdict._value_,
        to_micros_or_none(state.since_at),
        to_micros_or_none(state.confirmed_at),
        state.pending._value_,
        state.pending_count,
        to_micros_or_none(state.pending_since_at),
        state.critical_count,
        to_micros_or_none(state.critical_since_at),
        state.reason._value_,
        state.detail,
        to_micros_or_none(state.last_slot_at),
        to_micros_or_none(state.last_result_at),
        state.last_outcome._value_,
        state.latency_seconds,
        json.dumps(sorted(state.breached)) if state.breached else "[]",
    )
