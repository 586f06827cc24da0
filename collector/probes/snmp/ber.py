"""Bytes ↔ values: the part of BER (X.690) that SNMP v1 and v2c messages are made of.

The shape (RFC 1157, section 4.1; RFC 3416, section 3):

    SEQUENCE { version INTEGER, community OCTET STRING,
      PDU { request-id, error-status | non-repeaters, error-index | max-repetitions,
        SEQUENCE { SEQUENCE { name OID, value }, … }}}

Every byte from outside is hostile. Decoding is flat (nothing nests deeper than the picture), reads
each byte once, and raises `BerError` and nothing else. What agents of the field commonly get wrong
without harm is understood: long-form lengths, padded integers, unsigned numbers sent as negative.
Messages of v3, which hold the same PDUs, are read by v3/message.py.
"""

import re
import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from collector.probes.snmp.agent import Version
from collector.probes.snmp.ber_content import (
    CACHED_OID_OCTETS,
    DECODERS,
    MOST_INTEGER_OCTETS,
    MOST_SUB_IDENTIFIER,
    MOST_SUB_IDENTIFIERS,
    NUMBERS,
    SHORT_OIDS,
    decode_oid,
)
from collector.probes.snmp.errors import BerError
from collector.probes.snmp.values import Value, VarBind

GET: Final = 0xA0
GET_NEXT: Final = 0xA1
RESPONSE: Final = 0xA2
GET_BULK: Final = 0xA5
REPORT: Final = 0xA8

INTEGER: Final = 0x02
OCTET_STRING: Final = 0x04
SEQUENCE: Final = 0x30

_OID: Final = 0x06

_MOST_LENGTH_OCTETS = 4  # some agents write every length as 84 00 00 xx xx
_SHORT_LENGTHS = [bytes((length,)) for length in range(0x80)]
_MOST_CACHED_OIDS = 32_768
_MOST_SLOW_OCTETS = (
    8192  # of long OIDs in one message: a hundred rows indexed by two IPv6 addresses
)
_USUAL_NUMBERS = struct.Struct(">HiHbHb")  # request id of four octets, status and index of one
_USUAL_BINDING = struct.Struct("BBBB")  # tag and length of the binding and of its name
_USUAL_VERSIONS = frozenset({b"\x02\x01\x00\x04", b"\x02\x01\x01\x04"})
"""v1 and v2c, and the tag of the community."""
_DOTTED = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,10})+")

# --- encoding ---------------------------------------------------------------------------------


def encode_length(length: int) -> bytes:
    """Return the shortest definite form of a length (X.690, 8.1.3)."""
    if length < 0x80:
        return _SHORT_LENGTHS[length]
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets), *octets))


def encode_tlv(tag: int, content: bytes) -> bytes:
    """Return tag, length, content."""
    return bytes((tag,)) + encode_length(len(content)) + content


def encode_integer(number: int) -> bytes:
    """Return an INTEGER in the fewest octets (X.690, 8.3)."""
    octets = (number if number >= 0 else ~number).bit_length() // 8 + 1
    return encode_tlv(INTEGER, number.to_bytes(octets, "big", signed=True))


@lru_cache(maxsize=_MOST_CACHED_OIDS)
def encode_oid(oid: str) -> bytes:
    """Return the TLV of a dotted OID such as `1.3.6.1.2.1.1.5.0`. Raises ValueError for another."""
    if not _DOTTED.fullmatch(oid):
        raise ValueError(f"not an OID: {oid!r}")
    first, second, *rest = numbers = [int(part) for part in oid.split(".")]
    top = first * 40 + second  # the first two share one sub-identifier (X.690, 8.19.4)
    in_range = max([top, *rest]) <= MOST_SUB_IDENTIFIER and len(numbers) <= MOST_SUB_IDENTIFIERS
    if not in_range or first > 2 or (first < 2 and second > 39):
        raise ValueError(f"not an OID: {oid!r}")
    return encode_tlv(_OID, oid_content(numbers))


def oid_content(numbers: Sequence[int]) -> bytes:
    """Return what stands inside the element of an OID of at least two numbers (X.690, 8.19)."""
    content = bytearray()
    for number in (numbers[0] * 40 + numbers[1], *numbers[2:]):
        septets = [number & 0x7F]
        while number := number >> 7:
            septets.append(number & 0x7F | 0x80)
        content += bytes(reversed(septets))
    return bytes(content)


