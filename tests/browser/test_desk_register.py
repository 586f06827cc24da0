"""The register in a real Chromium: scores, two clicks to decide, where a field comes from."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.register.service import Register
from collector.model import Field, ImportCounts, Source, SourceRow
from collector.model.findings import Action, Identity
from collector.store.register.lists import ListChange
from tests.api_city import City
from tests.browser.conftest import Browser
from tests.browser.desk_city import DeskServer, area_of, device_of, make_desk_city
from tests.browser.test_desk import PHONE, TITLE, open_desk

PAGE = "/meja/register"
CAMERA = device_of("Ujung Tanah", "kam")
OTHER = device_of("Tallo", "kam")
KOMINFO = Source("kominfo", "Diskominfo", "kec-tallo", 1)
DISHUB = Source("dishub", "Dishub: CCTV", None, 5)


def say(city: City, source: Source, *rows: tuple[str, str | None, dict[str, str]]) -> None:
    """Let a list say something, since three months."""
    at = city.clock.now() - timedelta(days=90)
    said = [
        SourceRow(source.id, key, {Field(of): it for of, it in values.items()}, 2, 0, at, device)
        for key, device, values in rows
    ]
    change = ListChange(source, "a.csv", "ab", None, ImportCounts(created=len(said)), said)
    after = city.store.lists.last_import()
    city.store.lists.apply(change, author="sari", now=at, after=after)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_desk_city(tmp_path) as city:
        area = area_of("Ujung Tanah")
        camera = {"kind": "camera", "area": area, "latitude": "-5.112", "longitude": "119.421"}
        say(
            city,
            KOMINFO,
            ("A1", CAMERA, {**camera, "name": "Kamera Ujung Tanah 01", "address": "10.71.8.2",
             "serial": "KT0001", "vendor": "Hikvision", "model": "DS-2CD2143",
             "owner_name": "Diskominfo"}),
            ("A2", OTHER, {"name": "Kamera Tallo 01", "kind": "camera", "address": "10.71.7.2",
             "latitude": "119.437", "longitude": "-5.118", "area": area_of("Tallo")}),
            ("A3", "inv-3", {"name": "Kamera Pasar Ikan", "kind": "camera",
             "address": "10.71.99.9", "model": "DS-2CD2143"}),
        )  # fmt: skip
        say(
            city,
            DISHUB,
            ("7", CAMERA, {**camera, "name": "CCTV UJUNG TANAH 1", "serial": "KT0001",
             "vendor": "Hikvision", "model": "DS-2CD2043"}),
            ("8", "dishub-8", {"name": "CCTV TALLO 01", "kind": "camera",
             "address": "10.71.7.2", "area": area_of("Tallo")}),
        )  # fmt: skip
        said = Identity(CAMERA, "serial_number", "KT0001", city.clock.now(), city.clock.now())
        city.store.reconciliation.note_identities([said])
        Register(city.store, city.clock).reconcile()
        yield city


@pytest.fixture
def server(city: City, web_dist: Path) -> Iterator[DeskServer]:
    server = DeskServer(city, web_dist)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def desk(chromium: Browser, server: DeskServer) -> Iterator[Browser]:
    """The register, open; errors in its console fail."""
    open_desk(chromium, server, PAGE)
    chromium.wait("[data-test=finding]")
    yield chromium
    problems = chromium.problems()
    chromium.leave()
    assert problems == []


def test_a_conflict_is_decided_in_two_clicks_and_kept_with_its_reason(
    desk: Browser, city: City, pictures: Path
) -> None:
    assert desk.text(TITLE) == "Register aset"
    assert len(desk.texts("[data-test=score]")) == 2
    desk.screenshot(pictures / "meja-register.png")
    conflict = "[data-kind=conflict]:has-text('DS-2CD2043')"
    desk.wait(conflict)
    desk.click(f"{conflict} [data-test=choices] button:has-text('Pakai DS-2CD2043')")
    desk.click(f"{conflict} [data-test=reasons] button:has-text('Dilihat di lapangan')")
    desk.wait(conflict, state="detached")
    (ruling,) = city.store.reconciliation.rulings()
    assert (ruling.action, ruling.reason, ruling.author) == (
        Action.USE,
        "Dilihat di lapangan",
        "Piket 1",
    )
    assert ruling.values == {Field.MODEL: "DS-2CD2043"}
    desk.click("[data-test=chips] a:has-text('Sudah diputuskan')")
    desk.wait("[data-test=decision]", "Dilihat di lapangan")


def test_where_the_fields_of_a_device_come_from_is_one_click_away(
    chromium: Browser, server: DeskServer, pictures: Path
) -> None:
    open_desk(chromium, server, f"/meja/perangkat/{CAMERA}")
    chromium.wait("[data-test=provenance-card]", "KT0001")
    chromium.click("[data-test=provenance-card] a:has-text('Semua isian')")
    chromium.wait("[data-test=provenance]", "Dishub: CCTV")
    chromium.wait("[data-test=identities]", "KT0001")
    chromium.screenshot(pictures / "meja-register-asal.png", full=True)
    assert chromium.problems() == []
    chromium.leave()


def test_an_agency_signs_its_list(desk: Browser, city: City) -> None:
    desk.click("[data-test=score] [data-test=sign]")
    desk.fill("[data-test=sign-form] input[required]:not([type=date])", "Kepala Bidang Aptika")
    desk.click("[data-test=sign-form] button[type=submit]")
    desk.wait("[data-test=signature]", "Kepala Bidang Aptika")
    (signature,) = city.store.reconciliation.signatures()
    assert (signature.source, signature.rows) == ("kominfo", 3)


def test_a_viewer_decides_nothing_and_a_phone_shows_it_all(
    chromium: Browser, server: DeskServer, pictures: Path
) -> None:
    open_desk(chromium, server, PAGE, PHONE, role="viewer", light="dark")
    chromium.wait("[data-test=finding]")
    assert chromium.texts("[data-test=choices]") == []
    assert chromium.texts("[data-test=sign]") == []
    assert chromium.evaluate("document.scrollingElement.scrollWidth") == PHONE[0]
    chromium.screenshot(pictures / "meja-register-ponsel.png")
    assert chromium.problems() == []
    chromium.leave()
