"""From raw values to readings: everything agents are known to do with a number."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Combine, Metric, MetricGroup, MetricKind, Role, ScaleFrom, Table
from collector.probes.snmp.interpret import (
    Interpretation,
    interpret_scalars,
    interpret_table,
    scalar_sources,
    table_sources,
)
from collector.probes.snmp.meaning import is_plain
from collector.probes.snmp.plain import TEXT_LIMIT, number_in, text_of
from collector.probes.snmp.values import Missing, Value


def group_of(*metrics: Metric) -> MetricGroup:
    return MetricGroup("status", "snmp", Role.HEALTH, 60.0, metrics)


def read(metric: Metric, *raw: Value) -> Interpretation:
    """Read one metric whose sources are `a`, `b`, `c` …"""
    return interpret_scalars(group_of(metric), dict(zip("abcdef", raw, strict=False)))


def only_value(metric: Metric, *raw: Value) -> float | int | str:
    found = read(metric, *raw)
    assert found.faults == ()
    (reading,) = found.readings
    return reading.value


@given(
    st.sampled_from([MetricKind.GAUGE, MetricKind.COUNTER, MetricKind.STATE]),
    st.one_of(st.integers(-(2**63), 2**64), st.booleans(), st.floats(), st.text(), st.binary()),
)
def test_what_is_read_the_short_way_is_what_the_long_way_reads(
    kind: MetricKind, raw: int | float | str | bytes
) -> None:
    short = Metric("m", "a", kind=kind)
    long = Metric("m", "a", kind=kind, minimum=-math.inf)  # not plain, and means the same
    assert (is_plain(short), is_plain(long)) == (True, False)
    assert read(short, raw) == read(long, raw)


@pytest.mark.parametrize(
    "more",
    [
        {"scale": 2.0}, {"offset": 1.0}, {"missing": (42,)}, {"values": {"42": 1.0}},
        {"bits": "int32"}, {"plus": ("b",)}, {"minus": ("b",)}, {"percent_of": ("b",)},
        {"decibel": True}, {"minimum": 50.0}, {"maximum": 30.0}, {"pattern": "(4)"},
        {"when": {"b": (1,)}}, {"scale_from": (ScaleFrom("b"),)}, {"kind": MetricKind.TEXT},
        {"combine": Combine.COUNT},
    ],
)  # fmt: skip
def test_a_metric_of_which_more_is_said_is_never_read_the_short_way(more: dict[str, Any]) -> None:
    assert not is_plain(Metric("m", "a", **more))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (42, 42),
        (-5, -5),
        (0, 0),
        (2.5, 2.5),
        (b"42", 42),
        (b" 42 % ", 42),
        (b"15 PERCENT", 15),
        (b"3.7", 3.7),
        (b"-0.5", -0.5),
        (b"42\x00\x00", 42),
        ("42", 42),
        (True, 1),
        (b"1e3", 1000.0),
    ],
)
def test_a_number_is_read_whatever_its_type_on_the_wire(raw: Value, value: float) -> None:
    assert only_value(Metric("m", "a"), raw) == value


@pytest.mark.parametrize(
    "raw", [b"ok", b"10.0.0.1", b"12:30", b"1,5", b"1 2", "1.3.6.1", float("nan"), float("inf")]
)
def test_what_is_no_number_is_a_fault_and_no_reading(raw: Value) -> None:
    found = read(Metric("m", "a"), raw)

    assert found.readings == ()
    (fault,) = found.faults
    assert (fault.metric, fault.source) == ("m", "a")
    assert "is no number" in fault.problem


@pytest.mark.parametrize(
    "raw", [None, b"", b"\x00", b"  ", Missing.NO_SUCH_OBJECT, Missing.NO_SUCH_INSTANCE]
)
def test_no_answer_is_neither_reading_nor_fault(raw: Value) -> None:
    assert read(Metric("m", "a"), raw) == Interpretation(())
    assert interpret_scalars(group_of(Metric("m", "a")), {}) == Interpretation(())


def test_a_declared_sentinel_is_no_value() -> None:
    metric = Metric("m", "a", missing=(4294967295, "N/A"))

    assert read(metric, 4294967295) == Interpretation(())
    assert read(metric, b"N/A") == Interpretation(())
    assert only_value(metric, 4294967294) == 4294967294


def test_a_counter_of_64_bits_keeps_its_last_digit() -> None:
    largest = 2**64 - 1

    assert only_value(Metric("m", "a", kind=MetricKind.COUNTER), largest) == largest
    assert only_value(Metric("m", "a", kind=MetricKind.COUNTER), str(largest)) == largest


def test_a_negative_counter_is_a_fault() -> None:
    (fault,) = read(Metric("m", "a", kind=MetricKind.COUNTER), -1).faults

    assert fault.problem == "a counter cannot be -1"


def test_scale_and_offset_leave_no_binary_noise() -> None:
    assert only_value(Metric("m", "a", scale=0.1), 3) == 0.3
    assert only_value(Metric("m", "a", scale=0.1, offset=-273.15), 2981) == 24.95
    assert only_value(Metric("m", "a", scale=0.01), 430400) == 4304.0


def test_a_pattern_cuts_the_number_out() -> None:
    metric = Metric("m", "a", pattern=r"CPU:\s*([0-9.]+)")

    assert only_value(metric, b"load CPU: 12.5 of 100") == 12.5
    assert (
        read(metric, b"load 12").faults[0].problem == r"'load 12' does not match CPU:\s*([0-9.]+)"
    )


def test_of_metrics_with_one_name_the_first_that_can_be_read_counts() -> None:
    in_megabytes = Metric("size", "a", pattern=r"(\d+) MB", scale=1e6)
    in_gigabytes = Metric("size", "a", pattern=r"(\d+) GB", scale=1e9)
    group = group_of(in_megabytes, in_gigabytes)

    assert interpret_scalars(group, {"a": b"512 MB"}).readings[0].value == 512e6
    found = interpret_scalars(group, {"a": b"2 GB"})
    assert [reading.value for reading in found.readings] == [2e9]
    assert found.faults == ()
    assert len(interpret_scalars(group, {"a": b"2 TB"}).faults) == 2


def test_words_on_the_wire_become_numbers() -> None:
    metric = Metric("m", "a", values={"ON": 1, "OFF": 0})

    assert only_value(metric, b"ON") == 1
    assert only_value(metric, b"OFF") == 0
    assert read(metric, b"BLINK").faults


def test_a_state_keeps_its_raw_number_even_an_unknown_one() -> None:
    metric = Metric("m", "a", kind=MetricKind.STATE, states={1: "up", 2: "down"})

    assert only_value(metric, 2) == 2
    assert only_value(metric, b"2") == 2
    assert only_value(metric, 9) == 9
    assert read(metric, 1.5).faults[0].problem == "'1.5' is no state"


def test_a_state_that_is_a_word_on_the_wire_stays_that_word() -> None:
    metric = Metric("m", "a", kind=MetricKind.STATE, states={"ok": "ok", "bad": "bad"})

    assert only_value(metric, b"bad") == "bad"
    assert read(metric, b"worse").faults


@pytest.mark.parametrize(
    ("bits", "raw", "value"),
    [
        ("int32", 4294967168, -128),
        ("int32", 40, 40),
        ("int32", 2**31 - 1, 2**31 - 1),
        ("int32", 2**31, -(2**31)),
        ("uint32", -1, 2**32 - 1),
        ("uint32", -2147483648, 2**31),
        ("uint32", 7, 7),
    ],
)
def test_bits_are_read_again_with_or_without_sign(bits: str, raw: int, value: int) -> None:
    assert only_value(Metric("m", "a", bits=bits), raw) == value


def test_a_share_is_taken_of_what_is_left() -> None:
    used = Metric("m", "a", minus=("b", "c"), percent_of=("a",))

    assert only_value(used, 1000, 300, b"200") == 50.0
    assert read(used, 1000, 300) == Interpretation(())  # one of them was not answered
    assert read(used, 0, 0, 0) == Interpretation(())  # nothing of nothing is no percentage


def test_a_factor_comes_from_another_value() -> None:
    times = Metric("m", "a", scale_from=(ScaleFrom("b"),))
    ten_to = Metric("m", "a", scale_from=(ScaleFrom("b", power_of_ten=-1),))

    assert only_value(times, 12835960, 4096) == 52576092160
    assert only_value(ten_to, 2360, 1) == 236.0
    assert read(times, 5) == Interpretation(())
    assert read(ten_to, 5, 1000).faults[0].problem == "10 to the -1000 is no factor"


def test_a_sensor_says_its_scale_and_precision() -> None:
    # ENTITY-SENSOR-MIB (RFC 3433): milli, one decimal: 12345 is 1.2345
    sensor = Metric(
        "m",
        "a",
        scale_from=(ScaleFrom("b", values={8: 1e-3, 9: 1.0}), ScaleFrom("c", power_of_ten=-1)),
    )

    assert only_value(sensor, 12345, 8, 1) == 1.2345
    assert only_value(sensor, 12345, 9, 1) == 1234.5
    assert read(sensor, 12345, 3, 1).faults[0].problem == "no factor is known for '3' in b"


def test_what_cannot_be_is_a_fault() -> None:
    metric = Metric("m", "a", minimum=-40, maximum=150)

    assert only_value(metric, 150) == 150
    assert read(metric, 5000).faults[0].problem == "5000 is above the most possible, 150"
    assert read(metric, -41).faults[0].problem == "-41 is below the least possible, -40"


def test_the_sources_of_a_group_are_named_once_each() -> None:
    group = group_of(
        Metric("m", "a", minus=("b",), percent_of=("a",)),
        Metric("n", "a", scale_from=(ScaleFrom("c"),)),
    )

    assert scalar_sources(group) == ("a", "b", "c")


# --- text -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"eth0", "eth0"),
        (b"eth0\x00", "eth0"),
        (b"eth0\x00\xff\x07", "eth0"),
        (b"Caf\xc3\xa9", "Café"),
        (b"Caf\xe9 Losari", "Café Losari"),
        (b"Cisco IOS\r\nVersion 12", "Cisco IOS Version 12"),
        (b"a\x07b", "a b"),
        (b"\xb8\xa4\x4f\xc0\xff\xee", "b8:a4:4f:c0:ff:ee"),
        (b"\x64\xd1\x54\x9a\x51\x3c", "64:d1:54:9a:51:3c"),
        (b"B8:69:F4:00:00:01", "B8:69:F4:00:00:01"),
        ("1.3.6.1", "1.3.6.1"),
        (7, "7"),
        (True, "true"),
        (b"", ""),
        (None, None),
        (Missing.NO_SUCH_OBJECT, None),
    ],
)
def test_text_is_what_people_can_read(raw: Value, text: str | None) -> None:
    assert text_of(raw) == text


@given(st.binary(max_size=2000))
def test_text_of_any_octets_is_short_and_printable(raw: bytes) -> None:
    text = text_of(raw)

    assert text is not None
    assert len(text) <= TEXT_LIMIT
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in text)


@given(st.text(max_size=400))
def test_any_text_is_a_number_or_none(text: str) -> None:
    number = number_in(text)

    assert number is None or isinstance(number, int | float)


def test_a_text_reading_is_bounded() -> None:
    metric = Metric("m", "a", kind=MetricKind.TEXT)

    assert only_value(metric, b"x" * 5000) == "x" * TEXT_LIMIT


# --- tables -----------------------------------------------------------------------------------


def test_rows_take_their_labels_from_columns() -> None:
    table = Table("t", (Metric("m", "v"),), {"interface": ("name", "descr")})

    found = interpret_table(
        table,
        {"v": {"10": 1, "2": 2}, "name": {"2": b"", "10": b"ge-0"}, "descr": {"2": b"eth1"}},
    )

    assert [(reading.value, reading.labels) for reading in found.readings] == [
        (2, (("interface", "eth1"),)),
        (1, (("interface", "ge-0"),)),
    ]


def test_rows_with_the_same_labels_get_their_index() -> None:
    table = Table("t", (Metric("m", "v"),), {"interface": ("name",)})

    found = interpret_table(
        table, {"v": {"1": 1, "2": 2, "3": 3}, "name": {"1": b"a", "2": b"b", "3": b"b"}}
    )

    assert [reading.labels for reading in found.readings] == [
        (("interface", "a"),),
        (("interface", "b"), ("index", "2")),
        (("interface", "b"), ("index", "3")),
    ]


def test_a_state_in_a_name_is_cut_off_the_label() -> None:
    table = Table(
        "t",
        (Metric("m", "v"),),
        {"fan": ("name",)},
        label_patterns={"fan": "^(.+?), (?i:normal|critical)"},
    )
    columns: dict[str, dict[str, Value]] = {
        "v": {"1": 1, "2": 3, "3": 1},
        "name": {"1": b"Fan 1, Normal", "2": b"Fan 2, CRITICAL", "3": b"Switch#1, Fan#1"},
    }

    found = interpret_table(table, columns)

    assert [reading.labels for reading in found.readings] == [
        (("fan", "Fan 1"),),
        (("fan", "Fan 2"),),
        (("fan", "Switch#1, Fan#1"),),
    ]


def test_an_index_has_parts() -> None:
    table = Table(
        "t", (Metric("m", "v"),), {"sort": ("index.1",), "id": ("index.2",), "x": ("index.3",)}
    )

    (reading,) = interpret_table(table, {"v": {"4.17": 20}}).readings

    assert reading.labels == (("sort", "4"), ("id", "17"))
    assert table_sources(table) == ("v",)


def test_rows_are_kept_and_dropped_by_their_columns() -> None:
    table = Table(
        "t",
        (Metric("m", "v"),),
        {"storage": ("name",)},
        keep_when={"type": ("1.2.4", 7)},
        drop_when={"name": "^/(run|dev)"},
    )

    found = interpret_table(
        table,
        {
            "v": {"1": 1, "2": 2, "3": 3, "4": 4},
            "type": {"1": "1.2.4", "2": "1.2.5", "3": b"7", "4": 7},
            "name": {"1": b"/", "2": b"/x", "3": b"/run/lock", "4": b"/var"},
        },
    )

    assert [reading.value for reading in found.readings] == [1, 4]


def test_a_metric_can_depend_on_what_its_row_says_it_is() -> None:
    table = Table(
        "t",
        (
            Metric("temperature", "v", unit="°C", when={"unit": (1,)}),
            Metric("voltage", "v", unit="V", scale=0.1, when={"unit": (3,)}),
        ),
        {"sensor": ("name",)},
    )

    found = interpret_table(
        table,
        {
            "v": {"13": 243, "14": 38, "15": 1},
            "unit": {"13": 3, "14": 1, "15": 6},
            "name": {"13": b"supply", "14": b"board", "15": b"psu"},
        },
    )

    assert [(reading.metric, reading.value) for reading in found.readings] == [
        ("voltage", 24.3),
        ("temperature", 38),
    ]


@pytest.mark.parametrize(
    ("combine", "value"),
    [(Combine.MEAN, 6.0), (Combine.SUM, 24), (Combine.MIN, 5), (Combine.MAX, 7)],
)
def test_rows_are_combined_into_one_reading(combine: Combine, value: float) -> None:
    table = Table("t", (Metric("cpu", "v", unit="%", combine=combine),), {"core": ("index",)})

    found = interpret_table(table, {"v": {"1": 5, "2": b"5 %", "3": 7, "4": 7, "5": None}})

    (reading,) = found.readings
    assert (reading.value, reading.unit, reading.labels) == (value, "%", ())


def test_rows_are_combined_by_several_labels_at_once() -> None:
    def clients(*by: str) -> Metric:
        return Metric("wifi_clients", "n", combine=Combine.SUM, by=by)

    labels = {"ssid": ("s",), "radio": ("r",)}
    table = Table("t", (clients(), clients("ssid"), clients("radio")), labels)
    cells: dict[str, dict[str, Value]] = {
        "n": {"1": 1, "2": 3, "3": 5, "4": 2},
        "s": {"1": b"kota", "2": b"tamu", "3": b"kota", "4": b""},
        "r": {"1": b"ng", "2": b"ng", "3": b"na", "4": b"na"},
    }

    found = {reading.labels: reading.value for reading in interpret_table(table, cells).readings}

    assert found == {
        (): 11,
        (("ssid", "kota"),): 6,
        (("ssid", "tamu"),): 3,
        (("radio", "ng"),): 4,
        (("radio", "na"),): 7,
    }


def test_an_empty_table_is_no_fault() -> None:
    table = Table("t", (Metric("m", "v", combine=Combine.MEAN),), {"x": ("name",)})

    assert interpret_table(table, {}) == Interpretation(())
    assert interpret_table(table, {"name": {"1": b"a"}}) == Interpretation(())


def test_one_bad_row_does_not_spoil_the_others() -> None:
    table = Table("t", (Metric("m", "v"),))

    found = interpret_table(table, {"v": {"1": b"bad", "2": 2}})

    assert [reading.value for reading in found.readings] == [2]
    assert [fault.problem for fault in found.faults] == ["'bad' is no number"]
