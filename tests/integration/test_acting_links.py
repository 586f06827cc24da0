"""The pages of one-time links: a look does nothing, a press does one thing, once."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.acting.visits import Visits
from api.acting.words import WORDS, language_of
from api.deps import Parts
from collector.model import Reason, State
from collector.model.alerts import Alert, Notification, Severity
from collector.notify.acting import LINKS_LAST, Acting
from collector.notify.words.facts import Facts
from collector.notify.words.links import Action, LinkSigner
from collector.store import StoreError
from tests.alert_city import camera_degrades, end_alerts, switch_dies, tell
from tests.api_city import NOON, City, client_of, make_city, served, socket_client

KEY = b"k" * 32
ACTING = Acting(LinkSigner(KEY), "https://pantau.example.go.id")


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """An application over a city of its own; to build one costs more than a test does."""
    with make_city(tmp_path_factory.mktemp("application")) as other:
        yield other.app(session_key=KEY)


@pytest.fixture
async def phone(application: FastAPI, city: City) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that is signed in nowhere; the pages look at this test's city."""
    before: Parts = application.state.parts
    application.state.parts = replace(before, store=city.store, clock=city.clock, visits=Visits())
    async with client_of(application) as client:
        yield client
    application.state.parts = before


def paths(message: Notification, receiver: str = "piket") -> dict[Action, str]:
    """The paths of a message's links, as its receiver got them."""
    facts = Facts.from_json(message.facts)
    key = message.key.replace(":piket:", f":{receiver}:")
    found = ACTING.actions(replace(message, receiver=receiver, key=key), facts)
    tokens = [url.rpartition("/")[2].partition("?")[0] for _, url in found]
    return {
        ACTING.signer.read(token, NOON - timedelta(days=1)).action: f"/tindak/{token}"
        for token in tokens
    }


