"""The record as each device's results, cut where nobody could know.

A *stretch* is time in which the collector ran without a break. Between two of them a device is
unknown, from the last result that was kept until the first state that results of the new stretch
bear out. Three things end a stretch:

- the collector ended and started again: what it had not written down is forgotten;
- it was stopped and went on: what was asked before and heard after is no proof of the time between,
  and that no answer came then is our own fault;
- its clock was set so far ahead that the last ping is older than it may be believed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from simulators.truth.city import DEVICES
from simulators.truth.script import SECOND, DeedKind
from simulators.truth.world import PING, Answer, MachineEvent, Noted, Question, World


@dataclass(frozen=True, slots=True)
class Result:
    """What one question told: `at` is when it was asked, `heard` (steady seconds) when known."""

    protocol: str
    at: int
    heard: float
    answer: Answer


@dataclass(frozen=True, slots=True)
class Cut:
    """The break before a stretch: known at `steady`, over at `moment`, unknown from `since`."""

    steady: float
    moment: int
    since: int | None  # None: nothing was ever heard


@dataclass(frozen=True, slots=True)
class Stretch:
    """Results without a break between them, in the order in which they were heard."""

    cut: Cut
    results: tuple[Result, ...]
    ends: float  # steady


@dataclass(frozen=True, slots=True)
class Watch:
    """How one device was watched: from when until when it was listed, and what was heard."""

    device: str
    begins: int
    ends: int
    stretches: tuple[Stretch, ...] = field(default=())


class UnfitScriptError(ValueError):
    """The script does something that these rules do not reckon; the message says what."""


def watches(world: World) -> list[Watch]:
    """Return how each device was watched, parents first."""
    by_device: dict[str, list[Question]] = {}
    for question in world.record:
        by_device.setdefault(question.device, []).append(question)
    return [
        _watch(world, device, by_device.get(device, ()), *_listed(world, device))
        for device in DEVICES
    ]


def _listed(world: World, device: str) -> tuple[int, int]:
    """Return from when to when a device stands in the inventory: it is read at a start."""
    starts = [noted.moment for noted in world.events if noted.event is MachineEvent.STARTED]
    begins, ends = starts[0], world.script.ends
    for deed in world.script.deeds_of(DeedKind.STOP):
        read = next(moment for moment in starts if moment >= deed.at)
        begins = read if device in deed.add else begins
        ends = read if device in deed.retire else ends
    return begins, ends


def _watch(
    world: World, device: str, questions: Iterable[Question], begins: int, ends: int
) -> Watch:
    results = [
        Result(one.protocol, one.asked, one.heard_steady, one.answer)
        for one in questions
        if one.heard_steady is not None and not _is_ours(one, world.events)
    ]
    results.sort(key=lambda result: result.heard)
    cuts = [
        cut
        for cut in _cuts(world.events, results, DEVICES[device].manner.fresh_seconds)
        if begins <= cut.moment < ends
    ]
    edges = [*(cut.steady for cut in cuts), float("inf")]
    stretches = tuple(
        Stretch(cut, tuple(_since(cut, r) for r in results if cut.steady <= r.heard < end), end)
        for cut, end in zip(cuts, edges[1:], strict=True)
    )
    for stretch in stretches:
        _refuse_silence(device, stretch)
    return Watch(device, begins, ends, stretches)


def _is_ours(question: Question, events: Iterable[Noted]) -> bool:
    """Say whether no answer came because the collector was stopped meanwhile."""
    return question.answer is Answer.NOTHING and any(
        noted.event is MachineEvent.RESUMED
        and question.asked_steady <= noted.steady <= (question.heard_steady or 0.0)
        for noted in events
    )


def _cuts(events: Sequence[Noted], results: Sequence[Result], fresh: float) -> Iterable[Cut]:
    saved = 0.0
    lost_after = float("inf")  # what was heard later than this is forgotten by the next start
    for noted in events:
        if noted.event is MachineEvent.SAVED:
            saved = noted.steady
        elif noted.event is MachineEvent.ENDED:
            lost_after = saved
        elif noted.event is MachineEvent.STARTED:
            yield _cut(noted, [r for r in results if r.heard <= min(lost_after, noted.steady)])
        elif noted.event is MachineEvent.RESUMED:
            yield _cut(noted, [r for r in results if r.heard < noted.steady])
        else:
            heard = [r for r in results if r.heard <= noted.steady]
            pings = [r.at for r in heard if r.protocol == PING]
            if pings and pings[-1] + fresh * SECOND <= noted.moment:
                yield _cut(noted, heard)


def _cut(noted: Noted, heard: Sequence[Result]) -> Cut:
    return Cut(noted.steady, noted.moment, max((r.at for r in heard), default=None))


def _since(cut: Cut, result: Result) -> Result:
    """Return a result that does not speak of the time before its stretch."""
    return Result(result.protocol, max(result.at, cut.moment), result.heard, result.answer)


def _refuse_silence(device: str, stretch: Stretch) -> None:
    """Within a stretch pings must follow each other closely enough to be believed."""
    fresh = DEVICES[device].manner.fresh_seconds
    pings = [result for result in stretch.results if result.protocol == PING]
    if any(later.heard - one.heard > fresh for one, later in pairwise(pings)):
        raise UnfitScriptError(f"{device} was not asked for longer than a ping is believed")
