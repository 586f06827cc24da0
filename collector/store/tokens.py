"""Access tokens: shown once, kept as a hash.

`pantau_` + 43 base62 digits of 256 random bits + 6 base62 digits of their CRC-32. The prefix lets
secret scanners find a leaked one, the checksum tells a mistyped one without a look at the store.
A fast hash is enough: there is nothing to guess in 256 random bits.
"""

import hashlib
import hmac
import secrets
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from collector.moments import (
    from_micros,
    from_micros_or_none,
    to_micros,
    to_micros_or_none,
)
from collector.store.rows import ScreenRow, TokenRole, TokenRow
from collector.store.schema import screens, tokens

PREFIX = "pantau_"
USED_RESOLUTION = timedelta(minutes=1)  # how exact `last_used_at` is: not a write for every request

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_BYTES = 32
_RANDOM_DIGITS = 43  # 62**43 > 2**256
_CHECK_DIGITS = 6  # 62**6 > 2**32


def new_secret() -> str:
    """Return a fresh secret."""
    body = PREFIX + _base62(int.from_bytes(secrets.token_bytes(_RANDOM_BYTES)), _RANDOM_DIGITS)
    return body + _checksum(body)


def well_formed(secret: str) -> bool:
    """Say whether a text can be one of our secrets: prefix, length and checksum fit."""
    body, checksum = secret[:-_CHECK_DIGITS], secret[-_CHECK_DIGITS:]
    return (
        secret.isascii()
        and secret.startswith(PREFIX)
        and len(body) == len(PREFIX) + _RANDOM_DIGITS
        and hmac.compare_digest(checksum, _checksum(body))
    )


def insert_new(
    connection: Connection,
    name: str,
    role: TokenRole,
    expires_at: datetime | None,
    now: datetime,
    screen: ScreenRow | None = None,
) -> str:
    """Store a new token and return its secret, for the only time."""
    secret = new_secret()
    row = {
        "name": name,
        "role": role.value,
        "hash": _hash(secret),
        "created_at": to_micros(now),
        "expires_at": to_micros_or_none(expires_at),
    }
    result = connection.execute(insert(tokens), row)
    if screen is not None:
        (given,) = result.inserted_primary_key or (None,)
        connection.execute(
            insert(screens).values(
                token_id=given,
                settings=dict(screen.settings),
                bind_address=screen.bind_address,
                bound_to=None,
                bound_at=None,
            )
        )
    return secret


def find_valid(connection: Connection, secret: str, now: datetime) -> TokenRow | None:
    """Return the token of a secret if it is neither revoked nor expired."""
    digest = _hash(secret)
    row = connection.execute(_WITH_SCREENS.where(tokens.c.hash == digest)).one_or_none()
    if row is None or not hmac.compare_digest(row.hash, digest):
        return None
    token = _token(row)
    return token if token.in_force(now) else None


def touch(connection: Connection, token_id: int, now: datetime) -> None:
    """Note that a token was used."""
    connection.execute(
        update(tokens).where(tokens.c.id == token_id).values(last_used_at=to_micros(now))
    )


def every(connection: Connection) -> list[TokenRow]:
    """Return all tokens, also revoked and expired ones, in the order they were made."""
    return [_token(row) for row in connection.execute(_WITH_SCREENS.order_by(tokens.c.id))]


def named(connection: Connection, name: str) -> list[TokenRow]:
    """Return all tokens of a name, in the order they were made."""
    query = _WITH_SCREENS.where(tokens.c.name == name).order_by(tokens.c.id)
    return [_token(row) for row in connection.execute(query)]


def revoke(connection: Connection, id_or_name: int | str, now: datetime) -> int:
    """Revoke the token of that id, or all of that name; return how many were still in force."""
    column = tokens.c.id if isinstance(id_or_name, int) else tokens.c.name
    wanted = column == id_or_name
    result = connection.execute(
        update(tokens)
        .where(wanted, tokens.c.revoked_at.is_(None))
        .values(revoked_at=to_micros(now))
    )
    return result.rowcount


def change_screen(
    connection: Connection, token_id: int, settings: Mapping[str, object], *, bind_address: bool
) -> None:
    """Give a screen other settings; where its address does not matter any more, it is forgotten."""
    values: dict[str, object] = {"settings": dict(settings), "bind_address": bind_address}
    if not bind_address:
        values |= {"bound_to": None, "bound_at": None}
    connection.execute(update(screens).where(screens.c.token_id == token_id).values(values))


def bind(connection: Connection, token_id: int, network: str, now: datetime) -> str | None:
    """Bind a screen to a network unless it is bound; return to which it is now, None: to none."""
    unbound = (screens.c.token_id == token_id, screens.c.bind_address, screens.c.bound_to.is_(None))
    connection.execute(
        update(screens).where(*unbound).values(bound_to=network, bound_at=to_micros(now))
    )
    found = connection.scalar(select(screens.c.bound_to).where(screens.c.token_id == token_id))
    return None if found is None else str(found)


def free(connection: Connection, token_id: int) -> None:
    """Forget to which network a screen is bound: the next that uses it is."""
    connection.execute(
        update(screens).where(screens.c.token_id == token_id).values(bound_to=None, bound_at=None)
    )


_WITH_SCREENS = select(
    tokens, screens.c.settings, screens.c.bind_address, screens.c.bound_to, screens.c.bound_at
).select_from(tokens.outerjoin(screens))


def _token(row: Row[Any]) -> TokenRow:
    screen = None
    if row.bind_address is not None:
        screen = ScreenRow(
            row.settings, row.bind_address, row.bound_to, from_micros_or_none(row.bound_at)
        )
    return TokenRow(
        id=row.id,
        name=row.name,
        role=TokenRole(row.role),
        created_at=from_micros(row.created_at),
        expires_at=from_micros_or_none(row.expires_at),
        last_used_at=from_micros_or_none(row.last_used_at),
        revoked_at=from_micros_or_none(row.revoked_at),
        screen=screen,
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECK_DIGITS)


def _base62(number: int, digits: int) -> str:
    text = ""
    for _ in range(digits):
        number, digit = divmod(number, len(_DIGITS))
        text = _DIGITS[digit] + text
    return text
