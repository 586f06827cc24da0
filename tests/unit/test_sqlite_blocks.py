"""The embedded sink's two codecs: whatever goes in comes out, to the last digit."""

import math
import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collector.sinks.blocks import (
    HOUR_MICROS,
    DamagedBlock,
    Points,
    pack_block,
    unpack_block,
)
from collector.sinks.frames import (
    Number,
    can_be_kept,
    pack,
    pack_column,
    pack_ids,
    unpack,
    unpack_ids,
)

HOUR = 490_000
START = HOUR * HOUR_MICROS
COUNTER64 = 2**64 - 1

patient = settings(deadline=None)  # a busy machine is no failure

whole = st.integers(min_value=-(2**63), max_value=COUNTER64)
floats = st.floats(allow_nan=False, allow_infinity=False)
readable = st.floats(min_value=-1e6, max_value=1e6).map(lambda value: round(value, 3))
columns = st.one_of(
    st.lists(whole, min_size=1, max_size=40),
    st.lists(floats, min_size=1, max_size=40),
    st.lists(readable, min_size=1, max_size=40),
    st.lists(whole | floats, min_size=1, max_size=40),
)


def same(found: Number, expected: Number) -> bool:
    return type(found) is type(expected) and found == expected


@patient
@given(st.dictionaries(st.integers(min_value=0, max_value=2**32 - 1), whole | floats, max_size=30))
@example({7: COUNTER64, 8: -(2**63), 9: 0.1})
def test_a_frame_gives_back_every_value_in_its_kind(values: dict[int, Number]) -> None:
    found = dict(zip(*unpack(pack(values)), strict=True))
    assert found.keys() == values.keys()
    assert all(same(found[series], value) for series, value in values.items())


@patient
@given(columns | st.just([math.nan]) | st.just([1e308, 1e308]) | st.just([2**63, 1]))
def test_a_column_of_one_kind_packs_to_the_same_frame_the_short_way(values: list[Number]) -> None:
    series = range(7, 7 + len(values))
    frame = pack_column(pack_ids(series), values)
    assert unpack_ids(pack_ids(series)) == tuple(series)
    if frame is not None:
        assert frame == pack(dict(zip(series, values, strict=True)))


@pytest.mark.parametrize("values", [[0.5, -1.0], [0, 2**63 - 1, -(2**63)]])
def test_plain_columns_go_the_short_way_and_others_do_not(values: list[Number]) -> None:
    ids = pack_ids(range(len(values)))
    assert pack_column(ids, values) is not None
    for odd in (math.nan, math.inf, "text", 2**63, True):
        assert pack_column(ids, [*values[:-1], odd]) is None


def test_a_whole_number_beyond_64_bits_is_kept_as_a_float() -> None:
    assert unpack(pack({1: 2**70})) == ((1,), (float(2**70),))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400])
def test_what_no_chart_can_show_is_not_kept(value: Number) -> None:
    assert not can_be_kept(value)


@pytest.mark.parametrize("data", [b"", b"\x01\x00\x00\x00" + bytes(8), pack({1: 2.0}) + b"\x00"])
def test_bytes_that_are_no_frame_are_refused(data: bytes) -> None:
    with pytest.raises(struct.error):
        unpack(data)


@st.composite
def blocks(draw: st.DrawFn) -> dict[int, Points]:
    offset = st.integers(min_value=0, max_value=HOUR_MICROS - 1)
    found: dict[int, Points] = {}
    moments: list[int] = []
    for series in draw(st.sets(st.integers(0, 2**40), min_size=1, max_size=4)):
        values = draw(columns)
        size = len(values)
        if len(moments) != size or draw(st.booleans()):
            offsets = draw(st.lists(offset, min_size=size, max_size=size, unique=True))
            moments = sorted(START + each for each in offsets)
        found[series] = Points(moments, values)
    return found


@patient
@given(blocks())
def test_a_block_gives_back_every_point(series: dict[int, Points]) -> None:
    found = unpack_block(HOUR, pack_block(HOUR, series))
    assert list(found) == list(series)
    for number, (moments, values) in series.items():
        assert list(found[number].moments) == list(moments)
        assert all(map(same, found[number].values, values))


def test_a_counter_beyond_what_a_float_holds_keeps_its_last_digit() -> None:
    values = [2**60 + 1, 2**60 + 3, 2**63 + 5, COUNTER64]
    moments = [START, START + 1, START + 2, START + 3]
    found = unpack_block(HOUR, pack_block(HOUR, {1: Points(moments, values)}))
    assert list(found[1].values) == values


def test_an_hour_of_regular_polling_takes_few_bytes() -> None:
    moments = [START + 30_000_000 * n for n in range(120)]
    idle = pack_block(HOUR, {1: Points(moments, [0.0] * 120)})
    counting = pack_block(HOUR, {1: Points(moments, [10**12 + 1_000 * n for n in range(120)])})
    tenths = pack_block(HOUR, {1: Points(moments, [(200 + n % 7) / 10 for n in range(120)])})
    assert len(idle) < 40
    assert len(counting) < 40
    assert len(tenths) < 120  # the naive row takes 24 bytes a point


def test_series_polled_together_share_their_moments() -> None:
    moments = [START + n * n for n in range(100)]
    one = pack_block(HOUR, {1: Points(moments, [1] * 100)})
    many = pack_block(HOUR, {n: Points(moments, [1] * 100) for n in range(20)})
    assert len(many) < 2 * len(one)


@patient
@given(st.binary(max_size=60))
def test_bytes_that_are_no_block_are_refused(data: bytes) -> None:
    with pytest.raises(DamagedBlock):
        unpack_block(HOUR, data)


def test_a_block_cut_short_is_refused() -> None:
    whole_block = pack_block(HOUR, {1: Points([START, START + 5], [1.1e-7, 2.3e-9])})
    for size in range(len(whole_block) - 4):
        with pytest.raises(DamagedBlock):
            unpack_block(HOUR, whole_block[:size])
