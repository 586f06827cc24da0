"""Has imports done by a process of their own, one at a time, and waits for it without blocking."""

import asyncio
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from api.importing.uploads import Uploads, file_name
from collector.clock import Clock

_LOG = logging.getLogger(__name__)
_SECONDS = 120.0
_LARGEST_ANSWER = 64 << 20


class ListDesk:
    """Where the API hands in lists. `config_file` is read by the process that reads them."""

    def __init__(self, config_file: Path | None, data_directory: Path, clock: Clock) -> None:
        self._config_file = config_file
        self._uploads = Uploads(data_directory)
        self._clock = clock
        self._turn = asyncio.Lock()

    async def keep(self, file: str, octets: bytes) -> str:
        """Keep a list that was sent; return the mark by which it is asked for. Raises OSError."""
        now = self._clock.now()
        return await asyncio.to_thread(self._uploads.keep, file_name(file), octets, now)

    async def ask(self, deed: str, **request: object) -> Mapping[str, Any]:
        """Return the worker's answer (see `api.importing.worker`); a refusal when it fails."""
        config = None if self._config_file is None else str(self._config_file)
        asked = orjson.dumps({"deed": deed, "config": config, **request})
        async with self._turn:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "api.importing.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_LARGEST_ANSWER,
            )
            try:
                async with asyncio.timeout(_SECONDS):
                    answered, _ = await process.communicate(asked)
            except TimeoutError:
                return {"refused": "too_large", "detail": "The list takes too long; split it."}
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode != 0:
            _LOG.error("the process that reads lists ended with %s", process.returncode)
            return {"refused": "too_large", "detail": "The list could not be read; split it."}
        found: Mapping[str, Any] = orjson.loads(answered)
        return found
