"""docs/spool.md has a remedy for everything that the courier says."""

import re
from pathlib import Path

import pytest

from collector.config.influxdb import InfluxdbSettings
from collector.config.shape import keys_of
from collector.courier.answers import Answer, Kind, Outcome
from collector.courier.delivery import CANARY
from collector.courier.trouble import explain

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "spool.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", Kind)
def test_every_trouble_has_a_row_that_names_what_the_message_names(kind: Kind) -> None:
    row = re.search(rf"^\| `{kind.value}` \| .+ \| (.+) \|$", PAGE, re.MULTILINE)
    assert row is not None
    words = explain(Answer(Outcome.KEPT, 0, "", kind), "pantau", InfluxdbSettings())
    for name in set(re.findall(r"influxdb\.[a-z_]+|SSL_CERT_FILE|pantau influxdb setup", words)):
        assert name in row[0], name


def test_every_setting_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`influxdb\.([a-z_0-9]+)[`:]", PAGE))
    assert named
    assert named <= set(keys_of(InfluxdbSettings))


def test_the_canary_is_named() -> None:
    assert f"`{CANARY}`" in PAGE
