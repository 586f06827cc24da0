"""When a failing child waits for what is in front of it, and for how long."""

from dataclasses import replace

import pytest

from collector.engine import HOLD_SECONDS
from collector.model import Check, State
from tests.engine_hand import Hand
from tests.virtual_city import checks_of, device

UP, DOWN, UNREACHABLE, UNKNOWN = State.UP, State.DOWN, State.UNREACHABLE, State.UNKNOWN


def ruled(confirm: int, recover: int) -> list[Check]:
    every = [check for name in ("switch", "cam") for check in checks_of(device(name))]
    return [replace(c, rule=replace(c.rule, confirm=confirm, recover=recover)) for c in every]


def behind_a_switch(checks: list[Check] | None = None) -> Hand:
    city = Hand([device("switch"), device("cam", "switch")], checks)
    for name in ("switch", "cam"):
        city.ok(f"{name}/ping")
    return city


def story(city: Hand, name: str) -> list[State]:
    return [moved.new for moved in city.log if moved.device_id == name]


def test_a_ping_lost_just_before_the_switch_dies_does_not_make_the_child_down() -> None:
    """The switch answered when the child began to fail; what counts is when it failed last."""
    city = behind_a_switch()
    city.wait(5)
    city.fail("cam/ping")  # merely lost
    city.ok("switch/ping")  # asked because of it
    for _ in range(2):
        city.wait(5)  # meanwhile the switch has died
        city.fail("cam/ping")
    assert city.state("cam") is UP
    for _ in range(3):
        city.wait(2)
        city.fail("switch/ping")
    assert (city.state("switch"), city.state("cam")) == (DOWN, UNREACHABLE)
    assert story(city, "cam") == [UP, UNREACHABLE]


def test_a_dead_child_is_down_as_soon_as_its_switch_answers_after_it() -> None:
    city = behind_a_switch()
    for _ in range(2):
        city.wait(5)
        city.fail("cam/ping")
    city.wait(5)
    assert city.fail("cam/ping").soon["switch/ping"] == 0
    assert city.state("cam") is UP
    city.ok("switch/ping")
    assert city.state("cam") is DOWN


def test_a_hold_ends_after_a_minute_though_nobody_speaks_for_the_switch() -> None:
    city = behind_a_switch()
    for _ in range(3):
        city.wait(5)
        city.fail("cam/ping")
    city.live(HOLD_SECONDS - 5)
    assert city.state("cam") is UP
    city.live(10)
    assert city.state("cam") is DOWN


def test_a_held_child_that_answers_is_not_called_down_by_the_end_of_its_hold() -> None:
    city = behind_a_switch(ruled(confirm=3, recover=5))
    for _ in range(3):
        city.wait(5)
        city.fail("cam/ping")
    city.live(HOLD_SECONDS - 5)
    city.ok("cam/ping")
    city.live(10)
    assert city.state("cam") is UP
    for _ in range(4):
        city.ok("cam/ping")
        city.wait(5)
    assert story(city, "cam") == [UP]


def test_a_child_that_fell_silent_while_held_is_held_anew_when_it_fails_again() -> None:
    city = Hand([device("switch"), device("cam", "switch")])
    for _ in range(3):
        city.wait(5)
        city.fail("cam/ping")
    city.live(300)
    assert city.state("cam") is UNKNOWN
    for _ in range(3):
        city.wait(5)
        city.fail("cam/ping")
    assert city.state("cam") is UNKNOWN, "the hold of five minutes ago is not this one"
    for _ in range(3):
        city.wait(1)
        city.fail("switch/ping")
    assert city.state("cam") is UNREACHABLE


def test_what_is_not_believed_to_answer_is_not_degraded_by_its_agent() -> None:
    """After a restart a dead camera's agent is silent too: down is the word, not degraded."""
    city = Hand([device("cam")])
    city.fail("cam/ping")
    for _ in range(3):
        city.wait(5)
        city.fail("cam/snmp")
    assert city.state("cam") is UNKNOWN
    for _ in range(2):
        city.wait(5)
        city.fail("cam/ping")
    assert story(city, "cam") == [DOWN]


@pytest.mark.parametrize(("confirm", "recover"), [(1, 1), (1, 4), (12, 1), (12, 9)])
def test_every_rule_holds_for_the_child_and_for_its_switch(confirm: int, recover: int) -> None:
    city = behind_a_switch(ruled(confirm, recover))

    def everybody(times: int, answers: bool) -> None:
        for _ in range(times):
            city.wait(4)
            for name in ("cam", "switch"):
                (city.ok if answers else city.fail)(f"{name}/ping")

    everybody(confirm - 1, answers=False)
    assert (city.state("switch"), city.state("cam")) == (UP, UP)
    everybody(1, answers=False)
    assert (city.state("switch"), city.state("cam")) == (DOWN, UNREACHABLE)
    everybody(recover - 1, answers=True)
    assert (city.state("switch"), city.state("cam")) == (DOWN, UNREACHABLE)
    everybody(1, answers=True)
    assert story(city, "cam") == [UP, UNREACHABLE, UP]
    assert story(city, "switch") == [UP, DOWN, UP]


def test_a_clock_set_back_between_a_start_and_its_first_second_is_noticed() -> None:
    city = behind_a_switch()
    city.restart()
    city.now = city.now.replace(year=2025)
    city.ok("cam/ping")
    assert city.log[-1].new is UP
    assert city.log[-1].confirmed_at == city.now


def test_a_slow_check_that_was_heard_first_does_not_hide_the_silence_of_the_ping() -> None:
    ping, snmp = checks_of(device("cam"))
    city = Hand([device("cam")], [ping, replace(snmp, interval_seconds=86_400.0)])
    city.ok("cam/snmp")
    city.wait(5)
    city.ok("cam/ping")
    city.live(90)
    assert story(city, "cam") == [UP, UNKNOWN]
