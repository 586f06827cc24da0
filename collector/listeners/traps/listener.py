"""The collector's side: opens the port, keeps a receiver running, and turns its hints into asks.

Whatever happens to the receiver, polling goes on: it is started again after a pause that grows
while it keeps dying, and what it says is parsed like a stranger's word.
"""

import asyncio
import hashlib
import logging
import os
import socket
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import collector
from collector.clock import Clock
from collector.inventory import Plan
from collector.listeners.traps.gate import Bucket
from collector.listeners.traps.hints import HintBook, Unmapped
from collector.listeners.traps.lines import (
    LONGEST_LINE,
    Counts,
    Dropped,
    Hint,
    LineError,
    Setup,
    Source,
    read_word,
    write_setup,
)
from collector.listeners.traps.sockets import PortUnavailableError, open_sockets
from collector.model import Credential, Device

logger = logging.getLogger(__name__)

Ask = Callable[[str, Collection[str] | None], int]

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0  # a receiver that lived so long starts again without a longer pause
START_SECONDS = 60.0  # until its first word: a busy machine takes its time to load pysnmp
SILENCE_SECONDS = 30.0  # six signs of life
AWAY_SECONDS = 2.0  # a timer that is this much late tells of us, not of the receiver
END_SECONDS = 5.0
HINTS_BURST, HINTS_PER_SECOND = 200.0, 100.0
LINES_BURST, LINES_PER_SECOND = 2000.0, 500.0  # more than that is no receiver of ours
_ENTERPRISE_FREE: Final = bytes.fromhex("80000000")  # no enterprise of our own: see `engine_id`
_OCTETS_FORMAT: Final = b"\x05"
_BOOTS_SINCE = datetime(2025, 1, 1, tzinfo=UTC)
_MODULE = "collector.listeners.traps"


@dataclass(frozen=True, slots=True)
class TrapSettings:
    """Where to listen: numeric addresses of this machine, and the UDP port (0: a free one)."""

    addresses: tuple[str, ...] = ("0.0.0.0", "::")  # noqa: S104 - devices are anywhere
    port: int = 162


@dataclass(slots=True)
class TrapCounters:
    """What came and what became of it, for /metrics; summed over all receivers of this run."""

    received: int = 0
    dropped_unknown_source: int = 0
    dropped_bad_community: int = 0
    dropped_bad_auth: int = 0
    dropped_unknown_engine: int = 0
    dropped_malformed: int = 0
    dropped_flood: int = 0
    informs_answered: int = 0
    v3_asked: int = 0  # senders that asked for our engine id or time, as before a v3 inform
    hints: int = 0  # devices that were hinted at
    unmapped: int = 0  # hints by a trap that no profile knows
    checks_asked: int = 0  # pulled forward by hints
    receiver_starts: int = 0
    receiver_deaths: int = 0
    receiver_bad_lines: int = 0
    receiver_unsaid: int = 0  # lines for which the pipe had no room


class ReceiverBrokenError(Exception):
    """The receiver does not behave like ours and is ended. The text says how."""


