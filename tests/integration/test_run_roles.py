"""Each process of the platform does its own work, and loads no other's."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main

FOREIGN = {
    "collector": ("fastapi", "uvicorn", "influxdb_client", "httpx"),
    "web": ("influxdb_client", "aiohttp", "pysnmp", "paho"),
    "courier": ("fastapi", "uvicorn", "paho", "pysnmp"),
    "alerts": ("fastapi", "uvicorn", "influxdb_client", "aiohttp", "pysnmp", "apprise"),
    "supervised": ("fastapi", "uvicorn", "influxdb_client", "paho", "pysnmp", "httpx"),
}


@pytest.mark.parametrize("role", FOREIGN)
def test_a_process_loads_nothing_of_the_others(role: str) -> None:
    """Each of them is there all the time on a small machine: what it loads is its size."""
    asked = f"import sys, api.commands.run, api.roles.{role}; print(*sys.modules)"
    loaded = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", asked], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "api.commands.run" in loaded
    assert not set(FOREIGN[role]) & set(loaded)


def test_a_courier_without_influxdb_says_what_is_missing(tmp_path: Path) -> None:
    config = tmp_path / "pantau.yaml"
    config.write_text(f"data_directory: {tmp_path}\n")
    answer = CliRunner().invoke(main, ["run", "--config", str(config), "--role", "courier"])
    assert answer.exit_code == 2
    assert "add a section influxdb to pantau.yaml" in " ".join(answer.output.split())
