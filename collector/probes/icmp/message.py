"""ICMP echo messages as bytes: building a request, reading a reply. Pure.

Formats: RFC 792 (ICMP), RFC 4443 section 4 (ICMPv6), RFC 1071 (checksum).

     0        1        2        3        4        5        6        7
    +--------+--------+-----------------+-----------------+-----------------+
    | type   | code 0 | checksum        | identifier      | sequence        |
    +--------+--------+-----------------+-----------------+-----------------+
    | nonce: 8 random bytes of this one echo                                |
    +-----------------------------------------------------------------------+
    | filler up to 56 bytes of payload, the size that ping(8) sends         |
    +-----------------------------------------------------------------------+
"""

import struct

from msgspec import Struct

NONCE_BYTES = 8
PAYLOAD_BYTES = 56
MESSAGE_BYTES = 8 + PAYLOAD_BYTES

ECHO_REPLY = 0
ECHO_REQUEST = 8
ECHO_REQUEST_V6 = 128
ECHO_REPLY_V6 = 129

_HEADER = struct.Struct("!BBHHH")
_WITH_NONCE = struct.Struct(f"!BBHHH{NONCE_BYTES}s")
_MESSAGE = struct.Struct(f"!BBHHH{NONCE_BYTES}s{PAYLOAD_BYTES - NONCE_BYTES}s")
_FILLER = bytes(range(0x10, 0x10 + PAYLOAD_BYTES - NONCE_BYTES))
_ONES = 0xFFFF
_SUM_OF_THE_SAME = (ECHO_REQUEST << 8) + int.from_bytes(_FILLER, "big") % _ONES


class MalformedMessageError(Exception):
    """These bytes are not the ICMP message that was asked for."""


class Echo(Struct, frozen=True, gc=False):
    """What identifies one echo: in a request, in its reply, in an error that quotes it."""

    identifier: int
    sequence: int
    nonce: bytes  # shorter than NONCE_BYTES when an error quoted less


def checksum_holds(message: bytes) -> bool:
    """Tell whether a message with its checksum filled in adds up (RFC 1071).

    One's complement addition of 16-bit words is addition modulo 65,535, so one division of the
    whole message as a number does the work of a loop.
    """
    if len(message) % 2:
        message += b"\0"
    return int.from_bytes(message, "big") % _ONES == 0


def echo_request(identifier: int, sequence: int, nonce: bytes, *, version: int = 4) -> bytes:
    """Build an echo request of MESSAGE_BYTES.

    For version 6 the checksum stays zero: the kernel fills it in, because it covers addresses
    that only the kernel knows (RFC 3542 section 3.1). For version 4 it is the sum of the parts,
    see `checksum_holds`: type and filler are the same in all, and the nonce lies on 16-bit words.
    """
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
    if version == 6:
        return _MESSAGE.pack(ECHO_REQUEST_V6, 0, 0, identifier, sequence, nonce, _FILLER)
    total = _SUM_OF_THE_SAME + identifier + sequence + int.from_bytes(nonce, "big")
    total = _ONES - (total % _ONES or _ONES)
    return _MESSAGE.pack(ECHO_REQUEST, 0, total, identifier, sequence, nonce, _FILLER)


def read_echo_reply(message: bytes, *, version: int = 4) -> Echo:
    """Read an ICMP echo reply, IP header already gone.

    Raises:
        MalformedMessageError: too short, another type or code, or a wrong checksum (version 4
            only; the kernel has checked it for version 6).
    """
    wanted = ECHO_REPLY if version == 4 else ECHO_REPLY_V6
    if len(message) < _WITH_NONCE.size:
        _read_echo(message, wanted)  # for the better reason, if there is one
        raise MalformedMessageError("the payload is too short for a nonce")
    kind, code, _checksum, identifier, sequence, nonce = _WITH_NONCE.unpack_from(message)
    if kind != wanted or code != 0:
        raise _another(kind, code, wanted)
    if version == 4:
        if len(message) % 2:
            message += b"\0"
        if int.from_bytes(message, "big") % _ONES:  # see `checksum_holds`
            raise MalformedMessageError("the checksum does not add up")
    return Echo(identifier, sequence, nonce)


def read_quoted_request(message: bytes, *, version: int = 4) -> Echo:
    """Read our own echo request as an ICMP error quotes it: perhaps no more than its header.

    RFC 792 promises 8 bytes of the original message, so the nonce may be short or empty.

    Raises:
        MalformedMessageError: not the beginning of an echo request.
    """
    return _read_echo(message, ECHO_REQUEST if version == 4 else ECHO_REQUEST_V6)


def strip_ipv4_header(packet: bytes) -> bytes:
    """Return the payload of an IPv4 packet as a raw socket hands it over (RFC 791).

    Raises:
        MalformedMessageError: shorter than its own header says, or not version 4.
    """
    if len(packet) < 20 or packet[0] >> 4 != 4:
        raise MalformedMessageError("not an IPv4 packet")
    length = (packet[0] & 0x0F) * 4
    if length < 20 or len(packet) < length:
        raise MalformedMessageError("the IPv4 header is cut off")
    return packet[length:]


def _read_echo(message: bytes, wanted: int) -> Echo:
    if len(message) < _HEADER.size:
        raise MalformedMessageError("too short for an ICMP message")
    kind, code, _checksum, identifier, sequence = _HEADER.unpack_from(message)
    if kind != wanted or code != 0:
        raise _another(kind, code, wanted)
    return Echo(identifier, sequence, message[8 : 8 + NONCE_BYTES])


def _another(kind: int, code: int, wanted: int) -> MalformedMessageError:
    return MalformedMessageError(f"ICMP type {kind} code {code}, not {wanted} code 0")
