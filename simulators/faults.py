"""Faults as values, and what a monitoring system should say while one lasts.

The expected states follow from the city's parents alone. A dead device is `down` when it could
have been reached, otherwise `unreachable`; a living device behind dead ones is `unreachable` too:

    core ── [area switch: dead] ── site switch ── camera        area switch down,
                                                                the others unreachable
"""

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from enum import StrEnum

import pydantic.dataclasses
from pydantic import ConfigDict

from simulators.city import City, Device, Kind


class FaultKind(StrEnum):
    """What can go wrong."""

    DEVICE_DEAD = "device_dead"
    SWITCH_DEAD = "switch_dead"
    AREA_POWER = "area_power"  # everything in an area dies, also what has a UPS
    FEEDER_POWER = "feeder_power"  # what is on a feeder dies; where there is a UPS, it carries
    PACKET_LOSS = "packet_loss"
    SNMP_SILENT = "snmp_silent"
    SLOW_AGENT = "slow_agent"
    COUNTER_RESET = "counter_reset"
    REBOOT = "reboot"
    MQTT_OFFLINE = "mqtt_offline"
    MQTT_SILENT = "mqtt_silent"
    UPS_ON_BATTERY = "ups_on_battery"
    COLLECTOR_PAUSE = "collector_pause"


class Expected(StrEnum):
    """The state that a monitoring system should show."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Effect:
    """Devices that should be shown in one state while the fault lasts."""

    expected_state: Expected
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, planned: `hit` are the devices whose switches are turned."""

    id: str
    kind: FaultKind
    at_seconds: float  # after the timeline's start
    for_seconds: float
    hit: tuple[str, ...]
    effects: tuple[Effect, ...]
    share: float = 0.0  # PACKET_LOSS
    seconds: float = 0.0  # SLOW_AGENT: added to each answer
    seen_after_seconds: float = 0.0  # a collector of the given rhythm has noticed by then
    well_after_seconds: float = 0.0  # after the end; and that all is well again by then

    @property
    def until_seconds(self) -> float:
        """Return when it ends, after the timeline's start."""
        return self.at_seconds + self.for_seconds

    @property
    def touched(self) -> frozenset[str]:
        """Return every device whose state it speaks about."""
        return frozenset(target for effect in self.effects for target in effect.targets)


@pydantic.dataclasses.dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Rhythm:
    """How often the collector asks: what separates a sure fault from a matter of luck (seconds).

    The defaults are the platform's documented ones; a scenario for a quicker collector names
    its own.
    """

    ping: float = 30.0
    ping_retry: float = 5.0
    snmp: float = 60.0
    snmp_retry: float = 15.0
    snmp_slowest: float = 300.0  # what an agent is asked most rarely
    confirm: int = 3
    telemetry: float = 10.0
    fresh_intervals: float = 2.5
    timeouts: float = 5.0  # what unanswered attempts of one series add

    def surely_seen_after(self, kind: FaultKind) -> float:
        """Return how long a fault must last to be noticed however the polls fall."""
        again = self.confirm - 1
        ping = self.ping + again * self.ping_retry + self.timeouts
        match kind:
            case FaultKind.SNMP_SILENT | FaultKind.UPS_ON_BATTERY | FaultKind.FEEDER_POWER:
                return self.snmp + again * self.snmp_retry + 2 * self.timeouts
            case FaultKind.MQTT_SILENT:
                return self.telemetry * (self.fresh_intervals + 1)
            case FaultKind.SLOW_AGENT | FaultKind.COUNTER_RESET | FaultKind.COLLECTOR_PAUSE:
                return 0.0
            case _:
                return ping

    def surely_well_after(self, kind: FaultKind | None = None) -> float:
        """Return how long after a fault's end its devices have surely been seen well again.

        Of an agent that was silent every table must answer again, the rarest too. Without a kind:
        after all others.
        """
        if kind is FaultKind.SNMP_SILENT:
            return self.snmp_slowest + 2 * self.snmp_retry + self.timeouts
        return max(self.snmp + 2 * self.snmp_retry, 3 * self.ping) + self.timeouts

    @property
    def surely_missed_before(self) -> float:
        """Return how short a loss of reachability must be never to be confirmed."""
        return (self.confirm - 1) * self.ping_retry - 1


SLOWEST_HEALTHY_SECONDS = 0.6  # an agent slower than this runs into a collector's timeout of 1 s


def effects_of(
    city: City, kind: FaultKind, hit: Iterable[str], for_seconds: float, rhythm: Rhythm
) -> tuple[Effect, ...]:
    """Return what should be shown while a fault of `kind` hits these devices."""
    targets = tuple(hit)
    match kind:
        case FaultKind.DEVICE_DEAD | FaultKind.SWITCH_DEAD | FaultKind.AREA_POWER:
            return death(city, frozenset(targets))
        case FaultKind.FEEDER_POWER:
            carrying = _upses(city, targets)
            battery = (Effect(Expected.DEGRADED, carrying),) if carrying else ()
            return (*death(city, frozenset(targets) - frozenset(carrying)), *battery)
        case FaultKind.REBOOT if for_seconds >= rhythm.surely_seen_after(kind):
            return death(city, frozenset(targets))
        case FaultKind.PACKET_LOSS | FaultKind.SNMP_SILENT | FaultKind.UPS_ON_BATTERY:
            return (Effect(Expected.DEGRADED, targets),)
        case FaultKind.MQTT_OFFLINE:
            return (Effect(Expected.DOWN, targets),)
        case FaultKind.MQTT_SILENT:
            return (Effect(Expected.UNKNOWN, targets),)
        case FaultKind.COLLECTOR_PAUSE:
            return (Effect(Expected.UNKNOWN, tuple(device.id for device in city.devices)),)
        case _:
            return (Effect(Expected.UP, targets),)


def _upses(city: City, targets: Iterable[str]) -> tuple[str, ...]:
    wanted = frozenset(targets)
    return tuple(it.id for it in city.devices if it.kind is Kind.UPS and it.id in wanted)


def death(city: City, dead: Set[str]) -> tuple[Effect, ...]:
    """Return the effects of these devices being dead at the same time."""
    reached = reached_devices(city, lambda device: device.id not in dead)
    down: list[str] = []
    unreachable: list[str] = []
    for device in city.devices:
        if device.id in reached:
            continue
        could_be_reached = not device.parents or any(it in reached for it in device.parents)
        (down if could_be_reached else unreachable).append(device.id)
    effects = [Effect(Expected.DOWN, tuple(down))] if down else []
    if unreachable:
        effects.append(Effect(Expected.UNREACHABLE, tuple(unreachable)))
    return tuple(effects)


def reached_devices(city: City, lives: Callable[[Device], bool]) -> set[str]:
    """Return the living devices that a chain of living devices leads to (any parent is a way)."""
    reached: set[str] = set()
    for device in city.devices:  # parents stand before their children
        way = not device.parents or any(parent in reached for parent in device.parents)
        if way and lives(device):
            reached.add(device.id)
    return reached
