"""Who gets in, managed without a shell: tokens and the links of screens, by administrators."""

import json
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.schemas import Visitor
from api.schemas.access import ScreenMade, ScreenPage, ScreenView, TokenMade, TokenPage
from tests.api_city import NOON, City, client_of, make_city

USUAL: dict[str, object] = {
    "distance_metres": None,
    "diagonal_inches": None,
    "pages": [],
    "page_seconds": 20,
    "night_from": "22:00",
    "night_until": "05:30",
    "sound": False,
    "language": "id",
}


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture
def app(city: City) -> FastAPI:
    return city.app(session_key=b"k" * 32)


@pytest.fixture
async def admin(app: FastAPI, city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, city.token("admin")) as client:
        yield client


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def client_at(app: FastAPI, address: str, secret: str | None = None) -> httpx.AsyncClient:
    """Return a client that comes from an address."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=(address, 50_000)),
        base_url="http://pantau.test",
        headers=bearer(secret) if secret else None,
    )


async def made(admin: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await admin.post(f"/api/v1{path}", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_token_that_an_administrator_makes_opens_in_its_role(
    app: FastAPI, admin: httpx.AsyncClient
) -> None:
    answer = await made(admin, "/tokens", {"name": "  Piket   2 ", "role": "operator"})
    token = TokenMade.model_validate(answer).token
    assert (token.name, token.role, token.in_force, token.own) == (
        "Piket 2",
        "operator",
        True,
        False,
    )
    async with client_of(app, bearer(answer["secret"])) as client:
        visitor = Visitor.model_validate((await client.get("/api/v1/session")).json())
    assert (visitor.name, visitor.role, visitor.screen) == ("Piket 2", "operator", None)


async def test_a_secret_is_shown_once_and_is_in_no_list_log_or_trail(
    admin: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = await made(admin, "/tokens", {"name": "Piket 1", "role": "viewer"})
    screen = await made(admin, "/screens", {"name": "layar-1"})
    for path in ("/tokens", "/users", "/screens", "/audit"):
        text = (await admin.get(f"/api/v1{path}")).text
        assert "Piket 1" in text or "layar-1" in text
        for secret in (token["secret"], screen["secret"]):
            assert secret not in text
            assert secret not in caplog.text


@pytest.mark.parametrize("role", ["viewer", "operator"])
async def test_nobody_below_an_administrator_sees_or_makes_access(
    app: FastAPI, city: City, role: str
) -> None:
    async with client_of(app, city.token(role)) as client:
        for method, path in (
            ("GET", "/tokens"), ("POST", "/tokens"), ("DELETE", "/tokens/viewer"),
            ("GET", "/users"), ("POST", "/users"), ("DELETE", "/users/viewer"),
            ("GET", "/screens"), ("POST", "/screens"), ("PUT", "/screens/a"),
            ("POST", "/screens/a/renew"), ("POST", "/screens/a/free"), ("DELETE", "/screens/a"),
        ):  # fmt: skip
            answer = await client.request(
                method, f"/api/v1{path}", json={"name": "x", "role": "admin", "settings": {}}
            )
            assert (answer.status_code, answer.json()["code"]) == (403, "role_too_low"), path
    assert {one.name for one in city.store.tokens.list()} == {role}


async def test_the_link_of_a_screen_opens_no_register_no_report_and_no_exact_place(
    app: FastAPI, admin: httpx.AsyncClient, city: City
) -> None:
    screen = await made(admin, "/screens", {"name": "layar-1"})
    link = {"Authorization": f"Bearer {screen['secret']}"}
    async with client_of(app, link) as client, client_of(app, city.token()) as viewer:
        assert (await client.get("/api/v1/devices")).status_code == 200
        for path in ("/register", "/findings", "/exports/devices.csv", "/reports"):
            answer = await client.get(f"/api/v1{path}")
            assert (answer.status_code, answer.json()["code"]) == (403, "role_too_low"), path
            assert (await viewer.get(f"/api/v1{path}")).status_code in (200, 503), path


async def test_a_name_of_a_token_in_force_is_taken_and_free_after_it(
    admin: httpx.AsyncClient, city: City
) -> None:
    body = {"name": "Piket 1", "role": "operator"}
    await made(admin, "/tokens", body)
    answer = await admin.post("/api/v1/screens", json={"name": "Piket 1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "name_in_use")
    assert (await admin.delete("/api/v1/tokens/Piket 1")).json() == {
        "name": "Piket 1",
        "revoked": 1,
    }
    assert (await admin.delete("/api/v1/tokens/Piket 1")).json()["revoked"] == 0
    await made(admin, "/tokens", body)
    assert [one.name for one in city.store.tokens.list()] == ["admin", "Piket 1", "Piket 1"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "role": "viewer"}, "name"),
        ({"name": " \t ", "role": "viewer"}, "name"),
        ({"name": "..", "role": "viewer"}, "name"),
        ({"name": "a/b", "role": "viewer"}, "name"),
        ({"name": "a\u202eb", "role": "viewer"}, "name"),
        ({"name": "a" * 61, "role": "viewer"}, "name"),
        ({"name": "a", "role": "emperor"}, "role"),
        ({"name": "a", "role": "viewer", "expires_at": "2026-11-22"}, "expires_at"),
        ({"name": "a", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "a", "role": "viewer", "secret": "mine"}, "secret"),
    ],
)
async def test_a_token_that_makes_no_sense_is_refused_by_field(
    admin: httpx.AsyncClient, city: City, body: dict[str, str], field: str
) -> None:
    answer = await admin.post("/api/v1/tokens", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_parameters")
    assert answer.json()["errors"][0]["field"] == f"body.{field}"
    assert len(city.store.tokens.list()) == 1


async def test_the_last_administrator_is_not_shut_out_and_told_what_to_do(
    app: FastAPI, admin: httpx.AsyncClient, city: City
) -> None:
    answer = await admin.delete("/api/v1/tokens/admin")
    assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
    assert "make another token" in answer.json()["detail"]
    short = {"name": "Kepala", "role": "admin", "expires_at": "2026-11-22T05:00:00Z"}
    second = await made(admin, "/users", short)
    city.clock.advance(3_600)  # that one has expired: it is nobody
    assert (await admin.delete("/api/v1/tokens/admin")).status_code == 409
    second = await made(admin, "/users", {"name": "Kepala", "role": "admin"})
    assert (await admin.delete("/api/v1/users/admin")).json()["revoked"] == 1
    assert (await admin.get("/api/v1/tokens")).status_code == 401
    async with client_of(app, bearer(second["secret"])) as client:
        assert (await client.get("/api/v1/tokens")).status_code == 200


async def test_lists_come_in_pages_newest_first_with_what_is_in_force(
    admin: httpx.AsyncClient,
) -> None:
    for number in range(5):
        await made(admin, "/tokens", {"name": f"Piket {number}", "role": "viewer"})
    await admin.delete("/api/v1/tokens/Piket 3")
    names: list[str] = []
    query: dict[str, str] = {"limit": "2", "in_force": "true"}
    while True:
        page = TokenPage.model_validate((await admin.get("/api/v1/tokens", params=query)).json())
        names += [one.name for one in page.items]
        if page.next is None:
            break
        query["cursor"] = page.next
    assert names == ["Piket 4", "Piket 2", "Piket 1", "Piket 0", "admin"]
    over = (await admin.get("/api/v1/tokens", params={"in_force": "false"})).json()["items"]
    assert [one["name"] for one in over] == ["Piket 3"]
    answer = await admin.delete("/api/v1/tokens/nobody")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_token")


async def test_what_is_done_to_access_is_in_the_audit_trail(
    admin: httpx.AsyncClient, city: City
) -> None:
    until = (NOON + timedelta(days=90)).isoformat()
    await made(admin, "/tokens", {"name": "Piket 1", "role": "operator", "expires_at": until})
    await admin.delete("/api/v1/tokens/Piket 1")
    await made(admin, "/screens", {"name": "layar-1"})
    await admin.put("/api/v1/screens/layar-1", json={"settings": {"sound": True}})
    await admin.post("/api/v1/screens/layar-1/renew")
    await admin.post("/api/v1/screens/layar-1/free")
    await admin.delete("/api/v1/screens/layar-1")
    trail = reversed(city.store.audit.page().items)
    assert [(one.author, one.action, one.object, one.detail) for one in trail] == [
        ("admin", "token.create", "token:Piket 1", "operator, until 2027-02-20 04:00 UTC"),
        ("admin", "token.revoke", "token:Piket 1", "operator"),
        ("admin", "screen.create", "screen:layar-1", "viewer"),
        ("admin", "screen.change", "screen:layar-1", ""),
        ("admin", "screen.renew", "screen:layar-1", ""),
        ("admin", "screen.free", "screen:layar-1", ""),
        ("admin", "screen.revoke", "screen:layar-1", "viewer"),
    ]


async def test_a_screen_made_with_its_name_alone_shows_the_wall_as_usual(
    app: FastAPI, admin: httpx.AsyncClient
) -> None:
    screen = ScreenMade.model_validate(await made(admin, "/screens", {"name": "layar-1"}))
    assert screen.path == f"/dinding/#token={screen.secret}"
    async with client_at(app, "10.0.0.7", screen.secret) as panel:
        assert (await panel.get("/api/v1/session")).json() == {
            "name": "layar-1",
            "role": "viewer",
            "screen": USUAL,
        }
        assert (await panel.get("/api/v1/quarantine")).status_code == 403


async def test_a_replaced_panel_opens_as_the_old_one_did(
    app: FastAPI, admin: httpx.AsyncClient
) -> None:
    settings = {
        "distance_metres": 6.5,
        "diagonal_inches": 55.0,
        "pages": ["ringkasan", "peta"],
        "page_seconds": 30,
        "night_from": None,
        "night_until": None,
        "sound": True,
        "language": "en",
    }
    old = await made(admin, "/screens", {"name": "layar-1", "settings": {"sound": False}})
    changed = await admin.put(
        "/api/v1/screens/layar-1", json={"settings": settings, "bind_address": True}
    )
    assert ScreenView.model_validate(changed.json()).settings.model_dump() == settings
    async with client_at(app, "10.0.0.7", old["secret"]) as panel:
        assert (await panel.get("/api/v1/session")).json()["screen"] == settings
    new = await made(admin, "/screens/layar-1/renew", {})
    async with client_at(app, "10.0.0.7", old["secret"]) as panel:
        assert (await panel.get("/api/v1/session")).status_code == 401
    async with client_at(app, "10.0.0.8", new["secret"]) as panel:
        assert (await panel.get("/api/v1/session")).json()["screen"] == settings
    page = (await admin.get("/api/v1/screens", params={"in_force": "true"})).json()
    (only,) = ScreenPage.model_validate(page).items
    assert (only.name, only.bound_to) == ("layar-1", "10.0.0.8")


@pytest.mark.parametrize(
    "settings",
    [
        {"distance_metres": 6},
        {"distance_metres": 0, "diagonal_inches": 55},
        {"distance_metres": 1e400, "diagonal_inches": 55},
        {"pages": ["ringkasan", "ringkasan"]},
        {"pages": ["rahasia"]},
        {"page_seconds": 1},
        {"night_from": "25:00"},
        {"night_from": "22:00", "night_until": None},
        {"night_from": "22:00", "night_until": "22:00"},
        {"language": "jv"},
        {"volume": 11},
    ],
)
async def test_settings_that_make_no_sense_are_refused(
    admin: httpx.AsyncClient, city: City, settings: dict[str, object]
) -> None:
    answer = await admin.post(
        "/api/v1/screens",
        content=_json({"name": "layar-1", "settings": settings}),
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_parameters")
    assert answer.json()["errors"][0]["field"].startswith("body.settings")
    assert len(city.store.tokens.list()) == 1


async def test_settings_of_another_version_never_darken_a_wall(
    app: FastAPI, city: City, admin: httpx.AsyncClient
) -> None:
    screen = await made(admin, "/screens", {"name": "layar-1", "settings": {"page_seconds": 40}})
    city.store.tokens.change_screen(
        "layar-1",
        {"page_seconds": 40, "hologram": True, "language": "jv", "night_from": "21:00"},
        bind_address=False,
        author="admin",
        now=NOON,
    )
    async with client_at(app, "10.0.0.7", screen["secret"]) as panel:
        seen = (await panel.get("/api/v1/session")).json()["screen"]
    assert seen == USUAL | {"page_seconds": 40, "night_from": "21:00"}


async def test_a_bound_link_is_good_for_the_panel_that_used_it_first_and_for_no_other(
    app: FastAPI, admin: httpx.AsyncClient
) -> None:
    body = {"name": "layar-1", "bind_address": True}
    secret = (await made(admin, "/screens", body))["secret"]
    async with client_at(app, "10.0.0.7", secret) as panel:
        assert (await panel.post("/api/v1/session")).status_code == 201
        cookies = dict(panel.cookies)
    async with client_at(app, "10.0.0.8", secret) as thief:
        answer = await thief.post("/api/v1/session")
        assert (answer.status_code, answer.json()["code"]) == (403, "address_refused")
        assert "free it" in answer.json()["detail"]
        assert secret not in answer.text
    async with client_at(app, "10.0.0.8") as thief:
        thief.cookies.update(cookies)
        assert (await thief.get("/api/v1/wall")).status_code == 403
    async with client_at(app, "10.0.0.7") as panel:
        panel.cookies.update(cookies)
        assert (await panel.get("/api/v1/wall")).status_code == 200

    (shown,) = (await admin.get("/api/v1/screens")).json()["items"]
    assert shown["bound_to"] == "10.0.0.7"
    freed = await admin.post("/api/v1/screens/layar-1/free")
    assert freed.json()["bound_to"] is None
    async with client_at(app, "10.0.0.8", secret) as panel:
        assert (await panel.get("/api/v1/wall")).status_code == 200
    async with client_at(app, "10.0.0.7", secret) as panel:
        assert (await panel.get("/api/v1/wall")).status_code == 403


async def test_a_screen_revoked_by_mistake_comes_back_with_its_settings(
    app: FastAPI, admin: httpx.AsyncClient
) -> None:
    await made(admin, "/screens", {"name": "layar-1", "settings": {"sound": True}})
    await admin.delete("/api/v1/screens/layar-1")
    back = await made(admin, "/screens/layar-1/renew", {})
    async with client_at(app, "10.0.0.7", back["secret"]) as panel:
        assert (await panel.get("/api/v1/session")).json()["screen"]["sound"] is True
    await admin.delete("/api/v1/screens/layar-1")
    await made(admin, "/tokens", {"name": "layar-1", "role": "viewer"})
    answer = await admin.post("/api/v1/screens/layar-1/renew")
    assert (answer.status_code, answer.json()["code"]) == (409, "name_in_use")


async def test_a_panel_may_change_its_address_within_its_ipv6_network(
    app: FastAPI, admin: httpx.AsyncClient
) -> None:
    secret = (await made(admin, "/screens", {"name": "layar-1", "bind_address": True}))["secret"]
    for address, status in (
        ("2001:db8:1:2::7", 200),
        ("2001:db8:1:2:aaaa::8", 200),
        ("2001:db8:1:3::7", 403),
    ):
        async with client_at(app, address, secret) as panel:
            assert (await panel.get("/api/v1/session")).status_code == status


async def test_a_panel_with_a_cookie_is_seen_as_well(
    app: FastAPI, city: City, admin: httpx.AsyncClient
) -> None:
    secret = (await made(admin, "/screens", {"name": "layar-1"}))["secret"]
    async with client_at(app, "10.0.0.7", secret) as panel:
        await panel.post("/api/v1/session")
        del panel.headers["Authorization"]
        city.clock.advance(300)
        assert (await panel.get("/api/v1/wall")).status_code == 200
    assert city.store.tokens.list()[-1].last_used_at == city.clock.now()


async def test_an_address_that_is_refused_does_not_count_as_use(
    app: FastAPI, city: City, admin: httpx.AsyncClient
) -> None:
    secret = (await made(admin, "/screens", {"name": "layar-1", "bind_address": True}))["secret"]
    async with client_at(app, "10.0.0.7", secret) as panel:
        await panel.get("/api/v1/session")
    used = city.store.tokens.list()[-1].last_used_at
    assert used == city.clock.now()
    city.clock.advance(300)
    async with client_at(app, "10.9.9.9", secret) as stranger:
        assert (await stranger.get("/api/v1/session")).status_code == 403
    assert city.store.tokens.list()[-1].last_used_at == used


async def test_a_screen_that_is_none_is_not_changed(admin: httpx.AsyncClient) -> None:
    await made(admin, "/tokens", {"name": "Piket 1", "role": "operator"})
    for name in ("nobody", "Piket 1"):
        for method, path in (
            ("PUT", f"/screens/{name}"), ("POST", f"/screens/{name}/renew"),
            ("POST", f"/screens/{name}/free"), ("DELETE", f"/screens/{name}"),
        ):  # fmt: skip
            answer = await admin.request(method, f"/api/v1{path}", json={"settings": {}})
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_screen"), path


def _json(body: object) -> bytes:
    """Return JSON as a careless client writes it: `Infinity` and all."""
    return json.dumps(body).encode()
