"""The BER codec: what goes out, what is understood, what is refused."""

import struct

import pytest

from collector.probes.snmp import ber
from collector.probes.snmp.agent import Version
from collector.probes.snmp.ber_content import SHORT_OIDS, decode_oid
from collector.probes.snmp.errors import BerError
from collector.probes.snmp.values import Missing, Value
from tests.snmp_agents import NULL, binding, number, read_request, response, text, tlv

NAME = "1.3.6.1.2.1.1.3.0"


def read(data: bytes, most: int = 100) -> tuple[ber.Head, list[tuple[str, Value]]]:
    head = ber.read_head(data)
    return head, ber.read_bindings(data, head, most)


def value_of(element: bytes) -> Value:
    _, [(name, value)] = read(response(0x12345678, [(NAME, element)]))
    assert name == NAME
    return value


# --- what goes out ----------------------------------------------------------------------------


def test_a_request_is_byte_for_byte_what_rfc_3416_asks_for() -> None:
    request = ber.build_request(Version.V2C, "public", ber.GET, ["1.3.6.1.2.1.1.1.0"])
    assert request.packet(0x12345678).hex() == (
        "3029"  # SEQUENCE
        "020101"  # version 2c
        "04067075626c6963"  # public
        "a01c"  # GetRequest
        "020412345678"
        "020100"
        "020100"
        "300e300c06082b060102010101000500"
    )


@pytest.mark.parametrize("oids", [["1.3.6.1"], [f"1.3.6.1.4.1.{n}.0" for n in range(60)]])
@pytest.mark.parametrize("version", [Version.V1, Version.V2C])
@pytest.mark.parametrize("pdu", [ber.GET, ber.GET_NEXT, ber.GET_BULK])
def test_an_agent_reads_what_was_asked(oids: list[str], version: Version, pdu: int) -> None:
    repetitions = 25 if pdu == ber.GET_BULK else 0
    request = ber.build_request(version, "rahasia", pdu, oids, repetitions)
    asked = read_request(request.packet(0x7FFFFFFF))
    assert asked == (
        0 if version is Version.V1 else 1, b"rahasia", pdu, 0x7FFFFFFF, repetitions, tuple(oids),
    )  # fmt: skip


def test_a_retry_changes_no_byte_and_another_id_only_four() -> None:
    request = ber.build_request(Version.V2C, "public", ber.GET, [NAME])
    first, other = request.packet(0x01020304), request.packet(0x05060708)
    assert first == request.packet(0x01020304)
    assert [a for a, b in zip(first, other, strict=True) if a != b] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "oid",
    ["0.0", "1.39", "2.999.3", "1.3.6.1.4.1.4294967295.127.128.16383.16384", "2.4294967215"],
)
def test_an_oid_survives_the_way_there_and_back(oid: str) -> None:
    assert decode_oid(ber.encode_oid(oid)[2:]) == oid


@pytest.mark.parametrize(
    "oid",
    [
        "", "1", ".1.3.6", "1.3.", "1.-3.6", "1.3.x", "1.3.6.4294967296", "1.40.1", "3.1.1", "1. 3",
        "1.3.6.1_0", "2.4294967216", ".".join(["1"] * 129), "1.3.6.99999999999999999999",
    ],
)  # fmt: skip
def test_what_is_no_oid_is_not_sent(oid: str) -> None:
    with pytest.raises(ValueError, match="not an OID"):
        ber.encode_oid(oid)


