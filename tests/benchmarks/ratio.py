"""What our work costs beside a reference that does the same work, in the same run.

Seconds mean nothing on another machine, and little on a shared one. So a bench does a stretch of
ours, a stretch of the reference, the reference, ours, and so on, and compares each pair: whatever
slows the machine down slows both. What is compared is what the process used (CPU seconds, by
getrusage; or bytes written), never the time of a clock on the wall.

    Case ── measure ──► Ratio: ours ÷ reference, the median of all pairs and its middle half

Every module of `tests.benchmarks.ratios` has `cases`; `tests.benchmarks.ledger` runs them all.
"""

import argparse
import gc
import json
import resource
import statistics
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

ROUNDS = 9


@dataclass(frozen=True, slots=True)
class Meter:
    """Something that this process uses up, and in what to print it."""

    read: Callable[[], float]
    scale: float
    unit: str


def _cpu_seconds_of(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _bytes_written() -> float:
    """Return how many bytes this process has handed to the kernel (proc(5), `wchar`)."""
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return float(dict(line.split(": ") for line in lines)["wchar"])


CPU = Meter(lambda: _cpu_seconds_of(resource.RUSAGE_SELF), 1e6, "µs")
CPU_OF_CHILDREN = Meter(lambda: _cpu_seconds_of(resource.RUSAGE_CHILDREN), 1e6, "µs")
WRITTEN = Meter(_bytes_written, 1.0, "B")


@dataclass(frozen=True, slots=True)
class Side:
    """One of two ways to do the same. `work` does a stretch and returns how many units it did.

    What `prepare` does before each stretch is not counted.
    """

    name: str
    work: Callable[[], float]
    meter: Meter = CPU
    prepare: Callable[[], object] | None = None

    def stretch(self) -> float:
        """Prepare and do a stretch, without measuring; return how many units."""
        if self.prepare is not None:
            self.prepare()
        return self.work()

    def cost(self) -> float:
        """Return what a unit costs, measured over one stretch, in what the meter reads.

        Raises ValueError for a stretch that cost nothing that could be read.
        """
        if self.prepare is not None:
            self.prepare()
        gc.collect()  # what the other side left behind is not ours to clear away
        before = self.meter.read()
        units = self.work()
        used = self.meter.read() - before
        if used <= 0 or units <= 0:
            raise ValueError(f"{self.name}: a stretch is too short to be measured")
        return used / units


@dataclass(frozen=True, slots=True)
class Case:
    """A piece of work that two sides do; `same` says in a line what makes it the same work."""

    key: str  # its name in expected.toml and on the command line
    name: str
    unit: str  # of work: "GET", "reading"
    ours: Side
    reference: Side
    same: str
    rounds: int = 99  # more would tell nothing new


@dataclass(frozen=True, slots=True)
class Absent:
    """A case that this machine cannot measure, and why."""

    key: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours ÷ reference: the median of the pairs, `low` to `high` their middle half.

    Below 1 ours is cheaper; more is worse. `ours` and `reference` are what a unit costs, in `unit`.
    """

    key: str
    name: str
    value: float
    low: float
    high: float
    unit: str
    ours: float
    reference: float
    reference_name: str
    same: str
    rounds: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What a bench, or all of them, found out."""

    ratios: tuple[Ratio, ...]
    absent: tuple[Absent, ...]

    def to_json(self) -> str:
        """Return it in one line, as benches hand it to the ledger."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Measured":
        """Read what `to_json` wrote. Raises ValueError, KeyError or TypeError for other text."""
        read = json.loads(text)
        ratios = tuple(Ratio(**one) for one in read["ratios"])
        return cls(ratios, tuple(Absent(**one) for one in read["absent"]))


def measure(case: Case, rounds: int = ROUNDS) -> Ratio:
    """Measure both sides in turn, each before the other in every second round.

    One stretch of each goes ahead and does not count: caches, pages, connections.
    """
    case.ours.stretch()
    case.reference.stretch()
    pairs: list[tuple[float, float]] = []
    for number in range(rounds):
        if number % 2:
            reference = case.reference.cost()
            pairs.append((case.ours.cost(), reference))
        else:
            pairs.append((case.ours.cost(), case.reference.cost()))
    return of_pairs(case, pairs)


def of_pairs(case: Case, pairs: Iterable[tuple[float, float]]) -> Ratio:
    """Return the ratio of what (ours, reference) cost, pair by pair."""
    ours, reference = zip(*pairs, strict=True)
    low, value, high = middle(mine / other for mine, other in zip(ours, reference, strict=True))
    meter = case.ours.meter
    return Ratio(
        key=case.key,
        name=case.name,
        value=value,
        low=low,
        high=high,
        unit=f"{meter.unit} per {case.unit}",
        ours=statistics.median(ours) * meter.scale,
        reference=statistics.median(reference) * meter.scale,
        reference_name=case.reference.name,
        same=case.same,
        rounds=len(ours),
    )


def middle(values: Iterable[float]) -> tuple[float, float, float]:
    """Return the lower quartile, the median and the upper quartile."""
    known = list(values)
    if len(known) == 1:
        return known[0], known[0], known[0]
    low, value, high = statistics.quantiles(known, n=4, method="inclusive")
    return low, value, high


def release(distribution: str) -> str:
    """Return a reference's name with its release: ratios are to that one."""
    return f"{distribution} {metadata.version(distribution)}"


def run(cases: Callable[[ExitStack], Iterable[Case | Absent]]) -> None:
    """Be the main program of a bench: measure its cases and print them."""
    parser = argparse.ArgumentParser(description="Ours beside a reference, in the same run.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", action="append", help="A case by its key; again for more.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    ratios: list[Ratio] = []
    absent: list[Absent] = []
    with ExitStack() as held:
        for case in cases(held):
            if options.only and case.key not in options.only:
                continue
            if isinstance(case, Absent):
                absent.append(case)
            else:
                ratios.append(measure(case, min(options.rounds, case.rounds)))
    found = Measured(tuple(ratios), tuple(absent))
    if options.json:
        sys.stdout.write(found.to_json() + "\n")
        return
    for one in ratios:
        sys.stdout.write(
            f"{one.name}: {one.ours:.4g} {one.unit}, {one.reference_name} {one.reference:.4g}: "
            f"ratio {one.value:.3g} ({one.low:.3g} to {one.high:.3g})\n"
        )
    for one_absent in absent:
        sys.stdout.write(f"{one_absent.name}: not measured, {one_absent.why}\n")
