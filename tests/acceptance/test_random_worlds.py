"""Random small cities: whatever happens in them, the log of transitions must tell the truth.

Devices stand behind each other, die, fall silent and lose pings; the collector is stalled, killed
and started again, and its clock is set. The world's own record of what was asked and answered is
held against the transitions.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import collector.lateness as lateness_module
from collector.model import Outcome, State, Transition
from tests.virtual_city import VirtualCity, World, device, seconds

UP, DOWN, UNREACHABLE = State.UP, State.DOWN, State.UNREACHABLE
DEGRADED, UNKNOWN = State.DEGRADED, State.UNKNOWN

TROUBLE_SECONDS = 900  # until then things happen
HEALTHY_SECONDS = 180  # then all is well for so long
END = TROUBLE_SECONDS + HEALTHY_SECONDS
ANSWER_SECONDS = 0.4
LOSS_SECONDS = 1.0
RECHECK_SECONDS = 15
ASK_SECONDS = 45  # one interval and the rechecks
HOLD_SECONDS = 60


@dataclass(frozen=True)
class Story:
    """What happens in one world."""

    groups: tuple[tuple[tuple[int, ...], ...], ...]  # of each device: parents with AND of ORs
    dead: dict[str, tuple[float, float]]
    silent: dict[str, tuple[float, float]]
    lossy: dict[str, tuple[bool, ...]]
    stalls: tuple[tuple[float, float], ...]
    steps: tuple[tuple[float, float], ...]
    kills: tuple[tuple[float, float], ...]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    size = draw(st.integers(1, 6))
    groups = tuple(
        tuple(
            tuple(sorted(group))
            for group in draw(
                st.lists(st.sets(st.integers(0, n - 1), min_size=1, max_size=2), max_size=2)
            )
        )
        if n
        else ()
        for n in range(size)
    )
    names = st.sampled_from([f"d{n}" for n in range(size)])
    moment = st.floats(40, TROUBLE_SECONDS - 1).map(lambda at: round(at, 1))
    length = st.floats(1, 600).map(lambda at: round(at, 1))
    span = st.tuples(moment, length).map(lambda s: (s[0], min(s[0] + s[1], TROUBLE_SECONDS)))
    stalls = st.tuples(moment, st.sampled_from([0.7, 3.0, 9.0, 14.0, 90.0]))
    steps = st.tuples(moment, st.sampled_from([-28_800.0, -200.0, -20.0, 20.0, 200.0, 28_800.0]))
    kills = st.tuples(moment, st.sampled_from([0.0, 1.0, 40.0]))
    return Story(
        groups,
        draw(st.dictionaries(names, span, max_size=4)),
        draw(st.dictionaries(names, span, max_size=2)),
        draw(st.dictionaries(names, st.lists(st.booleans(), max_size=6).map(tuple), max_size=2)),
        tuple(draw(st.lists(stalls, max_size=2))),
        tuple(draw(st.lists(steps, max_size=1))),
        tuple(draw(st.lists(kills, max_size=1))),
    )


class Told:
    """One world after its run, with what the city said of it."""

    def __init__(self, story: Story) -> None:
        self.story = story
        named = [
            tuple(tuple(f"d{parent}" for parent in group) for group in above)
            for above in story.groups
        ]
        devices = [
            device(f"d{n}", groups=groups) if len(groups) != 1 else device(f"d{n}", *groups[0])
            for n, groups in enumerate(named)
        ]
        ways = {f"d{n}": groups for n, groups in enumerate(named)}
        lossy = {name: losses for name, losses in story.lossy.items() if losses}
        self.world = World(story.dead, story.silent, lossy, ways, answer_seconds=ANSWER_SECONDS)
        self.city = city = VirtualCity(devices, self.world)
        happenings: list[tuple[float, Callable[[], None]]] = []
        happenings += [(at, partial(city.loop.jump, by)) for at, by in story.stalls]
        happenings += [(at, partial(city.clock.step, by)) for at, by in story.steps]
        for at, away in story.kills:
            happenings += [(at, city.kill), (at + away, city.restart)]
        happenings.append((TROUBLE_SECONDS, lossy.clear))
        city.run(END, *happenings)
        self.names = list(ways)
        # When our own view was disturbed, each with its end.
        self.disturbed = sorted(
            [(at, at + by) for at, by in story.stalls]
            + [(at, at) for at, _ in story.steps]
            + [(at, at + away) for at, away in story.kills]
        )

    def log_of(self, name: str) -> list[tuple[float, Transition]]:
        """Return a device's transitions, each with the moment it was told."""
        every = zip(self.city.recorded, self.city.transitions, strict=True)
        return [(told, moved) for told, moved in every if moved.device_id == name]

    def is_about_flapping(self, moved: Transition) -> bool:
        """Say whether a row tells only that flapping began or ended."""
        before: Transition | None = None
        for _, one in self.log_of(moved.device_id):
            if one is moved:
                break
            before = one
        return before is not None and (moved.old, moved.cause, not moved.flapping) == (
            moved.new, before.cause, before.flapping,
        )  # fmt: skip

    def asks(self, name: str, kind: str) -> list[tuple[float, bool]]:
        every = zip(self.world.asked, self.world.answered, strict=True)
        return [(at, answered) for (at, asked), answered in every if asked == f"{name}/{kind}"]

    def at_seconds(self, told: float, moment: Transition) -> float:
        """Return a transition's `at` on the virtual clock, by the clock that was right then."""
        offset = sum(by for at, by in self.story.steps if at <= told)
        return seconds(moment.at) - offset

    def is_quiet(self, start: float, end: float) -> bool:
        """Say whether nothing disturbed our own view between two moments."""
        return not any(b <= end + 0.01 and start <= over + 0.01 for b, over in self.disturbed)

    def state_at(self, name: str, moment: float) -> State:
        states = [moved.new for told, moved in self.log_of(name) if told <= moment]
        return states[-1] if states else UNKNOWN


