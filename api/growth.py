"""Lets a running collector take in new devices: those adopted, and on SIGHUP those of all files.

Only devices that are new are taken in, and nothing that is watched is interrupted: no state, no
suspicion, no rhythm. What was changed or removed in the files holds from the next start, so that
a file that is being edited can never take a device off the wall.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from pathlib import Path

from collector.app import Collector
from collector.config import ProblemsError
from collector.inventory import Plan, differences
from collector.store import StoreError

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0

Mark = tuple[int, int, int] | None


def mark_of(path: Path) -> Mark:
    """Return what changes whenever a file is replaced; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


async def keep_growing(
    collector: Collector, load: Callable[[], Plan], adopted: Path, seen: Mark
) -> None:
    """Take in what comes up in the file of adopted devices, or in any file at SIGHUP; for ever.

    `load` reads the plan anew and blocks; `seen` is the file's mark from before the plan that the
    collector began with was read.
    """
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, asked.set)
    while True:
        mark = await asyncio.to_thread(mark_of, adopted)
        if mark != seen or asked.is_set():
            asked.clear()
            seen = mark
            await _grow(collector, load)
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await asked.wait()
        except TimeoutError:
            pass


async def _grow(collector: Collector, load: Callable[[], Plan]) -> None:
    """Take in what is new. Files with problems change nothing, and the log names them."""
    try:
        newer = await asyncio.to_thread(load)
        others = differences(collector.plan, newer)
        taken = await collector.take_in(newer)
    except ProblemsError as error:
        logger.error("the inventory is not read again: %s", error)  # noqa: TRY400 - it says it all
        return
    except (StoreError, ValueError) as error:
        logger.error("new devices are not watched yet: %s", error)  # noqa: TRY400
        return
    if taken:
        logger.info("%d new devices are watched: %s", len(taken), ", ".join(taken[:10]))
    if others:
        logger.warning("%d devices were changed or removed: that holds from the next start", others)
