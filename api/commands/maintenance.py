"""`pantau maintenance …`: planned work, muted and left out of uptime."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from api.commands.moments import Lasting, moment_of
from api.commands.options import config_option, who
from api.commands.output import fail, problems_told, say, say_json, say_table
from api.commands.scopes import meant, refused, text_of
from collector.clock import SystemClock
from collector.config import load_config
from collector.maintenance import first_occurrence, is_on, upcoming
from collector.model import MaintenanceWindow
from collector.notify.words.sayings import Sayings
from collector.store import Store, WindowError, WindowGoneError

_SAY = Sayings("en")
_OPTIONS = {
    "title": "--title",
    "reason": "--reason",
    "author": "user",
    "starts_at": "--from",
    "ends_at": "--for",
    "zone": "--zone",
    "recurrence": "--repeat",
    "from": "--from",
}
_NAMED, _MOST, _NEXT = 10, 1_000, 3


@click.group()
def maintenance() -> None:
    """Planned work: its devices are muted, and its time is left out of uptime."""


@maintenance.command()
@click.argument("words", metavar="SCOPE…", nargs=-1, required=True)
@click.option("--title", required=True, help="What is done, in a few words.")
@click.option("--reason", required=True, help="Why; it stays for audits.")
@click.option("--from", "from_", help="When it begins; may be past. Default: now.")
@click.option("--for", "lasts", type=Lasting(), help="How long: 30m, 2h, 3d.")
@click.option("--until", help="Or until when: 06:00, or 2026-11-28T06:00.")
@click.option("--repeat", help="RFC 5545 rule, such as FREQ=WEEKLY;BYDAY=TU.")
@click.option("--zone", help="IANA zone of the moments. Default: the configured one.")
@click.option("--json", "as_json", is_flag=True)
@config_option
def plan(
    words: tuple[str, ...],
    title: str,
    reason: str,
    from_: str | None,
    lasts: timedelta | None,
    until: str | None,
    repeat: str | None,
    zone: str | None,
    config: Path | None,
    *,
    as_json: bool,
) -> None:
    """Plan work on the devices of SCOPE: cam-1, site:ID, area:CODE (with all below) or tag:NAME."""
    if (lasts is None) == (until is None):
        raise click.UsageError("say how long: either --for 2h or --until 06:00")
    named = meant(words, narrowing=False)
    now = SystemClock().now()
    with problems_told():
        settings = load_config(config, os.environ)
        zone = zone or settings.zone
        wished_at = now if from_ is None else _moment(from_, "--from", zone, now)
        starts_at = wished_at if repeat is None else first_occurrence(wished_at, repeat, zone)
        ends_at = (
            starts_at + (lasts or timedelta())
            if until is None
            else _moment(until, "--until", zone, starts_at)
        )
        wanted = MaintenanceWindow(
            title=title.strip(),
            reason=reason.strip(),
            author=who(),
            created_at=now,
            scope=named.scope,
            starts_at=starts_at,
            ends_at=ends_at,
            zone=zone,
            recurrence=repeat,
        )
        with Store.open(settings.store_path) as store:
            try:
                made = store.maintenance.create(wanted)
            except WindowError as error:
                raise refused(error.faults, _OPTIONS) from None
            devices = store.maintenance.covered(made.scope)
    if as_json:
        say_json({"window": made, "devices": devices})
        return
    names = _SAY.listed(devices[:_NAMED], len(devices) - _NAMED)
    covered = f"{_SAY.amount(len(devices))} ({names})" if devices else "no device in use"
    say(f"Window {made.id} covers {covered}.")
    if starts_at != wished_at:
        day = starts_at.astimezone(ZoneInfo(zone)).date()
        say(f"It begins on {day}, the first day of --repeat from {_wished(from_)} on.")
    spans = upcoming(made, now, _NEXT)
    if not spans:
        say("It is past already: its time is left out of uptime, and nobody is muted by it.")
    for start, end in spans:
        say(f"- {_SAY.moment(start, zone, now)} to {_SAY.moment(end, zone, now)}")


@maintenance.command("list")
@click.option("--active", is_flag=True, help="Only what is on now.")
@click.option("--device", help="Only what covers this device.")
@click.option("--all", "every", is_flag=True, help="Also what is past or cancelled.")
@click.option("--json", "as_json", is_flag=True)
@config_option
def list_(
    device: str | None, config: Path | None, *, active: bool, every: bool, as_json: bool
) -> None:
    """List planned work that is on or to come, with who and why."""
    now = SystemClock().now()
    with problems_told():
        settings = load_config(config, os.environ)
        with Store.open(settings.store_path) as store:
            if device is not None and store.device(device) is None:
                fail(f"there is no device {device!r}")
            found = store.maintenance.page(
                device_id=device, active_at=now if active else None, limit=_MOST
            ).items
    shown = [one for one in found if every or active or upcoming(one, now, 1)]
    if as_json:
        say_json(shown)
        return
    if not shown:
        say("No work is on." if active else "No work is planned.")
        return
    title = ("ID", "TITLE", "WHOM", "NEXT", "UNTIL", "NOW", "REPEATS", "BY")
    say_table([title, *(_row(one, now) for one in shown)])


@maintenance.command()
@click.argument("window_id", metavar="ID", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why; it stays for audits.")
@click.option("--from", "from_", help="Nothing counts from then on. Default: now.")
@config_option
def cancel(window_id: int, reason: str, from_: str | None, config: Path | None) -> None:
    """Cancel planned work. What counted before stays; the window stays readable."""
    now = SystemClock().now()
    with problems_told():
        settings = load_config(config, os.environ)
        from_at = None if from_ is None else _moment(from_, "--from", settings.zone, now)
        with Store.open(settings.store_path) as store:
            try:
                window = store.maintenance.cancel(
                    window_id, author=who(), reason=reason.strip(), now=now, from_at=from_at
                )
            except WindowError as error:
                raise refused(error.faults, _OPTIONS) from None
            except WindowGoneError as error:
                fail(f"window {window_id} is cancelled: {error}")
    if window is None:
        fail(f"there is no window {window_id}; see `pantau maintenance list --all`")
    counts_until = window.cancelled_from_at or now
    if counts_until <= window.starts_at:
        say(f"Window {window_id} is cancelled: it never counted.")
    else:
        until = _SAY.moment(counts_until, window.zone, now)
        say(f"Window {window_id} is cancelled: nothing of it counts after {until}.")


def _wished(from_: str | None) -> str:
    return "now" if from_ is None else f"--from {from_}"


def _moment(text: str, option: str, zone: str, after: datetime) -> datetime:
    return moment_of(text, option, zone, after, ahead=True)


def _row(one: MaintenanceWindow, now: datetime) -> tuple[str, ...]:
    spans = upcoming(one, now, 1)
    start, end = spans[0] if spans else (one.starts_at, one.ends_at)
    if one.cancelled_at is not None and not spans:
        standing = "cancelled"
    else:
        standing = "on" if is_on(one, now) else "to come" if spans else "past"
    return (
        str(one.id),
        one.title,
        text_of(one.scope),
        _SAY.moment(start, one.zone, now),
        _SAY.moment(end, one.zone, now),
        standing,
        one.recurrence or "",
        one.author,
    )
