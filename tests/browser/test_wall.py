"""The wall in a real Chromium, against a server that says what the test tells it."""

from datetime import timedelta

import pytest

from tests.browser.city import MORNING, City
from tests.browser.conftest import Browser
from tests.browser.showing import broken_city, serve, show
from tests.browser.wall_server import WallServer


def test_the_first_picture_says_what_is_wrong_where_and_since_when(
    browser: Browser, server: WallServer
) -> None:
    show(browser, server, broken_city())
    browser.wait("[data-test=verdict]", "1 insiden belum ditangani")
    counts = browser.text("[data-test=counts]")
    assert counts == "2 mati 5 tidak terjangkau 1 terganggu 13 tidak diketahui"
    rows = browser.texts("[data-test=row]")
    assert rows[0] == (
        "Panakkukang 1 j 12 m jaringan putus · 6 perangkat belum ditangani "
        "listrik padam (diduga) · Switch Panakkukang 01 · Diskominfo sejak 08.14"
    )
    assert rows[1] == (
        "Ujung Tanah 5 j 46 m Kamera Ujung Tanah 02 mati Piket 2 "
        "perangkat rusak · Diskominfo sejak 03.40"
    )
    assert "melewati ambang batas: uplink 96 %" in rows[2]
    assert rows[3].startswith("Sangkarrang 2 j 0 m 13 perangkat tidak diketahui")


def test_every_device_has_a_mark_in_the_tile_of_its_area(
    browser: Browser, server: WallServer
) -> None:
    show(browser, server, broken_city())
    browser.wait("[data-test=field]")
    marks = browser.evaluate(
        """Object.fromEntries([...document.querySelectorAll("[data-test=tile]")].map((tile) => [
          tile.querySelector("h2").textContent,
          Object.fromEntries([...tile.querySelectorAll("path[data-state]")].map((path) => [
            path.dataset.state, path.getAttribute("d").match(/M/g).length
          ])),
        ]))"""
    )
    assert len(marks) == 15
    assert marks["Mariso"] == {"up": 14}
    # A square with its cross and a diamond with its slot are two outlines each.
    assert marks["Panakkukang"] == {"down": 2, "unreachable": 10, "up": 7}
    assert marks["Sangkarrang"] == {"unknown": 13}


def test_a_transition_appears_in_the_list_and_its_recovery_removes_it(
    browser: Browser, server: WallServer
) -> None:
    city = City()
    show(browser, server, city)
    assert browser.text("[data-test=verdict]") == "Semua layanan aktif"
    assert browser.text("[data-test=counts]") == "200 dari 200 perangkat aktif"
    camera = city.in_area("Tallo", "camera")[1]
    city.at += timedelta(seconds=5)
    server.send("transition", city.transition(camera, "down"))
    browser.wait("[data-test=row]", camera["name"])
    assert browser.text("[data-test=verdict]") == "1 insiden belum ditangani"
    server.send("transition", city.transition(camera, "up", reason="ok"))
    browser.wait("[data-test=calm]", f"Terakhir pulih: Tallo, {camera['name']}, 09.26")


def test_a_transition_that_does_not_fit_brings_a_fresh_snapshot(
    browser: Browser, server: WallServer
) -> None:
    city = City()
    show(browser, server, city)
    known, missed = city.in_area("Wajo", "camera")[:2]
    city.transition(known, "down")  # neither is ever sent
    city.transition(missed, "down")
    serve(server, city)
    server.send("transition", city.transition(known, "degraded"))
    browser.wait("[data-test=row]", missed["name"])
    assert server.streams_opened == 2


def test_a_silent_stream_frames_the_wall_as_stale_and_freezes_durations(
    browser: Browser, server: WallServer
) -> None:
    show(browser, server, broken_city())
    server.silent = True
    browser.forward(31)
    browser.wait("[data-condition=stale] [data-test=verdict]", "Data usang · ")
    line = "Layar tidak menerima kabar sejak 09.26.41. Jangan dipercaya."
    browser.wait("[data-test=banner-line]", line)
    browser.forward(600)
    browser.wait("[data-test=verdict]", "Data usang · 1")  # 10 min and more
    assert "mnt" in browser.text("[data-test=verdict]")
    assert browser.texts("[data-test=row] .place span")[0] == "1 j 12 m"
    assert browser.text("[data-test=clock]") > "09.37"


def test_a_half_open_stream_is_given_up_and_the_wall_is_live_again(
    browser: Browser, server: WallServer
) -> None:
    city = broken_city()
    show(browser, server, city)
    server.silent = True
    browser.forward(31)
    browser.wait("[data-condition=stale]")
    server.silent = False
    city.set(city.in_area("Mariso", "server")[0], "down", timedelta(seconds=40))
    serve(server, city)
    browser.forward(31)
    browser.forward(11)
    browser.wait("[data-condition=live] [data-test=row]", "Server Mariso")


def test_the_wall_returns_by_itself_after_the_server_was_restarted(
    browser: Browser, server: WallServer
) -> None:
    city = City()
    show(browser, server, city)
    server.stop()
    browser.forward(40)
    browser.wait("[data-condition=stale]")
    city.kill_switch("Tamalate", timedelta(seconds=20))
    serve(server, city)
    server.start()
    browser.forward(11)
    browser.wait("[data-condition=live] [data-test=row]", "Switch Tamalate")
    # The refused connections are what this test is about.
    assert all("ERR_" in problem for problem in browser.problems())