class TrapListener:
    """Keeps a receiver running and hands its hints to the poller."""

    def __init__(
        self,
        settings: TrapSettings,
        collector_id: str,
        plan: Plan,
        credentials: Mapping[str, Credential],
        ask: Ask,
        clock: Clock,
    ) -> None:
        """Prepare; nothing is opened before `run`.

        `ask(device_id, groups)` lets a device be asked now; None stands for all groups. It returns
        how many checks that concerns.
        """
        self._settings = settings
        self._collector_id = collector_id
        self._credentials = credentials
        self._book = HintBook()
        self._sources: dict[str, tuple[Source, ...]] = {}
        self._changed = asyncio.Event()
        self._ask = ask
        self._clock = clock
        self._hints = Bucket.full(HINTS_BURST, HINTS_PER_SECOND, clock.monotonic())
        self._sockets: list[socket.socket] = []
        self._process: asyncio.subprocess.Process | None = None
        self._trouble: str | None = None
        self.counters = TrapCounters()
        self.running = False
        self.watch(plan)

    @property
    def port(self) -> int:
        """The UDP port that is listened on; 0 while there is none."""
        return int(self._sockets[0].getsockname()[1]) if self._sockets else 0

    @property
    def receiver_pid(self) -> int | None:
        """The process id of the receiver; None while there is none."""
        return self._process.pid if self.running and self._process is not None else None

    @property
    def trouble(self) -> str | None:
        """Why nothing is listened to; None when something is, or was not tried yet."""
        return self._trouble

    @property
    def unmapped(self) -> tuple[Unmapped, ...]:
        """Traps that came from known devices and stand in no profile, last heard first."""
        return self._book.unmapped

    def watch(self, plan: Plan) -> None:
        """Listen to the devices of this plan from now on.

        A receiver that runs ends for it and another starts; what comes meanwhile waits in the
        sockets.
        """
        self._book.follow(plan.devices.values(), plan.profiles, plan.checks)
        sources = sources_of(plan.devices.values(), self._credentials)
        if sources != self._sources:
            self._sources = sources
            self._changed.set()

    async def run(self) -> None:
        """Listen until cancelled; while no device has a credential, wait for one that has."""
        pause = FIRST_PAUSE_SECONDS
        try:
            while True:
                self._changed.clear()
                if not self._sources:
                    logger.info("no device has an address and a credential: no traps to listen to")
                    await self._changed.wait()
                    continue
                began = self._clock.monotonic()
                await self._run_once()
                if self._changed.is_set():
                    continue
                if self._clock.monotonic() - began > STEADY_SECONDS:
                    pause = FIRST_PAUSE_SECONDS
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        finally:
            for sock in self._sockets:
                sock.close()
            self._sockets = []

    # --- the receiver -------------------------------------------------------------------------

    async def _run_once(self) -> None:
        """Run a receiver until it ends, however it does."""
        try:
            if not self._sockets:
                self._sockets = open_sockets(self._settings.addresses, self._settings.port)
            process = await self._start()
        except (PortUnavailableError, OSError) as problem:
            self._tell_trouble(str(problem))
            return
        self._process = process
        self.counters.receiver_starts += 1
        changed = asyncio.create_task(self._changed.wait())
        listening = asyncio.create_task(self._listen_to(process))
        try:
            await asyncio.wait([changed, listening], return_when=asyncio.FIRST_COMPLETED)
            if self._changed.is_set() and process.stdin is not None:
                process.stdin.close()  # that ends it; what it has said until then is heard
                await asyncio.wait([listening], timeout=END_SECONDS)
        finally:
            self.running = False
            for task in (changed, listening):
                task.cancel()
            ends = await asyncio.gather(changed, listening, return_exceptions=True)
            await _end(process)
        if self._changed.is_set():
            return
        self.counters.receiver_deaths += 1
        if isinstance(ends[1], ReceiverBrokenError | str):
            self._tell_trouble(f"the receiver {ends[1]}")
        elif isinstance(ends[1], Exception):
            logger.error("SNMP traps: a fault in handling a hint", exc_info=ends[1])

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", _MODULE,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=tuple(sock.fileno() for sock in self._sockets),
            env=_bare_environment(),
            start_new_session=True,  # Ctrl-C reaches the supervisor alone
            limit=LONGEST_LINE,
        )  # fmt: skip

    async def _tell_setup(self, process: asyncio.subprocess.Process) -> None:
        setup = Setup(
            engine_id(self._collector_id),
            max(1, int((self._clock.now() - _BOOTS_SINCE).total_seconds())),
            tuple(sock.fileno() for sock in self._sockets),
            self._credentials,
            self._sources,
        )
        if process.stdin is None:
            raise ReceiverBrokenError("has no standard input")
        process.stdin.write(write_setup(setup))
        try:
            async with asyncio.timeout(START_SECONDS):
                await process.stdin.drain()
        except TimeoutError:
            raise ReceiverBrokenError("did not take its setup") from None
        except ConnectionError:
            pass  # it died already; `_listen_to` says how

    async def _listen_to(self, process: asyncio.subprocess.Process) -> str:
        """Take the receiver's words until it ends; return how it ended.

        Raises ReceiverBrokenError when it says too much, nothing, or what is no word of ours.
        """
        await self._tell_setup(process)
        if process.stdout is None:
            raise ReceiverBrokenError("has no standard output")
        lines = Bucket.full(LINES_BURST, LINES_PER_SECOND, self._clock.monotonic())
        told = Counts()
        while True:
            patience = SILENCE_SECONDS if self.running else START_SECONDS
            began = self._clock.monotonic()
            try:
                async with asyncio.timeout(patience):
                    line = await process.stdout.readline()
            except TimeoutError:
                if self._clock.monotonic() - began > patience + AWAY_SECONDS:
                    continue  # it was us who were stopped: what it said meanwhile waits
                raise ReceiverBrokenError("gave no sign of life") from None
            except ValueError:  # longer than the reader's limit
                raise ReceiverBrokenError("said a line without an end") from None
            if not line:
                return f"ended with {_how(await process.wait())}"
            if not lines.take(self._clock.monotonic()):
                raise ReceiverBrokenError("said far too much")
            try:
                word = read_word(line)
            except LineError as problem:
                self.counters.receiver_bad_lines += 1
                raise ReceiverBrokenError(f"said what is no word of ours ({problem})") from None
            if not self.running:
                self._tell_running()
            match word:
                case Hint():
                    self._take(word)
                case Counts():
                    self._add(told, word)
                    told = word
                case Dropped():
                    logger.info(
                        "SNMP traps: dropped one from %s (%s); this is told once an hour, the "
                        "metric traps_dropped_%s counts",
                        word.source, word.why, word.why,
                    )  # fmt: skip

    def _tell_running(self) -> None:
        self.running = True
        self._trouble = None
        places = ", ".join(f"{sock.getsockname()[0]} port {self.port}" for sock in self._sockets)
        logger.info("SNMP traps: listening on %s", places)

    def _tell_trouble(self, why: str) -> None:
        """Log a failure once, until it is another or has been mended."""
        if why != self._trouble:
            logger.error("SNMP traps: %s; trying again until it works; polling goes on", why)
        self._trouble = why

    # --- its words ----------------------------------------------------------------------------

    def _take(self, hint: Hint) -> None:
        """Ask the devices that a hint names; nothing else follows from it."""
        for device_id in hint.devices:
            if not self._book.knows(device_id):
                continue
            if not self._hints.take(self._clock.monotonic()):
                self.counters.dropped_flood += 1
                continue
            self.counters.hints += 1
            meaning = self._book.meaning_of(device_id, hint.trap)
            if meaning.name is None:
                self._note_unmapped(device_id, hint.trap)
            self.counters.checks_asked += self._ask(device_id, meaning.ask)

    def _note_unmapped(self, device_id: str, trap: str) -> None:
        self.counters.unmapped += 1
        if self._book.note_unmapped(device_id, trap, self._clock.now()):
            logger.info(
                "SNMP traps: %s sent %s, which its profile does not know; whether it can be "
                "reached is asked. Write the trap into `traps:` of the profile to ask more",
                device_id, trap,
            )  # fmt: skip

    def _add(self, before: Counts, after: Counts) -> None:
        """Add what the receiver counted since it told last."""
        counters = self.counters
        for field in fields(Counts):
            grown = max(0, getattr(after, field.name) - getattr(before, field.name))
            name = _COUNTER_OF.get(field.name, field.name)
            setattr(counters, name, getattr(counters, name) + grown)


