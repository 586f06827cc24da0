"""BER as an SNMP agent needs it: read requests, write responses (X.690, RFC 1157, RFC 3416).

    message ::= SEQUENCE { version, community, PDU }
    PDU     ::= [type] { request-id, error-status | non-repeaters,
                         error-index | max-repetitions, SEQUENCE OF varbind }

Only what goes over the wire is known here. Everything that is not well formed raises BerError;
an agent stays silent then, as real ones do.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

Oid = tuple[int, ...]

INTEGER, OCTET_STRING, NULL, OBJECT_IDENTIFIER, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, OPAQUE, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x46

NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = b"\x80\x00", b"\x81\x00", b"\x82\x00"


class BerError(ValueError):
    """The bytes are not the message they should be."""


class Version(IntEnum):
    """SNMP versions as the message writes them."""

    V1 = 0
    V2C = 1


class Pdu(IntEnum):
    """The PDU types an agent meets or sends."""

    GET = 0xA0
    GET_NEXT = 0xA1
    RESPONSE = 0xA2
    SET = 0xA3
    GET_BULK = 0xA5


class ErrorStatus(IntEnum):
    """The error-status values that our agents use."""

    NO_ERROR = 0
    TOO_BIG = 1
    NO_SUCH_NAME = 2
    GEN_ERR = 5
    NOT_WRITABLE = 17


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose varbinds are still bytes, so that equal questions are equal bytes.

    `request_id` is the whole TLV, to be sent back as it came. `question` is everything after it.
    """

    version: Version
    community: bytes
    pdu: Pdu
    request_id: bytes
    question: bytes


@dataclass(frozen=True, slots=True)
class Question:
    """What a request asks: two numbers (meaning by PDU type) and encoded names."""

    non_repeaters: int
    max_repetitions: int
    names: tuple[bytes, ...]


def tlv(tag: int, content: bytes) -> bytes:
    """Return tag, length and content."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def signed(number: int) -> bytes:
    """Return an INTEGER in as few octets as it needs (X.690 8.3.2)."""
    bits = (number if number >= 0 else ~number).bit_length()
    return tlv(INTEGER, number.to_bytes(bits // 8 + 1, "big", signed=True))


def unsigned(tag: int, number: int) -> bytes:
    """Return a Counter32, Gauge32, TimeTicks or Counter64; these wrap at their own width."""
    number &= 0xFFFF_FFFF_FFFF_FFFF if tag == COUNTER64 else 0xFFFF_FFFF
    return tlv(tag, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def text(words: str) -> bytes:
    """Return an OCTET STRING of UTF-8 text."""
    return tlv(OCTET_STRING, words.encode())


def object_identifier(oid: Oid) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    return tlv(OBJECT_IDENTIFIER, encode_oid(oid))


def parse_oid(dotted: str) -> Oid:
    """Return `1.3.6.1` (a leading dot is allowed) as numbers. Raises ValueError."""
    return tuple(int(part) for part in dotted.removeprefix(".").split("."))


def encode_oid(oid: Oid) -> bytes:
    """Return the content octets of an OID (X.690 8.19). Raises ValueError for an impossible one."""
    if not oid or min(oid) < 0 or oid[0] > 2 or (len(oid) > 1 and oid[0] < 2 and oid[1] > 39):
        raise ValueError(f"not an object identifier: {oid}")
    second = oid[1] if len(oid) > 1 else 0
    encoded = bytearray()
    for number in (oid[0] * 40 + second, *oid[2:]):
        encoded += _base128(number)
    return bytes(encoded)


@lru_cache(maxsize=65536)
def decode_oid(content: bytes) -> Oid:
    """Return an OID's numbers from its content octets. Raises BerError."""
    if not content or content[-1] & 0x80:
        raise BerError("truncated object identifier")
    numbers: list[int] = []
    number = 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return (first, numbers[0] - first * 40, *numbers[1:])


def read_request(data: bytes) -> Request:
    """Return the request in a datagram. Raises BerError."""
    body, end = _open(data, 0, SEQUENCE)
    if end != len(data):
        raise BerError("bytes after the message")
    version, at = _read_integer(data, body, end)
    community, at = _open(data, at, OCTET_STRING, end)
    pdu_at = at
    try:
        known_version, pdu = Version(version), Pdu(data[pdu_at])
    except (ValueError, IndexError) as error:
        raise BerError("unknown version or PDU type") from error
    id_at, pdu_end = _open(data, pdu_at, pdu, end)
    _, id_end = _open(data, id_at, INTEGER, pdu_end)
    if pdu_end != end:
        raise BerError("bytes after the PDU")
    return Request(known_version, data[community:at], pdu, data[id_at:id_end], data[id_end:end])


def read_question(question: bytes) -> Question:
    """Return what `Request.question` asks. Raises BerError."""
    end = len(question)
    first, at = _read_integer(question, 0, end)
    second, at = _read_integer(question, at, end)
    at, list_end = _open(question, at, SEQUENCE, end)
    names = []
    while at < list_end:
        name_at, varbind_end = _open(question, at, SEQUENCE, list_end)
        name, name_end = _open(question, name_at, OBJECT_IDENTIFIER, varbind_end)
        names.append(question[name:name_end])
        at = varbind_end
    return Question(first, second, tuple(names))


def response(
    request: Request, varbinds: bytes, error: ErrorStatus = ErrorStatus.NO_ERROR, index: int = 0
) -> bytes:
    """Return the response message; `varbinds` are the contents of the variable-bindings list."""
    pdu = request.request_id + signed(error) + signed(index) + tlv(SEQUENCE, varbinds)
    return tlv(
        SEQUENCE,
        signed(request.version) + tlv(OCTET_STRING, request.community) + tlv(Pdu.RESPONSE, pdu),
    )


def _base128(number: int) -> bytes:
    octets = [number & 0x7F]
    while number := number >> 7:
        octets.append(number & 0x7F | 0x80)
    return bytes(reversed(octets))


def _open(data: bytes, at: int, tag: int, limit: int | None = None) -> tuple[int, int]:
    """Return where the content of the TLV at `at` begins and ends, within `limit`."""
    limit = len(data) if limit is None else limit
    if at + 2 > limit or data[at] != tag:
        raise BerError(f"expected tag {tag:#04x} at {at}")
    size = data[at + 1]
    at += 2
    if size & 0x80:
        octets = size & 0x7F
        if not 1 <= octets <= 3 or at + octets > limit:
            raise BerError(f"bad length at {at}")
        size = int.from_bytes(data[at : at + octets], "big")
        at += octets
    if at + size > limit:
        raise BerError(f"truncated at {at}")
    return at, at + size


def _read_integer(data: bytes, at: int, limit: int) -> tuple[int, int]:
    """Return the INTEGER at `at` and where it ends."""
    start, end = _open(data, at, INTEGER, limit)
    if not 1 <= end - start <= 5:
        raise BerError(f"bad integer at {at}")
    return int.from_bytes(data[start:end], "big", signed=True), end
