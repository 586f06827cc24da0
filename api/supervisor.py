"""Keeps Pantau's processes running: starts them, starts them again when they die, ends them.

Collector and API are separate processes, so that one slow answer can never look like a dead
camera. A process that dies is started again after a pause that grows while it keeps dying.
"""

import asyncio
import ctypes
import logging
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0  # a process that lived so long starts again without a longer pause
STOP_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep running."""

    name: str
    arguments: Sequence[str]
    pass_fds: Sequence[int] = ()
    environment: Mapping[str, str] | None = None


@dataclass(slots=True)
class Supervisor:
    """Runs programs until `stop`."""

    programs: Sequence[Program]
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    restarts: int = 0
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Keep every program running; return when `stop` was called and all have ended."""
        async with asyncio.TaskGroup() as keepers:
            for program in self.programs:
                keepers.create_task(self._keep(program), name=f"keep {program.name}")

    def stop(self) -> None:
        """Ask all programs to end."""
        self._stopping.set()

    def tell(self, name: str, number: signal.Signals) -> None:
        """Send a signal to one program, if it runs."""
        process = self.running.get(name)
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(number)

    async def end(self, name: str) -> None:
        """End one program for good and wait until it has."""
        process = self.running.pop(name, None)
        if process is not None:
            await _end(process, name)

    async def _keep(self, program: Program) -> None:
        pause = FIRST_PAUSE_SECONDS
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            began = loop.time()
            try:
                process = await _start(program)
            except OSError as error:  # no memory, too many processes: that may pass
                how = f"did not start ({error.strerror})"
            else:
                self.running[program.name] = process
                await self._until_over(process)
                if self.running.get(program.name) is not process:
                    return  # ended for good by `end`
                if self._stopping.is_set():
                    await _end(process, program.name)
                    return
                how = f"ended with {_how(process.returncode)}"
            self.restarts += 1
            if loop.time() - began > STEADY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            logger.error("%s %s; it starts again in %g s", program.name, how, pause)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _until_over(self, process: asyncio.subprocess.Process) -> None:
        """Wait until the process has ended or all are to end."""
        waits = [
            asyncio.create_task(process.wait()),
            asyncio.create_task(self._stopping.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


async def _start(program: Program) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *program.arguments,
        stdin=asyncio.subprocess.DEVNULL,
        pass_fds=tuple(program.pass_fds),
        env=None if program.environment is None else dict(program.environment),
        start_new_session=True,  # Ctrl-C reaches us alone; we end them in order
        preexec_fn=_die_with_parent,
    )


async def _end(process: asyncio.subprocess.Process, name: str) -> None:
    """Ask a process to end; after a while, make it."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGCONT)  # one that is stopped cannot hear
        process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        logger.warning("%s did not end within %g s and is killed", name, STOP_SECONDS)
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _die_with_parent() -> None:
    """Let the kernel end the child when this process is killed (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _how(returncode: int | None) -> str:
    if returncode is not None and returncode < 0:
        return f"signal {signal.Signals(-returncode).name}"
    return f"exit code {returncode}"
