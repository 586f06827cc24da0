"""The page of indicators in a real Chromium: what assessments ask for, and the evidence for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api_city import City
from tests.browser.conftest import Browser
from tests.browser.desk_city import DeskServer, make_desk_city
from tests.browser.test_desk import PHONE, TITLE, open_desk

PAGE = "/meja/indikator"
INDICATOR = "[data-test=indicator]"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_desk_city(tmp_path) as city:
        yield city


@pytest.fixture
def server(city: City, web_dist: Path) -> Iterator[DeskServer]:
    server = DeskServer(city, web_dist)
    server.start()
    yield server
    server.stop()


def test_each_indicator_has_a_page_that_lists_its_evidence(
    chromium: Browser, server: DeskServer
) -> None:
    open_desk(chromium, server, PAGE)
    chromium.wait(INDICATOR)
    assert chromium.text(TITLE) == "Indikator"
    assert len(chromium.texts("[data-test=framework]")) > 3
    name = chromium.texts(f"{INDICATOR} a")[0]
    chromium.click(f"{INDICATOR} a")
    chromium.wait("[data-test=evidence]")
    assert chromium.text(TITLE) == name
    assert len(chromium.texts("[data-test=evidence]")) > 1
    assert all("pantau" in how for how in chromium.texts("[data-test=evidence] code"))
    chromium.leave()
    assert chromium.problems() == []


def test_an_indicator_that_is_not_there_is_said_and_the_others_are_listed(
    chromium: Browser, server: DeskServer
) -> None:
    open_desk(chromium, server, f"{PAGE}/bukan", size=PHONE)
    chromium.wait(INDICATOR)
    assert chromium.text("p.empty") == "Tidak ada indikator bukan."
    chromium.leave()
    assert chromium.problems() == []
