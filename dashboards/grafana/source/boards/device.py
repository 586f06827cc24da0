"""One device in detail: where a link of every other board leads."""

from collector.sinks.influx.uptime_queries import Figure
from dashboards.grafana.source import looks, panels, queries
from dashboards.grafana.source.board import Board, Row
from dashboards.grafana.source.boards import common
from dashboards.grafana.source.looks import Colour
from dashboards.grafana.source.words import Words

TAGS = ("area", "site", "device")


def _where(also: str = "") -> str:
    parts = ["$timeFilter", "\"device\" = '${device:raw}'"]
    return " AND ".join([*parts, also] if also else parts)


def board(say: Words) -> Board:
    """Return the board."""
    where = _where()
    return Board(
        uid="pantau-perangkat",
        key="device",
        variables=TAGS,
        since="now-24h",
        one_device=True,
        rows=(
            Row(
                (
                    (state_now(say, where), 4),
                    (who(say), 7),
                    (model(say), 6),
                    (uptime(say, where), 7),
                ),
                6,
            ),
            Row(
                (
                    (last_answer(say, where), 8),
                    (rtt_now(say, where), 8),
                    (up_for(say, where), 8),
                ),
                3,
            ),
            Row(
                (
                    (
                        panels.history(
                            say, "device.history", queries.state_history(where, "device")
                        ),
                        24,
                    ),
                ),
                4,
            ),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "device.rtt",
                            queries.over_time("ping_rtt_min_seconds", where, of="min", ref="A"),
                            queries.over_time("ping_rtt_seconds", where, ref="B"),
                            queries.over_time("ping_rtt_max_seconds", where, of="max", ref="C"),
                            queries.over_time("ping_jitter_seconds", where, ref="D"),
                            unit="ms",
                            decimals=1,
                            low=0,
                            names={
                                "ping_rtt_min_seconds": ("column.rtt_min", Colour.NOTHING),
                                "ping_rtt_seconds": ("column.rtt", Colour.FIRST),
                                "ping_rtt_max_seconds": ("column.rtt_max", Colour.UP),
                                "ping_jitter_seconds": ("column.jitter", Colour.SECOND),
                            },
                        ),
                        12,
                    ),
                    (
                        panels.series(
                            say,
                            "device.loss",
                            queries.over_time("ping_loss_percent", where, of="max"),
                            unit="percent",
                            decimals=0,
                            low=0,
                            high=100,
                            names={"ping_loss_percent": ("column.loss", Colour.DOWN)},
                            limits=looks.above(20),
                        ),
                        12,
                    ),
                ),
                8,
                "row.quality",
            ),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "device.host",
                            queries.over_time("cpu_percent", where, of="max", ref="A"),
                            queries.over_time("memory_used_percent", where, of="max", ref="B"),
                            unit="percent",
                            decimals=0,
                            low=0,
                            high=100,
                            names={
                                "cpu_percent": ("column.cpu", Colour.FIRST),
                                "memory_used_percent": ("column.memory", Colour.SECOND),
                            },
                            interval="2m",
                        ),
                        12,
                    ),
                    (
                        panels.series(
                            say,
                            "device.storage",
                            queries.over_time(
                                "storage_used_percent", where, by=("storage",), of="max"
                            ),
                            unit="percent",
                            decimals=0,
                            low=0,
                            high=100,
                            limits=looks.above(90, 97),
                            interval="10m",
                        ),
                        12,
                    ),
                ),
                8,
                "row.load",
            ),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "device.in",
                            queries.rate("if_in_octets", where, by=("ifName",), times=8),
                            unit="bps",
                            low=0,
                            interval="5m",
                        ),
                        8,
                    ),
                    (
                        panels.series(
                            say,
                            "device.out",
                            queries.rate("if_out_octets", where, by=("ifName",), times=8),
                            unit="bps",
                            low=0,
                            interval="5m",
                        ),
                        8,
                    ),
                    (
                        panels.series(
                            say,
                            "device.clients",
                            queries.sum_over_time("wifi_clients", where, by=("ssid",)),
                            decimals=0,
                            low=0,
                            interval="2m",
                        ),
                        8,
                    ),
                ),
                9,
                "row.interfaces",
            ),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "device.temperature",
                            queries.over_time(
                                "temperature_celsius", where, by=("sensor", "item"), of="max"
                            ),
                            unit="celsius",
                            decimals=0,
                            limits=looks.above(85),
                            interval="10m",
                        ),
                        8,
                    ),
                    (
                        panels.series(
                            say,
                            "device.ups",
                            queries.over_time(
                                "ups_charge_remaining_percent", where, of="min", ref="A"
                            ),
                            queries.over_time("output_load_percent", where, of="max", ref="B"),
                            unit="percent",
                            decimals=0,
                            low=0,
                            names={
                                "ups_charge_remaining_percent": ("column.charge", Colour.FIRST),
                                "output_load_percent": ("column.load", Colour.SECOND),
                            },
                        ),
                        8,
                    ),
                    (
                        panels.series(
                            say,
                            "device.power",
                            queries.sum_over_time("power_watts", where, ref="A"),
                            queries.sum_over_time("output_power_watts", where, ref="B"),
                            unit="watt",
                            decimals=0,
                            low=0,
                            names={
                                "power_watts": ("column.power", Colour.FIRST),
                                "output_power_watts": ("column.output_power", Colour.SECOND),
                            },
                            interval="10m",
                        ),
                        8,
                    ),
                ),
                8,
                "row.power",
            ),
            Row(((transitions(say), 24),), 10, "row.events"),
        ),
    )


