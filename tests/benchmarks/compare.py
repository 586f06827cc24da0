"""Two commits beside each other: which ratios differ by more than noise.

    make bench-compare A=v1.2 B=main ARGS="snmp ber"    two commits
    make bench-compare A=HEAD~3                         a commit and the files as they lie here

Each commit is checked out into a folder of its own (git worktree), which is removed at the end, and
each bench runs on one and the other in turn, so that what the machine does meanwhile meets both.
The yardstick is the same for both: the benches as they lie here. A commit whose code these no
longer fit can be measured by its own: --own-benches.

A row differs when every run of one side lies beyond every run of the other, and the medians differ
by more than three in a hundred. With five runs a side, chance alone does that to at most one row in
126; with three, to one in ten.
"""

import argparse
import json
import math
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from tests.benchmarks.ledger import (
    BENCHES,
    ROOT,
    BenchFailedError,
    as_text,
    figure,
    run_bench,
    span,
)
from tests.benchmarks.ratio import Ratio

RUNS, ROUNDS = 5, 5
SMALL = 0.03  # less than this, the memory that a process happens to get does as well
HERE = "."
HERE_WORDS = "the files as they lie here"


class NoCommitError(Exception):
    """A word that names no commit of this repository."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One ratio at two commits. `value`: B ÷ A of the medians; `low` to `high` of single pairs."""

    key: str
    name: str
    a: float
    b: float
    value: float
    low: float
    high: float
    differs: bool

    @property
    def words(self) -> str:
        """Say it: B is dearer, cheaper, or not to be told from A."""
        if not self.differs:
            return "same within noise"
        return "B is DEARER" if self.value > 1 else "B is cheaper"


def difference(a: Sequence[Ratio], b: Sequence[Ratio]) -> Difference:
    """Hold the runs of one case at two commits against each other; they were taken in turn."""
    of_a, of_b = [one.value for one in a], [one.value for one in b]
    pairs = [after / before for before, after in zip(of_a, of_b, strict=True)]
    value = statistics.median(of_b) / statistics.median(of_a)
    apart = min(of_b) > max(of_a) or max(of_b) < min(of_a)
    return Difference(
        a[0].key, a[0].name, statistics.median(of_a), statistics.median(of_b), value,
        min(pairs), max(pairs), apart and abs(value - 1) > SMALL,
    )  # fmt: skip


def one_in(runs: int) -> int:
    """Return in how many rows chance alone parts so many runs of each side, when they are equal."""
    return math.comb(2 * runs, runs) // 2


def commit_of(word: str, repository: Path = ROOT) -> str:
    """Return the full name of a commit. Raises NoCommitError."""
    words = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{word}^{{commit}}"]
    done = _git(repository, *words, check=False)
    if done.returncode != 0:
        raise NoCommitError(f"{word!r} is no commit of this repository")
    return done.stdout.strip()


@contextmanager
def checked_out(commits: Sequence[str], repository: Path = ROOT) -> Iterator[list[Path]]:
    """Check commits out into folders of their own, and remove these whatever happens.

    Neither the files of the repository's own work tree nor its index are touched. SIGTERM ends the
    block as Ctrl-C does; either of them is ignored while it is tidied up.
    """
    before = signal.signal(signal.SIGTERM, _as_interrupt)
    folder = Path(tempfile.mkdtemp(prefix="pantau-compare-"))
    made: list[Path] = []
    try:
        for number, commit in enumerate(commits):
            place = folder / f"{'ab'[number]}-{commit[:12]}"
            made.append(place)
            _git(repository, "worktree", "add", "--quiet", "--detach", str(place), commit)
        yield made
    finally:
        interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for place in made:
            _git(repository, "worktree", "remove", "--force", str(place), check=False)
        shutil.rmtree(folder, ignore_errors=True)
        _git(repository, "worktree", "prune", check=False)
        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGTERM, before)


def _as_interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def lay_over(place: Path, repository: Path = ROOT) -> None:
    """Replace the benches of a checked out commit by those that lie here."""
    own = place / "tests" / "benchmarks"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(
        repository / "tests" / "benchmarks", own, ignore=shutil.ignore_patterns("__pycache__")
    )


