"""What metrics and labels are called in InfluxDB: it stays so, and labels come back."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import Metric, MetricGroup, MetricKind, Profile, Role
from collector.profiles import load_profiles
from collector.sinks.influx.facts import MetricFact, MetricFacts
from collector.sinks.influx.labels import label_tags, labels_of, tag_of
from collector.sinks.influx.lines import from_signed, to_signed
from collector.sinks.influx.schema import (
    MEASUREMENTS,
    FieldType,
    Place,
    place_of,
    text_place,
)

PROFILES = load_profiles()
FACTS = MetricFacts.of(PROFILES.values())
NAMES = st.one_of(
    st.sampled_from(["interface", "ifName", "source", "url", "device", "time", "label_x", "_x"]),
    st.text(max_size=20).filter(bool),
)
VALUES = st.text(st.characters(exclude_characters="\N{FULLWIDTH REVERSE SOLIDUS}"), max_size=40)


def profile(name: str, *metrics: Metric, is_own: bool = False) -> Profile:
    group = MetricGroup("g", "snmp", Role.HEALTH, 60.0, metrics=metrics)
    return Profile(name, name, (), (group,), is_own=is_own)


def test_telegrafs_names_where_it_has_them() -> None:
    assert FACTS.place("ping_rtt_seconds") == Place(
        "ping", "average_response_ms", FieldType.FLOAT, 1000
    )
    assert FACTS.place("if_in_octets") == Place("interface", "ifHCInOctets", FieldType.COUNTER)
    assert tag_of("interface", "interface") == "ifName"
    assert tag_of("power", "interface") == "interface"


@pytest.mark.parametrize(
    ("metric", "measurement", "type_"),
    [
        ("wifi_clients", "wireless", FieldType.FLOAT),
        ("radio_state", "wireless", FieldType.INTEGER),
        ("wifi_errors", "wireless", FieldType.COUNTER),
        ("energy_kilowatt_hours", "power", FieldType.FLOAT),  # a counter that comes in fractions
        ("load_state", "power", FieldType.INTEGER),  # of a strip's bank, no computer's
        ("load_15", "host", FieldType.FLOAT),
        ("entity_fan_state", "environment", FieldType.INTEGER),
        ("firmware_version", "device", FieldType.TEXT),
        ("a_metric_of_nobody", "device", FieldType.FLOAT),
    ],
)
def test_a_metric_lies_with_what_it_is_charted_with(
    metric: str, measurement: str, type_: FieldType
) -> None:
    assert FACTS.place(metric) == Place(measurement, metric, type_)


def test_every_metric_of_the_profiles_has_one_unit_and_one_kind() -> None:
    found = defaultdict(set)
    for one in PROFILES.values():
        for group in one.groups:
            for metric in (*group.metrics, *(m for table in group.tables for m in table.metrics)):
                found[metric.name].add(MetricFact(metric.unit, metric.kind))
    assert {name: facts for name, facts in found.items() if len(facts) > 1} == {}
    assert found.keys() == FACTS.by_metric.keys()


def test_no_two_metrics_share_a_field_and_all_are_in_known_measurements() -> None:
    places = [FACTS.place(metric) for metric in FACTS.by_metric]
    written = {(place.measurement, place.field) for place in places}
    written |= {(place.measurement, text_place(place).field) for place in places}
    texts = sum(place.type is FieldType.TEXT for place in places)
    assert len(written) == 2 * len(places) - texts
    assert {place.measurement for place in places} <= set(MEASUREMENTS)


def test_no_label_of_the_profiles_is_a_tag_with_the_name_of_a_field() -> None:
    fields: dict[str, set[str]] = defaultdict(set)
    tags: dict[str, set[str]] = defaultdict(set)
    for one in PROFILES.values():
        for group in one.groups:
            rows: list[tuple[Metric, tuple[str, ...]]] = [(metric, ()) for metric in group.metrics]
            rows += [(metric, tuple(t.labels)) for t in group.tables for metric in t.metrics]
            for metric, labels in rows:
                place = FACTS.place(metric.name)
                fields[place.measurement] |= {place.field, text_place(place).field}
                for label in (*labels, *dict(metric.labels), "index"):
                    tags[place.measurement].add(tag_of(place.measurement, label))
    assert {name: fields[name] & tags[name] for name in fields} == {name: set() for name in fields}


def test_where_profiles_disagree_the_built_in_one_is_believed_and_the_other_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    own = profile("aaa", Metric("m", "", "kW", MetricKind.COUNTER), is_own=True)
    facts = MetricFacts.of([own, profile("zzz", Metric("m", "", "W"))])
    assert facts.by_metric["m"] == MetricFact("W", MetricKind.GAUGE)
    assert "profile aaa: m is a counter in kW, elsewhere a gauge in W" in caplog.text


@given(st.sampled_from(MEASUREMENTS), st.dictionaries(NAMES, VALUES, max_size=6))
@settings(deadline=None)
def test_labels_come_back_from_their_tags_sorted(measurement: str, labels: dict[str, str]) -> None:
    tags = label_tags(measurement, tuple(labels.items()))
    mine = {"device": "d", "site": "s", "area": "a", "kind": "k", "owner": "o", "source": "::1"}
    assert not tags.keys() & {*mine, "url", "time"}
    assert len(tags) == sum(bool(value) for value in labels.values())
    kept = sorted((name, value) for name, value in labels.items() if value)
    assert labels_of(measurement, {**mine, **tags, "absent": "", "none": None}) == tuple(kept)


@given(st.integers(0, 2**64 - 1))
@settings(deadline=None)
def test_a_counter_of_64_bits_comes_back_from_a_signed_number(counter: int) -> None:
    assert -(2**63) <= to_signed(counter) < 2**63
    assert from_signed(to_signed(counter)) == counter


@pytest.mark.parametrize("number", [-1, 2**64])
def test_what_is_no_counter_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="no counter of 64 bits"):
        to_signed(number)


def test_texts_of_a_number_lie_beside_it() -> None:
    place = place_of("radio_state", FieldType.INTEGER)
    assert text_place(place) == Place("wireless", "radio_state_text", FieldType.TEXT)
    assert text_place(place_of("sys_name", FieldType.FLOAT)).field == "sysName"
