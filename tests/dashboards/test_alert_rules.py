"""The alert rules that ship as an example: their queries on the real engine, over a city."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.dashboards import simulated
from tests.dashboards.conftest import Filled
from tests.dashboards.grafana import View, interpolate

FOLDER = Path(__file__).parents[2] / "deploy" / "grafana" / "provisioning"
RULES: dict[str, dict[str, Any]] = {
    rule["uid"]: rule
    for group in yaml.safe_load((FOLDER / "alerting" / "rules.yaml").read_text())["groups"]
    for rule in group["rules"]
}
NO_VARIABLES: dict[str, Any] = {"templating": {"list": []}}


def ask(filled: Filled, rule: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the query of a rule gives, as Grafana would ask it."""
    first = rule["data"][0]
    since = timedelta(seconds=first["relativeTimeRange"]["from"])
    text = first["model"]["query"].replace("$$", "$")
    view = View(filled.end - since, filled.end)
    return filled.ask(interpolate(text, NO_VARIABLES, view))


def firing(filled: Filled, uid: str) -> list[dict[str, str]]:
    """Return the labels of what a rule would alert about (without waiting for its `for`)."""
    rule = RULES[uid]
    (condition,) = rule["data"][2]["model"]["conditions"]
    (limit,) = condition["evaluator"]["params"]
    is_over = condition["evaluator"]["type"] == "gt"
    return [
        series.get("tags", {})
        for series in ask(filled, rule)
        if (value := series["values"][-1][1]) is not None
        and (value > limit if is_over else value < limit)
    ]


def test_every_rule_is_whole_and_asks_the_data_source_that_is_provisioned() -> None:
    sources = yaml.safe_load((FOLDER / "datasources" / "pantau.yaml").read_text())
    uids = {source["uid"] for source in sources["datasources"]}
    assert len(RULES) == 6
    for rule in RULES.values():
        asked, reduced, compared = rule["data"]
        assert asked["datasourceUid"] in uids
        assert reduced["datasourceUid"] == compared["datasourceUid"] == "__expr__"
        assert (reduced["model"]["expression"], compared["model"]["expression"]) == ("A", "B")
        assert rule["condition"] == compared["refId"]
        assert rule["labels"]["platform"] == "pantau"
        assert "$$timeFilter" in asked["model"]["query"]
        assert "$" not in asked["model"]["query"].replace("$$", ""), "Grafana would expand it"


@pytest.mark.parametrize("uid", [uid for uid in RULES if uid != "pantau-ups-on-battery"])
def test_a_rule_that_has_nothing_to_tell_still_sees_its_data(filled: Filled, uid: str) -> None:
    assert ask(filled, RULES[uid])
    assert firing(filled, uid) == []


def test_a_ups_on_battery_is_told_with_its_site(filled: Filled) -> None:
    ups = simulated.on_battery(filled.city)
    assert firing(filled, "pantau-ups-on-battery") == [{"device": ups.id, "site": ups.site}]
