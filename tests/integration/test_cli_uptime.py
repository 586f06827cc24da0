"""`pantau uptime`: the same figures as the API's, in every form."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from collector.clock import SystemClock
from collector.model import State
from tests.api_city import ManualClock, make_city

CONFIG = """
data_directory: .
contract: serat
contracts: {serat: {minimum_outage: 5m, causes_not_counted: [power]}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A city whose camera was down for four minutes, a minute ago; everything else is up."""
    with make_city(tmp_path) as city:
        city.clock = ManualClock(SystemClock().now())
        for minutes, state in ((5, State.DOWN), (1, State.UP)):
            city.change("cam-0001", state, at=city.clock.now() - timedelta(minutes=minutes))
        city.beat()
    (tmp_path / "pantau.yaml").write_text(CONFIG)
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["uptime", "--config", str(folder / "pantau.yaml"), *words])


def test_people_see_both_figures_side_by_side(folder: Path) -> None:
    shown = run(folder, "--kind", "camera")
    assert shown.exit_code == 0, shown.output
    head, title, *rows = shown.stdout.splitlines()
    assert head.endswith("(Asia/Makassar)")
    assert title.split() == ["KEY", "NAME", "DEVICES", "UPTIME", "%", "SERAT", "%", "COVERAGE", "%",
                             "OUTAGES"]  # fmt: skip
    assert [row.split()[0] for row in rows] == ["cam-0001", "cam-0002"]
    assert rows[0].split()[-3:-1] == ["100.000", "100.000"]
    assert rows[0].split()[-4] == "99.722"  # 86,160 of 86,400


def test_programs_get_what_the_api_gives(folder: Path) -> None:
    data = json.loads(run(folder, "--json", "--group-by", "site").stdout)
    assert [one["key"] for one in data["items"]] == ["losari-01", "tallo-01"]
    losari = data["items"][0]
    assert (losari["down_seconds"], losari["contract"]["down_seconds"]) == (240, 0)
    assert data["rules"]["contract"]["name"] == "serat"


def test_a_file_comes_in_both_forms(folder: Path) -> None:
    plain = run(folder, "--csv", "--device", "cam-0001").stdout_bytes
    (one,) = csv.DictReader(io.StringIO(plain.decode("utf-8"), newline=""))
    assert one["down (s)"] == "240"
    excel = run(folder, "--format", "csv-id", "--device", "cam-0001").stdout_bytes
    assert excel.startswith(b"\xef\xbb\xbfkode;nama;")
    assert b";99,722;" in excel


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--month", "Oktober"], "--month: write a month such as 2026-10"),
        (["--from", "kemarin"], "--from: write a moment"),
        (["--contract", "telkom"], "known: plain, serat"),
        (["--device", "nobody"], "--device: no device has this"),
        (["--json", "--csv"], "either --json or --csv"),
    ],
)
def test_wrong_use_is_told_with_exit_code_2(folder: Path, words: list[str], told: str) -> None:
    refused = run(folder, *words)
    assert refused.exit_code == 2
    assert told in refused.stderr
