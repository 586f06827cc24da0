"""Who gets in: tokens, and the links of screens (`store.tokens`).

A token is named by a shift, a person, a screen or a program; the name is what others see as the
author. What people do to tokens is written to the audit trail in the same transaction.
"""

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from collector.model.alerts import AuditEntry
from collector.store import audit, tokens
from collector.store.errors import StoreError
from collector.store.rows import ScreenRow, TokenRole, TokenRow
from collector.store.transactions import Database

_log = logging.getLogger(__name__)


class NameInUseError(Exception):
    """A token with this name is in force: two that bear one name could not be told apart."""


class LastAdminError(Exception):
    """Without this token nobody would be administrator any more."""


class Tokens:
    """Access tokens (`store.tokens`). Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        name: str,
        role: TokenRole | str,
        expires_at: datetime | None,
        now: datetime,
        *,
        author: str | None = None,
        screen: ScreenRow | None = None,
        only_one: bool = False,
    ) -> str:
        """Make a token and return its secret: nobody can read it again.

        With an `author` the audit trail says who made it; with a `screen` it is the link of one;
        `only_one` refuses a name of which a token is in force (NameInUseError). Raises ValueError
        for an unknown role.
        """
        wanted = TokenRole(role)
        with self._database.write() as connection:
            if only_one and any(one.in_force(now) for one in tokens.named(connection, name)):
                raise NameInUseError(name)
            secret = tokens.insert_new(connection, name, wanted, expires_at, now, screen)
            if author is not None:
                until = "" if expires_at is None else f", until {expires_at:%Y-%m-%d %H:%M} UTC"
                _note(connection, now, author, "create", _thing(screen), name, f"{wanted}{until}")
            return secret

    def verify(self, secret: str, now: datetime) -> TokenRow | None:
        """Return the token that a secret belongs to, None if it gives no access (any more).

        That it was used is noted (`seen`) when nothing else stands in the way.
        """
        if not tokens.well_formed(secret):
            return None
        with self._database.read() as connection:
            return tokens.find_valid(connection, secret, now)

    def seen(self, token: TokenRow, now: datetime) -> None:
        """Note that a token is used, at most once a minute.

        That this fails (disk full, read-only) locks nobody out.
        """
        last = token.last_used_at
        if self._database.read_only or (last is not None and now - last < tokens.USED_RESOLUTION):
            return
        try:
            with self._database.write() as connection:
                tokens.touch(connection, token.id, now)
        except StoreError:
            _log.warning("the last use of token %s could not be noted", token.id, exc_info=True)

    def list(self) -> list[TokenRow]:
        """Return all tokens, also revoked and expired ones, in the order they were made."""
        with self._database.read() as connection:
            return tokens.every(connection)

    def revoke(
        self,
        id_or_name: int | str,
        now: datetime,
        *,
        author: str | None = None,
        keep_an_admin: bool = False,
    ) -> int:
        """Revoke one token by id or all of a name; return how many were still in force.

        With an `author` the audit trail says who did. `keep_an_admin` refuses to revoke the last
        administrator's token in force (LastAdminError).
        """
        with self._database.write() as connection:
            every = tokens.every(connection)
            wanted = [one for one in every if id_or_name in (one.id, one.name)]
            ending = [one for one in wanted if one.in_force(now)]
            if keep_an_admin and any(one.role is TokenRole.ADMIN for one in ending):
                kept = [one for one in every if one not in ending and one.in_force(now)]
                if all(one.role is not TokenRole.ADMIN for one in kept):
                    raise LastAdminError
            if author is not None:
                for one in ending:
                    thing = _thing(one.screen)
                    _note(connection, now, author, "revoke", thing, one.name, one.role.value)
            return tokens.revoke(connection, id_or_name, now)

    # --- screens --------------------------------------------------------------------------

    def change_screen(
        self,
        name: str,
        settings: Mapping[str, object],
        *,
        bind_address: bool,
        author: str,
        now: datetime,
    ) -> TokenRow | None:
        """Give the screen of a name other settings; None: none of that name is in force."""
        with self._database.write() as connection:
            token = _screen(connection, name, now)
            if token is None:
                return None
            tokens.change_screen(connection, token.id, settings, bind_address=bind_address)
            _note(connection, now, author, "change", "screen", name, "")
            return _screen(connection, name, now)

    def free_screen(self, name: str, *, author: str, now: datetime) -> TokenRow | None:
        """Let a screen be used from another address; None: none of that name is in force."""
        with self._database.write() as connection:
            token = _screen(connection, name, now)
            if token is None or token.screen is None:
                return None
            tokens.free(connection, token.id)
            _note(connection, now, author, "free", "screen", name, token.screen.bound_to or "")
            return _screen(connection, name, now)

    def renew_screen(self, name: str, *, author: str, now: datetime) -> str | None:
        """Put a new link in the place of a screen's, with its settings; return the new secret.

        The old one is revoked; one that was revoked before comes back so. None: there never was a
        screen of that name. Raises NameInUseError when something else has the name by now.
        """
        with self._database.write() as connection:
            every = tokens.named(connection, name)
            before = [one for one in every if one.screen is not None]
            if not before:
                return None
            if any(one.screen is None and one.in_force(now) for one in every):
                raise NameInUseError(name)
            tokens.revoke(connection, name, now)
            _note(connection, now, author, "renew", "screen", name, "")
            last = before[-1]
            return tokens.insert_new(connection, name, last.role, None, now, last.screen)

    def bind_screen(self, token: TokenRow, network: str, now: datetime) -> bool:
        """Say whether a screen may be used from a network; the first that uses it is the one."""
        screen = token.screen
        if screen is None or not screen.bind_address:
            return True
        if screen.bound_to is not None:
            return screen.bound_to == network
        with self._database.write() as connection:
            return tokens.bind(connection, token.id, network, now) in (None, network)


def _screen(connection: Connection, name: str, now: datetime) -> TokenRow | None:
    """Return the newest screen of a name that is in force."""
    found = [
        one
        for one in tokens.named(connection, name)
        if one.screen is not None and one.in_force(now)
    ]
    return found[-1] if found else None


def _thing(screen: ScreenRow | None) -> str:
    return "token" if screen is None else "screen"


def _note(
    connection: Connection,
    now: datetime,
    author: str,
    verb: str,
    thing: str,
    name: str,
    detail: str,
) -> None:
    entry = AuditEntry(now, author, f"{thing}.{verb}", f"{thing}:{name}", detail)
    audit.write(connection, entry)
