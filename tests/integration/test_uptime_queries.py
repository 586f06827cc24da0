"""Uptime's InfluxQL on the real engine: the digits are those of exact whole numbers."""

import random
from typing import Any

from collector.sinks.influx.uptime_queries import PARTS, Figure, uptime_query
from collector.uptime import figures, total
from collector.uptime.tally import COLUMNS, UNKNOWN, Tally
from tests.influxd import Influxd

HOUR = 3_600_000_000_000
YEAR_OF_TEN_THOUSAND = 10_000 * 365 * 86_400 * 1_000_000  # microseconds
SOURCE = '"uptime"'
EDGES = [
    (1, 0, 0, 0, 0),
    (0, 0, 1, 0, 0),
    (0, 0, 0, 1, 0),
    (0, 0, 0, 0, 3_600_000_000),
    (3_599_999_999, 0, 1, 0, 0),  # 99.999, not 100
    (1, 0, 3_599_999_999, 0, 0),  # 0.000
    (99_999, 0, 1, 0, 0),  # exactly 99.999
    (1_800_000_000, 0, 1_800_000_000, 0, 0),
    (YEAR_OF_TEN_THOUSAND - 1, 0, 1, 0, 0),
    (YEAR_OF_TEN_THOUSAND, 0, 0, 0, 0),
    (7 * YEAR_OF_TEN_THOUSAND // 100_000, 0, 99_993 * YEAR_OF_TEN_THOUSAND // 100_000, 0, 0),
    (YEAR_OF_TEN_THOUSAND // 3, 1, YEAR_OF_TEN_THOUSAND // 3, 12_345, 67),
]


def random_rows(seed: int, count: int) -> list[tuple[int, ...]]:
    choose = random.Random(seed)  # noqa: S311 - no secret
    largest = (10, 3_600_000_000, 86_400_000_000, YEAR_OF_TEN_THOUSAND // 1_000)
    return [tuple(choose.randrange(choose.choice(largest)) for _ in range(5)) for _ in range(count)]


def as_tally(row: tuple[int, ...]) -> Tally:
    return Tally(1, (*row, *(0 for _ in range(COLUMNS - UNKNOWN - 1))))


def write(engine: Influxd, database: str, rows: list[tuple[int, ...]]) -> None:
    lines = [
        f"uptime,device=d{place},area=a{place % 3} "
        + ",".join(f"{name}={value}i" for name, value in zip(PARTS, (*row, 0), strict=True))
        + f" {place % 7 * HOUR}"
        for place, row in enumerate(rows)
    ]
    engine.write(database, "\n".join(lines).encode())


def ask(
    engine: Influxd, database: str, figure: Figure, tag: str, **options: Any
) -> dict[str, float]:
    where = f"time >= 0 AND time < {7 * HOUR}"
    query = uptime_query(figure, source=SOURCE, where=where, group_by=[tag], **options)
    return {one["tags"][tag]: one["values"][0][1] for one in engine.query(query, database)}


def expected(tally: Tally, figure: Figure, *, degraded_is_up: bool = True) -> float | None:
    said = figures(tally, degraded_is_up=degraded_is_up)
    low, high = said.uptime_bounds_percent or (None, None)
    coverage = said.coverage_percent if low is not None else None
    return {
        Figure.UPTIME: said.uptime_percent,
        Figure.DEVICE_UPTIME: said.device_uptime_percent,
        Figure.LOW: low,
        Figure.HIGH: high,
        Figure.COVERAGE: coverage,
    }[figure]


def test_every_figure_of_every_device_and_area_is_the_one_of_the_api(
    influxd: Influxd, database: str
) -> None:
    rows = EDGES + random_rows(1, 400)
    tallies = [as_tally(row) for row in rows]
    by_device = {f"d{place}": tally for place, tally in enumerate(tallies)}
    by_area = {f"a{area}": total(tallies[area::3]) for area in range(3)}
    write(influxd, database, rows)
    for figure in Figure:
        for tag, wanted in (("device", by_device), ("area", by_area)):
            for degraded_is_up in (True, False):
                found = ask(influxd, database, figure, tag, degraded_is_up=degraded_is_up)
                answer = {
                    key: expected(tally, figure, degraded_is_up=degraded_is_up)
                    for key, tally in wanted.items()
                }
                assert found == {key: value for key, value in answer.items() if value is not None}


def test_a_figure_over_time_has_a_row_only_where_something_is_known(
    influxd: Influxd, database: str
) -> None:
    write(influxd, database, [(1, 0, 1, 0, 0), (0, 0, 0, 0, 5), (3, 0, 1, 0, 0)])
    query = uptime_query(
        Figure.UPTIME, source=SOURCE, where=f"time >= 0 AND time < {7 * HOUR}", every="1h"
    )
    (series,) = influxd.query(query, database)
    assert series["values"] == [[0, 50.0], [2 * HOUR, 75.0]]


def test_a_day_begins_at_the_midnight_of_its_zone(influxd: Influxd, database: str) -> None:
    """15:00 UTC is still the first day in Makassar (UTC+8), 16:00 the next one."""
    lines = [
        f"uptime,device=d up={up}i,degraded=0i,down={2 - up}i,unreachable=0i {hour * HOUR}"
        for hour, up in ((15, 1), (16, 2))
    ]
    influxd.write(database, "\n".join(lines).encode())
    query = uptime_query(
        Figure.UPTIME,
        source=SOURCE,
        where=f"time >= 0 AND time < {24 * HOUR}",
        every="1d",
        zone="Asia/Makassar",
    )
    (series,) = influxd.query(query, database)
    assert [value for _, value in series["values"]] == [50.0, 100.0]
    assert series["values"][1][0] == 16 * HOUR


def test_another_bucket_can_be_named(influxd: Influxd, database: str) -> None:
    write(influxd, database, [(1, 0, 1, 0, 0)])
    query = uptime_query(
        Figure.UPTIME, source=f'"{database}".."uptime"', where="time >= 0", group_by=["device"]
    )
    (series,) = influxd.query(query)
    assert series["values"][0][1] == 50.0
