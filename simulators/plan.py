"""From wishes to faults on devices: who is hit, and what should be shown.

No device is in two faults at once: what is named so is refused. Where no device is named, one is
drawn from the city's seed among those of which no other fault of the scenario speaks, so that
each fault can be judged by itself. A wish that a small city has no free device for is skipped and
reported.
"""

import random
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from simulators import places
from simulators.city import City, Device, Kind
from simulators.faults import (
    SLOWEST_HEALTHY_SECONDS,
    Expected,
    Fault,
    FaultKind,
    Rhythm,
    effects_of,
)
from simulators.scenario import Scenario, ScenarioError, Wish

_ATTEMPTS = 40
_BIG_FIRST = (
    FaultKind.AREA_POWER,
    FaultKind.FEEDER_POWER,
    FaultKind.SWITCH_DEAD,
    FaultKind.MQTT_OFFLINE,
)
_WITH_COUNTERS = (Kind.ACCESS_POINT, Kind.ROUTER, Kind.SERVER, Kind.NAS, Kind.UPS)
_REST_SECONDS = 120.0  # a device that failed is left alone for so long in an endless scenario


@dataclass(frozen=True, slots=True)
class Timeline:
    """Faults in order of their beginning, and wishes for which the city is too small."""

    faults: tuple[Fault, ...]
    skipped: tuple[str, ...] = ()


