"""Waiting for what calls back."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

_Told = TypeVar("_Told")


async def told(begin: Callable[[Callable[[_Told], None]], Callable[[], None]]) -> _Told:
    """Begin something that tells what came of it once and later; return that.

    `begin` takes whom to tell and returns what stops it: called at the end, also when cancelled.
    Raises what `begin` raises.
    """
    future: asyncio.Future[_Told] = asyncio.get_running_loop().create_future()

    def tell(what: _Told) -> None:
        if not future.done():  # else cancelled a moment ago
            future.set_result(what)

    stop = begin(tell)
    try:
        return await future
    finally:
        stop()
