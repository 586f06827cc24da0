"""A wall that nobody touches, for weeks: what it must do, and what it must never do."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.browser.city import NIGHT, City
from tests.browser.conftest import Browser
from tests.browser.showing import broken_city, serve, show
from tests.browser.wall_server import WallServer

HOURS = 3600
# Of everything that moves: which, how often a second, and in which row.
MOVING = """
document.getAnimations().filter(({ playState }) => playState === "running").map((one) => ({
  name: one.animationName,
  seconds: one.effect.getTiming().duration / 1000,
  endless: one.effect.getTiming().iterations === Infinity,
  of: one.effect.target.closest("[data-test=row]")?.className ?? "",
}))
"""


def test_after_a_cable_pull_of_eight_hours_it_is_live_within_half_a_minute(
    browser: Browser, server: WallServer
) -> None:
    city = broken_city()
    show(browser, server, city)
    server.stop()
    for _ in range(8):
        browser.forward(HOURS)
    browser.wait("[data-condition=stale] [data-test=verdict]", "Data usang · 8 j")
    assert browser.texts("[data-test=row] .place span")[0] == "1 j 12 m", "no duration went on"
    browser.evaluate("window.same = true")
    city.at += timedelta(hours=8)
    city.kill_switch("Tamalate", timedelta(minutes=2))
    serve(server, city)
    server.start()
    browser.forward(30)
    browser.wait("[data-condition=live] [data-test=row]", "Switch Tamalate")
    assert browser.evaluate("window.same") is True, "without being loaded anew"
    assert all("ERR_" in problem for problem in browser.problems())


def test_nothing_on_it_can_be_pressed_hovered_or_scrolled(
    browser: Browser, server: WallServer
) -> None:
    show(browser, server, broken_city(), page="insiden")
    can = "a, button, input, select, textarea, dialog, [title], [tabindex], [onclick], summary"
    assert browser.evaluate(f"document.querySelectorAll({can!r}).length") == 0
    assert browser.evaluate("getComputedStyle(document.body).cursor") == "none"
    scrolls = """[...document.querySelectorAll("*")].filter((one) =>
      ["auto", "scroll"].includes(getComputedStyle(one).overflowY)).length"""
    assert browser.evaluate(scrolls) == 0
    fits = "document.documentElement.scrollHeight <= innerHeight"
    assert browser.evaluate(fits) is True


def test_it_asks_nobody_but_its_own_server_and_carries_its_own_type(
    browser: Browser, server: WallServer
) -> None:
    show(browser, server, broken_city(), page="peta")
    browser.wait("[data-test=city-map]")
    browser.wait_for("document.fonts.check('16px Inter')")
    assert browser.problems() == [], "the driver notes every request to somebody else"


def test_nothing_blinks_but_a_critical_that_nobody_has_and_that_once_a_second_at_most(
    browser: Browser, server: WallServer
) -> None:
    city = broken_city()
    camera = city.in_area("Wajo", "camera")[0]
    city.set(camera, "down", timedelta(seconds=20), reason="no_answer")
    show(browser, server, city)
    browser.wait("[data-test=row].blink-fresh", "Wajo")
    moving: list[dict[str, Any]] = browser.evaluate(MOVING)
    endless = [one for one in moving if one["endless"]]
    assert endless, "the critical blinks"
    assert all(one["seconds"] >= 1 for one in endless)
    assert all("solid-down" in one["of"] for one in endless)


def test_who_asks_for_no_motion_gets_none(browser: Browser, server: WallServer) -> None:
    city = broken_city()
    city.set(city.in_area("Wajo", "camera")[0], "down", timedelta(seconds=20))
    serve(server, city)
    browser.open(server.link, city.at, still=True)
    browser.wait("[data-test=row].blink-fresh")
    moving = [one["name"] for one in browser.evaluate(MOVING)]
    assert set(moving) <= {"show"}, "what frames a dead page is no motion"
    ring = 'getComputedStyle(document.querySelector(".blink-fresh .row-glyph .glyph")).boxShadow'
    assert browser.evaluate(ring) != "none", "the critical is marked all the same"


def test_the_picture_wanders_within_its_margins(browser: Browser, server: WallServer) -> None:
    city = City()
    show(browser, server, city)
    left = "document.querySelector('[data-test=verdict]').getBoundingClientRect().left"
    seen = set()
    for _ in range(6):
        seen.add(round(browser.evaluate(left)))
        browser.forward(20)
        city.at += timedelta(seconds=20)
        server.send("heartbeat", city.heartbeat())
        browser.wait("[data-test=trust]", "data 0 dtk")
    places = sorted(seen)
    assert len(places) >= 2
    assert all(after - before == 2 for before, after in pairwise(places))


def test_once_a_night_it_begins_anew_while_nobody_is_needed(
    browser: Browser, server: WallServer
) -> None:
    city = City(datetime(2026, 11, 21, 20, 5, tzinfo=UTC))  # 04.05 WITA
    show(browser, server, city)
    browser.evaluate("window.old = true")
    browser.forward(70)
    assert browser.evaluate("window.old") is True, "it is not old yet"
    browser.forward(21 * HOURS)
    city.at += timedelta(days=1)
    serve(server, city)
    server.hang_up()
    browser.forward(31)
    browser.wait("[data-condition=live] [data-test=trust]")
    browser.forward(70)
    browser.wait_for("window.old === undefined")
    browser.wait("[data-condition=live] [data-test=trust]")


def test_it_is_dark_at_night_and_bright_by_day(browser: Browser, server: WallServer) -> None:
    city = City(NIGHT)
    show(browser, server, city)
    browser.wait("[data-light=night]")
    dark = browser.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    city.at += timedelta(hours=4)
    serve(server, city)
    server.hang_up()
    browser.forward(3)
    browser.wait("[data-light=day]")
    bright = "getComputedStyle(document.documentElement).backgroundColor"
    browser.wait_for(f"{bright} !== {dark!r}")
