"""One socket for all devices of one address family: what carries echo messages.

    PingSettings.carrier   socket                            who may open it
    "icmp"                 datagram ICMP, then raw ICMP      net.ipv4.ping_group_range, CAP_NET_RAW
    "udp:PORT"             UDP to PORT of the same address   everybody: the demo's simulators

A `Channel` sends, and drains what came back; it does not know what was asked (see
`collector.probes.icmp.line`). Two habits of the kernel shape it:

- With IP_RECVERR, errors from the network are queued with the request they quote, and besides
  that the *next* call on the socket fails once with their errno, whatever device it is for. So
  a failed send first empties the error queue and tries again.
- A socket with a queued error polls as POLLERR. uvloop stops watching a descriptor at its first
  POLLERR (libuv), which would leave us deaf for ever. An epoll descriptor in between only ever
  becomes readable.
"""

import errno
import os
import select
import socket
import struct
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

# From <linux/icmp.h>, <linux/in.h>, <linux/in6.h>, <asm-generic/socket.h>: not in `socket`.
ICMP_FILTER = 1
ICMP6_FILTER = 1
IP_RECVERR = 11
IPV6_RECVERR = 25
SOL_RAW = 255
SO_RCVBUFFORCE = 33
SO_TIMESTAMPNS = 35

RECEIVE_BUFFER_BYTES = 4 << 20
PACKET_BYTES = 256  # IP header with options and our echo; what is longer is not ours
ANCILLARY_BYTES = 128
DRAIN_LIMIT = 4096  # a flood is left for the next turn of the loop

_SOL_SOCKET = socket.SOL_SOCKET
_TIMESPEC = struct.Struct("@ll")
_EXTENDED_ERROR = struct.Struct("=IBBBBII")
_ERRORS_OF_OTHERS_LIMIT = 8


class PingUnavailableError(Exception):
    """This machine does not let us ping. The text names the remedy."""


class SocketKind(StrEnum):
    """Which of the three ways was opened."""

    DATAGRAM = "datagram"
    RAW = "raw"
    UDP = "udp"


class NetworkError(NamedTuple):
    """What the network said of a message that we sent, not yet believed."""

    code: int  # an errno
    message: bytes  # our own, quoted: perhaps only its beginning
    address: str  # the device it was for
    port: int


TakeReply = Callable[[bytes, str, int, int | None], None]
"""Takes a packet, its source's address and port, and when the kernel received it (nanoseconds of
CLOCK_REALTIME, None if it did not say)."""

TakeError = Callable[[NetworkError], None]


class Channel:
    """An open socket of one family. Single-threaded, never blocks."""

    def __init__(self, sock: socket.socket, kind: SocketKind, version: int, port: int) -> None:
        self.kind = kind
        self.version = version
        self.port = port  # 0 unless the carrier is UDP
        # Whether the kernel puts its own identifier in and sorts the replies by it.
        self.rewrites_identifier = kind is SocketKind.DATAGRAM
        # Whether what arrives still has its IPv4 header before the ICMP message.
        self.keeps_header = kind is SocketKind.RAW and version == 4
        self._socket = sock
        self._epoll = select.epoll()
        self._epoll.register(sock, select.EPOLLIN)

    def fileno(self) -> int:
        """Return a descriptor that is readable when there is something to drain."""
        return self._epoll.fileno()

    def send(self, address: str, message: bytes) -> Sequence[NetworkError]:
        """Send one message now. Returns errors of earlier messages met on the way.

        Raises:
            OSError: this very message could not leave: no route, no right, no buffer space.
        """
        try:
            self._socket.sendto(message, (address, self.port))
        except BlockingIOError:
            raise
        except OSError as problem:
            return self._send_past_errors(address, message, problem)
        return ()

    def drain(self, take: TakeReply, take_error: TakeError) -> None:
        """Hand over what has arrived until nothing is left, at most DRAIN_LIMIT messages.

        A queued error makes a read fail. In case one did not, the queue is also looked at when we
        were woken and there was nothing to read.
        """
        receive = self._socket.recvmsg
        heard = False
        for _ in range(DRAIN_LIMIT):
            try:
                packet, ancillary, _flags, source = receive(PACKET_BYTES, ANCILLARY_BYTES)
            except BlockingIOError:
                break
            except OSError:  # the errno of a queued error: the queue tells whose
                for error in self._queued_errors():
                    take_error(error)
                continue
            heard = True
            address = source[0] if self.version == 4 else _plain(source[0])
            take(packet, address, source[1], _stamp(ancillary))
        if not heard:
            for error in self._queued_errors():
                take_error(error)

    def close(self) -> None:
        """Release the descriptors. Safe to call twice."""
        self._epoll.close()
        self._socket.close()

    def _send_past_errors(
        self, address: str, message: bytes, problem: OSError
    ) -> list[NetworkError]:
        """Send after a try failed by `problem`, which may be due to errors of earlier messages."""
        met: list[NetworkError] = []
        unexplained = 0
        for _ in range(_ERRORS_OF_OTHERS_LIMIT):
            others = self._queued_errors()
            met += others
            # Once may be another device's error whose queue entry found no room; twice is ours.
            unexplained += not others
            if unexplained == 2:
                raise problem
            try:
                self._socket.sendto(message, (address, self.port))
            except BlockingIOError:
                raise
            except OSError as again:
                problem = again
            else:
                return met
        raise problem

    def _queued_errors(self) -> list[NetworkError]:
        """Take what is in the error queue, at most DRAIN_LIMIT errors."""
        receive = self._socket.recvmsg
        errors: list[NetworkError] = []
        for _ in range(DRAIN_LIMIT):
            try:
                quoted, ancillary, _flags, target = receive(
                    PACKET_BYTES, ANCILLARY_BYTES, socket.MSG_ERRQUEUE
                )
            except OSError:  # BlockingIOError: the queue is empty
                break
            code = _error_code(ancillary)
            if code and target:
                errors.append(NetworkError(code, quoted, _plain(target[0]), target[1]))
        return errors


