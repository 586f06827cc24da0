"""Holding the messages that people got against what really happened."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.demo.told import Happened, Heard, Limits, Message, judge

START = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
SETTLE = 10.0


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def fault(start: float = 60, end: float = 150, *targets: str, **more: Any) -> Happened:
    told = {"cut_off": frozenset[str](), "kind": "device_dead", **more}
    names = frozenset(targets or ("cam",))
    return Happened(
        id="f1", targets=names, start=at(start), end=at(end), seen_after_seconds=50,
        well_after_seconds=95, shows=True, **told,
    )  # fmt: skip


def message(purpose: str, seconds: float, *devices: str, about: str = "device") -> Message:
    return Message(
        f"{purpose}-{seconds}", at(seconds), purpose, "critical", f"{purpose} {devices}",
        about, devices or ("cam",), 1,
    )  # fmt: skip


def hold(
    faults: Sequence[Happened],
    messages: Sequence[Message],
    finished: float = 400,
    limits: Limits | None = None,
    **heard: Any,
) -> dict[str, Any]:
    return judge(faults, Heard(messages, **heard), at(finished), SETTLE, limits)


TOLD = (message("firing", 100), message("recovered", 170))


def test_a_fault_that_is_told_once_and_its_end_once_is_right() -> None:
    result = hold([fault()], TOLD)
    assert result["problems"] == []
    assert (result["sent"], result["out"], result["back"]) == (2, 1, 1)
    assert (result["must_be_told"], result["told"]) == (1, 1)
    assert result["told_after_seconds"] == {"f1": 40.0}


def test_a_fault_of_which_nobody_was_told_is_missed() -> None:
    result = hold([fault()], [])
    assert result["missed"] == 1
    assert result["problems"] == ["nobody was told of f1"]


@pytest.mark.parametrize(
    ("one", "finished"),
    [
        (fault(60, 125), 400.0),  # over before anybody surely knew
        (fault(60, 150), 125.0),  # the demo was over
        (fault(kind="collector_pause"), 400.0),
        (fault(60, 175, kind="ups_on_battery"), 400.0),  # a UPS is given a minute
        (replace(fault(), claims=False), 400.0),  # not knowing claims nothing
    ],
)
def test_what_nobody_surely_had_to_know_may_be_left_out(one: Happened, finished: float) -> None:
    assert hold([one], [], finished)["problems"] == []


def test_an_end_that_nobody_was_told_is_found_once_there_was_time_for_it() -> None:
    assert hold([fault()], TOLD[:1], finished=250)["problems"] == []
    result = hold([fault()], TOLD[:1])
    assert result["problems"] == ["nobody was told that f1 was over"]


def test_a_recovery_before_the_end_does_not_count_as_the_end() -> None:
    result = hold([fault()], [TOLD[0], message("recovered", 120)])
    assert result["open_ended"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        message("firing", 100, "other"),
        message("firing", 50),
        message("firing", 300),
        message("recovered", 100, "other"),
        message("storm", 50, about="storm"),
        message("firing", 100, "collector:demo", about="collector"),
    ],
)
def test_a_message_that_no_fault_explains_is_invented(wrong: Message) -> None:
    result = hold([fault()], [*TOLD, wrong])
    assert result["invented"] == 1
    assert result["problems"] == [f"invented: {wrong.title}"]


def test_the_end_of_what_an_earlier_run_left_behind_is_not_invented() -> None:
    assert hold([fault()], [message("recovered", 20, "other"), *TOLD])["problems"] == []


def test_a_pause_of_the_collector_explains_that_it_is_said_to_be_gone() -> None:
    pause = fault(60, 150, kind="collector_pause")
    gone = [message(it, 100, "collector:demo", about="collector") for it in ("firing", "recovered")]
    assert hold([pause], gone)["invented"] == 0


def test_the_same_device_told_as_new_twice_is_found() -> None:
    result = hold([fault()], [TOLD[0], message("firing", 120), TOLD[1]])
    assert result["again"] == 1
    assert hold([fault()], [TOLD[0], message("update", 120), TOLD[1]])["problems"] == []


def test_a_second_fault_of_a_device_is_told_anew_after_the_first_was_over() -> None:
    second = replace(fault(200, 300), id="f2")
    again = [message("firing", 240), message("recovered", 320)]
    assert hold([fault(), second], [*TOLD, *again], 600)["problems"] == []


def test_a_storm_tells_of_every_fault_under_way_without_naming_its_devices() -> None:
    many = fault(60, 150, *(f"cam-{number}" for number in range(100)))
    storm = [message(it, when, "cam-1", about="storm") for it, when in
             (("storm", 110), ("recovered", 190))]  # fmt: skip
    assert hold([many, replace(fault(), id="f2")], storm)["problems"] == []


def test_what_is_cut_off_must_have_been_held_with_its_cause() -> None:
    one = fault(60, 150, "switch", "cam", cut_off=frozenset({"cam"}))
    told = [message("firing", 100, "switch"), message("recovered", 170, "switch")]
    held = {"parent_down": frozenset({"cam"}), "settling": frozenset({"switch"})}
    result = hold([one], told, held=held)
    assert result["problems"] == []
    assert (result["held"], result["held_by_reason"]) == (1, {"parent_down": 1, "settling": 1})
    result = hold([one], told, held={"settling": frozenset({"switch"})})
    assert result["problems"] == ["1 devices were cut off and not held with their cause"]


def test_more_messages_than_the_scenario_allows_are_told_with_their_purposes() -> None:
    messages = [TOLD[0], message("update", 110), message("escalation", 120), TOLD[1]]
    assert hold([fault()], messages, limits=Limits(3, 1))["problems"] == []
    [problem] = hold([fault()], messages, limits=Limits(2, 1))["problems"]
    assert problem.startswith("3 messages out instead of at most 2")


def test_a_scenario_about_messages_that_was_cut_short_proves_nothing() -> None:
    [problem] = hold([fault()], [], finished=100, limits=Limits(2, 2))["problems"]
    assert "too short" in problem


def test_signs_of_life_and_tests_are_no_news() -> None:
    result = hold([], [message("heartbeat", 10), message("test", 20)])
    assert result["problems"] == []
    assert (result["sent"], result["out"]) == (2, 0)


def test_unsigned_requests_and_messages_that_came_twice_fail_the_score() -> None:
    assert len(hold([fault()], TOLD, refused=1, again=2)["problems"]) == 2
