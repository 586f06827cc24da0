"""Signed links of messages: they allow one thing, until then, and cannot be changed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.sessions import SessionSigner
from collector.notify.words.links import LONGEST_TOKEN, Action, LinkError, LinkSigner

NOW = datetime(2026, 11, 26, 18, 14, tzinfo=UTC)
LATER = NOW + timedelta(hours=4)
SIGNER = LinkSigner(b"k" * 32)
TOKEN = SIGNER.issue("incident:12", Action.ACKNOWLEDGE, "budi", LATER)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=40), st.sampled_from(Action), st.text(max_size=30), st.text(max_size=20))
def test_a_link_says_what_was_allowed(key: str, action: Action, receiver: str, nonce: str) -> None:
    token = SIGNER.issue(key, action, receiver, LATER, nonce)
    read = SIGNER.read(token, NOW)
    assert (read.thread_key, read.action, read.receiver) == (key, action, receiver)
    assert (read.expires_at, read.nonce) == (LATER, nonce)
    assert token == SIGNER.issue(key, action, receiver, LATER, nonce)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@settings(deadline=None, max_examples=100)
@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_a_link_with_one_letter_changed_is_refused(place: int, letter: str) -> None:
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    if changed != TOKEN:
        with pytest.raises(LinkError, match="not genuine"):
            SIGNER.read(changed, NOW)


@pytest.mark.parametrize(
    "token", ["", ".", "a.b", "x" * 10_000, "é.é", "\ud800.x", TOKEN + "=", TOKEN + "."]
)
def test_what_is_no_link_is_refused(token: str) -> None:
    with pytest.raises(LinkError, match="not genuine"):
        SIGNER.read(token, NOW)


def test_a_link_ends_when_it_says() -> None:
    assert SIGNER.read(TOKEN, LATER - timedelta(seconds=1)).receiver == "budi"
    with pytest.raises(LinkError) as refused:
        SIGNER.read(TOKEN, LATER)
    assert refused.value.expired


def test_two_links_for_the_same_are_told_apart() -> None:
    other = SIGNER.issue("incident:12", Action.ACKNOWLEDGE, "budi", LATER)
    assert SIGNER.read(other, NOW).nonce != SIGNER.read(TOKEN, NOW).nonce


def test_another_key_and_a_session_cookie_of_the_same_key_open_nothing() -> None:
    with pytest.raises(LinkError, match="not genuine"):
        LinkSigner(b"j" * 32).read(TOKEN, NOW)
    with pytest.raises(LinkError, match="not genuine"):
        SIGNER.read(SessionSigner(b"k" * 32).issue(1, LATER), NOW)


def test_a_link_that_would_be_too_long_is_not_made_and_no_key_is_shown() -> None:
    with pytest.raises(ValueError, match="too long"):
        SIGNER.issue("x" * LONGEST_TOKEN, Action.ACKNOWLEDGE, "budi", LATER)
    with pytest.raises(ValueError, match="shorter"):
        LinkSigner(b"short")
    assert "kkk" not in repr(SIGNER)
    assert SIGNER.read(TOKEN, NOW).nonce not in repr(SIGNER.read(TOKEN, NOW))
