"""The simulated fleet as a process: started, told what to do, asked what it answered."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

READY_SECONDS = 120.0
ANSWER_SECONDS = 30.0
STOP_SECONDS = 10.0


class FleetError(Exception):
    """The simulated fleet could not be started or does not obey; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What the fleet is like; shares are of all devices."""

    devices: int
    dead: float = 0.1
    slow: float = 0.05
    lossy: float = 0.05
    hostile: float = 0.0
    loss: float = 0.0
    seed: int = 1


class Agents:
    """The running fleet."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process = process
        self._folder = folder

    @classmethod
    async def start(cls, folder: Path, load: Load, core: int) -> "Agents":
        """Start the fleet on one core; return at once."""
        words = ["--state-directory", str(folder), "--devices", str(load.devices)]
        for name in ("dead", "slow", "lossy", "hostile", "loss", "seed"):
            words += [f"--{name}", str(getattr(load, name))]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "simulators.fleet", *words,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        os.sched_setaffinity(process.pid, {core})
        return cls(process, folder)

    async def ready(self) -> dict[str, Any]:
        """Wait until every device answers; return the fleet's facts. Raises FleetError."""
        await self._event("ready", READY_SECONDS)
        facts: dict[str, Any] = json.loads((self._folder / "facts.json").read_text())
        return facts

    async def tell(self, command: str, answer: str, **fields: object) -> dict[str, Any]:
        """Send a command and return the event that answers it. Raises FleetError."""
        stdin = self.process.stdin
        if stdin is None:
            raise FleetError("the fleet has no ears")
        try:
            stdin.write(json.dumps({"command": command, **fields}).encode() + b"\n")
            await stdin.drain()
        except ConnectionError as error:
            raise FleetError("the fleet is gone") from error
        return await self._event(answer, ANSWER_SECONDS)

    async def stop(self) -> None:
        """End the fleet."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    async def _event(self, name: str, seconds: float) -> dict[str, Any]:
        stdout = self.process.stdout
        if stdout is None:
            raise FleetError("the fleet has no voice")
        try:
            async with asyncio.timeout(seconds):
                while line := await stdout.readline():
                    event: dict[str, Any] = json.loads(line)
                    if event.get("event") == name:
                        return event
        except TimeoutError:
            raise FleetError(f"the fleet did not say {name!r} within {seconds:g} s") from None
        raise FleetError(f"the fleet ended before it said {name!r}")