def test_without_a_living_collector_the_wall_says_that_it_sees_nothing(
    browser: Browser, server: WallServer
) -> None:
    city = broken_city()
    show(browser, server, city)
    city.collectors = [("main", False)]
    city.at += timedelta(seconds=20)
    server.send("heartbeat", city.heartbeat())
    browser.wait("[data-condition=blind] [data-test=verdict]", "Keadaan kota tidak diketahui")
    banner = browser.text("[data-test=banner-line]")
    assert banner.startswith("Kolektor 0/1 · denyut terakhir 09.26.41 · ")
    assert browser.texts("[data-test=row]") == []
    assert sorted(browser.texts("[data-test=tile-number]")) == ["13"] * 10 + ["14"] * 5
    assert browser.text("[data-test=last-known]") == "Terakhir diketahui 09.26: 2 5 1 13"
    city.collectors = [("main", True)]
    server.send("heartbeat", city.heartbeat())
    browser.wait("[data-condition=live] [data-test=row]", "Switch Panakkukang 01")


def test_one_collector_of_two_gone_is_seen_in_the_trust_line(
    browser: Browser, server: WallServer
) -> None:
    city = City()
    city.collectors = [("main", True), ("timur", False)]
    show(browser, server, city)
    assert "kolektor 1/2" in browser.text("[data-test=trust]")


def test_late_checks_are_said_in_the_trust_line_and_a_calm_city_is_not_called_well(
    browser: Browser, server: WallServer
) -> None:
    city = City()
    city.late_seconds = 45.0
    show(browser, server, city)
    assert "pemeriksaan terlambat 45 dtk" in browser.text("[data-test=trust] .lacking")
    assert browser.text("[data-test=verdict]") == "Tidak ada insiden; pemeriksaan terlambat"
    city.late_seconds = 0.0
    server.send("heartbeat", city.heartbeat())
    browser.wait("[data-test=verdict]", "Semua layanan aktif")
    assert "terlambat" not in browser.text("[data-test=trust]")


def test_a_wrong_panel_clock_is_named_and_the_wall_shows_the_servers_time(
    browser: Browser, server: WallServer
) -> None:
    city = City()
    serve(server, city)
    browser.open(server.link, city.at + timedelta(seconds=72))
    browser.wait("[data-test=trust]", "jam panel +1 mnt")
    assert browser.text("[data-test=clock]") < "09.27.53"  # which the panel believes it is


@pytest.mark.parametrize("where", ["snapshot", "address"])
def test_english_is_spoken_when_the_server_or_the_address_asks(
    browser: Browser, server: WallServer, where: str
) -> None:
    city = broken_city()
    city.language = "en" if where == "snapshot" else "id"
    show(browser, server, city, "?lang=en" if where == "address" else "")
    assert browser.text("[data-test=verdict]") == "1 incident not taken"
    assert browser.texts("[data-test=row]")[0] == (
        "Panakkukang 1 h 12 m network cut · 6 devices not taken "
        "power outage (suspected) · Switch Panakkukang 01 · Diskominfo since 08:14"
    )
    assert browser.evaluate("document.documentElement.lang") == "en"


def test_the_token_leaves_the_address_and_a_reload_needs_it_no_more(
    browser: Browser, server: WallServer
) -> None:
    show(browser, server, City())
    assert browser.address() == server.address
    browser.evaluate("location.reload()")
    browser.wait("[data-test=map]")


def test_a_screen_without_a_link_says_what_to_do(browser: Browser, server: WallServer) -> None:
    browser.open(server.address, MORNING)
    browser.wait("[data-test=notice]", "Layar ini belum punya tautan")
    assert all("401" in problem for problem in browser.problems())


def test_a_revoked_link_shows_no_data_any_more(browser: Browser, server: WallServer) -> None:
    show(browser, server, City())
    server.revoked = True
    server.hang_up()
    browser.forward(2)
    browser.wait("[data-test=notice]", "Tautan layar ini tidak berlaku lagi")
    assert browser.texts("[data-test=tile]") == []
    server.revoked = False
    browser.forward(31)
    browser.wait("[data-test=map]")
    assert all("401" in problem for problem in browser.problems())


def test_an_unreadable_event_never_reaches_the_screen(browser: Browser, server: WallServer) -> None:
    city = City()
    show(browser, server, city)
    server.send("transition", '{"id": "not a number"')
    browser.forward(2)
    browser.wait("[data-test=trust]", "kolektor 1/1")
    assert browser.text("[data-test=verdict]") == "Semua layanan aktif"
    assert browser.problems() == ["unreadable transition event: not JSON"]


def test_a_wall_whose_script_died_is_framed_by_its_style_sheet(
    browser: Browser, server: WallServer
) -> None:
    show(browser, server, City())
    opacity = 'getComputedStyle(document.querySelector(".dead-man")).opacity'
    assert browser.evaluate(opacity) == "0"
    browser.evaluate('document.querySelector(".dead-man").getAnimations()[0].finish()')
    assert browser.evaluate(opacity) == "1"


def test_ten_thousand_devices_do_not_make_a_large_page(
    browser: Browser, server: WallServer
) -> None:
    city = City(devices=10_000)
    for name in ("Tallo", "Rappocini", "Manggala"):
        for camera in city.in_area(name, "camera")[:30]:
            city.set(camera, "down", timedelta(minutes=9), reason="no_answer")
    show(browser, server, city)
    browser.wait("[data-test=row]", "30 kamera mati · 30 sebab")
    assert browser.evaluate('document.querySelectorAll("*").length') < 1000
