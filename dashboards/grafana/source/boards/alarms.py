"""The health of alarms: how much was raised, told and held; floods, noise, and who took it when."""

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig

from dashboards.grafana.source import looks, panels, queries
from dashboards.grafana.source.board import Board, Row
from dashboards.grafana.source.looks import Colour
from dashboards.grafana.source.words import Words

_FROM = f'FROM {queries.LONG}"alarm_health" WHERE $timeFilter'

_HELD = {
    "parent_down": Colour.UNREACHABLE,
    "power": Colour.DOWN,
    "in_maintenance": Colour.MAINTENANCE,
    "silenced": Colour.UNKNOWN,
    "flapping": Colour.DEGRADED,
    "not_wanted": Colour.UP,
    "no_route": Colour.SECOND,
    "stale": Colour.FIRST,
}
"""Reasons to hold, with their colours: those that hold for good."""

_SEVERITIES = {
    "critical": Colour.DOWN,
    "warning": Colour.DEGRADED,
    "info": Colour.FIRST,
}


def board(say: Words) -> Board:
    """Return the board. An hour is a point, so it looks back for weeks."""
    quiet = looks.limits(base=Colour.FIRST)
    return Board(
        uid="pantau-alarm",
        key="alarm",
        variables=(),
        since="now-7d",
        refresh="5m",
        events=False,
        rows=(
            Row(
                (
                    (_number(say, "alarm.raised", 'sum("raised")', limits=quiet), 4),
                    (_number(say, "alarm.told", 'sum("told")', limits=quiet), 4),
                    (_number(say, "alarm.held", 'sum("held")', limits=quiet), 4),
                    (
                        _number(
                            say,
                            "alarm.flood",
                            'sum("told_flood_seconds") / count("told") / 36',
                            unit="percent",
                            decimals=1,
                            limits=looks.above(1, 5),
                        ),
                        4,
                    ),
                    (_number(say, "alarm.stale", 'last("stale")', limits=looks.above(5, 20)), 4),
                    (_number(say, "alarm.dead", 'sum("dead")', limits=looks.above(1)), 4),
                ),
                5,
            ),
            Row(
                (
                    (
                        _hours(
                            say,
                            "alarm.raised_and_told",
                            "sum",
                            {
                                "raised": ("column.raised", Colour.SECOND),
                                "told": ("column.told", Colour.FIRST),
                            },
                        ),
                        12,
                    ),
                    (
                        _hours(
                            say,
                            "alarm.peak",
                            "max",
                            {"told_peak": ("column.told", Colour.FIRST)},
                            limit=10,
                        ),
                        12,
                    ),
                ),
                8,
            ),
            Row(
                (
                    (
                        _hours(
                            say,
                            "alarm.held_by",
                            "sum",
                            {
                                f"held_{reason}": (f"column.held_{reason}", colour)
                                for reason, colour in _HELD.items()
                            },
                            stacked=True,
                        ),
                        12,
                    ),
                    (
                        _hours(
                            say,
                            "alarm.severities",
                            "sum",
                            {
                                name: (f"column.{name}", colour)
                                for name, colour in _SEVERITIES.items()
                            },
                            stacked=True,
                        ),
                        12,
                    ),
                ),
                8,
            ),
            Row(
                (
                    (
                        _hours(
                            say,
                            "alarm.noise",
                            "sum",
                            {
                                "fleeting": ("column.fleeting", Colour.DEGRADED),
                                "chattering": ("column.chattering", Colour.DOWN),
                            },
                        ),
                        8,
                    ),
                    (
                        _hours(
                            say,
                            "alarm.stale_over_time",
                            "max",
                            {"stale": ("column.stale", Colour.UNKNOWN)},
                            limit=5,
                        ),
                        8,
                    ),
                    (
                        _hours(
                            say,
                            "alarm.acknowledged_after",
                            "mean",
                            {"acknowledged_seconds": ("column.acknowledged_after", Colour.FIRST)},
                            unit="s",
                            limit=600,
                        ),
                        8,
                    ),
                ),
                8,
            ),
        ),
    )


def _number(
    say: Words,
    key: str,
    what: str,
    *,
    unit: str = "none",
    decimals: int = 0,
    limits: ThresholdsConfig | None = None,
) -> panels.Panel:
    """Return one number over the time chosen above."""
    target = queries.Query(f'SELECT {what} AS "v" {_FROM}', table=True)
    return panels.number(say, key, target, unit=unit, decimals=decimals, limits=limits, recent=None)


def _hours(
    say: Words,
    key: str,
    of: str,
    fields: Mapping[str, tuple[str, str]],
    *,
    unit: str = "none",
    limit: float | None = None,
    stacked: bool = False,
) -> panels.Panel:
    """Return curves of fields, an hour a point at the finest."""
    return panels.series(
        say,
        key,
        *_targets(of, list(fields)),
        unit=unit,
        decimals=0,
        low=0,
        limits=None if limit is None else looks.above(limit),
        names=fields,
        stacked=stacked,
        interval="1h",
    )


def _targets(of: str, fields: Sequence[str]) -> list[queries.Query]:
    return [
        queries.Query(
            f'SELECT {of}("{field}") AS "{field}" {_FROM} GROUP BY time($__interval) fill(null)',
            ref,
            alias="$col",
        )
        for field, ref in zip(fields, "ABCDEFGH", strict=False)
    ]
