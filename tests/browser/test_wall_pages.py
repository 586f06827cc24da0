"""The pages of the wall in a real Chromium: incidents, map, services, rotation, uptime."""

from datetime import timedelta

import pytest

from tests.browser.city import MORNING, City, iso
from tests.browser.conftest import Browser
from tests.browser.showing import broken_city, serve, show, stormy_city
from tests.browser.wall_server import WallServer


def test_the_foot_says_uptime_of_today_and_this_month_and_what_it_rests_on(
    browser: Browser, server: WallServer
) -> None:
    show(browser, server, broken_city())
    browser.wait("[data-test=service]", "99,")
    services = browser.texts("[data-test=service]")
    assert services[0] == "CCTV cakupan 99,9% 99,21% 99,21%"
    assert services[2] == "Server 100,00% 100,00%"
    assert len(services) == 5


def test_figures_that_nobody_renewed_are_hatched_and_say_their_age(
    browser: Browser, server: WallServer
) -> None:
    city = City()
    show(browser, server, city)
    browser.wait("[data-test=service]", "99,")
    del server.answers["/api/v1/wall/figures"]  # the stream lives on, this answer does not come
    for _ in range(7):
        browser.forward(20)
        server.send("heartbeat", city.heartbeat())
        browser.wait("[data-test=trust]", "data 0 dtk")
    browser.wait(".foot.late", "data usang 2 mnt")
    assert browser.evaluate("document.documentElement.dataset.condition") == "live"
    assert all("404" in problem for problem in browser.problems())


def test_who_took_an_incident_is_on_the_wall_as_soon_as_the_stream_says_it_changed(
    browser: Browser, server: WallServer
) -> None:
    city = broken_city()
    show(browser, server, city)
    browser.wait("[data-test=row].solid-down", "Panakkukang")
    city.incidents[0]["acknowledged_by"] = "Piket 1"
    server.answers = city.answers()
    server.send("incident", {"ids": [1]})
    browser.wait("[data-test=row]:not(.solid-down)", "Piket 1")
    assert browser.text("[data-test=verdict]") == "2 insiden, semua ditangani"
    assert browser.evaluate("document.querySelectorAll('.solid-down').length") == 0


def test_what_the_api_has_not_told_of_is_on_the_wall_and_in_nobodys_hand(
    browser: Browser, server: WallServer
) -> None:
    city = broken_city()
    city.incidents.clear()
    show(browser, server, city)
    browser.wait("[data-test=verdict]", "2 insiden belum ditangani")
    assert len(browser.texts("[data-test=row].solid-down")) == 2


def test_a_power_cut_is_one_block_that_says_how_many_where_and_why(
    browser: Browser, server: WallServer
) -> None:
    show(browser, server, stormy_city())
    browser.wait("[data-test=verdict]", "Listrik padam (diduga)")
    assert browser.text("[data-test=storm]") == (
        "26 perangkat 7 mnt Manggala + 1 lainnya belum ditangani 26 mati "
        "serentak di satu penyulang · PLN · sejak 09.19"
    )


def test_the_page_of_incidents_gives_each_two_lines_across_the_screen(
    browser: Browser, server: WallServer
) -> None:
    show(browser, server, broken_city(), page="insiden")
    browser.wait("[data-test=verdict]", "2 insiden, 1 belum ditangani")
    assert browser.texts("[data-test=row]")[0] == (
        "Panakkukang jaringan putus 6 1 j 12 m "
        "listrik padam (diduga) · Switch Panakkukang 01 · Diskominfo belum ditangani sejak 08.14"
    )
    browser.wait("[data-test=day]", "Hari ini 11 insiden, rata-rata pulih 41 mnt")


def test_more_untaken_incidents_than_fit_take_turns(browser: Browser, server: WallServer) -> None:
    city = City()
    for number, device in enumerate(list(city.devices.values())[:14]):
        city.set(device, "down", timedelta(minutes=30 + number), reason="no_answer")
    show(browser, server, city, page="insiden")
    browser.wait("[data-test=part]", "dari 14")
    seen = set(browser.texts("[data-test=row]"))
    parts = {browser.text("[data-test=part]")}
    for _ in range(3):
        browser.forward(14)
        server.send("heartbeat", city.heartbeat() | {"at": city.snapshot()["at"]})
        city.at += timedelta(seconds=15)
        server.send("heartbeat", city.heartbeat())
        browser.wait("[data-test=trust]", "data 0 dtk")
        parts.add(browser.text("[data-test=part]"))
        seen |= set(browser.texts("[data-test=row]"))
    dash = "\N{EN DASH}"
    assert parts == {f"{part} dari 14" for part in (f"1{dash}6", f"7{dash}12", f"13{dash}14")}
    assert len({row.split(" sejak")[0] for row in seen}) >= 14


