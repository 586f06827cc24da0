"""When a device must be shown as flapping: counted anew from its results at every moment.

Of a check's last 20 results each that differs from the one before it weighs, the newest 1.18, each
older one 0.02 less; one weighs nothing when it is older than 20 intervals. Flapping begins above 30
percent of 20, or with 6 changes of what is believed within 30 minutes; it ends at 25 percent or
less with at most one such change in the last 30 minutes. A break of ours forgets all of it. It is
looked at with every result, and each second while it lasts.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from api.demo.truth.expected.results import Result, Stretch, Watch
from api.demo.truth.expected.states import beliefs
from simulators.truth.city import DEVICES
from simulators.truth.world import AGENT, PING, Answer

_MEMORY = 20
_LONGEST_SECONDS = 7200.0
_HALF_HOUR = 1800.0


@dataclass(frozen=True, slots=True)
class Unrest:
    """Flapping began or ended, noticed at `noticed` (steady seconds)."""

    on: bool
    noticed: float


@dataclass(frozen=True, slots=True)
class _Check:
    """One check's results within a stretch, and when what is believed of it changed."""

    results: Sequence[Result]
    turns: Sequence[float]
    life: float

    def judge(self, moment: float, on: bool) -> bool:
        """Say whether the check flaps at a moment, having flapped or not."""
        count = bisect_right(self.results, moment, key=lambda result: result.heard)
        newest_first = self.results[max(0, count - _MEMORY - 1) : count][::-1]
        weight = 0
        for place, (one, before) in enumerate(pairwise(newest_first)):
            if one.answer is not before.answer and moment - one.heard < self.life:
                weight += 118 - 2 * place
        turns = [turn for turn in self.turns if turn <= moment][-6:]
        recent = sum(moment - turn <= _HALF_HOUR for turn in turns)
        if on:
            return weight > 25 * _MEMORY or recent > 1
        return weight > 30 * _MEMORY or recent >= 6


def unrest(watch: Watch) -> list[Unrest]:
    """Return when a device must be shown as flapping, and when no longer."""
    return [change for stretch in watch.stretches for change in _stretch(watch.device, stretch)]


def _stretch(device: str, stretch: Stretch) -> Iterator[Unrest]:
    checks = [_check(device, protocol, stretch.results) for protocol in (PING, AGENT)]
    flaps = [False, False]
    shown, before = False, 0.0
    for result in stretch.results:
        seconds = range(int(before) + 1, int(result.heard) + 1) if shown else ()
        for moment in (*map(float, seconds), result.heard):
            flaps = [check.judge(moment, on) for check, on in zip(checks, flaps, strict=True)]
            if any(flaps) is not shown:
                shown = any(flaps)
                yield Unrest(shown, moment)
        before = result.heard


def _check(device: str, protocol: str, results: Sequence[Result]) -> _Check:
    manner = DEVICES[device].manner
    own = [result for result in results if result.protocol == protocol]
    confirm = manner.confirm if protocol == PING else manner.agent_confirm
    rows = confirm, manner.recover
    turns = {
        belief.known
        for name, is_so in (("none", Answer.NOTHING.__eq__), ("bad", Answer.ALL.__ne__))
        for belief in list(beliefs(name, own, is_so, rows))[1:]
    }
    interval = manner.ping_interval if protocol == PING else manner.agent_interval
    return _Check(own, sorted(turns), min(_MEMORY * interval, _LONGEST_SECONDS))
