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

from collector.probes.snmp.ber import OCTET_STRING, SEQUENCE, enter, read_integer
from collector.probes.snmp.errors import BerError

TRAP_V1: Final = 0xA4
INFORM: Final = 0xA6
TRAP_V2: Final = 0xA7

_USM: Final = 3
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
        at, end = enter(data, 0, len(data), SEQUENCE)
        version, at = read_integer(data, at, end)
        if version in (0, 1):
            start, at = enter(data, at, end, OCTET_STRING)
            return CommunityHead("1" if version == 0 else "2c", data[start:at], data[at])
        if version == _USM:
            return _user_head(data, at, end)
    except IndexError:
        raise HeaderError("cut off") from None
    except BerError as error:
        raise HeaderError(str(error)) from None
    raise HeaderError("a version that is not spoken here")


def _user_head(data: bytes, at: int, end: int) -> UserHead:
    at, header_end = enter(data, at, end, SEQUENCE)
    _, at = read_integer(data, at, header_end)
    _, at = read_integer(data, at, header_end)
    start, at = enter(data, at, header_end, OCTET_STRING)
    if at - start != 1:
        raise HeaderError("flags of another length than one octet")
    flags = data[start]
    model, _ = read_integer(data, at, header_end)
    if model != _USM:
        raise HeaderError("a security model that is not spoken here")
    at, outer_end = enter(data, header_end, end, OCTET_STRING)
    at, inner_end = enter(data, at, outer_end, SEQUENCE)
    start, at = enter(data, at, inner_end, OCTET_STRING)
    engine_id = data[start:at]
    _, at = read_integer(data, at, inner_end)
    _, at = read_integer(data, at, inner_end)
    start, at = enter(data, at, inner_end, OCTET_STRING)
    user = data[start:at]
    return UserHead(engine_id, user, flags, *enter(data, at, inner_end, OCTET_STRING))
