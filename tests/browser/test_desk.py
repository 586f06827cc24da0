"""The desk in a real Chromium, over the real API and a real store."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from collector.model import IncidentEventKind, Reason, State
from collector.store import IncidentDetail, IncidentFilter
from tests.api_city import City
from tests.browser.conftest import Browser
from tests.browser.desk_city import DeskServer, device_of, make_desk_city, site_of

SCREEN = (1440, 900)
PHONE = (390, 844)
ROW = "[data-test=problem]"
TITLE = "[data-test=title]"
SWITCH = device_of("Panakkukang", "sw")


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_desk_city(tmp_path, troubled=True) as city:
        yield city


@pytest.fixture
def server(city: City, web_dist: Path) -> Iterator[DeskServer]:
    server = DeskServer(city, web_dist)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def desk(chromium: Browser, server: DeskServer) -> Iterator[Browser]:
    """The list of problems, by an operator on a screen; errors in its console fail the test."""
    open_desk(chromium, server)
    chromium.wait(ROW)
    yield chromium
    problems = chromium.problems()
    chromium.leave()
    assert problems == []


def open_desk(
    browser: Browser,
    server: DeskServer,
    path: str = "/meja/",
    size: tuple[int, int] = SCREEN,
    *,
    role: str = "operator",
    light: str = "light",
) -> None:
    link = server.link(path, role=role)
    browser.open(link, server.city.clock.now(), size, light=light)


def incident_at(city: City, device: str) -> IncidentDetail:
    """The incident of a device."""
    now = city.clock.now()
    page = city.store.incidents.page(IncidentFilter(device=device), now, limit=10, after=None)
    found = city.store.incidents.get(page.items[0].incident.id or 0, now)
    assert found is not None
    return found


def taken_with(city: City, device: str) -> tuple[str | None, list[str]]:
    """Who has the incident of a device, and with which words."""
    found = incident_at(city, device)
    words = [line.text for line in found.timeline if line.kind is IncidentEventKind.ACKNOWLEDGED]
    return found.row.incident.acknowledged_by, words


def focused(browser: Browser) -> str:
    """What the focused row says first."""
    return str(browser.evaluate("document.activeElement.querySelector('b')?.textContent ?? ''"))


def test_what_needs_somebody_comes_first_and_says_what_where_and_since_when(desk: Browser) -> None:
    assert desk.text(TITLE) == "8 masalah, 6 belum ditangani"
    rows = desk.texts(ROW)
    assert rows[0] == (
        "Mati Switch Panakkukang 01 + 38 di belakangnya · Titik Panakkukang Panakkukang "
        "1 j 12 m sejak 02.14 belum ada sebab Tangani T"
    )
    assert rows[1].startswith("Mati Kamera Ujung Tanah 01 Titik Ujung Tanah Uj. Tanah 5 j 46 m")
    assert rows[6].startswith("Terganggu 4 titik akses terganggu Titik Biringkanaya")
    assert rows[7].startswith("Tidak diketahui 6 kamera tidak diketahui")
    assert "Tangani" not in rows[6] + rows[7], "nobody can take what is no incident"
    assert desk.text("[data-test=clock]").endswith("WITA")
    assert "#" not in desk.address(), "the token must not stay in the address bar"


def test_two_clicks_take_one_and_ten_seconds_take_it_back(desk: Browser, city: City) -> None:
    desk.click("[data-test=take-button]")
    assert desk.text("[data-test=take] h2") == "Tangani: Switch Panakkukang 01"
    desk.click("[data-test='take.technician']")
    desk.wait(ROW, "Piket 1")
    assert taken_with(city, SWITCH) == ("Piket 1", ["Teknisi dikirim"])
    desk.wait(TITLE, "8 masalah, 5 belum ditangani")
    desk.click("[data-test=undo]")
    desk.wait(TITLE, "8 masalah, 6 belum ditangani")
    assert taken_with(city, SWITCH)[0] is None
    desk.click("[data-test=take-button]")
    desk.press("1")
    desk.wait("[data-test=undo]")
    desk.forward(11)
    desk.wait("[data-test=undo]", state="detached")
    assert taken_with(city, SWITCH)[0] == "Piket 1"


def test_everything_goes_by_keys(desk: Browser, city: City) -> None:
    desk.press("j")
    assert focused(desk) == "Switch Panakkukang 01"
    desk.press("j", "t")
    desk.wait("[data-test=take]", "Kamera Ujung Tanah 01")
    desk.press("Escape")
    desk.wait("[data-test=take]", state="detached")
    assert focused(desk) == "Kamera Ujung Tanah 01", "the focus comes back to the row"
    desk.press("x", "j", "x", "t")
    assert desk.text("[data-test=take] h2") == "Tangani 2 masalah"
    desk.press("3")
    desk.wait(TITLE, "8 masalah, 4 belum ditangani")
    for number in (1, 2):
        device = device_of("Ujung Tanah", "kam", number)
        assert taken_with(city, device) == ("Piket 1", ["Menunggu PLN"])
    desk.press("k", "k", "Tab", "Enter")
    desk.wait("[data-test=take]", "Switch Panakkukang 01")  # Enter on a button is the button's
    desk.press("Escape", "Shift+Tab", "Enter")
    desk.wait("[data-test=incident-page]")
    desk.press("g", "m")
    desk.wait(ROW)
    desk.press("?")
    desk.wait("[data-test=help]")
    desk.press("Escape", "/")
    desk.fill("[data-test=search]", "Tallo")
    desk.press("Enter")
    desk.wait(TITLE, "12 perangkat")
    assert desk.address().endswith("/meja/perangkat?q=Tallo")


def test_filters_live_in_the_address(desk: Browser, server: DeskServer) -> None:
    desk.click(".chip >> text=Belum ditangani")
    assert desk.address().endswith("/meja/?belum=1")
    assert len(desk.texts(ROW)) == 6
    desk.click(".chip >> text=Terganggu")
    assert desk.address().endswith("/meja/?keadaan=degraded")
    assert len(desk.texts(ROW)) == 1
    open_desk(desk, server, "/meja/?wilayah=73.71.08&jenis=camera")
    desk.wait(ROW)
    assert len(desk.texts(ROW)) == 3
    assert desk.text(TITLE) == "8 masalah, 6 belum ditangani"
    open_desk(desk, server, "/meja/?wilayah=73.71.01")
    desk.wait("[data-test=empty]", "Tidak ada masalah dengan saringan ini; tanpa saringan ada 8.")
    desk.click("text=Hapus saringan")
    desk.wait(ROW)


def test_what_happens_shows_without_a_touch_but_nothing_moves_under_a_hand(
    desk: Browser, city: City
) -> None:
    city.change(device_of("Wajo", "sw"), State.DOWN)
    desk.wait(TITLE, "9 masalah, 7 belum ditangani")
    desk.press("j", "j")
    before = desk.texts(ROW)
    city.change(device_of("Mariso", "sw"), State.DOWN)
    desk.wait("[data-test=waiting]", "1 masalah baru")
    assert [row[:24] for row in desk.texts(ROW)] == [row[:24] for row in before]
    desk.click("[data-test=waiting]")
    desk.wait(ROW, "Switch Mariso 01")
    city.change(device_of("Mariso", "sw"), State.UP, reason=Reason.OK)
    desk.wait(TITLE, "9 masalah, 7 belum ditangani")


def test_who_comes_second_is_told_and_the_row_says_the_truth(desk: Browser, city: City) -> None:
    desk.click("[data-test=take-button]")
    one = incident_at(city, SWITCH).row.incident
    city.store.incidents.acknowledge(one.id or 0, "Piket 2", "", city.clock.now())
    desk.press("1")
    desk.wait("[data-test=failure]", "Belum tercatat: petugas lain sudah menanganinya.")
    desk.wait(ROW, "Piket 2")
    assert taken_with(city, SWITCH)[0] == "Piket 2"
    assert "409" in desk.problems()[0], "what the browser says of the refusal itself"


def test_a_viewer_looks_and_is_offered_nothing(chromium: Browser, server: DeskServer) -> None:
    open_desk(chromium, server, role="viewer")
    chromium.wait(ROW)
    assert chromium.evaluate("document.querySelectorAll('[data-test=take-button]').length") == 0
    assert "belum ditangani" in chromium.texts(ROW)[0]
    chromium.press("j", "t")
    assert chromium.evaluate("document.querySelector('[data-test=take]')") is None
    chromium.leave()


def test_the_way_in_is_a_token_and_a_wrong_one_is_told(
    chromium: Browser, server: DeskServer, city: City
) -> None:
    chromium.open(f"{server.url}/meja/insiden", city.clock.now(), SCREEN)
    chromium.wait("[data-test=signin]")
    chromium.fill("[name=token]", "not-a-token")
    chromium.press("Enter")
    chromium.wait("[data-test=failure]", "Token tidak dikenal")
    secret = server.link(name="Piket 3").partition("#token=")[2]
    chromium.fill("[name=token]", secret)
    chromium.press("Enter")
    chromium.wait("[data-test=incident]")
    assert chromium.address().endswith("/meja/insiden")
    city.store.tokens.revoke("Piket 3", city.clock.now())
    city.clock.advance(1)  # the server looks at the tokens of its streams with every heartbeat
    chromium.wait("[data-test=signin]", "Sesi ini sudah berakhir")
    chromium.problems()  # the browser's own words on each 401
    chromium.leave()


def test_a_silent_server_makes_the_page_say_that_it_is_old(
    desk: Browser, server: DeskServer
) -> None:
    server.stop()
    desk.click("[data-test=take-button]")
    desk.press("1")
    desk.wait("[data-test=unseen]", "Petugas lain belum melihatnya")
    desk.forward(31)
    desk.wait("[data-test=stale]", "Data usang")
    shown = desk.texts(".cell-duration b")[0]
    desk.forward(600)
    desk.wait("[data-test=stale]", "10 mnt")
    assert desk.texts(".cell-duration b")[0] == shown, "durations end where knowledge ends"
    desk.problems()  # connections that were refused


def test_without_a_collector_the_page_claims_nothing(desk: Browser, city: City) -> None:
    city.clock.advance(60)
    desk.wait("[data-test=blind]", "Keadaan kota tidak diketahui")
    desk.wait(TITLE, "6 masalah, 6 belum ditangani")


def test_silencing_and_planned_work_need_a_reason_and_one_click(desk: Browser, city: City) -> None:
    desk.press("j", "b")
    desk.wait("[data-test=plan]", "Senyapkan: Switch Panakkukang 01")
    desk.click("[data-test=span-30]")
    desk.wait("[data-test=failure]", "tulis alasannya dahulu.")
    desk.fill("[data-test=plan-reason]", "Sedang diperbaiki")
    desk.click("[data-test=span-morning]")
    desk.wait("[data-test=made]", "Disenyapkan s.d. 06.00.")
    now = city.clock.now()
    (silence,) = city.store.silences.page().items
    assert (tuple(silence.scope.devices), silence.reason) == ((SWITCH,), "Sedang diperbaiki")
    desk.click("[data-test=plan-undo]")
    desk.wait("[data-test=plan]", state="detached")
    (silence,) = city.store.silences.page().items
    assert silence.ended_by == "Piket 1"
    assert focused(desk) == "Switch Panakkukang 01"
    desk.press("p")
    desk.fill("[data-test=plan-reason]", "Penggantian sakelar")
    desk.click(".check-line input")
    desk.click("[data-test=span-120]")
    desk.wait("[data-test=made]", "Pemeliharaan dicatat s.d. 05.26.")
    window = city.store.maintenance.page().items[0]  # the newest
    assert (window.title, tuple(window.scope.devices)) == ("Switch Panakkukang 01", (SWITCH,))
    assert window.starts_at < now, "planned work that began with the failure"


def test_an_incident_tells_its_story_and_takes_a_note_a_cause_and_an_end(
    desk: Browser, city: City
) -> None:
    desk.press("j", "c")
    desk.wait("[data-test=incident-page]")
    assert desk.text(TITLE) == "Switch Panakkukang 01, Panakkukang"
    assert desk.text("[data-test=sentence]") == (
        "Mati sejak 02.14 WITA · 1 jam 12 menit · penyebab: belum ada sebab "
        "Gagal pertama 02.14.41, dipastikan 02.14.41 · "
        "38 perangkat di belakangnya tidak terjangkau"
    )
    assert desk.texts("[data-test=line] b") == [
        "Switch Panakkukang 01 gagal pertama",
        "Dipastikan; insiden dibuka",
        "38 perangkat tidak bekerja",
        "Kini: masih mati",
    ]
    assert "39 (1 mati, 38 tidak terjangkau)" in desk.text("[data-test=impact]")
    assert desk.evaluate("document.activeElement.id") == "catatan"
    desk.fill("[data-test=catatan]", "Kabel putus di depan kantor")
    desk.press("Enter")
    desk.wait("[data-test=line]", "Kabel putus di depan kantor")
    desk.click("[data-test=cause-link]")
    desk.wait("[data-test=cause]", "Jaringan putus")
    desk.wait("[data-test=sentence]", "penyebab: jaringan putus")
    assert desk.evaluate("document.querySelector('[data-test=resolve-button]').disabled") is True
    for device in city.store.devices(site=site_of("Panakkukang"), limit=500).items:
        city.change(device.id, State.UP, reason=Reason.OK)
    desk.wait("[data-test=sentence]", "Pulih")
    desk.click("[data-test=resolve-button]")
    desk.fill("[data-test=penyelesaian]", "Kabel disambung")
    desk.press("Enter")
    desk.wait("[data-test=line]", "Diselesaikan Piket 1")
    assert incident_at(city, SWITCH).row.incident.resolution == "Kabel disambung"


def test_a_device_tells_its_state_its_past_and_its_neighbours(
    desk: Browser, server: DeskServer, pictures: Path
) -> None:
    open_desk(desk, server, f"/meja/perangkat/{SWITCH}", (1440, 1300))
    desk.wait("[data-test=neighbours]", "36 kamera")
    desk.wait("[data-test=legend]", "aktif 22 j 4")
    assert desk.text("[data-test=sentence]").startswith(
        "Mati sejak 02.14 WITA · 1 jam 12 menit · tidak ada jawaban "
        "38 perangkat di belakangnya tidak terjangkau"
    )
    assert desk.text("[data-test=legend]").startswith("mati 1 j 12 m")
    desk.wait("[data-test=device-incidents]", "Switch Panakkukang 01")
    desk.wait("[data-test=uptime]", "Cakupan")
    desk.wait("[data-test=chart] canvas")
    assert desk.text("[data-test=chart] figcaption").startswith("Waktu tempuh ping batas: waspada")
    desk.screenshot(pictures / "desk-device.png")
    desk.click("[data-test=history] >> text=30 hari")
    desk.wait("[data-test=legend]", "tidak diketahui")
    open_desk(desk, server, "/meja/perangkat/nobody")
    desk.wait("[data-test=empty]", "Tidak ada perangkat dengan kode ini.")
    assert "404" in desk.problems()[0]


def test_ten_thousand_devices_are_a_screenful_of_rows(
    chromium: Browser, tmp_path: Path, web_dist: Path
) -> None:
    with make_desk_city(tmp_path, extra=10_000) as city:
        server = DeskServer(city, web_dist)
        server.start()
        try:
            open_desk(chromium, server, "/meja/perangkat")
            chromium.wait("[data-test=device]")
            assert chromium.text(TITLE) == "10.207 perangkat"
            rows = "document.querySelectorAll('[data-test=device]').length"
            assert chromium.evaluate(rows) < 60
            chromium.evaluate("window.scrollTo(0, document.body.scrollHeight)")
            chromium.wait("[data-test=device]", "Switch Wajo 01")
            assert chromium.evaluate(rows) < 60
            chromium.fill("[data-test=search]", "cctv 09999")
            chromium.wait(TITLE, "1 perangkat")
            chromium.fill("[data-test=search]", "10.71.9.2")
            chromium.wait("[data-test=device]", "Kamera Panakkukang 02")
        finally:
            chromium.leave()
            server.stop()


def test_the_desk_speaks_english_as_well_and_remembers(desk: Browser, server: DeskServer) -> None:
    desk.click("[data-test=language-en]")
    desk.wait(TITLE, "8 problems, 6 not taken")
    assert desk.texts(ROW)[0].endswith("1 h 12 m since 02:14 no cause yet Take T")
    assert desk.evaluate("document.documentElement.lang") == "en"
    desk.evaluate("location.reload()")
    desk.wait(TITLE, "8 problems")
    desk.click("[data-test=take-button]")
    desk.wait("[data-test=take]", "Waiting for the power company")
    open_desk(desk, server, "/meja/?lang=en")
    desk.wait(TITLE, "8 problems, 6 not taken")


def test_a_phone_shows_every_page_without_sideways_scrolling(
    chromium: Browser, server: DeskServer, pictures: Path
) -> None:
    number = incident_at(server.city, SWITCH).row.incident.id
    pages = {
        "problems": "/meja/",
        "incidents": "/meja/insiden",
        "incident": f"/meja/insiden/{number}",
        "devices": "/meja/perangkat",
        "device": f"/meja/perangkat/{SWITCH}",
    }
    open_desk(chromium, server, size=PHONE)
    contents = {
        "problems": ROW,
        "incidents": "[data-test=incident]",
        "incident": "[data-test=told]",
        "devices": "[data-test=device]",
        "device": "[data-test=chart] canvas",
    }
    for name, path in pages.items():
        chromium.evaluate(f"history.pushState(null, '', '{path}')")
        chromium.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
        chromium.wait(f".app[data-page={name}] {contents[name]}")
        assert chromium.evaluate("document.scrollingElement.scrollWidth") == PHONE[0], name
        chromium.screenshot(pictures / f"desk-phone-{name}.png")
    chromium.leave()


def test_on_a_phone_a_thumb_takes_it(chromium: Browser, server: DeskServer, city: City) -> None:
    desk = chromium
    open_desk(desk, server, size=PHONE)
    desk.wait(ROW)
    height = "document.querySelector('[data-test=take-button]').getBoundingClientRect().height"
    assert desk.evaluate(height) >= 48
    desk.click("[data-test=take-button]")
    choices = "[...document.querySelectorAll('.choice')].map((one) => one.offsetHeight)"
    assert min(desk.evaluate(choices)) >= 48
    desk.click("[data-test='take.me']")
    desk.wait(ROW, "Piket 1")
    assert taken_with(city, SWITCH) == ("Piket 1", ["Saya tangani"])
    desk.leave()


def test_on_a_phone_the_other_pages_are_behind_one_more_tab(
    chromium: Browser, server: DeskServer
) -> None:
    desk = chromium
    open_desk(desk, server, size=PHONE, role="admin")
    desk.wait(ROW)
    desk.click("[data-test=tab-more]")
    desk.click("[data-test=rail-audit]")
    desk.wait(".app[data-page=audit]")
    desk.wait(".rail.shown", state="detached")
    desk.leave()


def test_the_past_of_a_device_is_a_bar_that_tells_what_each_piece_was(
    chromium: Browser, server: DeskServer
) -> None:
    desk = chromium
    open_desk(desk, server, f"/meja/perangkat/{device_of('Tallo', 'kam')}")
    desk.wait("[data-test=legend]", "pemeliharaan 3 j 0 m")
    desk.click("[data-test=history-bar] [data-state=maintenance]")
    desk.wait("[data-test=piece]", "Ganti kabel")
    desk.evaluate("document.querySelector('[data-test=history-bar]').focus()")
    desk.press("ArrowRight")
    desk.wait("[data-test=piece]", "Aktif")
    desk.wait("[data-test=chart] small", "waspada > 20 md, gagal > 50 md")
    desk.click("[data-test=span-7]")
    desk.wait("[data-test=charts] h2", "Pembacaan, 7 hari")
    desk.wait("[data-test=legend]", "tidak diketahui")
    assert desk.problems() == []
    desk.leave()


def test_of_a_storm_only_the_rows_in_sight_are_drawn_and_all_can_be_reached(
    chromium: Browser, tmp_path: Path, web_dist: Path
) -> None:
    with make_desk_city(tmp_path, scattered=300) as city:
        server = DeskServer(city, web_dist)
        server.start()
        try:
            for number in range(300):
                ago = timedelta(minutes=3 * number + 3)
                city.change(f"tiang-{number:03d}", State.DOWN, at=city.clock.now() - ago)
            open_desk(chromium, server)
            chromium.wait(TITLE, "300 masalah, 300 belum ditangani")
            assert len(chromium.texts(ROW)) < 40
            chromium.evaluate("scrollTo(0, document.body.scrollHeight)")
            chromium.wait(ROW, "Kamera tiang 000")
            assert len(chromium.texts(ROW)) < 50
            chromium.evaluate("scrollTo(0, 0)")
            chromium.wait(ROW, "Kamera tiang 299")
            chromium.press(*["j"] * 30)
            chromium.wait_for("document.activeElement.ariaRowIndex === '31'")
            assert focused(chromium) == "Kamera tiang 270"
            assert chromium.problems() == []
        finally:
            chromium.leave()
            server.stop()


def test_the_map_leads_to_what_stands_at_a_site(chromium: Browser, server: DeskServer) -> None:
    desk = chromium
    open_desk(desk, server, role="viewer")
    desk.wait(ROW)
    desk.press("g", "e")
    desk.wait("[data-test=map-sites] li", "Titik Panakkukang")
    assert len(desk.texts(".desk-map .site")) == 6
    desk.click(f".desk-map a[href$='{site_of('Manggala')}']")
    desk.wait("[data-test=map-site] li", "Mati · 1 j 55 m · tidak ada jawaban")
    desk.click("[data-test=map-site] >> text=Kamera Manggala 04")
    desk.wait("[data-test=sentence]", "Mati sejak")
    assert desk.problems() == []
    desk.leave()


def test_a_desk_rings_only_when_it_was_asked_to(chromium: Browser, server: DeskServer) -> None:
    desk = chromium
    open_desk(desk, server)
    desk.wait(ROW)
    assert desk.text("[data-test=sound]") == "suara mati"
    desk.evaluate(
        "void (window.rung = 0, AudioContext.prototype.createOscillator = new Proxy("
        "AudioContext.prototype.createOscillator, {apply(call, self) {"
        "window.rung += 1; return Reflect.apply(call, self, []);}}))"
    )
    desk.click("[data-test=sound]")
    desk.wait_for("window.rung > 0")
    assert desk.text("[data-test=sound]") == "suara nyala"
    once = desk.evaluate("window.rung")
    desk.forward(30)
    assert desk.evaluate("window.rung") == once
    desk.forward(31)
    desk.wait_for(f"window.rung === {2 * once}")
    desk.click("[data-test=sound]")
    desk.wait("[data-test=sound]", "suara mati")
    assert desk.problems() == []
    desk.leave()


def test_what_is_done_without_a_line_is_kept_marked_and_sent_with_its_time(
    chromium: Browser, server: DeskServer, city: City
) -> None:
    desk = chromium
    open_desk(desk, server, size=PHONE)
    desk.wait(ROW)
    desk.offline(off=True)
    desk.click("[data-test=take-button]")
    desk.click("[data-test='take.technician']")
    desk.wait("[data-test=unseen]", "Petugas lain belum melihatnya")
    desk.wait("[data-test=waiting-acts]", "1 tindakan menunggu sambungan")
    assert taken_with(city, SWITCH) == (None, [])
    assert "ERR_INTERNET_DISCONNECTED" in desk.problems()[0], "the browser's own words"
    desk.offline(off=False)
    desk.wait("[data-test=waiting-acts]", state="detached")
    who, (text,) = taken_with(city, SWITCH)
    assert who == "Piket 1"
    assert text.startswith("Teknisi dikirim (dilakukan 03.2")
    desk.leave()


def test_what_is_done_long_after_the_line_was_cut_says_so_and_waits_no_longer_than_an_hour(
    chromium: Browser, server: DeskServer, city: City
) -> None:
    desk = chromium
    open_desk(desk, server, size=PHONE)
    desk.wait(ROW)
    desk.offline(off=True)
    desk.forward(600)
    desk.click("[data-test=take-button]")
    desk.click("[data-test='take.technician']")
    desk.wait("[data-test=waiting-acts]", "1 tindakan menunggu sambungan")
    (kept,) = desk.evaluate("JSON.parse(localStorage['pantau.pending'])")
    assert kept["at"] - city.clock.now().timestamp() * 1000 >= 600_000
    desk.forward(3_700)
    desk.wait("[data-test=waiting-acts]", "lebih dari satu jam tanpa sambungan")
    desk.offline(off=False)
    assert taken_with(city, SWITCH) == (None, [])
    desk.leave()


def test_what_waits_is_not_sent_in_the_name_of_who_signed_in_meanwhile(
    chromium: Browser, server: DeskServer, city: City
) -> None:
    desk = chromium
    open_desk(desk, server, size=PHONE)
    desk.wait(ROW)
    secret = city.store.tokens.create("Piket 2", "operator", None, city.clock.now())
    status = desk.evaluate(
        "fetch('/api/v1/session', {method: 'POST', headers: "
        f"{{Authorization: 'Bearer {secret}'}}}}).then((answer) => answer.status)"
    )
    assert status == 201, "as another tab of this browser would"
    desk.offline(off=True)
    desk.click("[data-test=take-button]")
    desk.click("[data-test='take.technician']")
    desk.wait("[data-test=waiting-acts]", "1 tindakan menunggu sambungan")
    desk.evaluate(
        "void (window.sessions = 0, window.fetch = new Proxy(window.fetch, {"
        "apply(call, self, own) {"
        "window.sessions += String(own[0]).endsWith('/session');"
        "return Reflect.apply(call, self, own);}}))"
    )
    desk.offline(off=False)
    desk.forward(11)
    desk.wait_for("window.sessions > 1")
    desk.wait("[data-test=waiting-acts]", "1 tindakan menunggu sambungan")
    assert taken_with(city, SWITCH) == (None, [])
    desk.leave()
