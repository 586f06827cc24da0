"""The event stream (Server-Sent Events, WHATWG HTML section 9.2)."""

from collections.abc import Iterator
from contextlib import aclosing
from typing import Annotated

import anyio
from fastapi import APIRouter, Header
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api import schemas
from api.deps import PartsOf, ViewerOf
from api.errors import Code, ProblemError
from api.live import LiveError, Stream, TooManyListenersError

router = APIRouter(tags=["city"])

_PART_BYTES = 64 * 1024

_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would collect the stream and pass it on in lumps
}


class EventStream(Response):
    """Sends a stream until either side goes; the screen is forgotten the moment it is gone."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send pieces while watching for the client to leave."""
        del scope
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(_cancel_when_gone, receive, group.cancel_scope)
                await self._send_all(send)
                group.cancel_scope.cancel()
        finally:
            self._stream.close()

    async def _send_all(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        async with aclosing(self._stream.pieces()) as pieces:
            async for piece in pieces:
                for part in _parts(piece):
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _parts(piece: bytes) -> Iterator[bytes]:
    """Yield a piece in parts: what is handed over at once is copied for every screen that waits."""
    for at in range(0, len(piece), _PART_BYTES):
        yield piece[at : at + _PART_BYTES]


async def _cancel_when_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


@router.get(
    "/events",
    response_class=Response,
    responses={
        200: {
            "description": "`snapshot`, `transition`, `incident`, `alert` and `heartbeat` events.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        503: {"model": schemas.ProblemDetails, "description": "No stream can be opened now."},
    },
)
async def get_events(
    parts: PartsOf,
    principal: ViewerOf,
    last_event_id: Annotated[
        str | None,
        Header(max_length=40, description="The last id seen; browsers send it by themselves."),
    ] = None,
) -> EventStream:
    """Follow the city live.

    `snapshot` comes first (the same as `GET /wall`; its id is its cursor) and replaces everything
    known before; it comes again when the stream could not keep up, when the inventory changed, and
    when the last collector is gone or the first is back. Then one `transition` for each stored
    change, with the transition's id; an `incident` that names incidents to ask for; an `alert` that
    says which alerts began, changed or ended; and a
    `heartbeat` at least every 5 seconds: a client that misses three should call itself stale. With
    `Last-Event-ID` the transitions after it come instead of a snapshot; when it is too old or
    unknown, a snapshot. The stream ends when its token is revoked.
    """
    seen = int(last_event_id) if last_event_id and last_event_id.isdecimal() else None
    try:
        stream = await parts.live.connect(principal.token_id, seen)
    except TooManyListenersError as error:
        raise _unavailable(Code.TOO_MANY_STREAMS, error, "30") from None
    except LiveError as error:
        raise _unavailable(Code.STORE_UNAVAILABLE, error, "2") from None
    return EventStream(stream)


def _unavailable(code: Code, error: LiveError, retry_after: str) -> ProblemError:
    return ProblemError(503, code, str(error), headers={"Retry-After": retry_after})
