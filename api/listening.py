"""Opens the socket of the API before anything else starts.

So a port in use is told in one clear sentence before a collector runs, and port 0 can be resolved
and printed.
"""

import errno
import socket

BACKLOG = 512


class PortInUse(Exception):  # noqa: N818 - a word of the interface to the command line
    """The address cannot be listened on. The message names it and the remedy."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        super().__init__(
            f"port {port} on {host} is in use by another program; stop it, or choose another "
            f"port with `--port` or `api.port` in pantau.yaml"
        )


def open_socket(host: str, port: int) -> socket.socket:
    """Return a listening TCP socket; `port` 0 takes a free one.

    Raises PortInUse, and OSError when `host` is not an address of this machine or the port needs
    rights (below 1024).
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host, port) from None
        raise
    sock.setblocking(False)
    return sock
