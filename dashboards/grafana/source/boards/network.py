"""The network: loss, round trips, jitter; interfaces with their use and errors."""

from dashboards.grafana.source import looks, panels, queries
from dashboards.grafana.source.board import Board, Row
from dashboards.grafana.source.boards import common
from dashboards.grafana.source.looks import Colour
from dashboards.grafana.source.panels import Column
from dashboards.grafana.source.words import Words

KINDS = ("switch", "router")
_STEP = "10m"
"""Interfaces are asked every five minutes: a step of ten always holds two values of a counter."""


def board(say: Words) -> Board:
    """Return the board."""
    where = queries.chosen()
    wired = queries.chosen(also='"ifName" !~ /^(lo|bridge)$/')
    return Board(
        uid="pantau-jaringan",
        key="network",
        rows=(
            Row(
                (
                    (
                        panels.number(
                            say,
                            "network.loss_now",
                            _mean("ping_loss_percent", where),
                            unit="percent",
                            decimals=1,
                            limits=looks.above(1, 5),
                        ),
                        4,
                    ),
                    (
                        panels.number(
                            say,
                            "network.rtt_now",
                            _median("ping_rtt_seconds", where),
                            unit="ms",
                            decimals=1,
                            limits=looks.above(100, 200),
                        ),
                        4,
                    ),
                    (
                        panels.number(
                            say,
                            "network.jitter_now",
                            _median("ping_jitter_seconds", where),
                            unit="ms",
                            decimals=1,
                            limits=looks.above(20, 50),
                        ),
                        4,
                    ),
                    (common.counts(say, "network.counts"), 12),
                ),
                5,
            ),
            Row(
                (
                    (
                        panels.heat(
                            say,
                            "network.rtt",
                            queries.over_time("ping_rtt_seconds", where, by=("device",)),
                            unit="ms",
                        ),
                        12,
                    ),
                    (
                        panels.heat(
                            say,
                            "network.jitter",
                            queries.over_time("ping_jitter_seconds", where, by=("device",)),
                            unit="ms",
                        ),
                        12,
                    ),
                ),
                9,
                "row.quality",
            ),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "network.loss",
                            queries.over_time("ping_loss_percent", where, by=("site",)),
                            unit="percent",
                            decimals=1,
                            low=0,
                            high=100,
                            limits=looks.above(20),
                            interval="2m",
                        ),
                        10,
                    ),
                    (worst(say, where), 14),
                ),
                11,
            ),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "network.traffic",
                            queries.rate_of_all(
                                "if_in_octets", wired, times=8, ref="A", alias="in"
                            ),
                            queries.rate_of_all(
                                "if_out_octets", wired, times=8, ref="B", alias="out"
                            ),
                            unit="bps",
                            low=0,
                            names={
                                "in": ("column.in", Colour.FIRST),
                                "out": ("column.out", Colour.SECOND),
                            },
                            interval=_STEP,
                        ),
                        10,
                    ),
                    (busiest(say, wired), 14),
                ),
                11,
                "row.interfaces",
            ),
            Row(((errors(say, wired), 12), (ports_down(say), 12)), 10),
            Row(
                tuple(
                    (
                        panels.series(
                            say,
                            key,
                            queries.over_time(
                                metric, queries.chosen(KINDS), by=("device",), of="max"
                            ),
                            unit=unit,
                            decimals=0,
                            low=0,
                            links=True,
                            interval="5m",
                        ),
                        8,
                    )
                    for key, metric, unit in (
                        ("network.cpu", "cpu_percent", "percent"),
                        ("network.connections", "connections", "none"),
                        ("network.dhcp", "dhcp_leases", "none"),
                    )
                ),
                9,
                "row.load",
            ),
            Row(
                (
                    (
                        panels.history(
                            say,
                            "network.history",
                            queries.state_history(queries.chosen(KINDS), "device"),
                            links=True,
                        ),
                        24,
                    ),
                ),
                11,
                "row.devices",
            ),
        ),
    )


def _mean(metric: str, where: str) -> queries.Query:
    inner = queries.newest(metric, where).query
    return queries.Query(
        f'SELECT mean("{metric}") AS "mean" FROM ({inner})',
        table=True,
    )


def _median(metric: str, where: str) -> queries.Query:
    inner = queries.newest(metric, where).query
    return queries.Query(
        f'SELECT median("{metric}") AS "median" FROM ({inner})',
        table=True,
    )


