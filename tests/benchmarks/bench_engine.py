"""What one result costs in the engine, and what of it the memory of flapping is.

Run it: `python -m tests.benchmarks.bench_engine [--devices N] [--rounds R]`. CPU seconds of this
process, best of five; the transaction is not part of it. Prints figures, judges nothing.
"""

import argparse
import gc
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from collector.engine import Engine
from collector.flapping import Unsteady
from collector.model import CheckResult, Outcome, Reading, Reason, ResultBatch
from tests.virtual_city import EPOCH, checks_of, device

INTERVAL_SECONDS = 30.0
Answers = Callable[[int, int], bool]  # check and round: does it answer?


class Steady(Unsteady):
    """The same engine without the memory."""

    def take(self, *_: object) -> bool:
        """Remember nothing."""
        return False


def micros_a_result(devices: int, rounds: int, answers: Answers, *, memory: bool) -> float:
    """Return CPU microseconds a result, over all rounds but the first."""
    fleet = [device(f"d{number}") for number in range(devices)]
    checks = [check for one in fleet for check in checks_of(one)]
    engine = Engine(fleet, checks, gap_seconds=1e9)
    if not memory:
        engine._unsteady = Steady(checks)
    spent = 0.0
    for number in range(rounds + 1):
        now = EPOCH + timedelta(seconds=INTERVAL_SECONDS * number)
        results = tuple(
            CheckResult(check.id, now, now, Outcome.ANSWERED, Reason.OK, "", 0.01, READINGS)
            if answers(index, number)
            else CheckResult(check.id, now, now, Outcome.FAILED, Reason.NO_ANSWER)
            for index, check in enumerate(checks)
        )
        batch = ResultBatch("main", "run", number, results)
        began = time.process_time()
        engine.handle(batch, now, INTERVAL_SECONDS * number)
        if number:
            spent += time.process_time() - began
        engine.take_changes()
        engine.take_touched()
    return spent / (rounds * len(checks)) * 1e6


READINGS = (Reading("ping_rtt_seconds", 0.01),)
WORLDS: dict[str, Answers] = {
    "all well": lambda *_: True,
    "5 % of results lost": lambda check, number: (check * 31 + number * 17) % 20 > 0,
    "all alternate": lambda check, number: (check + number) % 2 == 0,
}


def main() -> int:
    """Print one line a world."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=12)
    asked = parser.parse_args()
    gc.disable()
    for name, answers in WORLDS.items():
        kinds = {True: [0.0], False: [0.0]}
        for memory in (True, False) * 5:
            spent = micros_a_result(asked.devices, asked.rounds, answers, memory=memory)
            kinds[memory].append(spent)
        with_memory, without = (min(kinds[memory][1:]) for memory in (True, False))
        sys.stdout.write(
            f"{name:22} {with_memory:6.1f} µs a result, {without:6.1f} without memory of "
            f"flapping, ratio {with_memory / without:.2f}\n"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
