"""Uptime and SLA: by area, owner, kind, site and device; never without its coverage."""

from collector.sinks.influx.uptime_queries import SUMS_BY_CONTRACT, Figure
from dashboards.grafana.source import panels, queries
from dashboards.grafana.source.board import Board, Row
from dashboards.grafana.source.boards import common
from dashboards.grafana.source.looks import Colour
from dashboards.grafana.source.words import Words

_DAY = "1d, ${zone:raw}"
"""A day of the city: the offset of its zone, which has no summer time (WIB, WITA, WIT)."""


def board(say: Words) -> Board:
    """Return the board."""
    where = queries.chosen()
    total = panels.named(
        panels.number(
            say,
            "uptime.total",
            *(
                queries.uptime(figure, where, ref=ref)
                for figure, ref in zip(Figure, "ABCDE", strict=True)
            ),
            unit="percent",
            decimals=3,
            limits=common.SLA_LIMITS,
            recent=None,
        ),
        {
            Figure.UPTIME: say("column.uptime"),
            Figure.DEVICE_UPTIME: say("column.device_uptime"),
            Figure.LOW: say("column.low"),
            Figure.HIGH: say("column.high"),
            Figure.COVERAGE: say("column.coverage"),
        },
        {Figure.COVERAGE: common.COVERAGE_LIMITS},
    )
    daily = panels.series(
        say,
        "uptime.daily",
        *(
            queries.uptime(figure, where, every=_DAY, ref=ref, alias=str(figure))
            for figure, ref in ((Figure.UPTIME, "A"), (Figure.COVERAGE, "B"))
        ),
        unit="percent",
        decimals=3,
        high=100,
        names={
            Figure.UPTIME: ("column.uptime", Colour.FIRST),
            Figure.COVERAGE: ("column.coverage", Colour.UNKNOWN),
        },
        interval="1d",
    )
    return Board(
        uid="pantau-ketersediaan",
        key="uptime",
        since="now-7d",
        refresh="5m",
        zone=True,
        rows=(
            Row(((panels.note(say, "uptime.note"), 7), (total, 17)), 5),
            Row(((daily, 24),), 8),
            Row(
                (
                    (common.uptime_by(say, "uptime.by_area", "area"), 12),
                    (common.uptime_by(say, "uptime.by_owner", "owner"), 12),
                ),
                10,
            ),
            Row(
                (
                    (common.uptime_by(say, "uptime.by_kind", "kind"), 12),
                    (common.uptime_by(say, "uptime.by_site", "site"), 12),
                ),
                10,
            ),
            Row(
                (
                    (
                        common.uptime_by(say, "uptime.contract", "owner", source=SUMS_BY_CONTRACT),
                        24,
                    ),
                ),
                9,
                "row.contract",
            ),
            Row(((common.uptime_by(say, "uptime.by_device", "device"), 24),), 14, "row.devices"),
        ),
    )
