"""Whatever stands in alerts.yaml is read or told as a problem; nothing in it can raise or hang."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.config.alerts import read_alerts
from collector.inventory import Inventory, load_inventory
from collector.notify.checking import look_at

REPOSITORY = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
EXAMPLE = (REPOSITORY / "examples" / "alerts.yaml").read_text(encoding="utf-8")
WHOLE = json.loads(json.dumps(yaml.safe_load(EXAMPLE), default=str))  # dates as they are written
WHOLE |= {
    "settle": "30s",
    "storm": {"more_than": 20, "within": "2m"},
    "allow_networks": ["10.7.0.9"],
}
WHOLE["channels"] |= {
    "tele": {"type": "telegram", "token": f"110201543:{'geheim' * 5}", "chat": "-1001"},
    "wa": {
        "type": "whatsapp",
        "token": "geheim",
        "phone_id": "123456",
        "to": "6281234567890",
        "template": "p",
    },
    "surel": {
        "type": "email",
        "host": "mail",
        "from": "P <a@b.id>",
        "to": ["a@b.id"],
        "tls": "none",
    },
    "ntfy": {"type": "ntfy", "topic": "geheim", "tags": ["kota"]},
    "sirene": {"type": "mqtt", "topic": "cmnd/POWER", "rings": "5m"},
    "sms": {"type": "apprise", "url": "json://geheim@kota.example/"},
}
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.sampled_from(
        ["", "0s", "24:00-24:00", "Sen-Min 00:00-24:00", "9999-12-31", "0001-01-01", "noc", "*",
         "99:99", "-5m", "1e400", "../../etc/passwd", "\u202e", "a" * 5_000, "http://[::1", "%00"]
    ),
    st.text(max_size=20),
    st.just([]),
    st.just({}),
    st.just([[]]),
    st.just({"x": {"y": ["z"]}}),
    st.lists(st.sampled_from(["noc", "budi", 5, None, ["sari"]]), max_size=3),
)  # fmt: skip


def places(node: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return every place of a document."""
    steps = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    return [
        place for step in steps for place in ((*here, step), *places(node[step], (*here, step)))
    ]


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return load_inventory([REPOSITORY / "examples" / "inventory" / "kota.yaml"])


def test_the_file_that_is_damaged_is_right_before(tmp_path: Path, inventory: Inventory) -> None:
    path = tmp_path / "alerts.yaml"
    path.write_text(json.dumps(WHOLE, indent=1), encoding="utf-8")

    problems, advice = look_at(read_alerts(path), "Asia/Makassar", inventory, NOW)

    assert problems == ()
    assert {one.problem for one in advice} == {"no receiver uses it"}


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(places(WHOLE)), JUNK), min_size=1, max_size=3))
def test_a_damaged_file_is_read_or_told(
    tmp_path: Path, inventory: Inventory, damage: list[tuple[tuple[Any, ...], Any]]
) -> None:
    data = copy.deepcopy(WHOLE)
    for place, junk in damage:
        node = data
        for step in place[:-1]:
            node = node[step] if _has(node, step) else {}
        if _has(node, place[-1]):
            node[place[-1]] = junk
    path = tmp_path / "alerts.yaml"
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False), encoding="utf-8")

    loaded = read_alerts(path)
    problems, advice = look_at(loaded, "Asia/Makassar", inventory, NOW)

    assert loaded.file is not None or loaded.problems
    for one in (*problems, *advice):
        assert one.problem
        assert one.file == str(path)
        assert "geheim" not in str(one)


def _has(node: Any, step: Any) -> bool:
    if isinstance(node, dict):
        return step in node
    return isinstance(node, list) and isinstance(step, int) and step < len(node)
