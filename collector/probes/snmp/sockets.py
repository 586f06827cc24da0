"""UDP sockets and their addresses, for the transport."""

import errno
import socket
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

from collector.probes.snmp.errors import NotSent

SocketAddress = tuple[Any, ...]
"""(host, port), or (host, port, flow, scope) for IPv6."""

_MOST_REMEMBERED: Final = 16_384  # addresses: more than one collector asks
_SO_RCVBUFFORCE: Final = 33  # Linux: beyond the system's limit, with the right to


def socket_address(address: str, port: int) -> tuple[int, SocketAddress]:
    """Return (family, socket address) in the spelling that `recvfrom` uses. Raises NotSent.

    Only numeric addresses: a look-up would block everyone, and could change whom we ask.
    """
    if "%" in address:  # an interface's number may change while we run
        return _spelled(address, port)
    return _remembered(address, port)


def _spelled(address: str, port: int) -> tuple[int, SocketAddress]:
    """Do what `socket_address` promises, each time anew."""
    if address.count(".") == 3 and ":" not in address:
        with suppress(OSError):
            packed = socket.inet_pton(socket.AF_INET, address)
            return socket.AF_INET, (socket.inet_ntop(socket.AF_INET, packed), port)
    try:
        family, _, _, _, found = socket.getaddrinfo(
            address, port, socket.AF_INET6, socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST
        )[0]
    except (OSError, UnicodeError):
        raise NotSent(f"{address!r} is not an IP address") from None
    return family, found


_remembered = lru_cache(maxsize=_MOST_REMEMBERED)(_spelled)


def open_socket(family: int, receive_buffer_bytes: int) -> socket.socket:
    """Return a non-blocking UDP socket on a free port, with room for a burst of answers."""
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, receive_buffer_bytes)
        except OSError:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        sock.bind(("", 0))  # agents answer to whichever of our addresses the route chose
    except OSError:
        sock.close()
        raise
    return sock


def passes_by_itself(error: OSError) -> bool:
    """Whether a send failed only because our own buffers are full at this moment."""
    return isinstance(error, BlockingIOError | InterruptedError) or error.errno == errno.ENOBUFS


def same_place(one: SocketAddress, other: SocketAddress) -> bool:
    """Whether two addresses are the same host and port; IPv6's flow label may differ."""
    return one[:2] == other[:2] and one[3:] == other[3:]
