"""Echo messages as bytes: what we build, and what we refuse to read."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.probes.icmp.message import (
    MESSAGE_BYTES,
    Echo,
    MalformedMessageError,
    checksum_holds,
    echo_request,
    read_echo_reply,
    read_quoted_request,
    strip_ipv4_header,
)
from tests.checksums import internet_checksum

u16 = st.integers(0, 0xFFFF)
nonces = st.binary(min_size=8, max_size=8)


def reply_to(request: bytes) -> bytes:
    """What RFC 792 asks of the other side: type 0, same data, new checksum."""
    unsummed = b"\0\0\0\0" + request[4:]
    return unsummed[:2] + struct.pack("!H", internet_checksum(unsummed)) + unsummed[4:]


def test_the_checksum_of_the_rfc_example_holds_and_no_other() -> None:
    words = bytes.fromhex("0001f203f4f5f6f7")  # RFC 1071 section 3: they add up to ddf2
    assert internet_checksum(words) == 0xFFFF - 0xDDF2
    assert checksum_holds(words + struct.pack("!H", 0xFFFF - 0xDDF2))
    assert not checksum_holds(words + struct.pack("!H", 0xDDF2))


@given(st.binary(min_size=1, max_size=200).filter(any), st.integers(1, 0xFFFE))
def test_a_checksum_holds_when_the_loop_of_the_rfc_says_so(data: bytes, wrong: int) -> None:
    data += b"\0" * (len(data) % 2)
    right = internet_checksum(data)
    assert checksum_holds(data + struct.pack("!H", right))
    assert not checksum_holds(data + struct.pack("!H", (right + wrong) % 0xFFFF))


@given(u16, u16, nonces)
def test_a_request_is_a_valid_echo_request(identifier: int, sequence: int, nonce: bytes) -> None:
    request = echo_request(identifier, sequence, nonce)
    assert len(request) == MESSAGE_BYTES
    assert request[:2] == b"\x08\x00"
    assert internet_checksum(request) == 0
    assert read_quoted_request(request) == Echo(identifier, sequence, nonce)


@given(u16, u16, nonces)
def test_a_reply_is_read_back(identifier: int, sequence: int, nonce: bytes) -> None:
    reply = reply_to(echo_request(identifier, sequence, nonce))
    assert read_echo_reply(reply) == Echo(identifier, sequence, nonce)


@given(u16, u16, nonces)
def test_version_6_leaves_the_checksum_to_the_kernel(
    identifier: int, sequence: int, nonce: bytes
) -> None:
    request = echo_request(identifier, sequence, nonce, version=6)
    assert request[:4] == b"\x80\x00\x00\x00"
    reply = b"\x81\x00\x12\x34" + request[4:]
    assert read_echo_reply(reply, version=6) == Echo(identifier, sequence, nonce)


def test_a_request_is_not_taken_for_a_reply() -> None:
    with pytest.raises(MalformedMessageError, match="type 8 code 0"):
        read_echo_reply(echo_request(1, 2, b"abcdefgh"))


def test_a_reply_without_room_for_the_nonce_is_refused() -> None:
    short = struct.pack("!BBHHH", 0, 0, 0, 1, 2)
    short = short[:2] + struct.pack("!H", internet_checksum(short)) + short[4:]
    with pytest.raises(MalformedMessageError, match="too short for a nonce"):
        read_echo_reply(short)


@given(st.integers(0, MESSAGE_BYTES - 1), st.integers(1, 255))
def test_a_reply_with_one_damaged_byte_is_never_ours(position: int, flip: int) -> None:
    reply = bytearray(reply_to(echo_request(77, 88, b"abcdefgh")))
    reply[position] ^= flip
    with pytest.raises(MalformedMessageError):
        read_echo_reply(bytes(reply))


@given(st.binary(max_size=120), st.sampled_from([4, 6]))
def test_hostile_bytes_raise_nothing_else(data: bytes, version: int) -> None:
    for read in (read_echo_reply, read_quoted_request):
        try:
            echo = read(data, version=version)
        except MalformedMessageError:
            continue
        assert len(data) >= 8
        assert 0 <= echo.sequence <= 0xFFFF


def test_a_quoted_request_may_be_cut_after_its_header() -> None:
    request = echo_request(5, 6, b"abcdefgh")
    assert read_quoted_request(request[:8]) == Echo(5, 6, b"")
    assert read_quoted_request(request[:12]) == Echo(5, 6, b"abcd")


def test_the_ipv4_header_with_options_is_taken_off() -> None:
    header = bytes([0x47]) + bytes(27)  # 7 words: 20 bytes and 8 of options
    assert strip_ipv4_header(header + b"message") == b"message"


@given(st.binary(max_size=80))
def test_hostile_packets_are_stripped_or_refused(packet: bytes) -> None:
    try:
        rest = strip_ipv4_header(packet)
    except MalformedMessageError:
        return
    assert packet[0] >> 4 == 4
    assert len(packet) - len(rest) == (packet[0] & 15) * 4 >= 20


def test_a_checksum_over_an_odd_number_of_bytes_holds() -> None:
    body = b"\x00\x00\x00\x00odd"
    message = body[:2] + struct.pack("!H", internet_checksum(body)) + body[4:]
    assert checksum_holds(message)
    assert not checksum_holds(message + b"x")


def test_a_nonce_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="8 bytes, not 3"):
        echo_request(1, 2, b"abc")
