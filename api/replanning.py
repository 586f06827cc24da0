"""Lets a running collector follow its inventory, without interrupting what stays as it was.

    adopted.yaml was written    → its new devices are taken in
    register.yaml was written   → its devices are followed: new, changed and gone
    SIGHUP                      → everything in all files is followed

Those two files are written as a whole, by an adoption or an import that held them against
everything else. The others are edited by people: only when somebody says so are they followed, so
that a file that is half edited can never take a device off the wall.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from pathlib import Path

from collector.app import Collector
from collector.config import Config, ProblemsError
from collector.config.problems import Problem
from collector.inventory import InventoryError, Plan, differences, followed, reusing
from collector.store import StoreError

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
_NAMED = 10  # devices in one line of the log

Marks = tuple[tuple[int, int, int] | None, ...]


def marks_of(config: Config) -> Marks:
    """Return what changes whenever one of the files that Pantau itself writes is replaced."""
    return tuple(_mark(path) for path in (config.adopted_path, config.registered_path))


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


async def keep_following(
    collector: Collector, load: Callable[[], Plan], config: Config, seen: Marks
) -> None:
    """Follow adopted devices, the register, and at SIGHUP all files; for ever.

    `load` reads the plan anew and blocks; `seen` are the files' marks from before the plan that
    the collector began with was read.
    """
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, asked.set)
    everything = False
    while True:
        marks = await asyncio.to_thread(marks_of, config)
        everything |= asked.is_set()
        asked.clear()
        if everything or marks != seen:
            register = None if everything else config.registered_path
            if await _follow(collector, load, register):
                seen, everything = marks, False
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await asked.wait()
        except TimeoutError:
            pass


async def _follow(collector: Collector, load: Callable[[], Plan], register: Path | None) -> bool:
    """Follow the devices of one file and new ones, or everything; say whether that is settled.

    Files with problems change nothing, and the log names them. What the store cannot take now is
    to be tried again.
    """
    old = collector.plan
    try:
        newer, plan = await asyncio.to_thread(_read, load, old, register)
        await collector.follow(plan)
    except ProblemsError as error:
        logger.error("the inventory is not read again: %s", error)  # noqa: TRY400 - it says it all
        return True
    except ValueError as error:
        logger.error("the inventory cannot be followed: %s", error)  # noqa: TRY400
        return True
    except StoreError as error:
        logger.error("the inventory is not followed yet: %s", error)  # noqa: TRY400
        return False
    _tell("new devices are watched", plan.devices.keys() - old.devices.keys())
    _tell("devices are not watched any more", old.devices.keys() - plan.devices.keys())
    changed = {
        one for one, device in plan.devices.items() if old.devices.get(one, device) != device
    }
    _tell("devices were changed", changed)
    others = differences(plan, newer)
    if others:
        logger.warning(
            "%d devices were changed or removed in other files: that holds from SIGHUP or the "
            "next start on",
            others,
        )
    return True


def _read(load: Callable[[], Plan], old: Plan, register: Path | None) -> tuple[Plan, Plan]:
    """Return what the files say, and the part of it that is to be followed. Blocks.

    Raises ProblemsError, also where a register that devices stand in is gone.
    """
    newer = load()
    if register is None:
        return newer, reusing(old, newer)
    before = old.devices_in(register)
    if before and not register.exists():  # an import writes an empty one, it never removes it
        remedy = "put it back, or make it anew: pantau import --rewrite"
        raise InventoryError([Problem(str(register), None, "", "is gone", remedy)])
    ids = before | newer.devices_in(register)
    return newer, reusing(old, followed(old, newer, ids))


def _tell(what: str, ids: set[str]) -> None:
    if ids:
        more = ", …" if len(ids) > _NAMED else ""
        logger.info("%d %s: %s%s", len(ids), what, ", ".join(sorted(ids)[:_NAMED]), more)
