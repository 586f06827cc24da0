"""Carries faults out: turns the switches of devices, in time, and records that it did.

The collector is not ours to pause. For that kind an announcement goes out, and whoever runs the
collector reports back when it was done; that report is what the record keeps.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping

from simulators.ber import Oid
from simulators.city import City, Kind
from simulators.faults import Fault, FaultKind, reached_devices
from simulators.live import Live
from simulators.record import Record
from simulators.traps import COLD_START, UPS_ALARM_REMOVED, UPS_ON_BATTERY

Announce = Callable[[Mapping[str, object]], None]
"""Tells whoever runs the city about something, without waiting for them."""

SendTrap = Callable[[Live, Oid], None]
"""Lets a device send an SNMP trap."""

_DEADLY = (
    FaultKind.DEVICE_DEAD,
    FaultKind.SWITCH_DEAD,
    FaultKind.AREA_POWER,
    FaultKind.FEEDER_POWER,
    FaultKind.REBOOT,
)


class Conductor:
    """Begins and ends faults. `obey` is called after switches that cut MQTT connections.

    Devices send the traps that real ones would (`send_trap`): a UPS at both ends of a power cut,
    and whatever boots.
    """

    def __init__(
        self,
        city: City,
        lives: Mapping[str, Live],
        record: Record,
        obey: Callable[[], None],
        announce: Announce,
        send_trap: SendTrap | None = None,
    ) -> None:
        self._city = city
        self._lives = lives
        self._record = record
        self._obey = obey
        self._announce = announce
        self._send_trap = send_trap
        self._paused: dict[str, Fault] = {}
        self._active: dict[str, Fault] = {}

    @property
    def busy(self) -> frozenset[str]:
        """Return the devices of which a fault speaks at this moment."""
        return frozenset(it for fault in self._active.values() for it in fault.touched)

    def in_the_way(self, fault: Fault) -> Fault | None:
        """Return an active fault that shares an id or a device with this one, or None."""
        if fault.id in self._active:
            return self._active[fault.id]
        return next((it for it in self._active.values() if it.touched & fault.touched), None)

    async def play(self, faults: Iterable[Fault]) -> None:
        """Carry out faults in order of their beginning; return when all have ended."""
        started = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for fault in faults:
                await asyncio.sleep(max(0.0, started + fault.at_seconds - time.monotonic()))
                group.create_task(self.carry_out(fault), name=f"fault {fault.id}")

    async def carry_out(self, fault: Fault) -> None:
        """Begin a fault now, and end it after its time."""
        if fault.kind is FaultKind.COLLECTOR_PAUSE:
            self._paused[fault.id] = fault
            self._announce(
                {
                    "event": "collector_pause_due",
                    "id": fault.id,
                    "for_seconds": fault.for_seconds,
                }
            )
            return
        other = self.in_the_way(fault)
        if other is not None:  # only where somebody injected a fault into a running timeline
            self._record.write("fault_skipped", id=fault.id, kind=fault.kind, because=other.id)
            return
        self._active[fault.id] = fault
        self._turn(fault, begin=True)
        at = self._record.fault_started(fault)
        self._tell("fault_started", fault, at)
        await asyncio.sleep(fault.for_seconds)
        self._turn(fault, begin=False)
        at = self._record.fault_ended(fault)
        del self._active[fault.id]
        self._tell("fault_ended", fault, at)

    def note(self, event: str, fault_id: str) -> bool:
        """Record that the operator began or ended an announced pause; False if unknown."""
        fault = self._paused.get(fault_id)
        if fault is None or event not in ("fault_started", "fault_ended"):
            return False
        if event == "fault_started":
            self._record.fault_started(fault)
        else:
            self._record.fault_ended(fault)
            del self._paused[fault_id]
        return True

    def _tell(self, event: str, fault: Fault, at: str) -> None:
        self._announce(
            {
                "event": event,
                "id": fault.id,
                "kind": fault.kind,
                "at": at,
                "hit": fault.hit[:3],
                "devices": len(fault.touched),
            }
        )

    def _turn(self, fault: Fault, *, begin: bool) -> None:
        """Turn the switches of the devices that a fault hits, on or back."""
        now = time.monotonic()
        for device_id in fault.hit:
            _turn_one(self._lives[device_id], fault, now, begin=begin)
        if fault.kind in _DEADLY:
            reached = reached_devices(self._city, lambda device: self._lives[device.id].powered)
            for device_id, live in self._lives.items():
                # A dead device is not "cut off" by its own death: both switches stay apart.
                live.reached = device_id in reached or not live.powered
        self._obey()
        for device_id in fault.hit if self._send_trap is not None else ():
            live = self._lives[device_id]
            trap = _trap_of(_kind_for(live, fault), begin=begin)
            if trap is not None and self._send_trap is not None:
                self._send_trap(live, trap)


def _kind_for(live: Live, fault: Fault) -> FaultKind:
    """Return what a fault is to one device: a UPS lives through the loss of its feeder."""
    if fault.kind is FaultKind.FEEDER_POWER and live.device.kind is Kind.UPS:
        return FaultKind.UPS_ON_BATTERY
    return fault.kind


def _trap_of(kind: FaultKind, *, begin: bool) -> Oid | None:
    """Return what a device says when a fault of this kind begins or ends."""
    if kind is FaultKind.UPS_ON_BATTERY:
        return UPS_ON_BATTERY if begin else UPS_ALARM_REMOVED
    return COLD_START if kind in _DEADLY and not begin else None


def _turn_one(live: Live, fault: Fault, now: float, *, begin: bool) -> None:
    match _kind_for(live, fault):
        case kind if kind in _DEADLY:
            live.powered = not begin
            if not begin:
                live.reboot(now)  # whatever was off boots when it comes back
        case FaultKind.PACKET_LOSS:
            live.lose_packets(fault.share if begin else 0.0)
        case FaultKind.SNMP_SILENT:
            live.snmp_silent = begin
        case FaultKind.SLOW_AGENT:
            live.snmp_delay_seconds = fault.seconds if begin else 0.0
        case FaultKind.COUNTER_RESET:
            if begin:
                live.reset_counters(now)
        case FaultKind.MQTT_OFFLINE:
            live.telemetry_cut = begin
        case FaultKind.MQTT_SILENT:
            live.telemetry_silent = begin
        case FaultKind.UPS_ON_BATTERY:
            live.on_battery_since = now if begin else None
        case _:
            raise AssertionError(f"nobody carries out {fault.kind}")
