"""Serves the application: uvicorn on a socket that is open before anything else starts.

Opening the socket first means that a port in use is told in one clear sentence before a
collector runs, and that port 0 can be resolved and printed.
"""

import errno
import logging
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

_LOG = logging.getLogger(__name__)
_BACKLOG = 512
_GRACE_SECONDS = 5  # streams end at once; this is for a long answer that is still being sent


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
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host, port) from None
        raise
    sock.setblocking(False)
    return sock


class ApiServer(uvicorn.Server):
    """uvicorn that ends event streams before it waits for connections to finish."""

    def __init__(self, app: FastAPI) -> None:
        self._close_streams: Callable[[], None] = app.state.parts.live.close
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,  # the program's logging is set up once, by the command
                access_log=False,
                server_header=False,
                lifespan="on",
                timeout_graceful_shutdown=_GRACE_SECONDS,
                backlog=_BACKLOG,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then let uvicorn finish what else is being answered."""
        self._close_streams()
        await super().shutdown(sockets)


def run_api(
    app: FastAPI,
    *,
    sock: socket.socket | None = None,
    host: str = "127.0.0.1",
    port: int = 8080,
) -> None:
    """Serve `app` until SIGTERM or SIGINT; blocks.

    `sock` (from `open_socket`) wins over host and port. Raises PortInUse before anything of `app`
    has started.
    """
    listening = sock if sock is not None else open_socket(host, port)
    _LOG.info("the API listens on %s port %d", *listening.getsockname()[:2])
    ApiServer(app).run(sockets=[listening])
