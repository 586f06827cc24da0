"""The public status page over a real store: what it says, and what it never says."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.public.making import KEPT_SECONDS
from collector.model import MaintenanceWindow, Reason, Scope, State
from tests.api_city import NOON, City, client_of, inventory, make_city

CAMERAS = [f"cam-{number}" for number in range(10_000, 10_012)]


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_city(tmp_path, extra=len(CAMERAS)) as made:
        for camera in CAMERAS:
            made.change(camera, State.UP, at=NOON - timedelta(days=1), reason=Reason.OK)
        yield made


async def page(city: City, query: str = "", **headers: str) -> str:
    async with client_of(city.app(public_status=True)) as client:
        answer = await client.get(f"/status/{query}", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=60"
    return text_of(answer.text)


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main>")[2]).split())


async def test_without_the_setting_there_is_no_such_page(city: City) -> None:
    async with client_of(city.app(), city.token("admin")) as client:
        for path in ("/status", "/status/", "/status/gaya.css", "/status/data"):
            assert (await client.get(path)).status_code == 404


async def test_it_says_how_a_service_is_and_what_that_rests_on(city: City) -> None:
    told = await page(city)
    assert "Semua layanan berjalan normal" in told
    assert "CCTV Wilayah Keadaan Hari ini Bulan ini Seluruh kota Normal 100,0%" in told
    assert "cakupan" in told, "the month began before anybody looked"
    assert "Diperbarui 22 Nov 12.00 WITA" in told
    assert "WiFi" not in told, "there is none"


async def test_it_speaks_english_to_who_likes_that(city: City) -> None:
    assert "All services run normally" in await page(city, **{"Accept-Language": "en-GB,en"})
    assert "Semua layanan" in await page(city, "?bahasa=id", **{"Accept-Language": "en"})


async def test_a_dead_camera_is_not_to_be_found_in_it(city: City) -> None:
    before = await page(city)
    city.change("cam-10003", State.DOWN)
    city.beat()
    after = await page(city)
    assert after == before


async def test_a_dead_half_is_said_and_still_not_which(city: City) -> None:
    for camera in CAMERAS[:6]:
        city.change(camera, State.DOWN, at=NOON - timedelta(hours=1))
    told = await page(city)
    assert "Sebagian layanan terganggu" in told
    assert "Sebagian terganggu" in told


async def test_nothing_of_devices_sites_owners_or_people_is_in_it(city: City) -> None:
    city.change("sw-0001", State.DOWN)
    city.change("cam-0001", State.UNREACHABLE, cause="sw-0001")
    window = MaintenanceWindow(
        title="Ganti kamera di rumah Bu Ani",
        reason="kunci ada di pos satpam",
        author="Budi",
        created_at=NOON,
        scope=Scope(devices=("cam-10001",)),
        starts_at=NOON + timedelta(hours=2),
        ends_at=NOON + timedelta(hours=4),
        zone="Asia/Makassar",
    )
    city.store.maintenance.create(window)
    async with client_of(city.app(public_status=True)) as client:
        html = (await client.get("/status/")).text
    listed = inventory(len(CAMERAS))
    secret = [word for one in listed.devices.values() for word in (one.id, one.name, one.address)]
    secret += [word for one in listed.sites.values() for word in (one.id, one.name)]
    secret += [one.name for one in listed.owners.values()]
    secret += [window.title, "satpam", window.author, "3 dari 3 hilang"]
    assert [word for word in secret if word and word in html] == []
    assert "CCTV, Wilayah lainnya 14.00 WITA" in text_of(html), "that there is work, and when"
    numbers = {int(found) for found in re.findall(r"(?<![\d.,:])\d+(?![\d.,:%])", text_of(html))}
    assert numbers <= {5, 22}, "no number of devices: 5 is the rule's, 22 the day's"


async def test_planned_work_on_all_but_a_few_is_not_normal_and_leaves_no_figure_of_the_few(
    city: City,
) -> None:
    city.change(CAMERAS[0], State.DOWN, at=NOON - timedelta(hours=3))
    window = MaintenanceWindow(
        title="Pindah jalur",
        reason="jalur baru",
        author="Budi",
        created_at=NOON - timedelta(days=40),
        scope=Scope(devices=(*CAMERAS[1:], "cam-0001", "cam-0002")),
        starts_at=NOON - timedelta(days=30),
        ends_at=NOON + timedelta(hours=1),
        zone="Asia/Makassar",
    )
    city.store.maintenance.create(window)
    told = await page(city)
    assert "Tidak ada gangguan, ada pemeliharaan terencana" in told
    assert "berjalan normal" not in told
    assert "Pemeliharaan \N{EN DASH}" in told, "75,0% would be the word of a single camera"
    assert "75,0%" not in told


async def test_while_nobody_looks_it_says_that_and_not_that_all_is_well(city: City) -> None:
    city.clock.advance(3_600)
    told = await page(city)
    assert "Pantau tidak melihat" in told
    assert "tidak diketahui sejak 12.00 WITA" in told
    assert "Normal" not in told


async def test_it_is_made_once_a_minute_for_everybody(city: City) -> None:
    app = city.app(public_status=True)
    async with client_of(app) as client:
        first = (await client.get("/status/")).text
        for camera in CAMERAS:
            city.change(camera, State.DOWN)
        assert (await client.get("/status/")).text == first
        city.clock.advance(KEPT_SECONDS + 1)
        city.beat()
        assert "Sebagian besar terganggu" in (await client.get("/status/")).text


async def test_it_asks_for_no_token_and_takes_nothing(city: City) -> None:
    async with client_of(city.app(public_status=True)) as client:
        assert (await client.post("/status/")).status_code == 405
        answer = await client.get("/status")
        assert (answer.status_code, answer.headers["location"]) == (307, "/status/")
        assert "set-cookie" not in (await client.get("/status/")).headers
