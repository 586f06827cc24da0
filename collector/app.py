"""Builds the collector's parts from Config and runs them in one TaskGroup.

What runs, and who hands what to whom:

    Poller ── results ──► Engine ── changes ──► Writer ──► store, sink
      ▲ └──── advice ◄──────┘ ▲ each second: tick
    MqttListener ── results ──┘   (acknowledges after Writer.durable)
    TrapListener ── hints ──► Poller: ask now
    Identifier ── who devices say they are, once a day ──► store
         └─ who is no device ──► the store's quarantine, every few seconds
"""

import asyncio
import logging
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial

from collector.advice import Advice
from collector.clock import Clock
from collector.config import Config
from collector.engine import Engine
from collector.identifying import Identifier
from collector.inventory import Plan
from collector.lateness import LagMeter
from collector.listeners.mqtt import MqttListener, MqttSettings
from collector.listeners.mqtt_routes import build_routes
from collector.listeners.traps.listener import TrapListener, TrapSettings
from collector.model import CheckResult, DeviceState, ResultBatch, State
from collector.model.findings import Identity
from collector.poller import Poller
from collector.probes import Probe
from collector.probes.icmp import PingSettings, PingUnavailableError
from collector.probes.ping import PingProbe
from collector.probes.snmp.agent import SnmpSettings
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.probe import SnmpProbe
from collector.sinks.opening import open_sink
from collector.store import Store, StoreError
from collector.usage import Usage
from collector.writer import Writer

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5.0
GAP_SECONDS = 2.5 * HEARTBEAT_SECONDS  # away for longer: what was known is history
TICK_SECONDS = 1.0
QUARANTINE_SECONDS = 5.0
KEEP_READINGS = timedelta(days=400)  # a year and its month beside it: what reports compare


@dataclass(frozen=True, slots=True)
class Probes:
    """The probes of a collector, with what must be closed."""

    ping: PingProbe
    snmp: SnmpEngine
    by_name: Mapping[str, Probe]

    async def close(self) -> None:
        """Release the sockets."""
        await self.ping.close()
        await self.snmp.close()


