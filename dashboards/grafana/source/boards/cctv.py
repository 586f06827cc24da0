"""Cameras and recorders."""

from dashboards.grafana.source import looks, panels, queries
from dashboards.grafana.source.board import Board, Row
from dashboards.grafana.source.boards import common
from dashboards.grafana.source.looks import Colour
from dashboards.grafana.source.panels import Column
from dashboards.grafana.source.words import Words

KINDS = ("camera", "recorder")
CAMERA, RECORDER = ("camera",), ("recorder",)
TAGS = ("area", "site", "owner", "device")


def board(say: Words) -> Board:
    """Return the board."""
    where = queries.chosen(CAMERA)
    cameras = panels.listing(
        say,
        "cctv.cameras",
        [
            queries.newest("ping_rtt_seconds", where, ref="A"),
            queries.states_now(where, ref="B"),
            queries.newest("cpu_percent", where, ref="C"),
            queries.newest("memory_used_percent", where, ref="D"),
            queries.per_device("disk_used_percent", where, inner="last", outer="max", ref="E"),
            queries.names(CAMERA),
        ],
        [
            common.state_column(say),
            common.maintenance_column(say),
            *panels.device_columns(say),
            Column(panels.SEEN, "column.last_answer", width=180),
            Column("cpu_percent", "column.cpu", "percent", 0, limits=looks.above(95), bar=True),
            Column(
                "memory_used_percent",
                "column.memory",
                "percent",
                0,
                limits=looks.above(95),
                bar=True,
            ),
            Column("disk_used_percent", "column.card", "percent", 0, width=110),
        ],
        sort="badness",
    )
    return Board(
        uid="pantau-cctv",
        key="cctv",
        variables=TAGS,
        kinds=KINDS,
        rows=(
            Row(
                (
                    (common.counts(say, "cctv.counts", CAMERA), 12),
                    (common.counts(say, "cctv.recorder_counts", RECORDER), 12),
                ),
                4,
            ),
            Row(
                (
                    (common.uptime_now(say, "cctv.uptime", CAMERA), 6),
                    (common.states_over_time(say, "cctv.over_time", KINDS), 18),
                ),
                7,
            ),
            Row(((cameras, 24),), 13, "row.devices"),
            Row(
                (
                    (
                        panels.history(
                            say, "cctv.sites", queries.state_history(queries.chosen(KINDS), "site")
                        ),
                        14,
                    ),
                    (
                        panels.series(
                            say,
                            "cctv.loss",
                            queries.over_time("ping_loss_percent", where, by=("site",)),
                            unit="percent",
                            decimals=0,
                            low=0,
                            high=100,
                            limits=looks.above(20),
                            interval="2m",
                        ),
                        10,
                    ),
                ),
                10,
            ),
            Row(((recorders(say), 24),), 9, "row.recorders"),
            Row(
                ((common.uptime_by(say, "cctv.uptime_by_device", "device", KINDS), 24),),
                11,
                "row.uptime",
            ),
        ),
    )


def recorders(say: Words) -> panels.Panel:
    """Return the recorders: channels, disks, and when each was last heard of."""
    where = queries.chosen(RECORDER)
    return panels.listing(
        say,
        "cctv.recorders",
        [
            queries.newest("ping_rtt_seconds", where, ref="A"),
            queries.states_now(where, ref="B"),
            queries.newest("video_channels", where, ref="C"),
            queries.newest("disks", where, ref="D"),
            queries.per_device("storage_used_percent", where, inner="last", outer="max", ref="E"),
            queries.names(RECORDER),
        ],
        [
            common.state_column(say),
            *panels.device_columns(say),
            Column(panels.SEEN, "column.last_answer", width=180),
            Column("video_channels", "column.channels", decimals=0, width=110),
            Column("disks", "column.disks", decimals=0, width=110),
            Column(
                "storage_used_percent",
                "column.storage",
                "percent",
                0,
                limits=looks.limits((98, Colour.DEGRADED)),
                bar=True,
            ),
        ],
        sort="badness",
    )
