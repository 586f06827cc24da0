"""The page of reports in a real Chromium: asked for, made beside, taken as files."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.reports.jobs import Jobs, JobState, Schedule
from tests.api_city import City
from tests.browser.conftest import Browser
from tests.browser.desk_city import DeskServer, make_desk_city
from tests.browser.test_desk import PHONE, SCREEN, TITLE, open_desk

PAGE = "/meja/laporan"
REPORT = "[data-test=report]"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_desk_city(tmp_path, troubled=True) as city:
        yield city


@pytest.fixture
def server(city: City, web_dist: Path, tmp_path: Path) -> Iterator[DeskServer]:
    """With a folder for reports, and a schedule."""
    settings = tmp_path / "pantau.yaml"
    settings.write_text("data_directory: .\nzone: Asia/Makassar\n")
    schedule = Schedule(5, 8, "Asia/Makassar", ("pimpinan",), ("pdf", "xlsx"))
    jobs = Jobs(tmp_path / "reports", ["--config", str(settings)], city.clock, schedule)
    server = DeskServer(city, web_dist)
    state = server.app.state
    state.parts = replace(state.parts, reports=jobs)
    server.start()
    yield server
    server.stop()
    jobs.close()


@pytest.fixture
def desk(chromium: Browser, server: DeskServer) -> Iterator[Browser]:
    """Errors in its console fail."""
    open_desk(chromium, server, PAGE)
    chromium.wait("[data-test=schedule]")
    yield chromium
    problems = chromium.problems()
    chromium.leave()
    assert problems == []


def ended(server: DeskServer) -> None:
    """Wait until no report is being made."""
    jobs: Jobs = server.app.state.parts.reports
    turn = threading.Event()
    while any(one.state is JobState.RUNNING for one in jobs.list()):
        turn.wait(0.1)


def test_a_report_is_asked_for_and_its_files_are_there(
    desk: Browser, server: DeskServer, pictures: Path
) -> None:
    assert desk.text(TITLE) == "Laporan"
    assert desk.text("[data-test=empty]") == "Belum ada laporan yang dibuat."
    assert desk.text("[data-test=schedule]").startswith(
        "Laporan bulan sebelumnya dikirim sendiri setiap tanggal 5 pukul 8.00 ke pimpinan;"
    )
    desk.click("[data-test=format-pdf]")
    desk.click("[data-test=format-xlsx]")
    desk.click("[data-test=make]")
    desk.wait("[data-test=failure]")
    assert desk.text("[data-test=failure]") == "Pilih paling sedikit satu berkas."
    desk.click("[data-test=format-json]")
    desk.click("[data-test=make]")
    desk.wait(f"{REPORT}[data-state=running], {REPORT}[data-state=done]")
    desk.screenshot(pictures / "desk-reports-running.png")
    ended(server)
    desk.wait_for(f"document.querySelector('{REPORT}[data-state=done]') !== null")
    (row,) = desk.texts(REPORT)
    assert row.startswith("Okt 2026 semua selesai report-2026-10.json")
    desk.screenshot(pictures / "desk-reports.png")


@pytest.mark.parametrize(("size", "light"), [(SCREEN, "dark"), (PHONE, "light")])
def test_the_page_fits_its_screen(
    chromium: Browser,
    server: DeskServer,
    pictures: Path,
    size: tuple[int, int],
    light: str,
) -> None:
    open_desk(chromium, server, PAGE, size, light=light)
    chromium.wait("[data-test=report-form]")
    assert chromium.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    chromium.screenshot(pictures / f"desk-reports-{size[0]}-{light}.png", full=True)
    chromium.leave()


def test_who_may_only_look_sees_no_form(chromium: Browser, server: DeskServer) -> None:
    open_desk(chromium, server, PAGE, role="viewer")
    chromium.wait("[data-test=schedule]")
    assert not chromium.evaluate("!!document.querySelector('[data-test=report-form]')")
    chromium.leave()
