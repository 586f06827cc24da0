"""A panel as it was set up: by its link, by its address; its sound and its night."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.browser.city import MORNING, NIGHT, City
from tests.browser.conftest import Browser
from tests.browser.showing import broken_city, serve, show
from tests.browser.wall_server import WallServer

LINK: dict[str, Any] = {
    "distance_metres": None, "diagonal_inches": None, "pages": ["insiden", "peta"],
    "page_seconds": 20, "night_from": "20:00", "night_until": "06:00", "sound": True,
    "language": "en",
}  # fmt: skip

SILENT = LINK | {"sound": False}

# A loudspeaker that notes when it was to sound; `allowed`: as a panel's browser is started.
SPEAKER = """
window.rings = [];
window.AudioContext = class {
  constructor() { this.state = ALLOWED ? "running" : "suspended"; this.currentTime = 0; }
  resume() { return ALLOWED ? Promise.resolve() : Promise.reject(new Error("not allowed")); }
  createGain() {
    const gain = { setValueAtTime() {}, linearRampToValueAtTime() {} };
    return { gain, connect(to) { return to; } };
  }
  createOscillator() {
    window.rings.push(Math.round(performance.now()));
    return { frequency: {}, connect(to) { return to; }, start() {}, stop() {} };
  }
};
"""
TONES = 4  # of one ring


def with_speaker(
    browser: Browser, server: WallServer, city: City, query: str, allowed: str
) -> None:
    """Open the wall on a panel with such a loudspeaker."""
    serve(server, city)
    browser.before(SPEAKER.replace("ALLOWED", allowed))
    browser.open(server.link.replace("#", f"{query}#"), city.at)
    browser.wait("[data-condition=live] [data-test=trust]")


def rings(browser: Browser) -> int:
    return int(browser.evaluate("window.rings.length")) // TONES


def beat(browser: Browser, server: WallServer, city: City, seconds: float) -> None:
    """Let time pass on the panel and at the server, which goes on saying that it lives."""
    while seconds > 0:
        step = min(20.0, seconds)
        browser.forward(step)
        city.at += timedelta(seconds=step)
        server.send("heartbeat", city.heartbeat())
        browser.wait("[data-test=trust]", "data 0 dtk")
        seconds -= step


def test_it_rings_for_a_new_critical_each_minute_until_somebody_has_it(
    browser: Browser, server: WallServer
) -> None:
    city = City()
    with_speaker(browser, server, city, "?suara=nyala", "true")
    browser.wait("[data-test=calm]")
    assert "suara" not in browser.text("[data-test=trust]")
    beat(browser, server, city, 20)
    assert rings(browser) == 0
    point = city.in_area("Tallo", "access_point")[0]
    server.send("transition", city.transition(point, "down"))
    browser.wait("[data-test=row].solid-down")
    browser.forward(2)
    browser.wait_for(f"window.rings.length === {TONES}")
    beat(browser, server, city, 40)
    assert rings(browser) == 1
    beat(browser, server, city, 22)
    browser.wait_for(f"window.rings.length === {2 * TONES}")
    city.tell(point, timedelta(minutes=1), acknowledged_by="Piket 2")
    server.answers = city.answers()
    server.send("incident", {"ids": None})
    browser.wait("[data-test=row]:not(.solid-down)", "Piket 2")
    beat(browser, server, city, 80)
    assert rings(browser) == 2


def test_a_wall_is_silent_and_says_so_unless_it_was_told_to_ring(
    browser: Browser, server: WallServer
) -> None:
    with_speaker(browser, server, broken_city(), "", "true")
    browser.wait("[data-test=trust]", "suara mati")
    browser.forward(15)
    assert rings(browser) == 0


def test_a_browser_that_holds_the_sound_back_is_named(browser: Browser, server: WallServer) -> None:
    with_speaker(browser, server, broken_city(), "?suara=nyala", "false")
    browser.wait("[data-test=trust]", "suara ditahan peramban")
    assert rings(browser) == 0


def test_what_belongs_to_the_link_of_a_panel_holds_where_its_address_says_nothing(
    browser: Browser, server: WallServer
) -> None:
    city = City(MORNING.replace(second=0))
    city.screen = LINK
    with_speaker(browser, server, city, "", "true")
    browser.wait("[data-page] [data-test=turns]")
    browser.wait("[data-test=verdict]", "All services up")
    assert browser.evaluate("document.documentElement.lang") == "en"
    assert "sound" not in browser.text("[data-test=trust]")


def test_the_address_of_a_panel_goes_before_its_link(browser: Browser, server: WallServer) -> None:
    city = City()
    city.screen = LINK
    show(browser, server, city, "?suara=mati&lang=id", page="cctv")
    browser.wait("[data-page=cctv] [data-test=trust]", "suara mati")
    assert browser.texts("[data-test=turns]") == []


@pytest.mark.parametrize(
    ("at", "screen", "light"),
    [
        (NIGHT, None, "night"),
        (MORNING, None, "day"),
        (MORNING.replace(hour=12, minute=30), SILENT, "night"),  # 20.30 WITA
        (NIGHT, SILENT | {"night_from": None, "night_until": None}, "day"),
    ],
)
def test_the_night_is_the_usual_one_or_that_of_the_link(
    browser: Browser, server: WallServer, at: datetime, screen: dict[str, Any] | None, light: str
) -> None:
    city = City(at)
    city.screen = screen
    show(browser, server, city)
    browser.wait_for(f"document.documentElement.dataset.light === '{light}'")
    if screen is None:  # what the link says comes a moment later, and may fade in
        assert browser.evaluate("document.documentElement.dataset.fade") is None


def test_a_new_critical_wakes_a_dark_wall_for_half_a_minute_and_stale_never_dims(
    browser: Browser, server: WallServer
) -> None:
    city = City(NIGHT)
    show(browser, server, city)
    browser.wait("[data-light=night]")
    server.send("transition", city.transition(city.in_area("Tallo", "camera")[0], "down"))
    browser.wait("[data-light=day] [data-test=row].solid-down")
    beat(browser, server, city, 40)
    browser.wait("[data-light=night] [data-test=row].solid-down")
    server.silent = True
    browser.forward(31)
    browser.wait("[data-condition=stale][data-light=day]")
