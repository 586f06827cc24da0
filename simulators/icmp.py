"""Echo replies of the whole city (RFC 792), so that dead, lossy and slow are decisions of ours.

Two carriers for the same messages. In a network namespace of our own the kernel is told to keep
quiet and a raw socket answers: real ICMP. Where no namespace can be made, the very same bytes
travel in UDP datagrams to one port: everything above the socket is real, the kernel's ICMP path
is not.

A request that a real host would drop gets no answer here either: unknown address, not an echo
request, truncated, wrong checksum (RFC 1071).
"""

import asyncio
import socket
import struct
from collections.abc import Iterable
from ipaddress import IPv4Address

from simulators import datagrams
from simulators.datagrams import Address
from simulators.live import Live

_ECHO_REQUEST = 8
_ICMP_FILTER = 1  # raw(7), linux/icmp.h: a set bit hides that type from the socket
_SOL_RAW = 255
_HEADER = 8


def echo_reply(request: bytes) -> bytes | None:
    """Return the reply to an ICMP echo request, or None for what a host would drop."""
    if len(request) < _HEADER or request[0] != _ECHO_REQUEST or request[1] != 0:
        return None
    padded = request if len(request) % 2 == 0 else request + b"\0"
    if int.from_bytes(padded, "big") % 0xFFFF:  # one's complement sum: zero when intact
        return None
    changed = int.from_bytes(request[2:4], "big") + (_ECHO_REQUEST << 8)  # RFC 1624: type 8 → 0
    checksum = (changed & 0xFFFF) + (changed >> 16)
    return b"\0\0" + checksum.to_bytes(2, "big") + request[4:]


def open_raw() -> socket.socket:
    """Return a raw socket that hears echo requests only. Raises PermissionError without rights."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    hidden = ~(1 << _ECHO_REQUEST) & 0xFFFF_FFFF
    opened.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("=I", hidden))
    datagrams.prepare(opened)
    return opened


class Responder:
    """Answers for all devices. Open with one of the two ways, then `close`."""

    def __init__(self, lives: Iterable[Live]) -> None:
        self._lives = {IPv4Address(live.device.address).packed: live for live in lives}
        self.unsent = 0  # the kernel would not take the answer

    def open_icmp(self) -> None:
        """Answer real ICMP. Only in a namespace whose kernel does not answer by itself."""
        self._listen(open_raw(), self._handle_packet)

    def open_udp(self, port: int) -> int:
        """Answer ICMP messages carried in UDP; return the port. Raises OSError."""
        opened = datagrams.open_udp(port)
        self._listen(opened, self._handle)
        return int(opened.getsockname()[1])

    def close(self) -> None:
        """Stop answering."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _listen(self, opened: socket.socket, handle: datagrams.Handler) -> None:
        self._socket = opened
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(opened, datagrams.drain, opened, handle)

    def _handle_packet(self, packet: bytes, asked: bytes, source: Address) -> None:
        """Take the IP header off (RFC 791: its length in words is in the low four bits)."""
        self._handle(packet[(packet[0] & 0x0F) * 4 :], asked, source)

    def _handle(self, message: bytes, asked: bytes, source: Address) -> None:
        live = self._lives.get(asked)
        if live is None or not live.answers:
            return
        reply = echo_reply(message)
        if reply is None or live.loses_this_one():
            return  # no intact request, or one that a fault says is lost
        delay = live.echo_delay_seconds
        self._loop.call_later(delay, self._answer, live, reply, asked, source)

    def _answer(self, live: Live, reply: bytes, asked: bytes, source: Address) -> None:
        if not live.answers or self._socket.fileno() < 0:
            return  # it died while the echo was on its way
        if datagrams.send_from(self._socket, asked, reply, source):
            live.echoes += 1
        else:
            self.unsent += 1
