"""Public WiFi: who uses it, how good the air is, how full the uplink."""

from dashboards.grafana.source import looks, panels, queries
from dashboards.grafana.source.board import Board, Row
from dashboards.grafana.source.boards import common
from dashboards.grafana.source.looks import Colour
from dashboards.grafana.source.panels import Column
from dashboards.grafana.source.words import Words

KINDS = ("access_point",)
TAGS = ("area", "site", "owner", "device")
_CLIENTS = {"wifi_clients": ("column.clients", Colour.FIRST)}


def board(say: Words) -> Board:
    """Return the board."""
    where = queries.chosen(KINDS)
    uplink = queries.chosen(KINDS, '"ifName" !~ /^(lo|bridge|wlan.*)$/')
    return Board(
        uid="pantau-wifi",
        key="wifi",
        variables=TAGS,
        kinds=KINDS,
        rows=(
            Row(
                (
                    (common.counts(say, "wifi.counts", KINDS), 12),
                    (clients_now(say, where), 4),
                    (empty(say, where), 4),
                    (common.uptime_now(say, "wifi.uptime", KINDS), 4),
                ),
                5,
            ),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "wifi.clients",
                            queries.sum_over_time("wifi_clients", where),
                            names=_CLIENTS,
                            decimals=0,
                            low=0,
                            interval="2m",
                        ),
                        12,
                    ),
                    (
                        panels.series(
                            say,
                            "wifi.clients_by_site",
                            queries.sum_over_time("wifi_clients", where, by=("site",)),
                            decimals=0,
                            low=0,
                            interval="2m",
                        ),
                        12,
                    ),
                ),
                9,
            ),
            Row(((access_points(say, where), 24),), 13, "row.devices"),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "wifi.noise",
                            queries.over_time("wifi_noise_dbm", where, by=("site",), of="max"),
                            unit="dBm",
                            decimals=0,
                            limits=looks.above(-90, -80),
                            interval="2m",
                        ),
                        12,
                    ),
                    (
                        panels.series(
                            say,
                            "wifi.quality",
                            queries.over_time("wifi_ccq_percent", where, by=("site",), of="min"),
                            unit="percent",
                            decimals=0,
                            low=0,
                            high=100,
                            limits=looks.below(50, 70),
                            interval="2m",
                        ),
                        12,
                    ),
                ),
                9,
                "row.air",
            ),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "wifi.uplink",
                            queries.rate_of_all(
                                "if_in_octets", uplink, times=8, ref="A", alias="in"
                            ),
                            queries.rate_of_all(
                                "if_out_octets", uplink, times=8, ref="B", alias="out"
                            ),
                            unit="bps",
                            low=0,
                            names={
                                "in": ("column.in", Colour.FIRST),
                                "out": ("column.out", Colour.SECOND),
                            },
                            interval="10m",
                        ),
                        12,
                    ),
                    (
                        panels.history(
                            say, "wifi.history", queries.state_history(where, "device"), links=True
                        ),
                        12,
                    ),
                ),
                10,
                "row.uplink",
            ),
            Row(
                ((common.uptime_by(say, "wifi.uptime_by_device", "device", KINDS), 24),),
                11,
                "row.uptime",
            ),
        ),
    )


def _newest_by_device(where: str) -> str:
    return (
        'SELECT sum("v") AS "clients" FROM (SELECT last("wifi_clients") AS "v"'
        f' FROM "wireless" WHERE {where} GROUP BY *) GROUP BY "device"'
    )


def clients_now(say: Words, where: str) -> panels.Panel:
    """Return how many clients there are now."""
    text = f'SELECT sum("clients") AS "clients" FROM ({_newest_by_device(where)})'
    return panels.number(say, "wifi.clients_now", queries.Query(text, table=True), decimals=0)


def empty(say: Words, where: str) -> panels.Panel:
    """Return how many access points that tell their clients have none: count, minus those with."""
    text = (
        'SELECT count("clients") - sum("some") AS "empty" FROM'
        ' (SELECT "clients", ceil("clients" / ("clients" + 1)) AS "some"'
        f" FROM ({_newest_by_device(where)}))"
    )
    return panels.number(say, "wifi.empty", queries.Query(text, table=True), decimals=0)


def access_points(say: Words, where: str) -> panels.Panel:
    """Return the access points: state, clients, air, and when each was last heard of."""
    return panels.listing(
        say,
        "wifi.access_points",
        [
            queries.newest("ping_rtt_seconds", where, ref="A"),
            queries.states_now(where, ref="B"),
            queries.Query(_newest_by_device(where), "C", table=True),
            queries.per_device("wifi_noise_dbm", where, inner="last", outer="max", ref="D"),
            queries.per_device("wifi_ccq_percent", where, inner="last", outer="min", ref="E"),
            queries.newest("cpu_percent", where, ref="F"),
            queries.newest("dhcp_leases", where, ref="G"),
            queries.names(KINDS),
        ],
        [
            common.state_column(say),
            common.maintenance_column(say),
            *panels.device_columns(say),
            Column(panels.SEEN, "column.last_answer", width=180),
            Column("clients", "column.clients", decimals=0, limits=looks.above(60, 100), width=110),
            Column("wifi_noise_dbm", "column.noise", "dBm", 0, limits=looks.above(-90, -80)),
            Column("wifi_ccq_percent", "column.ccq", "percent", 0, limits=looks.below(50, 70)),
            Column("dhcp_leases", "column.dhcp", decimals=0, width=110),
            Column("cpu_percent", "column.cpu", "percent", 0, limits=looks.above(90), bar=True),
        ],
        sort="badness",
    )
