"""Planned work and silences on the desk: written down, looked through, taken back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.model import MaintenanceWindow, Scope
from tests.api_city import City
from tests.browser.conftest import Browser
from tests.browser.desk_city import DeskServer, device_of, make_desk_city, site_of
from tests.browser.test_desk import PHONE, TITLE, open_desk

SWITCH = device_of("Panakkukang", "sw")
LIST, NEW = "/meja/pemeliharaan", "/meja/pemeliharaan/baru"
SILENCES = "/meja/senyap"


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
    """The list of planned work; errors in its console fail the test."""
    open_desk(chromium, server, LIST)
    chromium.wait(TITLE, "Pemeliharaan")
    yield chromium
    problems = chromium.problems()
    chromium.leave()
    assert problems == []


def plan(city: City, title: str, start: timedelta, end: timedelta, rule: str | None = None) -> int:
    """Make a window of the switch; return its id."""
    now = city.clock.now()
    made = city.store.maintenance.create(
        MaintenanceWindow(
            title, "Terjadwal", "Piket 2", now, Scope((SWITCH,)), now + start, now + end,
            "Asia/Makassar", rule,
        )
    )  # fmt: skip
    return made.id or 0


def pick(desk: Browser, text: str) -> None:
    """Choose the first that is offered for a text."""
    desk.fill("[data-test=picker-field]", text)
    desk.wait("[data-test=offered]")
    desk.press("Enter")
    desk.wait("[data-test=picked]")


def choose(desk: Browser, name: str, value: str) -> None:
    """Choose in a list of the browser's own."""
    desk.evaluate(
        f"(() => {{ const list = document.querySelector('[name={name}]'); list.value = '{value}';"
        "list.dispatchEvent(new Event('change', { bubbles: true })); })()"
    )


def plain(text: str) -> str:
    """A text with dashes that a keyboard has."""
    return text.replace("\u2013", "-")


def test_work_is_written_down_with_what_follows_from_it(desk: Browser, city: City) -> None:
    desk.click("[data-test=new]")
    desk.wait("[data-test=form]")
    desk.click("[data-test=send]")
    assert desk.texts("[data-test=fault]")[:2] == ["Tulis pekerjaannya.", "Tulis alasannya."]
    desk.fill("[name=title]", "Penggantian sakelar")
    desk.fill("[name=reason]", "Kabel serat dipindah")
    desk.fill("[name=starts]", "2026-12-01T01:00")
    assert desk.text("[data-test=lasts]") == "Lamanya 2 jam."
    choose(desk, "repeat", "monthly_nth")
    assert desk.text("[data-test=repeat]") == "Setiap bulan pada Selasa pertama"
    pick(desk, "panakk")
    desk.wait("[data-test=preview]", "Mencakup 39 perangkat.")
    assert "Berikutnya: 1 Des 2026 01.00-03.00 WITA, 5 Jan 2027" in plain(
        desk.text("[data-test=preview]")
    )
    desk.click("[data-test=send]")
    desk.wait("[data-test=facts]", "Kabel serat dipindah")
    made, *_ = city.store.maintenance.page().items  # the newest
    assert (made.title, made.author, made.recurrence) == (
        "Penggantian sakelar", "Piket 1", "FREQ=MONTHLY;BYDAY=1TU",
    )  # fmt: skip
    assert (made.scope.areas, made.zone) == (("73.71.09",), "Asia/Makassar")
    assert made.starts_at == datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert desk.address().endswith(f"{LIST}/{made.id}")
    desk.press("g", "h")
    desk.click(".chip >> text=Akan datang")
    desk.wait("[data-test=window]", "Setiap bulan pada Selasa pertama")


def test_work_after_the_fact_says_which_outages_it_takes_out(desk: Browser, city: City) -> None:
    desk.evaluate(f"history.pushState(null, '', '{NEW}?devices={SWITCH}')")
    desk.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    desk.wait("[data-test=picked]", "Switch Panakkukang 01")
    desk.fill("[name=title]", "Pindah panel")
    desk.fill("[name=reason]", "Lupa dicatat")
    desk.fill("[name=ends]", "2026-11-22T03:00")
    desk.fill("[name=starts]", "2026-11-22T02:30")
    desk.fill("[name=ends]", "2026-11-22T03:00")
    desk.wait("[data-test=lasts]", "Lamanya 30 menit. Sudah lewat: dicatat surut.")
    desk.wait("[data-test=preview]", "tercatat 30 mnt mati atau tidak terjangkau")
    desk.click("[data-test=send]")
    desk.wait(TITLE, "surut")
    assert desk.text(TITLE) == "Pindah panel Sudah lewat surut"
    desk.click("[data-test=cancel]")
    desk.fill("[name=cancel-reason]", "Tidak ada pekerjaan")
    desk.click("[data-test=cancel-do]")
    desk.wait(TITLE, "Dibatalkan")
    made, *_ = city.store.maintenance.page().items  # the newest
    assert (made.cancelled_by, made.cancel_reason) == ("Piket 1", "Tidak ada pekerjaan")
    assert made.cancelled_from_at == made.starts_at, "it never counted"


