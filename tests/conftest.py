"""What every test may lean on: named needs (servers, browser, recordings, privileges).

A test that needs what the machine lacks is skipped with the name of what is missing. With
`REQUIRE_ALL=1` (CI) every such skip is a failure.
"""

import os
import shutil
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests import new_stores
from tests.influx_v2_proxy import Proxy
from tests.influxd import Influxd

REPOSITORY = Path(__file__).resolve().parent.parent
WALKS = REPOSITORY.parent / "shared" / "walks"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where everything is required."""
    del item, call
    report = yield
    if report.skipped and os.environ.get("REQUIRE_ALL") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although REQUIRE_ALL=1: {report.longrepr}"
    return report


def need_program(name: str) -> str:
    """Return the path of a program, or skip the test naming it."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"needs the program {name}")
    return found


@pytest.fixture(scope="session", autouse=True)
def _new_stores_are_copies() -> Iterator[None]:
    with new_stores.copied():
        yield


@pytest.fixture
def mosquitto_program() -> str:
    """Path of Debian's mosquitto."""
    return need_program("mosquitto")


@pytest.fixture
def snmpd_program() -> str:
    """Path of Debian's snmpd."""
    return need_program("snmpd")


@pytest.fixture
def walks() -> Path:
    """Folder of recordings of real devices, which live outside the repository."""
    if not WALKS.is_dir():
        pytest.skip(f"needs the recordings in {WALKS.parent.name}/{WALKS.name} beside the checkout")
    return WALKS


@pytest.fixture(scope="session")
def influxd_program() -> str:
    """Path of Debian's influxd."""
    return need_program("influxd")


@pytest.fixture(scope="session")
def influxd(influxd_program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influxd]:
    """An engine that tests share; each uses a `database` of its own and does not kill it."""
    with Influxd(influxd_program, tmp_path_factory.mktemp("influxd")) as engine:
        yield engine


@pytest.fixture(scope="session")
def shared_influx(influxd: Influxd) -> Iterator[Proxy]:
    """The proxy before the shared engine; tests take `influx`."""
    with Proxy(influxd.url) as proxy:
        yield proxy


@pytest.fixture
def influx(shared_influx: Proxy) -> Iterator[Proxy]:
    """What speaks like InfluxDB 2 before the shared engine, without faults at first."""
    shared_influx.reset()
    yield shared_influx
    shared_influx.reset()


@pytest.fixture
def database(influxd: Influxd) -> str:
    """Name of an empty database (bucket) of the shared engine that is the test's own."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    influxd.create_database(name)
    return name
