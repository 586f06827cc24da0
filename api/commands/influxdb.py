"""`pantau influxdb setup`: buckets with their retention, and tokens with one right each."""

import os
from collections.abc import Mapping
from pathlib import Path

import click

from api.commands.options import Span, config_option
from api.commands.output import FOUND_A_PROBLEM, problems_told, say, say_json
from api.influxdb.setting_up import set_up
from api.influxdb.wanted import SetupError, TokenFiles, Wanted, buckets_of
from collector.config import ConfigError, InfluxdbSettings, read_config
from collector.config.secrets import SecretError, read_secret

_NOT_YET = ("influxdb.token_file", "influxdb.read_token_file")
"""Places whose files this command is there to write: that they are missing is no problem."""


@click.group()
def influxdb() -> None:
    """Set InfluxDB up."""


@influxdb.command()
@config_option
@click.option(
    "--admin-token-file",
    type=click.Path(path_type=Path),
    help="File with a token that may make buckets and tokens (1.x: USER:PASSWORD).",
)
@click.option(
    "--write-token-file",
    "write_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File for a token that may write only; may be given several times.",
)
@click.option(
    "--read-token-file",
    "read_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File for a token that may read only; may be given several times.",
)
@click.option("--group-may-read", is_flag=True, help="Mode 0640 for the files instead of 0600.")
@click.option("--wait", default="0s", type=Span(), help="Wait so long for a server that starts.")
@click.option("--json", "as_json", is_flag=True)
def setup(
    config: Path | None,
    admin_token_file: Path | None,
    write_files: tuple[Path, ...],
    read_files: tuple[Path, ...],
    wait: float,
    *,
    group_may_read: bool,
    as_json: bool,
) -> None:
    """Make the buckets that the settings name, and tokens for them; run it as often as you like.

    What is there stays as it is; a retention that differs from `influxdb.keep…` is changed, and a
    token in a file that still works is kept.
    """
    with problems_told():
        settings = _settings(config, os.environ)
    steps = []
    try:
        admin = None
        if admin_token_file is not None:
            admin = read_secret(admin_token_file, str(admin_token_file))
        wanted = Wanted(
            settings.url,
            settings.organisation,
            buckets_of(settings),
            TokenFiles(write_files, read_files, group_may_read),
            settings.timeout_seconds,
            admin,
        )
        for step in set_up(wanted, wait):
            steps.append(step)
            if not as_json:
                say(str(step))
    except (SetupError, SecretError) as error:
        click.echo(f"pantau: {error}", err=True)
        raise click.exceptions.Exit(FOUND_A_PROBLEM) from None
    if as_json:
        say_json(steps)


def _settings(path: Path | None, environ: Mapping[str, str]) -> InfluxdbSettings:
    """Return the section `influxdb`, or its defaults. Raises ConfigError."""
    loaded = read_config(path, environ)
    variables = {f"PANTAU__{place.replace('.', '__').upper()}" for place in _NOT_YET}
    problems = [it for it in loaded.problems if it.place not in variables.union(_NOT_YET)]
    if problems or loaded.config is None:
        raise ConfigError(problems or loaded.problems)
    return loaded.config.influxdb or InfluxdbSettings.model_validate({})
