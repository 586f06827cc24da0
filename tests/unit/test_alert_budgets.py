"""Budgets of channels, what an answer means, and cutting to lengths."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.notify.channels.answers import (
    LONGEST_RETRY_AFTER,
    LONGEST_WORDS,
    bounded_seconds,
    cleaned,
    passes,
    refusal,
    retry_after,
)
from collector.notify.channels.budgets import Budgets, Limit, limits_of
from collector.notify.channels.lengths import cut, cut_bytes, cut_utf16, utf16_length
from collector.notify.channels.outbound import Answer
from collector.notify.channels.telegram import limits

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)


def times_of(limits: tuple[Limit, ...], wanted: list[float]) -> list[datetime]:
    """When messages wanted at these gaps (seconds) go, each as soon as it may."""
    budgets = Budgets()
    now = NOW
    gone = []
    for gap in wanted:
        now = budgets.next_free_at(limits, now + timedelta(seconds=gap))
        budgets.take(limits, now)
        gone.append(now)
    return gone


@given(
    st.integers(1, 30),
    st.integers(1, 30),
    st.sampled_from([0.5, 1.0, 60.0]),
    st.lists(st.floats(0, 90), max_size=80),
)
@settings(deadline=None)
def test_no_window_sees_more_than_the_limit(
    count: int, at_once: int, seconds: float, gaps: list[float]
) -> None:
    limit = Limit("x", count, seconds, min(count, at_once))
    gone = times_of((limit,), gaps)
    for first, later in zip(gone, gone[count:], strict=False):
        assert later - first >= timedelta(seconds=seconds)


@given(st.integers(1, 30), st.integers(1, 30))
@settings(deadline=None)
def test_what_may_go_at_once_goes_at_once(count: int, at_once: int) -> None:
    limit = Limit("x", count, 60.0, min(count, at_once))
    gone = times_of((limit,), [0.0] * limit.at_once)
    assert gone == [NOW] * limit.at_once


def test_a_group_of_telegram_gets_twenty_a_minute() -> None:
    gone = times_of(limits("1", "-100"), [0.0] * 60)
    assert sum(1 for at in gone if at < NOW + timedelta(seconds=60)) in range(17, 21)
    assert all(later - first >= timedelta(seconds=1) for first, later in pairwise(gone))


def test_a_bot_in_many_chats_sends_thirty_a_second() -> None:
    budgets = Budgets()
    now = NOW
    sent = 0
    for chat in range(300):
        now = max(now, budgets.next_free_at(limits("1", str(chat)), now))
        budgets.take(limits("1", str(chat)), now)
        sent += now < NOW + timedelta(seconds=1)
    assert sent in range(25, 31)


def test_a_pause_stops_the_chat_and_not_the_bot() -> None:
    budgets = Budgets()
    one, other = limits("1", "-100"), limits("1", "-200")
    budgets.pause(one, NOW + timedelta(seconds=30))
    budgets.pause(one, NOW + timedelta(seconds=5))
    assert budgets.next_free_at(one, NOW) == NOW + timedelta(seconds=30)
    assert budgets.next_free_at(other, NOW) == NOW


def test_what_has_no_limits_is_always_free() -> None:
    assert limits_of(object()) == ()
    assert Budgets().next_free_at((), NOW) == NOW


def test_budgets_do_not_grow_without_end() -> None:
    budgets = Budgets()
    for number in range(25_000):
        now = NOW + timedelta(seconds=number)
        budgets.take((Limit(f"chat {number}", 1, 1.0),), now)
    assert len(budgets._full_at) <= 10_000


@pytest.mark.parametrize(
    ("count", "seconds", "at_once"), [(0, 1, 0), (1, 0, 1), (1, 1, 2), (5, 1, 0)]
)
def test_a_limit_that_lets_nothing_through_is_refused(
    count: int, seconds: float, at_once: int
) -> None:
    with pytest.raises(ValueError, match="a limit needs"):
        Limit("x", count, seconds, at_once)


# --- answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("999999999", LONGEST_RETRY_AFTER),
        ("Fri, 27 Nov 2026 01:02:00 GMT", 120.0),
        ("Fri, 27 Nov 2026 00:59:00 GMT", 0.0),
        ("Fri, 27 Nov 9999 00:59:00 GMT", LONGEST_RETRY_AFTER),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("\u0667", None),
        ("soon", None),
        ("Fri, 99 Nov 2026 01:02:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after(Answer(429, {"retry-after": text}, b""), NOW) == seconds


@pytest.mark.parametrize("value", [True, None, "7", float("nan"), float("inf"), [7]])
def test_what_is_no_number_of_seconds_is_none(value: object) -> None:
    assert bounded_seconds(value) is None


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=50)
def test_words_of_a_server_are_one_bounded_line(words: str) -> None:
    words *= 20
    shown = cleaned(words, ["rahasia"])
    assert len(shown) <= LONGEST_WORDS
    assert shown.isprintable()


def test_a_secret_goes_before_the_cut() -> None:
    words = "x" * (LONGEST_WORDS - 10) + "rahasia-panjang-sekali"
    assert "rahasia" not in cleaned(words, ["rahasia-panjang-sekali"])


@pytest.mark.parametrize(
    ("status", "passing"),
    [(400, 0), (401, 0), (404, 0), (408, 1), (410, 0), (413, 0), (425, 1), (429, 1), (500, 1)],
)
def test_statuses_pass_or_do_not(status: int, passing: int) -> None:
    assert passes(status) == bool(passing)
    error = refusal("X", Answer(status, {}, b"no"), NOW, ())
    assert error.permanent == (not passing)
    assert not error.maybe_sent


# --- lengths -------------------------------------------------------------------------------------


@given(st.text(max_size=60), st.integers(0, 40))
@settings(deadline=None)
def test_cut_words_fit_and_begin_alike(text: str, longest: int) -> None:
    for shown, length, whole in (
        (cut(text, longest), len(cut(text, longest)), len(text)),
        (cut_utf16(text, longest), utf16_length(cut_utf16(text, longest)), utf16_length(text)),
        (
            cut_bytes(text, longest),
            len(cut_bytes(text, longest).encode("utf-8", "replace")),
            len(text.encode("utf-8", "replace")),
        ),
    ):
        assert length <= longest
        assert (shown == text) == (whole <= longest) or text.rstrip() != text
        assert text.startswith(shown.removesuffix("…"))
