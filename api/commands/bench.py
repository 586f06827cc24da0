"""`pantau bench`: the whole product, or its engines, measured on this machine."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from api.commands.output import log_to_stderr, problems_told, say


@click.group()
def bench() -> None:
    """Measure Pantau on this machine; needs no configuration, no root, and devices of its own."""


@bench.command()
@click.option("--devices", type=click.IntRange(20, 100_000), default=1_000, show_default=True)
@click.option("--dead", default="10%", show_default=True, help="Share that answers nothing.")
@click.option("--slow", default="5%", show_default=True, help="Share whose agents take 1 to 3 s.")
@click.option("--lossy", default="5%", show_default=True, help="Share that loses 1-5 % of echoes.")
@click.option("--hostile", default="0%", show_default=True, help="Share that answers in bursts.")
@click.option("--loss", default="0%", show_default=True, help="Of every echo, lost besides.")
@click.option("--killed", type=click.IntRange(min=1), help="Die at once. Default: 500, or a tenth.")
@click.option(
    "--minutes",
    type=click.FloatRange(min=0.1),
    default=5.0,
    show_default=True,
    help="How long nothing happens.",
)
@click.option(
    "--warm-up",
    type=click.FloatRange(min=0.0),
    default=1.0,
    show_default=True,
    help="Minutes before that; after 5 every table was met.",
)
@click.option("--sparse", is_flag=True, help="Once a minute an echo and the GET; no tables.")
@click.option("--seed", default=1, show_default=True)
@click.option("--data", type=click.Path(path_type=Path), help="Keep what was stored in a folder.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the figures here.")
def fleet(
    devices: int,
    dead: str,
    slow: str,
    lossy: str,
    hostile: str,
    loss: str,
    killed: int | None,
    minutes: float,
    warm_up: float,
    sparse: bool,
    seed: int,
    data: Path | None,
    file: Path | None,
) -> None:
    """Watch a fleet that really answers ping and SNMP; say what it cost and what was late.

    In a minute every device is asked for three echoes and twelve SNMP objects, every five minutes
    for a table of 4 columns and 24 rows. The platform has one core, the devices have another.
    """
    log_to_stderr()
    # They bring the platform's parts; other commands do without.
    agents, run = import_module("api.bench.agents"), import_module("api.bench.fleet")
    shares = {"dead": dead, "slow": slow, "lossy": lossy, "hostile": hostile, "loss": loss}
    load = agents.Load(
        devices=devices, seed=seed, **{name: _share(f"--{name}", shares[name]) for name in shares}
    )
    if load.dead + load.slow + load.lossy + load.hostile > 1:
        words = "--dead, --slow, --lossy and --hostile together are more than all devices"
        raise click.UsageError(words)
    options = run.BenchOptions(
        load,
        killed=killed or min(500, max(1, devices // 10)),
        minutes=minutes,
        warm_up_minutes=warm_up,
        sparse=sparse,
        data=data,
    )
    with problems_told():
        try:
            result = run.run_bench(options, say)
        except agents.FleetError as error:
            raise click.ClickException(str(error)) from None
    plain = _plain(result)
    if file is not None:
        file.write_text(json.dumps(plain, indent=2) + "\n")
    for line in import_module("api.bench.words").lines(plain):
        say(line)


@bench.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
def table(files: tuple[Path, ...]) -> None:
    """Print runs of `bench fleet --json` as a table in Markdown, as docs/performance.md has it."""
    try:
        results = [json.loads(file.read_text()) for file in files]
        rows = list(import_module("api.bench.words").table(results))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise click.ClickException(f"a file is no result of bench fleet: {error}") from None
    for row in rows:
        say(row)


@bench.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[BENCH]... [--json]")
def engines(words: tuple[str, ...]) -> None:
    """Measure the engines beside references that do the same work, as ratios in one run.

    References are pysnmp, fping, plain SQLite and the like, so the benches are part of the source
    and of its tests, not of an installed Pantau. The same as `make bench ARGS=...`.
    """
    source = Path(__file__).resolve().parents[2]
    if not (source / "tests" / "benchmarks" / "ledger.py").is_file():
        raise click.ClickException(
            "the engines' benches come with the source: run `make bench` in a checkout of Pantau"
        )
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "tests.benchmarks.ledger", *words],
        cwd=source,
        env=os.environ | {"PYTHONPATH": str(source)},
        check=False,
    )
    raise SystemExit(done.returncode)


def _share(name: str, text: str) -> float:
    """Return `10%` or `0.1` as a share. Raises UsageError."""
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise click.UsageError(f"{name}: write a share such as 10% or 0.1")
    return share


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value
