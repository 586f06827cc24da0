"""Servers, storage and power: load, memory, disks, UPSes, meters."""

from dashboards.grafana.source import looks, panels, queries
from dashboards.grafana.source.board import Board, Row
from dashboards.grafana.source.boards import common
from dashboards.grafana.source.looks import Colour
from dashboards.grafana.source.panels import Column
from dashboards.grafana.source.words import Words

KINDS = ("server", "nas", "ups", "sensor")
SERVERS, UPSES = ("server", "nas"), ("ups",)
TAGS = ("area", "site", "owner", "device")
SOURCES = ("other", "none", "normal", "bypass", "battery", "booster", "reducer")  # RFC 1628

BATTERIES = ("unknown", "normal", "low", "depleted")


def board(say: Words) -> Board:
    """Return the board."""
    servers = queries.chosen(SERVERS)
    upses = queries.chosen(UPSES)
    return Board(
        uid="pantau-server-daya",
        key="servers",
        variables=TAGS,
        kinds=KINDS,
        rows=(
            Row(
                (
                    (common.counts(say, "servers.counts", SERVERS), 9),
                    (common.counts(say, "servers.ups_counts", UPSES), 9),
                    (on_battery(say, upses), 3),
                    (least_runtime(say, upses), 3),
                ),
                5,
            ),
            Row(((listing(say, servers), 24),), 9, "row.servers"),
            Row(
                (
                    (_curve(say, "servers.cpu", "cpu_percent", servers, "percent", 90), 12),
                    (
                        _curve(
                            say, "servers.memory", "memory_used_percent", servers, "percent", 95
                        ),
                        12,
                    ),
                ),
                9,
            ),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "servers.storage",
                            queries.over_time(
                                "storage_used_percent", servers, by=("device", "storage"), of="max"
                            ),
                            unit="percent",
                            decimals=0,
                            low=0,
                            high=100,
                            limits=looks.above(90, 97),
                            links=True,
                            interval="10m",
                        ),
                        12,
                    ),
                    (
                        panels.series(
                            say,
                            "servers.load",
                            queries.over_time("load_5", servers, by=("device",)),
                            decimals=2,
                            low=0,
                            links=True,
                            interval="2m",
                        ),
                        12,
                    ),
                ),
                9,
            ),
            Row(((ups_listing(say, upses), 24),), 9, "row.power"),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "servers.mains",
                            queries.over_time(
                                "input_voltage_volts", upses, by=("device",), of="min"
                            ),
                            unit="volt",
                            decimals=0,
                            low=0,
                            limits=looks.below(180, 198),
                            links=True,
                            interval="2m",
                        ),
                        12,
                    ),
                    (
                        panels.series(
                            say,
                            "servers.charge",
                            queries.over_time(
                                "ups_charge_remaining_percent", upses, by=("device",), of="min"
                            ),
                            unit="percent",
                            decimals=0,
                            low=0,
                            high=100,
                            limits=looks.below(30, 60),
                            links=True,
                            interval="1m",
                        ),
                        12,
                    ),
                ),
                9,
            ),
            Row(
                (
                    (
                        panels.series(
                            say,
                            "servers.temperature",
                            queries.over_time(
                                "battery_temperature_celsius",
                                upses,
                                by=("device",),
                                of="max",
                                ref="A",
                            ),
                            unit="celsius",
                            decimals=0,
                            limits=looks.above(35, 45),
                            links=True,
                            interval="2m",
                        ),
                        12,
                    ),
                    (
                        panels.series(
                            say,
                            "servers.meters",
                            queries.sum_over_time(
                                "power_watts", queries.chosen(("sensor",)), by=("device",)
                            ),
                            unit="watt",
                            decimals=0,
                            low=0,
                            links=True,
                            interval="10m",
                        ),
                        12,
                    ),
                ),
                9,
            ),
            Row(((meters(say), 12), (climate(say), 12)), 9, "row.sensors"),
            Row(
                ((common.uptime_by(say, "servers.uptime_by_device", "device", KINDS), 24),),
                11,
                "row.uptime",
            ),
        ),
    )


def _curve(
    say: Words, key: str, metric: str, where: str, unit: str, warning: float
) -> panels.Panel:
    return panels.series(
        say,
        key,
        queries.over_time(metric, where, by=("device",), of="max"),
        unit=unit,
        decimals=0,
        low=0,
        high=100,
        limits=looks.above(warning),
        links=True,
        interval="2m",
    )


def on_battery(say: Words, where: str) -> panels.Panel:
    """Return how many UPSes run on their battery: source 5, that is the bits 101."""
    bits = '("s" & 4) / 4 * ("s" & 1) * (1 - ("s" & 2) / 2)'
    inner = queries.newest("ups_output_source", where).query
    inner = inner.replace('AS "ups_output_source"', 'AS "s"')
    text = f'SELECT sum("b") AS "battery" FROM (SELECT {bits} AS "b" FROM ({inner}))'
    limits = looks.limits((1, Colour.DOWN))
    return panels.number(
        say, "servers.on_battery", queries.Query(text, table=True), decimals=0, limits=limits
    )


def least_runtime(say: Words, where: str) -> panels.Panel:
    """Return the shortest time that any UPS could still carry its load."""
    inner = queries.newest("ups_runtime_remaining_seconds", where).query
    text = f'SELECT min("ups_runtime_remaining_seconds") AS "least" FROM ({inner})'
    return panels.number(
        say,
        "servers.least_runtime",
        queries.Query(text, table=True),
        unit="s",
        decimals=0,
        limits=looks.below(600, 1200),
    )