class Request(NamedTuple):
    """A request whose id alone is still open, so a retry or another agent costs one join."""

    head: bytes
    tail: bytes

    def packet(self, request_id: int) -> bytes:
        """Return the datagram. `request_id`: 0x800000 … 0x7fffffff, always four octets."""
        return self.head + request_id.to_bytes(4, "big") + self.tail

    def __repr__(self) -> str:
        """Keep the community out of logs."""
        return f"Request({len(self.head) + 4 + len(self.tail)} octets)"


def build_request(
    version: Version, community: str, pdu: int, oids: Sequence[str], repetitions: int = 0
) -> Request:
    """Return a request for values of (GET) or after (GET_NEXT, GET_BULK) some dotted OIDs.

    `repetitions` is GET_BULK's max-repetitions; all OIDs repeat. Of v3 it is the PDU alone, as
    what goes around it changes with each sending. Raises ValueError for a bad OID.
    """
    tail = _tail(tuple(oids), repetitions)
    pdu_head = bytes((pdu,)) + encode_length(6 + len(tail)) + b"\x02\x04"
    if version is Version.V3:
        return Request(pdu_head, tail)
    opening = _opening(version, community)
    size = len(opening) + len(pdu_head) + 4 + len(tail)
    return Request(b"\x30" + encode_length(size) + opening + pdu_head, tail)


@lru_cache(maxsize=4096)
def same_request(
    version: Version, community: str, pdu: int, oids: tuple[str, ...], repetitions: int = 0
) -> Request:
    """Return what `build_request` does: checks ask many agents for the same all day."""
    return build_request(version, community, pdu, oids, repetitions)


@lru_cache(maxsize=1024)
def _opening(version: Version, community: str) -> bytes:
    """Return version and community."""
    wire_version = 0 if version is Version.V1 else 1
    return encode_integer(wire_version) + encode_tlv(OCTET_STRING, community.encode())


@lru_cache(maxsize=1024)
def _tail(oids: tuple[str, ...], repetitions: int) -> bytes:
    """Return what follows the request id; checks ask many agents for the same all day."""
    names = b"".join(encode_tlv(SEQUENCE, encode_oid(oid) + b"\x05\x00") for oid in oids)
    return b"\x02\x01\x00" + encode_integer(repetitions) + encode_tlv(SEQUENCE, names)


# --- decoding: messages -----------------------------------------------------------------------


class Head(NamedTuple):
    """A response without its bindings, which lie in `start:end` of the datagram."""

    request_id: int
    error_status: int
    error_index: int
    start: int
    end: int


def read_head(data: bytes) -> Head:
    """Read a response up to its bindings. Raises BerError; octets after the message are ignored.

    The community is not compared: agents may echo another one, and who answers is told by the
    request id and the source address.
    """
    try:
        at, end = enter(data, 0, len(data), SEQUENCE)
        if data[at : at + 4] in _USUAL_VERSIONS and data[at + 4] < 0x80:
            at += 5 + data[at + 4]  # a community that reaches too far leaves no room for the rest
        else:
            version, at = read_integer(data, at, end)
            if version not in (0, 1):
                raise BerError(f"version {version} is not spoken here")
            _, at = enter(data, at, end, OCTET_STRING)
        return read_pdu(data, at, end, RESPONSE)
    except (IndexError, struct.error):
        raise BerError("cut off") from None


def read_pdu(data: bytes, at: int, end: int, tag: int) -> Head:
    """Read a PDU up to its bindings. Raises BerError, IndexError and struct.error."""
    at, end = enter(data, at, end, tag)
    four, request_id, one, status, also_one, index = _USUAL_NUMBERS.unpack_from(data, at)
    if four == 0x0204 and one == also_one == 0x0201:
        at += 12
    else:
        request_id, at = read_integer(data, at, end)
        status, at = read_integer(data, at, end)
        index, at = read_integer(data, at, end)
    return Head(request_id, status, index, *enter(data, at, end, SEQUENCE))


def split(data: bytes, at: int, end: int, tags: bytes) -> tuple[list[bytes], int]:
    """Return the contents of the elements that begin at `at`, and where the last one ends.

    They must be of these tags, in this order. Raises BerError, and IndexError where the data end.
    """
    found = []
    for tag in tags:
        length = data[at + 1]
        if data[at] != tag:
            raise BerError(f"type {data[at]:#x} where {tag:#x} belongs")
        at += 2
        if length > 0x7F:
            length, at = _long_length(data, at, length)
        content = data[at : at + length]
        at += length
        found.append(content)
        if at > end:
            raise BerError("an element reaches beyond what holds it")
    return found, at


