"""The wall when nobody is there: old data, a server that is gone, a new version, weeks of news."""

import shutil
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.browser.city import City, iso
from tests.browser.conftest import Browser
from tests.browser.showing import serve, show
from tests.browser.wall_server import WallServer

UPDATES = 10_000


@pytest.fixture
def build(web_dist: Path, tmp_path: Path) -> Path:
    """A copy of the built pages that a test may replace."""
    copy = tmp_path / "dist"
    shutil.copytree(web_dist, copy)
    return copy


@pytest.fixture
def own_server(build: Path) -> Generator[WallServer]:
    """A server for the copy."""
    server = WallServer(build)
    server.start()
    yield server
    server.stop()


def test_an_area_without_new_results_says_how_old_its_data_is(
    browser: Browser, server: WallServer
) -> None:
    city = City()
    show(browser, server, city)
    areas = [
        {"code": code, "last_result_at": iso(city.at - age), "period_seconds": 30.0}
        for code, age in (("73.71.01", timedelta(minutes=4)), ("73.71.02", timedelta(seconds=40)))
    ]
    server.send("heartbeat", city.heartbeat() | {"areas": areas})
    browser.wait("[data-test=tile].late", "Mariso")
    assert browser.texts("[data-test=tile-late]") == ["usang 4 mnt"]
    assert browser.text("[data-test=verdict]") == "Tidak ada insiden; data 1 wilayah usang"
    browser.forward(25)  # nothing more is heard of the other one
    browser.wait("[data-test=tile].late", "Mamajang")
    server.send("heartbeat", city.heartbeat() | {"areas": [areas[0] | areas[1]]})
    browser.wait("[data-test=tile].late", "Mamajang")


def test_a_panel_that_is_switched_on_while_the_server_is_down_shows_the_wall_and_says_so(
    browser: Browser, server: WallServer
) -> None:
    city = City()
    serve(server, city)
    browser.open(server.link, city.at, worker=True)
    browser.wait("[data-test=map]")
    kept = "caches.open('wall').then((c) => c.match('/dinding/')).then((r) => r !== undefined)"
    browser.wait_for(kept)
    server.stop()
    browser.reload()
    browser.wait("[data-test=verdict]", "Menyambung ke Pantau")
    assert browser.texts("[data-test=tile]") == [], "nothing that was heard before is shown"
    browser.forward(31)
    browser.wait("[data-condition=stale] [data-test=verdict]", "Data usang")
    server.start()
    browser.forward(11)
    browser.wait("[data-condition=live] [data-test=map]")
    assert all("ERR_" in problem for problem in browser.problems())


def test_a_new_version_is_taken_over_by_itself(
    browser: Browser, own_server: WallServer, build: Path
) -> None:
    city = City()
    serve(own_server, city)
    browser.open(own_server.link, city.at)
    browser.wait("[data-test=map]")
    browser.evaluate("window.old = true")
    (script,) = (build / "assets").glob("dinding-*.js")
    script.rename(script.with_name("dinding-NEW00000.js"))
    index = build / "dinding" / "index.html"
    index.write_text(index.read_text().replace(script.name, "dinding-NEW00000.js"))
    browser.forward(61)  # at most once a minute it looks
    own_server.hang_up()  # the restart that comes with a new version
    browser.forward(2)
    browser.wait_for("document.documentElement.dataset.condition === 'live'")
    browser.forward(9)
    browser.wait_for("window.old === undefined")
    browser.wait("[data-condition=live] [data-test=map]")


def test_ten_thousand_updates_leave_the_page_as_large_as_it_was(
    browser: Browser, server: WallServer
) -> None:
    city = City()
    show(browser, server, city, page="ringkasan")
    devices = list(city.devices.values())

    def update(times: int) -> dict[str, int]:
        """So many transitions, after which all is as it was: what Chromium then counts."""
        for number in range(times):
            device = devices[number % len(devices)]
            state = "down" if device["state"] == "up" else "up"
            server.send("transition", city.transition(device, state))
        server.send("transition", city.transition(devices[0], "degraded"))
        browser.wait("[data-test=verdict]", "1 perangkat terganggu")  # all before it is in
        server.send("transition", city.transition(devices[0], "up", reason="ok"))
        browser.wait("[data-test=calm]")
        return browser.counts()

    before = update(UPDATES // 5)  # whatever is made once is made
    after = update(UPDATES)
    # Garbage that is collected late is some hundred nodes, however many updates there were.
    assert after["nodes"] - before["nodes"] < UPDATES / 20
    assert after["listeners"] == before["listeners"]
    assert after["heap"] - before["heap"] < 100 * UPDATES
