"""Importing a list on the desk: sent, looked at, mapped, imported, taken back."""

import base64
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.importing import running
from api.importing.running import ListDesk
from api.settings import ApiSettings
from tests.api_city import City, ManualClock, StillSink
from tests.browser.conftest import Browser
from tests.browser.desk_city import DeskServer
from tests.browser.test_desk import PHONE, TITLE, open_desk
from tests.lists_made import HEADINGS, Office, camera, office, xlsx

PAGE = "/meja/impor"
VERDICT = "[data-test=verdict]"


@dataclass
class OfficeCity(City):
    """A city whose register is written by imports."""

    office: Office

    def app(self, **settings: Any) -> FastAPI:
        return create_app(
            store=self.store,
            sink=self.sink,
            clock=self.clock,
            settings=ApiSettings(**settings),
            lists=ListDesk(self.office.config, self.office.folder / "data", self.clock),
        )


@pytest.fixture
def city(tmp_path: Path) -> Iterator[OfficeCity]:
    with office(tmp_path) as opened:
        city = OfficeCity(opened.store, ManualClock(), StillSink(), {}, opened)
        city.beat()
        yield city


@pytest.fixture
def server(city: OfficeCity, web_dist: Path) -> Iterator[DeskServer]:
    server = DeskServer(city, web_dist)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def desk(chromium: Browser, server: DeskServer) -> Iterator[Browser]:
    open_desk(chromium, server, PAGE)
    chromium.wait(TITLE, "Impor")
    yield chromium
    problems = chromium.problems()
    chromium.leave()
    assert problems == []


def hand_over(desk: Browser, octets: bytes, name: str = "CCTV Dishub.xlsx") -> None:
    """Choose a file, as a person does in the browser's own window."""
    text = base64.b64encode(octets).decode()
    desk.evaluate(
        "(() => { const data = new DataTransfer();"
        f"const octets = Uint8Array.from(atob('{text}'), (one) => one.charCodeAt(0));"
        f"data.items.add(new File([octets], '{name}'));"
        "const field = document.querySelector('[name=file]'); field.files = data.files;"
        "field.dispatchEvent(new Event('change', { bubbles: true })); })()"
    )


def preview(desk: Browser, octets: bytes) -> None:
    hand_over(desk, octets)
    desk.click("[data-test=preview]")
    desk.wait(VERDICT)


def choose(desk: Browser, selector: str, value: str) -> None:
    """Choose in a list of the browser's own."""
    desk.evaluate(
        f"(() => {{ const list = document.querySelector('{selector}'); list.value = '{value}';"
        "list.dispatchEvent(new Event('change', { bubbles: true })); })()"
    )


def test_a_list_is_previewed_mapped_imported_and_taken_back(
    desk: Browser, city: OfficeCity, pictures: Path
) -> None:
    desk.click("[data-test=preview]")
    assert desk.texts("[data-test=fault]")[0] == "Pilih berkasnya."
    preview(desk, xlsx([(*HEADINGS[:6], "Nomor Jaringan"), camera(1), camera(2)]))
    assert desk.text(TITLE) == "Pratinjau: CCTV Dishub.xlsx"
    desk.wait("[data-why=unknown]", "Nomor Jaringan")
    choose(desk, "[data-test=means-G]", "address")
    desk.wait("[data-why=given]", "Nomor Jaringan")
    assert desk.texts("[data-test=counts] li")[:2] == ["2 baru", "0 berubah"]
    desk.wait("[data-test=item]", "alamat IP: 10.1.0.2")
    desk.screenshot(pictures / "desk-import-ready.png")
    desk.click("[data-test=apply]")
    desk.wait(TITLE, "Impor 1")
    assert set(city.office.inventory().devices) == {"a-001", "a-002", "sw-1"}
    assert "cctv-dishub · CCTV Dishub.xlsx" in desk.text("[data-test=import-facts]")
    source = city.store.lists.source("cctv-dishub")
    assert source is not None
    assert source.columns["Nomor Jaringan"] == "address", "what was said is remembered"
    desk.click("[data-test=undo]")
    desk.click("[data-test=undo-do]")
    desk.wait(TITLE, "Impor 2")
    assert set(city.office.inventory().devices) == {"sw-1"}
    desk.press("g", "r")
    desk.wait("[data-test=import]", "pembatalan impor 1")
    assert "dibatalkan" in desk.texts("[data-test=import]")[1]
    desk.screenshot(pictures / "desk-imports.png")


def test_what_is_in_doubt_waits_for_a_persons_word(
    desk: Browser, city: OfficeCity, server: DeskServer
) -> None:
    city.office.apply(xlsx([HEADINGS, camera(1), camera(2)]))
    open_desk(desk, server, PAGE)
    desk.wait("[data-test=source]", "dishub-cctv")
    choose(desk, "[name=known]", "dishub-cctv")
    # The second camera has another asset code now, and all else is the same.
    preview(desk, xlsx([HEADINGS, camera(1), camera(2, key="B-777")]))
    desk.wait(VERDICT, "1 baris meragukan")
    desk.click("[data-test=answer-same]")
    desk.click("[data-test=apply]")
    desk.wait(TITLE, "Impor 2")
    assert set(city.office.inventory().devices) == {"a-001", "a-002", "sw-1"}
    assert set(city.office.said()) == {"A-001", "B-777"}


def test_a_viewer_has_no_such_page_and_a_phone_shows_what_is_wrong_where(
    chromium: Browser, server: DeskServer, pictures: Path
) -> None:
    open_desk(chromium, server, PAGE, role="viewer")
    chromium.wait("[data-test=missing]")
    open_desk(chromium, server, PAGE, PHONE)
    chromium.wait(TITLE, "Impor")
    preview(chromium, xlsx([HEADINGS, camera(1), camera(2, latitude="abc")]))
    assert "Belum dapat diimpor: 1 masalah" in chromium.text(VERDICT)
    assert chromium.text("[data-test=problems] [data-test=remark]").startswith(
        'baris 3, kolom E (Lintang) "abc" bukan koordinat'
    )
    assert chromium.evaluate("document.querySelector('[data-test=apply]')") is None
    assert chromium.evaluate("document.scrollingElement.scrollWidth") == PHONE[0]
    assert chromium.axe() == []
    chromium.screenshot(pictures / "desk-phone-import.png")
    chromium.leave()


DIES = """
import os
from api.importing import service, worker
service.put_in_place = lambda *_: os._exit(9)
worker.main()
"""


def test_an_import_that_was_done_is_never_called_not_recorded(
    desk: Browser, city: OfficeCity, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_PROGRAM", (sys.executable, "-c", DIES))
    preview(desk, xlsx([HEADINGS, camera(1), camera(2)]))
    desk.click("[data-test=apply]")
    desk.wait(f"{VERDICT} .failure", "Sudah terlaksana")
    said = desk.text(f"{VERDICT} .failure")
    assert "pantau import --rewrite" in said
    assert "Belum tercatat" not in said
    desk.screenshot(pictures / "desk-import-not-in-place.png")
    (record,) = city.store.lists.imports().items
    assert record.source == "cctv-dishub"
    assert "409" in desk.problems()[0], "what the browser says of the answer itself"
