"""SNMP agents for tests: honest ones, and ones scripted to misbehave.

The wire format is written here a second time, without the product's codec, so that a fault in one
is not hidden by the same fault in the other.
"""

import asyncio
import bisect
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

GET, GET_NEXT, RESPONSE, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA5
TOO_BIG, NO_SUCH_NAME, GEN_ERR = 1, 2, 5
NO_SUCH_OBJECT = b"\x80\x00"
NO_SUCH_INSTANCE = b"\x81\x00"
END_OF_MIB_VIEW = b"\x82\x00"
NULL = b"\x05\x00"

Binding = tuple[str, bytes]
"""A dotted OID and the whole element of its value."""

# --- the wire ---------------------------------------------------------------------------------


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    return bytes([tag, 0x82]) + size.to_bytes(2, "big") + content


def number(value: int, tag: int = 0x02) -> bytes:
    size = 1
    while not -(1 << 8 * size - 1) <= value < 1 << 8 * size - 1:
        size += 1
    return tlv(tag, value.to_bytes(size, "big", signed=True))


def text(value: str) -> bytes:
    return tlv(0x04, value.encode())


def oid_content(oid: str) -> bytes:
    first, second, *rest = map(int, oid.split("."))
    content = b""
    for part in [first * 40 + second, *rest]:
        groups = [part >> shift & 0x7F for shift in range(28, 0, -7)]
        while groups and groups[0] == 0:
            groups.pop(0)
        content += bytes(group | 0x80 for group in groups) + bytes([part & 0x7F])
    return content


def binding(oid: str, value: bytes) -> bytes:
    return tlv(0x30, tlv(0x06, oid_content(oid)) + value)


EVERY_TYPE: list[Binding] = [
    ("1.3.6.1.2.1.1.1.0", text("Linux uji 6.1")),
    ("1.3.6.1.2.1.1.2.0", tlv(0x06, b"\x2b\x06\x01\x04\x01\xbf\x08")),
    ("1.3.6.1.2.1.1.3.0", number(123456, 0x43)),
    ("1.3.6.1.2.1.31.1.1.1.6.1", number(2**63, 0x46)),
    ("1.3.6.1.2.1.4.20.1.1", tlv(0x40, bytes([127, 0, 0, 1]))),
    ("1.3.6.1.4.1.2021.10.1.6.1", tlv(0x44, b"\x9f\x78\x04\x3f\xc0\x00\x00")),
    ("1.3.6.1.2.1.1.9.0", NULL),
    ("1.3.6.1.2.1.1.99.0", b"\x80\x00"),
]
"""A value of every type that agents send, for tests that damage answers."""


def response(
    request_id: int,
    bindings: Iterable[Binding],
    *,
    status: int = 0,
    index: int = 0,
    version: int = 1,
    community: bytes = b"public",
) -> bytes:
    """Return the datagram of a response."""
    listed = tlv(0x30, b"".join(binding(oid, value) for oid, value in bindings))
    pdu = tlv(RESPONSE, number(request_id) + number(status) + number(index) + listed)
    return tlv(0x30, number(version) + tlv(0x04, community) + pdu)


class Asked(NamedTuple):
    """A request as an agent sees it."""

    version: int
    community: bytes
    pdu: int
    request_id: int
    repetitions: int
    oids: tuple[str, ...]

    def answer(self, bindings: Iterable[Binding], *, status: int = 0, index: int = 0) -> bytes:
        return response(
            self.request_id,
            bindings,
            status=status,
            index=index,
            version=self.version,
            community=self.community,
        )

    def refuse(self, status: int, index: int = 0) -> bytes:
        """Return an error response, which echoes the names with NULL."""
        return self.answer([(oid, NULL) for oid in self.oids], status=status, index=index)


def read_request(data: bytes) -> Asked:
    """Read a request of the product; these are well-formed, or the test deserves to fail."""
    _, message, rest = element(data)
    assert rest == b""
    _, version, message = element(message)
    _, community, message = element(message)
    pdu, message, rest = element(message)
    assert rest == b""
    return read_pdu(int.from_bytes(version, "big"), community, pdu, message)


