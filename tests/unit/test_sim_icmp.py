import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.icmp import echo_reply


def _checksum(message: bytes) -> int:
    """RFC 1071, written out: the sum of 16-bit words with end-around carry, inverted."""
    padded = message + b"\0" * (len(message) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _echo(identifier: int, sequence: int, payload: bytes, kind: int = 8, code: int = 0) -> bytes:
    rest = struct.pack("!HH", identifier, sequence) + payload
    checksum = _checksum(struct.pack("!BBH", kind, code, 0) + rest)
    return struct.pack("!BBH", kind, code, checksum) + rest


words = st.integers(0, 0xFFFF)


@settings(deadline=None)
@given(words, words, st.binary(max_size=200))
def test_a_reply_carries_the_same_bytes_with_a_valid_checksum(
    identifier: int, sequence: int, payload: bytes
) -> None:
    reply = echo_reply(_echo(identifier, sequence, payload))
    assert reply is not None
    assert reply[:2] == b"\0\0"
    assert reply[4:] == struct.pack("!HH", identifier, sequence) + payload
    assert _checksum(reply) == 0


@settings(deadline=None)
@given(words, words, st.binary(max_size=60), st.data())
def test_a_request_with_a_flipped_bit_gets_no_reply(
    identifier: int, sequence: int, payload: bytes, data: st.DataObject
) -> None:
    message = bytearray(_echo(identifier, sequence, payload))
    bit = data.draw(st.integers(0, len(message) * 8 - 1))
    message[bit // 8] ^= 1 << bit % 8
    assert echo_reply(bytes(message)) is None


def test_what_is_no_echo_request_gets_no_reply() -> None:
    assert echo_reply(_echo(1, 1, b"x", kind=0)) is None
    assert echo_reply(_echo(1, 1, b"x", kind=13)) is None
    assert echo_reply(_echo(1, 1, b"x", code=1)) is None
    assert echo_reply(_echo(1, 1, b"")[:7]) is None
    assert echo_reply(b"") is None