def open_channel(version: int, udp_port: int | None) -> Channel:
    """Open the best socket this machine allows for IPv4 or IPv6.

    Raises:
        PingUnavailableError: neither way is allowed, or the family does not exist here.
    """
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    if udp_port is not None:
        sock = _open_udp_socket(family)
        return _prepare(sock, SocketKind.UDP, version, udp_port)
    protocol = socket.IPPROTO_ICMP if version == 4 else socket.IPPROTO_ICMPV6
    for kind, name in ((socket.SOCK_DGRAM, SocketKind.DATAGRAM), (socket.SOCK_RAW, SocketKind.RAW)):
        try:
            sock = socket.socket(family, kind, protocol)
        except PermissionError:
            continue
        except OSError as problem:
            raise PingUnavailableError(f"no IPv{version} here: {problem.strerror}") from problem
        return _prepare(sock, name, version, 0)
    raise PingUnavailableError(remedy())


def remedy() -> str:
    """Return what to do about missing ICMP rights, in one line."""
    return (
        "this machine does not let us ping; allow it for everybody with "
        '`sysctl -w net.ipv4.ping_group_range="0 2147483647"`, or for this program with '
        "`setcap cap_net_raw+ep` on its Python interpreter (containers: --cap-add NET_RAW)"
    )


def _open_udp_socket(family: socket.AddressFamily) -> socket.socket:
    try:
        return socket.socket(family, socket.SOCK_DGRAM)
    except OSError as problem:
        raise PingUnavailableError(f"cannot open a UDP socket: {problem.strerror}") from problem


def _prepare(sock: socket.socket, kind: SocketKind, version: int, port: int) -> Channel:
    try:
        sock.setblocking(False)
        _widen_receive_buffer(sock)
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        if version == 4:
            sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        else:
            sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
        if kind is SocketKind.RAW:
            _keep_only_replies(sock, version)
        return Channel(sock, kind, version, port)
    except OSError as problem:
        sock.close()
        raise PingUnavailableError(f"cannot prepare the ping socket: {problem}") from problem


def _widen_receive_buffer(sock: socket.socket) -> None:
    """Make room for a burst of replies; without CAP_NET_ADMIN up to net.core.rmem_max."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
    except PermissionError:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)


def _keep_only_replies(sock: socket.socket, version: int) -> None:
    """Let the kernel throw away all other ICMP of the machine; a set bit blocks its type."""
    if version == 4:
        sock.setsockopt(SOL_RAW, ICMP_FILTER, struct.pack("@I", 0xFFFFFFFF & ~(1 << 0)))
        return
    words = [0xFFFFFFFF] * 8  # RFC 3542 section 3.2; type 129 is bit 1 of word 4
    words[129 // 32] &= ~(1 << (129 % 32))
    sock.setsockopt(socket.IPPROTO_ICMPV6, ICMP6_FILTER, struct.pack("@8I", *words))


def _stamp(ancillary: list[tuple[int, int, bytes]]) -> int | None:
    for level, kind, data in ancillary:
        if kind == SO_TIMESTAMPNS and level == _SOL_SOCKET and len(data) >= _TIMESPEC.size:
            seconds: int
            nanoseconds: int
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return seconds * 1_000_000_000 + nanoseconds
    return None


def _error_code(ancillary: list[tuple[int, int, bytes]]) -> int:
    """Return the errno of a `struct sock_extended_err` (see ip(7), IP_RECVERR), or 0."""
    wanted = ((socket.IPPROTO_IP, IP_RECVERR), (socket.IPPROTO_IPV6, IPV6_RECVERR))
    for level, kind, data in ancillary:
        if (level, kind) in wanted and len(data) >= _EXTENDED_ERROR.size:
            return int(_EXTENDED_ERROR.unpack_from(data)[0])
    return 0


def _plain(address: str) -> str:
    """Return an address without the interface (`fe80::1%eth0`)."""
    return address.partition("%")[0]


def describe_errno(code: int) -> str:
    """Return the words and name of an errno: `No route to host (EHOSTUNREACH)`."""
    return f"{os.strerror(code)} ({errno.errorcode.get(code, code)})"
