"""From results to the states a device must be reported in.

The rules, in words:

1. *Failing*: as many pings as the device's manner says bring nothing, in a row. It began with the
   first of them. It is over when as many in a row bring something, with the first of those.
2. *Troubled*: the same for pings that lose echoes and for answers of the agent that are missing or
   bad. At the beginning of a stretch the first good ping is believed at once.
3. A failing device is *unreachable* while every way to it leads through devices that are reported
   down or unreachable: from its own first failure on, or, when it was down before, from when the
   last way closed. What cuts it off is the first closed way's root; another root takes over when
   the former one is back.
4. It is *down* when a way is open. While the devices in front of it are themselves failing and not
   yet confirmed, it waits for them, at most a minute.
5. One that still fails when the way is open again is down from the first failure that was asked
   after the way had opened and is known when that is.
6. No state begins before the one in front of it did.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from api.demo.truth.expected.results import Result, Stretch, Watch
from simulators.truth.city import DEVICES
from simulators.truth.world import AGENT, PING, Answer

UP, DEGRADED, DOWN, UNREACHABLE, UNKNOWN = "up", "degraded", "down", "unreachable", "unknown"
CLOSED = (DOWN, UNREACHABLE)
_HOLD_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Change:
    """A device is in `state` from `at` (microseconds) on, which is known at `known` (steady)."""

    at: int
    state: str
    root: str | None
    known: float


Histories = Mapping[str, Sequence[Change]]


def histories(watched: Sequence[Watch]) -> Histories:
    """Return every device's changes of state; `watched` has parents before children."""
    told: dict[str, list[Change]] = {}
    for watch in watched:
        history: list[Change] = []
        told[watch.device] = history
        for stretch in watch.stretches:
            for change in _stretch(watch.device, stretch, told):
                before = history[-1] if history else Change(watch.begins, UNKNOWN, None, 0.0)
                if (change.state, change.root) != (before.state, before.root):
                    at = max(change.at, before.at) if history else change.at
                    history.append(Change(at, change.state, change.root, change.known))
    return told


def _stretch(device: str, stretch: Stretch, told: Histories) -> Iterator[Change]:
    cut = stretch.cut
    if cut.since is not None:
        yield Change(cut.since, UNKNOWN, None, cut.steady)
    conditions = list(_conditions(device, stretch))
    ends = [change.known for change in conditions[1:]] + [stretch.ends]
    for change, end in zip(conditions, ends, strict=True):
        if change.state == DOWN:
            yield from _failing(_Failing(device, change, end, stretch.results, told))
        else:
            yield change


# --- one device by itself (rules 1 and 2) -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Belief:
    """From `since` (microseconds) on it is so, or no longer; known at `known` (steady)."""

    name: str
    is_so: bool
    since: int
    known: float


def beliefs(
    name: str, results: Sequence[Result], is_so: Callable[[Answer], bool], rows: tuple[int, int]
) -> Iterator[Belief]:
    """Yield what is believed from when on: changed by `rows` (to worse, to better) in a row."""
    believed: bool | None = None
    against: list[Result] = []
    for result in results:
        now = is_so(result.answer)
        if now == believed:
            against = []
            continue
        against = [result] if against and is_so(against[0].answer) != now else [*against, result]
        needed = rows[0] if now else (1 if believed is None else rows[1])
        if len(against) >= needed:
            believed, against = now, []
            first = result if needed == 1 else _first(results, result, needed)
            yield Belief(name, now, first.at, result.heard)


def _first(results: Sequence[Result], last: Result, length: int) -> Result:
    """Return the first of the `length` results that end with `last`."""
    end = results.index(last) + 1
    return results[end - length]


def _conditions(device: str, stretch: Stretch) -> Iterator[Change]:
    """Yield up, degraded and down, as if nothing stood in front of the device."""
    manner = DEVICES[device].manner
    pings = [result for result in stretch.results if result.protocol == PING]
    agent = [result for result in stretch.results if result.protocol == AGENT]
    rows, agent_rows = (manner.confirm, manner.recover), (manner.agent_confirm, manner.recover)
    found = [
        *beliefs("failing", pings, lambda answer: answer is Answer.NOTHING, rows),
        *beliefs("lossy", pings, lambda answer: answer is not Answer.ALL, rows),
        *beliefs("agent", agent, lambda answer: answer is not Answer.ALL, agent_rows),
    ]
    held: dict[str, Belief] = {}
    state = UNKNOWN
    for known, same in groupby(sorted(found, key=lambda b: b.known), key=lambda b: b.known):
        held.update({belief.name: belief for belief in same})
        new, at = _condition(held)
        if new != state:
            state = new
            yield Change(at, state, None, known)