def read_bindings(data: bytes, head: Head, most: int) -> list[VarBind]:
    """Read the bindings of a response, in their order. Raises BerError, also for more than `most`.

    The bounds keep one datagram of 64 kB from holding up everyone else for ten milliseconds.
    """
    try:
        return _read_bindings(data, head.start, head.end, most)
    except (IndexError, struct.error):
        raise BerError("cut off") from None


def _read_bindings(data: bytes, at: int, end: int, most: int) -> list[VarBind]:
    """Read bindings in one pass: short ones, which nearly all are, without a call for each part.

    A binding must end exactly where its value does, and the last one where the list does; a name
    or value that reaches too far is found out by that.
    """
    found: list[VarBind] = []
    slow = 0  # octets that cost time each
    usual, number, short_oids = _USUAL_BINDING.unpack_from, int.from_bytes, SHORT_OIDS
    for _ in range(most):
        if at >= end:
            break
        tag, length, name_tag, name_length = usual(data, at)
        if tag != SEQUENCE or (name_tag != _OID and length < 0x80):
            raise BerError("a binding is no SEQUENCE of a name and a value")
        if length < 0x80 and name_length <= CACHED_OID_OCTETS:
            binding_end = at + 2 + length
            at += 4 + name_length
            name = short_oids[data[at - name_length : at]]
        else:
            name, name_length, at, binding_end = _read_long_name(data, at)
            slow += name_length if name_length > CACHED_OID_OCTETS else 0
        tag, length = data[at], data[at + 1]
        at += 2
        if length > 0x7F:
            length, at = _long_length(data, at, length)
        if at + length != binding_end:
            raise BerError("a value does not fill its binding")
        content = data[at:binding_end]
        if tag == OCTET_STRING:
            found.append((name, content))
        elif tag in NUMBERS and content < b"\x80" and 0 < length <= 8:
            found.append((name, number(content)))  # not negative: the same in every type
        else:
            slow += length if length > CACHED_OID_OCTETS else 0
            found.append((name, _decode(tag, content)))
        if slow > _MOST_SLOW_OCTETS:
            raise BerError("absurdly long bindings")
        at = binding_end
    if at != end:
        raise BerError(f"more than {most} bindings, or one that reaches beyond their list")
    return found


def _read_long_name(data: bytes, at: int) -> tuple[str, int, int, int]:
    """Read the name of a binding whose lengths may be of any form.

    Return the name, the octets it took, where its value starts, and where the binding ends.
    """
    at, binding_end = enter(data, at, len(data), SEQUENCE)
    start, end = enter(data, at, binding_end, _OID)
    return decode_oid(data[start:end]), end - start, end, binding_end


def _decode(tag: int, content: bytes) -> Value:
    """Return the value of an element. Raises BerError."""
    decoder = DECODERS.get(tag)
    if decoder is None:
        raise BerError(f"unknown type {tag:#x}")
    return decoder(content)


def enter(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Return where the content of the element at `at` starts and ends.

    Raises BerError, and IndexError where the data end.
    """
    if data[at] != tag:
        raise BerError(f"type {data[at]:#x} where {tag:#x} belongs")
    length = data[at + 1]
    at += 2
    if length > 0x7F:
        length, at = _long_length(data, at, length)
    if at + length > end:
        raise BerError("an element reaches beyond what holds it")
    return at, at + length


def _long_length(data: bytes, at: int, first: int) -> tuple[int, int]:
    """Read a length of several octets; return it and where the content starts."""
    octets = first & 0x7F
    if not 0 < octets <= _MOST_LENGTH_OCTETS:
        raise BerError("indefinite or absurd length")
    return int.from_bytes(data[at : at + octets], "big"), at + octets


def read_integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Read an INTEGER; return it and where the next element starts. Raises as `enter` does."""
    if data[at] == INTEGER and 0 < data[at + 1] <= MOST_INTEGER_OCTETS:
        start, stop = at + 2, at + 2 + data[at + 1]
    else:
        start, stop = enter(data, at, end, INTEGER)
    if stop > end or not 0 < stop - start <= MOST_INTEGER_OCTETS:
        raise BerError("an integer of absurd length")
    return int.from_bytes(data[start:stop], "big", signed=True), stop