class Collector:
    """One collector process: watches every device of a plan until cancelled."""

    def __init__(self, config: Config, plan: Plan, store: Store, clock: Clock) -> None:
        """Take over a plan and an open store; the sink is opened by `run`."""
        self._config = config
        self._plan = plan
        self._store = store
        self._clock = clock
        self._run_id = uuid.uuid4().hex
        self._sequence = 0
        self.lag = LagMeter(clock)
        self._usage = Usage(clock)
        self.engine = Engine(plan.devices.values(), plan.checks, GAP_SECONDS)
        self._listener = self._make_listener()
        self.traps = self._make_trap_listener()
        self._replanned = asyncio.Event()

    @property
    def plan(self) -> Plan:
        """What is watched now."""
        return self._plan

    async def run(self) -> None:
        """Watch for ever. Raises StoreError or SinkError when the data cannot be opened."""
        now = self._clock.now()
        self.engine.begin(self._store.load_states().devices, now)
        self._probes = probes = await self._open_probes()
        self.poller = Poller(self._plan.checks, probes.by_name, self._take, self._clock, self.lag)
        self._sink = sink = open_sink(self._config, self._plan, self._clock)
        self.writer = Writer(
            self.engine,
            self._store,
            sink,
            self._clock,
            collector_id=self._config.collector_id,
            run_id=self._run_id,
            heartbeat_seconds=HEARTBEAT_SECONDS,
            keep_readings=KEEP_READINGS,
            figures=self._figures,
        )
        self.identifier = Identifier(probes.snmp, self._clock, self._is_well, self._note_identities)
        self.identifier.watch(self._plan.checks)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.lag.run(), name="loop lag")
                tasks.create_task(self.writer.run(), name="writer")
                tasks.create_task(self.poller.run(), name="poller")
                tasks.create_task(self._tick(), name="tick")
                tasks.create_task(self.identifier.run(), name="identities")
                if self._listener is not None:
                    tasks.create_task(self._listen(self._listener), name="mqtt listener")
                    tasks.create_task(self._keep_quarantine(self._listener), name="quarantine")
                if self.traps is not None:
                    tasks.create_task(self.traps.run(), name="trap listener")
        finally:
            try:
                await probes.close()
            finally:
                await self.writer.close()
                sink.close()

    async def follow(self, plan: Plan) -> None:
        """Watch what another plan says from now on; devices that it leaves as they are go on.

        Raises StoreError, and ValueError for an MQTT check that cannot work; then nothing has
        changed.
        """
        build_routes(plan.checks)  # what may refuse them goes first
        now = self._clock.now()
        gone = self._plan.devices.keys() - plan.devices.keys()
        new = plan.devices.keys() - self._plan.devices.keys()
        self.engine.expect_gone(gone)
        try:
            stored = await self.writer.in_store_thread(partial(self._apply, plan))
        except BaseException:
            self.engine.expect_gone(())
            raise
        self._plan = plan
        self._sink.introduce(plan)
        advice = self.engine.follow(plan.devices.values(), plan.checks, now)
        self.engine.begin({one: stored[one] for one in new if one in stored}, now)
        self.poller.keep(plan.checks)
        self.poller.follow(advice)
        if self._listener is not None:  # last: what is retained of them comes at once
            self._listener.keep([check for check in plan.checks if check.probe == "mqtt"])
        if self.traps is not None:
            self.traps.watch(plan)
        self.identifier.watch(plan.checks)
        self._replanned.set()

    def _apply(self, plan: Plan) -> Mapping[str, DeviceState]:
        """Write a plan to the store; return what it holds of every device's state. Blocks."""
        now = self._clock.now()
        self._store.apply_inventory(plan, now)
        self._store.apply_checks(plan.checks, now)
        return self._store.load_states().devices

    async def _open_probes(self) -> Probes:
        ping = PingProbe(
            PingSettings(
                count=self._config.ping.count,
                timeout_seconds=self._config.ping.timeout_seconds,
                carrier=self._config.ping.carrier,
            ),
            self._clock,
        )
        try:
            await ping.open()
        except PingUnavailableError as problem:
            logger.error("no device can be pinged: %s", problem)  # noqa: TRY400 - it says it all
        snmp = await SnmpEngine.open(
            SnmpSettings(
                timeout_seconds=self._config.snmp.timeout_seconds,
                retries=self._config.snmp.retries,
                max_repetitions=self._config.snmp.max_repetitions,
            )
        )
        return Probes(ping, snmp, {"ping": ping, "snmp": SnmpProbe(snmp, self._clock)})

    def _make_listener(self) -> MqttListener | None:
        """Return the listener of the broker that the configuration names, if it names one."""
        mqtt = self._config.mqtt
        if mqtt is None:
            return None
        settings = MqttSettings(
            host=mqtt.host,
            port=mqtt.port,
            username=mqtt.username,
            password=mqtt.password.get_secret_value() if mqtt.password else None,
            client_id=mqtt.client_id,
            tls=mqtt.tls,
            tls_ca_file=mqtt.ca_file,
            look_out=mqtt.look_out,
        )
        checks = [check for check in self._plan.checks if check.probe == "mqtt"]
        profiles = self._plan.profiles.values()
        return MqttListener(settings, checks, self._deliver, self._clock, profiles)

    async def _listen(self, listener: MqttListener) -> None:
        """Listen; one that has nothing to listen to is asked again when devices were added."""
        while True:
            await listener.run()
            self._replanned.clear()
            await self._replanned.wait()

    async def _keep_quarantine(self, listener: MqttListener) -> None:
        """Hand on who was heard and is no device. What cannot be stored is kept and told later."""
        while True:
            await asyncio.sleep(QUARANTINE_SECONDS)
            heard = listener.quarantine.take()
            if not heard:
                continue
            work = partial(self._store.quarantine.record, heard, self._clock.now())
            try:
                await self.writer.in_store_thread(work)
            except StoreError as error:
                listener.quarantine.give_back(heard)
                logger.warning("the quarantine could not be stored: %s", error)

    def _is_well(self, device_id: str) -> bool:
        """Say whether a device is worth asking who it is."""
        watched = device_id in self._plan.devices
        return watched and self.engine.state_of(device_id).state in (State.UP, State.DEGRADED)

    async def _note_identities(self, said: Sequence[Identity]) -> None:
        """Store what devices said of themselves. Raises StoreError."""
        note = self._store.reconciliation.note_identities
        await self.writer.in_store_thread(partial(note, said))

    def _make_trap_listener(self) -> TrapListener | None:
        """Return the listener for SNMP traps, if the configuration has a section for them."""
        traps = self._config.traps
        if traps is None:
            return None
        return TrapListener(
            TrapSettings(traps.addresses, traps.port),
            self._config.collector_id,
            self._plan,
            self._config.credentials,
            self._ask_now,
            self._clock,
        )

    def _ask_now(self, device_id: str, groups: Collection[str] | None) -> int:
        return self.poller.ask_now(device_id, groups)

    # --- results ------------------------------------------------------------------------------

    def _take(self, results: Sequence[CheckResult]) -> Advice:
        self._sequence += 1
        batch = ResultBatch(self._config.collector_id, self._run_id, self._sequence, tuple(results))
        return self.engine.handle(batch, self._clock.now(), self._clock.monotonic())

    async def _deliver(self, results: Sequence[CheckResult]) -> None:
        """Take what a listener heard; return when it is stored for good."""
        self.poller.follow(self._take(results))
        await self.writer.durable()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.poller.follow(self.engine.tick(self._clock.now(), self._clock.monotonic()))

    # --- about itself -------------------------------------------------------------------------

    def _figures(self) -> dict[str, float]:
        """Return the figures that travel with each heartbeat; /metrics shows them."""
        polled, lateness = self.poller.counters, self.poller.lateness
        figures: dict[str, float] = {
            "checks_due": polled.due,
            "checks_done": polled.done,
            "checks_skipped": polled.skipped,
            "checks_under_way": self.poller.under_way(),
            "checks_missed": polled.missed,
            "checks_overrun": polled.overrun,
            "checks_waiting": self.poller.waiting(),
            "checks_behind_seconds": self.poller.behind_seconds(),
            "checks_late_seconds": lateness.seconds,
            "checks_late_for_seconds": lateness.lasts(self._clock.monotonic()),
            "checks_blind": polled.blind,
            "checks_failed_inside": polled.errors,
            "check_late_p50_seconds": polled.late_percentile(0.50),
            "check_late_p99_seconds": polled.late_percentile(0.99),
            "check_late_worst_seconds": polled.late_worst_seconds,
            "loop_lag_worst_seconds": self.lag.worst_seconds,
            "same_name_twice": self.writer.twin,
            "readings_refused": self._sink.refused,
        }
        figures |= self._usage.figures(polled.done)
        counted: dict[str, dict[str, float]] = {
            "engine": asdict(self.engine.counters),
            "writer": asdict(self.writer.counters),
            "snmp": asdict(self._probes.snmp.counters),
        }
        if (pinged := self._probes.ping.counters) is not None:
            counted["ping"] = asdict(pinged)
        if self._listener is not None:
            counted["mqtt"] = asdict(self._listener.counters)
            figures["mqtt_connected"] = self._listener.connected
        if self.traps is not None:
            counted["traps"] = asdict(self.traps.counters)
            figures["traps_listening"] = self.traps.running
        for prefix, counters in counted.items():
            figures |= {f"{prefix}_{name}": value for name, value in counters.items()}
        return figures
