"""Listens to devices that publish over MQTT (3.1.1) and hands on check results.

    broker ─► Link ─► route, read ─► queue ─► deliver (durable) ─► acknowledge ─► broker forgets
               ▲                       │
               └──── stop reading ◄────┘ when it is full

A message is acknowledged only after `deliver` has returned, in the order of arrival; whatever we
lose before that, the broker sends again, because client id and session are fixed. What it sends
again although we have it makes no second result. Devices that publish with QoS 0 have no such
promise, from anybody. See docs/adr/0005-mqtt-listener.md.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from collector.clock import Clock
from collector.listeners.mqtt_discovery import SUBSCRIPTIONS as ANNOUNCEMENTS
from collector.listeners.mqtt_fitting import Fitting
from collector.listeners.mqtt_formats import Decoder
from collector.listeners.mqtt_link import Incoming, Link, LinkError, MqttSettings
from collector.listeners.mqtt_quarantine import Quarantine
from collector.listeners.mqtt_reading import MessageReader, MqttCounters
from collector.listeners.mqtt_redelivery import Redelivery
from collector.listeners.mqtt_routes import build_routes
from collector.model import Check, CheckResult, Profile

__all__ = ["Deliver", "MqttCounters", "MqttListener", "MqttSettings", "Quarantine"]

logger = logging.getLogger(__name__)

Deliver = Callable[[Sequence[CheckResult]], Awaitable[None]]

BATCH_SECONDS = 0.1  # a delivery waits at most this long for company
QUIET_SECONDS = 0.01  # … and no longer than this after the last arrival
BATCH_MESSAGES = 500
REPEAT_LOOK_SECONDS = 1.0
STEADY_SECONDS = 10.0  # a connection that stood this long starts the backoff anew
DELIVER_RETRY_SECONDS = (1.0, 30.0)


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A message with what became of it; `link` is None for a repeated word."""

    results: tuple[CheckResult, ...]
    link: Link | None = None
    message_id: int = 0
    qos: int = 0


