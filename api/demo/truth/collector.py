"""The collector of the truth scenario: the real poller, engine and store on virtual time.

The writer is left out. Its threads would let virtual time race ahead of them, so that what is
stored when would be chance; its work (changes in one transaction, moved states with the sign of
life) is done here between two moments, through the same methods of the store.
"""

import asyncio
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from api.demo.virtual_time import VirtualClock
from collector.advice import Advice
from collector.app import GAP_SECONDS
from collector.clock import Clock
from collector.engine import Engine
from collector.inventory import Plan
from collector.lateness import LagMeter
from collector.model import Check, CheckResult, Heartbeat, Outcome, Reading, Reason, ResultBatch
from collector.moments import to_micros
from collector.poller import Poller
from collector.store import Store
from simulators.truth.world import AGENT, PING, Answer, MachineEvent, World

HEARTBEAT_SECONDS = 120  # of the run's own seconds: a kill loses what came after the last one
LAG_SECONDS = 5.0
COLLECTOR_ID = "hari"
_CLOSE = timedelta(milliseconds=1)


class WorldProbe:
    """Asks the world (a `collector.probes.Probe`); a missing answer takes its time."""

    def __init__(self, protocol: str, world: World, clock: Clock) -> None:
        self._protocol = protocol
        self._world = world
        self._clock = clock

    async def run(self, check: Check, slot_at: datetime) -> CheckResult:
        """Ask once; the answer is in the record when it is heard."""
        # The moment that the question carries, where the clock agrees; one that is late, or asked
        # after the clock was set, carries the clock's.
        asked_at = slot_at if abs(slot_at - self._clock.now()) <= _CLOSE else self._clock.now()
        question = self._world.ask(
            check.device_id, self._protocol, to_micros(asked_at), self._clock.monotonic()
        )
        await asyncio.sleep(question.seconds)
        heard_at = self._clock.now()
        question.heard, question.heard_steady = to_micros(heard_at), self._clock.monotonic()
        answered = question.answer is not Answer.NOTHING
        return CheckResult(
            check.id,
            slot_at,
            heard_at,
            Outcome.ANSWERED if answered else Outcome.FAILED,
            Reason.OK if answered else Reason.NO_ANSWER,
            readings=_readings(self._protocol, question.answer),
        )


def _readings(protocol: str, answer: Answer) -> tuple[Reading, ...]:
    if answer is Answer.NOTHING:
        return ()
    if protocol == PING:
        return (Reading("ping_loss_percent", 40.0 if answer is Answer.SOME else 0.0, "%"),)
    source = 5 if answer is Answer.BATTERY else 3  # RFC 1628 upsOutputSource: battery, normal
    return (Reading("ups_output_source", source),)


class VirtualCollector:
    """One run of a collector over the world, from its start to its end."""

    def __init__(self, plan: Plan, store: Store, world: World, clock: VirtualClock) -> None:
        """Apply the plan and take up the stored states, as a collector does when it starts."""
        now = clock.now()
        store.apply_inventory(plan, now)
        store.apply_checks(plan.checks, now)
        self._store = store
        self._world = world
        self._clock = clock
        self._run_id = uuid.uuid4().hex
        self._started_at = now
        self._seconds = self._sequence = 0
        self._engine = Engine(plan.devices.values(), plan.checks, GAP_SECONDS)
        self._engine.begin(store.load_states().devices, now)
        protocols = {"ping": PING, "snmp": AGENT}
        probes = {name: WorldProbe(of, world, clock) for name, of in protocols.items()}
        lag = LagMeter(clock, LAG_SECONDS)
        # The record is compared to the microsecond: each check is begun at its very moment.
        self._poller = Poller(plan.checks, probes, self._take, clock, lag, together_seconds=0.0)
        self.note(MachineEvent.STARTED)
        self._tasks = [asyncio.create_task(self._poller.run()), asyncio.create_task(lag.run())]
        self.commit()
        self.beat()

    def second(self) -> None:
        """Do what is due each second: let time pass for the engine, store what follows."""
        advice = self._engine.tick(self._clock.now(), self._clock.monotonic())
        self.commit()
        self._seconds += 1
        if self._seconds % HEARTBEAT_SECONDS == 0:
            self.beat()
        self._poller.follow(advice)

    def commit(self) -> None:
        """Store states and transitions in one transaction."""
        changes = self._engine.take_changes()
        if changes.devices or changes.checks or changes.transitions:
            self._store.commit(changes.devices, changes.checks, changes.transitions)

    def beat(self) -> None:
        """Store a sign of life and the states that moved without a transition."""
        devices, checks = self._engine.take_touched()
        now = self._clock.now()
        sign = Heartbeat(COLLECTOR_ID, self._run_id, self._started_at, now)
        self._store.beat(sign, checks, devices)
        self.note(MachineEvent.SAVED)

    async def end(self, *, in_order: bool) -> None:
        """End the run; in order means that what is known is stored first."""
        for task in self._tasks:
            task.cancel()
        ends = await asyncio.gather(*self._tasks, return_exceptions=True)
        for problem in ends:
            if isinstance(problem, Exception):
                raise problem
        if in_order:
            self.commit()
            self.beat()
        self.note(MachineEvent.ENDED)

    def note(self, event: MachineEvent) -> None:
        """Write into the world's record what became of the machine."""
        self._world.note(event, to_micros(self._clock.now()), self._clock.monotonic())

    def _take(self, results: Sequence[CheckResult]) -> Advice:
        self._sequence += 1
        batch = ResultBatch(COLLECTOR_ID, self._run_id, self._sequence, tuple(results))
        return self._engine.handle(batch, self._clock.now(), self._clock.monotonic())
