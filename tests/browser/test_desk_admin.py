"""The pages of those who look after Pantau: access, its own health, alarms, the quarantine."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from api.adoption import Adopter
from collector.config import load_config
from collector.model import Fit, Heartbeat, Reason, Sighting, State
from collector.model.alerts import Alert, Severity
from collector.store import Batch, QuarantineState, TokenRole
from tests.api_city import City
from tests.browser.conftest import Browser
from tests.browser.desk_city import DeskServer, device_of, make_desk_city, site_of
from tests.browser.test_desk import PHONE, SCREEN, TITLE

FIGURES = {
    "checks_due": 148_230.0,
    "checks_done": 148_102.0,
    "checks_skipped": 96.0,
    "checks_under_way": 32.0,
    "checks_overrun": 0.0,
    "checks_blind": 0.0,
    "checks_missed": 0.0,
    "checks_waiting": 0.0,
    "checks_behind_seconds": 0.0,
    "cpu_share": 0.2345,
    "checks_a_minute": 1_204.0,
    "check_late_p50_seconds": 0.013,
    "check_late_p99_seconds": 0.242,
    "loop_lag_worst_seconds": 0.118,
    "readings_refused": 0.0,
    "mqtt_connected": 1.0,
    "traps_listening": 1.0,
}


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with make_desk_city(tmp_path, troubled=True) as city:
        beat(city)
        yield city


@pytest.fixture
def server(city: City, web_dist: Path, tmp_path: Path) -> Iterator[DeskServer]:
    server = DeskServer(city, web_dist, files={"store": tmp_path / "pantau.db"})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def desk(chromium: Browser, server: DeskServer) -> Iterator[Browser]:
    """A browser whose console must stay empty."""
    del server  # must outlive the page
    yield chromium
    problems = chromium.problems()
    chromium.leave()
    assert problems == []


def beat(city: City, **figures: float) -> None:
    """Let the collector say how it is; it has run for three days."""
    now = city.clock.now()
    started = now - timedelta(days=3, hours=4)
    city.store.beat(Heartbeat("main", "run-1", started, now, FIGURES | figures), [], [])


def open_page(
    browser: Browser,
    server: DeskServer,
    path: str,
    *,
    role: str = "admin",
    size: tuple[int, int] = SCREEN,
    light: str = "light",
) -> None:
    link = server.link(path, name="Kepala piket", role=role)
    browser.open(link, server.city.clock.now(), size, light=light)
    browser.wait(TITLE)


def hear(city: City, name: str, minutes: float = 2) -> None:
    """Let something publish that is no device."""
    now = city.clock.now()
    said = Sighting(
        "mqtt",
        name,
        now - timedelta(days=2),
        now - timedelta(minutes=minutes),
        1_204,
        61_000,
        (f"tele/{name}/SENSOR", f"tele/{name}/STATE"),
        {"Time": "string", "AM2301.Temperature": "number", "AM2301.Humidity": "number"},
        (Fit("tasmota", name),),
        {"Version": "13.4.0"},
    )
    city.store.quarantine.record([said], now)


# --- access ---------------------------------------------------------------------------------


def test_two_clicks_put_up_a_screen_whose_link_opens_the_wall(
    desk: Browser, server: DeskServer, city: City
) -> None:
    open_page(desk, server, "/meja/akses")
    desk.wait("[data-test=screens] [data-test=empty]")
    desk.click("[data-test=screen-new]")
    desk.click("[data-test=screen-send]")
    desk.wait("[data-test=once]")
    link = str(desk.evaluate("document.querySelector('[data-test=secret]').value"))
    assert link.startswith(f"{server.url}/dinding/#token=pantau_")
    assert desk.texts("[data-test=screen]")[0].startswith("layar-1 halaman dari alamat · redup")
    desk.click("[data-test=once-close]")
    assert link not in str(desk.evaluate("document.documentElement.outerHTML"))
    desk.open(link, city.clock.now())
    desk.wait("[data-condition=live] [data-test=trust]")


def test_a_screen_is_changed_bound_freed_revoked_and_comes_back(
    desk: Browser, server: DeskServer, city: City
) -> None:
    open_page(desk, server, "/meja/akses")
    desk.click("[data-test=screen-new]")
    desk.fill("[data-test=screen-form] [name=name]", "lobi")
    desk.click("[data-test=screen-form] summary")
    desk.click("[name=page-ringkasan]")
    desk.click("[name=page-peta]")
    desk.fill("[name=distance]", "6.5")
    desk.fill("[name=diagonal]", "55")
    desk.click("[name=sound]")
    desk.click("[name=bound]")
    desk.click("[data-test=screen-send]")
    desk.wait("[data-test=screen]", "akan terikat ke alamat pertama")
    shown = desk.text("[data-test=screen]")
    assert "Ringkasan, Peta, tiap 20 dtk · 6,5 m, 55″ · redup 22.00" in shown
    assert "bersuara" in shown
    desk.click("[data-test=once-close]")
    token = city.store.tokens.list()[-1]
    city.store.tokens.bind_screen(token, "10.0.0.7", city.clock.now())
    desk.forward(31)
    desk.wait("[data-test=screen]", "terikat ke 10.0.0.7")
    desk.click("[data-test=screen-free]")
    desk.wait("[data-test=screen]", "akan terikat ke alamat pertama")
    desk.click("[data-test=screen-revoke]")
    desk.wait("[data-test=screens] [data-test=empty]")
    desk.click("text=Tampilkan yang sudah dicabut")
    desk.click("[data-test=screen-renew]")
    desk.wait("[data-test=once]")
    kept = [one for one in city.store.tokens.list() if one.in_force(city.clock.now())][-1]
    assert kept.name == "lobi"
    assert kept.screen is not None
    assert kept.screen.settings["distance_metres"] == 6.5


def test_somebody_is_let_in_and_shut_out_and_the_last_administrator_stays(
    desk: Browser, server: DeskServer, city: City
) -> None:
    open_page(desk, server, "/meja/akses?lang=en")
    desk.click("[data-test=token-new]")
    desk.fill("[data-test=token-form] [name=name]", "Shift 2")
    desk.click("[data-test=token-send]")
    desk.wait("[data-test=once] h2", "The token for Shift 2")
    secret = str(desk.evaluate("document.querySelector('[data-test=secret]').value"))
    made = city.store.tokens.verify(secret, city.clock.now())
    assert made is not None
    assert (made.name, made.role, made.expires_at) == ("Shift 2", TokenRole.OPERATOR, None)
    assert desk.texts("[data-test=token] td:first-child") == ["Shift 2", "Kepala piket you"]

    desk.click("[data-test=token-new]")
    desk.fill("[data-test=token-form] [name=name]", "Shift 2")
    desk.click("[data-test=token-send]")
    desk.wait("[data-test=failure]", "that name is in use")
    assert any("409" in one for one in desk.problems())  # the browser tells of it as well

    desk.click("[data-test=token-revoke]")
    desk.click("[data-test=token-revoke-now]")
    desk.wait_for("document.querySelectorAll('[data-test=token]').length === 1")
    assert city.store.tokens.verify(secret, city.clock.now()) is None
    desk.click("[data-test=token-revoke]")
    assert desk.text("[data-test=token-revoke-now]") == "Revoke, and sign out"
    desk.click("[data-test=token-revoke-now]")
    desk.wait("[data-test=tokens] tr [data-test=failure]", "last administrator's token")
    assert any("409" in one for one in desk.problems())


def test_pages_of_administrators_are_not_there_for_others(
    desk: Browser, server: DeskServer
) -> None:
    open_page(desk, server, "/meja/kesehatan", role="viewer")
    for page, there in (("health", 1), ("alarms", 1), ("quarantine", 0), ("access", 0)):
        assert len(desk.texts(f"[data-test=rail-{page}]")) == there, page
    desk.open(server.link("/meja/akses", role="operator"), server.city.clock.now(), SCREEN)
    desk.wait("[data-test=missing]", "Halaman ini untuk pengelola")


# --- Pantau's own health --------------------------------------------------------------------


def test_a_pantau_that_is_well_says_so_first(desk: Browser, server: DeskServer) -> None:
    open_page(desk, server, "/meja/kesehatan", role="viewer")
    desk.wait("[data-test=health-sentence]", "Pantau sehat")
    (row,) = desk.texts("[data-test=collector]")
    assert row == (
        "main 0 dtk lalu 3 hari 4 j 148.230 148.102 96 dilewati: ping gagal "
        "0,01 / 0,24 dtk 0,11 dtk 23,4% 1.204 pemeriksaan/mnt MQTT, trap SNMP"
    )
    assert "Disimpan dalam berkas" in desk.text("[data-test=health-readings]")
    assert "kosong dari" in desk.text("[data-test=health-machine]")
    assert desk.texts("[data-test=own-health]") == []


def test_what_is_wrong_with_pantau_is_said_with_what_to_do_and_at_the_foot_of_the_rail(
    desk: Browser, server: DeskServer, city: City
) -> None:
    late = {"checks_late_seconds": 12.5, "checks_behind_seconds": 12.5, "checks_waiting": 310.0}
    beat(city, same_name_twice=1.0, checks_missed=41.0, **late)
    open_page(desk, server, "/meja/", role="viewer")
    desk.wait("[data-test=own-health]", "Pantau: 2 hal perlu dilihat")
    desk.click("[data-test=own-health] a")
    desk.wait("[data-test=health-sentence]", "Dua kolektor memakai nama main")
    assert "Beri masing-masing collector_id sendiri" in desk.text("[data-test=health-sentence]")
    (other,) = desk.texts("[data-test=health-others] li")
    assert other.startswith("Pemeriksaan kolektor main terlambat 12 detik")
    (row,) = desk.texts("[data-test=collector]")
    assert "41 terlewat: mesin terlalu sibuk" in row
    assert "310 menunggu, tertua 12 dtk" in row
    beat(city)
    desk.forward(6)
    desk.wait("[data-test=health-sentence]", "Pantau sehat")


# --- the health of alarms -------------------------------------------------------------------


def test_the_health_of_alarms_is_judged_with_advice_and_names_the_noisy(
    desk: Browser, server: DeskServer, city: City
) -> None:
    raise_alerts(city)
    open_page(desk, server, "/meja/kesehatan-alarm", role="viewer")
    desk.wait("[data-test=alarms-verdict]", "terlalu banyak")
    assert len(desk.texts("[data-test=measure]")) == 9
    assert desk.texts("[data-test=alarms-advice] li")
    assert desk.texts("[data-test=noisy]")[0].startswith("Kamera Tallo 01")
    desk.wait_for("document.querySelectorAll('[data-test=window] meter').length === 7")
    desk.click("text=30 hari")
    desk.wait("[data-test=alarms-verdict]", "36 peringatan")
    assert desk.address().endswith("?hari=30")
    desk.wait_for("document.querySelectorAll('[data-test=window] meter').length === 7")
    desk.click("[data-test=noisy] a")
    desk.wait(TITLE, "Kamera Tallo 01")


def raise_alerts(city: City) -> None:
    now = city.clock.now()
    noisy = device_of("Tallo", "kam", 1)
    alerts = []
    for number in range(30):
        began = now - timedelta(hours=5, minutes=-6 * number)
        ended = began + timedelta(minutes=3)
        alerts.append(
            Alert(noisy, State.DOWN, Severity.CRITICAL, began, began, Reason.NO_ANSWER,
                  flapping=number > 9, ended_at=ended, end_confirmed_at=ended)
        )  # fmt: skip
    for number in range(1, 7):
        began = now - timedelta(days=2, hours=number)
        device = device_of("Wajo", "kam", number)
        alerts.append(
            Alert(device, State.DEGRADED, Severity.WARNING, began, began, Reason.THRESHOLD)
        )
    city.store.alerts.commit(Batch(now, alerts=alerts))


# --- the quarantine -------------------------------------------------------------------------


@pytest.fixture
def adopter(city: City, server: DeskServer, tmp_path: Path) -> Path:
    """Let the server write what is adopted; return the file."""
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "kota.yaml").write_text(
        'areas: [{code: "73.71", name: Makassar}]\n'
        f'sites: [{{id: {site_of("Tallo")}, name: Titik Tallo, area: "73.71"}}]\n'
    )
    (tmp_path / "pantau.yaml").write_text("data_directory: .\n")
    writes = Adopter(city.store, city.clock, lambda: load_config(tmp_path / "pantau.yaml", {}))
    server.app.state.parts = replace(server.app.state.parts, adopter=writes)
    return tmp_path / "adopted.yaml"


def test_what_waits_is_adopted_with_a_site_and_what_is_proposed(
    desk: Browser, server: DeskServer, city: City, adopter: Path
) -> None:
    hear(city, "genangan_7")
    hear(city, "genangan_8", minutes=9)
    open_page(desk, server, "/meja/karantina", role="operator")
    desk.wait("[data-test=rail-quarantine] i", "2")
    desk.wait("[data-test=entry]")
    assert desk.texts("[data-test=entry]")[0] == (
        "genangan_7 tele/genangan_7/SENSOR Sensor · tasmota 2 mnt lalu 1.204"
    )
    desk.click("[data-test=entry] a")
    desk.wait("[data-test=adopt]")
    assert "AM2301.Temperature" in desk.text("[data-test=shape]")
    assert desk.texts("[data-test=places] li") == [
        "tele/genangan_7/SENSOR",
        "tele/genangan_7/STATE",
    ]
    desk.fill("[data-test=adopt] [name=site]", f"Titik Tallo ({site_of('Tallo')})")
    desk.fill("[data-test=adopt] [name=name]", "Genangan Tallo 7")
    desk.click("[data-test=adopt-send]")
    desk.wait("[data-test=adopted]", "Menjadi perangkat Genangan Tallo 7")
    assert "Genangan Tallo 7" in adopter.read_text()
    (decision,) = city.store.quarantine.decisions().items
    assert (decision.author, decision.device_id) == ("Kepala piket", "genangan-7")


def test_what_is_ignored_can_be_taken_back(desk: Browser, server: DeskServer, city: City) -> None:
    hear(city, "genangan_7")
    open_page(desk, server, "/meja/karantina", role="operator")
    desk.click("[data-test=entry] a")
    desk.click("[data-test=ignore]")
    desk.wait(TITLE, "diabaikan")
    desk.click("[data-test=unignore]")
    desk.wait("[data-test=adopt]")
    assert [one.state for one in city.store.quarantine.page().items] == [QuarantineState.WAITING]
    desk.click(".crumbs a")
    desk.wait("[data-test=decisions]", "dikembalikan")
    assert len(desk.texts("[data-test=decision]")) == 2


# --- how it looks ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "look"), [(SCREEN, "id-light"), (PHONE, "en-dark")], ids=["screen", "phone"]
)
def test_nothing_is_cut_off_on_pages_of_administrators(
    desk: Browser,
    server: DeskServer,
    city: City,
    pictures: Path,
    size: tuple[int, int],
    look: str,
) -> None:
    hear(city, "genangan_7")
    hear(city, "genangan_8", minutes=9)
    raise_alerts(city)
    beat(city, same_name_twice=1.0, checks_late_seconds=12.5)
    language, light = look.split("-")
    for name, path, there in (
        ("akses", "/meja/akses", "[data-test=token]"),
        ("kesehatan", "/meja/kesehatan", "[data-test=collector]"),
        ("kesehatan-alarm", "/meja/kesehatan-alarm", "[data-test=window] meter"),
        ("karantina", "/meja/karantina", "[data-test=entry]"),
        ("karantina-satu", "/meja/karantina/1", "[data-test=adopt]"),
    ):
        open_page(desk, server, f"{path}?lang={language}", size=size, light=light)
        desk.wait(there)
        desk.screenshot(pictures / f"meja-{name}-{look}-{size[0]}.png")
        wider = desk.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider == 0, f"{name} is wider than the screen"
