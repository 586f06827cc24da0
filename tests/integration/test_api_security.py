"""Who gets in, with what, for how long, and what browsers are told on every answer."""

import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest
from fastapi import Depends, FastAPI

from api.deps import operator
from api.security import CONTENT_SECURITY_POLICY, SECURITY_HEADERS
from api.sessions import Attempts
from tests.api_city import NOON, City, client_of, make_city

KEY = b"k" * 32
OPEN = {"/healthz", "/readyz", "/api/openapi.json", "/", "/dinding", "/dinding/", "/meja", "/meja/"}


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture
def app(city: City) -> FastAPI:
    return city.app(session_key=KEY)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


def get_paths(app: FastAPI) -> list[str]:
    """Every GET route there is, with a device filled in."""
    described = [
        path.replace("{device_id}", "cam-0001")
        for path, methods in app.openapi()["paths"].items()
        if "get" in methods
    ]
    return [
        *described,
        "/",
        "/dinding",
        "/dinding/",
        "/meja",
        "/meja/",
        "/api/openapi.json",
        "/nope",
    ]


async def status_with(client: httpx.AsyncClient, **headers: str) -> int:
    return (await client.get("/api/v1/status", headers=headers)).status_code


async def test_every_route_asks_for_a_token_but_the_few_that_tell_nothing(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    for path in get_paths(app):
        answer = await client.get(path)
        if path in OPEN:
            assert answer.status_code in (200, 307, 503), path
        elif path != "/nope":
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.json()["code"] == "token_missing"


async def test_every_answer_carries_the_security_headers(
    client: httpx.AsyncClient, app: FastAPI, city: City
) -> None:
    for headers in ({}, city.token()):
        for path in get_paths(app):
            if path == "/api/v1/events" and headers:
                continue  # endless; looked at in test_api_events
            answer = await client.get(path, headers=headers)
            for name, value in SECURITY_HEADERS.items():
                assert answer.headers[name] == value, (path, name)
            assert answer.headers["cache-control"] == "no-store", path
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


async def test_a_token_opens_and_a_wrong_revoked_or_expired_one_does_not(
    client: httpx.AsyncClient, city: City
) -> None:
    good = city.token()
    short = city.token(role="operator", expires_at=NOON + timedelta(minutes=1))
    assert await status_with(client, **good) == 200
    assert await status_with(client, **short) == 200
    city.clock.advance(60)
    assert await status_with(client, **short) == 401
    city.store.tokens.revoke("viewer", city.clock.now())
    assert await status_with(client, **good) == 401


@pytest.mark.parametrize(
    "header",
    [
        "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Token x", "Bearer pantau_" + "0" * 49, "é",
        "Bearer " + "x" * 7000,
    ],
)  # fmt: skip
async def test_a_header_that_is_no_token_is_refused(client: httpx.AsyncClient, header: str) -> None:
    answer = await client.get(
        "/api/v1/status", headers=[(b"Authorization", header.encode("latin-1"))]
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("operator", 200), ("admin", 200)])
async def test_a_role_may_do_what_the_ones_before_may(
    app: FastAPI, client: httpx.AsyncClient, city: City, role: str, status: int
) -> None:
    @app.get("/for-operators", dependencies=[Depends(operator)])
    async def for_operators() -> dict[str, bool]:
        return {}

    answer = await client.get("/for-operators", headers=city.token(role=role))
    assert answer.status_code == status
    assert (await client.get("/for-operators")).status_code == 401
    if status == 403:
        assert answer.json()["code"] == "role_too_low"


async def test_a_token_in_the_address_is_not_looked_at(
    client: httpx.AsyncClient, city: City
) -> None:
    secret = city.token()["Authorization"].removeprefix("Bearer ")
    for name in ("token", "access_token"):
        answer = await client.get(f"/api/v1/status?{name}={secret}")
        assert answer.status_code == 401
        assert secret not in answer.text


async def test_wrong_tokens_make_their_address_wait_longer_and_longer(
    client: httpx.AsyncClient, city: City
) -> None:
    wrong = {"Authorization": "Bearer guess"}
    known = city.token()
    assert await status_with(client, **known) == 200
    for _ in range(Attempts.FREE):
        assert await status_with(client, **wrong) == 401
    refused = await client.get("/api/v1/status", headers=wrong)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert refused.headers["retry-after"] == "1"
    # Not even the right one is tried now, or guessing would go on at full speed...
    assert await status_with(client, **city.token()) == 429
    # ...but who is known to be right does not pay for a neighbour behind the same proxy.
    assert await status_with(client, **known) == 200
    city.clock.advance(1)
    assert await status_with(client, **city.token()) == 200


async def open_session(client: httpx.AsyncClient, headers: dict[str, str]) -> httpx.Response:
    answer = await client.post("/api/v1/session", headers=headers)
    assert answer.status_code == 201, answer.text
    return answer


