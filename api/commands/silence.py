"""`pantau silence …`: mute alerts of devices for a while, with a reason."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import click

from api.commands.alert_explain import not_ready
from api.commands.moments import Lasting, moment_of
from api.commands.options import config_option, who
from api.commands.output import fail, problems_told, say, say_json, say_table
from api.commands.scopes import meant, refused, text_of
from collector.clock import SystemClock
from collector.config import load_config
from collector.model.alerts import Silence
from collector.notify.words.sayings import Sayings
from collector.silences import is_on, over_at
from collector.silences import silences as covers
from collector.store import SilenceGoneError, Store

_SAY = Sayings("en")
_OPTIONS = {
    "reason": "--reason",
    "author": "user",
    "starts_at": "--from",
    "ends_at": "--for",
    "owners": "SCOPE",
}
_NAMED = 10
_MOST = 1_000


@click.group()
def silence() -> None:
    """Silences: mute alerts for a while. They are recorded as held, and told at the end."""


@silence.command()
@click.argument("words", metavar="SCOPE…", nargs=-1, required=True)
@click.option("--for", "lasts", type=Lasting(), help="How long: 30m, 2h, 3d.")
@click.option("--until", help="Or until when: 06:00, or 2026-11-28T06:00.")
@click.option("--from", "from_", help="From when on. Default: now.")
@click.option("--reason", required=True, help="Why; whoever is on duty reads it.")
@click.option("--dry-run", is_flag=True, help="Say whom it would mute, and make nothing.")
@click.option("--json", "as_json", is_flag=True)
@config_option
def add(
    words: tuple[str, ...],
    lasts: timedelta | None,
    until: str | None,
    from_: str | None,
    reason: str,
    config: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Mute the devices of SCOPE: cam-1, site:ID, area:CODE (with all below) or tag:NAME.

    owner:ID and kind:camera narrow it; alone they are all devices of these. It ends by itself; what
    is still wrong then is told.
    """
    if (lasts is None) == (until is None):
        raise click.UsageError("say how long: either --for 2h or --until 06:00")
    named = meant(words, narrowing=True)
    now = SystemClock().now()
    with problems_told():
        settings = load_config(config, os.environ)
        zone = settings.zone
        starts_at = now if from_ is None else moment_of(from_, "--from", zone, now, ahead=True)
        ends_at = _end(starts_at, lasts, until, zone)
        wanted = Silence(
            named.scope, reason.strip(), who(), now, starts_at, ends_at, named.owners, named.kinds
        )
        with Store.open(settings.store_path) as store:
            faults = store.silences.check(wanted)
            if faults:
                raise refused(faults, _OPTIONS)
            made = wanted if dry_run else store.silences.create(wanted)
            muted = [one.id for one in store.facts() if not one.retired_at and covers(made, one)]
            firing = {one.device_id for one in store.alerts.firing().values()}.intersection(muted)
    if as_json:
        say_json({"silence": made, "devices": muted, "firing": sorted(firing)})
        return
    verb = "would mute" if dry_run else "mutes"
    name = "It" if made.id is None else f"Silence {made.id}"
    since = "" if from_ is None else f" from {_SAY.moment(made.starts_at, zone, now)}"
    say(f"{name} {verb} {_counted(muted)}{since} until {_SAY.moment(made.ends_at, zone, now)}.")
    if firing:
        say(f"Firing among them: {_SAY.listed(sorted(firing)[:_NAMED], len(firing) - _NAMED)}.")
    if made.id is not None:
        say(f"To end it before: pantau silence end {made.id}")


@silence.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that are over.")
@click.option("--json", "as_json", is_flag=True)
@config_option
def list_(config: Path | None, *, every: bool, as_json: bool) -> None:
    """List what is silenced now or will be, with who and why."""
    now = SystemClock().now()
    with problems_told():
        settings = load_config(config, os.environ)
        with Store.open(settings.store_path) as store:
            found = (
                list(store.silences.page(limit=_MOST).items)
                if every
                else store.silences.current(now)
            )
    if as_json:
        say_json(found)
        return
    if not found:
        say("Nothing is silenced.")
        return
    title = ("ID", "WHOM", f"FROM ({settings.zone})", "UNTIL", "NOW", "BY", "REASON")
    say_table([title, *(_row(one, settings.zone, now) for one in found)])


@silence.command()
@click.argument("silence_id", metavar="ID", type=click.IntRange(1))
@config_option
def end(silence_id: int, config: Path | None) -> None:
    """End a silence before its time. What is still wrong is told within seconds."""
    now = SystemClock().now()
    with problems_told():
        settings = load_config(config, os.environ)
        with Store.open(settings.store_path) as store:
            before = store.silences.get(silence_id)
            try:
                ended = store.silences.end(silence_id, who(), now)
            except SilenceGoneError as error:
                fail(f"silence {silence_id} is over: {error}")
            notes = not_ready(store, settings, now)
    if before is None or ended is None:
        fail(f"there is no silence {silence_id}; see `pantau silence list`")
    if before.ended_at is not None:
        since = _SAY.moment(over_at(before), settings.zone, now)
        say(f"Silence {silence_id} was over already, since {since}: you ended it then.")
        return
    if before.starts_at > now:
        say(f"Silence {silence_id} is ended: it never began.")
        return
    if notes:
        say(f"Silence {silence_id} is over. Nobody is told now:")
        for note in notes:
            say(f"! {note}")
        return
    say(
        f"Silence {silence_id} is over. What is still wrong is told now, unless somebody has it in"
        " hand or another silence holds it."
    )


def _end(starts_at: datetime, lasts: timedelta | None, until: str | None, zone: str) -> datetime:
    if until is not None:
        return moment_of(until, "--until", zone, starts_at, ahead=True)
    return starts_at + (lasts or timedelta())


def _counted(devices: list[str]) -> str:
    if not devices:
        return "no device (nothing in use is meant)"
    names = _SAY.listed(devices[:_NAMED], len(devices) - _NAMED)
    return f"{_SAY.amount(len(devices))} ({names})"


def _row(one: Silence, zone: str, now: datetime) -> tuple[str, ...]:
    return (
        str(one.id),
        text_of(one.scope, one.owners, one.kinds),
        _SAY.clock(one.starts_at, zone, now),
        _SAY.clock(over_at(one), zone, now),
        _now(one, now),
        one.author,
        one.reason,
    )


def _now(one: Silence, now: datetime) -> str:
    return "on" if is_on(one, now) else "to come" if one.starts_at > now else "over"
