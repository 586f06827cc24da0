"""Runs the parts of the teller, each in a loop of its own: a slow one delays no other."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from collector.clock import Clock
from collector.courier.delivery import Delivery
from collector.courier.teller.alarm_health import AlarmHealthTeller
from collector.courier.teller.annotations import AnnotationsTeller
from collector.courier.teller.figures import FiguresTeller
from collector.courier.teller.settings import TellerSettings
from collector.courier.teller.states import StatesTeller
from collector.courier.teller.sums import SumsTeller
from collector.courier.teller.threads import Threaded
from collector.courier.teller.transitions import TransitionsTeller
from collector.moments import to_micros
from collector.sinks import SinkError
from collector.sinks.spool import Spool
from collector.store import Store, StoreError

logger = logging.getLogger(__name__)

SUMS_SECONDS = 60.0
STATES_SECONDS = 1.0  # how often it is looked whether anything moved or a minute is full
EVENTS_SECONDS = 5.0
SPANS_SECONDS = 20.0
FIGURES_SECONDS = 30.0
ALARMS_SECONDS = 60.0  # how often it is looked whether an hour is over
RETRY_SECONDS = 10.0
_AFTER_THE_MINUTE = 5.0  # seconds past the full minute: who looked then has said so


class Teller:
    """Tells until cancelled. Ended at any moment it loses nothing: its marks are in the spool."""

    def __init__(
        self,
        store: Store,
        spool: Spool,
        delivery: Delivery,
        clock: Clock,
        settings: TellerSettings,
    ) -> None:
        """Tell what a store says; store, spool and delivery belong to the caller."""
        self._clock = clock
        # The sums may be at it for seconds; states must not wait for them.
        self._threads = Threaded("teller: sums"), Threaded("teller: states")
        slow, quick = self._threads
        self._sums = SumsTeller(store, spool, delivery, clock, settings, slow)
        self._states = StatesTeller(store, spool, clock, settings, quick)
        self._transitions = TransitionsTeller(store, spool, delivery, clock, settings, quick)
        self._annotations = AnnotationsTeller(store, spool, delivery, clock, settings, quick)
        self._figures = FiguresTeller(store, spool, clock, settings, quick)
        self._alarms = AlarmHealthTeller(store, spool, delivery, clock, settings, slow)

    async def run(self) -> None:
        """Tell for ever. What fails is told of once, and tried again."""
        try:
            async with asyncio.TaskGroup() as loops:
                for name, tell, seconds in (
                    ("states", self._states.tell, STATES_SECONDS),
                    ("transitions", self._transitions.tell, EVENTS_SECONDS),
                    ("incidents", self._annotations.tell_incidents, SPANS_SECONDS),
                    ("maintenance", self._annotations.tell_maintenance, SPANS_SECONDS),
                    ("figures", self._figures.tell, FIGURES_SECONDS),
                    ("the health of alarms", self._alarms.tell, ALARMS_SECONDS),
                ):
                    loops.create_task(self._for_ever(name, tell, seconds), name=f"teller: {name}")
                loops.create_task(self._sums_for_ever(), name="teller: uptime")
        finally:
            for thread in self._threads:
                await thread.close()

    async def _for_ever(
        self, name: str, tell: Callable[[], Awaitable[object]], seconds: float
    ) -> None:
        failing = False
        while True:
            failing = await self._try(name, tell, failing=failing)
            await asyncio.sleep(RETRY_SECONDS if failing else seconds)

    async def _sums_for_ever(self) -> None:
        failing = False
        while True:
            due = self._clock.monotonic() + self._until_the_next_round()
            failing = await self._try("uptime", self._sums.tell_what_runs, failing=failing)
            while not failing and self._clock.monotonic() < due:
                some = await self._some_past()
                if some is None:
                    failing = True
                elif not some:
                    break
            left = due - self._clock.monotonic()
            await asyncio.sleep(max(RETRY_SECONDS if failing else 0.0, left))

    async def _some_past(self) -> bool | None:
        """Tell a part of the past; return whether there was any, None when it failed."""
        found = [False]

        async def tell() -> None:
            found[0] = await self._sums.tell_some_past()

        return None if await self._try("uptime", tell, failing=False) else found[0]

    def _until_the_next_round(self) -> float:
        """Return the seconds until shortly after the next full minute."""
        now = to_micros(self._clock.now()) / 1_000_000
        return SUMS_SECONDS - (now - _AFTER_THE_MINUTE) % SUMS_SECONDS

    async def _try(
        self, name: str, tell: Callable[[], Awaitable[object]], *, failing: bool
    ) -> bool:
        """Tell; return whether it failed. Told once when it begins to fail, once when it ends."""
        try:
            await tell()
        except (StoreError, SinkError) as error:
            if not failing:
                logger.warning(
                    "%s cannot be told to InfluxDB now, it is tried again: %s", name, error
                )
            return True
        except Exception:
            if not failing:
                logger.exception("%s cannot be told to InfluxDB; it is tried again", name)
            return True
        if failing:
            logger.warning("%s is told to InfluxDB again", name)
        return False
