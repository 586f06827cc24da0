"""What an evidence pack costs: writing, checking, size; a month of a city.

    python tests/benchmarks/bench_verify.py [--devices 10000] [--outages 10]

A store is filled with devices that were each out so often in a month, then packed and checked by
the program that is handed out, in an interpreter of its own. Memory is the peak of that process.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from api.evidence.key import load_evidence_key
from api.evidence.pack import PackOf, as_program, write_unchecked
from api.settings import ApiSettings
from api.uptime_query import Asked, read_question
from collector.store import Store
from tests.benchmarks import bench_uptime

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def main() -> None:
    """Fill, pack, check, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--outages", type=int, default=10)
    given = parser.parse_args()
    bench_uptime.T0, bench_uptime.NOW = datetime(2026, 9, 30, tzinfo=UTC), NOW
    settings = ApiSettings(zone="Asia/Makassar")
    with tempfile.TemporaryDirectory() as name, Store.open(Path(name) / "pantau.db") as store:
        folder = Path(name)
        bench_uptime.fill(store, folder / "pantau.db", given.devices, given.outages)
        of = PackOf(read_question(Asked(month="2026-10"), settings, NOW), NOW, NOW)
        key = load_evidence_key(folder / "evidence.key")
        pack = folder / "pack.zip"
        print(f"{given.devices} devices, {given.outages} outages each")
        before = resource.getrusage(resource.RUSAGE_SELF)
        began = time.perf_counter()
        with pack.open("w+b") as stream:
            write_unchecked(stream, store, settings, of, key)
        wall = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        peak = after.ru_maxrss / 1024
        print(
            f"write   {wall:8.1f} s wall {cpu:8.1f} s CPU {peak:8.0f} MiB peak (with the filling)"
        )
        print(f"size    {pack.stat().st_size / 2**20:8.1f} MiB")
        began = time.perf_counter()
        with as_program() as program:
            done = subprocess.run(  # noqa: S603 - our own file
                [sys.executable, "-I", "-S", str(program), str(pack)], check=False
            )
        wall = time.perf_counter() - began
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu, peak = children.ru_utime + children.ru_stime, children.ru_maxrss / 1024
        print(f"verify  {wall:8.1f} s wall {cpu:8.1f} s CPU {peak:8.0f} MiB peak")
        print(f"exit    {done.returncode}")


if __name__ == "__main__":
    main()
