"""Alerts, messages, silences and the audit trail over HTTP: who may look, act, and what is said."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.schemas import alerts as alert_schemas
from api.schemas import audit as audit_schemas
from api.schemas import notifications as notification_schemas
from api.schemas import silences as silence_schemas
from tests.alert_city import camera_degrades, end_alerts, switch_dies
from tests.api_city import City, client_of, events, make_city, served, socket_client

API = "/api/v1"
LATER = "2026-11-22T06:00:00Z"  # two hours after the city's noon


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """A dead switch with a camera behind it, told once; another camera is degraded."""
    with make_city(tmp_path) as city:
        switch_dies(city)
        camera_degrades(city)
        yield city


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, dict[str, str]]]:
    """The same city to look at only, and an operator's token: to build an application is slow."""
    with make_city(tmp_path_factory.mktemp("still")) as city:
        switch_dies(city)
        camera_degrades(city)
        yield city.app(), city.token("operator")


@pytest.fixture
async def looking(
    still: tuple[FastAPI, dict[str, str]],
) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(*still) as client:
        yield client


@pytest.fixture
async def desk(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(city.app(), city.token("operator")) as client:
        yield client


async def get(client: httpx.AsyncClient, path: str, **query: object) -> Any:
    answer = await client.get(API + path, params={k: str(v) for k, v in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def post(client: httpx.AsyncClient, path: str, status: int, **body: object) -> Any:
    answer = await client.post(API + path, json=body or None)
    assert answer.status_code == status, answer.text
    return answer.json()


def devices(page: Any) -> list[str]:
    return [one["device"] for one in page["items"]]


# --- alerts -----------------------------------------------------------------------------------


async def test_the_list_of_alerts_tells_what_is_held_and_why(looking: httpx.AsyncClient) -> None:
    page = await get(looking, "/alerts", firing="true", held="true")
    alert_schemas.AlertPage.model_validate(page)
    (camera,) = page["items"]
    assert (camera["device"], camera["device_name"]) == ("cam-0001", "Kamera Losari 01")
    assert (camera["stage"], camera["hold_reason"]) == ("cause", "parent_down")
    assert camera["hold_detail"] == camera["root"] == "sw-0001"
    assert (camera["state"], camera["reason"]) == ("unreachable", "parent_down")
    assert camera["ended_at"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["cam-0002", "cam-0001", "sw-0001"]),
        ({"severity": "critical"}, ["sw-0001"]),
        ({"state": "degraded"}, ["cam-0002"]),
        ({"stage": "send"}, ["cam-0002", "sw-0001"]),
        ({"hold_reason": "parent_down"}, ["cam-0001"]),
        ({"incident": 1}, ["cam-0001", "sw-0001"]),
        ({"device": "sw-0001", "area": "73.71"}, ["sw-0001"]),
        ({"kind": "camera", "owner": "diskominfo"}, ["cam-0002", "cam-0001"]),
        ({"to": "2026-11-22T03:00:00Z"}, []),
        ({"firing": "false"}, []),
    ],
)
async def test_filters_of_alerts_narrow_together(
    looking: httpx.AsyncClient, query: dict[str, object], found: list[str]
) -> None:
    assert devices(await get(looking, "/alerts", **query)) == found


async def test_alerts_come_in_pages(looking: httpx.AsyncClient) -> None:
    first = await get(looking, "/alerts", limit=2)
    rest = await get(looking, "/alerts", limit=2, cursor=first["next"])
    assert devices(first) + devices(rest) == ["cam-0002", "cam-0001", "sw-0001"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/alerts", {"cursor": "Zm9v"}),
        ("/alerts", {"stage": "sent"}),
        ("/alerts", {"reason": "parent_down"}),
        ("/alerts", {"from": LATER, "to": LATER}),
        ("/notifications", {"state": "lost"}),
        ("/notifications", {"thread": "0"}),
        ("/notifications", {"language": "su"}),
        ("/silences", {"device": "cam-9"}),
        ("/silences", {"cursor": "LTE"}),
    ],
)
async def test_what_a_list_does_not_know_is_refused(
    looking: httpx.AsyncClient, path: str, query: dict[str, str]
) -> None:
    answer = await looking.get(API + path, params=query)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]


async def test_one_alert_has_its_decisions_and_threads(looking: httpx.AsyncClient) -> None:
    (camera,) = (await get(looking, "/alerts", device="cam-0001"))["items"]
    one = await get(looking, f"/alerts/{camera['id']}")
    alert_schemas.AlertDetail.model_validate(one)
    assert [(d["stage"], d["reason"]) for d in one["decisions"]] == [("cause", "parent_down")]
    (thread,) = one["threads"]
    assert (thread["key"], thread["leads"], thread["receivers"]) == ("incident:1", False, ["piket"])
    missing = await looking.get(f"{API}/alerts/99")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_alert")