def read_pdu(version: int, community: bytes, pdu: int, content: bytes) -> Asked:
    """Read what stands in the PDU of a request."""
    _, request_id, content = element(content)
    assert len(request_id) == 4
    _, _, content = element(content)
    _, repetitions, content = element(content)
    _, listed, rest = element(content)
    assert rest == b""
    oids = []
    while listed:
        _, one, listed = element(listed)
        tag, name, value = element(one)
        assert (tag, value) == (0x06, NULL)
        oids.append(_dotted(name))
    return Asked(
        version,
        community,
        pdu,
        int.from_bytes(request_id, "big", signed=True),
        int.from_bytes(repetitions, "big", signed=True),
        tuple(oids),
    )


def element(data: bytes) -> tuple[int, bytes, bytes]:
    tag, size, at = data[0], data[1], 2
    if size >= 128:
        at = 2 + (size & 0x7F)
        size = int.from_bytes(data[2:at], "big")
    return tag, data[at : at + size], data[at + size :]


def _dotted(content: bytes) -> str:
    parts, part = [], 0
    for octet in content:
        part = part << 7 | octet & 0x7F
        if octet < 128:
            parts.append(part)
            part = 0
    head = min(parts[0] // 40, 2)
    return ".".join(map(str, [head, parts[0] - 40 * head, *parts[1:]]))


# --- an honest agent --------------------------------------------------------------------------


class Mib:
    """What an honest agent knows, and how RFC 3416 (and, for v1, RFC 1157) has it answer."""

    def __init__(self, values: Mapping[str, bytes]) -> None:
        self.values = dict(values)
        self._keys = sorted(_key(oid) for oid in values)

    def bindings(self, asked: Asked) -> list[Binding]:
        if asked.pdu == GET:
            return [(oid, self.values.get(oid, NO_SUCH_INSTANCE)) for oid in asked.oids]
        rows = asked.repetitions if asked.pdu == GET_BULK else 1
        listed: list[Binding] = []
        oids = list(asked.oids)
        for _ in range(rows):
            row = [self.after(oid) for oid in oids]
            listed += row
            oids = [oid for oid, _ in row]
        return listed

    def after(self, oid: str) -> Binding:
        place = bisect.bisect_right(self._keys, _key(oid))
        if place == len(self._keys):
            return oid, END_OF_MIB_VIEW
        following = ".".join(map(str, self._keys[place]))
        return following, self.values[following]

    def __call__(self, asked: Asked) -> bytes:
        bindings = self.bindings(asked)
        if asked.version == 0:
            for place, (_, value) in enumerate(bindings, 1):
                if value in (NO_SUCH_INSTANCE, END_OF_MIB_VIEW):
                    return asked.refuse(2, place)
        return asked.answer(bindings)


def _key(oid: str) -> tuple[int, ...]:
    return tuple(map(int, oid.split(".")))


def table(entry: str, columns: Mapping[int, Sequence[bytes]]) -> dict[str, bytes]:
    """Return the values of a table: column number → values of the rows 1, 2, …"""
    return {
        f"{entry}.{column}.{row}": value
        for column, values in columns.items()
        for row, value in enumerate(values, 1)
    }


# --- an agent on a socket ---------------------------------------------------------------------


class Later(NamedTuple):
    """A datagram that is sent after a while."""

    seconds: float
    data: bytes


class Elsewhere(NamedTuple):
    """A datagram that is sent from another address."""

    address: str
    data: bytes


Reply = bytes | Later | Elsewhere
Script = Callable[[Asked], Reply | Iterable[Reply]]


class ScriptedAgent(asyncio.DatagramProtocol):
    """Answers on loopback as its script says; `asked` keeps every request.

    `async with ScriptedAgent(script) as agent:` then `agent.port`.
    """

    def __init__(self, script: Script, host: str = "127.0.0.1") -> None:
        self.asked: list[Asked] = []
        self.host = host
        self.port = 0
        self._script = script
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(self.host, 0)
        )
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._transport is not None
        self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        asked = read_request(data)
        self.asked.append(asked)
        self.reply(self._script(asked), addr)

    def reply(self, replies: Reply | Iterable[Reply], addr: tuple[Any, ...]) -> None:
        assert self._transport is not None
        if isinstance(replies, bytes | Later | Elsewhere):
            replies = [replies]
        for reply in replies:
            match reply:
                case Later(seconds, delayed):
                    loop = asyncio.get_running_loop()
                    loop.call_later(seconds, self._transport.sendto, delayed, addr)
                case Elsewhere(address, foreign):
                    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                        other.bind((address, 0))
                        other.sendto(foreign, addr)
                case _:
                    self._transport.sendto(reply, addr)
