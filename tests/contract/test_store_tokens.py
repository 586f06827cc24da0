"""Access tokens: shown once, kept as a hash, refused when wrong, expired or revoked."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from collector.store import LastAdminError, NameInUseError, ScreenRow, Store, StoreError, TokenRole
from tests.contract.store_backends import BACKENDS, T0, at, open_backend


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with open_backend(request.param, tmp_path) as opened:
        yield opened


def test_a_token_gives_access_in_its_role(store: Store) -> None:
    secret = store.tokens.create("wall", "viewer", None, T0)
    row = store.tokens.verify(secret, at(1))
    assert row is not None
    assert (row.name, row.role, row.created_at) == ("wall", TokenRole.VIEWER, T0)
    assert secret.startswith("pantau_")
    assert len(secret) == 7 + 43 + 6


def test_every_token_is_another(store: Store) -> None:
    assert len({store.tokens.create("a", "admin", None, T0) for _ in range(20)}) == 20


def test_nothing_in_the_files_gives_access(store: Store, tmp_path: Path) -> None:
    secret = store.tokens.create("wall", "viewer", None, T0)
    store.tokens.verify(secret, at(1))
    random_part = secret.removeprefix("pantau_")[:43].encode()
    contents = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"viewer" in contents
    assert random_part not in contents


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: s[:0],
        lambda s: s[:-1],
        lambda s: s + "0",
        lambda s: s[:20] + ("a" if s[20] != "a" else "b") + s[21:],
        lambda s: s.replace("pantau_", "cuaca__"),
        lambda s: s[:7] + "é" * 49,
    ],
)
def test_a_spoiled_secret_is_refused(store: Store, spoil: object) -> None:
    secret = store.tokens.create("wall", "viewer", None, T0)
    assert callable(spoil)
    assert store.tokens.verify(spoil(secret), T0) is None


def test_a_well_formed_secret_that_nobody_was_given_is_refused(
    store: Store, tmp_path: Path
) -> None:
    with Store.open(tmp_path / "other.db") as other:
        secret = other.tokens.create("wall", "viewer", None, T0)
    assert store.tokens.verify(secret, T0) is None


def test_a_token_ends_when_it_expires(store: Store) -> None:
    secret = store.tokens.create("guest", TokenRole.OPERATOR, at(10), T0)
    assert store.tokens.verify(secret, at(10) - timedelta(microseconds=1)) is not None
    assert store.tokens.verify(secret, at(10)) is None


def test_a_revoked_token_gives_no_access_and_stays_listed(store: Store) -> None:
    secret = store.tokens.create("wall", "viewer", None, T0)
    other = store.tokens.create("desk", "viewer", None, T0)
    assert store.tokens.revoke("wall", at(1)) == 1
    assert store.tokens.revoke("wall", at(2)) == 0
    assert store.tokens.verify(secret, at(3)) is None
    assert store.tokens.verify(other, at(3)) is not None
    assert [(row.name, row.revoked_at) for row in store.tokens.list()] == [
        ("wall", at(1)),
        ("desk", None),
    ]


def test_one_token_of_several_with_a_name_is_revoked_by_its_id(store: Store) -> None:
    secrets = [store.tokens.create("wall", "viewer", None, T0) for _ in range(2)]
    assert store.tokens.revoke(store.tokens.list()[0].id, at(1)) == 1
    assert [store.tokens.verify(secret, at(2)) is None for secret in secrets] == [True, False]


def test_the_last_use_is_noted_at_most_once_a_minute(store: Store) -> None:
    secret = store.tokens.create("wall", "viewer", None, T0)
    for minutes in (1.0, 1.5, 1.99):
        use(store, secret, minutes)
    assert store.tokens.list()[0].last_used_at == at(1)
    use(store, secret, 2)
    assert store.tokens.list()[0].last_used_at == at(2)


def use(store: Store, secret: str, minutes: float) -> None:
    token = store.tokens.verify(secret, at(minutes))
    assert token is not None
    store.tokens.seen(token, at(minutes))


def test_a_role_that_does_not_exist_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="emperor"):
        store.tokens.create("x", "emperor", None, T0)


def test_a_store_opened_for_reading_verifies_but_makes_no_tokens(
    store: Store, tmp_path: Path
) -> None:
    secret = store.tokens.create("wall", "viewer", None, T0)
    with Store.open(tmp_path / "pantau.db", read_only=True) as reader:
        assert reader.tokens.verify(secret, at(1)) is not None
        with pytest.raises(StoreError, match="reading only"):
            reader.tokens.create("x", "viewer", None, T0)


def test_the_settings_of_a_screen_come_back_with_its_token(store: Store) -> None:
    screen = ScreenRow({"pages": ["peta"], "sound": True}, bind_address=True)
    secret = store.tokens.create("layar-1", "viewer", None, T0, screen=screen)
    row = store.tokens.verify(secret, at(1))
    assert row is not None
    assert row.screen == screen
    assert store.tokens.list()[0].screen == screen
    changed = store.tokens.change_screen("layar-1", {}, bind_address=False, author="a", now=at(2))
    assert changed is not None
    assert changed.screen == ScreenRow({})


def test_a_screen_belongs_to_the_network_that_is_there_first(store: Store) -> None:
    store.tokens.create("layar-1", "viewer", None, T0, screen=ScreenRow({}, bind_address=True))
    fresh = store.tokens.list()[0]  # as two requests see it that come at once
    assert store.tokens.bind_screen(fresh, "10.0.0.7", at(1))
    assert not store.tokens.bind_screen(fresh, "10.0.0.8", at(1))
    assert store.tokens.bind_screen(fresh, "10.0.0.7", at(2))
    bound = store.tokens.list()[0].screen
    assert bound is not None
    assert (bound.bound_to, bound.bound_at) == ("10.0.0.7", at(1))
    store.tokens.free_screen("layar-1", author="admin", now=at(3))
    assert store.tokens.bind_screen(store.tokens.list()[0], "10.0.0.8", at(4))


def test_a_renewed_screen_keeps_its_settings_and_its_old_link_is_dead(store: Store) -> None:
    screen = ScreenRow({"sound": True}, bind_address=True)
    old = store.tokens.create("layar-1", "viewer", None, T0, screen=screen)
    store.tokens.bind_screen(store.tokens.list()[0], "10.0.0.7", at(1))
    new = store.tokens.renew_screen("layar-1", author="admin", now=at(2))
    assert new is not None
    assert store.tokens.verify(old, at(3)) is None
    row = store.tokens.verify(new, at(3))
    assert row is not None
    assert row.screen == screen  # bound to nothing yet
    assert store.tokens.renew_screen("layar-2", author="admin", now=at(3)) is None


def test_a_name_can_be_asked_to_be_the_only_one_in_force(store: Store) -> None:
    store.tokens.create("Piket 1", "operator", at(10), T0, only_one=True)
    with pytest.raises(NameInUseError):
        store.tokens.create("Piket 1", "viewer", None, at(9), only_one=True)
    store.tokens.create("Piket 1", "viewer", None, at(10), only_one=True)


def test_the_last_administrator_can_be_kept(store: Store) -> None:
    store.tokens.create("a", "admin", None, T0)
    store.tokens.create("b", "admin", at(10), T0)
    assert store.tokens.revoke("a", at(9), keep_an_admin=True) == 1
    with pytest.raises(LastAdminError):
        store.tokens.revoke("b", at(9), keep_an_admin=True)
    assert store.tokens.revoke("b", at(9)) == 1  # from the shell, where another can be made
