"""How long three lists of 10,000 rows take to be held against 10,000 devices.

    python -m tests.benchmarks.bench_reconcile

Garbage is not looked for, as in the process that reconciles (`pantau register reconcile`).
"""

import gc
import time
from dataclasses import replace

from collector.model import Field, SourceRow
from collector.register.matching import Grounds, reconcile
from simulators.city import build_city
from simulators.lists import Lists, make_lists
from simulators.lists.planting import Shares
from simulators.lists.writing import key_of
from tests.unit.simulated_lists import NOW, grounds_of, judge

DEVICES = 10_000


def main() -> None:
    lists = make_lists(build_city(DEVICES, 1), Shares(lookalike=0))
    grounds = grounds_of(lists)
    gc.collect()
    gc.disable()
    try:
        _compare(lists, grounds)
    finally:
        gc.enable()


def _compare(lists: Lists, grounds: Grounds) -> None:
    began = time.process_time()
    findings = reconcile(grounds, NOW)
    seconds = time.process_time() - began
    print(f"\n{len(grounds.rows)} rows, {DEVICES} devices: {seconds:.1f} s, {len(findings)} found")
    print(judge(findings, key_of(lists)["faults"]))  # type: ignore[arg-type]

    rows = [_of(source, row) for source in ("a", "b", "c") for row in grounds.rows[:DEVICES]]
    began = time.process_time()
    findings = reconcile(replace(grounds, rows=rows), NOW)
    seconds = time.process_time() - began
    print(f"{len(rows)} rows, {DEVICES} devices: {seconds:.1f} s, {len(findings)} found")
    assert findings


def _of(source: str, row: SourceRow) -> SourceRow:
    """Return the row as another agency would list the same device."""
    name = row.values[Field.NAME].upper() if source != "a" else row.values[Field.NAME]
    key = f"{row.source}-{row.key}"
    return replace(row, source=source, key=key, values={**row.values, Field.NAME: name})


if __name__ == "__main__":
    main()
