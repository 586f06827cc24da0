"""The ledger of ratios: every bench of `tests.benchmarks.ratios`, held against `expected.toml`.

    make bench                                   all of them; ARGS="snmp ber" for some
    make bench ARGS=--record                     write expected.toml anew, beside loads of its own

Each bench is a process of its own. A ratio that lies outside of what is expected is measured once
more, and the second measurement counts. It is marked, never failed on: figures are for people.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from tests.benchmarks import expected, loads
from tests.benchmarks.expected import Ledger, Mark
from tests.benchmarks.ratio import ROUNDS, Measured, Ratio

BENCHES = (
    "ber", "snmp", "snmp_v3", "ping", "engine", "poll", "sink", "read", "uptime", "lines", "spool",
    "events",
)  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]
RUNS = 6  # of a recording
PATIENCE_SECONDS = 3.0  # with a bench that was interrupted
_WORDS = {
    Mark.WITHIN: "",
    Mark.DEARER: "DEARER than expected",
    Mark.CHEAPER: "cheaper than expected",
    Mark.NEW: "nothing is expected yet",
}


class BenchFailedError(Exception):
    """A bench came to no figures; the message says why."""


def run_bench(
    name: str,
    rounds: int = ROUNDS,
    only: Sequence[str] = (),
    root: Path = ROOT,
    hash_seed: int | None = None,
) -> Measured:
    """Run one bench in a process of its own, with the code that lies at `root`.

    Two runs with the same `hash_seed` order their sets alike. Raises BenchFailedError.
    """
    words = [
        sys.executable,
        "-m",
        f"tests.benchmarks.ratios.{name}",
        "--json",
        f"--rounds={rounds}",
    ]
    words += [f"--only={key}" for key in only]
    environment = os.environ | {"PYTHONPATH": str(root)}
    if hash_seed is not None:
        environment["PYTHONHASHSEED"] = str(hash_seed)
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as folder:
        # In a session of its own, so that whatever it has started can be ended with it.
        process = subprocess.Popen(  # noqa: S603 - a module of ours
            words, cwd=root, env=environment | {"TMPDIR": folder}, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            printed, complained = process.communicate()
        except BaseException:
            _end(process)
            raise
    if process.returncode != 0:
        said = complained.strip().splitlines()
        raise BenchFailedError(said[-1] if said else f"it ended with {process.returncode}")
    try:
        return Measured.from_json(printed)
    except (ValueError, KeyError, TypeError) as error:
        raise BenchFailedError(f"it printed no figures: {error}") from None


def _end(process: subprocess.Popen[str]) -> None:
    """End a bench and what it has started: with time to tidy up, then without."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def measure_all(
    names: Iterable[str], rounds: int, known: Ledger, tell: Callable[[str], None]
) -> tuple[Measured, list[str]]:
    """Run benches one after the other, and once more what is not as expected.

    Returns what they found, and of those that failed a line each.
    """
    found, failed = Measured((), ()), []
    for name in names:
        tell(f"{name} …")
        try:
            one = run_bench(name, rounds)
            odd = [row.key for row in one.ratios if known.mark(row) in (Mark.DEARER, Mark.CHEAPER)]
            if odd:
                tell(f"{name}: once more …")
                again = {row.key: row for row in run_bench(name, rounds, odd).ratios}
                one = replace(one, ratios=tuple(again.get(row.key, row) for row in one.ratios))
        except BenchFailedError as failure:
            failed.append(f"bench {name} failed: {failure}")
        else:
            found = Measured(found.ratios + one.ratios, found.absent + one.absent)
    return found, failed


def figure(value: float) -> str:
    """Return a figure with three digits that count: 0.0123, 1.23, 12,300."""
    if value >= 100:
        return f"{float(f'{value:.3g}'):,.0f}"
    digits = f"{value:#.3g}"
    return digits.rstrip(".")


def span(low: float, high: float) -> str:
    """Return a spread."""
    return f"{figure(low)} … {figure(high)}"


def rows(found: Measured, known: Ledger) -> list[tuple[str, ...]]:
    """Return the table, its head first."""
    table: list[tuple[str, ...]] = [
        ("what", "ours", "reference", "", "ratio", "spread", "expected", "")
    ]
    for one in found.ratios:
        row = known.ratios.get(one.key)
        table.append(
            (
                one.name,
                f"{figure(one.ours)} {one.unit}",
                figure(one.reference),
                one.reference_name,
                figure(one.value),
                span(one.low, one.high),
                span(row.low, row.high) if row else "",
                _WORDS[known.mark(one)],
            )
        )
    return table


