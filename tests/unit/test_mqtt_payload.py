"""MQTT payloads: paths, values, and everything that strangers may send instead."""

import json
from collections.abc import Sequence

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.listeners.mqtt_formats import DECODERS, PayloadError, check_size
from collector.listeners.mqtt_payload import (
    ANY,
    ITEMS_LIMIT,
    Extract,
    find,
    parse_path,
    telemetry_reader,
)
from collector.model import Metric, MetricGroup, MetricKind, Reading, Role

WORDS = "rahasia-4711"  # what must not be quoted

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def decode(payload: bytes, form: str = "json") -> object:
    return DECODERS[form]().decode(payload, "a/topic")


def read(document: object, *metrics: Metric) -> Extract:
    group = MetricGroup("telemetry", "mqtt", Role.HEALTH, 300.0, tuple(metrics))
    return telemetry_reader(group).read(document)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("UptimeSec", ("UptimeSec",)),
        ("ENERGY.Power", ("ENERGY", "Power")),
        ("Channels[0].Voltage", ("Channels", 0, "Voltage")),
        ("a[1][2]", ("a", 1, 2)),
        ("[3].x", (3, "x")),
        ("*.Temperature", (ANY, "Temperature")),
        ("phases[*].W", ("phases", ANY, "W")),
        ("DS18B20-1.Temperature", ("DS18B20-1", "Temperature")),
        ("odd[key", ("odd[key",)),
    ],
)
def test_paths_are_read(text: str, path: Sequence[object]) -> None:
    assert parse_path(text) == tuple(path)


@given(json_values, st.text())
def test_no_path_and_no_document_make_find_fail(document: object, text: str) -> None:
    assert len(list(find(document, parse_path(text)))) <= max(ITEMS_LIMIT, 1)


def test_values_are_found_with_their_units() -> None:
    extract = read(
        {"ENERGY": {"Power": 42.5, "Total": 7}, "Wifi": {"RSSI": 70}},
        Metric("power_watts", "ENERGY.Power", "W"),
        Metric("energy_kilowatt_hours", "ENERGY.Total", "kWh", MetricKind.COUNTER),
    )
    assert extract.readings == (
        Reading("power_watts", 42.5, "W"),
        Reading("energy_kilowatt_hours", 7, "kWh"),
    )
    assert extract.problem == ""


def test_what_is_not_there_is_neither_reading_nor_fault() -> None:
    assert read({"POWER": None}, Metric("a", "ENERGY.Power"), Metric("b", "POWER")) == Extract(())


def test_scale_offset_and_words_mean_what_they_mean_for_snmp() -> None:
    extract = read(
        {"T": 215, "POWER": "ON", "text": "42 %"},
        Metric("temperature_celsius", "T", scale=0.1, offset=-1.0),
        Metric(
            "relay_state",
            "POWER",
            kind=MetricKind.STATE,
            values={"OFF": 0, "ON": 1},
            states={0: "off", 1: "on"},
        ),
        Metric("humidity_percent", "text"),
    )
    assert [(r.metric, r.value) for r in extract.readings] == [
        ("temperature_celsius", 20.5),
        ("relay_state", 1),
        ("humidity_percent", 42),
    ]


@pytest.mark.parametrize(
    "value",
    [True, False, "no number", 10**30, -(2**63), 1e300, [1], {"inner": 1}, ""],
    ids=["true", "false", "text", "huge", "below int64", "huge float", "list", "object", "empty"],
)
def test_a_value_of_the_wrong_kind_is_no_reading(value: object) -> None:
    document = decode(orjson.dumps(value) if value != 10**30 else b"1" + b"0" * 30)
    extract = read({"x": document, "y": 5}, Metric("wrong", "x"), Metric("right", "y"))
    assert [reading.metric for reading in extract.readings] == ["right"]
    assert extract.not_understood == (() if value == "" else ("wrong",))


def test_true_and_false_are_words_that_a_profile_may_know() -> None:
    metric = Metric(
        "contact_state",
        "contact",
        kind=MetricKind.STATE,
        values={"true": 1, "false": 0},
        states={1: "closed", 0: "open"},
    )
    assert read({"contact": False}, metric).readings[0].value == 0


def test_a_scale_that_leaves_the_numbers_behind_is_a_fault() -> None:
    extract = read({"x": 9e18}, Metric("huge", "x", scale=1e300))
    assert extract == Extract((), ("huge",))


def test_of_two_ways_to_a_metric_the_one_that_works_counts_and_is_no_fault() -> None:
    extract = read(
        {"Power": [3, 4]}, Metric("power_watts", "Power"), Metric("power_watts", "Power[0]")
    )
    assert extract == Extract((Reading("power_watts", 3),))


def test_a_wildcard_gives_a_reading_an_item_with_its_label() -> None:
    extract = read(
        {"DS18B20-1": {"Temperature": 20.5}, "DS18B20-2": {"Temperature": 21}, "Time": "now"},
        Metric("temperature_celsius", "*.Temperature", "°C"),
    )
    assert set(extract.readings) == {
        Reading("temperature_celsius", 20.5, "°C", (("item", "DS18B20-1"),)),
        Reading("temperature_celsius", 21, "°C", (("item", "DS18B20-2"),)),
    }


def test_a_wildcard_is_bounded() -> None:
    document = {str(number): number for number in range(10_000)}
    assert len(read(document, Metric("many", "*")).readings) == ITEMS_LIMIT


def test_a_bare_value_is_read_from_a_text_payload() -> None:
    group = MetricGroup("t", "mqtt", Role.HEALTH, 60.0, (Metric("temperature_celsius", ""),))
    assert telemetry_reader(group).read("23.5").readings[0].value == 23.5
    assert telemetry_reader(group).read("warm") == Extract((), ("temperature_celsius",))


def test_the_problem_names_a_few_metrics_and_never_the_values() -> None:
    document = dict.fromkeys("abcde", WORDS)
    extract = read(document, *(Metric(f"metric_{name}", name) for name in "abcde"))
    assert extract.problem == "not understood: metric_a, metric_b, metric_c and 2 more"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{" + WORDS.encode(),
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b"\xff\xfe" + WORDS.encode(),
        b"[" * 100_000,
        b"[" * 2000 + b"]" * 2000,
        b'{"a": 1} trailing ' + WORDS.encode(),
    ],
)
def test_what_is_not_json_is_refused_without_quoting_it(payload: bytes) -> None:
    with pytest.raises(PayloadError) as caught:
        decode(payload)
    assert WORDS not in str(caught.value)
    assert caught.value.__cause__ is None
    assert len(str(caught.value)) < 80


def test_a_payload_that_is_too_large_is_refused_before_it_is_parsed() -> None:
    payload = json.dumps({"a": "x" * 70_000}).encode()
    with pytest.raises(PayloadError, match="more than 65536"):
        check_size(payload, 65_536)


def test_text_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(PayloadError, match="not text"):
        decode(b"\xff\xff", "text")


@given(json_values)
def test_any_document_gives_storable_readings_and_nothing_else(document: object) -> None:
    extract = read(
        document,
        Metric("first", "*"),
        Metric("second", "a.b"),
        Metric("third", "[0]", kind=MetricKind.TEXT),
        Metric("fourth", "*.*", kind=MetricKind.STATE, states={1: "on"}),
    )
    for reading in extract.readings:
        assert isinstance(reading.value, int | float | str)
        assert not isinstance(reading.value, bool)
        if not isinstance(reading.value, str):
            assert abs(reading.value) < 2**63
