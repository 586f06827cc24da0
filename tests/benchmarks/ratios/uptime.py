"""A year's uptime by area: kept months beside the SQL that everybody would write first.

    python -m tests.benchmarks.ratios.uptime

The SQL gives how long every area was in each state, from the transitions alone. Ours gives the same
figures, to the microsecond (compared before), and with them outages by cause, who answers for lost
time, the longest outage, coverage and bounds.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, timedelta
from pathlib import Path

from collector.contract import Rules
from collector.moments import from_micros, to_micros
from collector.store import Store
from collector.uptime import GroupBy
from tests.benchmarks import ratio
from tests.benchmarks.bench_uptime import NOW, YEAR, ZONE, by_area, fill
from tests.benchmarks.plain import reading_from

DEVICES, OUTAGES = 200, 50
AHEAD = timedelta(hours=8)  # of the zone, before UTC
IN_STATES = """
WITH spans AS (
  SELECT device_id, new AS state, max(at, :low) AS began,
    min(coalesce(lead(at) OVER (PARTITION BY device_id ORDER BY id), :high), :high) AS ended
  FROM transitions WHERE at < :high
)
SELECT sites.area, state, sum(ended - began) FROM spans
  JOIN devices ON devices.id = spans.device_id JOIN sites ON sites.id = devices.site
  WHERE ended > began GROUP BY sites.area, state
"""


def cases(held: ExitStack) -> Iterator[ratio.Case]:
    """Yield the question by area, asked again of a process that keeps what it once reckoned."""
    path = Path(held.enter_context(tempfile.TemporaryDirectory())) / "pantau.db"
    store = held.enter_context(Store.open(path))
    fill(store, path, DEVICES, OUTAGES)
    store.ledger.refresh([Rules()], zone=ZONE, now=NOW)
    connection = reading_from(held, path)
    low, high = (to_micros(from_micros(one) - AHEAD) for one in YEAR.resolve(UTC))

    def naive() -> dict[tuple[str, str], int]:
        rows = connection.execute(IN_STATES, {"low": low, "high": high})
        return {(area, state): time for area, state, time in rows}

    def ours() -> dict[tuple[str, str], int]:
        found = {}
        for one in by_area(store, YEAR, GroupBy.AREA):
            times = one.tally.up, one.tally.down, one.tally.unreachable
            for state, time in zip(("up", "down", "unreachable"), times, strict=True):
                found[one.key, state] = time
        return found

    assert +Counter(ours()) == Counter(naive())
    yield ratio.Case(
        "uptime-year",
        f"Uptime: a year of {DEVICES} devices by area",
        "question",
        ratio.Side("ours", lambda: sum(bool(ours()) for _ in range(8))),
        ratio.Side("SQL over the log", lambda: sum(bool(naive()) for _ in range(2))),
        "time in each state by area; ours gives more besides, its months were kept before",
    )


if __name__ == "__main__":
    ratio.run(cases)
