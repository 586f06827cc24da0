"""`pantau demo`: the platform over a simulated city."""

from importlib import import_module
from pathlib import Path

import click

from api.commands.output import log_to_stderr, problems_told, say
from api.demo.run import DemoOptions, run_demo

TRUTH = "truth"
ENDLESS = "steady"


@click.command()
@click.option(
    "--devices",
    type=click.IntRange(20, 50_000),
    help="Default: 200; backbone 500 (behind the switch), storm 10000.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed, another city.")
@click.option("--minutes", type=click.FloatRange(min=0.1), help="Stop by itself after so long.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the wall listens.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535))
@click.option("--data", type=click.Path(path_type=Path), help="Keep the data in this folder.")
@click.option(
    "--scenario",
    help="Built-in scenario or a file. Default: basic with --minutes. backbone, feeder, storm: one "
    "cause with many devices, or many at once, and how few messages come of it. `truth`: a "
    "scripted day in compressed time, every figure held against the simulators' record.",
)
@click.option("--score", type=click.Path(path_type=Path), help="Write the score to this file.")
@click.pass_context
def demo(
    context: click.Context,
    devices: int | None,
    seed: int,
    minutes: float | None,
    host: str,
    port: int,
    data: Path | None,
    scenario: str | None,
    score: Path | None,
) -> None:
    """Watch a simulated city: devices, collector, alerts, API and wall; faults come and go.

    With --minutes, or --score and a scenario that ends, it stops by itself and holds what the
    platform reported and told against what the simulators did; exit code 1 says that a fault or a
    message was missed or made up, or that there were more messages than the scenario allows.
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
    chosen = scenario or (ENDLESS if minutes is None else "basic")
    if score is not None and minutes is None and chosen == ENDLESS:
        raise click.UsageError(
            "--score needs --minutes, or a scenario that ends: else there is nothing to judge"
        )
    options = DemoOptions(devices, seed, minutes, port, host, data, chosen, score)
    with problems_told():
        code = run_demo(options, say)
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