def words(answer: httpx.Response) -> str:
    """What a page says, without its marks."""
    body = re.sub(r"<(style|title)[^>]*>.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def has_button(answer: httpx.Response) -> bool:
    return "<button" in answer.text


def holder(city: City) -> str | None:
    found = city.store.incidents.get(1, city.clock.now())
    assert found is not None
    return found.row.incident.acknowledged_by


# --- taking -----------------------------------------------------------------------------------


async def test_looking_tells_what_it_is_about_and_does_nothing(
    phone: httpx.AsyncClient, city: City
) -> None:
    path = paths(switch_dies(city))[Action.ACKNOWLEDGE]
    for _ in range(2):
        assert (await phone.get(path)).status_code == 200
    answer = await phone.get(path)
    said = words(answer)
    assert "Tangani insiden 1?" in said
    assert "Switch Losari (Anjungan Losari) mati sejak 11.50 WITA, 1 perangkat ikut putus" in said
    assert "Sejak 11.50 WITA (10 menit)" in said
    assert "Sekarang 1 mati, 1 tidak terjangkau" in said
    assert "Penanganan belum ditangani" in said
    assert "Atas nama piket" in said
    assert has_button(answer)
    assert holder(city) is None
    assert city.store.audit.page().items == ()


async def test_a_press_takes_the_incident_once_in_the_receivers_name(
    phone: httpx.AsyncClient, city: City
) -> None:
    path = paths(switch_dies(city))[Action.ACKNOWLEDGE]
    city.clock.advance(60)
    answer = await phone.post(path)
    assert answer.status_code == 200
    assert "Insiden 1 ditangani piket." in words(answer)
    assert not has_button(answer)
    assert holder(city) == "piket"
    (line,) = city.store.audit.page().items
    assert (line.author, line.action, line.object, line.detail) == (
        "piket",
        "incident.acknowledge",
        "incident:1",
        "Lewat tautan di pesan",
    )
    city.clock.advance(60)
    again = await phone.post(path)
    assert again.status_code == 409
    assert "Tautan ini sudah dipakai piket memakainya 12.01 WITA" in words(again)
    look = await phone.get(path)
    assert (look.status_code, has_button(look)) == (200, False)
    assert len(city.store.audit.page().items) == 1


async def test_a_link_that_was_given_back_does_not_take_again(
    phone: httpx.AsyncClient, city: City
) -> None:
    path = paths(switch_dies(city))[Action.ACKNOWLEDGE]
    await phone.post(path)
    city.store.incidents.withdraw(1, "ani", city.clock.now())
    assert (await phone.post(path)).status_code == 409
    assert holder(city) is None


async def test_of_two_who_press_at_once_one_has_it_and_the_other_is_told(
    phone: httpx.AsyncClient, city: City
) -> None:
    message = switch_dies(city)
    first, second = (paths(message, who)[Action.ACKNOWLEDGE] for who in ("piket", "ani"))
    answers = await asyncio.gather(phone.post(first), phone.post(second))
    assert sorted(one.status_code for one in answers) == [200, 409]
    (late,) = (one for one in answers if one.status_code == 409)
    assert f"Sudah ditangani {holder(city)}" in words(late)


async def test_two_presses_of_one_link_at_once_are_one(
    phone: httpx.AsyncClient, city: City
) -> None:
    path = paths(switch_dies(city))[Action.ACKNOWLEDGE]
    answers = await asyncio.gather(*(phone.post(path) for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409, 409]
    assert len(city.store.audit.page().items) == 1


async def test_who_comes_after_somebody_else_sees_who_has_it(
    phone: httpx.AsyncClient, city: City
) -> None:
    path = paths(switch_dies(city))[Action.ACKNOWLEDGE]
    city.store.incidents.acknowledge(1, "ani", "", city.clock.now())
    city.clock.advance(60)
    look = await phone.get(path)
    assert "Sudah ditangani ani Sejak 12.00 WITA" in words(look)
    assert not has_button(look)
    answer = await phone.post(path)
    assert answer.status_code == 409
    assert holder(city) == "ani"
    city.store.incidents.withdraw(1, "ani", city.clock.now())
    assert (await phone.post(path)).status_code == 200  # the link was not used up by that
    assert holder(city) == "piket"


async def test_what_is_well_again_needs_nobody(phone: httpx.AsyncClient, city: City) -> None:
    links = paths(switch_dies(city))
    city.clock.advance(1800)
    for device in ("sw-0001", "cam-0001"):
        city.change(device, State.UP)
    for path in links.values():
        look = await phone.get(path)
        assert "Sudah pulih Sejak 12.30 WITA" in words(look)
        assert "Sekarang pulih 12.30 WITA" in words(look)
        assert not has_button(look)
        assert (await phone.post(path)).status_code == 409
    assert city.store.audit.page().items == ()


async def test_what_came_back_can_be_taken_anew(phone: httpx.AsyncClient, city: City) -> None:
    path = paths(switch_dies(city))[Action.ACKNOWLEDGE]
    city.store.incidents.acknowledge(1, "ani", "", city.clock.now())
    for new in (State.UP, State.DOWN):
        city.clock.advance(60)
        city.change("sw-0001", new)
        city.change("cam-0001", State.UP if new is State.UP else State.UNREACHABLE, cause=None)
    answer = await phone.post(path)
    assert answer.status_code == 200, words(answer)
    assert holder(city) == "piket"


async def test_an_incident_that_became_part_of_another_is_taken_as_that(
    tmp_path_factory: pytest.TempPathFactory, application: FastAPI
) -> None:
    with make_city(tmp_path_factory.mktemp("merging"), extra=4) as city:
        cameras = ("cam-10000", "cam-10001", "cam-10002", "cam-10003")
        for number, camera in enumerate(cameras[:2]):
            city.change(camera, State.DOWN, at=NOON - timedelta(seconds=60 - number))
        known = Facts.from_json(camera_degrades(city).facts)
        second = Alert(
            cameras[1], State.DOWN, Severity.WARNING, NOON, NOON, Reason.NO_ANSWER, incident_id=2
        )
        facts = replace(known, name="Kamera 10001", incident_id=2)
        links = paths(tell(city, "incident:2", [(second, None)], facts))
        for camera in cameras[2:]:  # now it is plain: something happened to the place
            city.change(camera, State.DOWN, at=NOON - timedelta(seconds=50))
        before: Parts = application.state.parts
        application.state.parts = replace(
            before, store=city.store, clock=city.clock, visits=Visits()
        )
        async with client_of(application) as phone:
            look = await phone.get(links[Action.ACKNOWLEDGE])
            assert "Tangani insiden 1?" in words(look)
            assert "Insiden 2 kini bagian dari insiden 1." in words(look)
            assert "Sekarang 4 mati" in words(look)
            assert (await phone.post(links[Action.ACKNOWLEDGE])).status_code == 200
        application.state.parts = before
        assert holder(city) == "piket"


async def test_nobody_is_told_that_it_is_down_when_nobody_looks(
    phone: httpx.AsyncClient, city: City
) -> None:
    path = paths(switch_dies(city))[Action.ACKNOWLEDGE]
    city.clock.advance(600)
    said = words(await phone.get(path))
    assert "Sekarang tidak diketahui: tidak ada kabar dari kolektor" in said
    assert "1 mati" not in said


# --- silencing --------------------------------------------------------------------------------


async def test_a_press_silences_what_the_thread_is_about_and_nothing_else(
    phone: httpx.AsyncClient, city: City
) -> None:
    message = switch_dies(city)
    camera_degrades(city)
    path = paths(message)[Action.SILENCE_4H]
    look = await phone.get(path)
    assert "Senyapkan 4 jam?" in words(look)
    assert "sampai 16.00 WITA, 2 perangkat" in words(look)
    answer = await phone.post(path)
    assert answer.status_code == 200
    assert "Disenyapkan sampai 16.00 WITA" in words(answer)
    (made,) = city.store.silences.page().items
    assert made.scope.devices == ("sw-0001", "cam-0001")
    assert (made.scope.sites, made.scope.areas, made.owners, made.kinds) == ((), (), (), ())
    assert made.ends_at - made.starts_at == timedelta(hours=4)
    assert (made.author, made.reason) == (
        "piket",
        "Lewat tautan di pesan tentang insiden 1",
    )
    assert (await phone.post(path)).status_code == 409
    assert len(city.store.silences.page().items) == 1
    hour = await phone.get(paths(message)[Action.SILENCE_1H])
    assert "Senyap sampai 16.00 WITA (piket)" in words(hour)


async def test_a_device_without_an_incident_is_silenced(
    phone: httpx.AsyncClient, city: City
) -> None:
    links = paths(camera_degrades(city))
    assert set(links) == {Action.SILENCE_1H, Action.SILENCE_4H}
    look = await phone.get(links[Action.SILENCE_1H])
    assert "Kamera Losari 02" in words(look)
    assert "Sekarang terganggu" in words(look)
    assert 'href="/meja/perangkat/cam-0002"' in look.text
    assert (await phone.post(links[Action.SILENCE_1H])).status_code == 200
    (made,) = city.store.silences.page().items
    assert made.scope.devices == ("cam-0002",)
    assert made.reason == "Lewat tautan di pesan tentang perangkat cam-0002"


async def test_a_thread_that_was_closed_is_silenced_no_more(
    phone: httpx.AsyncClient, city: City
) -> None:
    links = paths(camera_degrades(city))
    end_alerts(city, "device:cam-0002", "cam-0002")
    for path in links.values():
        assert not has_button(await phone.get(path))
        assert (await phone.post(path)).status_code == 409
    assert city.store.silences.page().items == ()


# --- links that do not hold -------------------------------------------------------------------


@pytest.mark.parametrize("token", ["x", "a.b", "x" * 700, "gaya", "..%2f..%2fetc", "%00", "ä.ö"])
async def test_what_is_no_link_is_told_so(phone: httpx.AsyncClient, token: str) -> None:
    for answer in (await phone.get(f"/tindak/{token}"), await phone.post(f"/tindak/{token}")):
        assert answer.status_code == 404
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")


async def test_a_changed_link_and_one_of_another_key_do_nothing(
    phone: httpx.AsyncClient, city: City
) -> None:
    path = paths(switch_dies(city))[Action.ACKNOWLEDGE]
    body, _, mac = path.rpartition(".")
    other = LinkSigner(b"j" * 32).issue(
        "incident:1@20261122T035000.000000Z", Action.ACKNOWLEDGE, "piket", NOON + LINKS_LAST
    )
    for wrong in (f"{body}A.{mac}", f"{body}.{mac[::-1]}", f"/tindak/{other}"):
        answer = await phone.post(wrong)
        assert answer.status_code == 404
        assert "Tautan ini tidak sah" in words(answer)
    assert holder(city) is None


async def test_a_link_ends_after_a_day_and_a_half(phone: httpx.AsyncClient, city: City) -> None:
    path = paths(switch_dies(city))[Action.ACKNOWLEDGE]
    city.clock.advance(LINKS_LAST.total_seconds())
    for answer in (await phone.get(path), await phone.post(path)):
        assert answer.status_code == 410
        assert "Tautan berlaku 36 jam." in words(answer)
    assert holder(city) is None


@pytest.mark.parametrize(
    ("thread", "action"),
    [
        ("incident:1@20261122T035001.000000Z", Action.ACKNOWLEDGE),  # of another opening
        ("incident:7@20261122T035000.000000Z", Action.SILENCE_1H),
        ("device:cam-0002@20261122T035000.000000Z", Action.ACKNOWLEDGE),  # no incident
        ("incident:1", Action.ACKNOWLEDGE),
    ],
)
async def test_a_genuine_link_opens_its_own_thread_only(
    phone: httpx.AsyncClient, city: City, thread: str, action: Action
) -> None:
    switch_dies(city)
    camera_degrades(city)
    token = ACTING.signer.issue(thread, action, "piket", NOON + LINKS_LAST)
    answer = await phone.post(f"/tindak/{token}")
    assert answer.status_code == 404
    assert "Pantau tidak mengenal perkara ini" in words(answer)
    assert city.store.audit.page().items == ()


# --- secrets, limits, failures ----------------------------------------------------------------


async def test_the_pages_need_no_script_and_give_nothing_away(
    phone: httpx.AsyncClient, city: City
) -> None:
    path = paths(switch_dies(city))[Action.ACKNOWLEDGE]
    answer = await phone.get(path)
    token = path.rpartition("/")[2]
    assert token not in answer.text
    assert token not in str(answer.headers)
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    style = await phone.get("/tindak/gaya.css")
    assert style.headers["content-type"].startswith("text/css")
    assert style.headers["cache-control"] == "public, max-age=86400"


async def test_names_from_the_inventory_are_shown_not_run(
    phone: httpx.AsyncClient, city: City
) -> None:
    message = switch_dies(city)
    facts = Facts.from_json(message.facts)
    evil = replace(facts, site="<b onclick=x>&", devices=(), name="<script>alert(1)</script>")
    city.store.outbox.add([replace(message, key=f"{message.key}2", facts=evil.to_json())])
    answer = await phone.get(paths(message)[Action.ACKNOWLEDGE])
    assert "&lt;script&gt;" in answer.text
    assert "<script" not in answer.text
    assert "<b onclick" not in answer.text


async def test_the_address_of_a_link_is_in_no_log(
    city: City, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    message = switch_dies(city)
    silence, take = (paths(message)[one] for one in (Action.SILENCE_1H, Action.ACKNOWLEDGE))
    app = city.app(session_key=KEY)
    async with served(app) as server, socket_client(server) as phone:
        await phone.get(take)
        await phone.post(take)
        await phone.get(f"{take}?utm_source=chat")

        def broken(*_: object, **__: object) -> None:
            raise StoreError("the disk is full")

        monkeypatch.setattr(type(city.store.silences), "create", broken)
        answer = await phone.post(silence)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "2"
        assert "Belum ada yang berubah." in words(answer)

        def wrong(*_: object, **__: object) -> None:
            raise RuntimeError("a fault of ours")

        monkeypatch.setattr(type(city.store.silences), "create", wrong)
        assert (await phone.post(silence)).status_code == 500
    ours = [one for one in caplog.records if not one.name.startswith(("httpx", "httpcore"))]
    logged = "\n".join(f"{one.getMessage()} {one.exc_text or ''}" for one in ours)
    assert "the disk is full" in logged
    assert "a request failed: POST /tindak/…" in logged
    assert "piket did acknowledge of incident:1 by a link" in logged
    for path in (silence, take):
        assert path.rpartition("/")[2] not in logged
        assert path.rpartition(".")[2] not in logged


async def test_who_opens_a_link_too_often_has_to_wait(phone: httpx.AsyncClient, city: City) -> None:
    links = paths(switch_dies(city))
    for _ in range(10):
        assert (await phone.get(links[Action.ACKNOWLEDGE])).status_code == 200
    limited = await phone.post(links[Action.ACKNOWLEDGE])
    assert limited.status_code == 429
    assert int(limited.headers["retry-after"]) > 0
    assert "Terlalu sering" in words(limited)
    assert (await phone.get(links[Action.SILENCE_1H])).status_code == 200  # others go on
    city.clock.advance(int(limited.headers["retry-after"]))
    assert (await phone.post(links[Action.ACKNOWLEDGE])).status_code == 200


async def test_who_guesses_links_has_to_wait(phone: httpx.AsyncClient) -> None:
    seen = [(await phone.get(f"/tindak/{number}.x")).status_code for number in range(60)]
    assert seen[:40] == [404] * 40
    assert 429 in seen[40:]


async def test_a_silence_that_the_store_refuses_changes_nothing(
    phone: httpx.AsyncClient, city: City
) -> None:
    known = camera_degrades(city)
    ghost = Alert(  # never in the inventory
        "ghost", State.DEGRADED, Severity.WARNING, NOON, NOON, Reason.THRESHOLD
    )
    links = paths(tell(city, "device:ghost", [(ghost, None)], Facts.from_json(known.facts)))
    answer = await phone.post(links[Action.SILENCE_1H])
    assert answer.status_code == 409
    assert "Belum ada yang berubah" in words(answer)
    assert city.store.silences.page().items == ()


# --- words ------------------------------------------------------------------------------------


async def test_the_pages_speak_the_language_of_the_message_else_of_the_browser(
    phone: httpx.AsyncClient, city: City
) -> None:
    path = paths(switch_dies(city))[Action.ACKNOWLEDGE]
    english = {"Accept-Language": "en-GB,en;q=0.9"}
    assert "Tangani insiden 1?" in words(await phone.get(f"{path}?bahasa=id", headers=english))
    assert "Take incident 1?" in words(await phone.get(f"{path}?bahasa=en"))
    assert "Tangani insiden 1?" in words(await phone.get(f"{path}?bahasa=su&utm_source=chat"))
    answer = await phone.get(path, headers=english)
    assert '<html lang="en">' in answer.text
    assert answer.headers["content-language"] == "en"
    assert "Take incident 1?" in words(answer)
    assert "Now 1 down, 1 unreachable" in words(answer)
    done = await phone.post(path, headers={"Accept-Language": "en"})
    assert "Incident 1 is in the hands of piket." in words(done)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "id"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("en-US,en;q=0.9,id;q=0.8", "en"),
        ("jv,en;q=0.5", "en"),
        ("in-ID", "id"),
        ("en;q=0.2,id;q=0.7", "id"),
        ("en;q=0,fr", "id"),
        ("en;q=x", "id"),
        ("*", "id"),
        (",;q=,,", "id"),
        ("en" * 5_000, "id"),
    ],
)
def test_the_language_follows_what_the_browser_prefers(accepted: str, language: str) -> None:
    assert language_of(accepted, "id") == language


def test_the_configured_language_is_spoken_to_who_prefers_none_of_ours() -> None:
    assert language_of("fr", "en") == "en"
    assert language_of("fr", "su") == "id"


def test_both_languages_say_the_same_things() -> None:
    holes = re.compile(r"\{\w+\}")
    assert set(WORDS["id"]) == set(WORDS["en"])
    for key, sentence in WORDS["id"].items():
        assert set(holes.findall(sentence)) == set(holes.findall(WORDS["en"][key])), key
