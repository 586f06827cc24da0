"""`pantau demo`: the platform over a simulated city."""

from importlib import import_module
from pathlib import Path

import click

from api.commands.output import log_to_stderr, problems_told, say
from api.demo.run import DemoOptions, run_demo
from collector.clock import SystemClock

TRUTH = "truth"


@click.command()
@click.option("--devices", default=200, show_default=True, type=click.IntRange(20, 50_000))
@click.option("--seed", default=1, show_default=True, help="Another seed, another city.")
@click.option("--minutes", type=click.FloatRange(min=0.1), help="Stop by itself after so long.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the wall listens.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535))
@click.option("--data", type=click.Path(path_type=Path), help="Keep the data in this folder.")
@click.option(
    "--scenario",
    help="Built-in scenario or a file. Default: basic with --minutes. `truth`: a scripted day in "
    "compressed time, every figure held against the simulators' record.",
)
@click.option("--score", type=click.Path(path_type=Path), help="Write the score to this file.")
@click.pass_context
def demo(
    context: click.Context,
    devices: int,
    seed: int,
    minutes: float | None,
    host: str,
    port: int,
    data: Path | None,
    scenario: str | None,
    score: Path | None,
) -> None:
    """Watch a simulated city: devices, collector, API and wall, with faults that come and go.

    With --minutes it stops by itself and holds what the platform reported against what the
    simulators did; exit code 1 says that a fault was missed or made up.
    """
    log_to_stderr()
    if scenario == TRUTH:
        _refuse_given(context, "devices", "seed", "minutes", "host", "port")
        if data is not None and data.is_dir() and any(data.iterdir()):
            raise click.UsageError(f"--data: {data} is not empty; name a new folder")
        with problems_told():
            # It brings the API into this process; the usual demo has that in another one.
            truth = import_module("api.demo.truth.run")
            code: int = truth.run_truth(data, score, say)
        raise click.exceptions.Exit(code)
    if score is not None and minutes is None:
        raise click.UsageError("--score needs --minutes: without an end there is nothing to judge")
    chosen = scenario or ("steady" if minutes is None else "basic")
    options = DemoOptions(devices, seed, minutes, port, host, data, chosen, score)
    with problems_told():
        code = run_demo(options, SystemClock(), say)
    raise click.exceptions.Exit(code)


def _refuse_given(context: click.Context, *names: str) -> None:
    """Refuse options that mean nothing to the truth scenario. Raises UsageError."""
    given = [
        f"--{name}"
        for name in names
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
    ]
    if given:
        raise click.UsageError(
            f"{', '.join(given)}: the scenario {TRUTH} has a city, day and clock of its own"
        )