def code_at(root: Path) -> Path:
    """Return from where Python takes the platform's code when benches run at `root`."""
    found = subprocess.run(
        [sys.executable, "-c", "import collector; print(collector.__file__)"],
        cwd=root, env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Path(found.stdout.strip()).resolve().parents[1]


def compare(
    roots: tuple[Path, Path],
    names: Sequence[str],
    runs: int,
    rounds: int,
    tell: Callable[[str], None],
) -> tuple[list[Difference], list[str]]:
    """Run benches at both roots in turn; return what differs, and what could not be measured.

    Raises BenchFailedError when this environment does not let the code of a root be run.
    """
    for root in roots:
        if code_at(root) != root.resolve():
            raise BenchFailedError(f"Python takes the code from {code_at(root)}, not from {root}")
    found: list[Difference] = []
    failed: list[str] = []
    for name in names:
        taken: dict[str, tuple[list[Ratio], list[Ratio]]] = defaultdict(lambda: ([], []))
        try:
            for number in range(runs):
                tell(f"{name}, run {number + 1} of {runs} …")
                for side in (0, 1) if number % 2 == 0 else (1, 0):
                    for one in _run(name, rounds, roots, side, number):
                        taken[one.key][side].append(one)
        except BenchFailedError as failure:
            failed.append(f"{name}: {failure}")
            continue
        found += [difference(a, b) for a, b in taken.values() if len(a) == len(b)]
        failed += [
            f"{key}: only one side has it" for key, (a, b) in taken.items() if len(a) != len(b)
        ]
    return found, failed


def _run(
    name: str, rounds: int, roots: tuple[Path, Path], side: int, seed: int
) -> tuple[Ratio, ...]:
    try:
        return run_bench(name, rounds, root=roots[side], hash_seed=seed).ratios
    except BenchFailedError as failure:
        raise BenchFailedError(f"cannot be measured at {'AB'[side]}: {failure}") from None


def rows(found: Sequence[Difference]) -> list[tuple[str, ...]]:
    """Return the table, its head first."""
    table: list[tuple[str, ...]] = [("what", "A", "B", "B ÷ A", "spread", "")]
    table += [
        (
            one.name,
            figure(one.a),
            figure(one.b),
            figure(one.value),
            span(one.low, one.high),
            one.words,
        )
        for one in found
    ]
    return table


def _git(repository: Path, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    # Hooks are the owner's business in his own tree; here they would only run beside a measurement.
    command = ["git", "-c", "core.hooksPath=/dev/null", "-C", str(repository), *words]
    return subprocess.run(command, capture_output=True, text=True, check=check)  # noqa: S603


def main() -> int:
    """Compare and print; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("a", metavar="A", help="a commit")
    parser.add_argument("b", metavar="B", help="a commit, or . for the files as they lie here")
    parser.add_argument("bench", nargs="*", metavar="BENCH", help=", ".join(BENCHES))
    parser.add_argument("--runs", type=int, default=RUNS, help="of each bench on each side")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="pairs of stretches a run")
    parser.add_argument("--own-benches", action="store_true", help="of each commit")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if strangers := set(options.bench) - set(BENCHES):
        parser.error(f"no bench: {', '.join(sorted(strangers))}; there are {', '.join(BENCHES)}")
    names = [name for name in BENCHES if not options.bench or name in options.bench]
    try:
        commits = [commit_of(word) for word in (options.a, options.b) if word != HERE]
        with checked_out(commits) as places:
            if not options.own_benches:
                for place in places:
                    lay_over(place)
            left = iter(places)
            a, b = (ROOT if word == HERE else next(left) for word in (options.a, options.b))
            found, failed = compare((a, b), names, options.runs, options.rounds, _tell)
    except NoCommitError as problem:
        parser.error(str(problem))
    except BenchFailedError as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped; what was checked out is removed\n")
        return 130
    if options.json:
        told = {"differences": [asdict(one) for one in found], "failed": failed}
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        names_of = [HERE_WORDS if word == HERE else word for word in (options.a, options.b)]
        sys.stdout.write("A: {}; B: {}. Ours ÷ reference: less is better.\n".format(*names_of))
        sys.stdout.write(as_text(rows(found)) + "\n")
        sys.stdout.write(f"By chance alone, one row in {one_in(options.runs)} looks different.\n")
        sys.stdout.writelines(f"{line}\n" for line in failed)
    return 1 if failed else 0


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    raise SystemExit(main())
