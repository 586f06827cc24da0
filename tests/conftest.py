"""What every test may lean on: named needs (servers, browser, recordings, privileges).

A test that needs what the machine lacks is skipped with the name of what is missing. With
`REQUIRE_ALL=1` (CI) every such skip is a failure.
"""

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

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