# --- values -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("element", "value"),
    [
        (number(0), 0),
        (number(-1), -1),
        (number(-(2**31)), -(2**31)),
        (number(2**31 - 1), 2**31 - 1),
        (text("Anjungan"), b"Anjungan"),
        (text(""), b""),
        (tlv(0x04, b"\xff" * 300), b"\xff" * 300),
        (tlv(0x06, bytes.fromhex("2b06010401")), "1.3.6.1.4.1"),
        (tlv(0x40, bytes([10, 0, 255, 1])), "10.0.255.1"),
        (number(2**32 - 1, 0x41), 2**32 - 1),
        (number(7, 0x42), 7),
        (number(2**31, 0x43), 2**31),
        (number(2**64 - 1, 0x46), 2**64 - 1),
        (NULL, None),
        (b"\x80\x00", Missing.NO_SUCH_OBJECT),
        (b"\x81\x00", Missing.NO_SUCH_INSTANCE),
        (b"\x82\x00", Missing.END_OF_MIB_VIEW),
        (tlv(0x44, b"\x9f\x78\x04" + struct.pack(">f", 21.5)), 21.5),
        (tlv(0x44, b"\x9f\x79\x08" + struct.pack(">d", -0.1)), -0.1),
        (tlv(0x44, b"\x9f\x7a\x02\xff\xfe"), -2),
        (tlv(0x44, b"\x9f\x7b\x01\x05"), 5),
    ],
)
def test_a_value_of_each_type_is_read(element: bytes, value: Value) -> None:
    assert value_of(element) == value
    assert type(value_of(element)) is type(value)


@pytest.mark.parametrize(
    ("what", "element", "value"),
    [
        ("a padded integer", bytes.fromhex("0204 00000005"), 5),
        ("a padded negative one", bytes.fromhex("0204 fffffffb"), -5),
        ("nine octets of counter", bytes.fromhex("4609 00ffffffffffffffff"), 2**64 - 1),
        ("five octets of gauge", bytes.fromhex("4205 00ffffffff"), 2**32 - 1),
        ("a counter without its zero octet", bytes.fromhex("4104 ffffff80"), 2**32 - 128),
        ("a gauge sent as -1", bytes.fromhex("4201 ff"), 2**32 - 1),
        ("ticks sent as a small negative", bytes.fromhex("4302 ff80"), 2**32 - 128),
        ("a Counter64 without its zero octet", bytes.fromhex("4608 ffffffffffffffff"), 2**64 - 1),
        ("64 bits in a Counter32", bytes.fromhex("4105 0100000000"), 2**32),
        ("UInteger32 of the drafts", bytes.fromhex("4701 07"), 7),
        ("an integer without octets", bytes.fromhex("0200"), None),
        ("a counter without octets", bytes.fromhex("4100"), None),
        ("an address without octets", bytes.fromhex("4000"), None),
        ("an IPv6 address as IpAddress", tlv(0x40, bytes(16)), bytes(16)),
        ("an OID without octets", bytes.fromhex("0600"), "0.0"),
        ("an opaque of another kind", tlv(0x44, b"\x04\x01a"), b"\x04\x01a"),
        ("an opaque float cut short", tlv(0x44, b"\x9f\x78\x04ab"), b"\x9f\x78\x04ab"),
        ("an opaque float of a wrong size", tlv(0x44, b"\x9f\x78\x02ab"), b"\x9f\x78\x02ab"),
        ("NULL with something in it", bytes.fromhex("0501 00"), None),
        ("a length in three octets more", bytes.fromhex("0484 00000001 61"), b"a"),
    ],
)
def test_what_agents_write_without_harm_is_understood(
    what: str, element: bytes, value: Value
) -> None:
    del what
    assert value_of(element) == value


# --- messages ---------------------------------------------------------------------------------


def test_the_head_of_a_response_is_read() -> None:
    head, bindings = read(response(0x7ABCDEF0, [(NAME, NULL)], status=5, index=1, version=0))
    assert (head.request_id, head.error_status, head.error_index) == (0x7ABCDEF0, 5, 1)
    assert bindings == [(NAME, None)]


def test_a_response_without_bindings_is_read() -> None:
    assert read(response(0x7ABCDEF0, []))[1] == []


