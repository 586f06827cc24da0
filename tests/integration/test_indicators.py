"""Indicators: a mapping file, working points, and nothing that is claimed without a source."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from api.exports.making import ExportError, month_asked
from api.indicators.mapping import EVIDENCE, Certainty, Evidence, load_mapping
from api.indicators.working import indicators_view, working
from collector.config import ConfigError
from collector.store import Store
from collector.uptime import Tally
from tests.api_city import client_of, make_city
from tests.evidence_pack import NOW, SETTINGS, live

PAGE = Path(__file__).parents[2] / "docs" / "indicators.md"
MINE = """
format: 1
frameworks: [{id: kota, name: {id: Kota, en: City}, source: Perwali 1/2026}]
indicators:
  - {id: cctv, framework: kota, name: {id: CCTV, en: CCTV}, certainty: certain,
     evidence: [pack], counts: [camera]}
"""


def test_every_built_in_indicator_has_a_source_and_says_how_sure_it_is() -> None:
    mapping = load_mapping(None)
    sources = {one.id: one.source for one in mapping.frameworks}
    assert len(mapping.indicators) >= 10
    for one in mapping.indicators:
        assert sources[one.framework]
        assert one.evidence
    iso = [one for one in mapping.indicators if one.framework == "iso37122"]
    assert {one.certainty for one in iso} == {Certainty.UNVERIFIED}
    assert set(EVIDENCE) == set(Evidence)


def test_the_page_names_every_kind_of_evidence() -> None:
    named = set(re.findall(r"`([a-z-]+)`", PAGE.read_text().split("can be named:")[1]))
    assert named == {one.value for one in Evidence}


def test_working_points_are_devices_times_uptime_and_never_rounded_up() -> None:
    hour = 3_600_000_000
    row = (799 * hour, 0, 201 * hour, 0, 1_000 * hour)
    tally = Tally(3, row + (0,) * 15)
    said = working({"camera": tally}, ("camera", "dome"))
    assert (said.devices, said.working_points) == (3, 2.3), "2.397"
    assert (said.working_points_low, said.working_points_high) == (1.1, 2.6)
    assert (said.uptime_percent, said.coverage_percent) == (79.9, 50.0)
    nothing = working({}, ("camera",))
    assert (nothing.devices, nothing.working_points, nothing.coverage_percent) == (0, None, 0.0)


def test_figures_are_those_of_the_month(tmp_path: Path) -> None:
    with Store.open(tmp_path / "pantau.db") as store:
        live(store)
        known = NOW - timedelta(seconds=2)
        view = indicators_view(store, SETTINGS, load_mapping(None), date(2026, 10, 1), NOW, known)
    items = view["items"]
    assert isinstance(items, list)
    wifi = next(one for one in items if one["id"] == "u4ssc-ict-5c")
    assert wifi["figures"].devices == 1
    assert wifi["figures"].working_points == 0.9
    assert wifi["evidence"][0]["title"]["id"].startswith("Register")


BAD = {
    "format: 2\nframeworks: []\nindicators: []\n": "format 2 is not known",
    MINE.replace("framework: kota", "framework: desa"): 'is of "desa", which is no framework',
    MINE.replace("[pack]", "[foto]"): "indicators.0..evidence",
    MINE.replace("certain,", "sure,"): "certainty",
    MINE.replace("counts", "count"): "unknown key",
    MINE.replace("counts: [camera]", "counts: [access-point]"): "access_point",
    "a: [": "indicators.yaml:",
}


@pytest.mark.parametrize("text", BAD)
def test_a_mistake_in_the_file_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "indicators.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=BAD[text]) as told:
        load_mapping(path)
    assert "indicators.yaml" in str(told.value)


def test_a_month_that_has_not_begun_is_refused() -> None:
    assert month_asked(None, SETTINGS, NOW) == date(2026, 10, 1)
    for text in ("2026-12", "2026-1", "2026-00", "0000-01"):
        with pytest.raises(ExportError):
            month_asked(text, SETTINGS, NOW)


async def test_api_and_command_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(MINE)
    (tmp_path / "pantau.yaml").write_text("data_directory: .\nindicators: mine.yaml\n")
    with make_city(tmp_path) as city:
        app = city.app(indicators=tmp_path / "mine.yaml")
        answer = await client_of(app, city.token()).get("/api/v1/indicators?month=2026-10")
    assert [one["id"] for one in answer.json()["items"]] == ["cctv"]
    config = ["--config", str(tmp_path / "pantau.yaml")]
    told = CliRunner().invoke(main, ["indicators", "--json", "--month", "2026-10", *config])
    assert json.loads(told.stdout)["items"] == answer.json()["items"]
    shown = CliRunner().invoke(main, ["indicators", "--language", "en", *config])
    assert shown.exit_code == 0, shown.output
    assert "City: CCTV" in shown.stdout
    wrong = CliRunner().invoke(main, ["indicators", "--month", "2040-01", *config])
    assert wrong.exit_code == 2
