"""`pantau uptime`: the uptime table, straight from the store."""

import os
import sys
from pathlib import Path

import click

from api.commands.options import config_option
from api.commands.output import problems_told, say_json, say_table
from api.settings import ApiSettings
from api.uptime_csv import CsvForm, as_csv
from api.uptime_query import Asked, QueryError, read_question
from api.uptime_table import Table, as_json, make_table
from collector.clock import SystemClock
from collector.config import load_config
from collector.sight import sight
from collector.store import Store
from collector.uptime import GroupBy


@click.command()
@click.option("--from", "from_", help="A moment with its zone, or a date. Default: a day ago.")
@click.option("--to", help="The same, not included. Default: now.")
@click.option("--month", help="Instead: a whole month such as 2026-10.")
@click.option(
    "--group-by",
    default=GroupBy.DEVICE.value,
    show_default=True,
    type=click.Choice([one.value for one in GroupBy]),
    help="What one row is about.",
)
@click.option("--kind", help="Only devices of a kind.")
@click.option("--site", help="Only those of a site.")
@click.option("--area", help="Only those of an area and all below it.")
@click.option("--owner", help="Only those of an owner.")
@click.option("--device", help="Only this one.")
@click.option("--exclude", help="What the plain figure leaves out. Default: maintenance.")
@click.option("--contract", help="The contract beside it. Default: the one in force.")
@click.option(
    "--degraded",
    default="up",
    show_default=True,
    type=click.Choice(["up", "down"]),
    help="What degraded time counts as.",
)
@click.option("--csv", "as_file", is_flag=True, help="Write CSV.")
@click.option(
    "--format",
    "form",
    type=click.Choice([one.value for one in CsvForm]),
    help="Form of the CSV: csv, or csv-id for Excel in Indonesian.",
)
@click.option("--json", "as_json_", is_flag=True, help="Write what GET /uptime gives.")
@config_option
def uptime(
    from_: str | None,
    to: str | None,
    month: str | None,
    group_by: str,
    exclude: str | None,
    contract: str | None,
    degraded: str,
    form: str | None,
    config: Path | None,
    *,
    as_file: bool,
    as_json_: bool,
    **filters: str | None,
) -> None:
    """Print uptime: the plain figure and the contract's side by side, with coverage."""
    if as_json_ and (as_file or form):
        raise click.UsageError("give either --json or --csv")
    asked = Asked(
        from_=from_,
        to=to,
        month=month,
        group_by=GroupBy(group_by),
        exclude=exclude,
        contract=contract,
        degraded_is_up=degraded == "up",
        filters={name: value for name, value in filters.items() if value is not None},
    )
    with problems_told():
        loaded = load_config(config, os.environ)
        settings = ApiSettings(
            zone=loaded.zone,
            rule=loaded.rule,
            contracts=loaded.contracts,
            contract=loaded.contract,
        )
        with Store.open(loaded.store_path) as store:
            table = _reckoned(store, asked, settings)
    if as_json_:
        say_json(as_json(table))
    elif as_file or form:
        data = as_csv(table, CsvForm(form or CsvForm.CSV), settings)
        click.echo(data, nl=False)
    else:
        _print(table)


def _reckoned(store: Store, asked: Asked, settings: ApiSettings) -> Table:
    now = SystemClock().now()
    try:
        question = read_question(asked, settings, now)
        seen = sight(store.collectors(), now, settings.collector_timeout_seconds)
        return make_table(store, question, settings, now, seen.known_until, _tell_progress)
    except QueryError as error:
        option = "--from" if error.name == "from" else f"--{error.name}"
        raise click.UsageError(f"{option}: {error.message}") from None


def _tell_progress(done: int, of: int) -> None:
    click.echo(f"sums of past months: {done} of {of} devices", err=True)


def _print(table: Table) -> None:
    name = table.question.contract.name
    lines = [("KEY", "NAME", "DEVICES", "UPTIME %", f"{name.upper()} %", "COVERAGE %", "OUTAGES")]
    for row in table.rows:
        plain, contract = table.figures(row.plain), table.figures(row.contract)
        lines.append(
            (
                row.key,
                row.name,
                str(row.plain.devices),
                _percent(plain.uptime_percent),
                _percent(contract.uptime_percent),
                _percent(plain.coverage_percent),
                str(plain.outages),
            )
        )
    for zone in table.zones:
        click.echo(
            f"{zone.start:%Y-%m-%dT%H:%M:%SZ} to {zone.end:%Y-%m-%dT%H:%M:%SZ} ({zone.zone})"
        )
    say_table(lines)
    sys.stdout.flush()


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