def _condition(held: Mapping[str, Belief]) -> tuple[str, int]:
    """Return the state that what is believed adds up to, and since when."""
    failing = held.get("failing")
    if failing is None:
        return UNKNOWN, 0
    if failing.is_so:
        return DOWN, failing.since
    troubles = [belief.since for name, belief in held.items() if belief.is_so]
    if troubles:
        well = [] if held["lossy"].is_so else [failing.since]
        return DEGRADED, max(min(troubles), *well) if well else min(troubles)
    return UP, max(belief.since for belief in held.values())


# --- behind others (rules 3 to 5) -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Failing:
    """A device that fails, from `own.at` on, known from `own.known` until `end` (steady)."""

    device: str
    own: Change
    end: float
    results: Sequence[Result]
    told: Histories


@dataclass(frozen=True, slots=True)
class _Gate:
    """The ways to a device at one moment. Closed: `root` is who cuts it off, `at` since when."""

    root: str | None
    at: int  # open: since when


def _failing(failing: _Failing) -> Iterator[Change]:
    current: Change | None = None
    for moment in _moments(failing):
        gate = _gate(failing.device, moment, failing.told)
        change = _next(failing, current, gate, moment)
        if change is not None:
            current = change
            yield change


def _moments(failing: _Failing) -> list[float]:
    """Return when something is learnt about a device that fails, or about those before it."""
    above = {parent for way in DEVICES[failing.device].ways for parent in way}
    learnt = {change.known for parent in above for change in failing.told[parent]}
    learnt |= {result.heard for result in failing.results}
    return sorted({failing.own.known} | {m for m in learnt if failing.own.known < m < failing.end})


def _next(failing: _Failing, current: Change | None, gate: _Gate, moment: float) -> Change | None:
    own = failing.own
    if gate.root is not None:
        if current is None:
            return Change(own.at, UNREACHABLE, gate.root, moment)
        if current.root != gate.root:
            at = max(gate.at, current.at, _return_of(current.root, moment, failing.told))
            return Change(at, UNREACHABLE, gate.root, moment)
        return None
    if current is None and not _waits(failing):
        return Change(own.at, DOWN, None, moment)
    if current is not None and current.state == UNREACHABLE:
        last = [r for r in failing.results if r.heard <= moment and r.protocol == PING][-1]
        if last.answer is Answer.NOTHING and last.at > gate.at:
            return Change(last.at, DOWN, None, moment)
    return None


def _return_of(root: str | None, moment: float, told: Histories) -> int:
    """Return since when a former root works again; 0 when it does not, or there is none."""
    state = None if root is None else _state(told[root], moment)
    return 0 if state is None or state.state in CLOSED else state.at


def _waits(failing: _Failing) -> bool:
    """Say whether the ways are closed soon by devices that fail already."""
    own = failing.own
    confirmed_at = max(result.at for result in failing.results if result.heard <= own.known)
    return any(
        gate.root is not None and gate.at <= confirmed_at
        for moment in _moments(failing)
        if moment <= own.known + _HOLD_SECONDS
        for gate in (_gate(failing.device, moment, failing.told),)
    )


def _gate(device: str, moment: float, told: Histories) -> _Gate:
    """Return whether some group of ways is closed entirely, by whom and since when."""
    closed: list[_Gate] = []
    opened: list[int] = []
    for way in DEVICES[device].ways:
        states = [(parent, _state(told[parent], moment)) for parent in way]
        still = [state.at for _, state in states if state.state not in CLOSED]
        if still:
            opened.append(min(still))
        else:
            first, state = states[0]
            root = first if state.state == DOWN else state.root
            closed.append(_Gate(root, max(state.at for _, state in states)))
    if closed:
        return _Gate(closed[0].root, min(gate.at for gate in closed))
    return _Gate(None, max(opened, default=0))


def _state(history: Sequence[Change], moment: float) -> Change:
    latest = Change(0, UNKNOWN, None, 0.0)
    for change in history:
        if change.known <= moment:
            latest = change
    return latest
