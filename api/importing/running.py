"""Has imports done by a process of their own, one at a time, and waits for it without blocking."""

import asyncio
import logging
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from api.importing.uploads import Uploads, file_name
from collector.clock import Clock

_LOG = logging.getLogger(__name__)
_SECONDS = 120.0
_PROGRAM = (sys.executable, "-m", "api.importing")
CUT_SHORT = "cut_short"
"""`refused` where the process ended without an answer: what it had done by then the store knows."""

_PROGRESS = re.compile(rb"(reading|rows|file) (\d{1,9}) (\d{1,9})\n")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the list that is being read is: rows of rows. `what` is None: none is."""

    what: str | None = None
    done: int = 0
    of: int = 0
    waiting: int = 0  # that come after it


class ListDesk:
    """Where the API hands in lists. `config_file` is read by the process that reads them."""

    def __init__(self, config_file: Path | None, data_directory: Path, clock: Clock) -> None:
        self._config_file = config_file
        self._uploads = Uploads(data_directory)
        self._clock = clock
        self._turn = asyncio.Lock()
        self._asked = 0
        self._progress = Progress()

    async def has(self, mark: str) -> bool:
        """Say whether a list is kept."""
        return await asyncio.to_thread(self._uploads.has, mark)

    def progress(self) -> Progress:
        """Return how far it is."""
        waiting = max(0, self._asked - 1)
        return Progress(self._progress.what, self._progress.done, self._progress.of, waiting)

    def sweep(self) -> None:
        """Remove lists that are too old, and those that were never whole. Blocks; OSError."""
        self._uploads.sweep(self._clock.now())

    async def keep(self, file: str, octets: bytes) -> str:
        """Keep a list that was sent; return the mark by which it is asked for. Raises OSError."""
        now = self._clock.now()
        return await asyncio.to_thread(self._uploads.keep, file_name(file), octets, now)

    async def ask(self, deed: str, **request: object) -> Mapping[str, Any]:
        """Return the worker's answer (see `api.importing.worker`).

        `CUT_SHORT` where it gave none: see `api.importing.cut_short` for deeds that change things.
        """
        config = None if self._config_file is None else str(self._config_file)
        asked = orjson.dumps({"deed": deed, "config": config, **request})
        self._asked += 1
        try:
            async with self._turn:
                return await self._ask(asked)
        finally:
            self._asked -= 1
            self._progress = Progress()

    async def _ask(self, asked: bytes) -> Mapping[str, Any]:
        process = await asyncio.create_subprocess_exec(
            *_PROGRAM,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_SECONDS), asyncio.TaskGroup() as group:
                group.create_task(self._follow(process.stderr), name="progress of an import")
                answer = group.create_task(_answer_of(process, asked), name="an import")
        except TimeoutError:
            return {"refused": CUT_SHORT, "detail": "The list takes too long; split it."}
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            _LOG.error("the process that reads lists ended with %s", process.returncode)
            return {"refused": CUT_SHORT, "detail": "The list could not be read; split it."}
        found: Mapping[str, Any] = orjson.loads(answer.result())
        return found

    async def _follow(self, stream: asyncio.StreamReader | None) -> None:
        """Take the lines of progress; what else the process says is for the log."""
        while stream is not None and (line := await stream.readline()):
            found = _PROGRESS.fullmatch(line)
            if found is None:
                _LOG.warning("reading a list: %s", line.decode(errors="replace").rstrip())
            else:
                self._progress = Progress(found[1].decode(), int(found[2]), int(found[3]))


async def _answer_of(process: asyncio.subprocess.Process, asked: bytes) -> bytes:
    """Hand the request over and return the answer."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process has no pipes")
    try:
        process.stdin.write(asked)
        await process.stdin.drain()
        process.stdin.close()
    except ConnectionError:  # it ended before it read; its exit code says so
        _LOG.warning("the process that reads lists ended early")
    answer = await process.stdout.read()
    await process.wait()
    return answer