def state_now(say: Words, where: str) -> panels.Panel:
    """Return the state in a word."""
    text = f'SELECT last("state") AS "state" FROM "state" WHERE {where}'
    panel = panels.number(say, "device.state", queries.Query(text, table=True))
    return panel.mappings(looks.state_words(say))


def who(say: Words) -> panels.Panel:
    """Return name, site and owner."""
    where = _where().replace("$timeFilter", queries.NAMES_FOR)
    text = (
        'SELECT last("name") AS "name", last("site_name") AS "site_name",'
        ' last("area_name") AS "area_name", last("owner_name") AS "owner_name",'
        f' last("address") AS "address", last("profile") AS "profile"'
        f' FROM "inventory" WHERE {where}'
    )
    keys = ("name", "site_name", "area_name", "owner_name", "address", "profile")
    return panels.facts(
        say,
        "device.who",
        queries.Query(text, table=True),
        {key: say(f"column.{key.removesuffix('_name')}") for key in keys},
    )


def model(say: Words) -> panels.Panel:
    """Return model, maker and firmware, as the device says."""
    keys = ("model_name", "manufacturer", "firmware_version", "serial_number")
    picked = ", ".join(f'last("{key}") AS "{key}"' for key in keys)
    where = _where().replace("$timeFilter", queries.NAMES_FOR)
    target = queries.Query(f'SELECT {picked} FROM "device" WHERE {where}', table=True)
    return panels.facts(say, "device.model", target, {key: say(f"column.{key}") for key in keys})


def up_for(say: Words, where: str) -> panels.Panel:
    """Return how long its agent has been up: a restart begins it anew."""
    text = f'SELECT last("sysUpTime") / 100 AS "up_for" FROM "snmp" WHERE {where}'
    return panels.number(
        say,
        "device.up_for",
        queries.Query(text, table=True),
        unit="dtdurations",
        recent=panels.NOW_SLOW,
    )


def last_answer(say: Words, where: str) -> panels.Panel:
    """Return when it last answered a ping, however long ago within the time shown."""
    text = f'SELECT last("average_response_ms") AS "answer" FROM "ping" WHERE {where}'
    panel = panels.number(
        say,
        "device.last_answer",
        queries.Query(text, table=True),
        unit="dateTimeFromNow",
        recent=None,
    )
    return panel.reduce_options(panels.reduced("Time"))


def rtt_now(say: Words, where: str) -> panels.Panel:
    """Return the round trip now."""
    text = f'SELECT last("average_response_ms") AS "rtt" FROM "ping" WHERE {where}'
    return panels.number(
        say,
        "device.rtt_now",
        queries.Query(text, table=True),
        unit="ms",
        decimals=1,
        limits=looks.above(100, 200),
    )


def uptime(say: Words, where: str) -> panels.Panel:
    """Return the uptime of a day, with its coverage: sums are of whole hours."""
    panel = panels.number(
        say,
        "device.uptime",
        queries.uptime(Figure.UPTIME, where, ref="A"),
        queries.uptime(Figure.COVERAGE, where, ref="B"),
        unit="percent",
        decimals=3,
        limits=common.SLA_LIMITS,
        recent="24h",
    )
    return panels.named(
        panel,
        {Figure.UPTIME: say("column.uptime"), Figure.COVERAGE: say("column.coverage")},
        {Figure.COVERAGE: common.COVERAGE_LIMITS},
    )


def transitions(say: Words) -> panels.Panel:
    """Return the changes of its state."""
    return common.transitions(say, "device.transitions", where=_where())
