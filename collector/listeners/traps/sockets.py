"""Opening the port that devices send to.

The collector opens the sockets and keeps them: a receiver that is started again finds waiting what
came meanwhile, and needs no right to bind a port.
"""

import errno
import socket
from collections.abc import Sequence

RECEIVE_BUFFER_OCTETS = 1 << 20
PRIVILEGED = 1024
_NO_IPV6 = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


class PortUnavailableError(Exception):
    """The port cannot be listened on. The text names it and what to do."""


def open_sockets(addresses: Sequence[str], port: int) -> list[socket.socket]:
    """Return a bound UDP socket for each numeric address; port 0 takes a free one for all.

    An IPv6 wildcard is left out on a machine that has no IPv6, unless it is the only address.
    Raises PortUnavailableError when one cannot be bound.
    """
    opened: list[socket.socket] = []
    try:
        for address in addresses:
            try:
                opened.append(_open(address, port))
            except OSError as error:
                if address == "::" and len(addresses) > 1 and error.errno in _NO_IPV6:
                    continue
                raise PortUnavailableError(_words(address, port, error)) from error
            port = opened[0].getsockname()[1]
    except BaseException:
        for sock in opened:
            sock.close()
        raise
    return opened


def _open(address: str, port: int) -> socket.socket:
    family, kind, _, _, place = socket.getaddrinfo(
        address, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST | socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, kind)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_OCTETS)
        if family == socket.AF_INET6:  # IPv4 has a socket of its own
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(place)
    except BaseException:
        sock.close()
        raise
    return sock


def _words(address: str, port: int, error: OSError) -> str:
    """Say what is wrong and what to do about it."""
    place = f"UDP port {port} on {address}"
    if error.errno in (errno.EACCES, errno.EPERM) and port < PRIVILEGED:
        return (
            f"{place} may not be bound by this user; give the service the capability "
            "CAP_NET_BIND_SERVICE, or set traps.port above 1023 and redirect port "
            f"{port} to it (docs/traps.md says how)"
        )
    if error.errno == errno.EADDRINUSE:
        return (
            f"{place} is in use by another program (snmptrapd?); stop it, or set another traps.port"
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{address} is no address of this machine; mend traps.addresses"
    return f"{place} cannot be listened on: {error.strerror}"
