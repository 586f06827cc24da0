"""What a month's report costs: the data set, and each of its four faces.

    python tests/benchmarks/bench_report.py [--devices 10000] [--outages 50]

A store is filled with seven months of a city (so many outages a device and year, a night without a
collector, planned work, corrections, readings of some access points and disks). Sums of past months
are made first, as the API does every hour; what that costs is told apart. Then a fresh process
makes the report of October. CPU is user and system time of one core; memory is the process's peak.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from api.reports.asking import ReportAsked, read_asked
from api.reports.faces import FACES
from api.reports.making import Sources, make_report
from api.settings import ApiSettings
from collector.config.report import ReportSettings
from collector.contract import Rules
from collector.model import CauseClass
from collector.sinks.sqlite import SqliteSink
from collector.store import Store
from tests.report_city import NOW, ZONE, fill, fill_readings

CONTRACT = Rules(
    "serat", minimum_outage_seconds=300, causes_not_counted=frozenset({CauseClass.POWER})
)
SETTINGS = ApiSettings(zone=ZONE, contracts={"serat": CONTRACT}, contract="serat")

ResultT = TypeVar("ResultT")


def main() -> None:
    """Fill, make, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--outages", type=int, default=50)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.folder is not None:
        make_in_a_fresh_process(given.folder)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{given.devices} devices, {given.outages} outages each and year")
        with Store.open(folder / "pantau.db") as store:
            listed = fill(store, folder / "pantau.db", given.devices, given.outages)
            fill_readings(folder / "readings.db", listed, points=50, disks=20)
            timed(
                "make the sums of past months",
                lambda: store.ledger.refresh([Rules(), CONTRACT], zone=ZONE, now=NOW),
            )
        command = [sys.executable, __file__, "--folder", str(folder)]
        subprocess.run(command, check=True)  # noqa: S603 - this file


def make_in_a_fresh_process(folder: Path) -> None:
    """Print what the report costs a process that has just been started."""
    with Store.open(folder / "pantau.db") as store:
        sink = SqliteSink.open(folder / "readings.db", read_only=True)
        question = read_asked(ReportAsked(month="2026-10"), SETTINGS, NOW)
        sources = Sources(store, sink, SETTINGS, ReportSettings())
        began = time.perf_counter()
        report = timed("data set", lambda: make_report(sources, question, NOW, NOW))
        for form, (_, face) in FACES.items():
            made = timed(form, lambda face=face: face(report, "id", None))  # type: ignore[misc]
            print(f"{'':<32}{len(made) / 2**20:>10.2f} MiB", flush=True)
            if form == "pdf":
                wall = time.perf_counter() - began
                print(f"{'data set and PDF':<32}{wall:>10.2f} s wall")
        sink.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'outages':<32}{len(report.outages):>10}")
    print(f"{'peak memory':<32}{peak:>10.1f} MiB")


def timed(what: str, work: Callable[[], ResultT]) -> ResultT:
    """Run a piece of work, print what it took, return what it gave."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    result = work()
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{what:<32}{cpu:>10.2f} s CPU {wall:>10.2f} s wall", flush=True)
    return result


if __name__ == "__main__":
    main()
