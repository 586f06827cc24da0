"""Panels that several boards have."""

from collections.abc import Sequence

from collector.sinks.influx.uptime_queries import Figure
from dashboards.grafana.source import looks, panels, queries
from dashboards.grafana.source.looks import STATE_COLOURS, Colour
from dashboards.grafana.source.panels import Column, Panel
from dashboards.grafana.source.words import Words

SLA_LIMITS = looks.below(99.0, 99.5)
"""Below 99 % it is red, below 99.5 % amber; a contract's own target is at the desk."""
COVERAGE_LIMITS = looks.below(90.0, 99.0)
"""Below 90 % an uptime figure says little: nobody looked."""


def counts(say: Words, key: str, kinds: Sequence[str] = ()) -> Panel:
    """Return how many devices are in each state now."""
    target = queries.state_counts(queries.chosen(kinds))
    return panels.number(say, key, target, decimals=0, colours=STATE_COLOURS)


def uptime_now(
    say: Words, key: str, kinds: Sequence[str] = (), recent: str | None = "24h"
) -> Panel:
    """Return uptime with its coverage beside it: a percentage alone may be a blind one."""
    where = queries.chosen(kinds)
    panel = panels.number(
        say,
        key,
        queries.uptime(Figure.UPTIME, where, ref="A"),
        queries.uptime(Figure.COVERAGE, where, ref="B"),
        unit="percent",
        decimals=3,
        limits=SLA_LIMITS,
        recent=recent,
    )
    return panels.named(
        panel,
        {
            Figure.UPTIME: say("column.uptime"),
            Figure.COVERAGE: say("column.coverage"),
        },
        {Figure.COVERAGE: COVERAGE_LIMITS},
    )


def states_over_time(say: Words, key: str, kinds: Sequence[str] = ()) -> Panel:
    """Return the devices that are not up, by state, over time."""
    names = {state: (f"state.{state}", STATE_COLOURS[state]) for state in queries.COUNTS}
    return panels.series(
        say,
        key,
        queries.state_counts_over_time(queries.chosen(kinds)),
        names=names,
        stacked=True,
        decimals=0,
        low=0,
        interval="2m",
    )


def state_column(say: Words) -> Column:
    """Return the column of a device's state."""
    return Column("state", "column.state", mappings=looks.state_words(say), width=140)


def maintenance_column(say: Words) -> Column:
    """Return the column that says whether a device is in maintenance."""
    words = {0: ("-", Colour.UP), 1: (say("state.maintenance"), Colour.MAINTENANCE)}
    return Column(
        "maintenance", "column.maintenance", mappings=looks.words_for(say, words), width=130
    )


def count_columns() -> list[Column]:
    """Return the columns of a table that counts devices by state."""
    return [
        Column(
            state,
            f"state.{state}",
            decimals=0,
            width=115,
            limits=looks.limits((1, STATE_COLOURS[state])),
        )
        for state in queries.COUNTS
    ]


def uptime_columns() -> list[Column]:
    """Return the columns of a table about uptime: figure, coverage, bounds."""
    return [
        Column(Figure.UPTIME, "column.uptime", "percent", 3, limits=SLA_LIMITS),
        Column(Figure.COVERAGE, "column.coverage", "percent", 3, limits=COVERAGE_LIMITS),
        Column(Figure.DEVICE_UPTIME, "column.device_uptime", "percent", 3),
        Column(Figure.LOW, "column.low", "percent", 3),
        Column(Figure.HIGH, "column.high", "percent", 3),
    ]


def uptime_by(
    say: Words, key: str, tag: str, kinds: Sequence[str] = (), source: str = "uptime"
) -> Panel:
    """Return a table of uptime by a tag, the worst first, with the tag's own name."""
    where = queries.chosen(kinds)
    targets = [
        queries.uptime(figure, where, by=(tag,), ref=ref, source=source)
        for figure, ref in zip(Figure, "ABCDE", strict=True)
    ]
    columns = [Column(tag, f"column.{tag}", width=160, links=tag == "device")]
    if tag == "device":
        columns = panels.device_columns(say)
    elif tag != "kind":
        columns.append(Column(f"{tag}_name", f"column.{tag}_name"))
    if tag != "kind":
        targets.append(queries.names(kinds, by=tag))
    return panels.listing(
        say,
        key,
        targets,
        [*columns, *uptime_columns()],
        join=tag,
        sort=Figure.UPTIME,
        descending=False,
    )


def transitions(say: Words, key: str, kinds: Sequence[str] = (), where: str | None = None) -> Panel:
    """Return the last changes of state, the newest first."""
    where = where or queries.chosen(kinds)
    text = (
        'SELECT "device", "old", "new", "reason", "detail", "cause"'
        f' FROM {queries.LONG}"transition" WHERE {where}'
        " ORDER BY time DESC LIMIT 500"
    )
    return panels.listing(
        say,
        key,
        [queries.Query(text, table=True)],
        [
            Column("Time", "column.when", width=170),
            Column("device", "column.device", width=130, links=True),
            Column("old", "column.old", mappings=looks.state_words(say), width=140),
            Column("new", "column.new", mappings=looks.state_words(say), width=140),
            Column("reason", "column.reason", mappings=looks.reason_words(say)),
            Column("cause", "column.cause", width=130),
            Column("detail", "column.detail"),
        ],
    )
