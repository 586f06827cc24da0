"""Where a table's words point: cells, cells of other tables, parts of an index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Combine, Metric, Reading, Table
from collector.probes.snmp.interpret import interpret_table, table_scalars, table_sources
from collector.probes.snmp.values import Value
from collector.profiles.columns import ColumnAt, IndexPart, parse_reference

Columns = dict[str, dict[str, Value]]


@pytest.mark.parametrize(
    ("words", "index", "part"),
    [
        ("index", "1.2.3", "1.2.3"),
        ("index.2", "1.2.3", "2"),
        ("index.2-3", "1.2.3.4", "2.3"),
        ("index.2-", "1.2.3.4", "2.3.4"),
        ("index.4", "1.2.3", None),
        ("index.2-4", "1.2.3", None),
        ("index.2-7:mac", "9.184.164.79.2.254.1", "b8:a4:4f:02:fe:01"),
        ("index:mac", "6.184.164.79.2.254.1", "b8:a4:4f:02:fe:01"),
        ("index:mac", "184.164.79.2.254", None),
        ("index.1-4:ip", "192.0.2.7.5", "192.0.2.7"),
        ("index:text", "3.97.98.99", "abc"),
        ("index:text", "97.98.99", "abc"),
        ("index.2:text", "7.3.97.98.99", "abc"),
        ("index:text", "300.97", None),
        ("index:text", "7.8", None),
    ],
)
def test_a_part_of_an_index_is_read_as_asked(words: str, index: str, part: str | None) -> None:
    reference = parse_reference(words)

    assert isinstance(reference, IndexPart)
    assert reference.of(index) == part


@pytest.mark.parametrize("words", ["", "1.3.6[", "[index]", "1.3.6[index]x", "index.3-2"])
def test_words_that_point_nowhere_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match="no "):
        parse_reference(words)


@given(st.text(max_size=40))
def test_any_words_point_somewhere_or_are_refused(words: str) -> None:
    try:
        reference = parse_reference(words)
    except ValueError:
        return
    assert isinstance(reference, IndexPart | ColumnAt)


def test_a_label_comes_from_another_table_by_a_part_of_the_index() -> None:
    table = Table("clients", (Metric("signal_dbm", "v"),), {"radio": ("name[index.2]",)})
    columns: Columns = {"v": {"7.1": -60, "7.2": -70}, "name": {"1": b"wlan0", "2": b"wlan1"}}

    found = interpret_table(table, columns)

    assert table_sources(table) == ("v", "name")
    assert [reading.labels for reading in found.readings] == [
        (("radio", "wlan0"),),
        (("radio", "wlan1"),),
    ]


def test_a_label_comes_from_the_row_that_a_cell_names() -> None:
    table = Table("poe", (Metric("power_watts", "v"),), {"interface": ("name[bridge]",)})
    columns: Columns = {"v": {"1": 4}, "bridge": {"1": 25}, "name": {"1": b"lo", "25": b"gi1"}}

    (reading,) = interpret_table(table, columns).readings

    assert table_sources(table) == ("v", "name", "bridge")
    assert reading.labels == (("interface", "gi1"),)


def test_a_single_value_counts_for_every_row() -> None:
    table = Table("t", (Metric("m_percent", "v", percent_of=("1.3.6.0[]",)),))
    columns: Columns = {"v": {"1": 5, "2": 10}, "1.3.6.0": {"": 20}}

    assert (table_sources(table), table_scalars(table)) == (("v",), ("1.3.6.0",))
    assert [reading.value for reading in interpret_table(table, columns).readings] == [25, 50]


def test_a_whole_may_be_told_in_parts() -> None:
    table = Table(
        "pools",
        (
            Metric("size_bytes", "used", plus=("free",)),
            Metric("used_percent", "used", percent_of=("used", "free")),
        ),
    )
    columns: Columns = {"used": {"1": 30, "2": 5}, "free": {"1": 90}}

    assert [reading.value for reading in interpret_table(table, columns).readings] == [120, 25]


def test_rows_are_counted_by_a_label_and_none_are_zero() -> None:
    clients = Metric("clients", "mac", combine=Combine.COUNT)
    by_ssid = Metric("ssid_clients", "mac", combine=Combine.COUNT, by=("ssid",))
    table = Table("clients", (clients, by_ssid), {"ssid": ("name",), "mac": ("mac",)})
    columns: Columns = {
        "mac": {"1": b"\x00\x00\x5e\x00\x53\x01", "2": b"\x00\x00\x5e\x00\x53\x02", "3": b"x"},
        "name": {"1": b"alun", "2": b"alun", "3": b"taman"},
    }

    found = interpret_table(table, columns).readings

    assert found == (
        Reading("clients", 3),
        Reading("ssid_clients", 2, labels=(("ssid", "alun"),)),
        Reading("ssid_clients", 1, labels=(("ssid", "taman"),)),
    )
    assert interpret_table(table, {}).readings == (Reading("clients", 0),)


def test_fixed_labels_tell_values_of_one_name_apart() -> None:
    one, other = (("line", "1"),), (("line", "2"),)
    table = Table("t", (Metric("volts", "a", labels=one), Metric("volts", "b", labels=other)))
    columns: Columns = {"a": {"0": 230}, "b": {"0": 231}}

    found = interpret_table(table, columns).readings

    assert [(it.value, it.labels) for it in found] == [(230, one), (231, other)]


def test_milliwatts_become_decibels_and_darkness_is_no_value() -> None:
    table = Table("optics", (Metric("power_dbm", "v", scale=0.001, decibel=True),))
    columns: Columns = {"v": {"1": 1000, "2": 100, "3": 0}}

    found = interpret_table(table, columns)

    assert [reading.value for reading in found.readings] == [0, -10]
    assert found.faults == ()
