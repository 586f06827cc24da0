"""ASGI middleware: a body larger than anything we take is refused before it fills the memory.

Bodies are read before it is known who sends them, so anybody could send one. A list to import may
be longer: its route reads it after that is known.
"""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Code, ProblemError, problem_response
from collector.register.reading import FILE_BYTES

LARGEST_BODY_BYTES = 1 << 20
LARGER = {"/api/v1/imports/preview": FILE_BYTES}


def _too_large(limit: int) -> str:
    return f"A body has at most {limit / (1 << 20):.2g} MiB; send less at once."


class BodyLimit:
    """Answers 413 to a body that is too large, whether or not it says so beforehand."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counting what the body brings."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = LARGER.get(scope["path"], LARGEST_BODY_BYTES)
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > limit:
            problem = ProblemError(413, Code.BODY_TOO_LARGE, _too_large(limit))
            await problem_response(problem)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413, _too_large(limit))  # what reads the body passes this on
            return message

        await self._app(scope, counted, send)
