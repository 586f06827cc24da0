"""`pantau simulate …`: devices only, for trying things out."""

from pathlib import Path

import click

from simulators.city import build_city
from simulators.lists import make_lists, write_lists
from simulators.run import CityOptions, run_city, run_walk
from simulators.weakness import Weakness


@click.group()
def simulate() -> None:
    """Simulate devices on loopback addresses."""


@simulate.command()
@click.option(
    "--devices",
    type=click.IntRange(20, 50_000),
    help="Default: what the scenario is for; mostly 200.",
)
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--scenario",
    default="steady",
    show_default=True,
    help="basic, steady, backbone, feeder, storm, or a file.",
)
@click.option(
    "--state-directory",
    default=Path("city"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="Where inventory, facts and the record of what was done are written.",
)
def city(devices: int | None, seed: int, scenario: str, state_directory: Path) -> None:
    """Simulate a city until Ctrl-C."""
    options = CityOptions(state_directory, devices, seed, scenario, start=True)
    raise click.exceptions.Exit(run_city(options))


@simulate.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--address", default="127.0.0.1", show_default=True)
@click.option("--port", default=1161, show_default=True, type=click.IntRange(0, 65_535))
@click.option("--community", default="public", show_default=True)
@click.option(
    "--weakness",
    "weaknesses",
    multiple=True,
    type=click.Choice([one.value for one in Weakness]),
    help="Something that agents of the field get wrong; may be given several times.",
)
def walk(file: Path, address: str, port: int, community: str, weaknesses: tuple[str, ...]) -> None:
    """Replay a recording (.snmprec) as one device until Ctrl-C."""
    wanted = [Weakness(one) for one in weaknesses]
    raise click.exceptions.Exit(run_walk(file, address, port, community, wanted))


@simulate.command()
@click.option("--devices", default=1_000, show_default=True, type=click.IntRange(20, 50_000))
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--out",
    default=Path("lists"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the three lists and key.json, the truth about them.",
)
def lists(devices: int, seed: int, out: Path) -> None:
    """Write three agencies' lists of a simulated city, with planted faults and their key."""
    made = make_lists(build_city(devices, seed))
    for path in write_lists(made, out):
        click.echo(path)
    click.echo(f"{len(made.rows)} rows, {len(made.faults)} planted faults")
