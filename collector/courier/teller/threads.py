"""Blocking calls (store, spool) of the teller, in one thread that is seen through to its end."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Threaded:
    """Runs calls one after the other in a thread of its own."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def __call__(
        self, call: Callable[Given, Result], *args: Given.args, **named: Given.kwargs
    ) -> Result:
        """Return what the call returns, or raise what it raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(call, *args, **named))

    async def close(self) -> None:
        """See through what runs. Nothing can be called afterwards."""
        await asyncio.shield(asyncio.to_thread(self._thread.shutdown))
