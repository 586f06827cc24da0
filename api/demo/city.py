"""The demo's simulated city as a process: started, listened to, told what to do.

The simulators are a program of their own (`python -m simulators`). What they are told and what
they say are JSON lines; what they know is read from files in their state directory.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

READY_SECONDS = 60.0
STOP_SECONDS = 15.0
_LINE_LIMIT = 1 << 20


class CityError(Exception):
    """The simulated city could not be started or ended; the message says why."""


@dataclass(frozen=True, slots=True)
class Facts:
    """How the city is reached, from its facts.json."""

    isolated: bool
    namespace_pid: int | None
    carrier: str
    snmp_port: int
    trap_port: int
    mqtt_host: str
    mqtt_port: int
    community: str
    devices: int
    zone: str
    rhythm: Mapping[str, float]  # the collector's, that the scenario is reckoned with
    well_after_seconds: float  # by then everything has surely been seen well again


class City:
    """The running simulators."""

    def __init__(self, directory: Path, process: asyncio.subprocess.Process) -> None:
        self.directory = directory
        self.process = process

    @classmethod
    async def start(
        cls, directory: Path, *, devices: int | None, seed: int, scenario: str
    ) -> "City":
        """Start the simulators; return at once. `directory` is made.

        Without `devices` there are as many as the scenario is for.
        """
        _make_empty(directory)
        size = () if devices is None else ("--devices", str(devices))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "simulators", "city",
            *size,
            "--seed", str(seed),
            "--scenario", scenario,
            "--state-directory", str(directory),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LINE_LIMIT,
            start_new_session=True,
        )  # fmt: skip
        return cls(directory, process)

    async def ready(self) -> Facts:
        """Wait until every device answers. Raises CityError when that does not happen."""
        path = self.directory / "facts.json"
        for _ in range(int(READY_SECONDS * 10)):
            if path.exists():
                return _read_facts(path)
            if self.process.returncode is not None:
                raise CityError(
                    f"the simulated city ended with exit code {self.process.returncode}"
                )
            await asyncio.sleep(0.1)
        raise CityError(f"the simulated city was not ready within {READY_SECONDS:g} s")

    async def tell(self, command: str, **fields: object) -> None:
        """Send one command. Raises CityError when the simulators are gone."""
        stdin = self.process.stdin
        if stdin is None or stdin.is_closing():
            raise CityError("the simulated city does not listen any more")
        stdin.write(json.dumps({"command": command, **fields}).encode() + b"\n")
        try:
            await stdin.drain()
        except ConnectionError as error:
            raise CityError("the simulated city is gone") from error

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Yield what the simulators announce, until they end."""
        stdout = self.process.stdout
        while stdout is not None and (line := await stdout.readline()):
            with suppress(json.JSONDecodeError):
                event = json.loads(line)
                if isinstance(event, dict):
                    yield event

    async def stop(self) -> None:
        """Let the simulators finish their record; make them end when they do not."""
        if self.process.returncode is None:
            with suppress(CityError):
                await self.tell("stop")
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    def record(self) -> list[dict[str, Any]]:
        """Return the ground truth. Raises CityError when there is none."""
        path = self.directory / "record.jsonl"
        try:
            return [json.loads(line) for line in path.read_text().splitlines()]
        except (OSError, json.JSONDecodeError) as error:
            raise CityError(f"the record of the simulated city cannot be read: {error}") from error


def _make_empty(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name in ("facts.json", "record.jsonl"):
        (directory / name).unlink(missing_ok=True)


def _read_facts(path: Path) -> Facts:
    found = json.loads(path.read_text())
    return Facts(
        isolated=found["isolated"],
        namespace_pid=found["namespace_pid"],
        carrier=found["carrier"],
        snmp_port=found["snmp_port"],
        trap_port=found["trap_port"],
        mqtt_host=found["mqtt"]["host"],
        mqtt_port=found["mqtt"]["port"],
        community=found["community"],
        devices=found["devices"],
        zone=found["zone"],
        rhythm=found["rhythm"],
        well_after_seconds=found["well_after_seconds"],
    )
