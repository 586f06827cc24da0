"""Rows of the store as clients see them, and the one rule that is added on the way out.

**When no collector is alive, no state is current** (`collector.sight`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from collector.model import CheckState, DeviceState, Reason, State
from collector.moments import from_micros_or_none, to_micros_or_none
from collector.sight import Sight, reported
from collector.store import CheckRow, CountRow, DeviceRow, WallRow

_STATE_WORDS = tuple(State)


def wall_device(
    row: WallRow, planned: Collection[str], owners: Mapping[str, str]
) -> dict[str, object]:
    """Return a device as walls get it (schemas.WallDevice), as the row says it is.

    `planned`: who is in maintenance; `owners`: their names.
    """
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "site": row.site,
        "site_name": row.site_name,
        "area": row.area,
        "owner": row.owner,
        "owner_name": owners.get(row.owner or ""),
        "state": row.state,
        "since": from_micros_or_none(row.since_at),
        "confirmed_at": from_micros_or_none(row.confirmed_at),
        "reason": row.reason,
        "detail": row.detail,
        "cause": row.cause,
        "flapping": row.flapping,
        "maintenance": row.id in planned,
        "last_result_at": from_micros_or_none(row.last_result_at),
    }


def state_of(row: WallRow) -> DeviceState:
    """Return the state of a row as a value. The status behind it is not known here."""
    return DeviceState(
        device_id=row.id,
        state=State(row.state),
        since_at=from_micros_or_none(row.since_at),
        confirmed_at=from_micros_or_none(row.confirmed_at),
        reason=Reason(row.reason),
        detail=row.detail,
        cause=row.cause,
        flapping=row.flapping,
        last_result_at=from_micros_or_none(row.last_result_at),
    )


def with_state(row: WallRow, state: DeviceState) -> WallRow:
    """Return a row with another state."""
    return row._replace(
        state=state.state.value,
        since_at=to_micros_or_none(state.since_at),
        confirmed_at=to_micros_or_none(state.confirmed_at),
        reason=state.reason.value,
        detail=state.detail,
        cause=state.cause,
        flapping=state.flapping,
        last_result_at=to_micros_or_none(state.last_result_at),
    )


def device_view(row: DeviceRow, seen: Sight, planned: Collection[str]) -> dict[str, object]:
    """Return a device in full (schemas.Device). Credentials are not part of it.

    `planned`: who is in maintenance.
    """
    state = reported(row.state, seen)
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "site": row.site,
        "site_name": row.site_name,
        "area": row.area,
        "owner": row.owner,
        "state": state.state,
        "since": state.since_at,
        "confirmed_at": state.confirmed_at,
        "reason": state.reason,
        "detail": state.detail,
        "cause": state.cause,
        "flapping": state.flapping,
        "maintenance": row.id in planned,
        "last_result_at": state.last_result_at,
        "link_owner": row.link_owner,
        "power_owner": row.power_owner,
        "profile": row.profile,
        "address": row.address,
        "parents": row.parents,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "tags": row.tags,
        "retired_at": row.retired_at,
    }


def check_view(row: CheckRow) -> dict[str, object]:
    """Return a check with its last result (schemas.CheckView)."""
    state: CheckState = row.state
    return {
        "id": row.id,
        "name": row.name,
        "probe": row.probe,
        "role": row.role,
        "interval_seconds": row.interval_seconds,
        "timeout_seconds": row.timeout_seconds,
        "verdict": state.verdict,
        "since": state.since_at,
        "confirmed_at": state.confirmed_at,
        "reason": state.reason,
        "detail": state.detail,
        "outcome": state.last_outcome,
        "latency_seconds": state.latency_seconds,
        "last_slot_at": state.last_slot_at,
        "last_result_at": state.last_result_at,
    }


def count_states(rows: Iterable[CountRow], seen: Sight, planned: int) -> dict[str, int]:
    """Return `{"total", "up", …, "maintenance"}` of these rows, `planned` of them in a window."""
    counts = dict.fromkeys(("total", *_STATE_WORDS), 0)
    for row in rows:
        counts["total"] += row.count
        counts[State.UNKNOWN if seen.blind else row.state] += row.count
    return {str(word): count for word, count in counts.items()} | {"maintenance": planned}


def status_view(
    rows: Sequence[CountRow],
    area_names: dict[str, str],
    seen: Sight,
    planned: Mapping[tuple[str, str], int],
) -> dict[str, object]:
    """Return the city in numbers (schemas.Status); `planned` counts by kind and area."""
    kinds = sorted({row.kind for row in rows})
    areas = sorted({row.area for row in rows})
    return {
        "at": seen.now,
        "collectors": seen.collectors,
        "devices": count_states(rows, seen, sum(planned.values())),
        "by_kind": {
            kind: count_states(
                (row for row in rows if row.kind == kind),
                seen,
                sum(count for (of, _), count in planned.items() if of == kind),
            )
            for kind in kinds
        },
        "by_area": [
            {
                "code": area,
                "name": area_names.get(area, area),
                **count_states(
                    (row for row in rows if row.area == area),
                    seen,
                    sum(count for (_, within), count in planned.items() if within == area),
                ),
            }
            for area in areas
        ],
    }
