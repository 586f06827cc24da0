"""One UDP socket that is every loopback address at once (IP_PKTINFO, ip(7)).

A datagram to 127.16.0.9 and one to 127.16.0.10 arrive at the same socket; the kernel says which
address was asked, and an answer leaves from that very address. So thousands of devices need one
file descriptor.
"""

import socket
import struct
from collections.abc import Callable
from contextlib import suppress

IP_PKTINFO = 8  # not in Python's socket module before 3.14
SO_RCVBUFFORCE = 33
_SO_BINDTODEVICE = 25
_PKTINFO = struct.Struct("=i4s4s")  # interface, address to send from, address that was asked
_ASKED = slice(8, 12)
_BUFFER = 8 << 20
_AT_ONCE = 256  # datagrams before the event loop gets its turn
_LARGEST = 65535

Address = tuple[str, int]
Handler = Callable[[bytes, bytes, Address], None]
"""Called with the datagram, the address that was asked (4 octets), and who asks."""


def open_udp(port: int) -> socket.socket:
    """Return a non-blocking socket for all loopback addresses; port 0 lets the kernel choose.

    Raises OSError when the port is taken or not allowed.
    """
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        prepare(opened)
        with suppress(PermissionError):  # then `drain` alone keeps strangers out
            opened.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, b"lo")
        opened.bind(("0.0.0.0", port))  # noqa: S104 - see `drain`: only 127.0.0.0/8 is heard
    except OSError:
        opened.close()
        raise
    return opened


def prepare(opened: socket.socket) -> None:
    """Make a socket non-blocking, ask for packet information and a large receive buffer."""
    opened.setblocking(False)
    opened.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
    try:
        opened.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, _BUFFER)
    except PermissionError:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)


def drain(opened: socket.socket, handle: Handler) -> None:
    """Hand over what has arrived for loopback addresses; what came to any other is not heard."""
    for _ in range(_AT_ONCE):
        try:
            data, ancillary, _, source = opened.recvmsg(_LARGEST, 64)
        except BlockingIOError:
            return
        except OSError:  # an ICMP error about an earlier answer: nobody is there any more
            continue
        asked = ancillary[0][2][_ASKED] if ancillary else b""
        if asked[:1] == b"\x7f":
            handle(data, asked, source)


def send_from(opened: socket.socket, asked: bytes, data: bytes, to: Address) -> bool:
    """Send `data` with `asked` as its source. Return False when the kernel would not take it."""
    info = _PKTINFO.pack(0, asked, b"\0\0\0\0")
    try:
        opened.sendmsg((data,), [(socket.IPPROTO_IP, IP_PKTINFO, info)], 0, to)
    except OSError:  # full buffers, or the asker is gone: on a network, too, it would be lost
        return False
    return True
