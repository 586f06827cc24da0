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
    OCTET_STRING,
    REPORT,
    RESPONSE,
    SEQUENCE,
    Head,
    encode_integer,
    encode_length,
    encode_tlv,
    enter,
    read_integer,
    read_pdu,
)
from collector.probes.snmp.errors import BerError
from collector.probes.snmp.v3.window import MOST

SIGNED: Final = 0x01
ENCRYPTED: Final = 0x02

_LEVEL: Final = SIGNED | ENCRYPTED
_REPORTABLE: Final = 0x04
_USER_BASED: Final = 3  # the security model
_MOST_ENGINE_ID: Final = 64  # twice what RFC 3411 allows
_MOST_NAME: Final = 255  # RFC 3411 allows 32
_MOST_SIGNATURE: Final = 64

# --- building ---------------------------------------------------------------------------------


class Names(NamedTuple):
    """Whom to ask as whom, in octets: what all messages of a user to one agent have in common."""

    engine_id: bytes = b""
    user: bytes = b""
    context: bytes = b""


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
    boots, time = clock
    before = b"".join(
        (
            encode_tlv(OCTET_STRING, names.engine_id),
            encode_integer(boots),
            encode_integer(time),
            encode_tlv(OCTET_STRING, names.user),
            bytes((OCTET_STRING, signature_octets)),
        )
    )
    after = bytes((OCTET_STRING, len(salt))) + salt
    size = len(before) + signature_octets + len(after)
    parameters = bytes((SEQUENCE,)) + encode_length(size)
    head = b"".join(
        (
            b"\x02\x01\x03\x30\x11\x02\x04",
            message_id.to_bytes(4, "big"),
            b"\x02\x03\x00\xff\xe3\x04\x01",  # we take 65,507 octets, all that UDP has
            bytes((level | _REPORTABLE,)),
            b"\x02\x01\x03\x04",
            encode_length(len(parameters) + size),
            parameters,
            before,
        )
    )
    length = encode_length(len(head) + signature_octets + len(after) + len(data))
    packet = b"".join((b"\x30", length, head, bytes(signature_octets), after, data))
    return packet, 1 + len(length) + len(head)


def build_scoped(names: Names, pdu: bytes) -> bytes:
    """Return a PDU in its context."""
    engine_id = encode_tlv(OCTET_STRING, names.engine_id)
    return encode_tlv(SEQUENCE, engine_id + encode_tlv(OCTET_STRING, names.context) + pdu)


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
    version, at = read_integer(data, at, end)
    if version != 3:
        raise BerError(f"version {version} where 3 belongs")
    message_id, level, at = _read_header(data, *enter(data, at, end, SEQUENCE))
    at, after = enter(data, at, end, OCTET_STRING)
    at, inner = enter(data, at, after, SEQUENCE)
    engine_id, at = _read_octets(data, at, inner, _MOST_ENGINE_ID)
    boots, at = read_integer(data, at, inner)
    time, at = read_integer(data, at, inner)
    user, at = _read_octets(data, at, inner, _MOST_NAME)
    signature, at = _read_octets(data, at, inner, _MOST_SIGNATURE)
    signature_at = at - len(signature)
    salt, at = _read_octets(data, at, inner, _MOST_SIGNATURE)
    if not (0 <= boots <= MOST and 0 <= time <= MOST):
        raise BerError("a clock beyond 31 bits")
    start = after
    if level & ENCRYPTED:
        start, end = enter(data, after, end, OCTET_STRING)
    return Message(
        message_id, level, engine_id, boots, time, user, signature, signature_at, salt, start, end
    )


def _read_header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return the message id, the level of security, and where the next element starts."""
    message_id, at = read_integer(data, at, end)
    _, at = read_integer(data, at, end)  # the largest message that the agent takes
    flags, at = _read_octets(data, at, end, 1)
    model, at = read_integer(data, at, end)
    if model != _USER_BASED:
        raise BerError(f"security model {model} is not spoken here")
    level = flags[0] & _LEVEL if flags else ENCRYPTED
    if level == ENCRYPTED:
        raise BerError("flags that say nothing, or encrypted but not signed")
    return message_id, level, end


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
        context_engine_id, at = _read_octets(data, at, end, _MOST_ENGINE_ID)
        context, at = _read_octets(data, at, end, _MOST_NAME)
        tag = data[at]
        if tag not in (RESPONSE, REPORT):
            raise BerError(f"a PDU {tag:#x} where an answer belongs")
        return Scoped(context_engine_id, context, tag, read_pdu(data, at, end, tag))
    except (IndexError, struct.error):
        raise BerError("cut off") from None


def _read_octets(data: bytes, at: int, end: int, most: int) -> tuple[bytes, int]:
    """Read an OCTET STRING; return it and where the next element starts."""
    start, stop = enter(data, at, end, OCTET_STRING)
    if stop - start > most:
        raise BerError("a name of absurd length")
    return data[start:stop], stop
