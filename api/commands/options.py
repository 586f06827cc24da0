"""Options that several commands share."""

from pathlib import Path

import click

DEFAULT_CONFIG = Path("pantau.yaml")


def _find(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    del context, parameter
    return DEFAULT_CONFIG if value is None and DEFAULT_CONFIG.is_file() else value


config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    callback=_find,
    help="Settings. Default: pantau.yaml in this folder, else the embedded defaults.",
)
