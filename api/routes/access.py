"""Tokens and the links of screens: made, listed, changed, revoked. All of it for administrators.

The name of a token is what others see as the author, so a token named by a shift or a person is
what other systems call a user: `/users` is `/tokens` by another name (docs/adr/0046).
"""

import logging
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.deps import PAGE_DEFAULT, AdminOf, Cursor, Limit, Parts, PartsOf, parse_moment, reply
from api.errors import Code, ProblemError, invalid
from api.routes.devices import read_place, write_cursor
from api.schemas import access as schemas
from api.screens import settings_of
from api.security import Access, Principal
from collector.store import LastAdminError, NameInUseError, ScreenRow, TokenRole, TokenRow

_LOG = logging.getLogger(__name__)

router = APIRouter(tags=["access"])

Name = Annotated[str, Path(max_length=200, description="Name of a token.")]
InForce = Annotated[bool | None, Query(description="Only those that give access now, or do not.")]


def list_tokens(
    parts: PartsOf,
    principal: AdminOf,
    in_force: InForce = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """Tokens, newest first, also those that are over; never a secret. Needs the role admin."""
    now = parts.clock.now()
    rows, after = _page(parts.store.tokens.list(), in_force, limit, cursor, now)
    return reply(
        {"items": [_token_view(one, principal, now) for one in rows], "next": write_cursor(after)}
    )


def create_token(parts: PartsOf, principal: AdminOf, body: schemas.TokenBody) -> Response:
    """Make a token; its secret is in this answer and never again. Needs the role admin.

    Nobody makes one above their own role. A name of which a token is in force is refused.
    """
    now = parts.clock.now()
    if Access[body.role.upper()] > principal.access:
        raise ProblemError(403, Code.ROLE_TOO_LOW, "Nobody makes a token above their own role.")
    expires_at = None
    if body.expires_at is not None:
        expires_at = parse_moment("expires_at", body.expires_at, place="body")
        if expires_at <= now:
            raise invalid("expires_at", "is over already", place="body")
    name = _named(body.name)
    secret = _make(parts, principal, name, TokenRole(body.role), expires_at)
    made = _newest(parts, name)
    return _made({"token": _token_view(made, principal, now), "secret": secret})


def revoke_token(parts: PartsOf, principal: AdminOf, name: Name) -> Response:
    """Revoke every token of a name, at once and for good. Needs the role admin.

    Its sessions end, its open streams within a heartbeat. The last administrator's is refused.
    Doing it twice changes nothing.
    """
    if not any(one.name == name for one in parts.store.tokens.list()):
        raise ProblemError(404, Code.UNKNOWN_TOKEN, "There is no token of this name; see the list.")
    return reply(_revoke(parts, principal, name))


# The list first of all: the order is that of the description.
for _path, _thing in (("/tokens", "token"), ("/users", "user")):
    router.add_api_route(
        _path, list_tokens, name=f"list_{_thing}s", response_model=schemas.TokenPage
    )
    router.add_api_route(
        _path,
        create_token,
        methods=["POST"],
        name=f"create_{_thing}",
        response_model=schemas.TokenMade,
        status_code=201,
    )
    router.add_api_route(
        f"{_path}/{{name:path}}",
        revoke_token,
        methods=["DELETE"],
        name=f"revoke_{_thing}",
        response_model=schemas.Revoked,
    )


@router.get("/screens", response_model=schemas.ScreenPage)
def list_screens(
    parts: PartsOf,
    principal: AdminOf,
    in_force: InForce = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response:
    """Links of screens, newest first; never a secret. Needs the role admin."""
    del principal
    now = parts.clock.now()
    every = [one for one in parts.store.tokens.list() if one.screen is not None]
    rows, after = _page(every, in_force, limit, cursor, now)
    return reply({"items": [_screen_view(one, now) for one in rows], "next": write_cursor(after)})


@router.post("/screens", response_model=schemas.ScreenMade, status_code=201)
def create_screen(parts: PartsOf, principal: AdminOf, body: schemas.ScreenBody) -> Response:
    """Make the link of a screen: a viewer's token with settings. Needs the role admin.

    The panel that opens `path` behind the address of Pantau shows the wall as the settings say,
    and so does the next panel that opens a renewed link. The secret is in this answer and never
    again.
    """
    screen = ScreenRow(body.settings.model_dump(), body.bind_address)
    name = _named(body.name)
    secret = _make(parts, principal, name, TokenRole.VIEWER, None, screen)
    return _made(_screen_made(parts, name, secret))


@router.put("/screens/{name:path}", response_model=schemas.ScreenView)
def change_screen(
    parts: PartsOf, principal: AdminOf, name: Name, body: schemas.ScreenChange
) -> Response:
    """Change how a screen shows the wall; its link stays. Needs the role admin."""
    now = parts.clock.now()
    changed = parts.store.tokens.change_screen(
        name,
        body.settings.model_dump(),
        bind_address=body.bind_address,
        author=principal.name,
        now=now,
    )
    return reply(_screen_view(_known(changed), now))


@router.post("/screens/{name:path}/renew", response_model=schemas.ScreenMade, status_code=201)
def renew_screen(parts: PartsOf, principal: AdminOf, name: Name) -> Response:
    """Make a new link for a screen, with its settings. Needs the role admin.

    The old link is revoked. A screen that was revoked before comes back so.
    """
    now = parts.clock.now()
    try:
        secret = parts.store.tokens.renew_screen(name, author=principal.name, now=now)
    except NameInUseError:
        raise _name_in_use() from None
    if secret is None:
        raise _unknown_screen()
    return _made(_screen_made(parts, name, secret))


@router.post("/screens/{name:path}/free", response_model=schemas.ScreenView)
def free_screen(parts: PartsOf, principal: AdminOf, name: Name) -> Response:
    """Let a screen move: the address that uses its link next is its own. Needs the role admin."""
    now = parts.clock.now()
    freed = parts.store.tokens.free_screen(name, author=principal.name, now=now)
    return reply(_screen_view(_known(freed), now))


@router.delete("/screens/{name:path}", response_model=schemas.Revoked)
def revoke_screen(parts: PartsOf, principal: AdminOf, name: Name) -> Response:
    """Revoke the link of a screen: it shows no data any more. Needs the role admin."""
    if not any(one.name == name and one.screen is not None for one in parts.store.tokens.list()):
        raise _unknown_screen()
    return reply(_revoke(parts, principal, name))


def _make(
    parts: Parts,
    principal: Principal,
    name: str,
    role: TokenRole,
    expires_at: datetime | None,
    screen: ScreenRow | None = None,
) -> str:
    try:
        secret = parts.store.tokens.create(
            name,
            role,
            expires_at,
            parts.clock.now(),
            author=principal.name,
            screen=screen,
            only_one=True,
        )
    except NameInUseError:
        raise _name_in_use() from None
    _LOG.info("%s made a token with the role %s: %s", principal.name, role.value, name)
    return secret


def _revoke(parts: Parts, principal: Principal, name: str) -> dict[str, object]:
    now = parts.clock.now()
    try:
        count = parts.store.tokens.revoke(name, now, author=principal.name, keep_an_admin=True)
    except LastAdminError:
        detail = (
            "Without it nobody would be administrator: make another token with the role admin"
            " first. On the server `pantau token revoke` revokes it all the same."
        )
        raise ProblemError(409, Code.LAST_ADMIN, detail) from None
    if count:
        _LOG.info("%s revoked the token %s", principal.name, name)
    return {"name": name, "revoked": count}


def _named(name: str) -> str:
    """Return a name as it is kept. Raises ProblemError (422) for one that nobody could read."""
    tidy = " ".join(name.split())
    if not tidy.isprintable() or not any(one.isalnum() for one in tidy) or "/" in tidy:
        raise invalid("name", "use letters, digits and spaces, without /", place="body")
    return tidy


def _page(
    rows: list[TokenRow], in_force: bool | None, limit: int, cursor: str | None, now: datetime
) -> tuple[list[TokenRow], str | None]:
    """Return a page of tokens, newest first, and where the next begins."""
    place = read_place(cursor)
    found = [
        one
        for one in reversed(rows)
        if (in_force is None or one.in_force(now) == in_force)
        and (place is None or one.id < int(place))
    ]
    return found[:limit], str(found[limit - 1].id) if len(found) > limit else None


def _newest(parts: Parts, name: str) -> TokenRow:
    return [one for one in parts.store.tokens.list() if one.name == name][-1]


def _token_view(row: TokenRow, principal: Principal, now: datetime) -> dict[str, Any]:
    return _common(row, now) | {
        "role": row.role,
        "screen": row.screen is not None,
        "own": row.id == principal.token_id,
    }


def _screen_view(row: TokenRow, now: datetime) -> dict[str, Any]:
    screen = row.screen or ScreenRow({})
    return _common(row, now) | {
        "settings": settings_of(screen.settings),
        "bind_address": screen.bind_address,
        "bound_to": screen.bound_to,
        "bound_at": screen.bound_at,
    }


def _common(row: TokenRow, now: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
        "revoked_at": row.revoked_at,
        "in_force": row.in_force(now),
    }


def _screen_made(parts: Parts, name: str, secret: str) -> dict[str, Any]:
    view = _screen_view(_newest(parts, name), parts.clock.now())
    return {"screen": view, "secret": secret, "path": f"/dinding/#token={secret}"}


def _made(body: dict[str, Any]) -> Response:
    response = reply(body)
    response.status_code = 201
    return response


def _known(row: TokenRow | None) -> TokenRow:
    if row is None:
        raise _unknown_screen()
    return row


def _name_in_use() -> ProblemError:
    detail = "A token of this name is in force: revoke it first, or choose another name."
    return ProblemError(409, Code.NAME_IN_USE, detail)


def _unknown_screen() -> ProblemError:
    detail = "There is no such screen (any more); see the list."
    return ProblemError(404, Code.UNKNOWN_SCREEN, detail)
