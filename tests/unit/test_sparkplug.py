"""Sparkplug B: from bytes to named metrics, births, deaths, gaps; and whatever else is sent."""

import contextlib
import math
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.listeners import sparkplug, sparkplug_payload
from collector.listeners.mqtt_formats import PayloadError
from collector.listeners.sparkplug import KNOWN_LIMIT, META, SparkplugDecoder
from collector.listeners.sparkplug_payload import UNREADABLE, DataType

NOW_MS = 1_795_000_000_000


def message(
    *metrics: dict[str, Any], seq: int | None = None, timestamp: int | None = NOW_MS
) -> bytes:
    """Encode a payload as an edge node does."""
    made, _ = sparkplug_payload._message_class()
    payload = made()
    if timestamp is not None:
        payload.timestamp = timestamp
    if seq is not None:
        payload.seq = seq
    for metric in metrics:
        added = payload.metrics.add()
        for key, value in metric.items():
            setattr(added, key, value)
    encoded: bytes = payload.SerializeToString()
    return encoded


def topic(kind: str, device: str = "") -> str:
    return f"spBv1.0/Makassar/{kind}/gerbang-1" + (f"/{device}" if device else "")


def hear(
    decoder: SparkplugDecoder, kind: str, *metrics: dict[str, Any], device: str = "", **rest: Any
) -> dict[str, Any]:
    return decoder.decode(message(*metrics, **rest), topic(kind, device))


@pytest.fixture
def decoder() -> SparkplugDecoder:
    return SparkplugDecoder()


def test_a_payload_written_by_hand_from_the_specification_is_read(
    decoder: SparkplugDecoder,
) -> None:
    """Field numbers and wire types as the specification has them, without our own description."""
    metric = (
        b"\x0a\x04Suhu"  # 1: name
        b"\x10\x07"  # 2: alias
        b"\x20\x03"  # 4: datatype Int32
        b"\x50\xff\xff\xff\xff\x0f"  # 10: int_value, -1 in two's complement
    )
    volts = b"\x0a\x04Volt" + b"\x20\x0a" + b"\x69" + struct.pack("<d", 230.5)  # 13: double
    payload = b"\x08\x80\xd0\xfd\x95\x9f4"  # 1: timestamp
    payload += b"".join(b"\x12" + bytes([len(one)]) + one for one in (metric, volts))  # 2: metrics
    payload += b"\x18\x00"  # 3: seq
    document = decoder.decode(payload, topic("NBIRTH"))
    assert document["Suhu"] == -1
    assert document["Volt"] == 230.5
    assert decoder.decode(message({"alias": 7, "int_value": 21}), topic("NDATA"))["Suhu"] == 21


@pytest.mark.parametrize(
    ("datatype", "field", "raw", "value"),
    [
        (DataType.INT8, "int_value", 2**32 - 5, -5),
        (DataType.INT8, "int_value", 0xFB, -5),
        (DataType.INT16, "int_value", 2**32 - 300, -300),
        (DataType.INT32, "int_value", 2**31, -(2**31)),
        (DataType.INT64, "long_value", 2**64 - 1, -1),
        (DataType.INT32, "long_value", 2**64 - 2, -2),
        (DataType.UINT8, "int_value", 255, 255),
        (DataType.UINT8, "int_value", 256, UNREADABLE),
        (DataType.UINT32, "int_value", 2**32 - 1, 2**32 - 1),
        (DataType.UINT32, "long_value", 2**32 - 1, 2**32 - 1),
        (DataType.UINT64, "long_value", 2**64 - 1, 2**64 - 1),
        (DataType.FLOAT, "float_value", 1.5, 1.5),
        (DataType.DOUBLE, "double_value", -0.25, -0.25),
        (DataType.BOOLEAN, "boolean_value", True, True),
        (DataType.STRING, "string_value", "siaga", "siaga"),
        (DataType.TEXT, "string_value", "x" * 5000, "x" * 1000),
        (DataType.DATE_TIME, "long_value", 1_500, 1.5),
        (DataType.INT16_ARRAY, "bytes_value", struct.pack("<3h", -1, 0, 7), [-1, 0, 7]),
        (DataType.UINT8_ARRAY, "bytes_value", bytes(100), [0] * 64),
        (DataType.FLOAT_ARRAY, "bytes_value", b"abc", UNREADABLE),
        (17, "bytes_value", b"a file", UNREADABLE),
        (DataType.STRING, "int_value", 7, UNREADABLE),
        (DataType.INT32, "string_value", "7", UNREADABLE),
    ],
)
def test_a_value_is_read_as_its_type_says(
    decoder: SparkplugDecoder, datatype: int, field: str, raw: Any, value: Any
) -> None:
    document = hear(decoder, "NDATA", {"name": "m", "datatype": datatype, field: raw})
    assert document["m"] == value
    assert type(document["m"]) is type(value)


