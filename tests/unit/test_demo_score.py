"""Holding what was reported against what really happened."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.demo.run import about_faults
from api.demo.score import (
    Change,
    Effect,
    Report,
    Truth,
    passed,
    read_changes,
    read_truth,
    score,
)

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
DEVICES = ("cam", "switch", "other")
NOBODY_HAD_TO_KNOW = 1_000.0  # seconds; messages have tests of their own (test_demo_told)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def effect(state: str, start: float = 60, end: float = 120, *targets: str) -> Effect:
    hit = targets or ("cam",)
    return Effect(
        "f1", "device_dead", hit, state, at(start), at(end), seen_after_seconds=NOBODY_HAD_TO_KNOW
    )


def change(new: str, began: float, confirmed: float) -> Change:
    return Change(new, at(began), at(confirmed))


def judge(
    effects: Sequence[Effect],
    changes: Mapping[str, Sequence[Change]],
    seconds: Mapping[str, Mapping[str, float]] | None = None,
    polled: frozenset[str] = frozenset(DEVICES),
    done: int = 10,
) -> dict[str, Any]:
    truth = Truth(DEVICES, at(0), at(240), tuple(effects), {"cam": {"uptime_gets": 4}}, at(0))
    report = Report(changes, polled, seconds or {}, 4, {"due": 10, "done": done})
    return score(truth, report)


UP = change("up", 1, 1)
DEATH = [UP, change("down", 75, 86), change("up", 130, 136)]


def test_a_fault_that_was_reported_is_detected_with_its_delays() -> None:
    result = judge([effect("down")], {"cam": DEATH})
    fault = result["faults"][0]
    assert fault["reported_state"] == "down"
    assert fault["detected_after_seconds"] == 26
    assert fault["cleared_after_seconds"] == 16
    assert passed(result)


def test_a_check_that_was_due_and_never_done_fails_the_score() -> None:
    assert passed(judge([], {}))
    assert not passed(judge([], {}, done=9))


def test_a_fault_that_nobody_reported_is_missed() -> None:
    result = judge([effect("down")], {"cam": [UP]})
    assert result["summary"]["missed"] == 1
    assert result["faults"][0]["reported_state"] == "up"
    assert not passed(result)


def test_a_fault_reported_as_something_else_is_missed_and_invented() -> None:
    result = judge([effect("down")], {"cam": [UP, change("degraded", 70, 90)]})
    assert result["summary"]["missed"] == 1
    assert result["summary"]["false_alarms"] == 1


def test_every_target_of_a_fault_must_be_reported() -> None:
    both = effect("down", 60, 120, "cam", "other")
    result = judge([both], {"cam": DEATH, "other": [UP]})
    assert result["summary"]["missed"] == 1


@pytest.mark.parametrize(("confirmed", "began"), [(200, 190), (50, 40)])
def test_a_death_without_a_fault_is_a_false_alarm(confirmed: float, began: float) -> None:
    result = judge(
        [effect("down")], {"cam": DEATH, "other": [UP, change("down", began, confirmed)]}
    )
    assert [alarm["device"] for alarm in result["false_alarms"]] == ["other"]
    assert not passed(result)


def test_an_outage_dated_long_before_its_fault_is_invented() -> None:
    result = judge([effect("down")], {"cam": [UP, change("down", 20, 86), change("up", 130, 136)]})
    assert result["summary"]["false_alarms"] == 1


def test_a_fault_that_must_not_show_is_detected_by_staying_up() -> None:
    assert passed(judge([effect("up")], {"cam": [UP]}))
    assert not passed(judge([effect("up")], {"cam": DEATH}))


def test_unknown_claims_nothing_and_is_never_a_false_alarm() -> None:
    result = judge([], {"cam": [UP, change("unknown", 100, 120), change("up", 130, 130)]})
    assert passed(result)


def test_a_device_that_was_never_polled_fails_the_demo() -> None:
    assert not passed(judge([], {"cam": [UP]}, polled=frozenset({"cam", "other"})))


def test_the_uptime_error_is_the_distance_of_the_seconds_of_loss() -> None:
    result = judge([effect("down")], {"cam": DEATH}, {"cam": {"down": 55.0, "unreachable": 0.0}})
    assert result["summary"]["uptime_error_seconds"] == {"mean": round(5 / 3, 3), "max": 5.0}


def test_a_record_is_read_with_faults_that_were_still_on_at_its_end() -> None:
    def line(event: str, second: float, **more: object) -> dict[str, object]:
        return {"event": event, "at": at(second).isoformat(), **more}

    effects = [{"expected_state": "down", "targets": ["cam"]}]
    truth = read_truth(
        [
            line("started", 0),
            line("fault_started", 10, id="a", kind="device_dead", effects=effects),
            line("fault_started", 20, id="b", kind="device_dead", effects=effects),
            line("fault_ended", 30, id="a", kind="device_dead"),
            line("timeline_started", 5, answers={"cam": {"echoes": 3, "telemetry": 1}}),
            line(
                "finished", 60, answers={"cam": {"echoes": 7, "telemetry": 4}, "new": {"echoes": 2}}
            ),
        ],
        DEVICES,
    )
    assert truth.counted_from == at(5)
    assert truth.answers == {"cam": {"echoes": 4, "telemetry": 3}, "new": {"echoes": 2}}
    assert [(one.fault_id, one.end) for one in truth.effects] == [("a", at(30)), ("b", at(60))]


def test_a_record_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="not complete"):
        read_truth([{"event": "started", "at": START.isoformat()}], DEVICES)


def test_a_fault_that_the_end_cut_short_counts_only_when_it_was_noticed() -> None:
    late = Effect("f9", "device_dead", ("cam",), "down", at(220), at(240), True, NOBODY_HAD_TO_KNOW)
    result = judge([late], {"cam": [UP]})
    assert passed(result)
    assert (result["summary"]["faults"], result["summary"]["cut_short"]) == (0, 1)
    noticed = judge([late], {"cam": [UP, change("down", 225, 239)]})
    assert noticed["summary"]["detected"] == 1


def test_a_row_about_flapping_is_no_report_of_a_state() -> None:
    def row(number: int, old: str, new: str, began: float, **more: object) -> dict[str, object]:
        moments = {"at": at(began).isoformat(), "confirmed_at": at(began + number).isoformat()}
        return {"id": number, "old": old, "new": new, "cause": None, "flapping": False} | (
            moments | more
        )

    rows = [
        row(1, "unknown", "up", 1),
        row(2, "up", "down", 70),
        row(3, "down", "down", 70, flapping=True),
        row(4, "down", "unreachable", 90, cause="switch", flapping=True),
        row(5, "unreachable", "unreachable", 95, cause="core", flapping=True),
        row(6, "unreachable", "unreachable", 95, cause="core"),
    ]
    read = read_changes(reversed(rows))  # as the API gives them: newest first
    assert [(one.new, one.at) for one in read] == [
        ("up", at(1)), ("down", at(70)), ("unreachable", at(90)), ("unreachable", at(95)),
    ]  # fmt: skip
    assert read[-1].confirmed_at == at(100)


def test_a_fault_with_two_effects_is_shown_as_one() -> None:
    both = [effect("down"), effect("unreachable", 60, 120, "switch")]
    cut_off = [UP, change("unreachable", 75, 86), change("up", 130, 136)]

    noticed = judge(both, {"cam": DEATH, "switch": cut_off})
    half = judge(both, {"cam": DEATH, "switch": [UP]})

    polled = "3 of 3 devices polled."
    assert about_faults(noticed) == f"1 fault: 1 detected, 0 missed; 0 invented; {polled}"
    assert about_faults(half) == f"1 fault: 0 detected, 1 missed; 0 invented; {polled}"