@pytest.mark.parametrize(
    ("page", "verdict", "foot"),
    [
        (
            "wifi",
            "WiFi publik: 1 belum ditangani",
            ["titik akses 13/15 99,36% · 99,36%", "pengguna terhubung 812", "AP tanpa pengguna 2"],
        ),
        (
            "cctv",
            "CCTV: 1 belum ditangani",
            [
                "kamera cakupan 99,8% 55/60 99,26% · 99,26%",
                "perekam 22/22 99,16% · 99,16%",
                "gambar, rekaman, jam, kanal \N{EN DASH} belum diukur",
            ],
        ),
        (
            "server",
            "Server & daya: semua aktif",
            [
                "server 22/22 100,00%",
                "UPS 22/22 100,00%",
                "UPS di baterai 1 12 mnt · UPS Wajo 11",
                "diska terpenuh 12/13 · 4 mnt 93% Server Tallo 12",
                "suhu tertinggi 61 °C NAS Losari",
            ],
        ),
    ],
)
def test_a_page_of_a_service_counts_only_that(
    browser: Browser, server: WallServer, page: str, verdict: str, foot: list[str]
) -> None:
    city = broken_city()
    for device in city.in_area("Kepulauan Sangkarrang"):
        city.set(device, "up", timedelta(hours=3), reason="ok")
    show(browser, server, city, page=page)
    browser.wait("[data-test=verdict]", verdict)
    browser.wait("[data-test=service]", "99," if page != "server" else "100,")
    assert browser.texts("[data-test=service]") == foot


def test_a_calm_wall_tells_of_the_last_hours(browser: Browser, server: WallServer) -> None:
    city = City()
    camera = city.in_area("Tallo", "camera")[0]
    city.recovery = {"device": camera["id"], "at": iso(city.at - timedelta(hours=3))}
    city.hours = {"out": [2] * 20 + [9, 3, 1, 0], "unknown": [0] * 18 + [200, 40] + [0] * 4}
    show(browser, server, city)
    browser.wait("[data-test=recent]", "12 jam terakhir: 3 insiden, rata-rata pulih 41 mnt")
    assert f"Terakhir pulih: Tallo, {camera['name']}, 06.26" in browser.text("[data-test=calm]")
    heights = browser.evaluate(
        "[...document.querySelectorAll('[data-test=hour]')].map((bar) => bar.height.baseVal.value)"
    )
    assert len(heights) == 24
    assert heights.index(max(heights)) == 20
    assert browser.evaluate("document.querySelectorAll('[data-test=hour-unseen]').length") == 2
    assert browser.text("[data-test=hours]").endswith("perangkat bermasalah, 24 jam kini 0")


def test_the_owner_of_a_power_line_is_named_although_it_owns_no_device(
    browser: Browser, server: WallServer
) -> None:
    city = broken_city()
    city.incidents[0] |= {"responsible": "pln"}
    show(browser, server, city)
    browser.wait("[data-test=row]", "PLN ULP Panakkukang")


def test_the_map_flags_every_abnormal_area_and_points_to_the_site_of_a_link(
    browser: Browser, server: WallServer
) -> None:
    city = broken_city()
    site = city.in_area("Panakkukang", "switch")[0]["site"]
    show(browser, server, city, f"?titik={site}", page="peta")
    browser.wait("[data-test=flag].solid-down", "Panakkukang")
    flags = sorted(browser.texts("[data-test=flag]"))
    assert flags == ["1 Biringkanaya", "1 Uj. Tanah", "13 Sangkarrang", "6 Panakkukang"]
    browser.wait("[data-test=aim]", "Titik 01")
    painted = browser.evaluate(
        """(() => {
          const canvas = document.querySelector("canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return data.filter((_, index) => index % 4 === 3 && data[index] > 0).length;
        })()"""
    )
    assert painted > 1000


def test_a_city_without_coordinates_says_what_to_do_instead_of_a_map(
    browser: Browser, server: WallServer
) -> None:
    city = broken_city()
    serve(server, city)
    server.answers["/api/v1/sites"] = {"items": [], "next": None}
    browser.open(server.link.replace("#", "peta#"), city.at)
    browser.wait("[data-test=no-positions]", "Isi lintang dan bujur")
    browser.wait("[data-test=row]", "Panakkukang")


def test_a_rotation_turns_by_the_servers_clock_whatever_the_panel_believes(
    browser: Browser, server: WallServer
) -> None:
    city = City(MORNING.replace(second=0))
    serve(server, city)
    query = "?halaman=ringkasan,cctv,peta&tiap=20"
    browser.open(server.link.replace("#", f"{query}#"), city.at + timedelta(minutes=3, seconds=7))
    browser.wait("[data-page=ringkasan] [data-test=turns]")
    for page in ("cctv", "peta", "ringkasan"):
        browser.forward(20)
        city.at += timedelta(seconds=20)
        server.send("heartbeat", city.heartbeat())
        browser.wait(f"[data-page={page}]")


def test_an_untaken_critical_stops_the_rotation_on_a_page_that_tells_of_it(
    browser: Browser, server: WallServer
) -> None:
    city = City(MORNING.replace(second=0))
    show(browser, server, city, "?halaman=cctv,insiden&tiap=20")
    browser.wait("[data-page=cctv]")
    point = city.in_area("Tallo", "access_point")[0]
    server.send("transition", city.transition(point, "down"))
    browser.wait("[data-page=insiden] [data-test=turns][data-held]")
    browser.forward(20)
    server.send("heartbeat", city.heartbeat())
    browser.wait("[data-test=trust]", "data 0 dtk")
    assert browser.evaluate("document.querySelector('main').dataset.page") == "insiden"
    city.tell(point, timedelta(), acknowledged_by="Piket 2")
    server.answers = city.answers()
    server.send("incident", {"ids": None})
    browser.wait("[data-test=turns]:not([data-held])")
