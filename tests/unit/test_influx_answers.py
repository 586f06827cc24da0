"""Answers of a server that may say anything: what is read of them, or SinkError, nothing else."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.sinks import SinkError
from collector.sinks.influx.client import InfluxClient
from collector.sinks.influx.reader import InfluxReader
from collector.sinks.influx.schema import FieldType
from collector.sinks.spool import FieldRow
from tests.influx_sink import StandingClock, settings_of

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SETTINGS = settings_of("http://127.0.0.1:1", "b", keep="2d", keep_5m="4d", spool_age="1h")
FIELDS = [
    FieldRow("heat", "environment", "heat", FieldType.FLOAT, "Cel", 1.0),
    FieldRow("octets", "interface", "octets", FieldType.COUNTER, "B", 1.0),
    FieldRow("uptime", "snmp", "uptime", FieldType.INTEGER, "s", 100),
    FieldRow("heat", "environment", "heat_text", FieldType.TEXT, "Cel", 1.0),
]


class Known:
    def fields(self) -> list[FieldRow]:
        return FIELDS


class Liar(InfluxClient):
    """Gives pieces of an answer without asking anybody."""

    pieces: tuple[bytes, ...] = ()

    def _pieces(self, form: Mapping[str, str]) -> Iterator[bytes]:
        del form
        yield from self.pieces


numbers = st.one_of(
    st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False, allow_infinity=False)
)
cells = st.one_of(numbers, st.integers(0, 10), st.none(), st.booleans(), st.text(max_size=3))
moments = st.integers(-(10**15), 4 * 10**15)
anything = st.recursive(
    cells, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2)
)
questions = st.tuples(
    st.sampled_from(["heat", "octets", "uptime", "unheard_of"]),
    st.sampled_from([None, 60, 3600]),
    st.sampled_from([1, 3, 9]).map(lambda days: timedelta(days=days)),  # raw, 5 minutes, an hour
)
Question = tuple[str, int | None, timedelta]


def series_of(width: int) -> st.SearchStrategy[dict[str, object]]:
    columns = ["time", *(f"c{n}" for n in range(width - 1))]
    row = st.tuples(moments, *[numbers] * (width - 2), cells).map(list)
    return st.fixed_dictionaries(
        {
            "name": st.sampled_from(["interface", "environment"]),
            "columns": st.just(columns),
            "values": st.lists(row, max_size=4),
        },
        optional={
            "tags": st.dictionaries(st.sampled_from(["device", "ifName", "x"]), st.text(max_size=3))
        },
    )


def documents(question: Question) -> st.SearchStrategy[object]:
    """Answers to a question: mostly such as could be one."""
    _, step, age = question
    width = 6 if age.days > 1 else 5 if step == 3600 else 2
    likely = st.builds(
        lambda own: {"results": [{"statement_id": 0, "series": own}]},
        st.lists(series_of(width), max_size=2),
    )
    hostile = st.one_of(
        anything,
        st.builds(lambda inner: {"results": inner}, anything),
        st.builds(lambda inner: {"results": [{"series": [inner]}]}, anything),
        st.builds(
            lambda one, key, inner: {"results": [{"series": [{**one, key: inner}]}]},
            series_of(width),
            st.sampled_from(["name", "tags", "columns", "values", "partial"]),
            anything,
        ),
    )
    return st.integers(0, 9).flatmap(lambda n: likely if n < 7 else hostile)


def pieces(question: Question) -> st.SearchStrategy[bytes]:
    written = documents(question).map(lambda one: json.dumps(one).encode())
    return st.integers(0, 9).flatmap(lambda n: written if n else st.binary(max_size=30))


asked = questions.flatmap(lambda one: st.tuples(st.just(one), st.lists(pieces(one), max_size=2)))


@pytest.fixture
def liar() -> Iterator[Liar]:
    with closing(Liar(SETTINGS)) as client:
        yield client


def test_whatever_a_server_says_is_read_or_refused(liar: Liar) -> None:
    reader = InfluxReader(liar, Known(), SETTINGS, StandingClock(NOW))
    read: list[object] = []

    @settings(deadline=None, max_examples=120)
    @given(asked)
    def hold(given_: tuple[Question, list[bytes]]) -> None:
        (metric, step, age), said = given_
        liar.pieces = tuple(said)
        with suppress(SinkError):
            found = reader.query("a", metric, NOW - age, NOW - age + timedelta(days=1), step)
            read.extend(point for one in found for point in one.points)
        with suppress(SinkError):
            read.extend(reader.list_series("a"))

    hold()
    assert read  # it was not all refused


def test_an_answer_with_other_columns_than_asked_for_is_refused(liar: Liar) -> None:
    rows = {"name": "environment", "columns": ["time", "a", "b"], "values": [[1, 2, 3]]}
    liar.pieces = (json.dumps({"results": [{"series": [rows]}]}).encode(),)
    reader = InfluxReader(liar, Known(), SETTINGS, StandingClock(NOW))
    with pytest.raises(SinkError, match="something else than it was asked"):
        reader.query("a", "heat", NOW - timedelta(days=1), NOW)
