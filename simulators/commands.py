"""What the city is told on stdin and tells on stdout, as JSON lines."""

import asyncio
import contextlib
import json
import os
import random
import select
import threading
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Collection,
    Coroutine,
    Iterable,
    Mapping,
)

from simulators.city import City
from simulators.faults import Fault, Rhythm
from simulators.live import Live
from simulators.plan import Planner, names_its_target
from simulators.record import Record
from simulators.scenario import ScenarioError, parse_wish
from simulators.timeline import Conductor

_STDIN, _STDOUT = 0, 1
_LONGEST_LINE = 4096  # a pipe that is ready takes this much without blocking (pipe(7))


def announce(message: Mapping[str, object]) -> None:
    """Write a line to stdout unless nobody reads there: the city must never wait for a reader."""
    line = json.dumps(message).encode() + b"\n"
    if len(line) <= _LONGEST_LINE and select.select([], [_STDOUT], [], 0)[1]:
        with contextlib.suppress(OSError):  # the reader has gone
            os.write(_STDOUT, line)


class Lines:
    """The lines of stdin, until it ends or `end` is called.

    A thread reads, because an event loop cannot watch a file or every kind of terminal. It reads
    the descriptor itself: Python's own stdin would be locked when the process ends.
    """

    def __init__(self) -> None:
        """Begin to read, within a running event loop."""
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        threading.Thread(target=self._read, name="stdin", daemon=True).start()

    def end(self) -> None:
        """Give no more lines."""
        self._lines.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield lines that hold something."""
        while (line := await self._lines.get()) is not None:
            if line.strip():
                yield line

    def _read(self) -> None:
        rest = b""
        with contextlib.suppress(OSError, RuntimeError):  # no stdin; the loop is closed
            while chunk := os.read(_STDIN, 65536):
                *whole, rest = (rest + chunk).split(b"\n")
                for line in whole:
                    self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.end)


class Commands:
    """Obeys commands until `stop` or the end of stdin."""

    def __init__(
        self,
        city: City,
        rhythm: Rhythm,
        faults: Iterable[Fault],
        conductor: Conductor,
        record: Record,
        lives: Collection[Live],
    ) -> None:
        self._lives = lives
        self._planner = Planner(city, rhythm)
        self._faults = faults
        self._conductor = conductor
        self._record = record
        self._random = random.Random(f"injected {city.seed}")  # noqa: S311 - no secret
        self._started = False

    async def obey(self, lines: AsyncIterable[bytes], *, start: bool) -> None:
        """Obey each line; with `start` the timeline begins at once. Leaves no task behind."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._play())] if start else []
            self._started = start
            async for line in lines:
                try:
                    command = _parse(line)
                    if command["command"] == "stop":
                        break
                    work = self._work(command)
                except ScenarioError as error:
                    announce({"event": "refused", "problem": str(error)})
                    continue
                if work is not None:
                    tasks.append(group.create_task(work))
            for task in tasks:
                task.cancel()

    def _work(self, command: Mapping[str, object]) -> Coroutine[None, None, None] | None:
        """Return what a command sets going, if anything. Raises ScenarioError."""
        match command["command"]:
            case "start" if not self._started:
                self._started = True
                return self._play()
            case "fault":
                wish = {key: value for key, value in command.items() if key != "command"}
                return self._conductor.carry_out(self._injected(wish))
            case "note":
                event, fault_id = str(command.get("event")), str(command.get("id"))
                if not self._conductor.note(event, fault_id):
                    raise ScenarioError(f"no pause {fault_id!r} was announced for {event!r}")
                return None
            case other:
                raise ScenarioError(f"cannot {other!r} now")

    async def _play(self) -> None:
        self._record.timeline_started(self._lives)
        await self._conductor.play(self._faults)
        self._record.write("timeline_ended")
        announce({"event": "timeline_ended"})

    def _injected(self, content: object) -> Fault:
        """Return the fault of a command, on its target or a free device. Raises ScenarioError."""
        wish = parse_wish(content)
        if names_its_target(wish):
            fault: Fault | None = self._planner.fault(wish)
        else:
            fault = self._planner.draw(wish, self._conductor.busy, self._random)
        if fault is None:
            raise ScenarioError(f"{wish.id}: no device is free for {wish.kind}")
        other = self._conductor.in_the_way(fault)
        if other is not None:
            raise ScenarioError(f"{fault.id}: {other.id} lasts and speaks about the same device")
        return fault


def _parse(line: bytes) -> Mapping[str, object]:
    """Return the command in a line. Raises ScenarioError."""
    try:
        command = json.loads(line)
    except ValueError as error:
        raise ScenarioError(f"not JSON: {error}") from error
    if not isinstance(command, dict) or "command" not in command:
        raise ScenarioError("a command is an object with the key `command`")
    return command