def test_what_is_on_can_be_replaced_and_the_api_speaks_beside_the_field(
    desk: Browser, city: City, server: DeskServer
) -> None:
    hour = timedelta(hours=1)
    number = plan(city, "Ganti baterai UPS", -hour, hour)
    plan(city, "Firmware", -30 * hour, -28 * hour)
    open_desk(desk, server, LIST)
    desk.wait("[data-test=window]", "Ganti baterai UPS")
    assert len(desk.texts("[data-test=window]")) == 1
    desk.press("j", "Enter")
    desk.wait("[data-test=covered]", "Switch Panakkukang 01")
    desk.click("[data-test=replace]")
    desk.wait("[data-test=form]")
    desk.fill("[name=reason]", "Baterai kedua menyusul")
    desk.fill("[name=ends]", "2099-01-01T00:00")
    desk.click("[data-test=send]")
    desk.wait("[data-test=fault]", "Paling lama 366 hari.")
    desk.fill("[name=ends]", "2026-11-22T06:00")
    desk.click("[data-test=send]")
    desk.wait("[data-test=facts]", f"pemeliharaan {number}")
    new, _, old, *_ = city.store.maintenance.page().items
    assert (new.replaces, new.reason, old.cancelled_by) == (
        number, "Baterai kedua menyusul", "Piket 1",
    )  # fmt: skip
    open_desk(desk, server, f"{NEW}?tags=tidak-ada")
    desk.wait("[data-test=fault]", 'there is no tag "tidak-ada"')
    assert "422" in desk.problems()[0]


def test_a_silence_is_told_before_it_is_made_and_ended_in_its_row(
    desk: Browser, city: City
) -> None:
    desk.press("g", "s")
    desk.wait("[data-test=empty]", "Tidak ada yang disenyapkan sekarang.")
    desk.click("[data-test=new]")
    pick(desk, "titik panakk")
    desk.wait("[data-test=preview]", "Menyenyapkan 39 perangkat.")
    desk.fill("[data-test=picker-field]", "kamera")
    desk.wait("[data-test=offered]", "Jenis")
    desk.press("Enter")
    desk.wait("[data-test=preview]", "Menyenyapkan 36 perangkat.")
    desk.click("[data-test=send]")
    assert desk.texts("[data-test=fault]") == ["Tulis alasannya.", "Pilih sampai kapan."]
    desk.fill("[name=reason]", "Sudah dikenal")
    desk.click("[data-test=span-morning]")
    desk.wait("[data-test=ends]", "Sampai 22 Nov 2026 06.00.00 WITA")
    desk.click("[data-test=send]")
    desk.wait("[data-test=silence]", "Sudah dikenal")
    assert "Titik Panakkukang · hanya Kamera" in desk.text("[data-test=silence]")
    (made,) = city.store.silences.page().items
    assert (made.scope.sites, made.kinds) == ((site_of("Panakkukang"),), ("camera",))
    desk.click("[data-test=end]")
    desk.wait("[data-test=empty]")
    desk.click(".chip >> text=Sudah berakhir")
    desk.wait("[data-test=silence]", "diakhiri Piket 1")


def test_a_viewer_sees_plans_and_is_offered_nothing(
    chromium: Browser, server: DeskServer, city: City
) -> None:
    hour = timedelta(hours=1)
    number = plan(city, "Ganti baterai UPS", -hour, hour)
    open_desk(chromium, server, f"{LIST}/{number}", role="viewer")
    chromium.wait("[data-test=facts]")
    buttons = "document.querySelectorAll('#content button, #content .button').length"
    assert chromium.evaluate(buttons) == 0
    for page in (NEW, f"{SILENCES}/baru"):
        chromium.evaluate(f"history.pushState(null, '', '{page}')")
        chromium.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
        chromium.wait(".empty", "minta token operator")
    chromium.leave()


def test_ten_thousand_devices_are_searched_as_one_types(
    chromium: Browser, tmp_path: Path, web_dist: Path
) -> None:
    with make_desk_city(tmp_path, extra=10_000) as city:
        server = DeskServer(city, web_dist)
        server.start()
        try:
            open_desk(chromium, server, NEW)
            pick(chromium, "cctv 09999")
            assert chromium.text("[data-test=picked]").startswith("Perangkat CCTV 09999")
            pick(chromium, "wajo")
            assert chromium.texts("[data-test=picked]")[0].startswith("Wilayah Wajo")
            chromium.wait("[data-test=preview]", "Mencakup 10.012 perangkat.")
        finally:
            chromium.leave()
            server.stop()


def test_forms_are_readable_everywhere_in_both_languages(
    chromium: Browser, server: DeskServer, pictures: Path
) -> None:
    for size, light in ((PHONE, "light"), ((1440, 1000), "dark")):
        for name, page in (("plan", NEW), ("silence", f"{SILENCES}/baru")):
            open_desk(chromium, server, f"{page}?lang=en", size, light=light)
            pick(chromium, "panakk")
            chromium.wait("[data-test=preview]", "39 devices")
            assert chromium.evaluate("document.scrollingElement.scrollWidth") == size[0]
            assert chromium.axe() == []
            chromium.screenshot(pictures / f"desk-{name}-{size[0]}.png")
    chromium.leave()
