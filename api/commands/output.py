"""How commands speak: lines for people, JSON for programs, problems on standard error."""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import click
import orjson

from collector.config import ProblemsError

FOUND_A_PROBLEM = 1
_MENDABLE = {
    "api.demo.city": "CityError",
    "api.listening": "PortInUse",
    "collector.sinks": "SinkError",
    "collector.store.errors": "StoreError",
}
"""What an operator can mend, by module. One that was not loaded has raised nothing, and is not
loaded for this: the store is half of what a small process needs."""


def say(line: str) -> None:
    """Print a line for people, at once."""
    click.echo(line)
    sys.stdout.flush()


def say_json(value: object) -> None:
    """Print a value for programs."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
    click.echo(orjson.dumps(value, option=options).decode())


def say_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns as wide as their widest cell."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def fail(message: str) -> NoReturn:
    """End the command with what is wrong and how to mend it, and exit code 1."""
    click.echo(f"pantau: {message}", err=True)
    raise click.exceptions.Exit(FOUND_A_PROBLEM)


@contextmanager
def problems_told() -> Iterator[None]:
    """Turn what an operator can mend into a message and exit code 1; let faults of ours pass."""
    try:
        yield
    except ProblemsError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        raise click.exceptions.Exit(FOUND_A_PROBLEM) from None
    except ExceptionGroup as group:  # of tasks that ran side by side
        mendable, others = group.split(_mendable())
        if mendable is None or others is not None:
            raise
        for each in mendable.exceptions:
            click.echo(f"pantau: {each}", err=True)
        raise click.exceptions.Exit(FOUND_A_PROBLEM) from None
    except Exception as error:
        if not isinstance(error, _mendable()):
            raise
        click.echo(f"pantau: {error}", err=True)
        raise click.exceptions.Exit(FOUND_A_PROBLEM) from None


def _mendable() -> tuple[type[Exception], ...]:
    loaded = ((sys.modules.get(module), name) for module, name in _MENDABLE.items())
    return tuple(getattr(module, name) for module, name in loaded if module is not None)


def log_to_stderr(*, verbose: bool = False) -> None:
    """Set logging up once for this process: one line an event, time in UTC."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        stream=sys.stderr,
        force=True,
    )
    for chatty in ("alembic", "httpx", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
