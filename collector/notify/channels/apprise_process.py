"""The handle on apprise's process: started when needed, ended when it hangs, dies or is idle.

One message at a time. Each of its messages comes with its answer, or the process ends: nothing
that it might still do afterwards is left running.
"""

import asyncio
import contextlib
import json
import os
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import collector
from collector.notify.channels.contract import NotifyError

WAIT_SECONDS = 15.0  # for the messages before, in a burst
START_SECONDS = 20.0  # loading all of apprise takes a second on an idle core
LATE_SECONDS = 3.0  # beyond the time of a message, which apprise should see to itself
IDLE_SECONDS = 120.0  # then it is ended: it holds some 60 MiB
LONGEST_LINE = 64 * 1024

_CODE = (
    f"import sys; sys.path.insert(0, {str(Path(collector.__file__).resolve().parents[1])!r});"
    " from collector.notify.channels.apprise_worker import main; main()"
)


class Worker:
    """Apprise's process for one channel."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None
        self._count = 0

    @property
    def process_id(self) -> int | None:
        """Of the process that runs now; None: none does."""
        running = self._process
        return None if running is None or running.returncode is not None else running.pid

    async def call(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Hand over a message; return what came of it. Raises NotifyError, and nothing else."""
        async with self._my_turn():
            self._be_idle(None)
            try:
                process = await self._started()
                answer = await self._answered(process, asked)
            except BaseException:
                await self._kill()  # also when we are cancelled: an answer would come too late
                raise
            if answer.get("state") == "timeout":
                await self._kill()  # the call goes on in a thread of apprise
                if answer.get("reached") is not False:
                    raise self._silent()
            self._be_idle(IDLE_SECONDS)
            return answer

    async def end(self) -> None:
        """End the process. Safe to call twice."""
        async with self._turn:
            self._be_idle(None)
            await self._kill()
        if self._ending is not None and self._ending is not asyncio.current_task():
            await self._ending

    @contextlib.asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        waits = True
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                waits = not await self._turn.acquire()
        except TimeoutError:
            pass
        if waits:
            raise NotifyError("apprise is busy with the messages before this one")
        try:
            yield
        finally:
            self._turn.release()

    # --- the process --------------------------------------------------------------------------

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        await self._kill()
        trouble = "it ended"
        try:
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # what stands in a working directory is not ours
                "-c",
                _CODE,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=_environment(),
                cwd="/",
                start_new_session=True,  # Ctrl+C is for us: what is under way gets its answer
                limit=LONGEST_LINE,
            )
            async with asyncio.timeout(START_SECONDS):
                ready = _object(await _line_of(process))
            if ready is not None and ready.get("ready") is True:
                return process
        except TimeoutError:
            trouble = f"not ready within {START_SECONDS:g} s"
        except OSError as error:
            trouble = error.strerror or "the system does not let it"
        raise NotifyError(
            f"apprise's process does not start ({trouble}): is apprise whole? Run:"
            " pip install 'pantau[apprise]'"
        )

    async def _answered(
        self, process: asyncio.subprocess.Process, asked: dict[str, Any]
    ) -> dict[str, Any]:
        if process.stdin is None:
            raise TypeError("its input is a pipe")
        self._count += 1
        line = json.dumps({"id": self._count, **asked}).encode() + b"\n"
        answer: dict[str, Any] | None = None
        try:
            async with asyncio.timeout(self._seconds + LATE_SECONDS):
                process.stdin.write(line)
                await process.stdin.drain()
                answer = _object(await _line_of(process))
        except TimeoutError:
            pass
        except OSError:
            answer = {}
        else:
            answer = answer or {}
        if answer is None:
            raise self._silent()
        if answer.get("id") != self._count:
            raise NotifyError(
                "apprise's process ended in the middle of a message; it may have arrived",
                maybe_sent=True,
            )
        return answer

    def _silent(self) -> NotifyError:
        return NotifyError(
            f"apprise had no answer within {self._seconds:g} s, and its process was ended; the"
            " message may have arrived",
            maybe_sent=True,
        )

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await asyncio.shield(process.wait())

    def _be_idle(self, seconds: float | None) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if seconds is not None:
            self._idle = asyncio.get_running_loop().call_later(seconds, self._retire)

    def _retire(self) -> None:
        self._ending = asyncio.get_running_loop().create_task(
            self._end_idle(), name="end of apprise's process"
        )

    async def _end_idle(self) -> None:
        async with self._turn:
            if self._idle is not None and self._idle.when() <= asyncio.get_running_loop().time():
                await self._kill()


async def _line_of(process: asyncio.subprocess.Process) -> bytes:
    """The next line; empty at its end, or when it is endless."""
    try:
        return b"" if process.stdout is None else await process.stdout.readline()
    except ValueError:
        return b""


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _environment() -> dict[str, str]:
    """As little as can be: no proxy, no netrc, no secret of ours."""
    made = {
        "PATH": os.defpath,
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MALLOC_ARENA_MAX": "2",  # threads of plugins would each reserve 64 MiB of addresses
    }
    authorities = ssl.get_default_verify_paths().cafile
    if authorities is not None:  # those of the system, where an in-house one can be added
        made["REQUESTS_CA_BUNDLE"] = authorities
    if "LD_LIBRARY_PATH" in os.environ:
        made["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    return made