# --- messages ---------------------------------------------------------------------------------


async def test_messages_are_listed_with_their_words_and_without_their_links(
    looking: httpx.AsyncClient,
) -> None:
    page = await get(looking, "/notifications", incident=1)
    notification_schemas.NotificationPage.model_validate(page)
    (one,) = page["items"]
    assert (one["receiver"], one["channel"], one["state"]) == ("piket", "telegram", "pending")
    assert one["title"].startswith("🔴 Switch Losari (Anjungan Losari) mati sejak 11.50 WITA, 1 ")
    detail = await get(looking, f"/notifications/{one['id']}", language="en")
    notification_schemas.NotificationDetail.model_validate(detail)
    assert detail["title"].startswith("🔴 Switch Losari (Anjungan Losari) down since 11:50")
    assert "Cut off with it: 1 camera" in detail["text"]
    assert detail["incident"] == 1
    assert "tindak" not in str(page) + str(detail)


async def test_filters_of_messages_narrow_together(looking: httpx.AsyncClient) -> None:
    assert len((await get(looking, "/notifications"))["items"]) == 2
    assert (
        len((await get(looking, "/notifications", receiver="piket", state="pending"))["items"]) == 2
    )
    assert (await get(looking, "/notifications", channel="email"))["items"] == []
    assert (await get(looking, "/notifications", purpose="recovered"))["items"] == []
    (one,) = (await get(looking, "/notifications", incident=1))["items"]
    assert (await get(looking, "/notifications", thread=one["thread"]))["items"] == [one]


async def test_only_a_dead_message_is_tried_again(desk: httpx.AsyncClient, city: City) -> None:
    problem = await post(desk, "/notifications/1/retry", 409)
    assert problem["code"] == "notification_not_dead"
    assert problem["detail"].endswith("this one is pending.")
    (claimed, *_) = city.store.outbox.claim(city.clock.now(), 1)
    city.store.outbox.dead(claimed.id or 0, "400: chat not found")
    (dead,) = (await get(desk, "/notifications", state="dead"))["items"]
    assert dead["answer"] == "400: chat not found"
    city.clock.advance(60)
    again = await post(desk, f"/notifications/{dead['id']}/retry", 200)
    assert (again["state"], again["due_at"]) == ("pending", "2026-11-22T04:01:00Z")
    (line, *_) = city.store.audit.page().items
    assert (line.author, line.action) == ("operator", "notification.retry")
    assert (await post(desk, "/notifications/99/retry", 404))["code"] == "unknown_notification"


async def test_a_message_of_another_version_is_listed_without_words(
    desk: httpx.AsyncClient, city: City
) -> None:
    (one, *_) = city.store.outbox.page().items
    city.store.outbox.add([replace(one, key="other", facts={"purpose": "sung"})])
    (newest, *_) = (await get(desk, "/notifications"))["items"]
    assert (newest["key"], newest["title"]) == ("other", None)
    assert (await get(desk, f"/notifications/{newest['id']}"))["text"] is None


# --- silences ---------------------------------------------------------------------------------


async def test_a_silence_is_previewed_made_listed_and_ended(desk: httpx.AsyncClient) -> None:
    body = {
        "scope": {"areas": ["73.71"]},
        "kinds": ["camera"],
        "reason": "galian",
        "ends_at": LATER,
    }
    preview = await post(desk, "/silences/preview", 200, **body)
    silence_schemas.SilencePreview.model_validate(preview)
    assert preview == {"count": 2, "devices": ["cam-0001", "cam-0002"], "firing": 2}
    assert (await get(desk, "/silences"))["items"] == []
    made = await post(desk, "/silences", 201, **body)
    silence_schemas.SilenceView.model_validate(made)
    assert (made["author"], made["active"], made["ends_at"]) == ("operator", True, LATER)
    assert await get(desk, f"/silences/{made['id']}") == made
    page = await get(desk, "/silences", active="true", device="cam-0001")
    silence_schemas.SilencePage.model_validate(page)
    assert page["items"] == [made]
    assert (await get(desk, "/silences", device="sw-0001"))["items"] == []
    ended = await post(desk, f"/silences/{made['id']}/end", 200)
    assert (ended["active"], ended["ended_by"]) == (False, "operator")
    assert await post(desk, f"/silences/{made['id']}/end", 200) == ended
    assert (await get(desk, "/silences", active="false"))["items"] == [ended]


