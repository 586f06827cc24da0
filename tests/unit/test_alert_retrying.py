"""What becomes of a message that was not taken; how channels rest; how much a budget leaves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model.alerts import DeliveryState, Notification, Purpose, Severity
from collector.notify.channels import NotifyError
from collector.notify.channels.budgets import Budgets, Limit
from collector.notify.lines import AT_ONCE, Line
from collector.notify.plan import AlertPlan, Receiver
from collector.notify.retrying import (
    LONGEST_PAUSE_SECONDS,
    Tried,
    after,
    pause_seconds,
    waited_in_vain,
)
from collector.store import End, Failed, GivenUp
from tests.alert_play import PlainRules

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
PLAN = AlertPlan(
    PlainRules(),
    {"ani": Receiver("ani", ("telegram", "email", "wa"), give_up_seconds=3_600)},
)
MESSAGE = Notification(
    7, "ani", "telegram", Purpose.FIRING, "k", NOW, NOW, {}, DeliveryState.SENDING, 1, id=3
)
BUSY = NotifyError("busy")
NEVER = NotifyError("chat not found", permanent=True)


def tried(
    trouble: NotifyError, message: Notification = MESSAGE, minutes: float = 0.0, failures: int = 1
) -> Tried:
    return Tried(message, trouble, NOW + timedelta(minutes=minutes), NOW, failures, 0.5)


def given_up(end: End) -> GivenUp:
    assert isinstance(end, GivenUp)
    return end


def failed(end: End) -> Failed:
    assert isinstance(end, Failed)
    return end


@settings(deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(Severity), st.floats(0, 1), st.floats(0, 1))
def test_pauses_grow_and_are_bounded(
    failures: int, severity: Severity, luck: float, other: float
) -> None:
    pause = pause_seconds(failures, severity, luck)
    assert 0 < pause <= LONGEST_PAUSE_SECONDS
    assert pause_seconds(failures + 2, severity, other) >= min(pause, LONGEST_PAUSE_SECONDS / 2)


def test_a_message_that_is_not_taken_now_is_tried_again() -> None:
    end = failed(after(tried(BUSY), PLAN))
    assert (end.answer, end.maybe_twice) == ("busy", False)
    assert NOW < end.next_try_at < NOW + timedelta(seconds=10)


def test_a_channel_says_how_long_it_wants_to_rest() -> None:
    end = failed(after(tried(NotifyError("429", retry_after=120)), PLAN))
    assert end.next_try_at == NOW + timedelta(seconds=120)


def test_a_lost_answer_is_remembered() -> None:
    assert failed(after(tried(NotifyError("cut", maybe_sent=True)), PLAN)).maybe_twice


def test_what_is_refused_for_good_goes_by_the_next_channel() -> None:
    (instead,) = given_up(after(tried(NEVER), PLAN)).instead
    assert (instead.channel, instead.key, instead.attempts) == ("email", "k>email", 0)
    assert (instead.thread_id, instead.purpose, instead.receiver) == (7, Purpose.FIRING, "ani")
    assert instead.state is DeliveryState.PENDING
    assert instead.id is None


def test_what_may_have_arrived_is_marked_on_the_next_channel_too() -> None:
    lost = replace(MESSAGE, maybe_twice=True)
    (instead,) = given_up(after(tried(NEVER, lost), PLAN)).instead
    assert instead.maybe_twice


@pytest.mark.parametrize(
    ("minutes", "attempts", "severity", "is_given_up"),
    [
        (9, 9, Severity.CRITICAL, False),
        (11, 9, Severity.CRITICAL, True),
        (11, 2, Severity.CRITICAL, False),  # tried too few times yet
        (11, 9, Severity.WARNING, False),
        (61, 9, Severity.WARNING, True),
    ],
)
def test_what_is_tried_for_too_long_goes_by_the_next_channel(
    minutes: float, attempts: int, severity: Severity, *, is_given_up: bool
) -> None:
    message = replace(MESSAGE, attempts=attempts, severity=severity)
    assert isinstance(after(tried(BUSY, message, minutes), PLAN), GivenUp) is is_given_up


def test_the_last_channel_is_tried_for_a_day() -> None:
    last = replace(MESSAGE, channel="wa", attempts=50)
    assert isinstance(after(tried(BUSY, last, 23 * 60), PLAN), Failed)
    assert given_up(after(tried(BUSY, last, 25 * 60), PLAN)).instead == []
    assert given_up(after(tried(NEVER, last), PLAN)).instead == []


def test_a_channel_that_is_not_theirs_any_more_falls_back_to_their_first() -> None:
    former = replace(MESSAGE, channel="sms")
    (instead,) = given_up(after(tried(NEVER, former), PLAN)).instead
    assert instead.channel == "telegram"


@pytest.mark.parametrize("purpose", [Purpose.HEARTBEAT, Purpose.TEST])
def test_what_is_about_its_channel_goes_by_no_other(purpose: Purpose) -> None:
    assert given_up(after(tried(NEVER, replace(MESSAGE, purpose=purpose)), PLAN)).instead == []


def test_who_asks_for_more_time_than_there_is_is_not_waited_for() -> None:
    hour = NotifyError("429", retry_after=3_600)
    critical = replace(MESSAGE, severity=Severity.CRITICAL)
    assert given_up(after(tried(hour, critical), PLAN)).instead[0].channel == "email"
    last = replace(critical, channel="wa")
    assert failed(after(tried(hour, last), PLAN)).next_try_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("minutes", "attempts", "severity", "channel", "goes_to"),
    [
        (9, 0, Severity.CRITICAL, "telegram", None),
        (11, 0, Severity.CRITICAL, "telegram", "email"),
        (11, 1, Severity.CRITICAL, "email", "wa"),
        (59, 0, Severity.WARNING, "telegram", None),
        (61, 0, Severity.WARNING, "telegram", "email"),
        (23 * 60, 0, Severity.CRITICAL, "wa", None),
    ],
)
def test_what_waits_behind_others_for_too_long_goes_by_the_next_channel(
    minutes: float, attempts: int, severity: Severity, channel: str, goes_to: str | None
) -> None:
    one = replace(MESSAGE, attempts=attempts, severity=severity, channel=channel)
    end = waited_in_vain(one, PLAN, "refused", NOW + timedelta(minutes=minutes))
    assert (None if end is None else end.instead[0].channel) == goes_to


def test_what_waited_for_a_day_is_dead_and_says_for_what() -> None:
    one = replace(MESSAGE, attempts=0, channel="wa")
    end = waited_in_vain(one, PLAN, "no DNS", NOW + timedelta(hours=25))
    assert end is not None
    assert (end.instead, end.answer) == ([], "waited 90000 s for channel wa: no DNS")


OTHERS = replace(
    PLAN,
    receivers={
        **PLAN.receivers,
        "budi": Receiver("budi", ("wa",)),
        "noc": Receiver("noc", ("ntfy",)),
    },
)
DEAD = replace(MESSAGE, channel="wa", facts={"purpose": "firing"})


def test_what_is_dead_is_read_once_by_another_with_another_channel() -> None:
    (passed,) = given_up(after(tried(NEVER, DEAD), OTHERS)).instead
    assert (passed.receiver, passed.channel, passed.key) == ("noc", "ntfy", "k>>noc")
    assert passed.facts == {"purpose": "firing", "not_reached": "ani"}
    also_dead = replace(passed, id=4)
    assert given_up(after(tried(NEVER, also_dead), OTHERS)).instead == []


def test_a_broken_channel_floods_nobody_else() -> None:
    again = replace(tried(NEVER, DEAD), may_pass_on=False)
    assert given_up(after(again, OTHERS)).instead == []
    line = Line()
    assert line.may_pass_on(NOW)
    line.passed_on_at = NOW
    assert not line.may_pass_on(NOW + timedelta(minutes=14))
    assert line.may_pass_on(NOW + timedelta(minutes=15))


# --- lines ------------------------------------------------------------------------------------


def test_a_channel_that_fails_rests_and_is_tried_with_one_message() -> None:
    line, budgets = Line(), Budgets()
    assert line.share(budgets, NOW) == AT_ONCE
    for _ in range(3):
        line.begins(budgets, NOW)
    for _ in range(3):
        line.refused(BUSY, budgets, NOW, 1.0)
    assert line.failures == 1  # they began together
    assert line.share(budgets, NOW) == 0
    assert line.share(budgets, NOW + timedelta(seconds=1)) == 1
    line.begins(budgets, NOW + timedelta(seconds=1))
    assert line.share(budgets, NOW + timedelta(seconds=1)) == 0
    line.took(NOW + timedelta(seconds=1))
    assert line.share(budgets, NOW + timedelta(seconds=1)) == AT_ONCE


def test_what_is_refused_for_good_says_nothing_of_the_channel() -> None:
    line, budgets = Line(), Budgets()
    line.begins(budgets, NOW)
    line.refused(NEVER, budgets, NOW, 1.0)
    assert line.share(budgets, NOW) == AT_ONCE


def test_a_channel_that_asks_for_a_rest_gets_it() -> None:
    line, budgets = Line([Limit("chat", 20, 60, 20)]), Budgets()
    line.begins(budgets, NOW)
    line.refused(NotifyError("429", retry_after=90), budgets, NOW, 1.0)
    assert line.share(budgets, NOW + timedelta(seconds=89)) == 0
    assert line.share(budgets, NOW + timedelta(seconds=90)) == 1
    assert line.free_at(budgets, NOW) == NOW + timedelta(seconds=90)


@settings(deadline=None)
@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=40),
)
def test_a_budget_leaves_as_many_as_it_would_let_go(
    count: int, at_once: int, story: list[tuple[float, bool]]
) -> None:
    limits, budgets, now = [Limit("one", max(count, at_once), 60.0, at_once)], Budgets(), NOW
    for seconds, takes in story:
        now += timedelta(seconds=seconds)
        if takes and budgets.next_free_at(limits, now) == now:
            budgets.take(limits, now)
    left = budgets.free(limits, now, 100)
    for _ in range(left):
        assert budgets.next_free_at(limits, now) == now
        budgets.take(limits, now)
    assert budgets.next_free_at(limits, now) > now
