"""Messages of v3: what careless agents write is read, and what is no message is refused."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.probes.snmp.errors import BerError
from collector.probes.snmp.v3.message import (
    BEGINNING,
    ENCRYPTED,
    SIGNED,
    Names,
    build_message,
    build_scoped,
    read_message,
    read_scoped,
)
from tests.snmp_agents import NULL, number, response, text, tlv

ENGINE_ID = bytes.fromhex("80001f8804") + b"uji-01"
ID = 0x0123_4567
SIGNATURE, SALT = b"s" * 12, b"garam-01"
Writer = Callable[[int, bytes], bytes]


def long_tlv(tag: int, content: bytes) -> bytes:
    """Write a length as some agents write all of them."""
    return bytes([tag, 0x84]) + len(content).to_bytes(4, "big") + content


def message(
    *,
    header: bytes | None = None,
    flags: bytes = b"\x03",
    model: bytes = b"\x02\x01\x03",
    clock: bytes = b"\x02\x01\x03\x02\x02\x03\xe8",
    tlv: Writer = tlv,
) -> bytes:
    parameters = tlv(4, ENGINE_ID) + clock + tlv(4, b"pantau") + tlv(4, SIGNATURE) + tlv(4, SALT)
    if header is None:
        header = tlv(0x30, number(ID) + number(65_507) + tlv(4, flags) + model)
    return tlv(0x30, number(3) + header + tlv(4, tlv(0x30, parameters)) + tlv(4, b"rahasia"))


@pytest.mark.parametrize("lengths", [tlv, long_tlv])
def test_a_message_is_read_whatever_way_its_lengths_are_written(lengths: Writer) -> None:
    data = message(tlv=lengths)
    assert 2 <= data.find(BEGINNING) <= 6
    read = read_message(data)
    assert (read.message_id, read.level) == (ID, SIGNED | ENCRYPTED)
    assert (read.engine_id, read.boots, read.time, read.user) == (ENGINE_ID, 3, 1000, b"pantau")
    assert (read.signature, read.salt) == (SIGNATURE, SALT)
    assert data[read.signature_at : read.signature_at + 12] == SIGNATURE
    assert data[read.start : read.end] == b"rahasia"


def test_octets_behind_a_message_are_passed_over() -> None:
    assert read_message(message() + b"\x00\x00") == read_message(message())


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a v2c response", response(ID, [("1.3.6.1.2.1.1.5.0", text("uji"))])),
        ("another security model", message(model=number(2))),
        ("no flags", message(flags=b"")),
        ("two octets of flags", message(flags=b"\x03\x03")),
        ("encrypted but not signed", message(flags=b"\x02")),
        ("a clock beyond 31 bits", message(clock=number(2**31) + number(1))),
        ("a clock before zero", message(clock=number(3) + number(-1))),
        ("a clock without octets", message(clock=b"\x02\x00" + number(1))),
        ("a header of other things", message(header=tlv(0x30, NULL))),
        ("nothing", b""),
    ],
)
def test_what_is_no_message_is_refused(name: str, data: bytes) -> None:
    assert name
    with pytest.raises(BerError):
        read_message(data)


@pytest.mark.parametrize("cut", range(len(message())))
def test_a_message_cut_off_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(BerError):
        read_message(message()[:cut])


@settings(deadline=None)
@given(
    engine_id=st.binary(max_size=40),
    user=st.binary(max_size=40),
    context=st.binary(max_size=200),
    boots=st.integers(0, 2**31 - 1),
    time=st.integers(0, 2**31 - 1),
    octets=st.sampled_from([0, 12, 48]),
    pdu=st.binary(max_size=400),
)
def test_what_is_built_is_read_back(
    engine_id: bytes, user: bytes, context: bytes, boots: int, time: int, octets: int, pdu: bytes
) -> None:
    names = Names(engine_id, user, context)
    scoped = build_scoped(names, pdu)
    packet, at = build_message(0x7FFF_FFFF, 0, names, (boots, time), octets, b"", scoped)
    read = read_message(packet)
    assert (read.message_id, read.level, read.boots, read.time) == (0x7FFF_FFFF, 0, boots, time)
    assert (read.engine_id, read.user) == (engine_id, user)
    assert (read.signature, read.signature_at, read.salt) == (bytes(octets), at, b"")
    assert packet[read.start : read.end] == scoped


@pytest.mark.parametrize(
    "data", [b"", b"\x30", b"\x30\x00", tlv(0x30, tlv(4, b"") + tlv(4, b"")), tlv(0x30, NULL)]
)
def test_what_is_no_scoped_pdu_is_refused(data: bytes) -> None:
    with pytest.raises(BerError):
        read_scoped(data, 0, len(data))
