"""The page of a one-time link on a phone, in a real Chromium: read, pressed, done."""

import asyncio
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from api.listening import open_socket
from api.server import ApiServer
from collector.notify.words.links import Action
from tests.alert_city import switch_dies
from tests.api_city import NOON, City, make_city
from tests.browser.conftest import Browser
from tests.integration.test_acting_links import KEY, paths

PHONE = (390, 844)


@pytest.fixture
def city(tmp_path: Path) -> Generator[City]:
    with make_city(tmp_path) as city:
        yield city


@pytest.fixture
def address(city: City) -> Generator[str]:
    """The application, served from a thread of its own: the browser's driver blocks this one."""
    sock = open_socket("127.0.0.1", 0)
    server = ApiServer(city.app(session_key=KEY))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[sock])))
    thread.start()
    yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def phone(address: str, chromium: Browser) -> Generator[Browser]:
    """A Chromium whose page is left before the server goes."""
    del address
    yield chromium
    problems = chromium.problems()
    chromium.leave()
    assert problems == []


def test_an_incident_is_taken_with_one_press(
    phone: Browser, address: str, city: City, pictures: Path
) -> None:
    path = paths(switch_dies(city))[Action.ACKNOWLEDGE]
    phone.open(f"{address}{path}?bahasa=id", NOON, PHONE)
    phone.wait("button")
    assert phone.text("button") == "Tangani"
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    assert phone.evaluate("document.querySelector('button').getBoundingClientRect().bottom") < 844
    assert phone.evaluate("document.querySelector('button').getBoundingClientRect().height") >= 48
    phone.screenshot(pictures / "tindak-390.png")
    phone.evaluate("document.querySelector('button').click()")
    phone.wait("h1.done")
    assert phone.text("h1") == "Ditangani piket"
    assert phone.texts("button") == []
    phone.screenshot(pictures / "tindak-ditangani-390.png")
    found = city.store.incidents.get(1, NOON)
    assert found is not None
    assert found.row.incident.acknowledged_by == "piket"
