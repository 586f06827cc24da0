"""Runs `pantau demo` as a user would, and talks to it over its API."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

STARTING_SECONDS = 90.0
_WALL = re.compile(r"(http://[\d.]+:\d+)/dinding/#token=(\w+)")


@dataclass
class RunningDemo:
    """A demo that was started: its output so far and a client of its API."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    api: httpx.AsyncClient = field(default_factory=httpx.AsyncClient)
    wall_url: str = ""

    def pid_of(self, role: str) -> int | None:
        """Return the id of the process of a role (collector, api, courier), None: there is none."""
        own = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for pid in own.read_text().split():
            try:
                words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            except OSError:
                continue
            if "--role" in words and words[words.index("--role") + 1] == role:
                return int(pid)
        return None

    async def get(self, path: str, **query: str) -> dict[str, object]:
        answer = await self.api.get(f"/api/v1{path}", params=query)
        answer.raise_for_status()
        found = answer.json()
        assert isinstance(found, dict)
        return found

    async def states(self) -> dict[str, int]:
        """Return how many devices are in which state."""
        devices = (await self.get("/status"))["devices"]
        assert isinstance(devices, dict)
        return devices

    async def wait_until(self, holds: Callable[[dict[str, int]], bool], seconds: float) -> None:
        """Wait until something holds for the counts by state; fail telling what was seen last."""
        seen = await self.states()
        try:
            async with asyncio.timeout(seconds):
                while not holds(seen):
                    await asyncio.sleep(0.5)
                    seen = await self.states()
        except TimeoutError:
            story = "\n".join(self.lines[-20:])
            raise AssertionError(f"not within {seconds} s, but: {seen}\n{story}") from None


@asynccontextmanager
async def running_demo(data: Path, *arguments: str) -> AsyncIterator[RunningDemo]:
    """Start a demo on a free port and wait until its API answers; end it afterwards."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api", "demo", "--port", "0", "--data", str(data), *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    demo = RunningDemo(process)
    reading = asyncio.create_task(_read(demo))
    try:
        await _until_answering(demo)
        yield demo
    finally:
        await demo.api.aclose()
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 60)
        await reading


async def _read(demo: RunningDemo) -> None:
    if demo.process.stdout is None:
        return
    while line := await demo.process.stdout.readline():
        demo.lines.append(line.decode().rstrip())


async def _until_answering(demo: RunningDemo) -> None:
    try:
        async with asyncio.timeout(STARTING_SECONDS):
            while (found := _WALL.search("\n".join(demo.lines))) is None:
                assert demo.process.returncode is None, "\n".join(demo.lines)
                await asyncio.sleep(0.2)
            demo.wall_url = found.group()
            headers = {"Authorization": f"Bearer {found[2]}"}
            demo.api = httpx.AsyncClient(base_url=found[1], headers=headers, timeout=20)
            while not await _answers(demo):
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise AssertionError("the demo did not start:\n" + "\n".join(demo.lines)) from None


async def _answers(demo: RunningDemo) -> bool:
    try:
        return (await demo.api.get("/healthz")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def read_json(path: Path) -> dict[str, object]:
    found = json.loads(path.read_text())
    assert isinstance(found, dict)
    return found
