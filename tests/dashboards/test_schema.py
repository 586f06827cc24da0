"""The dashboards against Grafana's own types: JSON Schema made of the package @grafana/schema."""

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from dashboards.grafana import LANGUAGES, dashboard_files
from tests.conftest import need_program

FOLDER = Path(__file__).parents[2] / "dashboards" / "grafana"
OF_THE_DATA_SOURCE = {
    *("refId", "fromAnnotations", "rawQuery", "textEditor", "query", "name"),
    *("titleColumn", "textColumn", "tagsColumn", "timeEndColumn"),
}
"""What an annotation's target holds for InfluxDB: Grafana's types know only its own notes'."""


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    """The types of Grafana (the version of package.json) as JSON Schema."""
    node = need_program("node")
    generator = FOLDER / "node_modules" / "ts-json-schema-generator" / "bin"
    if not generator.is_dir():
        pytest.skip("needs npm ci in dashboards/grafana")
    script = json.loads((FOLDER / "package.json").read_text())["scripts"]["schema"].split()
    program = str(generator / "ts-json-schema-generator.js")
    made = subprocess.run(  # noqa: S603 - the locked package, our own arguments
        [node, program, *script[1:]], cwd=FOLDER, capture_output=True, check=True, timeout=120
    )
    schema = json.loads(made.stdout)
    assert len(schema["definitions"]) > 30
    return Draft7Validator(schema)


def problems(validator: Draft7Validator, board: dict[str, Any]) -> list[str]:
    board = copy.deepcopy(board)
    for annotation in board["annotations"]["list"]:
        for name in OF_THE_DATA_SOURCE & set(annotation.get("target", {})):
            del annotation["target"][name]
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(board)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_board_is_of_grafanas_types(validator: Draft7Validator, language: str) -> None:
    for path in dashboard_files(language):
        assert problems(validator, json.loads(path.read_text())) == [], path.name


def test_a_planted_error_is_found(validator: Draft7Validator) -> None:
    board = json.loads(dashboard_files("id")[0].read_text())
    wrong = copy.deepcopy(board)
    wrong["panels"][0]["gridPos"]["w"] = "12"
    assert problems(validator, wrong)
    wrong = copy.deepcopy(board)
    wrong["templating"]["list"][0]["auto"] = True
    assert problems(validator, wrong)
    wrong = copy.deepcopy(board)
    del wrong["panels"][0]["type"]
    assert problems(validator, wrong)
