"""The ratios that were found before, with their spread: `expected.toml`, written by the ledger.

A spread is what all recorded runs found, beside loads of different kinds, and a margin for what
another machine does differently (another processor, another file system).
"""

import json
import os
import platform
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.benchmarks.ratio import Ratio, middle

FILE = Path(__file__).with_name("expected.toml")
MARGIN = 0.1  # beyond the lowest and the highest run


class Mark(StrEnum):
    """How a ratio stands to what was expected of it."""

    WITHIN = "within"
    DEARER = "dearer"  # above the spread
    CHEAPER = "cheaper"
    NEW = "new"  # nothing was recorded


@dataclass(frozen=True, slots=True)
class Expected:
    """A ratio as it was recorded; `low` to `high` is its spread."""

    value: float
    low: float
    high: float
    reference: str  # with its release

    def mark(self, value: float) -> Mark:
        """Say where a ratio lies."""
        if value > self.high:
            return Mark.DEARER
        return Mark.CHEAPER if value < self.low else Mark.WITHIN


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that was recorded, and on what kind of machine."""

    ratios: dict[str, Expected] = field(default_factory=dict)
    machine: str = ""
    python: str = ""

    def mark(self, one: Ratio) -> Mark:
        """Say how a ratio stands."""
        known = self.ratios.get(one.key)
        return Mark.NEW if known is None else known.mark(one.value)


def machine() -> str:
    """Return what kind of machine this is, without a name that would tell which."""
    model = "an unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Model", "cpu model"):
            model = value.strip()
            break
    count = len(os.sched_getaffinity(0))
    return f"{platform.machine()}, {count} core{'s' * (count != 1)}, {model}"


def python() -> str:
    """Return implementation and release of this Python, without its last number."""
    major, minor, _ = platform.python_version_tuple()
    return f"{platform.python_implementation()} {major}.{minor}"


def spread_of(runs: Sequence[Ratio]) -> Expected:
    """Return what the runs of one case say together."""
    values = [one.value for one in runs]
    _, value, _ = middle(values)
    low, high = min(values) * (1 - MARGIN), max(values) * (1 + MARGIN)
    return Expected(value, low, high, runs[0].reference_name)


def read(file: Path = FILE) -> Ledger:
    """Return what was recorded; nothing when there is no file.

    Raises ValueError and KeyError for a file that is no such ledger.
    """
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Ledger()
    made = data["made"]
    ratios = {key: Expected(**row) for key, row in data["ratios"].items()}
    return Ledger(ratios, made["machine"], made["python"])


def record(
    runs: Sequence[Iterable[Ratio]], loads: Sequence[str], file: Path = FILE
) -> dict[str, Expected]:
    """Write what some runs of the ledger found; rows that they do not have stay as they were."""
    of_key: dict[str, list[Ratio]] = defaultdict(list)
    for run in runs:
        for one in run:
            of_key[one.key].append(one)
    found = {key: spread_of(several) for key, several in of_key.items()}
    rows = read(file).ratios | found
    lines = [
        "# Made by `make bench ARGS=--record`, held against by `make bench`.",
        "# Ratios are ours ÷ reference; low to high is what all runs found, and a tenth more.",
        "",
        "[made]",
        f"machine = {json.dumps(machine())}",  # a string of JSON is one of TOML
        f"python = {json.dumps(python())}",
        f"loads = {json.dumps(list(loads))}",
    ]
    for key, row in sorted(rows.items()):
        lines += [
            "",
            f"[ratios.{key}]",
            f"value = {row.value:.3g}",
            f"low = {row.low:.3g}",
            f"high = {row.high:.3g}",
            f"reference = {json.dumps(row.reference)}",
        ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return found