_COUNTER_OF: Final = {
    "unknown_source": "dropped_unknown_source",
    "bad_community": "dropped_bad_community",
    "bad_auth": "dropped_bad_auth",
    "unknown_engine": "dropped_unknown_engine",
    "malformed": "dropped_malformed",
    "flood": "dropped_flood",
    "unsaid": "receiver_unsaid",
}


def sources_of(
    devices: Iterable[Device], credentials: Mapping[str, Credential]
) -> dict[str, tuple[Source, ...]]:
    """Return who may send: the devices that have an address and a credential, by address."""
    found: dict[str, tuple[Source, ...]] = {}
    for device in devices:
        known = tuple(name for name in device.credentials if name in credentials)
        if device.address is not None and known:
            source = Source(device.id, known)
            found[device.address] = (*found.get(device.address, ()), source)
    return found


def engine_id(collector_id: str) -> bytes:
    """Return our engine id (RFC 3411, SnmpEngineID): the same at every start of a collector.

    Senders of informs remember it. Pantau has no enterprise number, so the reserved one, zero, is
    followed by octets that only this collector has.
    """
    own = hashlib.sha256(f"pantau traps {collector_id}".encode()).digest()[:12]
    return _ENTERPRISE_FREE + _OCTETS_FORMAT + own


def _bare_environment() -> dict[str, str]:
    """Return what the receiver may know of our environment: nothing that may hold a secret."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    ours = Path(collector.__file__).parents[1]
    return kept | {"PYTHONPATH": str(ours), "PYTHONNOUSERSITE": "1"}


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a receiver: by the end of its standard input, else by force."""
    if process.stdin is not None:
        process.stdin.close()
    if process.returncode is None:
        try:
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _how(returncode: int) -> str:
    return f"signal {-returncode}" if returncode < 0 else f"exit code {returncode}"