def test_null_is_nothing(decoder: SparkplugDecoder) -> None:
    null = {"name": "m", "datatype": DataType.INT32, "is_null": True, "int_value": 5}
    bare = {"name": "n", "datatype": DataType.INT32}
    document = hear(decoder, "NDATA", null, bare)
    assert (document["m"], document["n"]) == (None, None)


def test_data_by_number_get_name_and_type_from_the_birth(decoder: SparkplugDecoder) -> None:
    born = {"name": "Inputs/A", "alias": 1, "datatype": DataType.INT16, "int_value": 3}
    hear(decoder, "NBIRTH", seq=0)
    document = hear(decoder, "DBIRTH", born, device="pompa", seq=1)
    assert document == {
        "Inputs/A": 3,
        META: {"gaps": 0, "unnamed": 0, "history": 0, "at": NOW_MS, "status": "online"},
    }
    document = hear(decoder, "DDATA", {"alias": 1, "int_value": 2**32 - 9}, device="pompa", seq=2)
    assert document["Inputs/A"] == -9
    assert "status" not in document[META]
    document = hear(decoder, "DDATA", {"name": "Inputs/A", "int_value": 2**32 - 8}, device="pompa")
    assert document["Inputs/A"] == -8


def test_a_new_birth_of_the_node_makes_old_numbers_worthless(decoder: SparkplugDecoder) -> None:
    hear(decoder, "NBIRTH", {"name": "a", "alias": 1, "datatype": 3, "int_value": 1}, seq=0)
    hear(decoder, "NBIRTH", {"name": "b", "alias": 2, "datatype": 3, "int_value": 1}, seq=0)
    with pytest.raises(PayloadError, match="no birth was heard"):
        hear(decoder, "NDATA", {"alias": 1, "int_value": 4}, seq=1)
    known_too = ({"alias": 1, "int_value": 4}, {"alias": 2, "int_value": 5})
    document = hear(decoder, "NDATA", *known_too, seq=2)
    assert (document["b"], document[META]["unnamed"]) == (5, 1)


def test_missing_numbers_are_counted_over_the_wrap_and_repeated_ones_are_not(
    decoder: SparkplugDecoder,
) -> None:
    def gaps(kind: str, seq: int, device: str = "") -> int:
        heard = hear(decoder, kind, device=device, seq=seq)
        return int(heard[META]["gaps"])

    assert gaps("NBIRTH", 254) == 0
    assert gaps("DBIRTH", 255, "a") == 0
    assert gaps("DDATA", 0, "a") == 0
    assert gaps("NDATA", 1) == 0
    assert gaps("NDATA", 1) == 0
    assert gaps("DDATA", 4, "a") == 1
    assert gaps("DDEATH", 5, "a") == 1
    assert gaps("NDATA", 7) == 2
    assert gaps("NBIRTH", 0) == 2
    assert gaps("NDATA", 1) == 2


def test_without_a_birth_nobody_knows_what_is_missing(decoder: SparkplugDecoder) -> None:
    for seq in (5, 9, 200):
        document = hear(decoder, "DDATA", device="a", seq=seq)
        assert document[META]["gaps"] == 0