async def test_a_token_is_exchanged_for_a_cookie_that_scripts_cannot_read(
    client: httpx.AsyncClient, city: City
) -> None:
    headers = city.token()
    answer = await open_session(client, headers)
    assert answer.json()["role"] == "viewer"
    cookie = SimpleCookie(answer.headers["set-cookie"])["pantau_session"]
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "strict"
    assert cookie["path"] == "/"
    assert int(cookie["max-age"]) == 400 * 86_400
    secret = headers["Authorization"].removeprefix("Bearer ")
    assert secret not in answer.headers["set-cookie"] + answer.text
    assert await status_with(client) == 200  # the client keeps the cookie


async def test_with_https_the_cookie_is_bound_to_this_host(app: FastAPI, city: City) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://pantau.test") as client:
        answer = await open_session(client, city.token())
        cookie = SimpleCookie(answer.headers["set-cookie"])["__Host-pantau_session"]
        assert cookie["secure"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert await status_with(client) == 200


async def test_a_session_ends_with_its_token(client: httpx.AsyncClient, city: City) -> None:
    await open_session(client, city.token())
    city.store.tokens.revoke("viewer", city.clock.now())
    answer = await client.get("/api/v1/status")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")


async def test_a_session_does_not_outlive_its_time(client: httpx.AsyncClient, city: City) -> None:
    body = (await open_session(client, city.token(role="operator"))).json()
    assert body["expires_at"] == "2026-11-22T16:00:00Z"
    ends = NOON + timedelta(hours=1)
    body = (await open_session(client, city.token(role="admin", expires_at=ends))).json()
    assert body["expires_at"] == "2026-11-22T05:00:00Z"
    city.clock.advance(3_599)
    assert await status_with(client) == 200
    city.clock.advance(1)
    assert await status_with(client) == 401


async def test_a_session_outlives_a_restart_as_long_as_the_key_does(city: City) -> None:
    async with client_of(city.app(session_key=KEY)) as client:
        await open_session(client, city.token())
        cookie = client.cookies["pantau_session"]
    for key, status in ((KEY, 200), (b"x" * 32, 401), (None, 401)):
        async with client_of(city.app(session_key=key)) as client:
            client.cookies.set("pantau_session", cookie)
            assert await status_with(client) == status


async def test_a_page_is_told_who_looks_at_it(client: httpx.AsyncClient, city: City) -> None:
    assert (await client.get("/api/v1/session")).status_code == 401
    await open_session(client, city.token(role="operator"))
    answer = await client.get("/api/v1/session")
    assert answer.json() == {"name": "operator", "role": "operator", "screen": None}


async def test_a_session_does_not_beget_sessions(client: httpx.AsyncClient, city: City) -> None:
    await open_session(client, city.token())
    answer = await client.post("/api/v1/session", headers={"Origin": "http://pantau.test"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 403),
        ("null", 403),
        ("http://evil.test", 403),
        ("http://pantau.test:8081", 403),  # another service on the same machine
        ("http://pantau.test.evil.test", 403),
        ("http://pantau.test", 204),
    ],
)
async def test_changes_with_a_cookie_are_taken_from_our_own_pages_only(
    client: httpx.AsyncClient, city: City, origin: str | None, status: int
) -> None:
    await open_session(client, city.token())
    headers = {} if origin is None else {"Origin": origin}
    answer = await client.delete("/api/v1/session", headers=headers)
    assert answer.status_code == status
    assert await status_with(client) == (401 if status == 204 else 200)


async def test_without_tokens_only_an_address_or_localhost_is_answered(city: City) -> None:
    app = city.app(require_token=False)
    async with client_of(app) as client:
        for host in ("127.0.0.1:8080", "localhost", "[::1]:8080", "192.168.7.2", "kota.localhost"):
            assert await status_with(client, Host=host) == 200
        for host in ("evil.test", "127.0.0.1.evil.test", "", "localhost.evil.test"):
            assert await status_with(client, Host=host) == 403
        client.cookies.set("pantau_session", "left over from a run with tokens")
        assert await status_with(client, Host="localhost") == 200
        assert await status_with(client, Host="localhost", Authorization="Bearer wrong") == 401


async def test_no_secret_is_in_any_answer_or_log_line(
    client: httpx.AsyncClient, app: FastAPI, city: City, caplog: pytest.LogCaptureFixture
) -> None:
    headers = city.token()
    canaries = [headers["Authorization"].removeprefix("Bearer "), KEY.decode()]
    with caplog.at_level(logging.DEBUG):
        city.sink.broken = True
        await open_session(client, headers)
        client.cookies.clear()
        answers = [
            await client.get(path, headers=headers)
            for path in get_paths(app)
            if path != "/api/v1/events"
        ]
        wrong = {"Authorization": f"Bearer {canaries[0]}x"}
        answers.append(await client.get("/api/v1/status", headers=wrong))
        answers.append(await client.get(f"/api/v1/devices?q={canaries[0]}x&bad=1", headers=headers))
    logged = [one.getMessage() for one in caplog.records if one.name.split(".")[0] != "httpx"]
    assert logged
    said = (
        [answer.text for answer in answers]
        + logged
        + [repr(app.state.parts.settings), repr(app.state.parts)]
    )
    for canary in canaries:
        assert all(canary not in text for text in said)
    assert any("Kamera Losari 01" in text for text in said)  # there is something to look at
    told = [text for text in said if '"openapi"' not in text[:20]]  # which names what may be sent
    assert '"credentials"' not in "".join(told)