def listing(say: Words, where: str) -> panels.Panel:
    """Return the servers: state, load, memory, fullest disk, how long they have been up."""
    return panels.listing(
        say,
        "servers.listing",
        [
            queries.newest("ping_rtt_seconds", where, ref="A"),
            queries.states_now(where, ref="B"),
            queries.newest("cpu_percent", where, ref="C"),
            queries.newest("memory_used_percent", where, ref="D"),
            queries.per_device("storage_used_percent", where, inner="last", outer="max", ref="E"),
            queries.newest("host_uptime_seconds", where, ref="F"),
            queries.newest("swap_used_percent", where, ref="G"),
            queries.newest("processes", where, ref="H"),
            queries.names(SERVERS),
        ],
        [
            common.state_column(say),
            *panels.device_columns(say),
            Column(panels.SEEN, "column.last_answer", width=180),
            Column("cpu_percent", "column.cpu", "percent", 0, limits=looks.above(90), bar=True),
            Column(
                "memory_used_percent",
                "column.memory",
                "percent",
                0,
                limits=looks.above(95),
                bar=True,
            ),
            Column(
                "storage_used_percent",
                "column.fullest",
                "percent",
                0,
                limits=looks.above(90, 97),
                bar=True,
            ),
            Column("swap_used_percent", "column.swap", "percent", 0, width=100),
            Column("processes", "column.processes", decimals=0, width=100),
            Column("host_uptime_seconds", "column.up_for", "dtdurations", width=150),
        ],
        sort="badness",
    )


def ups_listing(say: Words, where: str) -> panels.Panel:
    """Return the UPSes: source, charge, time left, load, mains, and when each last answered."""
    colours = {"normal": Colour.UP, "battery": Colour.DOWN}
    sources = {
        number: (say(f"source.{word}"), colours.get(word, Colour.DEGRADED))
        for number, word in enumerate(SOURCES, start=1)
    }
    batteries = {
        number: (say(f"battery.{word}"), Colour.UP if word == "normal" else Colour.DEGRADED)
        for number, word in enumerate(BATTERIES, start=1)
    }
    return panels.listing(
        say,
        "servers.ups",
        [
            queries.newest("ups_output_source", where, ref="A"),
            queries.states_now(where, ref="B"),
            queries.newest("ups_charge_remaining_percent", where, ref="C"),
            queries.newest("ups_runtime_remaining_seconds", where, ref="D"),
            queries.per_device("output_load_percent", where, inner="last", outer="max", ref="E"),
            queries.per_device("input_voltage_volts", where, inner="last", outer="min", ref="F"),
            queries.newest("battery_temperature_celsius", where, ref="G"),
            queries.newest("ups_alarms", where, ref="H"),
            queries.newest("ups_battery_status", where, ref="I"),
            queries.names(UPSES),
        ],
        [
            common.state_column(say),
            *panels.device_columns(say),
            Column(panels.SEEN, "column.last_value", width=180),
            Column("ups_output_source", "column.source", mappings=looks.words_for(say, sources)),
            Column(
                "ups_charge_remaining_percent",
                "column.charge",
                "percent",
                0,
                limits=looks.below(30, 60),
                bar=True,
            ),
            Column(
                "ups_runtime_remaining_seconds",
                "column.runtime",
                "s",
                0,
                limits=looks.below(600, 1200),
            ),
            Column("output_load_percent", "column.load", "percent", 0, limits=looks.above(90)),
            Column("input_voltage_volts", "column.mains", "volt", 0, limits=looks.below(180, 198)),
            Column("battery_temperature_celsius", "column.battery_temperature", "celsius", 0),
            Column(
                "ups_battery_status", "column.battery", mappings=looks.words_for(say, batteries)
            ),
            Column("ups_alarms", "column.alarms", decimals=0, limits=looks.above(1)),
        ],
        sort="badness",
    )


def meters(say: Words) -> panels.Panel:
    """Return the meters: power now, energy of the time shown, voltage, and how old that is."""
    where = queries.chosen(("sensor",))
    energy = (
        'SELECT sum("e") AS "energy_kilowatt_hours" FROM'
        ' (SELECT non_negative_difference("energy_kilowatt_hours") AS "e"'
        f' FROM "power" WHERE {where} GROUP BY *) GROUP BY "device"'
    )
    return panels.listing(
        say,
        "servers.meter_list",
        [
            queries.newest("voltage_volts", where, ref="A"),
            queries.per_device("power_watts", where, inner="last", outer="sum", ref="B"),
            queries.Query(energy, "C", table=True),
            queries.names(("sensor",)),
        ],
        [
            *panels.device_columns(say)[:4],
            Column(panels.SEEN, "column.last_value", width=180),
            Column("power_watts", "column.power", "watt", 0),
            Column("energy_kilowatt_hours", "column.energy", "kwatth", 3),
            Column("voltage_volts", "column.voltage", "volt", 0, limits=looks.below(180, 198)),
        ],
        sort="power_watts",
    )


def climate(say: Words) -> panels.Panel:
    """Return temperature and humidity where sensors measure them."""
    where = queries.chosen(("sensor",))
    return panels.listing(
        say,
        "servers.climate",
        [
            queries.newest("temperature_celsius", where, ref="A"),
            queries.newest("humidity_percent", where, ref="B"),
            queries.newest("wifi_signal_dbm", where, ref="C"),
            queries.names(("sensor",)),
        ],
        [
            *panels.device_columns(say)[:4],
            Column(panels.SEEN, "column.last_value", width=180),
            Column(
                "temperature_celsius",
                "column.temperature",
                "celsius",
                1,
                limits=looks.above(40, 60),
            ),
            Column("humidity_percent", "column.humidity", "percent", 0, limits=looks.above(90)),
            Column("wifi_signal_dbm", "column.signal", "dBm", 0, limits=looks.below(-80, -70)),
        ],
        sort="temperature_celsius",
    )