def test_several_checks_that_hear_one_message_count_it_once(decoder: SparkplugDecoder) -> None:
    hear(decoder, "NBIRTH", seq=0)
    payload = message(seq=3)
    first = decoder.decode(payload, topic("NDATA"))
    assert decoder.decode(payload, topic("NDATA")) is first


def birth(sequence: int) -> dict[str, Any]:
    return {"name": "bdSeq", "datatype": DataType.INT64, "long_value": sequence}


def test_the_death_of_an_earlier_session_says_nothing_of_this_one(
    decoder: SparkplugDecoder,
) -> None:
    assert hear(decoder, "NBIRTH", birth(4), seq=0)[META]["status"] == "online"
    assert hear(decoder, "NDEATH", birth(3), timestamp=None) == {META: {"status": "online"}}
    assert hear(decoder, "NDEATH", birth(4), timestamp=None) == {META: {"status": "offline"}}
    assert hear(decoder, "NDEATH", birth(3), timestamp=None) == {META: {"status": "offline"}}


def test_a_death_of_which_no_birth_was_heard_is_believed(decoder: SparkplugDecoder) -> None:
    assert hear(decoder, "NDEATH", birth(9))[META]["status"] == "offline"
    assert hear(decoder, "DDEATH", device="a")[META]["status"] == "offline"


def test_history_is_left_out_and_as_old_as_it_is(decoder: SparkplugDecoder) -> None:
    past = {
        "name": "m", "datatype": 3, "int_value": 1, "is_historical": True, "timestamp": 1_000_000
    }  # fmt: skip
    fresh = {"name": "n", "datatype": 3, "int_value": 2, "timestamp": NOW_MS - 5}
    document = hear(decoder, "DDATA", past, fresh, device="a")
    assert ("m" in document, document["n"]) == (False, 2)
    assert (document[META]["history"], document[META]["at"]) == (1, NOW_MS)
    document = hear(decoder, "DDATA", past, device="a")
    assert (document[META]["history"], document[META]["at"]) == (1, 1_000_000)
    document = hear(decoder, "DDATA", fresh, device="a", timestamp=None)
    assert document[META]["at"] == NOW_MS - 5


@pytest.mark.parametrize(
    "wrong",
    [
        "spBv1.0/G/NDATA", "spBv1.0/G/NDATA/n/d", "spBv1.0/G/DDATA/n", "spBv1.0/G/STATE/n",
        "spAv1.0/G/NDATA/n", "spBv1.0//NDATA/n", "spBv1.0/G/DDATA/n/", "x", "",
    ],
)  # fmt: skip
def test_other_topics_are_refused(decoder: SparkplugDecoder, wrong: str) -> None:
    with pytest.raises(PayloadError, match="topic"):
        decoder.decode(message(), wrong)


def test_a_name_and_a_text_that_are_no_utf8_are_read_as_far_as_they_are(
    decoder: SparkplugDecoder,
) -> None:
    """By hand: metric (field 2) with name (1), type STRING (4: 12) and string value (15)."""
    metric = b"\x0a\x02\x80a" + b"\x20\x0c" + b"\x7a\x02b\x80"
    payload = b"\x08\x01" + b"\x12" + bytes([len(metric)]) + metric + b"\x18\x00"

    document = decoder.decode(payload, topic("NBIRTH"))

    assert document["\N{REPLACEMENT CHARACTER}a"] == "b\N{REPLACEMENT CHARACTER}"


def test_compressed_and_overlong_payloads_are_refused(decoder: SparkplugDecoder) -> None:
    made, _ = sparkplug_payload._message_class()
    with pytest.raises(PayloadError, match="compressed"):
        decoder.decode(made(uuid="SPBV1.0_COMPRESSED").SerializeToString(), topic("NDATA"))
    with pytest.raises(PayloadError, match="2000 metrics"):
        hear(decoder, "NDATA", *[{"alias": 1}] * 2001)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparkplug, "NODES_LIMIT", 3)
    monkeypatch.setattr(sparkplug, "KNOWN_LIMIT", 10)
    decoder = SparkplugDecoder()
    for number in range(20):
        metrics = [{"name": f"m{i}", "alias": i, "datatype": 3, "int_value": 1} for i in range(40)]
        decoder.decode(message(*metrics, seq=0), f"spBv1.0/G{number}/NBIRTH/n")
    assert [group for group, _ in decoder._nodes] == ["G17", "G18", "G19"]
    assert all(len(node.types) == 10 for node in decoder._nodes.values())
    assert KNOWN_LIMIT > 10