class MqttListener:
    """Feeds the MQTT checks of all devices from one broker."""

    def __init__(
        self,
        settings: MqttSettings,
        checks: Sequence[Check],
        deliver: Deliver,
        clock: Clock,
        profiles: Iterable[Profile] = (),
    ) -> None:
        """Prepare the routes; nothing is connected before `run`.

        `profiles` are those by which unknown devices are looked for: their topics are listened to
        as well, and what is heard there goes to the quarantine.

        `deliver` must return only when its results are stored for good, and may be handed the
        same results again after it failed. Checks of other probes are ignored.

        Raises:
            ValueError: a check's options or topic cannot work; the text names it.
        """
        self._settings = settings
        self._deliver = deliver
        self._clock = clock
        self._decoders: dict[str, Decoder] = {}
        self._routes = build_routes(checks, self._decoders)
        self._fitting = Fitting.of(profiles)
        self.quarantine = Quarantine(self._fitting)
        self.counters = MqttCounters()
        self._reader = MessageReader(
            self._routes, settings.max_payload_bytes, clock, self.counters, self.quarantine
        )
        self._queue: deque[_Arrival] = deque()
        self._arrived = asyncio.Event()
        self._redelivery = Redelivery()
        self._link: Link | None = None  # also while it is being opened: messages come early
        self._connected = False
        self._trouble: str | None = None

    @property
    def connected(self) -> bool:
        """Whether the broker has let us in and the connection stands."""
        return self._connected

    @property
    def trouble(self) -> str | None:
        """Why there is no connection; None when there is one, or none was tried yet."""
        return self._trouble

    async def run(self) -> None:
        """Listen until cancelled. Without any topic there is nothing to do: returns."""
        if not self._routes.subscriptions and not self._lookouts():
            logger.info("no device speaks MQTT: not listening")
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._stay_connected(), name="mqtt connection")
            tasks.create_task(self._deliver_for_ever(), name="mqtt delivery")
            tasks.create_task(self._repeat_for_ever(), name="mqtt repetition")

    def keep(self, checks: Sequence[Check]) -> None:
        """Listen for exactly these checks from now on, without interrupting those listened to.

        What the broker retains is asked for once more: a new device's word was heard before, as a
        stranger's. Raises ValueError as the constructor does; then nothing has changed.
        """
        before = self._routes
        self._routes = build_routes(checks, self._decoders)
        self._reader.replan(self._routes)
        if self._link is not None and self._connected:
            gone = {*before.subscriptions} - {*self._routes.subscriptions}
            self._link.unsubscribe(gone)
            self._look_out(self._link)
            self._link.subscribe(self._routes.subscriptions)

    def _lookouts(self) -> tuple[str, ...]:
        if not self._settings.look_out or not self._fitting.every():
            return ()
        return (*self._fitting.subscriptions(self._routes.subscriptions), *ANNOUNCEMENTS)

    def _look_out(self, link: Link) -> None:
        """Listen to the topics of profiles that no device has, and to none twice.

        The broker's session remembers the subscriptions of former runs and plans; one that is not
        wanted any more may overlap with one that is.
        """
        wanted = self._lookouts()
        every = self._fitting.every().union(ANNOUNCEMENTS)
        link.unsubscribe(every - {*wanted, *self._routes.subscriptions})
        link.subscribe(wanted)

    # --- the connection -----------------------------------------------------------------------

    async def _stay_connected(self) -> None:
        delay = self._settings.reconnect_min_seconds
        while True:
            started = self._clock.monotonic()
            await self._connect_once()
            if self._clock.monotonic() - started > STEADY_SECONDS:
                delay = self._settings.reconnect_min_seconds
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret
            delay = min(delay * 2, self._settings.reconnect_max_seconds)

    async def _connect_once(self) -> None:
        """Connect, and stay until the connection ends or is refused."""
        link = self._link = Link(self._settings, self._routes.subscriptions, self._take)
        try:
            await link.open()
            self._regained()
            self._look_out(link)
            why = await link.wait_closed()
        except LinkError as problem:
            self.counters.refusals += 1
            self._lost(str(problem))
            return
        finally:
            self._link = None
            self._connected = False
            self._reader.forget_words()
            self._redelivery.end_connection(self._clock.monotonic())
            link.close()
        self._lost(
            f"lost the broker {self._settings.place}: {why} (if this repeats, another program "
            f"may use the client id {self._settings.client_id!r})"
        )

    def _regained(self) -> None:
        self._connected = True
        self.counters.connections += 1
        logger.info("MQTT broker %s: connected", self._settings.place)
        self._trouble = None

    def _lost(self, why: str) -> None:
        """Log the first failure, and again only when it becomes another one."""
        if why != self._trouble:
            logger.error("MQTT: %s; trying again until it works", why)
        self._trouble = why

    # --- messages in --------------------------------------------------------------------------

    def _take(self, link: Link, message: Incoming) -> None:
        """Turn a message into results and queue it. Called for every message, in order."""
        self.counters.messages += 1
        self.counters.redelivered += message.redelivered
        results: tuple[CheckResult, ...] = ()
        if self._redelivery.came_before(message):
            self.counters.repeated += 1  # answered behind what it repeats, which may still wait
        else:
            results = self._reader.read(message)
        self._put(_Arrival(results, link, message.message_id, message.qos))
        if len(self._queue) >= self._settings.max_queued_messages:
            self.counters.pauses += 1
            link.pause()

    def _put(self, arrival: _Arrival) -> None:
        self._queue.append(arrival)
        self._arrived.set()

    async def _repeat_for_ever(self) -> None:
        """Tell standing words again; only while connected, since words fall with the link."""
        while True:
            await asyncio.sleep(REPEAT_LOOK_SECONDS)
            results = self._reader.repeat()
            if results:
                self._put(_Arrival(results))

    # --- delivery -----------------------------------------------------------------------------

    async def _deliver_for_ever(self) -> None:
        while True:
            batch = await self._gather()
            results = [result for arrival in batch for result in arrival.results]
            if results:
                await self._deliver_until_kept(results)
            for arrival in batch:
                self._acknowledge(arrival)
            if self._link is not None and self._has_room():
                self._link.resume()

    async def _gather(self) -> list[_Arrival]:
        """Wait for messages; return those that came close together, in order."""
        await self._arrived.wait()
        until = self._clock.monotonic() + BATCH_SECONDS
        seen = 0
        while seen < len(self._queue) < BATCH_MESSAGES and self._clock.monotonic() < until:
            seen = len(self._queue)
            await asyncio.sleep(QUIET_SECONDS)
        batch = [self._queue.popleft() for _ in range(min(len(self._queue), BATCH_MESSAGES))]
        if not self._queue:
            self._arrived.clear()
        return batch

    def _has_room(self) -> bool:
        return len(self._queue) <= self._settings.max_queued_messages // 2

    async def _deliver_until_kept(self, results: Sequence[CheckResult]) -> None:
        """Deliver, again and again if need be: nothing that was taken is given up."""
        delay, longest = DELIVER_RETRY_SECONDS
        failed = False
        while True:
            try:
                await self._deliver(results)
            except Exception:
                self.counters.delivery_failures += 1
                if not failed:
                    logger.exception("MQTT results cannot be kept; trying again")
                failed = True
                await asyncio.sleep(delay)
                delay = min(delay * 2, longest)
            else:
                if failed:
                    logger.info("MQTT results are kept again")
                return

    def _acknowledge(self, arrival: _Arrival) -> None:
        if arrival.link is None or arrival.qos == 0:
            return
        if arrival.link.acknowledge(arrival.message_id, arrival.qos):
            self.counters.acknowledged += 1
            self._redelivery.acknowledge(arrival.message_id, self._clock.monotonic())
