"""`pantau indicators`: what is asked by assessments, and the evidence that is there."""

import os
from pathlib import Path

import click

from api.commands.options import config_option
from api.commands.output import problems_told, say, say_json, say_table
from api.settings import ApiSettings
from collector.clock import SystemClock
from collector.config import load_config


@click.command()
@click.option("--month", help="Month of the figures. Default: the one before this.")
@click.option("--language", type=click.Choice(["id", "en"]), help="Default: that of the settings.")
@click.option("--json", "as_json", is_flag=True, help="Write what GET /indicators gives.")
@config_option
def indicators(
    month: str | None, language: str | None, config: Path | None, *, as_json: bool
) -> None:
    """Print indicators with certainty, working points of the month, and their evidence."""
    from api.exports.making import ExportError, month_asked
    from api.indicators.mapping import EVIDENCE, load_mapping
    from api.indicators.working import indicators_view, working_of
    from collector.sight import sight
    from collector.store import Store

    with problems_told():
        loaded = load_config(config, os.environ)
        mapping = load_mapping(loaded.indicators)
        settings = ApiSettings(zone=loaded.zone)
        now = SystemClock().now()
        with Store.open(loaded.store_path) as store:
            seen = sight(store.collectors(), now, settings.collector_timeout_seconds)
            try:
                first = month_asked(month, settings, now)
            except ExportError as error:
                raise click.UsageError(f"--month: {error.message}") from None
            view = indicators_view(store, settings, mapping, first, now, seen.known_until)
    if as_json:
        say_json(view)
        return
    words = language or loaded.language
    names = {one.id: getattr(one.name, words) for one in mapping.frameworks}
    lines = [("INDICATOR", "CERTAINTY", "POINTS", "WORKING", "COVERAGE %")]
    lines += [
        (getattr(one.name, words), one.certainty.value, *working_of(view, one.id))
        for one in mapping.indicators
    ]
    say(f"{first:%Y-%m}")
    say_table(lines)
    for one in mapping.indicators:
        say("")
        say(f"{names[one.framework]}: {getattr(one.name, words)}")
        for which in one.evidence:
            title = EVIDENCE[which][0 if words == "id" else 1]
            say(f"  {title}: {EVIDENCE[which][2].format(month=f'{first:%Y-%m}')}")
