"""`pantau grafana push`: dashboards, data sources and events into a Grafana over its API."""

import importlib.metadata
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click
import orjson
from pydantic import SecretStr

from api.commands.options import Span, config_option
from api.commands.output import FOUND_A_PROBLEM, problems_told, say, say_json
from api.grafana.calls import Grafana, GrafanaError
from api.grafana.events import events_of
from api.grafana.plan import Deed, Step, make_plan
from api.grafana.wanted import Event, Wanted, data_sources, fitted
from collector.clock import SystemClock
from collector.config import Config, GrafanaSettings, InfluxdbSettings, load_config
from collector.store import Store
from dashboards.grafana import dashboard_files

_FATAL = (None, 401)
"""Statuses after which no other step could do better: nobody there, wrong token."""


@click.group()
def grafana() -> None:
    """Bring Pantau into a Grafana that reads no files of ours."""


@grafana.command()
@config_option
@click.option("--dry-run", is_flag=True, help="Show the plan and change nothing.")
@click.option("--overwrite", is_flag=True, help="Also what somebody edited in Grafana.")
@click.option(
    "--events-since",
    default="90d",
    show_default=True,
    type=Span(),
    help="How far back incidents and maintenance become events.",
)
@click.option("--no-events", is_flag=True, help="Dashboards and data sources only.")
@click.option("--json", "as_json", is_flag=True)
def push(
    config: Path | None,
    events_since: float,
    *,
    dry_run: bool,
    overwrite: bool,
    no_events: bool,
    as_json: bool,
) -> None:
    """Push dashboards, data sources and events; run it as often as you like.

    First the plan is shown, then it is carried out. What somebody edited in Grafana is kept, and
    said so.
    """
    clock = SystemClock()
    with problems_told():
        loaded = load_config(config, os.environ)
        settings, token = _checked(loaded)
        now = clock.now()
        since_at = now - timedelta(seconds=events_since)
        language = settings.language or loaded.language
        events: tuple[Event, ...] = ()
        if not no_events and loaded.store_path.exists():
            with Store.open(loaded.store_path, read_only=True) as store:
                events = events_of(store, since_at, now, language)
    influxdb = loaded.influxdb or InfluxdbSettings.model_validate({})
    wanted = Wanted(
        _dashboards(language, influxdb, settings),
        data_sources(influxdb, settings.influxdb_url, influxdb.read_token or influxdb.token),
        events,
        since_at,
    )
    held = Grafana(settings.url, token, settings.timeout_seconds)
    try:
        version = held.version()
        ours = importlib.metadata.version("pantau")
        plan = list(make_plan(held, wanted, now, version=ours, overwrite=overwrite))
        if not as_json:
            say(f"Grafana {version} at {settings.url}".replace("  ", " "))
            _show(plan)
        failed = [] if dry_run else _carry_out(plan)
    except GrafanaError as error:
        click.echo(f"pantau: {error}", err=True)
        raise click.exceptions.Exit(FOUND_A_PROBLEM) from None
    finally:
        held.close()
    if as_json:
        keys = ("kind", "name", "deed", "reason")
        say_json([{key: getattr(step, key) for key in keys} for step in plan])
    elif not dry_run:
        say(f"{_count(plan) - len(failed)} done")
    if failed:
        raise click.exceptions.Exit(FOUND_A_PROBLEM)


def _checked(config: Config) -> tuple[GrafanaSettings, SecretStr]:
    settings = config.grafana
    if settings is None or settings.token is None:
        raise click.UsageError(
            "there is no token: write `grafana: {url: …, token_file: …}` into pantau.yaml, or set "
            "PANTAU__GRAFANA__URL and PANTAU__GRAFANA__TOKEN_FILE"
        )
    return settings, settings.token


def _dashboards(
    language: str, influxdb: InfluxdbSettings, settings: GrafanaSettings
) -> tuple[dict[str, object], ...]:
    made = [orjson.loads(file.read_bytes()) for file in dashboard_files(language)]
    return fitted(made, bucket_1h=influxdb.bucket_1h, desk_url=settings.desk_url)


def _show(plan: Sequence[Step]) -> None:
    for step in plan:
        if step.deed is not Deed.SAME:
            say(f"  {step}")
    counts = {deed: sum(step.deed is deed for step in plan) for deed in Deed}
    say(", ".join(f"{count} to {deed}" for deed, count in counts.items() if deed in _TO_DO))
    said = ", ".join(f"{count} {deed}" for deed, count in counts.items() if deed not in _TO_DO)
    say(said)


_TO_DO = (Deed.CREATE, Deed.CHANGE)


def _count(plan: Sequence[Step]) -> int:
    return sum(step.carry_out is not None for step in plan)


def _carry_out(plan: Sequence[Step]) -> list[Step]:
    """Do what is to be done; return what failed. Raises GrafanaError when nothing more can work."""
    failed = []
    for step in plan:
        if step.carry_out is None:
            continue
        try:
            step.carry_out()
        except GrafanaError as error:
            if error.status in _FATAL:
                raise
            click.echo(f"pantau: {step.kind} {step.name}: {error}", err=True)
            failed.append(step)
    return failed
