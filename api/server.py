"""Serves the application: uvicorn on a socket that is open already (see `api.listening`)."""

import logging
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from api.listening import BACKLOG, open_socket

_LOG = logging.getLogger(__name__)
_GRACE_SECONDS = 5  # streams end at once; this is for a long answer that is still being sent


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
                backlog=BACKLOG,
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
