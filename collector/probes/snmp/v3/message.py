"""Bytes ↔ the parts of a v3 message (RFC 3412, section 6; RFC 3414, section 2.4).

    SEQUENCE { version 3,
      SEQUENCE { message id, largest message, flags, security model },
      OCTET STRING { SEQUENCE { engine id, boots, time, user, signature, salt }},
      SEQUENCE { context engine id, context, PDU } | OCTET STRING { the same, encrypted }}

Every byte from outside is hostile: see ber.py, whose rules hold here too.
"""

import struct
from typing import Final, NamedTuple

from collector.probes.snmp.ber import (
    INTEGER,
    OCTET_STRING,
    REPORT,
    RESPONSE,
    SEQUENCE,
    Head,
    encode_integer,
    encode_length,
    encode_tlv,
    enter,
    read_pdu,
    split,
)
from collector.probes.snmp.ber_content import MOST_INTEGER_OCTETS
from collector.probes.snmp.errors import BerError
from collector.probes.snmp.v3.window import MOST

BEGINNING: Final = b"\x02\x01\x03\x30"
"""How a message goes on after its first 2 to 6 octets; one of v1 or v2c cannot."""

SIGNED: Final = 0x01
ENCRYPTED: Final = 0x02

_LEVEL: Final = SIGNED | ENCRYPTED
_REPORTABLE: Final = 0x04
_USER_BASED: Final = 3  # the security model
_MESSAGE: Final = bytes((INTEGER, SEQUENCE, OCTET_STRING))
_HEADER: Final = bytes((INTEGER, INTEGER, OCTET_STRING, INTEGER))
_PARAMETERS: Final = bytes((OCTET_STRING, INTEGER, INTEGER, OCTET_STRING, OCTET_STRING))
_SALT: Final = bytes((OCTET_STRING,))
_SCOPE: Final = bytes((OCTET_STRING, OCTET_STRING))

# --- building ---------------------------------------------------------------------------------


class Names:
    """Whom to ask as whom, in octets: what all messages of a user to one agent have in common."""

    __slots__ = ("_opening", "_user", "context", "engine_id", "scope", "user")

    def __init__(self, engine_id: bytes = b"", user: bytes = b"", context: bytes = b"") -> None:
        """Encode them once."""
        self.engine_id = engine_id
        self.user = user
        self.context = context
        self._opening = encode_tlv(OCTET_STRING, engine_id)
        self._user = encode_tlv(OCTET_STRING, user)
        self.scope = self._opening + encode_tlv(OCTET_STRING, context)

    def parameters(self, boots: int, time: int) -> bytes:
        """Return the security parameters up to the signature."""
        return b"".join(
            (self._opening, _encode_clock(boots), _encode_clock(time), self._user, b"\x04")
        )


def _encode_clock(number: int) -> bytes:
    """Return an INTEGER that is not negative; times take three or four octets for years."""
    if 0x8000 <= number < 0x80_0000:
        return b"\x02\x03" + number.to_bytes(3, "big")
    return encode_integer(number)


def build_message(
    message_id: int,
    level: int,
    names: Names,
    clock: tuple[int, int],
    signature_octets: int,
    salt: bytes,
    data: bytes,
) -> tuple[bytes, int]:
    """Return a request with zeros for its signature, and where they are.

    `message_id` takes four octets; `level` is SIGNED, ENCRYPTED, both or 0; `clock` is boots and
    time; `data` is what `build_scoped` returned, or an OCTET STRING of that encrypted.
    """
    before = names.parameters(*clock)
    after = bytes((OCTET_STRING, len(salt))) + salt
    size = len(before) + 1 + signature_octets + len(after)
    inner = encode_length(size)
    head = b"".join(
        (
            b"\x02\x01\x03\x30\x11\x02\x04",
            message_id.to_bytes(4, "big"),
            b"\x02\x03\x00\xff\xe3\x04\x01",  # we take 65,507 octets, all that UDP has
            bytes((level | _REPORTABLE,)),
            b"\x02\x01\x03\x04",
            encode_length(1 + len(inner) + size),
            b"\x30",
            inner,
            before,
            bytes((signature_octets,)),
        )
    )
    length = encode_length(len(head) + signature_octets + len(after) + len(data))
    packet = b"".join((b"\x30", length, head, bytes(signature_octets), after, data))
    return packet, 1 + len(length) + len(head)


def build_scoped(names: Names, pdu: bytes) -> bytes:
    """Return a PDU in its context."""
    return b"".join((b"\x30", encode_length(len(names.scope) + len(pdu)), names.scope, pdu))


# --- reading ----------------------------------------------------------------------------------


class Message(NamedTuple):
    """A message whose data, in `start:end` of the datagram, are still to be read."""

    message_id: int
    level: int
    engine_id: bytes
    boots: int
    time: int
    user: bytes
    signature: bytes
    signature_at: int
    salt: bytes
    start: int  # of the scoped PDU, or of the octets that were encrypted
    end: int


def read_message(data: bytes) -> Message:
    """Read a message up to its data. Raises BerError; octets after the message are ignored."""
    try:
        return _read_message(data)
    except IndexError:
        raise BerError("cut off") from None


def _read_message(data: bytes) -> Message:
    at, end = enter(data, 0, len(data), SEQUENCE)
    (version, header, parameters), start = split(data, at, end, _MESSAGE)
    if version != b"\x03":
        raise BerError("another version where 3 belongs")
    (message_id, _, flags, model), _ = split(header, 0, len(header), _HEADER)
    at, stop = enter(data, start - len(parameters), start, SEQUENCE)
    (engine_id, boots, time, user, signature), at = split(data, at, stop, _PARAMETERS)
    signature_at = at - len(signature)
    (salt,), _ = split(data, at, stop, _SALT)
    if int.from_bytes(model, "big") != _USER_BASED:
        raise BerError("a security model that is not spoken here")
    level = flags[0] & _LEVEL if len(flags) == 1 else ENCRYPTED
    if level == ENCRYPTED:
        raise BerError("flags that say nothing, or encrypted but not signed")
    if level & ENCRYPTED:
        start, end = enter(data, start, end, OCTET_STRING)
    return Message(
        _number(message_id), level, engine_id, _number(boots), _number(time), user,
        signature, signature_at, salt, start, end,
    )  # fmt: skip


def _number(content: bytes) -> int:
    """Return an INTEGER of 31 bits, as all of the header and of clocks are."""
    if not 0 < len(content) <= MOST_INTEGER_OCTETS:
        raise BerError("an integer of absurd length")
    number = int.from_bytes(content, "big", signed=True)
    if not 0 <= number <= MOST:
        raise BerError("a number beyond 31 bits")
    return number


class Scoped(NamedTuple):
    """A PDU in its context: `tag` is RESPONSE or REPORT."""

    context_engine_id: bytes
    context: bytes
    tag: int
    head: Head


def read_scoped(data: bytes, start: int, end: int) -> Scoped:
    """Read a scoped PDU up to its bindings. Raises BerError; octets after it are padding."""
    try:
        at, end = enter(data, start, end, SEQUENCE)
        (context_engine_id, context), at = split(data, at, end, _SCOPE)
        tag = data[at]
        if tag not in (RESPONSE, REPORT):
            raise BerError(f"a PDU {tag:#x} where an answer belongs")
        return Scoped(context_engine_id, context, tag, read_pdu(data, at, end, tag))
    except (IndexError, struct.error):
        raise BerError("cut off") from None
