"""The table of uptime in a real Chromium: from the city down to an outage and its cause."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.contract import Rules
from collector.model import CauseClass
from collector.store import OutageFilter
from tests.api_city import City
from tests.browser.conftest import Browser
from tests.browser.desk_city import DeskServer, device_of, make_desk_city
from tests.browser.test_desk import PHONE, TITLE, open_desk

ROW = "[data-test=row]"
PAGE = "/meja/ketersediaan"
CAMERA = device_of("Ujung Tanah", "kam")


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_desk_city(tmp_path, troubled=True) as city:
        yield city


@pytest.fixture
def server(city: City, web_dist: Path) -> Iterator[DeskServer]:
    """With a contract in force that promises more than the night kept."""
    contract = Rules("serat", causes_not_counted=frozenset({CauseClass.POWER}), target_percent=99.0)
    server = DeskServer(city, web_dist, contracts={"serat": contract}, contract="serat")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def desk(chromium: Browser, server: DeskServer) -> Iterator[Browser]:
    """Two days of which all but the first minutes were seen; errors in its console fail."""
    open_desk(chromium, server, f"{PAGE}?dari=2026-11-21&sampai=2026-11-22")
    chromium.wait(ROW)
    yield chromium
    problems = chromium.problems()
    chromium.leave()
    assert problems == []


def plain(text: str) -> str:
    """A text with dashes and arrows that a keyboard has."""
    return text.translate({0x2013: "-", 0x203A: ">"})


def outages_of(city: City, device: str) -> list[CauseClass]:
    """The causes in force of a device's outages."""
    page = city.store.outages.page(OutageFilter(device=device), limit=10, after=None)
    return [row.outage.cause for row in page.items]


def test_the_worst_area_comes_first_and_every_figure_stands_with_its_coverage(
    desk: Browser,
) -> None:
    assert plain(desk.text(TITLE)) == "Ketersediaan, 21-22 November 2026"
    rows = [plain(row) for row in desk.texts(ROW)]
    assert len(rows) == 15
    assert rows[0].startswith("Uj. Tanah 12 94,90% 94,90% di bawah 99% 94,90% 94,90-94,90 100,00%")
    assert rows[0].endswith("16 j 0 0 3 5 j 35 m")
    assert rows[1].startswith("Panakkukang 39 95,62%")
    assert "di bawah" not in rows[5], "nothing that keeps the promise is marked"
    sangkarrang = next(row for row in rows if row.startswith("Sangkarrang"))
    assert "97,08-100,00 97,08%" in sangkarrang, "what nobody saw is neither up nor down"
    assert desk.text("[data-test=rule]") == (
        "Aturan: mati setelah 3 gagal, aktif setelah 2 berhasil, diperiksa ulang tiap 5 detik, "
        "berlaku 2,5 selang."
    )
    assert desk.text("[data-test=contract-rules]") == (
        "Kontrak serat: Pemeliharaan dikecualikan; tidak dihitung: listrik padam; target 99%."
    )
    desk.click("th >> text=Gangguan")
    desk.wait_for("location.search.endsWith('urut=gangguan')")
    assert desk.texts(ROW)[0].startswith("Uj. Tanah")
    assert desk.texts(ROW)[1].startswith("Manggala")


def test_a_month_that_was_hardly_seen_has_dashes_and_no_percentages(desk: Browser) -> None:
    desk.click("text=Bulan ini")
    desk.wait(TITLE, "22 November 2026")
    assert plain(desk.text(TITLE)) == "Ketersediaan, 1-22 November 2026"
    desk.wait("[data-test=too-little]", "belum cukup data, cakupan di bawah 90%")
    for row in desk.texts(ROW):
        assert " - - - " in plain(row), row
    desk.click("text=Bulan lalu")
    desk.wait(TITLE, "Ketersediaan, Oktober 2026")
    desk.wait("[data-test=empty]", "Tidak ada perangkat")