def assert_told_truly(told: Told) -> None:
    for name in told.names:
        log = told.log_of(name)
        assert_log_is_a_chain(told, log)
        for (before, _), (moment, moved) in pairwise([(0.0, log[0][1]), *log]):
            assert_moved_truly(told, before, moment, moved)
        assert_deaths_are_reported(told, name)
        assert_what_flaps_is_unsteady(told, name, log)
        assert_is_well(told, name)


def assert_log_is_a_chain(told: Told, log: list[tuple[float, Transition]]) -> None:
    previous = UNKNOWN
    for moment, moved in log:
        assert moved.old is previous
        assert moved.confirmed_at >= moved.at
        offset = sum(by for at, by in told.story.steps if at <= moment)
        assert seconds(moved.confirmed_at) <= moment + offset + 0.1, "told of the future"
        assert (moved.cause is not None) == (moved.new is UNREACHABLE)
        previous = moved.new
    if not any(by < 0 for _, by in told.story.steps):
        for (_, earlier), (_, later) in pairwise(log):
            assert earlier.at <= later.at
            assert earlier.confirmed_at <= later.confirmed_at


def assert_moved_truly(told: Told, before: float, moment: float, moved: Transition) -> None:
    """Hold one transition against what was asked and answered until it was told."""
    name, at = moved.device_id, told.at_seconds(moment, moved)
    if told.is_about_flapping(moved):
        assert moved.confirmed_at >= moved.at
        return
    pings = [
        (asked, answered)
        for asked, answered in told.asks(name, "ping")
        if asked + (ANSWER_SECONDS if answered else LOSS_SECONDS) < moment + 0.01
    ]
    if moved.new is UNKNOWN:
        assert not told.is_quiet(moment - 100, moment), "unknown without a reason"
        return
    if moved.new in (DOWN, UNREACHABLE) and moved.old not in (DOWN, UNREACHABLE):
        assert [answered for _, answered in pings[-3:]] == [False] * 3
    if moved.new is DOWN:
        assert not pings[-1][1]
    if moved.new in (UP, DEGRADED) and moved.old in (DOWN, UNREACHABLE, UNKNOWN):
        assert pings[-1][1]
    if moved.new is UNREACHABLE:
        assert moved.cause is not None
        root = told.state_at(moved.cause, moment)
        assert root in (DOWN, UNREACHABLE) or told.state_at(moved.cause, moment - 60) is DOWN
    for begun, over in told.disturbed:
        if over <= moment and over - begun > 12.5:
            assert at >= over - 1, "told of a time when nobody looked"
    if not told.is_quiet(max(0.0, at - 100), moment):
        return
    if (moved.old, moved.new) in ((UP, DOWN), (UP, UNREACHABLE), (DEGRADED, DOWN)):
        lost = [asked for asked, answered in pings if answered]
        first = min(asked for asked, answered in pings if not answered and asked > lost[-1])
        assert at == pytest.approx(first, abs=1.1)
    if moved.old in (DOWN, UNREACHABLE) and moved.new in (UP, DEGRADED):
        lost = [asked for asked, answered in pings if not answered]
        first = min(asked for asked, answered in pings if answered and asked > lost[-1])
        assert first - 1.1 <= at <= first + RECHECK_SECONDS
    if moved.old in (DOWN, UNREACHABLE) and moved.new in (DOWN, UNREACHABLE):
        assert moment - at <= 2 * ASK_SECONDS + HOLD_SECONDS
    if moved.new is DEGRADED and moved.old is UP:
        asks = told.asks(name, "snmp")
        silent = any(abs(asked - at) < 1.1 and not answered for asked, answered in asks)
        # Trouble that is older than the device's return counts from the return on.
        assert silent or any(one.new is UP and one.at == moved.at for _, one in told.log_of(name))
        assert at >= before - ASK_SECONDS


