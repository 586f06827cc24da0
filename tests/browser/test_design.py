"""The page of the design: everything in both lights, and the wall in each of its conditions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.browser.desk_city import DeskServer, make_desk_city

CONDITIONS = {"work": "live", "calm": "live", "storm": "live", "stale": "stale", "blind": "blind"}
IN_FRAME = "document.querySelector('[data-test=wall-{scene}-{page}] iframe').contentDocument"


@pytest.fixture
def page(tmp_path: Path, chromium: Browser, web_dist: Path) -> Iterator[Browser]:
    with make_desk_city(tmp_path) as city:
        server = DeskServer(city, web_dist)
        server.start()
        link = server.link("/meja/rancangan", role="viewer")
        chromium.open(link, city.clock.now(), (1440, 900))
        chromium.wait("[data-test=design]")
        yield chromium
        problems = chromium.problems()
        chromium.leave()
        server.stop()
    assert problems == []


def test_the_wall_is_drawn_by_its_own_parts_in_every_condition(
    page: Browser, pictures: Path
) -> None:
    for scene, condition in CONDITIONS.items():
        frame = IN_FRAME.format(scene=scene, page="ringkasan")
        page.wait_for(f"{frame}.documentElement.dataset.condition === '{condition}'")
        page.wait_for(f"{frame}.querySelector('[data-test=verdict]').textContent !== ''")
    night = IN_FRAME.format(scene="night", page="ringkasan")
    page.wait_for(f"{night}.documentElement.dataset.light === 'night'")
    storm = IN_FRAME.format(scene="storm", page="ringkasan")
    page.wait_for(f"{storm}.querySelector('.verdict').textContent === 'Listrik padam (diduga)'")
    page.screenshot(pictures / "desk-design.png", full=True)


def test_a_sample_has_its_own_light_and_never_reaches_the_api(page: Browser) -> None:
    grounds = page.evaluate(
        "[...document.querySelectorAll('.sample')].map((one) => "
        "[one.classList[1], getComputedStyle(one).backgroundColor])"
    )
    assert {tuple(one) for one in grounds} == {
        ("light", "rgb(244, 245, 246)"),
        ("dark", "rgb(21, 23, 26)"),
    }
    page.click("[data-test=take-button]")
    page.click("[data-test='take.me']")
    asked = page.evaluate(
        "performance.getEntriesByType('resource').map((one) => one.name)"
        ".filter((name) => /acknowledge/.test(name))"
    )
    assert asked == []
