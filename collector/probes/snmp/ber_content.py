"""What stands inside the values of SNMP messages: octets → numbers, text, OIDs (RFC 2578, 3417).

Each decoder takes the content octets of one element and raises `BerError` and nothing else.
"""

import re
import struct
from collections.abc import Callable
from typing import Final

from collector.probes.snmp.errors import BerError
from collector.probes.snmp.values import Missing, Value

MOST_INTEGER_OCTETS: Final = 9  # a Counter64 above 2**63 with its leading zero
MOST_SUB_IDENTIFIERS: Final = 128  # RFC 2578, section 3.5
MOST_SUB_IDENTIFIER: Final = 2**32 - 1

_MOST_OID_OCTETS: Final = 5 * MOST_SUB_IDENTIFIERS
CACHED_OID_OCTETS: Final = 64  # longer names are rare and would let an attacker fill memory
_MOST_CACHED_OIDS: Final = 32_768
_SUB_IDENTIFIER: Final = re.compile(rb"[\x80-\xff]*[\x00-\x7f]")


def decode_oid(content: bytes) -> str:
    """Return the dotted form of an OID's content. Raises BerError.

    No content at all is `0.0`, which is how net-snmp reads agents that send an empty OID.
    """
    if len(content) <= CACHED_OID_OCTETS:
        return SHORT_OIDS[content]
    return _decode_oid(content)


class _ShortOids(dict[bytes, str]):
    """Content of at most CACHED_OID_OCTETS → dotted form, decoded once. Raises BerError.

    A city's devices give the same names all day. When one sends ever new ones, everything is
    forgotten at once: that is cheaper than to keep account of what was used last.
    """

    def __missing__(self, content: bytes) -> str:
        """Decode and remember."""
        oid = _decode_oid(content)
        if len(self) >= _MOST_CACHED_OIDS:
            self.clear()
        self[content] = oid
        return oid


SHORT_OIDS: Final = _ShortOids()
"""For names of at most CACHED_OID_OCTETS, without asking how long they are."""


def _decode_oid(content: bytes) -> str:
    if not content:
        return "0.0"
    if len(content) > _MOST_OID_OCTETS or content[-1] > 0x7F:
        raise BerError("an OID too long or cut off")
    groups = _SUB_IDENTIFIER.findall(content)
    if len(groups) >= MOST_SUB_IDENTIFIERS:
        raise BerError("an OID of too many sub-identifiers")
    first, *rest = [group[0] if len(group) == 1 else _join_septets(group) for group in groups]
    top = min(first // 40, 2)  # X.690, 8.19.4: the first two share one
    return ".".join(map(str, (top, first - top * 40, *rest)))


def _join_septets(group: bytes) -> int:
    """Return the number in the low seven bits of up to five octets; a loop would take thrice."""
    if len(group) <= 5:
        bits = int.from_bytes(group, "big")
        number = (
            bits & 0x7F
            | bits >> 1 & 0x7F << 7
            | bits >> 2 & 0x7F << 14
            | bits >> 3 & 0x7F << 21
            | bits >> 4 & 0x7F << 28
        )
        if number <= MOST_SUB_IDENTIFIER:
            return number
    raise BerError("a sub-identifier beyond 32 bits")


def _decode_integer(content: bytes) -> Value:
    """Return a signed integer; one without octets is no value at all."""
    if len(content) > MOST_INTEGER_OCTETS:
        raise BerError("an integer of absurd length")
    return int.from_bytes(content, "big", signed=True) if content else None


def _unsigned(wrap: int) -> Callable[[bytes], Value]:
    """Return a decoder of counters and gauges: a negative number is one that lost its zero octet.

    `42 01 ff` is read as 2**32 - 1: BER says -1, and that is how a careless agent's 32 bits of
    ones come out. net-snmp reads it the same way.
    """

    def decode(content: bytes) -> Value:
        if len(content) > MOST_INTEGER_OCTETS:
            raise BerError("a counter of absurd length")
        if not content:
            return None
        number = int.from_bytes(content, "big", signed=True)
        if number < 0:
            number += wrap if number >= -(wrap >> 1) else 2**64
        if not 0 <= number < 2**64:
            raise BerError("a counter beyond 64 bits")
        return number

    return decode


def _decode_address(content: bytes) -> Value:
    """Return the dotted address; agents also send none at all, or (as octets) an IPv6 one."""
    if len(content) == 4:
        return ".".join(map(str, content))
    return content or None


def _decode_opaque(content: bytes) -> Value:
    """Return net-snmp's wrapped float, double or 64-bit integer, else the octets as they are."""
    kind, size, inner = content[:2], content[2:3], content[3:]
    decoder = _OPAQUE.get(kind)
    if decoder is None or size != bytes((len(inner),)):
        return content
    try:
        return decoder(inner)
    except struct.error:
        return content


def _always(value: Value) -> Callable[[bytes], Value]:
    """Return a decoder of what needs no content, such as NULL."""
    return lambda _content: value


def _float(layout: str) -> Callable[[bytes], Value]:
    number = struct.Struct(layout)
    return lambda content: float(number.unpack(content)[0])


_OPAQUE: Final[dict[bytes, Callable[[bytes], Value]]] = {
    b"\x9f\x78": _float(">f"),
    b"\x9f\x79": _float(">d"),
    b"\x9f\x7a": _decode_integer,
    b"\x9f\x7b": _unsigned(2**64),
}

DECODERS: Final[dict[int, Callable[[bytes], Value]]] = {
    0x02: _decode_integer,
    0x03: bytes,  # BIT STRING, of SNMPv2's early drafts
    0x04: bytes,
    0x05: _always(None),
    0x06: decode_oid,
    0x40: _decode_address,
    0x41: _unsigned(2**32),  # Counter32
    0x42: _unsigned(2**32),  # Gauge32, Unsigned32
    0x43: _unsigned(2**32),  # TimeTicks
    0x44: _decode_opaque,
    0x45: bytes,  # NsapAddress, of SNMPv2's early drafts
    0x46: _unsigned(2**64),  # Counter64
    0x47: _unsigned(2**32),  # UInteger32, of SNMPv2's early drafts
    **{kind.value: _always(kind) for kind in Missing},
}
"""Tag of a value → decoder of its content. A tag that is not here is no SNMP."""

NUMBERS: Final = frozenset({0x02, 0x41, 0x42, 0x43, 0x46, 0x47})
"""Tags of the types that differ only in what a leading 1 bit means."""
