"""Sparkplug B payloads: bytes → metrics with values. Pure, but for needing the extra `sparkplug`.

The message is described here, by field numbers and types of the Sparkplug specification (version
3.0, chapter 6.4), and made into a class when it is first needed: nothing is compiled, nothing
generated. Fields that are not listed (properties, metadata, data sets, templates) are skipped
unread, so they cannot be nested to our harm.

Integers travel as unsigned ones in two's complement: an Int8 of -1 is 4294967295 on the wire.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any

from collector.config.problems import Problem, ProblemsError
from collector.listeners.mqtt_formats import PayloadError

METRICS_LIMIT = 2_000  # of one message
NAME_LIMIT = 200  # characters
TEXT_LIMIT = 1_000  # characters
ITEMS_LIMIT = 64  # of an array; as many as a wildcard looks at
COMPRESSED = "SPBV1.0_COMPRESSED"

Value = bool | int | float | str | None | list[int] | list[float] | dict[str, object]
UNREADABLE: dict[str, object] = {}
"""Stands for a value that its type does not allow, or that we do not read: no number, no text."""


class DataType(IntEnum):
    """The types of values that are read here; the names are those of the specification."""

    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATE_TIME = 13  # milliseconds since 1970
    TEXT = 14
    UUID = 15
    INT8_ARRAY = 22
    INT16_ARRAY = 23
    INT32_ARRAY = 24
    INT64_ARRAY = 25
    UINT8_ARRAY = 26
    UINT16_ARRAY = 27
    UINT32_ARRAY = 28
    UINT64_ARRAY = 29
    FLOAT_ARRAY = 30
    DOUBLE_ARRAY = 31
    DATE_TIME_ARRAY = 34


@dataclass(frozen=True, slots=True)
class SparkplugMetric:
    """One metric as it came. `datatype` is 0 when it was left out, as data messages do."""

    name: str | None
    alias: int | None
    datatype: int
    raw: object  # of whatever field held it; None: there is no value
    timestamp: int | None  # milliseconds since 1970
    is_historical: bool

    def value(self, datatype: int) -> Value:
        """Return the value as one of this type (0: as its field has it)."""
        return _value(self.raw, self.datatype or datatype)


@dataclass(frozen=True, slots=True)
class SparkplugMessage:
    """One payload."""

    timestamp: int | None  # milliseconds since 1970
    seq: int | None
    metrics: tuple[SparkplugMetric, ...]


def parse(payload: bytes) -> SparkplugMessage:
    """Return what a payload holds; its size has been checked.

    Raises:
        PayloadError: it is none, is compressed, or has more than 2,000 metrics.
        ProblemsError: the library that it needs is missing.
    """
    made, decode_error = _message_class()
    message = made()
    try:
        message.ParseFromString(payload)
    except (decode_error, UnicodeDecodeError, RecursionError):
        # `from None`: what the library says may carry parts of the payload.
        raise PayloadError(f"the payload ({len(payload)} bytes) is not Sparkplug B") from None
    if message.uuid == COMPRESSED:
        raise PayloadError("the payload is compressed; let the node send it as it is")
    if len(message.metrics) > METRICS_LIMIT:
        raise PayloadError(f"the payload has more than {METRICS_LIMIT} metrics")
    return SparkplugMessage(
        message.timestamp if message.HasField("timestamp") else None,
        message.seq if message.HasField("seq") else None,
        tuple(_metric(metric) for metric in message.metrics),
    )


def _metric(metric: Any) -> SparkplugMetric:
    which = metric.WhichOneof("value")
    return SparkplugMetric(
        name=_text(metric.name) if metric.HasField("name") else None,
        alias=metric.alias if metric.HasField("alias") else None,
        datatype=metric.datatype,
        raw=None if which is None or metric.is_null else _raw(getattr(metric, which), which),
        timestamp=metric.timestamp if metric.HasField("timestamp") else None,
        is_historical=metric.is_historical,
    )


def _raw(value: Any, which: str) -> Any:
    return _text(value) if which == "string_value" else value


def _text(value: str | bytes) -> str:
    """Return a text; the library hands over as octets what is no UTF-8."""
    return value if isinstance(value, str) else value.decode("utf-8", errors="replace")


# --- values -----------------------------------------------------------------------------------

_SIGNED = {DataType.INT8: 8, DataType.INT16: 16, DataType.INT32: 32, DataType.INT64: 64}
_UNSIGNED = {DataType.UINT8: 8, DataType.UINT16: 16, DataType.UINT32: 32, DataType.UINT64: 64}
_ARRAYS = {
    DataType.INT8_ARRAY: "b",
    DataType.INT16_ARRAY: "h",
    DataType.INT32_ARRAY: "i",
    DataType.INT64_ARRAY: "q",
    DataType.UINT8_ARRAY: "B",
    DataType.UINT16_ARRAY: "H",
    DataType.UINT32_ARRAY: "I",
    DataType.UINT64_ARRAY: "Q",
    DataType.FLOAT_ARRAY: "f",
    DataType.DOUBLE_ARRAY: "d",
    DataType.DATE_TIME_ARRAY: "q",
}
_TEXTS = frozenset({DataType.STRING, DataType.TEXT, DataType.UUID})


def _value(raw: object, datatype: int) -> Value:
    if raw is None or isinstance(raw, bool):
        return raw if datatype in (0, DataType.BOOLEAN) or raw is None else UNREADABLE
    if isinstance(raw, str):
        return raw[:TEXT_LIMIT] if datatype == 0 or datatype in _TEXTS else UNREADABLE
    if isinstance(raw, float):
        return raw if datatype in (0, DataType.FLOAT, DataType.DOUBLE) else UNREADABLE
    if isinstance(raw, int):
        return _whole_number(raw, datatype)
    return _array(raw, datatype) if isinstance(raw, bytes) else UNREADABLE


def _whole_number(raw: int, datatype: int) -> Value:
    """Read a number that is unsigned on the wire. Whether 32 or 64 bits carried it is the same."""
    if datatype == 0:
        return raw
    if datatype == DataType.DATE_TIME:
        return _as_signed(raw, 64) / 1000
    if datatype in _SIGNED:
        return _as_signed(raw, _SIGNED[DataType(datatype)])
    if datatype in _UNSIGNED:
        return raw if raw < 1 << _UNSIGNED[DataType(datatype)] else UNREADABLE
    return UNREADABLE


def _as_signed(raw: int, bits: int) -> int:
    low = raw & ((1 << bits) - 1)
    return low - (1 << bits) if low >> (bits - 1) else low


def _array(raw: bytes, datatype: int) -> Value:
    """Read an array, little-endian; of a long one the beginning."""
    if datatype not in _ARRAYS:
        return UNREADABLE
    code = _ARRAYS[DataType(datatype)]
    size = struct.calcsize(code)
    if len(raw) % size:
        return UNREADABLE
    count = min(len(raw) // size, ITEMS_LIMIT)
    return list(struct.unpack_from(f"<{count}{code}", raw))


# --- the message ------------------------------------------------------------------------------

_Fields = Sequence[tuple[str, int, str]]
_PAYLOAD: _Fields = (
    ("timestamp", 1, "uint64"),
    ("metrics", 2, "Metric"),
    ("seq", 3, "uint64"),
    ("uuid", 4, "string"),
)
_METRIC: _Fields = (
    ("name", 1, "string"),
    ("alias", 2, "uint64"),
    ("timestamp", 3, "uint64"),
    ("datatype", 4, "uint32"),
    ("is_historical", 5, "bool"),
    ("is_null", 7, "bool"),
)
_ONE_VALUE: _Fields = (
    ("int_value", 10, "uint32"),
    ("long_value", 11, "uint64"),
    ("float_value", 12, "float"),
    ("double_value", 13, "double"),
    ("boolean_value", 14, "bool"),
    ("string_value", 15, "string"),
    ("bytes_value", 16, "bytes"),
)
_PACKAGE = "pantau.sparkplug"


@cache
def _message_class() -> tuple[type[Any], type[Exception]]:
    """Return the class of payloads, and what it raises for bytes that are none."""
    try:
        from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
        from google.protobuf.message import DecodeError
    except ImportError:
        what = "Sparkplug B needs the library protobuf, which is not installed"
        problem = Problem("environment", None, "", what, "run: pip install 'pantau[sparkplug]'")
        raise ProblemsError([problem]) from None

    kinds: Mapping[str, int] = {
        "double": 1,
        "float": 2,
        "uint64": 4,
        "bool": 8,
        "string": 9,
        "Metric": 11,
        "bytes": 12,
        "uint32": 13,
    }
    file = descriptor_pb2.FileDescriptorProto(
        name="pantau/sparkplug.proto", package=_PACKAGE, syntax="proto2"
    )

    def describe(name: str, fields: _Fields, one_of: _Fields = ()) -> None:
        described = file.message_type.add(name=name)
        if one_of:
            described.oneof_decl.add(name="value")
        for at, (field_name, number, kind) in enumerate((*fields, *one_of)):
            is_list = kind == "Metric"
            field = described.field.add(
                name=field_name,
                number=number,
                type=kinds[kind],
                label=3 if is_list else 1,
            )
            if is_list:
                field.type_name = f".{_PACKAGE}.Metric"
            if at >= len(fields):
                field.oneof_index = 0

    describe("Metric", _METRIC, _ONE_VALUE)
    describe("Payload", _PAYLOAD)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = pool.FindMessageTypeByName(f"{_PACKAGE}.Payload")
    return message_factory.GetMessageClass(found), DecodeError
