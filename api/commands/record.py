"""`pantau record`: a recording of one's own device, fit to be shown to others."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from api.commands.credential import AsWhom, snmp_options
from api.commands.devices import question_of
from api.commands.options import config_option
from api.commands.output import FOUND_A_PROBLEM, problems_told, say
from collector.config import load_config
from collector.model import Target
from collector.probes.snmp.agent import Agent, SnmpSettings
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.errors import SnmpError
from collector.probes.snmp.probe import agent_of
from collector.probes.snmp.recording import ROOTS, Bounds, Recorded, Recorder, oid_of
from collector.probes.snmp.scrubbing import Scrubbed, lines_of, scrub
from collector.profiles import load_profiles
from collector.profiles.sources import FORBIDDEN, is_within

_TIMEOUT_SECONDS = 3.0
_EVERYBODYS = ("public", "private")  # communities that say nothing of anybody
_PROGRESS_EVERY = 50  # values
_TEXTS_SHOWN = 40
_HEAD = (
    "# Recorded by `pantau record`: OID|TAG|VALUE. Names, addresses and numbers of single devices",
    "# were replaced. Look through it before you give it away.",
)


class OidWord(click.ParamType[str]):
    """An OID such as `1.3.6.1.4.1.14988`, and none that must not be asked for."""

    name = "OID"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the OID without a leading dot, or fail saying what is wrong."""
        text = str(value).removeprefix(".")
        try:
            oid = oid_of(text)
        except ValueError:
            oid = ()
        if len(oid) < 2 or not all(0 <= arc < 1 << 32 for arc in oid):
            self.fail(f"{value!r} is no OID; write one such as 1.3.6.1.4.1.14988", param, ctx)
        for forbidden, why in FORBIDDEN.items():
            if is_within(text, forbidden):
                self.fail(f"{text} must not be asked for: {why}", param, ctx)
        return text


@click.command()
@click.argument("target")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Where to write it.")
@click.option("--only", multiple=True, type=OidWord(), help="Record what is below this, not all.")
@click.option("--with-tables", is_flag=True, help="Also tables of persons: ARP, clients, routes.")
@click.option("--hide", multiple=True, help="A word that must not be in it. May be repeated.")
@snmp_options
@click.option("--port", type=click.IntRange(1, 65_535), help="SNMP port.")
@click.option("--minutes", type=click.FloatRange(0.1, 240), default=15.0, show_default=True)
@click.option("--values", type=click.IntRange(1, 1_000_000), default=100_000, show_default=True)
@config_option
def record(
    target: str,
    out: Path,
    only: tuple[str, ...],
    hide: tuple[str, ...],
    port: int | None,
    minutes: float,
    values: int,
    config: Path | None,
    *,
    with_tables: bool,
    **as_whom: Any,
) -> None:
    """Record TARGET, a device of the inventory or an address, over SNMP into a .snmprec file.

    It is only read, never written to, and what reboots devices or runs scripts is walked around.
    Names, serial numbers, MAC and IP addresses are replaced, the same by the same.
    """
    with problems_told():
        settings = load_config(config, os.environ)
        profiles = load_profiles(settings.profiles)
        asked = question_of(target, settings, profiles, None, port, AsWhom(**as_whom))
        agent = agent_of(Target("record", asked.address, asked.port, asked.credential))
        bounds = Bounds(values, minutes * 60)
        try:
            recorded = asyncio.run(_record(agent, only or ROOTS, bounds, with_tables=with_tables))
        except SnmpError as error:
            click.echo(f"pantau: {target}: {error}", err=True)
            raise click.exceptions.Exit(FOUND_A_PROBLEM) from None
        if not recorded.values:
            click.echo(f"pantau: {target} has nothing to record there", err=True)
            raise click.exceptions.Exit(FOUND_A_PROBLEM)
        # What is said to get in must not turn up in a file that is given away.
        whom = asked.credential
        names = (whom.community, whom.user, whom.context)
        secrets = [word for word in names if len(word) > 1 and word not in _EVERYBODYS]
        scrubbed = scrub(recorded.values, [*secrets, *hide])
        _write(out, scrubbed)
    _tell(out, recorded, scrubbed)


async def _record(
    agent: Agent, roots: Sequence[str], bounds: Bounds, *, with_tables: bool
) -> Recorded:
    settings = SnmpSettings(timeout_seconds=_TIMEOUT_SECONDS, retries=1, with_tags=True)
    engine = await SnmpEngine.open(settings)
    progress = _Progress()
    recorder = Recorder(
        engine, agent, with_tables=with_tables, bounds=bounds, progress=progress.show
    )
    try:
        return await recorder.run(roots)
    finally:
        progress.end()
        await engine.close()


class _Progress:
    """One line on a terminal that says how far the walk is; nothing where there is none."""

    def __init__(self) -> None:
        self._shown = -_PROGRESS_EVERY
        self._is_terminal = sys.stderr.isatty()

    def show(self, oid: str, count: int) -> None:
        if self._is_terminal and count >= self._shown + _PROGRESS_EVERY:
            self._shown = count
            click.echo(f"\r{count} values, at {oid[:60]:<60}", err=True, nl=False)

    def end(self) -> None:
        if self._is_terminal:
            click.echo("\r" + " " * 90 + "\r", err=True, nl=False)


def _write(out: Path, scrubbed: Scrubbed) -> None:
    """Write the file, readable by its owner alone: it has not been looked through yet."""
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in (*_HEAD, *lines_of(scrubbed.values)))
    except OSError as error:
        click.echo(f"pantau: {out} cannot be written: {error.strerror}", err=True)
        raise click.exceptions.Exit(FOUND_A_PROBLEM) from None


def _tell(out: Path, recorded: Recorded, scrubbed: Scrubbed) -> None:
    say(f"{len(scrubbed.values)} values are in {out}.")
    for kind, number in scrubbed.replaced.items():
        say(f"  replaced: {kind}: {number}")
    for what in sorted(recorded.skipped):
        say(f"  left out: {what}")
    for trouble in recorded.trouble:
        say(f"  {trouble}")
    say("Look through the file before you give it away. Texts that are still in it, such as:")
    for text in scrubbed.texts[:_TEXTS_SHOWN]:
        say(f"  {text[:100]}")
    if len(scrubbed.texts) > _TEXTS_SHOWN:
        say(f"  … and {len(scrubbed.texts) - _TEXTS_SHOWN} more")
    say("A word that should not be there goes with --hide WORD. Then:")
    say(f"  pantau profile test NAME --walk {out}")
