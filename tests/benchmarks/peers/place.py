"""Where a peer lives: a folder, the fleet's network namespace, one core.

Its processes are plain children of ours in sessions of their own. What is left of them when the
place is closed is ended, the database last.
"""

import asyncio
import os
import shutil
import signal
import sys
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from simulators import namespace
from tests.benchmarks.peers import trees

STOP_SECONDS = 30.0
_HTTP_SECONDS = 60.0
_LAST_WORDS = 2000  # characters of a log that a message quotes

Given = TypeVar("Given")


class PeerError(Exception):
    """A peer could not be set up or asked; the message says why."""


class Place:
    """Starts a peer's programs and asks them."""

    def __init__(self, folder: Path, namespace_pid: int, core: int) -> None:
        self.folder = folder
        self.roots: dict[str, int] = {}
        self._namespace_pid = namespace_pid
        self.core = core
        self._running: list[tuple[str, asyncio.subprocess.Process, signal.Signals]] = []
        # A namespace of the network belongs to a thread (namespaces(7)): this one has moved.
        self._inside = ThreadPoolExecutor(1, "inside", namespace.enter, (namespace_pid,))

    def room(self, name: str, user: str) -> Path:
        """Make a folder that belongs to a user of the system."""
        path = self.folder / name
        path.mkdir()
        shutil.chown(path, user, user)
        return path

    def within(self, words: Sequence[str], *, user: str = "") -> list[str]:
        """Return a command that runs another in the namespace, on the core, as a user."""
        # As a script: these commands do not run where Python would find our packages.
        enter_it = [sys.executable, "-P", namespace.__file__, str(self._namespace_pid), "--"]
        as_user = ["setpriv", "--reuid", user, "--regid", user, "--init-groups"] if user else []
        return [*enter_it, "taskset", "--cpu-list", str(self.core), *as_user, *words]

    async def start(
        self,
        name: str,
        words: Sequence[str],
        *,
        user: str = "",
        environment: Mapping[str, str] | None = None,
        stop: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start a program; what it prints goes to NAME.log. `stop` ends it in good order."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *self.within(words, user=user),
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                env={**os.environ, **(environment or {})}, start_new_session=True,
            )  # fmt: skip
        self._running.append((name, process, stop))
        self.roots[name] = process.pid

    async def run(self, words: Sequence[str], *, user: str = "", given: bytes | None = None) -> str:
        """Run a command to its end; return what it printed. Raises PeerError when it fails."""
        process = await asyncio.create_subprocess_exec(
            *self.within(words, user=user),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, cwd=self.folder,
        )  # fmt: skip
        out, err = await process.communicate(given)
        if process.returncode != 0:
            raise PeerError(f"{words[0]} failed: {err.decode(errors='replace')[-_LAST_WORDS:]}")
        return out.decode()

    async def inside(self, task: Callable[[], Given]) -> Given:
        """Run a function in a thread that is in the namespace; sockets it makes stay there."""
        return await asyncio.get_running_loop().run_in_executor(self._inside, task)

    async def fetch(self, url: str) -> bytes:
        """Return what a server in the namespace answers. Raises OSError."""

        def ask() -> bytes:
            with urllib.request.urlopen(url, timeout=_HTTP_SECONDS) as answer:  # noqa: S310 - ours
                body: bytes = answer.read()
                return body

        return await self.inside(ask)

    async def until(self, what: str, ready: Callable[[], Any], seconds: float = 60.0) -> None:
        """Wait until something can be asked without an error. Raises PeerError."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    self.check()
                    try:
                        await ready()
                    except (OSError, PeerError):
                        await asyncio.sleep(0.5)
                    else:
                        return
        except TimeoutError:
            raise PeerError(f"{what} did not become ready within {seconds:g} s") from None

    def check(self) -> None:
        """Raise PeerError when a program has ended."""
        for name, process, _ in self._running:
            if process.returncode is not None:
                log = (self.folder / f"{name}.log").read_text(errors="replace")
                raise PeerError(f"{name} ended ({process.returncode}): {log[-_LAST_WORDS:]}")

    async def close(self) -> None:
        """End what still runs, in the order contrary to its start, children included."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would leave them behind
        for _, process, stop in reversed(self._running):
            there = trees.all_processes()
            family = [there[pid] for pid in trees.tree(process.pid, there)]
            if process.returncode is None:
                process.send_signal(stop)
                try:
                    async with asyncio.timeout(STOP_SECONDS):
                        await process.wait()
                except TimeoutError:
                    process.kill()
                    await process.wait()
            _end(family)
        self._running.clear()
        self._inside.shutdown()


def _end(family: Sequence[trees.Process]) -> None:
    """Kill those of a program's processes that outlived it."""
    there = trees.all_processes()
    for one in family:
        if one.pid in there and there[one.pid].started == one.started:
            with suppress(ProcessLookupError):
                os.kill(one.pid, signal.SIGKILL)


def missing(programs: Sequence[str]) -> list[str]:
    """Return those programs that this machine lacks; a name or a path each."""
    return [one for one in programs if shutil.which(one) is None]
