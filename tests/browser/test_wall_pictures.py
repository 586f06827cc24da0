"""The wall at every size, in every condition: nothing is cut off. Its pictures are kept."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.browser.showing import broken_city, picture_cities, serve
from tests.browser.wall_server import WallServer

SIZES = {"1080p": (1920, 1080), "4k": (3840, 2160), "portrait": (1080, 1920), "small": (1366, 768)}
# City, page and size: every page upright and across, every condition at least once.
PICTURES = [
    *(("busy", "ringkasan", size) for size in SIZES),
    *(("broken", "insiden", size) for size in ("1080p", "portrait")),
    *(("wide", "peta", size) for size in ("1080p", "4k", "portrait")),
    *(("busy", "cctv", size) for size in ("1080p", "portrait")),
    *(("broken", page, "1080p") for page in ("wifi", "server")),
    *(("crowded", page, "1080p") for page in ("ringkasan", "insiden", "peta")),
    *(("storm", "ringkasan", size) for size in ("1080p", "portrait")),
    *((name, "ringkasan", "1080p") for name in ("calm", "night", "stale", "blind")),
    *((name, "peta", "1080p") for name in ("night", "stale", "blind")),
    ("crowded", "ringkasan", "portrait"),
    ("stale", "insiden", "portrait"),
    ("blind", "ringkasan", "portrait"),
]


@pytest.mark.parametrize(("name", "page", "size"), PICTURES)
def test_nothing_is_cut_off_at_any_size(
    browser: Browser, server: WallServer, pictures: Path, name: str, page: str, size: str
) -> None:
    city = picture_cities().get(name, broken_city())
    if name == "blind":
        city.collectors = [("main", False), ("timur", False)]
        city.heartbeat_at = city.at - timedelta(minutes=7, seconds=1)
    serve(server, city)
    panel = city.at + timedelta(minutes=2 if name == "crowded" else 0)
    browser.open(server.link.replace("#", f"{page}#"), panel, SIZES[size], still=True)
    browser.wait("[data-test=trust], .banner")
    browser.wait("[data-test=field], [data-test=list], [data-test=calm], [data-test=city-map]")
    if page not in ("insiden", "peta"):
        browser.wait("[data-test=service]", "%")
    if name == "stale":
        server.silent = True
        browser.forward(151)
        browser.wait("[data-condition=stale]")
    browser.screenshot(pictures / f"wall-{page}-{name}-{size}.png")
    outside = browser.evaluate(
        """[...document.querySelectorAll("main *")].filter((element) => {
          const box = element.getBoundingClientRect();
          return box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
        }).map((element) => element.className)"""
    )
    assert outside == []
    cut = browser.evaluate(
        """[...document.querySelectorAll(
            ".verdict, .second, .counts, .trust, .clock, .more, .tile *"
          )].filter((element) => element.scrollWidth > element.clientWidth + 1)
          .concat([...document.querySelectorAll(".frame, .middle, .list, .row, .map, .tile")]
            .filter((element) => element.scrollHeight > element.clientHeight + 1))
          .map((element) => `${element.className}: ${element.textContent}`)"""
    )
    assert cut == []
