"""Runs the work of a process until somebody asks it to end."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeAlias

Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]


def run_until_stopped(work: Work, beside: Work | None = None) -> None:
    """Run until `work` ends, SIGINT or SIGTERM; then cancel it once and let it finish."""

    async def watch() -> None:
        growing = None if beside is None else asyncio.create_task(beside(), name="growing")
        running = asyncio.create_task(work())
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        # Once only: systemd signals every process and the supervisor signals again, and a
        # second cancel would cut short the writing of what is left.
        running.cancel()
        if growing is not None:
            growing.cancel()
        with suppress(asyncio.CancelledError):
            await running

    asyncio.run(watch())
