"""`pantau area`: codes of administrative areas by date."""

import os
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from api.commands.options import config_option, who
from api.commands.output import FOUND_A_PROBLEM, problems_told, say, say_json, say_table
from collector.clock import SystemClock


@click.group()
def area() -> None:
    """Codes of administrative areas: Kemendagri's and BPS's, by date."""


@area.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@click.option("--json", "as_json", is_flag=True, help="Write what was done as JSON.")
@config_option
def import_codes(file: Path, config: Path | None, *, dry_run: bool, as_json: bool) -> None:
    """Put in a dated file of codes (CSV), all of it or nothing.

    Columns: code, name, bps_code, valid_from, valid_to, replaces, basis; Indonesian headings do as
    well. What was put in before stays; a row that begins on the day of another replaces it.
    """
    from collector.area_codes import LARGEST, AreaFileError, read_codes
    from collector.config import load_config
    from collector.store import Store

    with problems_told(), Store.open(load_config(config, os.environ).store_path) as store:
        known = frozenset(one.code for one in store.area_codes.register())
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
        try:
            codes = read_codes(data, known)
        except AreaFileError as error:
            for problem in error.problems:
                click.echo(f"{file}: {problem}", err=True)
            click.echo(f"{file}: nothing was put in", err=True)
            raise click.exceptions.Exit(FOUND_A_PROBLEM) from None
        if dry_run:
            change = store.area_codes.plan(codes)
        else:
            change = store.area_codes.put(codes, who(), SystemClock().now(), file.name)
    if as_json:
        told = {"created": change.created, "changed": change.changed, "same": change.same}
        say_json(told | {"applied": not dry_run})
        return
    say(f"{change.created} created, {change.changed} changed, {change.same} the same")
    if dry_run:
        say("nothing was put in: --dry-run")


@area.command(name="list")
@click.argument("code", required=False)
@click.option("--at", "at", help="Only what is in force on this day, such as 2026-11-22.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@config_option
def list_codes(code: str | None, at: str | None, config: Path | None, *, as_json: bool) -> None:
    """Print codes with their dates: all, or those of CODE and below it."""
    from collector.config import load_config
    from collector.store import Store

    try:
        day = None if at is None else date.fromisoformat(at)
    except ValueError:
        raise click.UsageError(f'--at: "{at}" is no date; write 2026-11-22') from None
    with problems_told():
        loaded = load_config(config, os.environ)
        today = SystemClock().now().astimezone(ZoneInfo(loaded.zone)).date()
        with Store.open(loaded.store_path) as store:
            every = list(store.area_codes.register())
    found = [
        one
        for one in every
        if (code is None or one.code == code or one.code.startswith(f"{code}."))
        and (day is None or one.holds(day))
    ]
    if as_json:
        say_json(
            [
                {
                    "code": one.code,
                    "name": one.name,
                    "bps_code": one.bps,
                    "valid_from": one.valid_from,
                    "valid_to": one.valid_to,
                    "replaces": one.replaces,
                    "basis": one.basis,
                    "in_force": one.holds(today),
                }
                for one in found
            ]
        )
        return
    lines = [("CODE", "BPS", "NAME", "FROM", "TO", "REPLACES")]
    lines += [
        (
            one.code,
            one.bps or "",
            one.name,
            str(one.valid_from or ""),
            str(one.valid_to or ""),
            " ".join(one.replaces),
        )
        for one in found
    ]
    say_table(lines)