async def test_a_silence_that_somebody_else_ended_says_who(
    desk: httpx.AsyncClient, city: City
) -> None:
    body = {"scope": {"devices": ["cam-0001"]}, "reason": "x", "ends_at": LATER}
    made = await post(desk, "/silences", 201, **body)
    city.store.silences.end(made["id"], "ani", city.clock.now())
    problem = await post(desk, f"/silences/{made['id']}/end", 409)
    assert problem["code"] == "silence_over"
    assert "ani ended it" in problem["detail"]
    assert (await post(desk, "/silences/99/end", 404))["code"] == "unknown_silence"


@pytest.mark.parametrize("path", ["/silences", "/silences/preview"])
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scope": {"areas": ["99"]}}, "body.scope.areas"),
        ({"owners": ["pln"]}, "body.owners"),
        ({"scope": None}, "body.scope"),
        ({"ends_at": "2027-11-22T06:00:00Z"}, "body.ends_at"),
        ({"ends_at": "2026-11-22T03:00:00Z"}, "body.ends_at"),
        ({"starts_at": "noon"}, "body.starts_at"),
        ({"reason": " "}, "body.reason"),
        ({"title": "x"}, "body.title"),
    ],
)
async def test_a_silence_that_cannot_be_made_says_what_is_wrong(
    looking: httpx.AsyncClient, path: str, wrong: dict[str, object], field: str
) -> None:
    body = {"scope": {"devices": ["cam-0001"]}, "reason": "x", "ends_at": LATER} | wrong
    problem = await post(looking, path, 422, **body)
    assert field in [one["field"] for one in problem["errors"]]


# --- who may ----------------------------------------------------------------------------------


async def test_viewers_look_operators_act_and_only_administrators_read_the_trail(
    city: City,
) -> None:
    silence = {"scope": {"devices": ["cam-0001"]}, "reason": "x", "ends_at": LATER}
    app = city.app()
    async with client_of(app, city.token("viewer")) as viewer:
        for path in ("/alerts", "/alerts/1", "/notifications", "/notifications/1", "/silences"):
            await get(viewer, path)
        for path, body in (
            ("/notifications/1/retry", {}),
            ("/silences", silence),
            ("/silences/preview", silence),
            ("/silences/1/end", {}),
        ):
            assert (await post(viewer, path, 403, **body))["code"] == "role_too_low"
        answer = await viewer.delete(f"{API}/incidents/1/acknowledge")
        assert answer.json()["code"] == "role_too_low"
    async with client_of(app, city.token("operator")) as desk:
        assert (await desk.get(f"{API}/audit")).json()["code"] == "role_too_low"
        await post(desk, "/silences", 201, **silence)
        await post(desk, "/incidents/1/acknowledge", 200)
    async with client_of(app, city.token("admin")) as admin:
        page = await get(admin, "/audit")
        audit_schemas.AuditPage.model_validate(page)
        done = [(one["action"], one["object"], one["author"]) for one in page["items"]]
        assert ("silence.create", "silence:1", "operator") in done
        (one,) = (await get(admin, "/audit", action="incident", object="incident:1"))["items"]
        assert one["action"] == "incident.acknowledge"
        assert (await get(admin, "/audit", author="ani"))["items"] == []


async def test_an_incident_is_given_back_and_the_timeline_says_who_had_it(
    desk: httpx.AsyncClient, city: City
) -> None:
    city.store.incidents.acknowledge(1, "budi", "", city.clock.now())
    answer = await desk.delete(f"{API}/incidents/1/acknowledge")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["acknowledged_at"], found["acknowledged_by"]) == (None, None)
    last = found["timeline"][-1]
    assert (last["kind"], last["author"], last["text"]) == ("unacknowledged", "operator", "budi")
    again = await desk.delete(f"{API}/incidents/1/acknowledge")
    assert again.json() == found
    taken = await post(desk, "/incidents/1/acknowledge", 200)
    assert taken["acknowledged_by"] == "operator"


# --- live -------------------------------------------------------------------------------------


async def test_the_stream_tells_of_alerts_that_change(city: City) -> None:
    async with (
        served(city.app()) as server,
        socket_client(server, timeout=10) as client,
        client.stream("GET", f"{API}/events", headers=city.token()) as answer,
    ):
        stream = events(answer)
        assert (await anext(stream)).name == "snapshot"
        city.clock.advance(1)
        end_alerts(city, "device:cam-0002", "cam-0002")
        async with asyncio.timeout(10):
            async for event in stream:
                if event.name == "alert":
                    break
        (one,) = event.data["items"]
        assert event.id is None
        assert (one["device"], one["ended"], one["stage"]) == ("cam-0002", True, "send")
