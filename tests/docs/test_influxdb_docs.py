"""docs/influxdb.md lists every field of the profiles as the registry has it, and all it bounds."""

import re
from collections import defaultdict
from pathlib import Path

from collector.profiles import load_profiles
from collector.sinks.influx import cardinality, identity, lines
from collector.sinks.influx.facts import MetricFacts
from collector.sinks.influx.labels import ADDRESS_TAGS
from collector.sinks.influx.schema import KEPT_LONG, MEASUREMENTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "influxdb.md"
SCALED_UNITS = {("s", 1000.0): "ms", ("s", 100.0): "1/100 s"}


def table_of_fields() -> str:
    """Return the tables as they must stand on the page."""
    facts = MetricFacts.of(load_profiles().values())
    rows = defaultdict(list)
    for metric, fact in sorted(facts.by_metric.items()):
        place = facts.place(metric)
        unit = fact.unit if place.scale == 1 else SCALED_UNITS[fact.unit, place.scale]
        name = f"`{place.field}`" if place.field == metric else f"`{place.field}` (`{metric}`)"
        rows[place.measurement].append(f"| {name} | {place.type} | {unit} |")
    parts = []
    for measurement in MEASUREMENTS:
        parts += [f"### `{measurement}`", ""]
        parts += ["| field (metric, where it has another name) | type | unit |", "|---|---|---|"]
        parts += [*rows[measurement], ""]
    return "\n".join(parts)


def test_every_field_is_on_the_page_as_it_is_written() -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = re.search(r"<!-- fields -->\n\n(.*)\n<!-- /fields -->", page, re.DOTALL)
    assert found is not None
    assert found[1] == table_of_fields(), "put what table_of_fields() gives between the marks"


def test_every_tag_measurement_and_bound_is_named() -> None:
    page = PAGE.read_text(encoding="utf-8")
    names = (*identity.TAGS, *ADDRESS_TAGS, *KEPT_LONG, "state", "inventory", "pantau")
    assert [name for name in names if f"`{name}`" not in page] == []
    bounds = cardinality.PER_DEVICE, cardinality.AT_MOST, cardinality.WARN_AT
    assert [bound for bound in bounds if f"{bound:,}" not in page] == []
    assert f"{lines.MAX_TAG_CHARACTERS} characters" in page
    assert f"{lines.MAX_TEXT_BYTES // 1024} KiB" in page