def test_long_form_lengths_everywhere_are_understood() -> None:
    def long(tag: int, content: bytes) -> bytes:
        return bytes([tag, 0x84]) + len(content).to_bytes(4, "big") + content

    oid = bytes.fromhex("2b06010201010300")
    bindings = long(0x30, long(0x30, long(0x06, oid) + long(0x02, b"\x07")))
    pdu = long(0xA2, long(0x02, b"\x11\x22\x33\x44") + long(0x02, b"\0") * 2 + bindings)
    head, values = read(long(0x30, long(0x02, b"\x01") + long(0x04, b"public") + pdu))
    assert head.request_id == 0x11223344
    assert values == [(NAME, 7)]


def test_octets_after_the_message_are_ignored() -> None:
    assert read(response(0x12345678, [(NAME, number(1))]) + b"\0\0\0")[1] == [(NAME, 1)]


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("nothing", b""),
        ("one octet", b"\x30"),
        ("text", b"HTTP/1.1 400 Bad Request"),
        ("an indefinite length", bytes.fromhex("3080 020101 0000")),
        ("a length of 126 octets", b"\x30\xfe" + bytes(200)),
        ("a length beyond the datagram", bytes.fromhex("3082ffff 020101")),
        ("version 3", tlv(0x30, number(3) + tlv(0x30, b""))),
        ("a version without octets", tlv(0x30, b"\x02\x00" + text("public"))),
        ("a request", ber.build_request(Version.V2C, "c", ber.GET, [NAME]).packet(0x800000)),
        ("a request id of ten octets",
         tlv(0x30, number(1) + text("c") + tlv(0xA2, tlv(2, bytes(10)) + number(0) * 2
                                               + tlv(0x30, b"")))),
        ("a PDU that reaches beyond the message",
         tlv(0x30, number(1) + text("c") + b"\xa2\x7f" + number(5) + number(0) * 2) + bytes(200)),
    ],
)  # fmt: skip
def test_what_is_no_response_is_refused(what: str, data: bytes) -> None:
    del what
    with pytest.raises(BerError):
        ber.read_head(data)


def _with_bindings(content: bytes) -> bytes:
    pdu = tlv(0xA2, number(0x12345678) + number(0) * 2 + tlv(0x30, content))
    return tlv(0x30, number(1) + text("public") + pdu)


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("a binding of another type", tlv(0x31, b"")),
        ("a name that is no OID", tlv(0x30, number(1) + NULL)),
        ("an empty binding", tlv(0x30, b"")),
        ("a name without value", tlv(0x30, tlv(0x06, b"\x2b"))),
        ("a value longer than its binding", tlv(0x30, tlv(0x06, b"\x2b") + b"\x04\x05ab") + b"abc"),
        ("a value shorter than its binding", tlv(0x30, tlv(0x06, b"\x2b") + b"\x04\x01abc")),
        ("a name longer than its binding", b"\x30\x04\x06\x10\x2b\x06" + bytes(20)),
        ("a binding longer than its list", b"\x30\x20\x06\x01\x2b\x05\x00"),
        ("an indefinite length", tlv(0x30, b"\x06\x80\x2b\x00\x00" + NULL)),
        ("an unknown type", tlv(0x30, tlv(0x06, b"\x2b") + b"\x1f\x00")),
        ("a sequence as value", tlv(0x30, tlv(0x06, b"\x2b") + tlv(0x30, NULL))),
        ("an OID that is cut off", tlv(0x30, tlv(0x06, b"\x2b\x86") + NULL)),
        ("a sub-identifier of 33 bits", tlv(0x30, tlv(0x06, bytes.fromhex("2b9080808000")) + NULL)),
        ("a sub-identifier of 600 octets", tlv(0x30, tlv(0x06, b"\x81" * 600 + b"\x01") + NULL)),
        ("129 sub-identifiers", tlv(0x30, tlv(0x06, b"\x2b" + b"\x01" * 127) + NULL)),
        ("an OID of 60,000 octets", tlv(0x30, tlv(0x06, b"\x81" * 60_000) + NULL)),
        ("an integer of ten octets", tlv(0x30, tlv(0x06, b"\x2b") + tlv(0x02, bytes(10)))),
        ("a counter of 65 bits", tlv(0x30, tlv(0x06, b"\x2b") + tlv(0x46, b"\x01" + bytes(8)))),
        ("a counter below -2**63", tlv(0x30, tlv(0x06, b"\x2b") + tlv(0x46, b"\xfe" + bytes(8)))),
    ],
)
def test_malformed_bindings_are_refused(what: str, content: bytes) -> None:
    del what
    data = _with_bindings(content)
    head = ber.read_head(data)
    with pytest.raises(BerError):
        ber.read_bindings(data, head, 100)


