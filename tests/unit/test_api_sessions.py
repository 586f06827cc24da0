"""Session cookies and the back-off on wrong tokens."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.sessions import Attempts, KnownGood, SessionSigner, load_session_key

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SIGNER = SessionSigner(b"k" * 32)


def test_a_cookie_says_which_token_it_stands_for_until_it_ends() -> None:
    value = SIGNER.issue(7, NOW + timedelta(hours=1))
    assert SIGNER.read(value, NOW) == 7
    assert SIGNER.read(value, NOW + timedelta(minutes=59, seconds=59)) == 7
    assert SIGNER.read(value, NOW + timedelta(hours=1)) is None


def test_a_cookie_that_was_touched_anywhere_is_refused() -> None:
    value = SIGNER.issue(7, NOW + timedelta(hours=1))
    for place in range(len(value)):
        other = "0" if value[place] != "0" else "1"
        assert SIGNER.read(value[:place] + other + value[place + 1 :], NOW) is None


@pytest.mark.parametrize("value", ["", ".", "v1.7.99999999999.", "v1", "é.ü", "a" * 5000])
def test_a_cookie_that_is_no_cookie_is_refused(value: str) -> None:
    assert SIGNER.read(value, NOW) is None


def test_a_cookie_of_another_key_is_refused() -> None:
    value = SessionSigner(b"x" * 32).issue(7, NOW + timedelta(hours=1))
    assert SIGNER.read(value, NOW) is None


def test_the_key_never_shows_in_a_repr() -> None:
    assert "kkkk" not in repr(SIGNER)


def test_the_key_file_is_made_once_for_its_owner_only_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "session.key"
    key = load_session_key(path)
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_session_key(path) == key


def test_a_damaged_key_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "session.key"
    path.write_bytes(b"short")
    with pytest.raises(ValueError, match="delete it"):
        load_session_key(path)


def test_the_first_failures_cost_nothing_then_the_wait_doubles_up_to_a_minute() -> None:
    attempts = Attempts()
    waits = []
    now = 100.0
    for _ in range(14):
        attempts.failed("192.0.2.1", now)
        waits.append(attempts.wait_seconds("192.0.2.1", now))
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert attempts.wait_seconds("192.0.2.1", now + 59) == 1
    assert attempts.wait_seconds("192.0.2.1", now + 60) == 0


def test_other_addresses_do_not_wait_but_an_ipv6_network_is_one_address() -> None:
    attempts = Attempts()
    for _ in range(8):
        attempts.failed("2001:db8::1", 0.0)
    assert attempts.wait_seconds("192.0.2.1", 0.0) == 0
    assert attempts.wait_seconds("2001:db8::ffff:2", 0.0) > 0
    assert attempts.wait_seconds("2001:db8:0:1::1", 0.0) == 0


def test_an_address_that_was_quiet_for_long_starts_afresh() -> None:
    attempts = Attempts()
    for _ in range(20):
        attempts.failed("192.0.2.1", 0.0)
    attempts.failed("192.0.2.1", 301.0)
    assert attempts.wait_seconds("192.0.2.1", 301.0) == 0


def test_the_memory_for_addresses_is_bounded() -> None:
    attempts = Attempts()
    for _ in range(9):
        attempts.failed("198.51.100.1", 0.0)
    for number in range(Attempts.ADDRESSES):
        attempts.failed(f"10.{number >> 8 & 255}.{number & 255}.1", 1.0)
    assert attempts.wait_seconds("198.51.100.1", 1.0) == 0  # the longest unused went


def test_known_good_tokens_are_remembered_up_to_a_bound() -> None:
    known = KnownGood()
    known.add("first")
    assert "first" in known
    assert "other" not in known
    for number in range(KnownGood.TOKENS):
        known.add(str(number))
    assert "first" not in known
