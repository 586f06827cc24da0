"""Rows and cells are read the short way, and mean what they mean read the long way."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import Metric, MetricKind, Table
from collector.probes.snmp import rows
from collector.probes.snmp.interpret import interpret_table
from collector.probes.snmp.rows import make_rows, rows_of
from collector.probes.snmp.values import Missing, Value

Columns = dict[str, dict[str, Value]]

TABLES = (
    Table("plain", (Metric("m", "v"), Metric("n", "w", kind=MetricKind.COUNTER)), {"x": ("a",)}),
    Table("second", (Metric("m", "v"),), {"x": ("a", "b"), "y": ("b",)}),
    Table("foreign", (Metric("m", "v"),), {"x": ("b[a]",), "y": ("index.1",), "z": ("c[]",)}),
    Table("filters", (Metric("m", "v"),), {"x": ("a",)}, {"b": (1, "ge")}, {"a": "^x"}),
    Table("cut", (Metric("m", "v", scale=2.0), Metric("n", "w[a]")), {"x": ("a",)},
          label_patterns={"x": "(g)e"}),
    Table("texts", (Metric("m", "v", kind=MetricKind.TEXT), Metric("n", "w", when={"a": (1,)}))),
)  # fmt: skip
ORDER = ("v", "w", "a", "b", "c")
CELLS = st.one_of(
    st.sampled_from([0, 1, -1, 1.0, True, False, None, Missing.NO_SUCH_INSTANCE]),
    st.sampled_from([b"", b"ge", b"ge\x00", b"xe", b"1", b"1.0", "1", "ge", b"ge-0/1", 2**64 - 1]),
    st.floats(),
)
INDEXES = st.sampled_from(["", "1", "2", "10", "1.2", "2.1", "ge", "0"])
COLUMNS = st.dictionaries(st.sampled_from(ORDER), st.dictionaries(INDEXES, CELLS, max_size=6))


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> Iterator[None]:
    rows._memory.clear()
    rows._remembered = 0
    yield
    rows._memory.clear()
    rows._remembered = 0


def indexes_of(table: Table, columns: Columns) -> list[str]:
    return [index for metric in table.metrics for index in columns.get(metric.source, ())]


def made_anew(table: Table, columns: Columns) -> rows.Rows:
    return make_rows(table, dict.fromkeys(indexes_of(table, columns)), columns)


@settings(deadline=None)
@given(st.sampled_from(TABLES), st.lists(COLUMNS, max_size=4))
def test_remembered_rows_are_what_would_be_made_anew(table: Table, walks: list[Columns]) -> None:
    for columns in walks * 2:
        assert rows_of(table, columns) == made_anew(table, columns)


@settings(deadline=None)
@given(st.sampled_from(TABLES), COLUMNS)
def test_cells_read_at_one_look_mean_what_they_mean_read_one_way_after_the_other(
    table: Table, columns: Columns
) -> None:
    # the same metrics written twice are no simple table, and the second ways bring nothing new
    longer = replace(table, metrics=table.metrics * 2)
    short, long = interpret_table(table, columns), interpret_table(longer, columns)
    assert repr(short.readings) == repr(long.readings)  # NaN is not equal to itself
    assert set(short.faults) == set(long.faults)


def test_agents_with_the_same_names_share_their_rows() -> None:
    table, names = TABLES[0], {"1": b"ge-1", "2": b"ge-2"}
    columns: Columns = {"v": {"1": 5, "2": 6}, "w": {"1": 7, "2": 8}, "a": dict(names)}
    others: Columns = {"v": {"1": 50, "2": 60}, "w": {"1": 70, "2": 80}, "a": dict(names)}
    first = rows_of(table, columns)
    assert rows_of(table, others) is first
    others["a"]["2"] = b"ge-3"
    assert rows_of(table, others) != first
    assert rows_of(table, columns) is first


@pytest.mark.parametrize(
    "columns",
    [
        {"v": {"1": 1}, "a": {"1": 1.0}},  # 1 and 1.0 are equal, and are not written the same
        {"v": {"1": 1}, "a": {"1": True}},
        {"v": {"1": 1}, "a": {"1": b"x" * 256}},
        {"v": {"1." * 200 + "1": 1}, "a": {}},
        {"v": {str(number): 1 for number in range(5000)}, "a": {}},
    ],
)
def test_what_is_not_sure_to_be_the_same_or_too_long_is_not_remembered(columns: Columns) -> None:
    rows_of(TABLES[0], columns)
    assert rows._memory == {}


def test_an_agent_with_ever_new_names_does_not_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rows, "_MOST_REMEMBERED", 200)
    for walk in range(100):
        columns: Columns = {"v": dict.fromkeys(map(str, range(10)), 1), "a": {"1": walk}}
        rows_of(TABLES[0], columns)
        assert 0 < len(rows._memory) < 10
        assert rows._remembered <= 200