def test_128_sub_identifiers_are_the_most() -> None:
    _, [(name, _)] = read(_with_bindings(tlv(0x30, tlv(0x06, b"\x2b" + b"\x01" * 126) + NULL)))
    assert name.count(".") == 127


def test_more_bindings_than_asked_for_are_refused() -> None:
    data = _with_bindings(binding(NAME, NULL) * 9)
    head = ber.read_head(data)
    assert len(ber.read_bindings(data, head, 9)) == 9
    with pytest.raises(BerError, match="more than 8"):
        ber.read_bindings(data, head, 8)


def test_a_datagram_full_of_the_longest_oids_is_refused_before_it_costs_much() -> None:
    longest = tlv(0x06, b"\x2b" + bytes.fromhex("8fffffff7f") * 126)
    for content in (tlv(0x30, longest + NULL), tlv(0x30, tlv(0x06, b"\x2b") + longest)):
        assert len(read(_with_bindings(content * 5))[1]) == 5
        with pytest.raises(BerError, match="absurdly long"):
            read(_with_bindings(content * 90))


def test_short_names_in_long_forms_do_not_count_as_absurd() -> None:
    def long(tag: int, content: bytes) -> bytes:
        return bytes([tag, 0x84]) + len(content).to_bytes(4, "big") + content

    name = b"\x2b" + b"\x81\x01" * 31  # 63 octets
    content = long(0x30, long(0x06, name) + long(0x04, b"x"))
    head, values = read(_with_bindings(content * 200), most=200)
    assert head.error_status == 0
    assert len(values) == 200


@pytest.mark.parametrize("octets", [63, 64, 65, 66])
def test_a_name_of_any_length_is_read_the_same_in_long_and_short_forms(octets: int) -> None:
    name = b"\x2b" + b"\x01" * (octets - 1)
    dotted = "1.3" + ".1" * (octets - 1)
    short = tlv(0x30, tlv(0x06, name) + number(1))
    long_name = b"\x06\x81" + bytes([octets]) + name
    assert read(_with_bindings(short))[1] == [(dotted, 1)]
    assert read(_with_bindings(tlv(0x30, long_name + number(1))))[1] == [(dotted, 1)]


def test_ever_new_names_do_not_fill_the_memory() -> None:
    for number_ in range(40_000):
        decode_oid(
            b"\x2b" + number_.to_bytes(3, "big").translate(bytes(i & 0x7F for i in range(256)))
        )
    assert len(SHORT_OIDS) <= 32_768


@pytest.mark.parametrize(
    "element", ["02017f", "020180", "41017f", "410180", "46088000000000000000"]
)
def test_the_first_bit_of_a_number_is_looked_at(element: str) -> None:
    tag, octets = bytes.fromhex(element)[0], bytes.fromhex(element)[2:]
    assert value_of(bytes.fromhex(element)) == _as_the_rfc_says(tag, octets)


def _as_the_rfc_says(tag: int, octets: bytes) -> int:
    """Read a number; an unsigned one below zero has lost the octet that said it is positive."""
    value = int.from_bytes(octets, "big", signed=True)
    return value if tag == 0x02 or value >= 0 else value + (2**64 if tag == 0x46 else 2**32)


def test_no_message_of_an_error_quotes_the_datagram() -> None:
    data = tlv(0x30, number(1) + text("rahasia-negara") + tlv(0xA2, b"rahasia"))
    with pytest.raises(BerError) as caught:
        ber.read_head(data)
    assert "rahasia" not in repr(caught.value)
