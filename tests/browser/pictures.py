"""Pictures for the user's guide: every page of wall and desk, in both languages (`make pictures`).

The cities are those of the tests, so no name and no figure in the pictures is anybody's.
"""

import argparse
import shutil
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from tests.browser.city import City as WallCity
from tests.browser.conftest import WEB, Browser
from tests.browser.desk_city import DeskServer, device_of, make_desk_city, plain_pages
from tests.browser.showing import broken_city, picture_cities, serve
from tests.browser.wall_server import WallServer
from tests.conftest import REPOSITORY

LANGUAGES = ("id", "en")
SCREEN = (1440, 900)
PHONE = (390, 844)
PANEL = (1920, 1080)
FRONT = (1280, 720)  # of the picture that the README opens with: small, and sharp enough
WALL_PAGES = ("ringkasan", "insiden", "peta", "cctv", "wifi", "server")
CONDITIONS = ("calm", "storm", "night", "stale", "blind")
NOT_LOADING = "!/Memuat…|Loading…/u.test(document.querySelector('#content').innerText)"


def desk_pages() -> dict[str, str]:
    """Return the name and the path of every page of the desk."""
    first = {
        "masalah": "",
        "insiden": "insiden",
        "satu-insiden": "insiden/1",
        "perangkat": "perangkat",
        "satu-perangkat": f"perangkat/{device_of('Panakkukang', 'sw')}",
    }
    return first | {page: page for page in plain_pages()}


def draw_desk(browser: Browser, out: Path) -> None:
    """Draw every page of the desk, and the first on a phone."""
    with (
        tempfile.TemporaryDirectory() as folder,
        make_desk_city(Path(folder), troubled=True) as city,
    ):
        server = DeskServer(city, WEB / "dist")
        server.start()
        try:
            link = server.link("/meja/PAGE?lang=LANG", role="admin")
            for language in LANGUAGES:
                for name, path in desk_pages().items():
                    address = link.replace("PAGE", path).replace("LANG", language)
                    _draw_page(browser, address, city.clock.now(), SCREEN)
                    browser.screenshot(out / language / f"meja-{name}.png")
                address = link.replace("PAGE", "").replace("LANG", language)
                _draw_page(browser, address, city.clock.now(), PHONE)
                browser.screenshot(out / language / "meja-ponsel.png")
            browser.leave()
        finally:
            server.stop()


def _draw_page(browser: Browser, address: str, now: datetime, size: tuple[int, int]) -> None:
    browser.open(address, now, size, still=True)
    browser.wait("[data-test=title], [data-test=empty]")
    browser.wait_for(NOT_LOADING)
    browser.wait_for("document.fonts.status === 'loaded'")


def draw_wall(browser: Browser, out: Path) -> None:
    """Draw every page of the wall, and its first in every condition."""
    cities = picture_cities()
    server = WallServer(WEB / "dist")
    server.start()
    try:
        for language in LANGUAGES:
            for page in WALL_PAGES:
                _show(browser, server, cities["busy"], f"{page}?lang={language}")
                browser.screenshot(out / language / f"dinding-{page}.png")
            for name in CONDITIONS:
                city = cities.get(name, broken_city())
                if name == "blind":
                    city.collectors = [("main", False)]
                    city.heartbeat_at = city.at - timedelta(minutes=7)
                _show(browser, server, city, f"ringkasan?lang={language}")
                if name == "stale":
                    server.silent = True
                    browser.forward(151)
                    browser.wait("[data-condition=stale]")
                browser.screenshot(out / language / f"dinding-{name}.png")
                server.silent = False
        browser.leave()
    finally:
        server.stop()


def _show(
    browser: Browser,
    server: WallServer,
    city: WallCity,
    path: str,
    size: tuple[int, int] = PANEL,
) -> None:
    serve(server, city)
    browser.open(server.link.replace("#", f"{path}#"), city.at, size, still=True)
    browser.wait("[data-test=trust], .banner")
    browser.wait("[data-test=field], [data-test=list], [data-test=calm], [data-test=city-map]")
    browser.wait_for("document.fonts.status === 'loaded'")


def draw_front(browser: Browser, path: Path) -> None:
    """Draw the picture that the README opens with."""
    server = WallServer(WEB / "dist")
    server.start()
    try:
        _show(browser, server, broken_city(), "ringkasan", FRONT)
        browser.wait("[data-test=service]", "%")
        browser.screenshot(path)
        browser.leave()
    finally:
        server.stop()


def main() -> int:
    """Write the pictures; 1: something that draws them is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs" / "pictures")
    parser.add_argument("--front", type=Path, default=REPOSITORY / "docs" / "pantau.png")
    asked = parser.parse_args()
    node, chromium = shutil.which("node"), shutil.which("chromium")
    if node is None or chromium is None:
        sys.stderr.write("pictures are drawn by node and chromium: install both\n")
        return 1
    for language in LANGUAGES:
        (asked.out / language).mkdir(parents=True, exist_ok=True)
    browser = Browser(node, chromium)
    try:
        draw_front(browser, asked.front)
        draw_wall(browser, asked.out)
        draw_desk(browser, asked.out)
    finally:
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
