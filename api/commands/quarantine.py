"""`pantau quarantine …`: who was heard and is no device, and what becomes of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from api.adoption import AdoptedAlreadyError, Adopter, DeviceExistsError
from api.commands.options import config_option, who
from api.commands.output import FOUND_A_PROBLEM, problems_told, say, say_json, say_table
from collector.clock import SystemClock
from collector.config import Config, load_config
from collector.inventory.adopting import AdoptionRefusedError, InventoryBrokenError
from collector.model import Fit
from collector.store import QuarantineRow, QuarantineState, Store

_MOST = 1000
_REFUSALS = (AdoptedAlreadyError, AdoptionRefusedError, DeviceExistsError, InventoryBrokenError)


@click.group()
def quarantine() -> None:
    """What was heard over MQTT and is no device: list, adopt, ignore."""


@quarantine.command("list")
@click.option(
    "--state",
    type=click.Choice([state.value for state in QuarantineState]),
    default=QuarantineState.WAITING.value,
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True)
@config_option
def list_(state: str, config: Path | None, *, as_json: bool) -> None:
    """List what was heard, with what it could be."""
    with problems_told(), _opened(config) as (store, adopter):
        rows = store.quarantine.page(QuarantineState(state), limit=_MOST).items
        suggestions = [adopter.suggest(row) for row in rows]
    if as_json:
        say_json(
            [
                {"id": row.id, "state": row.state, "sighting": row.sighting, "suggestion": found}
                for row, found in zip(rows, suggestions, strict=True)
            ]
        )
        return
    if not rows:
        say(f"Nothing is {state}.")
        return
    table = [("TOPIC", "LAST HEARD (UTC)", "MESSAGES", "PROFILES", "WOULD BE")]
    for row, found in zip(rows, suggestions, strict=True):
        heard = row.sighting
        last = f"{heard.last_seen_at:%Y-%m-%d %H:%M:%S}"
        table.append((heard.name, last, str(heard.messages), _names(heard.fits), found.id))
    say_table(table)


@quarantine.command()
@click.argument("topic")
@click.option("--site", required=True, help="Id of the site it stands at.")
@click.option("--id", "device_id", help="Id of the new device. Default: made of its topic.")
@click.option("--name", help="Name for people. Default: as it calls itself.")
@click.option("--kind", help="What it is. Default: what its profile is for.")
@click.option("--profile", help="Device profile. Default: the one that fits best.")
@click.option("--owner", help="Owner of the device.")
@click.option("--telemetry-period", help="How often it publishes, such as 10m.")
@click.option("--json", "as_json", is_flag=True)
@config_option
def adopt(
    topic: str,
    site: str,
    device_id: str | None,
    name: str | None,
    kind: str | None,
    profile: str | None,
    owner: str | None,
    telemetry_period: str | None,
    config: Path | None,
    *,
    as_json: bool,
) -> None:
    """Make a device of what is heard as TOPIC (see the list); a running collector takes it in."""
    asked: dict[str, str | list[str] | None] = {
        "site": site,
        "id": device_id,
        "name": name,
        "kind": kind,
        "profile": profile,
        "owner": owner,
        "telemetry_period": telemetry_period,
    }
    with problems_told(), _opened(config) as (store, adopter):
        try:
            adopted = adopter.adopt(_entry(store, topic), asked, who())
        except _REFUSALS as error:
            click.echo(f"pantau: {error}", err=True)
            raise click.exceptions.Exit(FOUND_A_PROBLEM) from None
    device = adopted.device
    if as_json:
        say_json({"device": device, "created": adopted.created})
        return
    said = "is adopted" if adopted.created else "had been adopted before"
    say(f"{topic} {said} as {device.id} ({device.name}), {device.profile}, at {device.site}.")


@quarantine.command()
@click.argument("topic")
@click.option("--undo", is_flag=True, help="Take it back: let it wait again.")
@config_option
def ignore(topic: str, config: Path | None, *, undo: bool) -> None:
    """Keep TOPIC off the list until it is taken back."""
    now = SystemClock().now()
    with problems_told(), _opened(config) as (store, _):
        entry = _entry(store, topic)
        change = store.quarantine.unignore if undo else store.quarantine.ignore
        row = change(entry.id, author=who(), now=now) or entry
    say(f"{topic} is {row.state}.")


@contextmanager
def _opened(config: Path | None) -> Iterator[tuple[Store, Adopter]]:
    settings = load_config(config, os.environ)
    with Store.open(settings.store_path) as store:

        def again() -> Config:
            return load_config(settings.file, os.environ)

        yield store, Adopter(store, SystemClock(), again)


def _entry(store: Store, topic: str) -> QuarantineRow:
    """Return the entry of a topic, whole or as it is listed. Exits when there is none."""
    found = store.quarantine.find(topic)
    if not found:
        click.echo(f"pantau: nothing is heard as {topic!r}; see `pantau quarantine list`", err=True)
        raise click.exceptions.Exit(FOUND_A_PROBLEM)
    return found[0]


def _names(fits: tuple[Fit, ...]) -> str:
    return ", ".join(fit.profile for fit in fits) or "none"
