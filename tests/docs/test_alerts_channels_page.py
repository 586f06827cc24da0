"""The page about channels: its examples are read, and it names every kind and every service."""

import re
from pathlib import Path

import pytest

from collector.config.alerts import read_alerts
from collector.config.alerts.channels import CHANNELS
from collector.notify.channels.apprise import SERVICES

PAGE = (Path(__file__).parents[2] / "docs" / "alerts-channels.md").read_text()
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SECRETS = {
    "telegram": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "topik": "pantau-4711",
    "tiket-url": "https://tiket.kota.example/hook",
    "penjaga": "https://hc-ping.example/d8f1",
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_can_be_used_as_it_stands(tmp_path: Path, example: str) -> None:
    (tmp_path / "secrets").mkdir()
    for name in re.findall(r"_file: secrets/([a-z-]+)", example):
        file = tmp_path / "secrets" / name
        file.write_text(SECRETS.get(name, "kata-sandi") + "\n")
        file.chmod(0o600)
    [named] = re.findall(r"^  ([a-z-]+):", example, re.MULTILINE)[:1]
    file = tmp_path / "alerts.yaml"
    file.write_text(f"{example}receivers:\n  noc: {{channels: [{named}]}}\n")
    loaded = read_alerts(file)
    assert [str(problem) for problem in loaded.problems] == []
    assert loaded.file is not None


def test_every_kind_of_channel_has_an_example() -> None:
    kinds = {shape.model_fields["type"].description for shape in CHANNELS}
    assert {f"`{kind}`" for kind in re.findall(r"type: ([a-z]+)", PAGE)} == kinds


def test_the_services_of_apprise_are_those_that_may_be_used() -> None:
    listed = PAGE.partition("Services that may be used")[2].partition("```text\n")[2]
    assert frozenset(listed.partition("```")[0].split()) == SERVICES
