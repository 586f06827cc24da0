"""A machine that is asked for more than it can do: late, evenly, and honest about it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from collector import poller as poller_module
from collector.advice import Advice
from collector.model import Check, CheckResult, Device, State
from collector.poller import Poller
from tests.virtual_city import VirtualCity, World, WorldProbe, checks_of, device, seconds


@dataclass
class CostlyProbe(WorldProbe):
    """Every ask takes the machine some time, in which it can do nothing else."""

    city: "BusyCity" = field(kw_only=True)

    async def run(self, check: Check, slot_at: datetime) -> CheckResult:
        self.city.under_way += 1
        self.city.most_under_way = max(self.city.most_under_way, self.city.under_way)
        self.city.loop.jump(self.city.cost_seconds)
        try:
            return await super().run(check, slot_at)
        finally:
            self.city.under_way -= 1


class BusyCity(VirtualCity):
    """A city on a machine that needs `cost_seconds` for each check."""

    def __init__(self, devices: Iterable[Device], world: World, cost_seconds: float) -> None:
        self.cost_seconds = cost_seconds
        self.under_way = self.most_under_way = 0
        super().__init__(devices, world)

    def probe(self, kind: str) -> CostlyProbe:
        return CostlyProbe(kind, self.world, self.clock, city=self)

    def counts(self, kind: str, since: float) -> Counter[str]:
        """Return how often each living device was asked from a moment on."""
        return Counter(
            check
            for at, check in self.world.asked
            if at >= since
            and check.endswith(kind)
            and check.partition("/")[0] not in self.world.dead
        )


def test_three_times_too_much_is_stretched_evenly_and_takes_nobody_down() -> None:
    """Of 300 devices 15 checks are due each second, and the machine does five."""
    names = [f"d{n}" for n in range(300)]
    dead = dict.fromkeys(names[:10], (200.0, 1e9))
    city = BusyCity(map(device, names), World(dead=dead), 0.2)
    lasted: list[float] = []
    look = [(at, lambda: lasted.append(city.poller.lateness.seconds)) for at in (20.0, 699.0)]
    city.run(700, *look)
    for name in names:
        expected = {State.UP, State.UNKNOWN, State.DOWN} if name in dead else {State.UP}
        assert set(city.story(name)) - {State.UNKNOWN} <= expected, name
    assert all(State.DOWN in city.story(name) for name in dead)
    pings, walks = (city.counts(kind, 300) for kind in ("/ping", "/snmp"))
    for counts in (pings, walks):
        assert len(counts) == 290
        assert max(counts.values()) - min(counts.values()) <= 1
    assert sum(pings.values()) >= sum(walks.values())
    counters = city.poller.counters
    assert counters.missed > counters.done, "two of three slots were left out"
    left = city.poller.under_way()
    assert counters.due == counters.done + counters.skipped + counters.missed + left
    slots = 300 * (700 // 30 + 700 // 60)
    assert counters.due + counters.overrun == pytest.approx(slots, rel=0.2)
    assert counters.blind == 0
    assert city.poller.behind_seconds() > 20
    assert city.poller.waiting() > 50
    assert lasted[-1] > 20


def test_a_dead_switch_is_confirmed_soon_and_nothing_behind_it_is_called_down() -> None:
    """Its rechecks are stretched by the same factor as all else, not made to wait as long."""
    cams, others = [f"cam{n}" for n in range(20)], [f"d{n}" for n in range(200)]
    dead = dict.fromkeys(("switch", *cams), (200.0, 1e9))
    devices = [device("switch"), *(device(one, "switch") for one in cams), *map(device, others)]
    city = BusyCity(devices, World(dead=dead), 0.15)
    city.run(320)
    assert city.poller.lateness.seconds > 10
    assert {city.last(one).new for one in cams} == {State.UNREACHABLE}
    assert all(State.DOWN not in city.story(one) for one in (*cams, *others))
    down = city.last("switch")
    assert down.new is State.DOWN
    assert seconds(down.confirmed_at) - seconds(down.at) < 60


def test_when_there_is_time_again_all_checks_are_soon_on_time() -> None:
    city = BusyCity((device(f"d{n}") for n in range(100)), World(), 0.6)
    told: list[tuple[bool, float]] = []

    def look() -> None:
        told.append((city.poller.lateness.seconds > 0, city.poller.behind_seconds()))

    def relieve() -> None:
        city.cost_seconds = 0.001

    city.run(400, (290.0, look), (300.0, relieve), (340.0, look), (399.0, look))
    assert [late for late, _ in told] == [True, False, False]
    assert told[1][1] < 1 > told[2][1]
    assert all(city.engine.state_of(f"d{n}").state is State.UP for n in range(100))
    assert city.counts("/ping", 370).keys() == {f"d{n}/ping" for n in range(100)}


def test_what_is_due_at_once_is_begun_a_few_at_a_time() -> None:
    """The machine stood still until everything was due; it must not choke on all of it."""
    city = BusyCity((device(f"d{n}") for n in range(500)), World(answer_seconds=0.01), 0.01)
    city.run(50, (20.0, lambda: city.loop.jump(11.0)))
    assert city.most_under_way < 50
    assert all(State.DOWN not in city.story(f"d{n}") for n in range(500))


def test_dead_devices_take_no_place_from_the_living() -> None:
    """Hundreds of silent agents are waited for at the same time, and nobody is late for it."""
    names = [f"d{n}" for n in range(400)]
    city = BusyCity(map(device, names), World(silent=dict.fromkeys(names[:380], (0.0, 1e9))), 1e-4)
    city.run(90)
    assert city.most_under_way > 30
    assert city.poller.counters.late_worst_seconds < 0.1
    assert city.poller.counters.missed == 0


def test_more_than_the_bound_is_never_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poller_module, "MOST_UNDER_WAY", 5)
    names = [f"d{n}" for n in range(100)]
    city = BusyCity(map(device, names), World(answer_seconds=1.0), 0.0)
    city.run(120)
    assert city.most_under_way == 5
    assert city.poller.counters.done > 400


@dataclass
class PacedProbe(CostlyProbe):
    """Sends one check each tenth of a second; what is asked beyond that waits inside."""

    next_at: float = 0.0
    longest_queue: float = 0.0

    def queue_seconds(self) -> float:
        return max(0.0, self.next_at - self.clock.monotonic())

    async def run(self, check: Check, slot_at: datetime) -> CheckResult:
        self.next_at = max(self.next_at, self.clock.monotonic()) + 0.1
        self.longest_queue = max(self.longest_queue, self.queue_seconds())
        return await super().run(check, slot_at)


def test_what_a_probe_could_not_send_in_time_is_not_asked_yet() -> None:
    """Else its deadline would pass inside the probe, and a device never asked would be dead."""
    city = BusyCity((device(f"d{n}") for n in range(500)), World(), 0.01)
    checks = [check for one in city.devices for check in checks_of(one)]
    paced = PacedProbe("ping", city.world, city.clock, city=city)
    probes = {"ping": paced, "snmp": city.probe("snmp")}
    city.poller = Poller(checks, probes, lambda _: Advice(), city.clock, city.lag)
    city.run(200)
    assert 0.1 < paced.longest_queue < 1.5, "a deadline is 2.5 s"
    assert city.poller.lateness.seconds > 10
    assert len(city.counts("/ping", 0)) == 500
    assert set(city.counts("/snmp", 60).values()) <= {2, 3}, "agents are asked on time all the same"


def test_a_recheck_that_waits_counts_only_the_slots_that_nothing_served() -> None:
    city = BusyCity([device("d")], World(), 0.0)
    (ping, _) = checks_of(device("d"))
    poller = Poller([ping], {"ping": city.probe("ping")}, lambda _: Advice(), city.clock, city.lag)
    city.poller = poller
    told: list[tuple[int, int, int]] = []

    def look() -> None:
        counters = poller.counters
        told.append((counters.due, counters.done, counters.missed))

    # Six slots pass while the recheck waits; when it runs at last, it serves one of them.
    city.run(400, (100.0, look), (101.0, lambda: poller.follow(Advice(soon={ping.id: 1.0}))),
             (101.5, lambda: city.loop.jump(180.0)), (300.0, look))  # fmt: skip
    assert [missed for *_, missed in told] == [0, 5]
    assert all(due == done + missed for due, done, missed in told)


def test_a_slow_device_overruns_and_misses_nothing() -> None:
    quick = [replace(check, interval_seconds=10.0, timeout_seconds=60.0)
             for check in checks_of(device("d"))]  # fmt: skip
    city = BusyCity([device("d")], World(answer_seconds=25.0), 0.0)
    probes = {kind: city.probe(kind) for kind in ("ping", "snmp")}
    city.poller = Poller(quick, probes, lambda _: Advice(), city.clock, city.lag)
    city.run(600)
    counters = city.poller.counters
    assert counters.missed == 0
    assert counters.overrun == pytest.approx(2 * counters.done, abs=4)
