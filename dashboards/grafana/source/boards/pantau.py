"""Pantau itself: does it keep up, does what it measured reach InfluxDB, may it be believed."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig

from dashboards.grafana.source import looks, panels, queries
from dashboards.grafana.source.board import Board, Row
from dashboards.grafana.source.looks import Colour
from dashboards.grafana.source.words import Words

_WHERE = f"$timeFilter AND {queries.matches('collector')}"

_PROTOCOLS = {
    "pantau.ping": (
        ("sent", "ping_sent", Colour.FIRST),
        ("answered", "ping_answered", Colour.SECOND),
    ),
    "pantau.snmp": (
        ("sent", "snmp_sent", Colour.FIRST),
        ("answered", "snmp_answered", Colour.SECOND),
        ("timeouts", "snmp_timeouts", Colour.DEGRADED),
    ),
    "pantau.mqtt": (
        ("messages", "mqtt_messages", Colour.FIRST),
        ("quarantined", "mqtt_quarantined", Colour.DEGRADED),
    ),
}


def board(say: Words) -> Board:
    """Return the board."""
    quiet = looks.limits(base=Colour.FIRST)
    return Board(
        uid="pantau-kesehatan",
        key="pantau",
        variables=("collector",),
        since="now-3h",
        refresh="30s",
        events=False,
        rows=(
            Row(
                (
                    (
                        _number(
                            say,
                            "pantau.alive",
                            "sum",
                            "alive",
                            limits=looks.limits((1, Colour.FIRST), base=Colour.DOWN),
                        ),
                        4,
                    ),
                    (
                        _number(
                            say,
                            "pantau.heartbeat",
                            "max",
                            "heartbeat_age_seconds",
                            unit="s",
                            limits=looks.above(15, 60),
                        ),
                        4,
                    ),
                    (_number(say, "pantau.waiting", "sum", "spool_lines", limits=quiet), 4),
                    (
                        _number(
                            say,
                            "pantau.oldest",
                            "max",
                            "spool_oldest_seconds",
                            unit="s",
                            limits=looks.above(60, 600),
                        ),
                        4,
                    ),
                    (
                        _number(
                            say,
                            "pantau.dropped",
                            "sum",
                            "spool_dropped_lines",
                            limits=looks.above(1),
                        ),
                        4,
                    ),
                    (
                        _number(
                            say, "pantau.dead", "sum", "spool_dead_letters", limits=looks.above(1)
                        ),
                        4,
                    ),
                ),
                5,
            ),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "pantau.flow",
                            _rate_of_all("writer_readings", "A", "in"),
                            _rate_of_all("courier_lines", "B", "out"),
                            unit="cps",
                            low=0,
                            names={
                                "in": ("column.readings", Colour.FIRST),
                                "out": ("column.lines", Colour.SECOND),
                            },
                            interval="2m",
                        ),
                        12,
                    ),
                    (
                        panels.series(
                            say,
                            "pantau.spool",
                            _own("spool_lines", of="max"),
                            decimals=0,
                            low=0,
                            names={"spool_lines": ("column.waiting", Colour.FIRST)},
                            interval="1m",
                        ),
                        12,
                    ),
                ),
                8,
                "row.data",
            ),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "pantau.checks",
                            _rate("checks_done"),
                            unit="cps",
                            low=0,
                            interval="2m",
                        ),
                        8,
                    ),
                    (
                        panels.series(
                            say,
                            "pantau.late",
                            _own("check_late_p99_seconds", of="max", by=("collector",)),
                            unit="s",
                            decimals=2,
                            low=0,
                            limits=looks.above(1, 5),
                            interval="1m",
                        ),
                        8,
                    ),
                    (
                        panels.series(
                            say,
                            "pantau.lag",
                            _own("loop_lag_worst_seconds", of="max", by=("collector",)),
                            unit="s",
                            decimals=2,
                            low=0,
                            limits=looks.above(0.5, 2),
                            interval="1m",
                        ),
                        8,
                    ),
                ),
                8,
                "row.checks",
            ),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "pantau.undone",
                            *(
                                _rate_of_all(field, ref, alias)
                                for field, ref, alias in (
                                    ("checks_overrun", "A", "overrun"),
                                    ("checks_blind", "B", "blind"),
                                    ("checks_failed_inside", "C", "errors"),
                                    ("checks_missed", "D", "missed"),
                                )
                            ),
                            unit="cps",
                            low=0,
                            names={
                                "overrun": ("column.overrun", Colour.DEGRADED),
                                "blind": ("column.blind", Colour.UNKNOWN),
                                "errors": ("column.errors", Colour.DOWN),
                                "missed": ("column.missed", Colour.UNREACHABLE),
                            },
                            interval="2m",
                        ),
                        12,
                    ),
                    (
                        panels.series(
                            say,
                            "pantau.trouble",
                            *(
                                _rate_of_all(field, ref, alias)
                                for field, ref, alias in (
                                    ("writer_store_failures", "A", "store"),
                                    ("writer_sink_failures", "B", "sink"),
                                    ("courier_retries", "C", "retries"),
                                )
                            ),
                            unit="cps",
                            low=0,
                            names={
                                "store": ("column.store_failures", Colour.DOWN),
                                "sink": ("column.sink_failures", Colour.DEGRADED),
                                "retries": ("column.retries", Colour.FIRST),
                            },
                            interval="2m",
                        ),
                        12,
                    ),
                ),
                8,
            ),
            Row(
                tuple(
                    (
                        panels.series(
                            say,
                            key,
                            *(
                                _rate_of_all(field, ref, alias)
                                for ref, (alias, field, _) in zip("ABC", lines, strict=False)
                            ),
                            unit="cps",
                            low=0,
                            names={
                                alias: (f"column.{alias}", colour) for alias, _, colour in lines
                            },
                            interval="2m",
                        ),
                        8,
                    )
                    for key, lines in _PROTOCOLS.items()
                ),
                8,
                "row.protocols",
            ),
        ),
    )


def _number(
    say: Words,
    key: str,
    over_all: str,
    field: str,
    *,
    unit: str = "none",
    limits: ThresholdsConfig | None = None,
) -> panels.Panel:
    """Return the newest figure of each collector, summed or the worst."""
    text = (
        f'SELECT {over_all}("v") AS "{field}" FROM (SELECT last("{field}") AS "v"'
        f' FROM "pantau" WHERE {_WHERE} GROUP BY "collector")'
    )
    target = queries.Query(text, table=True)
    return panels.number(say, key, target, unit=unit, decimals=0, limits=limits)


def _own(field: str, *, of: str, by: Sequence[str] = (), ref: str = "A") -> queries.Query:
    groups = ", ".join(["time($__interval)", *(f'"{tag}"' for tag in by)])
    text = (
        f'SELECT {of}("{field}") AS "{field}" FROM "pantau"'
        f" WHERE {_WHERE} GROUP BY {groups} fill(null)"
    )
    return queries.Query(text, ref, alias=" ".join(f"$tag_{tag}" for tag in by) or "$col")


def _rates(field: str) -> str:
    return (
        f'SELECT non_negative_derivative("{field}", 1s) AS "r"'
        f' FROM "pantau" WHERE {_WHERE} GROUP BY "collector"'
    )


def _rate(field: str) -> queries.Query:
    text = (
        f'SELECT mean("r") AS "{field}" FROM ({_rates(field)})'
        ' WHERE $timeFilter GROUP BY time($__interval), "collector" fill(null)'
    )
    return queries.Query(text, alias="$tag_collector")


def _rate_of_all(field: str, ref: str, alias: str) -> queries.Query:
    each = (
        f'SELECT mean("r") AS "v" FROM ({_rates(field)})'
        f' WHERE $timeFilter GROUP BY {queries.COMPLETE}, "collector" fill(none)'
    )
    text = (
        f'SELECT sum("v") AS "{field}" FROM ({each})'
        f" WHERE $timeFilter GROUP BY {queries.COMPLETE} fill(null)"
    )
    return queries.Query(text, ref, alias=alias)
