"""What deciding costs: a result through the state engine, beside noting it in a table.

    python -m tests.benchmarks.ratios.engine

A row is the least that can be done with a result; so the ratio says what states, outages and
incidents that can be defended cost beside that.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from collector.engine import Engine
from collector.model import Check, CheckResult, Outcome, Reading, Reason, ResultBatch
from tests.benchmarks import ratio
from tests.benchmarks.plain import PlainTable
from tests.virtual_city import EPOCH, checks_of, device

DEVICES = 500
TURNS = 4  # in a stretch
INTERVAL_SECONDS = 30.0
READINGS = (Reading("ping_rtt_seconds", 0.01),)
WORLDS: dict[str, tuple[str, Callable[[int, int], bool]]] = {
    "engine-well": ("all is well", lambda *_: True),
    "engine-lossy": (
        "one in twenty is lost",
        lambda check, turn: (check * 31 + turn * 17) % 20 > 0,
    ),
    "engine-flapping": ("every check flaps", lambda check, turn: (check + turn) % 2 == 0),
}


class Results:
    """What a fleet's checks give, turn after turn."""

    def __init__(self, checks: list[Check], answers: Callable[[int, int], bool]) -> None:
        self._checks = checks
        self._answers = answers
        self._turn = 0
        self.next: list[tuple[int, datetime, tuple[CheckResult, ...]]] = []

    def make(self) -> None:
        """Make those of the next stretch."""
        self.next = []
        for _ in range(TURNS):
            self._turn += 1
            at = EPOCH + timedelta(seconds=INTERVAL_SECONDS * self._turn)
            self.next.append((self._turn, at, tuple(self._results(at))))

    def _results(self, at: datetime) -> Iterator[CheckResult]:
        for index, check in enumerate(self._checks):
            if self._answers(index, self._turn):
                yield CheckResult(check.id, at, at, Outcome.ANSWERED, Reason.OK, "", 0.01, READINGS)
            else:
                yield CheckResult(check.id, at, at, Outcome.FAILED, Reason.NO_ANSWER)


def decide(engine: Engine, results: Results) -> int:
    """Let the engine decide; return on how many results."""
    for turn, at, some in results.next:
        engine.handle(ResultBatch("main", "run", turn, some), at, INTERVAL_SECONDS * turn)
        engine.take_changes()
        engine.take_touched()
    return sum(len(some) for _, _, some in results.next)


def note(table: PlainTable, results: Results) -> int:
    """Insert a row a result, a transaction a turn; return how many."""
    for _, at, some in results.next:
        moment = at.timestamp()
        table.insert((one.check_id, moment, one.outcome, one.latency_seconds) for one in some)
    return sum(len(some) for _, _, some in results.next)


def cases(held: ExitStack) -> Iterator[ratio.Case]:
    """Yield every world."""
    folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
    fleet = [device(f"d{number}") for number in range(DEVICES)]
    checks = [check for one in fleet for check in checks_of(one)]
    for key, (name, answers) in WORLDS.items():
        engine = Engine(fleet, checks, gap_seconds=1e9)
        table = PlainTable.held(held, folder / f"{key}.db", "what, at, outcome, latency")
        mine, theirs = Results(checks, answers), Results(checks, answers)
        yield ratio.Case(
            key,
            f"State engine: a result, {name}",
            "result",
            ratio.Side("ours", partial(decide, engine, mine), prepare=mine.make),
            ratio.Side("SQLite, a row", partial(note, table, theirs), prepare=theirs.make),
            "the same results, a batch or a transaction for each turn of the fleet",
        )


if __name__ == "__main__":
    ratio.run(cases)
