"""The little that is read of a datagram before anything in it is believed: who says it is speaking.

It costs microseconds where a whole decoding costs milliseconds, so that a flood of what will be
dropped anyway is cheap. Lengths are definite and end within what holds them; nothing nests deeper
than the picture:

    v1, v2c (RFC 1157, 3416)  SEQUENCE { version, community, PDU … }
    v3 (RFC 3412, 6; 3414, 2.4)
        SEQUENCE { version, SEQUENCE { id, size, flags, model },
          OCTET STRING { SEQUENCE { engine id, boots, time, user, signature, salt }}, data }
"""

from typing import Final, NamedTuple

INTEGER: Final = 0x02
OCTET_STRING: Final = 0x04
SEQUENCE: Final = 0x30
TRAP_V1: Final = 0xA4
INFORM: Final = 0xA6
TRAP_V2: Final = 0xA7

_USM: Final = 3
_MOST_LENGTH_OCTETS: Final = 4
_SIGNED, _ENCRYPTED, _REPORTABLE = 1, 2, 4


class HeaderError(ValueError):
    """No SNMP message of a version that is spoken here."""


class CommunityHead(NamedTuple):
    """Of a v1 or v2c message."""

    version: str  # "1" or "2c"
    community: bytes
    pdu: int  # its tag

    def __repr__(self) -> str:
        """Keep the community out of logs."""
        return f"CommunityHead({self.version})"


class UserHead(NamedTuple):
    """Of a v3 message. The signature lies in `signature_start:signature_end` of the datagram."""

    engine_id: bytes
    user: bytes
    flags: int
    signature_start: int
    signature_end: int

    @property
    def is_signed(self) -> bool:
        """Whether it claims to be authenticated."""
        return bool(self.flags & _SIGNED)

    @property
    def is_encrypted(self) -> bool:
        """Whether it claims to be encrypted."""
        return bool(self.flags & _ENCRYPTED)

    @property
    def is_reportable(self) -> bool:
        """Whether its sender takes us for the authority (informs), not itself (traps)."""
        return bool(self.flags & _REPORTABLE)


def read_header(data: bytes) -> CommunityHead | UserHead:
    """Return who a datagram says it is from. Raises HeaderError and nothing else."""
    try:
        at, end = _enter(data, 0, len(data), SEQUENCE)
        version, at = _number(data, at, end)
        if version in (0, 1):
            start, at = _enter(data, at, end, OCTET_STRING)
            return CommunityHead("1" if version == 0 else "2c", data[start:at], data[at])
        if version == _USM:
            return _user_head(data, at, end)
    except IndexError:
        raise HeaderError("cut off") from None
    raise HeaderError("a version that is not spoken here")


def _user_head(data: bytes, at: int, end: int) -> UserHead:
    at, header_end = _enter(data, at, end, SEQUENCE)
    _, at = _number(data, at, header_end)
    _, at = _number(data, at, header_end)
    start, at = _enter(data, at, header_end, OCTET_STRING)
    if at - start != 1:
        raise HeaderError("flags of another length than one octet")
    flags = data[start]
    model, _ = _number(data, at, header_end)
    if model != _USM:
        raise HeaderError("a security model that is not spoken here")
    at, outer_end = _enter(data, header_end, end, OCTET_STRING)
    at, inner_end = _enter(data, at, outer_end, SEQUENCE)
    start, at = _enter(data, at, inner_end, OCTET_STRING)
    engine_id = data[start:at]
    _, at = _number(data, at, inner_end)
    _, at = _number(data, at, inner_end)
    start, at = _enter(data, at, inner_end, OCTET_STRING)
    user = data[start:at]
    return UserHead(engine_id, user, flags, *_enter(data, at, inner_end, OCTET_STRING))


def _enter(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Return where the content of the element at `at` starts and ends."""
    if at + 2 > end or data[at] != tag:
        raise HeaderError("an element of another type than belongs there")
    length = data[at + 1]
    at += 2
    if length > 0x7F:
        octets = length & 0x7F
        if not 0 < octets <= _MOST_LENGTH_OCTETS:
            raise HeaderError("an indefinite or absurd length")
        length = int.from_bytes(data[at : at + octets], "big")
        at += octets
    if at + length > end:
        raise HeaderError("an element that reaches beyond what holds it")
    return at, at + length


def _number(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return an INTEGER and where the next element starts."""
    start, stop = _enter(data, at, end, INTEGER)
    if not 0 < stop - start <= 8:
        raise HeaderError("a number of absurd length")
    return int.from_bytes(data[start:stop], "big", signed=True), stop
