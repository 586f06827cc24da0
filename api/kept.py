"""An answer that is dear to make and the same for all who ask: made once, kept for a while."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from collector.clock import Clock

AnswerT = TypeVar("AnswerT")


class Kept(Generic[AnswerT]):
    """Makes an answer in a thread when the kept one is too old; all who ask meanwhile share it.

    Who makes it is nobody's request: one that is broken off does not break it off. What `make`
    raises goes to everybody who waits for it, and the next who asks tries again.
    """

    def __init__(self, make: Callable[[], AnswerT], seconds: float, clock: Clock) -> None:
        """`make` blocks. `seconds`: how old the answer may be."""
        self._make = make
        self._seconds = seconds
        self._clock = clock
        self._answer: tuple[float, AnswerT] | None = None
        self._making: asyncio.Task[AnswerT] | None = None

    async def get(self) -> AnswerT:
        """Return the answer."""
        if self._answer is not None:
            made, answer = self._answer
            if self._clock.monotonic() - made < self._seconds:
                return answer
        if self._making is None:
            self._making = asyncio.create_task(self._renew(), name="an answer for all")
        return await asyncio.shield(self._making)

    async def _renew(self) -> AnswerT:
        try:
            began = self._clock.monotonic()
            answer = await asyncio.to_thread(self._make)
            self._answer = began, answer
            return answer
        finally:
            self._making = None
