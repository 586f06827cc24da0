"""What clients are told of states, above all when nobody is looking."""

from datetime import UTC, datetime, timedelta

import pytest

from api.views import count_states, status_view
from collector.model import DeviceState, Heartbeat, Reason, State, Status
from collector.sight import reported, sight
from collector.store import CountRow

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DOWN = DeviceState(
    "cam-0001",
    Status.DOWN,
    State.UNREACHABLE,
    NOW - timedelta(hours=2),
    NOW - timedelta(hours=2),
    Reason.PARENT_DOWN,
    "3 of 3 lost",
    "sw-0001",
    True,
    NOW - timedelta(minutes=3),
)


def beats(*ages: float) -> list[Heartbeat]:
    return [
        Heartbeat(f"c{number}", "run", NOW, NOW - timedelta(seconds=age))
        for number, age in enumerate(ages)
    ]


@pytest.mark.parametrize(
    ("ages", "alive", "blind"),
    [
        ((), [], True),
        ((0,), [True], False),
        ((12.4,), [True], False),
        ((12.5,), [False], True),
        ((3600, 1), [False, True], False),
        ((3600, 13), [False, False], True),
        ((-3600,), [False], True),  # written before its clock was set back an hour
    ],
)
def test_one_living_collector_is_enough_to_see(
    ages: tuple[float, ...], alive: list[bool], blind: bool
) -> None:
    seen = sight(beats(*ages), NOW, 12.5)
    assert [one.alive for one in seen.collectors] == alive
    assert seen.blind is blind


def test_while_a_collector_lives_the_stored_state_is_reported() -> None:
    assert reported(DOWN, sight(beats(1), NOW, 12.5)) is DOWN


def test_when_nobody_looks_a_device_is_unknown_since_its_last_result() -> None:
    state = reported(DOWN, sight(beats(60), NOW, 12.5))
    assert state.state is State.UNKNOWN
    assert state.status is Status.UNKNOWN
    assert state.reason is Reason.COLLECTOR_GONE
    assert state.since_at == NOW - timedelta(minutes=3)
    assert state.confirmed_at == NOW - timedelta(seconds=47.5)
    assert (state.cause, state.detail, state.flapping) == (None, "", False)
    assert state.last_result_at == DOWN.last_result_at


def test_what_was_unknown_before_keeps_its_own_reason() -> None:
    silent = DeviceState("sensor-0001", since_at=NOW - timedelta(days=1), reason=Reason.SILENT)
    assert reported(silent, sight([], NOW, 12.5)) is silent


def test_counts_of_a_city_nobody_looks_at_are_all_unknown() -> None:
    rows = [
        CountRow("camera", "73.71.01", State.UP, 5),
        CountRow("camera", "73.71.01", State.DOWN, 2),
        CountRow("switch", "73.71.07", State.UP, 1),
    ]
    looking = sight(beats(1), NOW, 12.5)
    gone = sight(beats(99), NOW, 12.5)
    zeros = {"degraded": 0, "unreachable": 0, "maintenance": 0}
    assert count_states(rows, looking, 0) == {"total": 8, "up": 6, "down": 2, "unknown": 0, **zeros}
    assert count_states(rows, gone, 0) == {"total": 8, "up": 0, "down": 0, "unknown": 8, **zeros}
    assert count_states([], looking, 0)["total"] == 0
    assert count_states(rows, looking, 3)["maintenance"] == 3  # whatever their state


def test_the_numbers_by_kind_and_by_area_add_up_to_the_whole() -> None:
    rows = [
        CountRow("camera", "73.71.01", State.UP, 5),
        CountRow("camera", "73.71.07", State.DOWN, 2),
        CountRow("switch", "73.71.07", State.UP, 1),
    ]
    planned = {("camera", "73.71.07"): 2}
    seen = sight(beats(1), NOW, 12.5)
    view = status_view(rows, {"73.71.01": "Mariso"}, seen, planned)
    by_kind, by_area = view["by_kind"], view["by_area"]
    assert isinstance(by_kind, dict)
    assert isinstance(by_area, list)
    assert {kind: counts["total"] for kind, counts in by_kind.items()} == {"camera": 7, "switch": 1}
    assert [(one["code"], one["name"], one["total"]) for one in by_area] == [
        ("73.71.01", "Mariso", 5),
        ("73.71.07", "73.71.07", 3),  # an area whose name is not known shows its code
    ]
    assert {kind: one["maintenance"] for kind, one in by_kind.items()} == {"camera": 2, "switch": 0}
    assert [one["maintenance"] for one in by_area] == [0, 2]
