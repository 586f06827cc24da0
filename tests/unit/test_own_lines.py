"""Lines that we wrote are read back as they were meant."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.courier.own_lines import series_in, values_in
from collector.sinks.influx.lines import head, line, name, nanoseconds, text_value
from collector.sinks.influx.schema import MEASUREMENTS

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
names = st.text(min_size=1, max_size=8)
fields = st.dictionaries(
    names.map(name),
    st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-9, 2**63 - 1), names),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=200)
@given(
    measurement=st.sampled_from([*MEASUREMENTS, "a, b"]),
    tags=st.dictionaries(names, names, max_size=3),
    values=fields,
)
def test_what_is_written_is_read_whatever_it_holds(
    measurement: str, tags: dict[str, str], values: dict[str, float | int | str]
) -> None:
    plain = {f"f{number}": value for number, value in enumerate(values.values())}
    text = line(measurement, tags, plain, AT)
    assert list(values_in(text)) == [(head(measurement, {}), len(plain))]
    (series,) = series_in(text, ())
    assert series.head == head(measurement, tags)
    assert [column.name for column in series.columns] == list(plain)
    (row,) = series.rows
    assert row[0] == nanoseconds(AT)
    for column, value, read in zip(series.columns, plain.values(), row[1:], strict=True):
        if isinstance(value, str):
            assert (column.type, text_value(str(read))) == ("string", text_value(value))
        else:
            kind = "float" if isinstance(value, float) else "integer"
            assert (column.type, read, type(read)) == (kind, value, type(value))


@given(fields)
def test_names_of_fields_stay_as_they_are_written(values: dict[str, float | int | str]) -> None:
    pairs = ",".join(f"{field}=1i" for field in values)
    (series,) = series_in(f"m {pairs} 1\n".encode(), ())
    assert [column.name for column in series.columns] == list(values)


def test_lines_of_one_series_become_its_points_by_time() -> None:
    lines = b"m,d=a x=2i 2000\nm,d=b x=9i 1000\nm,d=a x=1i 1000\nm,d=a y=0.5 1000\n"
    one, other = series_in(lines, {("m", "x")})
    assert (one.head, list(one.rows)) == ("m,d=a", [(1000, 1, 0.5), (2000, 2, None)])
    assert [column.is_counter for column in one.columns] == [True, False]
    assert (other.head, list(other.rows)) == ("m,d=b", [(1000, 9)])