def test_a_click_goes_down_to_an_outage_whose_cause_is_corrected_there(
    desk: Browser, city: City
) -> None:
    desk.press("j")
    desk.press("Enter")
    desk.wait(ROW, "Titik Ujung Tanah")
    assert desk.address().endswith("?dari=2026-11-21&sampai=2026-11-22&wilayah=73.71.08")
    desk.press("j", "Enter")
    desk.wait(ROW, "Kamera Ujung Tanah 01")
    assert len(desk.texts(ROW)) == 12
    desk.click("a >> text=Kamera Ujung Tanah 01")
    desk.wait("[data-test=outage]")
    assert desk.text("[data-test=outage]").startswith(
        "Mati 21 Nov 2026 21.40.29 WITA masih berlangsung 5 j 46 m Perangkat rusak"
    )
    assert plain(desk.text("[data-test=crumbs]")) == (
        "Seluruh kota > Ujung Tanah > Titik Ujung Tanah > Kamera Ujung Tanah 01"
    )
    assert desk.text(ROW).count("78,97%") == 3
    before = outages_of(city, CAMERA)
    desk.click("[data-test=cause-of]")
    desk.fill("[data-test=cause-reason]", "PLN memadamkan penyulang")
    desk.click("[data-test=cause-power]")
    desk.wait("[data-test=causes]", state="detached")
    desk.wait("[data-test=outage]", "Listrik padam")
    assert (before, outages_of(city, CAMERA)) == ([CauseClass.DEVICE], [CauseClass.POWER])
    # Power is no affair of the contract: its figure follows the word at once, the plain one stays.
    desk.wait(ROW, "100,00%")
    assert " 1 78,97% 100,00% " in desk.text(ROW)
    desk.click("[data-test=cause-of]")
    desk.wait(
        "[data-test=causes]", "Sebab menurut Piket 1: listrik padam · PLN memadamkan penyulang"
    )
    desk.click("[data-test=crumbs] >> text=Ujung Tanah")
    desk.wait(ROW, "Titik Ujung Tanah")


def test_files_hold_what_is_shown(desk: Browser) -> None:
    desk.click("a >> text=Uj. Tanah")
    desk.wait(ROW, "Titik Ujung Tanah")
    href = "document.querySelector('[data-test=csv-id]').getAttribute('href')"
    assert "area=73.71.08" in desk.evaluate(href)
    first, second = desk.evaluate(f"fetch({href}).then((it) => it.text())").splitlines()
    assert first.startswith("kode;nama;perangkat;dari;sampai;zona waktu;")
    assert second.startswith("titik-08;Titik Ujung Tanah;12;2026-11-21;")
    programs = "document.querySelector('[data-test=csv]').getAttribute('href')"
    assert desk.evaluate(f"fetch({programs}).then((it) => it.text())").startswith("key,name,")


def test_any_days_any_grouping_and_what_cannot_be_answered(
    desk: Browser, server: DeskServer
) -> None:
    desk.evaluate(
        "(() => { const pick = document.querySelector('[data-test=group]'); pick.value = 'jenis';"
        "pick.dispatchEvent(new Event('change', { bubbles: true })); })()"
    )
    desk.wait(ROW, "Titik akses")
    assert len(desk.texts(ROW)) == 4
    desk.fill("[name=first]", "2026-11-20")
    desk.fill("[name=last]", "2026-11-20")
    desk.click("text=Tampilkan")
    desk.wait(TITLE, "Ketersediaan, 20 November 2026")
    open_desk(desk, server, f"{PAGE}?bulan=2027-03")
    desk.wait("[data-test=refused]", "has not begun yet")
    assert "422" in desk.problems()[0]


def test_a_viewer_sees_causes_and_is_offered_no_correction(
    chromium: Browser, server: DeskServer
) -> None:
    path = f"{PAGE}?dari=2026-11-21&sampai=2026-11-22&perangkat={CAMERA}"
    open_desk(chromium, server, path, role="viewer")
    chromium.wait("[data-test=outage]")
    chromium.click("[data-test=cause-of]")
    chromium.wait("[data-test=causes]", "Sebab menurut Pantau: perangkat rusak")
    assert chromium.evaluate("document.querySelectorAll('[data-test=causes] button').length") == 0
    chromium.leave()


def test_the_table_is_readable_everywhere(
    chromium: Browser, server: DeskServer, pictures: Path
) -> None:
    path = f"{PAGE}?dari=2026-11-21&sampai=2026-11-22"
    open_desk(chromium, server, f"{path}&lang=en", PHONE)
    chromium.wait(ROW)
    assert chromium.evaluate("document.scrollingElement.scrollWidth") == PHONE[0]
    assert plain(chromium.text(TITLE)) == "Availability, 21-22 November 2026"
    assert "below 99%" in chromium.texts(ROW)[0]
    chromium.screenshot(pictures / "desk-phone-uptime.png")
    for light in ("light", "dark"):
        open_desk(chromium, server, path, (1920, 1080), light=light)
        chromium.wait(ROW)
        chromium.screenshot(pictures / f"desk-uptime-{light}.png")
        assert chromium.axe() == []
    chromium.leave()
