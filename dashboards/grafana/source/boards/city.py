"""The city at a glance: what is wrong, where, since when, and whether the page may be believed."""

from dashboards.grafana.source import looks, panels, queries
from dashboards.grafana.source.board import Board, Row
from dashboards.grafana.source.boards import common
from dashboards.grafana.source.looks import Colour
from dashboards.grafana.source.panels import Column
from dashboards.grafana.source.words import Words


def board(say: Words) -> Board:
    """Return the board."""
    where = queries.chosen()
    by_area = panels.listing(
        say,
        "city.by_area",
        [queries.state_counts(where, by="area"), queries.names(by="area")],
        [
            Column("area_name", "column.area"),
            Column("area", "column.area_code", width=100),
            *common.count_columns(),
        ],
        join="area",
        sort="down",
        recent=panels.NOW,
    )
    by_kind = panels.listing(
        say,
        "city.by_kind",
        [queries.state_counts(where, by="kind")],
        [Column("kind", "column.kind"), *common.count_columns()],
        sort="down",
        recent=panels.NOW,
    )
    return Board(
        uid="pantau-kota",
        key="city",
        refresh="30s",
        rows=(
            Row(
                (
                    (common.counts(say, "city.counts"), 14),
                    (common.uptime_now(say, "city.uptime"), 6),
                    (answering(say), 4),
                ),
                5,
            ),
            Row(((by_area, 14), (by_kind, 10)), 9),
            Row(((common.states_over_time(say, "city.over_time"), 24),), 8),
            Row(((everything(say), 24),), 14, "row.devices"),
            Row(
                (
                    (common.transitions(say, "city.transitions"), 14),
                    (incidents(say), 10),
                ),
                10,
                "row.events",
            ),
        ),
    )


def answering(say: Words) -> panels.Panel:
    """Return how many devices answered a ping lately: the proof that somebody looks."""
    inner = queries.newest("ping_rtt_seconds", queries.chosen()).query
    text = f'SELECT count("ping_rtt_seconds") AS "answering" FROM ({inner})'
    return panels.number(say, "city.answering", queries.Query(text, table=True), decimals=0)


def everything(say: Words) -> panels.Panel:
    """Return all devices, the worst first. Also those that are well: an empty list says nothing."""
    where = queries.chosen()
    return panels.listing(
        say,
        "city.devices",
        [
            queries.newest("ping_rtt_seconds", where, ref="A"),
            queries.states_now(where, ref="B"),
            queries.names(),
        ],
        [
            common.state_column(say),
            common.maintenance_column(say),
            *panels.device_columns(say),
            Column(panels.SEEN, "column.last_answer", width=180),
            Column("ping_rtt_seconds", "column.rtt", "ms", 1, width=110),
        ],
        sort="badness",
    )


def incidents(say: Words) -> panels.Panel:
    """Return the incidents of the time that is shown."""
    where = " AND ".join(
        ["$timeFilter", *(queries.matches(tag) for tag in ("area", "site")), queries.STANDS]
    )
    going_on = {0: (say("over"), Colour.UP), 1: (say("still"), Colour.DOWN)}
    text = (
        f'SELECT "title", "text", "devices", "ended_ms", "open" FROM {queries.LONG}"incident"'
        f" WHERE {where} ORDER BY time DESC LIMIT 200"
    )
    return panels.listing(
        say,
        "city.incidents",
        [queries.Query(text, table=True)],
        [
            Column("Time", "column.when", width=170),
            Column("title", "column.incident"),
            Column("text", "column.detail"),
            Column("devices", "column.devices", decimals=0, width=100),
            Column("open", "column.open", mappings=looks.words_for(say, going_on), width=130),
            Column("ended_ms", "column.until", "dateTimeAsIso", width=170),
        ],
    )
