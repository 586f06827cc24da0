"""`pantau migrate`: what was kept in the embedded file moves to a server."""

import asyncio
import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from api.commands.options import config_option
from api.commands.output import FOUND_A_PROBLEM, log_to_stderr, problems_told, say, say_table
from collector.clock import Clock, SystemClock
from collector.config import Config, load_config
from collector.config.influxdb import InfluxdbSettings
from collector.courier.delivery import Delivery
from collector.courier.moving import Difference, MovePlan, Mover, plan_move, start_of
from collector.courier.moving_progress import Progress
from collector.inventory import Known, load_inventory
from collector.profiles import load_profiles
from collector.sinks.influx.client import InfluxClient
from collector.sinks.influx.encoder import Encoder
from collector.sinks.influx.facts import MetricFacts
from collector.sinks.influx.identity import identities
from collector.sinks.spool import Spool
from collector.sinks.sqlite import SqliteSink

_SHOWN = 20


@click.group()
def migrate() -> None:
    """Move what was kept in files to a server."""


@migrate.command()
@config_option
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="The embedded sink's file. Default: readings.db of the data folder.",
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]),
    help="Move nothing older than this day or moment (UTC).",
)
@click.option("--dry-run", is_flag=True, help="Say what would be moved, and move nothing.")
def readings(
    config: Path | None, source: Path | None, since: datetime | None, *, dry_run: bool
) -> None:
    """Copy the readings of the embedded file to InfluxDB, and count them there.

    The file is only read, also while a collector uses it. A run that was stopped or killed goes on
    where it was. Exit code 1: InfluxDB refused lines, or holds less than was moved.
    """
    log_to_stderr()
    with problems_told():
        loaded = load_config(config, os.environ)
        settings = loaded.influxdb
        if settings is None:
            raise click.UsageError(
                "there is no InfluxDB to move to; add a section influxdb to pantau.yaml"
            )
        path = source or loaded.readings_path
        if not path.is_file():
            raise click.UsageError(f"{path} does not exist; name the file with --from")
        start = None if since is None else since.replace(tzinfo=UTC)
        with closing(SqliteSink.open(path, read_only=True)) as opened:
            plan = plan_move(opened.all_hours(), settings, SystemClock().now(), start)
            _tell_plan(path, plan, settings)
            if dry_run:
                return
            target = f"{settings.url} {settings.bucket} {'' if start is None else start}"
            progress = Progress.load(path.with_name(f"{path.name}-moved.json"), target)
            try:
                differences = asyncio.run(_move(loaded, settings, opened, plan, progress))
            except KeyboardInterrupt:
                say("\nstopped; the same command goes on after what InfluxDB has confirmed")
                raise
    _tell_end(progress, differences)
    if differences or progress.dead:
        raise click.exceptions.Exit(FOUND_A_PROBLEM)


async def _move(
    config: Config,
    settings: InfluxdbSettings,
    source: SqliteSink,
    plan: MovePlan,
    progress: Progress,
) -> list[Difference]:
    clock = SystemClock()
    profiles = load_profiles(config.profiles)
    facts = MetricFacts.of(profiles.values())
    names = Known(profiles, frozenset(), frozenset(config.credentials))
    inventory = load_inventory(config.inventory, names)
    known = identities(inventory.devices.values(), inventory.sites)
    with closing(Spool.open(config.spool_path)) as spool, closing(InfluxClient(settings)) as client:
        encoder = Encoder(known, facts, spool.fields())
        async with Delivery.open(settings, clock) as delivery:
            mover = Mover(*(source, encoder, spool, delivery, client, settings, clock, progress))
            done = sum(1 for hour in plan.hours if mover.has_moved(hour))
            if progress.hour is not None:
                say(f"going on after {done} of {len(plan.hours)} hours")
            rate = _Rate(progress, clock)
            with click.progressbar(
                length=len(plan.hours), label="moving", width=24, show_pos=True, item_show_func=rate
            ) as bar:
                bar.update(done)
                await mover.run(plan.hours, lambda: bar.update(1))
            with click.progressbar(length=mover.questions(), label="counting", width=24) as bar:
                differences = await mover.differences(lambda: bar.update(1))
    if not differences:
        progress.is_verified = True
        progress.save()
    return differences


class _Rate:
    """What the bar says beside the hours: readings of this run, and how many a second."""

    def __init__(self, progress: Progress, clock: Clock) -> None:
        self._progress = progress
        self._clock = clock
        self._began = clock.monotonic()
        self._before = progress.readings

    def __call__(self, _: object) -> str:
        moved = self._progress.readings - self._before
        seconds = max(self._clock.monotonic() - self._began, 0.001)
        return f"{moved:,} readings, {moved / seconds:,.0f}/s"


def _tell_plan(path: Path, plan: MovePlan, settings: InfluxdbSettings) -> None:
    say(f"{path} to {settings.url}, bucket {settings.bucket}")
    rows = [
        (plan.whole, "are moved as they are"),
        (plan.rolled, "are older than influxdb.keep: moved as roll-ups of 5 minutes and an hour"),
        (plan.too_old, "are older than --since or than InfluxDB keeps anything: stay in the file"),
    ]
    for hours, words in rows:
        if hours:
            span = f"{start_of(hours[0]):%Y-%m-%dT%HZ} to {start_of(hours[-1] + 1):%Y-%m-%dT%HZ}"
            count = "1 hour" if len(hours) == 1 else f"{len(hours)} hours"
            say(f"  {count} ({span}) {words}")
    if not plan.hours:
        say("  nothing to move")


def _tell_end(progress: Progress, differences: list[Difference]) -> None:
    say(f"{progress.readings:,} readings moved; {sum(progress.counted.values()):,} values counted")
    if progress.refused:
        say(f"{progress.refused:,} readings fit no field of InfluxDB or were a series too many")
    if progress.dead:
        say(f"{progress.dead:,} lines were refused, among them:")
        for letter in progress.letters:
            say(f"  {letter}")
    if differences:
        say(f"InfluxDB holds less than was moved in {len(differences)} places:")
        rows = [("BUCKET", "DEVICE", "MEASUREMENT", "MOVED", "HELD")]
        rows += [
            (one.bucket, one.device, one.measurement, str(one.moved), str(one.held))
            for one in differences[:_SHOWN]
        ]
        say_table(rows)
        if len(differences) > _SHOWN:
            say(f"and {len(differences) - _SHOWN} more")
    elif not progress.dead:
        say("InfluxDB holds everything that was moved; the file may be put away")
