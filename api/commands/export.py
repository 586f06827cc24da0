"""`pantau export`: datasets for other agencies and the public, as files or to a portal."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.commands.options import config_option
from api.commands.output import fail, problems_told, say, say_json
from api.settings import ApiSettings
from collector.clock import SystemClock
from collector.config import Config, load_config
from collector.config.exports import ExportSettings

if TYPE_CHECKING:
    from api.exports.making import Export

_NAMES = ("devices", "sites", "uptime", "outages")


@click.group(invoke_without_command=True)
@click.option("--dataset", "datasets", multiple=True, type=click.Choice(_NAMES), help="Only these.")
@click.option("--month", help="Month of uptime and outages. Default: the one before this.")
@click.option("--public", is_flag=True, help="What everybody may have: see docs/exports.md.")
@click.option(
    "--out",
    default=Path("export"),
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the files.",
    show_default=True,
)
@config_option
@click.pass_context
def export(
    context: click.Context,
    datasets: tuple[str, ...],
    month: str | None,
    out: Path,
    config: Path | None,
    *,
    public: bool,
) -> None:
    """Write datasets as CSV and JSON, with their dictionary."""
    if context.invoked_subcommand is not None:
        return
    from api.exports.writing import as_csv, as_json, dictionary, file_name

    with _made(config, datasets or _NAMES, month, public=public) as (exports, said):
        out.mkdir(parents=True, exist_ok=True)
        for one in exports:
            for form, content in (("csv", as_csv(one)), ("json", as_json(one, said))):
                path = out / file_name(one, form)
                path.write_bytes(content)
                say(f"{path}: {len(one.rows)} rows")
        path = out / "dictionary.json"
        path.write_bytes(_json(dictionary(said)))
        say(str(path))


@export.command()
@click.option("--month", help="Month of uptime and outages. Default: the one before this.")
@click.option("--dataset", "datasets", multiple=True, type=click.Choice(_NAMES), help="Only these.")
@click.option("--dry-run", is_flag=True, help="Only say what would be pushed.")
@click.option("--json", "as_json_", is_flag=True, help="Write what was done as JSON.")
@config_option
def push(
    month: str | None,
    datasets: tuple[str, ...],
    config: Path | None,
    *,
    dry_run: bool,
    as_json_: bool,
) -> None:
    """Push the public datasets to the CKAN portal of the settings."""
    from api.exports.ckan import Ckan, CkanError, CkanFile
    from api.exports.writing import as_csv, as_json, dictionary, file_name

    done = []
    with _made(config, datasets or _NAMES, month, public=True) as (exports, said):
        try:
            with Ckan(said) as portal:
                for one in exports:
                    about = f"{one.dataset.title_id} {one.month or ''}".strip()
                    files = [
                        CkanFile(file_name(one, "csv"), "CSV", as_csv(one), about),
                        CkanFile(file_name(one, "json"), "JSON", as_json(one, said), about),
                        CkanFile("dictionary.json", "JSON", _json(dictionary(said)), "kamus data"),
                    ]
                    if dry_run:
                        say(f"{one.dataset.name}: {', '.join(file.name for file in files)}")
                        continue
                    pushed = portal.push(one.dataset, files)
                    done.append(pushed)
                    if not as_json_:
                        what = "made" if pushed.package_made else "renewed"
                        new, old = len(pushed.made), len(pushed.renewed)
                        say(f"{pushed.package}: {what}; {new} files new, {old} renewed")
        except CkanError as error:
            fail(str(error))
    if as_json_:
        say_json(done)


@export.command(name="dictionary")
@config_option
def show_dictionary(config: Path | None) -> None:
    """Write the data dictionary as JSON."""
    from api.exports.writing import dictionary

    with problems_told():
        said = load_config(config, os.environ).exports
    say_json(dictionary(said))


@contextmanager
def _made(
    config: Path | None, names: Sequence[str], month: str | None, *, public: bool
) -> Iterator[tuple[list["Export"], ExportSettings]]:
    from api.exports.dictionary import BY_NAME
    from api.exports.making import Asked, ExportError, make_export
    from collector.sight import sight
    from collector.store import Store

    with problems_told():
        loaded = load_config(config, os.environ)
        settings = _settings(loaded)
        now = SystemClock().now()
        with Store.open(loaded.store_path) as store:
            seen = sight(store.collectors(), now, settings.collector_timeout_seconds)
            try:
                exports = [
                    make_export(
                        store,
                        settings,
                        Asked(name, month if BY_NAME[name].monthly else None, public=public),
                        now,
                        seen.known_until,
                    )
                    for name in names
                ]
            except ExportError as error:
                raise click.UsageError(f"--{error.name}: {error.message}") from None
        yield exports, loaded.exports


def _settings(loaded: Config) -> ApiSettings:
    return ApiSettings(
        zone=loaded.zone,
        rule=loaded.rule,
        contracts=loaded.contracts,
        contract=loaded.contract,
    )


def _json(value: object) -> bytes:
    import orjson

    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