_TYPES = st.sampled_from(
    [
        (DataType.INT8, "int_value", -(2**7), 2**7 - 1, 32),
        (DataType.INT16, "int_value", -(2**15), 2**15 - 1, 32),
        (DataType.INT32, "int_value", -(2**31), 2**31 - 1, 32),
        (DataType.INT64, "long_value", -(2**63), 2**63 - 1, 64),
        (DataType.UINT8, "int_value", 0, 2**8 - 1, 32),
        (DataType.UINT16, "int_value", 0, 2**16 - 1, 32),
        (DataType.UINT32, "int_value", 0, 2**32 - 1, 32),
        (DataType.UINT64, "long_value", 0, 2**64 - 1, 64),
    ]
)
_INTEGERS = _TYPES.flatmap(
    lambda it: st.tuples(st.just(it[:2]), st.integers(it[2], it[3]), st.just(it[4]))
)
_OTHERS = st.one_of(
    st.tuples(st.just((DataType.DOUBLE, "double_value")), st.floats(allow_nan=False), st.just(0)),
    st.tuples(st.just((DataType.BOOLEAN, "boolean_value")), st.booleans(), st.just(0)),
    st.tuples(st.just((DataType.STRING, "string_value")), st.text(max_size=50), st.just(0)),
)
_NAMES = st.text(min_size=1, max_size=30).filter(
    lambda name: name not in (META, "bdSeq") and not name.startswith(sparkplug._CONTROLS)
)


@settings(deadline=None)
@given(st.dictionaries(_NAMES, _INTEGERS | _OTHERS, max_size=12))
def test_what_is_encoded_is_decoded(metrics: dict[str, Any]) -> None:
    """By name in the birth, and by number alone in the data that follow."""
    born, data, wanted = [], [], {}
    for alias, (name, ((datatype, field), value, bits)) in enumerate(metrics.items()):
        raw = value % (1 << bits) if bits else value
        born.append({"name": name, "alias": alias, "datatype": datatype, field: raw})
        data.append({"alias": alias, field: raw})
        wanted[name] = value
    decoder = SparkplugDecoder()
    for document in (
        hear(decoder, "NBIRTH", *born, seq=0),
        hear(decoder, "NDATA", *data, seq=1),
    ):
        document.pop(META)
        assert document == wanted


_KINDS = st.sampled_from(["NBIRTH", "NDATA", "NDEATH", "DBIRTH", "DDATA", "DDEATH"])


@st.composite
def _spoiled(draw: st.DrawFn) -> bytes:
    """A good message with octets changed, cut off, or put in."""
    good = bytearray(
        message(
            {"name": "a", "alias": 1, "datatype": 3, "int_value": 2**32 - 1},
            {"name": "b", "alias": 2, "datatype": 10, "double_value": math.pi},
            {"alias": 1, "bytes_value": b"\x00\x01", "datatype": 23},
            seq=draw(st.integers(0, 2**64 - 1)),
        )
    )
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(good) - 1)) if good else 0
        good[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=3))
    return bytes(good)


@settings(deadline=None, max_examples=120)
@given(st.lists(st.tuples(_KINDS, st.binary(max_size=200) | _spoiled()), max_size=6))
def test_whatever_is_sent_nothing_but_a_payload_error_comes_out(
    messages: list[tuple[str, bytes]],
) -> None:
    decoder = SparkplugDecoder()
    for kind, payload in messages:
        place = topic(kind, "d" if kind.startswith("D") else "")
        with contextlib.suppress(PayloadError):
            assert isinstance(decoder.decode(payload, place)[META], dict)