def worst(say: Words, where: str) -> panels.Panel:
    """Return the devices with the worst lines over the time that is shown."""
    return panels.listing(
        say,
        "network.worst",
        [
            queries.newest("ping_loss_percent", where, of="mean", ref="A"),
            queries.newest("ping_rtt_seconds", where, of="mean", ref="B"),
            queries.newest("ping_rtt_max_seconds", where, of="max", ref="C"),
            queries.newest("ping_jitter_seconds", where, of="mean", ref="D"),
            queries.names(),
        ],
        [
            *panels.device_columns(say)[:4],
            Column("ping_loss_percent", "column.loss", "percent", 2, limits=looks.above(1, 5)),
            Column("ping_rtt_seconds", "column.rtt", "ms", 1, limits=looks.above(100, 200)),
            Column("ping_rtt_max_seconds", "column.rtt_max", "ms", 1),
            Column("ping_jitter_seconds", "column.jitter", "ms", 1, limits=looks.above(20, 50)),
        ],
        sort="ping_loss_percent",
    )


def busiest(say: Words, where: str) -> panels.Panel:
    """Return the busiest interfaces: `top` gives tags as columns, so that two may be named.

    Rates are taken from one reading to the next, and so is the speed: an average of two values is
    the only function of their row that keeps it. The use is that of the fuller direction.
    """
    rates = (
        'SELECT non_negative_derivative("ifHCInOctets", 1s) * 8 AS "in",'
        ' non_negative_derivative("ifHCOutOctets", 1s) * 8 AS "out",'
        ' moving_average("ifSpeed", 2) AS "speed"'
        f' FROM "interface" WHERE {where} GROUP BY "device", "ifName"'
    )
    fuller = '("in" + "out" + abs("in" - "out")) / 2'
    used = (
        f'SELECT "in", "out", {fuller} / "speed" * 100 AS "use" FROM ({rates})'
        ' WHERE "speed" > 0 GROUP BY "device", "ifName"'
    )
    text = (
        'SELECT top("use", "device", "ifName", 20) AS "use", "in", "out"'
        f" FROM ({used}) WHERE $timeFilter"
    )
    return panels.listing(
        say,
        "network.busiest",
        [queries.Query(text, table=True)],
        [
            Column("device", "column.device", width=140, links=True),
            Column("ifName", "column.interface", width=140),
            Column("use", "column.use", "percent", 1, limits=looks.above(80, 95), bar=True),
            Column("in", "column.in", "bps", 1),
            Column("out", "column.out", "bps", 1),
            Column("Time", "column.when", width=170),
        ],
        sort="use",
    )


def errors(say: Words, where: str) -> panels.Panel:
    """Return the interfaces with the most errors and discards."""
    grown = " + ".join(
        f'non_negative_difference("{queries.field_of(metric)[1]}")'
        for metric in ("if_in_errors", "if_out_errors", "if_in_discards", "if_out_discards")
    )
    each = f'SELECT {grown} AS "lost" FROM "interface" WHERE {where} GROUP BY "device", "ifName"'
    summed = f'SELECT sum("lost") AS "lost" FROM ({each}) GROUP BY "device", "ifName"'
    text = f'SELECT top("lost", "device", "ifName", 20) AS "lost" FROM ({summed})'
    return panels.listing(
        say,
        "network.errors",
        [queries.Query(text, table=True)],
        [
            Column("device", "column.device", width=160, links=True),
            Column("ifName", "column.interface", width=160),
            Column("lost", "column.lost", "short", 0, limits=looks.above(1)),
        ],
        sort="lost",
    )


def ports_down(say: Words) -> panels.Panel:
    """Return how many ports are switched on, and how many of these are down, by device."""
    where = queries.chosen(KINDS)
    inner = (
        'SELECT last("ifAdminStatus") AS "a", last("ifOperStatus") AS "o"'
        f' FROM "interface" WHERE {where} GROUP BY "device", "ifName"'
    )
    on = '(("a" & 1) * (1 - ("a" & 2) / 2))'  # ifAdminStatus: 1 up, 2 down, 3 testing
    up = '(("o" & 1) * (1 - ("o" & 2) / 2) * (1 - ("o" & 4) / 4))'  # ifOperStatus: 1 up, 2…7 not
    text = (
        'SELECT sum("on") AS "on", sum("off") AS "off", sum("dead") AS "dead"'
        f' FROM (SELECT {on} AS "on", 1 - {on} AS "off", {on} * (1 - {up}) AS "dead"'
        f' FROM ({inner})) GROUP BY "device"'
    )
    return panels.listing(
        say,
        "network.ports",
        [queries.Query(text, table=True), queries.names(KINDS)],
        [
            *panels.device_columns(say)[:4],
            Column("on", "column.ports_on", decimals=0),
            Column("dead", "column.ports_dead", decimals=0, limits=looks.above(1)),
            Column("off", "column.ports_off", decimals=0),
        ],
        sort="dead",
        recent="30m",
    )
