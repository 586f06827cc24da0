"""ASGI middleware: a body larger than anything we take is refused before it fills the memory.

Bodies are read before it is known who sends them, so anybody could send one.
"""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Code, ProblemError, problem_response

LARGEST_BODY_BYTES = 1 << 20
_TOO_LARGE = f"A body has at most {LARGEST_BODY_BYTES >> 20} MiB; send less at once."


class BodyLimit:
    """Answers 413 to a body that is too large, whether or not it says so beforehand."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counting what the body brings."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > LARGEST_BODY_BYTES:
            problem = ProblemError(413, Code.BODY_TOO_LARGE, _TOO_LARGE)
            await problem_response(problem)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST_BODY_BYTES:
                raise HTTPException(413, _TOO_LARGE)  # what reads the body passes this on
            return message

        await self._app(scope, counted, send)