class Planner:
    """Knows a city and the collector's rhythm; makes faults from wishes."""

    def __init__(self, city: City, rhythm: Rhythm) -> None:
        self._city = city
        self._rhythm = rhythm
        self._devices = {device.id: device for device in city.devices}
        has_children = {parent for device in city.devices for parent in device.parents}
        self._leaves = [device for device in city.devices if device.id not in has_children]

    def fault(self, wish: Wish) -> Fault:
        """Return the fault for a wish that names its device or area. Raises ScenarioError."""
        return self._make(wish, self._named(wish))

    def draw(self, wish: Wish, taken: Set[str], draw: random.Random) -> Fault | None:
        """Return a fault on devices that are not in `taken`, or None when there are none left."""
        candidates = self._candidates(wish.kind)
        draw.shuffle(candidates)
        for hit in candidates:
            fault = self._make(wish, hit)
            if wish.kind is FaultKind.COLLECTOR_PAUSE:
                return fault
            if self._is_fair(fault) and not fault.touched & taken:
                return fault
        return None

    def _make(self, wish: Wish, hit: tuple[str, ...]) -> Fault:
        self._check_length(wish)
        return Fault(
            id=wish.id,
            kind=wish.kind,
            at_seconds=wish.at_seconds,
            for_seconds=wish.for_seconds,
            hit=hit,
            effects=effects_of(self._city, wish.kind, hit, wish.for_seconds, self._rhythm),
            share=wish.share if wish.kind is FaultKind.PACKET_LOSS else 0.0,
            seconds=wish.seconds if wish.kind is FaultKind.SLOW_AGENT else 0.0,
            seen_after_seconds=self._rhythm.surely_seen_after(wish.kind),
            well_after_seconds=self._rhythm.surely_well_after(wish.kind),
        )

    def _check_length(self, wish: Wish) -> None:
        """Refuse what a collector would sometimes notice and sometimes not."""
        least = self._rhythm.surely_seen_after(wish.kind)
        if wish.kind is FaultKind.REBOOT:
            most = self._rhythm.surely_missed_before
            if most < wish.for_seconds < least:
                raise ScenarioError(
                    f"{wish.id}: whether a reboot of {wish.for_seconds:g} s is noticed is luck; "
                    f"make it at most {most:g} s or at least {least:g} s long"
                )
        elif wish.for_seconds < least:
            raise ScenarioError(
                f"{wish.id}: {wish.kind} is surely noticed only after {least:g} s, "
                f"not within {wish.for_seconds:g} s"
            )
        if wish.kind is FaultKind.SLOW_AGENT and wish.seconds > SLOWEST_HEALTHY_SECONDS:
            raise ScenarioError(
                f"{wish.id}: an agent slower than {SLOWEST_HEALTHY_SECONDS:g} s runs into "
                "timeouts; use snmp_silent"
            )

    def _named(self, wish: Wish) -> tuple[str, ...]:
        """Return the devices that a wish names. Raises ScenarioError."""
        if wish.kind is FaultKind.COLLECTOR_PAUSE:
            return ()
        if wish.kind is FaultKind.AREA_POWER:
            hit = self._area(wish.area or "")
            if not hit:
                raise ScenarioError(f"{wish.id}: no device stands in area {wish.area!r}")
            return hit
        if wish.kind is FaultKind.FEEDER_POWER:
            hit = self._feeder(wish.feeder or "")
            if not hit:
                raise ScenarioError(f"{wish.id}: no device is on feeder {wish.feeder!r}")
            return hit
        if wish.tag is not None:
            hit = tuple(it.id for it in self._city.devices if wish.tag in it.tags)
            if not hit or not all(_can_have(wish.kind, self._devices[it]) for it in hit):
                raise ScenarioError(f"{wish.id}: {wish.kind} cannot happen to tag {wish.tag!r}")
            return hit
        device = self._devices.get(wish.target or "")
        if device is None:
            raise ScenarioError(f"{wish.id}: there is no device {wish.target!r}")
        if not _can_have(wish.kind, device):
            raise ScenarioError(f"{wish.id}: {wish.kind} cannot happen to {device.id}")
        return (device.id,)

    def _area(self, code: str) -> tuple[str, ...]:
        return tuple(device.id for device in self._city.devices if device.area == code)

    def _feeder(self, name: str) -> tuple[str, ...]:
        """Return the devices that the loss of a feeder hits: at a site with a UPS, only that."""
        on_it = [device for device in self._city.devices if device.power_feeder == name]
        carried = {device.site for device in on_it if device.kind is Kind.UPS}
        return tuple(it.id for it in on_it if it.kind is Kind.UPS or it.site not in carried)

    def _candidates(self, kind: FaultKind) -> list[tuple[str, ...]]:
        """Return what a fault of this kind may hit, each as the devices to switch."""
        if kind is FaultKind.COLLECTOR_PAUSE:
            return [()]
        if kind is FaultKind.AREA_POWER:
            codes = [area.code for area in self._city.areas if area.code != places.CENTRE_CODE]
            return [self._area(code) for code in codes]
        if kind is FaultKind.FEEDER_POWER:
            others = [it for it in self._city.devices if it.area != places.CENTRE_CODE]
            names = sorted({it.power_feeder for it in others if it.power_feeder is not None})
            return [self._feeder(name) for name in names]
        if kind is FaultKind.SWITCH_DEAD:
            return [(it.id,) for it in self._city.devices if it.kind is Kind.SWITCH]
        return [
            (device.id,)
            for device in self._leaves
            if _can_have(kind, device) and _shows_well(kind, device)
        ]

    def _is_fair(self, fault: Fault) -> bool:
        """Say whether a drawn dead switch takes something along, but no great part of the city."""
        if fault.kind is not FaultKind.SWITCH_DEAD:
            return True
        return 2 <= len(fault.touched) <= max(6, len(self._devices) // 8)


def plan(city: City, scenario: Scenario) -> Timeline:
    """Return the faults of a scenario in this city; the same arguments give the same faults.

    Raises ScenarioError when named devices are in two faults at once, or a fault is too short to
    be judged.
    """
    planner = Planner(city, scenario.rhythm)
    named = [planner.fault(wish) for wish in scenario.faults if names_its_target(wish)]
    drawn = [wish for wish in scenario.faults if not names_its_target(wish)]
    drawn.sort(key=lambda wish: wish.kind not in _BIG_FIRST)
    best: Timeline | None = None
    for attempt in range(_ATTEMPTS):
        rng = random.Random(f"plan {city.seed} {attempt}")  # noqa: S311 - repeatable, no secret
        made, skipped = _draw_all(planner, drawn, _touched(named), rng)
        faults = tuple(sorted([*named, *made], key=lambda fault: fault.at_seconds))
        if best is None or len(skipped) < len(best.skipped):
            best = Timeline(faults, skipped)
        if not best.skipped:
            break
    if best is None:
        raise AssertionError("there is at least one attempt")
    check_overlaps(best.faults)
    return best


def check_overlaps(faults: Sequence[Fault]) -> None:
    """Raise ScenarioError when a device is in two faults at the same time."""
    for index, one in enumerate(faults):
        for other in faults[index + 1 :]:
            together = one.at_seconds < other.until_seconds and other.at_seconds < one.until_seconds
            shared = sorted(one.touched & other.touched) if together else []
            if shared:
                raise ScenarioError(f"{one.id} and {other.id} both speak about {shared[0]}")


def steady(city: City, rhythm: Rhythm) -> Iterator[Fault]:
    """Return faults without end, seeded and spaced, something visible at any moment.

    Every 15 to 40 seconds a fault begins that shows; it lasts longer than the next one's wait.
    Now and then one that must *not* show is added.
    """
    planner = Planner(city, rhythm)
    rng = random.Random(f"steady {city.seed}")  # noqa: S311 - repeatable, no secret
    shown = {
        FaultKind.DEVICE_DEAD: 6,
        FaultKind.PACKET_LOSS: 4,
        FaultKind.SNMP_SILENT: 3,
        FaultKind.MQTT_OFFLINE: 2,
        FaultKind.MQTT_SILENT: 2,
        FaultKind.REBOOT: 2,
        FaultKind.SWITCH_DEAD: 2,
        FaultKind.AREA_POWER: 1,
        FaultKind.UPS_ON_BATTERY: 1,
    }
    hidden = (FaultKind.SLOW_AGENT, FaultKind.COUNTER_RESET)
    resting: list[Fault] = []
    at, number = 10.0, 0
    while True:
        kinds = rng.choices(list(shown), list(shown.values()))
        if rng.random() < 0.2:
            kinds.append(rng.choice(hidden))
        resting = [it for it in resting if it.until_seconds + _REST_SECONDS > at]
        for kind in kinds:
            # A small city may have no UPS or sensor that is not resting: then something dies.
            for instead in dict.fromkeys((kind, FaultKind.DEVICE_DEAD)):
                number += 1
                length = max(rhythm.surely_seen_after(instead), 60.0) + rng.uniform(10, 90)
                name = f"{instead}-{number}"
                wish = Wish(id=name, kind=instead, at_seconds=at, for_seconds=length)
                fault = planner.draw(wish, _touched(resting), rng)
                if fault is not None:
                    resting.append(fault)
                    yield fault
                    break
        at += rng.uniform(15, 40)


def is_visible(fault: Fault) -> bool:
    """Say whether anything should look different while the fault lasts."""
    return any(effect.expected_state is not Expected.UP for effect in fault.effects)


def _draw_all(
    planner: Planner, wishes: Iterable[Wish], taken: Set[str], rng: random.Random
) -> tuple[list[Fault], tuple[str, ...]]:
    """Return the faults drawn for all wishes, and the ids of those without a free device."""
    made: list[Fault] = []
    skipped = []
    for wish in wishes:
        fault = planner.draw(wish, taken | _touched(made), rng)
        if fault is None:
            skipped.append(wish.id)
        else:
            made.append(fault)
    return made, tuple(skipped)


def _touched(faults: Iterable[Fault]) -> frozenset[str]:
    """Return the devices of which these faults speak, the collector's own faults left out."""
    return frozenset(
        target
        for fault in faults
        if fault.kind is not FaultKind.COLLECTOR_PAUSE
        for target in fault.touched
    )


def names_its_target(wish: Wish) -> bool:
    """Say whether a wish names what it hits, so that nothing is drawn."""
    return any(it is not None for it in (wish.target, wish.area, wish.tag, wish.feeder))


def _can_have(kind: FaultKind, device: Device) -> bool:
    """Say whether a fault of this kind can happen to a device at all."""
    if kind in (FaultKind.MQTT_OFFLINE, FaultKind.MQTT_SILENT):
        return device.mqtt_topic is not None
    if kind in (FaultKind.SNMP_SILENT, FaultKind.SLOW_AGENT):
        return device.answers_snmp
    if kind is FaultKind.UPS_ON_BATTERY:
        return device.kind is Kind.UPS
    if kind is FaultKind.COUNTER_RESET:
        return device.answers_snmp and device.profile != "hikvision-camera"
    return kind is not FaultKind.SWITCH_DEAD or device.kind is Kind.SWITCH


def _shows_well(kind: FaultKind, device: Device) -> bool:
    """Say whether a device is a good one to draw: sensors are judged by MQTT, not by ping."""
    if kind in (FaultKind.DEVICE_DEAD, FaultKind.PACKET_LOSS, FaultKind.REBOOT):
        return device.kind is not Kind.SENSOR
    return kind is not FaultKind.COUNTER_RESET or device.kind in _WITH_COUNTERS