def as_text(table: Sequence[tuple[str, ...]]) -> str:
    """Return a table in columns."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    right = {2, 4}  # figures
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    )


def as_markdown(found: Measured, known: Ledger) -> str:
    """Return the table of docs/performance.md."""
    lines = ["| what | ours | reference | ratio | spread |", "|---|---|---|---|---|"]
    for one in found.ratios:
        row = known.ratios.get(one.key)
        spread = span(row.low, row.high) if row else span(one.low, one.high)
        lines.append(
            f"| {one.name} | {figure(one.ours)} {one.unit} | {one.reference_name}:"
            f" {figure(one.reference)} | **{figure(one.value)}** | {spread} |"
        )
    return "\n".join(lines)


def remarks(found: Measured, known: Ledger) -> list[str]:
    """Return what a reader must know beside the table."""
    told = [f"{one.name}: not measured, {one.why}" for one in found.absent]
    here = {"machine": expected.machine(), "python": expected.python()}
    for what, is_here in here.items():
        was = getattr(known, what)
        if known.ratios and was != is_here:
            told.append(f"Expected ratios are those of another {what}: {was}; here: {is_here}.")
    others = {
        (row.reference, one.reference_name)
        for one in found.ratios
        if (row := known.ratios.get(one.key)) and row.reference != one.reference_name
    }
    told += [f"Expected ratios are to {was}; here it is {now}." for was, now in sorted(others)]
    return told


def record(names: Sequence[str], rounds: int, runs: int, tell: Callable[[str], None]) -> None:
    """Run benches beside every load in turn and write what is to be expected.

    Raises BenchFailedError; then nothing is written.
    """
    several: list[tuple[Ratio, ...]] = []
    told = list(loads.LOADS)
    for number in range(runs):
        load = told[number % len(told)]
        tell(f"run {number + 1} of {runs}, beside {load} …")
        with loads.beside(loads.LOADS[load]):
            found, failed = measure_all(names, rounds, Ledger(), tell)
        if failed:
            raise BenchFailedError("; ".join(failed))
        several.append(found.ratios)
    expected.record(several, told[:runs])


def parse(words: Sequence[str] | None) -> argparse.Namespace:
    """Return what is asked for; ends the program where that cannot be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bench", nargs="*", metavar="BENCH", help=", ".join(BENCHES))
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="pairs of stretches a case")
    parser.add_argument("--record", action="store_true", help="write expected.toml")
    parser.add_argument("--runs", type=int, default=RUNS, help="of a recording")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--markdown", action="store_true", help="the table of the documents")
    options = parser.parse_args(words)
    if strangers := set(options.bench) - set(BENCHES):
        parser.error(f"no bench: {', '.join(sorted(strangers))}; there are {', '.join(BENCHES)}")
    here = expected.machine(), expected.python()
    known = expected.read()
    if options.record and options.bench and (known.machine, known.python) != here:
        parser.error("expected.toml is of another kind of machine: record all of it")
    options.names = [name for name in BENCHES if not options.bench or name in options.bench]
    return options


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print, or record first; return the exit code."""
    options = parse(words)
    if options.record:
        try:
            record(options.names, options.rounds, options.runs, _tell)
        except BenchFailedError as failure:
            _tell(str(failure))
            return 1
        _tell(f"written to {expected.FILE.relative_to(ROOT)}")
        return 0
    known = expected.read()
    found, failed = measure_all(options.names, options.rounds, known, _tell)
    tell_figures(found, known, options)
    for line in failed:
        _tell(line)
    return 1 if failed else 0


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def tell_figures(found: Measured, known: Ledger, options: argparse.Namespace) -> None:
    """Print what was found in the form that was asked for."""
    if options.json:
        ratios = [asdict(one) | {"mark": known.mark(one)} for one in found.ratios]
        told = {"machine": expected.machine(), "python": expected.python(), "ratios": ratios}
        sys.stdout.write(
            json.dumps(told | {"absent": [asdict(one) for one in found.absent]}) + "\n"
        )
        return
    if options.markdown:
        sys.stdout.write(as_markdown(found, known) + "\n")
        return
    sys.stdout.write(
        f"{expected.machine()}; {expected.python()}. Ours ÷ reference: less is better.\n"
    )
    sys.stdout.write(as_text(rows(found, known)) + "\n")
    for remark in remarks(found, known):
        sys.stdout.write(f"{remark}\n")


if __name__ == "__main__":
    raise SystemExit(main())