def assert_deaths_are_reported(told: Told, name: str) -> None:
    """A death that lasts must be told, wherever our own view was quiet for long enough."""
    needed = 60 + (HOLD_SECONDS if told.world.ways[name] else 0)
    edges = [0.0, *(over for _, over in told.disturbed), float(END)]
    starts = [0.0, *(begun for begun, _ in told.disturbed), float(END)]
    for quiet_from, quiet_until in zip(edges, starts[1:], strict=False):
        start = max((s for s, _ in [told.story.dead.get(name, (0, 0))]), default=0)
        end = told.story.dead.get(name, (0, 0))[1]
        start, end = max(start, quiet_from), min(end, quiet_until)
        if end - start > needed:
            assert told.state_at(name, end - 0.01) in (DOWN, UNREACHABLE)


def assert_what_flaps_is_unsteady(
    told: Told, name: str, log: list[tuple[float, Transition]]
) -> None:
    """Flapping begins with six changes among the last results, or six confirmed in 30 minutes.

    And it is never on for a device whose last 20 results were alike, unless its state changed
    twice within 30 minutes.
    """
    on = False
    for moment, moved in [*log, (float(END), None)]:
        changes = [
            sum(earlier[1] != later[1] for earlier, later in pairwise(asks[-21:]))
            for kind in ("ping", "snmp")
            if (asks := [ask for ask in told.asks(name, kind) if ask[0] < moment + 0.01])
        ]
        believed = [at for at, one in log if one.old is not one.new and moment - 1800 <= at]
        believed = [at for at in believed if at <= moment + 0.01]
        if moved is None or moved.flapping is on:
            assert not on or max(changes) > 0 or len(believed) > 1
        elif moved.flapping:
            assert max(changes) >= 6 or len(believed) >= 6, (changes, believed)
        on = on if moved is None else moved.flapping


def assert_is_well(told: Told, name: str) -> None:
    """All was well for three minutes: nothing may be left behind."""
    engine, poller = told.city.engine, told.city.poller
    assert engine.state_of(name).state is UP
    assert engine.state_of(name).cause is None
    assert name not in engine._held
    assert not engine._watched[name].paused
    assert name not in poller._paused
    for kind in ("ping", "snmp"):
        state = engine.check_state_of(f"{name}/{kind}")
        assert state.last_outcome is Outcome.ANSWERED
        assert told.asks(name, kind)[-1][0] > END - (31 if kind == "ping" else 61)


@pytest.fixture(autouse=True)
def _coarse_lag_meter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second still sees every stall that counts, in a tenth of the steps."""
    monkeypatch.setattr(lateness_module, "LAG_PERIOD_SECONDS", 0.5)


@given(stories())
@settings(
    max_examples=50,
    deadline=None,
    derandomize=os.environ.get("EXPLORE") != "1",  # new worlds are looked for on purpose
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking a world takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_happens_the_log_tells_the_truth(story: Story) -> None:
    assert_told_truly(Told(story))
