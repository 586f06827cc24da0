"""`pantau verify` and `pantau evidence key`: checking packs, and whose packs are ours."""

import os
from pathlib import Path

import click

from api.commands.options import config_option
from api.commands.output import FOUND_A_PROBLEM, fail, problems_told, say, say_json

_WRONG_USE = 2


@click.command()
@click.argument(
    "pack", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--key", help="Fingerprint of the key that must have sealed it.")
@click.option("--program", is_flag=True, help="Write the program that does this, to pass it on.")
@click.option("--json", "as_json", is_flag=True, help="Write what was found as JSON.")
def verify(pack: Path | None, key: str | None, *, program: bool, as_json: bool) -> None:
    """Recompute every figure of an evidence pack from its raw rows, and check its seal.

    Needs no server and no settings. Exit code 0: genuine; 1: it is not.
    """
    from api.evidence import verify as checking

    if program:
        click.echo(Path(checking.__file__).read_text(encoding="utf-8"), nl=False)
        return
    if pack is None:
        raise click.UsageError("name the pack, such as laporan-2026-10.zip")
    fingerprint = "".join(char for char in (key or "").lower() if char in "0123456789abcdef")
    if key is not None and len(fingerprint) != 64:
        raise click.UsageError("--key: a fingerprint has 64 hexadecimal digits")
    try:
        signer, found = checking.check(pack.read_bytes(), fingerprint)
    except Exception as error:  # noqa: BLE001 - whatever a hostile pack makes fail
        signer, found = "", [f"it is not made as packs are: {error!r}"]
    if as_json:
        say_json(
            {
                "pack": pack.name,
                "genuine": not found,
                "sealed_by": signer or None,
                "problems": found,
            }
        )
    elif found:
        for line in found[:20]:
            click.echo(f"{pack.name}: {line}", err=True)
        if len(found) > 20:
            click.echo(f"{pack.name}: and {len(found) - 20} more; --json tells all", err=True)
    else:
        say(f"{pack.name}: genuine. No byte was altered, every figure follows from its raw rows.")
        say(f"sealed by {signer}")
    if found:
        raise click.exceptions.Exit(FOUND_A_PROBLEM)


@click.group()
def evidence() -> None:
    """Who seals evidence packs here."""


@evidence.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Write it as JSON.")
def key(config: Path | None, *, as_json: bool) -> None:
    """Print the public key that seals our packs, and its fingerprint; make the key if need be."""
    from api.evidence.key import NAME, KeyFileError, load_evidence_key
    from collector.config import load_config

    with problems_told():
        folder = load_config(config, os.environ).data_directory
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = load_evidence_key(folder / NAME)
    except (OSError, KeyFileError) as error:
        fail(str(error))
    if as_json:
        say_json({"fingerprint": found.fingerprint, "public_key": found.public})
        return
    say(f"fingerprint  {found.fingerprint}")
    say(f"public key   {found.public}")
    click.echo(found.public_pem, nl=False)
