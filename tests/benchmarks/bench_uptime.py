"""What a year of uptime costs: kept months beside adding up the log again.

    python tests/benchmarks/bench_uptime.py [--devices 10000] [--outages 50]

A store is filled with devices in 50 areas that were each out so often in a year (half an hour to
some hours, a tenth of the time cut off by the switch in front), then asked for the year's uptime
by area. *warm*: asked again in the same process; *cold*: by a process that has just been started,
from its first line after the imports to the grouped sums; *log*: everything added up anew.
CPU is user and system time of the process, in seconds of one core.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from collector.contract import Rules
from collector.model import Area, CauseClass, Device, Owner, Site
from collector.moments import from_micros, to_micros
from collector.store import Store
from collector.uptime import Group, GroupBy, Window, figures, group, tally, total

AREAS = 50
T0 = datetime(2025, 9, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 15, tzinfo=UTC)
YEAR = Window(date(2025, 11, 1), date(2026, 11, 1))
ROLLING = Window(NOW - timedelta(days=365), NOW)
ZONE = "Asia/Makassar"
CONTRACT = Rules(
    "contract", minimum_outage_seconds=300, causes_not_counted=frozenset({CauseClass.POWER})
)
HOUR = 3_600_000_000

ResultT = TypeVar("ResultT")


class City:
    """An inventory of as many devices as are asked for."""

    def __init__(self, devices: int) -> None:
        self.areas = {f"73.{n:02}": Area(f"73.{n:02}", f"Area {n}", ZONE) for n in range(AREAS)}
        self.owners = {one: Owner(one, one) for one in ("kominfo", "isp", "pln")}
        self.sites = {f"s{n}": Site(f"s{n}", f"Site {n}", f"73.{n % AREAS:02}") for n in range(500)}
        self.devices = {
            f"cam-{n:05}": Device(
                f"cam-{n:05}",
                f"Camera {n}",
                "camera",
                f"s{n % 500}",
                "hikvision-camera",
                owner="kominfo",
                link_owner="isp",
                power_owner="pln",
            )
            for n in range(devices)
        }


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--outages", type=int, default=50)
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ask is not None:
        ask_in_a_fresh_process(given.ask)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pantau.db"
        with Store.open(path) as store:
            measure(store, path, given.devices, given.outages)


def measure(store: Store, path: Path, devices: int, outages: int) -> None:
    """Print a line for every way of asking."""
    print(f"{devices} devices, {outages} outages each, Python {sys.version.split()[0]}")
    timed("fill", lambda: fill(store, path, devices, outages))
    for rules in (Rules(), CONTRACT):
        made = timed(
            f"{rules.name}: make the months",
            lambda rules=rules: store.ledger.refresh([rules], zone=ZONE, now=NOW),  # type: ignore[misc]
        )
        assert made == devices
    print(f"{'store on disk':<36}{path.stat().st_size / 2**20:>10.1f} MiB")
    for _ in range(2):
        subprocess.run([sys.executable, __file__, "--ask", str(path)], check=True)  # noqa: S603 - this file
    by_months = by_area(store, YEAR)
    timed("warm, by area, with figures", lambda: by_area(store, YEAR))
    timed("warm, by area, with figures", lambda: by_area(store, YEAR))
    timed("warm, by device", lambda: by_area(store, YEAR, GroupBy.DEVICE))
    anew = timed("log: the same from every row", lambda: from_the_log(store))
    assert total(one.tally for one in by_months) == anew


def ask_in_a_fresh_process(path: Path) -> None:
    """Print what the first questions of a process cost."""
    with Store.open(path, read_only=True) as store:
        timed("cold: year, plain, by area", lambda: by_area(store, YEAR))
        timed("cold: year, contract, by area", lambda: by_area(store, YEAR, rules=CONTRACT))
        timed("rolling 365 days until now", lambda: by_area(store, ROLLING))
        for device in ("cam-00001", "cam-00002"):
            timed(
                "one device, rolling 365 days",
                lambda device=device: figures(  # type: ignore[misc]
                    store.ledger.tallies(ROLLING, Rules(), zone=ZONE, now=NOW, device_ids=[device])[
                        device
                    ]
                ),
            )


def by_area(
    store: Store, window: Window, by: GroupBy = GroupBy.AREA, rules: Rules | None = None
) -> list[Group]:
    """Return what the route does: tallies, groups, figures."""
    tallies = store.ledger.tallies(window, rules or Rules(), zone=ZONE, now=NOW)
    groups = group(tallies, store.facts(), by)
    for one in groups:
        figures(one.tally)
    return groups


def from_the_log(store: Store) -> object:
    """Add up the whole log, without anything that was kept."""
    start, end = map(from_micros, YEAR.resolve(UTC))
    shift = timedelta(hours=8)  # the year of the zone
    start, end = start - shift, end - shift
    counted = tally(
        store.state_intervals(start, end), outages=store.outage_spans(start, end), now=NOW
    )
    return total(counted.values())


def fill(store: Store, path: Path, devices: int, outages: int) -> None:
    """Write the inventory, and the log and the outages as a collector would have left them."""
    import sqlite3  # half a million rows at once are no concern of the store

    city = City(devices)
    store.apply_inventory(city, T0)
    words, gone = [], []
    rng = random.Random(1)  # noqa: S311 - the same past every time
    first, last = (to_micros(at) for at in (T0, NOW - timedelta(hours=12)))
    for device_id in city.devices:
        words.append((device_id, "unknown", "up", first))
        starts = sorted(rng.randrange(first + HOUR, last) for _ in range(outages))
        until = 0
        for start in starts:
            if start <= until:
                continue
            until = start + rng.randrange(HOUR // 60, 6 * HOUR)
            state = "unreachable" if rng.random() < 0.1 else "down"
            words += [(device_id, "up", state, start), (device_id, state, "up", until)]
            cause = rng.choice(("device", "link", "power", "unknown"))
            gone.append((device_id, state, start, start, until, until, cause, cause))
    words.sort(key=lambda word: word[3])
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO transitions (device_id, old, new, at, confirmed_at, reason, detail)"
            " VALUES (?1, ?2, ?3, ?4, ?4, 'no_answer', '')",
            words,
        )
        connection.executemany(
            "INSERT INTO outages (device_id, state, started_at, confirmed_at, ended_at,"
            " end_confirmed_at, proposed_cause, cause, reason, detail, proposed_by)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'no_answer', '', 'no_evidence')",
            gone,
        )
    connection.close()


def timed(what: str, work: Callable[[], ResultT]) -> ResultT:
    """Run a piece of work, print what it took, return what it gave."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    result = work()
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{what:<36}{cpu * 1000:>10.1f} ms CPU {wall * 1000:>10.1f} ms", flush=True)
    return result


if __name__ == "__main__":
    main()
