"""`pantau token …`: access for walls, scripts and people; `pantau user …` says the same of people.

A user is a token with the name of a shift or a person (docs/adr/0046).
"""

import os
import re
from datetime import timedelta
from pathlib import Path

import click

from api.commands.options import config_option, who
from api.commands.output import problems_told, say, say_json, say_table
from collector.clock import SystemClock
from collector.config import load_config
from collector.store import Store, TokenRole

_UNITS = {"h": 3_600, "d": 86_400, "w": 604_800}


class Lifetime(click.ParamType[timedelta]):
    """A time span such as `90d`, `12h` or `8w`."""

    name = "span"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the span, or fail saying how to write it."""
        found = re.fullmatch(r"([1-9]\d{0,4})([hdw])", str(value))
        if found is None:
            self.fail(f"{value!r} is no time span; write 12h, 90d or 8w", param, ctx)
        return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def _store(config: Path | None) -> Store:
    return Store.open(load_config(config, os.environ).store_path)


@click.group()
def token() -> None:
    """Make, list and revoke tokens."""


@token.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in TokenRole]), default="viewer")
@click.option("--expires", type=Lifetime(), help="For example 90d. Default: never.")
@config_option
def create(name: str, role: str, expires: timedelta | None, config: Path | None) -> None:
    """Make a token and print it. It is not stored and cannot be shown again."""
    now = SystemClock().now()
    with problems_told(), _store(config) as store:
        until = None if expires is None else now + expires
        say(store.tokens.create(name, TokenRole(role), until, now, author=who()))


@token.command("list")
@click.option("--json", "as_json", is_flag=True)
@config_option
def list_(config: Path | None, *, as_json: bool) -> None:
    """List the tokens that were made."""
    with problems_told(), _store(config) as store:
        rows = store.tokens.list()
    if as_json:
        say_json(rows)
        return
    table = [("NAME", "ROLE", "EXPIRES", "LAST USED")]
    for row in rows:
        expires = "revoked" if row.revoked_at else str(row.expires_at or "never")
        role = row.role if row.screen is None else f"{row.role} (screen)"
        table.append((row.name, role, expires, str(row.last_used_at or "never")))
    say_table(table)


@token.command()
@click.argument("name")
@config_option
def revoke(name: str, config: Path | None) -> None:
    """Revoke every token of a name; sessions made with them end at once."""
    with problems_told(), _store(config) as store:
        revoked = store.tokens.revoke(name, SystemClock().now(), author=who())
    say(f"{revoked} revoked")
    if not revoked:
        raise click.exceptions.Exit(1)


@click.group()
def user() -> None:
    """Let people in: a user is a token with the name of a shift or a person."""


user.add_command(create, "add")
user.add_command(list_, "list")
user.add_command(revoke, "remove")
