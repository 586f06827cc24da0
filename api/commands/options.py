"""Options that several commands share, and who gives them."""

import getpass
from importlib import import_module
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


class Span(click.ParamType[float]):
    """A duration as settings write it, in seconds: `500ms`, `30s`, `5m`."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds, or fail saying how to write it."""
        if isinstance(value, float):
            return value
        shape = import_module("collector.config.shape")  # most commands do without
        try:
            seconds: float = shape.seconds_of(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return seconds


def who() -> str:
    """Return who is at the keyboard, for the record."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):
        return "command line"
