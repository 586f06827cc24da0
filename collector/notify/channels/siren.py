"""A siren or a lamp, switched by a relay that listens to MQTT. As Tasmota's relays want it.

It is switched on by what is at least as severe as the settings say: the first word of a thread, a
step of an escalation, a storm, or an update that made it so severe. It is switched off

- when what it rang for is over, or somebody has it in hand (acknowledged, silenced, maintenance),
  for all threads that it rang for: several share one siren;
- after `rings_seconds`, whatever happens.

Which these are is asked of the outbox (`store.outbox.ringing`), where it stands what this channel
rang for: a restart forgets nothing, and there is no second truth that could differ. A recovery
switches off as a message does, with retries; what makes no message (an acknowledgement, the time
that is over) is looked for every few seconds. "On" twice is on, so nothing is lost by a repeat.

Spoken is MQTT 5, whose broker says whether it may be published there, and whether anybody listens:
a siren that nobody plugged in is an error, not silence. Brokers that know only 3.1.1 are spoken to
in that. QoS 1; a connection of its own each time.
"""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from collector.clock import Clock
from collector.model.alerts import Purpose, Severity
from collector.notify.channels.budgets import Limit
from collector.notify.channels.contract import Message, NotifyError, Sent
from collector.notify.channels.publishing import Broker, Publisher
from collector.notify.channels.tls import trusting
from collector.store.ringing import Ringing

logger = logging.getLogger(__name__)

WATCH_SECONDS = 5.0
TEST_SECONDS = 2.0  # how long a test sounds
RINGS = frozenset({Purpose.FIRING, Purpose.ESCALATION, Purpose.STORM, Purpose.UPDATE})
REMEMBERED = timedelta(days=1)  # after a restart it may still be on since then
RANG = "on"  # reference of the message that it rang for

AskRinging = Callable[[str, datetime | None, Collection[Purpose], Collection[Severity]], Ringing]
"""Channel, since when (None: ever), what rings. Blocking: it is `store.outbox.ringing`."""

_RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}


@dataclass(frozen=True, slots=True)
class SirenSettings:
    """Which topic of which broker, what is said there, and when."""

    name: str
    topic: str  # "cmnd/sirene/POWER"
    host: str = "127.0.0.1"
    port: int = 1883
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca_file: Path | None = None  # of an in-house authority, beside those of the system
    on: str = "ON"
    off: str = "OFF"
    retain: bool = False  # the broker tells a relay that was away
    least: Severity = Severity.CRITICAL  # rings for this and what is more severe
    rings_seconds: float | None = 300.0  # then it is quiet; None: until all is well (a lamp)
    seconds: float = 10.0  # for a whole message to the broker


class Siren:
    """Rings as this module's text says."""

    can_edit = False
    longest_text = 256  # nothing of it is sent

    def __init__(
        self, settings: SirenSettings, clock: Clock, ringing: AskRinging | None = None
    ) -> None:
        """Watch when to be quiet, in the running loop. Without `ringing` only recoveries do that.

        Raises ValueError when a setting cannot be right, OSError when `ca_file` cannot be read.
        """
        topic = settings.topic
        if not 0 < len(topic.encode()) <= 256 or any(c in topic for c in "#+\0\r\n"):
            raise ValueError("a topic is one place, as cmnd/sirene/POWER: without # and +")
        if settings.on == settings.off:
            raise ValueError("on and off must differ")
        if max(len(settings.on.encode()), len(settings.off.encode())) > 1024:
            raise ValueError("on and off have 1024 bytes at most")
        if settings.rings_seconds is not None and settings.rings_seconds < 1:
            raise ValueError("a siren rings for a second at least")
        self.name = settings.name
        self.limits = (Limit(f"siren:{self.name}", 60, 60.0, 20),)
        self._settings = settings
        self._clock = clock
        self._ringing = ringing
        least = _RANK[settings.least]
        self._severities = tuple(one for one, rank in _RANK.items() if rank >= least)
        tls: ssl.SSLContext | None = trusting(settings.ca_file) if settings.tls else None
        host, port, user = settings.host, settings.port, settings.user
        self._publisher = Publisher(
            Broker(host, port, user, settings.password, tls, settings.seconds)
        )
        self._turn = asyncio.Lock()  # between a look at the store and what is done about it
        self._is_on: bool | None = None  # None: since a restart nobody knows
        self._watcher: asyncio.Task[None] | None = None
        if ringing is not None:
            self._watcher = asyncio.create_task(self._watch(), name=f"siren {self.name}")

    async def send(self, message: Message) -> Sent:
        """Ring, or be quiet again, or do nothing. Raises NotifyError, and nothing else."""
        async with self._turn:
            if message.purpose is Purpose.TEST:
                return await self._test()
            if message.purpose is Purpose.RECOVERED:
                return await self._recovered(message)
            if message.purpose not in RINGS:
                return Sent(None, f"a siren does not ring for {message.purpose}")
            if message.severity not in self._severities:
                return Sent(None, f"it rings from {self._settings.least} on")
            if message.purpose is Purpose.UPDATE and message.reference is not None:
                return Sent(None, "it rang for this already")
            said = await self._switch(on=True)
            return Sent(RANG, said)

    async def close(self) -> None:
        """Watch no more. What rings goes on: the next start looks after it."""
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher
        self._publisher.close()

    async def _test(self) -> Sent:
        said = await self._switch(on=True)
        await asyncio.sleep(TEST_SECONDS)
        if not await self._must_ring():
            await self._switch(on=False)
        return Sent(None, f"{said}, for {TEST_SECONDS:g} s")

    async def _recovered(self, message: Message) -> Sent:
        if message.reference is None:
            return Sent(None, "it did not ring for this")
        if await self._must_ring():
            return Sent(None, "it rings on, for something else")
        return Sent(None, await self._switch(on=False))

    async def _must_ring(self) -> bool:
        ringing = await self._asked()
        return ringing is not None and ringing.now

    async def _asked(self) -> Ringing | None:
        """Ask the outbox. What goes wrong there is a NotifyError, as everything is."""
        ask, seconds = self._ringing, self._settings.rings_seconds
        if ask is None:
            return None
        since_at = None if seconds is None else self._clock.now() - timedelta(seconds=seconds)
        try:
            return await asyncio.to_thread(ask, self.name, since_at, RINGS, self._severities)
        except Exception:  # of the store, whatever it is
            logger.exception("siren %s: what it rings for cannot be read", self.name)
        raise NotifyError("what the siren rings for cannot be read from the store")

    async def _switch(self, *, on: bool) -> str:
        chosen = self._settings
        word = chosen.on if on else chosen.off
        said = await self._publisher.publish(chosen.topic, word, retain=chosen.retain)
        self._is_on = on
        return f"{'on' if on else 'off'}: {said}"

    # --- when to be quiet without a message ---------------------------------------------------

    async def _watch(self) -> None:
        troubled = False
        while True:
            try:
                async with self._turn:
                    await self._look()
                troubled = False
            except NotifyError as error:
                if not troubled:
                    logger.warning("siren %s cannot be looked after: %s", self.name, error)
                troubled = True
            await asyncio.sleep(WATCH_SECONDS)

    async def _look(self) -> None:
        if self._is_on is False:
            return
        ringing = await self._asked()
        if ringing is None or ringing.now:
            self._is_on = True
            return
        if self._is_on is None and (
            ringing.last_at is None or ringing.last_at < self._clock.now() - REMEMBERED
        ):
            self._is_on = False  # it is not ours to switch off
            return
        logger.info("siren %s: %s", self.name, await self._switch(on=False))
